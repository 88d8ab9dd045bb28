"""Geometry of graphics over an image, for panes and exports alike.

A pane and an export lay the same primitives out with their own sizes of lines and letters; what is left to
their painters are lines, areas and texts at given places. Places are (x, y) in pixels of what is painted on,
0, 0 the upper left corner of the first one.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from medviewer.imaging.annotation import (
    Arrow,
    Carry,
    Cross,
    Ellipse,
    Label,
    Point,
    Polygon,
    Polyline,
    Primitive,
    carried,
    points_in_image,
    primitives_of,
)
from medviewer.imaging.display import ViewTransform
from medviewer.imaging.frame import Color, Frame
from medviewer.imaging.presentation_state import state_primitives
from medviewer.viewer.render.pyramid import Seen
from medviewer.viewer.state import PaneState

FILL_OPACITY: Final = 0.45
ROUND_ERROR: Final = 0.1  # of the straight pieces of an ellipse, in pixels
FEWEST_PIECES: Final = 24
MOST_PIECES: Final = 720
HEAD_ANGLE: Final = math.radians(25)  # between an arrow and each side of its head
TEXT_GAP: Final = 4  # between an anchor and its text, in widths of a line


@dataclass(frozen=True, slots=True)
class Pen:
    """Sizes of strokes and texts at any zoom, in painted pixels.

    Parameters
    ----------
    line : float
        The thickness of a line.
    cross : float
        The length of the four arms of a cross.
    head : float
        The length of the two sides of an arrow's head.
    line_height : float
        From one line of text to the next.
    text_width : callable
        (text) -> its width.
    """

    line: float
    cross: float
    head: float
    line_height: float
    text_width: Callable[[str], float]


@dataclass(frozen=True, slots=True)
class Stroke:
    """A line through points."""

    points: tuple[Point, ...]
    color: Color


@dataclass(frozen=True, slots=True)
class Fill:
    """An area that the image shines through, by FILL_OPACITY."""

    points: tuple[Point, ...]
    color: Color


@dataclass(frozen=True, slots=True)
class TextLine:
    """One line of text, the upper left corner of its row, and its color."""

    text: str
    corner: Point
    color: Color


Mark = Stroke | Fill | TextLine


def graphics_on(pane: PaneState) -> tuple[Primitive, ...]:
    """Return the primitives over a pane's image, topmost last.

    () where graphics are not wanted.

    Returns
    -------
    tuple of Primitive
        In the view: (x, y) in columns of the frame, from the upper left corner of the image as it is seen.
    """
    frame, state = pane.frame, pane.presentation_in_use
    if frame is None or not pane.graphics_shown:
        return ()
    drawn = list(() if state is None else state_primitives(frame, state))
    for annotation in pane.annotations:
        points = points_in_image(frame.geometry, annotation)
        if points is not None:
            drawn += primitives_of(annotation, points, _measured_lines(frame, annotation.kind, points))
    carry = to_view(pane.view) if drawn else None
    return () if carry is None else tuple(carried(one, carry) for one in drawn)


def _measured_lines(frame: Frame, kind: str, points: tuple[Point, ...]) -> tuple[str, ...]:
    from medviewer.viewer.render.measured import measured  # not for the first picture

    found = measured(frame, kind, points)
    return () if found is None else tuple(line.for_user() for line in found.lines)


def to_view(view: ViewTransform) -> Carry:
    """Return the function that maps a frame pixel, (x, y), into the view."""
    return lambda point: view.frame_to_view(point[1] - 0.5, point[0] - 0.5)


def lay_out(primitives: Sequence[Primitive], carry: Carry, image: Seen, pen: Pen) -> tuple[Mark, ...]:
    """Return the strokes, areas and texts of primitives in painting order.

    Parameters
    ----------
    carry : callable
        Point of the view -> pixel of what is painted on.
    image : (left, top, right, bottom)
        Where the image lies on what is painted on; a text stays in it where there is room.
    """
    marks: list[Mark] = []
    for primitive in primitives:
        match carried(primitive, carry):
            case Polyline(points, color):
                marks.append(Stroke(points, color))
            case Polygon(points, color, is_filled):
                marks += _closed(points, color, is_filled=is_filled)
            case Ellipse(_, _, _, color, is_filled) as ellipse:
                marks += _closed(_around(ellipse), color, is_filled=is_filled)
            case Cross(at, color):
                marks += _cross(at, pen.cross, color)
            case Arrow() as arrow:
                marks += _arrow(arrow, pen.head)
            case Label() as label:
                marks += _label(label, image, pen)
    return tuple(marks)


def _closed(points: tuple[Point, ...], color: Color, *, is_filled: bool) -> list[Mark]:
    line = Stroke((*points, points[0]), color)
    return [Fill(points, color), line] if is_filled else [line]


def _around(ellipse: Ellipse) -> tuple[Point, ...]:
    """Return a polygon that approximates an ellipse within ROUND_ERROR."""
    (x, y), one, other = ellipse.center, ellipse.first, ellipse.second
    across, along = (one[0] - x, one[1] - y), (other[0] - x, other[1] - y)
    radius = max(math.hypot(*across), math.hypot(*along), ROUND_ERROR)
    pieces = math.ceil(math.pi / math.acos(1 - min(1.0, ROUND_ERROR / radius)))
    pieces = max(FEWEST_PIECES, min(pieces, MOST_PIECES))
    turns = [2 * math.pi * piece / pieces for piece in range(pieces)]
    return tuple(
        (
            x + math.cos(turn) * across[0] + math.sin(turn) * along[0],
            y + math.cos(turn) * across[1] + math.sin(turn) * along[1],
        )
        for turn in turns
    )


def _cross(at: Point, arm: float, color: Color) -> list[Mark]:
    x, y = at
    return [Stroke(((x - arm, y), (x + arm, y)), color), Stroke(((x, y - arm), (x, y + arm)), color)]


def _arrow(arrow: Arrow, head: float) -> list[Mark]:
    (x, y), (from_x, from_y) = arrow.head, arrow.tail
    length = math.hypot(from_x - x, from_y - y)
    shaft = Stroke((arrow.tail, arrow.head), arrow.color)
    if length == 0:
        return [shaft]
    back = math.atan2(from_y - y, from_x - x)
    side = min(head, length)
    ends = [
        (x + side * math.cos(back + turn), y + side * math.sin(back + turn))
        for turn in (-HEAD_ANGLE, HEAD_ANGLE)
    ]
    return [shaft, Stroke((ends[0], arrow.head, ends[1]), arrow.color)]


def _label(label: Label, image: Seen, pen: Pen) -> list[Mark]:
    """Place a text in its box or at its anchor, inside the image if it fits."""
    widths = [pen.text_width(line) for line in label.lines]
    wide, high = max(widths), pen.line_height * len(label.lines)
    anchor = label.anchor
    if label.box is not None:
        (left, right), (top, _) = (sorted(pair) for pair in zip(*label.box, strict=True))
    else:
        assert anchor is not None  # a text has one or the other
        left = right = anchor[0] + TEXT_GAP * pen.line
        top = anchor[1] + TEXT_GAP * pen.line
    share = label.share_before
    x = max(image[0], min(left + share * (right - left - wide), image[2] - wide))
    y = max(image[1], min(top, image[3] - high))
    marks: list[Mark] = []
    if anchor is not None and label.has_leader:
        nearest = (min(max(anchor[0], x), x + wide), min(max(anchor[1], y), y + high))
        marks.append(Stroke((nearest, anchor), label.color))
    rows = zip(label.lines, widths, strict=True)
    marks += [
        TextLine(line, (x + share * (wide - width), y + pen.line_height * row), label.color)
        for row, (line, width) in enumerate(rows)
    ]
    return marks
