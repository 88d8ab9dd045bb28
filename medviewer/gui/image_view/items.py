"""The image and its mask in a pane.

Both are brought to the screen's size once, and then only copied.
"""

from collections import deque
from dataclasses import dataclass
from typing import Any, ClassVar, Final

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QTransform
from PySide6.QtWidgets import QGraphicsItem

from medviewer.imaging import display, image_colors, processing
from medviewer.imaging.frame import DisplayImage, Mask

FILL_ALPHA: Final = 70

SCREENS_MOST: Final = 8  # kept for other panes: what four of them show, and are going to show
SCREENS_BYTES: Final = 48 << 20

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
        # guard(self.image is image):
        #     what was brought to the screen's size is painted for its own image only
        return self.image is image and self.place == place


class ImageItem(QGraphicsItem):
    """An image smoothed when scaled, and exact at one to one.

    It is scaled by OpenCV, which is faster than Qt, once for all paintings that follow.
    Panes that show the same image at the same place, as original and threshold do, scale it once.
    """

    _newest: ClassVar[deque[_Screen]] = deque(maxlen=SCREENS_MOST)  # of all items

    def __init__(self, parent: QGraphicsItem | None = None) -> None:
        super().__init__(parent)
        self.smooth = True
        self._shown: DisplayImage | None = None
        self._screen: _Screen | None = None

    @property
    def has_image(self) -> bool:
        """Whether there is an image to be painted."""
        return self._shown is not None

    def show_image(self, image: DisplayImage) -> None:
        """Show an image that is ready for the screen: 0 is black and 255 white."""
        if self._shown is None or self._shown.shape[:2] != image.shape[:2]:
            self.prepareGeometryChange()
        self._shown = image
        self.update()

    def stretch_over(self, rectangle: QRectF) -> None:
        """Lay the image over a rectangle, in columns of the frame."""
        own = self.boundingRect()
        across, down = rectangle.width() / own.width(), rectangle.height() / own.height()
        self.setTransform(QTransform(across, 0, 0, down, rectangle.left(), rectangle.top()))

    def boundingRect(self) -> QRectF:
        """Return the rectangle of the image, in its own pixels."""
        return QRectF() if self._shown is None else QRectF(0, 0, self._shown.shape[1], self._shown.shape[0])

    def paint(self, painter: QPainter, *_: Any) -> None:
        """Copy the image at the screen's size."""
        image, device = self._shown, painter.device()
        if image is None:
            return
        ratio = device.devicePixelRatio()
        if not self.smooth or ratio != int(ratio):
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, self.smooth)
            painter.drawImage(self.boundingRect(), _as_it_is(image))
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
            self._screen = self._kept(_on_screen(image, place, ratio))
        painter.resetTransform()
        painter.drawImage(self._screen.corner, self._screen.pixels)

    def make_ready(self, image: DisplayImage) -> None:
        """Bring an image to the size at which another one of its size is shown."""
        shown = self._screen
        if (
            self.smooth
            and shown is not None
            and not any(one.is_of(image, shown.place) for one in self._newest)
        ):
            self._kept(_on_screen(image, shown.place, shown.pixels.devicePixelRatio()))

    def _kept(self, screen: _Screen) -> _Screen:
        """Keep an image for other items, and for the next painting.

        No more than SCREENS_BYTES allow.
        """
        self._newest.append(screen)
        while len(self._newest) > 1 and sum(one.memory.nbytes for one in self._newest) > SCREENS_BYTES:
            self._newest.popleft()
        return screen

    def forget(self) -> None:
        """Keep nothing of an image that is no longer shown."""
        self.prepareGeometryChange()
        self._shown = self._screen = None
        self._newest.clear()


class BeforeItem(ImageItem):
    """The original, painted left of a line only."""

    line = 0.0  # logical pixels from the left edge of the pane

    def paint(self, painter: QPainter, *arguments: Any) -> None:
        """Copy the image where it is left of the line."""
        painter.save()
        world = painter.worldTransform()
        painter.resetTransform()
        painter.setClipRect(QRectF(0, 0, self.line, painter.device().height()))
        painter.setWorldTransform(world)
        super().paint(painter, *arguments)
        painter.restore()


def _as_it_is(image: DisplayImage) -> QImage:
    """Return an image for Qt, which must not outlive it."""
    rows, columns = image.shape[:2]
    kind = QImage.Format.Format_Grayscale8 if image.ndim == 2 else QImage.Format.Format_RGB888
    return QImage(image.data, columns, rows, image.strides[0], kind)


def _on_screen(image: DisplayImage, place: _Place, ratio: float) -> _Screen:
    shown, left, top = display.on_screen(image, *place)
    memory = display.screen_pixels(shown)  # else Qt would convert it at each painting
    height, width = shown.shape[:2]
    pixels = QImage(memory.data, width, height, memory.strides[0], QImage.Format.Format_RGB32)
    pixels.setDevicePixelRatio(ratio)
    return _Screen(image, place, QPointF(left / ratio, top / ratio), pixels, memory)


