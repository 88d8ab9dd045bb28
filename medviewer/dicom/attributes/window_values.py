"""Windows of a header (PS3.3 C.11.2.1.2), read or noted as unusable.

Known without numpy, because listing files says what opening them would say.
"""

import math
import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from medviewer import limits
from medviewer.dicom.attributes.functional_groups import FrameFunctionalGroups
from medviewer.dicom.attributes.rescaling import StatedRescale, stated_rescale
from medviewer.dicom.attributes.uptake import read_uptake
from medviewer.dicom.header import (
    DECIMAL_COMMA_READ,
    SEPARATORS,
    Header,
    numbers_of_texts,
    shown_text,
)
from medviewer.dicom.text import without_carets
from medviewer.translation import Message, mark, message

CENTER: Final = "WindowCenter"
WIDTH: Final = "WindowWidth"
NOTHING: Final = "–"
LINEAR: Final = "LINEAR"
LINEAR_EXACT: Final = "LINEAR_EXACT"
FUNCTIONS: Final = frozenset({LINEAR, LINEAR_EXACT, "SIGMOID"})
NOT_PLAIN: Final = (
    *("Units", "DoseUnits", "DoseGridScaling"),
    *("SharedFunctionalGroupsSequence", "VOILUTFunction"),
)
GLANCED_AT: Final = ("PixelPaddingValue", "RescaleSlope", "RescaleIntercept", CENTER, WIDTH, "SOPClassUID")
FLUOROSCOPIC: Final = b"1.2.840.10008.5.1.4.1.1.12."
PLAIN: Final = re.compile(rb"-?\d{1,6}(\.\d{1,14})? ?")
PLAIN_KEPT: Final = 1024
WHOLE: Final = re.compile(r"[+-]?(0|[1-9]\d*)")

BAD_WINDOW: Final = mark(
    "A window of the file makes no sense (center {center}, width {width}); it was left out."
)
EMPTY_WINDOW: Final = message("The file holds a window without values.")
READ_AS_EXACT: Final = message(
    "The file's window is narrower than its function allows; it is read as exact (LINEAR_EXACT)."
)
WINDOWS_LEFT_OUT: Final = message("The file's windows rest on values that are not known; they were left out.")
UNREADABLE_WINDOW: Final = mark(
    "A window of the file cannot be read (center {center}, width {width}); it was left out."
)
SEVERAL_WINDOWS: Final = mark(
    "The file's window (center {center}, width {width}) is read as several, with commas between them."
)
UNKNOWN_FUNCTION: Final = mark("The window's function {name} is not known; LINEAR is used.")


@dataclass(frozen=True, slots=True)
class StatedWindow:
    """One window that can be used.

    `function` is a value of VOI LUT Function (0028,1056).
    """

    center: float
    width: float
    function: str
    explanation: str


def states_windows(group: Header) -> bool:
    """Return whether a header or functional group states a window.

    It need not be readable.
    """
    return CENTER in group or WIDTH in group


def stated_windows(group: Header, *, has_fractions: bool) -> list[StatedWindow]:
    """Return the windows of a header or functional group that can be used.

    What else it holds is noted.

    Parameters
    ----------
    has_fractions : bool
        The modality values are no whole numbers. Only there a linear window may be narrower than 1, or as
        narrow: by the letter (C.11.2.1.2.1) it would be a step, but files with maps of fractions mean the
        range of the fractions.
    """
    if not states_windows(group):
        return []
    centers, widths = _values(group, has_fractions)
    if not centers and not widths:
        group.warn(EMPTY_WINDOW)
        return []
    function = _function(group)
    explanations = [without_carets(one) for one in group.texts("WindowCenterWidthExplanation")]
    found: list[StatedWindow] = []
    for number in range(max(len(centers), len(widths))):
        center = centers[number] if number < len(centers) else math.nan
        width = widths[number] if number < len(widths) else math.nan
        if math.isnan(center) or math.isnan(width):
            is_stated = any(_texts_of(group, number))
            group.warn(_about(UNREADABLE_WINDOW, group, number) if is_stated else EMPTY_WINDOW)
            continue
        used = function
        if has_fractions and function == LINEAR and 0 < width <= 1:
            group.warn(READ_AS_EXACT)
            used = LINEAR_EXACT
        if not _is_usable(center, width, used):
            group.warn(_about(BAD_WINDOW, group, number))
            continue
        explanation = explanations[number] if number < len(explanations) else ""
        window = StatedWindow(center, width, used, explanation)
        if window not in found:
            found.append(window)
    return found


def is_plain(dataset: Header) -> bool:
    """Return whether a quick look rules out notes on grayscale numbers.

    They are the notes of `note_gray_numbers`.
    """
    return not dataset.states_any(NOT_PLAIN) and has_plain_numbers(dataset)


def has_plain_numbers(dataset: Header) -> bool:
    """Return whether rescaling, windows and padding are plainly usable."""
    return _are_plain(*dataset.contents(GLANCED_AT))


