"""Commands that choose how large images are shown, and how pixels look."""

from typing import Final

from medviewer.translation import Message, mark, message
from medviewer.viewer.commands.command import VIEW, Command
from medviewer.viewer.commands.reasons import no_image
from medviewer.viewer.texts import scale_bar
from medviewer.viewer.ui import Dialog
from medviewer.viewer.viewer import Viewer
from medviewer.viewer.viewer_state import ViewerState

_NO_SIZE = message("The file states no one size of its pixels in mm.")
_ANY_LENGTH_MM: Final = 100.0


def _no_true_size(state: ViewerState) -> Message | None:
    reason, pane = no_image(state), state.focused
    if reason is not None or pane is None:
        return reason
    return None if scale_bar(pane, _ANY_LENGTH_MM) is not None else _NO_SIZE


def _smooth(viewer: Viewer) -> None:
    smooths = not viewer.state.smooths
    viewer.change(smooths=smooths)
    viewer.change_setting("smoothing", smooths)


ZOOM_COMMANDS: Final = (
    Command(
        id="view.fit",
        icon="scan",
        title=mark("&Fit to pane"),
        menu=VIEW,
        run=lambda viewer: viewer.ui.fit(),
        shortcut="F",
        unavailable=no_image,
        separated=True,
    ),
    Command(
        id="view.one_to_one",
        title=mark("&1:1"),
        menu=VIEW,
        run=lambda viewer: viewer.ui.one_to_one(),
        shortcut="Ctrl+0",
        unavailable=no_image,
        hint=message("One pixel of the image on one pixel of the screen."),
    ),
    Command(
        id="view.true_size",
        icon="ruler",
        title=mark("Tr&ue size"),
        menu=VIEW,
        run=lambda viewer: viewer.ui.true_size(),
        shortcut="Shift+F",
        unavailable=_no_true_size,
        hint=message("10 mm of the image are 10 mm on the screen, as far as the screen's size is known."),
    ),
    Command(
        id="view.smooth",
        title=mark("&Smooth magnified pixels"),
        menu=VIEW,
        run=_smooth,
        shortcut="Shift+P",
        checked=lambda state: state.smooths,
        hint=message("Off: each pixel is seen as it is stored; the pane says so."),
    ),
    Command(
        id="view.magnifier",
        icon="scan-search",
        title=mark("Ma&gnifier"),
        menu=VIEW,
        run=lambda viewer: viewer.change(magnifier_shown=not viewer.state.magnifier_shown),
        shortcut="J",
        checked=lambda state: state.magnifier_shown,
        hint=message("Shows the original pixels under the mouse, whatever is done to the picture."),
    ),
    Command(
        id="view.measure_screen",
        title=mark("Measure this scree&n…"),
        menu=VIEW,
        run=lambda viewer: viewer.ui.open_dialog(Dialog.SCREEN_SIZE),
        hint=message("With a ruler, so that a true size is one."),
    ),
    Command(
        id="view.test_pattern",
        icon="monitor",
        title=mark("Test pattern for t&he screen…"),
        menu=VIEW,
        run=lambda viewer: viewer.ui.open_dialog(Dialog.TEST_PATTERN),
        hint=message("Gray steps, 5 % and 95 % squares, letters and lines, to judge a screen by eye."),
    ),
)
