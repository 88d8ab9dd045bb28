"""The answers for a series: strip under the slider, sum, and table."""

import math
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from operator import is_
from typing import TYPE_CHECKING, Final, NamedTuple
from weakref import WeakKeyDictionary

from medviewer.imaging.source import ImageSource
from medviewer.inference.result import ModelResult
from medviewer.inference.tasks import TASKS
from medviewer.inference.verdicts import CANNOT_TELL, Stance, Verdict, final_stance, question_of
from medviewer.plain_text import pasted_rows
from medviewer.translation import listed, mark, translate
from medviewer.viewer.state import (
    DisplayState,
    asked_places,
    key_of_slice,
    unread_places,
    verdict_of,
    visible_result,
)
from medviewer.viewer.texts.ai_card import card_of, is_far
from medviewer.viewer.texts.earlier_verdict import earlier_title
from medviewer.viewer.texts.image_numbers import short_number_text

if TYPE_CHECKING:
    from medviewer.inference.verdicts import VerdictRow

NAMED_HEIGHT: Final = 0.25
"""Of the mark of a slice for which a kind is named: no score is compared with that of another slice."""

STANCE_WORDS: Final = {
    Stance.AGREE: mark("agree"),
    Stance.DISAGREE: mark("disagree"),
    Stance.UNSURE: mark("unsure"),
}

NO_ANSWER: Final = mark("no answer to compare")

_UNCERTAIN: Final = mark("{count} uncertain")
_NOT_JUDGED: Final = mark("{count} not judged")
_NOT_FLAGGED: Final = mark("{count} not flagged")

_WITHOUT_RESULT: Final = {
    (False, False): mark("not asked"),
    (True, False): mark("hidden until your verdict"),
    (False, True): mark("could not be read"),
}
"""Words for a slice without a result: whether it is hidden, and whether it could not be read."""

FEW: Final = 3
"""So many slices that were not judged are named; of more, their number is said."""


class MarkKind(StrEnum):
    """The model's answer for a slice: its call, or that it was not judged."""

    FLAGGED = "flagged"
    NOT_FLAGGED = "not flagged"
    UNCERTAIN = "uncertain"
    NAMED = "named"
    NOT_JUDGED = "not judged"


@dataclass(frozen=True, slots=True)
class SliceMark:
    """The mark of a slice.

    Parameters
    ----------
    height : float
        The root of the score as it is written, 0 to 1; 0 where the slice was not judged.
    threshold : float or None
        The root of the threshold as it is written.
    is_far : bool
        No change of the picture was tried, as the threshold is far.
    """

    kind: MarkKind
    height: float = 0.0
    threshold: float | None = None
    is_far: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class SeriesStrip:
    """The marks of a stack's slices by place, and their results.

    Parameters
    ----------
    hidden : frozenset of int
        Slices whose answers wait for the reader's verdict; they have neither mark nor result here.
    stances : mapping
        What the reader says of the answers of slices.
    earlier : mapping
        Verdicts of earlier sessions on the other slices, asked now or not.
    total : int
        Slices of the stack.
    unread : frozenset of int
        Slices that could not be read; they have a mark as those that were not judged, and no result.
    """

    marks: Mapping[int, SliceMark] = field(default_factory=dict)
    results: Mapping[int, ModelResult] = field(default_factory=dict)
    hidden: frozenset[int] = frozenset()
    stances: Mapping[int, Stance] = field(default_factory=dict)
    earlier: "Mapping[int, VerdictRow]" = field(default_factory=dict)
    total: int = 0
    unread: frozenset[int] = frozenset()

    @property
    def threshold(self) -> float | None:
        """The root of the threshold; None where there is none."""
        found = (mark.threshold for mark in self.marks.values() if mark.threshold is not None)
        return next(found, None)

    @property
    def asked(self) -> int:
        """So many slices were asked, answers that are hidden among them."""
        return len(self.marks) + len(self.hidden)

    def of_kind(self, kind: MarkKind) -> list[int]:
        """Return the places of the slices with a kind of mark, in order."""
        return sorted(place for place, mark in self.marks.items() if mark.kind is kind)


NO_STRIP: Final = SeriesStrip()


class _Kept(NamedTuple):
    """The last strip of a stack, with its basis."""

    basis: tuple[object, ...]
    strip: SeriesStrip


