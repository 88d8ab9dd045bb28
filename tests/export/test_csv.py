"""A table opens in a spread-sheet as it is meant."""

import csv
import io

from medviewer.export.csv import csv_table


def test_a_spread_sheet_knows_the_encoding_and_runs_no_formula() -> None:
    content = csv_table([("name", "value"), ("=1+1", -2.5), ("脑窗", None)])
    assert content.startswith(b"\xef\xbb\xbf")
    assert content.decode("utf-8-sig").splitlines() == ["name,value", "'=1+1,-2.5", "脑窗,"]


def test_wide_signs_and_line_ends_begin_no_formula_either() -> None:
    cells = ("\uff1d1+1", "\uff0b1", "\uff0d1", "\uff20x", "\n=1+1", "\r=1")
    found = next(csv.reader(io.StringIO(csv_table([cells]).decode("utf-8-sig"), newline="")))
    assert found == [f"'{cell}" for cell in cells]
