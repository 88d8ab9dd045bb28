"""Painter of the browser's rows: thumbnail, name, second lines, marks."""

from collections.abc import Sequence
from functools import lru_cache
from typing import Final, NamedTuple

from PySide6.QtCore import QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QImage, QPainter, QPen, QPolygonF
from PySide6.QtWidgets import QAbstractItemView, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from medviewer.gui.look import Type, Weight, font
from medviewer.gui.studies.row_model import Index, Role
from medviewer.gui.widgets import TextLine, wrapped_lines
from medviewer.viewer.color_roles import Colors, colors
from medviewer.viewer.texts import RowKind, StudyRow

THUMBNAIL_SIDE: Final = 64
ROW_HEIGHT: Final = 80  # of a series; more where its texts need it
NARROW: Final = 140  # a browser below this width shows thumbnails only
LAYOUTS_KEPT: Final = 4096
_MARGIN: Final = 12
_ABOVE: Final = 8
_BESIDE_THUMBNAIL: Final = _MARGIN + THUMBNAIL_SIDE + 10
_MARK: Final = 14  # side of the warning mark
_MARK_ROOM: Final = _MARK + 6
_CHEVRON: Final = 18
_BADGE_HEIGHT: Final = 16
_BADGE_GAP: Final = 3
_BADGE_ROOM: Final = 36  # beside the last line, kept free whether panes show the series or not
_RAIL_MARGIN: Final = 4
RAIL_NAME_LINES: Final = 3  # of a patient's name in a rail


class Line(NamedTuple):
    """One painted line; `ink` is a role of `Colors`."""

    text: TextLine
    ink: str
    font: QFont
    height: int


