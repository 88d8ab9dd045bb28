"""Text by which studies are found, and the words that are looked for.

Both are folded alike: case, accents, full-width forms and the separators of DICOM names do not matter.
Chinese is found by any part of it, with or without a space between family and given name.
"""

import unicodedata
from collections.abc import Iterator
from typing import Final

from medviewer.imaging.identity import Identity

ACCENTS: Final = range(0x300, 0x370)
"""Combining marks of Latin, Greek and Cyrillic; those of other scripts make other letters."""

ONE_LETTER: Final = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "ð": "d", "æ": "ae", "œ": "oe", "ı": "i"})
"""Letters that no decomposition leads back to what people type."""

SEPARATORS: Final = str.maketrans(dict.fromkeys("^=,;\0\t\r\n", " "))
"""What parts a name (PS3.5 section 6.2.1), and what no one types."""


def folded(text: str) -> str:
    """Return a text as it is compared: without case, accents and wide forms."""
    apart = unicodedata.normalize("NFKD", text).casefold()
    plain = "".join(letter for letter in apart if ord(letter) not in ACCENTS)
    return unicodedata.normalize("NFC", plain).translate(ONE_LETTER).translate(SEPARATORS)


def search_words(text: str) -> tuple[str, ...]:
    """Return the folded words of a search, all of which have to be found."""
    return tuple(dict.fromkeys(folded(text).split()))


def index_text(identity: Identity, modalities: tuple[str, ...], descriptions: tuple[str, ...]) -> str:
    """Return the text of a study that a search looks through."""
    names = (identity.patient_name, identity.ideographic_name)
    parts = [
        *names,
        *("".join(folded(name).split()) for name in names),
        identity.patient_id,
        *_dates(identity.birth_date),
        *_dates(identity.study_date),
        identity.study_description,
        *modalities,
        *descriptions,
    ]
    return "\n".join(dict.fromkeys(folded(part) for part in parts if part)).encode(errors="replace").decode()


def _dates(stored: str) -> Iterator[str]:
    """Yield a DICOM date (YYYYMMDD) in the ways it is typed."""
    digits = "".join(letter for letter in stored if letter.isdecimal() and letter.isascii())
    yield stored
    if len(digits) != 8:
        return
    year, month, day = digits[:4], digits[4:6], digits[6:]
    short_month, short_day = month.lstrip("0"), day.lstrip("0")
    yield digits
    yield f"{year}-{month}-{day}"
    yield f"{year}/{month}/{day}"
    yield f"{year}/{short_month}/{short_day}"
    yield f"{day}.{month}.{year}"
    yield f"{short_day}.{short_month}.{year}"
    yield f"{day}/{month}/{year}"
    yield f"{year}年{short_month}月{short_day}日"
    yield f"{year}年{month}月{day}日"
