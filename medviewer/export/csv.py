"""Tables for a spread-sheet."""

import csv
import io
from collections.abc import Iterable, Sequence
from typing import Final

FORMULA_SIGNS: Final = (*"=+-@\t\r\n", *"\uff1d\uff0b\uff0d\uff20")
"""With the wide ones, which spread-sheets in Chinese take for the same (OWASP, CSV Injection)."""


def csv_table(rows: Iterable[Sequence[object]]) -> bytes:
    """Return rows, the first with column names, as CSV in UTF-8 with a BOM.

    A text that a spread-sheet would take for a formula gets an apostrophe before it; None is an empty cell.
    """
    table = io.StringIO(newline="")
    csv.writer(table).writerows([_cell(value) for value in row] for row in rows)
    return table.getvalue().encode("utf-8-sig")


def _cell(value: object) -> object:
    if value is None:
        return ""
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA_SIGNS) else value
