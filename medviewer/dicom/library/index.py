"""Scanning of files and folders: found, read in the sandbox, and listed."""

from __future__ import annotations

import time
from collections.abc import Generator, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Final

from medviewer import limits
from medviewer.dicom.attributes import Instance, Record
from medviewer.dicom.files import Finder, FoundFile, middle_file
from medviewer.dicom.library.builder import LibraryBuilder, unreadable
from medviewer.dicom.model import Library
from medviewer.dicom.objects import (
    DIRECTORY_NAME,
    DirectoryFiles,
    FileId,
    files_in_folders_of,
    member_names,
    named_files,
)
from medviewer.dicom.workers import Sandbox
from medviewer.errors import MissingFilesError, OutsideFilesError, UnreadableFile
from medviewer.imaging.frame import Rank
from medviewer.paths import ARCHIVE_SUFFIX, archive_of, is_archive_name, note_archive
from medviewer.translation import mark, message

FILES_AT_ONCE: Final = 2048
FEW_FILES: Final = 128
"""So few are read within some hundredths of a second; their first picture can wait for all of them."""

MOST_LOOKED_AT: Final = 512
"""So many files are looked at for the first image, however fast they can be read."""

HOLDERS_END: Final = tuple(f"{end}\n".upper() for end in (ARCHIVE_SUFFIX, DIRECTORY_NAME))
OTHER_NAME: Final = mark(
    "Directory of a medium (DICOMDIR): 1 of the {total} files that it names has another name here; it was "
    "found by its UID"
)
OTHER_NAMES: Final = mark(
    "Directory of a medium (DICOMDIR): {count} of the {total} files that it names have other names here; "
    "they were found by their UIDs"
)
NAMES_SAID: Final = 3  # of missing files
ARRANGING_SHARE: Final = 0.2  # of the time may go into bringing the library up to date


@dataclass(frozen=True, slots=True)
class ScanProgress:
    """Progress of a scan and the library found so far."""

    library: Library
    files_seen: int
    files_total: int | None  # None while folders are still being listed
    finished: bool
    is_small: bool = False  # all files are known, and so few that they are soon read


def scan(paths: Sequence[Path], sandbox: Sandbox, text_encoding: str = "") -> Generator[ScanProgress]:
    """Yield the growing library of files and folders; close it to stop.

    About every PROGRESS_SECONDS. Folders are searched recursively, zip archives as if they were folders, a
    DICOMDIR by what it names. Links to folders are not followed, and what is no regular file is never
    opened. The first result is one image, the middle one of the first series by name, so that it can be
    shown while the rest is read.

    Parameters
    ----------
    text_encoding : str
        A key of TEXT_ENCODINGS where the user chose how text is read; "": as the files state.

    Raises
    ------
    WorkerUnavailableError
        The sandbox cannot work.
    """
    scanning = _Scan(Finder(paths), sandbox, text_encoding)
    yield from scanning.open()
    yield from scanning.go_on()


