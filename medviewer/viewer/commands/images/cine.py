"""Commands that play a stack: pace, direction, and which part of it."""

from functools import partial
from typing import Final

from medviewer.imaging.frame import CineDirection
from medviewer.translation import Message, mark, message
from medviewer.viewer.commands.command import CINE, IMAGE, Command
from medviewer.viewer.commands.reasons import no_image
from medviewer.viewer.state import cine_part, with_cine_end
from medviewer.viewer.viewer import Viewer
from medviewer.viewer.viewer_state import ViewerState

_ONE_SLICE = message("There is only one slice.")
_ALL_ARE_PLAYED = message("All slices are played already.")

DIRECTIONS: Final = {
    CineDirection.FORWARD: mark("Play &forward"),
    CineDirection.BACKWARD: mark("Play &backward"),
    CineDirection.TO_AND_FRO: mark("Play to and f&ro"),
}


def nothing_to_play(state: ViewerState) -> Message | None:
    """Return why the focused pane's stack cannot be played; None if it can."""
    pane = state.focused
    can_play = pane is not None and len(pane.stack) > 1
    return no_image(state) or (None if can_play else _ONE_SLICE)


def _nothing_plays(state: ViewerState) -> Message | None:
    """Return why nothing can be played or stopped.

    What plays in another pane can be stopped from any.
    """
    return None if state.is_playing else nothing_to_play(state)


def played_part(state: ViewerState) -> tuple[int, int] | None:
    """Return the first and last slice that is played, from 0.

    None: no part was chosen for the focused pane's stack.
    """
    pane = state.focused
    ends = None if pane is None else state.cine_ranges.get(pane.stack.key)
    return None if pane is None or ends is None else cine_part(pane.stack, ends)


def _no_part(state: ViewerState) -> Message | None:
    return nothing_to_play(state) or (_ALL_ARE_PLAYED if played_part(state) is None else None)


def _next_direction(viewer: Viewer) -> None:
    order = list(DIRECTIONS)
    place = order.index(viewer.state.cine_direction)
    viewer.change(cine_direction=order[(place + 1) % len(order)])


def _play_to_here(viewer: Viewer, *, is_last: bool) -> None:
    pane, ranges = viewer.state.focused, viewer.state.cine_ranges
    if pane is not None:
        ends = with_cine_end(pane.stack, ranges.get(pane.stack.key), pane.index, is_last=is_last)
        viewer.change(cine_ranges={**ranges, pane.stack.key: ends})


def _play_all(viewer: Viewer) -> None:
    pane, ranges = viewer.state.focused, viewer.state.cine_ranges
    if pane is not None:
        viewer.change(cine_ranges={key: ends for key, ends in ranges.items() if key != pane.stack.key})


def _speed(name: str, title: str, steps: int, key: str) -> Command:
    return Command(
        id=f"image.{name}",
        title=title,
        menu=IMAGE,
        run=lambda viewer: viewer.session.change_speed(steps),
        shortcut=key,
        unavailable=_nothing_plays,
    )


def _direction(direction: CineDirection, title: str) -> Command:
    return Command(
        id=f"image.cine_{direction}",
        title=title,
        menu=f"{IMAGE}/{CINE}",
        run=lambda viewer: viewer.change(cine_direction=direction),
        checked=lambda state: state.cine_direction is direction,
        separated=direction is CineDirection.FORWARD,
    )


CINE_COMMANDS: Final = (
    Command(
        id="image.play",
        title=mark("&Play cine"),
        menu=IMAGE,
        run=lambda viewer: viewer.session.play(),
        shortcut="Space",
        unavailable=_nothing_plays,
        checked=lambda state: state.is_playing,
        separated=True,
        in_panes=True,
    ),
    _speed("slower", mark("Slo&wer"), -1, "["),
    _speed("faster", mark("Fas&ter"), 1, "]"),
    Command(
        id="image.cine_direction",
        title=mark("Other &direction"),
        menu=f"{IMAGE}/{CINE}",
        run=_next_direction,
        shortcut="Shift+Space",
        in_panes=True,
        hint=message("Forward, backward, to and fro."),
    ),
    *(_direction(direction, title) for direction, title in DIRECTIONS.items()),
    Command(
        id="image.cine_from",
        title=mark("From &this slice on"),
        menu=f"{IMAGE}/{CINE}",
        run=partial(_play_to_here, is_last=False),
        shortcut="Ctrl+[",
        unavailable=nothing_to_play,
        separated=True,
    ),
    Command(
        id="image.cine_to",
        title=mark("&Up to this slice"),
        menu=f"{IMAGE}/{CINE}",
        run=partial(_play_to_here, is_last=True),
        shortcut="Ctrl+]",
        unavailable=nothing_to_play,
    ),
    Command(
        id="image.cine_all",
        title=mark("&All slices"),
        menu=f"{IMAGE}/{CINE}",
        run=_play_all,
        unavailable=_no_part,
    ),
)
