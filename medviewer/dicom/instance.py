"""What indexing learns about one file, as plain values that cross the border of the worker process."""

from collections.abc import Mapping
from dataclasses import MISSING, dataclass, field, fields
from pathlib import Path
from typing import Any, Final, TypeVar

from medviewer.dicom.series import Identity
from medviewer.imaging.frame import FrameAttributes
from medviewer.imaging.geometry import FrameGeometry, SpacingKind

Record = dict[str, Any]
"""Values that JSON can carry."""

T = TypeVar("T", FrameAttributes, FrameGeometry, Identity)


@dataclass(frozen=True, slots=True)
class FrameHeader:
    """What the header says about one frame of a file."""

    geometry: FrameGeometry = field(default_factory=FrameGeometry)
    split: tuple[tuple[str, str], ...] = ()  # what may tell frames at one position apart: echo, b-value ...
    dimension_index: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Instance:
    """One file with pictures."""

    path: Path
    sop_instance_uid: str
    identity: Identity
    attributes: FrameAttributes
    rows: int
    columns: int
    frames: tuple[FrameHeader, ...]
    instance_number: int | None = None
    frame_time_ms: float | None = None
    file_size: int = 0
    file_mtime_ns: int = 0
    notes: tuple[str, ...] = ()  # marked sentences: what a reader of the stack should know


_DEFAULTS: Final[dict[type, Record]] = {
    kind: {item.name: item.default for item in fields(kind) if item.default is not MISSING}
    for kind in (FrameAttributes, FrameGeometry, Identity)
}


def plain_record(value: FrameAttributes | FrameGeometry | Identity) -> Record:
    """Return the fields of a value that differ from their defaults."""
    defaults = _DEFAULTS[type(value)]
    return {name: got for name, default in defaults.items() if (got := getattr(value, name)) != default}


def from_plain_record(kind: type[T], record: Mapping[str, Any]) -> T:
    """Rebuild a value from `plain_record`."""
    given: dict[str, Any] = {
        name: tuple(got) if isinstance(got, list) else got for name, got in record.items()
    }
    if kind is FrameGeometry and "spacing_kind" in given:
        given["spacing_kind"] = SpacingKind(given["spacing_kind"])
    return kind(**given)


def to_record(instance: Instance) -> Record:
    """Return an instance as values that JSON can carry, without its path."""
    shared = instance.frames[0] if instance.frames else FrameHeader()
    record: Record = {
        "uid": instance.sop_instance_uid,
        "identity": plain_record(instance.identity),
        "attributes": plain_record(instance.attributes),
        "rows": instance.rows,
        "columns": instance.columns,
        "number": instance.instance_number,
        "frame_time": instance.frame_time_ms,
        "size": instance.file_size,
        "mtime": instance.file_mtime_ns,
        "notes": instance.notes,
        "count": len(instance.frames),
    }
    if any(frame is not shared for frame in instance.frames):
        record["frames"] = [_frame_record(frame) for frame in instance.frames]
    else:
        record["frame"] = _frame_record(shared)
    return record


def from_record(path: Path, record: Mapping[str, Any]) -> Instance:
    """Rebuild an instance from `to_record`."""
    if "frames" in record:
        frames = tuple(_frame_header(one) for one in record["frames"])
    else:
        frames = (_frame_header(record["frame"]),) * record["count"]
    return Instance(
        path=path,
        sop_instance_uid=record["uid"],
        identity=from_plain_record(Identity, record["identity"]),
        attributes=from_plain_record(FrameAttributes, record["attributes"]),
        rows=record["rows"],
        columns=record["columns"],
        frames=frames,
        instance_number=record["number"],
        frame_time_ms=record["frame_time"],
        file_size=record["size"],
        file_mtime_ns=record["mtime"],
        notes=tuple(record["notes"]),
    )


def _frame_record(frame: FrameHeader) -> Record:
    return {
        "geometry": plain_record(frame.geometry),
        "split": frame.split,
        "index": frame.dimension_index,
    }


def _frame_header(record: Mapping[str, Any]) -> FrameHeader:
    return FrameHeader(
        geometry=from_plain_record(FrameGeometry, record["geometry"]),
        split=tuple((name, value) for name, value in record["split"]),
        dimension_index=tuple(record["index"]),
    )
