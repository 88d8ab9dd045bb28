"""Indexing of one file: from its bytes to its record.

An instance, another object, an archive. Runs in the limited worker process.
"""

import io
import struct
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from medviewer.dicom import files, objects
from medviewer.dicom.attributes import (
    FileFunctionalGroups,
    FrameAspects,
    FrameFunctionalGroups,
    FrameHeader,
    Record,
    SharedHeader,
    acquisition_time,
    frame_attributes,
    frame_grid,
    frame_position,
    has_plain_numbers,
    identifier_hints,
    is_plain,
    may_be_assembled,
    note_gray_numbers,
    only_position,
    shared_record,
    stated_photometric,
    volume_place_mm,
)
from medviewer.dicom.files import Announce, FileState, open_file, silently
from medviewer.dicom.header import (
    OVERLAY_GROUPS,
    Header,
    HeaderMemo,
    NotPlainHeaderError,
    PixelLayout,
    RepeatedElements,
    Source,
    WalkedHeader,
)
from medviewer.dicom.pixels import (
    damage_note,
    ends_hollow,
    fragment_frames,
    frames_note,
    native_damage,
    read_layout,
)
from medviewer.dicom.reading.frame_notes import notes_of_file
from medviewer.dicom.reading.other_objects import other_object
from medviewer.dicom.reading.sources import parsed_source, read_errors, walked_source
from medviewer.errors import (
    NotDicomError,
    OtherFormatError,
    UnopenedArchiveError,
)
from medviewer.imaging.frame import Vector
from medviewer.translation import Message, message

if TYPE_CHECKING:
    from medviewer.dicom.reading.assembly import Assembly
    from medviewer.dicom.reading.survey import Survey

PER_FRAME: Final = "PerFrameFunctionalGroupsSequence"
"""Where it is, no other file says the same: there is nothing to remember."""

TOLD_BY_DECODING: Final = (
    *("SharedFunctionalGroupsSequence", PER_FRAME, "DoseGridScaling", "VOILUTFunction", "ShutterShape"),
    *("ModalityLUTSequence", "VOILUTSequence", "RedPaletteColorLookupTableDescriptor"),
    *("SequenceOfUltrasoundRegions", "PixelPaddingRangeLimit"),
    *(f"Overlay{what}{group:04X}" for group in OVERLAY_GROUPS for what in ("Rows", "Data")),
)
"""Where a gray image states none of them, indexing says all that its header has to say."""

FRAMES_LOOKED_AT: Final = 8
"""So many, spread over a file whose frames have numbers of their own, say whether those can be read."""

REPAIRED: Final = message(
    "The file's header is damaged: a sequence in it states a wrong length or has no end. It was read as far "
    "as it makes sense."
)
NO_SOP_INSTANCE_UID: Final = message("The file does not say which image it is (no SOP Instance UID).")


class _Shared(NamedTuple):
    """Header values shared by the files of a series.

    Parameters
    ----------
    record : dict
        Of a `SharedHeader`; {} of what is no image.
    is_assembled : bool
        Whether frames may have to be put together or unfolded.
    layout : PixelLayout, optional
        Of an image.
    """

    record: Record
    is_assembled: bool = False
    layout: PixelLayout | None = None


NO_IMAGE: Final = _Shared({})


