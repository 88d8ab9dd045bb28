"""Texts and drawing of the card beside the image, with a model's answer.

One word, one number and one sentence, drawn on one scale; a refusal, a failure and a question that was not
yet asked stand in the same place. Everything is computed here and only painted in the window.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from medviewer.inference.labels import finding_words
from medviewer.inference.result import ModelResult
from medviewer.inference.tasks import TASKS, Answer, Call, Score, rounded, scored
from medviewer.plain_text import as_line
from medviewer.translation import listed, mark, translate
from medviewer.viewer.texts.caption import result_text

HASH_SHOWN: Final = 8
"""Digits of a model's hash by which it is known."""

HUNDRED: Final = 100
MANY_MISSED: Final = 0.1
"""Share of the test's pictures not flagged from which on it is a caution that they showed the finding."""

CHANGED: Final = mark("bracket on the scale: {number} slightly altered pictures, score {low} to {high}")
CHANGED_KIND: Final = mark(
    "{number} slightly altered pictures: the score of the kind that is named goes from {low} to {high}"
)
SAME: Final = mark("{number} slightly altered pictures: score {low}")
CHANGES: Final = 16
"""Slightly altered pictures that are tried; when they were, each result says how many."""

TRIED: Final = mark("{number} slightly altered pictures are being tried…")
UNCHANGED: Final = mark("The picture was not altered slightly: the score is far from the threshold")
_SIDES: Final = {
    Call.FLAGGED: mark("above its threshold"),
    Call.NOT_FLAGGED: mark("below its threshold"),
    Call.UNCERTAIN: mark("in its unsure range"),
    Call.NAMED: "",
}
"""Where the score lies, by the call: it is on the threshold, too, where it is flagged."""
_TURNED: Final = mark("answer not stable")
"""The same of a score on either side of the range that is left open."""
ALWAYS_FLAGGED, NEVER_FLAGGED = mark("always flagged"), mark("never flagged")


class CardState(StrEnum):
    """The states of the card, of which one is shown; an answer's is its call."""

    EMPTY = "empty"  # there is no slice that could be judged
    NOT_ASKED = "not asked"
    DOES_NOT_FIT = "does not fit"  # nor asked
    NO_MODEL = "no model"  # is made for such images, so none can be asked
    RUNNING = "running"
    QUESTION = "question"  # the reader is asked first
    FLAGGED = "flagged"
    NOT_FLAGGED = "not flagged"
    UNCERTAIN = "uncertain"
    NAMED = "named"
    REFUSED = "refused"
    OVERRIDDEN = "overridden"
    FAILED = "failed"
    READER_FIRST = "reader first"  # the answer is hidden
    AGREES = "agrees"  # the reader, who gave an own answer before
    DIFFERS = "differs"
    UNDECIDED = "undecided"


@dataclass(frozen=True, slots=True)
class ScoreScale:
    """Places of score and threshold between 0 and 1.

    Both are as they are written, so that what is drawn can be read no other way.

    Parameters
    ----------
    value, threshold : float
        From one rounding.
    low, high : float
        Ends of the band in which nothing is called; the threshold where there is none.
    text, score : str
        Threshold and score as they are written.
    place : str
        On which side of the threshold the score lies, in words.
    is_open : bool
        It is too near to the threshold for a call.
    whisker : (float, float) or None
        The lowest and highest score under small changes of the picture; None: not tried.
    """

    value: float
    threshold: float
    low: float
    high: float
    text: str
    score: str
    whisker: tuple[float, float] | None = None
    place: str = ""
    is_open: bool = False

    @property
    def is_flagged(self) -> bool:
        """Whether the score reaches the threshold."""
        return self.value >= self.threshold


@dataclass(frozen=True, slots=True)
class NamedScore:
    """One of several classes with its score."""

    title: str
    score: Score
    is_most: bool


