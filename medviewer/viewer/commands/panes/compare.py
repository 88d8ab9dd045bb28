"""Commands that compare panes: links, offsets, reference lines."""

from dataclasses import replace
from functools import partial
from typing import Final

from medviewer.translation import Message, mark, message
from medviewer.viewer import compare
from medviewer.viewer.commands.command import LINK, VIEW, WINDOWS_TOGETHER, Command
from medviewer.viewer.commands.reasons import no_image, no_study
from medviewer.viewer.state import WindowLink
from medviewer.viewer.viewer import Viewer
from medviewer.viewer.viewer_state import ViewerState

MENU: Final = f"{VIEW}/{LINK}"

_ONE_STACK: Final = message("Only one series is shown; there is nothing to link it to.")
_NO_OFFSET: Final = message("No offset is set.")
_NO_POINT: Final = message("No point is marked.")


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


def _one_stack(state: ViewerState) -> Message | None:
    shown = {pane.stack.key for number in state.visible if (pane := state.display.panes[number]) is not None}
    return no_image(state) or (None if len(shown) > 1 else _ONE_STACK)


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
        id="view.forget_point",
        title=mark("Forget the &point"),
        menu=MENU,
        run=lambda viewer: viewer.change(located=None),
        unavailable=_no_point,
    ),
)
