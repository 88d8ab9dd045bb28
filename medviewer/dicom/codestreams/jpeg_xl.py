"""Head of a JPEG XL image, bare or in its container.

See ISO 18181-1 annex D, 18181-2.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

BARE_START: Final = b"\xff\x0a"
CONTAINER_START: Final = b"\x00\x00\x00\x0cJXL \r\n\x87\n"
RATIOS: Final = ((1, 1), (12, 10), (4, 3), (3, 2), (16, 9), (5, 4), (2, 1))
GRAY_SPACE: Final = 1
RGB_SPACE: Final = 0
HEAD_BYTES: Final = 64  # more than the longest header before its color encoding

Choice = tuple[int, int]
"""Bits to read, and what to add to them."""

SIDE: Final = ((9, 1), (13, 1), (18, 1), (30, 1))
INTEGER_BITS: Final = ((0, 8), (0, 10), (0, 12), (6, 1))
EXTRA_CHANNELS: Final = ((0, 0), (0, 1), (4, 2), (12, 1))
ENUMERATION: Final = ((0, 0), (0, 1), (4, 2), (6, 18))


@dataclass(frozen=True, slots=True)
class JpegXlHead:
    """The image header of a JPEG XL codestream."""

    rows: int
    columns: int
    components: int
    precision: int
    is_lossy: bool


class _Bits:
    """Reads bits, the lowest of each byte first."""

    def __init__(self, content: bytes) -> None:
        self._bits = int.from_bytes(content[:HEAD_BYTES], "little")
        self._left = 8 * min(len(content), HEAD_BYTES)

    def take(self, count: int) -> int:
        """Return the next bits as a number; IndexError where there are none."""
        if count > self._left:
            raise IndexError
        value = self._bits & ((1 << count) - 1)
        self._bits >>= count
        self._left -= count
        return value

    def flag(self) -> bool:
        """Return the next bit."""
        return bool(self.take(1))

    def choose(self, choices: tuple[Choice, ...]) -> int:
        """Return a number in one of four ranges (B.2.2, U32)."""
        bits, offset = choices[self.take(2)]
        return self.take(bits) + offset


def read_jpeg_xl(content: bytes) -> JpegXlHead | None:
    """Return the head of an image.

    None where it is none, or none that DICOM allows. Animations, previews, floating point samples and extra
    channels have no place in a DICOM frame.

    Raises
    ------
    struct.error, IndexError
        It is cut short.
    """
    has_jpeg = False
    if content.startswith(CONTAINER_START):
        found = b""
        for kind, box in _boxes(content):
            has_jpeg |= kind == b"jbrd"  # what turns it back into the JPEG that it was
            if kind in (b"jxlc", b"jxlp") and not found:
                found = box[4:] if kind == b"jxlp" else box
        content = found
    if not content.startswith(BARE_START):
        return None
    bits = _Bits(content[len(BARE_START) : len(BARE_START) + HEAD_BYTES])
    rows, columns = _size(bits)
    head = _metadata(bits)
    if head is None:
        return None
    precision, is_xyb, components = head
    return JpegXlHead(rows, columns, components, precision, is_lossy=is_xyb or has_jpeg)


def _boxes(content: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Yield (type, the first bytes of the content) of each box of a container."""
    place = 0
    while place + 8 <= len(content):
        size, kind = struct.unpack_from(">I4s", content, place)
        head = 8
        if size == 1:
            (size,) = struct.unpack_from(">Q", content, place + 8)
            head = 16
        elif size == 0:  # up to the end
            size = len(content) - place
        if size < head:
            return
        yield kind, content[place + head : min(place + size, place + head + 2 * HEAD_BYTES)]
        place += size


def _size(bits: _Bits) -> tuple[int, int]:
    """Return rows and columns (D.2)."""
    in_eights = bits.flag()

    def side() -> int:
        return (bits.take(5) + 1) * 8 if in_eights else bits.choose(SIDE)

    rows = side()
    ratio = bits.take(3)
    if ratio == 0:
        return rows, side()
    wide, high = RATIOS[ratio - 1]
    return rows, rows * wide // high


def _metadata(bits: _Bits) -> tuple[int, bool, int] | None:
    """Return (bits per sample, whether its colors are XYB, components) (D.3).

    None where not allowed.
    """
    if bits.flag():  # all as usual
        return 8, True, 3
    if bits.flag():
        bits.take(3)  # orientation
        if bits.flag():
            _size(bits)  # intrinsic size
        if bits.flag() or bits.flag():  # preview, animation
            return None
    if bits.flag():  # floating point
        return None
    precision = bits.choose(INTEGER_BITS)
    bits.flag()  # whether 16-bit buffers are enough
    if bits.choose(EXTRA_CHANNELS):
        return None
    is_xyb = bits.flag()
    space = RGB_SPACE
    if not bits.flag():  # not sRGB
        bits.flag()  # whether an ICC profile follows
        space = bits.choose(ENUMERATION)
    return precision, is_xyb, 1 if space == GRAY_SPACE else 3
