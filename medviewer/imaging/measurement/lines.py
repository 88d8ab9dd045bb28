"""Lengths, angles, and the values along a line."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import numpy as np
import numpy.typing as npt

from medviewer.imaging.annotation import Point
from medviewer.imaging.display import padding_mask, value_unit
from medviewer.imaging.frame import Frame
from medviewer.imaging.measurement.measurement import Measurement, Quantity, length_text, plain
from medviewer.imaging.measurement.scale import PixelScale, scale_of
from medviewer.imaging.measurement.statistics import exact_values
from medviewer.translation import NOTHING, Message, message

NO_ANGLE: Final = message("An angle means nothing between the units of this region.")
NO_ARM: Final = message("An angle needs two lines that are longer than nothing.")


def measure_length(frame: Frame, points: Sequence[Point]) -> Measurement:
    """Return the length of a line through points.

    Where rows and columns have units of their own, as in an M mode, the differences along both.
    """
    scale = scale_of(frame, points)
    ways = [scale.vector(one, other) for one, other in pairwise(points)]
    notes = _notes(scale)
    if scale.has_one_unit:
        length = sum(math.hypot(*way) for way in ways)
        text = scale.said(length_text(length, scale.unit))
        return Measurement((Quantity("length", length, scale.unit, text),), (text,), notes)
    across, down = (abs(sum(way[axis] for way in ways)) for axis in (0, 1))
    said = [
        Quantity(name, value, unit, plain(length_text(value, unit)))
        for name, value, unit in (("across", across, scale.unit_across), ("down", down, scale.unit_down))
    ]
    lines = (
        plain(f"Δ {length_text(across, scale.unit_across)}"),
        plain(f"Δ {length_text(down, scale.unit_down)}"),
    )
    return Measurement(tuple(said), lines, notes)


def measure_angle(frame: Frame, points: Sequence[Point]) -> Measurement:
    """Return the angle at the second of three points, 0 to 180 degrees."""
    first, vertex, last = points
    scale = scale_of(frame, points)
    return _angle(scale, scale.vector(vertex, first), scale.vector(vertex, last))


def measure_cobb(frame: Frame, points: Sequence[Point]) -> Measurement:
    """Return the Cobb angle of two lines, 0 to 180 degrees.

    Both lines count as drawn to the same side of the way from the middle of one to that of the other, so
    that the angle depends neither on the end at which each began nor on how the image is turned; above
    90 degrees it is not taken for its supplement.
    """
    scale = scale_of(frame, points)
    one, other = scale.vector(points[0], points[1]), scale.vector(points[2], points[3])
    axis = scale.vector(_middle(points[0], points[1]), _middle(points[2], points[3]))
    sides = _cross(axis, one), _cross(axis, other)
    if 0 in sides:  # no side: the smaller angle
        turned = other if one[0] * other[0] + one[1] * other[1] >= 0 else (-other[0], -other[1])
    else:
        turned = other if (sides[0] > 0) == (sides[1] > 0) else (-other[0], -other[1])
    return _angle(scale, one, turned)


def _angle(scale: PixelScale, one: Point, other: Point) -> Measurement:
    if not scale.has_one_unit:
        return Measurement((), (), (NO_ANGLE,))
    if not (math.hypot(*one) > 0 and math.hypot(*other) > 0):
        return Measurement((), (), (NO_ARM,))
    degrees = math.degrees(abs(math.atan2(_cross(one, other), one[0] * other[0] + one[1] * other[1])))
    text = plain(f"{degrees:.1f}°")
    return Measurement((Quantity("angle", degrees, "°", text),), (text,))


@dataclass(frozen=True, slots=True, eq=False)
class LineProfile:
    """Values of the pixels along a line.

    Parameters
    ----------
    distances : (samples,) float64
        From its start, in `unit`.
    values : (samples,) float64
        Of the original, in `value_unit`; NaN outside of the image, on padding, and in color.
    """

    distances: npt.NDArray[np.float64]
    values: npt.NDArray[np.float64]
    unit: str
    value_unit: str


def line_profile(frame: Frame, start: Point, end: Point) -> LineProfile:
    """Return the values along a line, at steps of at most one pixel.

    Each is that of the pixel in which its place lies; nothing is interpolated. Where rows and columns have
    units of their own, distances are pixels.
    """
    scale = scale_of(frame, (start, end))
    if not scale.has_one_unit:
        scale = PixelScale()
    steps = max(1, math.ceil(max(abs(end[0] - start[0]), abs(end[1] - start[1]))))
    share = np.linspace(0.0, 1.0, steps + 1)
    columns = np.floor(start[0] + share * (end[0] - start[0])).astype(np.intp)
    rows = np.floor(start[1] + share * (end[1] - start[1])).astype(np.intp)
    values = np.full(steps + 1, np.nan)
    inside = (rows >= 0) & (rows < frame.rows) & (columns >= 0) & (columns < frame.columns)
    if not frame.is_color:
        values[inside] = _measured(frame, rows[inside], columns[inside])
    return LineProfile(share * math.hypot(*scale.vector(start, end)), values, scale.unit, value_unit(frame))


def _measured(
    frame: Frame, rows: npt.NDArray[np.intp], columns: npt.NDArray[np.intp]
) -> npt.NDArray[np.float64]:
    stored = frame.stored[rows, columns]
    values = exact_values(stored, frame.modality)
    left_out = padding_mask(frame, stored)
    return values if left_out is None else np.where(left_out, np.nan, values)


def _middle(one: Point, other: Point) -> Point:
    return (one[0] + other[0]) / 2, (one[1] + other[1]) / 2


def _cross(one: Point, other: Point) -> float:
    return one[0] * other[1] - one[1] * other[0]


def _notes(scale: PixelScale) -> tuple[Message, ...]:
    return () if scale.note is NOTHING else (scale.note,)
