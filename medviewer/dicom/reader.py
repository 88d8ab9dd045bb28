"""From an open file to a frame for the screen.

Runs in the limited worker process.
"""

import struct
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import BinaryIO

from medviewer.dicom import colour, description, grey, pixels
from medviewer.dicom.archive import FileState, file_state, open_file
from medviewer.dicom.indexing import instance_uid, read_errors, walked_source
from medviewer.dicom.layout import PixelLayout, read_layout
from medviewer.dicom.overlays import overlay_planes
from medviewer.dicom.placement import FrameScope, FrameScopes, frame_grid, frame_position
from medviewer.dicom.presentation_state import CLASSES as STATE_CLASSES
from medviewer.dicom.presentation_state import read as read_state
from medviewer.dicom.shutters import shutter
from medviewer.dicom.source import CUT_SHORT, Described, Source, open_source
from medviewer.dicom.ultrasound import ultrasound_regions
from medviewer.dicom.walker import DoubtError
from medviewer.errors import ChangedFileError, DamagedFileError, MissingAttributeError
from medviewer.imaging.frame import Frame
from medviewer.imaging.presentation_state import PresentationState


def _parsed_source(path: Path, file: BinaryIO, _size: int) -> Source:
    return open_source(path, file)


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
    with file, read_errors(path):
        top = open_source(path, file).top
        if top.text("SOPClassUID") not in STATE_CLASSES:
            raise MissingAttributeError(path=path, attribute="ReferencedSeriesSequence")
        return read_state(top)


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
        with read_errors(path):
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
    layout = source.layout = source.layout or read_layout(source)
    announce(layout.frame_bits // 8)
    decoded = pixels.decode_frame(source, layout, frame_number - 1)
    scopes = FrameScopes(top, layout.frames)
    scope = scopes[frame_number - 1]
    described = source.described or _describe(source, layout, scope)
    if scopes.are_alike:
        source.described = described
    is_color = decoded.stored.ndim == 3
    overlays, overlay_warnings = overlay_planes(top, frame_number, layout, decoded.words)
    colors = colour.find_colors(scope, decoded.stored)
    return Frame(
        stored=colors.stored,
        sop_instance_uid=instance_uid(source),
        frame_number=frame_number,
        bits_stored=layout.bits_stored,
        modality=described.modality,
        voi=() if is_color else described.voi,
        inverted=not is_color and described.inverted,
        padding=None if is_color else described.padding,
        geometry=replace(described.grid, position_mm=frame_position(scope, frame_number - 1)),
        attributes=replace(
            described.attributes,
            lossy=described.attributes.lossy or decoded.is_lossy,
            has_color_profile=colors.has_profile,
        ),
        supplemental=colors.supplemental,
        warnings=(
            *decoded.warnings,
            *colors.warnings,
            *(() if is_color else described.grey_warnings),
            *overlay_warnings,
            *described.shutter_warnings,
        ),
        regions=described.regions,
        overlays=overlays,
        shutter=described.shutter,
    )


def _describe(source: Source, layout: PixelLayout, scope: FrameScope) -> Described:
    uid = instance_uid(source)
    modality, warnings = grey.modality_transform(scope, layout)
    alternatives, more = grey.voi_alternatives(scope, layout, modality)
    covering, shutter_warnings = shutter(scope.group("FrameDisplayShutterSequence"))
    return Described(
        attributes=description.attributes(
            scope, source.transfer_syntax, is_demonstration=description.is_demonstration(uid)
        ),
        modality=modality,
        voi=alternatives,
        inverted=grey.is_inverted(scope.top),
        padding=grey.padding(scope.top, layout),
        grid=frame_grid(scope),
        regions=ultrasound_regions(scope.top),
        shutter=covering,
        grey_warnings=(*warnings, *more),
        shutter_warnings=tuple(shutter_warnings),
    )
