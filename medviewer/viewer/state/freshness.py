"""Freshness of the image in a pane relative to its wanted state."""

from typing import TYPE_CHECKING, Final

from medviewer.imaging.processing import ORIGINAL
from medviewer.imaging.source import ImageSource
from medviewer.viewer.state.pane_state import PaneState

if TYPE_CHECKING:
    from medviewer.imaging.processing import Processed

FIRST_IMAGE_MS: Final = 15  # so long an empty pane waits for its image rather than to be painted twice
FILTER_MS: Final = 40  # and a slice stays for what a filter is about to give


def is_current(state: PaneState, processed: "Processed | None") -> bool:
    """Return whether everything is there to paint the state's own image."""
    if state.frame is None or state.failure:
        return False
    if processed is None:
        return state.processing == ORIGINAL
    # guard(-> True): a processed image is painted for its own frame only
    return processed.frame is state.seen


def whose(state: PaneState) -> object:
    """Return of which patient, study and stack a pane shows an image."""
    return state.stack.key, state.identity.patient_key, state.identity.study_instance_uid


def zoom_scope(stack: ImageSource) -> object:
    """Return the key of stacks that share zoom and position.

    The phases of one series share them.
    """
    parts = tuple(name for name, _ in stack.part)
    key = stack.identity.series_instance_uid if parts else stack.key
    return key, stack.identity.patient_key, stack.plane, stack.rows, stack.columns, parts


def repaint_delay_ms(
    state: PaneState | None, processed: "Processed | None", *, shown: object, has_result: bool
) -> int:
    """Return the longest time to keep the old image, in ms.

    An image with a model's result on it is replaced at once.

    Parameters
    ----------
    shown : object
        Of whom and which stack the image on the screen is, as `whose` says; None: there is none.
    has_result : bool
        A result is written on it.
    """
    if state is None or state.failure:
        return 0
    if shown is None:
        return FIRST_IMAGE_MS if state.frame is None else 0
    if state.frame is None or has_result or shown != whose(state):
        return 0
    return FILTER_MS if state.processing != ORIGINAL and processed is None else 0
