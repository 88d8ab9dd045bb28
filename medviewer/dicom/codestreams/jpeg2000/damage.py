"""Damage of JPEG 2000 codestreams, and a codestream of the intact part.

OpenJPEG refuses a codestream that is cut, and takes zeros for coded bits; OpenJPH leaves out what it cannot
read and says nothing. So the structure is looked at first, and what is missing is put in as what a decoder
makes nothing of (ISO/IEC 15444-1 annexes A, B and C).
"""

import struct
from dataclasses import dataclass
from typing import Final

from medviewer.dicom.codestreams.jpeg2000.packets import (
    HEADER_END,
    HIGH_THROUGHPUT,
    PacketError,
    packets_of_tile,
)
from medviewer.dicom.codestreams.jpeg2000.structure import (
    CODESTREAM_END,
    TILE_PART_BYTES,
    TILE_PART_START,
    Structure,
    Style,
    read_structure,
    tiles_of,
)
from medviewer.dicom.header import Run, has_run, runs, with_zeros

FEW_PACKETS: Final = 18  # of three components with five levels
HOLE_BYTES: Final = 32  # zeros: no coded bits, but perhaps empty packets
TAIL_BYTES: Final = 8  # alike at the end, behind an end marker
LEAST_LOST: Final = 2  # bytes alike where the end marker is missing
MOST_RUNS: Final = 3  # for each hole
LEAST_RAW: Final = 256  # bytes alike: high throughput has bits of values as they are
CERTAIN_HOLE_BYTES: Final = 512
LEAST_ALIKE: Final = 64  # other bytes in a row
NO_PACKET: Final = b"\0"
USUAL: Final = b"\xff"  # the arithmetic decoder reads from it what it finds likeliest: no coefficients
LENGTH_MARKERS: Final = frozenset({0x55, 0x57, 0x58})  # TLM, PLM and PLT: of tile-parts and packets
HEAD_OF_TILE_PART: Final = struct.Struct(">HIBB").unpack_from
DATA_MARKER: Final = b"\xff\x93"


def is_complete(content: bytes, start: int, *, is_raw: bool = False) -> bool:
    """Return whether tile-parts and end are complete and no hole is seen.

    It takes microseconds, as no packet is looked at, unless the last tile-part does not say how long it is.

    Parameters
    ----------
    is_raw : bool
        It is of high throughput: an area of one value may be coded as one byte in a row.
    """
    first = position = content.find(TILE_PART_START, start)
    if first < 0:
        return False
    seen: dict[int, int] = {}
    counts: dict[int, int] = {}
    while content.startswith(TILE_PART_START, position) and position + TILE_PART_BYTES <= len(content):
        tile, length, _, count = HEAD_OF_TILE_PART(content, position + len(TILE_PART_START))
        if not length:
            return _is_whole_up_to_its_end(content, start, is_raw=is_raw)
        seen[tile] = seen.get(tile, 0) + 1
        counts[tile] = count or counts.get(tile, 0)
        position += length
    if not content.startswith(CODESTREAM_END, position) or len(seen) < tiles_of(content, start):
        return False
    are_all = all(seen[tile] >= count for tile, count in counts.items())
    return are_all and not _has_hole(content, first, position, is_raw=is_raw)


def has_other_packets(content: bytes, start: int) -> bool:
    """Return whether the packets of an image in one tile do not fill it.

    False where they are so many that reading their headers would take long beside the decoding.
    """
    structure = read_structure(content, start)
    if structure is None or structure.grid.tiles > 1 or not structure.has_end:
        return False
    try:
        found = packets_of_tile(content, structure, 0, structure.end, FEW_PACKETS)
    except PacketError:
        return False
    are_all = len(found.packets) == found.stated and found.stated > 0
    return not found.is_whole and not (are_all and 0 <= structure.end - found.packets[-1].end <= TAIL_BYTES)


