"""The processing "clahe": local contrast of the windowed image.

Contrast limited adaptive histogram equalization: each tile of the image is equalized by its own histogram, in
which no gray level counts more than the clip limit times the mean, and between the tiles' centers it is
interpolated. A gray level then tells a pixel from those around it; it is no measure of the value any more.
"""

from dataclasses import replace
from typing import Final

import cv2
import numpy as np

from medviewer.imaging.display import default_voi, padding_mask
from medviewer.imaging.frame import DisplayImage, Mask
from medviewer.imaging.processing.parameter import Parameter
from medviewer.imaging.processing.processed import Processed, ProcessingOptions, render, without_shutter
from medviewer.translation import mark, message

SMALLEST_TILE: Final = 16  # pixels a side; a histogram of fewer is that of noise
LEVELS: Final = 256

PARAMETERS: Final = (
    Parameter("clip_limit", mark("Clip limit"), "number", 2.0, low=1.0, high=10.0, step=0.5),
    Parameter("tiles", mark("Tiles"), "number", 8.0, low=2.0, high=32.0, step=1.0),
)


def apply(source: Processed, options: ProcessingOptions) -> Processed:
    """Return the windowed image with more local contrast.

    Padding has no part in it and stays black. "tiles" is their number along each side; an image that is too
    small for so many has fewer.

    References
    ----------
    K. Zuiderveld, "Contrast limited adaptive histogram equalization", Graphics Gems IV (1994).
    """
    voi = default_voi(source.frame) if options.voi is None else options.voi
    windowed = np.ascontiguousarray(render(without_shutter(source), voi))
    limit, most = options.number("clip_limit"), round(options.number("tiles"))
    down, across = (max(1, min(most, side // SMALLEST_TILE)) for side in windowed.shape)
    image = equalize(windowed, padding_mask(source.frame), limit, (down, across))
    done = message(
        "CLAHE, clip limit {limit}, {across} × {down} tiles", limit=f"{limit:g}", across=across, down=down
    )
    meaning = message("local contrast: grey levels are no measure")
    brief = message("CLAHE {limit}, {across} × {down}", limit=f"{limit:g}", across=across, down=down)
    return replace(
        source, rendered=image, voi=voi, rendering_steps=(done, meaning), brief=(*source.brief, brief)
    )


def equalize(image: DisplayImage, padding: Mask | None, limit: float, tiles: tuple[int, int]) -> DisplayImage:
    """Equalize each tile of an image by its histogram without padding.

    Parameters
    ----------
    image : (rows, columns) uint8
        Not changed.
    padding : (rows, columns) bool or None
        Pixels that stay as they are.
    limit : float
        So many times the mean a gray level may count in a histogram.
    tiles : (down, across)
    """
    clahe = cv2.createCLAHE(limit, tiles[::-1])
    if padding is None or not padding.any():
        return np.asarray(clahe.apply(image), np.uint8)
    filled = _filled(image, padding, tiles)
    rows, columns = image.shape
    equalized = np.asarray(clahe.apply(filled), np.uint8)[:rows, :columns].copy()
    np.copyto(equalized, image, where=padding)
    return equalized


def _filled(image: DisplayImage, padding: Mask, tiles: tuple[int, int]) -> DisplayImage:
    """Return the image with neutral padding, extended to whole tiles.

    As OpenCV extends it; the padding changes no histogram. In each tile padding takes the gray levels of
    the rest of the tile, as often as they are there; where a tile is nothing but padding, those of the
    whole image.
    """
    if any(side % count for side, count in zip(image.shape, tiles, strict=True)):
        bottom, right = (count - side % count for side, count in zip(image.shape, tiles, strict=True))
        around = (0, bottom, 0, right, cv2.BORDER_REFLECT_101)
        image = np.asarray(cv2.copyMakeBorder(image, *around), np.uint8)
        padding = np.asarray(cv2.copyMakeBorder(padding.view(np.uint8), *around)).astype(bool)
    filled, everywhere = image.copy(), image[~padding]
    height, width = (side // count for side, count in zip(image.shape, tiles, strict=True))
    for top in range(0, image.shape[0], height):
        for left in range(0, image.shape[1], width):
            part = np.s_[top : top + height, left : left + width]
            own, missing = image[part][~padding[part]], np.count_nonzero(padding[part])
            own = own if own.size else everywhere
            if missing and own.size:
                levels = np.repeat(np.arange(LEVELS, dtype=np.uint8), np.bincount(own, minlength=LEVELS))
                filled[part][padding[part]] = levels[np.arange(missing) * own.size // missing]
    return filled
