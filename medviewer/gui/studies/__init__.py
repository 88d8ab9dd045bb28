"""The study browser."""

from typing import TYPE_CHECKING

from medviewer.lazy_imports import lazy_names

if TYPE_CHECKING:
    from medviewer.gui.studies.browser import RAIL_PX, StudyBrowser
    from medviewer.gui.studies.row_model import STACK_MIME

__getattr__ = lazy_names(
    __name__,
    {
        "browser": "RAIL_PX StudyBrowser",
        "row_model": "STACK_MIME",
    },
)
