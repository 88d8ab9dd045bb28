"""The strip under the slice slider: one mark for each slice."""

from collections.abc import Mapping
from math import ceil, floor
from typing import Final

from PySide6.QtCore import QPointF, QRect, QRectF, Qt, Signal
from PySide6.QtGui import QBrush, QColor, QContextMenuEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from medviewer.gui.widgets import plain_tooltip
from medviewer.inference.verdicts import Stance
from medviewer.viewer.color_roles import colors
from medviewer.viewer.texts import NO_STRIP, MarkKind, SeriesStrip, SliceMark

HEIGHT_PX: Final = 34
EDGE_PX: Final = 23  # from the strip's ends to the middles of the first and last mark, which are whole
MARK_PX: Final = 3
WIDEST_PX: Final = 40
BRACKET_PX: Final = 5
DRAWN_PX: Final = (2.0, 9.0)
"""Width and height of the tick of a slice on which something is drawn."""
BASE_PX: Final = 5  # from the bottom to the foot of the bars
CAP_PX: Final = 3  # amber, on the bar of a flagged slice
LEAST_BAR_PX: Final = 2
FEW_MARKS: Final = 8  # that are painted anew one by one
RING_PX: Final = 7
TOP_PX: Final = 4
DASH: Final = (4.0, 3.0)
DOTS: Final = (1.0, 3.0)
TICK_PX: Final = (2.0, 5.0)
"""Width and height of the reader's tick below a bar; a cross for a reader who differs is as high."""


def _changed_marks(before: SeriesStrip, after: SeriesStrip) -> list[int] | None:
    """Return the slices whose marks differ between two strips.

    None where more than marks of slices differs, as the line of the threshold.
    """
    apart = (before.threshold, before.stances, before.earlier, before.total)
    if not before.marks or not after.marks:
        return None
    if apart != (after.threshold, after.stances, after.earlier, after.total):
        return None
    old, new = before.marks, after.marks
    return [place for place in old.keys() | new.keys() if old.get(place) is not new.get(place)]


