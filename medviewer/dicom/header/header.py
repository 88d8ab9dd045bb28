"""Reading attributes from a header, whatever state it is in.

Never an exception, never a guess. Real files hold decimal strings with commas, numbers in the wrong
representation, texts in undeclared character sets. A text that cannot be understood counts as absent; a
number that cannot be read is noted.
"""

from __future__ import annotations

import math
import struct
from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from medviewer import limits
from medviewer.dicom.header.dictionary import ATTRIBUTES
from medviewer.dicom.header.stated_numbers import (
    DECIMAL_COMMA_READ,
    EMPTY,
    MORE_THAN_NEEDED,
    OF_FIXED_NUMBER,
    READ_AS_SEVERAL,
    READ_IN_PART,
    REPORTED_IF_EMPTY,
    SENSELESS,
    UNREADABLE,
    doubt,
    numbers_of_bytes,
    numbers_of_texts,
    separated,
)
from medviewer.dicom.text import (
    ESCAPE,
    TEXT_ENCODINGS,
    DecodedText,
    decode_text,
    decode_text_as,
    ideographic_name,
    person_name,
    plain,
    undecided_note,
    without_carets,
)
from medviewer.translation import Message

if TYPE_CHECKING:  # the window's process must not load pydicom
    from pydicom.dataset import Dataset


TEXT_REPRESENTATIONS: Final = frozenset({"LO", "LT", "PN", "SH", "ST", "UC", "UT"})
STRUCT_CODES: Final = {
    **{"US": "H", "SS": "h", "UL": "I", "SL": "i", "FL": "f", "FD": "d", "UV": "Q", "SV": "q"},
    "US or SS": "H",  # where the file does not say which, one who knows the pixels' sign makes it of it
}

INTEGER_RANGE: Final = 1 << 53
CHARACTER_SET: Final = 0x00080005
PATIENT_NAME: Final = 0x00100010


class TextReading:
    """Text and number reading of a header, with notes.

    What of its texts had to be guessed, and which of its numbers cannot be read.

    Parameters
    ----------
    character_set : sequence of str
        The values of Specific Character Set, cleaned; () where there is none.
    patient_name : callable
        Gives the bytes of Patient's Name: its set is likely to be that of the other texts.
    """

    def __init__(self, character_set: Sequence[str], patient_name: Callable[[], bytes] | None = None) -> None:
        self.character_set = tuple(character_set)
        self.choice = ""
        self.patient_name = patient_name
        self._guesses: set[str] = set()
        self._undecided: set[tuple[str, ...]] = set()
        self.doubts: dict[Message, None] = {}  # about numbers, in the order in which they were met

    def stated(self, character_set: Sequence[str]) -> TextReading:
        """Return the reading of an item that states a character set of its own."""
        reading = TextReading(character_set, self.patient_name)
        reading.choice, reading.doubts = self.choice, self.doubts
        reading._guesses, reading._undecided = self._guesses, self._undecided
        return reading

    @property
    def notes(self) -> tuple[Message, ...]:
        """Notes on texts read in another character set than the stated one."""
        if self.choice:
            return (TEXT_ENCODINGS[self.choice].chosen_note,)
        guesses = [TEXT_ENCODINGS[guess].guess_note for guess in sorted(self._guesses)]
        return (*guesses, *map(undecided_note, sorted(self._undecided)))

    def values(self, content: bytes, representation: str) -> list[str]:
        """Return the values of an element from its bytes."""
        raw = content.rstrip(b" \0")
        if representation not in TEXT_REPRESENTATIONS:
            return raw.decode("latin-1").split("\\")
        if not self.choice and raw.isascii() and ESCAPE not in raw:
            return raw.decode("ascii").split("\\")
        is_name = representation == "PN"
        if self.choice:
            return decode_text_as(raw, self.choice, is_name=is_name).split("\\")
        decoded = decode_text(raw, self.character_set, is_name=is_name)
        if not is_name and (decoded.read_as or not decoded.is_certain):
            decoded = self._like_the_name(raw)
        if decoded.read_as:
            self._guesses.add(decoded.read_as)
        if not decoded.is_certain:
            self._undecided.add(decoded.may_be)
        return decoded.text.split("\\")

    def _like_the_name(self, raw: bytes) -> DecodedText:
        """Decode text of unstated character set, favoring the patient name's."""
        name = b"" if self.patient_name is None else self.patient_name().rstrip(b" \0")
        favored = decode_text(name, self.character_set, is_name=True).read_as
        return decode_text(raw, self.character_set, favored=favored)


