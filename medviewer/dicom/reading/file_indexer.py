"""Indexing of one file: from its bytes to its record.

An instance, another object, an archive. Runs in the limited worker process.
"""

import io
import struct
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from medviewer import limits
from medviewer.dicom import files, objects
from medviewer.dicom.attributes import (
    FileFunctionalGroups,
    Record,
    acquisition_time,
    frame_attributes,
    has_plain_numbers,
    is_plain,
    note_gray_numbers,
    stated_photometric,
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
from medviewer.dicom.pixels import native_damages
from medviewer.dicom.reading.frame_notes import notes_of_file
from medviewer.dicom.reading.other_objects import other_object
from medviewer.dicom.reading.shared_headers import NO_IMAGE, PER_FRAME, Shared, SharedHeaders, positions_of
from medviewer.dicom.reading.sources import parsed_source, read_errors, walked_source
from medviewer.errors import (
    NotDicomError,
    OtherFormatError,
    UnopenedArchiveError,
)
from medviewer.translation import Message

if TYPE_CHECKING:
    from medviewer.dicom.reading.survey import Survey


TOLD_BY_DECODING: Final = (
    *("SharedFunctionalGroupsSequence", PER_FRAME, "DoseGridScaling", "DoseUnits"),
    *("VOILUTFunction", "ShutterShape"),
    *("ModalityLUTSequence", "VOILUTSequence", "RedPaletteColorLookupTableDescriptor"),
    *("SequenceOfUltrasoundRegions", "PixelPaddingRangeLimit"),
    *(f"Overlay{what}{group:04X}" for group in OVERLAY_GROUPS for what in ("Rows", "Data")),
)
"""Where a gray image states none of them, indexing says all that its header has to say."""

HEADER_SLOWNESS: Final = 4
"""How much longer a byte of a header takes than one of a picture, about."""

FRAMES_LOOKED_AT: Final = 8
"""So many, spread over a file whose frames have numbers of their own, say whether those can be read."""


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
        self._announce(HEADER_SLOWNESS * min(state.size, limits.HEADER_BYTES))
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

    def _notes_of_pixels(self, source: Source, shared: Shared) -> tuple[Message, ...]:
        """Return all that an image would say if it were shown."""
        layout = shared.layout
        if layout is not None and not shared.is_assembled and _is_told_by_header(source, layout):
            return tuple(one.note() for one in native_damages(source, layout) if one is not None)
        from medviewer.dicom.reading.survey import Survey  # not at the top, for the sake of numpy

        self._survey = self._survey or Survey(self._announce)
        return self._survey.notes(source)

    def _record(self, source: Source, state: FileState, of_series: Shared) -> Record:
        shared, is_assembled = of_series.record, of_series.is_assembled
        if not shared:
            other: Record = {"other": other_object(source, state)}
            if "DirectoryRecordSequence" in source.dataset:
                other["file_ids"] = objects.file_ids(source.dataset)
            return other
        dataset = source.dataset
        positions, place_notes = positions_of(source, shared, is_assembled)
        instance: Record = {
            "uid": source.sop_instance_uid,
            "number": dataset.integer("InstanceNumber"),
            "times": acquisition_time.stated_times(dataset),
            "positions": positions,
            "file": state.file_signature,
            "shared": shared,
        }
        if positions == [None] and (location := dataset.number("SliceLocation")) is not None:
            instance["location"] = location
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