class Indexer:
    """Indexes files, fastest when they come series by series.

    Most of what they say is the same.
    """

    def __init__(self, announce: Announce = silently) -> None:
        self._announce = announce
        self._repeats = RepeatedElements()
        self._shared = SharedHeaders()
        self._gray_notes: HeaderMemo[tuple[Message, ...]] = HeaderMemo()
        self._survey: Survey | None = None

    def index_file(self, path: Path, text_encoding: str = "", *, looks_at_pixels: bool = False) -> Record:
        """Return the record of a file.

        An instance, another object, or an archive.

        Parameters
        ----------
        text_encoding : str
            A key of TEXT_ENCODINGS where the user chose how text is read; "": as the file states.
        looks_at_pixels : bool
            Images are looked through for all that they would say if they were shown, which takes as long as
            to read the whole file where they are compressed.

        Raises
        ------
        UnreadableFile
            With the reason.
        """
        file, state = open_file(path, self._announce)
        with file, read_errors(path):
            try:
                source = walked_source(path, file, state.size, self._repeats)
                return self.record(source, state, text_encoding, looks_at_pixels=looks_at_pixels)
            except (NotPlainHeaderError, struct.error):
                pass
            try:
                parsed = parsed_source(path, file)
                return self.record(parsed, state, text_encoding, looks_at_pixels=looks_at_pixels)
            except NotDicomError as error:
                return files.archive_record(path, file, self._announce) or _other_format(path, file, error)

    def record(
        self, source: Source, state: FileState, text_encoding: str = "", *, looks_at_pixels: bool = False
    ) -> Record:
        """Return the record of an open file, see `index_file`."""
        if text_encoding:
            source.dataset.read_text_as(text_encoding)
        shared = self._shared.of(source) if source.pixel_kind else NO_IMAGE
        record = self._record(source, state, shared)
        if looks_at_pixels and "instance" in record:
            instance = record["instance"]
            found = [note.as_record() for note in self._notes_of_pixels(source, shared)]
            if found:
                known = [*instance["shared"]["notes"], *instance.get("notes", [])]
                instance["notes"] = [
                    *instance.get("notes", []),
                    *(note for note in found if note not in known),
                ]
        return record

    def _notes_of_pixels(self, source: Source, shared: _Shared) -> tuple[Message, ...]:
        """Return all that an image would say if it were shown."""
        layout = shared.layout
        if layout is not None and not shared.is_assembled and _is_told_by_header(source, layout):
            broken = ends_hollow(source, layout)
            return () if broken is None else (damage_note(broken[1], broken[0] + 1, layout.frames),)
        from medviewer.dicom.reading.survey import Survey  # not at the top, for the sake of numpy

        self._survey = self._survey or Survey(self._announce)
        return self._survey.notes(source)

    def _record(self, source: Source, state: FileState, of_series: _Shared) -> Record:
        shared, is_assembled = of_series.record, of_series.is_assembled
        if not shared:
            other: Record = {"other": other_object(source, state)}
            if "DirectoryRecordSequence" in source.dataset:
                other["file_ids"] = objects.file_ids(source.dataset)
            return other
        dataset = source.dataset
        positions, place_notes = _positions(source, shared, is_assembled)
        instance: Record = {
            "uid": source.sop_instance_uid,
            "number": dataset.integer("InstanceNumber"),
            "times": acquisition_time.stated_times(dataset),
            "positions": positions,
            "file": state.file_signature,
            "shared": shared,
        }
        if "LossyImageCompressionRatio" in dataset:
            instance["lossy_ratio"] = frame_attributes.lossy_ratio(dataset)
        notes = self._own_notes(source, shared, place_notes)
        if notes:  # hardly ever
            instance["notes"] = notes
        return {"instance": instance}

    def _own_notes(self, source: Source, shared: Record, place_notes: tuple[Message, ...]) -> list[Any]:
        """Return the notes on a file's own numbers.

        They are about its places and its gray values.
        """
        dataset = source.dataset
        notes = (*source.pixel_notes, *dataset.take_number_notes(), *place_notes)
        if not is_plain(dataset):
            facts = (source.pixel_kind, shared["count"])
            if isinstance(dataset, WalkedHeader) and PER_FRAME not in dataset:
                notes += self._gray_notes.of(dataset, facts, lambda observed: _gray_notes(observed, *facts))
            else:
                notes += _gray_notes(dataset, *facts)
        if not notes:
            return []
        return [
            record for note in dict.fromkeys(notes) if (record := note.as_record()) not in shared["notes"]
        ]


def _other_format(path: Path, file: io.BufferedReader, error: NotDicomError) -> Record:
    """Refuse a file of another format, naming the format.

    Raises
    ------
    UnopenedArchiveError, NotDicomError
    """
    kind = files.unopened_kind(file)
    if kind:
        raise UnopenedArchiveError(path=path, kind=kind)
    what = files.described(file)
    raise OtherFormatError(path=path, what=what) if what else error


