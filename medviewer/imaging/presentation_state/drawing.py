"""Drawing of a presentation state on a frame, as primitives in pixels.

Overlays are not among them.
"""

import math
from collections.abc import Callable
from typing import Final

from medviewer.imaging.annotation import (
    Cross,
    Ellipse,
    Label,
    Polygon,
    Polyline,
    Primitive,
    ellipse_through,
)
from medviewer.imaging.frame import OVERLAY_COLOR, Color, Frame
from medviewer.imaging.presentation_state.graphic import Graphic, GraphicKind, Point, TextNote, Units
from medviewer.imaging.presentation_state.state import (
    PresentationState,
    displayed_area,
    drawn_layers,
    frame_point,
    view_of,
)

CURVE_STEPS: Final = 12  # between two points of an interpolated line

ToPixel = Callable[[Point, Units], Point]
"""Gives the pixel of the image, (x, y), at which a point in some units stands."""


def state_primitives(frame: Frame, state: PresentationState) -> tuple[Primitive, ...]:
    """Return graphics and texts of a state, in the order of their painting.

    () for frames of others.
    """
    stated, area = view_of(frame, state), displayed_area(frame, state)

    def place(point: Point, units: Units) -> Point:
        row, column = frame_point(point, units, stated, area)
        return column + 0.5, row + 0.5

    drawn: list[Primitive] = []
    for layer in drawn_layers(frame, state):
        color = layer.color or OVERLAY_COLOR
        drawn += [graphic_primitive(graphic, color, place) for graphic in layer.graphics]
        drawn += [label_primitive(text, color, place) for text in layer.texts]
    return tuple(drawn)


def graphic_primitive(graphic: Graphic, color: Color, place: ToPixel) -> Primitive:
    """Return the primitives of a graphic.

    References
    ----------
    DICOM PS3.3 C.10.5.1.2: CIRCLE is a center and a point on the perimeter, ELLIPSE the ends of the major
    and of the minor axis; INTERPOLATED is a curve of any kind through its points (here Catmull-Rom).
    """
    points, units = graphic.points, graphic.units
    if graphic.kind is GraphicKind.POINT:
        return Cross(place(points[0], units), color)
    if graphic.kind is GraphicKind.CIRCLE:
        (x, y), (on_x, on_y) = points
        radius = math.hypot(on_x - x, on_y - y)
        round_points = ((x, y), (x + radius, y), (x, y + radius))
        center, first, second = (place(point, units) for point in round_points)
        return Ellipse(center, first, second, color, graphic.is_filled)
    if graphic.kind is GraphicKind.ELLIPSE:
        ends = tuple(place(point, units) for point in points)
        return ellipse_through(ends, color, is_filled=graphic.is_filled)
    if graphic.kind is GraphicKind.INTERPOLATED and len(points) > 2:
        points = _curve(points)
    placed = tuple(place(point, units) for point in points)
    if not graphic.is_filled or len(placed) < 3:
        return Polyline(placed, color)
    return Polygon(placed[:-1] if placed[0] == placed[-1] else placed, color, is_filled=True)


def label_primitive(note: TextNote, color: Color, place: ToPixel) -> Label:
    """Return the primitive of a text."""
    box = None
    if note.box is not None:
        box = (place(note.box[0], note.box_units), place(note.box[1], note.box_units))
    return Label(
        note.lines,
        color,
        box,
        None if note.anchor is None else place(note.anchor, note.anchor_units),
        note.is_anchor_shown,
        note.justification.share_before if box else 0.0,
    )


def _curve(points: tuple[Point, ...]) -> tuple[Point, ...]:
    """Return a Catmull-Rom curve through points.

    Closed where the first and the last are one.
    """
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
