"""Selection and moving of annotations with the mouse, under any tool."""

import math
from itertools import pairwise
from typing import Final

from medviewer.imaging.annotation import (
    Annotation,
    Handle,
    Point,
    label_in_image,
    points_in_image,
    primitives_of,
)
from medviewer.translation import Message, message
from medviewer.viewer.annotations import (
    change_annotation,
    moved,
    preview_annotation,
    select,
    with_points,
)
from medviewer.viewer.render import Pen, Stroke, lay_out
from medviewer.viewer.tools.drawing import CLICK_PIXELS, point_at
from medviewer.viewer.tools.outlining import OUTLINE_TOOLS
from medviewer.viewer.tools.reshaping import with_point_at
from medviewer.viewer.tools.table import TOOLS
from medviewer.viewer.tools.tool import Interaction, Pointer, ToolPane

HANDLE_REACH: Final = 7.0  # logical pixels
LINE_REACH: Final = 5.0
_PEN: Final = Pen(1.5, 5.0, 10.0, 1.0, lambda _text: 0.0)
_LABEL: Final = -1  # no handle: the label


class Grip(Interaction):
    """Selects an annotation and moves it or a part of it.

    Parameters
    ----------
    part : int or None
        The number of a point, _LABEL, or None: all of it.
    label_at : (x, y)
        The middle of its label on the pane.
    """

    def __init__(self, annotation: Annotation, part: int | None) -> None:
        self.annotation, self.part = annotation, part
        self._pressed = Pointer(0, 0)
        self._from: Point = (0.0, 0.0)
        self._label: Point = (0.0, 0.0)

    def press(self, pane: ToolPane, pointer: Pointer) -> None:
        """Select it."""
        self._pressed, self._from = pointer, point_at(pane, pointer)
        middle = pane.label_middle(self.annotation.id) if self.part == _LABEL else None
        self._label = self._from if middle is None else point_at(pane, middle)
        select(pane.viewer, self.annotation.id)

    def drag(self, pane: ToolPane, pointer: Pointer) -> None:
        """Show it where it would be."""
        preview_annotation(pane.viewer, self._changed(pane, pointer))

    def release(self, pane: ToolPane, pointer: Pointer) -> None:
        """Keep the change as one edit; a click only selects."""
        changed = self._changed(pane, pointer)
        preview_annotation(pane.viewer, None)
        if changed is not None:
            change_annotation(pane.viewer, self._name, changed)

    def cancel(self, pane: ToolPane) -> None:
        """Leave it as it was."""
        preview_annotation(pane.viewer, None)

    @property
    def _name(self) -> Message:
        if self.part is None:
            return message("move")
        return message("label") if self.part == _LABEL else message("change of shape")

    def _changed(self, pane: ToolPane, pointer: Pointer) -> Annotation | None:
        far = max(abs(pointer.x - self._pressed.x), abs(pointer.y - self._pressed.y))
        frame, one = pane.frame, self.annotation
        shown = pane.viewer.state.display.panes[pane.number]
        is_here = shown is not None and any(known.id == one.id for known in shown.annotations)
        if far < CLICK_PIXELS or one.is_locked or frame is None or not is_here:
            return None
        (x, y), (x0, y0) = point_at(pane, pointer), self._from
        geometry = frame.geometry
        if self.part is None:
            return moved(one, geometry, x - x0, y - y0)
        points = points_in_image(geometry, one)
        if points is None:
            return None
        if self.part == _LABEL:
            label = (self._label[0] + x - x0, self._label[1] + y - y0)
            return with_points(one, geometry, points, label)
        shape = with_point_at(one.kind, points, self.part, (x, y))
        return with_points(one, geometry, shape, label_in_image(geometry, one))


def grip_at(pane: ToolPane, pointer: Pointer) -> Grip | None:
    """Return the topmost grip under the mouse; None: there is none."""
    shown, frame = pane.viewer.state.display.panes[pane.number], pane.frame
    if pane.viewer.state.tool in OUTLINE_TOOLS:  # a stroke may begin anywhere
        return None
    if shown is None or frame is None or not shown.annotations or not shown.graphics_shown:
        return None
    selected = next((one for one in shown.annotations if one.id == shown.selected), None)
    if selected is not None and not selected.is_locked:
        points = points_in_image(frame.geometry, selected) or ()
        for handle in primitives_of(selected, points, has_handles=True) if points else ():
            if isinstance(handle, Handle) and _distance_to(pane, handle.at, pointer) <= HANDLE_REACH:
                return Grip(selected, points.index(handle.at))
    name = pane.label_at(pointer)
    draws = TOOLS[pane.viewer.state.tool].draws
    for one in reversed(shown.annotations):
        # a new line may begin beside another one's label; that of the selected one is dragged all the same
        if one.id == name and (one is selected or not draws):
            return Grip(one, None if one.kind == "text" else _LABEL)
    for one in reversed(shown.annotations):
        points = points_in_image(frame.geometry, one) or ()
        if points and _is_on(pane, one, points, pointer):
            return Grip(one, None)
    return None


def _is_on(pane: ToolPane, one: Annotation, points: tuple[Point, ...], pointer: Pointer) -> bool:
    def carry(point: Point) -> Point:
        place = pane.pointer_at(*point)
        return place.x, place.y

    drawn = primitives_of(one, points, has_label=False)
    width, height = pane.size
    marks = lay_out(drawn, carry, (0.0, 0.0, float(width), float(height)), _PEN)
    lines = [line for mark in marks if isinstance(mark, Stroke) for line in pairwise(mark.points)]
    return any(_distance(line, (pointer.x, pointer.y)) <= LINE_REACH for line in lines)


def _distance_to(pane: ToolPane, point: Point, pointer: Pointer) -> float:
    place = pane.pointer_at(*point)
    return math.hypot(place.x - pointer.x, place.y - pointer.y)


def _distance(line: tuple[Point, Point], point: Point) -> float:
    (x0, y0), (x1, y1) = line
    length = (x1 - x0) ** 2 + (y1 - y0) ** 2
    share = ((point[0] - x0) * (x1 - x0) + (point[1] - y0) * (y1 - y0)) / length if length else 0.0
    share = max(0.0, min(1.0, share))
    return math.hypot(x0 + share * (x1 - x0) - point[0], y0 + share * (y1 - y0) - point[1])
