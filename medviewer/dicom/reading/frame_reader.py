"""From an open file to a frame for the screen.

Runs in the limited worker process.
"""

import io
import struct
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import numpy.typing as npt

from medviewer.dicom.attributes import (
    FileFunctionalGroups,
    FrameFunctionalGroups,
    frame_attributes,
    frame_position,
    read_acquisition,
)
from medviewer.dicom.files import Announce, FileState, file_state, open_file, silently
from medviewer.dicom.header import (
    CUT_SHORT,
    HeaderMemo,
    NotPlainHeaderError,
    PixelLayout,
    RepeatedElements,
    Source,
    WalkedHeader,
)
from medviewer.dicom.model import Origin
from medviewer.dicom.pixels import (
    color,
    decode as pixels,
    overlay_planes,
)
from medviewer.dicom.reading.descriptions import RememberedDescriptions, describe_frame, of_depth
from medviewer.dicom.reading.file_window import file_window, frames_looked_at
from medviewer.dicom.reading.open_image import FrameDescription, OpenImage
from medviewer.dicom.reading.sources import (
    is_as_indexed,
    parsed_source,
    read_errors,
    refuse_changed,
    walked_source,
)
from medviewer.errors import ChangedFileError, DamagedFileError
from medviewer.imaging.display import are_values_known, lacks_window, value_unit
from medviewer.imaging.frame import (
    Acquisition,
    Frame,
    FrameAttributes,
    Vector,
    Window,
    has_numbers_only,
    with_position,
)
from medviewer.translation import Message, message

if TYPE_CHECKING:  # loaded where frames may have to be put together
    from medviewer.dicom.reading.assembly import Assembly

MASK_STATED: Final = ("MaskSubtractionSequence", "RecommendedViewingMode")
WINDOWS_KEPT: Final = 64
NO_NUMBERS: Final = message("Some pixels hold no number; they are black and are not measured.")

OpenBy = Callable[[Path, io.BufferedReader, int], Source]

UNKNOWN: Final = Origin()


def _parsed_source(path: Path, file: io.BufferedReader, _size: int) -> Source:
    return parsed_source(path, file)


