"""The brush that corrects a model's outline: a preview, then one edit."""

from medviewer.imaging.annotation import Point, new_id
from medviewer.imaging.volume import brushed
from medviewer.translation import Message
from medviewer.viewer import annotations
from medviewer.viewer.annotations import Correctable
from medviewer.viewer.state import PaneState
from medviewer.viewer.tools.drawing import point_at
from medviewer.viewer.tools.tool import Interaction, Pointer, ToolPane


class BrushStroke(Interaction):
    """Adds to the outline under the mouse, or cuts from it.

    Parameters
    ----------
    adds : bool
        False: it cuts.
    """

    def __init__(self, *, adds: bool) -> None:
        self._adds = adds
        self._id = new_id()
        self._shown: PaneState | None = None  # as it was at the press; None: nothing is corrected
        self._before: Correctable | None = None
        self._last: Point = (0.0, 0.0)

    def press(self, pane: ToolPane, pointer: Pointer) -> None:
        """Begin a stroke, or say why nothing can be corrected here."""
        state = pane.viewer.state
        shown = state.display.panes[pane.number]
        if shown is None:
            return
        found = annotations.correctable(state, shown)
        if isinstance(found, Message):
            pane.viewer.tell(found)
            return
        self._shown, self._before, self._mask = shown, found, found.mask
        self._last = point_at(pane, pointer)
        self.drag(pane, pointer)

    def drag(self, pane: ToolPane, pointer: Pointer) -> None:
        """Brush along the way of the mouse, and show it."""
        shown, before = self._shown, self._before
        if shown is None or before is None or shown.frame is None or not self._is_here(pane):
            return
        place = point_at(pane, pointer)
        size, _ = annotations.brush_size(shown.frame, place)
        radius = pane.viewer.state.brush
        self._mask = brushed(self._mask, self._last, place, radius, size, adds=self._adds)
        self._last = place
        made = annotations.corrected(shown, before, self._mask, self._id)
        annotations.preview_annotation(pane.viewer, made)

    def release(self, pane: ToolPane, pointer: Pointer) -> None:
        """Keep the stroke as one edit; one that changes nothing is none."""
        self.drag(pane, pointer)
        shown, before = self._shown, self._before
        self.cancel(pane)
        if shown is None or before is None or not self._is_here(pane):
            return
        if (self._mask == before.mask).all():
            return
        made = annotations.corrected(shown, before, self._mask, self._id)
        if made is None:
            pane.viewer.tell(annotations.TOO_MANY)
            return
        name = annotations.ADDED if self._adds else annotations.CUT
        annotations.keep_correction(pane.viewer, name, made)

    def cancel(self, pane: ToolPane) -> None:
        """Leave the outline as it was."""
        if self._shown is not None:
            annotations.preview_annotation(pane.viewer, None)

    def _is_here(self, pane: ToolPane) -> bool:
        """Return whether the pane and the focus are where the stroke began."""
        state, shown = pane.viewer.state, self._shown
        now = state.display.panes[pane.number]
        if shown is None or now is None or state.focused is None:
            return False
        # edits are of the focused study; a key may have moved the focus to another patient's pane
        study = shown.identity.study_instance_uid
        if state.focused.identity.study_instance_uid != study:
            return False
        # guard(-> True): a stroke goes to the slice on which it began
        return now.slice_key == shown.slice_key and now.frame is shown.frame
