"""Zip archives, read by directory or, if damaged, member by member.

References
----------
PKWARE APPNOTE.TXT 4.3 and 4.4; D. Fifield, "A better zip bomb" (2019), on overlapping members.
"""

import bz2
import io
import lzma
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, Final

from medviewer import limits
from medviewer.dicom.files.inner_file import InnerFile
from medviewer.dicom.header import HARMLESS_BYTES
from medviewer.errors import ArchiveError, LimitError, MemoryLimitError
from medviewer.translation import mark

BAD_DIRECTORY: Final = mark("the archive's directory is damaged")
OVERLAPPING: Final = mark("the archive's members overlap")
ENCRYPTED: Final = mark("it is encrypted in the archive")
OTHER_METHOD: Final = mark("it is packed by a method that cannot be unpacked")
A_LINK: Final = mark("it is a link")
DAMAGED_MEMBER: Final = mark("it is damaged in the archive")

METHODS: Final = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA)
LZMA_HEAD: Final = struct.Struct("<HHBL")
LZMA_PROPERTIES: Final = 5
LZMA_DICTIONARY: Final = 64 * limits.MIB
IS_ENCRYPTED: Final = 0x41  # general purpose bits 0 and 6
SIZES_FOLLOW: Final = 0x08  # general purpose bit 3
NAME_IN_UTF_8: Final = 0x800  # general purpose bit 11; without it CP 437 is meant
LOCAL_HEADER: Final = struct.Struct("<4s22xHH")
WHOLE_LOCAL_HEADER: Final = struct.Struct("<4sHHHHHLLLHH")
DESCRIPTOR: Final = struct.Struct("<LLL")
END_RECORD: Final = struct.Struct("<4s6xHLLH")  # entries, bytes and offset of the directory
END_RECORD_64: Final = struct.Struct("<4s28xQQ")
LOCATOR_64: Final = struct.Struct("<4s4xQ4x")
UNKNOWN_SIZE: Final = 0xFFFFFFFF  # a zip64 record has it
LONGEST_COMMENT: Final = 0xFFFF
PACKED_STEP: Final = 1 << 16
UNPACKED_STEP: Final = 1 << 20


@dataclass(frozen=True, slots=True)
class ZipListing:
    """The members of a zip archive, folders included, in directory order."""

    entries: list[zipfile.ZipInfo]
    is_damaged: bool = False  # the directory is: its members were found one after another

    def refusal(self, entry: zipfile.ZipInfo) -> str | dict[str, Any] | None:
        """Return the reason to refuse a member, as text or MemoryLimitError facts."""
        if stat.S_ISLNK(entry.external_attr >> 16):
            return A_LINK
        if entry.flag_bits & IS_ENCRYPTED:
            return ENCRYPTED
        if entry.compress_type not in METHODS:
            return OTHER_METHOD
        allowed = min(limits.INFLATED_BYTES, max(limits.INFLATE_RATIO * entry.compress_size, HARMLESS_BYTES))
        if entry.file_size > allowed:
            return {"what": mark("unpacked data"), "asked": entry.file_size, "allowed": allowed}
        return None


def list_zip(archive: Path, file: BinaryIO, size: int) -> ZipListing:
    """Return the members of a zip archive.

    Raises
    ------
    ArchiveError, LimitError
        None of it can be trusted.
    """
    try:
        _refuse_long_directory(archive, file, size)
        listed = zipfile.ZipFile(file).infolist()  # which may be more than the archive says
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OverflowError, struct.error, ArchiveError):
        found = list(_one_after_another(archive, file))
        if not found:
            raise ArchiveError(path=archive, detail=BAD_DIRECTORY) from None
        return ZipListing(found, is_damaged=True)
    _bound(archive, mark("archive members"), len(listed), limits.ARCHIVE_MEMBERS)
    _refuse_overlaps(archive, listed)
    return ZipListing(listed)


