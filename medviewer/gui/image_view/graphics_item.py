"""Paints the graphics over a pane's image, at the screen's resolution."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPainterPath, QPen, QPolygonF, QTransform
from PySide6.QtWidgets import QGraphicsItem

from medviewer.viewer import render

if TYPE_CHECKING:  # few images have graphics, and the first one does not wait for what draws them
    from medviewer.imaging.annotation import Point, Primitive
    from medviewer.viewer.render import Fill, Pen, Stroke, TextLine

LINE_PX: Final = 1.5
HALO_PX: Final = 3.0
CROSS_PX: Final = 5.0
HEAD_PX: Final = 10.0


class GraphicsItem(QGraphicsItem):
    """Paints primitives over an image.

    Lines and letters have one size at any zoom.
    """

    def __init__(self, font: QFont, parent: QGraphicsItem | None = None) -> None:
        super().__init__(parent)
        self._font = font
        self._metrics = QFontMetricsF(font)
        self._primitives: tuple[Primitive, ...] = ()
        self._extent = QRectF()

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

    def boundingRect(self) -> QRectF:
        """Return the image's rectangle, in columns; texts never leave it."""
        return self._extent

    def paint(self, painter: QPainter, *_: Any) -> None:
        """Paint everything in pixels of the viewport."""
        if not self._primitives:
            return
        world = painter.worldTransform()
        image = world.mapRect(self._extent)
        rectangle = image.left(), image.top(), image.right(), image.bottom()
        painter.save()
        painter.resetTransform()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for mark in render.lay_out(self._primitives, _carrying(world), rectangle, self._pen()):
            if isinstance(mark, render.Stroke):
                _paint_stroke(painter, mark)
            elif isinstance(mark, render.Fill):
                _paint_fill(painter, mark)
            else:
                self._paint_text(painter, mark)
        painter.restore()

    def _pen(self) -> "Pen":
        return render.Pen(
            LINE_PX,
            CROSS_PX,
            HEAD_PX,
            self._metrics.lineSpacing(),
            self._width,
        )

    def _width(self, text: str) -> float:
        return float(self._metrics.horizontalAdvance(text))

    def _paint_text(self, painter: QPainter, line: "TextLine") -> None:
        path = QPainterPath()
        x, y = line.corner
        path.addText(QPointF(x, y + self._metrics.ascent()), self._font, line.text)
        painter.strokePath(path, QPen(Qt.GlobalColor.black, HALO_PX))
        painter.fillPath(path, QColor(*line.color))


def _carrying(world: QTransform) -> "Callable[[Point], Point]":
    def carry(point: "Point") -> "Point":
        place = world.map(QPointF(*point))
        return place.x(), place.y()

    return carry


def _paint_stroke(painter: QPainter, stroke: "Stroke") -> None:
    painter.setPen(QPen(QColor(*stroke.color), LINE_PX))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawPolyline(_polygon(stroke.points))


def _paint_fill(painter: QPainter, fill: "Fill") -> None:
    color = QColor(*fill.color)
    color.setAlphaF(render.FILL_OPACITY)
    path = QPainterPath()
    path.addPolygon(_polygon(fill.points))
    painter.fillPath(path, color)


def _polygon(points: "Sequence[Point]") -> QPolygonF:
    return QPolygonF([QPointF(*point) for point in points])
