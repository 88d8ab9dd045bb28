"""Pixel layout and number of frames from the header (PS3.3 C.7.6.3).

Apart from what decodes them: headers are read in processes that never see a pixel.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Final

from medviewer import limits
from medviewer.dicom.attributes import SAMPLES, assumed_notes, stated_photometric
from medviewer.dicom.header import SENSELESS, Header, PixelLayout, Source, doubt, refuse_unread
from medviewer.dicom.pixels.frame_count import held_frames, stated_frames
from medviewer.dicom.pixels.pixel_place import refuse_other_size
from medviewer.dicom.pixels.stated_colors import settle_colors
from medviewer.dicom.pixels.video_stream import VideoStream
from medviewer.errors import LimitError, MemoryLimitError, MissingAttributeError, UnsupportedEncodingError
from medviewer.translation import Message, mark, message

FLOAT_BITS: Final = {"float": 32, "double": 64}
ENHANCED_PALETTE: Final = mark("colours made of several data paths (Enhanced Palette Color)")

WIDTHS: Final = (8, 16, 32)
OTHER_WIDTH: Final = mark("The file says {stated} bits for each value, its pixels have {held}.")


def _bits(dataset: Header, allocated: int) -> tuple[int, int, tuple[Message, ...]]:
    """Return Bits Stored and High Bit; those of whole values if implausible."""
    notes = []
    stored, high = dataset.integer("BitsStored"), dataset.integer("HighBit")
    if stored is not None and not 1 <= stored <= allocated:
        notes.append(doubt(SENSELESS, "BitsStored", str(stored)))
        stored, high = None, None  # which follows from it
    stored = stored or allocated
    if high is not None and not stored - 1 <= high < allocated:
        notes.append(doubt(SENSELESS, "HighBit", str(high)))
        high = None
    return stored, stored - 1 if high is None else high, tuple(notes)


def _allocated(source: Source, sizes: dict[str, int], samples: int) -> tuple[int, tuple[Message, ...]]:
    """Return Bits Allocated, or the width that depth and length agree upon.

    A note says so: 16 bits stored that fill the file with words are no bytes, whatever is allocated.
    """
    stated = sizes["BitsAllocated"]
    stored = source.dataset.integer("BitsStored") or stated
    held = next((width for width in WIDTHS if width >= stored > 0), stated)
    if held == stated or stated not in WIDTHS or source.pixel_kind in FLOAT_BITS:
        return stated, ()
    values = sizes["Rows"] * sizes["Columns"] * samples * (stated_frames(source) or 1)
    is_whole = not source.is_encapsulated and source.native_bytes == source.pixel_length
    if not is_whole or not 0 <= source.native_bytes - values * held // 8 < 2:
        return stated, ()
    if source.dataset.integer("HighBit") not in (None, held - 1, stored - 1):
        return stated, ()
    return held, (message(OTHER_WIDTH, stated=stated, held=held),)


def read_layout(source: Source, stream: VideoStream | None = None) -> PixelLayout:
    """Return the layout of the pixels, checked.

    Parameters
    ----------
    stream : VideoStream, optional
        Of the file, where it is kept open for its frames.

    Raises
    ------
    MissingAttributeError
        A size or depth is absent or senseless.
    LimitError
        A frame would be larger than limits.py allows.
    UnsupportedEncodingError
        The bits are packed in a way that nothing here reads.
    UnknownTransferSyntaxError
        Nobody knows how they are stored.
    """
    refuse_unread(source.path, source.transfer_syntax)
    dataset, path = source.dataset, source.path
    sizes = {name: dataset.integer(name) or 0 for name in ("Rows", "Columns", "BitsAllocated")}
    if source.pixel_kind in FLOAT_BITS:
        sizes["BitsAllocated"] = FLOAT_BITS[source.pixel_kind]
    for name, value in sizes.items():
        if value <= 0:
            raise MissingAttributeError(path=path, attribute=name)
    photometric = stated_photometric(dataset)
    samples = dataset.integer("SamplesPerPixel") or SAMPLES.get(photometric, 1)
    allocated, width_notes = _allocated(source, sizes, samples)
    if allocated > 32 and allocated != 64:
        raise UnsupportedEncodingError(path=path, encoding=_depth(allocated))
    if "EnhancedPaletteColorLookupTableSequence" in dataset or "DataFrameAssignmentSequence" in dataset:
        raise UnsupportedEncodingError(path=path, encoding=ENHANCED_PALETTE)
    stored, high, notes = _bits(dataset, allocated)
    is_planar, order_notes = _color_order(source, samples)
    layout = PixelLayout(
        rows=sizes["Rows"],
        columns=sizes["Columns"],
        samples=samples,
        bits_allocated=allocated,
        bits_stored=stored,
        high_bit=high,
        is_signed=dataset.integer("PixelRepresentation") == 1,
        is_float=source.pixel_kind in FLOAT_BITS,
        photometric=photometric or ("RGB" if samples == 3 else "MONOCHROME2"),
        is_planar=is_planar,
        frames=1,
        stated_frames=stated_frames(source),
        header_notes=(*width_notes, *notes, *order_notes, *assumed_notes(photometric, samples)),
    )
    layout = settle_colors(source, layout)
    _refuse_large(path, layout, allocated)
    refuse_other_size(source, layout.frame_bits)
    layout = replace(layout, frames=held_frames(source, layout, stream or VideoStream(source)))
    if layout.frames > limits.FRAMES_PER_FILE:
        raise LimitError(path=path, what=mark("frames"), asked=layout.frames, allowed=limits.FRAMES_PER_FILE)
    return layout


def _refuse_large(path: Path, layout: PixelLayout, allocated: int) -> None:
    """Refuse an image with too long a side, or too many bytes."""
    asked = layout.rows * layout.columns * layout.samples * max(1, allocated // 8)
    if (side := max(layout.rows, layout.columns)) > limits.FRAME_SIDE:
        raise LimitError(path=path, what=mark("rows or columns"), asked=side, allowed=limits.FRAME_SIDE)
    if asked > limits.FRAME_BYTES:
        what = mark("memory per picture")
        raise MemoryLimitError(path=path, what=what, asked=asked, allowed=limits.FRAME_BYTES)


def _color_order(source: Source, samples: int) -> tuple[bool, tuple[Message, ...]]:
    """Return whether colors lie in planes, with a note on a senseless order."""
    planar = source.dataset.integer("PlanarConfiguration")
    if samples > 1 and not source.is_encapsulated and planar not in (None, 0, 1):
        return False, (doubt(SENSELESS, "PlanarConfiguration", str(planar)),)
    return planar == 1, ()


def _depth(bits: int) -> Message:
    return message("1 bit per value", "{count} bits per value", count=bits)
