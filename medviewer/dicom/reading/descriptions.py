"""Descriptions of frames, made from the header alone.

Runs in the limited worker process.
"""

from dataclasses import replace

from medviewer.dicom.attributes import (
    FileFunctionalGroups,
    FrameFunctionalGroups,
    frame_attributes,
    frame_grid,
    may_be_assembled,
    read_acquisition,
    read_aspect,
)
from medviewer.dicom.header import HeaderMemo, PixelLayout, Source, WalkedHeader
from medviewer.dicom.objects import read_shutter, read_ultrasound_regions
from medviewer.dicom.pixels import (
    fragment_frames,
    frames_note,
    grayscale,
    has_overlays,
    read_layout,
    stated_frames,
)
from medviewer.dicom.reading.open_image import FrameDescription, OpenImage
from medviewer.imaging.frame import Acquisition
from medviewer.translation import message


class RememberedDescriptions:
    """Describes images of one frame, fastest when they come in series."""

    def __init__(self) -> None:
        self._described: HeaderMemo[FrameDescription] = HeaderMemo()
        self._windowed: HeaderMemo[tuple[FrameDescription, FrameDescription]] = HeaderMemo()
        self._acquisitions: HeaderMemo[Acquisition] = HeaderMemo()

    def describe(self, image: OpenImage) -> None:
        """Set layout, description and acquisition of an image of one frame.

        Where its header is a plain one.

        Raises
        ------
        UnreadableFile
            As `read_layout`.
        """
        source, dataset = image.source, image.source.dataset
        if not isinstance(dataset, WalkedHeader) or not source.pixel_kind:
            return
        if (stated_frames(source) or 1) != 1:
            return
        alike = self._described.of(
            dataset,
            (source.transfer_syntax, source.pixel_kind, source.native_bytes, fragment_frames(source)),
            lambda observed: _describe_only_frame(replace(source, dataset=observed)),
            _is_of_one_frame,
        )
        image.layout = alike.layout
        if _is_of_one_frame(alike):
            _, image.described = self._windowed.of(
                dataset,
                id(alike),  # which lives as long as it is remembered beside what it became
                lambda observed: (alike, _with_its_own(alike, FileFunctionalGroups(observed, 1)[0])),
            )
            image.acquisition = self._acquisitions.of(
                dataset, None, lambda observed: read_acquisition(FileFunctionalGroups(observed, 1)[0])
            )


def _describe_only_frame(source: Source) -> FrameDescription:
    """Describe the only frame of a file, except its individual attributes."""
    layout = read_layout(source)
    return _describe(source, layout, FileFunctionalGroups(source.dataset, 1)[0])


def describe_frame(source: Source, layout: PixelLayout, scope: FrameFunctionalGroups) -> FrameDescription:
    """Describe one of the frames of a file."""
    return _with_its_own(_describe(source, layout, scope), scope)


def of_depth(described: FrameDescription, stated_bits: int) -> FrameDescription:
    """Return a description without windows for a wrongly stated depth."""
    bits = described.layout.bits_stored
    voi = tuple(
        one
        for one in described.voi
        if bits == stated_bits or not grayscale.is_for_other_depth(one, described.modality, stated_bits, bits)
    )
    if len(voi) == len(described.voi):
        return described
    note = message(
        "A window of the file is for pictures of 1 bit; it was left out.",
        "A window of the file is for pictures of {count} bits; it was left out.",
        count=stated_bits,
    )
    return replace(described, voi=voi, voi_is_lost=not voi, gray_warnings=(*described.gray_warnings, note))


def _is_of_one_frame(described: FrameDescription) -> bool:
    return described.layout.frames == 1


def _describe(source: Source, layout: PixelLayout, scope: FrameFunctionalGroups) -> FrameDescription:
    """Return the description of a frame, except windows and compression ratio."""
    size = (layout.rows, layout.columns)
    covering, shutter_warnings = read_shutter(scope.group("FrameDisplayShutterSequence"), size=size)
    seen_from, aspect_notes = read_aspect(scope)
    attributes = frame_attributes.attributes(scope, source.transfer_syntax, seen_from)
    grid, regions = frame_grid(scope), read_ultrasound_regions(scope.dataset)
    of_frames = frames_note(layout)
    warnings = (
        *((of_frames,) if of_frames else ()),
        *layout.notes,
        *shutter_warnings,
        *aspect_notes,
        *scope.dataset.take_number_notes(),
    )
    modality, gray_warnings = grayscale.modality_transform(scope, layout)
    padding = grayscale.padding(scope.dataset, layout)
    return FrameDescription(
        layout=layout,
        attributes=attributes,
        modality=modality,
        voi=(),
        voi_is_lost=False,
        inverted=grayscale.is_inverted(scope.dataset),
        padding=padding,
        grid=grid,
        regions=regions,
        shutter=covering,
        has_overlays=has_overlays(scope.dataset),
        may_be_assembled=may_be_assembled(scope.dataset),
        gray_warnings=(*gray_warnings, *scope.dataset.take_number_notes()),
        warnings=warnings,
    )


def _with_its_own(alike: FrameDescription, scope: FrameFunctionalGroups) -> FrameDescription:
    """Return a description with the individual attributes of an image."""
    ratio = (
        frame_attributes.lossy_ratio(scope.dataset) if "LossyImageCompressionRatio" in scope.dataset else None
    )
    ratio_notes = scope.dataset.take_number_notes()
    voi = grayscale.voi_alternatives(scope, alike.layout, alike.modality)
    gray_notes = (*voi.warnings, *scope.dataset.take_number_notes())
    return replace(
        alike,
        attributes=alike.attributes if ratio is None else replace(alike.attributes, lossy_ratio=ratio),
        voi=voi.alternatives,
        voi_is_lost=voi.is_lost,
        gray_warnings=tuple(dict.fromkeys((*alike.gray_warnings, *gray_notes))),
        warnings=(*alike.warnings, *ratio_notes),
    )
