"""One frame of pixels, decoded to stored values or to RGB (PS3.5 8, annexes A and G; PS3.3 C.7.6.3).

Every size is checked before a decoder sees the data: against limits.py, between the header and the
codestream, and between the data and what it is to fill.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from medviewer import limits
from medviewer.dicom import colour, video
from medviewer.dicom.codestream import Codec, Codestream, is_rle_whole, read_codestream
from medviewer.dicom.codestream_decoders import decode_codestream
from medviewer.dicom.layout import PixelLayout
from medviewer.dicom.source import CUT_SHORT, DEFLATED_FRAMES, NATIVE, VIDEO, Source, inflate_bounded
from medviewer.errors import DamagedFileError, LimitError, UnsupportedEncodingError
from medviewer.translation import Message, mark, message

Pixels = npt.NDArray[Any]
Memory = npt.NDArray[np.uint8]
Room = Callable[[int], Memory]
"""Gives memory for so many bytes of pixels."""

RLE: Final = "1.2.840.10008.1.2.5"
REFERENCED_PIXELS: Final = frozenset({"1.2.840.10008.1.2.4.94", "1.2.840.10008.1.2.4.95"})  # JPIP

OTHER_SIZE: Final = mark("the compressed picture has another size than the header says")
BAD_CODESTREAM: Final = mark("the compressed pixel data cannot be read")
BAD_PALETTE: Final = mark("the colour palette makes no sense")
VIDEO_COLOURS: Final = mark("video in colours of another kind than BT.601 and BT.709")
OTHER_CODEC: Final = message("The pixels are stored in another encoding than the file says.")


@dataclass(frozen=True, slots=True, eq=False)
class Decoded:
    """The pixels of a frame."""

    stored: Pixels  # (rows, columns), or (rows, columns, 3) uint8 RGB
    is_lossy: bool = False
    warnings: tuple[Message, ...] = ()
    words: Pixels | None = None  # before unused bits are cleared: they may hold overlays


def new_room(size: int) -> Memory:
    """Return memory of its own for the pixels of a frame."""
    return np.empty(size, np.uint8)


def decode_frame(source: Source, layout: PixelLayout, index: int, room: Room | None = None) -> Decoded:
    """Decode one frame.

    Parameters
    ----------
    index : int
        From 0; less than the layout's frames.
    room : callable, optional
        Asked for memory where the stored values need no other on their way; without it, the words of native
        pixels are kept beside them.

    Raises
    ------
    UnreadableFile
        With the reason.
    """
    if not source.is_encapsulated:
        if room is not None and _is_plain(source, layout):
            return Decoded(_read_plain(source, layout, index, room))
        return _finish_native(source, layout, _read_native(source, layout, index))
    if source.transfer_syntax in REFERENCED_PIXELS:
        raise UnsupportedEncodingError(path=source.path, encoding="JPIP")
    if source.transfer_syntax in VIDEO:
        return _decode_video(source, layout, index)
    content = source.frame_content(index, layout.frames)
    decoded = _decode_content(source, layout, content)
    return replace(decoded, warnings=(*decoded.warnings, *source.encapsulated(layout.frames).warnings))


def _decode_video(source: Source, layout: PixelLayout, index: int) -> Decoded:
    if layout.samples != 3:
        raise UnsupportedEncodingError(path=source.path, encoding=layout.photometric)
    try:
        if source.video is None:
            source.encapsulated(layout.frames)
            source.video = video.Video(source.fragments, source.read, layout.rows, layout.columns)
        picture = source.video.picture(index)
    except video.VideoSizeError as error:
        raise DamagedFileError(path=source.path, detail=OTHER_SIZE) from error
    except video.VideoColorError as error:
        raise UnsupportedEncodingError(path=source.path, encoding=VIDEO_COLOURS) from error
    except video.VideoError as error:
        raise DamagedFileError(path=source.path, detail=BAD_CODESTREAM) from error
    warnings = () if source.video.frames == layout.frames else (video.OTHER_LENGTH,)
    return Decoded(picture, is_lossy=True, warnings=warnings)


def _decode_content(source: Source, layout: PixelLayout, content: bytes) -> Decoded:
    if source.transfer_syntax == DEFLATED_FRAMES:
        plain_bytes = (layout.frame_bits + 7) // 8
        inflated = inflate_bounded(source.path, content, plain_bytes + 16)
        return _finish_native(source, layout, _from_bytes(source, layout, inflated, 0))
    head = read_codestream(content)
    if head is not None:
        return _decode_compressed(source, layout, content, head)
    if source.transfer_syntax == RLE or source.transfer_syntax in NATIVE:
        return _finish_native(source, layout, _decode_rle(source, layout, content))
    if not source.transfer_syntax.startswith("1.2.840.10008.1.2."):
        raise UnsupportedEncodingError(path=source.path, encoding=source.transfer_syntax or "?")
    raise DamagedFileError(path=source.path, detail=BAD_CODESTREAM)


def _is_plain(source: Source, layout: PixelLayout) -> bool:
    """Return whether pixels stand in the file as the values that they mean, but for unused bits."""
    is_grey = layout.samples == 1 and layout.photometric != "PALETTE COLOR"
    return is_grey and layout.bits_allocated >= 8 and sys.byteorder == "little" and not source.is_big_endian


def _read_plain(source: Source, layout: PixelLayout, index: int, room: Room) -> Pixels:
    """Read stored values to where they are to stay: a frame is touched as seldom as can be."""
    size = layout.frame_bits // 8
    memory = room(size)
    source.read_into(source.pixel_offset + index * size, memory.data)
    kind = "f" if layout.is_float else "u"
    values = memory.view(f"{kind}{layout.bits_allocated // 8}").reshape(layout.rows, layout.columns)
    return values if layout.is_float else clear_unused_bits(values, layout, out=values)


def _read_native(source: Source, layout: PixelLayout, index: int) -> Pixels:
    if layout.halves_chroma and source.pixel_length * 8 >= layout.frames * 3 * (
        layout.rows * layout.columns * layout.bits_allocated
    ):
        whole = layout.photometric.removesuffix("_422")  # called 4:2:2, but nothing was left out
        layout = replace(layout, photometric=whole)
    first_bit = index * layout.frame_bits
    length = (first_bit % 8 + layout.frame_bits + 7) // 8
    first = first_bit // 8
    if source.is_big_endian and source.has_words and layout.bits_allocated == 8:
        content = _bytes_of_big_endian_words(source, first, length)
    else:
        content = source.read(source.pixel_offset + first, length)
    return _from_bytes(source, layout, content, first_bit % 8)


def _bytes_of_big_endian_words(source: Source, first: int, length: int) -> bytes:
    """Return bytes that stand two to a word, the later one first (PS3.5 7.3 and 8.1.1)."""
    start = first - first % 2
    words = source.read(source.pixel_offset + start, first + length + (first + length) % 2 - start)
    return np.frombuffer(words, "u2").byteswap().tobytes()[first - start :][:length]


def _from_bytes(source: Source, layout: PixelLayout, content: bytes, first_bit: int) -> Pixels:
    """Return samples as stored in their containers, (rows, columns) or (rows, columns, 3)."""
    size = layout.rows * layout.columns
    if len(content) * 8 < first_bit + layout.frame_bits:
        raise DamagedFileError(path=source.path, detail=CUT_SHORT)
    if layout.bits_allocated == 1:
        bits = np.unpackbits(np.frombuffer(content, np.uint8), bitorder="little")
        return bits[first_bit : first_bit + size].reshape(layout.rows, layout.columns)
    order = ">" if source.is_big_endian else "<"
    kind = "f" if layout.is_float else "u"
    values = np.frombuffer(content, np.dtype(f"{order}{kind}{layout.bits_allocated // 8}"))
    if layout.samples == 1:
        return values[:size].reshape(layout.rows, layout.columns)
    if layout.halves_chroma and layout.bits_allocated == 8 and layout.columns % 2 == 0:
        return colour.expand_422(values, layout.rows, layout.columns)
    if layout.is_planar:
        return np.moveaxis(values[: 3 * size].reshape(3, layout.rows, layout.columns), 0, -1)
    return values[: 3 * size].reshape(layout.rows, layout.columns, 3)


def _decode_rle(source: Source, layout: PixelLayout, content: bytes) -> Pixels:
    size = layout.rows * layout.columns
    if layout.bits_allocated == 1:
        packed = _unpack_rle(source, content, "u1", segments=1, plain_bytes=(size + 7) // 8)
        return _from_bytes(source, layout, packed, 0)
    sample = layout.bits_allocated // 8
    segments = layout.samples * sample
    plain = _unpack_rle(source, content, f"<u{sample}", segments=segments, plain_bytes=size * segments)
    unpacked = replace(layout, is_planar=True, photometric=layout.photometric.replace("_422", ""))
    return _from_bytes(replace_order(source), unpacked, plain, 0)


def _unpack_rle(source: Source, content: bytes, dtype: str, *, segments: int, plain_bytes: int) -> bytes:
    import imagecodecs

    if not is_rle_whole(content, segments, plain_bytes):
        raise DamagedFileError(path=source.path, detail=BAD_CODESTREAM)
    return _quietly(source, lambda: bytes(imagecodecs.dicomrle_decode(content, dtype, out=plain_bytes)))  # type: ignore[no-any-return]


def replace_order(source: Source) -> Source:
    """Return the source as if its words were little endian, as decoders give them."""
    return replace(source, transfer_syntax=RLE)


def _quietly(source: Source, decode: Any) -> Any:
    """Run a decoder; whatever it raises means that the data is damaged."""
    try:
        return decode()
    except (MemoryError, KeyboardInterrupt, SystemExit):
        raise
    except BaseException as error:  # some decoders raise a class that is no Exception
        raise DamagedFileError(path=source.path, detail=BAD_CODESTREAM) from error


def _decode_compressed(source: Source, layout: PixelLayout, content: bytes, head: Codestream) -> Decoded:
    if (head.rows, head.columns) != (layout.rows, layout.columns) or head.components != layout.samples:
        raise DamagedFileError(path=source.path, detail=OTHER_SIZE)
    if head.decoded_bytes > limits.FRAME_BYTES:
        raise LimitError(
            path=source.path,
            what=mark("bytes per picture"),
            asked=head.decoded_bytes,
            allowed=limits.FRAME_BYTES,
        )
    pixels, is_rgb = _quietly(source, lambda: decode_codestream(content, head, layout.photometric))
    if pixels.shape[:2] != (layout.rows, layout.columns) or (pixels.ndim == 3) != (layout.samples == 3):
        raise DamagedFileError(path=source.path, detail=OTHER_SIZE)
    warnings = () if _is_expected(source.transfer_syntax, head.codec) else (OTHER_CODEC,)
    if layout.samples == 3:
        rgb = _to_rgb(layout, pixels, max(head.precision, 1), is_rgb=is_rgb)
        return Decoded(rgb, head.is_lossy, warnings)
    stored = _sign_of_codestream(pixels, layout, head)
    if layout.photometric == "PALETTE COLOR":
        stored = _paint(source, stored)
    return Decoded(stored, head.is_lossy, warnings, None if head.is_lossy else pixels)


def _is_expected(transfer_syntax: str, codec: Codec) -> bool:
    number = transfer_syntax.rpartition("1.2.840.10008.1.2.4.")[2]
    expected = {
        Codec.JPEG: ("50", "51", "53", "55"),
        Codec.JPEG_LOSSLESS: ("57", "70"),
        Codec.JPEG_LS: ("80", "81"),
        Codec.JPEG_2000: ("90", "91", "92", "93"),
        Codec.HTJ2K: ("201", "202", "203"),
        Codec.JPEG_XL: ("110", "111", "112"),
    }
    return number in expected[codec]


def _sign_of_codestream(pixels: Pixels, layout: PixelLayout, head: Codestream) -> Pixels:
    """Return decoded values as the header means them: sign, and range of a lossy overshoot.

    A lossy decoder may leave the range of Bits Stored: such values are clipped, not masked.
    """
    wide = 8 if max(head.precision, layout.bits_stored) <= 8 else 16
    wide = 32 if head.precision > 16 else wide
    if head.is_signed and layout.is_signed:
        low, high = -(1 << layout.bits_stored - 1), (1 << layout.bits_stored - 1) - 1
        values = pixels.clip(low, high) if head.is_lossy else pixels
        return values.astype(f"i{wide // 8}")
    if head.is_signed:  # the header says unsigned: the bits are taken as they are
        pixels = pixels & ((1 << head.precision) - 1)
    if layout.is_signed:
        bits = min(head.precision, layout.bits_stored)
        shift = wide - bits
        return (pixels.astype(f"u{wide // 8}") << shift).view(f"i{wide // 8}") >> shift
    if head.precision > layout.bits_stored:
        largest = (1 << layout.bits_stored) - 1
        pixels = pixels.clip(0, largest) if head.is_lossy else pixels & largest
    return pixels.astype(f"u{wide // 8}", copy=False)


def _finish_native(source: Source, layout: PixelLayout, pixels: Pixels) -> Decoded:
    """Return stored values (sign extended, overlay bits cleared) or RGB from samples in their containers."""
    native = pixels.astype(pixels.dtype.newbyteorder("="), copy=False)
    if layout.is_float:
        return Decoded(native)
    if layout.samples == 3:
        depth = layout.bits_stored if layout.bits_allocated > 8 else 8
        return Decoded(_to_rgb(layout, native, depth, is_rgb=False))
    stored = clear_unused_bits(native, layout)
    if layout.photometric == "PALETTE COLOR":
        stored = _paint(source, stored)
    return Decoded(stored, words=native)


def clear_unused_bits(pixels: Pixels, layout: PixelLayout, out: Pixels | None = None) -> Pixels:
    """Return stored values: bits above High Bit and below the stored ones dropped, sign extended.

    Parameters
    ----------
    out : (rows, columns) of the same type, optional
        Where to put them: the pixels themselves, or others.

    References
    ----------
    DICOM PS3.5 8.1.1: other bits may hold overlays.
    """
    if layout.bits_allocated == 1:
        return pixels
    wide = layout.bits_allocated
    unsigned: Pixels = pixels.view(f"u{wide // 8}")
    above, below = wide - 1 - layout.high_bit, wide - layout.bits_stored
    kind = "i" if layout.is_signed else "u"
    if below == 0:
        return np.ascontiguousarray(unsigned).view(f"{kind}{wide // 8}")
    if not layout.is_signed and above == below:
        return np.bitwise_and(unsigned, (1 << layout.bits_stored) - 1, out, dtype=unsigned.dtype)
    stored: Pixels = np.left_shift(unsigned, above, out, dtype=unsigned.dtype).view(f"{kind}{wide // 8}")
    stored >>= below  # in place: a frame is touched as seldom as can be
    return stored


def _to_rgb(layout: PixelLayout, pixels: Pixels, depth: int, *, is_rgb: bool) -> Pixels:
    """Return (rows, columns, 3) uint8 RGB; `is_rgb` where the decoder has converted already."""
    picture = colour.to_8_bits(pixels, depth)
    if not is_rgb and layout.photometric in ("YBR_FULL", "YBR_FULL_422"):
        picture = colour.ybr_to_rgb(picture)
    elif not is_rgb and layout.photometric.startswith("YBR_PARTIAL"):
        picture = colour.ybr_to_rgb(picture, is_partial=True)
    return np.ascontiguousarray(picture)


def _paint(source: Source, indices: Pixels) -> Pixels:
    painted = colour.apply_palette(indices, source.top)
    if painted is None:
        raise DamagedFileError(path=source.path, detail=BAD_PALETTE)
    return painted
