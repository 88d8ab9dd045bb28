"""Histogram of the image's values, with the window shaded."""

from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from medviewer.gui.look import colors
from medviewer.imaging.display import apply_modality, padding_mask
from medviewer.imaging.frame import Frame
from medviewer.limits import SMALLEST_STEP
from medviewer.translation import translate

BINS: Final = 128
MOST_PIXELS: Final = 65_536  # more change no bar visibly but would cost while scrolling


@dataclass(frozen=True, slots=True, eq=False)
class Histogram:
    """Counts of modality values between `low` and `high`."""

    low: float
    high: float
    counts: npt.NDArray[np.int64]  # (BINS,)


def histogram(frame: Frame) -> Histogram | None:
    """Count a frame's modality values, padding left out.

    None for color or where there is no value. The range runs from the 0.1th to the 99.9th percentile, so
    that a metal artefact does not squeeze it.
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
    ends = [round(share * (values.size - 1)) for share in (0.001, 0.999)]
    low, high = (float(value) for value in np.partition(values, ends)[ends])
    if high - low < SMALLEST_STEP:
        low, high = low - 0.5, low + 0.5
    inside = values[(values >= low) & (values <= high)]
    place = ((inside - low) * (BINS / (high - low))).astype(np.intp)  # np.histogram loads numpy.ma: 40 ms
    return Histogram(low, high, np.bincount(np.minimum(place, BINS - 1), minlength=BINS))


class HistogramView(QWidget):
    """Paints a histogram with square-root heights.

    Tissue shows beside air.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._histogram: Histogram | None = None
        self._window: tuple[float, float] | None = None
        self._bars: tuple[object, list[QRectF]] = (None, [])  # for which counts, size and values
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(translate("Histogram of the picture with the window shaded"))

    def sizeHint(self) -> QSize:
        """Return the wished size in device-independent pixels."""
        return QSize(240, 72)

    def show_histogram(self, shown: Histogram | None) -> None:
        """Show other counts."""
        if shown is not self._histogram:
            self._histogram = shown
            self.update()

    def show_window(self, low: float | None, high: float | None) -> None:
        """Shade the values between the window's ends.

        None where there is no window.
        """
        window = (low, high) if low is not None and high is not None else None
        if window != self._window:
            self._window = window
            self.update()

    def visible_range(self) -> tuple[float, float]:
        """Return the values at the left and right edge.

        Those that occur, and the whole window.
        """
        ends = [(self._histogram.low, self._histogram.high)] if self._histogram else []
        if self._window:
            ends.append(self._window)
        if not ends:
            return 0.0, 1.0
        low, high = min(end[0] for end in ends), max(end[1] for end in ends)
        return (low, high) if high > low else (low, low + 1.0)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the shaded window, then the bars over it."""
        ink = colors()
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(ink.panel))
        low, high = self.visible_range()
        scale = self.width() / (high - low)
        if self._window:
            left, right = ((end - low) * scale for end in self._window)
            painter.fillRect(QRectF(left, 0, max(right - left, 1.0), self.height()), QColor(ink.blue_bed))
        if self._histogram is not None:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(ink.text_3))
            painter.drawRects(self._laid_out(self._histogram, low, scale))
        if self._window:
            for end in self._window:
                painter.fillRect(QRectF((end - low) * scale - 0.5, 0, 1, self.height()), QColor(ink.blue))
        painter.end()

    def _laid_out(self, shown: Histogram, low: float, scale: float) -> list[QRectF]:
        """Return the bars, cached for the next painting."""
        wanted = (shown, low, scale, self.height())
        if self._bars[0] != wanted:
            heights = np.sqrt(shown.counts / max(int(shown.counts.max()), 1)) * (self.height() - 4)
            width = (shown.high - shown.low) / BINS * scale
            start = (shown.low - low) * scale
            bars = [
                QRectF(start + number * width, self.height() - height, max(width - 0.5, 0.5), height)
                for number, height in enumerate(heights.tolist())
            ]
            self._bars = (wanted, bars)
        return self._bars[1]
