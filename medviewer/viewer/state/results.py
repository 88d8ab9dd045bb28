"""Reception of the results of models."""

from collections.abc import Mapping
from dataclasses import replace
from enum import StrEnum
from weakref import WeakKeyDictionary

from medviewer.imaging.frame import Frame
from medviewer.imaging.source import ImageSource, SliceKey
from medviewer.inference.result import ModelHashes, ModelResult, ResultKey
from medviewer.viewer.state.display_state import DisplayState, change_panes
from medviewer.viewer.state.pane_annotations import annotated_anew
from medviewer.viewer.state.pane_state import Token
from medviewer.viewer.state.verdicts import visible_result, with_seen

_places: WeakKeyDictionary[ImageSource, Mapping[SliceKey, int]] = WeakKeyDictionary()


class Reception(StrEnum):
    """Fate of a received result."""

    PAINTED = "painted"
    STORED = "stored"  # its token is no pane's any more, but what it is about is still open
    DROPPED = "dropped"  # its data was closed meanwhile, or it is not about what was asked


def result_key(frame: Frame, model: ModelHashes | None) -> ResultKey | None:
    """Return the key of a model's result for the frame.

    None where no model is loaded.
    """
    return None if model is None else model.key(frame)


def result_of(state: DisplayState, slice_key: SliceKey) -> ModelResult | None:
    """Return the present model's result of a slice, shown or not.

    None where it was not asked, or waits for the reader's verdict.
    """
    if state.model is None:
        return None
    return visible_result(state, state.result_slices.get((slice_key, state.model)))


def asked_places(state: DisplayState, stack: ImageSource) -> dict[int, ResultKey]:
    """Return which slices of a stack have a result of the present model.

    By place, in order, with its key; one that is hidden until the reader's verdict is among them.
    """
    found: dict[int, ResultKey] = {}
    if state.model is None or not state.result_slices:
        return found
    places = _places_in(stack)
    for (whose, model), key in state.result_slices.items():
        # guard(whose -> next(iter(places))): a slice of the strip has its own result
        place = places.get(whose)
        if place is not None and model == state.model:
            found[place] = key
    return dict(sorted(found.items()))


def _places_in(stack: ImageSource) -> Mapping[SliceKey, int]:
    """Return the slices of a stack by their keys, made once."""
    if stack not in _places:
        _places[stack] = {stack.slice_key(place): place for place in range(len(stack))}
    return _places[stack]


def unread_places(state: DisplayState, stack: ImageSource) -> frozenset[int]:
    """Return the slices of a stack that could not be read, without a result.

    Of a stack that is being asked about.
    """
    if not state.unread or not state.result_slices or state.model is None:
        return frozenset()
    keys = ((place, stack.slice_key(place)) for place in range(len(stack)))
    return frozenset(place for place, key in keys if key in state.unread and not was_asked(state, key))


def was_asked(state: DisplayState, slice_key: SliceKey) -> bool:
    """Return whether the present model has a result of a slice, seen or not."""
    return state.model is not None and (slice_key, state.model) in state.result_slices


def key_of_slice(state: DisplayState, slice_key: SliceKey) -> ResultKey | None:
    """Return the key of the present model's result of a slice, seen or not."""
    return None if state.model is None else state.result_slices.get((slice_key, state.model))


def note_unread(state: DisplayState, slice_key: SliceKey) -> DisplayState:
    """Remember that a slice could not be read."""
    return state if slice_key in state.unread else replace(state, unread=state.unread | {slice_key})


def _with_slice(state: DisplayState, token: Token) -> Mapping[tuple[SliceKey, ModelHashes], ResultKey]:
    """Return which result each slice has, with that of a token."""
    key, whose = token.key, token.slice
    if key is None or whose is None or whose[:2] != (key.sop_instance_uid, key.frame_number):
        return state.result_slices
    model = ModelHashes(key.preprocessing_sha256, key.model_sha256)
    return {**state.result_slices, (whose, model): key}


def receive(state: DisplayState, token: Token, result: ModelResult) -> tuple[DisplayState, Reception]:
    """Take a result that arrives: paint it, store it or drop it.

    Parameters
    ----------
    token : Token
        What was asked for, carried unchanged through the worker.
    result : ModelResult
        Its key says what the worker really read; where that is not what was asked for, it is dropped.
    """
    # guard(token.epoch < state.valid_since): results of closed data are dropped
    if token.epoch < state.valid_since or token.key is None:
        return state, Reception.DROPPED
    # guard(test): the echoed key is compared
    if result.key != token.key:
        return state, Reception.DROPPED
    result = result.keeping(state.results.get(token.key))
    stored = replace(
        state,
        results={**state.results, token.key: result},
        result_studies={**state.result_studies, token.key: token.study},
        result_slices=_with_slice(state, token),
    )
    stored, shown = with_seen(stored, (token.key,)), visible_result(stored, token.key)
    # guard(pane.token == token): a result is painted by its token
    painted = [number for number, pane in enumerate(state.panes) if pane is not None and pane.token == token]
    if not painted:
        return stored, Reception.STORED
    stored = change_panes(stored, painted, lambda pane: replace(pane, result=shown))
    return annotated_anew(stored), Reception.PAINTED
