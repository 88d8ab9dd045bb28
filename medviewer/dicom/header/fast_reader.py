"""A fast reader of plain headers: explicit or implicit VR little endian.

Opening speed is what a viewer is for, and a full parser spends most of its time on what nobody asks for.
At any doubt the walker gives up, and the full parser reads the file: it is never the last word on a file.
It looks at MOST_BYTES at most, builds nothing of what it skips, and leaves very many items to the parser,
which refuses them.
"""

import struct
from collections.abc import Callable, Hashable, Sequence
from functools import cache, lru_cache, partial
from operator import itemgetter
from typing import Any, BinaryIO, Final, NamedTuple

from medviewer import limits
from medviewer.dicom.header.dictionary import ATTRIBUTES
from medviewer.dicom.header.header import PATIENT_NAME, STRUCT_CODES, Header, TextReading
from medviewer.dicom.header.repeated_elements import NAME_BYTES, Element, RepeatedElements, Values
from medviewer.dicom.text import plain

UNDEFINED: Final = 0xFFFFFFFF
ITEM: Final = 0xFFFEE000
ITEM_BYTES: Final = b"\xfe\xff\x00\xe0"
FIRST_OF_ITEM: Final = ITEM_BYTES[0]
PIXEL_BYTES: Final = b"\xe0\x7f\x10\x00"
ITEM_END: Final = 0xFFFEE00D
SEQUENCE_END: Final = 0xFFFEE0DD
PIXEL_KINDS: Final = {0x7FE00008: "float", 0x7FE00009: "double", 0x7FE00010: "integer"}
CHARACTER_SET: Final = 0x00080005
SOP_INSTANCE_UID: Final = 0x00080018
TRANSFER_SYNTAX: Final = 0x00020010
IMPLICIT: Final = "1.2.840.10008.1.2"
NOT_WALKED: Final = frozenset(
    {"", "1.2.840.10008.1.2.2", "1.2.840.10008.1.2.1.99", "1.2.840.10008.1.20", "1.2.840.113619.5.2"}
)
SHORT: Final = frozenset(
    b"AE AS AT CS DA DS DT FD FL IS LO LT PN SH SL SS ST TM UI UL US".split()  # 16-bit length
)
LONG: Final = frozenset(b"OB OD OF OL OV OW SQ SV UC UN UR UT UV".split())
REPRESENTATIONS: Final = SHORT | LONG
WANTED: Final = dict(ATTRIBUTES.values())
PIXELS_SEEN: Final = 12  # bytes
FIRST_BYTES: Final = 1 << 14
SPARE_BYTES: Final = 1 << 10  # of a header more than the one before it had, and of the pixels behind it
MORE_BYTES: Final = 1 << 20
MOST_BYTES: Final = 1 << 23  # the functional groups of thousands of frames
MOST_ELEMENTS: Final = 5_000
HEADS_KEPT: Final = 4_096
MOST_DIGITS: Final = 12  # of an integer string, PS3.5 6.2
SETS_KEPT: Final = 64

NOT_STATED: Final[tuple[str, None]] = ("", None)

_element = struct.Struct("<HH2sH").unpack_from
_tag_and_length = struct.Struct("<HHI").unpack_from
_tag_halves = struct.Struct("<HH").unpack_from
_short = struct.Struct("<H").unpack_from
_long = struct.Struct("<I").unpack_from

_Head = tuple[int, int, int, Callable[[bytes, int], tuple[int, ...]], str]
"""Of an element: tag, bytes before its value, where its length stands and how, representation if stated."""


class NotPlainHeaderError(Exception):
    """The file is not plain enough for the walker."""


class _ObservedValues(Values):
    """Values that note which of them are asked for."""

    def __init__(self, values: Values) -> None:
        super().__init__(values)
        self.asked: set[int] = set()

    def __contains__(self, tag: Any) -> bool:
        self.asked.add(tag)
        return dict.__contains__(self, tag)

    def __getitem__(self, tag: int) -> tuple[str, bytes]:
        self.asked.add(tag)
        return dict.__getitem__(self, tag)

    def get(self, tag: int, default: Any = None) -> Any:
        """Return a value, or the default."""
        self.asked.add(tag)
        return dict.get(self, tag, default)


def _nothing(_values: Values) -> None:
    """Return the attributes of an empty selection."""


@lru_cache(maxsize=SETS_KEPT)
def _terms(stated: bytes) -> tuple[str, ...]:
    """Return the values of Specific Character Set, cleaned.

    () where it is absent or empty.
    """
    return tuple(map(plain, stated.decode("latin-1").split("\\"))) if stated else ()


