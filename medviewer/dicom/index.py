"""What is in these files and folders: found, read in the sandbox, and put into studies, series and stacks.

Each file ends up in exactly one list: in a stack, other, refused or ignored.
"""

import os
import time
from collections import Counter
from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Final

from medviewer import limits
from medviewer.dicom.arrangement import Slice, arrange_series, slices_of
from medviewer.dicom.instance import Instance, Record, from_plain_record, from_record
from medviewer.dicom.sandbox import Sandbox, error_of
from medviewer.dicom.series import Identity, LeftOut, Library, OtherObject, Series, Stack, Study
from medviewer.errors import LimitError, MissingFileError, NotDicomError, UnreadableFile
from medviewer.translation import mark, translate

FILES_AT_ONCE: Final = 512
FIRST_FILES: Final = 16  # few, so that something can be shown soon
ARRANGING_SHARE: Final = 0.2  # of the time may go into bringing the library up to date
DIRECTORY_NAME: Final = "DICOMDIR"
NOT_REGULAR: Final = mark("not a regular file")
SAME_ELSEWHERE: Final = mark("A file of another study or series states the same image UID.")
SAME_OF_ANOTHER: Final = mark("A file of another patient states the same image UID.")

SeriesKey = tuple[str, tuple[str, str, str], str]


@dataclass(frozen=True, slots=True)
class ScanProgress:
    """How far a scan has come, and what is known so far."""

    library: Library
    files_seen: int
    files_total: int | None  # None while folders are still being listed
    finished: bool


def scan(paths: Sequence[Path], sandbox: Sandbox) -> Generator[ScanProgress]:
    """Yield the growing library of files and folders, at least every PROGRESS_SECONDS; close it to stop.

    Folders are searched recursively (that of a DICOMDIR too), links to folders are not followed, and what is
    no regular file is never opened. The first result comes after the first few files.

    Raises
    ------
    WorkerUnavailableError
        The sandbox cannot work.
    """
    builder = LibraryBuilder()
    found = _Finder(paths)
    seen, last, cost = 0, 0.0, 0.0
    library = Library()
    while batch := list(islice(found, FILES_AT_ONCE if seen else FIRST_FILES)):
        files = [item for item in batch if isinstance(item, Path)]
        for item in batch:
            if isinstance(item, UnreadableFile):
                builder.leave_out(item)
                seen += 1
        for records in sandbox.index_files(files):
            for path, record in records:
                builder.add(path, record)
            seen += len(records)
            now = time.monotonic()
            if not library.stacks or now - last > max(limits.PROGRESS_SECONDS / 2, cost / ARRANGING_SHARE):
                library = builder.library()
                last = time.monotonic()
                cost = last - now
            yield ScanProgress(library, seen, found.total, finished=False)
    yield ScanProgress(builder.library(), seen, seen, finished=True)


class _Finder(Iterator[Path | UnreadableFile]):
    """Walks files and folders, sorted by name; gives files, and errors for what is none."""

    def __init__(self, paths: Sequence[Path]) -> None:
        self._pending: list[Path] = [_start(path) for path in reversed(paths)]
        self._given: set[Path] = set()
        self._count = 0
        self.total: int | None = None

    def __next__(self) -> Path | UnreadableFile:
        while self._pending:
            path = self._pending.pop()
            if path in self._given:
                continue
            self._given.add(path)
            item = self._visit(path)
            if item is None:
                continue
            self._count += 1
            if self._count > limits.FILES_PER_SCAN:
                self._pending.clear()
                return LimitError(
                    path=path, what=mark("files"), asked=self._count, allowed=limits.FILES_PER_SCAN
                )
            return item
        self.total = self._count
        raise StopIteration

    def _visit(self, path: Path) -> Path | UnreadableFile | None:
        try:
            if path.is_dir():
                self._pending += sorted(self._inside(path), reverse=True)
                return None
            if path.is_file():
                return path
            detail = translate(NOT_REGULAR) if path.exists() else os.strerror(2)
        except OSError as error:
            detail = error.strerror or ""
        return MissingFileError(path=path, detail=detail)

    def _inside(self, folder: Path) -> list[Path]:
        with os.scandir(folder) as entries:
            return [Path(entry.path) for entry in entries if not (entry.is_symlink() and entry.is_dir())]


