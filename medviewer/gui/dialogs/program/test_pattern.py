"""Test patterns on the whole screen, for judging it by eye."""

from typing import Final

import numpy as np
from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QImage, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QDialog, QToolButton, QWidget

from medviewer.gui.look import Type, font
from medviewer.imaging.test_pattern import LEAST_SIDE, TestPage, draw_test_page
from medviewer.translation import mark, translate

TEXTS: Final = {
    TestPage.OVERVIEW: mark(
        "Are the 5 % and 95 % squares seen, each of the 18 steps with its two corners, and single lines? "
        "How far can QUALITY CONTROL be read on black, gray and white?"
    ),
    TestPage.BRIGHT: mark("Is the field even, without spots or colour? White of 80 %."),
    TestPage.DARK: mark("Is the field even, without spots or light from the edges? White of 10 %."),
    TestPage.RAMP: mark("Is the ramp smooth from black to white, without steps or colour?"),
}
KEYS: Final = mark("Arrow keys or click: next page · H: hide text and button · Esc: close")
MARGIN: Final = 12
CLOSE_PX: Final = 28  # height of the button
NEXT: Final = frozenset({Qt.Key.Key_Right, Qt.Key.Key_Down, Qt.Key.Key_PageDown, Qt.Key.Key_Space})
BEFORE: Final = frozenset({Qt.Key.Key_Left, Qt.Key.Key_Up, Qt.Key.Key_PageUp})


class TestPatternDialog(QDialog):
    """Fills the screen with one page, a value for each of its pixels."""

    __test__ = False

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.page = TestPage.OVERVIEW
        self.text_shown = True
        self._image: QImage | None = None
        self._made_for: tuple[TestPage, int, int] | None = None
        self.setWindowTitle(translate("Test pattern for the screen"))
        self.setWindowState(Qt.WindowState.WindowFullScreen)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.close_button = QToolButton(self)
        self.close_button.setObjectName("on_picture")
        self.close_button.setText(translate("Close"))
        self.close_button.setFixedHeight(CLOSE_PX)
        self.close_button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.close_button.clicked.connect(self.reject)

    def show_page(self, page: TestPage) -> None:
        """Show another page."""
        self.page = page
        self.setAccessibleDescription(translate(TEXTS[page]))
        self.update()

    def _go(self, step: int) -> None:
        pages = list(TestPage)
        self.show_page(pages[(pages.index(self.page) + step) % len(pages)])

    def pattern(self) -> QImage:
        """Return the page in pixels of the screen."""
        ratio = self.devicePixelRatioF()
        rows, columns = round(self.height() * ratio), round(self.width() * ratio)
        wanted = self.page, max(rows, LEAST_SIDE), max(columns, LEAST_SIDE)
        if self._image is None or wanted != self._made_for:
            drawn = np.ascontiguousarray(draw_test_page(*wanted))
            image = QImage(
                drawn.data, drawn.shape[1], drawn.shape[0], drawn.shape[1], QImage.Format.Format_Grayscale8
            ).copy()  # which owns its pixels
            image.setDevicePixelRatio(ratio)
            self._image, self._made_for = image, wanted
        return self._image

    # Qt's events

    def showEvent(self, event: QShowEvent) -> None:
        """Take the keyboard, as no other widget here does."""
        super().showEvent(event)
        self.setFocus()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the button at the middle of the upper edge.

        The pages have an even gray there.
        """
        super().resizeEvent(event)
        self.close_button.adjustSize()
        self.close_button.move((self.width() - self.close_button.width()) // 2, MARGIN)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the page, pixel by pixel."""
        del event
        painter = QPainter(self)
        painter.drawImage(0, 0, self.pattern())
        if self.text_shown:
            painter.setFont(font(Type.BODY))
            painter.setPen(Qt.GlobalColor.white)
            words = f"{translate(TEXTS[self.page])}\n{translate(KEYS)}"
            flags = Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignBottom | Qt.TextFlag.TextWordWrap
            room = self.rect().adjusted(MARGIN, MARGIN, -MARGIN, -MARGIN)
            taken = painter.boundingRect(room, flags, words)
            painter.fillRect(QRect(taken).adjusted(-MARGIN, -4, MARGIN, 4), Qt.GlobalColor.black)
            painter.drawText(room, flags, words)
        painter.end()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Go to another page, or hide the text."""
        if event.key() in NEXT:
            self._go(1)
        elif event.key() in BEFORE:
            self._go(-1)
        elif event.key() == Qt.Key.Key_H:
            self.text_shown = not self.text_shown
            self.close_button.setVisible(self.text_shown)
            self.update()
        else:
            super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Go to the next page."""
        del event
        self._go(1)
