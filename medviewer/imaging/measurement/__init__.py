"""Measurements on an original frame, as values with their units."""

from typing import TYPE_CHECKING

from medviewer.lazy_imports import lazy_names

if TYPE_CHECKING:
    from medviewer.imaging.measurement.lines import LineProfile, line_profile
    from medviewer.imaging.measurement.measurement import Measurement, Quantity
    from medviewer.imaging.measurement.table import MEASURES, measure

__getattr__ = lazy_names(
    __name__,
    {
        "lines": "LineProfile line_profile",
        "measurement": "Measurement Quantity",
        "table": "MEASURES measure",
    },
)
