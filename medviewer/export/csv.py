"""Tables for a spread-sheet."""

import csv
import io
from collections.abc import Iterable, Sequence

from medviewer.plain_text import as_cell


def csv_table(rows: Iterable[Sequence[object]]) -> bytes:
    """Return rows, the first with column names, as CSV in UTF-8 with a BOM.

    Texts are written as `as_cell` has them; None is an empty cell.
    """
    table = io.StringIO(newline="")
    csv.writer(table).writerows([_cell(value) for value in row] for row in rows)
    return table.getvalue().encode("utf-8-sig")


def _cell(value: object) -> object:
    if isinstance(value, str):
        return as_cell(value)
    return "" if value is None else value