def _patient_name(values: Values) -> bytes:
    return values.get(PATIENT_NAME, ("", b""))[1]


@cache  # of the few constants that are asked for
def _tags_of(keywords: tuple[str, ...]) -> tuple[int, ...]:
    return tuple(ATTRIBUTES[keyword][0] for keyword in keywords)


class WalkedHeader(Header):
    """Attributes that the walker found: by tag, representation and bytes."""

    def __init__(self, values: Values, text: TextReading | None, implicit: bool) -> None:
        self._values = values
        _, stated = values.get(CHARACTER_SET, ("", b""))
        if text is None:
            self._text = TextReading(_terms(stated), partial(_patient_name, values))
        else:
            self._text = text.stated(_terms(stated)) if stated else text
        self._implicit = implicit
        self._texts: dict[str, tuple[str, ...]] = {}
        self._sequences: dict[str, list[Header]] = {}

    def __contains__(self, keyword: str) -> bool:
        return ATTRIBUTES[keyword][0] in self._values

    def content(self, keyword: str) -> bytes:
        """Return the bytes of an attribute as stored, b"" where there is none."""
        return self._values.get(ATTRIBUTES[keyword][0], ("", b""))[1]

    def contents(self, keywords: tuple[str, ...]) -> tuple[bytes | None, ...]:
        """Return attributes as they are written, None where there is none.

        The quickest way to several.
        """
        find = self._values.get
        return tuple([find(tag, NOT_STATED)[1] for tag in _tags_of(keywords)])

    def states_any(self, keywords: tuple[str, ...]) -> bool:
        """Return whether any of these attributes is stated, empty or not."""
        values = self._values
        for tag in _tags_of(keywords):  # noqa: SIM110 - a generator takes three times as long
            if tag in values:
                return True
        return False

    def texts(self, keyword: str) -> tuple[str, ...]:
        """Return the values of a text, cleaned; () where there is none."""
        known = self._texts.get(keyword)
        if known is None:
            tag, representation = ATTRIBUTES[keyword]
            found = self._values.get(tag)
            known = () if found is None else tuple(map(plain, self._text.values(found[1], representation)))
            self._texts[keyword] = known
        return known

    def text(self, keyword: str) -> str:
        """Return the first value of a text, or ""."""
        found = self.texts(keyword)
        return found[0] if found else ""

    def numbers(self, keyword: str, count: int = 0) -> tuple[float, ...]:
        """Return the values of a numeric attribute.

        () where there is none, or none that can be read.
        """
        if ATTRIBUTES[keyword][0] not in self._values:  # most of what is asked for is not stated
            return ()
        return super().numbers(keyword, count)

    def number(self, keyword: str) -> float | None:
        """Return the first value of a numeric attribute, or None."""
        return super().number(keyword) if ATTRIBUTES[keyword][0] in self._values else None

    def integer(self, keyword: str) -> int | None:
        """Return the first value as an integer, or None where there is none."""
        tag, representation = ATTRIBUTES[keyword]
        found = self._values.get(tag)
        if found is None:
            return None
        if (found[0] or representation) == "IS":  # as the numbers of images are written
            digits = found[1].rstrip(b" \0")
            if digits.isdigit() and len(digits) <= MOST_DIGITS:
                return int(digits)
        return super().integer(keyword)

    def _number_bytes(self, keyword: str) -> tuple[bytes, str, str] | None:
        """Return content, byte order and struct code of a numeric attribute.

        "" is the code of a text.
        """
        tag, representation = ATTRIBUTES[keyword]
        found = self._values.get(tag)
        if found is None:
            return None
        stated, raw = found
        if stated not in STRUCT_CODES and stated not in ("DS", "IS"):
            stated = representation
        return raw, "<", STRUCT_CODES.get(stated, "")

    def words(self, keyword: str) -> tuple[int, ...]:
        """Return unsigned 16-bit words, whatever the representation says.

        Lookup table descriptors.
        """
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

    def item(self, keyword: str) -> Header | None:
        """Return the first item of a sequence, or None."""
        if ATTRIBUTES[keyword][0] not in self._values:  # most of what is asked for is not stated
            return None
        items = self._sequences.get(keyword) or self.items(keyword)
        return items[0] if items else None

    def values_of(self, tags: Sequence[int]) -> Hashable:
        """Return a hashable key of the raw values of these attributes."""
        return self._implicit, self._text.choice, *map(self._values.get, tags)

    def comparison(self, tags: Sequence[int]) -> "Callable[[WalkedHeader], bool]":
        """Return a predicate that compares `values_of` with other headers.

        It is quicker than comparing the keys.
        """
        implicit, choice = self._implicit, self._text.choice
        stated = [tag for tag in tags if tag in self._values]
        absent = tuple(tag for tag in tags if tag not in self._values)
        values_in = itemgetter(*stated) if stated else _nothing
        said = values_in(self._values)

        def says_the_same(other: WalkedHeader) -> bool:
            values = other._values
            try:
                is_alike = values_in(values) == said and values.keys().isdisjoint(absent)
            except KeyError:
                return False
            return is_alike and other._implicit is implicit and other._text.choice == choice

        return says_the_same

    def bytes_of(self, tags: Sequence[int]) -> int:
        """Return the size of these attributes' values in bytes."""
        return sum(len(self._values[tag][1]) for tag in tags if tag in self._values)

    def observed(self) -> tuple["WalkedHeader", set[int]]:
        """Return the same header and a growing set of the tags read from it."""
        values = _ObservedValues(self._values)
        header = WalkedHeader(values, None, self._implicit)
        header.read_text_as(self._text.choice)
        return header, values.asked

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
            if tag != ITEM or len(found) >= limits.SEQUENCE_ITEMS:
                raise NotPlainHeaderError
            ends = 0
            if length == UNDEFINED:
                length, ends = _item_length(content, place, self._implicit, 1), 8
            if place + length > end:
                raise NotPlainHeaderError
            try:
                values, _ = _walk(content, place, place + length - ends, self._implicit)
            except _MoreError as error:  # no further bytes can help: an element is longer than its item
                raise NotPlainHeaderError from error
            found.append(WalkedHeader(values, self._text, self._implicit))
            place += length
        return found


