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
from medviewer.gui.image_view.text_layer import Magnification, TextLayer
from medviewer.gui.image_view.text_painter import ACCENT, ChooseScaleBar, ScaleBar, TextPainter
from medviewer.gui.image_view.true_size import TrueSize
from medviewer.gui.image_view.wipe import REACH_PX, Wipe
from medviewer.gui.widgets import plain_tooltip, screen_name
from medviewer.imaging import image_colors
from medviewer.imaging.frame import DisplayImage, Mask
from medviewer.viewer.render import (
    FIT,
    Arrangement,
    Bounds,
    Line,
    PaneText,
    Screen,
    VisiblePart,
    Zoom,
    unsaid_marks,
)

if TYPE_CHECKING:
    from medviewer.gui.image_view.magnifier import Magnifier
    from medviewer.imaging.annotation import Primitive
    from medviewer.viewer.render import Screen

BUSY_BAR_PX: Final = 2
VEIL: Final = QColor(0, 0, 0, 170)


class PaneView(QGraphicsView):
    """Shows one image and its texts; knows nothing of sessions and files.

    Parameters
    ----------
    ink : TextPainter, optional
        Shared by several views, so that a text that all of them say is rendered once.
    """

    zoom_changed = Signal(object)  # Zoom, by the user's hand
    texts_moved = Signal()  # a text has come, gone or changed its place
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
        self.magnifier: Magnifier | None = None
        self._extent = (1.0, 1.0)
        self._part: tuple[object, VisiblePart] | None = None  # and all that it depends on
        self._ground = QGraphicsRectItem()  # in columns of the frame, as all that lies on it
        self._ground.setPen(Qt.PenStyle.NoPen)
        self._image = ImageItem()
        self._mask = MaskItem()
        self._ink = ink if ink is not None else TextPainter(self.font())
        self._texts = TextLayer(self._ink)
        self._graphics = GraphicsItem(self._ink.font, self._texts.boxes)
        self._before = BeforeItem()
        self._before.setVisible(False)
        self.wipe: Wipe | None = None
        for item in (self._image, self._mask, self._before, self._graphics):
            item.setParentItem(self._ground)
        self.scene().addItem(self._ground)
        self._shape: tuple[tuple[int, ...], Bounds] | None = None
        self._is_unsmoothed = False

    # --- what is shown ---------------------------------------------------------------------------------

    def set_extent(self, extent: tuple[float, float]) -> None:
        """Set the size of the whole frame: (width, height) in columns.

        The height is rows x pixel aspect.
        """
        if extent != self._extent:
            self._extent = extent
            self._look()

    def show_image(self, image: DisplayImage, rectangle: Bounds) -> None:
        """Show an image.

        Parameters
        ----------
        image : (rows, columns) or (rows, columns, 3) uint8
            Ready for the screen, at any resolution.
        rectangle : (left, top, right, bottom)
            What part of the extent it is stretched over.
        """
        if not self.has_image:
            self._texts.forget_rendered()  # now there is something for a scale bar
        shown = np.ascontiguousarray(image)
        self._image.show_image(shown)
        self._graphics.look_under(shown, _qt_rectangle(rectangle))
        if (image.shape[:2], rectangle) != self._shape:
            self._shape = (image.shape[:2], rectangle)
            self._image.stretch_over(_qt_rectangle(rectangle))
            self._choose_smoothing()
        self._image.setVisible(True)

    def show_mask(
        self, mask: Mask | None, rectangle: Bounds, *, fill: bool = False, hidden: Mask | None = None
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
        self, image: DisplayImage, mask: Mask | None, rectangle: Bounds, *, fill: bool = False
    ) -> None:
        """Prepare the next image and its mask at the size of the shown one."""
        if (image.shape[:2], rectangle) == self._shape:
            self._image.make_ready(np.ascontiguousarray(image))
            self._mask.make_ready(mask, _qt_rectangle(rectangle), fill=fill)

    def make_text_ready(self, text: PaneText) -> None:
        """Render the texts of the pane ahead."""
        self._texts.make_ready(text, self.viewport().size(), self._magnification)

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

    def label_box(self, name: str) -> "Bounds | None":
        """Return the box of an annotation's label in the viewport."""
        return self._graphics.label_box(name)

    def text_boxes(self) -> "list[Bounds]":
        """Return the places of all texts and of the scale bar, in the viewport."""
        return self._texts.boxes()

    def clear_image(self) -> None:
        """Show black, and keep nothing of the image."""
        self.show_graphics(())
        self._graphics.forget_image()
        self._image.setVisible(False)
        self._image.forget()
        self._before.setVisible(False)
        self._before.forget()
        self.wipe = None
        self._texts.forget_rendered()
        self._mask.show_mask(None, QRectF(), fill=False)

    @property
    def has_image(self) -> bool:
        """Whether any image is on the screen."""
        return self._image.isVisible() and self._image.has_image

    def show_text(self, text: PaneText) -> None:
        """Write this on the pane."""
        if text != self._texts.text:
            self._texts.text = text
            self._arrange()

    def show_scale(
        self, mm_per_column: float | None, choose: ChooseScaleBar | None, *, at_detector: bool = False
    ) -> None:
        """Show a scale bar for this spacing; None: none is known."""
        self._texts.show_scale(mm_per_column, choose, at_detector=at_detector)
        if self._texts.true_size is not None:
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

    def show_magnifier(self, magnifier: "Magnifier | None") -> None:
        """Show original pixels under the mouse; None: nothing."""
        if magnifier is not self.magnifier:
            self.magnifier = magnifier
            self._repaint_soon()

    def show_true_size(self, true_size: TrueSize | None) -> None:
        """Say when the image is as large as it is in nature; None: never."""
        if true_size != self._texts.true_size:
            self._texts.true_size = true_size
            self._arrange()

    @property
    def text(self) -> PaneText:
        """Text of the pane, before it is fitted to its size."""
        return self._texts.text

    @property
    def unsaid_marks(self) -> tuple[Line, ...]:
        """Marks of the image that its size leaves no room for."""
        return unsaid_marks(self._texts.text, self._texts.places)

    @property
    def scale_bar(self) -> ScaleBar | None:
        """Scale bar of the image; None where its spacing is not known."""
        return self._texts.scale_bar

    @property
    def places(self) -> Arrangement:
        """Placed texts of the pane."""
        return self._texts.places

    # --- what part of it -------------------------------------------------------------------------------

    @property
    def extent(self) -> tuple[float, float]:
        """Width and height of the frame, in columns."""
        return self._extent

    @property
    def seen(self) -> Bounds:
        """Visible part of the image and of the black around it."""
        return self.part.seen

    @property
    def part(self) -> VisiblePart:
        """Visible part of the image."""
        facts = (
            self._extent,
            self.zoom,
            self.viewport().size(),
            self.devicePixelRatioF(),
            self._texts.true_size,
        )
        if self._part is None or self._part[0] != facts:  # asked for many times while one image is shown
            self._part = facts, VisiblePart(self._extent, self.zoom, self.area)
        return self._part[1]

    @property
    def area(self) -> "Screen":
        """Size and resolution of the pane, and the true size that it was told."""
        area, ratio = self.viewport().size(), float(self.devicePixelRatioF())
        true = self._texts.true_size
        per_mm = true.per_mm if true is not None else None
        return Screen(area.width(), area.height(), per_mm, ratio)

    def screen_name(self) -> str:
        """Return the name of the screen that shows it."""
        return screen_name(super().screen())

    @property
    def device_scale(self) -> float:
        """Screen pixels per column."""
        return self.part.device_scale

    def look_at(self, zoom: Zoom) -> None:
        """Show this part of the image."""
        if zoom != self.zoom:
            self.zoom = zoom
            self._look()

    def zoom_by(self, factor: float, around: QPointF | None = None) -> None:
        """Zoom by a factor around a fixed viewport point."""
        part = self.part
        point = around if around is not None else QPointF(part.screen.width / 2, part.screen.height / 2)
        self._look_by_hand(part.magnified(factor, point.x(), point.y()))

    def pan_by(self, across: float, down: float) -> None:
        """Move the image with the hand, by logical pixels."""
        self._look_by_hand(self.part.moved(across, down))

    def fit(self) -> None:
        """Show the whole image."""
        self._look_by_hand(FIT)

    def one_to_one(self) -> None:
        """Show one column of the frame on each pixel of the screen."""
        self._look_by_hand(self.part.scaled(1 / float(self.devicePixelRatioF())))

    def true_size(self, mm_per_column: float, per_mm: float) -> None:
        """Show the image as large as it is, at logical pixels per mm."""
        self._look_by_hand(self.part.scaled(mm_per_column * per_mm))

    def position_at(self, point: QPointF) -> tuple[float, float]:
        """Return a viewport point as (x, y) in image columns.

        They count from the image's upper left corner.
        """
        return self.part.position_at(point.x(), point.y())

    def point_at(self, x: float, y: float) -> QPointF:
        """Return the viewport point of (x, y) in image columns."""
        return QPointF(*self.part.point_at(x, y))

    def _look_by_hand(self, zoom: Zoom) -> None:
        self.look_at(zoom)
        self.zoom_changed.emit(self.zoom)

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
        self._is_unsmoothed = is_magnified and not self._smooths

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
        ratio, shown = painter.device().devicePixelRatio(), self._magnification
        if self._texts.is_outdated(shown):  # on another screen
            self._arrange()
        rendered = self._texts.rendered(ratio, shown, has_image=self.has_image)
        painter.save()
        painter.resetTransform()
        if self.veiled and self.has_image:
            painter.fillRect(0, 0, area.width(), area.height(), VEIL)
        if self.wipe is not None and self.has_image:
            self.wipe.paint(painter, area.width(), area.height(), self._ink.font)
        if self.magnifier is not None:  # under all texts: no letter and no mark is ever hidden
            self.magnifier.paint(painter, ratio, self._ink.font)
        self._texts.paint(painter, rendered, area)
        if self.busy:
            painter.fillRect(0, 0, area.width(), BUSY_BAR_PX, ACCENT)
        painter.restore()

    def viewportEvent(self, event: QEvent) -> bool:
        """Show texts in full, and their reasons, in a tooltip; all else as usual."""
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            said = self._texts.tooltip_at(QPointF(event.pos()))
            if said:
                QToolTip.showText(event.globalPos(), plain_tooltip(said), self.viewport())
            else:
                QToolTip.hideText()
            return True
        return super().viewportEvent(event)

    def _arrange(self) -> None:
        self._texts.arrange(self.viewport().size(), self._magnification)
        self.texts_moved.emit()
        self._repaint_soon()

    @property
    def _magnification(self) -> Magnification:
        part = self.part
        screen = self.screen_name() if self._texts.true_size is not None else ""
        return Magnification(part.scale, part.device_scale, self._is_unsmoothed, screen)


def _qt_rectangle(rectangle: Bounds) -> QRectF:
    left, top, right, bottom = rectangle
    return QRectF(left, top, right - left, bottom - top)
