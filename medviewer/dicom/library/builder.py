"""The library of the files that were found so far.

Records of files are put into studies, series and stacks. Each file ends up in exactly one list: in a stack,
other, refused or ignored.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final

from medviewer.dicom import objects
from medviewer.dicom.attributes import Instance, Record, instance_from_record
from medviewer.dicom.library.missing_uids import told_apart, with_study
from medviewer.dicom.library.slices import Slice, slices_of, taken_at
from medviewer.dicom.library.stacking import arrange_series
from medviewer.dicom.model import (
    Library,
    ObjectReference,
    Origin,
    OtherObject,
    Series,
    SkippedFile,
    Study,
)
from medviewer.dicom.objects import icon_from_record
from medviewer.dicom.workers import decoded
from medviewer.errors import MissingFilesError, NotDicomError, UnreadableFile, from_record
from medviewer.imaging.identity import Identity
from medviewer.translation import Message, message

SAME_ELSEWHERE: Final = message("A file of another study or series states the same image UID.")
SAME_IN_SERIES: Final = message("Several images of the series state one image UID.")
SAME_OF_ANOTHER: Final = message("A file of another patient states the same image UID.")

SeriesKey = tuple[str, tuple[str, str, str], str]

_Arranged = tuple[Series, Sequence[Slice]]
"""A series, and the frames that it was made of."""


@dataclass
class _SeriesParts:
    """The frames of one series, in the order of arrival."""

    slices: list[Slice] = field(default_factory=list)
    doubts: dict[str, Message] = field(default_factory=dict)  # SOP Instance UID -> who else states it
    series: tuple[_Arranged, ...] | None = None  # None: something arrived since they were arranged
    images: dict[str, Instance] = field(default_factory=dict)  # the first one of each UID
    repeated: dict[str, Counter[object]] = field(default_factory=dict)  # UID -> files of each of its images

    def count_copy(self, instance: Instance) -> int:
        """Return the number of earlier files of the same image.

        They have its UID, its number and its place, and may be copies, or other encodings. Other images that
        state the UID of one are no copies of it.
        """
        uid, image = instance.sop_instance_uid, _image(instance)
        first = self.images.setdefault(uid, instance)
        if first is instance:
            return 0
        known = self.repeated.setdefault(uid, Counter({_image(first): 1}))
        if image not in known:
            self.doubts.setdefault(uid, SAME_IN_SERIES)
        before = known[image]
        known[image] += 1
        return before


def _image(instance: Instance) -> tuple[object, ...]:
    return (instance.instance_number, instance.frames[0].geometry.position_mm)


def unreadable(record: Record) -> UnreadableFile:
    """Return the error that the worker reports about a file."""
    error = from_record(record)
    assert isinstance(error, UnreadableFile)
    return error


class LibraryBuilder:
    """Collects the records of files and keeps the library of them."""

    def __init__(self) -> None:
        self._series: dict[SeriesKey, _SeriesParts] = {}
        self._uids: dict[str, SeriesKey] = {}  # who stated each one first
        self._repeated: dict[str, set[SeriesKey]] = {}  # the series that state one UID
        self._other: list[OtherObject] = []
        self._other_uids: set[str] = set()
        self._objects: list[ObjectReference[Any]] = []
        self._refused: list[SkippedFile] = []
        self._ignored: list[SkippedFile] = []
        self._arrivals = 0

    def add(self, path: Path, record: Record) -> None:
        """Take the record of a file, as `Sandbox.index_files` gives it."""
        if "error" in record:
            self.leave_out(unreadable(record))
        elif "other" in record:
            self._other.append(_other_object(path, record["other"]))
            self._other_uids.add(record["other"]["uid"])
            reference = _object_reference(path, record["other"])
            if reference is not None:
                self._objects.append(reference)
        else:
            self._add_instance(record["instance"])

    def leave_out(self, error: UnreadableFile) -> None:
        """Take a file that cannot be shown.

        Ignored where it is no DICOM, else refused.
        """
        missing = int(error.facts["missing"]) if isinstance(error, MissingFilesError) else 0
        skipped = SkippedFile(error.path, error.reason_message(), missing, error.stands_for)
        (self._ignored if isinstance(error, NotDicomError) else self._refused).append(skipped)

    def has(self, uid: str) -> bool:
        """Return whether a file states this SOP Instance UID."""
        return bool(uid) and (uid in self._uids or uid in self._other_uids)

    def replace_other(self, error: UnreadableFile) -> None:
        """Take an object for one that cannot be used, as it should be."""
        self._other = [other for other in self._other if other.path != error.path]
        self.leave_out(error)

    def describe_other(self, path: Path, described: Message) -> None:
        """Describe an object beyond its kind."""
        self._other = [
            replace(other, described=described) if other.path == path else other for other in self._other
        ]

    def library(self) -> Library:
        """Return everything so far, arranged.

        Series that did not change are not arranged again.
        """
        studies: dict[tuple[str, tuple[str, str, str]], list[_Arranged]] = {}
        for (study_uid, patient, _), parts in self._series.items():
            if parts.series is None:
                parts.series = tuple(
                    (Series(one.identity, arrange_series(one, parts.doubts)), one.slices)
                    for one in told_apart(parts.slices)
                )
            studies.setdefault((study_uid, patient), []).extend(parts.series)
        return Library(
            studies=tuple(Study(series[0][0].identity, _in_order(series)) for series in studies.values()),
            other=tuple(self._other),
            refused=tuple(self._refused),
            ignored=tuple(self._ignored),
            objects=tuple(self._objects),
        )

    def _add_instance(self, instance: Instance) -> None:
        instance = with_study(instance)
        identity = instance.identity
        key = (identity.study_instance_uid, identity.patient_key, identity.series_instance_uid)
        parts = self._series.setdefault(key, _SeriesParts())
        self._note_uid(instance.sop_instance_uid, key)
        parts.slices += slices_of(instance, self._arrivals, parts.count_copy(instance))
        parts.series = None
        self._arrivals += 1

    def _note_uid(self, uid: str, key: SeriesKey) -> None:
        """Note who states a UID.

        None of them is hidden, it may be another image or another patient's.
        """
        first = self._uids.setdefault(uid, key)
        if first != key:
            stated_by = self._repeated.setdefault(uid, {first})
            if key not in stated_by:
                stated_by.add(key)
                self._doubt(uid, stated_by)

    def _doubt(self, uid: str, stated_by: set[SeriesKey]) -> None:
        """Note in each series that states a UID that another one does so, too."""
        for key in stated_by:
            parts = self._series[key]
            is_strangers = any(other[1] != key[1] for other in stated_by)
            parts.doubts[uid] = SAME_OF_ANOTHER if is_strangers else SAME_ELSEWHERE
            parts.series = None


def _in_order(series: Sequence[_Arranged]) -> tuple[Series, ...]:
    """Return the series of a study by number, then by time.

    What was drawn upon others after all of them.
    """
    numbers = Counter(_number(one.identity.series_number) for one, _ in series)

    def order(item: _Arranged) -> tuple[bool, bool, int, float, str]:
        one, slices = item
        number = _number(one.identity.series_number)
        began = 0.0 if number is not None and numbers[number] == 1 else _began(slices)
        return (one.identity.is_segmentation, number is None, number or 0, began, one.identity.series_number)

    return tuple(one for one, _ in sorted(series, key=order))


def _number(text: str) -> int | None:
    """Return a series number; None where it is none."""
    try:
        return int(text)
    except ValueError:
        return None


def _began(slices: Iterable[Slice]) -> float:
    """Return when the first image of a series was taken, in seconds.

    Infinite where none says so.
    """
    return min((at for one in slices if (at := taken_at(one.instance)) is not None), default=math.inf)


def _object_reference(path: Path, record: Record) -> ObjectReference[Any] | None:
    """Return the reference to an object that a file reads, else None."""
    stored, row = record.get("reference"), objects.sop_class(record["sop_class"])
    reader = row.reader if row is not None else None
    if reader is None or stored is None:
        return None
    return ObjectReference(
        path=path,
        sop_class=record["sop_class"],
        listed=decoded(stored["listed"], reader.LISTED),
        sop_instance_uid=stored["uid"],
        origin=Origin(tuple(stored["file"]), stored["stated"]),
    )


def _other_object(path: Path, record: Record) -> OtherObject:
    return OtherObject(
        path=path,
        sop_class=record["sop_class"],
        described=Message.from_record(record["described"]),
        title=record["title"],
        identity=instance_from_record(Identity, record["identity"]),
        icon=icon_from_record(record.get("icon")),
    )
