"""The VOI that a frame is shown with where nobody chose one.

It is the file's own, or an automatic window.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final
from weakref import WeakKeyDictionary

import numpy as np

from medviewer.imaging.display.frame_values import are_values_known, padding_mask, value_unit
from medviewer.imaging.frame import (
    Frame,
    IdentityVoi,
    Rescale,
    Voi,
    VoiFunction,
    VoiOrigin,
    Window,
    has_whole_values,
    holds_p_values,
    is_usable,
    to_modality_values,
)
from medviewer.limits import SMALLEST_STEP
from medviewer.translation import mark

AUTO_SHARES: Final = (0.01, 0.99)  # of the pixels lie below the ends


AUTO_SAMPLE: Final = 1 << 18  # pixels; more change the percentiles by less than a gray level


SHARED_SAMPLE: Final = 1 << 15  # of each of several frames


READY_MODALITIES: Final = frozenset({"US", "IVUS", "XC", "ES", "GM", "OP", "SM", "OT", "SC", "DOC"})


ASKED_FOR: Final = mark("automatic, as asked for")
UNUSABLE: Final = mark("auto: the window in the file cannot be used")


NO_VOI: Final = mark("auto: no window in the file")


UNUSABLE_FOR_ALL: Final = mark("auto, for all pictures: the window in the file cannot be used")


NO_VOI_FOR_ALL: Final = mark("auto, for all pictures: no window in the file")


_automatic: WeakKeyDictionary[Frame, Voi] = WeakKeyDictionary()


def default_voi(frame: Frame) -> Voi:
    """Return the first usable VOI of the frame, or an automatic one.

    A Secondary Capture without a VOI holds P-values already (PS3.3 A.8.4.4) and is not stretched, nor are
    8-bit images of modalities that store what was on a screen. The automatic window is the one that the
    frame has in common with the others of its file, where it has such a one.
    """
    if lacks_window(frame) and frame.automatic is not None:
        return frame.automatic
    return own_voi(frame)


def own_voi(frame: Frame) -> Voi:
    """Return the default VOI of a frame, regardless of its file's others."""
    if frame.is_color:
        return IdentityVoi(8)
    usable = _first_usable(frame)
    if usable is not None:
        return usable
    if frame not in _automatic:
        is_ready = _is_ready(frame)
        _automatic[frame] = IdentityVoi(frame.bits_stored) if is_ready else automatic_window((frame,))
    return _automatic[frame]


def lacks_window(frame: Frame) -> bool:
    """Return whether only an automatic window can show the frame.

    It has no usable VOI, and needs one.
    """
    return not frame.is_color and _first_usable(frame) is None and not _is_ready(frame)


def stated_window(frame: Frame) -> Window | None:
    """Return the window by which the file wants a frame shown, if any."""
    voi = None if frame.is_color or lacks_window(frame) else own_voi(frame)
    return voi if isinstance(voi, Window) and any(voi is one for one in frame.voi) else None


def is_same_window(one: Voi, other: Voi) -> bool:
    """Return whether two windows show the same, whatever they are called."""
    if not isinstance(one, Window) or not isinstance(other, Window):
        return False
    return (one.center, one.width, one.function) == (other.center, other.width, other.function)


def _first_usable(frame: Frame) -> Voi | None:
    return next(filter(is_usable, frame.voi), None)


def _is_ready(frame: Frame) -> bool:
    """Return whether the values are meant for a screen as they are."""
    attributes = frame.attributes
    ready = holds_p_values(attributes.sop_class_uid) or (
        frame.bits_stored <= 8 and attributes.modality in READY_MODALITIES
    )
    untouched = frame.modality == Rescale(unit=frame.modality.unit)
    return ready and untouched and frame.stored.dtype.kind == "u" and not frame.voi


def fitted_window(window: Window, frame: Frame) -> Window:
    """Return a window with the function that suits the frame's values.

    The half steps of LINEAR are for whole numbers. Among fractions, and for a width below 1, the window runs
    from one of its ends to the other: LINEAR_EXACT. What a file states is not set by anybody and stays.

    References
    ----------
    DICOM PS3.3 C.11.2.1.2.1 (LINEAR), C.11.2.1.3.2 (LINEAR_EXACT).
    """
    is_whole = frame.stored.dtype.kind in "iu" and has_whole_values(frame.modality)
    if window.function is VoiFunction.LINEAR and (window.width < 1 or not is_whole):
        return replace(window, function=VoiFunction.LINEAR_EXACT)
    return window


