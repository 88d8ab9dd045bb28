"""Giving a verdict on a model's answer, and taking it back."""

import datetime
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from medviewer.inference.result import ModelResult, ResultKey
from medviewer.inference.verdicts import (
    CANNOT_TELL,
    ReaderQuestion,
    Reading,
    Stance,
    Verdict,
    implied_stance,
    own_label,
    question_of,
)
from medviewer.translation import message
from medviewer.viewer import state as display_state
from medviewer.viewer.series_answer import answer_on_series
from medviewer.viewer.state import DisplayState, PaneState
from medviewer.viewer.verdict_undo import given_now

if TYPE_CHECKING:
    from medviewer.viewer.viewer import Viewer
    from medviewer.viewer.viewer_state import ViewerState

VERDICT: Final = message("verdict")
"""By this name an edit stands in the history of a verdict."""

MOST_TOLD: Final = 2
"""Of so many answers disagreement with one is the other."""

STANCES: Final = (Stance.AGREE, Stance.DISAGREE, Stance.UNSURE)


def waiting(state: "ViewerState") -> ModelResult | None:
    """Return the focused pane's answer that waits for the reader's own."""
    pane = state.focused
    return None if pane is None else display_state.hidden_result(state.display, pane)


def in_sight(state: "ViewerState") -> ModelResult | None:
    """Return the focused pane's answer on which a verdict can be given."""
    pane = state.focused
    result = None if pane is None else pane.result
    if pane is None or result is None or result.key != pane.token.key or question_of(result) is None:
        return None
    return result


def choices_of(question: ReaderQuestion | None) -> tuple[str, ...]:
    """Return the labels that a reader may answer, CANNOT_TELL as the last."""
    return (*(choice.label for choice in question.choices), CANNOT_TELL) if question else (CANNOT_TELL,)


def give_reading(viewer: "Viewer", label: str) -> None:
    """Take the reader's own answer on the slice, and show the model's."""
    hidden = waiting(viewer.state)
    if hidden is None or label not in choices_of(question_of(hidden)):
        return
    display, key = viewer.state.display, hidden.key
    reading = _reading(viewer.state, label, key, display)
    verdict = replace(display_state.verdict_of(display, key), reading=reading)
    _take(viewer, key, verdict, sureness=None)


def _reading(state: "ViewerState", label: str, of: object, display: DisplayState) -> Reading:
    keys = of if isinstance(of, frozenset) else {of}
    sureness = state.sureness[1] if state.sureness is not None and state.sureness[0] == of else None
    return Reading(label, sureness, is_blind=not keys & display.seen_results, at=now())


def show_without(viewer: "Viewer") -> None:
    """Show the focused pane's answer although the reader gave none."""
    hidden = waiting(viewer.state)
    if hidden is not None:
        display = viewer.state.display
        verdict = replace(display_state.verdict_of(display, hidden.key), is_skipped=True)
        _take(viewer, hidden.key, verdict)


def give_stance(viewer: "Viewer", stance: Stance) -> None:
    """Take a stance on the answer in sight; the same again changes nothing.

    With an uncertain answer nobody agrees: the reader says what it is, by the same keys.
    """
    result = in_sight(viewer.state)
    if result is None:
        return
    display = viewer.state.display
    before = display_state.verdict_of(display, result.key)
    question = question_of(result)
    if question is not None and question.answered == CANNOT_TELL:
        label = choices_of(question)[STANCES.index(stance)]
        # guard(test): the same answer again is no other one, and a blind reading stays one
        if before.reading is not None and before.reading.label == label and before.stance is None:
            return
        reading = Reading(label, is_blind=False, at=now())
        verdict = replace(before, reading=reading, stance=None, stance_at="")
    elif before.stance is stance:
        return
    else:
        verdict = replace(before, stance=stance, stance_at=now())
    _take(viewer, result.key, verdict)


def give_answer(viewer: "Viewer", label: str) -> None:
    """Take the reader's own answer beside the one in sight."""
    result = in_sight(viewer.state)
    question = None if result is None else question_of(result)
    if result is None or question is None or label not in choices_of(question):
        return
    stance = implied_stance(question, label)
    if stance is None:
        give_stance(viewer, STANCES[choices_of(question).index(label)])
        return
    display = viewer.state.display
    before = display_state.verdict_of(display, result.key)
    if stance is before.stance and label == own_label(question, before):
        return
    verdict = replace(before, stance=stance, stance_at=now())
    if len(question.choices) > MOST_TOLD and not (before.reading and before.reading.is_blind):
        # which of the other kinds it is, disagreement alone does not say
        named = Reading(label, is_blind=False, at=now()) if stance is Stance.DISAGREE else None
        verdict = replace(verdict, reading=named)
    _take(viewer, result.key, verdict)


def _take(viewer: "Viewer", key: ResultKey, verdict: Verdict, **changes: Any) -> None:
    """Take a verdict on the slice of a result."""
    display = display_state.set_verdict(viewer.state.display, key, VERDICT, verdict)
    viewer.change(display=display, verdicts_since=given_now(viewer.state, key), **changes)


def take_back(viewer: "Viewer") -> None:
    """Take the last verdict on the focused pane's slice back."""
    pane = viewer.state.focused
    if pane is not None and pane.token.key is not None:
        viewer.show(display_state.undo_verdict(viewer.state.display, pane.token.key))


def set_sureness(viewer: "Viewer", sureness: int) -> None:
    """Take how sure the reader is of the answer that is about to be given."""
    hidden = waiting(viewer.state)
    if hidden is not None:
        viewer.change(sureness=(hidden.key, sureness))


def can_take_back(state: DisplayState, pane: PaneState | None) -> bool:
    """Return whether a pane's slice has a verdict that can be taken back."""
    key = None if pane is None else pane.token.key
    history = None if key is None else state.verdicts.get(key)
    return history is not None and bool(history.past)


def forget_earlier(viewer: "Viewer") -> None:
    """Take the verdicts of earlier sessions off the screen: they are deleted."""
    viewer.show(display_state.set_earlier(viewer.state.display, None))


def say_of_series(viewer: "Viewer", place: int) -> None:
    """Take the reader's own answer on the series, by its place."""
    answer = answer_on_series(viewer.state)
    if answer is None:
        return
    display = viewer.state.display
    before = display_state.series_verdict_of(display, answer.of)
    stance = implied_stance(answer.question, choices_of(answer.question)[place])
    # guard(answer.question.answered == CANNOT_TELL): with an uncertain series nobody agrees or disagrees
    if answer.is_hidden or answer.question.answered == CANNOT_TELL:
        reading = _reading(viewer.state, choices_of(answer.question)[place], answer.of, display)
        verdict = replace(before, reading=reading)
    elif before.stance is stance:
        return
    else:
        verdict = replace(before, stance=stance, stance_at=now())
    since = given_now(viewer.state, answer.of)
    display = display_state.set_series_verdict(display, answer.of, VERDICT, verdict)
    viewer.change(display=display, verdicts_since=since)


def take_series_back(viewer: "Viewer") -> None:
    """Take the last verdict on the focused pane's series back."""
    answer = answer_on_series(viewer.state)
    if answer is not None:
        viewer.show(display_state.undo_series_verdict(viewer.state.display, answer.of))


def now() -> str:
    """Return the time as verdicts are kept with it (UTC)."""
    return datetime.datetime.now(datetime.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
