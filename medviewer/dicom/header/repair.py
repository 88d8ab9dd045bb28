"""Headers whose sequences state a wrong length, or lack their end.

Put right where one reading makes sense. What a sequence holds says where it ends: its items follow each
other, and then comes an element with a higher tag. Where items make no sense, the length of the sequence
decides, if that does; otherwise nobody can tell what belongs to it, and nothing is put right: an attribute
of an item is never taken for the image's.

References
----------
DICOM PS3.5 7.1 (ascending tags), 7.5 (sequences and their delimiters).
"""

import io
import struct
from dataclasses import dataclass
from typing import BinaryIO, Final

from medviewer import limits
from medviewer.dicom.header.nesting_limits import (
    ITEM,
    ITEM_END,
    LONG_REPRESENTATIONS,
    SEQUENCE_END,
    UNDEFINED,
)

SHORT_REPRESENTATIONS: Final = frozenset(
    b"AE AS AT CS DA DS DT FD FL IS LO LT PN SH SL SS ST TM UI UL US".split()
)
SEARCHED_STEP: Final = 1 << 20
TRAILING_BYTES: Final = 64  # behind pixel data, where it is the last element
PIXELS: Final = frozenset({0x7FE00008, 0x7FE00009, 0x7FE00010})


@dataclass(frozen=True, slots=True)
class Repaired:
    """A header that was put right, up to its pixels."""

    header: bytes
    pixels_at: int | None  # where their element begins in the file; None where there are none


class _BrokenError(Exception):
    """Nothing tells how the header goes on."""


@dataclass(frozen=True, slots=True)
class _Element:
    begin: int
    tag: int
    representation: bytes  # b"" in implicit VR
    content: int  # where it begins
    length: int


def repaired_header(file: BinaryIO, position: int, *, implicit: bool, little: bool) -> Repaired | None:
    """Return a header that was put right.

    None where its sequences are right, or nothing can be done.

    Parameters
    ----------
    position : int
        Where the data set begins in the file.
    """
    try:
        return _Walk(file, position, implicit=implicit, little=little).repaired()
    except (_BrokenError, struct.error):
        return None


