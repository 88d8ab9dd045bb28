"""Filters on arrays: smoothing, thresholds, derivatives.

Pure functions; nothing given is changed. The choices and their measured quality are in the module
docstrings of the processings that use them.
"""

import math
import os
from collections.abc import Generator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, Final, TypeVar

import cv2
import numpy as np
import numpy.typing as npt

from medviewer.imaging.frame import Frame, Mask, ModalityImage, Rescale, always_measures, has_table

Number = TypeVar("Number", np.float32, np.uint16)

U16_MAX: Final = 65_535
INT16_MAX: Final = 32_767
LEAST_HIGH: Final = 256  # a threshold of Canny's, once scaled to 16-bit integers
MOST_OF_HIGH: Final = INT16_MAX / LEAST_HIGH
SOBEL_WEIGHT: Final = 8  # of a pixel's neighbors together, which a derivative is divided by
SOBEL_RANGE: Final = INT16_MAX // (SOBEL_WEIGHT // 2)  # of integers whose derivatives fit into 16 bits
SIGN_BIT: Final = 0x8000
BAND_ROWS: Final = 128
MOST_THREADS: Final = 4
PIXELS_PER_THREAD: Final = 1 << 20  # a thread for fewer takes longer to start than it saves
GUIDED_RADIUS: Final = 2
BOX: Final = np.full(2 * GUIDED_RADIUS + 1, 1 / (2 * GUIDED_RADIUS + 1), np.float32)
MINUS_BOX: Final = -BOX
NLM_PATCH: Final = 3
NLM_SEARCH: Final = 11
NLM_BAND_ROWS: Final = 16
NLM_BAND_PIXELS: Final = 1 << 18


@dataclass(frozen=True, slots=True, eq=False)
class Quantized:
    """Modality values as 16-bit integers.

    Value = scale x integer + offset, scale > 0.
    """

    image: npt.NDArray[np.uint16]
    scale: float
    offset: float

    def value(self, level: int) -> float:
        """Return the modality value of one integer on this scale."""
        return level * self.scale + self.offset

    def values(self, image: npt.NDArray[np.uint16]) -> ModalityImage:
        """Return modality values of integers on this scale."""
        return image.astype(np.float32) * np.float32(self.scale) + np.float32(self.offset)


def quantize_frame(frame: Frame) -> Quantized | None:
    """Return the stored integers as 16-bit numbers that grow with the value.

    The modality value. Signed values are offset by 32,768; a negative slope mirrors them. None where the
    values are no 16-bit integers, or a table lies between them and the modality values.
    """
    modality = frame.modality
    if frame.is_color or not has_table(frame.stored.dtype) or not isinstance(modality, Rescale):
        return None
    if modality.slope == 0 or not always_measures(frame.stored.dtype.newbyteorder("="), modality):
        return None
    image, low = _as_unsigned(frame.stored)
    offset = modality.intercept + modality.slope * low
    if modality.slope > 0:
        return Quantized(image, modality.slope, offset)
    return Quantized(np.bitwise_not(image), -modality.slope, offset + modality.slope * U16_MAX)


def _as_unsigned(stored: npt.NDArray[Any]) -> tuple[npt.NDArray[np.uint16], int]:
    """Return integers as unsigned 16-bit ones, and the offset to restore them."""
    if stored.dtype.kind == "u":
        return stored.astype(np.uint16, copy=False), 0
    wide = np.ascontiguousarray(stored.astype(np.int16, copy=False))
    return np.bitwise_xor(wide.view(np.uint16), np.uint16(SIGN_BIT)), -SIGN_BIT


def quantize_values(values: ModalityImage) -> Quantized:
    """Return finite values spread over 16 bits, from 0 to 65,535."""
    low, high = float(values.min(initial=np.inf)), float(values.max(initial=-np.inf))
    if not high > low:
        return Quantized(np.zeros(values.shape, np.uint16), 1.0, low if np.isfinite(low) else 0.0)
    scale = (high - low) / U16_MAX
    image = np.empty(values.shape, np.uint16)
    for start in range(0, len(values), BAND_ROWS):  # as a whole it would be three times the image in float64
        spread = values[start : start + BAND_ROWS].astype(np.float64)
        spread -= low
        spread /= scale
        image[start : start + BAND_ROWS] = np.rint(spread, out=spread)
    return Quantized(image, scale, low)


def without_padding(values: npt.NDArray[Number], padding: Mask | None) -> npt.NDArray[Number]:
    """Return the values with padding replaced by the smallest other value."""
    if padding is None:
        return values
    filled = values.copy()
    smallest = cv2.minMaxLoc(values, (~padding).view(np.uint8))[0]  # 0 where all is padding
    np.copyto(filled, values.dtype.type(smallest), where=padding)
    return filled


