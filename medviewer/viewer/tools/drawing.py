"""Drawing of annotations by the mouse: a preview, then one edit."""

import math
from collections.abc import Callable
from dataclasses import replace
from typing import Final

from medviewer.imaging.annotation import (
    Annotation,
    Point,
    image_sha256,
    new_id,
    points_on,
    slice_digest_of,
)
from medviewer.translation import Message, message
from medviewer.viewer.annotations import edit_annotations, history_of, preview_annotation, select
from medviewer.viewer.state import PaneState
from medviewer.viewer.tools.tool import Interaction, Pointer, ToolPane
from medviewer.viewer.ui import TextQuestion

CLICK_PIXELS: Final = 4.0  # a shorter drag is a click
CLOSE_PIXELS: Final = 8.0  # a click so near the first corner closes the line
STEP_PIXELS: Final = 2.0  # between the points of a line drawn freely

Shape = Callable[[Point, Point], tuple[Point, ...]]

_WHAT_TEXT: Final = message("What is to be written?")


class Drawing(Interaction):
    """Draws one annotation on the slice on which it began.

    Parameters
    ----------
    kind : str
        Of the annotation.
    name : Message
        Of the edit, for "Undo {name}".
    """

    def __init__(self, kind: str, name: Message) -> None:
        self.kind, self._name = kind, name
        self.id = new_id()
        self._pressed = Pointer(0, 0)
        self._shown: PaneState | None = None  # as it was at the first press

    def press(self, pane: ToolPane, pointer: Pointer) -> None:
        """Note the slice, and where the button went down."""
        self._pressed = pointer
        if self._shown is None and pane.frame is not None:
            self._shown = pane.viewer.state.display.panes[pane.number]

    def cancel(self, pane: ToolPane) -> None:
        """Drop the drawing."""
        self.continues = False
        preview_annotation(pane.viewer, None)

    def is_click(self, pointer: Pointer) -> bool:
        """Return whether the mouse has hardly moved since the press."""
        return max(abs(pointer.x - self._pressed.x), abs(pointer.y - self._pressed.y)) < CLICK_PIXELS

    def show(self, pane: ToolPane, points: tuple[Point, ...]) -> None:
        """Show the annotation through these points as it would be."""
        preview_annotation(pane.viewer, self.made(pane, points))

    def keep(self, pane: ToolPane, points: tuple[Point, ...], text: str = "") -> None:
        """Keep the annotation through these points as one edit, selected."""
        made, shown = self.made(pane, points), self._shown
        self.continues = False
        if made is None or shown is None:
            self.cancel(pane)
            return
        before = history_of(pane.viewer.state, shown.identity.study_instance_uid).present
        edit_annotations(pane.viewer, self._name, (*before, replace(made, text=text)))
        select(pane.viewer, made.id)

    def made(self, pane: ToolPane, points: tuple[Point, ...]) -> Annotation | None:
        """Return the annotation; None on another slice or without points."""
        state, shown = pane.viewer.state, self._shown
        now = state.display.panes[pane.number]
        if not points or shown is None or shown.frame is None or now is None:
            return None
        if now.slice_key != shown.slice_key:
            return None
        # edits are of the focused study; a key may have moved the focus to another patient's pane
        study = shown.identity.study_instance_uid
        if state.focused is None or state.focused.identity.study_instance_uid != study:
            return None
        places, space = points_on(shown.frame.geometry, points)
        return Annotation(
            self.id, self.kind, places, slice_digest_of(shown.slice_key), image_sha256(shown.frame), space
        )


class ShapeDrag(Drawing):
    """Draws a shape between the place of the press and the mouse.

    Parameters
    ----------
    shape : callable
        (first point, last point) -> points of the annotation, in pixels of the frame.
    """

    def __init__(self, kind: str, name: Message, shape: Shape) -> None:
        super().__init__(kind, name)
        self._shape = shape
        self._first: Point = (0.0, 0.0)

    def press(self, pane: ToolPane, pointer: Pointer) -> None:
        """Note the slice and the first point."""
        super().press(pane, pointer)
        self._first = point_at(pane, pointer)

    def drag(self, pane: ToolPane, pointer: Pointer) -> None:
        """Show the shape as it would be."""
        self.show(pane, self._points(pane, pointer))

    def release(self, pane: ToolPane, pointer: Pointer) -> None:
        """Keep the shape as one edit; drop it where it is only a click."""
        self.keep(pane, self._points(pane, pointer))

    def _points(self, pane: ToolPane, pointer: Pointer) -> tuple[Point, ...]:
        return () if self.is_click(pointer) else self._shape(self._first, point_at(pane, pointer))


