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
    OUTLINE,
    Annotation,
    Arrow,
    Carry,
    Cross,
    Ellipse,
    Handle,
    Label,
    Point,
    Polygon,
    Polyline,
    Primitive,
    carried,
    label_in_image,
    points_in_image,
    primitives_of,
)
from medviewer.imaging.display import ViewTransform
from medviewer.imaging.frame import Color, Frame
from medviewer.imaging.presentation_state import state_primitives
from medviewer.inference.tasks import outline_in
from medviewer.viewer.render.dashes import dashes
from medviewer.viewer.render.label_places import Brightness, KeptPlaces, LabelPlaces, WantedPlace
from medviewer.viewer.render.pyramid import Bounds
from medviewer.viewer.state import PaneState

OUTLINE_COLOR: Final = (185, 166, 255)
"""Of all that a model draws: the role `ai` on a dark ground."""

FILL_OPACITY: Final = 0.45
PLATE_OPACITY: Final = 0.62
PLATE_MARGIN: Final = 2  # beside its letters, in widths of a line
BLACK: Final = (0, 0, 0)
HEAT_OPACITY: Final = 0.6
"""Of the hottest cell of a heat map, others in proportion: the image stays to be seen below it."""

LEAST_HEAT: Final = 0.1  # of the hottest cell; less is not told from the image
ROUND_ERROR: Final = 0.1  # of the straight pieces of an ellipse, in pixels
FEWEST_PIECES: Final = 24
MOST_PIECES: Final = 720
HEAD_ANGLE: Final = math.radians(25)  # between an arrow and each side of its head
TEXT_GAP: Final = 4  # between an anchor and its text, in widths of a line
LEADER_FROM: Final = 1.0  # heights of a line of text between a label and its drawing
LEADER_GAP: Final = 4  # between a label and its leader, in widths of a line
MOST_DASHES: Final = 1000  # of a leader, which may lead far out of what is seen
LONG_DASH: Final = 5  # of a dashed line, in widths of it
GAP: Final = 3  # and between its dashes
DASH: Final = 3  # the length of a dash, in widths of a line


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
    handle : float
        Half the side of the square at a point that can be dragged.
    """

    line: float
    cross: float
    head: float
    line_height: float
    text_width: Callable[[str], float]
    handle: float = 3.5


@dataclass(frozen=True, slots=True)
class Stroke:
    """A line through points."""

    points: tuple[Point, ...]
    color: Color


@dataclass(frozen=True, slots=True)
class Fill:
    """An area that the image shines through."""

    points: tuple[Point, ...]
    color: Color
    opacity: float = FILL_OPACITY


@dataclass(frozen=True, slots=True)
class TextLine:
    """One line of text, the upper left corner of its row, and its color.

    Parameters
    ----------
    box : (left, top, right, bottom)
        Of all lines of its label.
    subject : str
        The id of the annotation whose label it is of; "" for others.
    """

    text: str
    corner: Point
    color: Color
    box: Bounds = (0.0, 0.0, 0.0, 0.0)
    subject: str = ""


Mark = Stroke | Fill | TextLine


def graphics_on(
    pane: PaneState, *, has_labels: bool = True, has_handles: bool = False
) -> tuple[Primitive, ...]:
    """Return the primitives over a pane's image, topmost last.

    () where graphics are not wanted.

    Parameters
    ----------
    has_labels : bool
        Whether annotations say what they measure; small panes have no room.
    has_handles : bool
        Whether the selected annotation shows what can be dragged; never in a file.

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
            drawn += primitives_of(
                annotation,
                points,
                _measured_lines(frame, annotation, points) if has_labels else (),
                label_at=label_in_image(frame.geometry, annotation),
                has_label=has_labels,
                has_handles=has_handles and annotation.id == pane.selected,
            )
    drawn = [*heat_primitives(pane), *drawn, *outline_primitives(pane)]
    carry = to_view(pane.view) if drawn else None
    return () if carry is None else tuple(carried(one, carry) for one in drawn)


