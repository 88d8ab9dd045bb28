"""The reasons why commands cannot be run, which several of them share."""

from medviewer.imaging.frame import Frame, IdentityVoi
from medviewer.translation import Message, message
from medviewer.viewer.viewer_state import ViewerState

_OPEN_FIRST = message("Open a study first.")
_NOT_YET = message("The picture of this slice is not there yet.")
_NONE_STATED = message("The file states no window.")
_NO_WINDOW = message("A colour picture is shown as it is stored; it has no window.")


def no_image(state: ViewerState) -> Message | None:
    """Return why nothing can be done with the focused pane's image.

    None where there is one.
    """
    pane = state.focused
    if pane is None:
        return _OPEN_FIRST
    return _NOT_YET if pane.frame is None else None


def no_study(state: ViewerState) -> Message | None:
    """Return that nothing is open; None where something is."""
    is_open = any(series.stacks for study in state.library.studies for series in study.series)
    return None if is_open else _OPEN_FIRST


def no_window(state: ViewerState) -> Message | None:
    """Return why the focused pane's image cannot be windowed.

    None where it can.
    """
    frame = state.seen
    return _NO_WINDOW if frame is not None and frame.is_color else no_image(state)


def no_window_of_file(state: ViewerState) -> Message | None:
    """Return why the focused pane's image has no window of its file.

    None where it has one.
    """
    return no_window(state) or none_stated(state.seen)


def none_stated(frame: Frame | None) -> Message | None:
    """Return that a file states no window; None where it states one.

    That values are ready for the screen is none that a file states.
    """
    stated = () if frame is None else frame.voi
    return _NONE_STATED if all(isinstance(voi, IdentityVoi) for voi in stated) else None
