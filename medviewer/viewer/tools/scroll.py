"""The tool that moves through the slices.

Down for the next ones, up for those before.
"""

from typing import Final

from medviewer.translation import mark, message
from medviewer.viewer.tools.tool import Interaction, Pointer, Tool, ToolPane

SLICE_PIXELS: Final = (2.0, 16.0)  # mouse travel per slice, at least and at most


class ScrollDrag(Interaction):
    """Scrolls the whole stack over the pane's height, within SLICE_PIXELS."""

    def __init__(self) -> None:
        self._last = Pointer(0, 0)
        self._down = 0.0  # slices
        self._scrolled = 0

    def press(self, pane: ToolPane, pointer: Pointer) -> None:
        """Note where the mouse is."""
        del pane
        self._last = pointer

    def drag(self, pane: ToolPane, pointer: Pointer) -> None:
        """Scroll by whole slices."""
        shortest, longest = SLICE_PIXELS
        height = pane.size[1] / max(1, pane.slices)
        self._down += (pointer.y - self._last.y) / min(longest, max(shortest, height))
        self._last = pointer
        slices = int(self._down)
        if slices != self._scrolled:
            pane.scroll_by(slices - self._scrolled)
            self._scrolled = slices


SCROLL: Final = Tool(
    id="scroll",
    title=mark("&Scroll"),
    icon="layers",
    key="S",
    start=ScrollDrag,
    hint=message("Drag down for the next slices, up for those before. The wheel does it at any time."),
)
