"""The file's own windows: that they change from slice to slice is told."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Slot

from medviewer.imaging.frame import Voi, Window
from medviewer.translation import message
from medviewer.viewer.notice import Notice
from medviewer.viewer.state import PaneState

if TYPE_CHECKING:
    from medviewer.gui.session import ViewerSession
    from medviewer.viewer.viewer_state import ViewerState


class FileWindows(QObject):
    """Tells once of a series that its file states several windows.

    Else the brightness would change with the slices for no visible reason.
    """

    def __init__(self, session: "ViewerSession", parent: QObject) -> None:
        super().__init__(parent)
        self._session = session
        self._last: tuple[str, object] = ("", None)  # the stack, and the window of its slice seen last
        self._told: set[str] = set()
        session.viewer_changed.connect(self._on_viewer)

    @Slot(object, object)
    def _on_viewer(self, before: "ViewerState", after: "ViewerState") -> None:
        pane = after.focused
        if pane is None or pane is before.focused or pane.frame is None:
            return
        stack, last = self._last
        here = _stated(pane)
        self._last = pane.stack.key, here
        is_new = here is not None and last is not None and here != last
        if stack == pane.stack.key and is_new and pane.voi is None and stack not in self._told:
            self._told.add(stack)
            said = message(
                "The file states another window for this slice than for the last one. Auto keeps one for all."
            )
            self._session.notices.tell(Notice(said, severity="info"))


def _stated(pane: PaneState) -> object:
    """Return the first window that a pane's frame states; None for none."""
    stated: Voi | None = pane.frame.voi[0] if pane.frame is not None and pane.frame.voi else None
    return (stated.center, stated.width) if isinstance(stated, Window) else stated
