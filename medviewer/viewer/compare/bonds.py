"""Bonds between a pane and the active one, and their texts."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from medviewer.translation import NOTHING, Message, message
from medviewer.viewer.state import DisplayState, Links, offset_between, reason_apart, slice_at_place_of
from medviewer.viewer.viewer_state import ViewerState

LEAST_OFFSET: Final = 0.05  # mm; less is written as 0.0

_BEYOND: Final = message("it does not reach to this place")


class BondKind(StrEnum):
    """Kind of a bond between a pane and the active one."""

    FOLLOWS = "follows"  # one stack, or by position in one frame of reference
    OFFSET = "offset"  # by an offset that was set by hand
    PARTED = "parted"  # by itself, as its user wishes
    APART = "apart"  # it cannot follow


@dataclass(frozen=True, slots=True)
class Bond:
    """Bond between a pane and the active one, or the reason for none.

    Parameters
    ----------
    offset : (value, unit) or None
        How much farther along its axis the pane is than the active one; in "mm" or "slices".
    reason : Message
        Why it cannot follow; NOTHING where it can.
    """

    kind: BondKind
    offset: tuple[float, str] | None = None
    reason: Message = NOTHING


def bond_of(display: DisplayState, links: Links, number: int) -> Bond:
    """Return the bond between a pane with an image and the active one."""
    here, pane = display.focused, display.panes[number]
    if here is None or pane is None:
        return Bond(BondKind.FOLLOWS)
    if number in links.parted:
        return Bond(BondKind.PARTED)
    if display.focus in links.parted or pane.stack.key == here.stack.key:
        return Bond(BondKind.FOLLOWS)
    reason = reason_apart(pane.stack, here.stack, here.index, links)
    if reason:
        return Bond(BondKind.APART, reason=reason)
    offset = offset_between(pane.stack, here.stack, links)
    kind = BondKind.FOLLOWS if offset is None else BondKind.OFFSET
    if slice_at_place_of(pane.stack, here.stack, here.index, pane.index, links) is None:
        return Bond(BondKind.APART, offset, _BEYOND)
    return Bond(kind, offset)


@dataclass(frozen=True, slots=True)
class LinkMark:
    """The mark of a bond in the title of a pane.

    Parameters
    ----------
    is_linked : bool
        The pane goes with the active one, unless there is a reason against.
    reason, offset : Message
        Why it cannot follow, and by how much it is off; NOTHING where it follows, and is not.
    is_alone : bool
        It is the active one of linked panes, of which none goes with it.
    """

    is_linked: bool
    reason: Message = NOTHING
    offset: Message = NOTHING
    is_alone: bool = False


def link_mark(state: ViewerState, display: DisplayState, number: int) -> LinkMark:
    """Return the mark of the bond between a pane and the active one."""
    bond = bond_of(display, state.links, number)
    is_linked = state.linked and bond.kind is not BondKind.PARTED
    offset = offset_text(bond.offset) if is_linked and bond.offset is not None else NOTHING
    is_alone = is_linked and number == display.focus and not _has_company(state, display)
    return LinkMark(is_linked, bond.reason if state.linked else NOTHING, offset, is_alone)


def _has_company(state: ViewerState, display: DisplayState) -> bool:
    """Return whether any other visible pane goes with the active one."""
    others = (n for n in state.visible if n != display.focus and display.panes[n] is not None)
    return any(
        bond_of(display, state.links, number).kind in {BondKind.FOLLOWS, BondKind.OFFSET} for number in others
    )


def offset_text(offset: tuple[float, str]) -> Message:
    """Return an offset as it is said on a pane: "offset +12.5 mm"."""
    value, unit = offset
    if unit == "slices":
        return message("offset {value} slices", value=f"{value:+.0f}".replace("-", "−"))
    shown = 0.0 if abs(value) < LEAST_OFFSET else value
    return message("offset {value} mm", value=f"{shown:+.1f}".replace("-", "−") if shown else "0.0")