def _one_after_another(archive: Path, file: BinaryIO) -> Iterator[zipfile.ZipInfo]:
    """Yield the complete members of a damaged archive by local headers."""
    size = file.seek(0, io.SEEK_END)
    place = count = 0
    unpacked = 0
    while True:
        file.seek(place)
        head = file.read(WHOLE_LOCAL_HEADER.size)
        if len(head) < WHOLE_LOCAL_HEADER.size or head[:4] != b"PK\3\4":
            return
        _, _, flags, method, _, _, crc, packed_size, file_size, name_bytes, extra_bytes = (
            WHOLE_LOCAL_HEADER.unpack(head)
        )
        name = file.read(name_bytes)
        entry = zipfile.ZipInfo(name.decode("utf-8" if flags & NAME_IN_UTF_8 else "cp437", "replace") or "?")
        entry.header_offset, entry.flag_bits, entry.compress_type = place, flags, method
        begin = place + WHOLE_LOCAL_HEADER.size + name_bytes + extra_bytes
        if flags & SIZES_FOLLOW and method == zipfile.ZIP_DEFLATED and not flags & IS_ENCRYPTED:
            found = _end_of_deflated(archive, file, begin, limits.INFLATED_BYTES - unpacked)
            if found is None:
                return
            packed_size, file_size, crc, following = found
            unpacked += file_size
        elif flags & SIZES_FOLLOW or UNKNOWN_SIZE in (packed_size, file_size):
            return
        else:
            following = begin + packed_size
        if begin + packed_size > size:
            return
        entry.compress_size, entry.file_size, entry.CRC = packed_size, file_size, crc
        count += 1
        _bound(archive, mark("archive members"), count, limits.ARCHIVE_MEMBERS)
        yield entry
        place = following


def _end_of_deflated(
    archive: Path, file: BinaryIO, begin: int, allowed: int
) -> tuple[int, int, int, int] | None:
    """Return packed size, unpacked size, CRC and where the next member begins.

    None where it is cut off.
    """
    unpacker = zlib.decompressobj(-zlib.MAX_WBITS)
    file.seek(begin)
    size = crc = read = 0
    waiting = b""
    while not unpacker.eof:
        if not waiting:
            waiting = file.read(PACKED_STEP)
            read += len(waiting)
            if not waiting:
                return None
        try:
            piece = unpacker.decompress(waiting, UNPACKED_STEP)
        except zlib.error:
            return None
        waiting = unpacker.unconsumed_tail
        size += len(piece)
        crc = zlib.crc32(piece, crc)
        _bound(archive, mark("unpacked data"), size, allowed, MemoryLimitError)
    packed = read - len(unpacker.unused_data)
    file.seek(begin + packed)
    after = file.read(4 + DESCRIPTOR.size)
    signed = after[:4] == b"PK\7\x08"
    return packed, size, crc, begin + packed + DESCRIPTOR.size + (4 if signed else 0)


def _refuse_long_directory(archive: Path, file: BinaryIO, size: int) -> None:
    """Refuse an archive with too long a directory before parsing it."""
    start = max(0, size - LONGEST_COMMENT - END_RECORD.size)
    file.seek(start)
    tail = file.read()
    at = tail.rfind(b"PK\5\6")
    if at < 0 or at + END_RECORD.size > len(tail):
        raise ArchiveError(path=archive, detail=BAD_DIRECTORY)
    _, count, length, _, _ = END_RECORD.unpack_from(tail, at)
    if at >= LOCATOR_64.size:
        signature, offset = LOCATOR_64.unpack_from(tail, at - LOCATOR_64.size)
        file.seek(min(offset, size))
        record = file.read(END_RECORD_64.size)
        if signature == b"PK\6\7" and len(record) == END_RECORD_64.size:
            _, count, length = END_RECORD_64.unpack(record)
    _bound(archive, mark("archive members"), count, limits.ARCHIVE_MEMBERS)
    directory = mark("archive directory")
    _bound(archive, directory, length, limits.ARCHIVE_DIRECTORY_BYTES, MemoryLimitError)


def _bound(archive: Path, what: str, asked: int, allowed: int, error: type[LimitError] = LimitError) -> None:
    if asked > allowed:
        raise error(path=archive, what=what, asked=asked, allowed=allowed)


def _refuse_overlaps(archive: Path, listed: Iterable[zipfile.ZipInfo]) -> None:
    """Refuse an archive whose members overlap."""
    end = 0
    for member in sorted(listed, key=lambda member: member.header_offset):
        if member.header_offset < end:
            raise ArchiveError(path=archive, detail=OVERLAPPING)
        end = member.header_offset + LOCAL_HEADER.size + member.compress_size


