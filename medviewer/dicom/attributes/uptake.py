"""Standardized uptake values (SUV) of PET.

The factor from the unit of the file to SUV, or what it lacks for one. See DICOM PS3.3 C.8.9.1 and C.8.9.2,
and QIBA's vendor-neutral pseudo-code for SUV by body weight (2012).
"""

import math
from dataclasses import dataclass
from typing import Final

from medviewer.dicom.attributes.acquisition_time import seconds
from medviewer.dicom.attributes.functional_groups import FrameFunctionalGroups
from medviewer.dicom.header import Header, named
from medviewer.translation import Message, mark, message

BY_BODY_WEIGHT: Final = "SUVBW"
TYPES: Final = {
    "": BY_BODY_WEIGHT,  # absent: by body weight (C.8.9.1.1.3)
    "BW": BY_BODY_WEIGHT,
    "BSA": "SUVBSA",
    "LBM": "SUVLBM",
    "LBMJAMES128": "SUVLBM",
    "LBMJANMA": "SUVLBM",
    "IBW": "SUVIBW",
}
"""Units by SUV Type (0054,1006)."""

IN_UPTAKE: Final = ("GML", "CM2ML")
GRAMS_PER_KG: Final = 1000.0
MS_PER_S: Final = 1000.0
SECONDS_A_DAY: Final = 86_400
MOST_HALF_LIVES: Final = 20  # after them a dose says nothing any more
PHILIPS: Final = "Philips PET Private Group"
GE: Final = "GEMS_PETD_01"
RANGES: Final = {
    "PatientWeight": (0.01, 700.0),
    "RadionuclideTotalDose": (1e4, 1e12),
    "RadionuclideHalfLife": (1.0, 1e9),
}
"""Lowest and highest sensible kg, Bq, s; a dose in MBq would lie below."""

LACKING: Final = mark("SUV is not computed, values stay in Bq/ml: {missing} is not stated.")
NO_SENSE: Final = mark("SUV is not computed, values stay in Bq/ml: {name} makes no sense.")
NOT_CORRECTED: Final = mark("SUV is not computed, values stay in Bq/ml: they are not corrected for {what}.")
ATTENUATION: Final = message("attenuation")
DECAY: Final = message("decay")
OTHER_MOMENT: Final = message(
    "SUV is not computed, values stay in Bq/ml: they are not corrected for decay to the start of the scan or "
    "to the injection."
)
NO_START: Final = message("SUV is not computed, values stay in Bq/ml: when the scan began is not known.")
BAD_DELAY: Final = message(
    "SUV is not computed, values stay in Bq/ml: the times of injection and scan do not fit together."
)


@dataclass(frozen=True, slots=True)
class Uptake:
    """Factor for values in the unit of a file, and their unit then."""

    factor: float
    unit: str


class _NoUptakeError(Exception):
    """The reason of a file without SUV."""

    def __init__(self, why: Message) -> None:
        super().__init__(why.text)
        self.why = why


def read_uptake(scope: FrameFunctionalGroups, *, is_noted: bool = True) -> Uptake | None:
    """Return the factor from the values of a PET image to SUV.

    None for other images, and where the file lacks something.

    Parameters
    ----------
    is_noted : bool
        Note in the header what is missing.

    References
    ----------
    DICOM PS3.3 C.8.9.1: Units, SUV Type, Corrected Image, Decay Correction. C.8.9.2: Radiopharmaceutical
    Information Sequence. QIBA SUV vendor-neutral pseudo-code: the start of the scan, Philips, GE.
    """
    dataset = scope.dataset
    if dataset.text("Modality") != "PT":
        return None
    units = dataset.text("Units").upper()
    if units in IN_UPTAKE:
        unit = TYPES.get(dataset.text("SUVType").upper(), "")
        return Uptake(1.0, unit) if unit else None
    if "VOILUTSequence" in scope.group("FrameVOILUTSequence"):  # a table of Bq/ml cannot be told in SUV
        return None
    if units == "CNTS":
        return _of_philips(dataset)
    if units != "BQML":
        return None
    try:
        return Uptake(_factor(dataset), BY_BODY_WEIGHT)
    except _NoUptakeError as lacking:
        if is_noted:
            dataset.warn(lacking.why)
        return None


