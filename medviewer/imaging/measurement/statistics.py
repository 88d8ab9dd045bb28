"""Statistics of a region, from stored values by the modality transform."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

import cv2
import numpy as np
import numpy.typing as npt

from medviewer.imaging.display import padding_mask
from medviewer.imaging.frame import (
    Frame,
    ModalityTransform,
    Rescale,
    always_measures,
    every_stored,
    has_table,
    to_modality_values,
)
from medviewer.imaging.measurement.outline import Spans

BAND_PIXELS: Final = 1 << 22  # counted together; OpenCV's counts, in float32, are exact below 1 << 24
TILE: Final = 512
"""The side of a part of an image with padding: most lie wholly in it, or beside it."""

BLOCK_ROWS: Final = 256  # of a region whose runs are looked at together
EXACT_SQUARES: Final = 1 << 50  # a sum in double precision up to which its rounding is far below one
ROW_PIXELS: Final = 1 << 10  # OpenCV counts rows side by side


@dataclass(frozen=True, slots=True, eq=False)
class ValueCounts:
    """Values and their numbers of pixels.

    Parameters
    ----------
    values : (n,) float64
        Modality values, each once for each stored value that makes it.
    counts : (n,) int64
        Above 0.
    left_out : int
        Pixels that are padding or no number.
    """

    values: npt.NDArray[np.float64]
    counts: npt.NDArray[np.int64]
    left_out: int = 0


@dataclass(frozen=True, slots=True)
class Statistics:
    """Statistics of the values of a region.

    Parameters
    ----------
    standard_deviation : float
        Of these pixels: the squares are divided by their number.
    count, left_out : int
        Pixels that are in it, and those of the region that are padding or no number.
    """

    mean: float
    standard_deviation: float
    minimum: float
    maximum: float
    count: int
    left_out: int = 0


def statistics_of(counted: ValueCounts) -> Statistics | None:
    """Return the statistics of counted values; None: there are none."""
    values, counts = counted.values, counted.counts
    total = int(counts.sum())
    if not total:
        return None
    first = float(values[0])  # differences to one of them cancel less than the values do
    mean = first + float(np.dot(values - first, counts)) / total
    variance = float(np.dot((values - mean) ** 2, counts)) / total
    return Statistics(mean, variance**0.5, float(values.min()), float(values.max()), total, counted.left_out)


def statistics_in(frame: Frame, spans: Spans) -> Statistics | None:
    """Return the statistics of a region from exact sums of its stored values.

    An order faster than counting them on large images, and as exact: the sums are of whole numbers.

    Returns
    -------
    Statistics or None
        None where there are no pixels, or values have to be counted: a range of padding among them, a table
        of values, numbers of more than 16 bits.
    """
    native = frame.stored.dtype.newbyteorder("=")
    modality = frame.modality
    if (
        not has_table(frame.stored.dtype)
        or not isinstance(modality, Rescale)
        or not always_measures(native, modality)
        or frame.supplemental is not None
        or not spans.rows.size
    ):
        return None
    low, high, total, squares, left_out = np.iinfo(native).max, np.iinfo(native).min, 0, 0, 0
    for part in _tiles(frame, spans):
        plane = part.astype(native, copy=False)
        least, most = map(int, cv2.minMaxLoc(plane)[:2])
        exact_pixels = EXACT_SQUARES // max(1, least * least, most * most)
        # guard(test): padding is left out of exact sums too
        if _holds_padding(frame, least, most):
            value = _only_padding(frame)
            if value is None:
                return None
            if least == most:
                left_out += plane.size
                continue
            others = np.not_equal(plane, native.type(value)).view(np.uint8)
            padded = plane.size - cv2.countNonZero(others)
            least, most = map(int, cv2.minMaxLoc(plane, others)[:2])
            left_out += padded
            total -= padded * value
            squares -= padded * value * value
        low, high = min(low, least), max(high, most)
        for summed in _parts(plane, exact_pixels):
            total += round(cv2.sumElems(summed)[0])
            squares += round(cv2.norm(summed, cv2.NORM_L2SQR))
    count = spans.count - left_out
    if not count:
        return None
    ends = sorted(exact_values(np.array((low, high)), modality).tolist())
    variance = (count * squares - total * total) / count**2
    return Statistics(
        modality.slope * (total / count) + modality.intercept,
        abs(modality.slope) * math.sqrt(variance),
        ends[0],
        ends[1],
        count,
        left_out,
    )


def _tiles(frame: Frame, spans: Spans) -> Iterator[npt.NDArray[Any]]:
    """Yield the stored values of a region, in tiles where some may be padding."""
    for plane in _bands(frame.stored, spans):
        if frame.padding is None or len(plane) == 1:  # a long row, of what lies beside its boxes
            yield plane
            continue
        for top in range(0, plane.shape[0], TILE):
            for left in range(0, plane.shape[1], TILE):
                yield plane[top : top + TILE, left : left + TILE]


def _holds_padding(frame: Frame, least: int, most: int) -> bool:
    if frame.padding is None:
        return False
    low, high = sorted(frame.padding)
    return low <= most and high >= least


def _only_padding(frame: Frame) -> int | None:
    """Return the one stored value that is padding; None: there are several."""
    low, high = frame.padding or (0.0, 1.0)
    return int(low) if low == high and float(low).is_integer() else None


def _parts(plane: npt.NDArray[Any], pixels: int) -> Iterator[npt.NDArray[Any]]:
    """Yield a plane in parts of at most this many pixels."""
    wide = max(1, min(plane.shape[1], pixels))
    high = max(1, pixels // wide)
    for left in range(0, plane.shape[1], wide):
        for top in range(0, plane.shape[0], high):
            yield plane[top : top + high, left : left + wide]


def count_values(frame: Frame, spans: Spans) -> ValueCounts:
    """Count the values of a gray frame in a region.

    Only the pixels of the region are read.
    """
    if has_table(frame.stored.dtype):
        distinct, counts = _counts_of_integers(frame.stored, spans)
    else:
        parts = [band.flatten() for band in _bands(frame.stored, spans)]
        distinct = np.concatenate(parts) if parts else np.empty(0, frame.stored.dtype)
        counts = np.ones(distinct.size, np.int64)
    left_out = padding_mask(frame, distinct)
    if left_out is None:
        return ValueCounts(exact_values(distinct, frame.modality), counts)
    kept = ~left_out
    return ValueCounts(
        exact_values(distinct[kept], frame.modality), counts[kept], int(counts[left_out].sum())
    )


def exact_values(stored: npt.NDArray[Any], modality: ModalityTransform) -> npt.NDArray[np.float64]:
    """Return modality values in double precision (PS3.3 C.11.1).

    Those that are no measure are for `padding_mask` to leave out.
    """
    if not isinstance(modality, Rescale):
        return to_modality_values(stored, modality).astype(np.float64)
    with np.errstate(over="ignore", invalid="ignore"):
        return stored.astype(np.float64) * modality.slope + modality.intercept


def _counts_of_integers(
    stored: npt.NDArray[Any], spans: Spans
) -> tuple[npt.NDArray[Any], npt.NDArray[np.int64]]:
    """Return the distinct stored values of at most 16 bits, and their counts."""
    native = stored.dtype.newbyteorder("=")
    bits = 8 * native.itemsize
    pattern = np.dtype(f"u{native.itemsize}")
    counts = np.zeros(1 << bits, np.int64)
    for band in _bands(stored, spans):
        bins = band.astype(native, copy=False).view(pattern)
        for part in _as_rows(bins):
            low, end = int(part.min()), int(part.max()) + 1
            found = cv2.calcHist([part], [0], None, [end - low], [low, end])
            counts[low:end] += found.ravel().astype(np.int64)
    (seen,) = np.nonzero(counts)
    return every_stored(native)[seen], counts[seen]


def _as_rows(plane: npt.NDArray[Any]) -> Iterator[npt.NDArray[Any]]:
    """Yield a plane; one long row as rows of ROW_PIXELS and a rest."""
    if plane.shape[0] > 1:
        yield plane
        return
    whole = plane.shape[1] // ROW_PIXELS * ROW_PIXELS
    if whole:
        yield plane[0, :whole].reshape(-1, ROW_PIXELS)
    if whole < plane.shape[1]:
        yield plane[:, whole:]


def _bands(stored: npt.NDArray[Any], spans: Spans) -> Iterator[npt.NDArray[Any]]:
    """Yield the stored values of a region, a part at a time, as planes.

    Most of a large region is read where it is, which spares a copy: such a plane is a part of `stored`.
    """
    parts: list[npt.NDArray[Any]] = []
    waiting = 0
    for core, beside in _blocks(stored, spans):
        if core is not None:
            yield core
        parts += beside
        waiting += sum(part.size for part in beside)
        if waiting >= BAND_PIXELS:
            yield np.concatenate(parts)[None]
            parts, waiting = [], 0
    if waiting:
        yield np.concatenate(parts)[None]


def _blocks(
    stored: npt.NDArray[Any], spans: Spans
) -> Iterator[tuple[npt.NDArray[Any] | None, list[npt.NDArray[Any]]]]:
    """Yield the common box of some runs, and their values beside it."""
    rows, starts, ends = spans.rows, spans.starts, spans.ends
    columns = stored.shape[1]
    most = max(1, BAND_PIXELS // columns)
    is_box = rows.size and (starts == starts[0]).all() and (ends == ends[0]).all()
    step = most if is_box else min(BLOCK_ROWS, most)
    for first in range(0, rows.size, step):
        some = slice(first, first + step)
        at, start, end = rows[some], starts[some], ends[some]
        top, left, right = int(at[0]), int(start.max()), int(end.min())
        bottom = top + at.size
        if left >= right or not (at == np.arange(top, bottom)).all():  # nothing over each other
            runs = zip(at.tolist(), start.tolist(), end.tolist(), strict=True)
            yield None, [stored[row, low:high] for row, low, high in runs]
            continue
        low, high = int(start.min()), int(end.max())
        beside = []
        if low < left:
            beside.append(stored[top:bottom, low:left][np.arange(low, left) >= start[:, None]])
        if right < high:
            beside.append(stored[top:bottom, right:high][np.arange(right, high) < end[:, None]])
        yield stored[top:bottom, left:right], beside
