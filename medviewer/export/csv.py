"""Tables for a spread-sheet."""

import csv
import io
from collections.abc import Iterable, Sequence

from medviewer.plain_text import as_cell
from medviewer.translation import translate


def csv_table(rows: Iterable[Sequence[object]]) -> bytes:
    """Return rows, the first with column names, as CSV in UTF-8 with a BOM.

    Texts are written as `as_cell` has them; None is an empty cell. The last column says in each line what the
    values are not for, so that lines of several files can stand together.
    """
    table = io.StringIO(newline="")
    purpose = translate("Research and education, not for diagnosis.")
    csv.writer(table).writerows(
        [*map(_cell, row), purpose if number else "purpose"] for number, row in enumerate(rows)
    )
    return table.getvalue().encode("utf-8-sig")


def _cell(value: object) -> object:
    if isinstance(value, str):
        return as_cell(value)
    return "" if value is None else value
