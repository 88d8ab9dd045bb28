"""Noise of an image."""

from dataclasses import replace
from typing import Any, Final
from weakref import WeakKeyDictionary

import cv2
import numpy as np
import numpy.typing as npt

from medviewer.imaging.display import apply_modality, padding_mask
from medviewer.imaging.frame import Frame, Mask, ModalityImage
from medviewer.imaging.processing.filters import without_padding

SIGMA_SAMPLE: Final = 1 << 16
BLOCK: Final = 8  # pixels
SIGMA_QUANTILE: Final = 0.2
SIGMA_SHARE: Final = 0.93  # that quantile of the deviation of 64 independent values, in sigmas
QUIET: Final = 1.5  # times that quantile: blocks of noise alone, where there is noise
BLOCKS_LOOKED_AT: Final = 32  # of the quiet ones, to tell whether they vary by noise
EQUAL_SHARE: Final = 0.69  # of neighbors in one direction, in an image without noise
EQUAL_SHARE_BESIDE: Final = 0.5  # and in the other direction; noise of a third of a step leaves fewer
FINE_SHARE: Final = 0.012  # of the deviation, in smooth images without noise; 0.016 in interpolated PET
MIXED_WEIGHT: Final = 6 / (np.pi / 2) ** 0.5  # mean of a mixed second derivative of noise of deviation 1

_of_frames: WeakKeyDictionary[Frame, float] = WeakKeyDictionary()


def frame_noise(frame: Frame) -> float:
    """Return the noise of a frame's modality values, estimated once."""
    sigma = _of_frames.get(frame)
    if sigma is None:
        rows = _sampled_rows(frame.rows, frame.columns)
        if rows.size == 0:
            return 0.0
        sample = replace(frame, stored=frame.stored[rows])
        padding = padding_mask(sample)
        sigma = _of_frames[frame] = _sigma(without_padding(apply_modality(sample), padding), padding)
    return sigma


def noise_sigma(values: ModalityImage, padding: Mask | None = None) -> float:
    """Estimate the standard deviation of the foreground noise.

    It is in the unit of the values, and found as a low quantile of the deviations within small blocks: there
    the image is even and only noise is left, whether its pixels are correlated or not. The foreground is what
    lies above Otsu's threshold, because the air around a patient carries another noise (clipped or magnitude
    values).

    Parameters
    ----------
    values : (rows, columns) float32
        Finite.
    padding : (rows, columns) bool, optional
        A block that holds some of it has no say.

    Returns
    -------
    float
        0 where no block of the image varies, and where what varies is no noise: an image that was drawn
        or computed has equal neighbors in blocks with edges, and nothing fine in blocks with shades.

    References
    ----------
    J. Immerkaer, "Fast noise variance estimation", CVIU 64 (1996), for what is fine.
    """
    rows = _sampled_rows(*values.shape)
    return _sigma(values[rows], None if padding is None else padding[rows])


def _sampled_rows(rows: int, columns: int) -> npt.NDArray[np.intp]:
    """Return the numbers of the rows of pixels that are looked at.

    Whole rows of blocks.
    """
    rows -= rows % BLOCK
    starts = np.arange(0, rows, BLOCK * max(1, rows * (columns - columns % BLOCK) // SIGMA_SAMPLE))
    return np.asarray((starts[:, None] + np.arange(BLOCK)).ravel(), np.intp)


def _sigma(sample: ModalityImage, padding: Mask | None) -> float:
    """Return the noise of a sample that is some rows of blocks high.

    0 where no block varies.
    """
    columns = sample.shape[1] - sample.shape[1] % BLOCK
    if len(sample) == 0 or columns == 0:
        return 0.0
    sample = sample[:, :columns]
    means, deviations = _block_statistics(sample)
    counts = deviations > 1e-6 * np.abs(means)
    if padding is not None:
        counts &= _block_sums(padding[:, :columns].astype(np.float32)) == 0
    if not counts.any():
        return 0.0
    counts[counts] = _bright(means[counts])  # the foreground
    foreground = deviations[counts]
    quiet = quantile(foreground, SIGMA_QUANTILE)
    rows, places = np.divmod(np.flatnonzero(counts & (deviations <= QUIET * quiet)), counts.shape[1])
    step = max(1, len(rows) // BLOCKS_LOOKED_AT)
    strips = sample.reshape(-1, BLOCK, counts.shape[1], BLOCK)
    sigma = quiet / SIGMA_SHARE
    return 0.0 if _is_without_noise(strips[rows[::step], :, places[::step]], sigma) else sigma


def _is_without_noise(blocks: ModalityImage, sigma: float) -> bool:
    """Return whether an image's quiet blocks vary by steps or shades only.

    Blocks are (number, 8, 8).
    """
    across, down = blocks[:, :, 1:] - blocks[:, :, :-1], blocks[:, 1:] - blocks[:, :-1]
    least, most = sorted(_usual_share(steps != 0) for steps in (across, down))
    if least <= 1 - EQUAL_SHARE and most <= 1 - EQUAL_SHARE_BESIDE:
        return True
    if ((blocks == blocks.min()) | (blocks == blocks.max())).all():  # it has two values only
        return True
    bent = across[:, :, 1:] - across[:, :, :-1]
    fine = np.abs(bent[:, 2:] - 2 * bent[:, 1:-1] + bent[:, :-2])
    return bool(fine.mean() < FINE_SHARE * MIXED_WEIGHT * sigma)


def _usual_share(marked: npt.NDArray[np.bool_]) -> float:
    """Return the share of marked places of the middle one of several blocks."""
    shares = np.sort(np.count_nonzero(marked, axis=(1, 2)))
    return int(shares[len(shares) // 2]) / int(marked[0].size)


def quantile(values: npt.NDArray[np.float32], share: float) -> float:
    """Return a quantile of at least one number, interpolated linearly.

    NumPy's own takes far longer.
    """
    place = share * (values.size - 1)
    below = int(place)
    above = min(below + 1, values.size - 1)
    parted = np.partition(values, (below, above))
    return float(parted[below]) + (place - below) * (float(parted[above]) - float(parted[below]))


def _block_statistics(image: ModalityImage) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]:
    """Return the mean and standard deviation of each 8 x 8 block."""
    means = _block_sums(image) / np.float32(BLOCK * BLOCK)
    strips = image.reshape(len(means), BLOCK, -1)
    differences = strips - means.repeat(BLOCK, axis=1)[:, None]
    np.square(differences, out=differences)
    return means, np.sqrt(_block_sums(differences.reshape(image.shape)) / np.float32(BLOCK * BLOCK))


def _block_sums(image: npt.NDArray[Any]) -> npt.NDArray[np.float32]:
    rows, columns = image.shape
    strips = image.reshape(rows // BLOCK, BLOCK, columns).sum(axis=1)  # whole rows first: they lie in a line
    return np.asarray(strips.reshape(rows // BLOCK, columns // BLOCK, BLOCK).sum(axis=2), np.float32)


def _bright(means: npt.NDArray[np.float32]) -> npt.NDArray[np.bool_]:
    """Return the mask of values above Otsu's threshold.

    256 levels are enough here.
    """
    low, high = float(means.min()), float(means.max())
    if not high > low:
        return np.ones(means.shape, bool)
    levels = ((means - low) * np.float32(255 / (high - low))).astype(np.uint8).reshape(1, -1)
    level, _ = cv2.threshold(levels, 0, 255, cv2.THRESH_BINARY | cv2.THRESH_OTSU)
    return np.asarray(levels[0] > level)
