"""The drag of the line of a wipe."""

from medviewer.viewer.tools.tool import Interaction, Pointer, ToolPane

ENDS = (0.02, 0.98)
"""Shares of the width between which the line stays, so that it can be taken again."""


class WipeDrag(Interaction):
    """Moves the line of all wipes with the mouse."""

    def drag(self, pane: ToolPane, pointer: Pointer) -> None:
        """Put the line under the mouse."""
        share = pointer.x / max(1, pane.size[0])
        pane.viewer.change(wipe_at=wipe_place(share))


def wipe_place(share: float) -> float:
    """Return the place of the line nearest to a share of the width."""
    return min(max(share, ENDS[0]), ENDS[1])
