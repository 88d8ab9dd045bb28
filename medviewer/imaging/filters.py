"""Filters on arrays: smoothing, thresholds, derivatives. Pure functions; nothing given is changed.

The choices and their measured quality are in the module docstrings of the processings that use them.
"""

from collections.abc import Generator, Sequence
from dataclasses import dataclass
from typing import Any, Final

import cv2
import numpy as np
import numpy.typing as npt

from medviewer.imaging.frame import Frame
from medviewer.imaging.modality import Rescale, has_table
from medviewer.imaging.types import Mask, ModalityImage

U16_MAX: Final = 65_535
SIGN_BIT: Final = 0x8000
BAND_ROWS: Final = 128
GUIDED_RADIUS: Final = 2
BOX: Final = np.full(2 * GUIDED_RADIUS + 1, 1 / (2 * GUIDED_RADIUS + 1), np.float32)
NLM_PATCH: Final = 3
NLM_SEARCH: Final = 11
NLM_BAND_ROWS: Final = 16
NLM_BAND_PIXELS: Final = 1 << 18
SIGMA_SAMPLE: Final = 1 << 16
BLOCK: Final = 8  # pixels
SIGMA_QUANTILE: Final = 0.2
SIGMA_SHARE: Final = 0.93  # that quantile of the deviation of 64 independent values, in sigmas


@dataclass(frozen=True, slots=True, eq=False)
class Quantised:
    """Modality values as 16-bit integers: value = scale x integer + offset, scale > 0."""

    image: npt.NDArray[np.uint16]
    scale: float
    offset: float

    def values(self, image: npt.NDArray[np.uint16]) -> ModalityImage:
        """Return modality values of integers on this scale."""
        return image.astype(np.float32) * np.float32(self.scale) + np.float32(self.offset)


def quantise_frame(frame: Frame) -> Quantised | None:
    """Return the stored integers themselves as 16-bit numbers that grow with the modality value.

    Signed values are offset by 32,768; a negative slope mirrors them. None where the values are no 16-bit
    integers, or a table lies between them and the modality values.
    """
    modality = frame.modality
    if frame.is_color or not has_table(frame.stored.dtype) or not isinstance(modality, Rescale):
        return None
    if modality.slope == 0:
        return None
    image, low = _as_unsigned(frame.stored)
    offset = modality.intercept + modality.slope * low
    if modality.slope > 0:
        return Quantised(image, modality.slope, offset)
    return Quantised(np.bitwise_not(image), -modality.slope, offset + modality.slope * U16_MAX)


def _as_unsigned(stored: npt.NDArray[Any]) -> tuple[npt.NDArray[np.uint16], int]:
    """Return integers as unsigned 16-bit ones, and what must be added to have their values again."""
    if stored.dtype.kind == "u":
        return stored.astype(np.uint16, copy=False), 0
    wide = np.ascontiguousarray(stored.astype(np.int16, copy=False))
    return np.bitwise_xor(wide.view(np.uint16), np.uint16(SIGN_BIT)), -SIGN_BIT


def quantise_values(values: ModalityImage) -> Quantised:
    """Return finite values spread over 16 bits, the smallest at 0 and the largest at 65,535."""
    low, high = float(values.min(initial=np.inf)), float(values.max(initial=-np.inf))
    if not high > low:
        return Quantised(np.zeros(values.shape, np.uint16), 1.0, low if np.isfinite(low) else 0.0)
    scale = (high - low) / U16_MAX
    spread = (values.astype(np.float64) - low) / scale
    return Quantised(np.rint(spread).astype(np.uint16), scale, low)


def without_padding(values: ModalityImage, padding: Mask | None) -> ModalityImage:
    """Return the values with padding replaced by the smallest value of the rest, so that it has no say."""
    if padding is None:
        return values
    filled = values.copy()
    kept = values[~padding]
    filled[padding] = kept.min() if kept.size else 0
    return filled


