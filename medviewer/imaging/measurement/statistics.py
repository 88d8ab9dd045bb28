"""Statistics of a region, from stored values by the modality transform."""

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
    every_stored,
    has_table,
    to_modality_values,
)
from medviewer.imaging.measurement.outline import Spans

BAND_PIXELS: Final = 1 << 22  # counted together; OpenCV's counts, in float32, are exact below 1 << 24
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
    """Yield the stored values of a region, some runs at a time, as a plane.

    It is valid until the next is asked for.
    """
    if not spans.rows.size:
        return
    first, last = int(spans.rows[0]), int(spans.rows[-1])
    left, right = int(spans.starts[0]), int(spans.ends[0])
    is_box = last - first + 1 == spans.rows.size
    if is_box and (spans.starts == left).all() and (spans.ends == right).all():
        step = max(1, BAND_PIXELS // (right - left))
        for row in range(first, last + 1, step):
            yield np.ascontiguousarray(stored[row : min(row + step, last + 1), left:right])
        return
    ends = np.cumsum(spans.ends - spans.starts)
    edges = np.searchsorted(ends, np.arange(BAND_PIXELS, int(ends[-1]) + BAND_PIXELS, BAND_PIXELS)) + 1
    runs = list(zip(spans.rows.tolist(), spans.starts.tolist(), spans.ends.tolist(), strict=True))
    room = np.empty(min(int(ends[-1]), BAND_PIXELS + stored.shape[1]), stored.dtype)
    begin = 0
    for edge in edges.tolist():
        parts = [stored[row, start:end] for row, start, end in runs[begin:edge]]
        if parts:
            yield np.concatenate(parts, out=room[: sum(map(len, parts))])[None]
        begin = edge
