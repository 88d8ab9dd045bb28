"""Reducers of the appearance of images in panes.

None of them clears a result: a classifier sees the frame as it is stored, unwindowed and unturned.
"""

from collections.abc import Collection
from dataclasses import replace

from medviewer.imaging.display import AS_STORED, Orientation, lacks_window
from medviewer.imaging.frame import Frame, Voi
from medviewer.imaging.presentation_state import PresentationState, presented
from medviewer.imaging.processing import ORIGINAL
from medviewer.viewer.state.display_state import DisplayState, Look, change_panes
from medviewer.viewer.state.links import stack_owner
from medviewer.viewer.state.pane_state import Comparison, PaneState
from medviewer.viewer.windowing import KeptWindows, is_kept, kept_voi, with_new_window, with_stated_window


def set_voi(state: DisplayState, numbers: Collection[int], voi: Voi | None) -> DisplayState:
    """Window panes; None: as the file says for their slices, or automatically.

    What the file says for a slice is kept for its stack. Clears no result: no classifier sees it.
    """
    if voi is None:
        state = replace(state, automatic=_as_stated(state, numbers))

    def window(pane: PaneState) -> PaneState:
        if pane.is_subtracted:
            return replace(pane, voi_subtracted=voi)
        return replace(pane, voi=voi_of(state, pane, pane.frame, None) if voi is None else voi)

    return change_panes(state, numbers, window)


def _as_stated(state: DisplayState, numbers: Collection[int]) -> KeptWindows:
    kept = state.automatic
    for pane in (state.panes[number] for number in numbers):
        if pane is not None and pane.frame is not None and not pane.is_subtracted:
            kept = with_stated_window(kept, pane.stack, pane.frame)
    return kept


def window_anew(state: DisplayState, numbers: Collection[int], frame: Frame, window: Voi) -> DisplayState:
    """Window panes automatically.

    Where the frame's file states nothing, the window is kept for its stack.
    """
    stacks = [pane.stack for number in numbers if (pane := state.panes[number]) is not None]
    if stacks and lacks_window(frame) and not frame.is_subtracted:
        kept = with_new_window(state.automatic, stacks[0], frame, window)
        state = replace(state, automatic=kept)
    return set_voi(state, numbers, window)


def voi_of(state: DisplayState, pane: PaneState, frame: Frame | None, voi: Voi | None) -> Voi | None:
    """Return a pane's VOI of a frame where a VOI was in use.

    Chosen, the stack's, or None: the file's.
    """
    if frame is None or (pane.presentation is not None and presented(frame, pane.presentation) is not frame):
        return voi if is_kept(state.automatic, voi) else None
    return kept_voi(state.automatic, pane.stack, frame, voi)


def set_subtraction(state: DisplayState, numbers: Collection[int], subtracts: bool) -> DisplayState:
    """Show panes with or without their frames' masks, windows kept apart.

    Clears no result: a classifier sees the frame as it is stored.
    """
    return change_panes(state, numbers, lambda pane: replace(pane, subtracts=subtracts))


def set_inversion(state: DisplayState, numbers: Collection[int], inverts: bool | None) -> DisplayState:
    """Show panes with black and white exchanged, or not.

    None: as images of their kind are read.

    Clears no result: a classifier sees the frame as it is stored.
    """
    return change_panes(state, numbers, lambda pane: replace(pane, inverts=inverts))


def set_comparison(state: DisplayState, number: int, comparison: Comparison) -> DisplayState:
    """Compare a pane's processed image with the original, or not.

    Clears no result: a classifier never sees it.
    """
    return change_panes(state, [number], lambda pane: replace(pane, comparison=comparison))


def set_processing(state: DisplayState, number: int, processing: str) -> DisplayState:
    """Choose the processing of a pane's frame.

    Clears no result: a classifier never sees it.
    """
    return change_panes(
        state, [number], lambda pane: replace(pane, processing=processing, heat_instead_of="")
    )


def show_heat(state: DisplayState, number: int, on: bool) -> DisplayState:
    """Show a heat map over a pane's original image, or no longer.

    Which heat map that is, if any, says the result of the pane alone.
    """

    def show(pane: PaneState) -> PaneState:
        if on:
            return replace(pane, processing=ORIGINAL, heat_instead_of=pane.kept_processing)
        return replace(pane, processing=pane.kept_processing, heat_instead_of="")

    return change_panes(state, [number], show)


def turn(state: DisplayState, numbers: Collection[int], more: Orientation) -> DisplayState:
    """Turn or mirror the panes' images as displayed.

    Clears no result: a classifier never sees it.
    """
    return change_panes(state, numbers, lambda pane: replace(pane, orientation=pane.orientation.then(more)))


def turn_back(state: DisplayState, numbers: Collection[int]) -> DisplayState:
    """Show panes as they are stored, or as their presentation state says."""
    return change_panes(state, numbers, lambda pane: replace(pane, orientation=AS_STORED))


def show_marks(state: DisplayState, *, graphics: bool, shutter: bool) -> DisplayState:
    """Show or hide overlays, drawings, texts and shutters in all panes."""

    def show(pane: PaneState) -> PaneState:
        return replace(pane, graphics_shown=graphics, shutter_shown=shutter)

    return change_panes(state, range(len(state.panes)), show)


def show_model_outline(state: DisplayState, on: bool) -> DisplayState:
    """Show a model's outline beside the reader's correction of it, or not."""
    return change_panes(state, range(len(state.panes)), lambda pane: replace(pane, model_outline_shown=on))


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
            return replace(left, voi=voi_of(state, left, pane.frame, voi))
        before = pane.before_presentation if pane.presentation else (pane.voi, pane.orientation)
        return replace(
            pane,
            presentation=presentation,
            voi=None,
            orientation=AS_STORED,
            before_presentation=before,
        )

    return change_panes(state, numbers, choose)


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


def looks_of(state: DisplayState) -> dict[object, Look]:
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
