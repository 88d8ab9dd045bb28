"""Charts of the values under an annotation."""

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from medviewer.imaging.annotation import Annotation, points_in_image
from medviewer.imaging.frame import short_unit
from medviewer.imaging.measurement import is_region, line_profile, region_histogram
from medviewer.translation import Message, message
from medviewer.viewer.annotations.edits import selected_in
from medviewer.viewer.annotations.listing import AnnotationRow
from medviewer.viewer.render import measured
from medviewer.viewer.state import PaneState
from medviewer.viewer.viewer_state import ViewerState

NONE_SELECTED: Final = message("Select a length or a region on this slice.")
NO_VALUES: Final = message("There are no values to be shown under this drawing.")
LINE_POINTS: Final = 2


@dataclass(frozen=True, slots=True, eq=False)
class AnnotationChart:
    """Values along a length, or the histogram of a region.

    Parameters
    ----------
    title : Message
        The name of the annotation, or else its kind.
    across, up : Message
        What the axes show, with units.
    x : (n,) float64
        Distances; of a histogram the (n + 1,) edges of its bins.
    y : (n,) float64
        Values, NaN where there is none; of a histogram numbers of pixels.
    lines : tuple of Message
        The measurement, as beside the annotation.
    """

    title: Message
    across: Message
    up: Message
    x: npt.NDArray[np.float64]
    y: npt.NDArray[np.float64]
    lines: tuple[Message, ...]
    is_histogram: bool = False


def may_have_chart(annotation: Annotation) -> bool:
    """Return whether annotations of this kind have values for a chart."""
    is_line = annotation.kind == "length" and len(annotation.points) == LINE_POINTS
    return is_line or is_region(annotation.kind)


def chart_in(state: ViewerState) -> AnnotationChart | Message:
    """Return the chart of the selected annotation, or why there is none."""
    pane, selected = state.focused, selected_in(state)
    if pane is None or selected is None or pane.frame is None or selected not in pane.annotations:
        return NONE_SELECTED
    return _chart(pane, selected) or NO_VALUES


def _chart(pane: PaneState, annotation: Annotation) -> AnnotationChart | None:
    frame = pane.frame
    points = None if frame is None else points_in_image(frame.geometry, annotation)
    if frame is None or points is None or not may_have_chart(annotation):
        return None
    title = AnnotationRow(annotation).title
    found = measured(frame, annotation.kind, points, annotation.found)
    lines = () if found is None else found.lines
    if not is_region(annotation.kind):
        profile = line_profile(frame, *points)
        if np.isnan(profile.values).all():
            return None
        along = message("Distance ({unit})", unit=profile.unit)
        return AnnotationChart(
            title, along, _value_label(profile.value_unit), profile.distances, profile.values, lines
        )
    histogram = region_histogram(frame, annotation.kind, points)
    if histogram is None:
        return None
    counts = histogram.counts.astype(np.float64)
    across = _value_label(histogram.unit)
    return AnnotationChart(
        title, across, message("Pixels"), histogram.edges, counts, lines, is_histogram=True
    )


def _value_label(unit: str) -> Message:
    shown = short_unit(unit)
    return message("Value ({unit})", unit=shown) if shown else message("Value")
