"""Commands that compare a processed image with the original, in one pane."""

from functools import partial
from typing import Final

from medviewer.imaging.processing import ORIGINAL, PROCESSINGS
from medviewer.translation import Message, mark, message
from medviewer.viewer import state as display_state
from medviewer.viewer.commands.command import COMPARE, IMAGE, Command
from medviewer.viewer.commands.reasons import no_image
from medviewer.viewer.state import Comparison
from medviewer.viewer.tools import wipe_place
from medviewer.viewer.viewer import Viewer
from medviewer.viewer.viewer_state import ViewerState

_ORIGINAL = message("Choose a processed picture first; the original is compared with nothing.")
_NO_OTHER_PIXELS = message("{processing}: lines or a mask, which have no difference from the original.")
_NO_LINE = message("No pane shows a wipe.")
STEP: Final = 0.02


def _not_processed(state: ViewerState) -> Message | None:
    pane, reason = state.focused, no_image(state)
    if reason is not None or pane is None:
        return reason
    return _ORIGINAL if pane.processing == ORIGINAL else None


def _no_difference(state: ViewerState) -> Message | None:
    reason, pane = _not_processed(state), state.focused
    if reason is not None or pane is None:
        return reason
    row = PROCESSINGS[pane.processing]
    if row.changes_pixels:
        return None
    return message(_NO_OTHER_PIXELS.text, processing=Message(row.title))


def _no_line(state: ViewerState) -> Message | None:
    panes = (state.display.panes[number] for number in state.visible)
    is_wiped = any(pane is not None and pane.compares is Comparison.WIPE for pane in panes)
    return None if is_wiped else _NO_LINE


def _is(comparison: Comparison, state: ViewerState) -> bool:
    return state.focused is not None and state.focused.compares is comparison


def _compare(comparison: Comparison, viewer: Viewer) -> None:
    display = viewer.state.display
    chosen = Comparison.NONE if _is(comparison, viewer.state) else comparison
    viewer.show(display_state.set_comparison(display, display.focus, chosen))


def _move(name: str, title: str, steps: int, key: str) -> Command:
    return Command(
        id=f"image.wipe_{name}",
        title=title,
        menu=f"{IMAGE}/{COMPARE}",
        run=lambda viewer: viewer.change(wipe_at=wipe_place(viewer.state.wipe_at + steps * STEP)),
        shortcut=key,
        unavailable=_no_line,
    )


COMPARISON_COMMANDS: Final = (
    Command(
        id="image.wipe",
        icon="square-split-horizontal",
        title=mark("&Wipe"),
        menu=f"{IMAGE}/{COMPARE}",
        run=partial(_compare, Comparison.WIPE),
        shortcut="Shift+W",
        unavailable=_not_processed,
        checked=partial(_is, Comparison.WIPE),
        hint=message("The original left of a line that is dragged, the processed picture right of it."),
    ),
    _move("left", mark("Line to the &left"), -1, "Shift+Left"),
    _move("right", mark("Line to the &right"), 1, "Shift+Right"),
    Command(
        id="image.difference",
        icon="diff",
        title=mark("&Difference"),
        menu=f"{IMAGE}/{COMPARE}",
        run=partial(_compare, Comparison.DIFFERENCE),
        shortcut="Shift+D",
        unavailable=_no_difference,
        checked=partial(_is, Comparison.DIFFERENCE),
        hint=message("How far each pixel lies from the original, up or down; the pane says what white is."),
        separated=True,
    ),
)
