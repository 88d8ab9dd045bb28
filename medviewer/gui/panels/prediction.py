"""The classification panel.

What the model says of the slice and how far to trust it, or why it does not.
"""

from typing import Final

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QGridLayout, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from medviewer.gui.look import colors
from medviewer.gui.panels.section import BAR_PX, MARGIN_PX, SteadyScroll
from medviewer.gui.widgets import plain_label, set_role, strike_out, tabular
from medviewer.inference.result import ModelResult
from medviewer.inference.tasks import TASKS, Bar, Score
from medviewer.translation import translate
from medviewer.viewer.commands import can_be_forced
from medviewer.viewer.texts import result_text

TICK_PX: Final = 2


class ProbabilityBar(QWidget):
    """One score as a bar, with a tick at the operating point, if any.

    Both are drawn where the written numbers are: a bar reaches the tick only if the score reaches it.
    """

    def __init__(self, score: Score, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.score = score
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(translate("probability {value}", value=score.text))

    def edges(self) -> tuple[int, int | None]:
        """Return the end of the bar and the start of the tick, or None.

        In pixels from the left.
        """
        end = round(self.width() * self.score.value)
        if self.score.threshold is None:
            return end, None
        tick = min(round(self.width() * self.score.threshold), self.width() - TICK_PX)
        is_reached = self.score.value >= self.score.threshold
        return (max(end, tick + TICK_PX) if is_reached else min(end, tick - 1)), tick

    def sizeHint(self) -> QSize:  # Qt's name
        """Return the wished size in device-independent pixels."""
        return QSize(120, 16)

    def paintEvent(self, event: QPaintEvent) -> None:  # Qt's name
        """Paint ground, bar and tick."""
        ink = colors()
        painter = QPainter(self)
        ground = QRectF(0, 2, self.width(), self.height() - 4)
        painter.fillRect(ground, QColor(ink.groove))
        end, tick = self.edges()
        painter.fillRect(QRectF(0, 2, end, ground.height()), QColor(ink.ai))
        if tick is not None:
            painter.fillRect(QRectF(tick - 1, 0, TICK_PX + 2, self.height()), QColor(ink.panel))
            painter.fillRect(QRectF(tick, 0, TICK_PX, self.height()), QColor(ink.text_1))
        painter.end()


class PredictionPanel(QWidget):
    """Shows a result and offers to classify.

    A refusal takes the result's place in the same voice. What is said scrolls; model, buttons and warning
    keep their places. The buttons are connected by the window:
    `classify_button`, `anyway_button` and `card_button`.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.result: ModelResult | None = None
        self._shown: object = None
        self._misfit = ""
        self.title = plain_label(role="strong", wraps=True)
        self.model = plain_label(role="faint", wraps=True, selectable=True)
        self.purpose = plain_label(role="quiet", wraps=True)
        self.headline = plain_label(role="strong", wraps=True)
        self.details = plain_label(role="quiet", wraps=True, selectable=True)
        self.cautions = plain_label(role="attention", wraps=True, selectable=True)
        self.bars = QWidget()
        self._grid = QGridLayout(self.bars)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(8)
        self._grid.setVerticalSpacing(2)
        self._grid.setColumnStretch(1, 1)
        self.classify_button = QPushButton()
        self.classify_button.setProperty("role", "ai")
        self.anyway_button = QPushButton(translate("Classify anyway…"))
        self.card_button = QPushButton(translate("About the model…"))
        self.card_button.setProperty("role", "link")
        self.warning = plain_label(
            translate("Research use only. Not for diagnosis."), "attention", wraps=True
        )
        answer = QWidget()
        column = QVBoxLayout(answer)
        column.setContentsMargins(MARGIN_PX, 0, BAR_PX, 0)
        column.setSpacing(5)
        for widget in (self.headline, self.bars, self.details, self.cautions, self.purpose, self.model):
            column.addWidget(widget)
        column.addStretch(1)
        keeps_place = self.anyway_button.sizePolicy()
        keeps_place.setRetainSizeWhenHidden(True)
        self.anyway_button.setSizePolicy(keeps_place)
        below = QGridLayout()
        below.setContentsMargins(MARGIN_PX, 8, MARGIN_PX, 8)
        below.setVerticalSpacing(4)
        below.setColumnStretch(0, 1)
        below.addWidget(self.classify_button, 0, 0, 1, 2)
        below.addWidget(self.card_button, 1, 0)
        below.addWidget(self.anyway_button, 1, 1)
        below.addWidget(self.warning, 2, 0, 1, 2)
        above = QVBoxLayout()
        above.setContentsMargins(MARGIN_PX, 0, MARGIN_PX, 4)
        above.addWidget(self.title)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addLayout(above)
        whole.addWidget(SteadyScroll(answer), 1)
        whole.addLayout(below)
        self.show_model("", "", "")
        self.show_purpose("", "")
        self.show_result(None)

    def show_model(self, name: str, version: str, device: str) -> None:
        """Show the active model's name and its device.

        "" where not known yet.
        """
        parts = (" ".join(part for part in (name, version) if part), device)
        self.model.setText("  ·  ".join(part for part in parts if part))
        self.model.setVisible(bool(self.model.text()))

    def show_purpose(self, title: str, purpose: str) -> None:
        """Show title and intended use of the chosen model."""
        self.title.setText(title)
        self.title.setVisible(bool(title))
        self.purpose.setText(purpose)
        self.purpose.setVisible(bool(purpose))

    def show_fit(self, misfit: str) -> None:
        """Say before it is asked that the model does not fit; "": it does.

        The button then draws no attention, but the refusal can still be had.
        """
        if misfit != self._misfit:
            self._misfit, self._shown = misfit, None
            set_role(self.classify_button, "" if misfit else "ai")

    def show_result(
        self, result: ModelResult | None, *, working: bool = False, has_slice: bool = True
    ) -> None:
        """Show the focused pane's result, or its absence.

        Parameters
        ----------
        result : ModelResult or None
        working : bool
            A result is being computed.
        has_slice : bool
            There is a slice that could be classified.
        """
        working = working and result is None  # a result says itself that the work is done
        if self._shown == (result, working, has_slice):
            return
        self._shown = (result, working, has_slice)
        self.result = result
        self._clear_bars()
        if result is None:
            nothing = self._misfit or translate("This slice has not been classified.") if has_slice else ""
            texts = ("", nothing, "")
            texts = (translate("Classifying…"), "", "") if working else texts
        else:
            said = result_text(result)
            texts = (said.headline, "\n".join(said.details), "\n".join(said.cautions))
        bars: tuple[Bar, ...] = ()
        if result is not None:
            self.show_model(result.model, result.model_version, result.device)
        if result is not None and result.content is not None:
            bars = TASKS[result.task].bars(result.content)
            self._show_bars(bars, is_valid=result.is_valid)
        if bars:
            texts = ("", *texts[1:])  # the bars say it
        for label, text in zip((self.headline, self.details, self.cautions), texts, strict=True):
            label.setText(text)
            label.setVisible(bool(text))
        is_struck = result is not None and result.content is not None and not result.is_valid
        strike_out(self.headline, is_struck=is_struck and not bars)
        self.bars.setVisible(bool(bars))
        self.anyway_button.setVisible(can_be_forced(result))

    def _clear_bars(self) -> None:
        while (item := self._grid.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.setParent(None)
                widget.deleteLater()

    def _show_bars(self, bars: tuple[Bar, ...], *, is_valid: bool) -> None:
        for row, bar in enumerate(bars):
            value = plain_label(bar.score.text)
            value.setFont(tabular(value.font()))
            name = plain_label(bar.title.for_user())
            if not is_valid:
                strike_out(name)
            self._grid.addWidget(name, row, 0)
            self._grid.addWidget(ProbabilityBar(bar.score), row, 1, Qt.AlignmentFlag.AlignVCenter)
            self._grid.addWidget(value, row, 2)
