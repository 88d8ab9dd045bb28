"""From stored values to modality values (DICOM PS3.3 C.11.1).

Linear rescale or lookup table.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

import numpy as np

from medviewer import limits
from medviewer.imaging.frame.types import ModalityImage, StoredImage


@dataclass(frozen=True, slots=True)
class Rescale:
    """value = slope x stored + intercept.

    Parameters
    ----------
    unit : str
        "HU", "BQML", "OD" ... as Rescale Type or the modality states it; "" unknown.
    is_known : bool
        False: the file states a transform that cannot be used, and the values are the stored ones. Nothing is
        measured in them, no range of values is chosen, and no model is asked about them.
    """

    slope: float = 1.0
    intercept: float = 0.0
    unit: str = ""
    is_known: bool = True


@dataclass(frozen=True, slots=True, eq=False)
class ModalityTable:
    """A Modality LUT (0028,3000).

    Stored values outside are clamped to its ends.
    """

    first_mapped: int
    values: np.typing.NDArray[np.float32]
    unit: str = ""
    explanation: str = ""


ModalityTransform = Rescale | ModalityTable

TYPES_KEPT: Final = 256

LUMINANCE: Final = (0.299, 0.587, 0.114)  # ITU-R BT.601, red, green, blue


def has_whole_values(modality: ModalityTransform) -> bool:
    """Return whether a transform makes whole numbers of all whole numbers."""
    if isinstance(modality, Rescale):
        return float(modality.slope).is_integer() and float(modality.intercept).is_integer()
    return bool((modality.values == np.rint(modality.values)).all())


def to_modality_values(stored: np.typing.NDArray[Any], modality: ModalityTransform) -> ModalityImage:
    """Return the modality values of stored values of any shape.

    NaN where one is no number within measure. The arithmetic is done in double precision and rounded once
    to float32.

    References
    ----------
    DICOM PS3.3 C.11.1: LUT Sequence or slope and intercept; table input outside is clamped.
    """
    if stored.size > limits.BAND_SAMPLES:  # or double precision would take twice what it gives
        plain = stored.reshape(-1)
        mapped = np.empty(plain.shape, np.float32)
        for start in range(0, plain.size, limits.BAND_SAMPLES):
            mapped[start : start + limits.BAND_SAMPLES] = to_modality_values(
                plain[start : start + limits.BAND_SAMPLES], modality
            )
        return mapped.reshape(stored.shape)
    if not isinstance(modality, Rescale):
        index = np.clip(stored.astype(np.float64) - modality.first_mapped, 0, len(modality.values) - 1)
        return _within_measure(modality.values)[np.nan_to_num(index).astype(np.intp)]
    values = stored.astype(np.float64)
    if always_measures(stored.dtype.newbyteorder("="), modality):
        values *= modality.slope
        values += modality.intercept
        return values.astype(np.float32)
    with np.errstate(over="ignore", invalid="ignore"):
        values *= modality.slope
        values += modality.intercept
    return _within_measure(values)


def _within_measure(values: np.typing.NDArray[Any]) -> ModalityImage:
    """Return values as float32, NaN where beyond LARGEST_VALUE."""
    is_measure = np.abs(values) <= limits.LARGEST_VALUE  # not so for NaN
    if is_measure.all():
        return values.astype(np.float32)
    return np.where(is_measure, values, np.nan).astype(np.float32)


@lru_cache(maxsize=TYPES_KEPT)
def always_measures(dtype: np.dtype[Any], modality: ModalityTransform) -> bool:
    """Return whether each value of a type becomes a number within measure."""
    if isinstance(modality, ModalityTable):
        return bool((np.abs(modality.values) <= limits.LARGEST_VALUE).all())
    if dtype.kind not in "iu":
        return False
    ends = (int(end) for end in (np.iinfo(dtype).min, np.iinfo(dtype).max))
    values = [float(end) * modality.slope + modality.intercept for end in ends]
    return all(abs(value) <= limits.LARGEST_VALUE for value in values)


def every_stored(dtype: np.dtype[Any]) -> np.typing.NDArray[Any]:
    """Return all values of an integer type of at most 16 bits.

    They are in the order of their unsigned bit patterns.
    """
    size = 1 << (8 * dtype.itemsize)
    return np.arange(size, dtype=np.dtype(f"u{dtype.itemsize}")).view(dtype.newbyteorder("="))


def has_table(dtype: np.dtype[Any]) -> bool:
    """Return whether values of this type are looked up in one table.

    Integers of up to 16 bits.
    """
    return dtype.kind in "iu" and dtype.itemsize <= 2


def look_up(stored: np.typing.NDArray[Any], table: np.typing.NDArray[Any]) -> np.typing.NDArray[Any]:
    """Return `table` at each stored value.

    The table is ordered as `every_stored`.

    Parameters
    ----------
    stored : (rows, columns) int8, uint8, int16 or uint16
    table : (256,) or (65536,) uint8 or float32
    """
    plain = np.ascontiguousarray(stored)
    native = plain.astype(plain.dtype.newbyteorder("="), copy=False)
    import cv2  # most modules import Frame, and the window opens without OpenCV

    return np.asarray(cv2.LUT(native.view(np.dtype(f"u{native.dtype.itemsize}")), table))


def luminance(image: np.typing.NDArray[np.uint8]) -> ModalityImage:
    """Return the luminance (ITU-R BT.601) of an RGB image.

    (rows, columns) float32 in 0..255.
    """
    import cv2  # most modules import Frame, and the window opens without OpenCV

    return np.asarray(cv2.transform(image.astype(np.float32), np.array([LUMINANCE], np.float32)))


def has_numbers_only(stored: StoredImage, modality: ModalityTransform) -> bool:
    """Return whether all modality values are numbers within measure.

    Those of a color image are.
    """
    if stored.ndim == 3 or always_measures(stored.dtype.newbyteorder("="), modality):
        return True
    return not without_measure(stored, modality).any()


def without_measure(stored: StoredImage, modality: ModalityTransform) -> np.typing.NDArray[np.bool_]:
    """Return the mask of modality values that are not finite or too large."""
    kind = stored.dtype
    if isinstance(modality, Rescale) and kind.kind == "f":
        slope = abs(modality.slope)
        if math.isfinite(slope) and slope > 0:
            room = limits.LARGEST_VALUE - abs(modality.intercept)
            most = min(room / slope, float(np.finfo(kind).max)) if room >= 0 else -1.0
            is_measure = np.abs(stored) <= most  # not so for NaN
            return np.asarray(~is_measure)
    return np.isnan(to_modality_values(stored, modality))


def in_range(stored: np.typing.NDArray[Any], low: float, high: float) -> np.typing.NDArray[np.bool_]:
    """Return the mask of stored values within a range, ends included."""
    if stored.dtype.kind not in "iu":
        return np.asarray((stored >= low) & (stored <= high))
    ends = np.iinfo(stored.dtype)
    if not (low <= ends.max and high >= ends.min):
        return np.zeros(stored.shape, bool)
    # compared with a float, every pixel would become one first
    first, last = math.ceil(max(low, ends.min)), math.floor(min(high, ends.max))
    return np.asarray((stored >= first) & (stored <= last))
