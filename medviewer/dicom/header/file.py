"""One open DICOM file in the worker: its header, and where its pixels lie.

Read a frame at a time.
"""

from __future__ import annotations

import io
import os
import struct
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Final

from medviewer import limits
from medviewer.dicom.header.fragments import (
    Encapsulated,
    Fragment,
    OffsetTables,
    count_frames,
    group_fragments,
    read_words,
)
from medviewer.dicom.header.header import Header
from medviewer.dicom.header.nesting_limits import check_structure
from medviewer.dicom.header.transfer_syntaxes import (
    DEFLATED,
    EXPLICIT_BIG,
    EXPLICIT_LITTLE,
    GE_BIG_PIXELS,
    IMPLICIT_LITTLE,
)
from medviewer.dicom.text import plain
from medviewer.errors import DamagedFileError, LimitError, MemoryLimitError, NotDicomError
from medviewer.translation import Message, mark

if TYPE_CHECKING:  # loaded when a file needs the full parser: plain files are read without it
    from pydicom.dataset import Dataset
    from pydicom.tag import BaseTag

TRANSFER_SYNTAX_UID: Final = 0x00020010
DIRECTORY_RECORDS: Final = 0x00041220
ICON_IMAGES: Final = 0x00880200
SPECIFIC_CHARACTER_SET: Final = 0x00080005

PIXEL_TAGS: Final = {0x7FE00008: "float", 0x7FE00009: "double", 0x7FE00010: "integer"}
UNDEFINED: Final = 0xFFFFFFFF
ITEM_HEAD: Final = struct.Struct("<II").unpack  # tag and length
ITEM_HEAD_BYTES: Final = 8
INFLATE_STEP: Final = 1 << 20
HOLE_BYTES: Final = 64  # alike, in packed data
LEAST_SHARE: Final = 0.02  # of what a frame unpacks to, before such a hole: else it is made to ask for more
HARMLESS_BYTES: Final = 64 * limits.MIB  # a black image shrinks by more than INFLATE_RATIO
FIRST_PLAUSIBLE_GROUPS: Final = frozenset({0x0002, 0x0004, 0x0008})

PARSER_ERRORS: Final = (
    *(TypeError, ValueError, LookupError, AttributeError, NotImplementedError, EOFError, struct.error),
)
HIDDEN_PIXELS: Final = mark("its pixel data stand behind a part of its header that cannot be read")
BAD_HEADER: Final = mark("its header cannot be read")
NO_DATASET: Final = mark("no data set follows the file's head")
CUT_SHORT: Final = mark("the pixel data is cut short")
BAD_DEFLATE: Final = mark("its compressed data set cannot be unpacked")
BAD_FRAGMENTS: Final = mark("the fragments of its pixel data make no sense")