def noise_sigma(values: ModalityImage, padding: Mask | None = None) -> float:
    """Estimate the standard deviation of the noise in the foreground, in the unit of the values.

    A low quantile of the deviations within small blocks: there the picture is even and only noise is left,
    whether its pixels are correlated or not. The foreground is what lies above Otsu's threshold, because the
    air around a patient carries another noise (clipped or magnitude values).

    Returns
    -------
    float
        0 where no block of the picture varies.
    """
    rows, columns = (length - length % BLOCK for length in values.shape)
    step = BLOCK * max(1, rows * columns // SIGMA_SAMPLE)
    starts = np.arange(0, rows, step)
    if starts.size == 0 or columns == 0:
        return 0.0
    picked = (starts[:, None] + np.arange(BLOCK)).ravel()
    blocks = _blocks(values[picked, :columns])
    if padding is not None:
        blocks = blocks[~_blocks(padding[picked, :columns]).any(axis=1)]
    means, deviations = blocks.mean(axis=1), blocks.std(axis=1)
    varies = deviations > 1e-6 * np.abs(means)
    means, deviations = means[varies], deviations[varies]
    if deviations.size == 0:
        return 0.0
    foreground = deviations[_bright(means)]
    return float(np.quantile(foreground, SIGMA_QUANTILE)) / SIGMA_SHARE


def _bright(means: npt.NDArray[np.float32]) -> npt.NDArray[np.bool_]:
    """Return which values are above Otsu's threshold; 256 levels are enough here."""
    low, high = float(means.min()), float(means.max())
    if not high > low:
        return np.ones(means.shape, bool)
    levels = ((means - low) * np.float32(255 / (high - low))).astype(np.uint8).reshape(1, -1)
    level, _ = cv2.threshold(levels, 0, 255, cv2.THRESH_BINARY | cv2.THRESH_OTSU)
    return np.asarray(levels[0] > level)


def _blocks(image: npt.NDArray[Any]) -> npt.NDArray[Any]:
    rows, columns = image.shape
    tiles = image.reshape(rows // BLOCK, BLOCK, columns // BLOCK, BLOCK).swapaxes(1, 2)
    return tiles.reshape(-1, BLOCK * BLOCK)


def _box(image: ModalityImage, blurred: ModalityImage) -> None:
    cv2.sepFilter2D(image, cv2.CV_32F, BOX, BOX, dst=blurred, borderType=cv2.BORDER_REFLECT_101)


def _guided(image: ModalityImage, eps: float, room: Sequence[ModalityImage]) -> ModalityImage:
    """Filter one band within the room that is given, because fresh memory costs half of the time."""
    smoothed, mean, slope, other = room
    _box(image, mean)
    cv2.multiply(image, image, dst=other)
    _box(other, slope)
    cv2.multiply(mean, mean, dst=other)
    cv2.subtract(slope, other, dst=slope)
    np.maximum(slope, 0, out=slope)  # the variance; rounding may put it below 0
    np.add(slope, np.float32(eps), out=other)
    cv2.divide(slope, other, dst=slope)
    cv2.multiply(slope, mean, dst=other)
    cv2.subtract(mean, other, dst=mean)  # now the offset b of q = a p + b
    _box(slope, smoothed)
    _box(mean, other)
    cv2.multiply(smoothed, image, dst=smoothed)
    cv2.add(smoothed, other, dst=smoothed)
    return smoothed


def guided(values: ModalityImage, sigma: float, *, band_rows: int = BAND_ROWS) -> ModalityImage:
    """Smooth with a guided filter of radius 2 that keeps what stands out from noise of `sigma`.

    Parameters
    ----------
    values : (rows, columns) float32
        Finite.
    sigma : float
        In the unit of the values; > 0.
    band_rows : int
        Rows that are worked on at a time, so that they stay in the processor's cache; the result is the same
        to the bit whatever their number.

    References
    ----------
    K. He, J. Sun, X. Tang, "Guided image filtering", TPAMI 35 (2013), with the picture as its own guide.
    """
    rows, columns = values.shape
    center = np.float32(values[rows // 2].mean())  # keeps squares small: float32 has 24 bits
    halo = 2 * GUIDED_RADIUS
    smoothed = np.empty_like(values)
    room = [np.empty((min(rows, band_rows + 2 * halo), columns), np.float32) for _ in range(5)]
    for start in range(0, rows, band_rows):
        first, end = max(0, start - halo), min(rows, start + band_rows + halo)
        stop = min(rows, start + band_rows)
        image, *others = (buffer[: end - first] for buffer in room)
        np.subtract(values[first:end], center, out=image)
        band = _guided(image, float(sigma) ** 2, others)
        np.add(band[start - first : stop - first], center, out=smoothed[start:stop])
    return smoothed


def non_local_means(image: npt.NDArray[Any], strength: float) -> Generator[npt.NDArray[Any], None, None]:
    """Yield the rows of an image after non-local means, patch 3, search 11, band by band.

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
    """Smooth with a Gaussian of 3 x 3 pixels (sigma 0.8), the classic choice; it blurs edges."""
    return np.asarray(cv2.GaussianBlur(values, (3, 3), 0, borderType=cv2.BORDER_REFLECT_101))


def otsu(quantised: Quantised, padding: Mask | None = None) -> float | None:
    """Return Otsu's threshold in modality units; None for a flat picture. Padding has no say.

    What is above it (>) is foreground.

    References
    ----------
    N. Otsu, "A threshold selection method from gray-level histograms", IEEE Trans. SMC 9 (1979).
    """
    kept = quantised.image if padding is None else quantised.image[~padding].reshape(1, -1)
    if kept.size == 0:
        return None
    low, high = int(kept.min()), int(kept.max())
    if low == high:
        return None
    bins = high - low + 1
    counts = cv2.calcHist([np.ascontiguousarray(kept)], [0], None, [bins], [low, high + 1]).ravel()
    counts = counts.astype(np.float64)
    below, sums = counts.cumsum(), (counts * np.arange(bins)).cumsum()
    number, total = below[-1], sums[-1]
    below, sums = below[:-1], sums[:-1]  # neither class is empty: both ends hold a value
    between = (total * below - number * sums) ** 2 / (below * (number - below))
    return (low + int(between.argmax())) * quantised.scale + quantised.offset


def derivatives(values: ModalityImage) -> tuple[ModalityImage, ModalityImage]:
    """Return the derivatives across and down, in units of the values per pixel (Sobel 3 x 3, normalised)."""
    across = cv2.Sobel(values, cv2.CV_32F, 1, 0, ksize=3, scale=1 / 8)
    down = cv2.Sobel(values, cv2.CV_32F, 0, 1, ksize=3, scale=1 / 8)
    return np.asarray(across), np.asarray(down)


def canny(across: ModalityImage, down: ModalityImage, low: float, high: float) -> Mask:
    """Return Canny's edges from derivatives: ridges above `high`, followed down to `low`.

    Parameters
    ----------
    across, down : (rows, columns) float32
        They are scaled to 16-bit integers; what exceeds 128 times `high` may be clipped.
    low, high : float
        In the unit of the derivatives; high > 0.

    References
    ----------
    J. Canny, "A computational approach to edge detection", TPAMI 8 (1986).
    """
    limit = np.iinfo(np.int16).max
    largest = max(1e-30, *(max(float(d.max()), -float(d.min())) for d in (across, down)))
    scale = max(limit / largest, 256 / high)
    pair = []
    for derivative in (across, down):
        scaled = np.asarray(cv2.addWeighted(derivative, scale, derivative, 0, 0, dtype=cv2.CV_16S))
        pair.append(np.maximum(scaled, -limit, out=scaled))  # the sum of two squares must fit into 32 bits
    edges = cv2.Canny(pair[0], pair[1], min(low * scale, limit), min(high * scale, limit), L2gradient=True)
    return np.asarray(edges != 0)