class Header:
    """Attributes of a dataset or of an item of a sequence, by keyword."""

    def __init__(self, dataset: Dataset, text: TextReading | None = None) -> None:
        self._dataset = dataset
        self._text = TextReading((), partial(_patient_name, dataset)) if text is None else text
        if CHARACTER_SET in dataset:
            terms = _as_texts(self._element(CHARACTER_SET).value)
            self._text = self._text.stated([plain(term) for term in terms])

    def __contains__(self, keyword: str) -> bool:
        return ATTRIBUTES[keyword][0] in self._dataset

    @property
    def parsed(self) -> Dataset:
        """The parser's own data set, for those who go through all of it."""
        return self._dataset

    @property
    def reading(self) -> TextReading:
        """The reading of its texts."""
        return self._text

    def content(self, keyword: str) -> bytes:
        """Return the bytes of an attribute as stored, b"" where there is none."""
        tag = ATTRIBUTES[keyword][0]
        if tag not in self._dataset:
            return b""
        element = self._element(tag)
        if _is_raw(element):
            return bytes(element.value or b"")
        return bytes(element.value) if isinstance(element.value, bytes | bytearray) else b""

    def contents(self, keywords: tuple[str, ...]) -> tuple[bytes | None, ...]:
        """Return attributes as they are written, None where there is none.

        The quickest way to several.
        """
        return tuple(self.content(keyword) if keyword in self else None for keyword in keywords)

    def states_any(self, keywords: tuple[str, ...]) -> bool:
        """Return whether any of these attributes is stated, empty or not."""
        return any(keyword in self for keyword in keywords)

    def texts(self, keyword: str) -> tuple[str, ...]:
        """Return the values of a text, cleaned; () where there is none."""
        return tuple(plain(part) for part in self._decoded(keyword))

    def text(self, keyword: str) -> str:
        """Return the first value of a text, or ""."""
        found = self.texts(keyword)
        return found[0] if found else ""

    def free_text(self, keyword: str) -> str:
        """Return the first value of a free text, without carets."""
        return without_carets(self.text(keyword))

    def read_text_as(self, choice: str) -> None:
        """Read text in an encoding that the user chose, a key of TEXT_ENCODINGS.

        "": as the file states.
        """
        self._text.choice = choice

    @property
    def text_notes(self) -> tuple[Message, ...]:
        """Notes on text read in another character set than stated."""
        return self._text.notes

    def lines(self, keyword: str) -> tuple[str, ...]:
        """Return the cleaned lines of a text of one value.

        It may hold backslashes.
        """
        text = "\\".join(self._decoded(keyword))[: limits.TEXT_SHOWN]
        return tuple(plain(line) for line in text.splitlines())

    def name(self, keyword: str) -> str:
        """Return a person name as it is shown."""
        return person_name("\\".join(self._decoded(keyword)))

    def ideographic_name(self, keyword: str) -> str:
        """Return the ideographic group of a person name; "" where there is none."""
        return ideographic_name("\\".join(self._decoded(keyword)))

    def numbers(self, keyword: str, count: int = 0) -> tuple[float, ...]:
        """Return the values of a numeric attribute.

        () where there is none, or what there is cannot be read.

        Parameters
        ----------
        count : int
            How many are needed: so many, the first ones, or none are returned. 0: all of them or none.

        Notes
        -----
        What cannot be read is noted for `take_number_notes`: it is not the same as absent.
        """
        found = self._number_bytes(keyword)
        if found is None:
            return ()
        raw, order, code = found
        if code:
            values = numbers_of_bytes(raw, order, code)
        else:
            values = numbers_of_texts(raw.decode("latin-1").split("\\"))
        if len(values) < count or any(map(math.isnan, values)):
            return self._readable(keyword, values, count)
        if not code and b"," in raw:
            self.note(DECIMAL_COMMA_READ, keyword)
        if len(values) > count > 0 and keyword in OF_FIXED_NUMBER:
            self.note(MORE_THAN_NEEDED, keyword)
        return values[:count] if count else values

    def each_number(self, keyword: str) -> tuple[float, ...]:
        """Return the values of a numeric attribute, NaN for unreadable ones.

        Nothing is noted.
        """
        return _numbers(*(self._number_bytes(keyword) or (b"", "", "")))

    def stated_number(self, keyword: str) -> str:
        """Return a numeric attribute as stated, values separated by backslashes.

        "" where it is absent.
        """
        raw, order, code = self._number_bytes(keyword) or (b"", "", "")
        if code:
            return "\\".join(f"{value:g}" for value in numbers_of_bytes(raw, order, code))
        return raw.decode("latin-1").strip(" \0")

    def note(self, sentence: str, keyword: str) -> None:
        """Note a marked sentence about an unusable numeric attribute."""
        self._text.doubts[doubt(sentence, keyword, self.stated_number(keyword))] = None

    def warn(self, note: Message) -> None:
        """Note something else about numbers that cannot be used."""
        self._text.doubts[note] = None

    def take_number_notes(self) -> tuple[Message, ...]:
        """Return and clear the notes about numbers, items of sequences included."""
        doubts = self._text.doubts
        if not doubts:  # as in most files
            return ()
        found = tuple(doubts)
        doubts.clear()
        return found

    def _readable(self, keyword: str, values: tuple[float, ...], count: int) -> tuple[float, ...]:
        """Return the usable values where some are unreadable or missing."""
        text = self.stated_number(keyword)
        if not text:
            if keyword in REPORTED_IF_EMPTY:
                self.note(EMPTY, keyword)
            return ()
        whole = values
        while not count and math.isnan(whole[-1]) and text.endswith("\\"):  # nothing behind the last sign
            whole, text = whole[:-1], text[:-1].rstrip(" ")
        used = whole[:count] if count else whole
        if len(used) >= max(count, 1) and not any(map(math.isnan, used)):
            self.note(READ_IN_PART, keyword)
            return used
        several = separated(text, count)
        if several:
            self.note(READ_AS_SEVERAL, keyword)
            return several
        self.note(UNREADABLE, keyword)
        return ()

    def number_text(self, keyword: str) -> str:
        """Return the first value of a numeric attribute as text, or ""."""
        number = self.number(keyword)
        return "" if number is None else f"{number:g}"

    def number(self, keyword: str) -> float | None:
        """Return the first value of a numeric attribute, or None."""
        found = self.numbers(keyword, 1)
        return found[0] if found else None

    def integer(self, keyword: str) -> int | None:
        """Return the first value as an integer, or None where there is none."""
        number = self.number(keyword)
        if number is None:
            return None
        if abs(number) > INTEGER_RANGE or number != int(number):
            self.note(SENSELESS, keyword)
            return None
        return int(number)

    def words(self, keyword: str) -> tuple[int, ...]:
        """Return unsigned 16-bit words, whatever the representation says.

        Lookup table descriptors.
        """
        tag = ATTRIBUTES[keyword][0]
        if tag not in self._dataset:
            return ()
        element = self._element(tag)
        if _is_raw(element):
            raw = bytes(element.value or b"")
            order = "<" if element.is_little_endian else ">"
            return struct.unpack_from(f"{order}{len(raw) // 2}H", raw)
        values = numbers_of_texts(_as_texts(element.value))
        return () if any(map(math.isnan, values)) else tuple(int(value) & 0xFFFF for value in values)

    def items(self, keyword: str) -> list[Header]:
        """Return the items of a sequence, [] where there is none."""
        tag = ATTRIBUTES[keyword][0]
        if tag not in self._dataset:
            return []
        try:
            value = self._dataset[tag].value
        except (
            ValueError,
            TypeError,
            AttributeError,
            NotImplementedError,
            LookupError,
            OSError,
            struct.error,
        ):
            return []  # damaged: counts as absent
        if isinstance(value, bytes | str) or not hasattr(value, "__iter__"):
            return []
        return [Header(item, self._text) for item in value]

    def item(self, keyword: str) -> Header | None:
        """Return the first item of a sequence, or None."""
        return next(iter(self.items(keyword)), None)

    def is_big_endian(self) -> bool:
        """Return whether words of the dataset are stored big endian."""
        return self._dataset.original_encoding[1] is False

    def _number_bytes(self, keyword: str) -> tuple[bytes, str, str] | None:
        """Return content, byte order and struct code of a numeric attribute.

        "" is the code of a text.
        """
        tag, representation = ATTRIBUTES[keyword]
        if tag not in self._dataset:
            return None
        element = self._element(tag)
        if not _is_raw(element):
            return "\\".join(_as_texts(element.value)).encode("latin-1", "replace"), "", ""
        stated = element.VR if element.VR in STRUCT_CODES or element.VR in ("DS", "IS") else representation
        order = "<" if element.is_little_endian else ">"
        return bytes(element.value or b""), order, STRUCT_CODES.get(stated, "")

    def _element(self, tag: int) -> Any:
        return self._dataset.get_item(tag)

    def _decoded(self, keyword: str) -> list[str]:
        tag, representation = ATTRIBUTES[keyword]
        if tag not in self._dataset:
            return []
        element = self._element(tag)
        if not _is_raw(element):
            return _as_texts(element.value)
        return self._text.values(bytes(element.value or b""), representation)


def _patient_name(dataset: Dataset) -> bytes:
    if PATIENT_NAME not in dataset:
        return b""
    value = dataset.get_item(PATIENT_NAME).value
    return bytes(value) if isinstance(value, bytes) else b""


def _numbers(raw: bytes, order: str, code: str) -> tuple[float, ...]:
    """Return the values of a numeric attribute, NaN for unreadable ones.

    () where it is empty.
    """
    if code:
        return numbers_of_bytes(raw, order, code)
    text = raw.decode("latin-1")
    return numbers_of_texts(text.split("\\")) if text.strip(" \0") else ()


def _is_raw(element: object) -> bool:
    """Return whether an element is as it was read.

    Others have been converted by the parser already.
    """
    return isinstance(element, tuple)


def _as_texts(value: object) -> list[str]:
    if value is None:
        return []
    if isinstance(value, bytes):
        return value.decode("latin-1").split("\\")
    if isinstance(value, str) or not hasattr(value, "__iter__"):
        return str(value).split("\\")
    return [str(part) for part in value]