class Walked(NamedTuple):
    """Result of walking a file's header."""

    header: WalkedHeader
    transfer_syntax: str
    pixel_kind: str = ""
    pixel_offset: int = 0
    pixel_length: int = 0
    head: bytes = b""  # how the file begins, where fragments follow
    pixels_begin: bytes = b""  # with these bytes, as far as they were read


def walk_file(file: BinaryIO, size: int, repeats: RepeatedElements | None = None) -> Walked:
    """Read the header of a file, up to its pixels.

    Parameters
    ----------
    repeats : RepeatedElements, optional
        What the files before it had in common.

    Raises
    ------
    NotPlainHeaderError
        The full parser has to read it.
    """
    first = FIRST_BYTES if repeats is None else repeats.enough_bytes or FIRST_BYTES
    for most in (first, FIRST_BYTES, MORE_BYTES, MOST_BYTES):
        file.seek(0)
        content = file.read(most)
        try:
            walked = _walk_content(content, repeats, is_whole=len(content) >= size)
        except (struct.error, _MoreError):
            if len(content) >= size:
                break
        else:
            if repeats is not None:  # the next header is about as long
                enough = walked.pixel_offset + SPARE_BYTES
                repeats.enough_bytes = min(FIRST_BYTES, enough) if walked.pixel_kind else 0
            return walked
    raise NotPlainHeaderError


class _MoreError(Exception):
    """The header is longer than the bytes read so far."""


def _walk_content(content: bytes, repeats: RepeatedElements | None, *, is_whole: bool) -> Walked:
    if content[128:132] != b"DICM":
        raise NotPlainHeaderError
    transfer_syntax, place = _transfer_syntax(content)
    if transfer_syntax in NOT_WALKED:
        raise NotPlainHeaderError
    implicit = transfer_syntax == IMPLICIT
    if implicit and content[place + 4 : place + 6] in REPRESENTATIONS:
        raise NotPlainHeaderError
    values, pixels = _walk(content, place, len(content), implicit, repeats)
    if pixels is None:
        if not is_whole:
            raise _MoreError
        if PIXEL_BYTES in content:  # they may stand behind something that is damaged
            raise NotPlainHeaderError
    if SOP_INSTANCE_UID not in values:  # stated empty is no doubt: it was found
        raise NotPlainHeaderError
    header = WalkedHeader(values, None, implicit)
    kind, offset, length = pixels or ("", 0, 0)
    if length == UNDEFINED:
        return Walked(header, transfer_syntax, kind, offset, length, content[:FIRST_BYTES])
    return Walked(header, transfer_syntax, kind, offset, length, b"", content[offset : offset + PIXELS_SEEN])


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
            raise NotPlainHeaderError
        if group << 16 | number == TRANSFER_SYNTAX:
            found = plain(content[place : place + length].decode("latin-1"))
        place += length


