"""The tool that points at one place of the patient in all panes."""

from typing import Final

from medviewer.imaging.frame import to_patient
from medviewer.translation import Message, mark, message
from medviewer.viewer.state import Located
from medviewer.viewer.tools.tool import Cursor, Interaction, Pointer, Tool, ToolPane

_NO_PLACE: Final = message("This picture does not state its place in the patient.")


class LocateDrag(Interaction):
    """Lets all panes show the place under the mouse."""

    def press(self, pane: ToolPane, pointer: Pointer) -> None:
        """Go to the place, or say that it is not known."""
        reason = locate(pane, pointer)
        if reason is not None:
            pane.viewer.tell(reason)

    def drag(self, pane: ToolPane, pointer: Pointer) -> None:
        """Follow the mouse."""
        locate(pane, pointer)


def locate(pane: ToolPane, pointer: Pointer) -> Message | None:
    """Mark the place under the mouse in all panes.

    Returns
    -------
    Message or None
        Why there is none.
    """
    frame, here = pane.frame, pane.viewer.state.display.panes[pane.number]
    if frame is None or here is None:
        return None
    row, column = pane.position_at(pointer)
    if not (-0.5 <= row <= frame.rows - 0.5 and -0.5 <= column <= frame.columns - 0.5):
        return None
    point = to_patient(frame.geometry, row, column)
    if point is None:
        return _NO_PLACE
    pane.viewer.locate(Located(point, here.stack, here.index))
    return None


LOCATE: Final = Tool(
    id="locate",
    title=mark("Lo&cate"),
    icon="crosshair",
    key="C",
    start=LocateDrag,
    hint=message("Click or drag: all panes go to this place. Shift and a click does it with any tool."),
    cursor=Cursor.CROSS,
)
