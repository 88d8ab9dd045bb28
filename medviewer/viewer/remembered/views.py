"""Remembered views of series and modalities: applied, and taken."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from medviewer.imaging.processing import PROCESSINGS
from medviewer.imaging.source import ImageSource, SliceKey
from medviewer.viewer import state as display_state
from medviewer.viewer.layouts import LAYOUTS, panes_of
from medviewer.viewer.memory import Memory, ModalityView, StackView, name_of
from medviewer.viewer.remembered.looks import has_look, with_look, zooms_at
from medviewer.viewer.remembered.session_capture import view_of
from medviewer.viewer.state import DisplayState
from medviewer.viewer.viewer_state import ViewerState


def as_remembered(
    display: DisplayState, state: ViewerState, memory: Memory, stack: ImageSource
) -> tuple[DisplayState, dict[str, Any]]:
    """Return the panes ready to show a stack as remembered, with its zooms.

    The given ones where it was shown since it was opened, or nothing is remembered.
    """
    view = None if has_look(display, stack) else memory.view_of(name_of(stack))
    if view is None:
        return display, {}
    changes: dict[str, Any] = {}
    look = view.look(stack, is_whole=not state.is_scanning)
    if look is None:  # its slice was not found yet
        middle = view.look(stack, is_whole=True)
        if middle is None:
            return display, {}
        look = replace(middle, slice_key=stack.slice_key(stack.opening_index))
        changes["awaited_slices"] = {**state.awaited_slices, stack.key: (look.slice_key, view)}
    display = with_look(display, stack, look, view.automatic)
    return display, changes | {"zooms": {**state.zooms, **zooms_at(view.zooms, stack)}}


def found_slices(state: ViewerState) -> tuple[dict[int, int], dict[str, tuple[SliceKey, StackView]]]:
    """Return remembered slices that were found, and those still awaited.

    Returns
    -------
    places : dict
        Pane -> its slice, where the one in its place is still shown: who went elsewhere stays there.
    awaited : dict
        As `ViewerState.awaited_slices`.
    """
    places: dict[int, int] = {}
    awaited: dict[str, tuple[SliceKey, StackView]] = {}
    for number, pane in enumerate(state.display.panes):
        shown, view = (None, None) if pane is None else state.awaited_slices.get(pane.stack.key, (None, None))
        if pane is None or view is None or shown is None or pane.slice_key != shown:
            continue
        look = view.look(pane.stack, is_whole=not state.is_scanning)
        if look is None:
            awaited[pane.stack.key] = shown, view
        else:
            places[number] = pane.stack.index_of(look.slice_key) or 0
    return places, awaited


def of_modality(
    state: ViewerState, memory: Memory, stack: ImageSource
) -> tuple[dict[str, Any], dict[int, str]]:
    """Return layout, link and processings of a stack's modality.

    Nothing where an image of the same modality is active, or nothing is remembered.
    """
    name, focused = stack.identity.modality, state.focused
    kept = memory.modality_view(name) if focused is None or focused.identity.modality != name else None
    if kept is None or kept.layout not in LAYOUTS:
        return {}, {}
    processings = dict(enumerate(one for one in kept.processings[:4] if one in PROCESSINGS))
    return {"layout": kept.layout, "linked": kept.linked, "maximized": None}, processings


def with_panes_of(display: DisplayState, changes: Mapping[str, Any]) -> DisplayState:
    """Return a display with the panes that a change of the layout needs."""
    return display_state.with_panes(display, panes_of(changes["layout"])) if "layout" in changes else display


def views_now(state: ViewerState) -> tuple[dict[str, StackView], dict[str, ModalityView]]:
    """Return the views of all shown stacks, and of the active modality.

    For a stack in several panes it is that of the active one.
    """
    focused, panes = state.focused, state.display.panes
    series = {
        name_of(pane.stack): view_of(state, pane) for pane in (*reversed(panes), focused) if pane is not None
    }
    if focused is None or state.restoring is not None:
        return series, {}
    shown = [pane for pane in panes[:4] if pane is not None and pane.stack.key == focused.stack.key]
    processings = tuple(pane.kept_processing for pane in shown) if len(shown) == 4 else ()
    return series, {focused.identity.modality: ModalityView(state.layout, state.linked, processings)}


def views_left(before: ViewerState, after: ViewerState) -> dict[str, StackView]:
    """Return the views of the stacks that have left the panes."""
    if before.display is after.display:
        return {}
    now = {pane.stack.key for pane in after.display.panes if pane is not None}
    return {
        name_of(pane.stack): view_of(before, pane)
        for pane in (*reversed(before.display.panes), before.focused)
        if pane is not None and pane.stack.key not in now
    }
