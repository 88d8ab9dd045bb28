"""Images that are shown as others than they are stored.

    tiles      several stored frames are one shown frame: a level of a whole-slide image
    mosaics    one stored frame is several shown frames: the slices of a Siemens MR volume

References
----------
DICOM PS3.3 C.7.6.17.3: in TILED_FULL, tiles go along the rows, then the columns, the focal planes and the
optical paths. C.8.12.6.1: in TILED_SPARSE each frame says where it lies. Mosaics and the private elements
that describe them: the documentation of dcm2niix (Siemens mosaic, CSA header).
"""

from __future__ import annotations

import math
import re
import struct
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from medviewer import limits
from medviewer.dicom.attributes import (
    FileFunctionalGroups,
    frame_directions,
    frame_position,
    frame_spacing,
    may_be_assembled,
)
from medviewer.dicom.header import Header
from medviewer.errors import DamagedFileError
from medviewer.imaging.frame import Damage, Vector
from medviewer.translation import Message, message

if TYPE_CHECKING:  # headers are read without numpy
    from medviewer.dicom.header import PixelLayout
    from medviewer.dicom.pixels import Decoded

SIEMENS_HEADER: Final = "SIEMENS MR HEADER"
SIEMENS_CSA: Final = "SIEMENS CSA HEADER"
CSA_START: Final = b"SV10\x04\x03\x02\x01"
CSA_ELEMENTS: Final = 256
WHITE: Final = 255


@dataclass(frozen=True, slots=True)
class Tile:
    """A stored frame, from 0, and the place of its first pixel in the whole."""

    frame: int
    row: int
    column: int


@dataclass(frozen=True, slots=True)
class Tiled:
    """Whole images made of tiles.

    Parameters
    ----------
    planes : tuple of tuple of Tile
        For each whole image: a focal plane of an optical path, or of a segment.
    expected : int
        How many tiles a whole image has; of a segmentation 0, as tiles without a segment may be left out.
    """

    rows: int
    columns: int
    planes: tuple[tuple[Tile, ...], ...]
    expected: int

    @property
    def count(self) -> int:
        """Number of displayed frames."""
        return len(self.planes)

    @property
    def notes(self) -> tuple[Message, ...]:
        """Notes for readers of the stack."""
        missing = sum(max(0, self.expected - len(tiles)) for tiles in self.planes)
        if not missing:
            return ()
        return (message("Tiles of the whole-slide image that are not in the file: {count}.", count=missing),)

    def stored_frame(self, index: int) -> int:
        """Return the stored frame, from 0, that describes a displayed one."""
        return self.planes[index][0].frame

    def position(self, scopes: FileFunctionalGroups, index: int) -> Vector | None:
        """Return the position of a displayed frame in the patient."""
        return frame_position(scopes[self.stored_frame(index)], self.stored_frame(index))

    def decode(self, decode_frame: Callable[[int], Decoded], index: int) -> Decoded:
        """Return a whole image.

        What no tile covers is white in color and 0 in gray.
        """
        import numpy as np

        whole: Any = None
        parts: list[Decoded] = []
        failed: list[DamagedFileError] = []
        for tile in self.planes[index]:
            try:
                part = decode_frame(tile.frame)
            except DamagedFileError as error:
                failed.append(error)
                continue
            stored = part.stored
            if whole is None:
                fill = WHITE if stored.ndim == 3 else 0
                whole = np.full((self.rows, self.columns, *stored.shape[2:]), fill, stored.dtype)
            height = min(stored.shape[0], self.rows - tile.row)
            width = min(stored.shape[1], self.columns - tile.column)
            whole[tile.row : tile.row + height, tile.column : tile.column + width] = stored[:height, :width]
            parts.append(replace(part, stored=stored[:0]))
        if whole is None:
            raise failed[0]
        warnings = tuple(dict.fromkeys(warning for part in parts for warning in part.warnings))
        if failed:
            lost = message(
                "{count} of {all} tiles cannot be read.", count=len(failed), all=len(self.planes[index])
            )
            warnings = (lost, *warnings)
        is_lossy = any(part.is_lossy for part in parts)
        lacking = [1.0] * len(failed) + [
            part.damage.missing or 0.0 for part in parts if part.damage is not None
        ]
        damage = Damage(sum(lacking) / len(self.planes[index])) if lacking else None
        return replace(
            parts[0], stored=whole, warnings=warnings, is_lossy=is_lossy, raw_samples=None, damage=damage
        )


