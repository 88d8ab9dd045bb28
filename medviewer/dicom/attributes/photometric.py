"""Photometric Interpretation.

What is stated, and how many samples it goes with (PS3.3 C.7.6.3.1.2).
"""

from typing import Final

from medviewer.dicom.header import Header
from medviewer.translation import Message, mark, message

COLORS: Final = frozenset(
    {"RGB", "YBR_FULL", "YBR_FULL_422", "YBR_ICT", "YBR_RCT", "YBR_PARTIAL_422", "YBR_PARTIAL_420"}
)


SAMPLES: Final = {**dict.fromkeys(COLORS, 3), "HSV": 3, "ARGB": 4, "CMYK": 4}
"""Samples per pixel of the color spaces; all others have one."""


GRAY: Final = frozenset({"", "MONOCHROME1", "MONOCHROME2", "PALETTE COLOR"})


SPELLINGS: Final = {word.replace(" ", ""): word for word in GRAY}


NOTHING_STATED: Final = mark(
    "The file does not say what its values mean (Photometric Interpretation): {assumed} is assumed."
)


UNKNOWN: Final = mark("Photometric Interpretation {stated} is not known: {assumed} is assumed.")


def stated_photometric(dataset: Header) -> str:
    """Return Photometric Interpretation in capitals.

    "Monochrome 1" is MONOCHROME1.
    """
    stated = dataset.text("PhotometricInterpretation").upper()
    return SPELLINGS.get(stated.replace(" ", "").replace("_", ""), stated)


def assumed_notes(photometric: str, samples: int) -> tuple[Message, ...]:
    """Return the notes where the header does not say if low is black or white."""
    if photometric in SAMPLES or (photometric and photometric in GRAY) or (photometric and samples != 1):
        return ()
    assumed = "RGB" if samples == 3 else "MONOCHROME2"
    if not photometric:
        return (message(NOTHING_STATED, assumed=assumed),)
    return (message(UNKNOWN, stated=photometric, assumed=assumed),)