class RowPainter(QStyledItemDelegate):
    """Paints rows of a browser, uncut; in a narrow one thumbnails only."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._layout = lru_cache(LAYOUTS_KEPT)(self._laid_out)

    def forget(self) -> None:
        """Lay the texts out anew: fonts or language have changed."""
        self._layout.cache_clear()

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """Return the row's size in device-independent pixels."""
        row = index.data(Role.ROW)
        width = self._width(option)
        if not isinstance(row, StudyRow):
            return QSize(width, 0)
        height = sum(line.height for line in self.lines(row, width)) + 2 * _ABOVE
        if row.kind in (RowKind.SERIES, RowKind.ICON):
            return QSize(width, ROW_HEIGHT if width < NARROW else max(height, ROW_HEIGHT))
        return QSize(width, height)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Paint one row in the colors of the theme."""
        row = index.data(Role.ROW)
        if not isinstance(row, StudyRow):
            return
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        if row.kind in (RowKind.SERIES, RowKind.ICON):
            self._paint_series(painter, option, index, row)
        else:
            self._paint_heading(painter, option, index, row)
        if option.state & QStyle.StateFlag.State_HasFocus:
            painter.setPen(QPen(QColor(colors().blue), 1))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(QRectF(option.rect).adjusted(0.5, 0.5, -0.5, -0.5))
        painter.restore()

    def _paint_heading(
        self, painter: QPainter, option: QStyleOptionViewItem, index: Index, row: StudyRow
    ) -> None:
        area, ink = option.rect, colors()
        left = _MARGIN if area.width() >= NARROW else _RAIL_MARGIN
        if row.kind is RowKind.STUDY:
            painter.fillRect(QRect(area.left(), area.top(), area.width(), 1), QColor(ink.line))
            if area.width() >= NARROW:
                _paint_chevron(painter, area, folded=bool(index.data(Role.IS_FOLDED)), ink=ink)
                left += _CHEVRON
        self._paint_lines(painter, row, area, left, ink, on_bed=False)

    def _paint_series(
        self, painter: QPainter, option: QStyleOptionViewItem, index: Index, row: StudyRow
    ) -> None:
        area, ink, panes = option.rect, colors(), index.data(Role.PANES)
        is_shown = bool(panes)
        if is_shown:
            painter.fillRect(area, QColor(ink.blue_bed))
            painter.fillRect(QRect(area.left(), area.top(), 3, area.height()), QColor(ink.blue))
        elif option.state & QStyle.StateFlag.State_MouseOver:
            painter.fillRect(area, QColor(ink.hover))
        is_rail = area.width() < NARROW
        left = area.left() + (_RAIL_MARGIN if is_rail else _MARGIN)
        frame = QRect(left, area.top() + _ABOVE, THUMBNAIL_SIDE, THUMBNAIL_SIDE)
        _paint_thumbnail(painter, frame, index.data(Role.THUMBNAIL), ink)
        if not is_rail:
            self._paint_lines(painter, row, area, _BESIDE_THUMBNAIL, ink, on_bed=is_shown)
        if row.warnings:
            self._paint_mark(painter, row, area, frame if is_rail else None, ink)
        _paint_badges(painter, badge_boxes(panes or (), area, frame), ink)
        if index.data(Role.IS_COMING):
            bar = QRect(area.left(), area.bottom() - 1, area.width(), 2)
            painter.fillRect(bar, QColor(ink.blue))

    def _paint_lines(
        self, painter: QPainter, row: StudyRow, area: QRect, left: int, ink: Colors, *, on_bed: bool
    ) -> None:
        y = float(area.top() + _ABOVE)
        for line in self.lines(row, area.width()):
            role = "text_2" if on_bed and line.ink == "text_3" else line.ink  # text 3 is too faint there
            painter.setFont(line.font)
            painter.setPen(QColor(getattr(ink, role)))
            spare = max(0, line.height - line.text.height) / 2
            painter.drawText(QPointF(area.left() + left, y + spare + line.text.ascent), line.text.text)
            y += line.height

    def _paint_mark(
        self, painter: QPainter, row: StudyRow, area: QRect, frame: QRect | None, ink: Colors
    ) -> None:
        """Paint the one mark of warnings behind the name, or on the thumbnail."""
        if frame is not None:
            box = QRectF(frame.right() - _MARK - 1, frame.top() + 2, _MARK, _MARK)
            painter.fillRect(box.adjusted(-1, -1, 1, 1), QColor(0, 0, 0, 160))
        else:
            titled = [line for line in self.lines(row, area.width()) if line.ink == "text_1"]
            ends = QFontMetricsF(titled[-1].font).horizontalAdvance(titled[-1].text.text)
            top = area.top() + _ABOVE + sum(line.height for line in titled[:-1])
            box = QRectF(
                area.left() + _BESIDE_THUMBNAIL + ends + 6,
                top + (titled[-1].height - _MARK) / 2,
                _MARK,
                _MARK,
            )
        painter.setPen(QPen(QColor(ink.amber), 1.5))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawEllipse(box.adjusted(1, 1, -1, -1))
        middle = box.center()
        painter.drawLine(QPointF(middle.x(), box.top() + 3.8), QPointF(middle.x(), middle.y() + 0.8))
        painter.drawPoint(QPointF(middle.x(), box.bottom() - 3.8))

    def _width(self, option: QStyleOptionViewItem) -> int:
        view = self.parent()
        return view.viewport().width() if isinstance(view, QAbstractItemView) else option.rect.width()

    def lines(self, row: StudyRow, width: int) -> Sequence[Line]:
        """Return the lines of a row for a width of the browser."""
        return self._layout(row.kind, row.title, row.lines, bool(row.warnings), width)

    def _laid_out(
        self, kind: RowKind, title: str, below: tuple[str, ...], is_marked: bool, width: int
    ) -> Sequence[Line]:
        """Return the lines of a row for a browser's width."""
        if width < NARROW and kind in (RowKind.SERIES, RowKind.ICON):
            return ()
        if width < NARROW:
            return _in_rail(kind, title, below, width - 2 * _RAIL_MARGIN)
        step, weight = (Type.TITLE, Weight.STRONG) if kind is RowKind.PATIENT else (Type.BODY, Weight.NAME)
        left = {RowKind.PATIENT: _MARGIN, RowKind.STUDY: _MARGIN + _CHEVRON}.get(kind, _BESIDE_THUMBNAIL)
        room = width - left - 8
        lines = _broken(title, "text_1", font(step, weight), step, room - (_MARK_ROOM if is_marked else 0))
        small, is_series = font(Type.SMALL), kind is RowKind.SERIES
        for number, text in enumerate(below):
            is_last = is_series and number == len(below) - 1
            ink = "text_3" if is_last and number else "text_2"
            lines += _broken(text, ink, small, Type.SMALL, room - (_BADGE_ROOM if is_last else 0))
        return lines


