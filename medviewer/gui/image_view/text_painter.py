"""Painter of a pane's texts, outlined to be readable on any image."""

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import Final

from PySide6.QtCore import QLineF, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPen, QPixmap

from medviewer.gui.look import Type
from medviewer.gui.widgets import line_extent, tabular
from medviewer.imaging import image_colors
from medviewer.viewer.render import Arrangement, Box, PaneText, Placed, Ruler

TEXTS_KEPT: Final = 512
WIDTHS_KEPT: Final = 2048
SCALES_KEPT: Final = 16
LONG_TICK_PX: Final = 7
SHORT_TICK_PX: Final = 4
SCALE_EDGE_PX: Final = 2  # around the middle of its lines
HALO: Final = tuple((x, y) for x in range(-2, 3) for y in range(-2, 3) if 0 < x * x + y * y <= 5)
"""Where copies of a text in black lie under it, in logical pixels."""

# images lie on black in every theme, and so does the text on them
INK: Final = {
    "text": QColor(image_colors.TEXT),
    "strong": QColor(image_colors.TEXT),
    "quiet": QColor(image_colors.QUIET),
    "attention": QColor(image_colors.AMBER),
}
ACCENT: Final = QColor(image_colors.BLUE)
PLATE: Final = QColor(0, 0, 0, 158)
"""Lies under each line: an outline alone is lost among edges and on white film."""
MIDDLE_PLATE: Final = QColor(0, 0, 0, 200)
_SHADOW: Final = QColor(0, 0, 0, 120)
_SCALE_PENS: Final = (QPen(QColor(0, 0, 0, 170), 3.0), QPen(INK["text"], 1.0))

ChooseScaleBar = Callable[[float], tuple[float, str] | None]
"""Takes the available mm; returns the bar's length in mm and its label, or None where there is none."""

RenderedTexts = tuple[tuple[QPointF, QPixmap], ...]
"""Rendered texts, and where their upper left corners go."""


@dataclass(frozen=True, slots=True)
class ScaleBar:
    """A scale bar in logical pixels of the pane.

    Parameters
    ----------
    right, bottom, length : float
        Of its upright line.
    steps : int
        Into how many its ticks part it.
    """

    right: float
    bottom: float
    length: float
    steps: int
    label: Placed