def _box(image: ModalityImage, boxed: ModalityImage, *, sign: int = 1, plus: float = 0.0) -> None:
    """Store `sign` times the local mean `plus` a number in `boxed`.

    Not OpenCV's own box filter: its running sums round differently in every band.
    """
    across = BOX if sign > 0 else MINUS_BOX
    cv2.sepFilter2D(image, cv2.CV_32F, across, BOX, dst=boxed, delta=plus, borderType=cv2.BORDER_REFLECT_101)


def _guided(image: ModalityImage, eps: float, center: float, room: Sequence[ModalityImage]) -> ModalityImage:
    """Filter one band, q = mean(a) p + mean(b) + center, in given buffers.

    Fresh memory and every pass over it are what takes time: signs and constants ride along in the box
    filters, and 1 - a = eps / (variance + eps) stands for a, so that b = (1 - a) mean.
    """
    mean, spread, smoothed = room
    _box(image, mean)
    cv2.multiply(image, image, dst=smoothed)
    _box(smoothed, spread, sign=-1, plus=-eps)
    cv2.accumulateSquare(mean, spread)  # now -(variance + eps)
    cv2.threshold(spread, -eps, 0, cv2.THRESH_TRUNC, dst=spread)  # rounding may put the variance below 0
    np.divide(np.float32(eps), spread, out=spread)  # a - 1
    cv2.multiply(mean, spread, dst=mean)  # -b
    _box(mean, smoothed, sign=-1, plus=center)
    _box(spread, mean, plus=1.0)
    cv2.accumulateProduct(mean, image, smoothed)
    return smoothed


