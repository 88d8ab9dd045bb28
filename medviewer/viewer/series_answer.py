"""A model's answer on a whole series, and its answered slices."""

from dataclasses import dataclass
from functools import lru_cache
from operator import is_
from typing import TYPE_CHECKING, Final

from medviewer.dicom.model import StoredStack
from medviewer.imaging.source import ImageSource
from medviewer.inference import pack
from medviewer.inference.labels import finding_words
from medviewer.inference.result import ModelResult, ResultKey
from medviewer.inference.tasks import changed_scores, rounded
from medviewer.inference.verdicts import CANNOT_TELL, Choice, ReaderQuestion, question_of
from medviewer.viewer.models import series_rule
from medviewer.viewer.state import DisplayState, asked_places, is_hidden, unread_places
from medviewer.viewer.texts import MarkKind, strip_of

if TYPE_CHECKING:
    from medviewer.inference.pack import SeriesVerdict
    from medviewer.viewer.viewer_state import ViewerState

LEAST_ASKED: Final = 2
"""A single slice that was asked is no beginning of a series."""


@dataclass(frozen=True, slots=True, eq=False)
class SeriesAnswer:
    """Verdict of a rule on a series.

    Parameters
    ----------
    of : frozenset of ResultKey
        The results that it was judged from; a verdict on the series belongs to them.
    question : ReaderQuestion
        What a reader is asked of the series, and what the rule answered.
    score, threshold : str
        As they are written.
    is_hidden : bool
        An answer of one of its slices waits for the reader's verdict.
    sample : ModelResult
        One of the results, for what all share: the model.
    left_out, unread : frozenset of int
        Slices without an answer, and those of them that could not be read.
    """

    of: frozenset[ResultKey]
    question: ReaderQuestion
    verdict: "SeriesVerdict"
    score: str
    threshold: str
    is_hidden: bool
    sample: ModelResult
    left_out: frozenset[int] = frozenset()
    unread: frozenset[int] = frozenset()

    @property
    def is_called(self) -> bool:
        """Whether the rule calls the finding."""
        return self.verdict.called


class _CacheKey:
    """Basis of an answer on a series, the same while all parts are."""

    __slots__ = ("model", "parts", "stack", "state")

    def __init__(self, state: DisplayState, model: str, stack: StoredStack) -> None:
        self.state, self.model, self.stack = state, model, stack
        self.parts = (
            stack,
            state.model,
            state.results,
            state.result_slices,
            state.unread,
            state.reader_first,
            state.verdicts,
            state.series_verdicts,
        )

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, _CacheKey) or self.model != other.model:
            return False
        return all(map(is_, self.parts, other.parts))

    def __hash__(self) -> int:
        return hash((self.model, *map(id, self.parts)))


def series_answer(state: DisplayState, model: str, stack: ImageSource) -> SeriesAnswer | None:
    """Return the verdict of the model's rule on a stack.

    None where it has no rule, a slice was not asked, or the rule says nothing of them.
    """
    if not state.result_slices or not isinstance(stack, StoredStack) or len(stack) < 2:
        return None
    return _answer(_CacheKey(state, model, stack))


