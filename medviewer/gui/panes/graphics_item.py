"""What a presentation state draws over a picture: lines and texts, painted at the screen's resolution."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import pyqtgraph as pg
from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPainterPath, QPen, QPolygonF, QTransform
from PySide6.QtWidgets import QGraphicsItem

from medviewer.imaging.display import ViewTransform
from medviewer.imaging.frame import OVERLAY_COLOR, Color, Frame
from medviewer.imaging.presentation_state import (
    GraphicKind,
    Point,
    PresentationState,
    SizeMode,
    TextNote,
    displayed_area,
    drawn_layers,
    frame_point,
    outline_points,
    view_of,
)
from medviewer.viewer.render import FIT, Seen, Zoom
from medviewer.viewer.state import PaneState

LINE_PX: Final = 1.5
HALO_PX: Final = 3.0
CROSS_PX: Final = 5.0
FILL_ALPHA: Final = 115
SCALES: Final = (1e-3, 1e3)  # logical pixels per column


@dataclass(frozen=True, slots=True)
class PlacedLine:
    """A line in the view, in columns of the frame; one point alone is a cross."""

    points: tuple[Point, ...]
    color: Color
    is_filled: bool = False


@dataclass(frozen=True, slots=True)
class PlacedText:
    """A text in the view: its box and what it points to, in columns of the frame."""

    lines: tuple[str, ...]
    color: Color
    box: Seen | None
    anchor: Point | None
    is_anchor_shown: bool
    share: float  # of the free width of the box that stands before the text


Drawing = PlacedLine | PlacedText


def drawings_of(state: PaneState) -> tuple[Drawing, ...]:
    """Return what the presentation state in use draws over a pane's picture; () where that is not wanted."""
    chosen, frame = state.presentation_in_use, state.frame
    if chosen is None or frame is None or not state.graphics_shown:
        return ()
    return placed_drawings(frame, chosen, state.view)


def placed_drawings(frame: Frame, state: PresentationState, view: ViewTransform) -> tuple[Drawing, ...]:
    """Return what a state draws on a frame, in the order of its painting.

    Parameters
    ----------
    view : ViewTransform
        How the pane shows the frame: as the state says, or turned further by hand.
    """
    stated, area = view_of(frame, state), displayed_area(frame, state)

    def placed(point: Point, units: Any) -> Point:
        return view.frame_to_view(*frame_point(point, units, stated, area))

    drawings: list[Drawing] = []
    for layer in drawn_layers(frame, state):
        color = layer.color or OVERLAY_COLOR
        for graphic in layer.graphics:
            points = tuple(placed(point, graphic.units) for point in outline_points(graphic))
            if graphic.kind is GraphicKind.POINT:
                points = points[:1]
            drawings.append(PlacedLine(points, color, graphic.is_filled))
        drawings.extend(_placed_text(text, color, placed) for text in layer.texts)
    return tuple(drawings)


def _placed_text(text: TextNote, color: Color, placed: Any) -> PlacedText:
    box = None
    if text.box is not None:
        (x, y), (other_x, other_y) = (placed(corner, text.box_units) for corner in text.box)
        box = (min(x, other_x), min(y, other_y), max(x, other_x), max(y, other_y))
    anchor = placed(text.anchor, text.anchor_units) if text.anchor is not None else None
    return PlacedText(
        text.lines, color, box, anchor, text.is_anchor_shown, text.justification.share_before if box else 0.0
    )


@dataclass(frozen=True, slots=True)
class Screen:
    """What a pane can show: its size in logical pixels, how many of them make a mm, and their pixels."""

    width: int
    height: int
    per_mm: float  # as the system states it
    ratio: float  # screen pixels per logical one


def area_zoom(frame: Frame, state: PresentationState, view: ViewTransform, screen: Screen) -> Zoom:
    """Return the zoom at which a pane shows the area that a state wants seen; the whole frame fits the pane.

    References
    ----------
    DICOM PS3.3 C.10.4: SCALE TO FIT, TRUE SIZE and MAGNIFY.
    """
    area = displayed_area(frame, state)
    if area is None:
        return FIT
    one = view.frame_to_view(area.top - 0.5, area.left - 0.5)
    other = view.frame_to_view(area.bottom + 0.5, area.right + 0.5)
    center = ((one[0] + other[0]) / 2, (one[1] + other[1]) / 2)
    if area.mode is SizeMode.MAGNIFY and area.magnification:
        return Zoom(_within_scales(area.magnification / screen.ratio), center)
    if area.mode is SizeMode.TRUE_SIZE and area.spacing_mm:
        return Zoom(_within_scales(area.spacing_mm[1] * screen.per_mm), center)
    if (area.left, area.top, area.right, area.bottom) == (0, 0, frame.columns - 1, frame.rows - 1):
        return FIT
    across, down = abs(other[0] - one[0]), abs(other[1] - one[1])
    return Zoom(min(screen.width / across, screen.height / down), center)


