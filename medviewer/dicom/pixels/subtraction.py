"""Mask subtraction of a file (PS3.3 C.7.6.10), in the worker.

Subtraction takes place where values are logarithmic to the intensity of the X-rays (PS3.4 N.2.5): those that
are linear to it are brought there first, others are subtracted as they are stored.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from medviewer import limits
from medviewer.dicom.attributes import (
    AVERAGE,
    FrameFunctionalGroups,
    Operation,
    asks_for_subtraction,
    bounded,
    operation_for,
    subtraction_operations,
)
from medviewer.dicom.header import Header
from medviewer.errors import UnreadableFile
from medviewer.imaging.display import automatic_window
from medviewer.imaging.frame import Frame, Rescale, Subtraction, Window
from medviewer.translation import Message, mark, message

LOG_SCALE: Final = 1000.0  # values are thousandths of a natural logarithm
FRAMES_KEPT: Final = 8
NARROW_BITS: Final = 15  # of values whose differences fit into 16 bits

NO_MASK: Final = message("The file asks for a mask to be subtracted that it does not hold: nothing is.")
BAD_MASK: Final = message("The mask that the file asks to be subtracted cannot be read: nothing is.")
WINDOW_OF: Final = mark("auto: of what is left without the mask")

Stored = npt.NDArray[Any]
ReadStored = Callable[[int], Stored]
"""Returns the stored values of a frame by its number, from 1, in memory of its own."""


@dataclass(frozen=True, slots=True)
class _FrameSubtraction:
    """Subtraction of a frame: operation, masks and shift."""

    operation: Operation
    masks: tuple[int, ...]
    shift: tuple[float, float]
    is_logarithmic: bool


class MaskSubtraction:
    """Subtracts the masks of one file.

    Keeps them, and the frames that may be needed again.

    Parameters
    ----------
    dataset : Header
    count : int
        Of the file's frames.
    read : callable
        Reads the stored values of a frame.
    """

    def __init__(self, dataset: Header, count: int, read: ReadStored) -> None:
        self._operations, self._count, self._read = subtraction_operations(dataset), count, read
        self._relationship = dataset.text("PixelIntensityRelationship").upper()
        self._is_lost = asks_for_subtraction(dataset) and self._has_no_masks(dataset)
        self._kept: OrderedDict[int, Stored] = OrderedDict()
        self._masks: dict[_FrameSubtraction, npt.NDArray[Any]] = {}
        self._windows: dict[int, Window] = {}

    def of(
        self, frame: Frame, scope: FrameFunctionalGroups
    ) -> tuple[Subtraction | None, tuple[Message, ...]]:
        """Return the subtraction of a frame's mask, and its notes.

        None: it has no mask.
        """
        operation = operation_for(self._operations, frame.frame_number)
        if operation is None or frame.is_color or frame.stored.size > limits.PROCESSED_SAMPLES:
            return None, (NO_MASK,) if self._is_lost else ()
        masks = operation.masks_of(frame.frame_number, self._count)
        if not masks:
            is_lost = operation.kind == AVERAGE and not operation.has_masks(self._count)
            is_lost = is_lost or self._is_lost
            return None, (NO_MASK,) if is_lost else ()
        shift = _frame_shift(scope, operation) or operation.shift
        way = _FrameSubtraction(operation, masks, shift, _is_linear(scope, self._relationship))
        try:
            values = self._subtracted(frame, way)
            return Subtraction(values, self._window(frame, way), _done(way)), ()
        except UnreadableFile:
            return None, (BAD_MASK,)

    def _has_no_masks(self, dataset: Header) -> bool:
        """Return whether no frame has a mask that some item asks for."""
        items = dataset.items("MaskSubtractionSequence")
        if items and all(item.text("MaskOperation").upper() == "NONE" for item in items):
            return False
        return not any(
            (operation := operation_for(self._operations, number)) is not None
            and operation.masks_of(number, self._count)
            for number in range(1, self._count + 1)
        )

    def _subtracted(self, frame: Frame, way: _FrameSubtraction) -> npt.NDArray[Any]:
        kind = np.int16 if frame.bits_stored <= NARROW_BITS else np.int32
        number, averaged = frame.frame_number, way.operation.averaged
        if averaged > 1 or way.operation.kind != AVERAGE:  # it is going to be needed for others
            self._keep(number, frame.stored.copy())
        if averaged > 1:
            contrast = self._average(range(number, number + averaged), way, kind)
        else:
            contrast = _in_space(frame.stored, way, kind)
        mask = self._mask(way, kind)
        if contrast.dtype.kind == mask.dtype.kind == "i":
            return np.asarray(np.subtract(contrast, mask))
        return np.asarray(np.subtract(contrast, mask, dtype=np.float64), np.float32)

    def _mask(self, way: _FrameSubtraction, kind: type[np.signedinteger[Any]]) -> npt.NDArray[Any]:
        if way not in self._masks:
            if len(self._masks) >= FRAMES_KEPT:
                del self._masks[next(iter(self._masks))]
            mask = self._average(way.masks, way, kind)
            self._masks[way] = mask if way.shift == (0.0, 0.0) else shifted(mask, *way.shift)
        return self._masks[way]

    def _average(
        self, numbers: Sequence[int], way: _FrameSubtraction, kind: type[np.signedinteger[Any]]
    ) -> npt.NDArray[Any]:
        if len(numbers) == 1:
            return _in_space(self._stored(numbers[0]), way, kind)
        sums = self._stored(numbers[0]).astype(np.float64)
        for number in numbers[1:]:
            sums += self._stored(number)
        sums /= len(numbers)
        return _in_space(sums, way, kind)

    def _stored(self, number: int) -> Stored:
        if number not in self._kept:
            self._keep(number, self._read(number))
        self._kept.move_to_end(number)
        return self._kept[number]

    def _keep(self, number: int, stored: Stored) -> None:
        self._kept[number] = stored
        while len(self._kept) > 1 and (
            len(self._kept) > FRAMES_KEPT
            or sum(one.nbytes for one in self._kept.values()) > limits.AHEAD_BYTES
        ):
            self._kept.popitem(last=False)

    def _window(self, frame: Frame, way: _FrameSubtraction) -> Window:
        """Return the window shared by all frames of an operation.

        It is found from two of them.
        """
        place = self._operations.index(way.operation)
        if place not in self._windows:
            alike = {
                number: masks
                for number in range(1, self._count + 1)
                if operation_for(self._operations, number) is way.operation
                and (masks := way.operation.masks_of(number, self._count))
            }
            numbers = list(alike)
            looked_at = sorted({numbers[len(numbers) // 2], numbers[3 * len(numbers) // 4]})
            samples = []
            for number in looked_at:
                other = Frame(self._stored(number), "", number, frame.bits_stored)
                values = self._subtracted(
                    other, _FrameSubtraction(way.operation, alike[number], way.shift, way.is_logarithmic)
                )
                samples.append(Frame(values, "", modality=Rescale(), attributes=frame.attributes))
            self._windows[place] = automatic_window(samples, WINDOW_OF)
        return self._windows[place]


def _in_space(
    values: npt.NDArray[Any], way: _FrameSubtraction, kind: type[np.signedinteger[Any]]
) -> npt.NDArray[Any]:
    """Return values where they are subtracted.

    They stay integers where nothing is done to them.
    """
    if way.is_logarithmic:
        return np.asarray(LOG_SCALE * np.log(np.maximum(values, 1.0)))
    return values if values.dtype.kind == "f" else values.astype(kind)


def _is_linear(scope: FrameFunctionalGroups, stated: str) -> bool:
    """Return whether stored values are linear to the X-ray intensity."""
    own = scope.group("FramePixelDataPropertiesSequence").text("PixelIntensityRelationship").upper()
    return (own or stated) == "LIN"


def _frame_shift(scope: FrameFunctionalGroups, operation: Operation) -> tuple[float, float] | None:
    """Return the mask shift of an enhanced image (PS3.3 C.7.6.16.2.14)."""
    for groups in (scope.own, scope.shared):
        items = groups.items("FramePixelShiftSequence") if groups is not None else []
        for item in items:
            shift = item.numbers("MaskSubPixelShift", 2)
            if len(shift) == 2 and item.integer("SubtractionItemID") in (None, operation.item_id):
                return bounded(shift)
    return None


def shifted(image: npt.NDArray[Any], down: float, right: float) -> npt.NDArray[np.float64]:
    """Return an image moved by fractions of pixels, interpolated linearly.

    Its edges go on outwards.
    """
    moved = image.astype(np.float64)
    for axis, distance in ((0, down), (1, right)):
        length = moved.shape[axis]
        places = (np.arange(length) - distance).clip(0, length - 1)
        lower = np.floor(places).astype(np.intp)
        share = places - lower
        share = share[:, None] if axis == 0 else share[None, :]
        upper = np.minimum(lower + 1, length - 1)
        moved = np.take(moved, lower, axis) * (1 - share) + np.take(moved, upper, axis) * share
    return moved


def _done(way: _FrameSubtraction) -> Message:
    """Return the caption of a subtraction: "minus the mask (frame 1)"."""
    if len(way.masks) == 1:
        said = message("minus the mask (frame {number})", number=way.masks[0])
    else:
        numbers = ", ".join(map(str, way.masks))
        said = message("minus the mask (average of frames {numbers})", numbers=numbers)
    if way.shift != (0.0, 0.0):
        down, right = (f"{distance:g}".replace("-", "−") for distance in way.shift)
        said = message("{said}, moved by {down} and {right} pixels", said=said, down=down, right=right)
    if way.operation.averaged > 1:
        said = message("average of {count} frames {said}", count=way.operation.averaged, said=said)
    return message("logarithms, {said}", said=said) if way.is_logarithmic else said
