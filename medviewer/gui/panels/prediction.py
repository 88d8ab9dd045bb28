"""The card of a model's answer.

What the model says of the slice and how far to trust it, or why it does not: one card, one place, one size.
"""

import math
from typing import Final

from PySide6.QtCore import QRectF, QSignalBlocker, QSize, Qt, Signal, Slot
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QGridLayout,
    QHBoxLayout,
    QPushButton,
    QSizePolicy,
    QSlider,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from medviewer.gui.panels.answer_parts import Band, Dots, ScaleView
from medviewer.gui.panels.card_lines import DetailLines, StruckLine
from medviewer.gui.panels.outline import OutlinePart
from medviewer.gui.panels.section import BAR_PX, MARGIN_PX, SteadyScroll, head_button
from medviewer.gui.panels.verdict import ReaderPart
from medviewer.gui.widgets import CutLabel, NumberBox, plain_label, set_role
from medviewer.inference.result import FIRST, QUESTION, ModelResult
from medviewer.inference.tasks import Score
from medviewer.translation import translate
from medviewer.viewer.color_roles import colors
from medviewer.viewer.commands import can_be_overridden
from medviewer.viewer.texts import (
    AiCard,
    CardState,
    Frequencies,
    ShownFit,
    card_before,
    card_of,
    card_of_question,
    fit_word,
    source_text,
)
from medviewer.viewer.verdict_card import NO_READER, ReaderTexts, with_reader

MOST_ONE_IN: Final = 1000
STEPS: Final = 60
"""Places of the slider from 1 in 1 to 1 in MOST_ONE_IN, on an axis of logarithms."""


