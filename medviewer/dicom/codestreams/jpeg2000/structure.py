"""Structure of a JPEG 2000 codestream: headers, tiles, tile-parts.

Read from the markers (ISO/IEC 15444-1 annex A), without a look at any packet.
"""

import struct
from dataclasses import dataclass
from typing import Final

SIZE, STYLE, COMPONENT_STYLE, ORDER_CHANGE = 0x51, 0x52, 0x53, 0x5F
PACKED_MAIN, PACKED_TILE, TILE_PART, DATA = 0x60, 0x61, 0x90, 0x93
CODESTREAM_END: Final = b"\xff\xd9"
TILE_PART_START: Final = b"\xff\x90\x00\x0a"

TILE_PART_BYTES: Final = 12  # of its first marker segment

Box = tuple[int, int, int, int]
"""Left, top, right, bottom; the last two lie outside."""


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
