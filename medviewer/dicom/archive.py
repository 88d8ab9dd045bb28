"""Opening files, and the members of zip archives as if an archive were a folder.

The path of a member is the archive's path with the member's name behind it; no such file exists, nothing is
ever written. A member is unpacked into memory, only as far as it is read, in the limited worker process.

References
----------
PKWARE APPNOTE.TXT 4.3 and 4.4; D. Fifield, "A better zip bomb" (2019), on overlapping members.
"""

import io
import os
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path, PureWindowsPath
from typing import BinaryIO, Final, NamedTuple

from medviewer import limits
from medviewer.dicom.character_sets import decode
from medviewer.dicom.instance import Record
from medviewer.dicom.source import HARMLESS_BYTES
from medviewer.errors import ArchiveError, LimitError, MissingFileError, UnreadableFile
from medviewer.paths import archive_of, is_archive_name
from medviewer.translation import mark

NOT_REGULAR: Final = mark("not a regular file")
BAD_DIRECTORY: Final = mark("the archive's directory is damaged")
OVERLAPPING: Final = mark("the archive's members overlap")
ENCRYPTED: Final = mark("it is encrypted in the archive")
OTHER_METHOD: Final = mark("it is packed by a method that cannot be unpacked")
NESTED: Final = mark("an archive within an archive is not opened")
OUTSIDE: Final = mark("its name leads out of the archive")
A_LINK: Final = mark("it is a link")
SAME_NAME: Final = mark("another member of the archive has the same name")
DAMAGED_MEMBER: Final = mark("it is damaged in the archive")

FIRST_BYTES: Final = b"PK"
IS_ENCRYPTED: Final = 0x41  # general purpose bits 0 and 6
TWO_BYTE_SETS: Final = frozenset({"gb18030", "big5", "shift-jis", "euc-jp", "ks-x-1001"})
NAME_IN_UTF_8: Final = 0x800  # general purpose bit 11; without it CP 437 is meant
LOCAL_HEADER: Final = struct.Struct("<4s22xHH")
END_RECORD: Final = struct.Struct("<4s6xHLLH")  # entries, bytes and offset of the directory
END_RECORD_64: Final = struct.Struct("<4s28xQQ")
LOCATOR_64: Final = struct.Struct("<4s4xQ4x")
LONGEST_COMMENT: Final = 0xFFFF
PACKED_STEP: Final = 1 << 16
UNPACKED_STEP: Final = 1 << 20


class FileState(NamedTuple):
    """By what a changed file is told; of a member, its unpacked size, the rest is its archive's."""

    size: int
    mtime_ns: int
    device: int
    inode: int
    ctime_ns: int  # of the last change; nobody can set it back, but renaming a file moves it, too

    @property
    def known_by(self) -> tuple[int, int, int, int]:
        """What stays as it is while the file does: size, time, device, inode."""
        return self[:4]


@dataclass(frozen=True, slots=True)
class _Directory:
    """What an archive says about its members, by the parts of their names."""

    members: dict[tuple[str, ...], zipfile.ZipInfo]
    refused: tuple[UnreadableFile, ...]


def open_file(path: Path) -> tuple[io.BufferedReader, FileState]:
    """Open a file, or a member of an archive, without ever waiting for it: a FIFO or a device is refused.

    Raises
    ------
    MissingFileError
        It is gone, may not be read, or is no regular file.
    ArchiveError, LimitError
        The archive, or this member, cannot be unpacked.
    """
    archive = archive_of(path)
    return _open_regular(path) if archive is None else _open_member(path, archive)


def file_state(path: Path) -> FileState:
    """Return the present state of a file, or of a member of an archive.

    Raises
    ------
    OSError
        It is gone.
    """
    archive = archive_of(path)
    state = _state((path if archive is None else archive).stat())
    if archive is None:
        return state
    member = _directory(archive, state).members.get(path.relative_to(archive).parts)
    return state._replace(size=member.file_size if member else -1)


def _state(found: os.stat_result) -> FileState:
    return FileState(found.st_size, found.st_mtime_ns, found.st_dev, found.st_ino, found.st_ctime_ns)


def is_archive(path: Path, file: BinaryIO) -> bool:
    """Return whether an open file is a zip archive by its name and its first bytes."""
    if not is_archive_name(path.name) or archive_of(path) is not None:
        return False
    file.seek(0)
    return file.read(len(FIRST_BYTES)) == FIRST_BYTES


