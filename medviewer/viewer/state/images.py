"""Reducers of the images in panes, and of texts and marks of one image."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from medviewer.imaging.frame import Frame
from medviewer.imaging.source import ImageSource, SliceKey
from medviewer.inference.result import ModelHashes
from medviewer.translation import NOTHING, Message
from medviewer.viewer.state.appearance import looked_at, looks_of, voi_of
from medviewer.viewer.state.display_state import DisplayState, change_panes
from medviewer.viewer.state.linking import nearest
from medviewer.viewer.state.links import stack_owner
from medviewer.viewer.state.pane_annotations import with_annotations
from medviewer.viewer.state.pane_state import PaneState, Token
from medviewer.viewer.state.results import result_key
from medviewer.viewer.state.verdicts import visible_result
from medviewer.viewer.windowing import with_first_window, without_windows_of

if TYPE_CHECKING:
    from medviewer.imaging.annotation import Annotations


def open_data(state: DisplayState) -> DisplayState:
    """Begin to open files: a new epoch.

    What is on the screen stays; results that are still on their way will be stored, not painted.
    """
    # guard(-> state): opening begins an epoch
    return _with_epoch(state, state.epoch + 1)


def show_stack(
    state: DisplayState, processings: Mapping[int, str], stack: ImageSource, index: int
) -> DisplayState:
    """Put a stack into panes, given as pane number -> processing.

    The old images go with their texts. A stack that was shown before comes back at its slice, windowed and
    turned as it was; a new one at the index, as the file says. Whether overlays and shutters are shown
    stays as it is.
    """
    looks = looks_of(state)
    look = looks.get(stack_owner(stack))
    found = None if look is None else stack.index_of(look.slice_key)
    shown = PaneState(stack, _clamped(stack, index if found is None else found), "", token=Token(state.epoch))
    if look is not None:
        shown = looked_at(shown, look)
    panes = list(state.panes)
    for number, processing in processings.items():
        before = panes[number] or state.focused
        panes[number] = replace(
            shown,
            processing=processing,
            graphics_shown=before is None or before.graphics_shown,
            shutter_shown=before is None or before.shutter_shown,
            model_outline_shown=before is None or before.model_outline_shown,
        )
    return replace(state, panes=tuple(panes), looks=looks)


def navigate(state: DisplayState, numbers: Collection[int], index: int) -> DisplayState:
    """Move panes to a slice.

    Result, failure and frame are cleared first, the token waits for the frame. A slice that could not be
    read is tried again where it is asked for again.
    """
    return navigate_each(state, dict.fromkeys(numbers, index))


def navigate_each(state: DisplayState, targets: Mapping[int, int]) -> DisplayState:
    """Move panes, given as pane number -> slice, as `navigate` does."""

    def move(pane: PaneState, index: int) -> PaneState:
        target = _clamped(pane.stack, index)
        if target == pane.index and not pane.failure:
            return pane
        return _without_frame(state, pane, target)

    panes = tuple(
        move(pane, targets[number]) if pane is not None and number in targets else pane
        for number, pane in enumerate(state.panes)
    )
    return replace(state, panes=panes)


def change_phase(state: DisplayState, numbers: Collection[int], stack: ImageSource) -> DisplayState:
    """Move panes to a stack that shows the same place at another time or echo.

    The slice is the one at the nearest position. What belongs to an image is cleared as in `navigate`; how it
    is looked at stays.
    """

    def move(pane: PaneState) -> PaneState:
        # guard(stack.identity.patient_key != pane.identity.patient_key):
        #     another phase is one of the same patient
        if stack is pane.stack or stack.identity.patient_key != pane.identity.patient_key:
            return pane
        index = nearest(stack, pane.header.position_mm)
        moved = replace(pane, stack=stack)
        # guard(-> moved): another phase is another image
        return _without_frame(state, moved, _clamped(stack, pane.index) if index is None else index)

    return change_panes(state, numbers, move)


def frame_decoded(state: DisplayState, key: SliceKey, frame: Frame) -> DisplayState:
    """Put a decoded frame and its stored result into the waiting panes.

    A frame that is not what the key names is put nowhere.
    """
    # guard(test): a frame is what its key names
    if not key.names(frame):
        return state
    # guard(pane.slice_key == key): a frame goes to panes that wait for it only
    wanting = [
        number
        for number, pane in enumerate(state.panes)
        if pane is not None and pane.frame is None and pane.slice_key == key
    ]
    if not wanting:  # it was read ahead
        return state
    stacks = [pane.stack for number in wanting if (pane := state.panes[number]) is not None]
    state = replace(state, automatic=with_first_window(state.automatic, stacks, frame))
    return change_panes(state, wanting, lambda pane: _with_frame(state, pane, frame))


def frame_failed(state: DisplayState, key: SliceKey, failure: Message) -> DisplayState:
    """Store the reason why a frame cannot be shown in its waiting panes."""
    return change_panes(state, waiting(state, key), lambda pane: replace(pane, failure=failure))


def waiting(state: DisplayState, key: SliceKey) -> list[int]:
    """Return the numbers of the panes that wait for the frame."""
    # guard(pane.slice_key == key): a failure goes to panes that wait for its frame only
    return [
        number
        for number, pane in enumerate(state.panes)
        if pane is not None and pane.awaits_frame and pane.slice_key == key
    ]


def set_annotations(state: DisplayState, annotations: "Mapping[str, Annotations]") -> DisplayState:
    """Put the annotations of all studies in place, by their `slice_digest`.

    Each frame takes its own.
    """
    changed = replace(state, annotations=annotations)
    return change_panes(changed, range(len(state.panes)), lambda pane: with_annotations(changed, pane))


def select_annotation(state: DisplayState, name: str) -> DisplayState:
    """Select the annotation of an id, on every pane that shows it; "": none."""
    if name == state.selected:
        return state
    changed = replace(state, selected=name)
    return change_panes(changed, range(len(state.panes)), lambda pane: with_annotations(changed, pane))


def change_model(state: DisplayState, model: ModelHashes | None) -> DisplayState:
    """Take another model: a new epoch, with only its stored results."""
    if model == state.model:
        return state
    # guard(-> replace(state, model=model)): another model begins an epoch
    changed = _with_epoch(replace(state, model=model), state.epoch + 1)

    def complete(pane: PaneState) -> PaneState:
        if pane.frame is None:
            return replace(pane, result=None, token=Token(changed.epoch))
        return _with_frame(changed, pane, pane.frame)

    return change_panes(changed, range(len(state.panes)), complete)


def replace_stacks(state: DisplayState, stacks: Sequence[ImageSource]) -> DisplayState:
    """Take the stacks as they are now that more files were found.

    The image under the eye stays with all that stands on it; only the slice's number and the slider
    move. A stack of another patient is never taken, whatever its key says.
    """
    by_key = {stack.key: stack for stack in stacks}

    def grow(pane: PaneState) -> PaneState:
        stack = by_key.get(pane.stack.key)
        if stack is None or stack is pane.stack:
            return pane
        # guard(test): growing stacks keep their patient
        if stack.identity.patient_key != pane.identity.patient_key:
            return pane
        index = stack.index_of(pane.slice_key)
        # guard(index=): growing stacks keep the image under the eye
        return pane if index is None else replace(pane, stack=stack, index=index)

    return change_panes(state, range(len(state.panes)), grow)


def close_stacks(state: DisplayState, stacks: Sequence[ImageSource]) -> DisplayState:
    """Close stacks with their studies: a new epoch.

    Results on their way will be dropped.
    """
    epoch = state.epoch + 1
    studies = {stack.identity.study_key for stack in stacks}
    frames = {header.key[:2] for stack in stacks for header in stack.headers}
    panes = tuple(
        None if pane is None or pane.identity.study_key in studies else pane for pane in state.panes
    )
    # guard(state.result_studies.get(key) not in studies):
    #     closing a study forgets the results of what was computed from it
    results = {
        key: result
        for key, result in state.results.items()
        if (key.sop_instance_uid, key.frame_number) not in frames
        and state.result_studies.get(key) not in studies
    }
    closed = set(map(stack_owner, stacks))
    # guard(verdicts=): closing a study forgets the verdicts on its results
    left = replace(
        state,
        looks={whose: at for whose, at in state.looks.items() if whose not in closed},
        result_studies={key: study for key, study in state.result_studies.items() if key in results},
        result_slices={whose: key for whose, key in state.result_slices.items() if key in results},
        verdicts={key: said for key, said in state.verdicts.items() if key in results},
        series_verdicts={of: said for of, said in state.series_verdicts.items() if of <= results.keys()},
        seen_results=state.seen_results & results.keys(),
        unread=frozenset(key for key in state.unread if key[:2] not in frames),
        automatic=without_windows_of(state.automatic, stacks),
    )
    # guard(valid_since=): closing a study ends the validity of results on their way
    # guard(results=): closing a study forgets its results
    return _with_epoch(replace(left, panes=panes, results=results, valid_since=epoch), epoch)


def close_all(state: DisplayState) -> DisplayState:
    """Close all data: empty panes, no results, a new epoch.

    What is on its way will be dropped.
    """
    epoch = state.epoch + 1
    # guard(valid_since=): closing all ends the validity of results on their way
    # guard(reader_first=): closing all leaves reader first as it is
    return DisplayState(
        epoch=epoch,
        panes=(None,) * len(state.panes),
        focus=state.focus,
        valid_since=epoch,
        model=state.model,
        reader_first=state.reader_first,
    )


def _with_frame(state: DisplayState, pane: PaneState, frame: Frame) -> PaneState:
    key = result_key(frame, state.model)
    result = visible_result(state, key)
    voi = voi_of(state, pane, frame, pane.voi)
    token = Token(state.epoch, key, pane.identity.study_key, pane.slice_key)
    pane = replace(pane, frame=frame, failure=NOTHING, voi=voi, result=result, token=token)
    return with_annotations(state, pane)


def _without_frame(state: DisplayState, pane: PaneState, index: int) -> PaneState:
    """Return a pane waiting for a slice's frame, cleared of the previous one."""
    # guard(result=): navigating clears the result
    # guard(frame=): navigating clears the frame
    # guard(token=): navigating takes the token back
    # guard(annotations=): navigating takes the annotations away
    return replace(
        pane,
        index=index,
        frame=None,
        failure=NOTHING,
        result=None,
        token=Token(state.epoch),
        annotations=(),
        annotations_apart=0,
        key_image=None,
        selected="",
    )


def _with_epoch(state: DisplayState, epoch: int) -> DisplayState:
    def renew(pane: PaneState) -> PaneState:
        return replace(pane, token=replace(pane.token, epoch=epoch))

    return change_panes(replace(state, epoch=epoch), range(len(state.panes)), renew)


def _clamped(stack: ImageSource, index: int) -> int:
    return max(0, min(index, len(stack) - 1))
