"""Paints the texts of a pane over its picture, outlined so that they are readable on white bone as on air."""

from collections import OrderedDict
from collections.abc import Callable
from functools import lru_cache
from typing import Final

from PySide6.QtCore import QLineF, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPen, QPixmap

from medviewer.gui.labels import tabular
from medviewer.gui.pane_layout import Arrangement, Box, PaneText, Placed, Ruler
from medviewer.gui.theme import DARK

STAMPS_KEPT: Final = 512
WIDTHS_KEPT: Final = 2048
SCALES_KEPT: Final = 16
TEXT_POINTS: Final = 9
HALO: Final = tuple((x, y) for x in range(-2, 3) for y in range(-2, 3) if 0 < x * x + y * y <= 5)
"""Where copies of a text in black lie under it, in logical pixels."""

# pictures lie on black in every theme, and so does the text on them
INK: Final = {"text": QColor("#e6eaee"), "quiet": QColor("#b4bec9"), "attention": QColor(DARK.attention)}
ACCENT: Final = QColor(DARK.accent)
_SHADOW: Final = QColor(0, 0, 0, 120)
_STRIP_GROUND: Final = QColor(20, 23, 27, 225)

ScaleBar = Callable[[float], tuple[float, str] | None]
"""Takes the available mm; returns the bar's length in mm and its label, or None where there is none."""


class Ink:
    """Draws texts from stamps: each text is rendered once with its outline and then only copied."""

    def __init__(self, font: QFont) -> None:
        self.font = tabular(font)
        self.font.setPointSizeF(TEXT_POINTS)
        metrics = QFontMetrics(self.font)
        self._metrics = metrics

        @lru_cache(WIDTHS_KEPT)
        def width(text: str) -> int:  # around Qt's own method the cache would load all of Qt's signatures
            return metrics.horizontalAdvance(text)

        self.ruler = Ruler(
            width=width,
            shorten=lambda text, room: metrics.elidedText(text, Qt.TextElideMode.ElideRight, room),
            shorten_middle=lambda text, room: metrics.elidedText(text, Qt.TextElideMode.ElideMiddle, room),
            line_height=metrics.height() + 1,
        )
        self._stamps: OrderedDict[tuple[str, str, float], QPixmap] = OrderedDict()

    def paint(self, painter: QPainter, text: PaneText, places: Arrangement, width: int, height: int) -> None:
        """Paint all texts of a pane of width x height logical pixels."""
        if places.identity_bar is not None:
            self._identity_bar(painter, text, places.identity_bar)
        if places.strip is not None:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(_STRIP_GROUND)
            painter.drawRoundedRect(_rectangle(places.strip), 2, 2)
        for line in places.lines:
            self._stamp(painter, line)
        if text.middle:
            self._middle(painter, text.middle, width, height)

    def scale_bar(self, painter: QPainter, room: Box, mm_per_pixel: float, choose: ScaleBar) -> None:
        """Paint a vertical bar with a tick at every centimetre (or tenth of its length) and its label."""
        length = room.height - self.ruler.line_height - 2
        chosen = choose(length * mm_per_pixel)
        if chosen is None:
            return
        millimetres, label = chosen
        pixels = millimetres / mm_per_pixel
        right = room.x + room.width - 1.5
        bottom = room.y + room.height - self.ruler.line_height - 2.5
        steps = round(millimetres / 10) if 10 <= millimetres <= 100 else 1 if millimetres < 1 else 5
        lines = _scale_lines(right, bottom, pixels, steps)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        for color, wide in ((QColor(0, 0, 0, 170), 3.0), (INK["text"], 1.0)):
            painter.setPen(QPen(color, wide))
            painter.drawLines(lines)
        wide = self.ruler.width(label)
        x = max(0, room.x + room.width - wide)
        box = Box(x, room.y + room.height - self.ruler.line_height, wide, self.ruler.line_height)
        self._stamp(painter, Placed(label, "text", box, label))

    def _identity_bar(self, painter: QPainter, text: PaneText, box: Box) -> None:
        painter.fillRect(_rectangle(box), QColor(text.identity_color))
        painter.setPen(QColor("#ffffff"))
        painter.setFont(self.font)
        shown = self.ruler.shorten(text.identity_bar, box.width - 16)
        flags = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine
        painter.drawText(_rectangle(box).adjusted(8, 0, -8, 0), int(flags), shown)

    def _middle(self, painter: QPainter, sentence: str, width: int, height: int) -> None:
        painter.setPen(INK["quiet"])
        painter.setFont(self.font)
        flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
        painter.drawText(QRectF(width * 0.1, height * 0.3, width * 0.8, height * 0.4), int(flags), sentence)

    def _stamp(self, painter: QPainter, line: Placed) -> None:
        ratio = painter.device().devicePixelRatioF()
        key = (line.text, line.role, ratio)
        stamp = self._stamps.get(key)
        if stamp is None:
            stamp = self._stamps[key] = self._render(line, ratio)
            if len(self._stamps) > STAMPS_KEPT:
                self._stamps.popitem(last=False)
        else:
            self._stamps.move_to_end(key)
        x, y = (round(value * ratio) / ratio for value in (line.box.x - 2, line.box.y - 1))
        painter.drawPixmap(QPointF(x, y), stamp)

    def _render(self, line: Placed, ratio: float) -> QPixmap:
        size = QSize(self.ruler.width(line.text) + 6, self.ruler.line_height + 2)
        stamp = QPixmap(size * ratio)
        stamp.setDevicePixelRatio(ratio)
        stamp.fill(Qt.GlobalColor.transparent)
        painter = QPainter(stamp)
        painter.setFont(self.font)
        baseline = QPointF(2, 1 + self._metrics.ascent())
        painter.setPen(_SHADOW)
        painter.drawText(baseline, line.text)
        painter.end()
        shadow = stamp.copy()  # copied pictures cost a twentieth of a stroked outline
        painter.begin(stamp)
        for across, down in HALO:
            painter.drawPixmap(QPointF(across, down), shadow)
        painter.setFont(self.font)
        painter.setPen(INK[line.role])
        painter.drawText(baseline, line.text)
        painter.end()
        return stamp


@lru_cache(SCALES_KEPT)
def _scale_lines(right: float, bottom: float, pixels: float, steps: int) -> list[QLineF]:
    lines = [QLineF(right, bottom, right, bottom - pixels)]
    for step in range(steps + 1):
        y = bottom - pixels * step / steps
        lines.append(QLineF(right, y, right - (7 if step in (0, steps) else 4), y))
    return lines


def _rectangle(box: Box) -> QRectF:
    return QRectF(box.x, box.y, box.width, box.height)
