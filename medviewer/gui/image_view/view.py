"""Image view of a pane: magnified and moved, with texts over it."""

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Final

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QFont, QHelpEvent, QPainter, QResizeEvent, QTransform
from PySide6.QtWidgets import (
    QFrame,
    QGraphicsItem,
    QGraphicsRectItem,
    QGraphicsScene,
    QGraphicsView,
    QToolTip,
    QWidget,
)

from medviewer.gui.image_view.graphics_item import GraphicsItem
from medviewer.gui.image_view.items import BeforeItem, ImageItem, MaskItem
from medviewer.gui.image_view.text_painter import ACCENT, Scale, ScaleBar, Stamps, TextPainter
from medviewer.gui.image_view.true_size import TrueSize
from medviewer.gui.image_view.wipe import REACH_PX, Wipe
from medviewer.gui.widgets import plain_tooltip, screen_name
from medviewer.imaging import image_colors
from medviewer.imaging.frame import DisplayImage, Mask
from medviewer.translation import translate
from medviewer.viewer.render import FIT, Arrangement, Line, PaneText, Screen, Seen, Zoom, arrange

if TYPE_CHECKING:
    from medviewer.gui.image_view.loupe import Loupe
    from medviewer.imaging.annotation import Primitive
    from medviewer.viewer.render import Screen

SMALLEST_SCALE: Final = 0.02
LARGEST_SCALE: Final = 64.0
BUSY_BAR_PX: Final = 2
VEIL: Final = QColor(0, 0, 0, 170)
MM_PER_INCH: Final = 25.4
TRUE_SIZE_TOLERANCE: Final = 0.005


