"""Histogram of the image's values, with the window over it."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import numpy as np
from PySide6.QtCore import QLineF, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from medviewer.gui.look import Type, font
from medviewer.gui.widgets import number_text, plain_tooltip
from medviewer.imaging.display import apply_modality, padding_mask
from medviewer.imaging.frame import Frame
from medviewer.limits import SMALLEST_STEP
from medviewer.translation import translate
from medviewer.viewer.color_roles import colors

if TYPE_CHECKING:
    import numpy.typing as npt

BINS: Final = 128
BARS_PX: Final = 60
AXIS_PX: Final = 18
INSET_PX: Final = 4  # so that a handle at the edge is seen whole
REACH_PX: Final = 8  # from the middle of a handle
GAP_PX: Final = 6
FOLLOW_MS: Final = 30  # behind a window that is changed elsewhere
MOST_DECIMALS: Final = 16
NARROW_SHARE: Final = 0.12
"""Of all values; a narrower window is shown with its surroundings only, so that its ends can be taken."""
_RIGHT: Final = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
MOST_PIXELS: Final = 65_536  # more change no bar visibly but would cost while scrolling


def decimals_for(width: float) -> int:
    """Return the decimals for setting a window in hundredths of its width."""
    return 0 if width >= 20 else min(MOST_DECIMALS, 2 - math.floor(math.log10(width)))


@dataclass(frozen=True, slots=True)
class Drag:
    """A part of the window that the mouse holds.

    Parameters
    ----------
    part : str
        "low", "high" or "middle".
    start : float
        Where it was taken, in logical pixels.
    window, visible : tuple of float
        The window's ends and the axis' ends at that time.
    """

    part: str
    start: float
    window: tuple[float, float]
    visible: tuple[float, float]

    def window_at(self, place: float, step: float) -> tuple[float, float]:
        """Return the window's ends with the mouse at a place.

        A pixel is a step of values.

        An end stops one pixel before the other one.
        """
        low, high = self.window
        least = max(step, SMALLEST_STEP)
        decimals = decimals_for(max(high - low, step))
        moved = round((place - self.start) * step, decimals)
        if self.part == "low":
            return min(low + moved, high - least), high
        if self.part == "high":
            return low, max(high + moved, low + least)
        return low + moved, high + moved


@dataclass(frozen=True, slots=True, eq=False)
class Histogram:
    """Modality values of an image, to be counted in any range.

    Parameters
    ----------
    low, high : float
        Between which they are shown as a whole.
    values : (n,) float32
        In ascending order.
    """

    low: float
    high: float
    values: npt.NDArray[np.float32]

    def counts(self, low: float, high: float) -> npt.NDArray[np.int64]:
        """Return the numbers of values in BINS parts of a range, (BINS,)."""
        edges = np.linspace(low, high, BINS + 1)
        places = np.searchsorted(self.values, edges[:-1], "left")
        last = np.searchsorted(self.values, edges[-1], "right")
        return np.diff(np.append(places, last))


def histogram(frame: Frame) -> Histogram | None:
    """Count a frame's modality values, padding left out.

    None for color or where there is no value. The range runs from the 0.1th to the 99.9th percentile, so
    that a metal artifact does not squeeze it.
    """
    if frame.is_color:
        return None
    step = max(1, int(np.ceil(np.sqrt(frame.stored.size / MOST_PIXELS))))
    thinned = replace(frame, stored=frame.stored[::step, ::step].copy())
    padding = padding_mask(thinned)
    values = apply_modality(thinned)
    values = values.ravel() if padding is None else values[~padding]
    if not values.size:
        return None
    values = np.sort(values)
    low, high = (float(values[round(share * (values.size - 1))]) for share in (0.001, 0.999))
    if high - low < SMALLEST_STEP:
        low, high = low - 0.5, low + 0.5
    return Histogram(low, high, values)


class HistogramView(QWidget):
    """Paints a histogram with square-root heights and a movable window.

    Tissue shows beside air. An end is dragged by its handle, the whole window by its middle.
    """

    window_dragged = Signal(float, float)
    """(low, high) in the frame's values; by the mouse."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._histogram: Histogram | None = None
        self._window: tuple[float, float] | None = None
        self._unit = ""
        self._inverted = False
        self._bars: tuple[object, list[QRectF]] = (None, [])  # for which counts, size and values
        self._drag: Drag | None = None
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(FOLLOW_MS)
        self._soon.timeout.connect(self.update)
        self.setFixedHeight(BARS_PX + AXIS_PX)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setMouseTracking(True)
        self.setAccessibleName(translate("Histogram of the picture with the window shaded"))
        self.setToolTip(
            plain_tooltip(
                translate("Drag an end to change the window, its middle to move it without another width.")
            )
        )

    def sizeHint(self) -> QSize:
        """Return the wished size in device-independent pixels."""
        return QSize(240, BARS_PX + AXIS_PX)

    @property
    def is_empty(self) -> bool:
        """Whether there is no image whose values could be shown."""
        return self._histogram is None

    def show_histogram(self, shown: Histogram | None) -> None:
        """Show other counts."""
        if shown is not self._histogram:
            self._histogram = shown
            self.update()

    def show_unit(self, unit: str) -> None:
        """Write the unit at the end of the axis."""
        if unit != self._unit:
            self._unit = unit
            self.update()

    def show_window(self, low: float | None, high: float | None) -> None:
        """Shade the values between the window's ends.

        None where there is no window.
        """
        window = (low, high) if low is not None and high is not None else None
        if window is None:
            self._drag = None
        if window == self._window:
            return
        self._window = window
        if self._drag is not None:
            self.update()
        elif not self._soon.isActive():  # a window dragged over an image is painted there first
            self._soon.start()

    def show_inverted(self, inverted: bool) -> None:
        """Let the ramp fall: the lowest value of the window is white."""
        if inverted != self._inverted:
            self._inverted = inverted
            self.update()

    def ramp(self, left: float, right: float) -> QLineF:
        """Return the line from the gray of one end of the window to the other's."""
        black, white = BARS_PX - 1.0, 1.0
        ends = (white, black) if self._inverted else (black, white)
        return QLineF(left, ends[0], right, ends[1])

    def visible_range(self) -> tuple[float, float]:
        """Return the values at the left and right edge.

        Those that occur, and the whole window; of a window so narrow that its ends would lie on one
        another those around it. They stay while it is dragged.
        """
        if self._drag is not None:
            return self._drag.visible
        ends = [(self._histogram.low, self._histogram.high)] if self._histogram else []
        if self._window:
            ends.append(self._window)
        if not ends:
            return 0.0, 1.0
        low, high = min(end[0] for end in ends), max(end[1] for end in ends)
        if self._window is not None and self._histogram is not None:
            width = self._window[1] - self._window[0]
            if width < NARROW_SHARE * (high - low):
                low, high = self._window[0] - width / 2, self._window[1] + width / 2
        return (low, high) if high > low else (low, low + 1.0)

    def place_of(self, value: float) -> float:
        """Return the place of a value, in logical pixels from the left."""
        low, high = self.visible_range()
        return INSET_PX + (value - low) / (high - low) * (self.width() - 2 * INSET_PX)

    def _part_at(self, place: float) -> str:
        """Return the part under a place: "low", "high", "middle" or ""."""
        if self._window is None:
            return ""
        left, right = (self.place_of(end) for end in self._window)
        nearest = "low" if abs(place - left) < abs(place - right) else "high"
        if right - left < 2 * REACH_PX and left < place < right:
            return "middle" if left + (right - left) / 3 < place < right - (right - left) / 3 else nearest
        if min(abs(place - left), abs(place - right)) <= REACH_PX:
            return nearest
        return "middle" if left < place < right else ""

    # the mouse

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Take hold of an end or of the middle."""
        part = self._part_at(event.position().x())
        if event.button() == Qt.MouseButton.LeftButton and part and self._window is not None:
            self._drag = Drag(part, event.position().x(), self._window, self.visible_range())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Drag the held part, or show by the cursor that one could be."""
        drag, place = self._drag, event.position().x()
        if drag is None:
            part = self._part_at(place)
            shapes = {"": Qt.CursorShape.ArrowCursor, "middle": Qt.CursorShape.OpenHandCursor}
            self.setCursor(shapes.get(part, Qt.CursorShape.SizeHorCursor))
            return
        width = max(self.width() - 2 * INSET_PX, 1)
        step = (drag.visible[1] - drag.visible[0]) / width
        self.window_dragged.emit(*drag.window_at(place, step))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Let go; the axis fits the window again."""
        if event.button() == Qt.MouseButton.LeftButton and self._drag is not None:
            self._drag = None
            self.update()

    # painting

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the shaded window, the bars over it, its ramp and ends, the axis."""
        ink = colors()
        painter = QPainter(self)
        painter.fillRect(QRectF(0, 0, self.width(), BARS_PX), QColor(ink.window))
        if self._window:
            left, right = (self.place_of(end) for end in self._window)
            painter.fillRect(QRectF(left, 0, max(right - left, 1.0), BARS_PX), QColor(ink.blue_bed))
        if self._histogram is not None:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(ink.text_3))
            painter.drawRects(self._laid_out(self._histogram))
        if self._window:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QPen(QColor(ink.text_1), 1))
            painter.drawLine(self.ramp(left, right))
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(ink.blue))
            for place in (left, right):
                painter.drawRect(QRectF(place - 0.75, 0, 1.5, BARS_PX))
                painter.drawRoundedRect(QRectF(place - 3, BARS_PX / 2 - 9, 6, 18), 3, 3)
        self._paint_axis(painter)
        painter.end()

    def _paint_axis(self, painter: QPainter) -> None:
        """Write the window's ends and center, if there is room, and the unit."""
        ink = colors()
        painter.setFont(font(Type.TAG))
        painter.setPen(QColor(ink.text_2))
        metrics = painter.fontMetrics()
        top, bottom = BARS_PX, AXIS_PX
        unit = metrics.elidedText(self._unit, Qt.TextElideMode.ElideRight, self.width() // 2)
        free = self.width() - (metrics.horizontalAdvance(unit) + GAP_PX if unit else 0)
        painter.drawText(QRectF(free, top, self.width() - free, bottom), _RIGHT, unit)
        if self._window is None:
            return
        low, high = self._window
        decimals = decimals_for(high - low)
        taken: list[tuple[float, float]] = []
        for value in (low, high, (low + high) / 2):
            text = number_text(value, decimals)
            half = metrics.horizontalAdvance(text) / 2
            start = min(max(self.place_of(value) - half, 0.0), free - 2 * half)
            span = (start - GAP_PX, start + 2 * half + GAP_PX)
            if start < 0 or any(span[0] < other[1] and other[0] < span[1] for other in taken):
                continue
            taken.append((start, start + 2 * half))
            painter.drawText(QRectF(start, top, 2 * half + 1, bottom), Qt.AlignmentFlag.AlignCenter, text)

    def _laid_out(self, shown: Histogram) -> list[QRectF]:
        """Return the bars, cached for the next painting."""
        low, high = self.visible_range()
        low, high = max(low, shown.low), min(high, shown.high)  # a lone value beyond is an artifact
        start, end = self.place_of(low), self.place_of(high)
        wanted = (shown, start, end, low, high)
        if self._bars[0] != wanted:
            counts = shown.counts(low, high) if low < high else np.zeros(BINS, np.int64)
            heights = np.sqrt(counts / max(int(counts.max()), 1)) * (BARS_PX - 4)
            width = (end - start) / BINS
            bars = [
                QRectF(start + number * width, BARS_PX - height, max(width - 0.5, 0.5), height)
                for number, height in enumerate(heights.tolist())
            ]
            self._bars = (wanted, bars)
        return self._bars[1]
