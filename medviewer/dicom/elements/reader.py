"""Reading all elements of a header, as far as they can be read.

Runs in the limited worker process.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Sequence
from dataclasses import replace
from hashlib import blake2b
from typing import TYPE_CHECKING, Any, Final

from pydicom import datadict
from pydicom.uid import UID_dictionary

from medviewer import limits
from medviewer.dicom.elements.element import PRIVATE_BLOCK, Element, ElementKind, FileElements
from medviewer.dicom.header import Header, Source
from medviewer.dicom.text import plain
from medviewer.translation import Message, message

if TYPE_CHECKING:
    from pydicom.dataset import Dataset

CODES: Final = {
    **{"US": "H", "SS": "h", "UL": "I", "SL": "i", "FL": "f", "FD": "d", "UV": "Q", "SV": "q"},
    "AT": "HH",
}
BINARY: Final = frozenset({"OB", "OD", "OF", "OL", "OV", "OW", "UN"})
OF_ONE_VALUE: Final = frozenset({"LT", "ST", "UT", "UR"})
"""A backslash in them is a sign like others (PS3.5 6.2)."""

AMBIGUOUS: Final = {"US or SS": ("US", "SS"), "US or SS or OW": ("US", "SS"), "US or OW": ("US", "US")}
PER_FRAME: Final = 0x52009230
PIXEL_REPRESENTATIONS: Final = {"integer": "OW", "float": "OF", "double": "OD"}
PIXEL_TAGS: Final = {"integer": 0x7FE00010, "float": 0x7FE00008, "double": 0x7FE00009}
MOST_NUMBERS: Final = 128
DIGEST_BYTES: Final = 8
MOST_BYTES: Final = 4 * limits.TEXT_SHOWN
FEW_BYTES: Final = 64
"""What is unknown and as short as that may be a text."""

CANNOT_BE_READ: Final = (
    *(TypeError, ValueError, LookupError, AttributeError, NotImplementedError, EOFError, OSError),
    *(struct.error, RecursionError, OverflowError),
)


def read_elements(source: Source, frame_number: int = 1) -> FileElements:
    """Return the elements of an open file.

    Of per-frame functional groups, only those of one frame are returned.

    Parameters
    ----------
    frame_number : int
        From 1.

    References
    ----------
    DICOM PS3.5 7 (data set), PS3.3 C.7.6.16 (functional groups).
    """
    reading = _Reading(frame_number)
    header = source.dataset
    found: list[Element] = []
    for one in reading.all_of(header.parsed, header):
        found.append(one)
        if len(found) >= limits.ELEMENTS_SHOWN:
            reading.notes[_only_the_first(len(found))] = None
            break
    if source.pixel_kind:
        found.append(_pixels(source))
    return FileElements(tuple(found), tuple(reading.notes))


def _only_the_first(count: int) -> Message:
    return message("The header goes on; the first {count} elements are shown.", count=count)


def _pixels(source: Source) -> Element:
    tag = PIXEL_TAGS[source.pixel_kind]
    is_packed = source.is_encapsulated
    return Element(
        tag,
        vr="OB" if is_packed else PIXEL_REPRESENTATIONS[source.pixel_kind],
        name=datadict.dictionary_description(tag),
        keyword=datadict.dictionary_keyword(tag),
        length=source.end - source.pixel_offset if is_packed else source.native_bytes,
        kind=ElementKind.BINARY,
    )


class _Reading:
    """Goes through a data set and its sequences."""

    def __init__(self, frame_number: int) -> None:
        self._frame = frame_number
        self.notes: dict[Message, None] = {}

    def all_of(self, dataset: Dataset, header: Header) -> Iterator[Element]:
        """Yield the elements of a file: its head, then its data set."""
        meta = getattr(dataset, "file_meta", None)
        if meta is not None:
            yield from self._elements(meta, Header(meta), 0)
        yield from self._elements(dataset, header, 0)

    def _elements(self, dataset: Dataset, header: Header, depth: int) -> Iterator[Element]:
        creators: dict[int, str] = {}
        is_signed = _is_signed(header)
        for tag in sorted(map(int, dataset.keys())):
            try:
                made = _element(dataset, header, tag, depth, creators, is_signed=is_signed)
            except CANNOT_BE_READ:
                made = Element(tag, depth, name=_name(tag, "")[0], kind=ElementKind.UNREADABLE)
            if made.is_private and tag & 0xFFFF < PRIVATE_BLOCK:
                creators[tag & 0xFFFF0000 | (tag & 0xFF) << 8] = made.value
            if made.kind is not ElementKind.SEQUENCE:
                yield made
                continue
            try:
                items: Sequence[Any] = dataset[tag].value
                count = len(items)
            except CANNOT_BE_READ:
                yield Element(tag, depth, "SQ", made.name, made.keyword, kind=ElementKind.UNREADABLE)
                continue
            yield Element(
                tag, depth, "SQ", made.name, made.keyword, made.creator, count=count, kind=made.kind
            )
            if depth + 2 <= 2 * limits.SEQUENCE_DEPTH:
                yield from self._items(tag, items, header, depth + 1)

    def _items(self, tag: int, items: Sequence[Any], header: Header, depth: int) -> Iterator[Element]:
        numbers: Sequence[int] = range(len(items))
        if tag == PER_FRAME and depth == 1 and len(items) > 1:
            numbers = [self._frame - 1] if self._frame <= len(items) else []
            said = message("Of {count} frames the groups of frame {number} are shown.", count=len(items))
            self.notes[Message(said.text, (*said.facts, ("number", self._frame)))] = None
        for number in numbers:
            yield Element(tag, depth, count=number + 1, kind=ElementKind.ITEM)
            yield from self._elements(items[number], Header(items[number], header.reading), depth + 1)


def _is_signed(header: Header) -> bool:
    try:
        return header.number("PixelRepresentation") == 1
    except CANNOT_BE_READ:
        return False


def _name(tag: int, creator: str) -> tuple[str, str, str]:
    """Return name, keyword and representation as the dictionaries have them."""
    if tag >> 16 & 1:
        if tag & 0xFFFF < PRIVATE_BLOCK:
            return "Private Creator", "", "LO"
        try:
            vr, _, name, _ = datadict.get_private_entry(tag, creator)
        except KeyError:
            return "", "", "UN"
        return name, "", vr
    if tag & 0xFFFF == 0:
        return "Group Length", "", "UL"
    try:
        vr, _, name, _, keyword = datadict.get_entry(tag)
    except KeyError:
        return "", "", "UN"
    return name, keyword, vr


def _element(
    dataset: Dataset, header: Header, tag: int, depth: int, creators: dict[int, str], *, is_signed: bool
) -> Element:
    """Return one element; of a sequence without its items."""
    raw: Any = dataset.get_item(tag)  # raw, or converted by the parser already
    creator = creators.get(tag & 0xFFFFFF00, "")
    name, keyword, known = _name(tag, creator)
    stated = str(raw.VR or "")
    vr = stated if stated not in ("", "UN") or known == "" else known
    if vr in AMBIGUOUS:
        vr = AMBIGUOUS[vr][is_signed]
    vr = vr.split(" or ")[-1]
    content = raw.value
    if vr == "SQ" or (not isinstance(content, bytes | str) and _is_sequence(content)):
        return Element(tag, depth, "SQ", name, keyword, creator, kind=ElementKind.SEQUENCE)
    made = Element(tag, depth, vr, name, keyword, creator)
    if not hasattr(raw, "is_implicit_VR"):
        return _with_values(made, _texts(content))
    return _with_content(made, bytes(content or b""), header, little=raw.is_little_endian)


def _is_sequence(content: object) -> bool:
    return type(content).__name__ == "Sequence"


def _texts(content: object) -> list[str]:
    if content is None:
        return []
    if isinstance(content, bytes):
        return [content.decode("latin-1").rstrip(" \0")]
    if isinstance(content, str) or not hasattr(content, "__iter__"):
        return [str(content)]
    return [str(part) for part in content]


def _with_content(made: Element, content: bytes, header: Header, *, little: bool) -> Element:
    """Return an element with its value from bytes."""
    length, vr = len(content), made.vr
    if vr in BINARY:
        text = _as_text(content) if vr == "UN" else ""
        kind = ElementKind.VALUE if text else ElementKind.BINARY
        return replace(made, value=text, length=length, kind=kind, digest="" if text else _digest(content))
    if vr in CODES:
        return _with_numbers(made, content, little=little)
    if vr in OF_ONE_VALUE:
        texts = ["\\".join(header.reading.values(content[:MOST_BYTES], vr))]
    else:
        texts = header.reading.values(content[:MOST_BYTES], vr)
    found = _with_values(made, [] if texts == [""] else texts)
    count = 1 if vr in OF_ONE_VALUE and texts != [""] else content.count(b"\\") + 1
    return _measured(found, content, count if length else 0, is_cut=length > MOST_BYTES)


def _with_numbers(made: Element, content: bytes, *, little: bool) -> Element:
    code = CODES[made.vr]
    order, size = "<" if little else ">", struct.calcsize("=" + code)
    count = len(content) // size
    shown = min(count, MOST_NUMBERS)
    numbers = struct.unpack_from(f"{order}{code * shown}", content)
    if made.vr == "AT":
        pairs = list(zip(numbers[::2], numbers[1::2], strict=True))
        texts = [f"({group:04X},{element:04X})" for group, element in pairs]
        meaning = ", ".join(filter(None, (_name(group << 16 | element, "")[0] for group, element in pairs)))
        made = replace(made, meaning=meaning[: limits.TEXT_IN_TOOLTIP])
    elif made.vr == "FL":
        texts = [_short_float(one) for one in numbers]
    else:
        texts = [f"{one!r}" for one in numbers]
    found = _with_values(made, texts)
    kind = ElementKind.VALUE if count or not content else ElementKind.UNREADABLE
    return replace(_measured(found, content, count, is_cut=count > shown), kind=kind)


def _measured(made: Element, content: bytes, count: int, *, is_cut: bool) -> Element:
    """Return an element with the size of its value."""
    is_truncated = made.is_truncated or is_cut
    digest = _digest(content) if is_truncated else ""
    return replace(made, length=len(content), count=count, is_truncated=is_truncated, digest=digest)


def _digest(content: bytes) -> str:
    return blake2b(content, digest_size=DIGEST_BYTES).hexdigest()


def _short_float(number: float) -> str:
    """Return the shortest text that is the same number of 32 bits."""
    for digits in range(6, 10):
        text = f"{number:.{digits}g}"
        try:
            if struct.pack("<f", float(text)) == struct.pack("<f", number):
                return text
        except OverflowError:
            continue
    return f"{number:.9g}"


def _with_values(made: Element, texts: list[str]) -> Element:
    if made.vr == "UI":
        texts = [text.strip(" \0") for text in texts]
        names = [UID_dictionary[text][0] for text in texts if text in UID_dictionary]
        made = replace(made, meaning=", ".join(names)[: limits.TEXT_IN_TOOLTIP])
    elif made.vr not in OF_ONE_VALUE:
        texts = [text.strip(" \0") for text in texts]
    joined = "\n".join(map(plain, "\\".join(texts)[: 2 * limits.TEXT_SHOWN].splitlines()))
    return replace(
        made,
        value=joined[: limits.TEXT_SHOWN],
        count=len(texts),
        is_truncated=len(joined) > limits.TEXT_SHOWN,
    )


def _as_text(content: bytes) -> str:
    """Return a short unknown value that can be read, else ""."""
    text = content.rstrip(b" \0")
    is_short = 0 < len(text) <= FEW_BYTES and text.isascii()
    return text.decode("ascii") if is_short and text.decode("ascii").isprintable() else ""
