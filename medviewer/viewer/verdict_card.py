"""Texts of the reader's verdict on the card, before and after the answer."""

from collections.abc import Sequence
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
    own_label,
    question_of,
)
from medviewer.translation import listed, mark, translate
from medviewer.viewer.series_answer import answer_on_series, flagged_places, unfinished_series
from medviewer.viewer.state import (
    DisplayState,
    PaneState,
    earlier_on,
    hidden_result,
    series_verdict_of,
    verdict_history,
)
from medviewer.viewer.texts import (
    AiCard,
    CardState,
    earlier_text,
    not_judged_lines,
    short_number_text,
    strip_of,
)
from medviewer.viewer.viewer_state import ViewerState

KINDS: Final = 3
"""Of so many kinds the reader may hold none for the right one."""

SURENESS: Final = (
    (0, mark("a guess")),
    (25, mark("not very sure")),
    (50, mark("fairly sure")),
    (75, mark("very sure")),
    (100, mark("certain")),
)
"""Steps of sureness, and their words."""

_BANDS: Final = {
    Stance.AGREE: (CardState.AGREES, mark("You and the AI agree")),
    Stance.DISAGREE: (CardState.DIFFERS, mark("You and the AI differ")),
    Stance.UNSURE: (CardState.UNDECIDED, mark("You are unsure")),
}
_IN_SIGHT: Final = {
    Stance.AGREE: mark("You and the AI agree. Agreement is no confirmation."),
    Stance.DISAGREE: mark("Your answer differs."),
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
        The answers to choose from, "Unsure" the last one.
    can_say : bool
        An answer is in sight on which a verdict can be given.
    stance : Stance or None
        The one that holds.
    words : tuple of str
        On the keys beside an answer in sight, "Unsure" the last one; () where nothing can be said.
    held : int or None
        The place among them of the reader's own answer.
    part : str
        How many slices of the series were asked, unless all were.
    you, model : (str, str)
        Both answers, each with what stands beside it; ("", "") where there was no own reading.
    earlier : str
        The verdict of an earlier session on the slice; "" for none.
    note, caveat : str
        What else is to be said of the two, and the model's sentence.
    can_undo : bool
        There is a verdict that can be taken back.
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
    held: int | None = None
    part: str = ""

    @property
    def is_asked(self) -> bool:
        """Whether an answer waits for the reader's own."""
        return bool(self.choices)


def reader_of(state: DisplayState, pane: PaneState | None) -> ReaderTexts:
    """Return the reader's part of the card of a pane."""
    if pane is None:
        return ReaderTexts(state.reader_first)
    reader, row = _reader_of(state, pane), earlier_on(state, pane)
    if reader.can_say:
        reader = replace(reader, part=_part(state, pane))
    if row is None:
        return reader
    hides = state.reader_first and not reader.can_say
    return replace(reader, earlier=earlier_text(row, hides=hides))


def _part(state: DisplayState, pane: PaneState) -> str:
    """Return how many slices of a series were asked, unless all were."""
    asked, total = strip_of(state, pane.stack).asked, len(pane.stack)
    if asked >= total:
        return ""
    # guard(-> ""): a slice without a finding does not read as a clear series
    return translate("{asked} of {total} slices asked.", asked=asked, total=total)


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
    held : int or None
        The place among them of the reader's own.
    figures : str
        Score and threshold of the series, for a tooltip: in sight the score is read as a percentage.
    """

    said: str = ""
    choices: tuple[str, ...] = ()
    held: int | None = None
    figures: str = ""


def series_reader_of(state: ViewerState) -> SeriesReaderTexts:
    """Return the reader's part of the focused pane's series."""
    answer = answer_on_series(state)
    if answer is None:
        return SeriesReaderTexts(_unfinished(state))
    question = answer.question
    if answer.is_hidden:
        return SeriesReaderTexts(question.question.for_user(), _series_words())
    verdict = answer.verdict
    if verdict.is_uncertain:
        said = translate("Whole series: no answer. Slight alterations of the pictures turn it.")
    elif answer.is_called:
        said = translate(
            "Whole series: flagged, as two neighbouring slices ({slices}) are above the threshold for a "
            "series. {count} slice is flagged: {first}.",
            "Whole series: flagged, as two neighbouring slices ({slices}) are above the threshold for a "
            "series. {count} slices are flagged, between {first} and {last}.",
            slices=_named(state, verdict.slices),
            **_flagged(state),
        )
    # guard(test): what was not judged is not called free of findings with the rest
    elif answer.left_out:
        said = translate(
            "Not flagged on the {judged} of {of} slices that were judged: no two neighbouring ones are both "
            "above the threshold for a series.",
            judged=verdict.judged,
            of=verdict.of,
        )
    else:
        said = translate(
            "Whole series: not flagged, but nothing is excluded. A series has a threshold of its own: no two "
            "neighbouring slices are both above it."
        )
    figures = ""
    if answer.score:
        figures = translate(
            "Score of the series {score}, threshold for a series {threshold}: not a percentage",
            score=answer.score,
            threshold=answer.threshold,
        )
    if state.focused is not None:
        left_out = not_judged_lines(state.focused.stack, sorted(answer.left_out), answer.unread)
        said = "\n".join((said, *left_out))
    given = series_verdict_of(state.display, answer.of)
    return SeriesReaderTexts(said, _series_words(), _held(question, given), figures)


def _series_words() -> tuple[str, ...]:
    """Return the words of the buttons of a series, unlike those of a slice."""
    return translate("Series: yes"), translate("Series: no"), translate("Series: unsure")


def _flagged(state: ViewerState) -> dict[str, object]:
    """Return the number of flagged slices, the first and the last one."""
    places = [] if state.focused is None else flagged_places(state.display, state.focused.stack)
    return {
        "count": len(places),
        "first": _named(state, places[:1]),
        "last": _named(state, places[-1:]),
    }


def _named(state: ViewerState, slices: Sequence[int]) -> str:
    """Return the numbers of slices, as the strip has them."""
    if state.focused is None:
        return ""
    return listed(short_number_text(state.focused.stack, place) for place in slices)


def _unfinished(state: ViewerState) -> str:
    """Return that a series has no answer yet; "" where none is due."""
    found = unfinished_series(state)
    if found is None:
        return ""
    said = translate(
        "Series: only {asked} of {of} slices asked, so no answer for it. “Ask series” asks the rest.",
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
        return ReaderTexts(True, said, (translate("Unsure"),))
    titles = [choice.title.for_user() for choice in question.choices]
    return ReaderTexts(True, question.question.for_user(), (*titles, translate("Unsure")))


def _beside(result: ModelResult, verdict: Verdict, *, is_first: bool, can_undo: bool) -> ReaderTexts:
    question = question_of(result)
    if question is None:
        return ReaderTexts(is_first, can_undo=can_undo)
    reader = ReaderTexts(
        is_first,
        can_say=True,
        stance=final_stance(question, verdict),
        can_undo=can_undo,
        words=_words(question),
        held=_held(question, verdict),
    )
    if verdict.reading is None:
        return reader
    return replace(
        reader,
        you=(question.title_of(verdict.reading.label).for_user(), sureness_text(verdict.reading)),
        note=_note(verdict.reading, switched=has_switched(question, verdict)),
    )


def _words(question: ReaderQuestion) -> tuple[str, ...]:
    """Return the words of the keys, one for each answer."""
    named = [choice.title.for_user() for choice in question.choices]
    return (*named, translate("Unsure") if len(named) < KINDS else translate("None or unsure"))


def _held(question: ReaderQuestion, verdict: Verdict) -> int | None:
    """Return the place of the reader's own answer among the words of the keys."""
    labels = [*(choice.label for choice in question.choices), CANNOT_TELL]
    own = own_label(question, verdict)
    return labels.index(own) if own in labels else None


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
    return translate("your confidence: {word}", word=word)


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
    # whose sentence it is would not be seen above both answers
    said = "" if is_open else translate("Model: {said}", said=card.sentence)
    beside = replace(reader, model=(card.word, ""), caveat=said)
    sentence = card.sentence if is_open else ""
    return replace(card, state=state, word=translate(word), score="", caveat="", sentence=sentence), beside


NO_READER: Final = ReaderTexts()
"""Of a card that no reader was asked about."""
