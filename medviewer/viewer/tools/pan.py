"""The tool that moves the image under the mouse."""

from typing import Final

from medviewer.translation import mark, message
from medviewer.viewer.tools.tool import Interaction, Pointer, Tool, ToolPane


class PanDrag(Interaction):
    """Keeps the same place of the image under the mouse."""

    def __init__(self) -> None:
        self._last = Pointer(0, 0)

    def press(self, pane: ToolPane, pointer: Pointer) -> None:
        """Note where the mouse is."""
        del pane
        self._last = pointer

    def drag(self, pane: ToolPane, pointer: Pointer) -> None:
        """Move the image as far as the mouse went."""
        pane.pan_by(pointer.x - self._last.x, pointer.y - self._last.y)
        self._last = pointer


PAN: Final = Tool(
    id="pan",
    title=mark("&Pan"),
    icon="hand",
    key="P",
    start=PanDrag,
    hint=message("Drag the picture. The middle button does it at any time."),
)