def _in_rail(kind: RowKind, title: str, below: tuple[str, ...], room: int) -> list[Line]:
    """Return the lines of a heading: a name, or the day of a study.

    A day that is too wide is parted behind its year. The tool tip has all of it.
    """
    if kind is RowKind.STUDY and below:
        day, face = below[0].split(" ")[0], font(Type.TAG)
        fits = QFontMetricsF(face).horizontalAdvance(day) <= room
        parts = (day,) if fits or "-" not in day else day.split("-", 1)
        return [line for part in parts for line in _cut(part, "text_2", face, room, 1)]
    return _cut(title, "text_1", font(Type.TAG, Weight.NAME), room, RAIL_NAME_LINES)


def _cut(text: str, ink: str, face: QFont, room: int, most: int) -> list[Line]:
    """Return at most so many lines of a text, the last one cut."""
    lines = _broken(text, ink, face, Type.TAG, room)
    if len(lines) <= most:
        return lines
    rest = " ".join(line.text.text for line in lines[most - 1 :])
    last = QFontMetricsF(face).elidedText(rest, Qt.TextElideMode.ElideRight, room)
    return [*lines[: most - 1], *_broken(last, ink, face, Type.TAG, room + 1)[:1]]


def _broken(text: str, ink: str, face: QFont, step: Type, room: int) -> list[Line]:
    return [Line(line, ink, face, max(step.line_px, line.height)) for line in wrapped_lines(text, face, room)]


def _paint_thumbnail(painter: QPainter, frame: QRect, thumbnail: object, ink: Colors) -> None:
    if isinstance(thumbnail, QImage):
        painter.fillRect(frame, QColor(Qt.GlobalColor.black))
        painter.drawImage(frame, thumbnail)
        return
    painter.fillRect(frame, QColor(ink.raised))
    painter.setPen(QPen(QColor(ink.line), 1))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRect(QRectF(frame).adjusted(0.5, 0.5, -0.5, -0.5))


def _paint_chevron(painter: QPainter, area: QRect, *, folded: bool, ink: Colors) -> None:
    x, y = area.left() + _MARGIN + 4.0, area.top() + _ABOVE + 9.0
    points = (
        [QPointF(x - 1, y - 4), QPointF(x + 3, y), QPointF(x - 1, y + 4)]
        if folded
        else [QPointF(x - 4, y - 2), QPointF(x, y + 2), QPointF(x + 4, y - 2)]
    )
    painter.setPen(QPen(QColor(ink.text_2), 1.5))
    painter.drawPolyline(QPolygonF(points))


def badge_boxes(panes: Sequence[str], row: QRect, thumbnail: QRect) -> list[tuple[str, QRect]]:
    """Return the numbers of the panes that show a series, and their places.

    Beside its last line, where room is kept; where they need more, or the row is of a rail, on its thumbnail.
    Numbers that are too many for that share one badge.
    """
    metrics = QFontMetricsF(font(Type.TAG, Weight.STRONG))

    def width(text: str) -> int:
        return max(_BADGE_HEIGHT, round(metrics.horizontalAdvance(text)) + 8)

    def room(texts: Sequence[str]) -> int:
        return sum(map(width, texts)) + _BADGE_GAP * (len(texts) - 1)

    is_beside = row.width() >= NARROW and room(panes) <= _BADGE_ROOM
    if not is_beside and room(panes) > thumbnail.width() - 2:
        panes = (metrics.elidedText(",".join(panes), Qt.TextElideMode.ElideRight, thumbnail.width() - 10),)
    right = row.right() - 8 if is_beside else thumbnail.right() - 1
    bottom = row.bottom() + 1 - _ABOVE if is_beside else thumbnail.bottom()
    boxes: list[tuple[str, QRect]] = []
    for text in reversed(panes):
        boxes.append((text, QRect(right - width(text), bottom - _BADGE_HEIGHT, width(text), _BADGE_HEIGHT)))
        right -= width(text) + _BADGE_GAP
    return boxes


def _paint_badges(painter: QPainter, badges: Sequence[tuple[str, QRect]], ink: Colors) -> None:
    painter.setFont(font(Type.TAG, Weight.STRONG))
    for text, place in badges:
        box = QRectF(place)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(ink.blue_fill))
        painter.drawRoundedRect(box, 3, 3)
        painter.setPen(QColor(ink.on_fill))
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)
