"""Opening files without ever waiting for one, and telling whether a file is still the same."""

import io
import os
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Final, NamedTuple

from medviewer.errors import MissingFileError
from medviewer.paths import note_archive
from medviewer.translation import mark

NOT_REGULAR: Final = mark("not a regular file")

Announce = Callable[[int], None]


def silently(_size: int) -> None:
    """Announce to nobody."""


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


def open_file(path: Path, announce: Announce = silently) -> tuple[io.BufferedReader, FileState]:
    """Open a file, or a member of an archive, without ever waiting for it: a FIFO or a device is refused.

    Parameters
    ----------
    announce : callable
        Called with a number of bytes before so many are unpacked at once.

    Raises
    ------
    MissingFileError
        It is gone, may not be read, or is no regular file.
    ArchiveError, LimitError
        The archive, or this member, cannot be unpacked.
    """
    try:
        return open_regular(path)
    except MissingFileError:
        archive = _file_above(path)
        if archive is None:
            raise
    from medviewer.dicom.files.archive import open_member  # here, because few files lie in archives

    note_archive(archive)
    return open_member(path, archive, announce)


def file_state(path: Path) -> FileState:
    """Return the present state of a file, or of a member of an archive.

    Raises
    ------
    OSError
        It is gone.
    """
    try:
        return _state(path.stat())
    except (NotADirectoryError, FileNotFoundError):
        archive = _file_above(path)
        if archive is None:
            raise
    from medviewer.dicom.files.archive import member_state

    return member_state(path, archive, _state(archive.stat()))


def _state(found: os.stat_result) -> FileState:
    return FileState(found.st_size, found.st_mtime_ns, found.st_dev, found.st_ino, found.st_ctime_ns)


def open_regular(path: Path) -> tuple[io.BufferedReader, FileState]:
    """Open a file as `open_file`, but none that lies in an archive."""
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


def _file_above(path: Path) -> Path | None:
    """Return the regular file that a path leads into; None where a folder is above it, or nothing."""
    for parent in path.parents:
        try:
            mode = parent.stat().st_mode
        except OSError:
            continue
        return parent if stat.S_ISREG(mode) else None
    return None
