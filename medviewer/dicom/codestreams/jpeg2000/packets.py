"""Packets of a JPEG 2000 codestream and their share of its image.

A decoder conceals packets that are cut off or hollow; here their headers are read, which takes little, and
the coded bits are left alone. ISO/IEC 15444-1 annexes A (markers) and B (packets), 15444-15 (high
throughput).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from medviewer.dicom.codestreams.jpeg2000.bits import HeaderBits, TagTree
from medviewer.dicom.codestreams.jpeg2000.structure import Box, ComponentStyle, Grid, Structure, Style

PACKET_START: Final = b"\xff\x91"
HEADER_END: Final = b"\xff\x92"

MOST_BLOCKS: Final = 400_000
MOST_PACKETS: Final = 400_000

BYPASS, TERMINATED, HIGH_THROUGHPUT = 0x01, 0x04, 0x40  # of the code-block style, A.6.1


class PacketError(Exception):
    """The codestream is invalid or uses an unsupported feature."""


class _Block:
    """A code-block, as far as packet headers tell."""

    __slots__ = ("column", "is_included", "length_bits", "passes", "row")

    def __init__(self, column: int, row: int) -> None:
        self.column, self.row = column, row
        self.is_included, self.length_bits, self.passes = False, 3, 0


class _Band:
    """The code-blocks of a precinct in one sub-band."""

    def __init__(self, box: Box, width: int, height: int) -> None:
        left, top = box[0] >> width, box[1] >> height
        right, bottom = -(-box[2] >> width), -(-box[3] >> height)
        is_empty = box[2] <= box[0] or box[3] <= box[1]
        self.across, self.down = (0, 0) if is_empty else (right - left, bottom - top)
        self.area = 0 if is_empty else (box[2] - box[0]) * (box[3] - box[1])

    @cached_property
    def blocks(self) -> list[_Block]:
        """All of them, row by row."""
        return [_Block(column, row) for row in range(self.down) for column in range(self.across)]

    @cached_property
    def inclusion(self) -> TagTree:
        """In which layer each block is met first."""
        return TagTree(self.across, self.down)

    @cached_property
    def planes(self) -> TagTree:
        """Number of zero bit-planes of each block."""
        return TagTree(self.across, self.down)


@dataclass(frozen=True, slots=True)
class Packet:
    """One packet: offsets in the codestream."""

    start: int
    body: int
    end: int  # may lie behind what there is
    area: float  # coefficients that it helps to describe, divided by the layers


@dataclass(frozen=True, slots=True)
class TilePackets:
    """The packets of a tile, as far as their headers are there."""

    packets: tuple[Packet, ...]
    stated: int  # how many it should have
    area: float  # of all that it should have
    is_whole: bool  # all are there and fill the tile-parts
    is_derailed: bool  # they do not fit into the tile-parts


def packets_of_tile(
    content: bytes, structure: Structure, tile: int, available: int, most: int = MOST_PACKETS
) -> TilePackets:
    """Read the packet headers of a tile, as far as they go.

    Parameters
    ----------
    available : int
        Where the codestream ends, or stops to make sense.
    most : int
        Packets that are looked at.

    Raises
    ------
    PacketError
        There are more than can be looked at, or they are coded in a way that is not followed.
    """
    style = structure.style
    if style is None:
        raise PacketError
    precincts = list(_precincts(structure.grid, style, tile))
    stated = len(precincts) * style.layers
    if stated > most:
        raise PacketError
    area = float(sum(band.area for *_, bands in precincts for band in bands))
    parts = [part for part in structure.parts if part.tile == tile and part.data < available]
    found: list[Packet] = []
    number, position = 0, parts[0].data if parts else 0
    is_derailed = False
    for layer, own, bands in _ordered(precincts, style):
        while number < len(parts) and position >= min(parts[number].end, available):
            number += 1
            position = parts[number].data if number < len(parts) else position
        if number == len(parts):
            break
        part = parts[number]
        try:
            end = min(part.end, available)
            start, body, after = _read_packet(content, position, end, layer, own, bands, style)
        except IndexError:
            is_derailed = part.end <= available
            break
        if after > part.end and not part.is_open:
            is_derailed = True
            break
        share = sum(band.area for band in bands) / style.layers
        found.append(Packet(start, body, after, share))
        position = after
    are_all = len(found) == stated
    fills = bool(parts) and number == len(parts) - 1 and position == parts[-1].end <= available
    is_derailed |= are_all and not fills and position < available
    return TilePackets(tuple(found), stated, area, are_all and fills, is_derailed)


def _read_packet(
    content: bytes,
    position: int,
    end: int,
    layer: int,
    own: ComponentStyle,
    bands: list[_Band],
    style: Style,
) -> tuple[int, int, int]:
    """Return the start of a packet, of its body, and the end."""
    start = position
    if style.may_have_starts and content.startswith(PACKET_START, position):
        position += 6
    bits = HeaderBits(content, position, end)
    size = 0
    if bits.take_bit():
        for band in bands:
            if band.across:
                size += _band_bytes(bits, band, layer, own)
    body = bits.finish()
    if style.has_header_ends and content.startswith(HEADER_END, body):
        body += 2
    return start, body, body + size


def _band_bytes(bits: HeaderBits, band: _Band, layer: int, style: ComponentStyle) -> int:
    """Return the bytes of code-blocks in a packet (B.10.3 to B.10.7)."""
    inclusion, planes = band.inclusion, band.planes
    is_one_segment = not style.block_style & (HIGH_THROUGHPUT | TERMINATED | BYPASS)
    take_bit, take = bits.take_bit, bits.take
    size = 0
    for block in band.blocks:
        if block.is_included:
            if not take_bit():
                continue
        elif inclusion.reaches(bits, block.column, block.row, layer + 1):
            continue
        else:
            planes.pass_over(bits, block.column, block.row)
            block.is_included = True
        passes = _passes(bits)
        while take_bit():
            block.length_bits += 1
            if block.length_bits > 32:
                raise IndexError
        if is_one_segment:
            size += take(block.length_bits + passes.bit_length() - 1)
        else:
            for count in _segments(style.block_style, block.passes, passes):
                size += take(block.length_bits + count.bit_length() - 1)
        block.passes += passes
    return size


def _passes(bits: HeaderBits) -> int:
    """Return a number of coding passes (table B.4)."""
    if not bits.take_bit():
        return 1
    if not bits.take_bit():
        return 2
    if (few := bits.take(2)) < 3:
        return 3 + few
    if (some := bits.take(5)) < 31:
        return 6 + some
    return 37 + bits.take(7)


def _segments(block_style: int, before: int, passes: int) -> Iterator[int]:
    """Yield how many of the passes of a packet share each codeword segment.

    See B.10.7.
    """
    if block_style & HIGH_THROUGHPUT:
        if not before and passes:
            yield 1
            passes -= 1
        if passes:
            yield passes
        return
    if block_style & TERMINATED:
        yield from (1 for _ in range(passes))
        return
    if not block_style & BYPASS:
        yield passes
        return
    while passes:  # ten passes, then by turns two and one
        place = before - 10
        room = -place if place < 0 else (2, 1, 1)[place % 3]
        taken = min(room, passes)
        yield taken
        before, passes = before + taken, passes - taken


_Precinct = tuple[int, int, int, int, int, ComponentStyle, list[_Band]]
"""Component, resolution, its place on the reference grid (y, x), number, style, and code-blocks."""


def _precincts(grid: Grid, style: Style, tile: int) -> Iterator[_Precinct]:
    """Yield all precincts of a tile (B.5 to B.7)."""
    box = grid.box(tile)
    blocks = 0
    for component, (step_x, step_y) in enumerate(grid.steps):
        own = style.components[component]
        of_component = tuple(-(-edge // step) for edge, step in zip(box, (step_x, step_y) * 2, strict=True))
        for resolution in range(own.levels + 1):
            scale = own.levels - resolution
            left, top, right, bottom = (-(-edge >> scale) for edge in of_component)
            width, height = own.precincts[resolution]
            if right <= left or bottom <= top:
                continue
            first_x, first_y = left >> width, top >> height
            across, down = -(-right >> width) - first_x, -(-bottom >> height) - first_y
            for number in range(across * down):
                row, column = divmod(number, across)
                x, y = first_x + column, first_y + row
                bands = _bands(of_component, own, resolution, (x, y))
                blocks += sum(band.across * band.down for band in bands)
                if blocks > MOST_BLOCKS:
                    raise PacketError
                top_edge = max(box[1], (y << height + scale) * step_y)
                left_edge = max(box[0], (x << width + scale) * step_x)
                yield component, resolution, top_edge, left_edge, number, own, bands


def _bands(
    of_component: tuple[int, ...], style: ComponentStyle, resolution: int, place: tuple[int, int]
) -> list[_Band]:
    """Return the sub-bands of a precinct."""
    width, height = style.precincts[resolution]
    depth = style.levels - resolution + (resolution > 0)
    if resolution:
        width, height = width - 1, height - 1
    if min(width, height) < 0:
        raise PacketError
    x, y = place
    found = []
    for right, down in ((1, 0), (0, 1), (1, 1)) if resolution else ((0, 0),):
        halves = (right << depth >> 1, down << depth >> 1) * 2
        edges = [-(-(edge - half) >> depth) for edge, half in zip(of_component, halves, strict=True)]
        box = (
            max(edges[0], x << width),
            max(edges[1], y << height),
            min(edges[2], x + 1 << width),
            min(edges[3], y + 1 << height),
        )
        found.append(_Band(box, min(style.block_width, width), min(style.block_height, height)))
    return found


def _ordered(precincts: list[_Precinct], style: Style) -> Iterator[tuple[int, ComponentStyle, list[_Band]]]:
    """Yield (layer, style, code-blocks) of packets in progression order.

    See B.12.
    """
    layers = range(style.layers)

    def key(one: _Precinct) -> tuple[int, ...]:
        component, resolution, y, x, number, *_ = one
        keys: dict[int, tuple[int, ...]] = {
            0: (resolution, component, number),
            1: (resolution, component, number),
            2: (resolution, y, x, component, number),
            3: (y, x, component, resolution, number),
            4: (component, y, x, resolution, number),
        }
        if style.order not in keys:
            raise PacketError
        return keys[style.order]

    ordered = sorted(precincts, key=key)
    if style.order == 0:
        return ((layer, one[5], one[6]) for layer in layers for one in ordered)
    if style.order == 1:
        levels = sorted({one[1] for one in ordered})
        return (
            (layer, one[5], one[6])
            for level in levels
            for layer in layers
            for one in ordered
            if one[1] == level
        )
    return ((layer, one[5], one[6]) for one in ordered for layer in layers)
