"""Head of a compressed image, read before any decoder sees it.

ISO 10918 (JPEG), 14495 (JPEG-LS), 15444 (JPEG 2000), 18181 (JPEG XL).
A file of 652 bytes can ask a decoder for 14 GiB. The numbers here are compared with the DICOM header and with
limits.py first.
"""

import struct
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

from medviewer.dicom.codestreams import jpeg_xl
from medviewer.dicom.header import ARITHMETIC_LOSSLESS, HIERARCHICAL

START_OF_FRAME: Final = {*range(0xC0, 0xD0), 0xF7} - {0xC4, 0xC8, 0xCC}
PROGRESSIVE_FRAMES: Final = frozenset({0xC2, 0xC6, 0xCA, 0xCE})
UNREAD_FRAMES: Final = {
    0xCB: ARITHMETIC_LOSSLESS,
    **dict.fromkeys((0xC5, 0xC6, 0xC7, 0xCD, 0xCE, 0xCF), HIERARCHICAL),
}
LOSSLESS_FRAMES: Final = frozenset({0xC3, 0xC7, 0xCB, 0xCF})
STANDALONE: Final = frozenset({0x01, *range(0xD0, 0xD9)})
JP2_SIGNATURE: Final = b"\x00\x00\x00\x0cjP  \r\n\x87\n"
JPEG2000_START: Final = b"\xff\x4f\xff\x51"
RED_GREEN_BLUE_IDS: Final = (0x52, 0x47, 0x42)
MOST_TILES: Final = 65_535


class Codec(StrEnum):
    """Who can decode a codestream."""

    JPEG = "JPEG"
    JPEG_LOSSLESS = "JPEG lossless"
    JPEG_LS = "JPEG-LS"
    JPEG_2000 = "JPEG 2000"
    HTJ2K = "High-Throughput JPEG 2000"
    JPEG_XL = "JPEG XL"


@dataclass(frozen=True, slots=True)
class Codestream:
    """The head of one compressed image."""

    codec: Codec
    rows: int
    columns: int
    components: int
    precision: int
    is_signed: bool = False
    is_lossy: bool = True
    component_ids: tuple[int, ...] = ()
    is_subsampled: bool = False
    adobe_transform: int | None = None  # 0: RGB or CMYK as it is, 1: YCbCr
    has_jfif: bool = False
    is_color_transformed: bool = False  # JPEG 2000: the decoder undoes RCT or ICT
    coded_at: int = 0  # where the codestream begins; JPEG: where the coded data behind its headers does
    block_styles_at: tuple[int, ...] = ()  # JPEG 2000: places of the styles of its code-blocks
    unit: tuple[int, int] = (1, 1)  # JPEG: rows and columns that are coded together, in pixels
    is_one_scan: bool = True  # JPEG: the first scan holds all of the image
    unread: str = ""  # what to call it, where nothing here decodes it

    @property
    def decoded_bytes(self) -> int:
        """Bytes that the decoder will allocate for the image."""
        return self.rows * self.columns * self.components * (4 if self.precision > 16 else 2)


def read_codestream(content: bytes) -> Codestream | None:
    """Return the head of a compressed image.

    None where it is none or is broken.
    """
    try:
        if content.startswith(b"\xff\xd8"):
            return _read_jpeg(content)
        if content.startswith(JP2_SIGNATURE):
            start = content.find(JPEG2000_START)
            return _read_jpeg_2000(content, start) if start > 0 else None
        if content.startswith(JPEG2000_START):
            return _read_jpeg_2000(content, 0)
        if content.startswith((jpeg_xl.BARE_START, jpeg_xl.CONTAINER_START)):
            return _read_jpeg_xl(content)
    except (struct.error, IndexError):
        return None
    return None


def _read_jpeg_xl(content: bytes) -> Codestream | None:
    head = jpeg_xl.read_jpeg_xl(content)
    if head is None:
        return None
    return Codestream(
        codec=Codec.JPEG_XL,
        rows=head.rows,
        columns=head.columns,
        components=head.components,
        precision=head.precision,
        is_lossy=head.is_lossy,
    )


