"""Measurements on an original frame, as values with their units."""

from typing import TYPE_CHECKING

from medviewer.lazy_imports import lazy_names

if TYPE_CHECKING:
    from medviewer.imaging.measurement.histogram import region_histogram
    from medviewer.imaging.measurement.lines import line_profile
    from medviewer.imaging.measurement.measurement import Measurement
    from medviewer.imaging.measurement.table import measure

__getattr__ = lazy_names(
    __name__,
    {
        "histogram": "region_histogram",
        "lines": "line_profile",
        "measurement": "Measurement",
        "table": "measure",
    },
)
