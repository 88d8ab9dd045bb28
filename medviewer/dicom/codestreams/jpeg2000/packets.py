"""Packets of a JPEG 2000 codestream and their share of its image.

A decoder conceals packets that are cut off or hollow; here their headers are read, which takes little, and
the coded bits are left alone. ISO/IEC 15444-1 annexes A (markers) and B (packets), 15444-15 (high
throughput).
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from medviewer.dicom.codestreams.jpeg2000.bits import HeaderBits, TagTree

SIZE, STYLE, COMPONENT_STYLE, ORDER_CHANGE = 0x51, 0x52, 0x53, 0x5F
PACKED_MAIN, PACKED_TILE, TILE_PART, DATA = 0x60, 0x61, 0x90, 0x93
CODESTREAM_END: Final = b"\xff\xd9"
TILE_PART_START: Final = b"\xff\x90\x00\x0a"
PACKET_START: Final = b"\xff\x91"
HEADER_END: Final = b"\xff\x92"
TILE_PART_BYTES: Final = 12  # of its first marker segment
MOST_BLOCKS: Final = 400_000
MOST_PACKETS: Final = 400_000

BYPASS, TERMINATED, HIGH_THROUGHPUT = 0x01, 0x04, 0x40  # of the code-block style, A.6.1

Box = tuple[int, int, int, int]
"""Left, top, right, bottom; the last two lie outside."""


class PacketError(Exception):
    """The codestream is invalid or uses an unsupported feature."""


@dataclass(frozen=True, slots=True)
class ComponentStyle:
    """Coding style of a tile's component (A.6.1, A.6.2)."""

    levels: int
    block_width: int  # exponents
    block_height: int
    block_style: int
    precincts: tuple[tuple[int, int], ...]  # exponents of width and height, of each resolution


@dataclass(frozen=True, slots=True)
class Style:
    """Coding style of a tile."""

    order: int
    layers: int
    may_have_starts: bool
    has_header_ends: bool
    components: tuple[ComponentStyle, ...]


