"""The button under a reason why a slice cannot be shown.

It is tried again.
"""

from typing import Final

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtWidgets import QPushButton, QWidget

from medviewer.translation import translate

BELOW: Final = 0.7  # of the view's height: under the words in its middle


class TryAgain(QPushButton):
    """Button in the middle of a view, under its text."""

    def __init__(self, view: QWidget) -> None:
        super().__init__(translate("Try again"), view)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setCursor(Qt.CursorShape.ArrowCursor)
        view.installEventFilter(self)
        self._place(view)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Stay in the middle of the view."""
        if event.type() == QEvent.Type.Resize and isinstance(watched, QWidget):
            self._place(watched)
        return super().eventFilter(watched, event)

    def _place(self, view: QWidget) -> None:
        self.adjustSize()
        top = min(int(BELOW * view.height()), view.height() - self.height())
        self.move((view.width() - self.width()) // 2, top)
