"""The members of archives, as if an archive were a folder.

An archive is told by its content, whatever its name: zip, tar, and what gzip, bzip2 and xz have packed. The
path of a member is the archive's path with the member's name behind it; no such file exists, nothing is ever
written. A member is unpacked into memory, in the limited worker process. Archives in archives are not opened.
"""

import io
import os
from collections import Counter, OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path, PureWindowsPath
from typing import Any, BinaryIO, Final
from zipfile import ZipInfo

from medviewer import limits
from medviewer.dicom.attributes import Record
from medviewer.dicom.files.packed import ByteRange, RangeOfFile, Unpacked, list_tar, unpack
from medviewer.dicom.files.recognition import described, is_tar_header, packed_kind, zipped_kind
from medviewer.dicom.files.regular_file import Announce, FileState, open_regular, silently, state_of
from medviewer.dicom.files.zip_archive import (
    BAD_DIRECTORY,
    NAME_IN_UTF_8,
    Member,
    list_zip,
)
from medviewer.dicom.text import file_name_text
from medviewer.errors import (
    ArchiveError,
    DamagedArchiveError,
    MemoryLimitError,
    MissingFileError,
    OtherFormatError,
    UnopenedArchiveError,
    UnreadableFile,
)
from medviewer.paths import archive_of, note_archive
from medviewer.translation import Message, mark, message

NESTED: Final = mark("an archive within an archive is not opened")
OUTSIDE: Final = mark("its name leads out of the archive")
SAME_NAME: Final = mark("another member of the archive has the same name")
FEW: Final = 3  # members that are refused for one reason are told one by one

PACKED_SUFFIXES: Final = frozenset({".gz", ".bz2", ".xz", ".lzma"})
TAR_BLOCK: Final = 512
DIRECTORIES_KEPT: Final = 2

Refused = str | dict[str, Any] | None
"""Why a member is not opened: a detail, or the facts of a limit."""
Named = tuple[str, ZipInfo | ByteRange, Refused]


@dataclass(frozen=True, slots=True)
class _Directory:
    """Directory of an archive, by the parts of its members' names."""

    kind: str
    members: dict[tuple[str, ...], ZipInfo | ByteRange]
    refused: tuple[UnreadableFile, ...] = ()
    is_damaged: bool = False
    is_packed: bool = False  # as a whole: its members are stretches of what was unpacked


def archive_record(path: Path, file: BinaryIO, announce: Announce = silently) -> Record | None:
    """Return the record of an archive: member names and errors.

    Parameters
    ----------
    file : BinaryIO
        The open file.

    Returns
    -------
    record or None
        None where the file is none of the archives that can be opened.

    Raises
    ------
    ArchiveError, LimitError
        None of it can be trusted.
    OtherFormatError
        It is packed, or a zip archive inside, but something else: a document, a program.
    """
    if not packed_kind(file):
        return None
    if archive_of(path) is not None:
        raise ArchiveError(path=path, detail=NESTED)
    note_archive(path)
    directory = _directory(path, state_of(path.stat()), announce)
    refused = list(directory.refused)
    error: UnreadableFile | None = None
    if directory.is_damaged:
        error = DamagedArchiveError(path=path, count=len(directory.members))
    else:
        error, refused = _summed_up(path, directory)
    described = message("Archive ({kind})", kind=directory.kind).as_record()
    other = {"sop_class": "", "described": described, "title": "", "uid": "", "identity": {}}
    return {
        **({"other": other} if error is None else error.as_record()),
        "members": ["/".join(parts) for parts in directory.members],
        "refused": [one.as_record() for one in refused],
    }


def _summed_up(path: Path, directory: _Directory) -> tuple[UnreadableFile | None, list[UnreadableFile]]:
    """Return one error for members refused for one reason, and the others."""
    details = Counter(error.facts.get("detail") for error in directory.refused)
    detail, count = next(iter(details.most_common(1)), (None, 0))
    if not isinstance(detail, str) or count <= FEW:
        return None, list(directory.refused)
    total = len(directory.members) + len(directory.refused)
    said = message("{count} of its {total} files: {detail}", count=count, total=total, detail=Message(detail))
    others = [error for error in directory.refused if error.facts.get("detail") != detail]
    return ArchiveError(path=path, detail=said, refused=count), others


def open_member(path: Path, archive: Path, announce: Announce) -> tuple[io.BufferedReader, FileState]:
    """Open a member of an archive, as `open_file`."""
    file, state = open_regular(archive)
    try:
        directory = _directory(archive, state, announce)
        entry = _entry(path, archive, directory)
        raw = _raw_member(
            path, file, entry, _unpacked(archive, state, announce) if directory.is_packed else None
        )
    except BaseException:
        file.close()
        raise
    return io.BufferedReader(raw), state._replace(size=_size(entry))


def member_state(path: Path, archive: Path, state: FileState) -> FileState:
    """Return the present state of a member of an archive that is in a state."""
    member = _directory(archive, state).members.get(path.relative_to(archive).parts)
    return state._replace(size=-1 if member is None else _size(member))


def _entry(path: Path, archive: Path, directory: _Directory) -> ZipInfo | ByteRange:
    entry = directory.members.get(path.relative_to(archive).parts)
    if entry is None:
        raise MissingFileError(path=path, detail=os.strerror(2))
    return entry