class PaneView(QGraphicsView):
    """Shows one image and its texts; knows nothing of sessions and files.

    Parameters
    ----------
    ink : TextPainter, optional
        Shared by several views, so that a text that all of them say is rendered once.
    """

    zoom_changed = Signal(object)  # Zoom, by the user's hand
    resolution_changed = Signal()  # the screen shows more or fewer pixels of the image than before

    def __init__(self, ink: TextPainter | None = None, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setScene(QGraphicsScene(self))
        self.setBackgroundBrush(QColor(image_colors.GROUND))
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setViewportUpdateMode(QGraphicsView.ViewportUpdateMode.FullViewportUpdate)
        self.setMinimumSize(80, 60)
        for widget in (self, self.viewport()):
            widget.setAcceptDrops(False)  # the grid takes what is dropped
        self.zoom = FIT
        self.busy = self.veiled = False
        self._smooths = True
        self.loupe: Loupe | None = None
        self._true_size: TrueSize | None = None
        self._extent = (1.0, 1.0)
        self._text = PaneText()
        self._places = Arrangement()
        self._mm_per_column: float | None = None
        self._choose_scale_bar: ScaleBar | None = None
        self._at_detector = False
        self._scale: Scale | None = None
        self._stamps: tuple[float, Stamps] | None = None  # for which screen; None: something has changed
        self._ground = QGraphicsRectItem()  # in columns of the frame, as all that lies on it
        self._ground.setPen(Qt.PenStyle.NoPen)
        self._image = ImageItem()
        self._mask = MaskItem()
        self._ink = ink if ink is not None else TextPainter(self.font())
        self._graphics = GraphicsItem(self._ink.font, self._text_boxes)
        self._before = BeforeItem()
        self._before.setVisible(False)
        self.wipe: Wipe | None = None
        for item in (self._image, self._mask, self._before, self._graphics):
            item.setParentItem(self._ground)
        self.scene().addItem(self._ground)
        self._shape: tuple[tuple[int, ...], Seen] | None = None
        self._says_pixels = self._says_true = False

    # --- what is shown ---------------------------------------------------------------------------------

    def set_extent(self, extent: tuple[float, float]) -> None:
        """Set the size of the whole frame: (width, height) in columns.

        The height is rows x pixel aspect.
        """
        if extent != self._extent:
            self._extent = extent
            self._look()

    def show_image(self, image: DisplayImage, rectangle: Seen) -> None:
        """Show an image.

        Parameters
        ----------
        image : (rows, columns) or (rows, columns, 3) uint8
            Ready for the screen, at any resolution.
        rectangle : (left, top, right, bottom)
            What part of the extent it is stretched over.
        """
        if not self.has_image:
            self._stamps = None  # now there is something for a scale bar
        shown = np.ascontiguousarray(image)
        self._image.show_image(shown)
        self._graphics.look_under(shown, _qt_rectangle(rectangle))
        if (image.shape[:2], rectangle) != self._shape:
            self._shape = (image.shape[:2], rectangle)
            self._image.stretch_over(_qt_rectangle(rectangle))
            self._choose_smoothing()
        self._image.setVisible(True)

    def show_mask(
        self, mask: Mask | None, rectangle: Seen, *, fill: bool = False, hidden: Mask | None = None
    ) -> None:
        """Show a mask over a part of the extent, save where the image is hidden.

        None: no mask.
        """
        self._mask.show_mask(mask, _qt_rectangle(rectangle), fill=fill, hidden=hidden)

    def show_before(self, wipe: Wipe | None) -> None:
        """Show an original left of a line, over the image; None: none."""
        if wipe is None and self.wipe is None:
            return
        self.wipe = wipe
        self._before.setVisible(wipe is not None)
        if wipe is not None and self._shape is not None:
            self._before.show_image(np.ascontiguousarray(wipe.before))
            self._before.stretch_over(_qt_rectangle(self._shape[1]))
            self._choose_smoothing()
        self._place_line()

    def move_wipe(self, share: float) -> None:
        """Move the line of a wipe to a share of the width."""
        if self.wipe is not None and self.wipe.share != share:
            self.wipe = replace(self.wipe, share=share)
            self._place_line()

    def _place_line(self) -> None:
        """Let the original end at the line of the wipe."""
        if self.wipe is not None:
            self._before.line = self.wipe.share * self.viewport().width()
        self._repaint_soon()

    def takes_line(self, point: QPointF) -> bool:
        """Return whether the line of a wipe is under a point."""
        wipe = self.wipe
        return wipe is not None and abs(point.x() - wipe.share * self.viewport().width()) <= REACH_PX

    def make_ready(
        self, image: DisplayImage, mask: Mask | None, rectangle: Seen, *, fill: bool = False
    ) -> None:
        """Prepare the next image and its mask at the size of the shown one."""
        if (image.shape[:2], rectangle) == self._shape:
            self._image.make_ready(np.ascontiguousarray(image))
            self._mask.make_ready(mask, _qt_rectangle(rectangle), fill=fill)

    def make_text_ready(self, text: PaneText) -> None:
        """Render the texts of the pane ahead."""
        if self._stamps is not None:
            self._ink.glyph_cache(self._arranged(text).lines, self._stamps[0])

    def show_graphics(self, primitives: "Sequence[Primitive]") -> None:
        """Show graphics over the image, or nothing."""
        self._graphics.show_graphics(primitives, self._extent)

    @property
    def graphics(self) -> "tuple[Primitive, ...]":
        """Graphics over the image."""
        return self._graphics.primitives

    def lay_over(self, item: QGraphicsItem) -> None:
        """Let an item lie over the image, in columns of the frame."""
        item.setParentItem(self._ground)

    @property
    def font_on_images(self) -> QFont:
        """Font of marks over the image."""
        return self._ink.font

    def label_at(self, point: QPointF) -> str:
        """Return the id of the annotation with a label at a point, or ""."""
        return self._graphics.label_at(point)

    def label_box(self, name: str) -> "Seen | None":
        """Return the box of an annotation's label in the viewport."""
        return self._graphics.label_box(name)

    def _text_boxes(self) -> "list[Seen]":
        lines = self._places.lines
        boxes = [
            (float(b.x), float(b.y), float(b.x + b.width), float(b.y + b.height))
            for b in (line.box for line in lines)
        ]
        if self._scale is not None and (room := self._places.scale) is not None:
            boxes.append((room.x, room.y, room.x + room.width, room.y + room.height))
        return boxes

    def clear_image(self) -> None:
        """Show black."""
        self.show_graphics(())
        self._image.setVisible(False)
        self._image.forget()
        self._before.setVisible(False)
        self._before.forget()
        self.wipe = None
        self._stamps = None
        self._mask.show_mask(None, QRectF(), fill=False)

    @property
    def has_image(self) -> bool:
        """Whether any image is on the screen."""
        return self._image.isVisible() and self._image.has_image

    def show_text(self, text: PaneText) -> None:
        """Write this on the pane."""
        if text != self._text:
            self._text = text
            self._arrange()

    def show_scale(
        self, mm_per_column: float | None, choose: ScaleBar | None, *, at_detector: bool = False
    ) -> None:
        """Show a scale bar for this spacing; None: none is known."""
        self._mm_per_column, self._choose_scale_bar = mm_per_column, choose
        self._at_detector = at_detector
        self._stamps = None
        if self._true_size is not None:
            self._arrange()
        self._repaint_soon()

    def show_busy(self, busy: bool) -> None:
        """Show or hide the thin bar at the upper edge."""
        if busy != self.busy:
            self.busy = busy
            self._repaint_soon()

    def show_veil(self, veiled: bool) -> None:
        """Darken an image that is not the one to be shown, or show it as it is."""
        if veiled != self.veiled:
            self.veiled = veiled
            self._repaint_soon()

    def show_smooth(self, smooths: bool) -> None:
        """Smooth magnified pixels, or show each as it is."""
        if smooths != self._smooths:
            self._smooths = smooths
            self._choose_smoothing()
            self._arrange()

    def show_loupe(self, loupe: "Loupe | None") -> None:
        """Show original pixels under the mouse; None: nothing."""
        if loupe is not self.loupe:
            self.loupe = loupe
            self._repaint_soon()

    def show_true_size(self, true_size: TrueSize | None) -> None:
        """Say when the image is as large as it is in nature; None: never."""
        if true_size != self._true_size:
            self._true_size = true_size
            self._arrange()

    @property
    def is_smooth(self) -> bool:
        """Whether pixels are smoothed where the screen shows them magnified."""
        return bool(self._image.smooth)

    @property
    def text(self) -> PaneText:
        """Text of the pane, before it is fitted to its size."""
        return self._text

    @property
    def scale_bar(self) -> Scale | None:
        """Scale bar of the image; None where its spacing is not known."""
        return self._scale

    @property
    def places(self) -> Arrangement:
        """Placed texts of the pane."""
        return self._places

    # --- what part of it -------------------------------------------------------------------------------

    @property
    def extent(self) -> tuple[float, float]:
        """Width and height of the frame, in columns."""
        return self._extent

    @property
    def seen(self) -> Seen:
        """Visible part of the image and of the black around it."""
        x, y = self._corner()
        area, scale = self.viewport().size(), self.scale_shown
        return x, y, x + area.width() / scale, y + area.height() / scale

    @property
    def fitting_scale(self) -> float:
        """Logical pixels per column at which the whole image just fits."""
        width, height = self._extent
        area = self.viewport().size()
        return float(max(1e-6, min(area.width() / width, area.height() / height)))

    @property
    def scale_shown(self) -> float:
        """Logical pixels per column."""
        return self.fitting_scale if self.zoom.scale is None else self.zoom.scale

    @property
    def area(self) -> "Screen":
        """Size and resolution of the pane."""
        area, ratio = self.viewport().size(), float(self.devicePixelRatioF())
        return Screen(area.width(), area.height(), self.physicalDpiX() / MM_PER_INCH, ratio)

    def screen_name(self) -> str:
        """Return the name of the screen that shows it."""
        return screen_name(super().screen())

    @property
    def device_scale(self) -> float:
        """Screen pixels per column."""
        return self.scale_shown * float(self.devicePixelRatioF())

    def look_at(self, zoom: Zoom) -> None:
        """Show this part of the image."""
        if zoom != self.zoom:
            self.zoom = zoom
            self._look()

    def zoom_by(self, factor: float, around: QPointF | None = None) -> None:
        """Zoom by a factor around a fixed viewport point."""
        area = self.viewport().size()
        point = around if around is not None else QPointF(area.width() / 2, area.height() / 2)
        x, y = self.position_at(point)
        ratio = float(self.devicePixelRatioF())
        scale = min(LARGEST_SCALE / ratio, max(SMALLEST_SCALE / ratio, self.scale_shown * factor))
        center = (
            x - (point.x() - area.width() / 2) / scale,
            y - (point.y() - area.height() / 2) / scale,
        )
        self._look_by_hand(Zoom(scale, center))

    def pan_by(self, across: float, down: float) -> None:
        """Move the image with the hand, by logical pixels."""
        x, y = self._center()
        scale = self.scale_shown
        self._look_by_hand(Zoom(scale, (x - across / scale, y - down / scale)))

    def fit(self) -> None:
        """Show the whole image."""
        self._look_by_hand(FIT)

    def one_to_one(self) -> None:
        """Show one column of the frame on each pixel of the screen."""
        self._look_by_hand(Zoom(1 / float(self.devicePixelRatioF()), self._center()))

    def true_size(self, mm_per_column: float, per_mm: float) -> None:
        """Show the image as large as it is, at logical pixels per mm."""
        self._look_by_hand(Zoom(mm_per_column * per_mm, self._center()))

    def position_at(self, point: QPointF) -> tuple[float, float]:
        """Return a viewport point as (x, y) in image columns.

        They count from the image's upper left corner.
        """
        x, y = self._corner()
        scale = self.scale_shown
        return x + point.x() / scale, y + point.y() / scale

    def point_at(self, x: float, y: float) -> QPointF:
        """Return the viewport point of (x, y) in image columns."""
        left, top = self._corner()
        scale = self.scale_shown
        return QPointF((x - left) * scale, (y - top) * scale)

    def _look_by_hand(self, zoom: Zoom) -> None:
        if zoom.center is not None:
            x, y = zoom.center
            width, height = self._extent
            zoom = Zoom(zoom.scale, (min(width, max(0.0, x)), min(height, max(0.0, y))))
        self.look_at(zoom)
        self.zoom_changed.emit(self.zoom)

    def _center(self) -> tuple[float, float]:
        if self.zoom.center is not None and self.zoom.scale is not None:
            return self.zoom.center
        return self._extent[0] / 2, self._extent[1] / 2

    def _corner(self) -> tuple[float, float]:
        """Return the pane's upper left corner, on whole pixels of the screen."""
        x, y = self._center()
        area, scale, device = self.viewport().size(), self.scale_shown, self.device_scale
        corner = (x - area.width() / 2 / scale, y - area.height() / 2 / scale)
        return round(corner[0] * device) / device, round(corner[1] * device) / device

    def _look(self) -> None:
        left, top, right, bottom = self.seen
        across, down = self.viewport().width() / (right - left), self.viewport().height() / (bottom - top)
        self._ground.setRect(QRectF(left, top, right - left, bottom - top))
        self._ground.setTransform(QTransform(across, 0, 0, down, -left * across, -top * down))
        self._choose_smoothing()
        if self.wipe is not None:
            self._place_line()
        self.resolution_changed.emit()
        self._arrange()

    def _repaint_soon(self) -> None:
        """Paint the view together with its changed items.

        Updating the viewport itself would be a paint of its own in each pane but the first: Qt gathers
        changed items only after the paint that the first viewport asks for.
        """
        self._ground.update()

    def _choose_smoothing(self) -> None:
        """Smooth a reduced image, and a magnified one if that is wanted.

        At one image pixel per screen pixel it stays exact. A reduced one would lose pixels.
        """
        if self._shape is None:
            return
        (rows, columns), (left, top, right, bottom) = self._shape
        across = self.device_scale * (right - left) / columns
        down = self.device_scale * (bottom - top) / rows
        is_exact = abs(across - 1) < 1e-6 and abs(down - 1) < 1e-6
        is_magnified = min(across, down) > 1
        self._image.smooth = not is_exact and (self._smooths or not is_magnified)
        self._before.smooth = self._image.smooth
        self._says_pixels = is_magnified and not self._smooths

    # --- Qt --------------------------------------------------------------------------------------------

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the zoom, or the fit; the scene is as large as the view."""
        super().resizeEvent(event)
        self.setSceneRect(QRectF(self.viewport().rect()))
        self._look()

    def drawForeground(self, painter: QPainter, rect: QRectF | object) -> None:
        """Paint the texts, in pixels of the viewport."""
        del rect
        area = self.viewport().size()
        if self._true_size is not None and self._says_true != self._is_true_size():  # on another screen
            self._arrange()
        glyph_cache = self._ready(painter.device().devicePixelRatio())
        painter.save()
        painter.resetTransform()
        if self.veiled and self.has_image:
            painter.fillRect(0, 0, area.width(), area.height(), VEIL)
        if self.wipe is not None and self.has_image:
            self.wipe.paint(painter, area.width(), area.height(), self._ink.font)
        if self.loupe is not None:  # under all texts: no letter and no mark is ever hidden
            self.loupe.paint(painter, painter.device().devicePixelRatio(), self._ink.font)
        self._ink.paint(painter, self._text, self._places, glyph_cache, area.width(), area.height())
        if self._scale is not None:
            self._ink.paint_scale(painter, self._scale)
        if self.busy:
            painter.fillRect(0, 0, area.width(), BUSY_BAR_PX, ACCENT)
        painter.restore()

    def _ready(self, ratio: float) -> Stamps:
        """Return the texts as images.

        Made anew only when one of them or its place has changed.
        """
        if self._stamps is None or self._stamps[0] != ratio:
            room, choose = self._places.scale, self._choose_scale_bar
            self._scale = None
            if room is not None and self._mm_per_column and choose is not None and self.has_image:
                self._scale = self._ink.scale(room, self._mm_per_column / self.scale_shown, choose)
            label = (self._scale.label,) if self._scale is not None else ()
            self._stamps = ratio, self._ink.glyph_cache((*self._places.lines, *label), ratio)
        return self._stamps[1]

    def viewportEvent(self, event: QEvent) -> bool:
        """Show shortened texts in full in a tooltip; all else as usual."""
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            place = QPointF(event.pos())
            for line in self._places.lines:
                box = line.box
                if line.text != line.full and QRectF(box.x, box.y, box.width, box.height).contains(place):
                    QToolTip.showText(event.globalPos(), plain_tooltip(line.full), self.viewport())
                    return True
            QToolTip.hideText()
            return True
        return super().viewportEvent(event)

    def _arrange(self) -> None:
        self._stamps = None
        self._places = self._arranged(self._text)
        self._repaint_soon()

    def _arranged(self, text: PaneText) -> Arrangement:
        area = self.viewport().size()
        zoom = (Line(self._zoom_words()),) if text.says_zoom else ()
        return arrange(text, area.width(), area.height(), self._ink.ruler, bottom_right=zoom)

    def _zoom_words(self) -> str:
        """Return the magnification, true size and missing smoothing."""
        words = [translate("Zoom {percent} %", percent=f"{100 * self.device_scale:.0f}")]
        self._says_true = self._is_true_size()
        if self._says_true and self._true_size is not None:
            said = translate("true size at the detector") if self._at_detector else translate("true size")
            measured, stated = translate("screen measured"), translate("as the screen states its own")
            words.append(f"{said} ({measured if self._true_size.is_measured else stated})")
        if self._says_pixels:
            words.append(translate("not smoothed"))
        return " · ".join(words)

    def _is_true_size(self) -> bool:
        true, column = self._true_size, self._mm_per_column
        if true is None or not column or self.screen_name() != true.screen:
            return False
        is_in_mm = self._choose_scale_bar is not None and self._choose_scale_bar(1.0) is not None
        return is_in_mm and abs(self.scale_shown / (column * true.per_mm) - 1) < TRUE_SIZE_TOLERANCE


def _qt_rectangle(rectangle: Seen) -> QRectF:
    left, top, right, bottom = rectangle
    return QRectF(left, top, right - left, bottom - top)
