"""From an open file to what the program knows of it: an instance for the index, a frame for the screen.

Runs in the limited worker process.
"""

import hashlib
import os
import struct
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import BinaryIO, Final

from medviewer.dicom import colour, description, grey, media_directory, pixels
from medviewer.dicom.archive import FileState, archive_record, file_state, is_archive, open_file
from medviewer.dicom.coding import encoded
from medviewer.dicom.instance import FrameHeader, Instance, Record, plain_record, to_record
from medviewer.dicom.overlays import overlay_planes
from medviewer.dicom.placement import FrameScopes, frame_geometry
from medviewer.dicom.presentation_state import CLASSES as STATE_CLASSES
from medviewer.dicom.presentation_state import named
from medviewer.dicom.presentation_state import read as read_state
from medviewer.dicom.shutters import shutter
from medviewer.dicom.source import CUT_SHORT, Source, open_source
from medviewer.dicom.ultrasound import ultrasound_regions
from medviewer.dicom.walker import DoubtError, walk_file
from medviewer.errors import ChangedFileError, DamagedFileError, MissingAttributeError, MissingFileError
from medviewer.imaging.frame import Frame
from medviewer.imaging.presentation_state import PresentationState
from medviewer.translation import mark

DIRECTORY_CLASS: Final = "1.2.840.10008.1.3.10"
OBJECT_DESCRIPTIONS: Final = {
    DIRECTORY_CLASS: mark("Directory of a medium (DICOMDIR)"),
    "1.2.840.10008.5.1.4.1.1.88": mark("Structured report"),
    "1.2.840.10008.5.1.4.1.1.88.59": mark("Key images"),
    "1.2.840.10008.5.1.4.1.1.88.67": mark("Radiation dose report"),
    "1.2.840.10008.5.1.4.1.1.11": mark("Presentation state"),
    "1.2.840.10008.5.1.4.1.1.104.1": mark("PDF document"),
    "1.2.840.10008.5.1.4.1.1.104": mark("Enclosed document"),
    "1.2.840.10008.5.1.4.1.1.9": mark("Waveform (ECG or other signal)"),
    "1.2.840.10008.5.1.4.1.1.481.3": mark("Radiotherapy structures"),
    "1.2.840.10008.5.1.4.1.1.481.5": mark("Radiotherapy plan"),
    "1.2.840.10008.5.1.4.1.1.481": mark("Radiotherapy object"),
    "1.2.840.10008.5.1.4.1.1.4.2": mark("MR spectroscopy"),
    "1.2.840.10008.5.1.4.1.1.66": mark("Registration or raw data"),
}
"""What an object without pictures is, by the longest matching root of its SOP class."""

NOT_STATED: Final = mark("DICOM data without pictures")
ARCHIVE: Final = {"sop_class": "", "described": mark("Archive (zip)"), "title": "", "identity": {}}
NO_PICTURE: Final = mark("Image without its pixels")
CUT_FRAMES: Final = mark("The pixel data is cut short: the last pictures are missing.")
NO_SOP_INSTANCE_UID: Final = mark("The file does not say which image it is (no SOP Instance UID).")


@contextmanager
def _read_errors(path: Path) -> Iterator[None]:
    """Turn what the system refuses while a file is read into the error that says so."""
    try:
        yield
    except OSError as error:
        raise MissingFileError(path=path, detail=error.strerror or "") from error


def index_file(path: Path, text_encoding: str = "") -> Record:
    """Return what a file is, as a record: an instance, another object, or an error.

    Parameters
    ----------
    text_encoding : str
        A key of TEXT_ENCODINGS where the user chose how text is read; "": as the file states.

    Raises
    ------
    UnreadableFile
        With the reason.
    """
    file, state = open_file(path)
    with file, _read_errors(path):
        if is_archive(path, file):
            return {"other": ARCHIVE, **archive_record(path)}
        try:
            return _record(walked_source(path, file, state.size), state, text_encoding)
        except (DoubtError, struct.error):
            return _record(open_source(path, file), state, text_encoding)