def _raw_member(
    path: Path, file: io.BufferedReader, entry: ZipInfo | ByteRange, unpacked: Unpacked | None
) -> io.RawIOBase:
    if isinstance(entry, ZipInfo):
        _refuse_more_than_memory(path, entry.file_size)
        return Member(path, file, entry)
    if unpacked is None:
        return RangeOfFile(file, entry)
    file.close()
    return RangeOfFile(io.BytesIO(unpacked.content), entry)  # which does not copy it


def _size(entry: ZipInfo | ByteRange) -> int:
    return entry.file_size if isinstance(entry, ZipInfo) else entry.size


def _refuse_more_than_memory(path: Path, size: int) -> None:
    free = free_memory_bytes()
    if free is not None and size > free:
        raise MemoryLimitError(path=path, what=mark("memory"), asked=size, allowed=free)


def free_memory_bytes() -> int | None:
    """Return the memory available without swapping, in bytes.

    None where the system does not say.
    """
    try:
        lines = Path("/proc/meminfo").read_text("ascii").splitlines()
    except OSError:
        return None
    kilobytes = (int(line.split()[1]) for line in lines if line.startswith("MemAvailable:"))
    return next((limits.KIB * number for number in kilobytes), None)


_directories: OrderedDict[tuple[Path, FileState], _Directory] = OrderedDict()
_contents: OrderedDict[tuple[Path, FileState], Unpacked] = OrderedDict()


def _directory(archive: Path, state: FileState, announce: Announce = silently) -> _Directory:
    """Return the directory of an archive.

    `state` tells whether that is still so.

    Raises
    ------
    ArchiveError, LimitError
        None of it can be trusted.
    """
    known = _directories.get((archive, state))
    if known is None:
        known = _read_directory(archive, state, announce)
        _directories[archive, state] = known
        while len(_directories) > DIRECTORIES_KEPT:
            _directories.popitem(last=False)
    return known


def _unpacked(archive: Path, state: FileState, announce: Announce) -> Unpacked:
    """Return the unpacked data of a gzip, bzip2 or xz file.

    Only that of the last archive is kept.
    """
    known = _contents.get((archive, state))
    if known is None:
        _contents.clear()
        file, _ = open_regular(archive)
        with file:
            known = unpack(archive, file, announce)
        _contents[archive, state] = known
    return known


def _read_directory(archive: Path, state: FileState, announce: Announce) -> _Directory:
    file, _ = open_regular(archive)
    with file:
        kind = packed_kind(file)
        if kind == "zip":
            listing = list_zip(archive, file, state.size)
            document = zipped_kind([_zip_name(entry) for entry in listing.entries])
            if document:
                raise OtherFormatError(path=archive, what=document)
            named = [(_zip_name(entry), entry, listing.refusal(entry)) for entry in listing.entries]
            return _placed(archive, kind, named, is_damaged=listing.is_damaged)
        if kind == "tar":
            tar = list_tar(archive, file)
            return _placed(archive, kind, tar.entries, is_damaged=tar.is_damaged)
    if not kind:
        raise ArchiveError(path=archive, detail=BAD_DIRECTORY)
    unpacked = _unpacked(archive, state, announce)
    content = io.BytesIO(unpacked.content)
    if is_tar_header(unpacked.content[:TAR_BLOCK]):
        tar = list_tar(archive, content)
        is_damaged = tar.is_damaged or unpacked.is_damaged
        return _placed(archive, f"tar, {kind}", tar.entries, is_damaged=is_damaged, is_packed=True)
    if packed_kind(content):
        raise UnopenedArchiveError(path=archive, kind=f"{packed_kind(content)}, {kind}")
    what = described(content)
    if what and not unpacked.content[128:132] == b"DICM":
        raise OtherFormatError(
            path=archive, what=message("{what}, packed with {kind}", what=Message(what), kind=kind)
        )
    name = archive.stem if archive.suffix.lower() in PACKED_SUFFIXES else archive.name
    whole: list[Named] = [(name, ByteRange(0, len(unpacked.content)), None)]
    return _placed(archive, kind, whole, is_damaged=unpacked.is_damaged, is_packed=True)


def _placed(
    archive: Path, kind: str, named: Iterable[Named], *, is_damaged: bool, is_packed: bool = False
) -> _Directory:
    """Return the directory of the members that can be opened, by name."""
    members: dict[tuple[str, ...], ZipInfo | ByteRange] = {}
    refused: list[UnreadableFile] = []
    for stated, entry, refusal in named:
        name = stated.replace("\\", "/")
        if name.endswith("/"):
            continue
        parts = Path(name).parts
        path = archive / "/".join(part for part in parts if part != "/")
        if not parts or name.startswith("/") or ".." in name.split("/") or PureWindowsPath(name).drive:
            refused.append(ArchiveError(path=path, detail=OUTSIDE))
        elif isinstance(refusal, str):
            refused.append(ArchiveError(path=path, detail=refusal))
        elif refusal is not None:
            refused.append(MemoryLimitError(path=path, **refusal))
        elif parts in members:
            refused.append(ArchiveError(path=path, detail=SAME_NAME))
        else:
            members[parts] = entry
    return _Directory(kind, members, tuple(refused), is_damaged, is_packed)


def _zip_name(entry: ZipInfo) -> str:
    """Return a member's name.

    Many programs write it in the system's character set and do not say so.
    """
    if entry.flag_bits & NAME_IN_UTF_8 or entry.filename.isascii():
        return entry.filename
    return file_name_text(entry.filename.encode("cp437")) or entry.filename
