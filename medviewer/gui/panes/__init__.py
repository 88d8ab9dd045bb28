"""Panes: painting a frame and taking mouse and keyboard."""

from typing import TYPE_CHECKING

from medviewer.lazy_imports import lazy_names

if TYPE_CHECKING:
    from medviewer.gui.panes.film import FilmPreview
    from medviewer.gui.panes.pane import Pane
    from medviewer.gui.panes.zoom_memory import tell_no_true_size

__getattr__ = lazy_names(
    __name__,
    {
        "film": "FilmPreview",
        "pane": "Pane",
        "zoom_memory": "tell_no_true_size",
    },
)
