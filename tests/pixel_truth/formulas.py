"""The standard's formulas in double precision, one by one, as plainly as they stand there.

Nothing here is shared with the product: the matrix compares the two. All gray levels run from 0 (black) to
255 (white) and are not rounded.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

Values = npt.NDArray[np.float64]

WHITE = 255.0


def cut_out_bits(words: npt.NDArray[Any], stored: int, high: int, *, signed: bool) -> npt.NDArray[np.int64]:
    """Take the stored bits out of allocated words.

    What stands beside them is overlays (PS3.5 8.1.1).
    """
    values = (words.astype(np.int64) >> (high + 1 - stored)) & ((1 << stored) - 1)
    if signed:
        values = np.where(values >= 1 << (stored - 1), values - (1 << stored), values)
    return values


def look_up(values: npt.NDArray[Any], first: int, entries: Sequence[float]) -> Values:
    """Look values up; those outside take the first and last entry.

    PS3.3 C.11.1.1.1, C.7.6.3.1.5.
    """
    places = np.clip(np.floor(values).astype(np.int64) - first, 0, len(entries) - 1)
    return np.asarray(entries, np.float64)[places]


def rescale(values: npt.NDArray[Any], slope: float, intercept: float) -> Values:
    """Output units = slope x stored value + intercept (PS3.3 C.11.1.1.2)."""
    return slope * values.astype(np.float64) + intercept


def linear(values: npt.NDArray[Any], center: float, width: float) -> Values:
    """VOI LUT Function LINEAR (PS3.3 C.11.2.1.2.1)."""
    with np.errstate(divide="ignore", invalid="ignore"):  # a width of 1: no value is in between
        between = ((values - (center - 0.5)) / (width - 1) + 0.5) * WHITE
    below = values <= center - 0.5 - (width - 1) / 2
    above = values > center - 0.5 + (width - 1) / 2
    return np.where(below, 0.0, np.where(above, WHITE, between))


def linear_exact(values: npt.NDArray[Any], center: float, width: float) -> Values:
    """VOI LUT Function LINEAR_EXACT (PS3.3 C.11.2.1.3.2)."""
    between = ((values - center) / width + 0.5) * WHITE
    return np.where(values <= center - width / 2, 0.0, np.where(values > center + width / 2, WHITE, between))


def sigmoid(values: npt.NDArray[Any], center: float, width: float) -> Values:
    """VOI LUT Function SIGMOID (PS3.3 C.11.2.1.3.1)."""
    with np.errstate(over="ignore"):  # far below the center: 255 / infinity
        return WHITE / (1 + np.exp(-4 * (values - center) / width))


def full_range(values: npt.NDArray[Any], bits: int) -> Values:
    """P-values of a number of bits, shown as they are (PS3.3 A.8.4.4)."""
    return values.astype(np.float64) / ((1 << bits) - 1) * WHITE


def inverse(gray: Values) -> Values:
    """Invert MONOCHROME1 or Presentation LUT Shape INVERSE after the VOI.

    PS3.3 C.7.6.3.1.2, C.11.6.1.2.
    """
    return WHITE - gray


def expand_segments(words: Sequence[int]) -> list[int]:
    """Expand a segmented palette (PS3.3 C.7.9.2).

    Segments are discrete, linear or indirect.
    """
    table: list[int] = []
    _expand(words, 0, None, table)
    return table


def _expand(words: Sequence[int], at: int, count: int | None, table: list[int]) -> None:
    while at < len(words) and count != 0:
        kind, length = words[at], words[at + 1]
        if kind == 0:
            table.extend(words[at + 2 : at + 2 + length])
            at += 2 + length
        elif kind == 1:
            start, end = table[-1], words[at + 2]
            table.extend(round(start + (end - start) * step / length) for step in range(1, length + 1))
            at += 3
        else:  # indirect: `length` segments from a byte offset, here of 16-bit words
            offset = words[at + 2] | words[at + 3] << 16
            _expand(words, offset // 2, length, table)
            at += 4
        count = None if count is None else count - 1


def ybr_full_to_rgb(ybr: npt.NDArray[Any], bits: int = 8) -> Values:
    """Convert YBR_FULL to RGB of the same range (PS3.3 C.7.6.3.1.2).

    The equations are solved for R, G and B.
    """
    y, cb, cr = np.moveaxis(ybr.astype(np.float64), -1, 0)
    half = float(1 << (bits - 1))
    red = y + 1.402 * (cr - half)
    blue = y + 1.772 * (cb - half)
    green = (y - 0.299 * red - 0.114 * blue) / 0.587
    return np.clip(np.stack([red, green, blue], -1), 0, (1 << bits) - 1)


def rgb_to_ybr_full(rgb: npt.NDArray[Any]) -> Values:
    """Apply the matrix of YBR_FULL as it is printed (PS3.3 C.7.6.3.1.2)."""
    matrix = np.array([[0.2990, 0.5870, 0.1140], [-0.1687, -0.3313, 0.5000], [0.5000, -0.4187, -0.0813]])
    return rgb.astype(np.float64) @ matrix.T + [0, 128, 128]


def rgb_to_ybr_partial(rgb: npt.NDArray[Any]) -> Values:
    """Apply the printed matrix of YBR_PARTIAL_422 (PS3.3 C.7.6.3.1.2).

    It is retired.
    """
    matrix = np.array([[0.2568, 0.5041, 0.0979], [-0.1482, -0.2910, 0.4392], [0.4392, -0.3678, -0.0714]])
    return rgb.astype(np.float64) @ matrix.T + [16, 128, 128]


def ybr_partial_to_rgb(ybr: npt.NDArray[Any]) -> Values:
    """YBR_PARTIAL_422 to RGB: the printed matrix, solved."""
    matrix = np.array([[0.2568, 0.5041, 0.0979], [-0.1482, -0.2910, 0.4392], [0.4392, -0.3678, -0.0714]])
    rgb = (ybr.astype(np.float64) - [16, 128, 128]) @ np.linalg.inv(matrix).T
    return np.clip(rgb, 0, WHITE)
