"""A brush over a mask: it adds, cuts and smooths."""

from typing import Final

import cv2
import numpy as np

from medviewer.imaging.annotation import Point
from medviewer.imaging.frame import Mask

Size = tuple[float, float]
"""Of a pixel along a row and along a column, in the unit of the brush."""

NEARLY: Final = 1e-9  # of a radius: what rounding adds lies on the circle


def brushed(mask: Mask, start: Point, end: Point, radius: float, size: Size, *, adds: bool) -> Mask:
    """Return a mask after one straight stroke of a round brush.

    It covers the pixels whose centers lie within its radius of the stroke, and the pixel that the stroke
    ends in.

    Parameters
    ----------
    start, end : (x, y)
        In pixels; 0.5, 0.5 is the center of the first one.
    radius : float
        In the unit of `size`.
    adds : bool
        False: it cuts.
    """
    rows, columns = mask.shape
    across, down = size
    changed = mask.copy()
    x, y = int(np.floor(end[0])), int(np.floor(end[1]))
    if 0 <= x < columns and 0 <= y < rows:
        changed[y, x] = adds
    (left, right), (top, bottom) = (sorted((a, b)) for a, b in zip(start, end, strict=True))
    first_column = max(0, int(np.floor(left - radius / across)))
    first_row = max(0, int(np.floor(top - radius / down)))
    last_column = min(columns, int(np.ceil(right + radius / across)) + 1)
    last_row = min(rows, int(np.ceil(bottom + radius / down)) + 1)
    if first_column >= last_column or first_row >= last_row:
        return changed
    px = (np.arange(first_column, last_column) + 0.5 - start[0]) * across
    py = ((np.arange(first_row, last_row) + 0.5 - start[1]) * down)[:, None]
    way_x, way_y = (end[0] - start[0]) * across, (end[1] - start[1]) * down
    length = way_x**2 + way_y**2
    share = np.clip((px * way_x + py * way_y) / length, 0, 1) if length else np.zeros((1, 1))
    apart = (px - share * way_x) ** 2 + (py - share * way_y) ** 2
    changed[first_row:last_row, first_column:last_column][apart <= radius**2 * (1 + NEARLY)] = adds
    return changed


def smoothed(mask: Mask, radius: float, size: Size) -> Mask:
    """Return a mask in which each pixel is as most pixels around it.

    Around it are those with centers within the radius; half of them leave it as it is. Beyond the image all
    is as at its edge.
    """
    across, down = size
    wide, high = int(radius / across * (1 + NEARLY)), int(radius / down * (1 + NEARLY))
    x, y = np.arange(-wide, wide + 1) * across, (np.arange(-high, high + 1) * down)[:, None]
    disc = (x**2 + y**2 <= radius**2 * (1 + NEARLY)).astype(np.float32)
    rows, columns = (np.flatnonzero(mask.any(axis=axis)) for axis in (1, 0))
    if not rows.size or disc.sum() < 2:
        return mask.copy()
    box = (
        slice(max(0, rows[0] - high - 1), rows[-1] + high + 2),
        slice(max(0, columns[0] - wide - 1), columns[-1] + wide + 2),
    )
    part = mask[box]
    inside = np.rint(cv2.filter2D(part.astype(np.float32), -1, disc, borderType=cv2.BORDER_REPLICATE))
    twice, most = 2 * inside, disc.sum()
    changed = mask.copy()
    changed[box] = (twice > most) | ((twice == most) & part)
    return changed
