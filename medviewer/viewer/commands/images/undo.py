"""Commands that undo and redo edits of annotations, and verdicts.

They are named once something was edited in the study of the focused pane.
"""

from typing import TYPE_CHECKING, Final

from medviewer.translation import Message, mark, message
from medviewer.viewer import annotations, verdict_undo
from medviewer.viewer.commands.command import TOOLS_MENU, Command
from medviewer.viewer.viewer import Viewer
from medviewer.viewer.viewer_state import ViewerState

if TYPE_CHECKING:
    from medviewer.imaging.annotation import Annotations
    from medviewer.viewer.state import History

_UNDO = message("Undo")
_REDO = message("Redo")
_NOTHING_TO_UNDO = message("There is nothing to undo.")
_NOTHING_TO_REDO = message("There is nothing to redo.")


def _history(state: ViewerState) -> "History[Annotations] | None":
    """Return the history of the focused pane's study.

    None where nothing was edited.
    """
    pane = state.focused
    found = state.annotations.get(pane.identity.study_instance_uid) if pane is not None else None
    return found if found is not None and (found.past or found.future) else None


def _undo_title(state: ViewerState) -> Message | None:
    verdict, history = verdict_undo.undoable_verdict(state), _history(state)
    if verdict is not None:
        return verdict_undo.undo_title(state, verdict)
    return None if history is None else history.undo_title or _UNDO


def _redo_title(state: ViewerState) -> Message | None:
    verdict, history = verdict_undo.redoable_verdict(state), _history(state)
    if verdict is not None:
        return verdict_undo.redo_title(state, verdict)
    return None if history is None else history.redo_title or _REDO


def _no_undo(state: ViewerState) -> Message | None:
    history = _history(state)
    has_drawing = history is not None and history.past
    return None if has_drawing or verdict_undo.undoable_verdict(state) is not None else _NOTHING_TO_UNDO


def _no_redo(state: ViewerState) -> Message | None:
    history = _history(state)
    has_drawing = history is not None and history.future
    return None if has_drawing or verdict_undo.redoable_verdict(state) is not None else _NOTHING_TO_REDO


def _undo(viewer: Viewer) -> None:
    verdict = verdict_undo.undoable_verdict(viewer.state)
    if verdict is None:
        annotations.undo(viewer)
    else:
        verdict_undo.undo_verdict(viewer, verdict)


def _redo(viewer: Viewer) -> None:
    verdict = verdict_undo.redoable_verdict(viewer.state)
    if verdict is None:
        annotations.redo(viewer)
    else:
        verdict_undo.redo_verdict(viewer, verdict)


UNDO_COMMANDS: Final = (
    Command(
        id="tools.undo",
        title=mark("&Undo"),
        menu=TOOLS_MENU,
        run=_undo,
        shortcut="Ctrl+Z",
        unavailable=_no_undo,
        separated=True,
        named=_undo_title,
    ),
    Command(
        id="tools.redo",
        title=mark("&Redo"),
        menu=TOOLS_MENU,
        run=_redo,
        shortcut="Ctrl+Shift+Z",
        unavailable=_no_redo,
        named=_redo_title,
    ),
)
