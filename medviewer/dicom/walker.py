"""A fast reader of plain headers: explicit or implicit VR little endian.

Opening speed is what a viewer is for, and a full parser spends most of its time on what nobody asks for.
At any doubt the walker gives up, and the full parser reads the file: it is never the last word on a file.
It looks at MOST_BYTES at most and builds nothing of what it skips, so that it needs no other bounds.
"""

import struct
from dataclasses import dataclass
from typing import BinaryIO, Final

from medviewer import limits
from medviewer.dicom.dictionary import ATTRIBUTES
from medviewer.dicom.header import (
    STRUCT_CODES,
    Header,
    TextReading,
    finite_numbers,
    numbers_of_text,
)

UNDEFINED: Final = 0xFFFFFFFF
ITEM: Final = 0xFFFEE000
ITEM_END: Final = 0xFFFEE00D
SEQUENCE_END: Final = 0xFFFEE0DD
PIXEL_KINDS: Final = {0x7FE00008: "float", 0x7FE00009: "double", 0x7FE00010: "integer"}
FIRST_PIXEL_TAG: Final = 0x7FE00008
CHARACTER_SET: Final = 0x00080005
SOP_INSTANCE_UID: Final = 0x00080018
TRANSFER_SYNTAX: Final = 0x00020010
IMPLICIT: Final = "1.2.840.10008.1.2"
NOT_WALKED: Final = frozenset({"", "1.2.840.10008.1.2.2", "1.2.840.10008.1.2.1.99"})
SHORT: Final = frozenset(
    b"AE AS AT CS DA DS DT FD FL IS LO LT PN SH SL SS ST TM UI UL US".split()  # 16-bit length
)
LONG: Final = frozenset(b"OB OD OF OL OV OW SQ SV UC UN UR UT UV".split())
WANTED: Final = dict(ATTRIBUTES.values())
FIRST_BYTES: Final = 1 << 14
MOST_BYTES: Final = 1 << 20
MOST_ELEMENTS: Final = 5_000

_element = struct.Struct("<HH2sH").unpack_from
_tag_and_length = struct.Struct("<HHI").unpack_from
_long = struct.Struct("<I").unpack_from

Values = dict[int, tuple[str, bytes]]


class DoubtError(Exception):
    """The file is not plain enough for the walker."""


class WalkedHeader(Header):
    """Attributes that the walker found: by tag, representation and bytes."""

    def __init__(self, values: Values, text: TextReading, implicit: bool) -> None:
        self._values = values
        _, stated = values.get(CHARACTER_SET, ("", b""))
        self._text = text.stated(stated.decode("latin-1").split("\\")) if stated else text
        self._implicit = implicit
        self._texts: dict[str, tuple[str, ...]] = {}
        self._sequences: dict[str, list[Header]] = {}

    def __contains__(self, keyword: str) -> bool:
        return ATTRIBUTES[keyword][0] in self._values

    def content(self, keyword: str) -> bytes:
        """Return the bytes of an attribute as stored, b"" where there is none."""
        return self._values.get(ATTRIBUTES[keyword][0], ("", b""))[1]

    def texts(self, keyword: str) -> tuple[str, ...]:
        """Return the values of a text, cleaned; () where there is none."""
        known = self._texts.get(keyword)
        if known is None:
            known = self._texts[keyword] = super().texts(keyword) if keyword in self else ()
        return known

    def text(self, keyword: str) -> str:
        """Return the first value of a text, or ""."""
        found = self.texts(keyword)
        return found[0] if found else ""

    def numbers(self, keyword: str) -> tuple[float, ...]:
        """Return the values of a numeric attribute; () where there is none or one is no finite number."""
        tag, representation = ATTRIBUTES[keyword]
        found = self._values.get(tag)
        if found is None:
            return ()
        stated, raw = found
        if stated not in STRUCT_CODES and stated not in ("DS", "IS"):
            stated = representation
        code = STRUCT_CODES.get(stated)
        if code is None:
            text = raw.decode("latin-1")
            return numbers_of_text(text.split("\\")) if text.strip(" \0") else ()
        return finite_numbers(raw, "<", code)

    def words(self, keyword: str) -> tuple[int, ...]:
        """Return unsigned 16-bit words, whatever the representation says: lookup table descriptors."""
        raw = self.content(keyword)
        return struct.unpack_from(f"<{len(raw) // 2}H", raw)

    def items(self, keyword: str) -> list[Header]:
        """Return the items of a sequence, [] where there is none."""
        found = self._values.get(ATTRIBUTES[keyword][0])
        if found is None:
            return []
        if keyword not in self._sequences:
            self._sequences[keyword] = self._items(found[1])
        return self._sequences[keyword]

    def is_big_endian(self) -> bool:
        """Return False: the walker reads little endian only."""
        return False

    def _decoded(self, keyword: str) -> list[str]:
        tag, representation = ATTRIBUTES[keyword]
        found = self._values.get(tag)
        if found is None:
            return []
        return self._text.values(found[1], representation)

    def _items(self, content: bytes) -> list[Header]:
        found: list[Header] = []
        place, end = 0, len(content)
        while place + 8 <= end:
            group, number, length = _tag_and_length(content, place)
            tag = group << 16 | number
            place += 8
            if tag == SEQUENCE_END:
                break
            if tag != ITEM:
                raise DoubtError
            ends = 0
            if length == UNDEFINED:
                length, ends = _item_length(content, place, self._implicit, 1), 8
            if place + length > end:
                raise DoubtError
            values, _ = _walk(content, place, place + length - ends, self._implicit)
            found.append(WalkedHeader(values, self._text, self._implicit))
            place += length
        return found


