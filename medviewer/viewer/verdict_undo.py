"""Undo and redo of the reader's verdicts beside those of drawings.

A verdict on what is shown comes before the drawings if nothing was drawn since it was given. Verdicts on
other slices stay: nothing changes out of sight.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from medviewer.inference.result import ResultKey
from medviewer.inference.verdicts import NO_VERDICT
from medviewer.translation import Message
from medviewer.viewer import state as display_state
from medviewer.viewer.series_answer import answer_on_series
from medviewer.viewer.state import History

if TYPE_CHECKING:
    from medviewer.inference.verdicts import Verdict
    from medviewer.viewer.viewer import Viewer
    from medviewer.viewer.viewer_state import ViewerState

    About = ResultKey | frozenset[ResultKey]


def given_now(state: "ViewerState", of: "About") -> "Mapping[About, tuple[object, ...]]":
    """Return `verdicts_since` with a verdict that is given now."""
    others = {about: since for about, since in state.verdicts_since.items() if about != of}
    return {**others, of: _edits(state)}


def undoable_verdict(state: "ViewerState") -> "About | None":
    """Return the slice or series whose verdict is undone next, or None."""
    return next((of for of in _newest(state) if _history(state, of).past), None)


def redoable_verdict(state: "ViewerState") -> "About | None":
    """Return the slice or series whose verdict is redone next, or None."""
    return next((of for of in _newest(state) if _history(state, of).future), None)


def undo_title(state: "ViewerState", of: "About") -> Message:
    """Return the words of the command that takes a verdict back."""
    return _history(state, of).undo_title


def redo_title(state: "ViewerState", of: "About") -> Message:
    """Return the words of the command that gives a verdict again."""
    return _history(state, of).redo_title


def undo_verdict(viewer: "Viewer", of: "About") -> None:
    """Take the last verdict on a slice or a series back."""
    display = viewer.state.display
    if isinstance(of, frozenset):
        viewer.show(display_state.undo_series_verdict(display, of))
    else:
        viewer.show(display_state.undo_verdict(display, of))


def redo_verdict(viewer: "Viewer", of: "About") -> None:
    """Give a verdict that was taken back again."""
    display = viewer.state.display
    if isinstance(of, frozenset):
        viewer.show(display_state.redo_series_verdict(display, of))
    else:
        viewer.show(display_state.redo_verdict(display, of))


def _newest(state: "ViewerState") -> "list[About]":
    """Return the slice and the series on the screen that are undone next.

    Those of which a verdict was given since anything was drawn, the last one first.
    """
    pane = state.focused
    if pane is None or not state.verdicts_since:
        return []
    answer, edits = answer_on_series(state), _edits(state)
    shown = {pane.token.key, None if answer is None else answer.of}
    # guard(since == edits -> True): what was drawn after a verdict is undone before it
    return [
        of for of, since in reversed(tuple(state.verdicts_since.items())) if of in shown and since == edits
    ]


def _history(state: "ViewerState", of: "About") -> "History[Verdict]":
    display = state.display
    known = display.series_verdicts.get(of) if isinstance(of, frozenset) else display.verdicts.get(of)
    return known or History(NO_VERDICT)


def _edits(state: "ViewerState") -> tuple[object, ...]:
    """Return the edits of drawings that can be undone in the shown study."""
    pane = state.focused
    history = None if pane is None else state.annotations.get(pane.identity.study_instance_uid)
    return () if history is None else history.past