class PointsDrawing(Drawing):
    """Draws lines through points, by clicks or by drags.

    Parameters
    ----------
    count : int
        So many points it has; 0: until it is closed by a double click, Enter or a click on its first point.
    begins : tuple of int
        Numbers of points after which a press begins another line.
    """

    def __init__(self, kind: str, name: Message, count: int, begins: tuple[int, ...] = (0,)) -> None:
        super().__init__(kind, name)
        self._count, self._begins = count, begins
        self.ends_on_double_click = not count
        self._points: tuple[Point, ...] = ()
        self._is_fresh = False  # the press has put the last point

    def press(self, pane: ToolPane, pointer: Pointer) -> None:
        """Put the first point of a line."""
        super().press(pane, pointer)
        self._is_fresh = len(self._points) in self._begins
        if self._is_fresh:
            self._points += (point_at(pane, pointer),)
        self.drag(pane, pointer)

    def drag(self, pane: ToolPane, pointer: Pointer) -> None:
        """Show the line to the mouse."""
        if not (self._is_fresh and self.is_click(pointer)):
            self.show(pane, (*self._points, point_at(pane, pointer)))

    def hover(self, pane: ToolPane, pointer: Pointer) -> None:
        """Show the next line to the mouse; between two lines, none."""
        is_between = len(self._points) in self._begins
        self.show(pane, self._points if is_between else (*self._points, point_at(pane, pointer)))

    def release(self, pane: ToolPane, pointer: Pointer) -> None:
        """Put the next point; keep the annotation with its last one."""
        self.continues = self._shown is not None
        if self._is_fresh and self.is_click(pointer):
            return
        if self._is_on_first_point(pane, pointer):
            self.finish(pane)
            return
        self._points += (point_at(pane, pointer),)
        if len(self._points) == self._count:
            self.keep(pane, self._points)
        else:
            self.show(pane, self._points)

    def finish(self, pane: ToolPane) -> None:
        """Keep a line of any number of points, closed; drop one that lacks points."""
        corners = tuple(dict.fromkeys(self._points))
        self.keep(pane, corners if not self._count and len(corners) > 2 else ())

    def _is_on_first_point(self, pane: ToolPane, pointer: Pointer) -> bool:
        if self._count or len(self._points) < 3:
            return False
        first = pane.pointer_at(*self._points[0])
        return math.hypot(first.x - pointer.x, first.y - pointer.y) < CLOSE_PIXELS


class FreehandDrag(Drawing):
    """Draws a closed line along the way of the mouse."""

    def __init__(self) -> None:
        super().__init__("freehand", message("region"))
        self._points: tuple[Point, ...] = ()
        self._last = Pointer(0, 0)

    def press(self, pane: ToolPane, pointer: Pointer) -> None:
        """Begin the line."""
        super().press(pane, pointer)
        self._points, self._last = (point_at(pane, pointer),), pointer

    def drag(self, pane: ToolPane, pointer: Pointer) -> None:
        """Follow the mouse."""
        if math.hypot(pointer.x - self._last.x, pointer.y - self._last.y) >= STEP_PIXELS:
            self._points += (point_at(pane, pointer),)
            self._last = pointer
            self.show(pane, self._points)

    def release(self, pane: ToolPane, pointer: Pointer) -> None:
        """Close the line; drop it where it has no area."""
        self.drag(pane, pointer)
        self.keep(pane, self._points if len(self._points) > 2 else ())


class PointClick(Drawing):
    """Puts a point where the button comes up."""

    def __init__(self) -> None:
        super().__init__("point", message("point"))

    def drag(self, pane: ToolPane, pointer: Pointer) -> None:
        """Show the value of the pixel under the mouse."""
        self.show(pane, (point_at(pane, pointer),))

    def release(self, pane: ToolPane, pointer: Pointer) -> None:
        """Keep the point."""
        self.keep(pane, (point_at(pane, pointer),))


class TextClick(Drawing):
    """Asks for a text, and writes it where the button came up."""

    def __init__(self) -> None:
        super().__init__("text", message("text"))

    def release(self, pane: ToolPane, pointer: Pointer) -> None:
        """Ask for the text; nothing is written for none."""
        points = (point_at(pane, pointer),)
        if self.made(pane, points) is None:
            return

        def write(text: str) -> None:
            if text.strip():
                self.keep(pane, points, text)

        pane.viewer.ui.ask_text(TextQuestion(message("Text"), _WHAT_TEXT, "", write))


def point_at(pane: ToolPane, pointer: Pointer) -> Point:
    """Return the place under the mouse, (x, y) in pixels of the frame."""
    row, column = pane.position_at(pointer)
    return column + 0.5, row + 0.5
