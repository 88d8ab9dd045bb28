"""The frame over a pane on which a dragged series would be dropped."""

from typing import Final

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from medviewer.gui.look import Type, Weight, font
from medviewer.translation import translate
from medviewer.viewer.color_roles import colors

LINE_PX: Final = 4
BED: Final = 72  # of 255: the image stays to be seen
WORD_PX: Final = 32  # high
TOP_PX: Final = 56  # below title strip and texts


class DropFrame(QWidget):
    """Covers a pane while a series is dragged over it, with words."""

    def __init__(self, pane: QWidget) -> None:
        super().__init__(pane)
        self._pane, self._said = pane, ""
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.hide()

    def show_number(self, number: int) -> None:
        """Be seen over the pane of a number, counted from 0."""
        self._said = translate("Show in pane {pane}", pane=number + 1)
        self.setAccessibleName(self._said)
        self.setGeometry(self._pane.rect())
        self.show()
        self.raise_()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint frame, bed and words."""
        ink, whole = colors(), QRectF(self.rect())
        bed = QColor(ink.blue)
        bed.setAlpha(BED)
        with QPainter(self) as painter:
            painter.fillRect(whole, bed)
            pen = QPen(QColor(ink.blue), LINE_PX)
            pen.setJoinStyle(Qt.PenJoinStyle.MiterJoin)
            painter.setPen(pen)
            inset = LINE_PX / 2
            painter.drawRect(whole.adjusted(inset, inset, -inset, -inset))
            painter.setFont(font(Type.TITLE, Weight.STRONG))
            wide = painter.fontMetrics().horizontalAdvance(self._said) + WORD_PX
            plate = QRectF(0, 0, min(wide, whole.width() - 2 * LINE_PX), WORD_PX)
            plate.moveCenter(whole.center())
            plate.moveTop(min(plate.top(), TOP_PX))  # off the middle, where the dragged picture is
            painter.fillRect(plate, QColor(ink.blue_fill))
            painter.setPen(QColor(ink.on_fill))
            painter.drawText(plate, Qt.AlignmentFlag.AlignCenter, self._said)