@dataclass(frozen=True, slots=True)
class Walked:
    """What the walker found out about a file."""

    header: WalkedHeader
    transfer_syntax: str
    pixel_kind: str = ""
    pixel_offset: int = 0
    pixel_length: int = 0


def walk_file(file: BinaryIO, size: int) -> Walked:
    """Read the header of a file, up to its pixels.

    Raises
    ------
    DoubtError
        The full parser has to read it.
    """
    for most in (FIRST_BYTES, MOST_BYTES):
        file.seek(0)
        content = file.read(most)
        try:
            return _walk_content(content, is_whole=len(content) >= size)
        except (struct.error, _MoreError):
            if len(content) >= size:
                break
    raise DoubtError


class _MoreError(Exception):
    """The header goes on behind what was read of the file."""


def _walk_content(content: bytes, *, is_whole: bool) -> Walked:
    if content[128:132] != b"DICM":
        raise DoubtError
    transfer_syntax, place = _transfer_syntax(content)
    if transfer_syntax in NOT_WALKED:
        raise DoubtError
    implicit = transfer_syntax == IMPLICIT
    if implicit and content[place + 4 : place + 6] in SHORT | LONG:
        raise DoubtError
    values, pixels = _walk(content, place, len(content), implicit)
    if pixels is None and not is_whole:
        raise _MoreError
    if SOP_INSTANCE_UID not in values:  # stated empty is no doubt: it was found
        raise DoubtError
    header = WalkedHeader(values, TextReading(()), implicit)
    return Walked(header, transfer_syntax, *(pixels or ("", 0, 0)))


def _transfer_syntax(content: bytes) -> tuple[str, int]:
    """Return the transfer syntax and where the data set begins."""
    place, found = 132, ""
    while True:
        group, number, representation, length = _element(content, place)
        if group != 0x0002:
            return found, place
        if representation in SHORT:
            place += 8
        elif representation in LONG:
            (length,) = _long(content, place + 8)
            place += 12
        else:
            raise DoubtError
        if group << 16 | number == TRANSFER_SYNTAX:
            found = content[place : place + length].decode("latin-1").strip(" \0")
        place += length


def _walk(content: bytes, place: int, end: int, implicit: bool) -> tuple[Values, tuple[str, int, int] | None]:
    """Return the wanted values of a data set or item, and kind, offset and length of its pixels."""
    values: Values = {}
    last = count = 0
    while place + 8 <= end:
        group, number, representation, length = _element(content, place)
        tag = group << 16 | number
        count += 1
        if tag <= last or count > MOST_ELEMENTS or group == 0xFFFE:
            raise DoubtError
        last = tag
        if implicit:
            (length,) = _long(content, place + 4)
            place += 8
        elif representation in SHORT:
            place += 8
        elif representation in LONG:
            (length,) = _long(content, place + 8)
            place += 12
        else:
            raise DoubtError
        if tag >= FIRST_PIXEL_TAG and tag in PIXEL_KINDS:
            return values, (PIXEL_KINDS[tag], place, length)
        if length == UNDEFINED:
            if not implicit and representation != b"SQ":
                raise DoubtError
            length = _sequence_length(content, place, implicit, 1)
        if place + length > end:
            raise _MoreError
        if tag in WANTED:
            if representation == b"UN" and not implicit:
                raise DoubtError
            stated = "" if implicit else representation.decode("ascii")
            values[tag] = (stated, content[place : place + length])
        place += length
    return values, None


def _sequence_length(content: bytes, place: int, implicit: bool, depth: int) -> int:
    """Return the bytes of a sequence of undefined length, with its end."""
    start = place
    if depth > limits.SEQUENCE_DEPTH:
        raise DoubtError
    while True:
        group, number, length = _tag_and_length(content, place)
        tag = group << 16 | number
        place += 8
        if tag == SEQUENCE_END:
            return place - start
        if tag != ITEM:
            raise DoubtError
        place += _item_length(content, place, implicit, depth) if length == UNDEFINED else length


def _item_length(content: bytes, place: int, implicit: bool, depth: int) -> int:
    """Return the bytes of an item of undefined length, with its end."""
    start = place
    while True:
        group, number, representation, length = _element(content, place)
        if group << 16 | number == ITEM_END:
            return place + 8 - start
        if implicit:
            (length,) = _long(content, place + 4)
            place += 8
        elif representation in SHORT:
            place += 8
        elif representation in LONG:
            (length,) = _long(content, place + 8)
            place += 12
        else:
            raise DoubtError
        if length == UNDEFINED:
            if not implicit and representation != b"SQ":
                raise DoubtError
            length = _sequence_length(content, place, implicit, depth + 1)
        place += length