class FrameReader:
    """Reads frames; keeps a file of many frames open for the next one.

    Of the files of a series, it looks only at what one says otherwise than those before it.

    Parameters
    ----------
    announce : callable
        Called with the bytes of a frame before it is decoded, and of an archive before it is unpacked.
    """

    def __init__(self, announce: Announce = silently) -> None:
        self._announce = announce
        self._image: OpenImage | None = None
        self._state: FileState | None = None
        self._repeats = RepeatedElements()
        self._descriptions = RememberedDescriptions()
        self._windows: dict[tuple[object, ...], Window | None] = {}
        self._stated: HeaderMemo[str] = HeaderMemo()

    def read(
        self,
        path: Path,
        frame_number: int,
        uid: str = "",
        origin: Origin = UNKNOWN,
        allocate: pixels.Room = pixels.new_room,
    ) -> Frame:
        """Return one frame of a file.

        Parameters
        ----------
        frame_number : int
            From 1.
        uid : str
            The SOP Instance UID as indexed; "": any.
        origin : Origin
            The file as it was indexed.
        allocate : callable
            Gives memory for so many bytes of pixels; asked where it is used.

        Raises
        ------
        ChangedFileError
            It is another file than the one that was indexed, or it changed while it was read.
        UnreadableFile
            It cannot be shown, with the reason.
        """
        with read_errors(path):
            try:
                read = partial(self._read, path, frame_number, uid, origin, allocate)
                return read(self._walked_source)
            except (NotPlainHeaderError, struct.error):
                return read(_parsed_source)

    def _read(
        self,
        path: Path,
        frame_number: int,
        uid: str,
        origin: Origin,
        allocate: pixels.Room,
        open_by: OpenBy,
    ) -> Frame:
        try:
            image, found = self._open_known(path, uid, origin, open_by)
            frame = self._frame(image, frame_number, allocate)
            state = file_state(path)
            refuse_changed(path, state.file_signature != found.file_signature)
            # guard(test): a file that was written over while it was read is looked at again
            if state != found:  # it was linked to, or moved; or another was written over it
                self.close()
                image, _ = self._open_known(path, uid, origin, open_by)
        except BaseException:
            self.close()
            raise
        if image.layout is None or image.layout.frames == 1:
            self.close()  # nothing else is to come from it, and its disk may be taken away
        return frame

    def _open_known(
        self, path: Path, uid: str, origin: Origin, open_by: OpenBy
    ) -> tuple[OpenImage, FileState]:
        """Open a file, unless it is open; refuse another one than was indexed."""
        image, found = self._open(path, open_by)
        source = image.source
        # guard(origin.stated_identity and self._stated_identity(source) != origin.stated_identity):
        #     whose image it is is read again with the pixels
        if (
            not is_as_indexed(found, origin)
            or (uid and source.sop_instance_uid != uid)
            or (origin.stated_identity and self._stated_identity(source) != origin.stated_identity)
        ):
            raise ChangedFileError(path=path)
        return image, found

    def _stated_identity(self, source: Source) -> str:
        """Return the identity stated by an open file."""
        if not source.stated and isinstance(source.dataset, WalkedHeader):
            source.stated = self._stated.of(source.dataset, (), frame_attributes.stated_identity)
        source.stated = source.stated or frame_attributes.stated_identity(source.dataset)
        return source.stated

    def _frame(self, image: OpenImage, frame_number: int, allocate: pixels.Room) -> Frame:
        self._descriptions.describe(image)
        frame = read_frame(image, frame_number, self._announce, allocate)
        automatic = self._automatic_window(image, frame)
        if automatic is not None:
            frame = replace(frame, automatic=automatic)
        has_mask = image.source.dataset.states_any(MASK_STATED)
        return self._without_mask(image, frame) if has_mask else frame

    def _without_mask(self, image: OpenImage, frame: Frame) -> Frame:
        """Return a frame with its subtraction, where the file states a mask."""
        source, layout = image.source, image.read_layout()
        if image.assembly() is not None or frame.damage is not None:
            return frame
        from medviewer.dicom.pixels import MaskSubtraction

        def read_stored(number: int) -> npt.NDArray[Any]:
            self._announce(layout.frame_bits // 8)
            decoded = pixels.decode_frame(source, layout, number - 1, None, image.stream)
            # guard(test): a part of an image is no mask
            if decoded.damage is not None:
                raise DamagedFileError(path=source.path, detail=CUT_SHORT)
            return decoded.stored

        if image.subtracting is None:
            image.subtracting = MaskSubtraction(source.dataset, layout.frames, read_stored)
        scope = FileFunctionalGroups(source.dataset, layout.frames)[frame.frame_number - 1]
        subtraction, said = image.subtracting.of(frame, scope)
        if said:
            frame = replace(frame, warnings=(*frame.warnings, *said))
        return frame if subtraction is None else replace(frame, subtraction=subtraction)

    def _automatic_window(self, image: OpenImage, frame: Frame) -> Window | None:
        """Return a window that the frames of a file have in common.

        None where it has one or needs none.
        """
        source, count = image.source, image.frame_count
        if count == 1 or not lacks_window(frame):
            return None
        cache_key = (source.path, self._state, value_unit(frame), are_values_known(frame))
        if cache_key not in self._windows:
            if len(self._windows) >= WINDOWS_KEPT:
                del self._windows[next(iter(self._windows))]
            numbers = frames_looked_at(source.transfer_syntax, frame.rows, frame.columns, count)
            self._windows[cache_key] = file_window(
                frame, numbers, lambda number: read_frame(image, number, self._announce, pixels.new_room)
            )
        return self._windows[cache_key]

    def close(self) -> None:
        """Close the file that is kept open."""
        if self._image is not None:
            self._image.source.disk_file.close()
        self._image, self._state = None, None

    def _walked_source(self, path: Path, file: io.BufferedReader, size: int) -> Source:
        return walked_source(path, file, size, self._repeats)

    def _open(self, path: Path, open_by: OpenBy) -> tuple[OpenImage, FileState]:
        if self._image is not None and self._image.source.path == path and self._state == file_state(path):
            return self._image, self._state
        self.close()
        file, state = open_file(path, self._announce)
        try:
            self._image = OpenImage(open_by(path, file, state.size))
        except BaseException:
            file.close()
            raise
        self._state = state
        return self._image, state


def read_frame(image: OpenImage, frame_number: int, announce: Announce, allocate: pixels.Room) -> Frame:
    """Return one frame with all that is needed to show it.

    Raises
    ------
    UnreadableFile
        With the reason.
    """
    source, dataset = image.source, image.source.dataset
    if not source.pixel_kind:
        raise DamagedFileError(path=source.path, detail=CUT_SHORT)
    layout, assembly = image.read_layout(), image.assembly()
    count = layout.frames if assembly is None else assembly.count
    if not 1 <= frame_number <= count:
        raise DamagedFileError(path=source.path, detail=CUT_SHORT)
    announce(_announced_bytes(layout, assembly))
    scopes = image.functional_groups()
    scope = scopes[frame_number - 1 if assembly is None else assembly.stored_frame(frame_number - 1)]
    described = image.described or describe_frame(source, layout, scope)
    if scopes.are_alike:
        image.described = described
    decoded, position = _decode_with_position(
        image, layout, assembly, scope, frame_number - 1, described, allocate
    )
    if decoded.layout not in (None, layout):
        stated_bits, layout = layout.bits_stored, decoded.layout or layout
        described = of_depth(describe_frame(source, layout, scope), stated_bits)
    is_color = decoded.stored.ndim == 3
    overlays, overlay_warnings = (
        overlay_planes(dataset, frame_number, layout, decoded.raw_samples)
        if described.has_overlays
        else ((), [])
    )
    colors = color.find_colors(scope, decoded.stored)
    return Frame(
        stored=colors.stored,
        sop_instance_uid=source.sop_instance_uid,
        frame_number=frame_number,
        bits_stored=layout.bits_stored,
        modality=described.modality,
        voi=() if is_color else described.voi,
        voi_is_lost=not is_color and described.voi_is_lost,
        inverted=not is_color and described.inverted,
        padding=None if is_color else described.padding,
        geometry=described.grid if position is None else with_position(described.grid, position),
        attributes=_with_pixels(described.attributes, decoded, layout, colors),
        supplemental=colors.supplemental,
        damage=decoded.damage,
        warnings=(
            *decoded.notes,
            *source.pixel_notes,
            *_header_notes(described, colors),
            *overlay_warnings,
            *dataset.take_number_notes(),
        ),
        regions=described.regions,
        overlays=overlays,
        shutter=described.shutter,
        acquisition=_acquisition(image, scopes, scope),
    )


def _acquisition(image: OpenImage, scopes: FileFunctionalGroups, scope: FrameFunctionalGroups) -> Acquisition:
    """Return the acquisition of a frame, read once where frames are alike."""
    found = image.acquisition or read_acquisition(scope)
    if scopes.are_alike:
        image.acquisition = found
    return found


def header_notes(image: OpenImage, frame_number: int) -> tuple[Message, ...]:
    """Return the notes that the header alone gives about a frame.

    Parameters
    ----------
    frame_number : int
        From 1, at most the number of frames.

    Raises
    ------
    UnreadableFile
        With the reason.
    """
    layout, assembly = image.read_layout(), image.assembly()
    source = image.source
    scopes = FileFunctionalGroups(source.dataset, layout.frames)
    scope = scopes[frame_number - 1 if assembly is None else assembly.stored_frame(frame_number - 1)]
    described = image.described or describe_frame(source, layout, scope)
    pixel = _pixel_like(layout)
    is_told = frame_number > 1 and pixel.ndim == 3  # all frames have one color profile, slow to apply
    colors = color.Colors(pixel) if is_told else color.find_colors(scope, pixel)
    return (*_header_notes(described, colors), *source.dataset.take_number_notes())


def _pixel_like(layout: PixelLayout) -> npt.NDArray[Any]:
    """Return an image of one pixel, of the kind that decoded ones are."""
    if layout.samples >= 3 or layout.photometric == "PALETTE COLOR":
        return np.zeros((1, 1, 3), np.uint8)
    return np.zeros((1, 1), np.int16 if layout.is_signed else np.uint16)


def _header_notes(described: FrameDescription, colors: color.Colors) -> tuple[Message, ...]:
    is_color = colors.stored.ndim == 3
    return (*colors.warnings, *described.warnings, *(() if is_color else _gray_warnings(described, colors)))


def _decode_with_position(
    image: OpenImage,
    layout: PixelLayout,
    assembly: "Assembly | None",
    scope: FrameFunctionalGroups,
    index: int,
    described: FrameDescription,
    allocate: pixels.Room,
) -> tuple[pixels.Decoded, Vector | None]:
    """Decode a frame; return it with its position in the patient."""
    decode = partial(pixels.decode_frame, image.source, layout, stream=image.stream)
    if assembly is None:
        return decode(index, None if described.has_overlays else allocate), frame_position(scope, index)
    scopes = FileFunctionalGroups(image.source.dataset, layout.frames)
    return assembly.decode(decode, index), assembly.position(scopes, index)


def _announced_bytes(layout: PixelLayout, assembly: "Assembly | None") -> int:
    """Return the announced size of a frame to decode."""
    if assembly is None or layout.frames == 1:
        return layout.frame_bits // 8
    return assembly.rows * assembly.columns * layout.samples * max(1, layout.bits_allocated // 8)


def _gray_warnings(described: FrameDescription, colors: color.Colors) -> tuple[Message, ...]:
    has_numbers = has_numbers_only(colors.stored, described.modality)
    return described.gray_warnings if has_numbers else (*described.gray_warnings, NO_NUMBERS)


def _with_pixels(
    stated: FrameAttributes, decoded: pixels.Decoded, layout: PixelLayout, colors: color.Colors
) -> FrameAttributes:
    """Return the header's description completed by the pixels."""
    is_lossy = decoded.is_lossy
    if stated.photometric_interpretation not in ("", layout.photometric):
        stated = replace(stated, photometric_interpretation=layout.photometric)
    if colors.has_profile or (is_lossy and not stated.lossy):
        return replace(stated, lossy=stated.lossy or is_lossy, has_color_profile=colors.has_profile)
    return stated
