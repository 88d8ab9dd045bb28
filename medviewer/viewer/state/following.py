"""Panes that go where another one goes, and that are windowed with it."""

from collections.abc import Sequence

from medviewer.imaging.display import are_values_known, value_unit
from medviewer.imaging.frame import Vector, position_axis
from medviewer.viewer.state.display_state import DisplayState
from medviewer.viewer.state.images import navigate
from medviewer.viewer.state.linking import offset_between, reason_apart, slice_at_place_of
from medviewer.viewer.state.links import Links, WindowLink
from medviewer.viewer.state.pane_state import PaneState


def goes_along(display: DisplayState, links: Links, number: int) -> list[int]:
    """Return the panes of a pane's stack that are not parted from it.

    Itself counts.
    """
    here = display.panes[number]
    if here is None:
        return []
    if number in links.parted:
        return [number]
    # guard(pane.stack.key == here.stack.key): panes that go to one slice are panes of one stack
    return [
        other
        for other, pane in enumerate(display.panes)
        if pane is not None and pane.stack.key == here.stack.key and other not in links.parted
    ]


def followers(display: DisplayState, links: Links, number: int, index: int) -> dict[int, int]:
    """Return other stacks' slices at a pane's place, pane number -> slice.

    A pane whose stack shares no frame of reference with it and has no offset to it, or does not reach
    there, is left out, and so is one that is parted.
    """
    here = display.panes[number]
    if here is None or number in links.parted:
        return {}
    index = max(0, min(index, len(here.stack) - 1))
    found = {
        other: slice_at_place_of(pane.stack, here.stack, index, pane.index, links)
        for other, pane in enumerate(display.panes)
        if pane is not None and pane.stack.key != here.stack.key and other not in links.parted
    }
    return {other: at for other, at in found.items() if at is not None}


def beside_others(display: DisplayState, links: Links, number: int, visible: Sequence[int]) -> DisplayState:
    """Move a pane to the place of the first other one that it goes with.

    The active pane is asked first, then the others in the order of the layout. Where none has its place the
    pane stays.
    """
    pane = display.panes[number]
    if pane is None or number in links.parted:
        return display
    for other in (display.focus, *visible):
        there = display.panes[other]
        if there is None or other == number or other in links.parted:
            continue
        if there.stack.key == pane.stack.key:
            return navigate(display, [number], there.index)
        at = slice_at_place_of(pane.stack, there.stack, there.index, pane.index, links)
        if at is not None:
            return navigate(display, [number], at)
    return display


def way_between(here: PaneState, there: PaneState, links: Links) -> Vector | None:
    """Return the way between one place in two panes, in mm.

    Zero within one frame of reference; along the axis of the other where an offset is set.

    Returns
    -------
    (x, y, z) or None
        None where their positions do not compare.
    """
    source, other = there.stack, here.stack
    if source.key == other.key:
        return 0.0, 0.0, 0.0
    if reason_apart(source, other, here.index, links):
        return None
    offset, axis = offset_between(source, other, links), position_axis(source.geometry(0))
    if offset is None:
        return 0.0, 0.0, 0.0
    if offset[1] != "mm" or axis is None:
        return None
    x, y, z = (offset[0] * share for share in axis)
    return x, y, z


def windowed_together(display: DisplayState, links: Links, number: int) -> Sequence[int]:
    """Return the panes that are windowed with a pane, itself among them."""
    here = display.panes[number]
    if links.window is WindowLink.NONE or here is None:
        return [number]
    together = goes_along(display, links, number)
    if links.window is WindowLink.SERIES or number in links.parted:
        return together
    return together + [
        other
        for other, pane in enumerate(display.panes)
        if pane is not None and other not in together and other not in links.parted and _are_alike(here, pane)
    ]


def _are_alike(one: PaneState, other: PaneState) -> bool:
    """Return whether two images' values mean the same, as HU do."""
    first, second = one.seen, other.seen
    if first is None or second is None or one.identity.modality != other.identity.modality:
        return False
    # guard(-> True): a window goes to other stacks only where values mean the same
    is_same_unit = value_unit(first) == value_unit(second) != ""
    return is_same_unit and are_values_known(first) and are_values_known(second)