def _walk(
    content: bytes, place: int, end: int, implicit: bool, repeats: RepeatedElements | None = None
) -> tuple[Values, tuple[str, int, int] | None]:
    """Return the wanted values of a data set or item and its pixel element.

    The latter as kind, offset and length.
    """
    values: Values = {}
    elements: list[Element] | None = [] if repeats is not None and repeats.begin(implicit=implicit) else None
    runs = repeats.runs if repeats is not None else {}
    head_of, name_bytes = (_implicit_head, 4) if implicit else (_explicit_head, 6)
    pixels = None
    last = alone = together = 0
    while place + 8 <= end:
        run = runs.get(content[place : place + NAME_BYTES]) if runs else None
        if run is not None and repeats is not None and not content.startswith(run.content, place):
            run = repeats.split(run, content, place)
        if run is not None and run.first > last:
            values.update(run.values)
            last = run.last
            together += run.count
            place += len(run.content)
            continue
        begin = place
        tag, size, length_at, length_of, stated = head_of(content[place : place + name_bytes])
        (length,) = length_of(content, place + length_at)
        place += size
        alone += 1
        if tag <= last or alone > MOST_ELEMENTS:
            raise NotPlainHeaderError
        last = tag
        if tag in PIXEL_KINDS:
            pixels = (PIXEL_KINDS[tag], place, length)
            break
        if length == UNDEFINED:
            if stated != "SQ" and not implicit:
                raise NotPlainHeaderError
            length = _sequence_length(content, place, implicit, 1)
        if place + length > end:
            raise _MoreError
        if stated == "SQ" or (
            implicit and length and content[place] == FIRST_OF_ITEM and content.startswith(ITEM_BYTES, place)
        ):
            _doubt_wrong_length(content, place, place + length)
        value = (stated, content[place : place + length]) if tag in WANTED else None
        place += length
        if value is not None:
            values[tag] = value
        if elements is not None:
            elements.append(Element(begin, place, tag, value))
    if repeats is not None:
        repeats.forget_if_new_series(alone, together) if elements is None else repeats.record(
            content, elements
        )
    return values, pixels


def _doubt_wrong_length(content: bytes, place: int, end: int) -> None:
    """Doubt a sequence whose items do not end where it does."""
    while place + 8 <= end:
        group, number, length = _tag_and_length(content, place)
        if length == UNDEFINED:
            return
        if number != 0xE000 or group != 0xFFFE:
            if (group << 16 | number) == SEQUENCE_END and place + 8 == end:
                return
            raise NotPlainHeaderError
        place += 8 + length
    if place != end:
        raise NotPlainHeaderError


@lru_cache(maxsize=HEADS_KEPT)
def _explicit_head(name: bytes) -> _Head:
    """Return the element head for a tag with explicit representation.

    Cached: few of them make up most files.
    """
    tag, representation = _tag(name), name[4:]
    if tag >> 16 == 0xFFFE or (representation == b"UN" and tag in WANTED):
        raise NotPlainHeaderError
    if representation in SHORT:
        return tag, 8, 6, _short, representation.decode("ascii")
    if representation in LONG:
        return tag, 12, 8, _long, representation.decode("ascii")
    raise NotPlainHeaderError


@lru_cache(maxsize=HEADS_KEPT)
def _implicit_head(name: bytes) -> _Head:
    """Return the element head for a tag with implicit representation."""
    tag = _tag(name)
    if tag >> 16 == 0xFFFE:
        raise NotPlainHeaderError
    return tag, 8, 4, _long, ""


def _tag(name: bytes) -> int:
    group, number = _tag_halves(name)
    tag: int = group << 16 | number
    return tag


def _sequence_length(content: bytes, place: int, implicit: bool, depth: int) -> int:
    """Return the bytes of a sequence of undefined length, with its end."""
    start = place
    if depth > limits.SEQUENCE_DEPTH:
        raise NotPlainHeaderError
    while True:
        group, number, length = _tag_and_length(content, place)
        tag = group << 16 | number
        place += 8
        if tag == SEQUENCE_END:
            return place - start
        if tag != ITEM:
            raise NotPlainHeaderError
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
            raise NotPlainHeaderError
        if length == UNDEFINED:
            if not implicit and representation != b"SQ":
                raise NotPlainHeaderError
            length = _sequence_length(content, place, implicit, depth + 1)
        place += length
