"""Texts of the reader's verdict on the card, before and after the answer."""

from dataclasses import dataclass, replace
from typing import Final

from medviewer.inference.result import ModelResult
from medviewer.inference.verdicts import (
    CANNOT_TELL,
    ReaderQuestion,
    Reading,
    Stance,
    Verdict,
    final_stance,
    has_switched,
    question_of,
)
from medviewer.translation import mark, translate
from medviewer.viewer.series_answer import answer_on_series, unfinished_series
from medviewer.viewer.state import (
    DisplayState,
    PaneState,
    earlier_on,
    hidden_result,
    series_verdict_of,
    verdict_history,
)
from medviewer.viewer.texts import AiCard, CardState, earlier_text
from medviewer.viewer.viewer_state import ViewerState

SURENESS: Final = (
    (0, mark("a guess")),
    (25, mark("not very sure")),
    (50, mark("fairly sure")),
    (75, mark("very sure")),
    (100, mark("certain")),
)
"""Steps of sureness, and their words."""

_BANDS: Final = {
    Stance.AGREE: (CardState.AGREES, mark("You agree")),
    Stance.DISAGREE: (CardState.DIFFERS, mark("You differ: look again")),
    Stance.UNSURE: (CardState.UNDECIDED, mark("You are unsure")),
}
_IN_SIGHT: Final = {
    Stance.AGREE: mark("You agree."),
    Stance.DISAGREE: mark("You disagree."),
    Stance.UNSURE: mark("You are unsure."),
}
_NOT_COMPARED: Final = CardState.UNDECIDED, mark("No answer to compare")


@dataclass(frozen=True, slots=True)
class ReaderTexts:
    """The reader's part of the card.

    Parameters
    ----------
    is_first : bool
        Reader first is on.
    question : str
        What the reader is asked while the answer is hidden; "" where none is.
    choices : tuple of str
        The answers to choose from, "Cannot tell" the last one.
    can_say : bool
        An answer is in sight on which a verdict can be given.
    stance : Stance or None
        The one that holds.
    you, model : (str, str)
        Both answers, each with what stands beside it; ("", "") where there was no own reading.
    earlier : str
        The verdict of an earlier session on the slice; "" for none.
    note, caveat : str
        What else is to be said of the two, and of the model's number.
    can_undo : bool
        There is a verdict that can be taken back.
    words : tuple of str
        On the three keys beside an uncertain answer; () for agree, disagree, unsure.
    """

    is_first: bool = False
    question: str = ""
    choices: tuple[str, ...] = ()
    can_say: bool = False
    stance: Stance | None = None
    you: tuple[str, str] = ("", "")
    model: tuple[str, str] = ("", "")
    note: str = ""
    can_undo: bool = False
    caveat: str = ""
    earlier: str = ""
    words: tuple[str, ...] = ()

    @property
    def is_asked(self) -> bool:
        """Whether an answer waits for the reader's own."""
        return bool(self.choices)


def reader_of(state: DisplayState, pane: PaneState | None) -> ReaderTexts:
    """Return the reader's part of the card of a pane."""
    if pane is None:
        return ReaderTexts(state.reader_first)
    reader, row = _reader_of(state, pane), earlier_on(state, pane)
    if row is None:
        return reader
    hides = state.reader_first and not reader.can_say
    return replace(reader, earlier=earlier_text(row, hides=hides))


def _reader_of(state: DisplayState, pane: PaneState) -> ReaderTexts:
    hidden, key = hidden_result(state, pane), pane.token.key
    if hidden is not None:
        return _asked(hidden)
    result = pane.result
    # guard(test): a verdict stands beside the result that it is about
    if result is None or key is None or result.key != key:
        return ReaderTexts(state.reader_first)
    history = verdict_history(state, key)
    return _beside(result, history.present, is_first=state.reader_first, can_undo=bool(history.past))


@dataclass(frozen=True, slots=True)
class SeriesReaderTexts:
    """The reader's part of a series.

    Parameters
    ----------
    said : str
        What the reader is asked, the rule's answer, or that it has none yet; "" for nothing.
    choices : tuple of str
        Three answers, in the order of the keys; () where nothing can be said.
    stance : Stance or None
        The one that holds.
    """

    said: str = ""
    choices: tuple[str, ...] = ()
    stance: Stance | None = None


