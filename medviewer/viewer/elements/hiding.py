"""Hides the values of a header that may name a person.

Whatever people or devices can write freely is hidden, wherever it stands: only numbers, defined terms, known
words and UIDs of the standard are shown, and none of these where Table E.1-1 names them. So an attribute that
a later edition adds is hidden by itself.

References
----------
DICOM PS3.15 Table E.1-1 (2026d). Attributes that are numbers or ages stand in its groups 0010
(patient) and 0016 (place of a camera) only.
"""

import math
import re
from typing import Final

from medviewer.dicom.elements import Element, ElementKind
from medviewer.viewer.texts import known_text


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


STANDARD_UIDS: Final = "1.2.840.10008."
"""The root of UIDs that the standard itself defines (PS3.6 A)."""

HIDDEN_GROUPS: Final = frozenset({0x0010, 0x0016, 0x0032, 0x0038, 0x0400, 0x4008, 0xFFFA})
"""Patient, camera, orders, visits, signatures and reports."""

HIDDEN_TERMS: Final = frozenset({0x00203401})  # Modifying Device ID
BINARY_NUMBERS: Final = frozenset({"US", "SS", "UL", "SL", "UV", "SV", "FL", "FD", "AT"})
WRITTEN_NUMBERS: Final = frozenset({"DS", "IS"})
WORDS: Final = frozenset({"LO", "SH"})
NUMBER_DIGITS: Final = 7  # a date has eight
SERIAL_DIGITS: Final = 5
SERIAL_NUMBERS: Final = frozenset({0x00200010, 0x00200011, 0x00200012, 0x00200013})
"""Study, series, acquisition and instance: some sites count patients or days in them."""

CHARACTER_SET: Final = re.compile(r"ISO(_| 2022 )IR \d{1,3}")  # PS3.3 C.12.1.1.2
TERMS: Final = _words(
    "YES NO 00 01 RGB MONOCHROME1 MONOCHROME2 YBR_FULL YBR_FULL_422 YBR_PARTIAL_420 YBR_ICT YBR_RCT "
    "PALETTE GEOMETRY FIDUCIAL LINEAR LINEAR_EXACT SIGMOID IDENTITY INVERSE DERIVED ORIGINAL PRIMARY "
    "SECONDARY ISO_6429 ISO_IR GB18030 GBK UTF-8 HELICAL SEQUENCED CONSTANT_ANGLE SPIN ISO_10918_1 "
    "ISO_14495_1 ISO_15444_1 ISO_15444_2 ISO_13818_1 HFS HFP FFS FFP BIPED QUADRUPED MODULATED "
    "UNMODULATED SQUARE RECTANGULAR CIRCULAR POLYGONAL BITMAP SHARED TRUE FALSE ON OFF CW CC NONE "
    "UNKNOWN 2D 3D ROW COL COLUMN LOG LIN DISP UNIFORM GAUSSIAN DECAY START ADMIN DYNAMIC STATIC "
    "SINGLE MULTI"
)
"""Defined terms of the standard that are no words of the field (PS3.3)."""


def is_hidden(element: Element) -> bool:
    """Return whether a value is hidden while the identity is.

    Sequences and items are not, but what stands in them may be.
    """
    # guard(-> False): no value that can name a person is shown while the identity is hidden
    return bool(element.value) and not _may_be_shown(element)


def _may_be_shown(element: Element) -> bool:
    group, kind = element.tag >> 16, element.vr
    if element.kind in (ElementKind.SEQUENCE, ElementKind.ITEM):
        return True
    if element.is_private or group in HIDDEN_GROUPS:
        return False
    values = [value.strip() for value in element.value.split("\\")]
    if kind in BINARY_NUMBERS:
        return True
    if kind in WRITTEN_NUMBERS:
        most = SERIAL_DIGITS if element.tag in SERIAL_NUMBERS else NUMBER_DIGITS
        return all(_is_number(value, most) for value in values)
    if kind == "UI":
        return all(value.startswith(STANDARD_UIDS) for value in values)
    if kind == "CS" and element.tag not in HIDDEN_TERMS:
        return all(_is_term(value) for value in values)
    return kind in WORDS and all(not value or known_text(value) == value for value in values)


def _is_number(value: str, most: int) -> bool:
    """Return whether a text is a number, and with few digits before its point."""
    try:
        number = float(value or "0")
    except ValueError:
        return False
    return math.isfinite(number) and abs(number) < 10**most and (number != 0 or len(value) <= 16)


def _is_term(value: str) -> bool:
    if CHARACTER_SET.fullmatch(value):
        return True
    parts = value.replace("_", " ").split()
    if value in TERMS or all(part in TERMS for part in parts):
        return True
    return known_text(value) == value
