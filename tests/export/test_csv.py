"""A table opens in a spread-sheet as it is meant."""

from medviewer.export.csv import csv_table


def test_a_spread_sheet_knows_the_encoding_and_runs_no_formula() -> None:
    content = csv_table([("name", "value"), ("=1+1", -2.5), ("脑窗", None)])
    assert content.startswith(b"\xef\xbb\xbf")
    assert content.decode("utf-8-sig").splitlines() == ["name,value", "'=1+1,-2.5", "脑窗,"]
