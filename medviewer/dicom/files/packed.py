"""Data of gzip, bzip2 and xz files, unpacked into memory.

The members of tar archives are found in it. Nothing is ever written. How much is unpacked is bounded by bytes
and by ratio; what is damaged or cut off is unpacked as far as it goes, and said so.

References
----------
RFC 1952 (gzip); POSIX.1-2001, pax (tar).
"""

import bz2
import io
import lzma
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, Final

from medviewer import limits
from medviewer.dicom.files.inner_file import InnerFile
from medviewer.dicom.files.recognition import packed_kind
from medviewer.dicom.files.zip_archive import A_LINK
from medviewer.dicom.header import HARMLESS_BYTES
from medviewer.dicom.text import file_name_text
from medviewer.errors import ArchiveError, LimitError, MemoryLimitError, UnopenedArchiveError
from medviewer.translation import mark

NO_FILE: Final = mark("it is no regular file")
BAD_PACKING: Final = mark("its first bytes are damaged")
PACKED_STEP: Final = 1 << 18
UNPACKED_STEP: Final = 1 << 22
LZMA_MEMORY: Final = 256 * limits.MIB
GZIP: Final = 16 + zlib.MAX_WBITS


@dataclass(frozen=True, slots=True)
class ByteRange:
    """Byte range of a member in the archive or its unpacked data."""

    offset: int
    size: int


@dataclass(frozen=True, slots=True)
class Unpacked:
    """The content of a packed file."""

    content: bytes
    is_damaged: bool = False  # it is what could be unpacked


@dataclass(frozen=True, slots=True)
class TarListing:
    """The members of a tar archive: name, place, and why one is not opened."""

    entries: list[tuple[str, ByteRange, str | None]]
    is_damaged: bool = False


def unpack(path: Path, file: BinaryIO, announce: Callable[[int], None]) -> Unpacked:
    """Unpack all of a file into memory.

    Parameters
    ----------
    announce : callable
        Called with the bytes of the file, which unpacking takes time for.

    Raises
    ------
    UnopenedArchiveError
        It would take more memory than it may.
    LimitError
        It grows by a ratio that no image has.
    ArchiveError
        Not even its beginning can be unpacked.
    """
    kind = packed_kind(file)
    size = file.seek(0, io.SEEK_END)
    file.seek(0)
    announce(size * SLOWNESS[kind])
    allowed = limits.ARCHIVE_UNPACKED_BYTES
    ratio = max(limits.INFLATE_RATIO * size, HARMLESS_BYTES)
    content, is_damaged = io.BytesIO(), False
    unpacker, waiting = STARTERS[kind](), b""
    try:
        while True:
            if not waiting and (unpacker.eof or getattr(unpacker, "needs_input", True)):
                waiting = file.read(PACKED_STEP)
                if not waiting:
                    is_damaged = not unpacker.eof
                    break
            if unpacker.eof:  # another stream follows, or padding
                waiting = waiting.lstrip(b"\0")
                if not waiting:
                    continue
                unpacker = STARTERS[kind]()
            piece = unpacker.decompress(waiting, UNPACKED_STEP)
            waiting = unpacker.unused_data if unpacker.eof else getattr(unpacker, "unconsumed_tail", b"")
            unpacked = content.tell() + content.write(piece)
            if unpacked > ratio:
                raise MemoryLimitError(path=path, what=mark("unpacked data"), asked=None, allowed=ratio)
            if unpacked > allowed:
                raise UnopenedArchiveError(path=path, kind=kind)
    except (zlib.error, OSError, EOFError, lzma.LZMAError, ValueError) as error:
        if isinstance(error, OSError) and error.errno is not None:  # the system's, not the unpacker's
            raise
        is_damaged = True
    if not content.tell():
        raise ArchiveError(path=path, detail=BAD_PACKING)
    return Unpacked(content.getvalue(), is_damaged)


STARTERS: Final[dict[str, Callable[[], Any]]] = {
    "gzip": lambda: zlib.decompressobj(GZIP),
    "bzip2": bz2.BZ2Decompressor,
    "xz": lambda: lzma.LZMADecompressor(memlimit=LZMA_MEMORY),
}
SLOWNESS: Final = {"gzip": 1, "bzip2": 8, "xz": 4}
"""How much longer a byte takes than one of a picture, about."""


def list_tar(archive: Path, file: BinaryIO) -> TarListing:
    """Return the members of a tar archive.

    Links and devices are among them and cannot be opened.

    Raises
    ------
    LimitError
        There are too many.
    """
    end = file.seek(0, io.SEEK_END)
    file.seek(0)
    import tarfile  # here, because hardly any file needs it

    entries: list[tuple[str, ByteRange, str | None]] = []
    is_damaged, last = False, -1
    try:
        tar = tarfile.TarFile(fileobj=file, errors="surrogateescape", encoding="utf-8")  # closes nothing
        while (member := tar.next()) is not None:
            if member.size < 0 or member.offset_data <= last:
                is_damaged = True
                break
            last = member.offset_data
            if member.isdir():
                continue
            refusal = A_LINK if member.issym() or member.islnk() else None
            if refusal is None and (not member.isreg() or member.issparse()):
                refusal = NO_FILE
            if refusal is None and member.offset_data + member.size > end:
                is_damaged = True
                break
            entries.append((_name(member.name), ByteRange(member.offset_data, member.size), refusal))
            if len(entries) > limits.ARCHIVE_MEMBERS:
                what = mark("archive members")
                raise LimitError(path=archive, what=what, asked=len(entries), allowed=limits.ARCHIVE_MEMBERS)
        file.seek(min(tar.offset, end))
        is_damaged = is_damaged or bool(file.read(tarfile.BLOCKSIZE).strip(b"\0"))
    except (tarfile.TarError, EOFError, ValueError, OverflowError):
        is_damaged = True
    return TarListing(entries, is_damaged)


def _name(stated: str) -> str:
    """Return a member's name.

    Where it is not UTF-8, in the set that its bytes tell.
    """
    return (
        stated
        if stated.isprintable()
        else file_name_text(stated.encode("utf-8", "surrogateescape")) or stated
    )


class RangeOfFile(InnerFile):
    """A stretch of a file, such as a member of a tar archive."""

    def __init__(self, file: BinaryIO, stretch: ByteRange) -> None:
        super().__init__(file, stretch.size)
        self._offset = stretch.offset

    def _read_at(self, place: int, length: int) -> bytes:
        self._file.seek(self._offset + place)
        return self._file.read(max(0, min(length, self._size - place)))
