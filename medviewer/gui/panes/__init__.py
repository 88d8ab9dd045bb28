"""Panes: painting a frame and taking mouse and keyboard."""

from typing import TYPE_CHECKING

from medviewer.lazy_imports import lazy_names

if TYPE_CHECKING:
    from medviewer.gui.panes.grid import PaneGrid
    from medviewer.gui.panes.pane import Pane

__getattr__ = lazy_names(
    __name__,
    {
        "grid": "PaneGrid",
        "pane": "Pane",
    },
)
