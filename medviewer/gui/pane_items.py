"""The picture and its mask in a pane: both are brought to the screen's size once, and then only copied."""

from typing import Any, Final

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QTransform
from PySide6.QtWidgets import QGraphicsItem

from medviewer.gui.pane_ink import INK
from medviewer.imaging.types import DisplayImage, Mask

FILL_ALPHA: Final = 70

_Place = tuple[tuple[float, float], tuple[float, float], tuple[int, int]]


class PictureItem(pg.ImageItem):
    """An image that is smoothed when it is magnified or reduced, and exact at one to one.

    It is scaled by OpenCV, once for all paintings that follow, in a fifth of the time that Qt takes.
    Panes that show the same image at the same place, as original and threshold do, scale it once.
    """

    smooth = True
    _screen: tuple[object, object, tuple[QPointF, QImage]] | None = None
    _last: tuple[object, object, tuple[QPointF, QImage]] | None = None  # of all items

    def paint(self, painter: QPainter, *arguments: Any) -> None:
        """Copy the picture at the screen's size."""
        image, device = self.image, painter.device()
        ratio = device.devicePixelRatio()
        if not self.smooth or image is None or ratio != int(ratio):
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, self.smooth)
            super().paint(painter, *arguments)
            return
        world = painter.worldTransform()
        place = (
            (world.m11() * ratio, world.m22() * ratio),
            (world.dx() * ratio, world.dy() * ratio),
            (int(device.width() * ratio), int(device.height() * ratio)),
        )
        for known in (self._screen, PictureItem._last):
            if known is not None and known[0] is image and known[1] == place:
                self._screen = known
                break
        else:
            self._screen = PictureItem._last = (image, place, _screen_image(image, place, ratio))
        painter.resetTransform()
        painter.drawImage(*self._screen[2])

    def forget(self) -> None:
        """Keep nothing of an image that is no longer shown."""
        self._screen = PictureItem._last = None


def _screen_image(image: DisplayImage, place: _Place, ratio: float) -> tuple[QPointF, QImage]:
    from medviewer.imaging.scaling import on_screen  # the window's start may not load cv2

    shown, left, top = on_screen(image, *place)
    kind = QImage.Format.Format_Grayscale8 if shown.ndim == 2 else QImage.Format.Format_RGB888
    screen = QImage(shown.data, shown.shape[1], shown.shape[0], shown.strides[0], kind)
    screen = screen.convertToFormat(QImage.Format.Format_RGB32)  # copied by each paint, not converted
    screen.setDevicePixelRatio(ratio)
    return QPointF(left / ratio, top / ratio), screen


class MaskItem(pg.GraphicsObject):
    """A mask in amber: its outline, and where wanted a translucent fill."""

    def __init__(self, parent: QGraphicsItem | None = None) -> None:
        super().__init__(parent)
        self._image = QImage()
        self._values: DisplayImage | None = None  # the image has no copy of its own
        self._rect = QRectF()
        self._screen: tuple[object, QImage] | None = None

    def show_mask(self, mask: Mask | None, rect: QRectF, *, fill: bool) -> None:
        """Show a mask over `rect`, or nothing."""
        if mask is None and self._image.isNull():
            return
        self.prepareGeometryChange()
        self._rect = rect
        self._image = QImage()
        self._screen = None
        if mask is not None:
            values = mask_ink(mask, fill=fill)
            rows, columns = values.shape
            self._values = values
            self._image = QImage(values.data, columns, rows, columns, QImage.Format.Format_Indexed8)
            amber, fill_ink = INK["attention"], QColor(INK["attention"])
            fill_ink.setAlpha(FILL_ALPHA)
            self._image.setColorTable([0, fill_ink.rgba(), amber.rgba()])
        self.update()

    def boundingRect(self) -> QRectF:
        """Return where the mask lies, in columns of the frame."""
        return self._rect

    def paint(self, painter: QPainter, *_: Any) -> None:
        """Copy the mask at the screen's size."""
        if self._image.isNull():
            return
        device, world = painter.device(), painter.worldTransform()
        ratio = device.devicePixelRatio()
        place = (world.m11(), world.m22(), world.dx(), world.dy(), device.width(), device.height(), ratio)
        if self._screen is None or self._screen[0] != place:
            screen = QImage(
                QSize(device.width(), device.height()) * ratio, QImage.Format.Format_ARGB32_Premultiplied
            )
            screen.setDevicePixelRatio(ratio)
            screen.fill(Qt.GlobalColor.transparent)
            self._draw(screen, world)
            self._screen = (place, screen)
        painter.resetTransform()
        painter.drawImage(QPointF(0, 0), self._screen[1])

    def _draw(self, screen: QImage, world: QTransform) -> None:
        painter = QPainter(screen)
        painter.setWorldTransform(world)
        painter.drawImage(self._rect, self._image)
        painter.end()


def mask_ink(mask: Mask, *, fill: bool) -> DisplayImage:
    """Return what of a mask is painted: 0 nothing, 1 fill, 2 outline, which lies inside the mask."""
    from medviewer.imaging.processed import outline  # loads OpenCV, which the window's start may not

    border = outline(np.ascontiguousarray(mask))
    ink = mask.astype(np.uint8) if fill else np.zeros(mask.shape, np.uint8)
    ink[border] = 2
    return ink
