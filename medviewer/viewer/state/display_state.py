"""Display state of the panes, a frozen value with pure reducers.

Knows no Qt and no threads. No result may ever stand on the wrong image. Each pane paints from its own
PaneState only; a state is swapped in one assignment; navigating clears a pane's result first. A result is
painted only where its token equals the pane's; otherwise it is stored under its key or dropped.

Each reducer takes a DisplayState and returns the next one; a pane that is not concerned stays the same
object, so that a caller sees by identity which panes changed.
"""

from collections.abc import Callable, Collection, Hashable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from medviewer.imaging.display import AS_STORED, Orientation, lacks_window
from medviewer.imaging.frame import Frame, Voi
from medviewer.imaging.presentation_state import PresentationState, presented
from medviewer.imaging.source import ImageSource, SliceKey
from medviewer.inference.result import ModelResult, ResultKey
from medviewer.translation import NOTHING, Message
from medviewer.viewer.state.linking import nearest
from medviewer.viewer.state.links import stack_owner
from medviewer.viewer.state.pane_state import Comparison, PaneState, Token
from medviewer.viewer.windowing import (
    KeptWindows,
    is_kept,
    kept_voi,
    with_first_window,
    with_new_window,
    without_windows_of,
)

if TYPE_CHECKING:
    from medviewer.imaging.annotation import Annotations

NO_ANNOTATIONS: Final[tuple["Annotations", int]] = (), 0


@dataclass(frozen=True, slots=True)
class ModelHashes:
    """Hashes of a classifier that go into a ResultKey."""

    preprocessing_sha256: str
    model_sha256: str


class Reception(StrEnum):
    """Fate of a received result."""

    PAINTED = "painted"
    STORED = "stored"  # its token is no pane's any more, but what it is about is still open
    DROPPED = "dropped"  # its data was closed meanwhile, or it is not about what was asked


@dataclass(frozen=True, slots=True, eq=False)
class Look:
    """View settings of a series, restored when it comes back."""

    slice_key: SliceKey
    voi: Voi | None
    orientation: Orientation
    presentation: PresentationState | None
    before_presentation: tuple[Voi | None, Orientation]
    subtracts: bool | None
    inverts: bool | None
    voi_subtracted: Voi | None


@dataclass(frozen=True, slots=True, eq=False)
class DisplayState:
    """All panes, the focused one, the data epoch and the results so far."""

    epoch: int = 0
    panes: tuple[PaneState | None, ...] = (None, None, None, None)
    focus: int = 0
    valid_since: int = 0  # results asked for in an earlier epoch are about closed data
    model: ModelHashes | None = None
    results: Mapping[ResultKey, ModelResult] = field(default_factory=dict)
    result_studies: Mapping[ResultKey, Hashable] = field(default_factory=dict)  # by `Identity.study_key`
    looks: Mapping[object, Look] = field(default_factory=dict)  # of stacks that are not shown, by their owner
    automatic: KeptWindows = field(default_factory=dict)  # windows of stacks that state none
    annotations: "Mapping[str, Annotations]" = field(default_factory=dict)  # by their `slice_digest`
    selected: str = ""  # the id of an annotation

    @property
    def focused(self) -> PaneState | None:
        """The pane that keys and commands act on."""
        return self.panes[self.focus]


def result_key(frame: Frame, model: ModelHashes | None) -> ResultKey | None:
    """Return the key of a model's result for the frame.

    None where no model is loaded.
    """
    if model is None:
        return None
    # guard(model_sha256=""): the key holds the model
    # guard(pixel_sha256=""): the key holds the pixels
    # guard(frame_number=1): the key holds the frame's number
    # guard(sop_instance_uid=""): the key holds the instance
    return ResultKey(
        sop_instance_uid=frame.sop_instance_uid,
        frame_number=frame.frame_number,
        pixel_sha256=frame.pixel_sha256,
        preprocessing_sha256=model.preprocessing_sha256,
        model_sha256=model.model_sha256,
        content_sha256=frame.content_sha256,
    )


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
    looks = _looks(state)
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
        )
    return replace(state, panes=tuple(panes), looks=looks)


