"""The windows that stacks keep while they are scrolled.

One for a stack, taken at its first image and then kept: the automatic one where none is stated, else that
of the file. Pure functions for the reducers of `viewer.state`. A window of its own for each slice would make
the brightness pump while scrolling.
"""

from collections.abc import Iterable, Mapping
from typing import Final

from medviewer.imaging.display import (
    are_values_known,
    is_same_window,
    lacks_window,
    shared_window,
    stated_window,
    value_unit,
)
from medviewer.imaging.frame import Frame, Voi, Window
from medviewer.imaging.source import ImageSource

TIMES: Final = frozenset({"time", "phase", "trigger", "acquisition"})
"""Names of parts of a series that are the same picture at another time, for which one window holds."""

SECTIONAL: Final = frozenset({"CT", "MR", "PT", "NM"})
"""Modalities whose slices are parts of one picture; of radiographs each is a picture of its own."""

OF_THE_FILE: Final = "file "
"""Stands before the unit of a window that was stated."""

KeptWindows = Mapping[tuple[object, str, bool], Voi]
"""By what the window holds for: the stack, and what its values mean."""


AutomaticWindow = tuple[str, bool, Window]
"""The kept window of a stack, behind the unit of its values and whether these are known."""


def windows_of_stack(kept: KeptWindows, stack: ImageSource) -> tuple[AutomaticWindow, ...]:
    """Return the windows kept for a stack, to be remembered."""
    holds_for = _holds_for(stack)
    return tuple(
        (unit, is_known, voi)
        for (whose, unit, is_known), voi in kept.items()
        if whose == holds_for and isinstance(voi, Window)
    )


def with_remembered_windows(
    kept: KeptWindows, stack: ImageSource, windows: Iterable[AutomaticWindow]
) -> KeptWindows:
    """Return the windows with remembered ones of a stack that has none yet."""
    holds_for = _holds_for(stack)
    return {**{(holds_for, unit, is_known): window for unit, is_known, window in windows}, **kept}


def with_first_window(kept: KeptWindows, stacks: Iterable[ImageSource], frame: Frame) -> KeptWindows:
    """Return the windows with a frame's one for its stacks that lack one.

    A flat image without a stated window decides nothing.
    """
    if lacks_window(frame):
        keys = {_key(stack, frame) for stack in stacks} - kept.keys()
        window = (frame.automatic or shared_window((frame,))) if keys else None
    else:
        keys = {_key(stack, frame) for stack in stacks if _is_one_picture(stack)} - kept.keys()
        window = stated_window(frame) if keys else None
    return kept if window is None else {**kept, **dict.fromkeys(keys, window)}


def with_new_window(kept: KeptWindows, stack: ImageSource, frame: Frame, window: Voi) -> KeptWindows:
    """Return the windows with another one for a stack."""
    return {**kept, _key(stack, frame): window}


def with_stated_window(kept: KeptWindows, stack: ImageSource, frame: Frame) -> KeptWindows:
    """Return the windows with the one that the file states for this frame."""
    window = stated_window(frame)
    return kept if window is None or not _is_one_picture(stack) else {**kept, _key(stack, frame): window}


def kept_voi(kept: KeptWindows, stack: ImageSource, frame: Frame, voi: Voi | None) -> Voi | None:
    """Return the VOI of a frame where another VOI was in use.

    That one if somebody chose it. Otherwise the window of its stack, None where that is the one which the
    file states for the frame.
    """
    if is_kept(kept, voi):
        return voi
    window = kept.get(_key(stack, frame))
    if lacks_window(frame):
        return window
    stated = stated_window(frame)
    # guard(-> None): the brightness does not pump where the file states a window for each slice
    return None if stated is None or window is None or is_same_window(window, stated) else window


def is_kept(kept: KeptWindows, voi: Voi | None) -> bool:
    """Return whether a VOI is chosen by the user, not kept for a stack."""
    return voi is not None and not any(voi is one for one in kept.values())


def without_windows_of(kept: KeptWindows, stacks: Iterable[ImageSource]) -> KeptWindows:
    """Return the windows but those of some stacks."""
    gone = set(map(_holds_for, stacks))
    return {key: voi for key, voi in kept.items() if key[0] not in gone}


def _key(stack: ImageSource, frame: Frame) -> tuple[object, str, bool]:
    unit = value_unit(frame) if lacks_window(frame) else OF_THE_FILE + value_unit(frame)
    return _holds_for(stack), unit, are_values_known(frame)


def _is_one_picture(stack: ImageSource) -> bool:
    return stack.identity.modality in SECTIONAL or stack.cine is not None


def _holds_for(stack: ImageSource) -> object:
    who = stack.identity
    if stack.part and all(name in TIMES for name, _ in stack.part):
        return who.series_instance_uid, who.patient_key
    return stack.key, who.patient_key
