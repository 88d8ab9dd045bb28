"""The numbers of a header.

A value is there, or it is not there, or it is stated and cannot be read. Real files hold decimal strings
with commas, empty parts, words, infinities. What can be read is used; what cannot is never taken as absent
without a word: each doubt is a Message that names the attribute and its text.
"""

import math
import re
import struct
from collections.abc import Sequence
from functools import lru_cache
from typing import Final

from medviewer.translation import Message, mark, message

NUMBERS_KEPT: Final = 4096
LONGEST_SHOWN: Final = 32  # characters of what cannot be read
NUMBER: Final = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")
DECIMAL_COMMA: Final = re.compile(r"[+-]?\d*,\d+([eE][+-]?\d+)?")
THOUSANDS: Final = re.compile(r"[+-]?[1-9]\d{0,2}(,\d{3})+")
SEPARATORS: Final = re.compile(r"\s*[,;]\s*|\s+")
CAPITALS: Final = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
SMALL_WORDS: Final = re.compile(r"(?<= )(?:And|For|In|Of|On|Per|The|To|With)(?= )")
UNPRINTABLE: Final = re.compile(r"[^\x20-\x7e]")

UNREADABLE: Final = mark("{attribute} cannot be read ({text}).")
MORE_THAN_NEEDED: Final = mark("{attribute} has more values than it may ({text}): the first are used.")
OF_FIXED_NUMBER: Final = frozenset(
    {"RescaleSlope", "RescaleIntercept", "DoseGridScaling", "SliceThickness"}
    | {"PixelSpacing", "ImagerPixelSpacing", "NominalScannedPixelSpacing"}
    | {"ImagePositionPatient", "ImageOrientationPatient"}
)
"""Attributes that have one value, or always as many (PS3.6)."""
READ_IN_PART: Final = mark("{attribute} cannot be read as a whole ({text}): only what can be read is used.")
READ_AS_SEVERAL: Final = mark("{attribute} ({text}) is read as several values.")
DECIMAL_COMMA_READ: Final = mark("{attribute} is written with a comma ({text}), read as a decimal point.")
EMPTY: Final = mark("{attribute} is stated, but empty.")
SENSELESS: Final = mark("{attribute} makes no sense ({text}): it is not used.")

REPORTED_IF_EMPTY: Final = frozenset(
    {
        "RescaleSlope",
        "RescaleIntercept",
        "DoseGridScaling",
        "PixelSpacing",
        "ImagePositionPatient",
        "ImageOrientationPatient",
    }
)
"""An empty value of others is a usual way to say that there is none (PS3.5 7.4.4, type 2)."""


@lru_cache(maxsize=NUMBERS_KEPT)  # most coordinates of a slice stand in the slice before it, too
def number(text: str) -> float:
    """Return the number of a decimal or integer string, NaN if not finite.

    A comma stands for the point, but not where it may part thousands: "1,024" is no number.
    """
    stripped = text.strip(" \0\t\r\n")
    if "," in stripped:
        if not DECIMAL_COMMA.fullmatch(stripped) or THOUSANDS.fullmatch(stripped):
            return math.nan
        stripped = stripped.replace(",", ".")
    match = NUMBER.fullmatch(stripped)
    found = float(match.group()) if match else math.nan
    return found if math.isfinite(found) else math.nan


def numbers_of_texts(texts: Sequence[str]) -> tuple[float, ...]:
    """Return the numbers of decimal or integer strings.

    NaN for unreadable ones.
    """
    return tuple(map(number, texts))


def numbers_of_bytes(raw: bytes, order: str, code: str) -> tuple[float, ...]:
    """Return binary numbers, NaN for each that is not finite."""
    count = len(raw) // struct.calcsize(order + code)
    values = tuple(map(float, struct.unpack_from(f"{order}{count}{code}", raw)))
    if code in "HhIiQq" or all(map(math.isfinite, values)):
        return values
    return tuple(value if math.isfinite(value) else math.nan for value in values)


def separated(text: str, count: int = 0) -> tuple[float, ...]:
    """Return the numbers of a value separated by other signs than backslash.

    () where that is ambiguous. "0.5,0.5" and "10 20 30" are several numbers; "40,600" may be, but also one
    with a decimal comma.

    Parameters
    ----------
    count : int
        How many there must be; 0: several.
    """
    stripped = text.strip(" \0\t\r\n")
    parts = SEPARATORS.split(stripped)
    if "\\" in stripped or len(parts) < 2 or count not in (0, len(parts)):
        return ()
    may_be_one = DECIMAL_COMMA.fullmatch(stripped) or THOUSANDS.fullmatch(stripped.partition(".")[0])
    if (count < 3 and may_be_one) or not all(map(NUMBER.fullmatch, parts)):
        return ()
    values = numbers_of_texts(parts)
    return () if any(map(math.isnan, values)) else values


def attribute_name(keyword: str) -> str:
    """Return the name of an attribute from its keyword: "Rescale Intercept"."""
    words = SMALL_WORDS.sub(lambda found: found.group().lower(), CAPITALS.sub(" ", keyword))
    return f"{words.removesuffix(' Patient')} (Patient)" if words.endswith(" Patient") else words


def named(keyword: str) -> Message:
    """Return the name of an attribute as part of a sentence.

    No text of a file, so that it is always said.
    """
    return Message(attribute_name(keyword))


def shown_text(text: str) -> str:
    """Return the text of a numeric attribute, shortened and printable."""
    plain = UNPRINTABLE.sub("?", text.strip(" \0\t\r\n"))
    return plain if len(plain) <= LONGEST_SHOWN else f"{plain[:LONGEST_SHOWN]}…"


def doubt(sentence: str, keyword: str, text: str = "") -> Message:
    """Return a sentence about an attribute."""
    return message(sentence, attribute=named(keyword), text=shown_text(text))
