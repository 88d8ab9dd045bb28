"""The reader's part of the card.

The question while an answer is hidden, both answers beside each other, and a key for each answer.
"""

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QSignalBlocker, Qt, Signal, Slot
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QPushButton, QSlider, QVBoxLayout, QWidget

from medviewer.gui.widgets import CutLabel, plain_label, plain_tooltip, set_role
from medviewer.translation import mark, translate
from medviewer.viewer.verdict_card import NO_READER, SURENESS, ReaderTexts, SeriesReaderTexts

ANSWERS: Final = ("finding", "no_finding", "third_answer", "unsure")
"""The keys of the reader's answers, by their commands; a third kind is there for few models."""

_UNASKED: Final = (mark("Finding"), mark("No finding"), mark("Unsure"))
GAP_PX: Final = 6
BUTTON_PAD_PX: Final = 7
ROOM_PX: Final = 272  # of the dock, between its margins
COLUMNS: Final = 2
"""Of the answers to choose from, so that all of them and the slider fit into a low card."""
UNSAID: Final = -1
"""The step of the slider at which nothing is said of sureness."""


class ReaderForm(QWidget):
    """Asks for the reader's own answer while the model's is hidden."""

    answered = Signal(int)  # the place of the answer; of "cannot tell" the last
    sureness_chosen = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.buttons: list[QPushButton] = []
        self.sureness = QSlider(Qt.Orientation.Horizontal)
        self.sureness.setRange(UNSAID, len(SURENESS) - 1)
        self.sureness.setMinimumWidth(0)
        self.sureness.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.sureness.valueChanged.connect(self._on_sureness)
        self.how_sure = plain_label(role="quiet")
        self.hint = plain_label(
            translate(
                "Reader first: give your own verdict. The answer is ready and hidden, also on the strip."
            ),
            "quiet",
            wraps=True,
        )
        self.skip_button = QPushButton(translate("Show without a verdict"))
        self.skip_button.setProperty("role", "link")
        self._choices = QGridLayout()
        self._choices.setSpacing(GAP_PX)
        sure = QHBoxLayout()
        sure.setSpacing(GAP_PX)
        sure.addWidget(self.how_sure)
        sure.addWidget(self.sureness, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GAP_PX)
        column.addLayout(self._choices)
        column.addLayout(sure)
        column.addWidget(self.hint)
        column.addWidget(self.skip_button, 0, Qt.AlignmentFlag.AlignLeft)
        self._choices_shown: tuple[str, ...] = ()
        self._keys: tuple[str, ...] = ()

    def show_reader(self, reader: ReaderTexts) -> None:
        """Show the answers to choose from; without any the form is hidden."""
        self.setVisible(reader.is_asked)
        if reader.choices != self._choices_shown:
            self._choices_shown = reader.choices
            self._make_buttons()
        self._show_sureness(UNSAID)

    def show_keys(self, keys: Sequence[str]) -> None:
        """Write the keys of the answers, that of "cannot tell" last."""
        if tuple(keys) != self._keys:
            self._keys = tuple(keys)
            self._make_buttons()

    def _make_buttons(self) -> None:
        for button in self.buttons:
            button.setParent(None)
            button.deleteLater()
        self.buttons = []
        for place, text in enumerate(self._choices_shown):
            is_last = place == len(self._choices_shown) - 1
            key = self._keys[-1] if is_last and self._keys else self._key_at(place)
            button = QPushButton(f"{text}   {key}".rstrip())
            button.setProperty("role", "outline")
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            button.clicked.connect(lambda _=False, place=place: self.answered.emit(place))
            self._choices.addWidget(button, *divmod(place, COLUMNS))
            self.buttons.append(button)

    def _key_at(self, place: int) -> str:
        return self._keys[place] if place < len(self._keys) - 1 else ""

    @Slot(int)
    def _on_sureness(self, step: int) -> None:
        self._say_sureness(step)
        if step != UNSAID:
            self.sureness_chosen.emit(SURENESS[step][0])

    def _show_sureness(self, step: int) -> None:
        with QSignalBlocker(self.sureness):
            self.sureness.setValue(step)
        self._say_sureness(step)

    def _say_sureness(self, step: int) -> None:
        word = translate("not said") if step == UNSAID else translate(SURENESS[step][1])
        said = translate("How sure: {word}", word=word)
        self.how_sure.setText(said)
        self.sureness.setAccessibleName(said)


