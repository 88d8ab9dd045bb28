"""Texture and edge features of an 8-bit gray image, on numpy and cv2.

By their published formulas. All are held against scikit-image in the tests, edge density against shapes
whose outline is known.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
import numpy.typing as npt

from medviewer.imaging.frame import DisplayImage

GLCM_LEVELS: Final = 32
GLCM_DISTANCES: Final = (1, 2)  # pixels
GLCM_STEPS: Final = ((0, 1), (1, 1), (1, 0), (1, -1))
"""(rows, columns) of one pixel to its neighbor at 0, 45, 90 and 135 degrees, rows counted downwards."""

LBP_POINTS: Final = 8
LBP_RADIUS: Final = 1
LBP_TOLERANCE: Final = 1e-4  # gray; interpolation between equal grays must not fall below them

HOG_SIDE: Final = 64
HOG_CELL: Final = 16
HOG_BLOCK: Final = 2  # cells
HOG_BINS: Final = 9  # of 20 degrees, without direction
HOG_CLIP: Final = 0.2
HOG_EPSILON: Final = 1e-5

EDGE_THRESHOLDS: Final = (100, 200)

Vector = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Cooccurrence:
    """Haralick's features, each the mean over the distances and angles.

    Parameters
    ----------
    contrast : float
        Mean squared difference of neighbors, in levels.
    homogeneity : float
        Mean of 1 / (1 + squared difference); 1 for a flat image.
    energy : float
        Root of the sum of squared frequencies; 1 for a flat image.
    correlation : float
        Of neighbors, -1 to 1; 1 for a flat image, where it is not defined.
    """

    contrast: float
    homogeneity: float
    energy: float
    correlation: float


def cooccurrence_matrices(
    image: DisplayImage, levels: int = GLCM_LEVELS, distances: Sequence[int] = GLCM_DISTANCES
) -> npt.NDArray[np.float64]:
    """Return symmetric co-occurrence counts for each distance and angle.

    Parameters
    ----------
    image : (rows, columns) uint8
        Larger than the largest distance in both directions.
    levels : int
        The 256 grays are divided evenly into so many; a divisor of 256.
    distances : sequence of int
        In pixels along a row or column; a diagonal neighbor is as many rows and columns away.

    Returns
    -------
    (distances x 4, levels, levels) float64
        Each matrix is symmetric and sums to 1; the angles are those of GLCM_STEPS.

    Raises
    ------
    ValueError
        The image is too small, or `levels` does not divide 256.
    """
    if 256 % levels:
        raise ValueError(f"{levels} levels do not divide 256 greys evenly")
    if min(image.shape) <= max(distances):
        raise ValueError(f"a picture of {image.shape} is too small for neighbours {max(distances)} away")
    level = (image // (256 // levels)).astype(np.int64)
    rows, columns = image.shape
    matrices = []
    for distance in distances:
        for down, right in GLCM_STEPS:
            down, right = down * distance, right * distance
            first = level[: rows - down, max(0, -right) : columns - max(0, right)]
            second = level[down:, max(0, right) : columns + min(0, right)]
            counts = np.bincount((first * levels + second).ravel(), minlength=levels**2)
            matrix = counts.reshape(levels, levels).astype(np.float64)
            matrices.append((matrix + matrix.T) / (2 * matrix.sum()))
    return np.stack(matrices)


def cooccurrence(image: DisplayImage) -> Cooccurrence:
    """Return contrast, homogeneity, energy and correlation of co-occurrence.

    32 levels at 1 and 2 pixels, four angles.

    References
    ----------
    R. M. Haralick, K. Shanmugam, I. Dinstein, "Textural features for image classification", IEEE Trans. SMC
    3 (1973). Homogeneity is its "inverse difference moment", energy the root of its "angular second moment".
    """
    matrices = cooccurrence_matrices(image)
    index = np.arange(GLCM_LEVELS, dtype=np.float64)
    difference = (index[:, None] - index[None, :]) ** 2
    marginal = matrices.sum(axis=2)  # the same along both axes: the matrices are symmetric
    mean = marginal @ index
    variance = marginal @ index**2 - mean**2
    covariance = np.einsum("kij,i,j->k", matrices, index, index) - mean**2
    flat = variance < 1e-12
    correlation = np.where(flat, 1.0, covariance / np.where(flat, 1.0, variance))
    return Cooccurrence(
        contrast=float((matrices * difference).sum(axis=(1, 2)).mean()),
        homogeneity=float((matrices / (1 + difference)).sum(axis=(1, 2)).mean()),
        energy=float(np.sqrt((matrices**2).sum(axis=(1, 2))).mean()),
        correlation=float(correlation.mean()),
    )


def local_binary_patterns(image: DisplayImage) -> Vector:
    """Return the histogram of uniform, rotation-invariant binary patterns.

    8 points at radius 1; it sums to 1.

    Parameters
    ----------
    image : (rows, columns) uint8
        At least 3 x 3. Its outermost pixels have no full neighborhood and are not counted.

    Returns
    -------
    (10,) float64
        Share of pixels with 0 to 8 points at least as bright as they are, in one unbroken arc; last, those
        with more than one arc.

    References
    ----------
    T. Ojala, M. Pietikäinen, T. Mäenpää, "Multiresolution gray-scale and rotation invariant texture
    classification with local binary patterns", TPAMI 24 (2002): LBP(riu2), P = 8, R = 1.
    """
    gray = image.astype(np.float64)
    rows, columns = gray.shape
    center = gray[1:-1, 1:-1]
    brighter = np.empty((LBP_POINTS, *center.shape), np.int64)
    for point in range(LBP_POINTS):
        angle = 2 * np.pi * point / LBP_POINTS
        down, right = -LBP_RADIUS * np.sin(angle), LBP_RADIUS * np.cos(angle)
        top, left = int(np.floor(round(down, 5))), int(np.floor(round(right, 5)))
        below, beside = down - top, right - left
        value = np.zeros_like(center)
        for step_down, weight_down in ((0, 1 - below), (1, below)):
            for step_right, weight_right in ((0, 1 - beside), (1, beside)):
                weight = weight_down * weight_right
                if weight > LBP_TOLERANCE:  # otherwise the pixel may lie outside of the image
                    first, start = 1 + top + step_down, 1 + left + step_right
                    value += weight * gray[first : first + rows - 2, start : start + columns - 2]
        brighter[point] = value >= center - LBP_TOLERANCE
    changes = np.abs(brighter - np.roll(brighter, 1, axis=0)).sum(axis=0)
    pattern = np.where(changes <= 2, brighter.sum(axis=0), LBP_POINTS + 1)
    return np.bincount(pattern.ravel(), minlength=LBP_POINTS + 2) / pattern.size


def oriented_gradients(image: DisplayImage) -> Vector:
    """Return the histograms of oriented gradients of a 64 x 64 image.

    Cells of 16 x 16 pixels, nine bins over 180 degrees without interpolation, blocks of 2 x 2 cells that
    overlap by one, L2-Hys (clipped at 0.2).

    Parameters
    ----------
    image : (64, 64) uint8

    Returns
    -------
    (324,) float64
        3 x 3 blocks, in each 2 x 2 cells, in each nine bins.

    Raises
    ------
    ValueError
        The image has another size.

    References
    ----------
    N. Dalal, B. Triggs, "Histograms of oriented gradients for human detection", CVPR 2005.
    """
    if image.shape != (HOG_SIDE, HOG_SIDE):
        raise ValueError(f"a picture of {image.shape}, not {HOG_SIDE} x {HOG_SIDE}")
    gray = image.astype(np.float64)
    down, right = np.zeros_like(gray), np.zeros_like(gray)  # 0 at the border
    down[1:-1] = gray[2:] - gray[:-2]
    right[:, 1:-1] = gray[:, 2:] - gray[:, :-2]
    cells = HOG_SIDE // HOG_CELL
    bins = (np.rad2deg(np.arctan2(down, right)) % 180 / (180 / HOG_BINS)).astype(np.int64) % HOG_BINS
    place = np.arange(HOG_SIDE) // HOG_CELL
    index = (place[:, None] * cells + place[None, :]) * HOG_BINS + bins
    sums = np.bincount(index.ravel(), weights=np.hypot(down, right).ravel(), minlength=cells**2 * HOG_BINS)
    histogram = sums.reshape(cells, cells, HOG_BINS) / HOG_CELL**2
    blocks = []
    for row in range(cells - HOG_BLOCK + 1):
        for column in range(cells - HOG_BLOCK + 1):
            block = histogram[row : row + HOG_BLOCK, column : column + HOG_BLOCK].ravel()
            clipped = np.minimum(_unit(block), HOG_CLIP)
            blocks.append(_unit(clipped))
    return np.concatenate(blocks)


def _unit(vector: Vector) -> Vector:
    return np.asarray(vector / np.sqrt((vector**2).sum() + HOG_EPSILON**2), np.float64)


def edge_density(image: DisplayImage) -> float:
    """Return the share of Canny edge pixels, 0 to 1.

    Thresholds 100 and 200.

    References
    ----------
    J. Canny, "A computational approach to edge detection", TPAMI 8 (1986).
    """
    return float((cv2.Canny(np.ascontiguousarray(image), *EDGE_THRESHOLDS) != 0).mean())
