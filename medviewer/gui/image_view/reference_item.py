"""Paints reference lines and the located point over a pane's image."""

from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPainterPath, QPen, QTransform
from PySide6.QtWidgets import QGraphicsItem

from medviewer.imaging import image_colors
from medviewer.imaging.space import without_gap
from medviewer.viewer.compare import NO_REFERENCE, Reference, Weight

if TYPE_CHECKING:
    from medviewer.viewer.compare import ReferenceLine

GAP_PX: Final = 15.0  # from the point to where lines begin
ARM_PX: Final = 12.0  # of the mark at the point, outside of the gap
WIDTHS_PX: Final = {Weight.FAINT: 1.0, Weight.THIN: 1.0, Weight.STRONG: 2.0}
OPACITIES: Final = {Weight.FAINT: 0.35, Weight.THIN: 0.8, Weight.STRONG: 1.0}
HALO_PX: Final = 3.0
LABEL_INSET_PX: Final = 6.0


class ReferenceItem(QGraphicsItem):
    """Paints reference lines in pixels of the screen at any zoom."""

    def __init__(self, font: QFont, parent: QGraphicsItem | None = None) -> None:
        super().__init__(parent)
        self._font = font
        self._metrics = QFontMetricsF(font)
        self._extent = QRectF()
        self.reference: Reference = NO_REFERENCE

    def show_reference(self, reference: Reference, extent: tuple[float, float]) -> None:
        """Show this over an image of this width and height, in columns."""
        if reference == self.reference and self._extent == QRectF(0, 0, *extent):
            return
        self.prepareGeometryChange()
        self.reference = reference
        self._extent = QRectF(0, 0, *extent)
        self.update()

    def boundingRect(self) -> QRectF:
        """Return the image's rectangle, in columns."""
        return self._extent

    def paint(self, painter: QPainter, *_: Any) -> None:
        """Paint the lines, weakest first, then the point."""
        world = painter.worldTransform()
        painter.save()
        painter.resetTransform()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        point = self.reference.point
        at = None if point is None else world.map(QPointF(*point))
        for line in sorted(self.reference.lines, key=lambda one: one.weight):
            self._paint_line(painter, line, world, at)
        if at is not None:
            _paint_mark(painter, at)
        if self.reference.says:
            self._paint_words(painter, self.reference.says.for_user(), world.mapRect(self._extent))
        painter.restore()

    def _paint_line(
        self, painter: QPainter, line: "ReferenceLine", world: QTransform, at: QPointF | None
    ) -> None:
        first, last = (world.map(QPointF(*end)) for end in line.ends)
        ends = ((first.x(), first.y()), (last.x(), last.y()))
        parts = (ends,) if at is None else without_gap(ends, (at.x(), at.y()), GAP_PX)
        color = QColor(*line.color)
        color.setAlphaF(OPACITIES[line.weight])
        painter.setPen(QPen(color, WIDTHS_PX[line.weight]))
        painter.drawLines([QLineF(*start, *end) for start, end in parts])
        if line.label:
            self._paint_label(painter, line.label, QColor(*line.color), first, last)

    def _paint_label(
        self, painter: QPainter, text: str, color: QColor, first: QPointF, last: QPointF
    ) -> None:
        """Write a label at the left end of a line, or at its upper one."""
        start, end = sorted((first, last), key=lambda place: (round(place.x()), place.y()))
        way = QLineF(start, end)
        if way.length() < 4 * LABEL_INSET_PX:
            return
        place = way.pointAt(LABEL_INSET_PX / way.length())
        if abs(way.dx()) < abs(way.dy()):  # beside a line that stands
            place += QPointF(LABEL_INSET_PX, self._metrics.ascent())
        else:
            place += QPointF(0, -LABEL_INSET_PX / 2)
        self._write(painter, text, color, place)

    def _paint_words(self, painter: QPainter, text: str, image: QRectF) -> None:
        seen = image.intersected(QRectF(painter.viewport()))
        room = image if seen.isEmpty() else seen
        width = self._metrics.horizontalAdvance(text)
        place = QPointF(room.center().x() - width / 2, room.top() + room.height() / 4)
        self._write(painter, text, QColor(image_colors.AMBER), place)

    def _write(self, painter: QPainter, text: str, color: QColor, place: QPointF) -> None:
        path = QPainterPath()
        path.addText(place, self._font, text)
        painter.strokePath(path, QPen(Qt.GlobalColor.black, HALO_PX))
        painter.fillPath(path, color)


def _paint_mark(painter: QPainter, at: QPointF) -> None:
    """Paint four arms around a point, which stays free."""
    arms = [
        QLineF(at + QPointF(x, y) * GAP_PX, at + QPointF(x, y) * (GAP_PX + ARM_PX))
        for x, y in ((-1, 0), (1, 0), (0, -1), (0, 1))
    ]
    for color, width in ((QColor(Qt.GlobalColor.black), HALO_PX + 1), (QColor(image_colors.AMBER), 2.0)):
        painter.setPen(QPen(color, width))
        painter.drawLines(arms)
