"""Identifiers of the study and series of an image.

UIDs, and what may stand for those that it lacks.
"""

import re
from typing import Final

from medviewer.dicom.header import Header

UID: Final = re.compile(r"[0-9]+(\.[0-9]+)+")
STUDY_HINTS: Final = ("StudyDate", "StudyTime", "StudyID", "AccessionNumber", "StudyDescription")
SERIES_HINTS: Final = (
    *("ProtocolName", "BodyPartExamined", "SequenceName", "ScanningSequence", "ConvolutionKernel"),
    *("EchoTime", "RepetitionTime", "InversionTime", "FlipAngle", "KVP", "SliceThickness"),
    *("FrameOfReferenceUID", "SeriesDate", "SeriesTime"),
)
"""What the images of a series mostly have in common (PS3.3 C.7.3.1), the most reliable first."""

Hints = tuple[tuple[str, str], ...]
"""Fallback keys, (keyword, text) of what may stand for a missing identifier, the most reliable first."""


def identifier_hints(dataset: Header) -> Hints:
    """Return the substitutes of the missing identifiers of a file.

    () where none is missing.
    """
    keywords: tuple[str, ...] = ()
    if not is_uid(dataset.text("StudyInstanceUID")):
        keywords += STUDY_HINTS
    if not is_uid(dataset.text("SeriesInstanceUID")):
        keywords += SERIES_HINTS
    return tuple((keyword, text) for keyword in keywords if (text := "\\".join(dataset.texts(keyword))))


def is_uid(text: str) -> bool:
    """Return whether a text can be a UID (PS3.5 9.1).

    "", "UNKNOWN" and "0" cannot.
    """
    return UID.fullmatch(text) is not None
