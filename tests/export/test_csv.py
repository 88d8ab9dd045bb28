"""A table opens in a spread-sheet as it is meant."""

import csv
import io

import pytest

from medviewer.export.csv import csv_table
from medviewer.export.result_table import results_csv


def test_a_spread_sheet_knows_the_encoding_and_runs_no_formula() -> None:
    content = csv_table([("name", "value"), ("=1+1", -2.5), ("脑窗", None)])
    assert content.startswith(b"\xef\xbb\xbf")
    assert content.decode("utf-8-sig").splitlines() == [
        "name,value,purpose",
        '\'=1+1,-2.5,"Research and education, not for diagnosis."',
        '脑窗,,"Research and education, not for diagnosis."',
    ]


def test_a_table_has_a_column_for_each_class() -> None:
    row = {
        "status": "classified",
        "probabilities": {"b": 0.25, "a": 0.75},
        "operating_point": {"threshold": 0.5},
        "prediction_set": None,
    }
    lines = results_csv([row]).decode("utf-8-sig").splitlines()
    assert lines == [
        "status,probability a,probability b,threshold,purpose",
        'classified,0.75,0.25,0.5,"Research and education, not for diagnosis."',
    ]


def test_wide_signs_and_line_ends_begin_no_formula_either() -> None:
    cells = ("\uff1d1+1", "\uff0b1", "\uff0d1", "\uff20x", "\n=1+1")
    found = next(csv.reader(io.StringIO(csv_table([cells]).decode("utf-8-sig"), newline="")))
    assert found[:-1] == [f"'{cell}" for cell in cells]


@pytest.mark.parametrize(
    ("text", "cell"),
    [
        ("=1+1", "'=1+1"),
        (" =1+1", "' =1+1"),
        ("\u00a0@SUM(1)", "'\u00a0@SUM(1)"),
        ("\u3000=1", "'\u3000=1"),
        ("＝1+1", "'＝1+1"),
        ("＠SUM(1)", "'＠SUM(1)"),
        ("\n=1+1", "'\n=1+1"),
        ("\t=1+1", r"'\x09=1+1"),
        ("-1+cmd", "'-1+cmd"),
        ("-2.5", "-2.5"),
        ("+1e3", "+1e3"),
        ("-2\\-3", "'-2\\-3"),
        ("a\x1b[31mb", r"a\x1b[31mb"),
        ("a\x9b2Jb", r"a\x9b2Jb"),
        ("\u202egnp.exe", r"\u202egnp.exe"),
        ("two\nlines", "two\nlines"),
        ("王 = é", "王 = é"),
        ("", ""),
    ],
)
def test_neither_a_spread_sheet_nor_a_terminal_obeys_a_text(text: str, cell: str) -> None:
    content = csv_table([("note", text)]).decode("utf-8-sig")
    assert next(csv.reader(io.StringIO(content, newline="")))[:-1] == ["note", cell]
