"""Read-out of the pixel under the mouse, and the magnifier there."""

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QPointF, Signal, Slot

from medviewer.gui.panes.over_image import magnifier_at
from medviewer.viewer.probe import Probe, probe_at
from medviewer.viewer.render import OrientedImage
from medviewer.viewer.state import PaneState
from medviewer.viewer.viewer import Viewer

if TYPE_CHECKING:
    from medviewer.gui.image_view import PaneView

ShownPane = tuple["PaneView", PaneState | None, OrientedImage | None, int]
"""The view of a pane, its state, the image on the screen, and the number of the pane that it shows."""


class PixelReadout(QObject):
    """Follows the mouse over a pane.

    Parameters
    ----------
    seen : callable
        What the pane shows; None before it has a view.
    """

    probed = Signal(object)  # Probe, None: the mouse is over no pixel

    def __init__(self, viewer: Viewer, seen: Callable[[], ShownPane | None], parent: QObject) -> None:
        super().__init__(parent)
        self._viewer, self._seen = viewer, seen
        self._pointer: QPointF | None = None  # where the mouse is, in the viewport
        self._said: Probe | None = None  # the last read-out

    @Slot(object)
    def hover(self, point: QPointF | None) -> None:
        """Note where the mouse is; None: over no image."""
        self._pointer = point
        self.refresh()

    def refresh(self) -> None:
        """Report the pixel under the mouse of the image now shown, or none."""
        seen = self._seen()
        said = None if seen is None else self._probe(*seen)
        if seen is not None:
            self._show_magnifier(*seen[:3], is_over=said is not None)
        if said != self._said:
            self._said = said
            self.probed.emit(said)

    def _show_magnifier(
        self, view: "PaneView", state: PaneState | None, image: OrientedImage | None, *, is_over: bool
    ) -> None:
        point = self._pointer
        if not is_over or point is None or image is None or not self._viewer.state.magnifier_shown:
            view.show_magnifier(None)
            return
        view.show_magnifier(magnifier_at(view, image, None if state is None else state.seen_voi, point))

    def _probe(
        self, view: "PaneView", state: PaneState | None, image: OrientedImage | None, number: int
    ) -> Probe | None:
        point = self._pointer
        if point is None or state is None or state.frame is None or image is None:
            return None
        if image.image.frame is not state.seen or not view.viewport().rect().contains(point.toPoint()):
            return None
        row, column = map(round, stored_at(view, image, point))
        probe = probe_at(state.frame, row, column)
        several = len(self._viewer.state.visible) > 1
        return replace(probe, pane=number) if probe is not None and several else probe


def stored_at(view: "PaneView", image: OrientedImage | None, point: QPointF) -> tuple[float, float]:
    """Return (row, column) of the stored frame under a point of the viewport."""
    x, y = view.position_at(point)
    if image is None:
        return y, x
    row, column = image.stored_at(x, y)
    return row, column