def outline_primitives(pane: PaneState) -> tuple[Primitive, ...]:
    """Return a model's outline on a pane's frame, in its pixels.

    () where it drew none or only the reader's is wanted, and unless the result is about this very frame and
    every gate was passed.
    """
    result = pane.result
    # guard(test): an outline lies on its own frame only, and on none that a gate refused
    if result is None or not result.is_valid or result.key != pane.token.key:
        return ()
    found = outline_in(result)
    is_replaced = not pane.model_outline_shown and any(one.kind == OUTLINE for one in pane.annotations)
    if found is None or is_replaced:
        return ()
    return tuple(Polygon(points, OUTLINE_COLOR) for points in found.contours)


def heat_primitives(pane: PaneState) -> tuple[Primitive, ...]:
    """Return the cells of a heat map on a pane's frame, in its pixels.

    () where the pane shows none, and unless the map is of a valid answer about this very frame.
    """
    result = pane.result
    if not pane.shows_heat:
        return ()
    # guard(test): a heat map lies on its own frame only, and on none that a gate refused
    if result is None or not result.is_valid or result.key != pane.token.key:
        return ()
    heat = result.heat_map
    if heat is None:
        return ()
    return tuple(
        Polygon(cell.corners, OUTLINE_COLOR, tint=HEAT_OPACITY * cell.share)
        for cell in heat.cells
        if cell.share >= LEAST_HEAT
    )


def _measured_lines(frame: Frame, one: Annotation, points: tuple[Point, ...]) -> tuple[str, ...]:
    from medviewer.viewer.render.measurements import measured  # not for the first picture

    found = measured(frame, one.kind, points, one.found)
    return () if found is None else tuple(line.for_user() for line in found.lines)


def to_view(view: ViewTransform) -> Carry:
    """Return the function that maps a frame pixel, (x, y), into the view."""
    return lambda point: view.frame_to_view(point[1] - 0.5, point[0] - 0.5)


def lay_out(
    primitives: Sequence[Primitive],
    carry: Carry,
    image: Bounds,
    pen: Pen,
    *,
    seen: Bounds | None = None,
    texts: Sequence[Bounds] = (),
    brightness: Brightness | None = None,
    kept: KeptPlaces | None = None,
) -> tuple[Mark, ...]:
    """Return the strokes, areas and texts of primitives in painting order.

    Parameters
    ----------
    carry : callable
        Point of the view -> pixel of what is painted on.
    image : (left, top, right, bottom)
        Where the image lies on what is painted on; a text stays in it where there is room.
    seen : (left, top, right, bottom), optional
        Where the labels of annotations stay, also beside the image; on all of it by default.
    texts : sequence of boxes
        Other texts, which the labels of annotations keep off.
    brightness : Brightness, optional
        Of the image: these labels look for black.
    kept : KeptPlaces, optional
        Of the last painting of the same pane: labels stay where they need not move.
    """
    marks: list[Mark] = []
    labels: list[Label] = []
    for primitive in primitives:
        match carried(primitive, carry):
            case Polyline(points, color, has_end_marks):
                marks.append(Stroke(points, color))
                marks += _end_marks(points, pen.cross, color) if has_end_marks else []
            case Polygon(points, color, tint=tint) if tint:
                marks.append(Fill(points, color, tint))
            case Polygon(points, color, is_dashed=True):
                closed = (*points, points[0])
                marks += [Stroke(one, color) for one in dashes(closed, LONG_DASH * pen.line, GAP * pen.line)]
            case Polygon(points, color, is_filled):
                marks += _closed(points, color, is_filled=is_filled)
            case Ellipse(_, _, _, color, is_filled) as ellipse:
                marks += _closed(_around(ellipse), color, is_filled=is_filled)
            case Cross(at, color):
                marks += _cross(at, pen.cross, color)
            case Arrow() as arrow:
                marks += _arrow(arrow, pen.head)
            case Handle(at, color):
                marks += _handle(at, pen.handle, color)
            case Label() as label if label.subject:
                labels.append(label)
            case Label() as label:
                marks += _label(label, image, pen)
    return (*marks, *_labels(labels, marks, LabelPlaces(seen or image, texts, brightness, kept), pen))


