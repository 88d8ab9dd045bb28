"""Commands that compare panes: links, offsets, reference lines."""

from dataclasses import replace
from functools import partial
from typing import Final

from medviewer.imaging.processing import ORIGINAL
from medviewer.translation import Message, mark, message
from medviewer.viewer import compare, state as display_state
from medviewer.viewer.commands.command import BLINK, LINK, VIEW, WINDOWS_TOGETHER, Command
from medviewer.viewer.commands.panes.layout import set_layout
from medviewer.viewer.commands.reasons import no_image, no_study
from medviewer.viewer.layouts import visible_panes
from medviewer.viewer.state import WindowLink
from medviewer.viewer.viewer import Viewer
from medviewer.viewer.viewer_state import ViewerState

MENU: Final = f"{VIEW}/{LINK}"

_ONE_STACK: Final = message("Only one series is shown; there is nothing to link it to.")
_ONE_PANE: Final = message("Only one pane is shown.")
_NO_PRIOR: Final = message("No earlier study of this patient with this modality is open.")
_NO_OFFSET: Final = message("No offset is set.")
_NO_POINT: Final = message("No point is marked.")


BLINKS: Final = {
    "250": mark("&Four times in a second"),
    "500": mark("&Twice in a second"),
    "1000": mark("&Once in a second"),
    "2000": mark("&Every two seconds"),
}
"""Milliseconds -> title."""


def link_here(viewer: Viewer) -> None:
    """Link the other panes to the active one at the slices that they show now."""
    state = viewer.state
    links, reasons = compare.linked_here(state.display, state.links, state.visible)
    viewer.change_links(links)
    for number, reason in reasons.items():
        viewer.tell(message("Pane {number} cannot be linked: {reason}.", number=number + 1, reason=reason))


def turn_parted(viewer: Viewer, number: int) -> None:
    """Let a pane go by itself, or with the others again."""
    state = viewer.state
    if not state.linked:
        viewer.set_linked(True)
        return
    is_parted = number not in state.links.parted
    viewer.change_links(state.links.with_parted(number, is_parted=is_parted))


def _partner(state: ViewerState) -> int | None:
    """Return the next pane of the layout that has an image.

    It is found also where the active one is maximized.
    """
    layout = visible_panes(state.layout, None, state.display.focus, film_folded=state.film_folded)
    if state.display.focus not in layout:
        return None
    place = layout.index(state.display.focus)
    order = (*layout[place + 1 :], *layout[:place])
    return next((number for number in order if state.display.panes[number] is not None), None)


def _no_partner(state: ViewerState) -> Message | None:
    return no_image(state) or (None if _partner(state) is not None else _ONE_PANE)


def swap_panes(viewer: Viewer) -> bool:
    """Exchange the active pane with the next one; return whether there is one.

    Pressed again and again in a maximized pane, two images alternate in one place.
    """
    state, other = viewer.state, _partner(viewer.state)
    if other is None:
        return False
    display = display_state.swap_panes(state.display, state.display.focus, other)
    viewer.show_and_fetch(display, links=state.links.with_swapped(state.display.focus, other))
    return True


def _blink_every(milliseconds: str, viewer: Viewer) -> None:
    viewer.change_setting("blink_ms", milliseconds)


def _no_prior(state: ViewerState) -> Message | None:
    pane = state.focused
    if pane is None:
        return no_image(state)
    return None if compare.prior_of(pane.stack, state.library.stacks) is not None else _NO_PRIOR


def show_prior(viewer: Viewer) -> None:
    """Show the active series beside the like one of an earlier study."""
    pane = viewer.state.focused
    prior = None if pane is None else compare.prior_of(pane.stack, viewer.state.library.stacks)
    if pane is None or prior is None:
        return
    set_layout(viewer, "1x2")
    viewer.show_stack(prior, 1, ORIGINAL)
    viewer.show_stack(pane.stack, 0, pane.processing)


def _one_stack(state: ViewerState) -> Message | None:
    return no_image(state) or (None if compare.shows_several(state) else _ONE_STACK)


def _no_offset(state: ViewerState) -> Message | None:
    return None if state.links.has_offsets else _NO_OFFSET


def _no_point(state: ViewerState) -> Message | None:
    return None if state.located is not None else _NO_POINT


