"""A tool as a newcomer adds one, in one file.

A click puts a point on the slice. Tests add it to TOOLS.
"""

from medviewer.imaging.annotation import Annotation, image_sha256, new_id, slice_digest_of
from medviewer.translation import Message
from medviewer.viewer.annotations import edit_annotations, history_of
from medviewer.viewer.state import PaneState
from medviewer.viewer.tools.tool import Cursor, Interaction, Pointer, Tool, ToolPane
from medviewer.viewer.viewer import Viewer


class ToyClick(Interaction):
    """Adds an annotation where the button came up."""

    def release(self, pane: ToolPane, pointer: Pointer) -> None:
        shown = pane.viewer.state.display.panes[pane.number]
        if shown is not None and pane.frame is not None:
            row, column = pane.position_at(pointer)
            add_point(pane.viewer, shown, (column + 0.5, row + 0.5))


def add_point(viewer: Viewer, shown: PaneState, point: tuple[float, float]) -> None:
    add_drawing(viewer, shown, "point", point)


def add_drawing(viewer: Viewer, shown: PaneState, kind: str, *points: tuple[float, float]) -> None:
    assert shown.frame is not None
    on_slice, version = slice_digest_of(shown.slice_key), image_sha256(shown.frame)
    one = Annotation(new_id(), kind, points, on_slice, version)
    before = history_of(viewer.state, shown.identity.study_instance_uid).present
    edit_annotations(viewer, Message(kind), (*before, one))


TOY_TOOL = Tool(
    id="toy-point",
    title="To&y point",
    icon="hand",
    key="Ctrl+Alt+F12",
    start=ToyClick,
    cursor=Cursor.CROSS,
    draws="point",
)
