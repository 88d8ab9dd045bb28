"""Painted parts of a model's answer: band, scale, and a hundred dots.

Each has one height, whatever it shows.
"""

import math
from typing import Final

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from medviewer.gui.look import Type, Weight, font, paint_icon
from medviewer.gui.widgets import plain_tooltip
from medviewer.translation import listed, translate
from medviewer.viewer.color_roles import colors
from medviewer.viewer.texts import AiCard, CardState, ScoreScale

BAND_PX: Final = 52  # two lines: the caveat stands below the score, wherever the card is scrolled to
CAVEAT_PX: Final = 20
SCALE_PX: Final = 44
TOP_PX: Final = 17.0  # of the track, below the name of the marker
TRACK_PX: Final = 8
KNOB_PX: Final = 12
TICK_PX: Final = 2
WHISKER_PX: Final = 4  # half the height of its ends
EDGE_PX: Final = 7  # left and right of the scale, so that the marker has room at its ends
LABEL_GAP_PX: Final = 6
NAME_PX: Final = 15  # height of a name
ROWS: Final = 4
DOT_PX: Final = 8
ROW_PX: Final = 11
ICON_PX: Final = 20
RADIUS_PX: Final = 6

_ICONS: Final = {
    CardState.EMPTY: "scan-eye",
    CardState.NOT_ASKED: "scan-eye",
    CardState.RUNNING: "scan-eye",
    CardState.DOES_NOT_FIT: "circle-slash-2",
    CardState.NO_MODEL: "circle-slash-2",
    CardState.QUESTION: "circle-question-mark",
    CardState.FLAGGED: "flag",
    CardState.NOT_FLAGGED: "circle-minus",
    CardState.UNCERTAIN: "circle-question-mark",
    CardState.NAMED: "shapes",
    CardState.REFUSED: "circle-slash-2",
    CardState.OVERRIDDEN: "circle-slash-2",
    CardState.FAILED: "circle-alert",
    CardState.READER_FIRST: "user",
    CardState.AGREES: "check",
    CardState.DIFFERS: "git-compare",
    CardState.UNDECIDED: "circle-question-mark",
}

_WITHOUT_ANSWER: Final = frozenset(
    {
        CardState.EMPTY,
        CardState.NOT_ASKED,
        CardState.DOES_NOT_FIT,
        CardState.NO_MODEL,
        CardState.RUNNING,
    }
)


class Band(QWidget):
    """The answer in one word, without a number; amber where flagged."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.card = AiCard(CardState.EMPTY)
        self.setFixedHeight(BAND_PX)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    def show_card(self, card: AiCard) -> None:
        """Show word and caveat of a card."""
        self.card = card
        said = ", ".join(part for part in (card.word, card.caveat) if part)
        self.setAccessibleName(said)
        self.setToolTip(plain_tooltip(said))
        self.update()

    def sizeHint(self) -> QSize:
        """Return the wished size in device-independent pixels."""
        return QSize(120, BAND_PX)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint bed, sign, word and caveat."""
        ink, state = colors(), self.card.state
        bed, edge, text, sign = ink.raised, ink.raised, ink.text_1, "text_2"
        if state in (CardState.FLAGGED, CardState.DIFFERS):
            bed, edge, sign = ink.amber_bed, ink.amber_line, "amber"
        elif state in (CardState.NAMED, CardState.QUESTION):
            bed, edge, sign = ink.ai_bed, ink.ai_fill, "ai"
        elif state is CardState.READER_FIRST:
            bed, edge, sign = ink.blue_bed, ink.blue, "blue"
        elif state in _WITHOUT_ANSWER:
            text = ink.text_2
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setBrush(QColor(bed))
            painter.setPen(QColor(edge))
            box = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
            painter.drawRoundedRect(box, RADIUS_PX, RADIUS_PX)
            line = QRectF(self.rect())
            if self.card.caveat:
                line = self._paint_caveat(painter, line)
            icon = QRectF(10, line.center().y() - ICON_PX / 2, ICON_PX, ICON_PX)
            paint_icon(painter, icon, _ICONS[state], sign)
            painter.setPen(QColor(text))
            self._paint_word(painter, line)

    def _paint_caveat(self, painter: QPainter, whole: QRectF) -> QRectF:
        """Paint the caveat on a line of its own and return the one above it."""
        small = font(Type.SMALL)
        line = whole.adjusted(10 + ICON_PX + 8, whole.height() - CAVEAT_PX, -12, -4)
        said = QFontMetricsF(small).elidedText(self.card.caveat, Qt.TextElideMode.ElideRight, line.width())
        painter.setFont(small)
        painter.setPen(QColor(colors().text_2))
        painter.drawText(line, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, said)
        return whole.adjusted(0, 2, 0, -CAVEAT_PX)

    def _paint_word(self, painter: QPainter, line: QRectF) -> None:
        room = line.adjusted(10 + ICON_PX + 8, 0, -12, 0)
        chosen = self._fitting(room.width())
        painter.setFont(chosen)
        said = QFontMetricsF(chosen).elidedText(self.card.word, Qt.TextElideMode.ElideRight, room.width())
        painter.drawText(room, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, said)

    def _fitting(self, room: float) -> QFont:
        """Return the largest font of the scale in which the word fits."""
        for step in (Type.LARGE, Type.TITLE):
            chosen = font(step, Weight.STRONG)
            if QFontMetricsF(chosen).horizontalAdvance(self.card.word) <= room:
                return chosen
        return font(Type.BODY, Weight.STRONG)