@lru_cache(maxsize=PLAIN_KEPT)  # the files of a series mostly say the same
def _are_plain(
    padding: bytes | None,
    slope: bytes | None,
    intercept: bytes | None,
    center: bytes | None,
    width: bytes | None,
    sop_class: bytes | None,
) -> bool:
    if padding and len(padding) != 2:  # a binary number
        return False
    is_rescaled = slope is not None or intercept is not None
    if is_rescaled and not (slope and _is_plain_rescale(slope, intercept or b"")):
        return False
    if is_rescaled and (sop_class or b"").startswith(FLUOROSCOPIC):
        return False
    if not center:
        return center is None and width is None
    return _is_plain_window(center, width or b"")


def _is_plain_rescale(slope: bytes, intercept: bytes) -> bool:
    if PLAIN.fullmatch(slope) is None or PLAIN.fullmatch(intercept) is None:
        return False
    return float(slope) > 1e-3 * min(abs(float(intercept)) + 1e-3, 1.0)


def _is_plain_window(center: bytes, width: bytes) -> bool:
    centers, widths = center.split(b"\\"), width.split(b"\\")
    return len(centers) == len(widths) and all(
        PLAIN.fullmatch(middle) and PLAIN.fullmatch(whole) and float(whole) > 1
        for middle, whole in zip(centers, widths, strict=True)
    )


def note_gray_numbers(scope: FrameFunctionalGroups, bits_stored: int) -> None:
    """Note the unusable grayscale numbers of a header, as opening does.

    Parameters
    ----------
    bits_stored : int
        Of whole numbers; 0: the stored values are floating-point numbers.
    """
    dataset, group = scope.dataset, scope.group("FrameVOILUTSequence")
    rescale = stated_rescale(scope, bits_stored) if "ModalityLUTSequence" not in dataset else StatedRescale()
    found = stated_windows(group, has_fractions=rescale.has_fractions or not bits_stored)
    if not rescale.is_known and (found or "VOILUTSequence" in group):
        group.warn(WINDOWS_LEFT_OUT)
    dataset.number("PixelPaddingValue")
    dataset.number("PixelPaddingRangeLimit")
    read_uptake(scope)


def _values(group: Header, has_fractions: bool) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Return centers and widths, NaN where one cannot be read."""
    center, width = group.stated_number(CENTER), group.stated_number(WIDTH)
    if "," in center and "," in width:
        several = _parted(center, width, has_fractions)
        if several is not None:
            group.warn(_about(SEVERAL_WINDOWS, group))
            return several
    found = group.each_number(CENTER), group.each_number(WIDTH)
    for keyword, text, values in zip((CENTER, WIDTH), (center, width), found, strict=True):
        if "," in text and not any(map(math.isnan, values)):
            group.note(DECIMAL_COMMA_READ, keyword)
    return found


def _parted(
    center: str, width: str, has_fractions: bool
) -> tuple[tuple[float, ...], tuple[float, ...]] | None:
    """Return the windows of values that commas part ("40,600" and "400,2000").

    None: they are decimal commas. Two whole numbers without zeros in front, of which each width is one of a
    window, are no fractions.
    """
    parts = [SEPARATORS.split(text) for text in (center, width)]
    found = [numbers_of_texts(values) for values in parts]
    if len(parts[0]) != len(parts[1]) or any(map(math.isnan, (*found[0], *found[1]))):
        return None
    if len(parts[0]) == 2 and "." not in center + width:
        is_whole = all(WHOLE.fullmatch(value) for values in parts for value in values)
        is_fraction = has_fractions and max(len(values[1]) for values in parts) < 3
        if not is_whole or is_fraction or min(found[1]) < 1:
            return None
    return found[0], found[1]


def _function(group: Header) -> str:
    stated = group.text("VOILUTFunction").upper()
    if stated and stated not in FUNCTIONS:
        group.warn(message(UNKNOWN_FUNCTION, name=shown_text(stated)))
    return stated if stated in FUNCTIONS else LINEAR


def _is_usable(center: float, width: float, function: str) -> bool:
    """Return whether center and width are within limits and fit the function."""
    least = 1.0 if function == LINEAR else limits.SMALLEST_STEP
    return abs(center) <= limits.LARGEST_VALUE and least <= width <= limits.LARGEST_VALUE


def _about(sentence: str, group: Header, number: int | None = None) -> Message:
    """Return a sentence about one of the windows, or about all."""
    texts = _texts_of(group, number)
    center, width = (shown_text(text) or NOTHING for text in texts)
    return message(sentence, center=center, width=width)


def _texts_of(group: Header, number: int | None) -> tuple[str, str]:
    """Return center and width of one window as stated, or of all."""
    center, width = group.stated_number(CENTER), group.stated_number(WIDTH)
    if number is None or "," in center + width:  # which may part windows, too
        return center, width
    parts = [[text.strip() for text in one.split("\\")] for one in (center, width)]
    center, width = (texts[number] if number < len(texts) else "" for texts in parts)
    return center, width