@dataclass(frozen=True, slots=True)
class Frequencies:
    """Natural frequencies of the finding among pictures with this call.

    Parameters
    ----------
    count : int or None
        Of a hundred, at the share that the reader sets; None: not set yet.
    said : str
        "Of 100 slices that it flags about 28 bleed"; what is asked where none is set.
    before, behind : str
        Around the number that the reader sets: "if 1 slice in", "bleeds".
    one_in : float
        That number; 0 where none is set.
    in_test : str
        "In its test it flagged 207 slices: 58 bled, 149 were false alarms."
    misses : bool
        In the test so many with the finding were not flagged that the answer excludes next to nothing.
    """

    count: int | None
    said: str
    before: str
    behind: str
    one_in: float
    in_test: str
    misses: bool = False


@dataclass(frozen=True, slots=True)
class AiCard:
    """All that the card says.

    Parameters
    ----------
    word : str
        In the band: "Flagged".
    score : str
        "0.67" for tables; "" where no number may be said. The band has none, as it is read as a percentage.
    caveat : str
        On which side of the threshold the score lies, and what that is not, below the word.
    struck : str
        A class that is not valid, which stands last and is struck out.
    sentence : str
        Below the band.
    details, cautions : tuple of str
        A line each; cautions want attention.
    source : str
        "0.2.0 · b7db3861".
    """

    state: CardState
    word: str = ""
    score: str = ""
    caveat: str = ""
    sentence: str = ""
    struck: str = ""
    scale: ScoreScale | None = None
    named: tuple[NamedScore, ...] = ()
    frequencies: Frequencies | None = None
    details: tuple[str, ...] = ()
    cautions: tuple[str, ...] = ()
    source: str = ""

    @property
    def is_struck(self) -> bool:
        """Whether nothing that the model says of the picture is valid."""
        return self.state is CardState.OVERRIDDEN


def card_of_question(text: str) -> AiCard:
    """Return the card of a question that the reader is asked first."""
    return AiCard(CardState.QUESTION, translate("One question first"), sentence=text)


def card_before(
    *, misfit: str, working: bool, has_slice: bool, is_unmade: bool = False, notes: Sequence[str] = ()
) -> AiCard:
    """Return the card of a slice without a result.

    Parameters
    ----------
    misfit : str
        Why the chosen model does not fit; "" where it does.
    working : bool
        A model is being asked.
    has_slice : bool
        There is a slice that could be judged.
    is_unmade : bool
        No installed model is made for such images, which `misfit` says.
    notes : sequence of str
        What will be noted beside an answer.
    """
    if working:
        return AiCard(
            CardState.RUNNING, translate("Asking the model…"), sentence=translate("Esc stops asking.")
        )
    if not has_slice:
        return AiCard(CardState.EMPTY, translate("No picture"))
    if is_unmade:
        return AiCard(CardState.NO_MODEL, translate("No model for it"), sentence=misfit)
    if misfit:
        return AiCard(CardState.DOES_NOT_FIT, translate("Would be refused"), sentence=misfit)
    return AiCard(CardState.NOT_ASKED, translate("Not asked yet"), details=tuple(notes))


