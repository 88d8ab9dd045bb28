"""Histograms of the values of regions."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from medviewer.imaging.annotation import Point
from medviewer.imaging.display import value_unit
from medviewer.imaging.frame import Frame
from medviewer.imaging.measurement.regions import count_region
from medviewer.imaging.measurement.table import outline_of

MOST_BINS: Final = 64


@dataclass(frozen=True, slots=True, eq=False)
class RegionHistogram:
    """Numbers of the pixels of a region by value.

    Parameters
    ----------
    edges : (bins + 1,) float64
        Of the bins, rising, in `unit`. A bin is as wide as a whole number of steps of the stored values, so
        that none is fuller only because more steps fall into it.
    counts : (bins,) int64
    """

    edges: npt.NDArray[np.float64]
    counts: npt.NDArray[np.int64]
    unit: str


def region_histogram(frame: Frame, kind: str, points: Sequence[Point]) -> RegionHistogram | None:
    """Return the histogram of a region; None: it has no values.

    Parameters
    ----------
    kind : str
        Of an annotation: "rectangle", "ellipse", "polygon", "freehand"; others have no region.
    points : sequence of (x, y)
        In pixels of the frame.
    """
    outline = outline_of(kind, points)
    counted = None if outline is None else count_region(frame, outline)
    if counted is None or not counted.values.size:
        return None
    values = counted.values
    distinct = np.unique(values)
    steps = np.diff(distinct)
    step = float(steps.min()) if steps.size else 1.0
    span = float(distinct[-1] - distinct[0]) + step
    width = max(1.0, np.ceil(span / step / MOST_BINS)) * step
    bins = max(1, int(np.ceil(span / width - 1e-9)))
    edges = distinct[0] - step / 2 + width * np.arange(bins + 1)
    places = np.clip(np.searchsorted(edges, values, side="right") - 1, 0, bins - 1)
    counts = np.bincount(places, weights=counted.counts, minlength=bins).astype(np.int64)
    return RegionHistogram(edges, counts, value_unit(frame))
