"""Limits of nesting, checked before a parser builds a header.

Sequence depth, items, elements (limits.py). Only sequences and items of undefined length are walked: a
parser leaves the others as bytes until asked. Whatever cannot be followed ends the walk; it is the parser's
to refuse.
"""

import io
import struct
from pathlib import Path
from typing import BinaryIO, Final

from medviewer import limits
from medviewer.errors import DamagedFileError, LimitError, MemoryLimitError
from medviewer.translation import mark

LONG_REPRESENTATIONS: Final = frozenset(
    {b"OB", b"OD", b"OF", b"OL", b"OV", b"OW", b"SQ", b"SV", b"UC", b"UN", b"UR", b"UT", b"UV"}
)
ITEM: Final = 0xFFFEE000
ITEM_END: Final = 0xFFFEE00D
SEQUENCE_END: Final = 0xFFFEE0DD
PIXELS: Final = 0x7FE00008
UNDEFINED: Final = 0xFFFFFFFF
WINDOW_BYTES: Final = 1 << 16
BAD_SEQUENCE: Final = mark("a sequence in its header states a wrong length")
CUT_HEADER: Final = mark("it ends amid its header")


def check_structure(
    path: Path, file: BinaryIO, position: int, *, implicit: bool, little: bool, is_repaired: bool = False
) -> None:
    """Walk a data set up to its pixels.

    What its sequences hold may make no sense where it was repaired.

    Raises
    ------
    DamagedFileError
        The file ends amid an element before the pixels, or a sequence states a wrong length.
    LimitError
        More nested sequences, items, elements or bytes than limits.py allows.
    """
    order = "<" if little else ">"
    tag_of, long_of, short_of = (struct.Struct(order + code).unpack_from for code in ("HH", "I", "H"))
    item = struct.pack(order + "HH", ITEM >> 16, ITEM & 0xFFFF)
    start, content, place = position, b"", 0
    size = file.seek(0, io.SEEK_END)
    is_sure = True  # that the elements were followed rightly
    depth = items = elements = 0
    while True:
        if place + 12 > len(content):  # headers are short and files are long: a window of the file at a time
            start += place
            if is_sure and depth <= 0 and start > size:
                raise DamagedFileError(path=path, detail=CUT_HEADER)
            _bound(path, mark("header"), start - position, limits.HEADER_BYTES, MemoryLimitError)
            file.seek(start)
            content, place = file.read(WINDOW_BYTES), 0
            if len(content) < 8:
                return
        group, element = tag_of(content, place)
        tag = group << 16 | element
        if tag in (ITEM, ITEM_END, SEQUENCE_END):
            items += tag == ITEM
            depth -= tag == SEQUENCE_END
            place += 8
            _bound(path, mark("sequence items"), items, limits.SEQUENCE_ITEMS)
            continue  # the elements of an item follow, whether its length is stated or not
        if tag >= PIXELS and depth <= 0:
            return
        elements += 1
        _bound(path, mark("data elements"), elements, limits.ELEMENTS)
        if implicit:
            (length,), head = long_of(content, place + 4), 8
        elif (representation := content[place + 4 : place + 6]) in LONG_REPRESENTATIONS:
            if place + 12 > len(content):
                return
            (length,), head = long_of(content, place + 8), 12
        else:
            (length,), head = short_of(content, place + 6), 8
        place += head
        if length == UNDEFINED:
            depth += 1
            is_sure &= implicit or representation == b"SQ"  # the items of others may be encoded otherwise
            _bound(path, mark("nested sequences"), depth, limits.SEQUENCE_DEPTH)
        else:
            if content.startswith(item, place) if implicit else representation == b"SQ":
                _bound_items(path, file, start + place, length, order, is_repaired)
            place += length


def _bound_items(path: Path, file: BinaryIO, start: int, length: int, order: str, is_repaired: bool) -> None:
    """Count the items of a sequence of stated length within the limits.

    A parser builds them when it is asked for the sequence.

    Raises
    ------
    DamagedFileError
        They do not end where the sequence does: what follows it may belong to it, or the other way round.
    """
    items, end = 0, start + length
    while start + 8 <= end:
        file.seek(start)
        group, element, size = struct.unpack(order + "HHI", file.read(8).ljust(8, b"\0"))
        if group << 16 | element == SEQUENCE_END and start + 8 == end:
            return
        if group << 16 | element != ITEM:
            break
        if size == UNDEFINED:
            return
        start += 8 + size
        items += 1
        _bound(path, mark("sequence items"), items, limits.SEQUENCE_ITEMS)
    if start != end and not is_repaired:
        raise DamagedFileError(path=path, detail=BAD_SEQUENCE)


def _bound(path: Path, what: str, asked: int, allowed: int, error: type[LimitError] = LimitError) -> None:
    if asked > allowed:
        raise error(path=path, what=what, asked=asked, allowed=allowed)