def card_of(result: ModelResult, one_in: float = 0.0, *, is_tried: bool = False) -> AiCard:
    """Return the card of a result.

    Parameters
    ----------
    one_in : float
        So many pictures are read for each one with the finding, as the reader says; 0: not said.
    is_tried : bool
        Slight changes of the picture are being computed.
    """
    said = result_text(result)
    source = source_text(result.model_version, result.key.model_sha256)
    if result.reason is not None:
        state, word = CardState.FAILED if result.has_failed else CardState.REFUSED, result.headline.for_user()
        return AiCard(state, word, sentence=result.reason.for_user(), cautions=said.cautions, source=source)
    answer = TASKS[result.task].answer(result.content)
    if not result.is_valid:
        # guard(answer.word -> NOTHING): what the model would have said stands there, struck out
        struck = answer.word.for_user()
        return AiCard(
            CardState.OVERRIDDEN,
            translate("Not valid for this picture"),
            sentence=translate("This is no answer: the model is not made for this picture."),
            struck=struck,
            cautions=said.cautions,
            source=source,
        )
    frequencies = _frequencies(answer, one_in)
    words = TASKS[result.task].words(result.content)
    in_band = {as_line(one.for_user()) for one in words.cautions} if answer.caveat else set()
    score = _score_lines(result, answer)
    # the effect of slight changes last: it comes after the answer, and moves no line that is being read
    details = (*score, *_heat(result), *_details(result, answer, said.details))
    # guard(test): while they are computed it is not said that they were left out
    if is_tried and result.stability is None:
        details = (*details, translate(TRIED, number=CHANGES))
    elif is_far(result, answer):
        details = (*details, translate(UNCHANGED))
    else:
        details = (*details, *_stability(result, answer))
    return AiCard(
        CardState(answer.call),
        answer.word.for_user(),
        answer.score.text if answer.score is not None else "",
        " · ".join(part for part in (_side(answer), answer.caveat.for_user()) if part),
        answer.sentence.for_user(),
        scale=_scale(result, answer),
        named=_named(result) if answer.call is Call.NAMED else (),
        frequencies=frequencies,
        details=tuple(map(as_line, details)),
        cautions=tuple(one for one in said.cautions if one not in in_band),
        source=source,
    )


def source_text(version: str, model_sha256: str = "") -> str:
    """Return version and the beginning of the hash of a model."""
    return " · ".join(part for part in (version, model_sha256[:HASH_SHOWN]) if part)


def _side(answer: Answer) -> str:
    """Return on which side of the threshold the score lies; "" without one."""
    score = answer.score
    if score is None or score.threshold is None:
        return ""
    low, high = score.band or (math.inf, -math.inf)
    # guard(-> False): no score far from the threshold is called near it
    if answer.call is Call.UNCERTAIN and not low <= score.value <= high:
        return translate(_TURNED)
    return translate(_SIDES[answer.call])


def _score_lines(result: ModelResult, answer: Answer) -> tuple[str, ...]:
    """Return score and threshold in figures."""
    if answer.score is None:
        return ()
    if answer.call is Call.NAMED:
        named = listed(f"{one.title} {one.score.text}" for one in _named(result))
        said = [translate("scores: {named}", named=named)]
    else:
        said = [translate("score {value}", value=answer.score.text)]
    if answer.score.threshold is not None:
        # guard(statement): no score stands without the threshold that gives it a meaning
        said.append(translate("threshold {value}", value=answer.score.threshold_text))
    return (" · ".join(said),)


def _details(result: ModelResult, answer: Answer, said: tuple[str, ...]) -> tuple[str, ...]:
    """Return the lines below scale and counts.

    The scale says the side of the threshold; the rates are those that every export of the result says.
    """
    if not answer.finding or answer.call is Call.UNCERTAIN:
        rates = TASKS[result.task].words(result.content).rates
        # no rate of answers stands beside none
        stated = {answer.sentence.for_user(), as_line(rates.for_user()) if answer.finding else ""}
        return tuple(one for one in said if not any(one in text for text in stated))
    if answer.counts is None:
        return said[1:]
    words = TASKS[result.task].words(result.content)
    notes = [
        one.for_user()
        for one in (words.rates, *words.measures, *(note.message for note in result.notes))
        if one
    ]
    if result.population_title:
        title = translate(result.population_title)
        notes.insert(0, translate("figures for the group: {title}", title=title))
    return tuple(notes)


def _heat(result: ModelResult) -> tuple[str, ...]:
    """Return the heat map in a few words, or by which figure it is withheld."""
    heat = result.heat_map
    if heat is None:
        return ()
    lines = heat.lines if heat.is_withheld else heat.lines[:1]
    return tuple(line.for_user() for line in lines)


