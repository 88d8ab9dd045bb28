"""The tool that magnifies: up for larger, down for smaller."""

from typing import Final

from medviewer.translation import mark, message
from medviewer.viewer.tools.tool import Interaction, Pointer, Tool, ToolPane

ZOOM_PER_PANE: Final = 8.0  # dragging over the pane's height


class ZoomDrag(Interaction):
    """Magnifies around the place where the button went down."""

    def __init__(self) -> None:
        self._pressed = self._last = Pointer(0, 0)

    def press(self, pane: ToolPane, pointer: Pointer) -> None:
        """Note the place that stays."""
        del pane
        self._pressed = self._last = pointer

    def drag(self, pane: ToolPane, pointer: Pointer) -> None:
        """Magnify by how far the mouse went."""
        pane.zoom_by(ZOOM_PER_PANE ** ((self._last.y - pointer.y) / pane.size[1]), self._pressed)
        self._last = pointer


ZOOM: Final = Tool(
    id="zoom",
    title=mark("&Zoom"),
    icon="zoom-in",
    key="Z",
    start=ZoomDrag,
    hint=message("Drag up to magnify, down to make smaller. Ctrl and the wheel do it at any time."),
)