class ScaleView(QWidget):
    """One score between 0 and 1, beside the threshold, on an axis of roots.

    Small thresholds can be read on it, and nothing but the marker stands for the score.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.scale: ScoreScale | None = None
        self.setFixedHeight(SCALE_PX)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    def show_scale(self, scale: ScoreScale | None) -> None:
        """Show a score as it is written, with its threshold."""
        self.scale = scale
        if scale is not None:
            said = translate("score {score}, threshold {threshold}", score=scale.score, threshold=scale.text)
            said = listed(part for part in (scale.place, said) if part)
            self.setAccessibleName(said)
            self.setToolTip(plain_tooltip(said))
        self.update()

    def sizeHint(self) -> QSize:
        """Return the wished size in device-independent pixels."""
        return QSize(120, SCALE_PX)

    def x_of(self, value: float) -> float:
        """Return the place of a score, in pixels from the left."""
        root = math.sqrt(max(0.0, min(1.0, value)))
        return EDGE_PX + root * (self.width() - 2 * EDGE_PX)

    def marks(self) -> tuple[float, float]:
        """Return the middles of marker and tick.

        Never on the wrong side of one another.
        """
        assert self.scale is not None
        marker, tick = self.x_of(self.scale.value), self.x_of(self.scale.threshold)
        if self.scale.is_flagged:
            return max(marker, tick), tick
        return min(marker, tick - TICK_PX), tick

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint track, band, threshold, marker and their names."""
        scale = self.scale
        if scale is None:
            return
        ink, top = colors(), TOP_PX
        marker, tick = self.marks()
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            left, right = self.x_of(0), self.x_of(1)
            painter.fillRect(QRectF(left, top, right - left, TRACK_PX), QColor(ink.groove))
            painter.fillRect(QRectF(tick, top, right - tick, TRACK_PX), QColor(ink.amber_line))
            if scale.low < scale.high:
                low, high = self.x_of(scale.low), self.x_of(scale.high)
                painter.fillRect(QRectF(low, top, high - low, TRACK_PX), QColor(ink.text_3))
            self._paint_whisker(painter, scale, top + TRACK_PX / 2)
            painter.setPen(QPen(QColor(ink.panel), 2))
            is_amber = scale.is_flagged and not scale.is_open  # the colour of a flag, which it has not then
            painter.setBrush(QColor(ink.amber if is_amber else ink.text_2))
            painter.drawEllipse(QPointF(marker, top + TRACK_PX / 2), KNOB_PX / 2, KNOB_PX / 2)
            painter.fillRect(QRectF(tick - TICK_PX / 2, top - 3, TICK_PX, TRACK_PX + 6), QColor(ink.text_1))
            self._paint_names(painter)

    def whisker(self) -> tuple[float, float] | None:
        """Return the ends of the whisker, in pixels from the left.

        None where small changes of the picture were not tried.
        """
        if self.scale is None or self.scale.whisker is None:
            return None
        low, high = (self.x_of(end) for end in self.scale.whisker)
        return low, high

    def _paint_whisker(self, painter: QPainter, scale: ScoreScale, middle: float) -> None:
        ends = self.whisker()
        if ends is None:
            return
        painter.setPen(QPen(QColor(colors().text_1), 2))
        painter.drawLine(QPointF(ends[0], middle), QPointF(ends[1], middle))
        for end in ends:
            painter.drawLine(QPointF(end, middle - WHISKER_PX), QPointF(end, middle + WHISKER_PX))

    def names(self) -> list[tuple[str, QRectF, bool]]:
        """Return the names on the scale, each with its place and weight.

        Marker and threshold have theirs always, one above and one below; another stands where it covers none,
        in a shorter form if need be.
        """
        scale = self.scale
        if scale is None:
            return []
        marker, tick = self.marks()
        ends = self.x_of(0), self.x_of(1)
        has_band = scale.low < scale.high
        low, high = (self.x_of(scale.low), self.x_of(scale.high)) if has_band else (tick, tick)
        above, below = TOP_PX - 17, TOP_PX + TRACK_PX + 4
        right, left = translate("flagged"), translate("not flagged")
        # both with their figures, which nobody can read off an axis of roots; the threshold below, where no
        # marker hides it
        wanted: list[tuple[tuple[str, ...], float, float, bool]] = [
            ((translate("this slice {score}", score=scale.score),), marker, above, True),
            ((translate("threshold {value}", value=scale.text),), tick, below, False),
            ((right, "1"), ends[1], below, False),
            ((left, "0"), ends[0], below, False),
        ]
        if has_band:
            wanted.append(((translate("uncertain"),), (low + high) / 2, above, False))
        placed: list[tuple[str, QRectF, bool]] = []
        for texts, middle, top, is_strong in wanted:
            for text in texts:
                wide = QFontMetricsF(_name_font(is_strong=is_strong)).horizontalAdvance(text) + 1
                begin = max(0.0, min(self.width() - wide, middle - wide / 2))
                room = QRectF(begin, top, wide, NAME_PX)
                around = room.adjusted(-LABEL_GAP_PX, 0, LABEL_GAP_PX, 0)
                if not any(around.intersects(other) for _, other, _ in placed):
                    placed.append((text, room, is_strong))
                    break
        return placed

    def _paint_names(self, painter: QPainter) -> None:
        ink = colors()
        for text, room, is_strong in self.names():
            painter.setFont(_name_font(is_strong=is_strong))
            painter.setPen(QColor(ink.text_1 if is_strong else ink.text_2))
            painter.drawText(room, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, text)


