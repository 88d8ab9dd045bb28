"""Slices in the space of a patient.

Where two of them cross, which one is nearest to a point, what two views share.
"""

from typing import TYPE_CHECKING

from medviewer.lazy_imports import lazy_names

if TYPE_CHECKING:
    from medviewer.imaging.space.crossing import Segment, crossing_line, without_gap
    from medviewer.imaging.space.points import PointOnSlice, point_on_slice, slice_at_point
    from medviewer.imaging.space.views import matching_view

__getattr__ = lazy_names(
    __name__,
    {
        "crossing": "Segment crossing_line without_gap",
        "points": "PointOnSlice point_on_slice slice_at_point",
        "views": "matching_view",
    },
)
