"""A wipe: the original left of a line, the processed image right of it."""

from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPen

from medviewer.imaging import image_colors
from medviewer.imaging.frame import DisplayImage

REACH_PX: Final = 8
"""How far from the line the mouse takes it."""

HANDLE_PX: Final = 9
LABEL_PX: Final = 20
LABEL_PLACE: Final = 0.8
"""Of the height of the pane, where no letter and no mark stands."""

PLATE: Final = QColor(0, 0, 0, 158)


@dataclass(frozen=True, slots=True, eq=False)
class Wipe:
    """One wipe: the original, the place of its line, and titles.

    Parameters
    ----------
    before : (rows, columns) or (rows, columns, 3) uint8
        The original, at the resolution and place of the processed image.
    share : float
        Where the line is, of the width of the pane.
    titles : (left, right)
        Of the images, translated.
    """

    before: DisplayImage
    share: float
    titles: tuple[str, str]

    def paint(self, painter: QPainter, width: int, height: int, font: QFont) -> None:
        """Paint line, handle and titles in logical pixels of the pane."""
        x = self.share * width
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for color, wide in ((image_colors.GROUND, 3.5), (image_colors.TEXT, 1.5)):
            painter.setPen(QPen(QColor(color), wide))
            painter.drawLine(QPointF(x, 0), QPointF(x, height))
        painter.setBrush(QColor(image_colors.BLUE))
        painter.drawEllipse(QPointF(x, height / 2), HANDLE_PX, HANDLE_PX)
        metrics = QFontMetrics(font)
        painter.setFont(font)
        for title, is_left in zip(self.titles, (True, False), strict=True):
            wide = metrics.horizontalAdvance(title) + 12
            left = x - wide - 6 if is_left else x + 6
            box = QRectF(left, height * LABEL_PLACE, wide, LABEL_PX)
            painter.fillRect(box, PLATE)
            painter.setPen(QColor(image_colors.TEXT))
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, title)