def _whisker(result: ModelResult, answer: Answer) -> tuple[Score, Score] | None:
    """Return the lowest and highest score under small changes, rounded."""
    found, score = result.stability, answer.score
    # guard(test): what small changes did is said of a valid answer only
    if found is None or score is None or not result.is_valid:
        return None
    decided = scored(result)
    point = None if decided is None else decided.operating_point
    threshold = None if point is None else point.threshold
    ends = found.lowest, found.highest
    low, high = (rounded(value, threshold, score.decimals) for value in ends)
    places = max(low.decimals, high.decimals)  # both ends are written alike
    low, high = (rounded(value, threshold, places) for value in ends)
    return low, high


def _reaches(answer: Answer) -> bool:
    score = answer.score
    return score is not None and score.threshold is not None and score.value >= score.threshold


def is_far(result: ModelResult, answer: Answer) -> bool:
    """Return whether no change was tried, as the threshold is far."""
    if not result.is_valid or result.stability is not None or scored(result) is None:
        return False
    return answer.call in (Call.FLAGGED, Call.NOT_FLAGGED)


def _stability(result: ModelResult, answer: Answer) -> tuple[str, ...]:
    """Return in words the effect of small changes on the score."""
    found, ends = result.stability, _whisker(result, answer)
    if found is None or ends is None:
        return ()
    low, high = (end.text for end in ends)
    # guard(-> CHANGED): no bracket is spoken of where no scale is drawn
    changed = CHANGED_KIND if answer.call is Call.NAMED else CHANGED
    said = translate(SAME if low == high else changed, low=low, high=high, number=found.count)
    if found.flips is None or answer.call is Call.UNCERTAIN:
        return (said,)
    return (listed((said, translate(ALWAYS_FLAGGED if _reaches(answer) else NEVER_FLAGGED))),)


def _scale(result: ModelResult, answer: Answer) -> ScoreScale | None:
    score = answer.score
    if score is None or score.threshold is None or math.isnan(score.value):
        return None
    low, high = score.band or (score.threshold, score.threshold)
    ends = _whisker(result, answer)
    whisker = None if ends is None else (ends[0].value, ends[1].value)
    place, is_open = _side(answer), answer.call is Call.UNCERTAIN
    text = score.threshold_text
    return ScoreScale(score.value, score.threshold, low, high, text, score.text, whisker, place, is_open)


def _named(result: ModelResult) -> tuple[NamedScore, ...]:
    bars = TASKS[result.task].bars(result.content)
    most = max((bar.score.value for bar in bars), default=0.0)
    # in the order of the reader's keys, so that the same place is the same answer
    return tuple(NamedScore(bar.title.for_user(), bar.score, bar.score.value == most) for bar in bars)


def _frequencies(answer: Answer, one_in: float) -> Frequencies | None:
    counts, is_flagged = answer.counts, answer.call is Call.FLAGGED
    if counts is None or answer.call is Call.UNCERTAIN:
        return None
    share = counts.share(one_in, is_flagged=is_flagged)
    if share is None:
        return None
    words, count, said = (
        finding_words(answer.finding),
        None,
        translate("Set how common it is where you read:"),
    )
    # guard(one_in -> True): how common a finding is where the reader works is nobody's to guess
    if one_in:
        count = round(share * HUNDRED)
        about = "< 1" if count == 0 else "> 99" if count == HUNDRED else str(count)
        said = translate(words.of_flagged if is_flagged else words.of_others, count=about)
    before, _, behind = translate(words.one_in, number="\n").partition("\n")
    on_side, of = counts.on_side(is_flagged=is_flagged)
    in_test = words.in_test_flagged if is_flagged else words.in_test_others
    tested = translate(in_test, count=on_side, of=of, others=of - on_side)
    misses = not is_flagged and on_side > of * MANY_MISSED
    return Frequencies(count, said, before.strip(), behind.strip(), one_in, tested, misses)