def series_reader_of(state: ViewerState) -> SeriesReaderTexts:
    """Return the reader's part of the focused pane's series."""
    answer = answer_on_series(state)
    if answer is None:
        return SeriesReaderTexts(_unfinished(state))
    question = answer.question
    if answer.is_hidden:
        titles = [choice.title.for_user() for choice in question.choices]
        return SeriesReaderTexts(question.question.for_user(), (*titles, translate("Cannot tell")))
    facts = {"score": answer.score, "threshold": answer.threshold}
    verdict = answer.verdict
    if verdict.is_uncertain:
        said = translate(
            "Series uncertain {score}. Close to its threshold {threshold}: the answer changed in {flips} of "
            "{of} harmless changes.",
            **facts,
            flips=verdict.flips,
            of=verdict.changes,
        )
    elif answer.is_called:
        said = translate(
            "Series flagged: its best two neighbouring slices both score {score} or more; the series' "
            "threshold is {threshold}.",
            **facts,
        )
    else:
        said = translate(
            "Series not flagged: no two neighbouring slices both score more than {score}; the series' "
            "threshold is {threshold}.",
            **facts,
        )
    words = tuple(translate(word) for word in (mark("Agree"), mark("Disagree"), mark("Unsure")))
    given = series_verdict_of(state.display, answer.of)
    if question.answered == CANNOT_TELL:
        titles = [choice.title.for_user() for choice in question.choices]
        return SeriesReaderTexts(said, (*titles, translate("Unsure")), _choice_held(question, given))
    return SeriesReaderTexts(said, words, final_stance(question, given))


def _unfinished(state: ViewerState) -> str:
    """Return that a series has no answer yet; "" where none is due."""
    found = unfinished_series(state)
    if found is None:
        return ""
    said = translate(
        "Not finished: {asked} of {of} slices asked; no answer for the series.",
        asked=found.asked,
        of=found.of,
    )
    if not found.flagged:
        return said
    return f"{said} {translate('{count} flagged so far.', count=found.flagged)}"


def _asked(hidden: ModelResult) -> ReaderTexts:
    """Return the question of a hidden answer, which gives nothing of it away."""
    question = question_of(hidden)
    if question is None:
        said = translate("You chose to classify a picture that the model had refused.")
        return ReaderTexts(True, said, (translate("Cannot tell"),))
    titles = [choice.title.for_user() for choice in question.choices]
    return ReaderTexts(True, question.question.for_user(), (*titles, translate("Cannot tell")))


def _beside(result: ModelResult, verdict: Verdict, *, is_first: bool, can_undo: bool) -> ReaderTexts:
    question = question_of(result)
    if question is None:
        return ReaderTexts(is_first, can_undo=can_undo)
    stance, reading = final_stance(question, verdict), verdict.reading
    words: tuple[str, ...] = ()
    if question.answered == CANNOT_TELL:
        stance = _choice_held(question, verdict)
        words = (*(choice.title.for_user() for choice in question.choices[:2]), translate("Unsure"))
    if reading is None:
        return ReaderTexts(is_first, can_say=True, stance=stance, can_undo=can_undo, words=words)
    return ReaderTexts(
        is_first,
        can_say=True,
        stance=stance,
        you=(question.title_of(reading.label).for_user(), sureness_text(reading)),
        note=_note(reading, switched=has_switched(question, verdict)),
        can_undo=can_undo,
        words=words,
    )


def _choice_held(question: ReaderQuestion, verdict: Verdict) -> Stance | None:
    """Return the key of the reader's own answer beside an uncertain one."""
    reading = verdict.reading
    if reading is None or verdict.stance is not None:
        return verdict.stance
    labels = [choice.label for choice in question.choices[:2]]
    keys = (Stance.AGREE, Stance.DISAGREE)
    return dict(zip(labels, keys, strict=True)).get(reading.label, Stance.UNSURE)


def _note(reading: Reading, *, switched: bool) -> str:
    said = [] if reading.is_blind else [translate("Read after the answer had been seen.")]
    if switched:
        said.append(translate("You changed your mind after seeing the answer."))
    return " ".join(said)


def sureness_text(reading: Reading) -> str:
    """Return how sure a reading was; "" where that was not said."""
    if reading.sureness is None:
        return ""
    word = translate(min(SURENESS, key=lambda step: abs(step[0] - (reading.sureness or 0)))[1])
    return translate("sureness: {word}", word=word)


def with_reader(card: AiCard, reader: ReaderTexts) -> tuple[AiCard, ReaderTexts]:
    """Return the card of an answer beside the reader's word on it.

    With an own reading the band says how both compare, and both stand below it.
    """
    if reader.is_asked:
        band = AiCard(CardState.READER_FIRST, translate("Your reading first"), sentence=reader.question)
        return band, reader
    is_open = card.state is CardState.UNCERTAIN
    if not reader.you[0] or (reader.stance is None and not is_open):
        said = "" if reader.stance is None or is_open else translate(_IN_SIGHT[reader.stance])
        return replace(card, sentence=" ".join(part for part in (card.sentence, said) if part)), reader
    # guard(_NOT_COMPARED -> _BANDS[Stance.DISAGREE]):
    #     nobody differs from a model that gives no answer
    state, word = _NOT_COMPARED if is_open or reader.stance is None else _BANDS[reader.stance]
    beside = replace(reader, model=(card.word, card.score), caveat=card.caveat)
    # whose sentence it is would not be seen above both answers
    sentence = card.sentence if is_open else ""
    return replace(card, state=state, word=translate(word), score="", caveat="", sentence=sentence), beside


NO_READER: Final = ReaderTexts()
"""Of a card that no reader was asked about."""
