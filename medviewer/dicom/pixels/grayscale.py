"""From a header to the grayscale chain of a frame.

Modality transform, VOIs, padding, polarity.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import numpy.typing as npt

from medviewer.dicom.attributes import (
    NOT_RESCALED,
    UNKNOWN,
    WINDOWS_LEFT_OUT,
    FrameFunctionalGroups,
    StatedRescale,
    is_fluoroscopic,
    read_uptake,
    stated_photometric,
    stated_rescale,
    stated_windows,
    states_windows,
)
from medviewer.dicom.header import Header
from medviewer.imaging.frame import (
    UPTAKE_UNITS,
    IdentityVoi,
    ModalityTable,
    ModalityTransform,
    Rescale,
    Voi,
    VoiFunction,
    VoiTable,
    Window,
    has_whole_values,
    holds_p_values,
    is_segmentation,
    known_unit,
)
from medviewer.limits import SMALLEST_STEP
from medviewer.translation import Message, mark, message

if TYPE_CHECKING:
    from medviewer.dicom.header import PixelLayout

WINDOW_MARGIN: Final = 1.25  # by which a window may reach out of the values of a depth

OTHER_BITS: Final = mark("A lookup table of the file says {stated} bits, its values have {held}.")
BAD_TABLE: Final = message("The file holds a lookup table that makes no sense; it was left out.")


def modality_transform(
    scope: FrameFunctionalGroups, layout: PixelLayout
) -> tuple[ModalityTransform, list[Message]]:
    """Return the modality transform of stored values.

    The LUT sequence wins over the slope (C.11.1). In angiographic and fluoroscopic images it leads to
    intensities of X-rays and is no step to the screen: their windows are of stored values.

    References
    ----------
    DICOM PS3.4 N.2.5: a Modality LUT in an XA or XRF image shall be ignored.
    """
    dataset = scope.dataset
    unit = _unit(scope)
    item = None if is_fluoroscopic(dataset) else dataset.item("ModalityLUTSequence")
    if item is not None:
        table = lookup_table(item, is_signed=layout.is_signed)
        if table is not None:
            first, values, _ = table
            unit = known_unit(item.text("ModalityLUTType"))
            explanation = item.free_text("LUTExplanation")
            return ModalityTable(first, values.astype(np.float32), unit, explanation), []
    stated = stated_rescale(scope, 0 if layout.is_float else layout.bits_stored)
    if item is None:
        return _in_uptake(scope, _rescale(stated, unit)), []
    if not stated.has_unit and stated.is_known:
        scope.dataset.warn(NOT_RESCALED)
        stated = UNKNOWN
    return _rescale(stated, unit), [BAD_TABLE]


def _rescale(stated: StatedRescale, unit: str) -> Rescale:
    """Return a transform with a unit where both its numbers were read."""
    return Rescale(stated.slope, stated.intercept, unit if stated.has_unit else "", stated.is_known)


def _in_uptake(scope: FrameFunctionalGroups, rescale: Rescale) -> Rescale:
    """Return a transform to SUV where a PET image earns it.

    What the image states beside Units (0054,1001) must not say otherwise.
    """
    if rescale.unit != known_unit(scope.dataset.text("Units")) or not rescale.unit:
        return rescale
    suv = read_uptake(scope)
    if suv is None:
        return rescale
    return Rescale(rescale.slope * suv.factor, rescale.intercept * suv.factor, suv.unit)


def _unit(scope: FrameFunctionalGroups) -> str:
    """Return the unit of modality values.

    HU only for a CT whose Rescale Type does not say otherwise.
    """
    dataset = scope.dataset
    stated = scope.group("PixelValueTransformationSequence").text("RescaleType")
    if unit := known_unit(stated):
        return unit
    if dataset.text("Modality") == "CT" and not stated:
        return "" if "LOCALIZER" in dataset.texts("ImageType") else "HU"
    if dataset.text("Modality") == "RTDOSE":
        return known_unit(dataset.text("DoseUnits"))
    return known_unit(dataset.text("Units"))


def lookup_table(item: Header, *, is_signed: bool) -> tuple[int, npt.NDArray[np.uint16], int] | None:
    """Return (first mapped value, entries, bits) of a lookup table.

    None where it makes no sense. The bits are those of the entries, where they exceed the stated ones or are
    bytes under 16 stated bits.

    References
    ----------
    DICOM PS3.3 C.11.1.1: a number of entries of 0 means 65,536; the first mapped value is signed where the
    pixels are; 8-bit entries may be packed two to a word.
    """
    words = item.words("LUTDescriptor")
    if len(words) != 3 or not 1 <= words[2] <= 16:
        return None
    count = words[0] or 1 << 16
    first = words[1] - (1 << 16) if is_signed and words[1] >= 1 << 15 else words[1]
    content = item.content("LUTData")
    if not content:
        entries = np.array(item.words("LUTData"), np.uint16)
    elif len(content) in (count, count + 1) and words[2] <= 8:
        entries = np.frombuffer(content, np.uint8)[:count].astype(np.uint16)
    else:
        order = ">" if item.is_big_endian() else "<"
        entries = np.frombuffer(content[: len(content) // 2 * 2], f"{order}u2").astype(np.uint16)
    if len(entries) < count:
        return None
    entries = entries[:count]
    held = int(entries.max()).bit_length()
    are_bytes = words[2] == 16 and 0 < held <= 8
    return first, entries, 8 if are_bytes else max(words[2], held)


@dataclass(frozen=True, slots=True)
class StatedVoi:
    """The usable windows and tables of a frame, in the order of the file.

    Parameters
    ----------
    is_lost : bool
        The file states some, and none of them can be used.
    """

    alternatives: tuple[Voi, ...] = ()
    is_lost: bool = False
    warnings: tuple[Message, ...] = ()


def voi_alternatives(
    scope: FrameFunctionalGroups, layout: PixelLayout, modality: ModalityTransform
) -> StatedVoi:
    """Return all windows and VOI tables of a frame.

    None of them where the modality values are not known, as they are stated in their unit.

    References
    ----------
    DICOM PS3.3 C.11.2.1: the values are alternatives. A.8.4.4: a Secondary Capture without any of them
    holds P-values, to be shown as they are.
    """
    group = scope.group("FrameVOILUTSequence")
    items = group.items("VOILUTSequence")
    is_stated = states_windows(group) or bool(items)
    found = windows(group, has_fractions=layout.is_float or not has_whole_values(modality))
    if isinstance(modality, Rescale) and not modality.is_known:
        if found or items:
            group.warn(WINDOWS_LEFT_OUT)
        return StatedVoi((), is_stated)
    if found and modality.unit in UPTAKE_UNITS and (suv := read_uptake(scope)) is not None:
        found = [_scaled(one, suv.factor) for one in found]
    warnings = []
    signed = isinstance(modality, Rescale) and modality.intercept < 0
    for item in items:
        table = lookup_table(item, is_signed=layout.is_signed or signed)
        if table is None:
            warnings.append(BAD_TABLE)
            continue
        first, values, bits = table
        if bits != (stated := item.words("LUTDescriptor")[2]):
            warnings.append(message(OTHER_BITS, stated=stated, held=bits))
        found.append(VoiTable(first, values, bits, item.free_text("LUTExplanation")))
    if is_stated or layout.is_float:
        return StatedVoi(tuple(found), is_stated and not found, tuple(warnings))
    return StatedVoi(_ready(scope.dataset, layout, modality))


def _scaled(window: Voi, factor: float) -> Voi:
    """Return a window for values times a factor, of the very same grays."""
    if not isinstance(window, Window) or factor == 1:
        return window
    center, width, function = window.center, window.width, window.function
    if function is VoiFunction.LINEAR:  # its half steps are of whole numbers (C.11.2.1.2.1)
        center, width, function = center - 0.5, max(width - 1, SMALLEST_STEP), VoiFunction.LINEAR_EXACT
    return Window(center * factor, width * factor, function, window.explanation, window.origin)


def _ready(dataset: Header, layout: PixelLayout, modality: ModalityTransform) -> tuple[Voi, ...]:
    """Return the VOI of values that need no window, or ()."""
    sop_class = dataset.text("SOPClassUID")
    if is_segmentation(sop_class):
        largest = dataset.integer("MaximumFractionalValue") or 0
        fractional = dataset.text("SegmentationType") == "FRACTIONAL"
        if layout.bits_stored > 1 and not fractional:
            return ()  # labels count from 1: among the shades of all their bits they are black
        bits = largest.bit_length() if fractional and largest > 0 else layout.bits_stored
        return (IdentityVoi(min(bits, layout.bits_allocated)),)
    plain = modality == Rescale(unit=modality.unit) and not layout.is_signed
    if holds_p_values(sop_class) and plain:
        return (IdentityVoi(layout.bits_stored),)
    return ()


def windows(group: Header, *, has_fractions: bool) -> list[Voi]:
    """Return the windows of a header or group that can be used.

    What else it holds is noted.
    """
    return [
        Window(one.center, one.width, VoiFunction(one.function), one.explanation)
        for one in stated_windows(group, has_fractions=has_fractions)
    ]


def is_for_other_depth(voi: Voi, modality: ModalityTransform, stated_bits: int, bits: int) -> bool:
    """Return whether a window is for the stated instead of the actual depth.

    Parameters
    ----------
    stated_bits, bits : int
        In the header, and of the stored values.
    """
    if not isinstance(voi, Window) or not isinstance(modality, Rescale):
        return False
    highest = (voi.center + voi.width / 2 - modality.intercept) / modality.slope
    is_for_stated = highest <= WINDOW_MARGIN * (1 << stated_bits)
    return is_for_stated and (bits > stated_bits or highest > WINDOW_MARGIN * (1 << bits))


def padding(dataset: Header, layout: PixelLayout) -> tuple[float, float] | None:
    """Return the inclusive range of padding values, or None.

    Stored values (PS3.3 C.7.5.1.1.2).
    """
    if layout.is_float:
        kind = "Float" if layout.bits_allocated == 32 else "DoubleFloat"
        value = _finite(dataset, f"{kind}PixelPaddingValue")
        limit = _finite(dataset, f"{kind}PixelPaddingRangeLimit")
    else:
        value = _stored_value(dataset, "PixelPaddingValue", layout)
        limit = _stored_value(dataset, "PixelPaddingRangeLimit", layout)
    if value is None:
        return None
    low, high = sorted((value, value if limit is None else limit))
    return low, high


def _finite(dataset: Header, keyword: str) -> float | None:
    """Return a number, or None where it is not finite."""
    found = dataset.each_number(keyword)
    return found[0] if found and np.isfinite(found[0]) else None


def _stored_value(dataset: Header, keyword: str, layout: PixelLayout) -> float | None:
    number = dataset.number(keyword)
    if number is None:
        return None
    word = (*dataset.words(keyword), 0)[0]  # of a representation that may be written wrongly
    if number not in (word, word - (1 << 16)):  # a text
        return number
    return float(word - (1 << 16) if layout.is_signed and word >= 1 << 15 else word)


def is_inverted(dataset: Header) -> bool:
    """Return whether the smallest value is white.

    See C.7.6.3.1.2, Presentation LUT Shape C.11.6.
    """
    if stated_photometric(dataset) == "MONOCHROME1":
        return True  # INVERSE belongs to it and IDENTITY contradicts it: never invert twice
    return dataset.text("PresentationLUTShape").upper() == "INVERSE"
