"""Rescaling of stored to measured values (PS3.3 C.11.1).

Stated, absent, or unusable. Known without numpy, because listing files says what opening them would say.
"""

from dataclasses import dataclass
from typing import Final

from medviewer import limits
from medviewer.dicom.attributes.frame_scope import FrameScope
from medviewer.dicom.header import SENSELESS, Header, named
from medviewer.translation import Message, mark, message

FEWEST_LEVELS: Final = 2.0**-18  # of the intercept: float32 must tell values apart that the slope parts

NOT_RESCALED: Final = message(
    "How stored values become measured ones cannot be used: stored values are shown, without a unit."
)
HALF_STATED: Final = mark("{missing} is not stated: {assumed} is assumed, and the values have no unit.")


@dataclass(frozen=True, slots=True)
class StatedRescale:
    """value = slope x stored + intercept.

    Parameters
    ----------
    has_unit : bool
        Slope and intercept were read both, so that a unit that the file states holds.
    is_known : bool
        False: the file states a transform that cannot be used; slope and intercept change nothing.
    """

    slope: float = 1.0
    intercept: float = 0.0
    has_unit: bool = False
    is_known: bool = True

    @property
    def has_fractions(self) -> bool:
        """Whether whole numbers may become others."""
        return not (self.slope.is_integer() and self.intercept.is_integer())


UNKNOWN: Final = StatedRescale(is_known=False)


def stated_rescale(scope: FrameScope, bits_stored: int) -> StatedRescale:
    """Return slope and intercept of a frame.

    What cannot be used of them is noted in its header.

    Parameters
    ----------
    bits_stored : int
        Of whole numbers; 0: the stored values are floating-point numbers.
    """
    group = scope.group("PixelValueTransformationSequence")
    if "RescaleSlope" in group or "RescaleIntercept" in group:
        found = _slope_and_intercept(group, bits_stored)
    elif scope.is_empty("PixelValueTransformationSequence"):
        found = UNKNOWN
    elif "DoseGridScaling" in scope.dataset:
        found = _dose(scope.dataset, bits_stored)
    else:
        return StatedRescale()
    if not found.is_known:
        group.remark(NOT_RESCALED)
    return found


def _slope_and_intercept(group: Header, bits_stored: int) -> StatedRescale:
    slope, intercept = group.number("RescaleSlope"), group.number("RescaleIntercept")
    if slope is None and "RescaleSlope" not in group:
        group.remark(_half_stated("RescaleSlope", 1))
    elif intercept is None and "RescaleIntercept" not in group:
        group.remark(_half_stated("RescaleIntercept", 0))
    elif slope is None or intercept is None:
        return UNKNOWN
    has_unit = slope is not None and intercept is not None
    slope, intercept = 1.0 if slope is None else slope, intercept or 0.0
    if not limits.SMALLEST_STEP <= abs(slope) <= limits.LARGEST_VALUE:
        group.note(SENSELESS, "RescaleSlope")
        return UNKNOWN
    if not _fits(slope, intercept, bits_stored):
        group.note(SENSELESS, "RescaleIntercept")
        return UNKNOWN
    return StatedRescale(slope, intercept, has_unit)


def _dose(dataset: Header, bits_stored: int) -> StatedRescale:
    scaling = dataset.number("DoseGridScaling")
    if scaling is None:
        return UNKNOWN
    if not limits.SMALLEST_STEP <= scaling <= limits.LARGEST_VALUE or not _fits(scaling, 0.0, bits_stored):
        dataset.note(SENSELESS, "DoseGridScaling")
        return UNKNOWN
    return StatedRescale(scaling, 0.0, True)


def _fits(slope: float, intercept: float, bits_stored: int) -> bool:
    """Return whether all rescaled values stay within limits and distinct."""
    span = abs(slope) * 2.0 ** min(bits_stored, 32)
    if abs(intercept) + span > limits.LARGEST_VALUE:
        return False
    return not bits_stored or span >= abs(intercept) * FEWEST_LEVELS


def _half_stated(keyword: str, assumed: int) -> Message:
    return message(HALF_STATED, missing=named(keyword), assumed=assumed)