def _has_hole(content: bytes, begin: int, end: int, *, is_raw: bool) -> bool:
    if is_raw:
        return any(runs(content, LEAST_RAW, begin, end)) and bool(_raw_holes(content, begin, end))
    return content.find(bytes(HOLE_BYTES), begin, end) >= 0 or has_run(content, begin, end)


def _holes(content: bytes, begin: int, end: int, *, is_raw: bool) -> list[Run]:
    """Return the runs of zeros, and the longer ones of other bytes."""
    if is_raw:
        return _raw_holes(content, begin, end)
    found = runs(content, HOLE_BYTES, begin, end)
    return [run for run in found if not content[run[0]] or run[1] - run[0] >= LEAST_ALIKE]


def _raw_holes(content: bytes, begin: int, end: int) -> list[Run]:
    """Return the longest runs.

    None where there are so many short ones that a drawn image may have them.
    """
    found = list(runs(content, HOLE_BYTES, begin, end))
    holes = [run for run in found if run[1] - run[0] >= LEAST_RAW]
    return holes if len(found) <= MOST_RUNS * len(holes) else []


def _is_whole_up_to_its_end(content: bytes, start: int, *, is_raw: bool) -> bool:
    structure = read_structure(content, start)
    if structure is None or not structure.has_end or structure.missing_tiles:
        return False
    if _has_hole(content, structure.parts[0].data, structure.end, is_raw=is_raw):
        return False
    try:
        tiles = range(structure.grid.tiles)
        return all(packets_of_tile(content, structure, tile, structure.end).is_whole for tile in tiles)
    except PacketError:
        return True


@dataclass(frozen=True, slots=True)
class Repaired:
    """A codestream without gaps, and the share of the image that it lacks.

    Parameters
    ----------
    is_derailed : bool
        Its packets do not fit: some of it is other data, however much that is.
    """

    content: bytes
    missing: float
    is_derailed: bool = False


def repair(content: bytes, start: int) -> Repaired | None:
    """Return a decodable codestream of the available data.

    None where nothing is.

    Parameters
    ----------
    start : int
        Where the codestream begins in the content: it may stand in a JP2 file.
    """
    structure = read_structure(content, start)
    if structure is None or not structure.parts:
        return None
    is_raw = structure.style is not None and _is_high_throughput(structure.style)
    found = _holes(content, structure.parts[0].data, len(content), is_raw=is_raw)
    content = with_zeros(content, found, TAIL_BYTES if structure.has_end else LEAST_LOST)
    available = min(structure.end, len(content)) if structure.has_end else len(content.rstrip(b"\0"))
    if available <= structure.parts[0].data:
        return None
    try:
        tiles = [_Tile(content, structure, tile, available) for tile in range(structure.grid.tiles)]
    except PacketError:
        return _repair_by_length(content, structure, available)
    if all(tile.is_whole for tile in tiles):
        return Repaired(content[: min(structure.end, available)] + CODESTREAM_END, 0.0)
    assert structure.style is not None
    fill = NO_PACKET if _is_high_throughput(structure.style) else USUAL
    filled = bytearray(content)
    for tile in tiles:
        for begin, end in tile.holes:
            filled[begin:end] = fill * (end - begin)
    pieces = [_without_lengths(content, start, structure.parts[0].start)]
    pieces += [tile.rebuilt(bytes(filled), structure.style, fill) for tile in tiles]
    is_derailed = any(tile.is_derailed for tile in tiles)
    return Repaired(b"".join((*pieces, CODESTREAM_END)), _missing(structure, tiles), is_derailed)