@lru_cache(1)
def _answer(basis: _CacheKey) -> SeriesAnswer | None:
    """Return the answer; the last one is kept, as scrolling asks again."""
    state, model, stack = basis.state, basis.model, basis.stack
    point = series_rule(model)
    if point is None:
        return None
    keys = {place: key for place, key in asked_places(state, stack).items() if key in state.results}
    unread = unread_places(state, stack)
    # guard(test): no series is answered before all of its slices were asked
    if len(keys.keys() | unread) < len(stack):
        return None
    results = [state.results[keys[place]] if place in keys else None for place in range(len(stack))]
    questions = [None if result is None else question_of(result) for result in results]
    scores = [None if question is None else question.score for question in questions]
    spacing = stack.spacing_mm[2] if stack.spacing_mm is not None else None
    verdict = pack.judge_series(point, scores, spacing, [changed_scores(result) for result in results])
    first = next((place for place, question in enumerate(questions) if question is not None), None)
    if verdict is None or first is None:
        return None
    question, result = questions[first], results[first]
    assert question is not None
    assert result is not None
    asked = _of_series(question, verdict)
    score = rounded(verdict.score, point.threshold)
    of = frozenset(keys.values())
    hidden = any(is_hidden(state, key) for key in of)
    judged = frozenset(place for place, found in enumerate(scores) if found is not None)
    left_out = frozenset(range(len(stack))) - judged
    return SeriesAnswer(
        of, asked, verdict, score.text, score.threshold_text, hidden, result, left_out, unread
    )


@dataclass(frozen=True, slots=True)
class UnfinishedSeries:
    """Slices of a series that were asked, too few for an answer on it."""

    asked: int
    of: int
    flagged: int


def unfinished_series(state: "ViewerState") -> UnfinishedSeries | None:
    """Return how much of the focused pane's series was asked.

    None where all or a single one was, where the chosen model has no rule for it, and during a run.
    """
    pane = state.focused
    if pane is None or not state.display.result_slices:
        return None
    if state.series_run is not None and state.series_run.stack == pane.stack.key:
        return None
    stack, rule = pane.stack, series_rule(state.model)
    if rule is None or not isinstance(stack, StoredStack) or stack.spacing_mm is None:
        return None
    strip = strip_of(state.display, stack)
    if not LEAST_ASKED <= strip.asked < len(stack):
        return None
    low, high = rule.spacing_mm
    if not low <= stack.spacing_mm[2] <= high:
        return None
    return UnfinishedSeries(strip.asked, len(stack), len(strip.of_kind(MarkKind.FLAGGED)))


def flagged_places(state: DisplayState, stack: ImageSource) -> list[int]:
    """Return the slices of a stack that the present model flags."""
    return strip_of(state, stack).of_kind(MarkKind.FLAGGED)


def _of_series(question: ReaderQuestion, verdict: "SeriesVerdict") -> ReaderQuestion:
    present, absent = question.choices[:2]
    words, called = finding_words(question.finding), present.label if verdict.called else absent.label
    return ReaderQuestion(
        words.series_question,
        (Choice(present.label, present.title), Choice(absent.label, absent.title)),
        CANNOT_TELL if verdict.is_uncertain else called,
        verdict.score,
        question.finding,
    )


def answer_on_series(state: "ViewerState") -> SeriesAnswer | None:
    """Return the chosen model's answer on the focused pane's series.

    None while the series is being asked about.
    """
    pane = state.focused
    if pane is None or (state.series_run is not None and state.series_run.stack == pane.stack.key):
        return None
    return series_answer(state.display, state.model, pane.stack)


def series_threshold(state: "ViewerState") -> float | None:
    """Return the threshold by which the focused pane's series was answered.

    None while there is no such answer, or it is hidden.
    """
    answer = answer_on_series(state)
    # guard(answer.is_hidden -> False): no line tells of an answer that is hidden
    point = None if answer is None or answer.is_hidden else series_rule(answer.sample.model)
    return None if point is None else point.threshold


def asked_slices(state: "ViewerState", *, flagged_only: bool = False) -> list[tuple[ImageSource, int]]:
    """Return the slices of all open series that the chosen model answered.

    Those whose answer is hidden until the reader gives a verdict are left out.

    Parameters
    ----------
    flagged_only : bool
        Those alone that it flags.
    """
    found: list[tuple[ImageSource, int]] = []
    for stack in state.library.stacks if state.display.result_slices else ():
        strip = strip_of(state.display, stack)
        found += (
            (stack, place)
            for place in (strip.of_kind(MarkKind.FLAGGED) if flagged_only else sorted(strip.results))
        )
    return found
