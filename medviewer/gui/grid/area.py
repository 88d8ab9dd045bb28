"""The room for panes: puts each at its place in the chosen layout."""

from collections.abc import Mapping

from PySide6.QtCore import QRect, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QWidget

from medviewer.viewer.layouts import pane_boxes

LEAST_SIZE_PX = (240, 160)


class PaneArea(QWidget):
    """Places panes by the layout; their contents never move them."""

    resized = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setMinimumSize(*LEAST_SIZE_PX)
        self._panes: Mapping[int, QWidget] = {}
        self._layout = ""
        self._shown: tuple[int, ...] = ()
        self._large = 0

    def arrange(self, panes: Mapping[int, QWidget], layout: str, shown: tuple[int, ...], large: int) -> None:
        """Show these of the panes, given by number, in a layout; hide the others."""
        self._panes, self._layout, self._shown, self._large = panes, layout, shown, large
        self.place()
        for number in shown:
            panes[number].show()
        keyboard = self.window().focusWidget()
        for number, pane in panes.items():
            if number in shown:
                continue
            if keyboard is not None and (keyboard is pane or pane.isAncestorOf(keyboard)):
                panes[large].setFocus()  # else Qt gives it to the next pane and makes that active
            pane.hide()

    def place(self) -> None:
        """Put the panes at their places in the present size."""
        if not self._shown:
            return
        boxes = pane_boxes(self._layout, self._shown, self._large, self.width(), self.height())
        for number, box in boxes.items():
            self._panes[number].setGeometry(QRect(*box))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Place the panes in the new size."""
        super().resizeEvent(event)
        self.resized.emit()
        self.place()