def looked_at(pane: PaneState, look: Look) -> PaneState:
    """Return a pane with the view settings of its series; its slice stays."""
    return replace(
        pane,
        voi=look.voi,
        orientation=look.orientation,
        presentation=look.presentation,
        before_presentation=look.before_presentation,
        subtracts=look.subtracts,
        inverts=look.inverts,
        voi_subtracted=look.voi_subtracted,
    )


def _looks(state: DisplayState) -> dict[object, Look]:
    """Return the view settings of all stacks, shown ones as they are now.

    The focused pane counts.
    """
    shown = {
        stack_owner(pane.stack): Look(
            pane.slice_key,
            pane.voi,
            pane.orientation,
            pane.presentation,
            pane.before_presentation,
            pane.subtracts,
            pane.inverts,
            pane.voi_subtracted,
        )
        for pane in (*reversed(state.panes), state.focused)  # the last one of a stack stands
        if pane is not None
    }
    return {**state.looks, **shown}


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
        return _without_frame(state, replace(pane, index=target))

    panes = tuple(
        move(pane, targets[number]) if pane is not None and number in targets else pane
        for number, pane in enumerate(state.panes)
    )
    return replace(state, panes=panes)


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
    stacks = [pane.stack for number in wanting if (pane := state.panes[number]) is not None]
    state = replace(state, automatic=with_first_window(state.automatic, stacks, frame))
    return _change(state, wanting, lambda pane: _with_frame(state, pane, frame))


def _voi_of(state: DisplayState, pane: PaneState, frame: Frame | None, voi: Voi | None) -> Voi | None:
    """Return a pane's VOI of a frame where a VOI was in use.

    Chosen, the stack's, or None: the file's.
    """
    if frame is None or (pane.presentation is not None and presented(frame, pane.presentation) is not frame):
        return voi if is_kept(state.automatic, voi) else None
    return kept_voi(state.automatic, pane.stack, frame, voi)


def frame_failed(state: DisplayState, key: SliceKey, failure: Message) -> DisplayState:
    """Store the reason why a frame cannot be shown in its waiting panes."""
    return _change(state, waiting(state, key), lambda pane: replace(pane, failure=failure))


def waiting(state: DisplayState, key: SliceKey) -> list[int]:
    """Return the numbers of the panes that wait for the frame."""
    # guard(pane.slice_key == key): a failure goes to panes that wait for its frame only
    return [
        number
        for number, pane in enumerate(state.panes)
        if pane is not None and pane.frame is None and not pane.failure and pane.slice_key == key
    ]


def set_voi(state: DisplayState, numbers: Collection[int], voi: Voi | None) -> DisplayState:
    """Window panes; None: as the file says, or automatically.

    Clears no result: no classifier sees it.
    """

    def window(pane: PaneState) -> PaneState:
        if pane.is_subtracted:
            return replace(pane, voi_subtracted=voi)
        return replace(pane, voi=_voi_of(state, pane, pane.frame, None) if voi is None else voi)

    return _change(state, numbers, window)


def window_anew(state: DisplayState, numbers: Collection[int], frame: Frame, window: Voi) -> DisplayState:
    """Window panes automatically.

    Where the frame's file states nothing, the window is kept for its stack.
    """
    stacks = [pane.stack for number in numbers if (pane := state.panes[number]) is not None]
    if stacks and lacks_window(frame) and not frame.is_subtracted:
        kept = with_new_window(state.automatic, stacks[0], frame, window)
        state = replace(state, automatic=kept)
    return set_voi(state, numbers, window)


def set_subtraction(state: DisplayState, numbers: Collection[int], subtracts: bool) -> DisplayState:
    """Show panes with or without their frames' masks, windows kept apart.

    Clears no result: a classifier sees the frame as it is stored.
    """
    return _change(state, numbers, lambda pane: replace(pane, subtracts=subtracts))


def set_inversion(state: DisplayState, numbers: Collection[int], inverts: bool | None) -> DisplayState:
    """Show panes with black and white exchanged, or not.

    None: as images of their kind are read.

    Clears no result: a classifier sees the frame as it is stored.
    """
    return _change(state, numbers, lambda pane: replace(pane, inverts=inverts))


