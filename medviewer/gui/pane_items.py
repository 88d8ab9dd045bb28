"""The picture and its mask in a pane: both are brought to the screen's size once, and then only copied."""

from collections import deque
from dataclasses import dataclass
from typing import Any, ClassVar, Final

import numpy as np
import numpy.typing as npt
import pyqtgraph as pg
from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QTransform
from PySide6.QtWidgets import QGraphicsItem

from medviewer.gui.pane_ink import INK
from medviewer.imaging.types import DisplayImage, Mask

FILL_ALPHA: Final = 70

PANES_MOST: Final = 4
_GREY: Final = np.uint32(0x010101)
_OPAQUE: Final = np.uint32(0xFF000000)

_Place = tuple[tuple[float, float], tuple[float, float], tuple[int, int]]


@dataclass(frozen=True, slots=True, eq=False)
class _Screen:
    """An image at the screen's size, and which one at which place."""

    image: DisplayImage
    place: _Place
    corner: QPointF
    pixels: QImage
    memory: npt.NDArray[Any]  # the pixels have no copy of their own

    def is_of(self, image: DisplayImage, place: _Place) -> bool:
        return self.image is image and self.place == place


class PictureItem(pg.ImageItem):
    """An image that is smoothed when it is magnified or reduced, and exact at one to one.

    It is scaled by OpenCV, which is faster than Qt, once for all paintings that follow.
    Panes that show the same image at the same place, as original and threshold do, scale it once.
    """

    smooth = True
    _shown: DisplayImage | None = None  # `image` is a view of it, another one in each item
    _screen: _Screen | None = None
    _newest: ClassVar[deque[_Screen]] = deque(maxlen=PANES_MOST)  # of all items

    def show_image(self, image: DisplayImage) -> None:
        """Show an image that is ready for the screen: 0 is black and 255 white."""
        self._shown = image
        self.setImage(image, autoLevels=False)  # levels, even (0, 255), would be computed again

    def paint(self, painter: QPainter, *arguments: Any) -> None:
        """Copy the picture at the screen's size."""
        image, device = self._shown, painter.device()
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
        if self._screen is None or not self._screen.is_of(image, place):
            self._screen = next((known for known in self._newest if known.is_of(image, place)), None)
        if self._screen is None:
            self._screen = _on_screen(image, place, ratio)
            self._newest.append(self._screen)
        painter.resetTransform()
        painter.drawImage(self._screen.corner, self._screen.pixels)

    def forget(self) -> None:
        """Keep nothing of an image that is no longer shown."""
        self._shown = self._screen = None
        self._newest.clear()


def _on_screen(image: DisplayImage, place: _Place, ratio: float) -> _Screen:
    from medviewer.imaging.scaling import on_screen  # the window's start may not load cv2

    shown, left, top = on_screen(image, *place)
    height, width = shown.shape[:2]
    if shown.ndim == 2:  # Qt's own conversion waits for threads where other work keeps them busy
        grey = np.multiply(shown, _GREY, dtype=np.uint32) | _OPAQUE
        pixels = QImage(grey.data, width, height, grey.strides[0], QImage.Format.Format_RGB32)
    else:
        grey = shown
        pixels = QImage(shown.data, width, height, shown.strides[0], QImage.Format.Format_RGB888)
    pixels.setDevicePixelRatio(ratio)
    return _Screen(image, place, QPointF(left / ratio, top / ratio), pixels, grey)


class MaskItem(pg.GraphicsObject):
    """A mask in amber: its outline, and where wanted a translucent fill."""

    def __init__(self, parent: QGraphicsItem | None = None) -> None:
        super().__init__(parent)
        self._image = QImage()
        self._values: DisplayImage | None = None  # the image has no copy of its own
        self._rect = QRectF()
        self._screen: tuple[object, QImage] | None = None

    def show_mask(self, mask: Mask | None, rect: QRectF, *, fill: bool, hidden: Mask | None = None) -> None:
        """Show a mask over `rect`, but nothing where the picture is hidden; None: no mask."""
        if mask is None and self._image.isNull():
            return
        self.prepareGeometryChange()
        self._rect = rect
        self._image = QImage()
        self._screen = None
        if mask is not None:
            values = mask_ink(mask, fill=fill, hidden=hidden)
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


def mask_ink(mask: Mask, *, fill: bool, hidden: Mask | None = None) -> DisplayImage:
    """Return what of a mask is painted: 0 nothing, 1 fill, 2 outline, which lies inside the mask.

    The edge of what is hidden is no edge of the mask and gets no outline.
    """
    from medviewer.imaging.processed import outline  # loads OpenCV, which the window's start may not

    border = outline(np.ascontiguousarray(mask))
    ink = mask.astype(np.uint8) if fill else np.zeros(mask.shape, np.uint8)
    ink[border] = 2
    if hidden is not None:
        ink[hidden] = 0
    return ink