def _start(path: Path) -> Path:
    """Return where a search begins: the files that a DICOMDIR lists lie in its folder."""
    absolute = Path(os.path.abspath(path))  # noqa: PTH100 - resolve() would follow links
    return absolute.parent if absolute.name.upper() == DIRECTORY_NAME and absolute.is_file() else absolute


@dataclass
class _SeriesParts:
    """The frames of one series, in the order of arrival."""

    identity: Identity
    slices: list[Slice] = field(default_factory=list)
    doubts: dict[str, str] = field(default_factory=dict)  # SOP Instance UID -> who else states it
    stacks: tuple[Stack, ...] | None = None  # None: something arrived since they were arranged


class LibraryBuilder:
    """Collects the records of files and keeps the library of them."""

    def __init__(self) -> None:
        self._series: dict[SeriesKey, _SeriesParts] = {}
        self._uids: dict[str, SeriesKey] = {}  # who stated each one first
        self._repeated: dict[str, Counter[SeriesKey]] = {}  # how often each series states a repeated one
        self._other: list[OtherObject] = []
        self._refused: list[LeftOut] = []
        self._ignored: list[LeftOut] = []
        self._arrivals = 0

    def add(self, path: Path, record: Record) -> None:
        """Take the record of a file, as `Sandbox.index_files` gives it."""
        if "error" in record:
            error = error_of(record)
            assert isinstance(error, UnreadableFile)
            self.leave_out(error)
        elif "other" in record:
            self._other.append(_other_object(path, record["other"]))
        else:
            self._add_instance(from_record(path, record["instance"]))

    def leave_out(self, error: UnreadableFile) -> None:
        """Take a file that cannot be shown: ignored where it is no DICOM, else refused."""
        left_out = LeftOut(error.path, error.reason_for_user())
        (self._ignored if isinstance(error, NotDicomError) else self._refused).append(left_out)

    def library(self) -> Library:
        """Return everything so far, arranged; series that did not change are not arranged again."""
        studies: dict[tuple[str, tuple[str, str, str]], list[Series]] = {}
        for (study_uid, patient, _), parts in self._series.items():
            if parts.stacks is None:
                parts.stacks = arrange_series(parts.slices, parts.doubts)
            studies.setdefault((study_uid, patient), []).append(Series(parts.identity, parts.stacks))
        return Library(
            studies=tuple(
                Study(series[0].identity, tuple(sorted(series, key=_series_order)))
                for series in studies.values()
            ),
            other=tuple(self._other),
            refused=tuple(self._refused),
            ignored=tuple(self._ignored),
        )

    def _add_instance(self, instance: Instance) -> None:
        identity = instance.identity
        key = (identity.study_instance_uid, identity.patient_key, identity.series_instance_uid)
        parts = self._series.setdefault(key, _SeriesParts(identity))
        parts.slices += slices_of(instance, self._arrivals, self._count_copy(instance.sop_instance_uid, key))
        parts.stacks = None
        self._arrivals += 1

    def _count_copy(self, uid: str, key: SeriesKey) -> int:
        """Return how many files of a series stated this UID before.

        None of them is hidden: it may be another encoding, another picture or another patient's.
        """
        first = self._uids.get(uid)
        if first is None:
            self._uids[uid] = key
            return 0
        counts = self._repeated.setdefault(uid, Counter({first: 1}))
        before = counts[key]
        counts[key] += 1
        if not before:
            self._doubt(uid, counts)
        return before

    def _doubt(self, uid: str, counts: Counter[SeriesKey]) -> None:
        """Note in each series that states a UID that another one does so, too."""
        for key in counts:
            parts = self._series[key]
            is_strangers = any(other[1] != key[1] for other in counts)
            parts.doubts[uid] = SAME_OF_ANOTHER if is_strangers else SAME_ELSEWHERE
            parts.stacks = None


def _series_order(series: Series) -> tuple[bool, int, str]:
    number = series.identity.series_number
    return (not number.isdecimal(), int(number) if number.isdecimal() else 0, number)


def _other_object(path: Path, record: Record) -> OtherObject:
    described = translate(record["described"])
    title = record["title"]
    return OtherObject(
        path=path,
        sop_class=record["sop_class"],
        description=f"{described}: {title}" if title else described,
        identity=from_plain_record(Identity, record["identity"]),
    )