class SliceStrip(QWidget):
    """Marks the slices of the focused stack, each under its slider place."""

    chosen = Signal(int)  # a slice that was clicked
    menu_asked = Signal(object)  # a global QPoint

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFixedHeight(HEIGHT_PX)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._count, self._index = 0, 0
        self._part: tuple[int, int] | None = None
        self._drawn: frozenset[int] = frozenset()  # slices on which something is drawn
        self.strip = NO_STRIP
        self._of_series: float | None = None  # the root of the threshold for a series

    def show_place(self, count: int, index: int) -> None:
        """Show a stack of so many slices, and which of them is seen."""
        if count != self._count:
            self._count, self._index = count, index
            self.update()
        elif index != self._index:
            self.update(self._framed())
            self._index = index
            self.update(self._framed())

    def show_part(self, part: tuple[int, int] | None) -> None:
        """Mark the first and last slice that a cine plays; None: it plays all."""
        if part != self._part:
            self._part = part
            self.update()

    def show_drawn(self, slices: frozenset[int]) -> None:
        """Mark the slices on which something is drawn."""
        if slices != self._drawn:
            self._drawn = slices
            self.update()

    def show_strip(self, strip: SeriesStrip, said: str, of_series: float | None = None) -> None:
        """Show a model's answers for the slices, and their sum in a tooltip.

        Parameters
        ----------
        of_series : float or None
            The root of the threshold by which the series was answered.
        """
        if strip is self.strip and of_series == self._of_series:
            return
        changed = None if of_series != self._of_series else _changed_marks(self.strip, strip)
        self.strip, self._of_series = strip, of_series
        self.setAccessibleName(said)
        self.setToolTip(plain_tooltip(said))
        if changed is None or len(changed) > FEW_MARKS:
            self.update()
            return
        wide = max(self._mark_width(), float(RING_PX)) + 4
        for place in changed:
            column = QRectF(self.center_of(place) - wide / 2, 0, wide, self.height())
            self.update(column.toAlignedRect())

    @property
    def drawn(self) -> frozenset[int]:
        """The slices on which something is drawn."""
        return self._drawn

    def slice_at(self, x: float) -> int:
        """Return the slice whose mark is nearest."""
        room = max(1.0, self.width() - 2 * EDGE_PX)
        place = round((x - EDGE_PX) / room * (self._count - 1))
        return max(0, min(self._count - 1, place))

    def center_of(self, index: int) -> float:
        """Return the middle of a slice's mark, the slider's handle above it."""
        room = self.width() - 2 * EDGE_PX
        return EDGE_PX + room * index / max(1, self._count - 1)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Go to the slice under the mouse."""
        if self._count > 1 and event.button() == Qt.MouseButton.LeftButton:
            self.chosen.emit(self.slice_at(event.position().x()))

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Ask for the menu of the answers, if there are slices."""
        if self._count > 1:
            self.menu_asked.emit(event.globalPos())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Follow the dragged mouse."""
        if self._count > 1 and event.buttons() & Qt.MouseButton.LeftButton:
            self.chosen.emit(self.slice_at(event.position().x()))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the marks, and a frame around that of the slice that is seen.

        Of hundreds of marks only those beside the frame are painted while scrolling.
        """
        if self._count < 2:
            return
        painter = QPainter(self)
        ink = colors()
        wide, middle, step = self._mark_width(), self.height() / 2, self._step()
        every = max(1, round(2 / max(0.01, step)))
        seen, begin = event.rect(), EDGE_PX
        first = max(0, floor((seen.left() - wide - begin) / step / every)) if step > 0 else 0
        last = min(self._count, ceil((seen.right() + wide - begin) / step) + 1) if step > 0 else self._count
        line = QColor(ink.strong_line)
        foot = middle - MARK_PX / 2 if not self.strip.marks else self.height() - BASE_PX - MARK_PX
        for index in range(first * every, last, every):
            if index not in self.strip.marks:
                left = self.center_of(index) - wide / 2
                painter.fillRect(QRectF(left, foot, wide, MARK_PX), line)
        if self.strip.marks:
            self._paint_strip(painter, range(first * every, last), wide)
        if self._part is not None:
            self._paint_part(painter, *self._part)
        for index in self._drawn:
            left = self.center_of(index) - DRAWN_PX[0] / 2
            painter.fillRect(QRectF(left, 0, *DRAWN_PX), QColor(ink.text_1))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(ink.blue), 2))
        painter.drawRoundedRect(self._frame(), 3, 3)
        self._paint_stances(painter)  # on the frame, which would hide that of the slice that is seen
        painter.end()

    def _paint_strip(self, painter: QPainter, places: range, wide: float) -> None:
        """Paint a bar or a ring for each slice that was asked, and the thresholds."""
        marks, ink = self.strip.marks, colors()
        inks = {name: QColor(getattr(ink, name)) for name in ("text_2", "ai", "ai_fill", "amber")}
        for place in places if len(places) < len(marks) else marks:
            if place in marks:
                self._paint_mark(painter, marks[place], self.center_of(place), wide, inks)
        for threshold, dash in ((self.strip.threshold, DASH), (self._of_series, DOTS)):
            if threshold is not None:
                pen = QPen(QColor(colors().text_1), 1)
                pen.setDashPattern(list(dash))
                painter.setPen(pen)
                y = round(self.bar_top(threshold)) + 0.5
                painter.drawLine(QPointF(0, y), QPointF(self.width(), y))

    def _paint_stances(self, painter: QPainter) -> None:
        """Paint the reader's verdicts below the bars.

        A tick for agreement, a cross where the reader differs, a dot where unsure. A verdict of an earlier
        session is a gray tick whatever it says, as the answer it is about may be hidden.
        """
        ink, (wide, high) = QColor(colors().blue), TICK_PX
        top, gray = self.height() - high, QColor(colors().text_2)
        # guard(self.strip.earlier -> {}): an earlier verdict is seen when its study is opened again
        for place in self.strip.earlier:
            painter.fillRect(QRectF(self.center_of(place) - wide / 2, top, wide, high), gray)
        for place, stance in self.strip.stances.items():
            middle = self.center_of(place)
            if stance is Stance.AGREE:
                painter.setPen(QPen(ink, 2))
                low = QPointF(middle - 1, top + high - 0.5)
                painter.drawLine(QPointF(middle - high / 2, top + high / 2), low)
                painter.drawLine(low, QPointF(middle + high / 2 + 1, top))
            elif stance is Stance.UNSURE:
                painter.fillRect(QRectF(middle - wide / 2, top + high - wide, wide, wide), ink)
            else:
                painter.setRenderHint(QPainter.RenderHint.Antialiasing)
                painter.setPen(QPen(ink, 1.5))
                left, right, foot = middle - high / 2, middle + high / 2, top + high - 0.5
                painter.drawLine(QPointF(left, top), QPointF(right, foot))
                painter.drawLine(QPointF(left, foot), QPointF(right, top))
                painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=False)

    def bar_top(self, height: float) -> float:
        """Return the top of a bar of a height from 0 to 1."""
        foot = self.height() - BASE_PX
        return foot - max(LEAST_BAR_PX, height * (foot - TOP_PX))

    def _paint_mark(
        self, painter: QPainter, mark: SliceMark, middle: float, wide: float, inks: Mapping[str, QColor]
    ) -> None:
        foot = self.height() - BASE_PX
        if mark.kind is MarkKind.NOT_JUDGED:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QPen(inks["text_2"], 1.5))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            size = min(RING_PX, max(3.0, wide)) / 2
            painter.drawEllipse(QPointF(middle, foot - RING_PX / 2), size, size)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=False)
            return
        top = self.bar_top(mark.height)
        if mark.threshold is not None:  # a bar reaches the line only if the score does
            line = round(self.bar_top(mark.threshold))
            top = min(top, line) if mark.height >= mark.threshold else max(top, line + 1)
        bar = QRectF(middle - wide / 2, top, wide, foot - top)
        if mark.kind is MarkKind.UNCERTAIN:
            painter.fillRect(bar, QBrush(inks["ai"], Qt.BrushStyle.BDiagPattern))  # an empty one looks clear
            painter.setPen(QPen(inks["ai"], 1))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(bar.adjusted(0.5, 0.5, -0.5, -0.5))
            return
        painter.fillRect(bar, inks["ai_fill" if mark.kind is MarkKind.NOT_FLAGGED else "ai"])
        if mark.kind is MarkKind.FLAGGED:
            painter.fillRect(QRectF(bar.left(), top, wide, CAP_PX), inks["amber"])

    def _step(self) -> float:
        return (self.width() - 2 * EDGE_PX) / max(1, self._count - 1)

    def _mark_width(self) -> float:
        return max(1.0, min(WIDEST_PX, self._step() - 2))

    def _frame(self) -> QRectF:
        """Return the frame around the slice that is seen."""
        wide = max(6.0, self._mark_width() + 4)
        return QRectF(self.center_of(self._index) - wide / 2, 3, wide, self.height() - 6)

    def _framed(self) -> QRect:
        """Return the pixels that the frame covers."""
        return self._frame().adjusted(-2, -2, 2, 2).toAlignedRect()

    def _paint_part(self, painter: QPainter, first: int, last: int) -> None:
        """Paint a bracket under the slices that are played."""
        ink = QColor(colors().text_2)
        left, right, bottom = self.center_of(first) - 2, self.center_of(last) + 2, self.height() - 2
        painter.fillRect(QRectF(left, bottom, right - left, 1), ink)
        for end in (left, right - 1):
            painter.fillRect(QRectF(end, bottom - BRACKET_PX, 1, BRACKET_PX), ink)