@dataclass(frozen=True, slots=True)
class Mosaic:
    """Slices that lie in one stored frame beside each other, row by row.

    Parameters
    ----------
    across : int
        Slices in a row of the mosaic.
    first_mm, step_mm : (x, y, z) or None
        Position of the first slice, and the way to the next one, in patient mm.
    """

    rows: int
    columns: int
    count: int
    across: int
    first_mm: Vector | None
    step_mm: Vector | None

    @property
    def notes(self) -> tuple[Message, ...]:
        """Notes for readers of the stack."""
        if self.step_mm is not None:
            return ()
        return (message("A mosaic of {count} slices: where they lie is not stated.", count=self.count),)

    def stored_frame(self, index: int) -> int:
        """Return the stored frame, from 0, that describes a displayed one."""
        return 0

    def position(self, scopes: FileFunctionalGroups, index: int) -> Vector | None:
        """Return the position of a displayed frame in the patient."""
        if self.first_mm is None or self.step_mm is None:
            return None
        x, y, z = (a + index * b for a, b in zip(self.first_mm, self.step_mm, strict=True))
        return (x, y, z)

    def decode(self, decode_frame: Callable[[int], Decoded], index: int) -> Decoded:
        """Return a slice of the mosaic."""
        decoded = decode_frame(0)
        down, along = divmod(index, self.across)
        dataset, left = down * self.rows, along * self.columns
        stored = decoded.stored[dataset : dataset + self.rows, left : left + self.columns]
        return replace(decoded, stored=stored.copy(), raw_samples=None)


Assembly = Tiled | Mosaic


def assembly_of(dataset: Header, layout: PixelLayout) -> tuple[Assembly | None, tuple[Message, ...]]:
    """Return the assembly of a file's frames, and notes.

    None where each stored frame is shown as it is.
    """
    if not may_be_assembled(dataset):
        return None, ()
    return _tiled(dataset, layout) if "TotalPixelMatrixRows" in dataset else _mosaic(dataset, layout)


