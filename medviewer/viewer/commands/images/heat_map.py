"""Command of the menu Classify for the heat map of an answer."""

from typing import Final

from medviewer.imaging.processing import ORIGINAL
from medviewer.inference.tasks import mapped_label
from medviewer.translation import Message, mark, message
from medviewer.viewer.commands.command import CLASSIFY, Command
from medviewer.viewer.state import PaneState, show_heat
from medviewer.viewer.viewer import Viewer
from medviewer.viewer.viewer_state import ViewerState

_NO_ANSWER = message("Ask the model about this slice first; a heat map belongs to its answer.")
_NO_MAP = message("This answer has no heat map: only a classification that no gate refused has one.")


def heat_panes(state: ViewerState) -> list[int]:
    """Return the numbers of the panes that show heat maps, seen or not."""
    return [number for number, pane in enumerate(state.display.panes) if pane is not None and pane.shows_heat]


def pane_for_heat(state: ViewerState) -> int:
    """Return the pane in which a heat map of the focused slice is to be shown.

    The last processed one of the same series beside it, so that the original stays as it is; else the
    focused one.
    """
    focus, here = state.display.focus, state.focused
    panes = state.display.panes
    beside = [
        number
        for number in state.visible
        if number != focus
        and here is not None
        and (pane := panes[number]) is not None
        and pane.stack.key == here.stack.key
    ]
    processed = [number for number in beside if (one := panes[number]) and one.processing != ORIGINAL]
    return (processed or beside or [focus])[-1]


def _lacks_map(pane: PaneState | None) -> bool:
    """Return whether a heat map of the pane's answer is still to be made."""
    if pane is None or pane.result is None or not mapped_label(pane.result):
        return False
    return pane.result.heat_map is None


def toggle_heat_map(viewer: Viewer) -> None:
    """Show the heat map of the focused slice in a pane, or no longer.

    Where such a pane is there and the slice has no map yet, it is made.
    """
    shown, pane = heat_panes(viewer.state), viewer.state.focused
    wants = _lacks_map(pane)
    display = viewer.state.display
    if shown and not wants:
        for number in shown:
            display = show_heat(display, number, on=False)
        viewer.show(display)
        return
    if not shown:
        viewer.show(show_heat(display, pane_for_heat(viewer.state), on=True))
    if wants and pane is not None:
        viewer.session.explain(pane)


def _unavailable(state: ViewerState) -> Message | None:
    if heat_panes(state):
        return None
    result = state.focused.result if state.focused is not None else None
    if result is None:
        return _NO_ANSWER
    return None if mapped_label(result) else _NO_MAP


HEAT_COMMAND: Final = Command(
    id="classify.heat_map",
    icon="grid-3x3",
    title=mark("&Heat map"),
    menu=CLASSIFY,
    run=toggle_heat_map,
    shortcut="Shift+G",
    unavailable=_unavailable,
    checked=lambda state: bool(heat_panes(state)),
    hint=message(
        "Which places speak for the answer, in a pane of its own. Each map is checked, and withheld where a "
        "check fails."
    ),
)
