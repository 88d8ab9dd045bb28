"""Offsets between stacks, set where the panes are now."""

from collections.abc import Collection
from dataclasses import replace
from typing import Final

from medviewer.imaging.frame import is_parallel, slice_normal
from medviewer.imaging.source import ImageSource
from medviewer.translation import Message, message
from medviewer.viewer.state import DisplayState, Links, PaneState, Tie, place_of, space_of, stack_owner

_DIRECTION: Final = message("it lies in another direction")


def linked_here(
    display: DisplayState, links: Links, numbers: Collection[int]
) -> tuple[Links, dict[int, Message]]:
    """Link panes to the active one at the slices that they show now.

    Where both state the same frame of reference and already show one place, they are linked by that alone.

    Parameters
    ----------
    numbers : collection of int
        The panes to link; parted ones stay parted.

    Returns
    -------
    Links, dict
        The links, and why some panes cannot be linked, by number.
    """
    here = display.panes[display.focus]
    reasons: dict[int, Message] = {}
    if here is None:
        return links, reasons
    links = replace(links, parted=links.parted - {display.focus})
    done = {here.stack.key}
    for number in numbers:
        pane = display.panes[number]
        if pane is None or number in links.parted or pane.stack.key in done:
            continue
        if _compares_directions(pane.stack, here.stack) and not is_parallel(
            pane.header.geometry, here.header.geometry
        ):
            reasons[number] = _DIRECTION
            continue
        done.add(pane.stack.key)
        links = _tied(links, here, pane)
    return links, reasons


def _compares_directions(one: ImageSource, other: ImageSource) -> bool:
    return slice_normal(one.geometry(0)) is not None and slice_normal(other.geometry(0)) is not None


def _tied(links: Links, here: PaneState, pane: PaneState) -> Links:
    """Return the links with two panes' stacks tied, slice to slice."""
    owner, anchor = stack_owner(pane.stack), stack_owner(here.stack)
    links = links.without(frozenset((owner,)))
    there, own = place_of(pane.stack, here.stack, here.index, links), pane.header.position_mm
    if there is None or own is None:
        space = ("slices", anchor)
        known = links.numbered.get(anchor)
        if known is None:
            known = Tie(space, 0.0)
        tied = {anchor: known, owner: Tie(known.space, known.shift + here.index - pane.index)}
        return replace(links, numbered={**links.numbered, **tied})
    space_here = space_of(here.stack, links)
    shift = there - own
    is_one_space = space_here is not None and space_here == space_of(pane.stack, links)
    if is_one_space and abs(shift) <= _half_step(pane.stack, pane.index):
        return links
    ties = dict(links.ties)
    if space_here is None:
        space_here = ("stack", anchor)
        ties[anchor] = Tie(space_here, 0.0)
    ties[owner] = Tie(space_here, shift)
    return replace(links, ties=ties)


def _half_step(stack: ImageSource, index: int) -> float:
    """Return half the way from a slice to its farther neighbor, in mm."""
    here = stack.headers[index].position_mm
    beside = [
        place
        for at in (index - 1, index + 1)
        if 0 <= at < len(stack) and (place := stack.headers[at].position_mm) is not None
    ]
    return max((abs(place - here) for place in beside), default=0.0) / 2 if here is not None else 0.0
