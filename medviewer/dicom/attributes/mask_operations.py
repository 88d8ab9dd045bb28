"""Mask subtraction operations of a file.

The Mask Subtraction Sequence (PS3.3 C.7.6.10). Known without numpy, because listing files says which are to
be seen without their mask.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from medviewer.dicom.header import SENSELESS, Header

AVERAGE: Final = "AVG_SUB"
INTERVAL: Final = "TID"
REVERSED: Final = "REV_TID"
SUBTRACTING: Final = frozenset({AVERAGE, INTERVAL, REVERSED})
SHIFT_MOST: Final = 1000.0  # pixels
AVERAGED_MOST: Final = 64


@dataclass(frozen=True, slots=True)
class Operation:
    """An item of the Mask Subtraction Sequence."""

    kind: str
    ranges: tuple[tuple[int, int], ...] = ()  # of frames, from 1, both ends in them; (): all that can be
    mask_frames: tuple[int, ...] = ()
    averaged: int = 1  # contrast frames
    shift: tuple[float, float] = (0.0, 0.0)  # of the mask: rows down, columns to the right
    offset: int = 1
    item_id: int | None = None

    def masks_of(self, number: int, count: int) -> tuple[int, ...]:
        """Return the frames averaged into a frame's mask.

        () where it has none.
        """
        if self.ranges and not any(first <= number <= last for first, last in self.ranges):
            return ()
        if number + self.averaged - 1 > count:
            return ()
        masks = self.mask_frames
        if self.kind != AVERAGE:
            first = next((first for first, last in self.ranges if first <= number <= last), number)
            back = self.offset + (2 * (number - first) if self.kind == REVERSED else 0)
            masks = tuple(number - back + further for further in range(self.averaged))
        return masks if masks and all(1 <= mask <= count for mask in masks) else ()

    def has_masks(self, count: int) -> bool:
        """Return whether the file, of so many frames, holds its mask frames."""
        return bool(self.mask_frames) and all(1 <= mask <= count for mask in self.mask_frames)


def asks_for_subtraction(dataset: Header) -> bool:
    """Return whether a file recommends to look at it without its mask."""
    return dataset.text("RecommendedViewingMode").upper() == "SUB"


def subtraction_operations(dataset: Header) -> tuple[Operation, ...]:
    """Return the mask subtraction operations of a file.

    Items that say that nothing is are among them.
    """
    if "MaskSubtractionSequence" not in dataset:
        return ()
    found = [_operation(item) for item in dataset.items("MaskSubtractionSequence")]
    return tuple(found) if any(one.kind in SUBTRACTING for one in found) else ()


def _operation(item: Header) -> Operation:
    ends = [int(number) for number in item.numbers("ApplicableFrameRange")]
    shift = item.numbers("MaskSubPixelShift", 2)
    if shift and max(map(abs, shift)) > SHIFT_MOST:
        item.note(SENSELESS, "MaskSubPixelShift")
    offset = item.integer("TIDOffset")
    return Operation(
        kind=item.text("MaskOperation").upper(),
        ranges=tuple(zip(ends[::2], ends[1::2], strict=False)),
        mask_frames=tuple(int(number) for number in item.numbers("MaskFrameNumbers"))[:AVERAGED_MOST],
        averaged=min(AVERAGED_MOST, max(1, item.integer("ContrastFrameAveraging") or 1)),
        shift=bounded(shift),
        offset=1 if offset is None else offset,
        item_id=item.integer("SubtractionItemID"),
    )


def bounded(shift: Sequence[float]) -> tuple[float, float]:
    """Return a shift of a mask in pixels, down and to the right.

    None where it makes no sense.
    """
    if len(shift) != 2 or max(map(abs, shift)) > SHIFT_MOST:
        return 0.0, 0.0
    return shift[0], shift[1]


def operation_for(all_of_them: Sequence[Operation], number: int) -> Operation | None:
    """Return the operation of a frame.

    One that names it, else one that names no frames.
    """
    named = [one for one in all_of_them if any(first <= number <= last for first, last in one.ranges)]
    found = next(iter(named), next((one for one in all_of_them if not one.ranges), None))
    return found if found is not None and found.kind in SUBTRACTING else None