_kept: WeakKeyDictionary[ImageSource, _Kept] = WeakKeyDictionary()


def strip_of(state: DisplayState, stack: ImageSource) -> SeriesStrip:
    """Return the present model's answers for the slices of a stack.

    The last strip of each stack is kept while nothing changes, and its marks while their results are the
    same; strip, card and commands count the slices asked by it.
    """
    if (not state.result_slices or state.model is None) and state.earlier is None:
        return NO_STRIP
    basis = (
        *(state.model, state.results, state.result_slices, state.unread, state.reader_first),
        *(state.verdicts, state.series_verdicts, state.earlier),
    )
    kept = _kept.get(stack)
    # guard(all(map(is_, basis, kept.basis)) -> True): a strip that is kept is of the present state
    if kept is not None and all(map(is_, basis, kept.basis)):
        return kept.strip
    found = _strip(state, stack, NO_STRIP if kept is None else kept.strip)
    _kept[stack] = _Kept(basis, found)
    return found


def _strip(state: DisplayState, stack: ImageSource, before: SeriesStrip) -> SeriesStrip:
    """Return a strip made anew; marks of the same results stay as they are."""
    results, marks, hidden, stances = {}, {}, set(), {}
    for place, key in asked_places(state, stack).items():
        result = visible_result(state, key)
        if result is None:
            hidden.add(place)
            continue
        results[place] = result
        is_same = before.results.get(place) is result
        marks[place] = before.marks[place] if is_same else mark_of(result)
        # guard(key -> next(iter(state.results))): a tick stands under the slice that the verdict is about
        stance = stance_on(result, verdict_of(state, key))
        if stance is not None:
            stances[place] = stance
    unread = unread_places(state, stack)
    marks |= dict.fromkeys(unread, SliceMark(MarkKind.NOT_JUDGED))
    earlier = _earlier(state, stack)
    found = SeriesStrip(marks, results, frozenset(hidden), stances, earlier, len(stack), unread)
    return found if marks or hidden or earlier else NO_STRIP


def _earlier(state: DisplayState, stack: ImageSource) -> "dict[int, VerdictRow]":
    """Return the verdicts of earlier sessions on slices without one of today."""
    found: dict[int, VerdictRow] = {}
    if state.earlier is None:
        return found
    for place in range(len(stack)):
        slice_key = stack.slice_key(place)
        row = state.earlier.on_slice(slice_key.instance_uid, slice_key.frame_number)
        if row is not None and not verdict_of(state, key_of_slice(state, slice_key)).is_said:
            found[place] = row
    return found


def stance_on(result: ModelResult, verdict: Verdict) -> Stance | None:
    """Return the last stance of a verdict on a result, or None.

    A verdict on an uncertain answer is neither agreement nor disagreement.
    """
    question = question_of(result) if verdict.is_said else None
    if question is None:
        return None
    # guard(-> False): no slice has a cross on which the model gave no answer
    if question.answered == CANNOT_TELL:
        return Stance.UNSURE
    return final_stance(question, verdict)


def mark_of(result: ModelResult) -> SliceMark:
    """Return the mark of a slice with this result.

    What was asked in spite of a refusal has no figure, and is marked as not judged.
    """
    if not result.is_valid:
        return SliceMark(MarkKind.NOT_JUDGED)
    answer = TASKS[result.task].answer(result.content)
    score = answer.score
    if score is None or score.threshold is None or math.isnan(score.value):
        return SliceMark(MarkKind(answer.call), NAMED_HEIGHT)
    kind, ends = MarkKind(answer.call), (_root(score.value), _root(score.threshold))
    return SliceMark(kind, *ends, is_far(result, answer))


def _root(value: float) -> float:
    return math.sqrt(max(0.0, min(1.0, value)))


@dataclass(frozen=True, slots=True)
class StripPart:
    """A part of the sum of a strip, with its mark, if any."""

    text: str
    kind: MarkKind | None = None


