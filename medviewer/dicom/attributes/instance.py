"""Results of indexing one file, as plain values.

They leave the worker process.
"""

from collections.abc import Mapping, Sequence
from dataclasses import MISSING, astuple, dataclass, field, fields, replace
from pathlib import Path
from typing import Any, Final, TypeVar

from medviewer.dicom.attributes.concatenation import Concatenation
from medviewer.dicom.model import Origin
from medviewer.imaging.frame import (
    NO_ASPECT,
    Aspect,
    CineTiming,
    FrameAttributes,
    FrameGeometry,
    SpacingKind,
    with_position,
)
from medviewer.imaging.identity import Identity
from medviewer.translation import Message

Record = dict[str, Any]
"""Values that JSON can carry."""

T = TypeVar("T", FrameAttributes, FrameGeometry, Identity)


@dataclass(frozen=True, slots=True)
class FrameHeader:
    """Header of one frame of a file."""

    geometry: FrameGeometry = field(default_factory=FrameGeometry)
    split: tuple[tuple[str, str], ...] = ()  # what may tell frames at one position apart: echo, b-value ...
    dimension_index: tuple[int, ...] = ()
    volume_place_mm: float | None = None  # of a plane in an ultrasound volume, along its normal
    aspect: Aspect = NO_ASPECT


@dataclass(frozen=True, slots=True)
class Instance:
    """One file with images."""

    path: Path
    sop_instance_uid: str
    identity: Identity
    attributes: FrameAttributes
    rows: int
    columns: int
    frames: tuple[FrameHeader, ...]
    instance_number: int | None = None
    cine: CineTiming | None = None
    origin: Origin = field(default_factory=Origin)
    notes: tuple[Message, ...] = ()  # what a reader of the stack should know
    concatenation: Concatenation | None = None  # of which this file is a part
    times: str = ""  # as `acquisition_time.stated_times` returns them
    dates: tuple[str, str] = ("", "")
    hints: tuple[tuple[str, str], ...] = ()  # as `identifier_hints` returns them
    slice_location_mm: float | None = None  # of an image without a position


@dataclass(frozen=True, slots=True)
class SharedHeader:
    """Header attributes that the files of a series usually share.

    All but an image's name, number and position.
    """

    identity: Identity
    attributes: FrameAttributes
    rows: int
    columns: int
    frames: tuple[FrameHeader, ...]  # without their positions
    cine: CineTiming | None = None
    notes: tuple[Message, ...] = ()
    concatenation: Concatenation | None = None
    stated: str = field(default="", repr=False)  # as in `Origin`
    dates: tuple[str, str] = ("", "")  # as `acquisition_time.stated_dates` returns them
    hints: tuple[tuple[str, str], ...] = ()  # as `identifier_hints` returns them


_DEFAULTS: Final[dict[type, Record]] = {
    kind: {item.name: item.default for item in fields(kind) if item.default is not MISSING}
    for kind in (FrameAttributes, FrameGeometry, Identity)
}


def plain_record(value: FrameAttributes | FrameGeometry | Identity) -> Record:
    """Return the fields of a value that differ from their defaults."""
    defaults = _DEFAULTS[type(value)]
    return {name: got for name, default in defaults.items() if (got := getattr(value, name)) != default}


def instance_from_record(kind: type[T], record: Mapping[str, Any]) -> T:
    """Rebuild a value from `plain_record`."""
    given: dict[str, Any] = {
        name: tuple(got) if isinstance(got, list) else got for name, got in record.items()
    }
    if "aspect" in given:
        given["aspect"] = _aspect(given["aspect"])
    if kind is FrameGeometry and "spacing_kind" in given:
        given["spacing_kind"] = SpacingKind(given["spacing_kind"])
    return kind(**given)


def shared_record(shared: SharedHeader) -> Record:
    """Return a shared header as values that JSON can carry.

    Frames that are all alike stand in it once.
    """
    distinct = shared.frames if len(set(map(id, shared.frames))) > 1 else shared.frames[:1]
    places: dict[FrameGeometry, int] = {}  # most frames of a file lie alike, but for their positions
    frames = [_frame_record(frame, places) for frame in distinct]
    return {
        "identity": plain_record(shared.identity),
        "attributes": plain_record(shared.attributes),
        "rows": shared.rows,
        "columns": shared.columns,
        "cine": None if shared.cine is None else astuple(shared.cine),
        "notes": [note.as_record() for note in shared.notes],
        "concatenation": None if shared.concatenation is None else astuple(shared.concatenation),
        "stated": shared.stated,
        "dates": shared.dates,
        "hints": shared.hints,
        "count": len(shared.frames),
        "frames": frames,
        "geometries": list(map(plain_record, places)),
    }


