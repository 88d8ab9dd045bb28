"""Lets two panes alternate in one place, at a set interval."""

from PySide6.QtCore import QObject, Slot

from medviewer.gui.tasks import Workers
from medviewer.viewer.commands import swap_panes
from medviewer.viewer.viewer import Viewer
from medviewer.viewer.viewer_state import ViewerState


class Blink(QObject):
    """Exchanges the active pane with the next one again and again.

    Another active pane or layout, or an empty pane, ends it. At the end both are where they were.
    """

    def __init__(self, viewer: Viewer, workers: Workers, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._viewer = viewer
        self._timer = workers.timer(500, self._on_time)
        self._is_exchanged = False
        viewer.follow(self._follow)

    @property
    def is_on(self) -> bool:
        """Whether the panes alternate."""
        return self._viewer.state.is_blinking

    def toggle(self) -> None:
        """Begin, or stop."""
        if self.is_on:
            self.stop()
            return
        self._is_exchanged = False
        self._viewer.change(is_blinking=True)
        self._on_time()

    def stop(self) -> None:
        """Stop, each picture in its pane again."""
        self._timer.stop()
        if self.is_on:
            self._viewer.change(is_blinking=False)
            if self._is_exchanged:
                self._is_exchanged = False
                swap_panes(self._viewer)

    @Slot()
    def _on_time(self) -> None:
        if not self.is_on:
            return
        if not swap_panes(self._viewer):
            self._is_exchanged = False
            self.stop()
            return
        self._is_exchanged = not self._is_exchanged
        self._timer.start(int(self._viewer.settings.text("blink_ms")))

    def _follow(self, before: ViewerState, after: ViewerState) -> None:
        if not after.is_blinking or not before.is_blinking:
            return
        is_other = before.display.focus != after.display.focus
        if is_other or (before.layout, before.maximized) != (after.layout, after.maximized):
            self._timer.stop()  # what was exchanged has another place now
            self._is_exchanged = False
            self._viewer.change(is_blinking=False)
