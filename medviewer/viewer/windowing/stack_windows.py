"""Automatic windows of stacks without a stated window.

One for a stack, found at its first image and then kept. Pure functions for the reducers of `viewer.state`.
A window of its own for each slice would make the brightness pump while scrolling.
"""

from collections.abc import Iterable, Mapping
from typing import Final

from medviewer.imaging.display import are_values_known, lacks_window, shared_window, value_unit
from medviewer.imaging.frame import Frame, Voi, Window
from medviewer.imaging.source import ImageSource

TIMES: Final = frozenset({"time", "phase", "trigger", "acquisition"})
"""Names of parts of a series that are the same picture at another time, for which one window holds."""

KeptWindows = Mapping[tuple[object, str, bool], Voi]
"""By what the window holds for: the stack, and what its values mean."""


AutomaticWindow = tuple[str, bool, Window]
"""The automatic window of a stack, behind the unit of its values and whether these are known."""


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

    A flat image decides nothing.
    """
    if not lacks_window(frame):
        return kept
    keys = {_key(stack, frame) for stack in stacks} - kept.keys()
    window = (frame.automatic or shared_window((frame,))) if keys else None
    return kept if window is None else {**kept, **dict.fromkeys(keys, window)}


def with_new_window(kept: KeptWindows, stack: ImageSource, frame: Frame, window: Voi) -> KeptWindows:
    """Return the windows with another one for a stack."""
    return {**kept, _key(stack, frame): window}


def kept_voi(kept: KeptWindows, stack: ImageSource, frame: Frame, voi: Voi | None) -> Voi | None:
    """Return the VOI of a frame where another VOI was in use.

    That one if somebody chose it. Otherwise the window of its stack where it states none, None where it
    states one.
    """
    if is_kept(kept, voi):
        return voi
    return kept.get(_key(stack, frame)) if lacks_window(frame) else None


def is_kept(kept: KeptWindows, voi: Voi | None) -> bool:
    """Return whether a VOI is chosen by the user, not kept for a stack."""
    return voi is not None and not any(voi is one for one in kept.values())


def without_windows_of(kept: KeptWindows, stacks: Iterable[ImageSource]) -> KeptWindows:
    """Return the windows but those of some stacks."""
    gone = set(map(_holds_for, stacks))
    return {key: voi for key, voi in kept.items() if key[0] not in gone}


def _key(stack: ImageSource, frame: Frame) -> tuple[object, str, bool]:
    return _holds_for(stack), value_unit(frame), are_values_known(frame)


def _holds_for(stack: ImageSource) -> object:
    who = stack.identity
    if stack.part and all(name in TIMES for name, _ in stack.part):
        return who.series_instance_uid, who.patient_key
    return stack.key, who.patient_key
