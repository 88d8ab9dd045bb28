"""The magnifier under the mouse: original pixels, none smoothed."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil
from typing import Final

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QImage, QPainter, QPen

from medviewer.imaging import image_colors
from medviewer.imaging.frame import DisplayImage
from medviewer.translation import translate
from medviewer.viewer.render import Bounds

MAGNIFIER_PX: Final = 208
LEAST_TIMES: Final = 4
"""Screen pixels for each pixel of the image, at least, and at least twice those around it."""

LABEL_PX: Final = 18
PLATE: Final = QColor(0, 0, 0, 190)


def times_at(device_scale: float) -> int:
    """Return the magnification, in screen pixels of one image pixel."""
    return max(LEAST_TIMES, ceil(2 * device_scale))


@dataclass(frozen=True, slots=True, eq=False)
class Magnifier:
    """Original pixels under the mouse, and their place.

    Parameters
    ----------
    place : QPointF
        Of the mouse, in the pane.
    looked_at : (x, y)
        The point of the view under the mouse, in columns.
    image, rectangle
        As `OrientedImage.original_part` gives them.
    times : int
        Screen pixels for each pixel of the image.
    """

    place: QPointF
    looked_at: tuple[float, float]
    image: DisplayImage
    rectangle: Bounds
    times: int

    def paint(self, painter: QPainter, ratio: float, font: QFont) -> None:
        """Paint it in logical pixels of the pane."""
        frame = QRectF(0, 0, MAGNIFIER_PX, MAGNIFIER_PX)
        frame.moveCenter(self.place)
        painter.save()
        painter.setClipRect(frame)
        painter.fillRect(frame, QColor(image_colors.GROUND))
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, False)
        painter.drawImage(self.rectangle_in(ratio), _qt_image(self.image))
        painter.restore()
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for color, width in ((image_colors.GROUND, 4.0), (image_colors.TEXT, 1.5)):
            painter.setPen(QPen(QColor(color), width))
            painter.drawRect(frame)
        self._label(painter, frame, font)

    def rectangle_in(self, ratio: float) -> QRectF:
        """Return the rectangle of the image in the pane, in logical pixels."""
        scale = self.times / ratio
        left, top, right, bottom = self.rectangle
        x, y = self.looked_at
        place = QPointF(self.place.x() + (left - x) * scale, self.place.y() + (top - y) * scale)
        return QRectF(place.x(), place.y(), (right - left) * scale, (bottom - top) * scale)

    def _label(self, painter: QPainter, frame: QRectF, font: QFont) -> None:
        text = translate("Original pixels, {times}×", times=self.times)
        wide = QFontMetrics(font).horizontalAdvance(text) + 12
        box = QRectF(frame.left() + 3, frame.bottom() - LABEL_PX - 3, wide, LABEL_PX)
        painter.fillRect(box, PLATE)
        painter.setFont(font)
        painter.setPen(QColor(image_colors.TEXT))
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)


def _qt_image(image: DisplayImage) -> QImage:
    pixels = np.ascontiguousarray(image)
    kind = QImage.Format.Format_Grayscale8 if pixels.ndim == 2 else QImage.Format.Format_RGB888
    shown = QImage(pixels.data, pixels.shape[1], pixels.shape[0], pixels.strides[0], kind)
    return shown.copy()  # the array does not outlive this call
