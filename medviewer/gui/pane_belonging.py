"""Whose picture a pane shows, and whether what is there belongs to what it is to show."""

from typing import TYPE_CHECKING

from medviewer.display_state import PaneState

if TYPE_CHECKING:
    from medviewer.imaging.processing import Processed


def belongs(state: PaneState, processed: "Processed | None") -> bool:
    """Whether everything is there to paint the state's own picture."""
    if state.frame is None or state.failure:
        return False
    if processed is None:
        return state.processing == "original"
    return processed.frame is state.seen


def whose(state: PaneState) -> object:
    """Return of which patient, study and stack a pane shows a picture."""
    return state.stack.key, state.identity.patient_key, state.identity.study_instance_uid


def place(state: PaneState) -> object:
    """Return what a zoom and a position are about; the phases of one series share them."""
    stack = state.stack
    parts = tuple(name for name, _ in stack.part)
    key = stack.identity.series_instance_uid if parts else stack.key
    return key, stack.identity.patient_key, stack.plane, stack.rows, stack.columns, parts