def _turn_zoom(viewer: Viewer) -> None:
    links = viewer.state.links
    viewer.change_links(replace(links, zoom=not links.zoom), linked=viewer.state.linked)


def _window_together(which: WindowLink, viewer: Viewer) -> None:
    viewer.change_links(replace(viewer.state.links, window=which), linked=viewer.state.linked)


def _window_link(which: WindowLink, title: str) -> Command:
    return Command(
        id=f"view.window_{which}",
        title=title,
        menu=f"{MENU}/{WINDOWS_TOGETHER}",
        run=partial(_window_together, which),
        checked=lambda state: state.links.window is which,
        unavailable=no_study,
    )


COMPARE_COMMANDS: Final = (
    Command(
        id="view.link",
        icon="link-2",
        title=mark("&Link panes"),
        menu=VIEW,
        run=lambda viewer: viewer.set_linked(not viewer.state.linked),
        shortcut="L",
        unavailable=no_study,
        checked=lambda state: state.linked,
        short=mark("Link"),
        hint=message("By position within one frame of reference; else by an offset that you set."),
    ),
    Command(
        id="view.part_pane",
        icon="unlink-2",
        title=mark("This pane by &itself"),
        menu=MENU,
        run=lambda viewer: turn_parted(viewer, viewer.state.display.focus),
        shortcut="Ctrl+L",
        unavailable=no_image,
        checked=lambda state: not state.linked or state.display.focus in state.links.parted,
    ),
    Command(
        id="view.link_here",
        title=mark("Link &here (set offset)"),
        menu=MENU,
        run=link_here,
        shortcut="Shift+L",
        unavailable=_one_stack,
        hint=message("The slices that the panes show now go together; the offset is said on the panes."),
    ),
    Command(
        id="view.remove_offsets",
        title=mark("&Remove offsets"),
        menu=MENU,
        run=lambda viewer: viewer.change_links(viewer.state.links.without_offsets()),
        shortcut="Ctrl+Shift+L",
        unavailable=_no_offset,
    ),
    Command(
        id="view.link_zoom",
        title=mark("&Zoom and pan together"),
        menu=MENU,
        run=_turn_zoom,
        checked=lambda state: state.links.zoom,
        unavailable=no_study,
        separated=True,
    ),
    _window_link(WindowLink.NONE, mark("Each pane by &itself")),
    _window_link(WindowLink.SERIES, mark("Panes of one &series")),
    _window_link(WindowLink.ALIKE, mark("All panes of the same &unit")),
    Command(
        id="view.reference_lines",
        icon="crosshair",
        title=mark("Reference l&ines"),
        menu=MENU,
        run=lambda viewer: viewer.change(reference_lines=not viewer.state.reference_lines),
        shortcut="Shift+C",
        checked=lambda state: state.reference_lines,
        unavailable=no_study,
        separated=True,
    ),
    Command(
        id="view.swap",
        title=mark("&Swap with the next pane"),
        menu=MENU,
        run=swap_panes,
        shortcut="Shift+S",
        unavailable=_no_partner,
        hint=message("Again and again in a maximised pane it lets two pictures blink in one place."),
        separated=True,
    ),
    Command(
        id="view.blink",
        title=mark("&Blink"),
        menu=MENU,
        run=lambda viewer: viewer.session.blink(),
        shortcut="Ctrl+Shift+B",
        checked=lambda state: state.is_blinking,
        unavailable=_no_partner,
        hint=message(
            "The active pane and the next one alternate in their places until Esc; best in a large pane."
        ),
    ),
    *(
        Command(
            id=f"view.blink_{milliseconds}",
            title=title,
            menu=f"{MENU}/{BLINK}",
            run=partial(_blink_every, milliseconds),
            unavailable=no_study,
        )
        for milliseconds, title in BLINKS.items()
    ),
    Command(
        id="view.prior",
        title=mark("&Earlier study beside"),
        menu=MENU,
        run=show_prior,
        shortcut="Ctrl+Shift+E",
        unavailable=_no_prior,
    ),
    Command(
        id="view.forget_point",
        title=mark("Forget the &point"),
        menu=MENU,
        run=lambda viewer: viewer.change(located=None),
        unavailable=_no_point,
    ),
)
