"""Measurements on an original frame, as values with their units."""

from typing import TYPE_CHECKING

from medviewer.lazy_imports import lazy_names

if TYPE_CHECKING:
    from medviewer.imaging.measurement.corrected import longest_diameter
    from medviewer.imaging.measurement.found import RANGE
    from medviewer.imaging.measurement.histogram import region_histogram
    from medviewer.imaging.measurement.lines import line_profile
    from medviewer.imaging.measurement.measurement import Measurement
    from medviewer.imaging.measurement.quality import (
        FiveRegions,
        contrast_to_noise,
        five_regions,
        integral_uniformity,
        region_statistics,
        sample_deviation,
        signal_to_air_noise,
        signal_to_noise,
    )
    from medviewer.imaging.measurement.regions import no_values
    from medviewer.imaging.measurement.scale import PixelScale, scale_of
    from medviewer.imaging.measurement.statistics import exact_values
    from medviewer.imaging.measurement.table import is_region, measure

__getattr__ = lazy_names(
    __name__,
    {
        "corrected": "longest_diameter",
        "found": "RANGE",
        "histogram": "region_histogram",
        "lines": "line_profile",
        "measurement": "Measurement",
        "quality": (
            "FiveRegions contrast_to_noise five_regions integral_uniformity region_statistics "
            "sample_deviation signal_to_air_noise signal_to_noise"
        ),
        "regions": "no_values",
        "scale": "PixelScale scale_of",
        "statistics": "exact_values",
        "table": "is_region measure",
    },
)
