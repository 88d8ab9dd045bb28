"""Commands that move through a stack.

By slices, to other phases of a series.
"""

from collections.abc import Callable
from typing import Any, Final

from medviewer.dicom.model import StoredStack
from medviewer.translation import Message, mark, message
from medviewer.viewer import state as display_state
from medviewer.viewer.commands.command import IMAGE, Command
from medviewer.viewer.commands.reasons import no_image
from medviewer.viewer.viewer import Viewer
from medviewer.viewer.viewer_state import ViewerState

_NOTHING_FAILED = message("Only a slice that could not be read can be tried again.")
_NO_PHASES = message("The series has no other phase or echo at the same positions.")


def phases(state: ViewerState) -> list[StoredStack]:
    """Return the series' other stacks with the same content.

    They are of another phase or echo, for example.
    """
    pane = state.focused
    if pane is None or not pane.stack.part:
        return []
    here = pane.stack
    names = [name for name, _ in here.part]
    return [
        stack
        for study in state.library.studies
        for series in study.series
        if any(stack.key == here.key for stack in series.stacks)
        for stack in series.stacks
        if stack.identity.patient_key == here.identity.patient_key
        and [name for name, _ in stack.part] == names
        and (stack.plane, stack.rows, stack.columns) == (here.plane, here.rows, here.columns)
    ]


def change_phase(viewer: Viewer, steps: int) -> None:
    """Show the next phase, or one before, at the nearest position.

    Window, zoom and orientation stay.
    """
    state, found = viewer.state, phases(viewer.state)
    keys = [stack.key for stack in found]
    if state.focused is None or state.focused.stack.key not in keys:
        return
    target = found[(keys.index(state.focused.stack.key) + steps) % len(found)]
    viewer.show_and_fetch(
        display_state.change_phase(state.display, state.together(state.display.focus), target)
    )


def _last(viewer: Viewer) -> None:
    if (pane := viewer.state.focused) is not None:
        viewer.scroll_to(len(pane.stack) - 1)


def _nothing_failed(state: ViewerState) -> Message | None:
    pane = state.focused
    return None if pane is not None and pane.failure else _NOTHING_FAILED


def _no_phases(state: ViewerState) -> Message | None:
    return no_image(state) or (None if len(phases(state)) > 1 else _NO_PHASES)


def _scroll(
    name: str, title: str, run: Callable[[Viewer], Any], key: str, *, also: str = "", separated: bool = False
) -> Command:
    return Command(
        id=f"image.{name}",
        title=title,
        menu=IMAGE,
        run=run,
        shortcut=key,
        also=also,
        unavailable=no_image,
        separated=separated,
        in_panes=True,
    )


def _phase(name: str, title: str, steps: int, key: str) -> Command:
    return Command(
        id=f"image.{name}",
        title=title,
        menu=IMAGE,
        run=lambda viewer: change_phase(viewer, steps),
        shortcut=key,
        unavailable=_no_phases,
        separated=steps > 0,
    )


SCROLL_COMMANDS: Final = (
    _scroll("next", mark("&Next slice"), lambda viewer: viewer.scroll_by(1), "Down", separated=True),
    _scroll("previous", mark("&Previous slice"), lambda viewer: viewer.scroll_by(-1), "Up"),
    _scroll(
        "ten_on", mark("&Ten slices on"), lambda viewer: viewer.scroll_by(10), "PgDown", also="Ctrl+PgDown"
    ),
    _scroll(
        "ten_back", mark("Ten slices &back"), lambda viewer: viewer.scroll_by(-10), "PgUp", also="Ctrl+PgUp"
    ),
    _scroll("first", mark("&First slice"), lambda viewer: viewer.scroll_to(0), "Home"),
    _scroll("last", mark("&Last slice"), _last, "End"),
    Command(
        id="image.try_again",
        title=mark("Try a&gain"),
        menu=IMAGE,
        run=lambda viewer: viewer.try_again(),
        shortcut="F5",
        unavailable=_nothing_failed,
    ),
    _phase("next_phase", mark("Next p&hase"), 1, "."),
    _phase("previous_phase", mark("Previous ph&ase"), -1, ","),
)