class _Tile:
    """The available data of one tile."""

    def __init__(self, content: bytes, structure: Structure, number: int, available: int) -> None:
        self.number = number
        self.parts = [part for part in structure.parts if part.tile == number]
        if structure.style is None:
            raise PacketError
        is_raw = _is_high_throughput(structure.style)
        holes = [
            hole
            for part in self.parts
            for hole in _holes(content, part.data, max(part.data, min(part.end, available)), is_raw=is_raw)
        ]
        found = packets_of_tile(content, structure, number, available)
        if found.is_derailed and holes:  # packet headers stood there
            available, holes = holes[0][0], []
            found = packets_of_tile(content, structure, number, available)
        self.found, self.available = found, available
        self.is_derailed = found.is_derailed
        self.holes = [  # in bodies: zeros between them are packets without a body
            (max(begin, packet.body), min(end, packet.end))
            for begin, end in holes
            for packet in found.packets
            if min(end, packet.end) - max(begin, packet.body) >= HOLE_BYTES // 2
        ]
        self.is_whole = found.is_whole and not self.holes

    @property
    def missing_bytes(self) -> int:
        """Bytes of its tile-parts that are not there."""
        cut = sum(max(0, part.end - max(self.available, part.data)) for part in self.parts)
        return cut + sum(end - begin for begin, end in self.holes)

    @property
    def available_area(self) -> float:
        """The coefficients of its packets, weighted by their available share."""
        there = 0.0
        for packet in self.found.packets:
            length = packet.end - packet.body
            lacking = max(0, packet.end - max(self.available, packet.body))
            lacking += sum(end - begin for begin, end in self.holes if packet.body <= begin < packet.end)
            there += packet.area * (1 - lacking / length if length else 1.0)
        return there

    def rebuilt(self, content: bytes, style: Style, fill: bytes) -> bytes:
        """Return the tile as one tile-part with all of its packets."""
        header = b""
        if self.parts:
            first = self.parts[0]
            header = _without_lengths(content, first.start + TILE_PART_BYTES, first.data - len(DATA_MARKER))
        data = [
            content[packet.start : min(packet.end, self.available)].ljust(packet.end - packet.start, fill)
            for packet in self.found.packets
        ]
        empty = NO_PACKET + (HEADER_END if style.has_header_ends else b"")
        data.append(empty * (self.found.stated - len(self.found.packets)))
        length = TILE_PART_BYTES + len(header) + len(DATA_MARKER) + sum(map(len, data))
        beginning = TILE_PART_START + struct.pack(">HIBB", self.number, length, 0, 1)
        return b"".join((beginning, header, DATA_MARKER, *data))


def _is_high_throughput(style: Style) -> bool:
    return any(one.block_style & HIGH_THROUGHPUT for one in style.components)


def _without_lengths(content: bytes, start: int, end: int) -> bytes:
    """Return marker segments of a header without length markers."""
    pieces = []
    while start < end:
        after = start + 2
        if content[start + 1] != 0x4F:  # the first one has no length
            after += int.from_bytes(content[start + 2 : start + 4], "big")
        if content[start + 1] not in LENGTH_MARKERS:
            pieces.append(content[start:after])
        start = after
    return b"".join(pieces)


def _missing(structure: Structure, tiles: list[_Tile]) -> float:
    """Return the missing share.

    It counts bytes where their number is stated, else coefficients.
    """
    are_stated = not (structure.lacks_parts or structure.missing_tiles or structure.parts[-1].is_open)
    if are_stated and not any(tile.is_derailed for tile in tiles):
        stated = sum(part.end - part.data for part in structure.parts)
        return min(1.0, sum(tile.missing_bytes for tile in tiles) / stated) if stated else 1.0
    area = sum(tile.found.area for tile in tiles)
    return 1 - sum(tile.available_area for tile in tiles) / area if area else 1.0


def _repair_by_length(content: bytes, structure: Structure, available: int) -> Repaired:
    """Extend a codestream to its length without following its packets."""
    ends = [part.end for part in structure.parts]
    stated = sum(part.end - part.data for part in structure.parts)
    lacking = sum(max(0, part.end - max(available, part.data)) for part in structure.parts)
    holes = runs(content, CERTAIN_HOLE_BYTES, structure.parts[0].data, available)
    lacking += sum(end - begin for begin, end in holes)
    of_other_tiles = structure.missing_tiles * stated // len(structure.parts)
    whole = stated + of_other_tiles
    filled = content[:available].ljust(max(ends), NO_PACKET) + CODESTREAM_END
    return Repaired(filled, min(1.0, (lacking + of_other_tiles) / whole) if whole else 1.0)
