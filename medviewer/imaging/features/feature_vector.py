"""Texture and edge features of a gray image as a vector of named numbers.

What classifiers are compared with and what the feature table shows are these very numbers.
"""

from itertools import product
from typing import Final

import cv2
import numpy as np

from medviewer import limits
from medviewer.imaging.features.texture import (
    HOG_BINS,
    HOG_BLOCK,
    HOG_CELL,
    HOG_SIDE,
    LBP_POINTS,
    Vector,
    cooccurrence,
    edge_density,
    local_binary_patterns,
    oriented_gradients,
)
from medviewer.imaging.frame import DisplayImage

TEXTURE_SIDE: Final = 128

COOCCURRENCE_NAMES: Final = ("glcm_contrast", "glcm_homogeneity", "glcm_energy", "glcm_correlation")
PATTERN_NAMES: Final = (*(f"lbp_{points}" for points in range(LBP_POINTS + 1)), "lbp_other")
EDGE_NAME: Final = "edge_density"

GRADIENT_PLACES: Final = tuple(
    product(
        *[range(HOG_SIDE // HOG_CELL - HOG_BLOCK + 1)] * 2,
        *[range(HOG_BLOCK)] * 2,
        range(HOG_BINS),
    )
)
"""(block's row, block's column, cell's row in it, cell's column in it, bin) of each oriented gradient."""

FEATURE_NAMES: Final = (
    *COOCCURRENCE_NAMES,
    *PATTERN_NAMES,
    EDGE_NAME,
    *(
        f"hog_block_{block_row}_{block_column}_cell_{cell_row}_{cell_column}_bin_{angle}"
        for block_row, block_column, cell_row, cell_column, angle in GRADIENT_PLACES
    ),
)
"""The 339 names, for programs; all places are counted from 0."""

FIRST_GRADIENT: Final = len(FEATURE_NAMES) - len(GRADIENT_PLACES)


def squared(image: DisplayImage, side: int) -> DisplayImage:
    """Return the image padded with black to a square and resized.

    (side, side); it is never stretched.
    """
    rows, columns = image.shape
    longest = max(rows, columns)
    if longest**2 > limits.PROCESSED_SAMPLES:  # a square around it would be too large
        rows, columns = (max(1, round(length * side / longest)) for length in (rows, columns))
        image = np.asarray(cv2.resize(image, (columns, rows), interpolation=cv2.INTER_AREA), np.uint8)
        longest = side
    top, left = (longest - rows) // 2, (longest - columns) // 2
    if rows != columns:
        image = np.pad(image, ((top, longest - rows - top), (left, longest - columns - left)))
    how = cv2.INTER_AREA if side < longest else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(image, (side, side), interpolation=how), np.uint8)


def compute_features(image: DisplayImage) -> Vector:
    """Return co-occurrence, pattern, edge and oriented gradient features.

    Four, ten, one and 324 numbers. Texture and edge density are those of 128 x 128 pixels, the gradients
    those of 64 x 64.

    Parameters
    ----------
    image : (rows, columns) uint8
        Of any size, with square pixels.

    Returns
    -------
    (339,) float64
        In the order of FEATURE_NAMES.
    """
    gray = squared(image, TEXTURE_SIDE)
    found = cooccurrence(gray)
    first = (found.contrast, found.homogeneity, found.energy, found.correlation)
    gradients = oriented_gradients(squared(image, HOG_SIDE))
    return np.concatenate([first, local_binary_patterns(gray), [edge_density(gray)], gradients])