@dataclass
class Source:
    """An open file."""

    path: Path
    disk_file: io.BufferedReader
    file: io.BufferedReader | io.BytesIO  # the same, or what was unpacked from it
    dataset: Header
    transfer_syntax: str
    pixel_kind: str = ""  # "integer", "float", "double"; "" where there are no pixels
    pixel_offset: int = 0
    pixel_length: int = 0  # of the native pixels, UNDEFINED where they are encapsulated
    has_words: bool = False  # the pixels are stated as OW, so that even bytes stand in 16-bit words
    end: int = 0
    head: bytes = field(default=b"", repr=False)  # how the file begins, where it was read already
    is_repaired: bool = False  # its header was damaged
    stated: str = field(default="", repr=False)  # whose image it is, as written, once it was read
    fragments: list[Fragment] = field(default_factory=list, repr=False)  # filled by `find_fragments`
    pixel_notes: tuple[Message, ...] = ()  # where pixels stand otherwise than the transfer syntax has it
    held_frames: int | None = field(default=None, repr=False)  # of encapsulated pixels, once counted
    first_empty: int | None = field(default=None, repr=False)  # frame of a hollow file, once looked for
    order_note: tuple[Message | None] | None = field(default=None, repr=False)  # on colors, once looked for
    _tables: OffsetTables | None = field(default=None, repr=False)
    _encapsulated: Encapsulated | None = field(default=None, repr=False)

    def read(self, offset: int, length: int) -> bytes:
        """Return bytes of the file.

        Raises
        ------
        DamagedFileError
            The file ends before them.
        """
        if offset + length <= len(self.head):
            return self.head[offset : offset + length]
        self.file.seek(offset)
        content = self.file.read(length)
        if len(content) != length:
            raise DamagedFileError(path=self.path, detail=CUT_SHORT)
        return content

    def read_into(self, offset: int, room: memoryview) -> None:
        """Fill memory with bytes of the file.

        Raises
        ------
        DamagedFileError
            The file ends before them.
        """
        self.file.seek(offset)
        if self.file.readinto(room) != len(room):
            raise DamagedFileError(path=self.path, detail=CUT_SHORT)

    @property
    def sop_instance_uid(self) -> str:
        """The SOP Instance UID.

        A file without one gets a name that no UID can have, made of its path.
        """
        return self.dataset.text("SOPInstanceUID") or self._made_name

    @cached_property
    def _made_name(self) -> str:
        import hashlib  # here, because hardly any file needs it

        return "file:" + hashlib.sha256(os.fsencode(self.path)).hexdigest()[:32]

    @property
    def is_encapsulated(self) -> bool:
        """Whether the pixels stand in fragments."""
        return self.pixel_length == UNDEFINED

    @property
    def native_bytes(self) -> int:
        """Bytes of native pixels that the file really holds.

        0 where they are encapsulated.
        """
        return 0 if self.is_encapsulated else min(self.pixel_length, self.end - self.pixel_offset)

    @property
    def is_big_endian(self) -> bool:
        """Whether words of pixels are stored big endian."""
        return self.transfer_syntax in (EXPLICIT_BIG, GE_BIG_PIXELS)

    def frame_content(self, index: int, frames: int) -> bytes:
        """Return the encoded bytes of one frame of encapsulated pixels.

        Raises
        ------
        DamagedFileError
            The frame is not there, or nothing tells which fragments are its own.
        """
        encapsulated = self.encapsulated(frames)
        chosen = encapsulated.frames[index] if index < len(encapsulated.frames) else ()
        if not chosen:
            is_unclear = len(self.fragments) > frames
            raise DamagedFileError(path=self.path, detail=BAD_FRAGMENTS if is_unclear else CUT_SHORT)
        return b"".join(self.read(offset, length) for offset, length in chosen)

    def encapsulated(self, frames: int) -> Encapsulated:
        """Return the fragments of each frame; found once."""
        if self._encapsulated is None:
            tables = self.find_fragments()
            self._encapsulated = group_fragments(self.fragments, frames, tables, self.read)
        return self._encapsulated

    def count_frames(self, stated: int | None) -> int:
        """Return the number of encapsulated frames; counted once.

        Parameters
        ----------
        stated : int or None
            As the header says.
        """
        if self.held_frames is None and not self.is_one_fragment():
            tables = self.find_fragments()
            self.held_frames = count_frames(self.fragments, stated, tables, self.read)
        return self.held_frames or 1

    def is_one_fragment(self) -> bool:
        """Return whether the first fragment is the only one of the pixel data."""
        begin = self.pixel_offset
        for _ in ("offset table", "fragment"):
            behind = begin + ITEM_HEAD_BYTES
            if behind > self.end:
                break
            head = self.head[begin:behind] if behind <= len(self.head) else self.read(begin, ITEM_HEAD_BYTES)
            begin = behind + ITEM_HEAD(head)[1]
        else:
            if begin < self.end - ITEM_HEAD_BYTES:
                return False
        self.held_frames = 1
        return True

    def hold_one_fragment(self, fragment: Fragment) -> None:
        """Take the pixels for one fragment, whatever stands around them."""
        self.fragments, self._tables, self.held_frames = [fragment], OffsetTables(), 1

    def find_fragments(self) -> OffsetTables:
        """Find all fragments, once, and return their offset tables."""
        if self._tables is None:
            self.fragments, basic = self._read_fragments()
            self._tables = OffsetTables(
                basic=basic,
                extended=read_words(self.dataset.content("ExtendedOffsetTable")),
                lengths=read_words(self.dataset.content("ExtendedOffsetTableLengths")),
            )
        return self._tables

    def _read_fragments(self) -> tuple[list[Fragment], list[int]]:
        """Return (offset, length) of each fragment, and the basic offset table."""
        position, found = self.pixel_offset, []
        offsets: list[int] = []
        while position + 8 <= self.end:
            group, element, length = struct.unpack("<HHI", self.read(position, 8))
            if (group, element) != (0xFFFE, 0xE000):
                break
            length = min(length, self.end - position - 8)  # a codec may still read what there is
            if position == self.pixel_offset:
                table = self.read(position + 8, length // 4 * 4)
                offsets = list(struct.unpack(f"<{len(table) // 4}I", table))
            else:
                found.append((position + 8, length))
            if len(found) > limits.FRAGMENTS:
                raise LimitError(
                    path=self.path, what=mark("fragments"), asked=len(found), allowed=limits.FRAGMENTS
                )
            position += 8 + length
        return found, offsets


def open_source(path: Path, disk_file: io.BufferedReader) -> Source:
    """Read the header of an open file, up to its pixels.

    Raises
    ------
    NotDicomError
        Nothing in it looks like DICOM.
    LimitError
        It asks for more than limits.py allows.
    DamagedFileError
        It begins like DICOM and goes on like something else.
    """
    file: io.BufferedReader | io.BytesIO = disk_file
    end = file.seek(0, io.SEEK_END)
    file.seek(0)
    head = file.read(132)
    has_prefix = head[128:] == b"DICM"
    start = 132 if has_prefix else 0
    if not has_prefix and not looks_like_a_dataset(head):
        raise NotDicomError(path=path)
    file.seek(start)
    meta = _read(path, file, False, True, lambda tag: tag.group != 0x0002)
    transfer_syntax = plain(as_written(meta, TRANSFER_SYNTAX_UID))
    position = file.tell()
    if transfer_syntax == DEFLATED:
        unpacked = inflate_bounded(path, file.read(), limits.INFLATED_BYTES)
        file, end, position = io.BytesIO(unpacked), len(unpacked), 0
    implicit, little, transfer_syntax = encoding(path, file, position, transfer_syntax)
    dataset, pixels, is_repaired = _read_dataset(path, file, position, implicit, little)
    dataset.set_original_encoding(implicit, little, character_set(dataset))
    dataset.file_meta = meta  # type: ignore[assignment]  # read as a plain dataset, used as one
    if not len(dataset) and not len(meta):
        raise DamagedFileError(path=path, detail=NO_DATASET)
    return Source(
        path,
        disk_file,
        file,
        Header(dataset),
        transfer_syntax,
        pixels.kind,
        pixels.offset,
        pixels.length,
        pixels.has_words or transfer_syntax == GE_BIG_PIXELS,  # as implicit VR has it
        end,
        is_repaired=is_repaired,
    )


def _read_dataset(
    path: Path, file: BinaryIO, position: int, implicit: bool, little: bool
) -> tuple[Dataset, _PixelPlace, bool]:
    """Return a data set without pixels, their place, and if it was repaired."""
    found = refusal = None
    pixels = _PixelPlace(file)
    try:
        check_structure(path, file, position, implicit=implicit, little=little)
        file.seek(position)
        found = _read(path, file, implicit, little, pixels)
    except (DamagedFileError, MemoryError) as error:  # a broken sequence may seem to ask for anything
        refusal = error
    if found is not None and (pixels.kind or ICON_IMAGES in found or DIRECTORY_RECORDS in found):
        return found, pixels, False
    from medviewer.dicom.header.repair import hides_pixels, repaired_header  # here, as few files need it

    if found is not None:
        if not hides_pixels(file, position, implicit=implicit, little=little):
            return found, pixels, False
        refusal = DamagedFileError(path=path, detail=HIDDEN_PIXELS)
    assert refusal is not None
    repaired = repaired_header(file, position, implicit=implicit, little=little)
    if repaired is None or (repaired.pixels_at is None and found is not None):
        raise refusal
    header, pixels = io.BytesIO(repaired.header), _PixelPlace(file)
    check_structure(path, header, 0, implicit=implicit, little=little, is_repaired=True)
    header.seek(0)
    dataset = _read(path, header, implicit, little, lambda _tag: False)
    if repaired.pixels_at is not None:
        file.seek(repaired.pixels_at)
        _read(path, file, implicit, little, pixels)
    return dataset, pixels, True


class _PixelPlace:
    """Stops the reading of a data set at its pixels and notes where they are."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self.kind, self.offset, self.length, self.has_words = "", 0, 0, False

    def __call__(self, tag: BaseTag, representation: str | None, length: int) -> bool:
        if tag not in PIXEL_TAGS:
            return tag.group > 0x7FE0
        self.kind, self.has_words = PIXEL_TAGS[tag], representation == "OW"
        self.offset, self.length = self._file.tell(), length
        return True


def _read(
    path: Path, file: BinaryIO, implicit: bool, little: bool, stop: Callable[[BaseTag], bool] | _PixelPlace
) -> Dataset:
    from pydicom import config
    from pydicom.errors import BytesLengthException
    from pydicom.filereader import read_dataset

    config.settings.reading_validation_mode = config.IGNORE  # its warnings quote what files hold

    def stop_when(tag: BaseTag, representation: str | None, length: int) -> bool:
        return stop(tag, representation, length) if isinstance(stop, _PixelPlace) else stop(tag)

    try:
        return read_dataset(file, implicit, little, stop_when=stop_when)
    except RecursionError as error:
        raise LimitError(
            path=path, what=mark("nested sequences"), asked="> 200", allowed=limits.SEQUENCE_DEPTH
        ) from error
    except (*PARSER_ERRORS, BytesLengthException) as error:
        raise DamagedFileError(path=path, detail=BAD_HEADER) from error
    except OSError as error:
        if error.errno is None:  # the parser's own, not the system's
            raise DamagedFileError(path=path, detail=BAD_HEADER) from error
        raise


def character_set(dataset: Dataset) -> list[str]:
    """Return the terms of Specific Character Set."""
    stated = plain(as_written(dataset, SPECIFIC_CHARACTER_SET))
    return [one.strip() for one in stated.split("\\")] if stated else ["ISO_IR 6"]


def as_written(dataset: Dataset, tag: int) -> str:
    """Return a text from its bytes, whatever its stated representation."""
    value = getattr(dataset.get_item(tag), "value", None) or b""
    if isinstance(value, bytes):
        return value.decode("latin-1")
    return value if isinstance(value, str) else "\\".join(map(str, value))


def looks_like_a_dataset(head: bytes) -> bool:
    """Return whether a file without a prefix begins like a data set."""
    if len(head) < 8:
        return False
    little, big = struct.unpack_from("<HH", head), struct.unpack_from(">HH", head)
    representation = head[4:6]
    explicit = representation.isalpha() and representation.isupper()
    if little[0] in FIRST_PLAUSIBLE_GROUPS and little[1] < 0x1000:
        (length,) = struct.unpack_from("<I", head, 4)
        return explicit or length < 0x1000
    return big[0] in FIRST_PLAUSIBLE_GROUPS and explicit


def encoding(path: Path, file: BinaryIO, position: int, stated: str) -> tuple[bool, bool, str]:
    """Return (implicit, little endian, transfer syntax) of a data set.

    The first element decides if none is stated.
    """
    file.seek(position)
    head = file.read(6)
    if len(head) < 6:
        raise DamagedFileError(path=path, detail=NO_DATASET)
    explicit = head[4:6].isalpha() and head[4:6].isupper()
    (group,) = struct.unpack_from("<H", head)
    if stated and stated != EXPLICIT_BIG:
        return not explicit, True, stated  # some state one and write the other
    if group >= 0x0400 and explicit:
        return False, False, EXPLICIT_BIG
    return not explicit, True, EXPLICIT_LITTLE if explicit else IMPLICIT_LITTLE


def inflate_bounded(path: Path, packed: bytes, allowed_bytes: int) -> bytes:
    """Unpack raw deflate data within a size and a ratio limit.

    It stops as soon as either is exceeded. Of data that is cut, or hollow at its end, as much is returned
    as it surely holds.

    References
    ----------
    DICOM PS3.5 A.5; RFC 1951 without a header.
    """
    try:
        unpacked, is_whole = _inflate(path, packed, allowed_bytes)
    except LimitError:  # what nobody wrote may have been read as data
        there = _up_to_hole(packed)
        unpacked, _ = _inflate(path, there, allowed_bytes)
        if len(there) < HOLE_BYTES or len(unpacked) < allowed_bytes * LEAST_SHARE:
            raise
    else:
        if not is_whole:
            unpacked, _ = _inflate(path, _up_to_hole(packed), allowed_bytes)
    if not unpacked:
        raise DamagedFileError(path=path, detail=BAD_DEFLATE)
    return unpacked


def _up_to_hole(packed: bytes) -> bytes:
    """Return packed data up to its first hole or without its trailing zeros.

    A hole is one byte repeated many times.
    """
    from medviewer.dicom.header.unwritten import runs, without_tail  # here, because headers need no numpy

    there = without_tail(packed)
    hole = next(runs(there, HOLE_BYTES, 0, len(there)), None)
    return there if hole is None else there[: hole[0]]


def _inflate(path: Path, packed: bytes, allowed_bytes: int) -> tuple[bytes, bool]:
    """Return the unpacked data up to its end or first fault, and if complete."""
    unpacker = zlib.decompressobj(-zlib.MAX_WBITS)
    allowed = min(allowed_bytes, max(limits.INFLATE_RATIO * len(packed), HARMLESS_BYTES))
    pieces, size, rest = [], 0, packed
    try:
        while rest and not unpacker.eof:
            piece = unpacker.decompress(rest, INFLATE_STEP)
            rest = unpacker.unconsumed_tail
            size += len(piece)
            if size > allowed:
                raise MemoryLimitError(path=path, what=mark("unpacked data"), asked=None, allowed=allowed)
            pieces.append(piece)
    except zlib.error:
        return b"".join(pieces), False
    return b"".join(pieces), unpacker.eof
