"""The data elements of an image as rows: read, hidden, searched, compared."""

from typing import TYPE_CHECKING

from medviewer.lazy_imports import lazy_names

if TYPE_CHECKING:
    from medviewer.viewer.elements.rows import Difference, ElementRow, rows_text
    from medviewer.viewer.elements.search import found_rows
    from medviewer.viewer.elements.table import HeaderTable, header_table

__getattr__ = lazy_names(
    __name__,
    {
        "rows": "Difference ElementRow rows_text",
        "search": "found_rows",
        "table": "HeaderTable header_table",
    },
)