def set_comparison(state: DisplayState, number: int, comparison: Comparison) -> DisplayState:
    """Compare a pane's processed image with the original, or not.

    Clears no result: a classifier never sees it.
    """
    return _change(state, [number], lambda pane: replace(pane, comparison=comparison))


def set_processing(state: DisplayState, number: int, processing: str) -> DisplayState:
    """Choose the processing of a pane's frame.

    Clears no result: a classifier never sees it.
    """
    return _change(state, [number], lambda pane: replace(pane, processing=processing))


def turn(state: DisplayState, numbers: Collection[int], more: Orientation) -> DisplayState:
    """Turn or mirror the panes' images as displayed.

    Clears no result: a classifier never sees it.
    """
    return _change(state, numbers, lambda pane: replace(pane, orientation=pane.orientation.then(more)))


def turn_back(state: DisplayState, numbers: Collection[int]) -> DisplayState:
    """Show panes as they are stored, or as their presentation state says."""
    return _change(state, numbers, lambda pane: replace(pane, orientation=AS_STORED))


def show_marks(state: DisplayState, *, graphics: bool, shutter: bool) -> DisplayState:
    """Show or hide overlays, drawings, texts and shutters in all panes."""

    def show(pane: PaneState) -> PaneState:
        return replace(pane, graphics_shown=graphics, shutter_shown=shutter)

    return _change(state, range(len(state.panes)), show)


def set_presentation(
    state: DisplayState, numbers: Collection[int], presentation: PresentationState | None
) -> DisplayState:
    """Show panes as a presentation state says, with its own window.

    None: as they were before the first one. Clears no result: a classifier sees the frame as its file has
    it.
    """

    def choose(pane: PaneState) -> PaneState:
        if presentation is pane.presentation:
            return pane
        if presentation is None:
            voi, orientation = pane.before_presentation
            left = replace(pane, presentation=None, voi=voi, orientation=orientation)
            return replace(left, voi=_voi_of(state, left, pane.frame, voi))
        before = pane.before_presentation if pane.presentation else (pane.voi, pane.orientation)
        return replace(
            pane,
            presentation=presentation,
            voi=None,
            orientation=AS_STORED,
            before_presentation=before,
        )

    return _change(state, numbers, choose)


def set_annotations(state: DisplayState, annotations: "Mapping[str, Annotations]") -> DisplayState:
    """Put the annotations of all studies in place, by their `slice_digest`.

    Each frame takes its own.
    """
    changed = replace(state, annotations=annotations)
    return _change(changed, range(len(state.panes)), lambda pane: _with_annotations(changed, pane))


def select_annotation(state: DisplayState, name: str) -> DisplayState:
    """Select the annotation of an id, on every pane that shows it; "": none."""
    if name == state.selected:
        return state
    changed = replace(state, selected=name)
    return _change(changed, range(len(state.panes)), lambda pane: _with_annotations(changed, pane))


def with_panes(state: DisplayState, count: int) -> DisplayState:
    """Return a state of at least so many panes; new ones are empty."""
    missing = count - len(state.panes)
    return state if missing <= 0 else replace(state, panes=(*state.panes, *(None,) * missing))


def clear_panes(state: DisplayState, numbers: Collection[int]) -> DisplayState:
    """Empty panes."""
    panes = tuple(None if number in numbers else pane for number, pane in enumerate(state.panes))
    return replace(state, panes=panes)


def swap_panes(state: DisplayState, one: int, other: int) -> DisplayState:
    """Exchange all that two panes show."""
    panes = list(state.panes)
    panes[one], panes[other] = panes[other], panes[one]
    return replace(state, panes=tuple(panes))


def set_focus(state: DisplayState, number: int) -> DisplayState:
    """Give a pane the focus."""
    return replace(state, focus=number)


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

    return _change(changed, range(len(state.panes)), complete)


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
    stored = replace(
        state,
        results={**state.results, token.key: result},
        result_studies={**state.result_studies, token.key: token.study},
    )
    # guard(pane.token == token): a result is painted by its token
    painted = [number for number, pane in enumerate(state.panes) if pane is not None and pane.token == token]
    if not painted:
        return stored, Reception.STORED
    return _change(stored, painted, lambda pane: replace(pane, result=result)), Reception.PAINTED