def from_shared_record(record: Mapping[str, Any]) -> SharedHeader:
    """Rebuild a shared header from `shared_record`."""
    geometries = [instance_from_record(FrameGeometry, one) for one in record["geometries"]]
    frames = tuple(_frame_header(one, geometries) for one in record["frames"])
    return SharedHeader(
        identity=instance_from_record(Identity, record["identity"]),
        attributes=instance_from_record(FrameAttributes, record["attributes"]),
        rows=record["rows"],
        columns=record["columns"],
        frames=frames if len(frames) > 1 else frames * record["count"],
        cine=_cine(record["cine"]),
        notes=tuple(map(Message.from_record, record["notes"])),
        concatenation=Concatenation(*part) if (part := record["concatenation"]) else None,
        stated=record["stated"],
        dates=tuple(record["dates"]),
        hints=tuple((keyword, text) for keyword, text in record["hints"]),
    )


def from_record(path: Path, record: Mapping[str, Any], shared: SharedHeader) -> Instance:
    """Return an instance from its own record and its shared header.

    Parameters
    ----------
    record : mapping
        "uid", "number", "times", "file" (size, time, device, inode), and "positions": one for each frame,
        or one for all; "lossy_ratio", "location" and "notes" where there are any.
    """
    ratio, attributes = record.get("lossy_ratio"), shared.attributes
    notes = shared.notes
    if "notes" in record:
        notes = (*notes, *map(Message.from_record, record["notes"]))
    positions = record["positions"]
    if len(positions) == 1:
        frames = (_placed(shared.frames[0], positions[0]),) * len(shared.frames)
    else:
        frames = tuple(map(_placed, shared.frames, positions))
    return Instance(
        path,
        record["uid"],
        shared.identity,
        attributes if ratio is None else replace(attributes, lossy_ratio=ratio),
        shared.rows,
        shared.columns,
        frames,
        record["number"],
        shared.cine,
        Origin(tuple(record["file"]), shared.stated),
        notes,
        shared.concatenation,
        record["times"],
        shared.dates,
        shared.hints,
        record.get("location"),
    )


def with_instances(
    paths: Sequence[Path], records: list[Record], shared: Sequence[Mapping[str, Any]]
) -> list[Record]:
    """Put an Instance into each record that is about one.

    Its "shared" says which shared record it has.
    """
    headers = [from_shared_record(one) for one in shared]
    for path, record in zip(paths, records, strict=False):  # not all files of a batch may be done
        own = record.get("instance")
        if own is not None:
            record["instance"] = from_record(path, own, headers[own["shared"]])
    return records


def _placed(frame: FrameHeader, position: Sequence[float] | None) -> FrameHeader:
    """Return a frame header with its position."""
    if position is None:
        return frame
    x, y, z = position
    return FrameHeader(
        with_position(frame.geometry, (x, y, z)),
        frame.split,
        frame.dimension_index,
        frame.volume_place_mm,
        frame.aspect,
    )


def _cine(record: Sequence[Any] | None) -> CineTiming | None:
    if record is None:
        return None
    steps, first, last = record
    return CineTiming(tuple(steps), first, last)


def _aspect(record: Sequence[Any]) -> Aspect:
    side, view, modifiers, is_contradicted = record
    return Aspect(side, view, tuple(modifiers), is_contradicted)


def _frame_record(frame: FrameHeader, places: dict[FrameGeometry, int]) -> Record:
    """Return a frame header.

    Its geometry is written as its place among those of the file.
    """
    record: Record = {"geometry": places.setdefault(frame.geometry, len(places))}
    if frame.split:
        record["split"] = frame.split
    if frame.dimension_index:
        record["index"] = frame.dimension_index
    if frame.volume_place_mm is not None:
        record["volume"] = frame.volume_place_mm
    if frame.aspect != NO_ASPECT:
        record["aspect"] = frame.aspect
    return record


def _frame_header(record: Mapping[str, Any], geometries: Sequence[FrameGeometry]) -> FrameHeader:
    return FrameHeader(
        geometries[record["geometry"]],
        tuple((name, value) for name, value in record.get("split", ())),
        tuple(record.get("index", ())),
        record.get("volume"),
        _aspect(record["aspect"]) if "aspect" in record else NO_ASPECT,
    )