def strip_parts(strip: SeriesStrip) -> tuple[StripPart, ...]:
    """Return the counts of asked slices and of each kind of mark.

    () where none was asked. That none is flagged is said of a whole series only.
    """
    if strip.hidden:
        waiting = translate(
            "1 answer waits for yours", "{count} answers wait for yours", count=len(strip.hidden)
        )
        return (StripPart(waiting),)
    if not strip.marks:
        return ()
    count = {kind: len(strip.of_kind(kind)) for kind in MarkKind}
    parts = []
    # guard(strip.asked < strip.total -> False): of a part of a series it is said that it is one
    if strip.asked < strip.total:
        parts.append(StripPart(translate("{asked}/{total} asked", asked=strip.asked, total=strip.total)))
    judged = strip.asked - count[MarkKind.NOT_JUDGED]
    if strip.threshold is None and judged:
        parts.append(StripPart(translate("{count} judged", count=judged)))
    # guard(judged and strip.asked >= strip.total -> judged):
    #     that none is flagged on a part of the slices does not read as a clear series
    elif count[MarkKind.FLAGGED] or (judged and strip.asked >= strip.total):
        said = translate("{count} flagged", count=count[MarkKind.FLAGGED])
        parts.append(StripPart(said, MarkKind.FLAGGED))
    kinds = (
        (MarkKind.UNCERTAIN, _UNCERTAIN),
        (MarkKind.NOT_JUDGED, _NOT_JUDGED),
        (MarkKind.NOT_FLAGGED, _NOT_FLAGGED),
    )
    for kind, words in kinds:
        if count[kind]:
            parts.append(StripPart(translate(words, count=count[kind]), kind))
    return tuple(parts)


def strip_text(strip: SeriesStrip) -> str:
    """Return the sum of a strip: "15 flagged, 5 uncertain".

    "" where none was asked.
    """
    return listed(part.text for part in strip_parts(strip))


def strip_details(strip: SeriesStrip, stack: ImageSource) -> str:
    """Return the same with the slices not judged and not asked."""
    lines = [strip_text(strip)]
    lines += not_judged_lines(stack, strip.of_kind(MarkKind.NOT_JUDGED), strip.unread)
    far = sum(mark.is_far for mark in strip.marks.values())
    if far:
        lines.append(translate("{count} far from the threshold: not altered slightly", count=far))
    rest = len(stack) - strip.asked
    if strip.stances:
        lines.append(translate("{count} with your verdict", count=len(strip.stances)))
        lines.append(
            translate("Mark below a bar: tick = you agree, cross = you disagree, dot = unsure or uncertain")
        )
    if strip.earlier:
        lines.append(translate("{count} with your verdict of an earlier session", count=len(strip.earlier)))
    if rest and (strip.marks or strip.hidden):
        lines.append(translate("{count} not asked", count=rest))
    return "\n".join(line for line in lines if line)


def not_judged_lines(stack: ImageSource, left_out: Iterable[int], unread: Collection[int]) -> tuple[str, ...]:
    """Return the slices not judged, and those that could not be read.

    Few are named.
    """
    refused = [place for place in left_out if place not in unread]
    kinds = (
        (refused, mark("{count} slices not judged"), mark("Not judged: {slices}")),
        (sorted(unread), mark("{count} slices could not be read"), mark("Could not be read: {slices}")),
    )
    lines = []
    for places, counted, named in kinds:
        if len(places) > FEW:
            lines.append(translate(counted, count=len(places)))
        elif places:
            slices = listed(short_number_text(stack, place) for place in places)
            lines.append(translate(named, slices=slices))
    return tuple(lines)


def table_text(strip: SeriesStrip, stack: ImageSource) -> str:
    """Return the table of the slices, a line each, parted by tabulators."""
    head = (
        translate("slice"),
        translate("answer"),
        translate("score"),
        translate("reason"),
        translate("model"),
        translate("your verdict"),
    )
    lines = [head]
    for place in range(len(stack)):
        result = strip.results.get(place)
        before = earlier_title(strip.earlier[place]) if place in strip.earlier else ""
        if result is None:
            said = translate(_WITHOUT_RESULT[place in strip.hidden, place in strip.unread])
            lines.append((str(place + 1), said, "", "", "", before))
            continue
        card = card_of(result)
        word = translate("not valid") if card.is_struck else card.word
        is_open = strip.marks[place].kind is MarkKind.UNCERTAIN
        stance = strip.stances.get(place)
        yours = before if stance is None else translate(NO_ANSWER if is_open else STANCE_WORDS[stance])
        is_plain = result.is_valid and not is_open
        reason = "" if is_plain else " ".join((card.sentence, *card.cautions))
        lines.append((str(place + 1), word, card.score, reason, f"{result.model} {card.source}", yours))
    return pasted_rows(lines) + "\n"