@dataclass(frozen=True, slots=True)
class Grid:
    """The reference grid: image, tiles and component sampling (B.2, B.3)."""

    area: Box
    tile: Box  # width, height, left, top
    steps: tuple[tuple[int, int], ...]  # across and down, of each component

    @property
    def across(self) -> int:
        """Tiles in a row."""
        return -(-(self.area[2] - self.tile[2]) // self.tile[0])

    @property
    def tiles(self) -> int:
        """Number of tiles."""
        return self.across * -(-(self.area[3] - self.tile[3]) // self.tile[1])

    def box(self, number: int) -> Box:
        """Return the rectangle of a tile."""
        row, column = divmod(number, self.across)
        width, height, left, top = self.tile
        x, y = left + column * width, top + row * height
        area = self.area
        return max(x, area[0]), max(y, area[1]), min(x + width, area[2]), min(y + height, area[3])


@dataclass(frozen=True, slots=True)
class TilePart:
    """One tile-part: offsets in the codestream."""

    tile: int
    start: int
    data: int  # behind its header
    end: int  # as stated, which may lie behind the end of what there is
    is_open: bool  # it goes on to the end of the codestream, wherever that is


@dataclass(frozen=True, slots=True)
class Structure:
    """Contents of the markers of a codestream."""

    grid: Grid
    style: Style | None  # None where packets are not followed
    parts: tuple[TilePart, ...]
    end: int  # of the last whole tile-part, where the end marker should stand
    has_end: bool
    lacks_parts: bool  # of a tile that is there, by their stated number

    @property
    def missing_tiles(self) -> int:
        """Tiles without any tile-part."""
        return self.grid.tiles - len({part.tile for part in self.parts})


def read_structure(content: bytes, start: int) -> Structure | None:
    """Read the main header and walk from tile-part to tile-part.

    None where the main header is broken.

    Parameters
    ----------
    start : int
        Where the codestream begins in the content.
    """
    try:
        grid, position = _read_grid(content, start + 4)
        style, position = _read_styles(content, position, len(grid.steps))
    except (struct.error, IndexError):
        return None
    parts: list[TilePart] = []
    stated: dict[int, int] = {}
    counted: dict[int, int] = {}
    while content.startswith(TILE_PART_START, position) and position + TILE_PART_BYTES <= len(content):
        tile, length, _, count = struct.unpack_from(">HIBB", content, position + 4)
        data, is_followed = _data_of(content, position + TILE_PART_BYTES)
        if not data or tile >= grid.tiles or (length and position + length < data):
            break
        style = style if is_followed else None
        stated[tile] = max(count, stated.get(tile, 0))
        counted[tile] = counted.get(tile, 0) + 1
        end = position + length
        if not length:
            end = content.rfind(CODESTREAM_END, data)
            end = end if end >= 0 else len(content)
        parts.append(TilePart(tile, position, data, end, is_open=not length))
        position = end
        if not length:
            break
    return Structure(
        grid,
        style,
        tuple(parts),
        position,
        has_end=content.startswith(CODESTREAM_END, position),
        lacks_parts=any(counted[tile] < count for tile, count in stated.items()),
    )


def tiles_of(content: bytes, start: int) -> int:
    """Return the number of tiles of the image."""
    return _read_grid(content, start + 4)[0].tiles


def _read_grid(content: bytes, position: int) -> tuple[Grid, int]:
    length, _, right, bottom, left, top = struct.unpack_from(">HHIIII", content, position)
    width, height, tile_left, tile_top, components = struct.unpack_from(">IIIIH", content, position + 20)
    steps = tuple(
        (content[position + 39 + 3 * number], content[position + 40 + 3 * number])
        for number in range(components)
    )
    if not (width and height) or any(0 in step for step in steps):
        raise IndexError
    grid = Grid((left, top, right, bottom), (width, height, tile_left, tile_top), steps)
    return grid, position + length


def _read_styles(content: bytes, position: int, components: int) -> tuple[Style | None, int]:
    """Read the coding styles up to the first tile-part."""
    general: tuple[int, int, ComponentStyle] | None = None  # Scod, SGcod's order and layers
    order = layers = flags = 0
    own: dict[int, ComponentStyle] = {}
    is_followed = True
    while content[position] == 0xFF and content[position + 1] not in (TILE_PART, 0xD9):
        marker = content[position + 1]
        (length,) = struct.unpack_from(">H", content, position + 2)
        body = content[position + 4 : position + 2 + length]
        if marker == STYLE:
            flags, order, layers = body[0], body[1], body[2] << 8 | body[3]
            general = (flags, order, _component_style(body[5:], has_precincts=bool(flags & 1)))
        elif marker == COMPONENT_STYLE:
            wide = 2 if components > 256 else 1
            number = int.from_bytes(body[:wide], "big")
            own[number] = _component_style(body[wide + 1 :], has_precincts=bool(body[wide] & 1))
        elif marker in (ORDER_CHANGE, PACKED_MAIN):
            is_followed = False
        position += 2 + max(length, 2)
    if general is None or not is_followed:
        return None, position
    styles = tuple(own.get(number, general[2]) for number in range(components))
    return Style(order, layers, bool(flags & 2), bool(flags & 4), styles), position


def _component_style(body: bytes, *, has_precincts: bool) -> ComponentStyle:
    levels = body[0]
    sizes = body[5 : 6 + levels] if has_precincts else b"\xff" * (levels + 1)
    if len(sizes) != levels + 1:
        raise IndexError
    precincts = tuple((size & 15, size >> 4) for size in sizes)
    return ComponentStyle(levels, (body[1] & 15) + 2, (body[2] & 15) + 2, body[3], precincts)


def _data_of(content: bytes, position: int) -> tuple[int, bool]:
    """Return the data position of a tile-part (0: none), and if readable."""
    is_followed = True
    while content.startswith(b"\xff", position) and position + 2 <= len(content):
        marker = content[position + 1]
        if marker == DATA:
            return position + 2, is_followed
        is_followed &= marker not in (STYLE, COMPONENT_STYLE, ORDER_CHANGE, PACKED_TILE)
        position += 2 + max(2, int.from_bytes(content[position + 2 : position + 4], "big"))
    return 0, False


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