def _of_philips(dataset: Header) -> Uptake | None:
    """Return the factor of counts in Philips' own attribute."""
    factor = (
        dataset.number("PhilipsSUVFactor") if dataset.text("PhilipsPrivateCreator70") == PHILIPS else None
    )
    return Uptake(factor, BY_BODY_WEIGHT) if factor is not None and 0 < factor < math.inf else None


def _factor(dataset: Header) -> float:
    """Return body weight over dose, in g/Bq.

    The dose is that at the moment to which decay is corrected.
    """
    corrected = {term.upper() for term in dataset.texts("CorrectedImage")}
    for term, what in (("ATTN", ATTENUATION), ("DECY", DECAY)):
        if term not in corrected:
            raise _NoUptakeError(message(NOT_CORRECTED, what=what))
    moment = dataset.text("DecayCorrection").upper()
    if moment not in ("START", "ADMIN"):
        raise _NoUptakeError(OTHER_MOMENT)
    drug = dataset.item("RadiopharmaceuticalInformationSequence")
    if drug is None:
        raise _NoUptakeError(message(LACKING, missing=named("RadiopharmaceuticalInformationSequence")))
    weight, dose = _sensible(dataset, "PatientWeight"), _sensible(drug, "RadionuclideTotalDose")
    if moment == "START":
        half_life = _sensible(drug, "RadionuclideHalfLife")
        dose *= 2.0 ** (-_delay(dataset, drug, half_life) / half_life)
    return GRAMS_PER_KG * weight / dose


def _sensible(header: Header, keyword: str) -> float:
    value = header.number(keyword)
    if value is None:
        raise _NoUptakeError(message(LACKING, missing=named(keyword)))
    low, high = RANGES[keyword]
    if not low <= value <= high:
        raise _NoUptakeError(message(NO_SENSE, name=named(keyword)))
    return value


def _delay(dataset: Header, drug: Header, half_life: float) -> float:
    """Return the seconds from the injection to the start of the scan."""
    scan, is_dated = _scan_start(dataset, half_life), False
    injection = seconds(drug.text("RadiopharmaceuticalStartDateTime"))
    if injection is not None and injection >= SECONDS_A_DAY:
        is_dated = True
    else:
        injection = seconds(drug.text("RadiopharmaceuticalStartTime"))
    if injection is None:
        raise _NoUptakeError(message(LACKING, missing=named("RadiopharmaceuticalStartTime")))
    delay = (
        scan - injection if is_dated else (scan - injection) % SECONDS_A_DAY
    )  # of the scan's day, or before
    if not 0 <= delay <= MOST_HALF_LIVES * half_life:
        raise _NoUptakeError(BAD_DELAY)
    return delay


def _scan_start(dataset: Header, half_life: float) -> float:
    """Return the start of the scan in seconds.

    Decay is corrected to it. It is the time of the series, unless that was made later: then GE's own, or that
    of the bed position, counted back.
    """
    series, acquired = _moment(dataset, "Series"), _moment(dataset, "Acquisition")
    if series is not None and acquired is not None and series <= acquired:
        return series
    if dataset.text("GEPrivateCreator9") == GE:
        scan = seconds(dataset.text("GEScanDateTime"))
        if scan is not None and scan >= SECONDS_A_DAY:
            return scan
    reference, duration = dataset.number("FrameReferenceTime"), dataset.number("ActualFrameDuration")
    if acquired is None or not reference or not duration or min(reference, duration) <= 0:
        raise _NoUptakeError(NO_START)
    decay = math.log(2) / half_life
    during = decay * duration / MS_PER_S
    average = math.log(during / -math.expm1(-during)) / decay
    return acquired - reference / MS_PER_S + average


def _moment(dataset: Header, of: str) -> float | None:
    """Return the time of series or acquisition in seconds.

    None without a date.
    """
    day = dataset.text(f"{of}Date")
    moment = seconds(dataset.text(f"{of}Time"), day) if day else None
    return moment if moment is not None and moment >= SECONDS_A_DAY else None