def _labels(labels: Sequence[Label], marks: Sequence[Mark], places: LabelPlaces, pen: Pen) -> list[Mark]:
    """Return the labels of annotations, dragged ones at their places."""
    if not labels:
        return []
    places.add_lines(mark.points for mark in marks if isinstance(mark, Stroke))
    sizes = [(max(map(pen.text_width, one.lines)), pen.line_height * len(one.lines)) for one in labels]
    put = [_put(label, size, places.area) for label, size in zip(labels, sizes, strict=True)]
    for place, (wide, high) in zip(put, sizes, strict=True):
        if place is not None:
            places.add_text((*place, place[0] + wide, place[1] + high))
    wanted = [
        WantedPlace(label.subject, label.around or (label.anchor or (0.0, 0.0),), size)
        for label, size in zip(labels, sizes, strict=True)
    ]
    # those that stay, before those that look for a place
    stay = places.kept([None if place else one for one, place in zip(wanted, put, strict=True)])
    boxes: list[Bounds] = []
    for one, (wide, high), place, kept in zip(wanted, sizes, put, stay, strict=True):
        x, y = place or kept or places.place(one, pen.line_height)
        boxes.append((x, y, x + wide, y + high))
    drawn: list[Mark] = []
    for label, box, is_on_body in zip(labels, boxes, places.on_body(boxes), strict=True):
        drawn += _leader(label, box, pen)
        if is_on_body and any(map(str.strip, label.lines)):
            drawn.append(_plate(box, PLATE_MARGIN * pen.line))
        drawn += [
            TextLine(line, (box[0], box[1] + pen.line_height * row), label.color, box, label.subject)
            for row, line in enumerate(label.lines)
        ]
    return drawn


def _plate(box: Bounds, margin: float) -> Fill:
    """Return the dark ground of a label that lies on the body.

    Letters are to be read on bone, too.
    """
    left, top, right, bottom = box[0] - margin, box[1], box[2] + margin, box[3]
    return Fill(((left, top), (right, top), (right, bottom), (left, bottom)), BLACK, PLATE_OPACITY)


def _put(label: Label, size: tuple[float, float], seen: Bounds) -> Point | None:
    """Return the corner of a label that has its place; None: it looks for one.

    A text begins at its place; the middle of a dragged label lies there, as far as all of it is seen.
    """
    if label.box is None:
        return None
    x, y = label.box[0]
    if not label.around:
        return x, y
    left, top, right, bottom = seen
    return (
        max(left, min(x - size[0] / 2, right - size[0])),
        max(top, min(y - size[1] / 2, bottom - size[1])),
    )


def _leader(label: Label, box: Bounds, pen: Pen) -> list[Mark]:
    """Return a dashed line from a label to its drawing, if that is far."""
    ends = label.around or (() if label.anchor is None else (label.anchor,))
    if not ends:
        return []
    nearest = [((min(max(x, box[0]), box[2]), min(max(y, box[1]), box[3])), (x, y)) for x, y in ends]
    start, end = min(nearest, key=lambda pair: math.dist(*pair))
    length = math.dist(start, end)
    if length < LEADER_FROM * pen.line_height:
        return []
    start = _between(start, end, LEADER_GAP * pen.line / length)
    dash = DASH * pen.line
    count = max(1, min(int(length / (2 * dash)), MOST_DASHES))
    return [
        Stroke(
            (_between(start, end, piece / count), _between(start, end, (piece + 0.5) / count)), label.color
        )
        for piece in range(count)
    ]


def _between(start: Point, end: Point, share: float) -> Point:
    return start[0] + share * (end[0] - start[0]), start[1] + share * (end[1] - start[1])


def _handle(at: Point, half: float, color: Color) -> list[Mark]:
    x, y = at
    corners = ((x - half, y - half), (x + half, y - half), (x + half, y + half), (x - half, y + half))
    return _closed(corners, color, is_filled=True)


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


def _end_marks(points: tuple[Point, ...], arm: float, color: Color) -> list[Mark]:
    """Return short strokes across both ends of a line."""
    marks: list[Mark] = []
    for end, beside in ((points[0], points[1]), (points[-1], points[-2])):
        length = math.dist(end, beside)
        if length > 0:
            x, y = (arm * (beside[1] - end[1]) / length, arm * (end[0] - beside[0]) / length)
            marks.append(Stroke(((end[0] - x, end[1] - y), (end[0] + x, end[1] + y)), color))
    return marks


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


def _label(label: Label, image: Bounds, pen: Pen) -> list[Mark]:
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
