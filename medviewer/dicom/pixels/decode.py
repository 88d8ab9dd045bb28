"""One frame of pixels, decoded to stored values or to RGB.

See PS3.5 8, annexes A and G; PS3.3 C.7.6.3. Every size is checked before a decoder sees the data: against
limits.py, between the header and the codestream, and between the data and what it is to fill.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Final, TypeVar

import numpy as np
import numpy.typing as npt

from medviewer import limits
from medviewer.dicom import codestreams
from medviewer.dicom.attributes import SAMPLES
from medviewer.dicom.codestreams import (
    Codec,
    Codestream,
    color_space,
    decode_codestream,
    read_codestream,
    run_length,
)
from medviewer.dicom.header import (
    DEFLATED_FRAMES,
    NATIVE,
    RLE,
    UNCOMPRESSED_FRAMES,
    VIDEO,
    PixelLayout,
    Source,
    has_tail,
    inflate_bounded,
)
from medviewer.dicom.pixels import color as conversion, native
from medviewer.dicom.pixels.color_planes import order_note
from medviewer.dicom.pixels.frame_count import frames_note
from medviewer.dicom.pixels.overlays import has_overlays
from medviewer.dicom.pixels.stated_colors import as_held, refusal
from medviewer.dicom.pixels.video_stream import VideoStream
from medviewer.errors import DamagedFileError, MemoryLimitError, UnsupportedEncodingError
from medviewer.imaging.frame import LEAST_SHARE, Damage
from medviewer.translation import Message, mark, message

Pixels = npt.NDArray[Any]
Memory = npt.NDArray[np.uint8]
T = TypeVar("T")
Room = Callable[[int], Memory]
"""Gives memory for so many bytes of pixels."""

PLAIN_FRAMES: Final = frozenset({DEFLATED_FRAMES, UNCOMPRESSED_FRAMES})

OTHER_SIZE: Final = mark("the compressed picture has another size than the header says")
BAD_CODESTREAM: Final = mark("the compressed pixel data cannot be read")
BAD_PALETTE: Final = mark("the colour palette makes no sense")
NO_PALETTE: Final = mark("it has no colour palette")
ARGB_ALONE: Final = message("ARGB without its colour palette")
VIDEO_COLORS: Final = mark("video in colours of another kind than BT.601 and BT.709")
OTHER_CODEC: Final = message("The pixels are stored in another encoding than the file says.")


@dataclass(frozen=True, slots=True, eq=False)
class Decoded:
    """The pixels of a frame."""

    stored: Pixels  # (rows, columns), or (rows, columns, 3) uint8 RGB
    is_lossy: bool = False
    warnings: tuple[Message, ...] = ()
    raw_samples: Pixels | None = None  # before unused bits are cleared: they may hold overlays
    damage: Damage | None = None
    layout: PixelLayout | None = None  # of a compressed image, which knows better than the header

    @property
    def notes(self) -> tuple[Message, ...]:
        """Notes on the frame, its damage first."""
        return self.warnings if self.damage is None else (self.damage.note(), *self.warnings)


def new_room(size: int) -> Memory:
    """Return memory of its own for the pixels of a frame."""
    return np.empty(size, np.uint8)


def decode_frame(
    source: Source,
    layout: PixelLayout,
    index: int,
    room: Room | None = None,
    stream: VideoStream | None = None,
) -> Decoded:
    """Decode one frame.

    Parameters
    ----------
    index : int
        From 0; less than the layout's frames.
    room : callable, optional
        Asked for memory where the stored values need no other on their way; without it, the words of native
        pixels are kept beside them.
    stream : VideoStream, optional
        Of the file, where it is kept open for its other frames.

    Raises
    ------
    UnreadableFile
        With the reason.
    """
    if not source.is_encapsulated:
        if room is not None and native.is_plain(source, layout):
            words, damage = native.read_plain(source, layout, index, room(layout.frame_bits // 8))
            return _gray(words, layout, damage, out=words)
        done = _finish_native(source, layout, *native.read_samples(source, layout, index))
        note = order_note(source, layout) if layout.samples > 1 else None
        return done if note is None else replace(done, warnings=(*done.warnings, note))
    if source.transfer_syntax in VIDEO:
        return _decode_video(source, layout, index, stream or VideoStream(source))
    content = source.frame_content(index, layout.frames)
    decoded = _decode_content(source, layout, content)
    notes = source.encapsulated(layout.frames).warnings
    return replace(decoded, warnings=(*decoded.warnings, *notes)) if notes else decoded


def look_at(source: Source, layout: PixelLayout, index: int) -> tuple[Damage | None, tuple[Message, ...]]:
    """Return the damage of a compressed frame and its other notes.

    It is decoded only where its surface does not tell.

    Raises
    ------
    UnreadableFile
        It cannot be shown at all.
    """
    if source.transfer_syntax in VIDEO:
        return None, ()  # as long as it is, it would have to be decoded as a whole
    content = source.frame_content(index, layout.frames)
    head = read_codestream(content)
    if head is not None and _is_as_stated(layout, head) and codestreams.is_complete(content, head):
        return None, (*_codec_notes(source, head), *source.encapsulated(layout.frames).warnings)
    decoded = decode_frame(source, layout, index)
    return decoded.damage, decoded.warnings


def _is_as_stated(layout: PixelLayout, head: Codestream) -> bool:
    """Return whether a codestream, its end apart, agrees with its header."""
    from medviewer.dicom.pixels.codestream_values import STATE_SIGNS

    if head.codec is Codec.JPEG_XL or not head.is_one_scan or head.unread:
        return False
    return (
        (head.rows, head.columns, head.components) == (layout.rows, layout.columns, layout.samples)
        and SAMPLES.get(layout.photometric, 1) == layout.samples
        and head.precision == layout.bits_stored
        and (head.is_signed == layout.is_signed or head.codec not in STATE_SIGNS)
    )


def _decode_video(source: Source, layout: PixelLayout, index: int, stream: VideoStream) -> Decoded:
    if layout.samples != 3:
        raise UnsupportedEncodingError(path=source.path, encoding=layout.photometric)
    try:
        opened = stream.open(layout)
        image, is_whole = opened.image(index)
    except codestreams.VideoSizeError as error:
        raise DamagedFileError(path=source.path, detail=OTHER_SIZE) from error
    except codestreams.VideoColorError as error:
        raise UnsupportedEncodingError(path=source.path, encoding=VIDEO_COLORS) from error
    except codestreams.VideoError as error:
        raise DamagedFileError(path=source.path, detail=BAD_CODESTREAM) from error
    note = frames_note(replace(layout, frames=opened.frames))
    is_told = opened.frames == layout.frames  # or the stream was too long to count
    warnings = () if is_told or note is None else (note,)
    return Decoded(image, is_lossy=True, warnings=warnings, damage=None if is_whole else Damage())


def _decode_content(source: Source, layout: PixelLayout, content: bytes) -> Decoded:
    if source.transfer_syntax in PLAIN_FRAMES:
        plain_bytes = (layout.frame_bits + 7) // 8
        if source.transfer_syntax == DEFLATED_FRAMES:
            content = inflate_bounded(source.path, content, plain_bytes + 16)
        plain, damage = native.filled(source, content, plain_bytes)
        if source.transfer_syntax == UNCOMPRESSED_FRAMES and len(plain) == plain_bytes:
            damage = damage or native.hollow(source, layout, 0, plain)
        return _finish_native(
            source, layout, native.samples_of(plain, layout, 0, is_big_endian=False), damage
        )
    head = read_codestream(content)
    if head is not None:
        return _decode_compressed(source, layout, content, head)
    if source.transfer_syntax == RLE or source.transfer_syntax in NATIVE:
        segments, (sample, _) = len(run_length.offsets(content)), _rle_sizes(layout)
        held = segments // sample if segments in (sample, 3 * sample) else layout.samples
        layout, notes = _layout_and_notes(source, layout, held)
        done = _finish_native(source, layout, *_unpack_rle(source, layout, content))
        return replace(done, warnings=(*done.warnings, *notes), layout=layout) if notes else done
    raise DamagedFileError(path=source.path, detail=BAD_CODESTREAM)


def _layout_and_notes(
    source: Source, layout: PixelLayout, held: int, color: str = "RGB"
) -> tuple[PixelLayout, tuple[Message, ...]]:
    """Return the layout for the held number of values per pixel, and notes."""
    settled = as_held(source, layout, held, color)
    if settled.color_note is None:
        return settled, ()
    return replace(settled, color_note=None), (settled.color_note,)


def _rle_sizes(layout: PixelLayout) -> tuple[int, int]:
    """Return the segments per sample and the bytes per segment of RLE."""
    size = layout.rows * layout.columns
    if layout.bits_allocated % 8 == 0:
        return layout.bits_allocated // 8, size
    return 1, (size * layout.bits_allocated + 7) // 8  # bits are packed first


def _unpack_rle(source: Source, layout: PixelLayout, content: bytes) -> tuple[Pixels, Damage | None]:
    """Return the samples of an RLE frame (PS3.5 annex G)."""
    sample, plane = _rle_sizes(layout)
    segments = layout.samples * sample
    if not run_length.may_fill(content, segments, int(plane * segments * LEAST_SHARE)):
        raise DamagedFileError(path=source.path, detail=BAD_CODESTREAM)
    unpacked = replace(layout, is_planar=True, photometric=layout.photometric.replace("_422", ""))
    plain, damage = None, None
    is_whole = not has_tail(content) and not run_length.has_hole(content)
    if is_whole and run_length.may_fill(content, segments, plane * segments):
        plain = _attempt(lambda: _decode_rle(content, sample, plane * segments))
    if plain is None or len(plain) < plane * segments:
        part = partial(run_length.unpack_part, content, sample, segments, plane)
        plain, missing = _quietly(source, part)
        damage = _damage_of(source, missing)
    return native.samples_of(plain, unpacked, 0, is_big_endian=False), damage


def _decode_rle(content: bytes, sample_bytes: int, size: int) -> bytes:
    """Return the planes of a frame.

    Those that it does not fill to the byte may be refused or cut.
    """
    import imagecodecs

    return bytes(imagecodecs.dicomrle_decode(content, f"<u{sample_bytes}", out=size))


def _damage_of(source: Source, missing: float | None) -> Damage | None:
    if missing is not None and missing > 1 - LEAST_SHARE:
        raise DamagedFileError(path=source.path, detail=BAD_CODESTREAM)
    return None if missing == 0 else Damage(missing)


def _quietly(source: Source, decode: Callable[[], T]) -> T:
    """Run a decoder; whatever it raises means that the data is damaged."""
    decoded = _attempt(decode)
    if decoded is None:
        raise DamagedFileError(path=source.path, detail=BAD_CODESTREAM)
    return decoded


def _attempt(decode: Callable[[], T]) -> T | None:
    """Run a decoder; return None where it raises."""
    try:
        return decode()
    except (MemoryError, KeyboardInterrupt, SystemExit):
        raise
    except BaseException:  # some decoders raise a class that is no Exception
        return None


def _decode_compressed(source: Source, layout: PixelLayout, content: bytes, head: Codestream) -> Decoded:
    from medviewer.dicom.pixels.codestream_values import (  # here, because plain pixels need none of it
        depth_note,
        stored_values,
    )

    if head.unread:
        raise UnsupportedEncodingError(path=source.path, encoding=head.unread)
    if (head.rows, head.columns) != (layout.rows, layout.columns):
        raise DamagedFileError(path=source.path, detail=OTHER_SIZE)
    if head.components not in (1, 3):
        raise refusal(source, layout, head.components)
    if head.decoded_bytes > limits.FRAME_BYTES:
        raise MemoryLimitError(
            path=source.path,
            what=mark("memory per picture"),
            asked=head.decoded_bytes,
            allowed=limits.FRAME_BYTES,
        )
    # what the encoders of lossy JPEG make of colors that nobody states (ITU-T T.871)
    usual = "YBR_FULL_422" if head.codec is Codec.JPEG else "RGB"
    layout, notes = _layout_and_notes(source, layout, head.components, usual)
    pixels, is_rgb, damage = _decode_parsed(source, layout, content, head)
    if pixels.shape[:2] != (layout.rows, layout.columns) or (pixels.ndim == 3) != (layout.samples == 3):
        raise DamagedFileError(path=source.path, detail=OTHER_SIZE)
    notes = (*_codec_notes(source, head), *notes)
    if layout.samples == 3:
        if head.precision != layout.bits_stored:
            notes = (*notes, depth_note(layout.bits_stored, head.precision))
        layout = replace(layout, photometric=color_space(head, layout.photometric))
        rgb = _to_rgb(source, layout, pixels, max(head.precision, 1), is_rgb=is_rgb)
        return Decoded(rgb, head.is_lossy, notes, damage=damage, layout=layout)
    holds_overlays = has_overlays(source.dataset)
    stored, layout, more = stored_values(pixels, layout, head, holds_overlays=holds_overlays)
    if layout.photometric == "PALETTE COLOR":
        stored, of_palette = _paint(source, stored)
        more = (*more, *of_palette)
    words = None if head.is_lossy else pixels
    return Decoded(stored, head.is_lossy, (*notes, *more), words, damage, layout)


def _decode_parsed(
    source: Source, layout: PixelLayout, content: bytes, head: Codestream
) -> tuple[Pixels, bool, Damage | None]:
    """Decode a codestream of which the head was read.

    A damaged one is decoded as far as it goes.
    """
    photometric = layout.photometric
    if codestreams.is_complete(content, head):
        whole = _attempt(lambda: decode_codestream(content, head, photometric))
        if whole is not None and not codestreams.may_be_truncated(whole[0], content, head):
            return *whole, None
    pixels, is_rgb, missing = _quietly(source, lambda: codestreams.decode_partial(content, head, photometric))
    return pixels, is_rgb, _damage_of(source, missing)


def _codec_notes(source: Source, head: Codestream) -> tuple[Message, ...]:
    return () if _is_expected(source.transfer_syntax, head.codec) else (OTHER_CODEC,)


def _is_expected(transfer_syntax: str, codec: Codec) -> bool:
    number = transfer_syntax.rpartition("1.2.840.10008.1.2.4.")[2]
    expected = {
        Codec.JPEG: ("50", "51", "52", "53", "54", "55", "56"),
        Codec.JPEG_LOSSLESS: ("57", "70"),
        Codec.JPEG_LS: ("80", "81"),
        Codec.JPEG_2000: ("90", "91", "92", "93"),
        Codec.HTJ2K: ("201", "202", "203"),
        Codec.JPEG_XL: ("110", "111", "112"),
    }
    return number in expected[codec]


def _finish_native(source: Source, layout: PixelLayout, pixels: Pixels, damage: Damage | None) -> Decoded:
    """Return stored values or RGB from samples in their containers.

    Sign extended, overlay bits cleared.
    """
    in_order = pixels.astype(pixels.dtype.newbyteorder("="), copy=False)
    if layout.is_float:
        return Decoded(in_order, damage=damage)
    if layout.samples >= 3:
        depth = 8 if layout.bits_allocated == 8 else layout.bits_stored
        notes: tuple[Message, ...] = ()
        if (held := int(in_order.max(initial=0)).bit_length()) > depth:
            from medviewer.dicom.pixels.codestream_values import (
                MORE_BITS,
            )  # here, as hardly any file needs it

            notes, depth = (message(MORE_BITS, stated=depth, held=held),), held
            layout = replace(layout, bits_stored=held, high_bit=held - 1)
        image = _to_rgb(source, layout, in_order, depth, is_rgb=False)
        return Decoded(image, warnings=notes, damage=damage, layout=layout if notes else None)
    if layout.photometric == "PALETTE COLOR":
        stored, notes = _paint(source, native.clear_unused_bits(in_order, layout))
        return Decoded(stored, warnings=notes, raw_samples=in_order, damage=damage)
    if has_overlays(source.dataset):  # in the unused bits, perhaps
        return Decoded(native.clear_unused_bits(in_order, layout), raw_samples=in_order, damage=damage)
    return replace(_gray(in_order, layout, damage), raw_samples=in_order)


def _gray(words: Pixels, layout: PixelLayout, damage: Damage | None, out: Pixels | None = None) -> Decoded:
    """Return the values of gray words, of which no bit is an overlay.

    Parameters
    ----------
    out : (rows, columns) of the same type, optional
        Where to put them: the words themselves.
    """
    if layout.is_float:
        return Decoded(words, damage=damage)
    if not native.exceeds(words, layout):
        is_clear = out is words and native.is_looked_through(layout)  # nothing to clear in their place
        stored = words if is_clear else native.clear_unused_bits(words, layout, out)
        return Decoded(stored, damage=damage)
    from medviewer.dicom.pixels.codestream_values import deeper_layout  # here, as hardly any file needs it

    held, notes = deeper_layout(words, layout)
    stored = native.clear_unused_bits(words, held, out)
    return Decoded(stored, warnings=notes, damage=damage, layout=held if notes else None)


def _to_rgb(source: Source, layout: PixelLayout, pixels: Pixels, depth: int, *, is_rgb: bool) -> Pixels:
    """Return (rows, columns, 3) uint8 RGB.

    `is_rgb` where the decoder has converted already.
    """
    image = conversion.to_8_bits(pixels, depth)
    if layout.photometric == "HSV":  # which no decoder converts
        image = conversion.hsv_to_rgb(image)
    elif layout.photometric == "CMYK":
        image = conversion.cmyk_to_rgb(image)
    elif layout.photometric == "ARGB":
        colors = conversion.argb_to_rgb(image, pixels[..., 0], source.dataset)
        if colors is None and not conversion.states_palette(source.dataset):
            raise UnsupportedEncodingError(path=source.path, encoding=ARGB_ALONE)
        if colors is None:
            raise DamagedFileError(path=source.path, detail=BAD_PALETTE)
        image = colors
    elif not is_rgb and layout.photometric in ("YBR_FULL", "YBR_FULL_422"):
        image = conversion.ybr_to_rgb(image)
    elif not is_rgb and layout.photometric.startswith("YBR_PARTIAL"):
        image = conversion.ybr_to_rgb(image, is_partial=True)
    return np.ascontiguousarray(image)


def _paint(source: Source, indices: Pixels) -> tuple[Pixels, tuple[Message, ...]]:
    painted = conversion.apply_palette(indices, source.dataset)
    if painted is None:
        detail = BAD_PALETTE if conversion.states_palette(source.dataset) else NO_PALETTE
        raise DamagedFileError(path=source.path, detail=detail)
    return painted
