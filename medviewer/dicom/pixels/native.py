"""Pixels that are not compressed.

Bytes become samples in their containers (PS3.5 8.1.1, 8.2, annex A).
"""

from __future__ import annotations

import sys
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from medviewer.dicom.header import CUT_SHORT, PixelLayout, Source
from medviewer.dicom.pixels import color
from medviewer.dicom.pixels.holes import missing_in_holes, with_holes
from medviewer.errors import DamagedFileError
from medviewer.imaging.frame import LEAST_SHARE, Damage

Pixels = npt.NDArray[Any]
Memory = npt.NDArray[np.uint8]

LOOKED_AT_BYTES: Final = 16  # at the end of a frame


def is_plain(source: Source, layout: PixelLayout) -> bool:
    """Return whether pixels are stored as plain values, unused bits apart."""
    is_gray = layout.samples == 1 and layout.photometric != "PALETTE COLOR"
    is_little = sys.byteorder == "little" and not source.is_big_endian
    return is_gray and is_little and layout.is_in_words


def read_plain(
    source: Source, layout: PixelLayout, index: int, memory: Memory
) -> tuple[Pixels, Damage | None]:
    """Read words to where the stored values are to stay.

    A frame is touched as seldom as can be.
    """
    begin = index * len(memory)
    damage = None
    if source.native_bytes - begin >= len(memory):
        source.read_into(source.pixel_offset + begin, memory.data)
        damage = hollow(source, layout, index, memory)
    else:
        there, damage = read_part(source, begin, len(memory))
        memory[:] = np.frombuffer(there, np.uint8)
    kind = "f" if layout.is_float else "u"
    values = memory.view(f"{kind}{layout.bits_allocated // 8}").reshape(layout.rows, layout.columns)
    return values, damage


def read_samples(source: Source, layout: PixelLayout, index: int) -> tuple[Pixels, Damage | None]:
    """Return the samples of a frame in their containers.

    (rows, columns) or (rows, columns, samples).
    """
    first_bit = index * layout.frame_bits
    length = (first_bit % 8 + layout.frame_bits + 7) // 8
    first = first_bit // 8
    is_in_bytes = layout.bits_allocated == 8 or not layout.is_in_words
    if source.is_big_endian and source.has_words and is_in_bytes:
        start = first - first % 2
        words, damage = read_part(source, start, first + length + (first + length) % 2 - start, spare=1)
        content = np.frombuffer(words, "u2").byteswap().tobytes()[first - start :][:length]
    else:
        content, damage = read_part(source, first, length)
    damage = damage or hollow(source, layout, index, content)
    return samples_of(content, layout, first_bit % 8, is_big_endian=source.is_big_endian), damage


def hollow(source: Source, layout: PixelLayout, index: int, content: bytes | Memory) -> Damage | None:
    """Return the damage of a frame with parts that were never written.

    It ends in one repeated byte, or has holes of zeros; None where nothing shows it.
    """
    if not layout.is_in_words:
        return None
    missing = missing_in_holes(source, layout, index, content)
    at_end = None
    if len(set(bytes(content[-LOOKED_AT_BYTES:]))) == 1:
        from medviewer.dicom.pixels.hollow import hollow_damage  # here, because hardly any frame needs it

        at_end = hollow_damage(source, layout, index, content)
    return with_holes(at_end, missing)


def read_part(source: Source, begin: int, length: int, spare: int = 0) -> tuple[bytes, Damage | None]:
    """Return bytes of native pixels, padded with zeros at the end of the file.

    Parameters
    ----------
    begin : int
        In the pixel data.
    spare : int
        How many bytes may be missing without any damage.
    """
    there = min(length, max(0, source.native_bytes - begin))
    content = source.read(source.pixel_offset + begin, there)
    return filled(source, content, length) if there < length - spare else (content.ljust(length, b"\0"), None)


def filled(source: Source, content: bytes, length: int) -> tuple[bytes, Damage | None]:
    """Return content filled up with zeros, and how much was missing.

    Raises
    ------
    DamagedFileError
        Hardly anything is there.
    """
    if len(content) >= length:
        return content[:length], None
    if len(content) < length * LEAST_SHARE:
        raise DamagedFileError(path=source.path, detail=CUT_SHORT)
    return content.ljust(length, b"\0"), Damage(1 - len(content) / length)


def samples_of(content: bytes, layout: PixelLayout, first_bit: int, *, is_big_endian: bool) -> Pixels:
    """Return samples in their containers.

    (rows, columns) or (rows, columns, samples).

    Parameters
    ----------
    content : bytes
        Of one frame at least.
    first_bit : int
        Where the frame begins in the first byte.
    """
    size = layout.rows * layout.columns
    if not layout.is_in_words:
        values = unpacked(content, layout.bits_allocated, first_bit, size * layout.samples)
    else:
        order = ">" if is_big_endian else "<"
        kind = "f" if layout.is_float else "u"
        values = np.frombuffer(content, np.dtype(f"{order}{kind}{layout.bits_allocated // 8}"))
    if layout.samples == 1:
        return values[:size].reshape(layout.rows, layout.columns)
    if layout.halves_chroma and layout.bits_allocated == 8 and layout.columns % 2 == 0:
        return color.expand_422(values, layout.rows, layout.columns)
    if layout.is_planar:
        planes = values[: layout.samples * size].reshape(layout.samples, layout.rows, layout.columns)
        return np.moveaxis(planes, 0, -1)
    return values[: layout.samples * size].reshape(layout.rows, layout.columns, layout.samples)


def unpacked(content: bytes, bits: int, first_bit: int, count: int) -> Pixels:
    """Return values packed without gaps, the lowest bit first.

    References
    ----------
    DICOM PS3.5 8.1.1: single bits today; 12 and other bits in editions before 2004.
    """
    stream = np.unpackbits(np.frombuffer(content, np.uint8), bitorder="little")
    if bits == 1:
        return stream[first_bit : first_bit + count]
    cells = stream[first_bit : first_bit + count * bits].reshape(count, bits)
    wide = next(width for width in (8, 16, 32) if width >= bits)
    padded = np.zeros((count, wide), np.uint8)
    padded[:, :bits] = cells
    return np.packbits(padded, axis=-1, bitorder="little").reshape(-1).view(f"<u{wide // 8}")


def exceeds(words: Pixels, layout: PixelLayout) -> bool:
    """Return whether gray words are no values of the stated bits.

    Negative ones may stand in them with or without their sign.
    """
    wide = 8 * words.dtype.itemsize
    if layout.bits_stored in (1, wide) or layout.high_bit != layout.bits_stored - 1:
        return False
    highest = (1 << layout.bits_stored) - 1
    if is_looked_through(layout):
        return bool(words.max() > highest)
    signed = words.view(f"i{wide // 8}")
    return bool(signed.max() > highest or signed.min() < -(1 << layout.bits_stored - 1))


def is_looked_through(layout: PixelLayout) -> bool:
    """Return whether words within their bits have no other bits set."""
    return not layout.is_signed and layout.high_bit == layout.bits_stored - 1 > 0


def clear_unused_bits(pixels: Pixels, layout: PixelLayout, out: Pixels | None = None) -> Pixels:
    """Return stored values.

    Bits above High Bit and below the stored ones dropped, sign extended.

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
    wide = 8 * pixels.dtype.itemsize
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