def _read_jpeg(content: bytes) -> Codestream | None:
    """Walk the marker segments up to the start of scan."""
    position, frame = 2, b""
    marker_of_frame = 0
    adobe: int | None = None
    jfif = is_hierarchical = False
    while True:
        if content[position] != 0xFF:
            return None
        marker = content[position + 1]
        if marker == 0xFF:  # fill byte
            position += 1
            continue
        position += 2
        if marker in STANDALONE:
            continue
        (length,) = struct.unpack_from(">H", content, position)
        if length < 2:
            return None
        segment = content[position + 2 : position + length]
        if marker in START_OF_FRAME and not frame:
            marker_of_frame, frame = marker, segment
        elif marker == 0xEE and segment.startswith(b"Adobe") and len(segment) >= 12:
            adobe = segment[11]
        elif marker == 0xDE:
            is_hierarchical = True
        elif marker == 0xE0 and segment.startswith(b"JFIF\0"):
            jfif = True
        elif marker == 0xDA:
            if not frame:
                return None
            head = _jpeg_frame(marker_of_frame, frame, segment)
            unread = HIERARCHICAL if is_hierarchical else head.unread
            place = position + length
            return replace(head, adobe_transform=adobe, has_jfif=jfif, coded_at=place, unread=unread)
        elif marker == 0xD9:
            return None
        position += length


def _jpeg_frame(marker: int, frame: bytes, scan: bytes) -> Codestream:
    """Return the codestream head from the JPEG frame and scan headers."""
    precision, rows, columns, components = struct.unpack_from(">BHHB", frame)
    parts = [struct.unpack_from("BB", frame, 6 + 3 * number) for number in range(components)]
    if not parts:
        raise IndexError
    across, down = max(part[1] >> 4 for part in parts), max(part[1] & 15 for part in parts)
    unit = (1, 1)
    if marker == 0xF7:
        codec, lossy = Codec.JPEG_LS, scan[1 + 2 * scan[0]] > 0
    elif marker in LOSSLESS_FRAMES:
        codec, lossy = Codec.JPEG_LOSSLESS, False
    else:
        codec, lossy = Codec.JPEG, True
        unit = (8 * down, 8 * across) if components > 1 else (8, 8)
    return Codestream(
        codec=codec,
        rows=rows,
        columns=columns,
        components=components,
        precision=precision,
        is_lossy=lossy,
        component_ids=tuple(part[0] for part in parts),
        is_subsampled=len({part[1] for part in parts}) > 1,
        unit=unit,
        is_one_scan=scan[0] == components and marker not in PROGRESSIVE_FRAMES,
        unread=UNREAD_FRAMES.get(marker, ""),
    )


def _read_jpeg_2000(content: bytes, start: int) -> Codestream | None:
    """Read SIZ, CAP and COD from the main header."""
    position = start + 4
    length, _, right, bottom, left, top = struct.unpack_from(">HHIIII", content, position)
    tiles = struct.unpack_from(">IIII", content, position + 20)
    (components,) = struct.unpack_from(">H", content, position + 36)
    if length < 38 + 3 * components or components == 0 or not _are_tiles((left, top, right, bottom), tiles):
        return None
    depth = content[position + 38]
    steps = {tuple(content[position + 39 + 3 * i : position + 41 + 3 * i]) for i in range(components)}
    position += length
    high_throughput, transformed, lossy = False, False, True
    styles_at: list[int] = []
    while content[position] == 0xFF and content[position + 1] not in (0x90, 0xD9):  # tile part, end
        marker = content[position + 1]
        (length,) = struct.unpack_from(">H", content, position + 2)
        if marker == 0x50:
            high_throughput = True
        elif marker == 0x52:
            transformed = content[position + 8] == 1
            lossy = content[position + 13] == 0  # the 9-7 wavelet
            styles_at.append(position + 12)
        elif marker == 0x53:  # of one component, whose number takes two bytes where there are many
            styles_at.append(position + (9 if components < 257 else 10))
        position += 2 + max(length, 2)
    return Codestream(
        codec=Codec.HTJ2K if high_throughput else Codec.JPEG_2000,
        rows=bottom - top,
        columns=right - left,
        components=components,
        precision=(depth & 0x7F) + 1,
        is_signed=bool(depth & 0x80),
        is_lossy=lossy,
        is_subsampled=steps != {(1, 1)},
        is_color_transformed=transformed,
        coded_at=start,
        block_styles_at=tuple(styles_at),
    )


def _are_tiles(area: tuple[int, int, int, int], tiles: tuple[int, ...]) -> bool:
    """Return whether tiles can lie as stated.

    A decoder may never end on others.

    Parameters
    ----------
    area : (left, top, right, bottom)
        Of the image on the reference grid.
    tiles : (width, height, left, top)
        Of a tile, and of the first one's corner.

    References
    ----------
    ISO/IEC 15444-1 A.5.1 and B.3: the first tile begins outside the image or with it and reaches into it;
    there are at most 65,535.
    """
    left, top, right, bottom = area
    width, height, tile_left, tile_top = tiles
    if not (width and height and left < right and top < bottom):
        return False
    if not (tile_left <= left < tile_left + width and tile_top <= top < tile_top + height):
        return False
    return -(-(right - tile_left) // width) * -(-(bottom - tile_top) // height) <= MOST_TILES
