"""Text of a header as it is shown: cleaned, names as a list writes them."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from medviewer import limits
from medviewer.dicom.text.character_sets import UNDECIDED_BYTES

PADDING: Final = " \0\t\r\n"

UNSHOWABLE: Final = re.compile(
    "[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]"
)

INVISIBLE: Final = re.compile(
    "[\xad\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b\u2060-\u2065\u206a-\u206f\u3164\ufe00-\ufe0f\ufeff"
    "\uffa0\ufff9-\ufffb\U000e0000-\U000e0fff]"
)
"""Characters that nobody sees, and that are no part of a word: byte order marks, breaks, variants, tags."""

JOINERS: Final = re.compile("[\u200c\u200d]+")


def plain(text: str) -> str:
    r"""Return text as it can be shown, without padding.

    Control and direction-changing characters become U+FFFD, invisible ones go. Joiners stay where they shape
    letters. Bytes that no character set explains become \\nnn.

    References
    ----------
    DICOM PS3.5 6.1.2.3: characters that are not supported are shown as \\nnn, their bytes in octal.
    """
    stripped = text.strip(PADDING)[: limits.TEXT_SHOWN]
    if stripped.isprintable() and (stripped.isascii() or INVISIBLE.search(stripped) is None):
        return stripped
    seen = JOINERS.sub(_kept_joiner, INVISIBLE.sub("", stripped)).strip(PADDING)
    known = UNDECIDED_BYTES.sub(lambda found: f"\\{ord(found[0]) - 0xDC00:03o}", seen)
    return known if known.isprintable() else UNSHOWABLE.sub("\ufffd", known)


def _kept_joiner(found: re.Match[str]) -> str:
    """Return a joiner between letters or marks of a script beyond ASCII.

    "" elsewhere.
    """
    beside = (found.string[: found.start()][-1:], found.string[found.end() :][:1])
    shapes = all(one > "\x7f" and unicodedata.category(one)[0] in "LM" for one in beside)
    return found[0][0] if shapes else ""


def person_name(text: str) -> str:
    """Return a person name as a list writes it.

    "Family, Given Middle (ideographic)".

    References
    ----------
    DICOM PS3.5 6.2.1.1: up to three groups (alphabetic, ideographic, phonetic) of five components each.
    """
    alphabetic, _, phonetic = [*map(_one_name_group, text.split("=")), "", "", ""][:3]
    ideographic = ideographic_name(text)
    if alphabetic and ideographic and alphabetic != ideographic:
        return f"{alphabetic} ({ideographic})"
    return alphabetic or ideographic or phonetic


def without_carets(text: str) -> str:
    """Return a text as it is read.

    Some devices part their descriptions like names, "HEAD^ROUTINE".
    """
    return " ".join(part.strip() for part in text.split("^") if part.strip()) if "^" in text else text


def ideographic_name(text: str) -> str:
    """Return the ideographic group of a person name, "王小东".

    "" where there is none.
    """
    group = text.split("=")[1] if "=" in text else ""
    return _one_name_group(group).replace(", ", "")


def _one_name_group(group: str) -> str:
    family, given, middle, prefix, suffix = ([plain(part) for part in group.split("^")] + [""] * 5)[:5]
    first = " ".join(part for part in (prefix, given, middle, suffix) if part)
    return ", ".join(part for part in (family, first) if part)
