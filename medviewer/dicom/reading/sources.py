"""Opening a file in the worker.

Plain files are read by the fast reader, all others by the full parser.
"""

import io
from pathlib import Path

from medviewer.dicom.files import FileState, inodes
from medviewer.dicom.header import BAD_HEADER, RepeatedElements, Source, open_source, walk_file
from medviewer.dicom.model import Origin
from medviewer.dicom.pixels import locate_pixels
from medviewer.errors import ChangedFileError, DamagedFileError, MissingFileError


class read_errors:  # noqa: N801 - used like a function
    """Turn operating system errors of reading into file errors."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def __enter__(self) -> None:
        pass

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: object) -> None:
        if not isinstance(error, OSError):
            return
        if error.errno is None:  # the parser's own, not the system's
            raise DamagedFileError(path=self._path, detail=BAD_HEADER) from error
        raise MissingFileError(path=self._path, detail=error.strerror or "") from error


def walked_source(
    path: Path, file: io.BufferedReader, size: int, repeats: RepeatedElements | None = None
) -> Source:
    """Return a source by the fast way, for plain files.

    Raises
    ------
    NotPlainHeaderError
        The full parser has to read it.
    """
    walked = walk_file(file, size, repeats)
    source = Source(
        path=path,
        disk_file=file,
        file=file,
        dataset=walked.header,
        transfer_syntax=walked.transfer_syntax,
        pixel_kind=walked.pixel_kind,
        pixel_offset=walked.pixel_offset,
        pixel_length=walked.pixel_length,
        end=size,
        head=walked.head,
    )
    return locate_pixels(source, walked.pixels_begin)


def parsed_source(path: Path, file: io.BufferedReader) -> Source:
    """Return a source by the full parser.

    Raises
    ------
    UnreadableFile
        With the reason.
    """
    return locate_pixels(open_source(path, file), b"")


def is_as_indexed(found: FileState, origin: Origin) -> bool:
    """Return whether an open file is the indexed one, by its directory entry."""
    if not origin.file_signature or found.file_signature == origin.file_signature:
        return True
    is_alike = (found.size, found.mtime_ns) == origin.file_signature[:2]
    # guard(not inodes.are_lasting(found.device)): another file of the same size and time is another file
    return is_alike and not inodes.are_lasting(found.device)


def refuse_changed(path: Path, has_changed: bool) -> None:
    """Refuse a file that is not the indexed one.

    Raises
    ------
    ChangedFileError
        It has changed.
    """
    if has_changed:
        raise ChangedFileError(path=path)