class SharedHeaders:
    """Shared headers of the last files, one object for equal headers."""

    def __init__(self) -> None:
        self._remembered: HeaderMemo[_Shared] = HeaderMemo()  # of PET without SUV
        self._with_unit: HeaderMemo[tuple[_Shared, _Shared]] = HeaderMemo()  # from those to the whole ones
        self._newest_unit: tuple[_Shared, _Shared] | None = None

    def of(self, source: Source) -> _Shared:
        """Return the record of a source's shared header; or NO_IMAGE.

        Raises
        ------
        UnreadableFile
            The header makes no sense.
        """
        dataset = source.dataset
        states_uid = bool(dataset.text("SOPInstanceUID"))
        if not isinstance(dataset, WalkedHeader) or PER_FRAME in dataset:
            return _shared_record(source, states_uid)
        shared = self._remembered.of(
            dataset,
            (
                source.transfer_syntax,
                source.pixel_kind,
                source.native_bytes,
                fragment_frames(source),
                states_uid,
            ),
            lambda observed: _shared_record(
                replace(source, dataset=observed), states_uid, frame_attributes.stated_unit(observed)
            ),
            _is_lasting,
        )
        if not shared.record or shared.record["attributes"].get("modality") != "PT":
            return shared
        # whether SUV is earned is asked of the time of each image, which would share nothing else then
        return self._with_unit.of(dataset, id(shared), lambda observed: self._united(shared, observed))[1]

    def _united(self, shared: _Shared, dataset: WalkedHeader) -> tuple[_Shared, _Shared]:
        """Return a shared header without and with the unit that a header earns."""
        unit = frame_attributes.unit_of_values(FileFunctionalGroups(dataset, shared.record["count"])[0])
        attributes, notes = shared.record["attributes"], shared.record["notes"]
        if unit != attributes.get("units", ""):
            attributes = {**attributes, "units": unit}
        said = [note.as_record() for note in dataset.take_number_notes()]
        notes = [*(note for note in said if note not in notes), *notes]
        record = {**shared.record, "attributes": attributes, "notes": notes}
        if record == shared.record:
            return shared, shared
        newest = self._newest_unit
        if newest is None or newest[0] is not shared or newest[1].record != record:
            newest = self._newest_unit = shared, shared._replace(record=record)
        return newest


def _is_told_by_header(source: Source, layout: PixelLayout) -> bool:
    """Return whether indexing gives all notes on an image but of its pixels.

    So it is with a plain gray image, as most are.
    """
    dataset = source.dataset
    is_plain = layout.samples == 1 and layout.photometric.startswith("MONOCHROME") and not layout.is_float
    return (
        is_plain
        and layout.frames == 1
        and not source.is_encapsulated
        and isinstance(dataset, WalkedHeader)
        and not dataset.states_any(TOLD_BY_DECODING)
        and has_plain_numbers(dataset)
    )


def _is_lasting(shared: _Shared) -> bool:
    """Return whether the result depends on the header alone.

    Of several frames some may be missing in the file, which the header does not tell.
    """
    return bool(shared.record.get("count", 1) == 1)


def _shared_record(source: Source, states_uid: bool, unit: str | None = None) -> _Shared:
    if not source.dataset.integer("Rows"):
        return NO_IMAGE
    layout = read_layout(source)
    record = shared_record(_shared_header(source, layout, states_uid, unit))
    return _Shared(record, may_be_assembled(source.dataset), layout)


