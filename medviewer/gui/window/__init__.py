"""The main window and its parts around the panes."""

from typing import TYPE_CHECKING

from medviewer.lazy_imports import lazy_names

if TYPE_CHECKING:
    from medviewer.gui.window.first_hints import HintOffer
    from medviewer.gui.window.main_window import MainWindow

__getattr__ = lazy_names(
    __name__,
    {
        "first_hints": "HintOffer",
        "main_window": "MainWindow",
    },
)