def _within_scales(scale: float) -> float:
    """Return a scale at which a picture can be painted: a state may ask for any."""
    return min(max(scale, SCALES[0]), SCALES[1])


class DrawingsItem(pg.GraphicsObject):
    """Paints drawings over a picture; lines and letters have one size at any zoom."""

    def __init__(self, font: QFont, parent: QGraphicsItem | None = None) -> None:
        super().__init__(parent)
        self._font = font
        self._metrics = QFontMetricsF(font)
        self._drawings: tuple[Drawing, ...] = ()
        self._extent = QRectF()

    def show_drawings(self, drawings: Sequence[Drawing], extent: tuple[float, float]) -> None:
        """Show drawings over a picture of this width and height, in columns; none: nothing."""
        self.prepareGeometryChange()
        self._drawings = tuple(drawings)
        self._extent = QRectF(0, 0, *extent)
        self.update()

    @property
    def drawings(self) -> tuple[Drawing, ...]:
        """What is painted."""
        return self._drawings

    def boundingRect(self) -> QRectF:
        """Return the picture's rectangle, in columns; texts never leave it."""
        return self._extent

    def paint(self, painter: QPainter, *_: Any) -> None:
        """Paint everything in pixels of the viewport."""
        if not self._drawings:
            return
        world = painter.worldTransform()
        painter.save()
        painter.resetTransform()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for drawing in self._drawings:
            if isinstance(drawing, PlacedLine):
                _paint_line(painter, drawing, world)
            else:
                self._paint_text(painter, drawing, world)
        painter.restore()

    def _paint_text(self, painter: QPainter, text: PlacedText, world: QTransform) -> None:
        wide = max(self._metrics.horizontalAdvance(line) for line in text.lines)
        high = self._metrics.lineSpacing() * len(text.lines)
        anchor = world.map(QPointF(*text.anchor)) if text.anchor is not None else None
        if text.box is not None:
            left, top, right, bottom = text.box
            box = world.mapRect(QRectF(QPointF(left, top), QPointF(right, bottom)))
        else:
            box = QRectF(anchor or QPointF(), anchor or QPointF()).translated(4 * LINE_PX, 4 * LINE_PX)
        x = box.left() + text.share * (box.width() - wide)
        picture = world.mapRect(self._extent)
        x = max(picture.left(), min(x, picture.right() - wide))
        y = max(picture.top(), min(box.top(), picture.bottom() - high))
        color = QColor(*text.color)
        if anchor is not None and text.is_anchor_shown:
            nearest = QPointF(min(max(anchor.x(), x), x + wide), min(max(anchor.y(), y), y + high))
            painter.setPen(QPen(color, LINE_PX))
            painter.drawLine(QLineF(nearest, anchor))
        path = QPainterPath()
        for number, line in enumerate(text.lines):
            indent = text.share * (wide - self._metrics.horizontalAdvance(line))
            baseline = y + self._metrics.ascent() + number * self._metrics.lineSpacing()
            path.addText(QPointF(x + indent, baseline), self._font, line)
        painter.strokePath(path, QPen(Qt.GlobalColor.black, HALO_PX))
        painter.fillPath(path, color)


def _paint_line(painter: QPainter, line: PlacedLine, world: QTransform) -> None:
    color = QColor(*line.color)
    points = [world.map(QPointF(*point)) for point in line.points]
    painter.setPen(QPen(color, LINE_PX))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    if len(points) == 1:
        across, down = QPointF(CROSS_PX, 0), QPointF(0, CROSS_PX)
        painter.drawLine(QLineF(points[0] - across, points[0] + across))
        painter.drawLine(QLineF(points[0] - down, points[0] + down))
        return
    if line.is_filled and len(points) > 2:
        fill = QColor(color)
        fill.setAlpha(FILL_ALPHA)
        path = QPainterPath()
        path.addPolygon(QPolygonF(points))
        painter.fillPath(path, fill)
    painter.drawPolyline(QPolygonF(points))