class BothAnswers(QWidget):
    """The reader's answer and the model's, a line each."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(GAP_PX)
        grid.setColumnStretch(1, 1)
        self._lines: list[tuple[QLabel, QLabel]] = []
        for row, who in enumerate((translate("You"), translate("Model"))):
            said, beside = plain_label(role="strong"), plain_label(role="quiet", wraps=True)
            grid.addWidget(plain_label(who, "quiet"), 2 * row, 0)
            grid.addWidget(said, 2 * row, 1)
            grid.addWidget(beside, 2 * row + 1, 1)  # below: beside a long answer it has no room
            self._lines.append((said, beside))
        self.caveat = plain_label(wraps=True)
        self.note = plain_label(role="quiet", wraps=True)
        grid.addWidget(self.caveat, 4, 0, 1, 2)
        grid.addWidget(self.note, 5, 0, 1, 2)

    def show_reader(self, reader: ReaderTexts) -> None:
        """Show both answers; hidden where the reader gave none before."""
        self.setVisible(bool(reader.you[0] and reader.model[0]))
        for (said, beside), texts in zip(self._lines, (reader.you, reader.model), strict=True):
            said.setText(texts[0])
            beside.setText(texts[1])
            beside.setVisible(bool(texts[1]))
        for label, text in ((self.note, reader.note), (self.caveat, reader.caveat)):
            label.setText(text)
            label.setVisible(bool(text))


class AnswerRow(QWidget):
    """A button for each answer of the reader, as "Bleeding".

    The same button is the same answer before and after the model's. They keep their place where there is
    nothing to say.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(GAP_PX)
        self.buttons: dict[str, QPushButton] = {}
        self._keys: dict[str, str] = {}
        self._words: tuple[str, ...] = ()
        self.whose = plain_label()
        self.whose.hide()
        for name in ANSWERS:
            button = QPushButton(self)
            button.setProperty("role", "stance")
            button.setCheckable(True)
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            self.buttons[name] = button
        self._shown: tuple[bool, int | None] = False, None
        self.show_words(())

    def show_whose(self, text: str) -> None:
        """Name the subject of the answers; "" for none."""
        self.whose.setText(text)
        self.whose.setVisible(bool(text))

    @property
    def seen(self) -> tuple[QPushButton, ...]:
        """The buttons in use, in the order of their answers."""
        names = [name for name in ANSWERS if name != "third_answer" or len(self._words) == len(ANSWERS)]
        return tuple(self.buttons[name] for name in names)

    def show_keys(self, keys: Sequence[str]) -> None:
        """Write the keys on the buttons, in the order of ANSWERS."""
        named = dict(zip(ANSWERS, keys, strict=True))
        if named != self._keys:
            self._keys = named
            self._write()

    def show_words(self, words: Sequence[str]) -> None:
        """Write the answers on the buttons; () where there is nothing to answer."""
        words = tuple(words) or tuple(map(translate, _UNASKED))
        if words == self._words:
            return
        self._words = words
        columns = len(words) if len(words) < len(ANSWERS) else COLUMNS
        for place, button in enumerate(self.seen):
            row, column = divmod(place, columns)
            self._grid.addWidget(button, row + 1, column)
        self._grid.addWidget(self.whose, 0, 0, 1, columns)
        for column in range(len(ANSWERS)):
            self._grid.setColumnStretch(column, int(column < columns))
        self.buttons["third_answer"].setVisible(len(words) == len(ANSWERS))
        self._write()

    @property
    def has_keys(self) -> bool:
        """Whether the keys have room beside the words; else tooltips have them."""
        words, keys = self._words, tuple(self._keys.values())
        if len(words) == len(ANSWERS):
            return True
        wide = self.buttons[ANSWERS[0]].fontMetrics().horizontalAdvance
        needed = sum(wide(f"{word}  {keys[0] if keys else ''}") + BUTTON_PAD_PX for word in words)
        return needed + wide("✓ ") + GAP_PX * (len(words) - 1) <= ROOM_PX

    def show_held(self, held: int | None, *, can_say: bool) -> None:
        """Show the answer that holds, by its place, and whether one can be given."""
        looks_so = all(button.isChecked() == (place == held) for place, button in enumerate(self.seen))
        if (can_say, held) != self._shown or not looks_so:  # a click marks a button by itself
            self._shown = can_say, held
            self._write()

    def _write(self) -> None:
        can_say, held = self._shown
        keys, has_keys = {self.buttons[name]: key for name, key in self._keys.items()}, self.has_keys
        for place, (button, word) in enumerate(zip(self.seen, self._words, strict=True)):
            sign, key = "✓ " if place == held else "", keys.get(button, "")
            button.setText(f"{sign}{word}  {key if has_keys else ''}".rstrip())
            button.setToolTip(plain_tooltip(f"{word}   {key}".rstrip()))
            button.setEnabled(can_say)
            with QSignalBlocker(button):
                button.setChecked(place == held)