def close_all(state: DisplayState) -> DisplayState:
    """Close all data: empty panes, no results, a new epoch.

    What is on its way will be dropped.
    """
    epoch = state.epoch + 1
    # guard(valid_since=): closing all ends the validity of results on their way
    return DisplayState(
        epoch=epoch,
        panes=(None,) * len(state.panes),
        focus=state.focus,
        valid_since=epoch,
        model=state.model,
    )


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
    left = replace(
        state,
        looks={whose: at for whose, at in state.looks.items() if whose not in closed},
        result_studies={key: study for key, study in state.result_studies.items() if key in results},
        automatic=without_windows_of(state.automatic, stacks),
    )
    # guard(valid_since=): closing a study ends the validity of results on their way
    # guard(results=): closing a study forgets its results
    return _with_epoch(replace(left, panes=panes, results=results, valid_since=epoch), epoch)


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

    return _change(state, range(len(state.panes)), grow)


def change_phase(state: DisplayState, numbers: Collection[int], stack: ImageSource) -> DisplayState:
    """Move panes to a stack that shows the same place at another time or echo.

    At the nearest position. What belongs to an image is cleared as in `navigate`; how it is looked at
    stays.
    """

    def move(pane: PaneState) -> PaneState:
        # guard(stack.identity.patient_key != pane.identity.patient_key):
        #     another phase is one of the same patient
        if stack is pane.stack or stack.identity.patient_key != pane.identity.patient_key:
            return pane
        index = nearest(stack, pane.header.position_mm)
        moved = replace(pane, stack=stack, index=_clamped(stack, pane.index) if index is None else index)
        # guard(-> moved): another phase is another image
        return _without_frame(state, moved)

    return _change(state, numbers, move)


def _with_frame(state: DisplayState, pane: PaneState, frame: Frame) -> PaneState:
    key = result_key(frame, state.model)
    result = state.results.get(key) if key is not None else None
    voi, token = _voi_of(state, pane, frame, pane.voi), Token(state.epoch, key, pane.identity.study_key)
    pane = replace(pane, frame=frame, failure=NOTHING, voi=voi, result=result, token=token)
    return _with_annotations(state, pane)


def _without_frame(state: DisplayState, pane: PaneState) -> PaneState:
    """Return a pane waiting for its frame, cleared of the previous one."""
    # guard(result=): navigating clears the result
    # guard(frame=): navigating clears the frame
    # guard(token=): navigating takes the token back
    # guard(annotations=): navigating takes the annotations away
    return replace(
        pane,
        frame=None,
        failure=NOTHING,
        result=None,
        token=Token(state.epoch),
        annotations=(),
        annotations_apart=0,
        selected="",
    )


def _with_annotations(state: DisplayState, pane: PaneState) -> PaneState:
    """Return a pane with its frame's annotations, the same if unchanged."""
    if pane.frame is None or not state.annotations:
        annotations, apart = NO_ANNOTATIONS
    else:
        from medviewer.viewer.state.slice_annotations import annotations_of

        annotations, apart = annotations_of(pane.slice_key, pane.frame, state.annotations)
    selected = state.selected if any(one.id == state.selected for one in annotations) else ""
    if (annotations, apart, selected) == (pane.annotations, pane.annotations_apart, pane.selected):
        return pane
    return replace(pane, annotations=annotations, annotations_apart=apart, selected=selected)


def _with_epoch(state: DisplayState, epoch: int) -> DisplayState:
    def renew(pane: PaneState) -> PaneState:
        return replace(pane, token=replace(pane.token, epoch=epoch))

    return _change(replace(state, epoch=epoch), range(len(state.panes)), renew)


def _change(
    state: DisplayState, numbers: Collection[int], change: Callable[[PaneState], PaneState]
) -> DisplayState:
    panes = tuple(
        change(pane) if pane is not None and number in numbers else pane
        for number, pane in enumerate(state.panes)
    )
    return replace(state, panes=panes)


def _clamped(stack: ImageSource, index: int) -> int:
    return max(0, min(index, len(stack) - 1))
