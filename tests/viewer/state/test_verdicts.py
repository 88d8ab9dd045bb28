"""Verdicts belong to their result, and a hidden answer is nowhere to be seen."""

from dataclasses import replace

import pytest

from medviewer.inference.result import Gate, ModelHashes, ModelResult, ResultKey
from medviewer.inference.verdicts import Reading, Stance, Verdict
from medviewer.translation import mark, message
from medviewer.viewer import state as display_state
from medviewer.viewer.state import DisplayState, Token, hidden_result, result_of, verdict_of
from tests.made_results import answered, refused
from tests.made_stacks import MadeFiles, stack

STACK = stack("A", "1", slices=4)
MODEL = ModelHashes("preprocessing", "model")
NAME = message("verdict")
GATE = Gate("modality", False, mark("The modality is MR."))


def shown(at: int = 1, *, first: bool = True, state: DisplayState | None = None) -> DisplayState:
    """Return a state whose pane 0 shows a slice, with reader first."""
    state = state or DisplayState(model=MODEL, reader_first=first)
    if state.panes[0] is None:
        state = display_state.show_stack(state, {0: "original"}, STACK, at)
    state = display_state.navigate(state, [0], at)
    reference, files = STACK.frames[at], MadeFiles()
    frame = files.frame(reference, files.pixels(reference))
    return display_state.frame_decoded(state, STACK.slice_key(at), frame)


def key_of(state: DisplayState) -> ResultKey:
    pane = state.panes[0]
    assert pane is not None
    assert pane.token.key is not None
    return pane.token.key


def told(state: DisplayState, result: ModelResult | None = None) -> DisplayState:
    """Return the state that got the answer to its pane."""
    pane, key = state.panes[0], key_of(state)
    assert pane is not None
    token = Token(state.epoch, key, pane.identity.study_key, pane.slice_key)
    return display_state.receive(state, token, result or answered(key))[0]


def said(state: DisplayState, verdict: Verdict) -> DisplayState:
    return display_state.set_verdict(state, key_of(state), NAME, verdict)


def pane_result(state: DisplayState) -> ModelResult | None:
    pane = state.panes[0]
    assert pane is not None
    return pane.result


def test_an_answer_is_hidden_until_the_own_verdict() -> None:
    state = told(shown())
    assert pane_result(state) is None
    assert result_of(state, STACK.slice_key(1)) is None
    assert state.panes[0] is not None
    assert hidden_result(state, state.panes[0]) is state.results[key_of(state)]
    state = said(state, Verdict(Reading("haemorrhage")))
    assert pane_result(state) is state.results[key_of(state)]
    assert result_of(state, STACK.slice_key(1)) is pane_result(state)


def test_it_stays_hidden_when_the_slice_comes_back() -> None:
    state = told(shown())
    state = shown(2, state=state)
    state = shown(1, state=state)
    assert pane_result(state) is None
    state = shown(1, state=shown(2, state=said(state, Verdict(is_skipped=True))))
    assert pane_result(state) is not None


def test_a_refusal_is_shown_at_once_and_what_was_overridden_is_hidden() -> None:
    state = shown()
    assert pane_result(told(state, refused(key_of(state), GATE))) is not None
    assert pane_result(told(state, answered(key_of(state), overridden=GATE))) is None


def test_switching_it_on_hides_and_off_shows_again() -> None:
    state = told(shown(first=False))
    assert pane_result(state) is not None
    state = display_state.set_reader_first(state, True)
    assert pane_result(state) is None
    assert key_of(state) in state.seen_results  # a reading now is not blind
    assert pane_result(display_state.set_reader_first(state, False)) is not None


def test_only_what_was_on_the_screen_counts_as_seen() -> None:
    state = told(shown())
    assert not state.seen_results
    assert key_of(state) in said(state, Verdict(Reading("haemorrhage"))).seen_results


def test_a_verdict_is_on_its_own_result_only() -> None:
    state = told(shown(1, first=False))
    state = told(shown(2, state=state))
    second = key_of(state)
    state = said(state, Verdict(stance=Stance.AGREE))
    state = shown(1, state=state)
    assert not verdict_of(state, key_of(state)).is_said
    assert verdict_of(state, second).stance is Stance.AGREE


def test_a_verdict_is_changed_and_taken_back() -> None:
    state = told(shown())
    state = said(state, Verdict(Reading("haemorrhage")))
    state = said(state, Verdict(Reading("haemorrhage"), stance=Stance.DISAGREE))
    state = display_state.undo_verdict(state, key_of(state))
    assert verdict_of(state, key_of(state)) == Verdict(Reading("haemorrhage"))
    state = display_state.undo_verdict(state, key_of(state))
    assert pane_result(state) is None  # hidden again, but it was seen
    assert key_of(state) in state.seen_results
    assert display_state.undo_verdict(state, key_of(state)) is state


def test_no_verdict_on_what_is_not_there() -> None:
    state = shown()
    assert said(state, Verdict(stance=Stance.AGREE)) is state
    of = frozenset({key_of(state)})
    assert display_state.set_series_verdict(state, of, NAME, Verdict(stance=Stance.AGREE)) is state
    assert display_state.set_series_verdict(state, frozenset(), NAME, Verdict()) is state


def test_a_verdict_on_the_series_shows_its_slices() -> None:
    state = told(shown(1))
    state = told(shown(2, state=state))
    of = frozenset(state.results)
    state = display_state.set_series_verdict(state, of, NAME, Verdict(Reading("")))
    assert all(result_of(state, STACK.slice_key(place)) is not None for place in (1, 2))
    state = display_state.undo_series_verdict(state, of)
    assert all(result_of(state, STACK.slice_key(place)) is None for place in (1, 2))


@pytest.mark.parametrize("close", ["study", "all"])
def test_closing_forgets_verdicts_and_keeps_reader_first(close: str) -> None:
    state = said(told(shown()), Verdict(Reading("haemorrhage")))
    state = display_state.set_series_verdict(
        state, frozenset(state.results), NAME, Verdict(stance=Stance.AGREE)
    )
    state = display_state.close_all(state) if close == "all" else display_state.close_stacks(state, [STACK])
    assert not state.verdicts
    assert not state.series_verdicts
    assert not state.seen_results
    assert state.reader_first


def test_a_second_answer_to_the_same_stays_hidden() -> None:
    state = told(shown())
    again = replace(state.results[key_of(state)])
    assert pane_result(told(state, again)) is None
