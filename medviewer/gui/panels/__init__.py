"""The panels of the dock."""

from typing import TYPE_CHECKING

from medviewer.lazy_imports import lazy_names

if TYPE_CHECKING:
    from medviewer.gui.panels.cine import CineBar
    from medviewer.gui.panels.dock import Dock, sections_of
    from medviewer.gui.panels.link import LinkPanel
    from medviewer.gui.panels.measurements import MeasurementsPanel
    from medviewer.gui.panels.prediction import PredictionPanel
    from medviewer.gui.panels.processing import ProcessingPanel
    from medviewer.gui.panels.window import WindowPanel

__getattr__ = lazy_names(
    __name__,
    {
        "cine": "CineBar",
        "dock": "Dock sections_of",
        "link": "LinkPanel",
        "measurements": "MeasurementsPanel",
        "prediction": "PredictionPanel",
        "processing": "ProcessingPanel",
        "window": "WindowPanel",
    },
)
