"""Grid of panes, with the row of slices under them."""

from typing import TYPE_CHECKING

from medviewer.lazy_imports import lazy_names

if TYPE_CHECKING:
    from medviewer.gui.grid.grid import PaneGrid

__getattr__ = lazy_names(
    __name__,
    {
        "grid": "PaneGrid",
    },
)