class _Walk:
    """Walks a data set once and collects the replacements of faulty parts."""

    def __init__(self, file: BinaryIO, position: int, *, implicit: bool, little: bool) -> None:
        end = file.seek(0, io.SEEK_END)
        file.seek(position)
        self._position = position
        self._content = file.read(limits.HEADER_BYTES)
        self._size = end - position
        self._implicit = implicit
        order = "<" if little else ">"
        self._head = struct.Struct(order + "HH").unpack_from
        self._long = struct.Struct(order + "I")
        self._short = struct.Struct(order + "H").unpack_from
        self._delimiter = struct.Struct(order + "HHI").pack
        self._elements = 0
        self._has_odd_items = False

    def repaired(self) -> Repaired | None:
        """Return the header as it should be; None where it is so."""
        pieces: list[bytes] = []
        place = copied = 0
        last = -1
        while place + 8 <= len(self._content):
            element = self._element(place)
            if element.tag in (ITEM_END, SEQUENCE_END) and not element.length:  # the end of nothing
                pieces.append(self._content[copied:place])
                place = copied = place + 8
                continue
            if element.tag <= last:
                raise _BrokenError
            last = element.tag
            if element.tag in PIXELS:
                return self._whole(pieces, copied, place, self._position + place)
            if self._is_sequence(element):
                place, instead = self._sequence(element, 1)
                if instead is not None:
                    pieces += (self._content[copied : element.begin], instead)
                    copied = place
            else:
                place = self._end(element)
        if len(self._content) < self._size:
            raise _BrokenError
        return self._whole(pieces, copied, len(self._content), None)

    def _whole(self, pieces: list[bytes], copied: int, end: int, pixels_at: int | None) -> Repaired | None:
        if not pieces and not self._has_odd_items:
            return None
        return Repaired(b"".join((*pieces, self._content[copied:end])), pixels_at)

    def _element(self, place: int) -> _Element:
        self._elements += 1
        group, number = self._head(self._content, place)
        tag = group << 16 | number
        if self._implicit or tag in (ITEM, ITEM_END, SEQUENCE_END):
            (length,) = self._long.unpack_from(self._content, place + 4)
            return _Element(place, tag, b"", place + 8, length)
        representation = self._content[place + 4 : place + 6]
        if representation in LONG_REPRESENTATIONS:
            (length,) = self._long.unpack_from(self._content, place + 8)
            return _Element(place, tag, representation, place + 12, length)
        if representation not in SHORT_REPRESENTATIONS or self._elements > limits.ELEMENTS:
            raise _BrokenError
        (length,) = self._short(self._content, place + 6)
        return _Element(place, tag, representation, place + 8, length)

    def _is_sequence(self, element: _Element) -> bool:
        begins_with_item = self._begins_with_item(element.content)
        if element.representation == b"SQ" or element.length == UNDEFINED:
            return element.length > 0 or begins_with_item
        return self._implicit and begins_with_item

    def _begins_with_item(self, place: int) -> bool:
        return self._content[place : place + 4] == self._delimiter(ITEM >> 16, ITEM & 0xFFFF, 0)[:4]

    def _end(self, element: _Element) -> int:
        end = element.content + element.length
        if element.length == UNDEFINED or end > len(self._content):
            raise _BrokenError
        return end

    def _sequence(self, element: _Element, depth: int) -> tuple[int, bytes | None]:
        """Return the end of a sequence and its replacement, if any.

        Its items decide. Where they make no sense, its length does, and it stays as it is.
        """
        stated = element.content + element.length
        try:
            place, instead = self._items(element, depth)
            if instead is None or self._goes_on(place, element.tag):
                return place, instead
        except (_BrokenError, struct.error):
            pass
        if element.length == UNDEFINED or not self._goes_on(stated, element.tag):
            raise _BrokenError
        self._has_odd_items = True
        return stated, None

    def _items(self, element: _Element, depth: int) -> tuple[int, bytes | None]:
        """Return the end of a sequence by its items and its repair, if any."""
        if depth > limits.SEQUENCE_DEPTH:
            raise _BrokenError
        items: list[bytes] = []
        place, is_right = element.content, True
        while self._begins_with_item(place):
            begin, place, instead = place, *self._item(place, depth)
            is_right = is_right and instead is None
            items.append(self._content[begin:place] if instead is None else instead)
        found = self._element(place) if place + 8 <= len(self._content) else None
        has_end = found is not None and found.tag == SEQUENCE_END
        if element.length == UNDEFINED:
            place += 8 * has_end
            is_right = is_right and has_end
        else:
            stated = element.content + element.length
            place += 8 * (has_end and place + 8 == stated)
            is_right = is_right and place == stated
        if is_right:
            return place, None
        head = self._content[element.begin : element.content - 4] + self._long.pack(UNDEFINED)
        return place, head + b"".join(items) + self._delimiter(SEQUENCE_END >> 16, SEQUENCE_END & 0xFFFF, 0)

    def _item(self, place: int, depth: int) -> tuple[int, bytes | None]:
        """Return the end of an item and its replacement, if any."""
        item = self._element(place)
        if item.length != UNDEFINED:
            return self._end(item), None
        pieces: list[bytes] = []
        place = copied = item.content
        last = -1
        while True:
            element = self._element(place)
            if element.tag == ITEM_END and not pieces:
                return place + 8, None
            if element.tag in (ITEM_END, SEQUENCE_END):  # the latter ends the item, too
                pieces.append(self._content[copied:place])
                whole = self._content[item.begin : item.content] + b"".join(pieces)
                end = place + 8 * (element.tag == ITEM_END)
                return end, whole + self._delimiter(ITEM_END >> 16, ITEM_END & 0xFFFF, 0)
            if element.tag <= last or element.tag == ITEM:
                raise _BrokenError
            last = element.tag
            if self._is_sequence(element):
                place, instead = self._sequence(element, depth + 1)
                if instead is not None:
                    pieces += (self._content[copied : element.begin], instead)
                    copied = place
            else:
                place = self._end(element)

    def _goes_on(self, place: int, tag: int) -> bool:
        """Return whether a higher tag, a delimiter or the end of the file follows."""
        if place == self._size:
            return True
        try:
            following = self._element(place)
        except (_BrokenError, struct.error):
            return False
        if following.tag in (ITEM_END, SEQUENCE_END):
            return not following.length
        fits = following.length == UNDEFINED or following.content + following.length <= self._size
        return following.tag > tag and following.tag != ITEM and (fits or following.tag in PIXELS)


def hides_pixels(file: BinaryIO, position: int, *, implicit: bool, little: bool) -> bool:
    """Return whether pixel data up to the end of the file is found in it."""
    order = "<" if little else ">"
    tag = struct.pack(order + "HH", 0x7FE0, 0x0010)
    size = file.seek(0, io.SEEK_END)
    file.seek(position)
    begin, before = position, b""
    while piece := file.read(SEARCHED_STEP):
        content = before + piece
        at = content.find(tag)
        while at >= 0:
            if _ends_with_the_file(content[at : at + 20], begin - len(before) + at, size, implicit, order):
                return True
            at = content.find(tag, at + 1)
        begin += len(piece)
        before = content[-19:]
    return False


def _ends_with_the_file(head: bytes, place: int, size: int, implicit: bool, order: str) -> bool:
    long = struct.Struct(order + "I").unpack_from
    if not implicit and head[4:6] not in (b"OW", b"OB", b"UN"):
        return False
    at = 4 if implicit else 8
    if len(head) < at + 8:
        return False
    length: int = long(head, at)[0]
    if length == UNDEFINED:
        return head[at + 4 : at + 8] == struct.pack(order + "HH", ITEM >> 16, ITEM & 0xFFFF)
    rest = size - (place + at + 4 + length)
    return length > 0 and 0 <= rest <= TRAILING_BYTES
