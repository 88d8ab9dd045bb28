"""Paints the graphics over a pane's image, at the screen's resolution."""

import math
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import QLineF, QPointF, QRectF, QSize, QSizeF, Qt
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontMetricsF,
    QPainter,
    QPainterPath,
    QPen,
    QPixmap,
    QPolygonF,
    QTransform,
)
from PySide6.QtWidgets import QGraphicsItem

from medviewer.viewer import render

if TYPE_CHECKING:  # few images have graphics, and the first one does not wait for what draws them
    from medviewer.imaging.annotation import Color, Point, Primitive
    from medviewer.imaging.frame import DisplayImage
    from medviewer.viewer.render import Bounds, Brightness, Fill, KeptPlaces, Pen, Stroke, TextLine

LINE_PX: Final = 1.5
HALO_PX: Final = 3.0
CROSS_PX: Final = 5.0
HEAD_PX: Final = 10.0
HANDLE_PX: Final = 3.5  # half a side
TEXTS_KEPT: Final = 256


class GraphicsItem(QGraphicsItem):
    """Paints primitives over an image.

    Lines and letters have one size at any zoom.

    Parameters
    ----------
    texts : callable
        Gives the boxes of the pane's texts in the viewport, which no label covers.
    """

    def __init__(
        self,
        font: QFont,
        texts: "Callable[[], Sequence[Bounds]]" = tuple,
        parent: QGraphicsItem | None = None,
    ) -> None:
        super().__init__(parent)
        self._font, self._texts = font, texts
        self._metrics = QFontMetricsF(font)
        self._primitives: tuple[Primitive, ...] = ()
        self._extent = QRectF()
        self._image: tuple[DisplayImage, QRectF] | None = None  # and where it lies, in columns
        self._brightness: tuple[DisplayImage, Bounds, Brightness] | None = None
        self._kept: KeptPlaces | None = None
        self._boxes: dict[str, Bounds] = {}  # of the labels, as they were painted last
        self._text_image = lru_cache(TEXTS_KEPT)(self._render_text)

    def show_graphics(self, primitives: "Sequence[Primitive]", extent: tuple[float, float]) -> None:
        """Show primitives over an image of this width and height, in columns.

        none: nothing.
        """
        self.prepareGeometryChange()
        self._primitives = tuple(primitives)
        self._extent = QRectF(0, 0, *extent)
        self.update()

    @property
    def primitives(self) -> "tuple[Primitive, ...]":
        """The painted primitives."""
        return self._primitives

    def look_under(self, image: "DisplayImage", rectangle: QRectF) -> None:
        """Take the image under the graphics, and where it lies in columns."""
        self._image = image, rectangle

    def forget_image(self) -> None:
        """Keep nothing of an image that is no longer shown."""
        self._image = self._brightness = self._kept = None

    def label_at(self, point: QPointF) -> str:
        """Return the id of the annotation whose label is at a viewport point.

        "" where there is none.
        """
        for name, (left, top, right, bottom) in reversed(self._boxes.items()):
            if left <= point.x() <= right and top <= point.y() <= bottom:
                return name
        return ""

    def label_box(self, name: str) -> "Bounds | None":
        """Return the box of an annotation's label in the viewport."""
        return self._boxes.get(name)

    def boundingRect(self) -> QRectF:
        """Return the image's rectangle, in columns; labels may lie beside it."""
        return self._extent

    def paint(self, painter: QPainter, *_: Any) -> None:
        """Paint everything in pixels of the viewport."""
        self._boxes = {}
        if not self._primitives:
            return
        if self._kept is None:
            self._kept = render.KeptPlaces()
        world = painter.worldTransform()
        image = world.mapRect(self._extent)
        painter.save()
        painter.resetTransform()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        lines = _Lines(painter)
        for mark in render.lay_out(
            self._primitives,
            _carrying(world),
            _sides(image),
            self._pen(),
            seen=self._seen(image),
            texts=self._texts(),
            brightness=self._under(world),
            kept=self._kept,
        ):
            if isinstance(mark, render.Stroke):
                lines.add(mark)
                continue
            lines.paint()
            if isinstance(mark, render.Fill):
                _paint_fill(painter, mark)
            else:
                if mark.subject:
                    self._boxes[mark.subject] = mark.box
                self._paint_text(painter, mark)
        lines.paint()
        painter.restore()

    def _seen(self, image: QRectF) -> "Bounds":
        """Return the part of the pane in which labels stay: all of it.

        Beside an image that leaves room there is black, on which a label hides nothing.
        """
        views = self.scene().views() if self.scene() is not None else []
        return _sides(QRectF(views[0].viewport().rect()) if views else image)

    def _under(self, world: QTransform) -> "Brightness | None":
        """Return the brightness of the image, made once for each image and place."""
        if self._image is None:
            return None
        image, box = self._image[0], _sides(world.mapRect(self._image[1]))
        if self._brightness is None or self._brightness[0] is not image or self._brightness[1] != box:
            self._brightness = image, box, render.Brightness(image, box)
        return self._brightness[2]

    def _pen(self) -> "Pen":
        return render.Pen(
            LINE_PX,
            CROSS_PX,
            HEAD_PX,
            self._metrics.lineSpacing(),
            self._width,
            HANDLE_PX,
        )

    def _width(self, text: str) -> float:
        return float(self._metrics.horizontalAdvance(text))

    def _paint_text(self, painter: QPainter, line: "TextLine") -> None:
        """Copy the image of a line of text to the nearest whole pixel."""
        ratio = painter.device().devicePixelRatio()
        x, y = (round((place - HALO_PX) * ratio) / ratio for place in line.corner)
        painter.drawPixmap(QPointF(x, y), self._text_image(line.text, line.color, ratio))

    def _render_text(self, text: str, color: "Color", ratio: float) -> QPixmap:
        """Return a line of text with its halo, which takes long to draw."""
        path = QPainterPath()
        path.addText(QPointF(HALO_PX, HALO_PX + self._metrics.ascent()), self._font, text)
        wide = max(self._width(text), path.boundingRect().right() - HALO_PX)
        size = QSizeF(wide + 2 * HALO_PX, self._metrics.height() + 2 * HALO_PX)
        letters, image = (_clear((size * ratio).toSize() + QSize(1, 1), ratio) for _ in range(2))
        painter = QPainter(letters)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillPath(path, QColor(*color))
        painter.end()
        painter.begin(image)
        for across, down in _around(HALO_PX * ratio / 2):  # copies cost a fraction of a stroked outline
            painter.drawPixmap(QPointF(across / ratio, down / ratio), letters)
        painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_SourceIn)
        painter.fillRect(QRectF(QPointF(0, 0), size), Qt.GlobalColor.black)
        painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_SourceOver)
        painter.drawPixmap(QPointF(0, 0), letters)
        painter.end()
        return image