def archive_record(path: Path) -> Record:
    """Return the names of an archive's members, and errors for those that cannot be opened, as a record.

    Raises
    ------
    ArchiveError, LimitError
        None of it can be trusted.
    """
    file, state = _open_regular(path)
    file.close()
    directory = _directory(path, state)
    return {
        "members": ["/".join(parts) for parts in directory.members],
        "refused": [error.as_record() for error in directory.refused],
    }


def _open_regular(path: Path) -> tuple[io.BufferedReader, FileState]:
    try:
        descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    except OSError as error:
        raise MissingFileError(path=path, detail=error.strerror or "") from error
    state = os.fstat(descriptor)
    if not stat.S_ISREG(state.st_mode):
        os.close(descriptor)
        raise MissingFileError(path=path, detail=NOT_REGULAR)
    # what `open` returns, but for the questions that it asks the system about a terminal
    return io.BufferedReader(io.FileIO(descriptor)), _state(state)


def _open_member(path: Path, archive: Path) -> tuple[io.BufferedReader, FileState]:
    file, state = _open_regular(archive)
    try:
        member = _member(path, archive, state)
        unpacked: io.BufferedReader = io.BufferedReader(Member(path, file, member))
    except BaseException:
        file.close()
        raise
    return unpacked, state._replace(size=member.file_size)


def _member(path: Path, archive: Path, state: FileState) -> zipfile.ZipInfo:
    member = _directory(archive, state).members.get(path.relative_to(archive).parts)
    if member is None:
        raise MissingFileError(path=path, detail=os.strerror(2))
    free = free_memory_bytes()
    if free is not None and member.file_size > free:
        raise LimitError(path=path, what=mark("bytes of memory"), asked=member.file_size, allowed=free)
    return member


def free_memory_bytes() -> int | None:
    """Return how much memory can be used without swapping; None where the system does not say."""
    try:
        lines = Path("/proc/meminfo").read_text("ascii").splitlines()
    except OSError:
        return None
    kilobytes = (int(line.split()[1]) for line in lines if line.startswith("MemAvailable:"))
    return next((limits.KIB * number for number in kilobytes), None)


@lru_cache(maxsize=2)
def _directory(archive: Path, state: FileState) -> _Directory:
    """Return what an archive says about its members; `state` tells whether that is still so.

    Raises
    ------
    ArchiveError, LimitError
        None of it can be trusted.
    """
    file, _ = _open_regular(archive)
    with file:
        _refuse_long_directory(archive, file, state.size)
        try:
            listed = zipfile.ZipFile(file).infolist()  # which may be more than the archive says
        except (zipfile.BadZipFile, ValueError, NotImplementedError, OverflowError, struct.error) as error:
            raise ArchiveError(path=archive, detail=BAD_DIRECTORY) from error
    _bound(archive, mark("archive members"), len(listed), limits.ARCHIVE_MEMBERS)
    _refuse_overlaps(archive, listed)
    members: dict[tuple[str, ...], zipfile.ZipInfo] = {}
    refused: list[UnreadableFile] = []
    for member in listed:
        name = _name(member).replace("\\", "/")
        if name.endswith("/"):
            continue
        parts = Path(name).parts
        refusal = _refusal(archive / "/".join(part for part in parts if part != "/"), member, name)
        if refusal is None and parts in members:
            refusal = ArchiveError(path=archive.joinpath(*parts), detail=SAME_NAME)
        if refusal is None:
            members[parts] = member
        else:
            refused.append(refusal)
    return _Directory(members, tuple(refused))


def _name(member: zipfile.ZipInfo) -> str:
    """Return a member's name; many programs write it in the system's character set and do not say so."""
    if member.flag_bits & NAME_IN_UTF_8 or member.filename.isascii():
        return member.filename
    decoded = decode(member.filename.encode("cp437"), ())
    is_known = decoded.read_as == "utf-8" or decoded.read_as in TWO_BYTE_SETS
    return decoded.text if is_known else member.filename


def _refuse_long_directory(archive: Path, file: BinaryIO, size: int) -> None:
    """Refuse an archive by the length of its directory, before anything is made of each entry."""
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
    _bound(archive, mark("bytes of archive directory"), length, limits.ARCHIVE_DIRECTORY_BYTES)


def _bound(archive: Path, what: str, asked: int, allowed: int) -> None:
    if asked > allowed:
        raise LimitError(path=archive, what=what, asked=asked, allowed=allowed)


def _refuse_overlaps(archive: Path, listed: Iterable[zipfile.ZipInfo]) -> None:
    """Refuse an archive in which one stretch of bytes stands for several members."""
    end = 0
    for member in sorted(listed, key=lambda member: member.header_offset):
        if member.header_offset < end:
            raise ArchiveError(path=archive, detail=OVERLAPPING)
        end = member.header_offset + LOCAL_HEADER.size + member.compress_size


