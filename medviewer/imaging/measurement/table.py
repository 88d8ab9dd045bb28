"""The kinds of annotation that measure, and how many points each has."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from medviewer.imaging.annotation import OUTLINE, Facts, Point
from medviewer.imaging.frame import Frame
from medviewer.imaging.measurement.corrected import measure_outline
from medviewer.imaging.measurement.found import RANGE, measure_found
from medviewer.imaging.measurement.lines import measure_angle, measure_cobb, measure_length
from medviewer.imaging.measurement.measurement import Measurement
from medviewer.imaging.measurement.outline import Outline, ellipse_outline, polygon_outline
from medviewer.imaging.measurement.regions import measure_ellipse, measure_point, measure_polygon

ANY: Final = 1 << 20

MeasureFound = Callable[[Frame, Sequence[Point], Facts], Measurement]
"""Measures points on a frame, with the numbers that were found with them."""


@dataclass(frozen=True, slots=True)
class Measure:
    """A kind of annotation that measures.

    Parameters
    ----------
    of : callable
        Measures its points on a frame.
    fewest, most : int
        Its points.
    outline : callable, optional
        Makes the region of its points; None: it has none.
    """

    of: MeasureFound
    fewest: int
    most: int
    outline: Callable[[Sequence[Point]], Outline] | None = None


def _by_points(measure_points: Callable[[Frame, Sequence[Point]], Measurement]) -> MeasureFound:
    return lambda frame, points, _found: measure_points(frame, points)


MEASURES: Final[Mapping[str, Measure]] = {
    "length": Measure(_by_points(measure_length), 2, ANY),
    "angle": Measure(_by_points(measure_angle), 3, 3),
    "Cobb": Measure(_by_points(measure_cobb), 4, 4),
    "rectangle": Measure(_by_points(measure_polygon), 4, 4, polygon_outline),
    "ellipse": Measure(_by_points(measure_ellipse), 4, 4, ellipse_outline),
    "polygon": Measure(_by_points(measure_polygon), 3, ANY, polygon_outline),
    "freehand": Measure(_by_points(measure_polygon), 3, ANY, polygon_outline),
    "point": Measure(_by_points(measure_point), 1, 1),
    RANGE: Measure(measure_found, 0, ANY),
    OUTLINE: Measure(_by_points(measure_outline), 1, ANY),
}
"""By the kind of an annotation."""


def measure(frame: Frame, kind: str, points: Sequence[Point], found: Facts = ()) -> Measurement | None:
    """Return the measurement of an annotation on a frame.

    None: its kind, or its number of points, measures nothing.

    Parameters
    ----------
    frame : Frame
        The original, whatever processing is shown.
    points : sequence of (x, y)
        In pixels of the frame, as `points_in_image` gives them.
    found : tuple of (name, number)
        What was found with it.
    """
    row = _row_of(kind, points)
    return None if row is None else row.of(frame, points, found)


def is_region(kind: str) -> bool:
    """Return whether annotations of a kind are regions, with statistics."""
    row = MEASURES.get(kind)
    return row is not None and row.outline is not None


def outline_of(kind: str, points: Sequence[Point]) -> Outline | None:
    """Return the region of an annotation; None: it has none."""
    row = _row_of(kind, points)
    return None if row is None or row.outline is None else row.outline(points)


def _row_of(kind: str, points: Sequence[Point]) -> Measure | None:
    row = MEASURES.get(kind)
    return row if row is not None and row.fewest <= len(points) <= row.most else None