class ScoreBar(QWidget):
    """The score of one of several classes as a bar, without a threshold."""

    def __init__(self, score: Score, role: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.score, self._role = score, role
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(translate("score {value}", value=score.text))

    def sizeHint(self) -> QSize:  # Qt's name
        """Return the wished size in device-independent pixels."""
        return QSize(90, 16)

    def paintEvent(self, event: QPaintEvent) -> None:  # Qt's name
        """Paint ground and bar."""
        ink = colors()
        with QPainter(self) as painter:
            ground = QRectF(0, 4, self.width(), self.height() - 8)
            painter.fillRect(ground, QColor(ink.groove))
            ground.setWidth(round(self.width() * self.score.value))
            painter.fillRect(ground, QColor(getattr(ink, self._role)))


class PredictionPanel(QWidget):
    """Shows a card and offers to ask the model.

    A refusal takes the answer's place in the same form. What is said below the band scrolls; model, band,
    buttons and warning keep their places. The buttons are connected by the window: `classify_button`,
    `series_button`, `fitting_button`, `models_button`, `override_button`, and `card_button` in the head
    of the section.
    """

    one_in_chosen = Signal(str, float)
    """(model, so many pictures for each one with the finding); by the user."""

    unmade = Signal(bool)
    """Whether there is neither an answer nor a model that is made for the image."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.result: ModelResult | None = None
        self.card = AiCard(CardState.EMPTY)
        self.one_in: dict[str, float] = {}
        self._shown: object = None
        self._reader, self._is_tried = NO_READER, False
        self._source, self._model = "", ("", "")
        self._fit = ShownFit()
        self._made()
        self.show_model("", "", "", "")
        self.show_result(None)

    def _made(self) -> None:
        self.title = CutLabel("quiet")
        self.fit = CutLabel("quiet")
        self.band = Band()
        self.sentence = plain_label(wraps=True, selectable=True)
        self.fitting_button = QPushButton()
        self.fitting_button.setProperty("role", "ai")
        self.models_button = QPushButton(translate("Models…"))
        self.models_button.setProperty("role", "link")
        self.purpose = plain_label(role="quiet", wraps=True)
        self.details = DetailLines()
        self.struck = StruckLine()
        self.cautions = plain_label(role="attention", wraps=True, selectable=True)
        self.question = QuestionPart()
        self.scale = ScaleView()
        self.bars = QWidget()
        self._grid = QGridLayout(self.bars)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(8)
        self._grid.setVerticalSpacing(2)
        self._grid.setColumnStretch(1, 1)
        self.frequencies = FrequencyView()
        self.frequencies.one_in_chosen.connect(self._take_one_in)
        self.here = plain_label(wraps=True, selectable=True)
        self.part = plain_label(wraps=True)
        self.classify_button = QPushButton()
        self.classify_button.setProperty("role", "ai")
        self.series_button = QPushButton(translate("Ask series"))
        self.override_button = QPushButton(translate("Classify anyway…"))
        self.override_button.setProperty("role", "link")
        keeps_place = self.override_button.sizePolicy()
        keeps_place.setRetainSizeWhenHidden(True)
        self.override_button.setSizePolicy(keeps_place)
        self.card_button: QToolButton = head_button("info", translate("About the model…"))
        self.reader = ReaderPart()
        self.earlier = plain_label(wraps=True, selectable=True)
        self.outline = OutlinePart()
        self.source = CutLabel("faint")
        self.source.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.warning = CutLabel("attention")
        self.warning.setText(translate("Research use only, not for diagnosis"))
        self._lay_out()

    def _above(self) -> QVBoxLayout:
        """Lay out model and band, which keep their place."""
        model = QVBoxLayout()
        model.setSpacing(0)
        model.addWidget(self.title)
        beside = QHBoxLayout()  # one line less below the answer, which a low window has room for then
        beside.setSpacing(8)
        beside.addWidget(self.fit, 3)
        beside.addWidget(self.source, 2)
        model.addLayout(beside)
        above = QVBoxLayout()
        above.setContentsMargins(MARGIN_PX, 0, MARGIN_PX, 6)
        above.setSpacing(6)
        above.addLayout(model)
        above.addWidget(self.band)
        return above

    def _lay_out(self) -> None:
        above = self._above()
        answer = QWidget()
        column = QVBoxLayout(answer)
        column.setContentsMargins(MARGIN_PX, 0, BAR_PX, 0)
        column.setSpacing(6)
        for widget in (
            self.sentence,
            self.cautions,  # above the figures to which they belong
            self.models_button,
            self.earlier,
            self.reader.first,
            self.reader.form,
            self.reader.both,
            self.question,
            self.scale,  # with the slice of which it speaks, above what is said of the series
            self.bars,
            self.part,
            self.reader.series,  # seen without scrolling
            self.frequencies.in_test,  # how often it errs, above what can be done
            self.outline,
            self.frequencies,
            self.here,
            self.details,
            self.purpose,
        ):
            column.addWidget(widget)
        column.addStretch(1)
        column.addWidget(self.struck)  # last, and far from what is said: it is no answer
        below = QGridLayout()
        below.setContentsMargins(MARGIN_PX, 2, MARGIN_PX, 6)
        below.setVerticalSpacing(1)
        below.setColumnStretch(0, 1)
        below.setColumnStretch(1, 1)
        below.setHorizontalSpacing(8)
        below.addWidget(self.fitting_button, 0, 0, 1, 2)  # below the reason, however long that is
        below.addWidget(self.reader.answers, 1, 0, 1, 2)
        self.reader.answers.setContentsMargins(0, 0, 0, 6)
        below.addWidget(self.classify_button, 2, 0)
        below.addWidget(self.series_button, 2, 1)
        below.addWidget(self.override_button, 3, 0, 1, 2)
        below.addWidget(self.reader.kept, 3, 0, 1, 2)  # a refusal has no verdict
        below.addWidget(self.warning, 4, 0, 1, 2)
        below.setRowMinimumHeight(3, self.override_button.sizeHint().height())
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addLayout(above)
        whole.addWidget(SteadyScroll(answer, self), 1)
        whole.addLayout(below)

    def show_model(self, title: str, purpose: str, version: str, device: str) -> None:
        """Show title, intended use and version of the chosen model.

        The device is "" where it is not known yet.
        """
        self._model = (title, "\n".join(part for part in (title, device) if part))
        self._show_title()
        self.purpose.setText(purpose)
        self._show_purpose()
        self._source = source_text(version)
        if self.result is None:
            self._show_source()

    def _show_title(self) -> None:
        """Name the model, unless none is made for such pictures."""
        # guard(("", "") if self._is_unmade else self._model -> self._model):
        #     no model is named beside "no model is made for it"
        self.title.show_text(*(("", "") if self._is_unmade else self._model))

    def _show_source(self) -> None:
        self.source.setText("" if self._is_unmade else self.card.source or self._source)

    @property
    def _is_unmade(self) -> bool:
        return self._fit.is_unmade and self.result is None

    def show_fit(self, fit: "ShownFit") -> None:
        """Say before it is asked whether the model fits.

        The button of one that does not draws no attention, but the refusal can still be had.
        """
        self.fitting_button.setText(
            translate("Ask instead: {model}", model=fit.fitting) if fit.fitting else ""
        )
        self._show_fitting()
        if fit == self._fit:
            return
        self._fit, self._shown = fit, None
        self._show_call_to_ask()
        self._show_fit_word()
        self._show_title()

    def _show_fit_word(self) -> None:
        """Say whether the model fits, never beside an answer that says otherwise."""
        word = fit_word(self._fit, self.card.state, waits=self._waits, has_result=self.result is not None)
        self.fit.show_text(word.text, word.whole)
        set_role(self.fit, word.role)

    @property
    def _waits(self) -> bool:
        """Whether the refusal waits for a reader or another model."""
        refusal = None if self.result is None else self.result.refusal
        return refusal is not None and refusal.name in (QUESTION, FIRST)

    def show_result(
        self,
        result: ModelResult | None,
        *,
        working: bool = False,
        has_slice: bool = True,
        reader: ReaderTexts = NO_READER,
        here: str = "",
        question: str = "",
        of_slice: bool = False,
        is_tried: bool = False,
    ) -> None:
        """Show the focused pane's result, or its absence.

        Parameters
        ----------
        result : ModelResult or None
        working : bool
            A result is being computed.
        has_slice : bool
            There is a slice that could be judged.
        reader : ReaderTexts
            What the reader is asked, or said.
        here : str
            What the reader's own verdicts say of such a score.
        question : str
            What the reader is asked before the model; "" for nothing.
        of_slice : bool
            It is about this slice alone, not about the series.
        is_tried : bool
            Slight changes of the picture are being computed.
        """
        # a result says itself that the work is done
        working = working and result is None and not reader.is_asked
        shown = (result, working, has_slice, reader, here, question, of_slice, is_tried)
        if self._shown == shown:
            return
        self._shown = shown
        self.question.show_scope(of_slice=of_slice)
        self.result, self._reader, self._is_tried = result, reader, is_tried
        self.here.setText(here)
        self.here.setVisible(bool(here))
        if question:
            card = card_of_question(question)
        elif result is None:
            card = card_before(
                misfit=self._fit.misfit,
                working=working,
                has_slice=has_slice,
                is_unmade=self._fit.is_unmade,
                notes=self._fit.notes,
            )
        else:
            card = card_of(result, self.one_in.get(result.model, 0.0), is_tried=is_tried)
        self._show_card(card)

    def _show_card(self, card: AiCard) -> None:
        card, reader = with_reader(card, self._reader)
        self.card = card
        self.reader.show_reader(reader)
        self.band.show_card(card)
        for label, text in (
            (self.sentence, card.sentence),
            (self.earlier, reader.earlier),
            (self.part, reader.part),
            (self.details, "\n".join(card.details)),
            (self.cautions, "\n".join(card.cautions)),
        ):
            label.setText(text)
            label.setVisible(bool(text))
        self.struck.show_class(card.struck)
        self._show_purpose()
        self._show_fitting()
        self._show_call_to_ask()
        self._show_fit_word()
        self.question.setVisible(card.state is CardState.QUESTION)
        self.scale.show_scale(card.scale)
        self.scale.setVisible(card.scale is not None)
        self._show_named(card)
        self.frequencies.show_frequencies(card.frequencies)
        self._show_title()
        self._show_source()
        self.unmade.emit(card.state is CardState.NO_MODEL)
        self.models_button.setVisible(card.state is CardState.NO_MODEL)
        self.override_button.setVisible(can_be_overridden(self.result))

    def _show_call_to_ask(self) -> None:
        """Draw attention to asking only where the next step is to ask."""
        is_due = self.card.state in (CardState.EMPTY, CardState.NOT_ASKED) and not self._fit.misfit
        set_role(self.classify_button, "ai" if is_due else "")

    def _show_fitting(self) -> None:
        """Offer the model that fits where the chosen one does not."""
        states = (CardState.DOES_NOT_FIT, CardState.REFUSED, CardState.OVERRIDDEN)
        is_offered = self.card.state in states and bool(self.fitting_button.text())
        self.fitting_button.setVisible(is_offered)
        self.reader.answers.setContentsMargins(0, 6 if is_offered else 0, 0, 6)

    def _show_purpose(self) -> None:
        """Show the purpose of a model that has not answered yet.

        That of a model made for other images is left out.
        """
        is_before = self.card.state in (CardState.EMPTY, CardState.NOT_ASKED)
        self.purpose.setVisible(is_before and bool(self.purpose.text()))

    def _show_named(self, card: AiCard) -> None:
        while (item := self._grid.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.setParent(None)
                widget.deleteLater()
        for row, one in enumerate(card.named):
            name = plain_label(one.title)
            set_role(name, "strong" if one.is_most else "quiet")
            self._grid.addWidget(name, row, 0)
            bar = ScoreBar(one.score, "ai" if one.is_most else "text_3")
            self._grid.addWidget(bar, row, 1, Qt.AlignmentFlag.AlignVCenter)
        self.bars.setVisible(bool(card.named))

    @Slot(float)
    def _take_one_in(self, one_in: float) -> None:
        if self.result is None:
            return
        self.one_in[self.result.model] = one_in
        self._show_card(card_of(self.result, one_in, is_tried=self._is_tried))
        self.one_in_chosen.emit(self.result.model, one_in)


class QuestionPart(QWidget):
    """The answers to a question that stands above them."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.yes_button, self.no_button = QPushButton(translate("Yes")), QPushButton(translate("No"))
        self.unsure_button = QPushButton(translate("Cannot tell"))
        self.scope = plain_label(role="quiet", wraps=True)
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.addWidget(self.yes_button, 0, 0)
        grid.addWidget(self.no_button, 0, 1)
        grid.addWidget(self.unsure_button, 0, 2)
        grid.addWidget(self.scope, 1, 0, 1, 3)
        self.hide()

    def show_scope(self, *, of_slice: bool) -> None:
        """Say whether the answer holds for the series or the slice alone."""
        self.scope.setText(
            translate("Asked for each slice: the answer holds for this one only.")
            if of_slice
            else translate("Asked once, for the whole series.")
        )


class FrequencyView(QWidget):
    """Natural frequencies of the finding at a prevalence.

    The reader sets how common it is among those that are read. The counts of the test, `in_test`, have a
    place of their own in the card.
    """

    one_in_chosen = Signal(float)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.said = plain_label(wraps=True)
        self.dots = Dots()
        self.before, self.behind = plain_label(), plain_label()
        self.number = NumberBox(1, MOST_ONE_IN)
        self.number.setFixedWidth(52)
        self.number.lineEdit().setPlaceholderText("?")
        self._is_set = self._is_typed = False
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.slider.setRange(0, STEPS)
        self.slider.setMinimumWidth(0)  # it gives way before a text is cut
        self.slider.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.slider.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.in_test = plain_label(role="quiet", wraps=True)
        row = QHBoxLayout()
        row.setSpacing(6)
        for widget in (self.before, self.number, self.behind):
            row.addWidget(widget)
        row.addWidget(self.slider, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        column.addWidget(self.said)
        column.addWidget(self.dots)
        column.addLayout(row)
        self.number.valueChanged.connect(self.one_in_chosen)
        self.number.lineEdit().textEdited.connect(self._note_typing)
        self.number.editingFinished.connect(self._finish_typing)
        self.slider.valueChanged.connect(self._slide)

    def show_frequencies(self, frequencies: Frequencies | None) -> None:
        """Show counts of a hundred and of the test; None hides all of it."""
        self.setVisible(frequencies is not None)
        self.in_test.setVisible(frequencies is not None)
        if frequencies is None:
            return
        self._is_set, self._is_typed = frequencies.count is not None, False
        self.said.setText(frequencies.said)
        set_role(self.said, "" if self._is_set else "quiet")
        self.dots.setVisible(self._is_set)
        if frequencies.count is not None:
            self.dots.show_count(frequencies.count, frequencies.said)
        self.before.setText(frequencies.before)
        self.behind.setText(frequencies.behind)
        self.in_test.setText(frequencies.in_test)
        # guard(frequencies.misses -> False):
        #     where many are missed "not flagged" does not look like an all-clear
        set_role(self.in_test, "attention" if frequencies.misses else "quiet")
        one_in = frequencies.one_in or 1.0
        shown = f"{one_in:g}" if self._is_set else "?"
        whole = f"{frequencies.before} {shown} {frequencies.behind}".strip()
        with QSignalBlocker(self.number), QSignalBlocker(self.slider):
            self.number.show_number(one_in, 0, 1)
            self.slider.setValue(round(math.log(one_in, MOST_ONE_IN) * STEPS))
        self._clear_unset()
        for widget in (self.number, self.slider):
            widget.setAccessibleName(whole)

    def _clear_unset(self) -> None:
        """Show no number where the reader has set none."""
        if not self._is_set:
            self.number.lineEdit().clear()

    @Slot(str)
    def _note_typing(self, text: str) -> None:
        self._is_typed = bool(text.strip())

    @Slot()
    def _finish_typing(self) -> None:
        """Take a number that was typed; without one the field stays empty."""
        if not self._is_set and self._is_typed:
            self.one_in_chosen.emit(self.number.value())
        else:
            self._clear_unset()

    @Slot(int)
    def _slide(self, place: int) -> None:
        self.one_in_chosen.emit(float(round(MOST_ONE_IN ** (place / STEPS))))