class KeptLine(QWidget):
    """Says whether the verdict is kept, with a way back and to all of them."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.said = CutLabel("faint")
        self.undo_button = _link(translate("Undo"))
        self.list_button = _link(translate("List"))
        self.list_button.setToolTip(plain_tooltip(translate("My verdicts")))
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(GAP_PX)
        row.addWidget(self.said, 1)
        row.addWidget(self.undo_button)
        row.addWidget(self.list_button)

    def show_kept(self, said: str, *, is_good: bool, can_undo: bool) -> None:
        """Say whether the verdict on the slice is kept."""
        self.said.setText(said)
        set_role(self.said, "faint" if is_good else "attention")
        self.setVisible(can_undo)


class SeriesPart(QWidget):
    """The rule's answer on the series, with a button for each of the reader's."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.said = plain_label(role="strong", wraps=True)
        self.whose = plain_label(translate("Your verdict on the series:"))
        self.row = AnswerRow()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, GAP_PX, 0, GAP_PX)
        column.setSpacing(GAP_PX)
        column.addWidget(self.said)
        column.addWidget(self.whose)
        column.addWidget(self.row)
        self.show_series(SeriesReaderTexts())

    def show_series(self, series: SeriesReaderTexts) -> None:
        """Show the reader's part of a series; hidden where there is no answer."""
        self.setVisible(bool(series.said))
        self.said.setText(series.said)
        self.said.setToolTip(plain_tooltip(series.figures))
        self.row.show_words(series.choices)
        self.whose.setVisible(bool(series.choices))
        self.row.setVisible(bool(series.choices))
        self.row.show_held(series.held, can_say=bool(series.choices))


def _link(text: str) -> QPushButton:
    button = QPushButton(text)
    button.setProperty("role", "link")
    button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    return button


class ReaderPart:
    """The widgets of the reader in the card, kept together."""

    def __init__(self) -> None:
        self.form, self.both = ReaderForm(), BothAnswers()
        self.answers, self.kept = AnswerRow(), KeptLine()
        self.series = SeriesPart()
        self.reader = NO_READER
        self.first = plain_label(
            translate("Reader first: an answer stays hidden until your own."), wraps=True
        )

    def show_series(self, series: SeriesReaderTexts) -> None:
        """Show the reader's part of a series.

        Beside it the buttons of the slice say that they are of the slice.
        """
        self.series.show_series(series)
        # guard(bool(series.choices) -> False): of two rows of the same words each says what it is about
        self.answers.show_whose(translate("Your verdict on this slice:") if bool(series.choices) else "")

    def show_reader(self, reader: ReaderTexts) -> None:
        """Show the reader's part of a card."""
        self.reader = reader
        self.form.show_reader(reader)
        self.both.show_reader(reader)
        self.answers.show_words(reader.words)
        self.answers.show_held(reader.held, can_say=reader.can_say)
        self.answers.setVisible(not reader.is_asked)  # the buttons below keep their place
        self.first.setVisible(reader.is_first and not reader.is_asked and not reader.can_say)
