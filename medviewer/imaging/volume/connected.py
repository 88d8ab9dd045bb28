"""Growth of a region of a range of values, on a slice or through a stack.

A pixel belongs to the region when its original value lies in the range and sides of pixels of the region
lead to it: four neighbors on its slice, and the pixel at the nearest place of the slice before and behind,
as the positions of both slices say. Slices that the region does not reach are never read.
"""

import math
from collections import deque
from collections.abc import Callable, Generator, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

import cv2
import numpy as np
import numpy.typing as npt

from medviewer import limits
from medviewer.imaging.annotation import image_sha256
from medviewer.imaging.display import are_values_known, padding_mask, value_unit
from medviewer.imaging.frame import Frame, FrameGeometry, Mask, has_table, is_secondary_capture
from medviewer.imaging.measurement import exact_values, no_values
from medviewer.imaging.source import ImageSource
from medviewer.translation import Message, mark, message

SIDES: Final = 4  # neighbors of a pixel on its slice

NO_UNIT: Final = message("The unit of the values is not known: a range of them means nothing.")
CAPTURE: Final = message("This is a captured picture: its grey levels are no measurements.")
COLORED: Final = message("This picture has a palette: its values stand for colours.")
TOO_LARGE: Final = message("The region of the range is too large to be measured.")
OUTSIDE: Final = message("Click on a pixel of the picture.")
NOT_IN_RANGE: Final = mark("The value here is {value}; the range is {low} to {high}.")
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
    shape = inside.shape
    candidates, nothing = {start: _packed(inside)}, _packed(np.zeros(shape, bool))
    region: dict[int, npt.NDArray[np.uint8]] = {}
    waiting: dict[int, npt.NDArray[np.uint8]] = {start: _packed(_pixel(place, shape))}
    images = {start: image_sha256(first)}
    order = deque([start])
    while order:
        at = order.popleft()
        seeds = waiting.pop(at)
        if at not in candidates:
            frame = yield from read(at)
            refusal = _unlike(first, frame)
            if refusal is not None:
                return Refused(refusal)
            images[at] = image_sha256(frame)
            candidates[at] = _packed(within(frame, values))
            if len(candidates) * candidates[at].nbytes > limits.REGION_MASK_BYTES:
                return Refused(TOO_LARGE)
            yield len(candidates)
        known = region.get(at, nothing)
        fresh = seeds & candidates[at] & ~known
        if not fresh.any():
            continue
        reached = _reached(_unpacked(candidates[at], shape), _unpacked(fresh, shape))
        region[at] = known | _packed(reached)
        if through:
            for other, seen in _beside(source, at, reached):
                if other not in waiting:
                    order.append(other)
                waiting[other] = waiting.get(other, nothing) | seen
        yield None
    return Grown(values, start, first, through, images, region)


def _beside(source: ImageSource, at: int, reached: Mask) -> Iterator[tuple[int, npt.NDArray[np.uint8]]]:
    """Yield the slices beside one, and the packed mask as it lies on them."""
    for other in (at - 1, at + 1):
        if 0 <= other < len(source):
            yield other, _packed(_shifted(reached, source.geometry(at), source.geometry(other)))


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


def _reached(inside: Mask, seeds: Mask) -> Mask:
    """Return the connected parts of a mask in which seeds lie."""
    _, labels = cv2.connectedComponents(inside.view(np.uint8), connectivity=SIDES)
    wanted = np.zeros(int(labels.max()) + 1, bool)
    wanted[labels[seeds]] = True
    wanted[0] = False
    return np.asarray(wanted[labels])


def _shifted(mask: Mask, here: FrameGeometry, there: FrameGeometry) -> Mask:
    """Return a mask where its pixels lie on another slice, to whole pixels."""
    down, across = pixel_shift(here, there)
    if not (down or across):
        return mask
    moved = np.zeros_like(mask)
    rows, columns = mask.shape
    if abs(down) >= rows or abs(across) >= columns:
        return moved
    to = slice(max(0, down), rows + min(0, down)), slice(max(0, across), columns + min(0, across))
    of = slice(max(0, -down), rows + min(0, -down)), slice(max(0, -across), columns + min(0, -across))
    moved[to] = mask[of]
    return moved


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
    said = (("value", f"{here:.6g}"), ("low", f"{values.low:.6g}"), ("high", f"{values.high:.6g}"))
    return Message(NOT_IN_RANGE, said)


def _pixel(place: tuple[int, int], shape: tuple[int, ...]) -> Mask:
    mask = np.zeros(shape, bool)
    mask[place] = True
    return mask


def _packed(mask: Mask) -> npt.NDArray[np.uint8]:
    return np.packbits(mask)


def _unpacked(packed: npt.NDArray[np.uint8], shape: tuple[int, ...]) -> Mask:
    return np.unpackbits(packed, count=math.prod(shape)).view(bool).reshape(shape)
