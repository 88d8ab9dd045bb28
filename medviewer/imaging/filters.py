"""Filters on arrays: smoothing, thresholds, derivatives. Pure functions; nothing given is changed.

The choices and their measured quality are in the module docstrings of the processings that use them.
"""

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
import numpy.typing as npt

from medviewer.imaging.frame import Frame
from medviewer.imaging.modality import Rescale, has_table
from medviewer.imaging.types import Mask, ModalityImage

U16_MAX: Final = 65_535
BAND_ROWS: Final = 128
GUIDED_RADIUS: Final = 2
NLM_PATCH: Final = 3
NLM_SEARCH: Final = 11
SAMPLE: Final = 1 << 18  # pixels for a robust statistic of a large picture
LAPLACIAN: Final = np.array([[1, -2, 1], [-2, 4, -2], [1, -2, 1]], np.float32)
MAD_TO_SIGMA: Final = 1.4826


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
    low = int(np.iinfo(frame.stored.dtype).min)
    image = (frame.stored.astype(np.int32) - low).astype(np.uint16)
    offset = modality.intercept + modality.slope * low
    if modality.slope > 0:
        return Quantised(image, modality.slope, offset)
    return Quantised(U16_MAX - image, -modality.slope, offset + modality.slope * U16_MAX)


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
    """Estimate the standard deviation of the noise, in the unit of the values.

    The median absolute response to a second-difference kernel that is blind to planes and to straight edges
    along the axes; pixels without any response (clipped air, padding) are left out.

    References
    ----------
    J. Immerkaer, "Fast noise variance estimation", Computer Vision and Image Understanding 64 (1996); the
    median in place of its mean.
    """
    response = np.abs(cv2.filter2D(values, cv2.CV_32F, LAPLACIAN, borderType=cv2.BORDER_REFLECT_101))
    if padding is not None:
        near = cv2.dilate(padding.view(np.uint8), np.ones((3, 3), np.uint8)).astype(bool)
        response = response[~near]
    step = max(1, response.size // SAMPLE)
    sample = response.ravel()[::step]
    sample = sample[sample > 0]
    if sample.size == 0:
        return 0.0
    return float(np.median(sample)) * MAD_TO_SIGMA / 6  # 6 is the norm of the kernel


def _box(image: ModalityImage) -> ModalityImage:
    side = 2 * GUIDED_RADIUS + 1
    blurred = cv2.boxFilter(image, cv2.CV_32F, (side, side), borderType=cv2.BORDER_REFLECT_101)
    return np.asarray(blurred)


def _guided(image: ModalityImage, eps: float) -> ModalityImage:
    mean = _box(image)
    variance = _box(image * image)
    variance -= mean * mean
    np.maximum(variance, 0, out=variance)
    slope = variance / (variance + np.float32(eps))
    mean -= slope * mean  # now the offset b of q = a p + b
    smoothed = _box(slope)
    smoothed *= image
    smoothed += _box(mean)
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
    rows = values.shape[0]
    center = np.float32(np.median(values[:: max(1, rows // 64)]))  # keeps squares small: float32 has 24 bits
    halo = 2 * GUIDED_RADIUS
    smoothed = np.empty_like(values)
    for start in range(0, rows, band_rows):
        first, end = max(0, start - halo), min(rows, start + band_rows + halo)
        band = _guided(values[first:end] - center, sigma * sigma)
        stop = min(rows, start + band_rows)
        np.add(band[start - first : stop - first], center, out=smoothed[start:stop])
    return smoothed


def non_local_means(quantised: Quantised, sigma: float) -> ModalityImage:
    """Smooth with 16-bit non-local means, patch 3, search 11, strength `sigma` in modality units.

    References
    ----------
    A. Buades, B. Coll, J.-M. Morel, "A non-local algorithm for image denoising", CVPR 2005.
    """
    strength = max(sigma / quantised.scale, 1e-3)
    smoothed = cv2.fastNlMeansDenoising(quantised.image, [strength], None, NLM_PATCH, NLM_SEARCH, cv2.NORM_L1)
    return quantised.values(np.asarray(smoothed, np.uint16))


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
    if kept.size == 0 or kept.min() == kept.max():
        return None
    level, _ = cv2.threshold(np.ascontiguousarray(kept), 0, U16_MAX, cv2.THRESH_BINARY | cv2.THRESH_OTSU)
    return level * quantised.scale + quantised.offset


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
    largest = max(float(np.abs(across).max()), float(np.abs(down).max()), 1e-30)
    scale = max(limit / largest, 256 / high)
    pair = [np.rint((d * np.float32(scale)).clip(-limit, limit)).astype(np.int16) for d in (across, down)]
    edges = cv2.Canny(pair[0], pair[1], min(low * scale, limit), min(high * scale, limit), L2gradient=True)
    return np.asarray(edges != 0)
