"""Commands that turn and mirror the panes' images."""

from typing import Final

from medviewer.imaging.display import (
    AS_STORED,
    MIRRORED,
    TURNED_LEFT,
    TURNED_RIGHT,
    UPSIDE_DOWN,
    Orientation,
)
from medviewer.translation import Message, mark, message
from medviewer.viewer import state as display_state
from medviewer.viewer.commands.command import ORIENTATION, VIEW, Command
from medviewer.viewer.commands.reasons import no_image
from medviewer.viewer.viewer import Viewer
from medviewer.viewer.viewer_state import ViewerState

_NOT_TURNED = message("The picture is not turned by hand.")


def turn(viewer: Viewer, more: Orientation) -> None:
    """Turn or mirror the images of the focused and linked panes."""
    display = viewer.state.display
    viewer.show(display_state.turn(display, viewer.state.together(display.focus), more))


def _reset(viewer: Viewer) -> None:
    display = viewer.state.display
    viewer.show(display_state.turn_back(display, viewer.state.together(display.focus)))


def _not_turned(state: ViewerState) -> Message | None:
    pane = state.focused
    is_turned = pane is not None and pane.orientation != AS_STORED
    return no_image(state) or (None if is_turned else _NOT_TURNED)


def _turn(name: str, title: str, more: Orientation, key: str, icon: str, separated: bool = False) -> Command:
    return Command(
        id=f"view.{name}",
        icon=icon,
        title=title,
        menu=f"{VIEW}/{ORIENTATION}",
        run=lambda viewer: turn(viewer, more),
        shortcut=key,
        unavailable=no_image,
        separated=separated,
    )


ORIENTATION_COMMANDS: Final = (
    _turn("rotate_right", mark("Rotate &right"), TURNED_RIGHT, "R", "rotate-cw"),
    _turn("rotate_left", mark("Rotate &left"), TURNED_LEFT, "Shift+R", "rotate-ccw"),
    _turn("mirror", mark("&Mirror left-right"), MIRRORED, "H", "flip-horizontal-2", separated=True),
    _turn("upside_down", mark("Mirror &top-bottom"), UPSIDE_DOWN, "V", "flip-vertical-2"),
    Command(
        id="view.turn_back",
        icon="undo-2",
        title=mark("Re&set orientation"),
        menu=f"{VIEW}/{ORIENTATION}",
        run=_reset,
        shortcut="Ctrl+R",
        unavailable=_not_turned,
        separated=True,
    ),
)
