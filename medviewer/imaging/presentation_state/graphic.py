"""Drawings and texts of a presentation state, as values (DICOM PS3.3 C.10.5, C.10.7).

Points are (x, y). In PIXEL units 0, 0 is the upper left corner of the first pixel and 1, 1 its lower right
one; in DISPLAY units 0, 0 and 1, 1 are the corners of the displayed area as it is seen.
"""

import math
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from medviewer.imaging.frame import Color, Overlay

Point = tuple[float, float]

CIRCLE_STEPS: Final = 72
CURVE_STEPS: Final = 12  # between two points of an interpolated line


class Units(StrEnum):
    """Graphic, Bounding Box and Anchor Point Annotation Units (0070,0005), (0070,0003), (0070,0004)."""

    PIXEL = "PIXEL"
    DISPLAY = "DISPLAY"


class GraphicKind(StrEnum):
    """Graphic Type (0070,0023)."""

    POINT = "POINT"
    POLYLINE = "POLYLINE"
    INTERPOLATED = "INTERPOLATED"
    CIRCLE = "CIRCLE"  # centre, a point on it
    ELLIPSE = "ELLIPSE"  # both ends of the major axis, both of the minor one


@dataclass(frozen=True, slots=True)
class Graphic:
    """One drawn object."""

    kind: GraphicKind
    points: tuple[Point, ...]
    units: Units = Units.PIXEL
    is_filled: bool = False


class Justification(StrEnum):
    """Bounding Box Text Horizontal Justification (0070,0012)."""

    LEFT = "LEFT"
    CENTER = "CENTER"
    RIGHT = "RIGHT"

    @property
    def share_before(self) -> float:
        """How much of the free width of its box stands before a text."""
        return SHARES_BEFORE[self]


SHARES_BEFORE: Final = {Justification.LEFT: 0.0, Justification.CENTER: 0.5, Justification.RIGHT: 1.0}


@dataclass(frozen=True, slots=True)
class TextNote:
    """One text, in a box, beside an anchor, or both.

    Parameters
    ----------
    lines : tuple of str
        Plain text.
    box : (upper left, lower right) or None
        Of the text as it is seen: it is never mirrored or turned.
    anchor : point or None
        What the text is about.
    is_anchor_shown : bool
        A line from the text to the anchor is drawn.
    """

    lines: tuple[str, ...]
    box: tuple[Point, Point] | None = None
    box_units: Units = Units.PIXEL
    anchor: Point | None = None
    anchor_units: Units = Units.PIXEL
    is_anchor_shown: bool = False
    justification: Justification = Justification.LEFT


@dataclass(frozen=True, slots=True, eq=False)
class Layer:
    """What is drawn in one graphic layer: overlays first, then graphics, then texts.

    Parameters
    ----------
    color : (red, green, blue) or None
        As the layer recommends it; None: OVERLAY_COLOR.
    """

    name: str
    color: Color | None = None
    overlays: tuple[Overlay, ...] = ()
    graphics: tuple[Graphic, ...] = ()
    texts: tuple[TextNote, ...] = ()


def outline_points(graphic: Graphic) -> tuple[Point, ...]:
    """Return the corners of the line that draws a graphic, in its units; its first point again if closed.

    References
    ----------
    DICOM PS3.3 C.10.5.1.2: CIRCLE is a centre and a point on the perimeter, ELLIPSE the ends of the major
    and of the minor axis; INTERPOLATED is a curve of any kind through its points (here Catmull-Rom).
    """
    points = graphic.points
    if graphic.kind is GraphicKind.CIRCLE:
        (x, y), (on_x, on_y) = points
        radius = math.hypot(on_x - x, on_y - y)
        return _round((x, y), (radius, 0.0), (0.0, radius))
    if graphic.kind is GraphicKind.ELLIPSE:
        first, second, third, fourth = points
        center = ((first[0] + second[0]) / 2, (first[1] + second[1]) / 2)
        major = ((second[0] - first[0]) / 2, (second[1] - first[1]) / 2)
        minor = ((fourth[0] - third[0]) / 2, (fourth[1] - third[1]) / 2)
        return _round(center, major, minor)
    if graphic.kind is GraphicKind.INTERPOLATED and len(points) > 2:
        return _curve(points)
    if graphic.is_filled and len(points) > 2 and points[0] != points[-1]:
        return (*points, points[0])
    return points


def _round(center: Point, across: Point, along: Point) -> tuple[Point, ...]:
    angles = [2 * math.pi * step / CIRCLE_STEPS for step in range(CIRCLE_STEPS)]
    points = [
        (
            center[0] + math.cos(angle) * across[0] + math.sin(angle) * along[0],
            center[1] + math.cos(angle) * across[1] + math.sin(angle) * along[1],
        )
        for angle in angles
    ]
    return (*points, points[0])


def _curve(points: tuple[Point, ...]) -> tuple[Point, ...]:
    """Return a Catmull-Rom curve through points; closed where the first and the last are one."""
    is_closed = points[0] == points[-1]
    before, behind = (points[-2], points[1]) if is_closed else (points[0], points[-1])
    chain = (before, *points, behind)
    drawn = [points[0]]
    for index in range(1, len(chain) - 2):
        corners = chain[index - 1 : index + 3]
        drawn += [_between(corners, step / CURVE_STEPS) for step in range(1, CURVE_STEPS)]
        drawn.append(corners[2])
    return tuple(drawn)


def _between(corners: tuple[Point, ...], share: float) -> Point:
    x, y = (
        0.5
        * (
            2 * b
            + (c - a) * share
            + (2 * a - 5 * b + 4 * c - d) * share**2
            + (3 * b - a - 3 * c + d) * share**3
        )
        for a, b, c, d in zip(*corners, strict=True)
    )
    return x, y
