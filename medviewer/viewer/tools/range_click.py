"""Tools that measure the region of a range of values by a click."""

from medviewer.viewer.tools.drawing import CLICK_PIXELS
from medviewer.viewer.tools.tool import Interaction, Pointer, ToolPane


class RangeClick(Interaction):
    """Measures the region under the mouse, where it is a click.

    Parameters
    ----------
    through : bool
        Through the stack, and not only on the slice.
    """

    def __init__(self, *, through: bool) -> None:
        self.through = through
        self._pressed = Pointer(0, 0)

    def press(self, pane: ToolPane, pointer: Pointer) -> None:
        """Note where the button went down."""
        self._pressed = pointer

    def release(self, pane: ToolPane, pointer: Pointer) -> None:
        """Begin to measure; a drag does nothing."""
        far = max(abs(pointer.x - self._pressed.x), abs(pointer.y - self._pressed.y))
        if far >= CLICK_PIXELS or pane.frame is None:
            return
        row, column = pane.position_at(pointer)
        pane.viewer.session.measure_range(pane.number, (round(row), round(column)), through=self.through)