def _clear(size: QSize, ratio: float) -> QPixmap:
    image = QPixmap(size)
    image.setDevicePixelRatio(ratio)
    image.fill(Qt.GlobalColor.transparent)
    return image


@lru_cache
def _around(radius: float) -> tuple[tuple[int, int], ...]:
    """Return the whole pixels around one within a radius, and not it."""
    reach = range(-math.ceil(radius), math.ceil(radius) + 1)
    return tuple((x, y) for x in reach for y in reach if 0 < math.hypot(x, y) <= radius)


def _carrying(world: QTransform) -> "Callable[[Point], Point]":
    def carry(point: "Point") -> "Point":
        place = world.map(QPointF(*point))
        return place.x(), place.y()

    return carry


class _Lines:
    """Paints straight lines of one color, that follow each other, together.

    The many dashes of a leader would each be a call of Qt's otherwise.
    """

    def __init__(self, painter: QPainter) -> None:
        self._painter = painter
        self._color: Color | None = None
        self._lines: list[QLineF] = []

    def add(self, stroke: "Stroke") -> None:
        """Take a line through points; one that bends is painted at once."""
        if stroke.color != self._color:
            self.paint()
            self._color = stroke.color
            self._painter.setPen(QPen(QColor(*stroke.color), LINE_PX))
            self._painter.setBrush(Qt.BrushStyle.NoBrush)
        if len(stroke.points) == 2:
            (x0, y0), (x1, y1) = stroke.points
            self._lines.append(QLineF(x0, y0, x1, y1))
        else:
            self.paint()
            self._painter.drawPolyline(_polygon(stroke.points))

    def paint(self) -> None:
        """Paint the lines that wait."""
        if self._lines:
            self._painter.drawLines(self._lines)
            self._lines = []


def _paint_fill(painter: QPainter, fill: "Fill") -> None:
    color = QColor(*fill.color)
    color.setAlphaF(fill.opacity)
    path = QPainterPath()
    path.addPolygon(_polygon(fill.points))
    painter.fillPath(path, color)


def _sides(rectangle: QRectF) -> "Bounds":
    return rectangle.left(), rectangle.top(), rectangle.right(), rectangle.bottom()


def _polygon(points: "Sequence[Point]") -> QPolygonF:
    return QPolygonF([QPointF(*point) for point in points])
