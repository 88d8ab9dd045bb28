"""Reducers that put remembered view settings into the display state."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from medviewer.imaging.source import ImageSource
from medviewer.viewer.memory import COMMON
from medviewer.viewer.render import Zoom
from medviewer.viewer.state import DisplayState, Look, looked_at, show_stack, stack_owner, zoom_scope
from medviewer.viewer.windowing import AutomaticWindow, with_remembered_windows


def has_look(state: DisplayState, stack: ImageSource) -> bool:
    """Return whether a stack was shown since it was opened."""
    owner = stack_owner(stack)
    shown = (stack_owner(pane.stack) for pane in state.panes if pane is not None)
    return owner in state.looks or owner in shown


def with_look(
    state: DisplayState, stack: ImageSource, look: Look, windows: Sequence[AutomaticWindow] = ()
) -> DisplayState:
    """Let a stack be shown with view settings when it is shown next.

    `windows` are its automatic ones.
    """
    automatic = with_remembered_windows(state.automatic, stack, windows)
    return replace(state, looks={**state.looks, stack_owner(stack): look}, automatic=automatic)


def zooms_at(zooms: Mapping[str, Zoom], stack: ImageSource) -> dict[tuple[object, int | None], Zoom]:
    """Return remembered zooms of a stack as ViewerState holds them."""
    where = zoom_scope(stack)
    return {
        (where, None if name == COMMON else int(name)): zoom
        for name, zoom in zooms.items()
        if name == COMMON or name.isdecimal()
    }


def show_as_remembered(
    state: DisplayState,
    number: int,
    processing: str,
    stack: ImageSource,
    look: Look,
    windows: Sequence[AutomaticWindow] = (),
) -> DisplayState:
    """Show a stack in one pane with view settings of that pane alone."""
    shown = show_stack(with_look(state, stack, look, windows), {number: processing}, stack, 0)
    pane = shown.panes[number]
    index = stack.index_of(look.slice_key)
    if pane is None or index is None:
        return shown
    panes = list(shown.panes)
    panes[number] = looked_at(replace(pane, index=index), look)
    return replace(shown, panes=tuple(panes))
