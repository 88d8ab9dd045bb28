"""Display of slices: their reading, processing and playing in time."""

from typing import TYPE_CHECKING

from medviewer.lazy_imports import lazy_names

if TYPE_CHECKING:
    from medviewer.gui.display.cine import Cine
    from medviewer.gui.display.display import Display
    from medviewer.gui.display.frame_loader import LoadedSlice, read_slices

__getattr__ = lazy_names(
    __name__,
    {
        "cine": "Cine",
        "display": "Display",
        "frame_loader": "LoadedSlice read_slices",
    },
)
