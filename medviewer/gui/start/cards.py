"""Cards of the start page: buttons that show a study, a sample or a task."""

from typing import Final

from PySide6.QtCore import QEvent, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QEnterEvent,
    QFontMetricsF,
    QImage,
    QKeyEvent,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import QAbstractButton, QWidget

from medviewer.gui.look import Type, Weight, font, paint_icon
from medviewer.gui.widgets import plain_tooltip
from medviewer.translation import translate
from medviewer.viewer.color_roles import colors
from medviewer.viewer.memory import RecentStudy
from medviewer.viewer.start import Sample, Trial, card_lines, card_title

STUDY_CARD: Final = QSize(188, 232)
PICTURE_HEIGHT: Final = 140
TRIAL_HEIGHT: Final = 62
SAMPLE_HEIGHT: Final = 112
_RADIUS: Final = 8.0
_MARGIN: Final = 12
_ARROWS: Final = {
    Qt.Key.Key_Left: -1,
    Qt.Key.Key_Up: -1,
    Qt.Key.Key_Right: 1,
    Qt.Key.Key_Down: 1,
}


class Card(QAbstractButton):
    """A button with a ground of its own, opened by click, Enter or space."""

    stepped = Signal(int)  # to the next card (1) or the one before (-1)

    def __init__(self, spoken: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(spoken)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Open by Enter; go to a neighbor by an arrow key."""
        key = Qt.Key(event.key())
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.click()
        elif key in _ARROWS:
            self.stepped.emit(_ARROWS[key])
        else:
            super().keyPressEvent(event)

    def enterEvent(self, event: QEnterEvent) -> None:
        """Light up under the pointer."""
        super().enterEvent(event)
        self.update()

    def leaveEvent(self, event: QEvent) -> None:
        """Go out again."""
        super().leaveEvent(event)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint ground, contents and frame."""
        del event
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        ink, box = colors(), QRectF(self.rect()).adjusted(1, 1, -1, -1)
        outline = QPainterPath()
        outline.addRoundedRect(box, _RADIUS, _RADIUS)
        painter.fillPath(outline, QColor(ink.raised if self.underMouse() else ink.panel))
        painter.save()
        painter.setClipPath(outline)
        self.paint_contents(painter, box)
        painter.restore()
        painter.setPen(QPen(QColor(ink.blue), 2) if self.hasFocus() else QPen(QColor(ink.line), 1))
        painter.drawPath(outline)
        painter.end()

    def paint_contents(self, painter: QPainter, box: QRectF) -> None:
        """Paint the inner part of the card."""


class StudyCard(Card):
    """A study that was opened before: picture, name, study, date, place."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("", parent)
        self.setFixedSize(STUDY_CARD)
        self.study = RecentStudy(())
        self.title = ""
        self.lines: tuple[str, ...] = ()
        self.is_opening = False
        self._picture = QImage()

    def show_study(self, study: RecentStudy, *, hidden: bool) -> None:
        """Show a study; `hidden`: nobody is named."""
        if study.thumbnail != self.study.thumbnail:
            self._picture = QImage.fromData(study.thumbnail)
        self.study = study
        self.title, self.lines = card_title(study, hidden=hidden), card_lines(study, hidden=hidden)
        said = "\n".join((self.title, *self.lines))
        self.setAccessibleName(said.replace("\n", ", "))
        place = "" if hidden or not study.paths else str(study.paths[0])
        self.setToolTip(plain_tooltip("\n".join(part for part in (said, place) if part)))
        self.update()

    def show_opening(self, is_opening: bool) -> None:
        """Say on the card that it is being opened."""
        if is_opening != self.is_opening:
            self.is_opening = is_opening
            self.update()

    def paint_contents(self, painter: QPainter, box: QRectF) -> None:
        """Paint picture, modality and texts."""
        ink = colors()
        frame = QRectF(box.left(), box.top(), box.width(), PICTURE_HEIGHT)
        painter.fillRect(frame, QColor(ink.raised) if self._picture.isNull() else Qt.GlobalColor.black)
        if not self._picture.isNull():
            whole = QRectF(self._picture.rect())
            part = QRectF(0, 0, whole.width(), whole.width() * frame.height() / frame.width())
            part.moveCenter(whole.center())
            painter.drawImage(frame, self._picture, part)
        if self.study.modality:
            _paint_chip(painter, frame, self.study.modality)
        y = frame.bottom() + 8
        y = _paint_line(painter, box, y, self.title, Type.BODY, Weight.STRONG, ink.text_1)
        lines = (translate("Opening…"),) if self.is_opening else self.lines
        for line in lines[:3]:
            y = _paint_line(painter, box, y, line, Type.SMALL, Weight.REGULAR, ink.text_2)


class TrialCard(Card):
    """One of the things to try."""

    def __init__(self, trial: Trial, parent: QWidget | None = None) -> None:
        super().__init__(f"{translate(trial.title)}. {translate(trial.text)}", parent)
        self.trial = trial
        self.setFixedHeight(TRIAL_HEIGHT)

    def paint_contents(self, painter: QPainter, box: QRectF) -> None:
        """Paint icon, title and text."""
        ink, trial = colors(), self.trial
        role = "ai" if trial.icon == "scan-eye" else "blue"
        icon_box = QRectF(box.left() + _MARGIN, box.center().y() - 10, 20, 20)
        paint_icon(painter, icon_box, trial.icon, role)
        arrow = QRectF(box.right() - _MARGIN - 16, box.center().y() - 8, 16, 16)
        paint_icon(painter, arrow, "chevron-right", "text_3")
        area = QRectF(icon_box.right(), box.top(), arrow.left() - icon_box.right(), box.height())
        y = area.top() + (area.height() - Type.BODY.line_px - Type.SMALL.line_px) / 2
        y = _paint_line(painter, area, y, translate(trial.title), Type.BODY, Weight.NAME, ink.text_1)
        _paint_line(painter, area, y, translate(trial.text), Type.SMALL, Weight.REGULAR, ink.text_2)


class SampleCard(Card):
    """A sample with its task and its source."""

    def __init__(self, sample: Sample, parent: QWidget | None = None) -> None:
        said = (translate(text) for text in (sample.title, sample.task, sample.source))
        super().__init__(". ".join(said), parent)
        self.sample = sample
        self.setFixedHeight(SAMPLE_HEIGHT)

    def paint_contents(self, painter: QPainter, box: QRectF) -> None:
        """Paint title, task and source."""
        ink, sample = colors(), self.sample
        y = box.top() + 10
        y = _paint_line(painter, box, y, translate(sample.title), Type.BODY, Weight.STRONG, ink.text_1)
        painter.setFont(font(Type.SMALL))
        painter.setPen(QColor(ink.text_2))
        area = box.adjusted(_MARGIN, y - box.top() + 2, -_MARGIN, -_MARGIN - Type.SMALL.line_px)
        painter.drawText(area, Qt.TextFlag.TextWordWrap, translate(sample.task))
        low = box.bottom() - 10 - Type.SMALL.line_px
        _paint_line(painter, box, low, translate(sample.source), Type.SMALL, Weight.REGULAR, ink.text_3)
        face = font(Type.SMALL, Weight.NAME)
        painter.setFont(face)
        painter.setPen(QColor(ink.blue))
        right = QRectF(box.left(), low, box.width() - _MARGIN - 18, Type.SMALL.line_px)
        painter.drawText(
            right, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, translate("Open")
        )
        paint_icon(
            painter, QRectF(right.right() + 2, right.center().y() - 8, 16, 16), "chevron-right", "blue"
        )


def _paint_chip(painter: QPainter, frame: QRectF, text: str) -> None:
    """Paint the modality on the picture, on a plate of its own."""
    face = font(Type.TAG, Weight.STRONG)
    width = QFontMetricsF(face).horizontalAdvance(text) + 10
    box = QRectF(frame.left() + 8, frame.top() + 8, width, 18)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(0, 0, 0, 158))
    painter.drawRoundedRect(box, 4, 4)
    painter.setFont(face)
    painter.setPen(Qt.GlobalColor.white)
    painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)


def _paint_line(
    painter: QPainter, box: QRectF, y: float, text: str, step: Type, weight: Weight, color: str
) -> float:
    """Paint a line with the card's margins; return where the next one begins."""
    face = font(step, weight)
    painter.setFont(face)
    painter.setPen(QColor(color))
    room = box.width() - 2 * _MARGIN
    shown = QFontMetricsF(face).elidedText(text, Qt.TextElideMode.ElideRight, room)
    area = QRectF(box.left() + _MARGIN, y, room, step.line_px)
    painter.drawText(area, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, shown)
    return y + step.line_px
