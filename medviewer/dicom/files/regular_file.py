"""Regular files: opened without waiting, and recognized when changed."""

import io
import os
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Final, NamedTuple

from medviewer.errors import MissingFileError
from medviewer.translation import mark

NOT_REGULAR: Final = mark("not a regular file")


Announce = Callable[[int], None]


def silently(_size: int) -> None:
    """Ignore announcements."""


class FileState(NamedTuple):
    """Attributes by which a changed file is recognized.

    A member of an archive has a size of its own (unpacked); the rest is its archive's.
    """

    size: int
    mtime_ns: int
    device: int
    inode: int
    ctime_ns: int  # of the last change; nobody can set it back, but renaming a file moves it, too

    @property
    def file_signature(self) -> tuple[int, int, int, int]:
        """Size, time, device and inode; constant while the file is."""
        return self[:4]


def state_of(found: os.stat_result) -> FileState:
    """Return the state of a file from its stat result."""
    return FileState(found.st_size, found.st_mtime_ns, found.st_dev, found.st_ino, found.st_ctime_ns)


def open_regular(path: Path) -> tuple[io.BufferedReader, FileState]:
    """Open a file without ever waiting for it: a FIFO or a device is refused.

    Raises
    ------
    MissingFileError
        It is gone, may not be read, or is no regular file.
    """
    try:
        descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    except OSError as error:
        raise MissingFileError(path=path, detail=error.strerror or "") from error
    state = os.fstat(descriptor)
    if not stat.S_ISREG(state.st_mode):
        os.close(descriptor)
        raise MissingFileError(path=path, detail=NOT_REGULAR)
    # what `open` returns, but for the questions that it asks the system about a terminal
    return io.BufferedReader(io.FileIO(descriptor)), state_of(state)