def _tiled(dataset: Header, layout: PixelLayout) -> tuple[Tiled | None, tuple[Message, ...]]:
    rows, columns = (
        dataset.integer("TotalPixelMatrixRows") or 0,
        dataset.integer("TotalPixelMatrixColumns") or 0,
    )
    if rows < 1 or columns < 1 or (layout.frames == 1 and (rows, columns) == (layout.rows, layout.columns)):
        return None, ()
    said = (
        message(
            "Tiles of a whole-slide image of {columns} × {rows} pixels; they are not put together.",
            columns=columns,
            rows=rows,
        ),
    )
    sample = max(1, layout.bits_allocated // 8) * layout.samples
    if rows * columns * sample > limits.SLIDE_BYTES or max(rows, columns) > limits.FRAME_SIDE:
        return None, said
    down, across = math.ceil(rows / layout.rows), math.ceil(columns / layout.columns)
    planes = _sparse_planes(dataset, layout, rows, columns) or _full_planes(layout, down, across)
    if not planes or max(map(len, planes)) > limits.SLIDE_TILES:
        return None, said
    expected = 0 if dataset.text("Modality") == "SEG" else down * across
    return Tiled(rows, columns, planes, expected), ()


def _full_planes(layout: PixelLayout, down: int, across: int) -> tuple[tuple[Tile, ...], ...]:
    """Return the tiles of each plane where they go row by row.

    () where the frames are too few for one.
    """
    each = down * across
    if layout.frames < each:
        return ()
    return tuple(
        tuple(
            Tile(first + number, number // across * layout.rows, number % across * layout.columns)
            for number in range(each)
        )
        for first in range(0, layout.frames - each + 1, each)
    )


def _sparse_planes(
    dataset: Header, layout: PixelLayout, rows: int, columns: int
) -> tuple[tuple[Tile, ...], ...]:
    """Return the tiles of each plane where each frame states its place.

    () where one does not.
    """
    scopes = FileFunctionalGroups(dataset, layout.frames)
    planes: dict[tuple[str, ...], list[Tile]] = defaultdict(list)
    for index in range(layout.frames):
        own = scopes[index].own
        place = None if own is None else own.item("PlanePositionSlideSequence")
        if own is None or place is None:
            return ()
        row = place.integer("RowPositionInTotalImagePixelMatrix")
        column = place.integer("ColumnPositionInTotalImagePixelMatrix")
        if row is None or column is None or not (1 <= row <= rows and 1 <= column <= columns):
            return ()
        path = own.item("OpticalPathIdentificationSequence")
        segment = own.item("SegmentIdentificationSequence")
        key = (
            place.number_text("ZOffsetInSlideCoordinateSystem"),
            "" if path is None else path.text("OpticalPathIdentifier"),
            "" if segment is None else segment.number_text("ReferencedSegmentNumber"),
        )
        planes[key].append(Tile(index, row - 1, column - 1))
    return tuple(map(tuple, planes.values()))


def _mosaic(dataset: Header, layout: PixelLayout) -> tuple[Mosaic | None, tuple[Message, ...]]:
    if layout.frames > 1:
        return None, ()
    facts = _csa_facts(dataset)
    count = round(facts["NumberOfImagesInMosaic"][0]) if facts.get("NumberOfImagesInMosaic") else 0
    if not count and SIEMENS_HEADER in dataset.text("SiemensPrivateCreator19"):
        count = dataset.integer("SiemensImagesInMosaic") or 0
    said = (message("A mosaic: several slices lie in one image, and how many is not stated."),)
    if count < 2:
        return None, said
    across = math.isqrt(count - 1) + 1
    if layout.rows % across or layout.columns % across:
        return None, (message("A mosaic of {count} slices that cannot be unfolded.", count=count),)
    rows, columns = layout.rows // across, layout.columns // across
    first, step = _mosaic_places(dataset, layout, (rows, columns), facts.get("SliceNormalVector", ()))
    return Mosaic(rows, columns, count, across, first, step), ()


def _mosaic_places(
    dataset: Header, layout: PixelLayout, size: tuple[int, int], normal: tuple[float, ...]
) -> tuple[Vector | None, Vector | None]:
    """Return the position of a mosaic's first slice and the way to the next.

    The position in the header is that of an image as large as the mosaic around the first slice's center.
    """
    scope = FileFunctionalGroups(dataset, 1)[0]
    corner, directions, spacing = frame_position(scope), frame_directions(scope), frame_spacing(scope)
    between = dataset.number("SpacingBetweenSlices") or dataset.number("SliceThickness")
    if corner is None or directions is None or spacing is None or not between or between <= 0:
        return None, None
    along_row, along_column = directions
    right = (layout.columns - size[1]) / 2 * spacing[1]
    down = (layout.rows - size[0]) / 2 * spacing[0]
    if len(normal) != 3 or not 0.5 < math.hypot(*normal) < 2:
        a, b = along_row, along_column
        normal = (a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0])
    x, y, z = (c + right * r + down * d for c, r, d in zip(corner, along_row, along_column, strict=True))
    dx, dy, dz = (between * part / math.hypot(*normal) for part in normal)
    return (x, y, z), (dx, dy, dz)


def _csa_facts(dataset: Header) -> Mapping[str, tuple[float, ...]]:
    """Return the numbers of a Siemens CSAn image header.

    {} where there is none that makes sense.
    """
    if SIEMENS_CSA not in dataset.text("SiemensPrivateCreator29"):
        return {}
    content = dataset.content("SiemensCsaImageHeader")
    if not content.startswith(CSA_START):
        return {}
    try:
        return _csa_elements(content)
    except struct.error:
        return {}


def _csa_elements(content: bytes) -> dict[str, tuple[float, ...]]:
    [count] = struct.unpack_from("<I", content, 8)
    facts: dict[str, tuple[float, ...]] = {}
    at = 16
    for _ in range(min(count, CSA_ELEMENTS)):
        [name] = struct.unpack_from("<64s", content, at)
        [items] = struct.unpack_from("<I", content, at + 76)
        at += 84
        values = []
        for _ in range(min(items, CSA_ELEMENTS)):
            [length] = struct.unpack_from("<I", content, at + 4)
            text = content[at + 16 : at + 16 + min(length, 64)].partition(b"\0")[0].strip()
            if re.fullmatch(rb"[-+]?\d+(\.\d+)?([eE][-+]?\d+)?", text):
                values.append(float(text))
            at += 16 + (length + 3) // 4 * 4
        facts[name.partition(b"\0")[0].decode("latin-1")] = tuple(values)
    return facts
