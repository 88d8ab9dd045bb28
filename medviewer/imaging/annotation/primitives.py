"""The few things that graphics are made of.

Lines, polygons, ellipses, crosses, arrows, labels. Places are (x, y) in pixels of the image, 0, 0 the upper
left corner of the first one; or, once they are carried over by `carried`, in any plane that keeps straight
lines straight. How thick a line is, how large a cross, an arrow's head and letters are is said by who
paints them: they have one size at any zoom.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

from medviewer.imaging.annotation.annotation import Point
from medviewer.imaging.frame import Color

Carry = Callable[[Point], Point]


@dataclass(frozen=True, slots=True)
class Polyline:
    """A line through points."""

    points: tuple[Point, ...]
    color: Color
    has_end_marks: bool = False  # short strokes across its ends, where something is measured


@dataclass(frozen=True, slots=True)
class Polygon:
    """A closed line through corners; the first is not said again at the end."""

    points: tuple[Point, ...]
    color: Color
    is_filled: bool = False  # so that the image shines through
    tint: float = 0.0  # how much of the image it hides where it is an area without a line; 0: it has a line
    is_dashed: bool = False


@dataclass(frozen=True, slots=True)
class Ellipse:
    """An ellipse, or a circle.

    Its center and two points on it that see each other along parallel tangents. The ends of a half of the
    major and of the minor axis are such points; carried over into a plane of another aspect they remain
    such points, though no longer ends of axes.
    """

    center: Point
    first: Point
    second: Point
    color: Color
    is_filled: bool = False


@dataclass(frozen=True, slots=True)
class Cross:
    """A mark at one place."""

    at: Point
    color: Color


@dataclass(frozen=True, slots=True)
class Arrow:
    """A line with a head at its end."""

    tail: Point
    head: Point
    color: Color


@dataclass(frozen=True, slots=True)
class Label:
    """Lines of text, in a box or beside their subject.

    Never turned or mirrored.

    Parameters
    ----------
    lines : tuple of str
        At least one.
    box : (corner, opposite corner) or None
        None: beside the anchor.
    anchor : point or None
        What it is about; None only where there is a box.
    has_leader : bool
        A line joins it to its anchor.
    share_before : float
        Of the free width of its box that stands before the text: 0 at the left, 1 at the right.
    around : tuple of points
        Of the drawing that it is about: where it has no box, it looks for a place near them.
    subject : str
        The id of the annotation that it is of; "" for others.
    """

    lines: tuple[str, ...]
    color: Color
    box: tuple[Point, Point] | None = None
    anchor: Point | None = None
    has_leader: bool = False
    share_before: float = 0.0
    around: tuple[Point, ...] = ()
    subject: str = ""


@dataclass(frozen=True, slots=True)
class Handle:
    """A square at a point that can be dragged."""

    at: Point
    color: Color


Primitive = Polyline | Polygon | Ellipse | Cross | Arrow | Label | Handle


def carried(primitive: Primitive, carry: Carry) -> Primitive:
    """Return a primitive in another plane, each of its places carried over."""
    match primitive:
        case Polyline() as line:
            return replace(line, points=tuple(map(carry, line.points)))
        case Polygon() as polygon:
            return replace(polygon, points=tuple(map(carry, polygon.points)))
        case Ellipse(center, first, second, color, is_filled):
            return Ellipse(carry(center), carry(first), carry(second), color, is_filled)
        case Cross(at, color):
            return Cross(carry(at), color)
        case Arrow(tail, head, color):
            return Arrow(carry(tail), carry(head), color)
        case Handle(at, color):
            return Handle(carry(at), color)
        case Label() as label:
            return replace(
                label,
                box=None if label.box is None else (carry(label.box[0]), carry(label.box[1])),
                anchor=None if label.anchor is None else carry(label.anchor),
                around=tuple(map(carry, label.around)),
            )
