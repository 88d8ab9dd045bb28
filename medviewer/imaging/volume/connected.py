"""Growth of a region of a range of values, on a slice or through a stack.

A pixel belongs to the region when its original value lies in the range and sides of pixels of the region
lead to it: four neighbors on its slice, and the pixel at the nearest place of the slice before and behind,
as the positions of both slices say. Slices that the region does not reach are never read.
"""

import math
from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass, field
from typing import Final

import cv2
import numpy as np
import numpy.typing as npt

from medviewer import limits
from medviewer.imaging.annotation import image_sha256
from medviewer.imaging.display import are_values_known, padding_mask, value_unit
from medviewer.imaging.frame import (
    Frame,
    FrameGeometry,
    Mask,
    has_table,
    is_secondary_capture,
    range_message,
    value_text,
)
from medviewer.imaging.measurement import exact_values, no_values
from medviewer.imaging.source import ImageSource
from medviewer.imaging.volume.parts import Parts
from medviewer.translation import Message, mark, message

SIDES: Final = 4  # neighbors of a pixel on its slice

Labels = npt.NDArray[np.int32]

NO_LABELS: Final[Labels] = np.zeros((0, 0), np.int32)

NO_UNIT: Final = message("The unit of the values is not known: a range of them means nothing.")
CAPTURE: Final = message("This is a captured picture: its grey levels are no measurements.")
COLORED: Final = message("This picture has a palette: its values stand for colours.")
TOO_LARGE: Final = message("The region of the range is too large to be measured.")
OUTSIDE: Final = message("Click on a pixel of the picture.")
NOT_IN_RANGE: Final = mark("The value here is {value}; the range is {range}.")
PADDED: Final = message("This pixel is no measurement.")

ReadFrame = Callable[[int], Generator[None, None, Frame]]
"""Returns the original frame of a slice by its index; yields where the work can be given up."""


@dataclass(frozen=True, slots=True)
class ValueRange:
    """A range of modality values, both ends in it."""

    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Refused:
    """Why there is no region."""

    reason: Message


@dataclass(frozen=True, slots=True, eq=False)
class Grown:
    """A region of connected pixels.

    Parameters
    ----------
    start : int
        Index of the slice on which it was begun.
    frame : Frame
        Of that slice.
    through : bool
        It went on through the stack.
    images : mapping of index to str
        Hashes of the slices that were read, as annotations name them.
    """

    values: ValueRange
    start: int
    frame: Frame
    through: bool
    images: Mapping[int, str]
    _masks: dict[int, npt.NDArray[np.uint8]] = field(repr=False)

    @property
    def indices(self) -> tuple[int, ...]:
        """Indices of its slices, rising."""
        return tuple(sorted(self._masks))

    def mask(self, index: int) -> Mask:
        """Return its pixels on a slice, (rows, columns) bool."""
        shape = self.frame.rows, self.frame.columns
        packed = self._masks.get(index)
        return np.zeros(shape, bool) if packed is None else _unpacked(packed, shape)


@dataclass(slots=True, eq=False)
class _Layer:
    """The pixels in the range on a slice, in connected parts.

    Parameters
    ----------
    labels : (rows, columns) int32
        The part of each pixel, from 1; 0 outside. Kept while slices beside it are still to come.
    first, count : int
        The numbers of its parts in Parts.
    """

    packed: npt.NDArray[np.uint8]
    labels: Labels
    first: int
    count: int


def refusal_of(frame: Frame) -> Message | None:
    """Return why a frame has no region of a range, or None."""
    if frame.supplemental is not None:
        return COLORED
    refusal = no_values(frame)
    if refusal is not None:
        return refusal
    if is_secondary_capture(frame.attributes.sop_class_uid):
        return CAPTURE
    if not are_values_known(frame) or (frame.attributes.modality == "CT" and value_unit(frame) != "HU"):
        return NO_UNIT
    return TOO_LARGE if frame.stored.size > limits.PROCESSED_SAMPLES else None


def grown(
    read: ReadFrame,
    source: ImageSource,
    start: int,
    place: tuple[int, int],
    values: ValueRange,
    through: bool,
) -> Generator[int | None, None, Grown | Refused]:
    """Return the region of a range around a pixel.

    Parameters
    ----------
    start : int
        Index of the slice.
    place : (row, column)
        Of the pixel.
    through : bool
        Through the stack, and not only on the slice.

    Yields
    ------
    int or None
        Slices read so far, after each; None where the work can be given up.
    """
    first = yield from read(start)
    inside = _begun(first, place, values)
    if isinstance(inside, Refused):
        return inside
    parts = Parts()
    images, layers = {start: image_sha256(first)}, {start: _layer(inside, parts)}
    clicked = layers[start].first + int(layers[start].labels[place]) - 1
    open_ends = {(start, -1), (start, 1)} if through else set()
    while ends := [end for end in sorted(open_ends) if _goes_on(end, layers, parts, clicked, source)]:
        for at, way in ends:
            frame = yield from read(at + way)
            refusal = _unlike(first, frame)
            if refusal is not None:
                return Refused(refusal)
            images[at + way] = image_sha256(frame)
            layers[at + way] = _layer(within(frame, values), parts)
            if max(len(layers) * layers[at].packed.nbytes, parts.nbytes) > limits.REGION_MASK_BYTES:
                return Refused(TOO_LARGE)
            yield len(layers)
            low, high = sorted((at, at + way))
            shift = pixel_shift(source.geometry(low), source.geometry(high))
            parts.join(*_touching(layers[low], layers[high], shift))
            open_ends ^= {(at, way), (at + way, way)}
            if at not in {one for one, _ in open_ends}:
                layers[at].labels = NO_LABELS
            yield None
    region: dict[int, npt.NDArray[np.uint8]] = {}
    for index, layer in layers.items():
        reached = np.concatenate([(False,), parts.joined(clicked, layer.first, layer.count)])
        if reached.any():
            region[index] = _packed(reached[_labels(_unpacked(layer.packed, inside.shape))])
        yield None
    return Grown(values, start, first, through, images, region)


