"""The unit of measured values as files write it, and as it is shown."""

import re
from functools import lru_cache
from typing import Final

from medviewer.translation import Message, message

OPEN_END: Final = 100_000.0
"""As far as a threshold can be set: that end of a range is open."""

HOUNSFIELD: Final = re.compile(r"h[ou]+n?[ds]*f[ie]+ld(?:'?s)?(?:units?|einheit(?:en)?|numbers?)?(?:hu)?|hu")
KNOWN: Final = {
    **dict.fromkeys(("us", "unspecified", "notspecified", "none", "na", "unknown", "nounits"), ""),
    **dict.fromkeys(("bqml", "bq/ml", "bqpml", "becquerel/ml", "becquerelpermilliliter"), "BQML"),
    **dict.fromkeys(("gml", "g/ml"), "GML"),
    **dict.fromkeys(("mgml", "mg/ml"), "MGML"),
    **dict.fromkeys(("cnts", "counts", "count"), "CNTS"),
    **dict.fromkeys(("od", "opticaldensity"), "OD"),
    **dict.fromkeys(("pct", "percent", "%"), "PCT"),
    **dict.fromkeys(("gy", "gray", "grays"), "GY"),
    **dict.fromkeys(("hu_mod", "modifiedhu", "modifiedhounsfieldunits"), "HU_MOD"),
    **dict.fromkeys(("z_eff", "zeff"), "Z_EFF"),
    **dict.fromkeys(("suvbw", "{suvbw}g/ml"), "SUVBW"),
    **{name: name.upper() for name in ("suvlbm", "suvbsa", "suvibw", "suv")},
    "ed": "ED",
    "edw": "EDW",
    "propcnts": "PROPCNTS",
    "relative": "relative",
}
"""Units by what remains of their words without blanks, signs and capitals."""

SHOWN_UNITS: Final = {
    "US": "",  # Rescale Type "unspecified"
    "BQML": "Bq/ml",
    "CNTS": "counts",
    "GY": "Gy",
    "GML": "g/ml",
    "MGML": "mg/ml",
    "PCT": "%",
    "PROPCNTS": "counts",
    "HU_MOD": "modified HU",  # not comparable with HU: no HU window, preset or model fits it
    "Z_EFF": "Z",
    "OD": "OD/1000",
    "SUVBW": "SUVbw",
    "SUVLBM": "SUVlbm",
    "SUVBSA": "SUVbsa",
    "SUVIBW": "SUVibw",
}
"""Rescale Type (PS3.3 C.11.1.1.2) and Units (PS3.3 C.8.9.1.1.3) as a reader writes them."""

UPTAKE_UNITS: Final = frozenset({"SUVBW", "SUVLBM", "SUVBSA", "SUVIBW"})
"""Standardized uptake values of PET, by what the dose is divided by (PS3.3 C.8.9.1.1.3)."""

LETTERS_SHOWN: Final = 12
LONGEST_NUMBER: Final = 1e9  # a larger one is written with a power of ten
UNITS_KEPT: Final = 256


@lru_cache(maxsize=UNITS_KEPT)  # the slices of a series share theirs
def known_unit(stated: str) -> str:
    """Return a unit as the standard spells it.

    Another one with its blanks put right; "" for none.

    References
    ----------
    DICOM PS3.3 C.11.1.1.2 (Rescale Type), C.8.9.1.1.3 (Units), C.8.8.3.2 (Dose Units).
    """
    plain = " ".join(stated.split())
    bare = re.sub(r"[\s.\-()\[\]]", "", plain.lower()).removeprefix("units:").removeprefix("unit:")
    if HOUNSFIELD.fullmatch(bare):
        return "HU"
    return KNOWN.get(bare, plain)


def short_unit(shown: str) -> str:
    """Return a unit that fits beside a number.

    What is left out is in a tooltip.
    """
    return shown if len(shown) <= LETTERS_SHOWN else f"{shown[: LETTERS_SHOWN - 1]}…"


def value_text(value: float, digits: int) -> str:
    """Return a number with significant digits: "0.0371", "1024"."""
    is_whole = 10**digits - 0.5 <= abs(value) < LONGEST_NUMBER
    return f"{value:.0f}" if is_whole else f"{value:.{digits}g}"


def range_message(low: float, high: float, unit: str) -> Message:
    """Return a range of values: "50 to 90 HU", with an open end "≥ 200 HU"."""
    first, last = (value_text(end, 6).replace("-", "−") for end in (low, high))
    if high >= OPEN_END:
        return message("≥ {value}", value=f"{first} {unit}".rstrip())
    if low <= -OPEN_END:
        return message("≤ {value}", value=f"{last} {unit}".rstrip())
    return message("{low} to {high}", low=first, high=f"{last} {unit}".rstrip())