def _name_font(*, is_strong: bool) -> QFont:
    return font(Type.SMALL, Weight.STRONG) if is_strong else font(Type.SMALL)


class Dots(QWidget):
    """A hundred dots in four rows, some of them filled.

    As many as pictures show the finding.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.count = 0
        self.setFixedHeight(ROWS * ROW_PX)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    def show_count(self, count: int, said: str) -> None:
        """Fill so many dots, which a sentence says, too."""
        if count != self.count:
            self.count = count
            self.update()
        self.setAccessibleName(said)

    def sizeHint(self) -> QSize:
        """Return the wished size in device-independent pixels."""
        return QSize(120, ROWS * ROW_PX)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint filled and hollow dots."""
        ink, each = colors(), 100 // ROWS
        step = (self.width() - DOT_PX) / (each - 1)
        size = min(DOT_PX, step - 1.5) / 2
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            for place in range(100):
                column, row = divmod(place, ROWS)  # so that rows that are not seen change no proportion
                middle = QPointF(DOT_PX / 2 + column * step, row * ROW_PX + ROW_PX / 2)
                is_full = place < self.count
                painter.setPen(QPen(QColor(ink.ai if is_full else ink.text_3), 1))
                painter.setBrush(QColor(ink.ai) if is_full else Qt.BrushStyle.NoBrush)
                painter.drawEllipse(middle, size - 0.5, size - 0.5)
