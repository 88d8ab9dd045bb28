"""Drawing of annotations by the mouse: a preview, then one edit."""

from collections.abc import Callable
from typing import Final

from medviewer.imaging.annotation import (
    Annotation,
    Point,
    image_sha256,
    new_id,
    points_in_image,
    points_on,
    slice_digest_of,
)
from medviewer.translation import Message, message
from medviewer.viewer.annotations import edit_annotations, history_of, preview_annotation
from medviewer.viewer.state import PaneState
from medviewer.viewer.tools.tool import Interaction, Pointer, ToolPane

ANGLE: Final = "angle"
ARM: Final = 2  # points of an angle that has one arm only
CLICK_PIXELS: Final = 4.0  # a shorter drag is a click, and draws nothing

Shape = Callable[[Point, Point], tuple[Point, ...]]


class ShapeDrag(Interaction):
    """Draws a shape between the place of the press and the mouse.

    Parameters
    ----------
    kind : str
        Of the annotation.
    name : Message
        Of the edit, for "Undo {name}".
    shape : callable
        (first point, last point) -> points of the annotation, in pixels of the frame.
    """

    def __init__(self, kind: str, name: Message, shape: Shape) -> None:
        self.kind, self._name, self.shape = kind, name, shape
        self.id = new_id()
        self.least = CLICK_PIXELS
        self._pressed = Pointer(0, 0)
        self.shown: PaneState | None = None  # as it was when the button went down
        self._first: Point = (0.0, 0.0)

    def press(self, pane: ToolPane, pointer: Pointer) -> None:
        """Note the slice and the first point."""
        self._pressed = pointer
        self.shown = pane.viewer.state.display.panes[pane.number] if pane.frame is not None else None
        self._first = _point_at(pane, pointer)

    def drag(self, pane: ToolPane, pointer: Pointer) -> None:
        """Show the shape as it would be."""
        preview_annotation(pane.viewer, self._drawn(pane, pointer))

    def release(self, pane: ToolPane, pointer: Pointer) -> None:
        """Keep the shape as one edit; drop it where it is only a click."""
        drawn, shown = self._drawn(pane, pointer), self.shown
        if drawn is None or shown is None:
            self.cancel(pane)
            return
        before = history_of(pane.viewer.state, shown.identity.study_instance_uid).present
        others = tuple(one for one in before if one.id != drawn.id)
        edit_annotations(pane.viewer, self._name, (*others, drawn))

    def cancel(self, pane: ToolPane) -> None:
        """Drop the shape."""
        preview_annotation(pane.viewer, None)

    def _drawn(self, pane: ToolPane, pointer: Pointer) -> Annotation | None:
        """Return the annotation; None for a click, or on another slice."""
        state, shown = pane.viewer.state, self.shown
        now = state.display.panes[pane.number]
        if shown is None or shown.frame is None or now is None or now.slice_key != shown.slice_key:
            return None
        # edits are of the focused study; a key may have moved the focus to another patient's pane
        study = shown.identity.study_instance_uid
        if state.focused is None or state.focused.identity.study_instance_uid != study:
            return None
        if max(abs(pointer.x - self._pressed.x), abs(pointer.y - self._pressed.y)) < self.least:
            return None
        points, space = points_on(shown.frame.geometry, self.shape(self._first, _point_at(pane, pointer)))
        return Annotation(
            self.id,
            self.kind,
            points,
            slice_digest_of(shown.slice_key),
            image_sha256(shown.frame),
            space,
        )


class AngleDrag(ShapeDrag):
    """Draws the first arm of an angle, or the second one."""

    def __init__(self) -> None:
        super().__init__(ANGLE, message("angle"), lambda first, last: (first, last))

    def press(self, pane: ToolPane, pointer: Pointer) -> None:
        """Take up the angle of this slice that is not complete."""
        super().press(pane, pointer)
        begun = self._begun()
        if begun is None or self.shown is None or self.shown.frame is None:
            return
        arm = points_in_image(self.shown.frame.geometry, begun)
        if arm is not None:
            self.id, self.least = begun.id, 0.0  # a click is enough
            self.shape = lambda _first, last: (*arm, last)

    def _begun(self) -> Annotation | None:
        known = () if self.shown is None else self.shown.annotations
        return next((one for one in reversed(known) if one.kind == ANGLE and len(one.points) == ARM), None)


def _point_at(pane: ToolPane, pointer: Pointer) -> Point:
    """Return the place under the mouse, (x, y) in pixels of the frame."""
    row, column = pane.position_at(pointer)
    return column + 0.5, row + 0.5