class Member(InnerFile):
    """A member of an archive, unpacked into memory as far as it is read.

    Never more than was stated.

    Parameters
    ----------
    file : BinaryIO
        The archive, closed with the member.
    """

    def __init__(self, path: Path, file: BinaryIO, member: zipfile.ZipInfo) -> None:
        super().__init__(file, member.file_size)
        self._path, self._member = path, member
        self._content = bytearray()
        self._packed_left = member.compress_size
        self._waiting = b""  # packed bytes that were read, but not unpacked yet
        file.seek(member.header_offset)
        head = file.read(LOCAL_HEADER.size)
        if len(head) < LOCAL_HEADER.size or head[:4] != b"PK\3\4":
            raise ArchiveError(path=path, detail=DAMAGED_MEMBER)
        _, name_bytes, extra_bytes = LOCAL_HEADER.unpack(head)
        self._packed_at = member.header_offset + LOCAL_HEADER.size + name_bytes + extra_bytes
        self._unpacker = self._make_unpacker()

    def _make_unpacker(self) -> Any:
        """Return the decompressor of the member's method.

        None where it is stored as it is.
        """
        method = self._member.compress_type
        if method == zipfile.ZIP_LZMA:
            return self._lzma_unpacker()
        if method == zipfile.ZIP_BZIP2:
            return bz2.BZ2Decompressor()
        return zlib.decompressobj(-zlib.MAX_WBITS) if method == zipfile.ZIP_DEFLATED else None

    def _lzma_unpacker(self) -> Any:
        """Return an LZMA decompressor from the properties before the packed data.

        See APPNOTE.TXT 5.8.8.
        """
        self._file.seek(self._packed_at)
        head = self._file.read(LZMA_HEAD.size)
        if len(head) < LZMA_HEAD.size:
            raise ArchiveError(path=self._path, detail=DAMAGED_MEMBER)
        _, size, coded, dictionary = LZMA_HEAD.unpack(head)
        if size != LZMA_PROPERTIES or coded >= 225 or dictionary > LZMA_DICTIONARY:
            raise ArchiveError(path=self._path, detail=OTHER_METHOD)
        self._packed_at += LZMA_HEAD.size
        self._packed_left -= LZMA_HEAD.size
        rest, lc = divmod(coded, 9)
        pb, lp = divmod(rest, 5)
        chain = [{"id": lzma.FILTER_LZMA1, "lc": lc, "lp": lp, "pb": pb, "dict_size": max(4096, dictionary)}]
        return lzma.LZMADecompressor(lzma.FORMAT_RAW, filters=chain)

    def _read_at(self, place: int, length: int) -> bytearray:
        self._unpack(place + length)
        return self._content[place : place + length]

    def _unpack(self, until: int) -> None:
        size = self._size
        while len(self._content) < min(until, size):
            piece = self._next_piece()
            self._content += piece[: size - len(self._content)]
            if len(self._content) == size and zlib.crc32(self._content) != self._member.CRC:
                raise ArchiveError(path=self._path, detail=DAMAGED_MEMBER)

    def _next_piece(self) -> bytes:
        """Return the next unpacked bytes, at least one."""
        while True:
            keeps = not getattr(self._unpacker, "needs_input", True) and not self._unpacker.eof
            if not self._waiting and self._packed_left and not keeps:
                self._file.seek(self._packed_at)
                self._waiting = self._file.read(min(PACKED_STEP, self._packed_left))
                self._packed_at += len(self._waiting)
                self._packed_left -= len(self._waiting)
            if not self._waiting and not keeps:
                raise ArchiveError(path=self._path, detail=DAMAGED_MEMBER)
            piece = self._inflated()
            if piece:
                return piece

    def _inflated(self) -> bytes:
        if self._unpacker is None:
            piece, self._waiting = self._waiting, b""
            return piece
        try:
            piece = self._unpacker.decompress(self._waiting, UNPACKED_STEP)
        except (zlib.error, OSError, EOFError, lzma.LZMAError, ValueError) as error:
            raise ArchiveError(path=self._path, detail=DAMAGED_MEMBER) from error
        self._waiting = getattr(self._unpacker, "unconsumed_tail", b"")  # others keep it themselves
        return bytes(piece)