class _Scan:
    """One scan with its findings so far."""

    def __init__(self, found: Finder, sandbox: Sandbox, text_encoding: str) -> None:
        self._found = found
        self._index_files = partial(sandbox.index_files, text_encoding=text_encoding)
        self._index_to_open = partial(sandbox.index_to_open, text_encoding=text_encoding)
        self._builder = LibraryBuilder()
        self._library = Library()
        self._records: dict[Path, Record] = {}  # of files that were looked at, but not taken yet
        self._waiting: list[str] = []
        self._members: dict[Path, list[Path]] = {}  # of the archives
        self._left_out: set[Path] = set()
        self._media: dict[Path, DirectoryFiles] = {}  # of the directories of media
        self._seen = 0
        self._is_small = False
        self._reported = self._cost = 0.0

    def open(self) -> Iterator[ScanProgress]:
        """Yield one image, the middle one of the first diagnostic series by name.

        Where there is none, of another series; nothing where no image is near. How many files are looked at
        is counted, so that it is the same image on a slow machine.
        """
        first: str | None = None
        while len(self._waiting) < FILES_AT_ONCE and len(self._records) < MOST_LOOKED_AT:
            items = self._found.next_folder()
            if not items:
                break
            files = self._without_holders(self._readable(items))
            if not files:
                continue
            middle = middle_file(len(files), partial(self._series_of, files, Rank.DIAGNOSTIC))
            self._waiting += files
            if middle is not None:
                first = files[middle]
                break
            middle = middle_file(len(files), partial(self._series_of, files, Rank.CAPTURED))
            if first is None and middle is not None:
                first = files[middle]
        if first is not None:
            self._waiting.remove(first)
            self._look_ahead()
            self._take(Path(first), self._records.pop(Path(first)))
            yield self._progress()

    def _look_ahead(self) -> None:
        """List files until there are more than a few."""
        while len(self._waiting) < FEW_FILES:
            items = list(islice(self._found, FEW_FILES - len(self._waiting)))
            if not items:
                self._is_small = True
                return
            self._waiting += self._without_holders(self._readable(items))

    def go_on(self) -> Iterator[ScanProgress]:
        """Yield the library with all the rest."""
        while files := self._next_files():
            if self._records:
                known = self._records.keys() & set(files)
                for path in filter(known.__contains__, files):
                    self._take(path, self._records.pop(path))
                files = [path for path in files if path not in known]
            for records in self._index_files(files):
                for path, record in records:
                    self._take(path, record)
                if not self._library.stacks or time.monotonic() - self._reported > limits.PROGRESS_SECONDS:
                    yield self._progress()
        for directory, named in self._media.items():
            self._report_missing(directory, named)
        yield ScanProgress(self._builder.library(), self._seen, self._seen, finished=True)

    def _next_files(self) -> list[Path]:
        names, self._waiting = self._waiting[:FILES_AT_ONCE], self._waiting[FILES_AT_ONCE:]
        while not names and (items := list(islice(self._found, FILES_AT_ONCE))):
            names = self._readable(items)
        return list(map(Path, names))

    def _readable(self, items: Sequence[FoundFile]) -> list[str]:
        for item in items:
            if isinstance(item, UnreadableFile):
                self._builder.leave_out(item)
                self._seen += 1
        return [item for item in items if isinstance(item, str)]

    def _series_of(
        self, names: Sequence[str], worst: Rank, indexes: Sequence[int]
    ) -> list[tuple[str, str] | None]:
        asked = [Path(names[index]) for index in indexes]
        new = [path for path in asked if path not in self._records]
        if new and 0 in indexes:  # the first question: the middle file, and those at both ends
            self._records.update(self._index_to_open(new))
        elif new:
            for records in self._index_files(new):
                self._records.update(records)
        return [_series_to_open_with(self._records[path], worst) for path in asked]

    def _without_holders(self, names: list[str]) -> list[str]:
        """Take archives and directories of media.

        What they hold comes next. Return the other files.
        """
        together = "\n".join([*names, ""]).upper()
        if not any(end in together for end in HOLDERS_END):  # so most folders are passed quickly
            return names
        holders = list(filter(_may_hold_files, names))
        if not holders:
            return names
        for records in self._index_files(list(map(Path, holders))):
            for path, record in records:
                self._take(path, record)
        return [name for name in names if name not in holders]

    def _take(self, path: Path, record: Record) -> None:
        self._builder.add(path, record)
        self._seen += 1
        if "members" in record:
            self._open_archive(path, record)
        if "file_ids" in record:
            self._open_directory(path, record["file_ids"])

    def _open_archive(self, path: Path, record: Record) -> None:
        members = [path.joinpath(*name.split("/")) for name in record["members"]]
        note_archive(path)
        self._members[path] = members
        self._found.add(members)
        self._leave_out(unreadable(one) for one in record["refused"])

    def _open_directory(self, path: Path, file_ids: Sequence[tuple[Sequence[str], str]]) -> None:
        """Continue with the files of a DICOMDIR.

        Where some are gone, their folders are searched, and where all are gone, everything beside the
        DICOMDIR.
        """
        ids = [FileId(tuple(names), uid) for names, uid in file_ids]
        archive = archive_of(path)
        if archive is not None:  # all its members are looked at
            named = named_files(path, ids, member_names(self._members[archive]))
        else:
            named = named_files(path, ids)
            self._found.add([*named.files, *files_in_folders_of(named.missing)])
            if not named.files:
                self._found.add([path.parent], are_files=False)
        self._media[path] = named

    def _report_missing(self, directory: Path, named: DirectoryFiles) -> None:
        """Report missing or renamed files of a DICOMDIR, once.

        Gone, or under other names.
        """
        gone = [path for path, uid in named.missing.items() if not self._builder.has(uid)]
        if gone:
            names = [path.relative_to(directory.parent).as_posix() for path in gone[:NAMES_SAID]]
            more = ", …" if len(gone) > NAMES_SAID else ""
            self._builder.replace_other(
                MissingFilesError(
                    path=directory, missing=len(gone), total=named.total, names=", ".join(names) + more
                )
            )
        elif named.missing:
            self._builder.describe_other(
                directory,
                message(
                    OTHER_NAME,
                    OTHER_NAMES,
                    count=len(named.missing),
                    total=named.total,
                ),
            )
        if named.outside:
            self._builder.replace_other(
                OutsideFilesError(path=directory, outside=len(named.outside), total=named.total)
            )

    def _leave_out(self, errors: Iterable[UnreadableFile]) -> None:
        """Leave out the refused members of archives, once."""
        for error in errors:
            if error.path not in self._left_out:
                self._left_out.add(error.path)
                self._builder.leave_out(error)

    def _progress(self) -> ScanProgress:
        now = time.monotonic()
        if not self._library.stacks or now - self._reported > self._cost / ARRANGING_SHARE:
            self._library = self._builder.library()
            self._cost = time.monotonic() - now
        self._reported = time.monotonic()
        return ScanProgress(
            self._library, self._seen, self._found.total, finished=False, is_small=self._is_small
        )


def _may_hold_files(file: str) -> bool:
    """Return whether a file is likely to name others.

    Whether it does is told by its content, later.
    """
    path = Path(file)
    is_archive = is_archive_name(path.name) and archive_of(path) is None
    return is_archive or path.name.upper() == DIRECTORY_NAME


def _series_to_open_with(record: Record, worst: Rank) -> tuple[str, str] | None:
    """Return the study and series of an image.

    None for what is none, and where it is worse to begin with than asked for.
    """
    instance: Instance | None = record.get("instance")
    if instance is None or instance.attributes.rank > worst or instance.identity.is_segmentation:
        return None
    return instance.identity.study_instance_uid, instance.identity.series_instance_uid