def _refusal(path: Path, member: zipfile.ZipInfo, name: str) -> UnreadableFile | None:
    """Return why a member cannot be opened; None where it can."""
    if not Path(name).parts or name.startswith("/") or ".." in name.split("/") or PureWindowsPath(name).drive:
        return ArchiveError(path=path, detail=OUTSIDE)
    if stat.S_ISLNK(member.external_attr >> 16):
        return ArchiveError(path=path, detail=A_LINK)
    if member.flag_bits & IS_ENCRYPTED:
        return ArchiveError(path=path, detail=ENCRYPTED)
    if is_archive_name(path.name):
        return ArchiveError(path=path, detail=NESTED)
    if member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        return ArchiveError(path=path, detail=OTHER_METHOD)
    ratio_bytes = max(limits.INFLATE_RATIO * member.compress_size, HARMLESS_BYTES)
    allowed = min(limits.INFLATED_BYTES, ratio_bytes)
    if member.file_size > allowed:
        return LimitError(path=path, what=mark("unpacked bytes"), asked=member.file_size, allowed=allowed)
    return None


class Member(io.RawIOBase):
    """A member of an archive, unpacked into memory as far as it is read; never more than was stated.

    Parameters
    ----------
    file : BinaryIO
        The archive, closed with the member.
    """

    def __init__(self, path: Path, file: BinaryIO, member: zipfile.ZipInfo) -> None:
        super().__init__()
        self._path, self._file, self._member = path, file, member
        self._content = bytearray()
        self._place = 0
        self._packed_left = member.compress_size
        self._waiting = b""  # packed bytes that were read, but not unpacked yet
        self._unpacker = zlib.decompressobj(-zlib.MAX_WBITS)
        file.seek(member.header_offset)
        head = file.read(LOCAL_HEADER.size)
        if len(head) < LOCAL_HEADER.size or head[:4] != b"PK\3\4":
            raise ArchiveError(path=path, detail=DAMAGED_MEMBER)
        _, name_bytes, extra_bytes = LOCAL_HEADER.unpack(head)
        self._packed_at = member.header_offset + LOCAL_HEADER.size + name_bytes + extra_bytes

    def readable(self) -> bool:
        """Return True."""
        return True

    def seekable(self) -> bool:
        """Return True: what was unpacked is kept."""
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Go to a place; nothing is unpacked until it is read."""
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._place, io.SEEK_END: self._member.file_size}[whence]
        self._place = max(0, base + offset)
        return self._place

    def tell(self) -> int:
        """Return the place."""
        return self._place

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]  # the stub's Buffer has no length
        """Read the bytes at the place.

        Raises
        ------
        ArchiveError
            It does not unpack to what the archive states.
        """
        self._unpack(self._place + len(buffer))
        piece = self._content[self._place : self._place + len(buffer)]
        buffer[: len(piece)] = piece
        self._place += len(piece)
        return len(piece)

    def close(self) -> None:
        """Close the archive, too."""
        self._file.close()
        super().close()

    def _unpack(self, until: int) -> None:
        size = self._member.file_size
        until = min(until, size)
        while len(self._content) < until:
            piece = self._next_piece()
            self._content += piece[: size - len(self._content)]
            if len(self._content) == size and zlib.crc32(self._content) != self._member.CRC:
                raise ArchiveError(path=self._path, detail=DAMAGED_MEMBER)

    def _next_piece(self) -> bytes:
        """Return the next unpacked bytes, at least one."""
        while True:
            if not self._waiting and self._packed_left:
                self._file.seek(self._packed_at)
                self._waiting = self._file.read(min(PACKED_STEP, self._packed_left))
                self._packed_at += len(self._waiting)
                self._packed_left -= len(self._waiting)
            if not self._waiting:
                raise ArchiveError(path=self._path, detail=DAMAGED_MEMBER)
            piece = self._inflated()
            if piece:
                return piece

    def _inflated(self) -> bytes:
        if self._member.compress_type == zipfile.ZIP_STORED:
            piece, self._waiting = self._waiting, b""
            return piece
        try:
            piece = self._unpacker.decompress(self._waiting, UNPACKED_STEP)
        except zlib.error as error:
            raise ArchiveError(path=self._path, detail=DAMAGED_MEMBER) from error
        self._waiting = self._unpacker.unconsumed_tail
        return piece
