"""Signal, noise, contrast and uniformity of regions of an image.

Every number is of the original modality values; where these carry no such number, a message says why.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from medviewer import limits
from medviewer.imaging.annotation import Point
from medviewer.imaging.display import padding_mask, value_unit
from medviewer.imaging.frame import Frame
from medviewer.imaging.measurement.outline import Spans, ellipse_outline
from medviewer.imaging.measurement.regions import NO_PIXEL, PADDED, no_values
from medviewer.imaging.measurement.statistics import Statistics, count_values, exact_values, statistics_of
from medviewer.imaging.measurement.table import outline_of
from medviewer.translation import Message, message

MAGNITUDE_NOISE: Final = 0.655
"""Deviation of the air in a magnitude image, in noises of the signal: (2 - pi/2)^0.5."""

EDGE_PLACE: Final = 0.8  # of the half width, from the middle to that of a region at the edge
EDGE_SIZE: Final = 0.2  # of the half width: the half width of each of the five regions
WEIGHTS: Final = ((1, 2, 1), (2, 4, 2), (1, 2, 1))
FEWEST_PIXELS: Final = 4

NO_REGION: Final = message("This drawing is no region.")
NO_ZERO: Final = message("HU count from water: a ratio of them has no meaning.")
NO_NOISE: Final = message("The values do not vary: no noise, no ratio.")
NO_SIGNAL: Final = message("The mean is not above zero: it is no signal.")
TOO_FEW: Final = message("The region holds too few pixels for that.")
TOO_LARGE: Final = message("The region holds too many pixels for that.")
NOT_ABOVE_ZERO: Final = message("The values are not all above zero: their ratio means nothing.")

FIVE: Final = ("centre", "top", "bottom", "left", "right")


@dataclass(frozen=True, slots=True)
class FiveRegions:
    """The means of five regions of one that was drawn.

    Parameters
    ----------
    means : tuple of (name, mean)
        Of FIVE, those that hold pixels.
    deviation : float
        Standard deviation in the central one.
    largest : float
        The difference to the center that is the largest, with its sign.
    """

    means: tuple[tuple[str, float], ...]
    deviation: float
    largest: float


def region_statistics(frame: Frame, kind: str, points: Sequence[Point]) -> Statistics | Message:
    """Return the statistics of a drawn region, or why it has none.

    Parameters
    ----------
    points : sequence of (x, y)
        In pixels of the frame.
    """
    outline, refusal = outline_of(kind, points), no_values(frame)
    if outline is None or refusal is not None:
        return refusal or NO_REGION
    counted = count_values(frame, outline.spans(frame.rows, frame.columns))
    found = statistics_of(counted)
    return found if found is not None else (PADDED if counted.left_out else NO_PIXEL)


def signal_to_noise(frame: Frame, region: Statistics) -> float | Message:
    """Return the mean of a region over its standard deviation, or why not."""
    if has_shifted_zero(frame):
        return NO_ZERO
    return _over_noise(region.mean, sample_deviation(region))


def signal_to_air_noise(frame: Frame, region: Statistics, air: Statistics) -> float | Message:
    """Return the signal of a magnitude image over the noise of its air.

    References
    ----------
    NEMA MS 1, method 4: the deviation of the air, over 0.655 as magnitudes have it, is the noise.
    """
    if has_shifted_zero(frame):
        return NO_ZERO
    return _over_noise(region.mean, sample_deviation(air) / MAGNITUDE_NOISE)


def _over_noise(signal: float, noise: float) -> float | Message:
    if not noise > 0:
        return NO_NOISE
    return signal / noise if signal > 0 else NO_SIGNAL


def contrast_to_noise(region: Statistics, background: Statistics) -> float | Message:
    """Return the contrast of two regions over the noise, or why not.

    The difference of their means over the deviation of the background.
    """
    noise = sample_deviation(background)
    return abs(region.mean - background.mean) / noise if noise > 0 else NO_NOISE


def sample_deviation(region: Statistics) -> float:
    """Return the standard deviation of a sample.

    The squares are divided by their number less one.
    """
    if region.count < FEWEST_PIXELS:
        return 0.0
    return float(region.standard_deviation * (region.count / (region.count - 1)) ** 0.5)


def has_shifted_zero(frame: Frame) -> bool:
    """Return whether the zero of the values is not that of the signal."""
    return value_unit(frame).upper().startswith("HU")


def integral_uniformity(frame: Frame, kind: str, points: Sequence[Point]) -> float | Message:
    """Return the integral uniformity of a drawn region in percent, or why not.

    100 (1 - (max - min) / (max + min)) of the values, smoothed by nine points; only pixels whose nine points
    all lie in the region are looked at.

    References
    ----------
    NEMA MS 3-2008 (peak deviation non-uniformity) and its filter 1 2 1, 2 4 2, 1 2 1; the ACR phantom test
    guidance for the formula.
    """
    found = region_statistics(frame, kind, points)
    if isinstance(found, Message):
        return found
    if has_shifted_zero(frame):
        return NO_ZERO
    outline = outline_of(kind, points)
    assert outline is not None  # it has statistics
    spans = outline.spans(frame.rows, frame.columns)
    box = _box(spans)
    if (box[1] - box[0]) * (box[3] - box[2]) > limits.BAND_SAMPLES:
        return TOO_LARGE
    smoothed = _smoothed(frame, spans, box)
    if smoothed.size < FEWEST_PIXELS:
        return TOO_FEW
    least, most = float(smoothed.min()), float(smoothed.max())
    if least < 0 or most <= 0:
        return NOT_ABOVE_ZERO
    return 100 * (1 - (most - least) / (most + least))


def _box(spans: Spans) -> tuple[int, int, int, int]:
    """Return first and last row and column, the last ones exclusive."""
    return (
        *(int(spans.rows.min()), int(spans.rows.max()) + 1),
        *(int(spans.starts.min()), int(spans.ends.max())),
    )


def _smoothed(frame: Frame, spans: Spans, box: tuple[int, int, int, int]) -> npt.NDArray[np.float64]:
    """Return the smoothed values of pixels with all neighbors inside."""
    top, bottom, left, right = box
    stored = frame.stored[top:bottom, left:right]
    inside = np.zeros(stored.shape, bool)
    for row, start, end in zip(spans.rows.tolist(), spans.starts.tolist(), spans.ends.tolist(), strict=True):
        inside[row - top, start - left : end - left] = True
    padding = padding_mask(frame, stored)
    if padding is not None:
        inside &= ~padding
    values = np.where(inside, exact_values(stored, frame.modality), 0.0)
    rows, columns = values.shape
    if rows < len(WEIGHTS) or columns < len(WEIGHTS):
        return np.empty(0)
    total, whole = np.zeros((rows - 2, columns - 2)), np.ones((rows - 2, columns - 2), bool)
    for down, line in enumerate(WEIGHTS):
        for across, weight in enumerate(line):
            part = np.s_[down : rows - 2 + down, across : columns - 2 + across]
            total += weight * values[part]
            whole &= inside[part]
    return np.asarray(total[whole] / sum(map(sum, WEIGHTS)), np.float64)


def five_regions(frame: Frame, kind: str, points: Sequence[Point]) -> FiveRegions | Message:
    """Return the means of five regions of a drawn one, or why not.

    The drawn region is the phantom; one region lies in its middle, four at 80 % of the way to its edges, each
    as wide as 20 % of it.

    References
    ----------
    IEC 61223-3-5 and the ACR CT phantom: uniformity is the largest difference of an edge to the center.
    """
    refusal = no_values(frame)
    if refusal is not None:
        return refusal
    outline = outline_of(kind, points)
    if outline is None:
        return NO_REGION
    xs, ys = [x for x, _ in points], [y for _, y in points]
    half = (max(xs) - min(xs)) / 2, (max(ys) - min(ys)) / 2
    middle = (max(xs) + min(xs)) / 2, (max(ys) + min(ys)) / 2
    places = ((0.0, 0.0), (0.0, -EDGE_PLACE), (0.0, EDGE_PLACE), (-EDGE_PLACE, 0.0), (EDGE_PLACE, 0.0))
    found: list[tuple[str, Statistics]] = []
    for name, (across, down) in zip(FIVE, places, strict=True):
        x, y = middle[0] + across * half[0], middle[1] + down * half[1]
        one = _small_region(frame, (x, y), (EDGE_SIZE * half[0], EDGE_SIZE * half[1]))
        if one is None or one.count < FEWEST_PIXELS:
            return TOO_FEW
        found.append((name, one))
    center = found[0][1]
    differences = [one.mean - center.mean for _, one in found[1:]]
    largest = max(differences, key=abs)
    return FiveRegions(tuple((name, one.mean) for name, one in found), sample_deviation(center), largest)


def _small_region(frame: Frame, middle: Point, half: Point) -> Statistics | None:
    (x, y), (wide, high) = middle, half
    ends = ((x - wide, y), (x + wide, y), (x, y - high), (x, y + high))
    outline = ellipse_outline(ends)
    return statistics_of(count_values(frame, outline.spans(frame.rows, frame.columns)))
