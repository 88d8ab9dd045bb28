"""The side panel of a narrow window: it floats over the panes when called."""

from PySide6.QtCore import QObject, QRect
from PySide6.QtWidgets import QMainWindow, QSplitter, QWidget

from medviewer.gui.widgets import NARROW, SIDE_WIDTHS
from medviewer.viewer.viewer import Viewer


class FloatingDock(QObject):
    """Takes the side panel out of the row of parts for lack of room.

    It is folded then, and comes back with the room. Called in a narrow window it lies over the panes, which
    keep their places.
    """

    def __init__(self, window: QMainWindow, viewer: Viewer) -> None:
        super().__init__(window)
        self._window, self._viewer = window, viewer
        self._splitter: QSplitter | None = None
        self._dock: QWidget | None = None
        self.floats = False
        self._was_shown = viewer.state.side_panel_shown  # before there was no room

    def adopt(self, splitter: QSplitter, dock: QWidget) -> None:
        """Take the parts of a window that was built anew."""
        self._splitter, self._dock = splitter, dock
        if self.floats:
            dock.setParent(splitter.parentWidget())
            dock.setHidden(not self._viewer.state.side_panel_shown)
            self.place()

    def fit(self) -> None:
        """Float or stand beside the panes, as the window's width allows."""
        floats = self._window.width() < NARROW
        if floats != self.floats and self._dock is not None and self._splitter is not None:
            self.floats = floats
            if floats:
                self._was_shown = self._viewer.state.side_panel_shown
                self._dock.setParent(self._splitter.parentWidget())
                self._dock.hide()
                self._viewer.change(side_panel_shown=False)
            else:
                self._splitter.addWidget(self._dock)
                browser, panes, *_ = self._splitter.sizes()
                self._splitter.setSizes([browser, panes - SIDE_WIDTHS[1], SIDE_WIDTHS[1]])
                self._viewer.change(side_panel_shown=self._was_shown or self._viewer.state.side_panel_shown)
                self._dock.setHidden(not self._viewer.state.side_panel_shown)
        self.place()

    def place(self) -> None:
        """Put a floating panel at the right edge, above the panes."""
        if not self.floats or self._dock is None or self._splitter is None:
            return
        room = self._splitter.geometry()
        width = min(room.width(), max(self._dock.minimumWidth(), SIDE_WIDTHS[1]))
        self._dock.setGeometry(QRect(room.right() + 1 - width, room.top(), width, room.height()))
        self._dock.raise_()

    def close(self) -> bool:
        """Fold a floating panel; return whether it was over the panes."""
        if not self.floats or not self._viewer.state.side_panel_shown:
            return False
        self._viewer.change(side_panel_shown=False)
        return True