def walked_source(path: Path, file: BinaryIO, size: int) -> Source:
    """Return a source by the fast way, for plain files.

    Raises
    ------
    DoubtError
        The full parser has to read it.
    """
    walked = walk_file(file, size)
    return Source(
        path=path,
        disk_file=file,
        file=file,
        top=walked.header,
        transfer_syntax=walked.transfer_syntax,
        pixel_kind=walked.pixel_kind,
        pixel_offset=walked.pixel_offset,
        pixel_length=walked.pixel_length,
        end=size,
    )


def _parsed_source(path: Path, file: BinaryIO, _size: int) -> Source:
    return open_source(path, file)


def _record(source: Source, state: FileState, text_encoding: str = "") -> Record:
    source.top.read_text_as(text_encoding)
    if not source.pixel_kind or not source.top.integer("Rows"):
        other = {"other": _other_object(source)}
        is_directory = "DirectoryRecordSequence" in source.top
        return {**other, "file_ids": media_directory.file_ids(source.top)} if is_directory else other
    return {"instance": to_record(_instance(source, state))}


def _other_object(source: Source) -> Record:
    top = source.top
    sop_class = top.text("SOPClassUID")
    if "DirectoryRecordSequence" in top:
        sop_class = DIRECTORY_CLASS
    roots = [root for root in OBJECT_DESCRIPTIONS if sop_class == root or sop_class.startswith(root + ".")]
    described = OBJECT_DESCRIPTIONS[max(roots, key=len)] if roots else NOT_STATED
    if not roots and top.integer("Rows"):
        described = NO_PICTURE
    title = top.text("DocumentTitle") or top.text("ContentLabel") or top.text("StructureSetLabel")
    concept = top.item("ConceptNameCodeSequence")
    if not title and concept is not None:
        title = concept.text("CodeMeaning")
    who = description.identity(top)
    return {
        "sop_class": sop_class,
        "described": described,
        "title": title,
        "identity": plain_record(who),
        "state": encoded(named(top)) if sop_class in STATE_CLASSES else None,
    }


def read_state_file(path: Path) -> PresentationState:
    """Return the presentation state that a file holds.

    Raises
    ------
    MissingAttributeError
        It holds something else.
    UnreadableFile
        With the reason.
    """
    file, _ = open_file(path)
    with file, _read_errors(path):
        top = open_source(path, file).top
        if top.text("SOPClassUID") not in STATE_CLASSES:
            raise MissingAttributeError(path=path, attribute="ReferencedSeriesSequence")
        return read_state(top)


def _instance(source: Source, state: FileState) -> Instance:
    top = source.top
    layout = pixels.read_layout(source)
    scopes = FrameScopes(top, layout.frames)
    has_planes = "GridFrameOffsetVector" in top
    first = _frame_header(scopes, 0)
    frames = (first,) * layout.frames
    if layout.frames > 1 and (not scopes.are_alike or has_planes):
        frames = tuple(_frame_header(scopes, index) for index in range(layout.frames))
    whole = pixels.whole_native_frames(source, layout)
    identity = description.identity(top)
    return Instance(
        path=source.path,
        sop_instance_uid=instance_uid(source),
        identity=identity,
        attributes=description.attributes(scopes[0], source.transfer_syntax),
        rows=layout.rows,
        columns=layout.columns,
        frames=frames,
        instance_number=top.integer("InstanceNumber"),
        frame_time_ms=description.frame_time_ms(top) if layout.frames > 1 else None,
        file_size=state.size,
        file_mtime_ns=state.mtime_ns,
        notes=(
            *((CUT_FRAMES,) if 0 < whole < layout.frames else ()),
            *(() if top.text("SOPInstanceUID") else (NO_SOP_INSTANCE_UID,)),
            *top.text_notes,
        ),
    )


def instance_uid(source: Source) -> str:
    """Return the SOP Instance UID; a file without one gets a name that no UID can have, from its path."""
    stated = source.top.text("SOPInstanceUID")
    return stated or "file:" + hashlib.sha256(os.fsencode(source.path)).hexdigest()[:32]


def _frame_header(scopes: FrameScopes, index: int) -> FrameHeader:
    scope = scopes[index]
    return FrameHeader(
        geometry=frame_geometry(scope, index),
        split=description.splits(scope),
        dimension_index=description.dimension_index(scope),
    )


