"""The study browser."""

from typing import TYPE_CHECKING

from medviewer.lazy_imports import lazy_names

if TYPE_CHECKING:
    from medviewer.gui.studies.browser import StudyBrowser
    from medviewer.gui.studies.tree import STACK_MIME

__getattr__ = lazy_names(
    __name__,
    {
        "browser": "StudyBrowser",
        "tree": "STACK_MIME",
    },
)
