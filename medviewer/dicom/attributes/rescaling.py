"""Rescaling of stored to measured values (PS3.3 C.11.1).

Stated, absent, or unusable. Known without numpy, because listing files says what opening them would say.
"""

import math
from dataclasses import dataclass
from typing import Final

from medviewer import limits
from medviewer.dicom.attributes.functional_groups import FrameFunctionalGroups
from medviewer.dicom.header import SENSELESS, Header, named, numbers_of_texts
from medviewer.translation import Message, mark, message

FLUOROSCOPIC_CLASSES: Final = frozenset(
    f"1.2.840.10008.5.1.4.1.1.12.{number}" for number in ("1", "1.1", "2", "2.1", "3")
)
"""X-Ray Angiographic, Enhanced XA, Radiofluoroscopic, Enhanced XRF, and the retired biplane one."""

TRANSFORMATION: Final = "PixelValueTransformationSequence"
FEWEST_LEVELS: Final = 2.0**-18  # of the intercept: float32 must tell values apart that the slope parts

NOT_RESCALED: Final = message(
    "How stored values become measured ones cannot be used: stored values are shown, without a unit."
)
OF_INTENSITY: Final = message(
    "The file's rescaling leads back to the intensity of the X-rays: stored values are shown, without a unit."
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


def stated_rescale(scope: FrameFunctionalGroups, bits_stored: int) -> StatedRescale:
    """Return slope and intercept of a frame.

    What cannot be used of them is noted in its header.

    Parameters
    ----------
    bits_stored : int
        Of whole numbers; 0: the stored values are floating-point numbers.
    """
    group = scope.group(TRANSFORMATION)
    if "RescaleSlope" in group or "RescaleIntercept" in group:
        found = _slope_and_intercept(group, bits_stored)
    elif scope.is_empty(TRANSFORMATION) or scope.lacks(TRANSFORMATION):
        found = UNKNOWN
    elif "DoseGridScaling" in scope.dataset:
        found = _dose(scope.dataset, bits_stored)
    else:
        if "DoseUnits" in scope.dataset and "ModalityLUTSequence" not in scope.dataset:
            group.warn(_half_stated("DoseGridScaling", 1))
        return StatedRescale()
    if (others := scope.other_rescale_type()) is not None:
        group.warn(others)
    if not found.is_known:
        group.warn(NOT_RESCALED)
    elif is_fluoroscopic(scope.dataset) and _is_no_step_to_the_screen(scope, found, bits_stored):
        group.warn(OF_INTENSITY)
        return StatedRescale()
    return found


def states_rescale(scope: FrameFunctionalGroups) -> bool:
    """Return whether all numbers of a rescaling can be read, without a note."""
    group = scope.group(TRANSFORMATION)
    both = ("RescaleSlope", "RescaleIntercept")
    needed = both if any(keyword in group for keyword in both) else ("DoseGridScaling",)
    found = numbers_of_texts([group.stated_number(keyword) for keyword in needed])
    return not any(map(math.isnan, found))


def is_fluoroscopic(dataset: Header) -> bool:
    """Return whether values of an image may be led back to X-ray intensity."""
    return dataset.text("SOPClassUID") in FLUOROSCOPIC_CLASSES


def _is_no_step_to_the_screen(scope: FrameFunctionalGroups, found: StatedRescale, bits_stored: int) -> bool:
    """Return whether the rescaling of an angiogram or fluoroscopy is left out.

    By the standard it always is; but many files state one that goes with their windows. So it is left out
    where only stored values lie in a window, or where it would turn black and white without need.

    References
    ----------
    DICOM PS3.4 N.2.5: a Modality LUT in such an image shall be ignored. PS3.3 C.8.7.1.1.2: it leads back to
    the intensity.
    """
    first = -(1 << bits_stored >> 1) if scope.dataset.integer("PixelRepresentation") else 0
    stored = (float(first), float(first + (1 << bits_stored) - 1))
    rescaled = sorted(found.slope * value + found.intercept for value in stored)
    centers = scope.group("FrameVOILUTSequence").each_number("WindowCenter")
    of_stored = any(stored[0] <= center <= stored[1] for center in centers)
    of_rescaled = any(rescaled[0] <= center <= rescaled[1] for center in centers)
    return (of_stored and not of_rescaled) or (found.slope < 0 and (of_stored or not of_rescaled))


def _slope_and_intercept(group: Header, bits_stored: int) -> StatedRescale:
    slope, intercept = group.number("RescaleSlope"), group.number("RescaleIntercept")
    if slope is None and "RescaleSlope" not in group:
        group.warn(_half_stated("RescaleSlope", 1))
    elif intercept is None and "RescaleIntercept" not in group:
        group.warn(_half_stated("RescaleIntercept", 0))
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