class FrameReader:
    """Reads frames; keeps a file of many frames open for the next one."""

    def __init__(self) -> None:
        self._source: Source | None = None
        self._state: FileState | None = None

    def read(
        self, path: Path, frame_number: int, expected: tuple[str, int, int], announce: Callable[[int], None]
    ) -> Frame:
        """Return one frame of a file.

        Parameters
        ----------
        frame_number : int
            From 1.
        expected : (SOP Instance UID, size in bytes, modification time in ns)
            As indexed; a size of 0 means that nothing is expected.
        announce : callable
            Called with the bytes of the frame before it is decoded.

        Raises
        ------
        ChangedFileError
            It is another file than the one that was indexed, or it changed while it was read.
        UnreadableFile
            It cannot be shown, with the reason.
        """
        with _read_errors(path):
            try:
                return self._read(path, frame_number, expected, announce, walked_source)
            except (DoubtError, struct.error):
                return self._read(path, frame_number, expected, announce, _parsed_source)

    def _read(
        self,
        path: Path,
        frame_number: int,
        expected: tuple[str, int, int],
        announce: Callable[[int], None],
        open_by: Callable[[Path, BinaryIO, int], Source],
    ) -> Frame:
        uid, size, modified = expected
        try:
            source, found = self._open(path, open_by)
            _refuse_changed(path, bool(size) and found != (size, modified))
            _refuse_changed(path, bool(uid) and instance_uid(source) != uid)
            frame = read_frame(source, frame_number, announce)
            _refuse_changed(path, file_state(path) != found)
        except BaseException:
            self.close()
            raise
        if "NumberOfFrames" not in source.top:
            self.close()  # nothing else is to come from it, and its disk may be taken away
        return frame

    def close(self) -> None:
        """Let go of the file that is kept open."""
        if self._source is not None:
            self._source.disk_file.close()
        self._source, self._state = None, None

    def _open(self, path: Path, open_by: Callable[[Path, BinaryIO, int], Source]) -> tuple[Source, FileState]:
        if self._source is not None and self._source.path == path and self._state == file_state(path):
            return self._source, self._state
        self.close()
        file, state = open_file(path)
        try:
            self._source = open_by(path, file, state.size)
        except BaseException:
            file.close()
            raise
        self._state = state
        return self._source, state


def _refuse_changed(path: Path, has_changed: bool) -> None:
    if has_changed:
        raise ChangedFileError(path=path)


def read_frame(source: Source, frame_number: int, announce: Callable[[int], None]) -> Frame:
    """Return one frame with all that is needed to show it.

    Raises
    ------
    UnreadableFile
        With the reason.
    """
    top = source.top
    if not source.pixel_kind:
        raise DamagedFileError(path=source.path, detail=CUT_SHORT)
    layout = pixels.read_layout(source)
    announce(layout.frame_bits // 8)
    decoded = pixels.decode_frame(source, layout, frame_number - 1)
    scope = FrameScopes(top, layout.frames)[frame_number - 1]
    attributes = description.attributes(scope, source.transfer_syntax)
    modality, warnings = grey.modality_transform(scope, layout)
    alternatives, more = grey.voi_alternatives(scope, layout, modality)
    is_color = decoded.stored.ndim == 3
    overlays, overlay_warnings = overlay_planes(top, frame_number, layout, decoded.words)
    covering, shutter_warnings = shutter(scope.group("FrameDisplayShutterSequence"))
    colors = colour.find_colors(scope, decoded.stored)
    return Frame(
        stored=colors.stored,
        sop_instance_uid=instance_uid(source),
        frame_number=frame_number,
        bits_stored=layout.bits_stored,
        modality=modality,
        voi=() if is_color else alternatives,
        inverted=not is_color and grey.is_inverted(top),
        padding=None if is_color else grey.padding(top, layout),
        geometry=frame_geometry(scope, frame_number - 1),
        attributes=replace(
            attributes,
            lossy=attributes.lossy or decoded.is_lossy,
            has_color_profile=colors.has_profile,
        ),
        supplemental=colors.supplemental,
        warnings=(
            *decoded.warnings,
            *colors.warnings,
            *(() if is_color else (*warnings, *more)),
            *overlay_warnings,
            *shutter_warnings,
        ),
        regions=ultrasound_regions(top),
        overlays=overlays,
        shutter=covering,
    )