def guided(values: ModalityImage, sigma: float, *, band_rows: int = BAND_ROWS) -> ModalityImage:
    """Smooth with a guided filter of radius 2 for noise of `sigma`.

    Parameters
    ----------
    values : (rows, columns) float32
        Finite.
    sigma : float
        In the unit of the values; > 0.
    band_rows : int
        Rows that are worked on at a time, so that they stay in the processor's cache, by several threads if
        the image is large. The result is the same to the bit whatever their number.

    References
    ----------
    K. He, J. Sun, X. Tang, "Guided image filtering", TPAMI 35 (2013), with the image as its own guide.
    """
    rows, columns = values.shape
    center = float(values[rows // 2].mean())  # keeps squares small: float32 has 24 bits
    halo = 2 * GUIDED_RADIUS
    smoothed = np.empty_like(values)
    starts = range(0, rows, band_rows)

    def smooth(starts: Sequence[int]) -> None:
        room = [np.empty((min(rows, band_rows + 2 * halo), columns), np.float32) for _ in range(4)]
        for start in starts:
            first, end = max(0, start - halo), min(rows, start + band_rows + halo)
            stop = min(rows, start + band_rows)
            image, *others = (buffer[: end - first] for buffer in room)
            np.subtract(values[first:end], np.float32(center), out=image)
            band = _guided(image, float(sigma) ** 2, center, others)
            smoothed[start:stop] = band[start - first : stop - first]

    threads = min(values.size // PIXELS_PER_THREAD, len(starts), os.cpu_count() or 1, MOST_THREADS)
    if threads < 2:
        smooth(starts)
    else:
        with ThreadPoolExecutor(threads) as pool:
            list(pool.map(smooth, [starts[turn::threads] for turn in range(threads)]))
    return smoothed


def non_local_means(image: npt.NDArray[Any], strength: float) -> Generator[npt.NDArray[Any], None, None]:
    """Yield bands of rows after non-local means, patch 3, search 11.

    Parameters
    ----------
    image : (rows, columns) uint8 or uint16
    strength : float
        In the unit of the image; about the noise's sigma.

    Yields
    ------
    (some rows, columns)
        Together the whole image, the same to the bit as if it were done at once; a band takes a fraction of
        a second.

    References
    ----------
    A. Buades, B. Coll, J.-M. Morel, "A non-local algorithm for image denoising", CVPR 2005.
    """
    rows, columns = image.shape
    halo = NLM_PATCH // 2 + NLM_SEARCH // 2
    band_rows = max(NLM_BAND_ROWS, NLM_BAND_PIXELS // columns)
    for start in range(0, rows, band_rows):
        first, stop = max(0, start - halo), min(rows, start + band_rows)
        band = np.ascontiguousarray(image[first : min(rows, stop + halo)])
        smoothed = cv2.fastNlMeansDenoising(
            band, [max(strength, 1e-3)], None, NLM_PATCH, NLM_SEARCH, cv2.NORM_L1
        )
        yield np.asarray(smoothed[start - first : stop - first], image.dtype)


def gaussian3(values: ModalityImage) -> ModalityImage:
    """Smooth with a Gaussian of 3 x 3 pixels (sigma 0.8), the classic choice.

    It blurs edges.
    """
    return np.asarray(cv2.GaussianBlur(values, (3, 3), 0, borderType=cv2.BORDER_REFLECT_101))


def otsu(quantized: Quantized, padding: Mask | None = None) -> int | None:
    """Return Otsu's threshold on the integers' scale.

    None for a flat image. Padding has no say. What is above it (>) is foreground.

    References
    ----------
    N. Otsu, "A threshold selection method from gray-level histograms", IEEE Trans. SMC 9 (1979).
    """
    image = without_padding(quantized.image, padding)
    if image.size == 0:
        return None
    low, high = int(image.min()), int(image.max())
    if low == high:
        return None
    bins = high - low + 1
    counts = cv2.calcHist([np.ascontiguousarray(image)], [0], None, [bins], [low, high + 1]).ravel()
    counts = counts.astype(np.float64)
    if padding is not None:
        counts[0] -= np.count_nonzero(padding)  # it was replaced by the smallest value
    below, sums = counts.cumsum(), (counts * np.arange(bins)).cumsum()
    number, total = below[-1], sums[-1]
    below, sums = below[:-1], sums[:-1]  # neither class is empty: both ends hold a value
    between = (total * below - number * sums) ** 2 / (below * (number - below))
    return low + int(between.argmax())


@dataclass(frozen=True, slots=True, eq=False)
class Gradient:
    """Derivatives across and down (Sobel 3 x 3), (rows, columns).

    float32, or int16 where that is exact. `unit` is what a step of 1 stands for, in modality units per
    pixel.
    """

    across: npt.NDArray[Any]
    down: npt.NDArray[Any]
    unit: float


def derivatives(values: ModalityImage) -> Gradient:
    """Return the derivatives of finite float32 values."""
    return Gradient(
        cv2.Sobel(values, cv2.CV_32F, 1, 0), cv2.Sobel(values, cv2.CV_32F, 0, 1), 1 / SOBEL_WEIGHT
    )


def exact_derivatives(quantized: Quantized) -> Gradient | None:
    """Return the derivatives as 16-bit integers.

    None where such could overflow.
    """
    low, high = int(quantized.image.min(initial=U16_MAX)), int(quantized.image.max(initial=0))
    if high - low > SOBEL_RANGE:
        return None
    image = (quantized.image - np.uint16(low)).view(np.int16)
    across, down = cv2.Sobel(image, cv2.CV_16S, 1, 0), cv2.Sobel(image, cv2.CV_16S, 0, 1)
    return Gradient(across, down, quantized.scale / SOBEL_WEIGHT)


def canny(gradient: Gradient, low: float, high: float) -> Mask:
    """Return Canny's edges from derivatives.

    Ridges above `high`, followed down to `low`.

    Parameters
    ----------
    gradient : Gradient
        Floats are scaled to 16-bit integers; where they range too far for that, long ones are shortened, the
        longest most, so that a ridge stays one.
    low, high : float
        In modality units per pixel; high > 0.

    References
    ----------
    J. Canny, "A computational approach to edge detection", TPAMI 8 (1986).
    """
    low, high = low / gradient.unit, high / gradient.unit
    across, down = gradient.across, gradient.down
    if across.dtype != np.int16:
        largest = max(1e-30, *(float(cv2.norm(derivative, cv2.NORM_INF)) for derivative in (across, down)))
        if largest > MOST_OF_HIGH * high:
            across, down, low, high = _shortened(gradient, low, high, largest)
            largest = INT16_MAX
        scale = INT16_MAX / largest
        low, high = low * scale, high * scale
        across, down = _as_int16(across, scale), _as_int16(down, scale)
    edges = cv2.Canny(across, down, min(low, INT16_MAX), min(high, INT16_MAX), L2gradient=True)
    return np.asarray(edges != 0)


def _shortened(
    gradient: Gradient, low: float, high: float, largest: float
) -> tuple[ModalityImage, ModalityImage, float, float]:
    """Return derivatives and thresholds with lengths compressed by a power.

    Their order stays. `high` becomes LEAST_HIGH and the largest INT16_MAX, so that neither a weak edge is
    rounded away nor the ridge of a strong one cut flat.
    """
    pair = [np.asarray(derivative / np.float32(largest)) for derivative in (gradient.across, gradient.down)]
    power = math.log(INT16_MAX / LEAST_HIGH) / math.log(math.sqrt(2) * largest / high)
    lengths = np.maximum(cv2.magnitude(*pair), np.float32(1e-30))
    factor = np.asarray(cv2.pow(lengths, power - 1), np.float32)
    factor *= LEAST_HIGH * (largest / high) ** power
    across, down = (np.asarray(derivative * factor, np.float32) for derivative in pair)
    return across, down, float(LEAST_HIGH * (low / high) ** power), float(LEAST_HIGH)


def _as_int16(derivative: ModalityImage, scale: float) -> npt.NDArray[np.int16]:
    scaled = cv2.addWeighted(derivative, scale, derivative, 0, 0, dtype=cv2.CV_16S)
    np.maximum(scaled, -INT16_MAX, out=scaled)  # a sum of two squares must fit into 32 bits
    return np.asarray(scaled)
