"""Drawing of each kind of annotation as primitives.

Only a kind that this version does not know, in a file of a newer one, is drawn as a line through its points.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from medviewer.imaging import image_colors
from medviewer.imaging.annotation.annotation import Annotation, Point
from medviewer.imaging.annotation.masks import OUTLINE, lines_of_mask
from medviewer.imaging.annotation.primitives import (
    Arrow,
    Cross,
    Ellipse,
    Handle,
    Label,
    Polygon,
    Polyline,
    Primitive,
)
from medviewer.imaging.frame import Color
from medviewer.imaging.image_colors import rgb
from medviewer.plain_text import printable
from medviewer.translation import mark

ANNOTATION_COLOR: Final[Color] = rgb(image_colors.MEASURE)

AROUND: Final = 12  # points near which a label looks for a place

Flat = tuple[Point, ...]
Outline = Callable[[Flat, Color], tuple[Primitive, ...]]


def primitives_of(
    annotation: Annotation,
    points: Flat,
    measured: tuple[str, ...] = (),
    *,
    label_at: Point | None = None,
    has_label: bool = True,
    has_handles: bool = False,
) -> tuple[Primitive, ...]:
    """Return the primitives of an annotation.

    Parameters
    ----------
    points : tuple of (x, y)
        Its points in pixels of the image, as `points_in_image` gives them.
    measured : tuple of str
        Lines of its measurement in the user's language; they stand under its text.
    label_at : (x, y) or None
        Where its label was dragged to, as `label_in_image` gives it; None: it finds a place by itself.
    has_label, has_handles : bool
        Whether its text and measurement, and the points that can be dragged, are drawn.
    """
    color = annotation.color or ANNOTATION_COLOR
    kind = kind_of(annotation)
    outline = kind.outline(points, color)
    is_dragged = has_handles and kind.has_handles
    handles = tuple(Handle(point, color) for point in points) if is_dragged else ()
    lines = tuple(printable(line) for line in annotation.text.splitlines())
    if annotation.kind == "text" and any(lines):
        note = _note(lines, points, color, annotation.id)
        return (note, *handles)
    said = (*(lines if any(lines) else ()), *measured) if has_label else ()
    drawn = outline
    if said:
        ends = tuple(_spread(points))
        box = None if label_at is None else (label_at, label_at)
        nearest = points[-1] if label_at is None else min(points, key=lambda p: math.dist(p, label_at))
        drawn += (
            Label(said, color, box, nearest, box is not None, 0.5 if box else 0.0, ends, annotation.id),
        )
    return (*drawn, *handles)


def _line(points: Flat, color: Color) -> tuple[Primitive, ...]:
    return (Cross(points[0], color),) if len(points) == 1 else (Polyline(points, color),)


def _measuring(points: Flat, color: Color) -> tuple[Primitive, ...]:
    """Return a line whose ends are marked, as a leader may go on from there."""
    return _line(points, color) if len(points) == 1 else (Polyline(points, color, has_end_marks=True),)


def _closed(points: Flat, color: Color) -> tuple[Primitive, ...]:
    return (Polygon(points, color),) if len(points) > 2 else _line(points, color)


def _around_mask(points: Flat, color: Color) -> tuple[Primitive, ...]:
    """Return the lines of a mask, dashed: a model's are not."""
    return tuple(Polygon(line, color, is_dashed=True) for line in lines_of_mask(points))


def _pairs(points: Flat, color: Color) -> tuple[Primitive, ...]:
    """Return a line for each two points."""
    return tuple(
        part for start in range(0, len(points), 2) for part in _measuring(points[start : start + 2], color)
    )


def _arrow(points: Flat, color: Color) -> tuple[Primitive, ...]:
    return (Arrow(points[0], points[1], color),) if len(points) == 2 else _line(points, color)


def _ellipse(points: Flat, color: Color) -> tuple[Primitive, ...]:
    """Return an ellipse through the ends of its two axes."""
    return (ellipse_through(points, color),) if len(points) == 4 else _line(points, color)


def ellipse_through(ends: Flat, color: Color, *, is_filled: bool = False) -> Ellipse:
    """Return the ellipse with these ends of its axes.

    References
    ----------
    DICOM PS3.3 C.10.5.1.2 and C.18.6.1.2, ELLIPSE: both ends of the major axis, both of the minor one.
    """
    one, other, first, second = ends
    center = ((one[0] + other[0]) / 2, (one[1] + other[1]) / 2)
    across = ((second[0] - first[0]) / 2, (second[1] - first[1]) / 2)  # its middle need not be the center
    return Ellipse(center, other, (center[0] + across[0], center[1] + across[1]), color, is_filled)


def _note(lines: tuple[str, ...], points: Flat, color: Color, subject: str) -> Label:
    """Return a text at its first point, with a line to its second one."""
    about = points[1] if len(points) > 1 else None
    box = (points[0], points[0])
    return Label(lines, color, box, about, has_leader=about is not None, subject=subject)


def _spread(points: Flat) -> list[Point]:
    """Return at most AROUND of the points, evenly spread."""
    step = max(1, math.ceil(len(points) / AROUND))
    return [*points[::step], points[-1]]


@dataclass(frozen=True, slots=True)
class Kind:
    """A row of KINDS: title, outline and handles of an annotation.

    Parameters
    ----------
    title : str
        Marked for translation.
    outline : callable
        (points in pixels of the image, color) -> primitives.
    has_handles : bool
        Its points are dragged by themselves; else it is moved as a whole.
    """

    title: str
    outline: Outline
    has_handles: bool = True


KINDS: Final[Mapping[str, Kind]] = {
    "length": Kind(mark("Length"), _measuring),
    "angle": Kind(mark("Angle"), _measuring),
    "Cobb": Kind(mark("Cobb angle"), _pairs),
    "ellipse": Kind(mark("Ellipse"), _ellipse),
    "rectangle": Kind(mark("Rectangle"), _closed),
    "polygon": Kind(mark("Polygon"), _closed),
    "freehand": Kind(mark("Freehand"), _closed, has_handles=False),
    "range": Kind(mark("Region of a range"), _closed, has_handles=False),
    OUTLINE: Kind(mark("Corrected outline"), _around_mask, has_handles=False),
    "point": Kind(mark("Point"), _line),
    "arrow": Kind(mark("Arrow"), _arrow),
    "text": Kind(mark("Text"), _line),
}
"""The kinds of annotations that a tool draws."""

UNKNOWN_KIND: Final = Kind(mark("Drawing"), _line)
"""A kind of a newer version."""


def kind_of(annotation: Annotation) -> Kind:
    """Return the row of an annotation's kind."""
    return KINDS.get(annotation.kind, UNKNOWN_KIND)
