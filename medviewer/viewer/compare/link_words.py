"""Sentences on who goes with whom, for the side panel."""

from dataclasses import dataclass, replace
from typing import Final

from medviewer.imaging.frame import position_axis
from medviewer.translation import NOTHING, Message, mark, message
from medviewer.viewer.compare.bonds import LEAST_OFFSET, BondKind, bond_of
from medviewer.viewer.viewer_state import ViewerState

NONE_LINKED: Final = message("Each pane goes by itself.")
SHIFTED: Final = (
    (mark("{value} mm farther to the right"), mark("{value} mm farther to the left")),
    (mark("{value} mm farther to the front"), mark("{value} mm farther to the back")),
    (mark("{value} mm farther to the feet"), mark("{value} mm farther to the head")),
)
"""Offsets along a patient's axes, below and above 0."""


@dataclass(frozen=True, slots=True)
class LinkLine:
    """A line on one pane, or on those that go together.

    Parameters
    ----------
    is_linked : bool
        They go with others: a closed chain.
    reason : Message
        Why a pane cannot follow; NOTHING where nothing hinders.
    """

    said: Message
    is_linked: bool
    reason: Message = NOTHING


def shows_several(state: ViewerState) -> bool:
    """Return whether the panes show more than one series."""
    panes = (state.display.panes[number] for number in state.visible)
    return len({pane.stack.key for pane in panes if pane is not None}) > 1


def link_lines(state: ViewerState) -> tuple[LinkLine, ...]:
    """Return which visible panes go together, and of each other one why not.

    Told from the active pane, or where that goes by itself, from the first one that does not.
    """
    display, links = state.display, state.links
    shown = [number for number in state.visible if display.panes[number] is not None]
    together = [number for number in shown if number not in links.parted]
    if not state.linked or not together:
        return (LinkLine(NONE_LINKED, is_linked=False),)
    leading = display.focus if display.focus in together else together[0]
    told = replace(display, focus=leading)
    bonds = {number: bond_of(told, links, number) for number in shown if number != leading}
    following = sorted((leading, *(n for n, bond in bonds.items() if bond.kind is BondKind.FOLLOWS)))
    names = " ".join(str(number + 1) for number in following)
    said = message("Pane {panes}", "Panes {panes}, by position", panes=names, count=len(following))
    has_company = len(following) > 1 or any(bond.kind is BondKind.OFFSET for bond in bonds.values())
    if not has_company:
        said = message("Pane {pane}: no other one goes with it", pane=leading + 1)
    lines = [LinkLine(said, is_linked=has_company)]
    for number, bond in bonds.items():
        pane, count = display.panes[number], number + 1
        if bond.kind is BondKind.OFFSET and bond.offset is not None and pane is not None:
            axis = position_axis(pane.stack.geometry(0))
            words = offset_words(bond.offset, axis)
            lines.append(LinkLine(message("Pane {pane}: {offset}", pane=count, offset=words), is_linked=True))
        elif bond.kind is BondKind.PARTED:
            lines.append(LinkLine(message("Pane {pane}: by itself", pane=count), is_linked=False))
        elif bond.kind is BondKind.APART:
            said = message("Pane {pane}: {reason}", pane=count, reason=bond.reason)
            lines.append(LinkLine(said, is_linked=False, reason=bond.reason))
    return tuple(lines)


def offset_words(offset: tuple[float, str], axis: tuple[float, float, float] | None) -> Message:
    """Return an offset in words: "12.5 mm farther to the head".

    Parameters
    ----------
    axis : (x, y, z) or None
        Along which positions rise; None where it is not known.
    """
    value, unit = offset
    if unit == "slices":
        count = abs(round(value))
        if value < 0:
            return message("1 slice before", "{count} slices before", count=count)
        return message("1 slice behind", "{count} slices behind", count=count)
    if abs(value) < LEAST_OFFSET:
        return message("at the same place, set by hand")
    size = f"{abs(value):.1f}"
    if axis is None:
        return message("offset {value} mm", value=("−" if value < 0 else "+") + size)
    main = max(range(3), key=lambda number: abs(axis[number]))
    return Message(SHIFTED[main][value > 0], (("value", size),))