class TextPainter:
    """Draws texts from cached images.

    Each text is rendered once with its outline and then only copied.
    """

    def __init__(self, font: QFont) -> None:
        self.font = tabular(font)
        self.font.setPixelSize(Type.SMALL.size_px)
        metrics = QFontMetrics(self.font)
        self._metrics = metrics

        @lru_cache(WIDTHS_KEPT)
        def width(text: str) -> int:  # around Qt's own method the cache would load all of Qt's signatures
            return metrics.horizontalAdvance(text)

        @lru_cache(WIDTHS_KEPT)
        def elided(end: Qt.TextElideMode, text: str, room: int) -> str:
            return metrics.elidedText(text, end, room)

        self.ruler = Ruler(
            width=width,
            shorten=partial(elided, Qt.TextElideMode.ElideRight),
            shorten_middle=partial(elided, Qt.TextElideMode.ElideMiddle),
            line_height=metrics.height() + 1,
        )
        self._rendered_text = lru_cache(TEXTS_KEPT)(self._render)
        self._placed = lru_cache(TEXTS_KEPT)(self._place)  # most lines stand where they stood
        self._scale = lru_cache(SCALES_KEPT)(_render_scale)

    def rendered_lines(self, lines: Iterable[Placed], ratio: float) -> RenderedTexts:
        """Return lines of text as images, and where they go.

        `ratio` is the screen's device pixel ratio.
        """
        return tuple(self._placed(line, ratio) for line in lines)

    def rendered_scale(self, scale: ScaleBar, ratio: float) -> RenderedTexts:
        """Return the lines of a scale bar and its label as images.

        Their places are returned with them. Lines drawn on a view would wait for threads where other work
        keeps these busy.
        """
        lines = self._scale(scale.right, scale.bottom, scale.length, scale.steps, ratio)
        return lines, self._placed(scale.label, ratio)

    def scale(self, room: Box, mm_per_pixel: float, choose: ChooseScaleBar) -> ScaleBar | None:
        """Return a vertical scale bar with ticks and its label.

        A tick at every centimeter, or at every tenth of its length.
        """
        length = room.height - self.ruler.line_height - 2
        chosen = choose(length * mm_per_pixel)
        if chosen is None:
            return None
        millimeters, label = chosen
        pixels = millimeters / mm_per_pixel
        right = room.x + room.width - 1.5
        bottom = room.y + room.height - self.ruler.line_height - 2.5
        steps = round(millimeters / 10) if 10 <= millimeters <= 100 else 1 if millimeters < 1 else 5
        wide = self.ruler.width(label)
        x = max(0, room.x + room.width - wide)
        box = Box(x, room.y + room.height - self.ruler.line_height, wide, self.ruler.line_height)
        return ScaleBar(right, bottom, pixels, steps, Placed(label, "text", box, label))

    def paint(
        self,
        painter: QPainter,
        text: PaneText,
        places: Arrangement,
        rendered: RenderedTexts,
        width: int,
        height: int,
    ) -> None:
        """Paint all texts of a pane of width x height logical pixels."""
        if places.identity_bar is not None:
            self._identity_bar(painter, text, places.identity_bar)
        for place, image in rendered:
            painter.drawPixmap(place, image)
        if text.middle:
            self._middle(painter, text, width, height)

    def _identity_bar(self, painter: QPainter, text: PaneText, box: Box) -> None:
        painter.fillRect(_rectangle(box), QColor(text.identity_color))
        painter.setPen(QColor("#ffffff"))
        painter.setFont(self.font)
        shown = self.ruler.shorten(text.identity_bar, box.width - 16)
        flags = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        flags |= Qt.TextFlag.TextSingleLine | Qt.TextFlag.TextDontClip
        painter.drawText(_rectangle(box).adjusted(8, 0, -8, 0), int(flags), shown)

    def _middle(self, painter: QPainter, text: PaneText, width: int, height: int) -> None:
        """Paint a sentence between the letters of the edges.

        In lines, where there is room for all of them, else shortened to one: no other text enters the places
        of the letters.
        """
        painter.setPen(INK["quiet"])
        painter.setFont(self.font)
        flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
        sentence = text.middle
        above = self.ruler.line_height + 2 if any(text.letters) else 0
        room = QRectF(width * 0.1, above, width * 0.8, height - 2 * above)
        if painter.boundingRect(room, int(flags), sentence).height() > room.height():
            flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextSingleLine
            sentence = self.ruler.shorten(sentence, int(room.width()))
            room = QRectF(room.x(), 0, room.width(), height)
        covered = painter.boundingRect(room, int(flags), sentence)
        painter.fillRect(covered.adjusted(-4, -2, 4, 2), MIDDLE_PLATE)  # an image may lie below it
        painter.drawText(room, int(flags), sentence)

    def _place(self, line: Placed, ratio: float) -> tuple[QPointF, QPixmap]:
        y = line.box.y - 1 - self._beyond(line.text)[0]
        corner = (round((line.box.x - 2) * ratio) / ratio, round(y * ratio) / ratio)
        return QPointF(*corner), self._rendered_text(line.text, line.role, ratio)

    def _beyond(self, text: str) -> tuple[int, int]:
        """Return by how much a fallback script exceeds a usual line.

        Both above and below are given.
        """
        if text.isascii():
            return 0, 0
        ascent, descent = line_extent(text, self.font)
        return max(0, ascent - self._metrics.ascent()), max(0, descent - self._metrics.descent())

    def _render(self, text: str, role: str, ratio: float) -> QPixmap:
        above, below = self._beyond(text)
        size = QSize(self.ruler.width(text) + 6, self.ruler.line_height + 2 + above + below)
        image = QPixmap(size * ratio)
        image.setDevicePixelRatio(ratio)
        image.fill(Qt.GlobalColor.transparent)
        painter = QPainter(image)
        painter.setFont(self.font)
        baseline = QPointF(2, 1 + above + self._metrics.ascent())
        painter.setPen(_SHADOW)
        painter.drawText(baseline, text)
        painter.end()
        shadow = image.copy()  # copied images cost a twentieth of a stroked outline
        image.fill(Qt.GlobalColor.transparent)
        painter.begin(image)
        painter.fillRect(
            QRectF(0, 1, size.width(), size.height() - 2), PLATE
        )  # lines lie close to each other
        for across, down in HALO:
            painter.drawPixmap(QPointF(across, down), shadow)
        painter.setFont(self.font)
        painter.setPen(INK[role])
        painter.drawText(baseline, text)
        painter.end()
        return image


def _render_scale(
    right: float, bottom: float, length: float, steps: int, ratio: float
) -> tuple[QPointF, QPixmap]:
    """Return the lines of a scale bar as an image, and where it goes."""
    lines = [QLineF(right, bottom, right, bottom - length)]
    for step in range(steps + 1):
        y = bottom - length * step / steps
        lines.append(QLineF(right, y, right - (LONG_TICK_PX if step in (0, steps) else SHORT_TICK_PX), y))
    left, top = (
        math.floor((edge - SCALE_EDGE_PX) * ratio) / ratio for edge in (right - LONG_TICK_PX, bottom - length)
    )
    wide, high = (math.ceil(size + 2 * SCALE_EDGE_PX) + 1 for size in (LONG_TICK_PX, length))
    image = QPixmap(QSize(wide, high) * ratio)
    image.setDevicePixelRatio(ratio)
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    painter.translate(-left, -top)
    for pen in _SCALE_PENS:
        painter.setPen(pen)
        painter.drawLines(lines)
    painter.end()
    return QPointF(left, top), image


def _rectangle(box: Box) -> QRectF:
    return QRectF(box.x, box.y, box.width, box.height)