def _shared_header(source: Source, layout: PixelLayout, states_uid: bool, unit: str | None) -> SharedHeader:
    """Make a shared header.

    The attributes that each image has of its own must not be asked for here. `unit` as for `attributes`.
    """
    dataset = source.dataset
    assembly, assembly_notes = _assembly(source, layout) if may_be_assembled(dataset) else (None, ())
    scopes = FileFunctionalGroups(dataset, layout.frames)
    aspects = FrameAspects(scopes)
    if assembly is not None:
        stored = map(assembly.stored_frame, range(assembly.count))
        frames, own_notes = _frame_headers(dataset, scopes, aspects, stored)
    elif layout.frames > 1 and (not scopes.are_alike or "GridFrameOffsetVector" in dataset):
        frames, own_notes = _frame_headers(dataset, scopes, aspects, range(layout.frames))
    else:
        frames, own_notes = (_frame_header(scopes[0], aspects),) * layout.frames, ()
    of_frames, damage = frames_note(layout), native_damage(source, layout)
    syntax = source.transfer_syntax
    return SharedHeader(
        identity=frame_attributes.identity(dataset),
        attributes=frame_attributes.attributes(scopes[0], syntax, aspects.first, unit=unit),
        rows=layout.rows if assembly is None else assembly.rows,
        columns=layout.columns if assembly is None else assembly.columns,
        frames=frames,
        cine=frame_attributes.cine_timing(dataset) if layout.frames > 1 else None,
        notes=(
            *dataset.take_number_notes(),
            *own_notes,
            *((of_frames,) if of_frames is not None else ()),
            *layout.notes,
            *((damage_note(damage, layout.frames, layout.frames),) if damage is not None else ()),
            *((REPAIRED,) if source.is_repaired else ()),
            *(() if states_uid else (NO_SOP_INSTANCE_UID,)),
            *aspects.notes,
            *(assembly_notes if assembly is None else assembly.notes),
            *dataset.text_notes,
        ),
        concatenation=frame_attributes.concatenation(dataset),
        stated=frame_attributes.stated_identity(dataset),
        dates=acquisition_time.stated_dates(dataset),
        hints=identifier_hints(dataset),
    )


def _assembly(source: Source, layout: PixelLayout) -> tuple["Assembly | None", tuple[Message, ...]]:
    from medviewer.dicom.reading.assembly import assembly_of

    return assembly_of(source.dataset, layout)


def _positions(
    source: Source, shared: Record, is_assembled: bool
) -> tuple[list[Vector | None], tuple[Message, ...]]:
    """Return the positions of the frames in display order, and their notes.

    One for all where they are alike.
    """
    count = len(shared["frames"])
    if count == 1 and shared["count"] == 1 and not is_assembled:
        return [only_position(source.dataset)], ()
    scopes = FileFunctionalGroups(source.dataset, shared["count"])
    if is_assembled:
        assembly, _ = _assembly(source, read_layout(source))
        if assembly is not None:
            return [assembly.position(scopes, index) for index in range(assembly.count)], ()
    if count == 1:
        return [frame_position(scopes[0])], ()
    said = source.dataset.take_number_notes()
    found, notes = [], []
    for index in range(count):
        found.append(frame_position(scopes[index], index))
        notes.append(source.dataset.take_number_notes())
    return found, (*said, *notes_of_file(notes))


def _frame_headers(
    dataset: Header, scopes: FileFunctionalGroups, aspects: FrameAspects, indices: Iterable[int]
) -> tuple[tuple[FrameHeader, ...], tuple[Message, ...]]:
    """Return the headers of frames, and the notes on numbers of each."""
    scopes.prefetch_shared()
    of_all = dataset.take_number_notes()
    headers, notes = [], []
    for index in indices:
        headers.append(_frame_header(scopes[index], aspects))
        notes.append(dataset.take_number_notes())
    return tuple(headers), (*of_all, *notes_of_file(notes))


def _frame_header(scope: FrameFunctionalGroups, aspects: FrameAspects) -> FrameHeader:
    return FrameHeader(
        geometry=frame_grid(scope),
        split=frame_attributes.splits(scope),
        dimension_index=frame_attributes.dimension_index(scope),
        volume_place_mm=volume_place_mm(scope),
        aspect=aspects.of(scope),
    )


def _gray_notes(dataset: Header, pixel_kind: str, count: int) -> tuple[Message, ...]:
    """Return the notes on unusable grayscale numbers of a file."""
    if (dataset.integer("SamplesPerPixel") or 1) == 1 and stated_photometric(dataset) != "PALETTE COLOR":
        scopes = FileFunctionalGroups(dataset, count)
        stated = dataset.integer("BitsStored") or dataset.integer("BitsAllocated") or 16
        bits = stated if pixel_kind == "integer" else 0
        looked_at = 1 if scopes.are_alike else min(count, FRAMES_LOOKED_AT)
        said = dataset.take_number_notes()
        of_frames = []
        for number in range(looked_at):
            note_gray_numbers(scopes[number * count // looked_at], bits)
            of_frames.append(dataset.take_number_notes())
        return (*said, *notes_of_file(of_frames))
    return dataset.take_number_notes()
