"""The start page."""

from typing import TYPE_CHECKING

from medviewer.lazy_imports import lazy_names

if TYPE_CHECKING:
    from medviewer.gui.start.page import StartPage

__getattr__ = lazy_names(
    __name__,
    {
        "page": "StartPage",
    },
)
