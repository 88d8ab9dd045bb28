"""Opening of files and archive members, and detection of changed ones."""

import io
import stat
from pathlib import Path

from medviewer.dicom.files.regular_file import Announce, FileState, open_regular, silently, state_of
from medviewer.errors import MissingFileError
from medviewer.paths import note_archive


def open_file(path: Path, announce: Announce = silently) -> tuple[io.BufferedReader, FileState]:
    """Open a file, or a member of an archive, without ever waiting for it.

    A FIFO or a device is refused.

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
        return state_of(path.stat())
    except (NotADirectoryError, FileNotFoundError):
        archive = _file_above(path)
        if archive is None:
            raise
    from medviewer.dicom.files.archive import member_state

    return member_state(path, archive, state_of(archive.stat()))


def _file_above(path: Path) -> Path | None:
    """Return the regular file that a path leads into.

    None where a folder is above it, or nothing.
    """
    for parent in path.parents:
        try:
            mode = parent.stat().st_mode
        except OSError:
            continue
        return parent if stat.S_ISREG(mode) else None
    return None
