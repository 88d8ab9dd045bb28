"""The tool that windows: across for the width, up and down for the center."""

from typing import Final

from medviewer.imaging.frame import Window
from medviewer.translation import mark, message
from medviewer.viewer.tools.tool import Interaction, Pointer, Tool, ToolPane
from medviewer.viewer.windowing import dragged_window, starting_window

FINE: Final = 0.2  # Shift slows the drag down to this


class WindowDrag(Interaction):
    """Changes the window in proportion to that at which it started."""

    def __init__(self) -> None:
        self._start: Window | None = None  # None: there is nothing to window
        self._last = Pointer(0, 0)
        self._across = self._down = 0.0  # shares of the pane's width

    def press(self, pane: ToolPane, pointer: Pointer) -> None:
        """Note the window from which the drag starts."""
        self._last = pointer
        if pane.frame is not None and not pane.frame.is_color:
            self._start = starting_window(pane.frame, pane.voi)

    def drag(self, pane: ToolPane, pointer: Pointer) -> None:
        """Window by how far the mouse went so far."""
        step = (FINE if pointer.fine else 1.0) / pane.size[0]
        self._across += step * (pointer.x - self._last.x)
        self._down += step * (pointer.y - self._last.y)
        self._last = pointer
        if self._start is not None:
            pane.set_window(dragged_window(self._start, self._across, self._down))


WINDOW: Final = Tool(
    id="window",
    title=mark("&Window"),
    icon="contrast",
    key="W",
    start=WindowDrag,
    hint=message(
        "Drag right for a wider window, left for a narrower one, down for a darker image, up for a brighter "
        "one. With Shift it goes slowly."
    ),
)