def automatic_window(frames: Sequence[Frame], explanation: str = "") -> Window:
    """Return one window for frames that have no usable one.

    Origin AUTO, with the reason as explanation. CT in HU gets the soft tissue window if it meets the
    values. Everything else gets the 1st to 99th percentile of a frame, without padding, from the lowest of
    all frames to the highest: none of them is cut off, and none changes the window of the others. Flat
    images get a window around their value.

    Parameters
    ----------
    frames : sequence of Frame
        At least one; of one unit. The first one decides what else matters.
    explanation : str, optional
        Marked for translation; "": why there is no other window.
    """
    window = _between(frames[0], _robust_ranges(frames))
    return replace(window, explanation=explanation) if explanation else window


def shared_window(frames: Sequence[Frame]) -> Window | None:
    """Return the automatic window of frames that belong together.

    None where none needs one, or all are flat. Only those that lack a window, and whose values mean the
    same, have a say.
    """
    lacking = [frame for frame in frames if lacks_window(frame)]
    ranges = _robust_ranges([frame for frame in lacking if has_same_values(frame, lacking[0])])
    return _between(lacking[0], ranges) if any(high > low for low, high in ranges) else None


def has_same_values(frame: Frame, other: Frame) -> bool:
    """Return whether one window fits the values of both frames.

    They have one unit, and are known.
    """
    meanings = [(value_unit(one), are_values_known(one), one.is_color) for one in (frame, other)]
    return meanings[0] == meanings[1]


def _between(frame: Frame, ranges: Sequence[tuple[float, float]]) -> Window:
    """Return the automatic window over the value ranges of several frames."""
    why = (UNUSABLE, UNUSABLE_FOR_ALL) if frame.voi or frame.voi_is_lost else (NO_VOI, NO_VOI_FOR_ALL)
    explanation = why[0] if len(ranges) == 1 else why[1]
    wide = [(low, high) for low, high in ranges if high > low] or ranges[:1]
    low, high = min(low for low, _ in wide), max(high for _, high in wide)
    if (
        frame.attributes.modality == "CT"
        and value_unit(frame) == "HU"
        and low < 240
        and high > -160
        and high > low
    ):
        return Window(40, 400, VoiFunction.LINEAR, explanation, VoiOrigin.AUTO)
    if high - low < SMALLEST_STEP:
        return Window(low, 1.0, VoiFunction.LINEAR_EXACT, explanation, VoiOrigin.AUTO)
    if frame.stored.dtype.kind in "iu" and has_whole_values(frame.modality):
        return Window((low + high + 1) / 2, high - low + 1, VoiFunction.LINEAR, explanation, VoiOrigin.AUTO)
    return Window((low + high) / 2, high - low, VoiFunction.LINEAR_EXACT, explanation, VoiOrigin.AUTO)


def _robust_ranges(frames: Sequence[Frame]) -> list[tuple[float, float]]:
    sample = AUTO_SAMPLE if len(frames) == 1 else SHARED_SAMPLE
    return [_robust_range(frame, sample) for frame in frames]


def thinned_out(frame: Frame, sample: int = SHARED_SAMPLE) -> Frame:
    """Return a frame sampled to about so many pixels, copied."""
    step = max(1, int(np.sqrt(frame.rows * frame.columns / sample)))
    return replace(frame, stored=frame.stored[::step, ::step].copy())


def _robust_range(frame: Frame, sample: int) -> tuple[float, float]:
    thinned = thinned_out(frame, sample)
    padding = padding_mask(thinned)
    kept = thinned.stored.ravel() if padding is None else thinned.stored[~padding]
    if kept.size == 0:
        return 0.0, 0.0
    values = to_modality_values(kept, frame.modality)
    ends = [round(share * (values.size - 1)) for share in AUTO_SHARES]
    low, high = (float(value) for value in np.partition(values, ends)[ends])
    if high <= low:  # most pixels have one value: a mask, or few bright spots on nothing
        low, high = float(values.min()), float(values.max())
    return (low, high) if high - low >= SMALLEST_STEP else (low, low)
