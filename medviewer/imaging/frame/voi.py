"""Values of interest (DICOM PS3.3 C.11.2): windows and lookup tables that lead to the screen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import chain
from typing import TYPE_CHECKING, Final
from weakref import WeakKeyDictionary

import numpy as np
import numpy.typing as npt

from medviewer.imaging.frame.modality import (
    Rescale,
    are_values_known,
    has_whole_values,
    padding_mask,
    transform,
    unit,
)
from medviewer.limits import SMALLEST_STEP
from medviewer.translation import Message, mark, message, translate

if TYPE_CHECKING:  # frame.py needs the values of this file
    from medviewer.imaging.frame.frame import Frame


class VoiFunction(StrEnum):
    """VOI LUT Function (0028,1056)."""

    LINEAR = "LINEAR"
    LINEAR_EXACT = "LINEAR_EXACT"
    SIGMOID = "SIGMOID"


class VoiOrigin(StrEnum):
    """Where a VOI comes from; shown to the user."""

    FILE = "file"
    AUTO = "auto"  # no VOI in the file: stated beside the window
    PRESET = "preset"
    USER = "user"


@dataclass(frozen=True, slots=True)
class Window:
    """Center and width in modality units."""

    center: float
    width: float
    function: VoiFunction = VoiFunction.LINEAR
    explanation: str = ""  # the file's or the preset's name, e.g. "Brain"
    origin: VoiOrigin = VoiOrigin.FILE


@dataclass(frozen=True, slots=True, eq=False)
class VoiTable:
    """One item of the VOI LUT Sequence (0028,3010); input is in modality units."""

    first_mapped: int
    values: npt.NDArray[np.uint16]
    bits: int
    explanation: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class PresentationTable:
    """A Presentation LUT (PS3.3 C.11.6): its whole length takes what the VOI gives, 0..1, to P-values."""

    values: npt.NDArray[np.uint16]
    bits: int
    explanation: str = ""


@dataclass(frozen=True, slots=True)
class Identity:
    """The values are P-values already (Secondary Capture, PS3.3 A.8.4.4): full range, nothing stretched."""

    bits: int


Voi = Window | VoiTable | Identity

AUTO_SHARES: Final = (0.01, 0.99)  # of the pixels lie below the ends
AUTO_SAMPLE: Final = 1 << 18  # pixels; more change the percentiles by less than a grey level
SHARED_SAMPLE: Final = 1 << 15  # of each of several frames
SECONDARY_CAPTURE: Final = "1.2.840.10008.5.1.4.1.1.7"
READY_MODALITIES: Final = frozenset({"US", "IVUS", "XC", "ES", "GM", "OP", "SM", "OT", "SC", "DOC"})
UNUSABLE: Final = mark("auto: the window in the file cannot be used")
NO_VOI: Final = mark("auto: no window in the file")
UNUSABLE_FOR_ALL: Final = mark("auto, for all pictures: the window in the file cannot be used")
ASKED_FOR: Final = mark("automatic, as asked for")
NO_VOI_FOR_ALL: Final = mark("auto, for all pictures: no window in the file")


def _preset(center: float, width: float, explanation: str) -> Window:
    return Window(center, width, VoiFunction.LINEAR, explanation, VoiOrigin.PRESET)


VOI_PRESETS: Final[dict[str, tuple[Window, ...]]] = {
    "CT": (
        _preset(40, 80, mark("Brain")),
        _preset(75, 200, mark("Subdural")),
        _preset(40, 40, mark("Stroke")),
        _preset(480, 2500, mark("Bone")),
        _preset(-600, 1500, mark("Lung")),
        _preset(40, 400, mark("Mediastinum")),
        _preset(50, 350, mark("Abdomen")),
        _preset(60, 160, mark("Liver")),
        _preset(300, 600, mark("Angiography")),
    ),
}
"""Windows by modality, in the order of the number keys 1 to 9."""

_automatic: WeakKeyDictionary[Frame, Voi] = WeakKeyDictionary()


def is_usable(voi: Voi) -> bool:
    """Return whether a VOI can be applied: numbers that are finite, and a width that its function allows.

    References
    ----------
    DICOM PS3.3 C.11.2.1.2: LINEAR needs a width >= 1, LINEAR_EXACT and SIGMOID one > 0.
    """
    if isinstance(voi, Window):
        if not (abs(voi.center) < 1e30 and voi.width < 1e30):
            return False
        return voi.width >= 1 if voi.function is VoiFunction.LINEAR else voi.width > 1e-30
    if isinstance(voi, VoiTable):
        return len(voi.values) > 0 and 1 <= voi.bits <= 16
    return voi.bits >= 1


def default_voi(frame: Frame) -> Voi:
    """Return the first usable VOI of the frame, or an automatic one that says so.

    A Secondary Capture without a VOI holds P-values already (PS3.3 A.8.4.4) and is not stretched, nor are
    8-bit pictures of modalities that store what was on a screen. The automatic window is the one that the
    frame has in common with the others of its file, where it has such a one.
    """
    if lacks_window(frame) and frame.automatic is not None:
        return frame.automatic
    return own_voi(frame)


def own_voi(frame: Frame) -> Voi:
    """Return what `default_voi` does, whatever other frames its file holds."""
    if frame.is_color:
        return Identity(8)
    usable = _first_usable(frame)
    if usable is not None:
        return usable
    if frame not in _automatic:
        is_ready = _is_ready(frame)
        _automatic[frame] = Identity(frame.bits_stored) if is_ready else automatic_window((frame,))
    return _automatic[frame]


def lacks_window(frame: Frame) -> bool:
    """Return whether only an automatic window can show the frame: it has no usable VOI, and needs one."""
    return not frame.is_color and _first_usable(frame) is None and not _is_ready(frame)


def _first_usable(frame: Frame) -> Voi | None:
    return next(filter(is_usable, frame.voi), None)


def _is_ready(frame: Frame) -> bool:
    """Return whether the values are what is to be seen on a screen."""
    attributes = frame.attributes
    ready = attributes.sop_class_uid.startswith(SECONDARY_CAPTURE) or (
        frame.bits_stored <= 8 and attributes.modality in READY_MODALITIES
    )
    untouched = frame.modality == Rescale(unit=frame.modality.unit)
    return ready and untouched and frame.stored.dtype.kind == "u" and not frame.voi


def fitted(window: Window, frame: Frame) -> Window:
    """Return a window that somebody set, with the function that fits the values of the frame.

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
    """Return one window for frames that have no usable one: origin AUTO, with the reason as explanation.

    CT in HU gets the soft tissue window if it meets the values. Everything else gets the 1st to 99th
    percentile of a frame, without padding, from the lowest of all frames to the highest: none of them is cut
    off, and none changes the window of the others. Flat pictures get a window around their value.

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
    """Return the automatic window of frames that belong together; None where none needs one, or all are flat.

    Only those that lack a window, and whose values mean the same, have a say.
    """
    lacking = [frame for frame in frames if lacks_window(frame)]
    ranges = _robust_ranges([frame for frame in lacking if has_same_values(frame, lacking[0])])
    return _between(lacking[0], ranges) if any(high > low for low, high in ranges) else None


def has_same_values(frame: Frame, other: Frame) -> bool:
    """Return whether one window fits the values of both frames: they have one unit, and are known."""
    meanings = [(unit(one), are_values_known(one), one.is_color) for one in (frame, other)]
    return meanings[0] == meanings[1]


def _between(frame: Frame, ranges: Sequence[tuple[float, float]]) -> Window:
    """Return the automatic window of a frame and others, over the ranges of their values."""
    why = (UNUSABLE, UNUSABLE_FOR_ALL) if frame.voi or frame.voi_is_lost else (NO_VOI, NO_VOI_FOR_ALL)
    explanation = why[0] if len(ranges) == 1 else why[1]
    wide = [(low, high) for low, high in ranges if high > low] or ranges[:1]
    low, high = min(low for low, _ in wide), max(high for _, high in wide)
    if frame.attributes.modality == "CT" and unit(frame) == "HU" and low < 240 and high > -160 and high > low:
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
    """Return a frame of about so many of its pixels, for what is asked of many frames; they are copied."""
    step = max(1, int(np.sqrt(frame.rows * frame.columns / sample)))
    return replace(frame, stored=frame.stored[::step, ::step].copy())


def _robust_range(frame: Frame, sample: int) -> tuple[float, float]:
    thinned = thinned_out(frame, sample)
    padding = padding_mask(thinned)
    kept = thinned.stored.ravel() if padding is None else thinned.stored[~padding]
    if kept.size == 0:
        return 0.0, 0.0
    values = transform(kept, frame.modality)
    ends = [round(share * (values.size - 1)) for share in AUTO_SHARES]
    low, high = (float(value) for value in np.partition(values, ends)[ends])
    if high <= low:  # most pixels have one value: a mask, or few bright spots on nothing
        low, high = float(values.min()), float(values.max())
    return (low, high) if high - low >= SMALLEST_STEP else (low, low)


def voi_values(values: npt.NDArray[np.float32], voi: Voi) -> npt.NDArray[np.float32]:
    """Map modality values to the display range 0..1; NaN becomes 0. The values are not changed.

    This is the reference: the tables of `presentation` are made by it.

    Raises
    ------
    ValueError
        The VOI is not usable (see `is_usable`).

    References
    ----------
    DICOM PS3.3 C.11.2.1.2.1 (LINEAR, the half-pixel offsets are part of the standard), C.11.2.1.3.1
    (SIGMOID), C.11.2.1.3.2 (LINEAR_EXACT), C.11.2.1.1 (table, clamped at both ends).
    """
    if not is_usable(voi):
        raise ValueError(f"not a usable VOI: {voi}")
    with np.errstate(over="ignore", invalid="ignore"):  # the ends of the ramp are beyond all numbers anyway
        return _mapped(values, voi)


def _mapped(values: npt.NDArray[np.float32], voi: Voi) -> npt.NDArray[np.float32]:
    if isinstance(voi, VoiTable):
        index = np.clip(np.rint(values) - voi.first_mapped, 0, len(voi.values) - 1)
        shown = voi.values[np.nan_to_num(index).astype(np.intp)].astype(np.float32)
        shown /= (1 << voi.bits) - 1
        return np.asarray(shown.clip(0, 1))
    if isinstance(voi, Identity):
        shown = values / np.float32((1 << voi.bits) - 1)
    elif voi.function is VoiFunction.SIGMOID:
        return _sigmoid(values, voi)
    elif voi.function is VoiFunction.LINEAR_EXACT:
        shown = (values - np.float32(voi.center)) / np.float32(voi.width) + np.float32(0.5)
    elif voi.width == 1:  # the standard's step; the ramp would divide by zero
        shown = (values > voi.center - 0.5).astype(np.float32)
    else:
        shown = values - np.float32(voi.center - 0.5)
        shown /= np.float32(voi.width - 1)
        shown += np.float32(0.5)
    return _finite(shown.clip(0, 1, out=shown))


def presented_values(shown: npt.NDArray[np.float32], table: PresentationTable) -> npt.NDArray[np.float32]:
    """Map the display range 0..1 through a Presentation LUT to 0..1.

    References
    ----------
    DICOM PS3.3 C.11.6.1: the output of the VOI is scaled to the input range of the table.
    """
    index = np.rint(shown * np.float32(len(table.values) - 1)).astype(np.intp)
    largest = np.float32((1 << table.bits) - 1)
    return np.asarray((table.values[index] / largest).clip(0, 1), np.float32)


def _sigmoid(values: npt.NDArray[np.float32], window: Window) -> npt.NDArray[np.float32]:
    exponent = (values - np.float32(window.center)) * np.float32(-4 / window.width)
    shown = 1 / (1 + np.exp(exponent.clip(-80, 80)))
    ends = np.finfo(np.float32)
    return _finite(shown.clip(ends.tiny, 1 - ends.epsneg))  # the curve never reaches its ends


def _finite(shown: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    shown[np.isnan(shown)] = 0
    return shown


def describe(voi: Voi) -> str:
    """Return a VOI as a reader writes it, translated: "W 80 L 40 (Brain)", "full range", a table's name."""
    return description(voi).for_user()


def description(voi: Voi) -> Message:
    """Return what `describe` says, as a value."""
    if isinstance(voi, Identity):
        return message("full range")
    if isinstance(voi, VoiTable):
        return message("table {name}", name=voi.explanation or message("of the file"))
    numbers = message("W {width} L {center}", width=_short(voi.width), center=_short(voi.center))
    if not voi.explanation:
        return numbers
    name = _NameInFile(voi.explanation) if voi.origin is VoiOrigin.FILE else Message(voi.explanation)
    return message("{numbers} ({name})", numbers=numbers, name=name)


class _NameInFile(Message):
    """A file's name for its window: translated where a preset bears it, otherwise as it stands."""

    def for_user(self) -> str:
        for preset in chain.from_iterable(VOI_PRESETS.values()):
            if preset.explanation.casefold() == self.text.casefold():
                shown = translate(preset.explanation)
                return self.text if shown == preset.explanation else shown
        return self.text


def _short(number: float) -> str:
    text = f"{number:.4g}" if abs(number) < 1000 else f"{number:.0f}"
    return text.replace("-", "−")