def _goes_on(
    end: tuple[int, int], layers: Mapping[int, _Layer], parts: Parts, clicked: int, source: ImageSource
) -> bool:
    """Return whether the region reaches an end, with a slice behind it."""
    at, way = end
    return 0 <= at + way < len(source) and bool(
        parts.joined(clicked, layers[at].first, layers[at].count).any()
    )


def _layer(inside: Mask, parts: Parts) -> _Layer:
    labels = _labels(inside)
    count = int(labels.max())
    return _Layer(_packed(inside), labels, parts.add(count), count)


def _labels(inside: Mask) -> Labels:
    """Return the connected parts of a mask, from 1; 0 outside."""
    return np.asarray(cv2.connectedComponents(inside.view(np.uint8), connectivity=SIDES)[1], np.int32)


def _touching(low: _Layer, high: _Layer, shift: tuple[int, int]) -> tuple[Labels, Labels]:
    """Return the parts of two slices that have pixels at one place, in pairs."""
    (down, across), (rows, columns) = shift, low.labels.shape
    to = slice(max(0, down), rows + min(0, down)), slice(max(0, across), columns + min(0, across))
    of = slice(max(0, -down), rows + min(0, -down)), slice(max(0, -across), columns + min(0, -across))
    if abs(down) >= rows or abs(across) >= columns:
        return NO_LABELS, NO_LABELS
    some, others = low.labels[of].ravel(), high.labels[to].ravel()
    chosen = (some > 0) & (others > 0)
    chosen[1:] &= (some[1:] != some[:-1]) | (others[1:] != others[:-1])  # each run of pixels once
    return some[chosen] + (low.first - 1), others[chosen] + (high.first - 1)


def _begun(first: Frame, place: tuple[int, int], values: ValueRange) -> Mask | Refused:
    """Return the pixels in the range on the first slice, if that is one."""
    row, column = place
    refusal = refusal_of(first)
    if refusal is not None:
        return Refused(refusal)
    if not (0 <= row < first.rows and 0 <= column < first.columns):
        return Refused(OUTSIDE)
    inside = within(first, values)
    return inside if inside[place] else Refused(_not_in_range(first, row, column, values))


def within(frame: Frame, values: ValueRange) -> Mask:
    """Return the pixels whose original values lie in a range, never padding."""
    stored = frame.stored
    if has_table(stored.dtype):
        native = stored.dtype.newbyteorder("=")
        ends = np.iinfo(native)
        every = np.arange(ends.min, ends.max + 1).astype(native)
        chosen = _chosen(frame, every, values)
        return np.asarray(chosen[stored.astype(np.int32) - int(ends.min)])
    return _chosen(frame, stored, values)


def _chosen(frame: Frame, stored: npt.NDArray[np.generic], values: ValueRange) -> Mask:
    found = exact_values(stored, frame.modality)
    chosen = (found >= values.low) & (found <= values.high)
    padding = padding_mask(frame, stored)
    return np.asarray(chosen if padding is None else chosen & ~padding)


def pixel_shift(here: FrameGeometry, there: FrameGeometry) -> tuple[int, int]:
    """Return the rows and columns to the nearest pixel of another slice.

    0, 0 where their positions are not known. Slices of a tilted gantry do not lie straight over each other.
    """
    start, end, across, down = (
        here.position_mm,
        there.position_mm,
        here.row_direction,
        here.column_direction,
    )
    spacing = here.spacing_mm
    if start is None or end is None or across is None or down is None or spacing is None or 0 in spacing:
        return 0, 0
    way = [a - b for a, b in zip(start, end, strict=True)]
    rows = sum(a * b for a, b in zip(way, down, strict=True)) / spacing[0]
    columns = sum(a * b for a, b in zip(way, across, strict=True)) / spacing[1]
    if not (math.isfinite(rows) and math.isfinite(columns)):
        return 0, 0
    return round(rows), round(columns)


def _unlike(first: Frame, other: Frame) -> Message | None:
    """Return why a region cannot go on in another frame of the stack."""
    refusal = refusal_of(other)
    if refusal is not None:
        return refusal
    if value_unit(first) != value_unit(other) or first.stored.shape != other.stored.shape:
        return NO_UNIT
    return None


def _not_in_range(frame: Frame, row: int, column: int, values: ValueRange) -> Message:
    stored = frame.stored[row : row + 1, column : column + 1]
    if padding_mask(frame, stored) is not None:
        return PADDED
    here = float(exact_values(stored, frame.modality)[0, 0])
    unit = value_unit(frame)
    value = f"{value_text(here, 6)} {unit}".rstrip().replace("-", "−")
    return Message(NOT_IN_RANGE, (("value", value), ("range", range_message(values.low, values.high, unit))))


def _packed(mask: Mask) -> npt.NDArray[np.uint8]:
    return np.packbits(mask)


def _unpacked(packed: npt.NDArray[np.uint8], shape: tuple[int, ...]) -> Mask:
    return np.unpackbits(packed, count=math.prod(shape)).view(bool).reshape(shape)