@dataclass(slots=True, eq=False)
class _ShownMask:
    """A mask as an image: nothing, fill and outline are the colors 0, 1 and 2."""

    mask: Mask
    rect: QRectF
    fill: bool
    values: DisplayImage  # the image has no copy of its own
    image: QImage
    screen: QImage | None = None  # the same at the screen's size, once it was brought to that

    def is_of(self, mask: Mask, rect: QRectF, *, fill: bool) -> bool:
        return self.mask is mask and self.fill == fill and self.rect == rect

    def at(self, place: "_MaskPlace") -> QImage:
        if self.screen is None:
            self.screen = QImage(place.size, QImage.Format.Format_ARGB32_Premultiplied)
            self.screen.setDevicePixelRatio(place.ratio)
            self.screen.fill(Qt.GlobalColor.transparent)
            painter = QPainter(self.screen)
            painter.setWorldTransform(place.world)
            across = self.rect.width() * place.world.m11() * place.ratio / self.image.width()
            down = self.rect.height() * place.world.m22() * place.ratio / self.image.height()
            is_reduced = min(across, down) < 1  # lines would have gaps
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, is_reduced)
            painter.drawImage(self.rect, self.image)
            painter.end()
        return self.screen


@dataclass(frozen=True, slots=True)
class _MaskPlace:
    """Size of the screen and place of the image on it."""

    size: QSize
    ratio: float
    world: QTransform


class MaskItem(QGraphicsItem):
    """A green mask: its outline, and where wanted a translucent fill."""

    def __init__(self, parent: QGraphicsItem | None = None) -> None:
        super().__init__(parent)
        self._shown: _ShownMask | None = None
        self._ready: _ShownMask | None = None  # going to be shown
        self._place: _MaskPlace | None = None  # which the masks at the screen's size are for

    def show_mask(self, mask: Mask | None, rect: QRectF, *, fill: bool, hidden: Mask | None = None) -> None:
        """Show a mask over `rect`, but nothing where the image is hidden.

        None: no mask.
        """
        ready, self._ready = self._ready, None
        if mask is None and self._shown is None:
            return
        self.prepareGeometryChange()
        if mask is None:
            self._shown = None
        # guard(ready.is_of(mask, rect, fill=fill)):
        #     a mask that was made ready is shown over its own image only
        elif hidden is None and ready is not None and ready.is_of(mask, rect, fill=fill):
            self._shown = ready
        else:
            self._shown = _shown_mask(mask, rect, fill=fill, hidden=hidden)
        self.update()

    def make_ready(self, mask: Mask | None, rect: QRectF, *, fill: bool) -> None:
        """Prepare a mask, hidden by nothing, at the size of a shown one."""
        if mask is None or self._place is None:
            self._ready = None
        elif self._ready is None or not self._ready.is_of(mask, rect, fill=fill):
            self._ready = _shown_mask(mask, rect, fill=fill)
            self._ready.at(self._place)

    def boundingRect(self) -> QRectF:
        """Return the rectangle of the mask, in columns of the frame."""
        return self._shown.rect if self._shown is not None else QRectF()

    def paint(self, painter: QPainter, *_: Any) -> None:
        """Copy the mask at the screen's size."""
        shown = self._shown
        if shown is None:
            return
        device = painter.device()
        ratio = device.devicePixelRatio()
        place = _MaskPlace(QSize(device.width(), device.height()) * ratio, ratio, painter.worldTransform())
        if place != self._place:
            self._place, self._ready, shown.screen = place, None, None
        painter.resetTransform()
        painter.drawImage(QPointF(0, 0), shown.at(place))


def _shown_mask(mask: Mask, rect: QRectF, *, fill: bool, hidden: Mask | None = None) -> _ShownMask:
    values = mask_ink(mask, fill=fill, hidden=hidden)
    rows, columns = values.shape
    image = QImage(values.data, columns, rows, columns, QImage.Format.Format_Indexed8)
    outline_ink, fill_ink = QColor(image_colors.THRESHOLD), QColor(image_colors.THRESHOLD)
    fill_ink.setAlpha(FILL_ALPHA)
    image.setColorTable([0, fill_ink.rgba(), outline_ink.rgba()])
    return _ShownMask(mask, rect, fill, values, image)


def mask_ink(mask: Mask, *, fill: bool, hidden: Mask | None = None) -> DisplayImage:
    """Return the painted pixels of a mask.

    0 nothing, 1 fill, 2 outline, which lies inside the mask. The edge of what is hidden is no edge of the
    mask and gets no outline.
    """
    border = processing.outline(np.ascontiguousarray(mask))
    ink = mask.astype(np.uint8) if fill else np.zeros(mask.shape, np.uint8)
    ink[border] = 2
    if hidden is not None:
        ink[hidden] = 0
    return ink
