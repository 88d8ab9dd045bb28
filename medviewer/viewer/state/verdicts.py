"""The reader's verdicts in the display state, and hidden answers.

A verdict belongs to the key of the result that it is about, as the result itself does. With reader first a
result that has no verdict is in `results`, and nowhere else: neither in a pane nor in `result_of`, so that
nothing that paints, lists or exports can give it away.
"""

from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING

from medviewer.inference.result import ModelResult, ResultKey
from medviewer.inference.verdicts import NO_VERDICT, Verdict
from medviewer.translation import Message
from medviewer.viewer.state.display_state import DisplayState, change_panes
from medviewer.viewer.state.history import History
from medviewer.viewer.state.pane_annotations import annotated_anew
from medviewer.viewer.state.pane_state import PaneState

if TYPE_CHECKING:
    from medviewer.inference.verdicts import EarlierVerdicts, VerdictRow


def verdict_of(state: DisplayState, key: ResultKey | None) -> Verdict:
    """Return the reader's verdict on the result of a key."""
    history = None if key is None else state.verdicts.get(key)
    return NO_VERDICT if history is None else history.present


def verdict_history(state: DisplayState, key: ResultKey) -> History[Verdict]:
    """Return the verdict on a result with those before it."""
    return state.verdicts.get(key) or History(NO_VERDICT)


def is_hidden(state: DisplayState, key: ResultKey) -> bool:
    """Return whether the result of a key is hidden until the reader's verdict.

    Until that on its slice, or on a series that was judged from it. A refusal is no answer and hides nothing.
    """
    result = state.results.get(key)
    if not state.reader_first or result is None or result.content is None:
        return False
    if verdict_of(state, key).reveals:
        return False
    return not any(said.present.reveals and key in of for of, said in state.series_verdicts.items())


def visible_result(state: DisplayState, key: ResultKey | None) -> ModelResult | None:
    """Return the result of a key where there is one that may be seen."""
    if key is None:
        return None
    # guard(test): with reader first no answer is seen before the reader's own
    if is_hidden(state, key):
        return None
    return state.results.get(key)


def hidden_result(state: DisplayState, pane: PaneState) -> ModelResult | None:
    """Return the result of a pane's frame that waits for the reader's verdict."""
    key = pane.token.key
    return state.results.get(key) if key is not None and is_hidden(state, key) else None


def with_seen(state: DisplayState, keys: Iterable[ResultKey]) -> DisplayState:
    """Return a state that knows which of some results are on the screen now."""
    shown = {key for key in keys if key not in state.seen_results and not is_hidden(state, key)}
    return replace(state, seen_results=state.seen_results | shown) if shown else state


def set_reader_first(state: DisplayState, on: bool) -> DisplayState:
    """Hide answers until the reader's verdict, or show all."""
    if on == state.reader_first:
        return state
    return _painted_anew(replace(state, reader_first=on))


def set_verdict(state: DisplayState, key: ResultKey, name: Message, verdict: Verdict) -> DisplayState:
    """Take the reader's verdict on a result that is there."""
    if key not in state.results:
        return state
    history = verdict_history(state, key).edited(name, verdict)
    return _painted_anew(replace(state, verdicts={**state.verdicts, key: history}))


def undo_verdict(state: DisplayState, key: ResultKey) -> DisplayState:
    """Take the last verdict on a result back.

    With reader first its answer is hidden again; that it was seen stays known.
    """
    history = state.verdicts.get(key)
    if history is None or not history.past:
        return state
    return _painted_anew(replace(state, verdicts={**state.verdicts, key: history.undone()}))


def redo_verdict(state: DisplayState, key: ResultKey) -> DisplayState:
    """Give the verdict on a result again that was taken back."""
    history = state.verdicts.get(key)
    if history is None or not history.future:
        return state
    return _painted_anew(replace(state, verdicts={**state.verdicts, key: history.redone()}))


def set_series_verdict(
    state: DisplayState, of: frozenset[ResultKey], name: Message, verdict: Verdict
) -> DisplayState:
    """Take the reader's verdict on a series, given by its results."""
    # guard(test): a verdict on a series is about answers that are open
    if not of or not of <= state.results.keys():
        return state
    history = (state.series_verdicts.get(of) or History(NO_VERDICT)).edited(name, verdict)
    return _painted_anew(replace(state, series_verdicts={**state.series_verdicts, of: history}))


def undo_series_verdict(state: DisplayState, of: frozenset[ResultKey]) -> DisplayState:
    """Take the last verdict on a series back."""
    history = state.series_verdicts.get(of)
    if history is None or not history.past:
        return state
    return _painted_anew(replace(state, series_verdicts={**state.series_verdicts, of: history.undone()}))


def redo_series_verdict(state: DisplayState, of: frozenset[ResultKey]) -> DisplayState:
    """Give the verdict on a series again that was taken back."""
    history = state.series_verdicts.get(of)
    if history is None or not history.future:
        return state
    return _painted_anew(replace(state, series_verdicts={**state.series_verdicts, of: history.redone()}))


def series_verdict_of(state: DisplayState, of: frozenset[ResultKey]) -> Verdict:
    """Return the reader's verdict on a series."""
    history = state.series_verdicts.get(of)
    return NO_VERDICT if history is None else history.present


def set_earlier(state: DisplayState, earlier: "EarlierVerdicts | None") -> DisplayState:
    """Take the reader's verdicts of earlier sessions, or forget them."""
    return replace(state, earlier=earlier)


def earlier_on(state: DisplayState, pane: PaneState) -> "VerdictRow | None":
    """Return the reader's verdict of an earlier session on a pane's frame.

    None where there is one of this session on it.
    """
    if state.earlier is None or pane.frame is None or verdict_of(state, pane.token.key).is_said:
        return None
    return state.earlier.on_frame(pane.frame)


def _painted_anew(state: DisplayState) -> DisplayState:
    """Return the state with the results that may be seen on its panes."""
    state = with_seen(state, state.results)

    def paint(pane: PaneState) -> PaneState:
        result = visible_result(state, pane.token.key)
        return pane if result is pane.result else replace(pane, result=result)

    return annotated_anew(change_panes(state, range(len(state.panes)), paint))
