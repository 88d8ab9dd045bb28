"""Histograms of regions against every value looked at alone."""

import numpy as np
import pytest

from medviewer.imaging.frame.modality import Rescale
from medviewer.imaging.measurement.histogram import MOST_BINS, region_histogram
from tests.imaging.measurement.test_regions import COLUMNS, ROWS, frame_of

BOX = ((2.0, 3.0), (40.0, 3.0), (40.0, 30.0), (2.0, 30.0))
HU = Rescale(slope=2.0, intercept=-1024.0)


def made(high: int, dtype: str = "u2") -> np.ndarray:
    return np.random.default_rng(5).integers(0, high, (ROWS, COLUMNS)).astype(dtype)


@pytest.mark.parametrize("high", [1, 2, 7, 64, 65, 500, 60_000])
def test_each_pixel_is_counted_once_in_the_bin_of_its_value(high):
    stored = made(high)
    found = region_histogram(frame_of(stored, modality=HU), "rectangle", BOX)
    values = stored[3:30, 2:40] * 2.0 - 1024
    assert found.counts.tolist() == np.histogram(values, found.edges)[0].tolist()
    assert found.counts.sum() == values.size
    assert len(found.counts) <= MOST_BINS
    assert found.edges[0] < values.min() <= values.max() < found.edges[-1]


def test_no_bin_is_fuller_because_more_steps_of_the_values_fall_into_it():
    stored = np.tile(np.arange(100, dtype=np.uint16), (ROWS, 1))[:, :COLUMNS].copy()
    stored[:] = np.arange(ROWS * COLUMNS).reshape(ROWS, COLUMNS) % 100
    box = ((0.0, 0.0), (50.0, 0.0), (50.0, 36.0), (0.0, 36.0))
    found = region_histogram(frame_of(stored), "polygon", box)
    widths = np.diff(found.edges)
    assert np.allclose(widths, widths[0])
    assert widths[0] == 2.0  # of 100 values in at most 64 bins
    assert found.counts.max() < 1.2 * found.counts.min()


def test_fractions_are_counted_too_and_no_number_is_left_out():
    stored = np.random.default_rng(6).normal(size=(ROWS, COLUMNS)).astype("f4")
    stored[5, 5] = np.nan
    found = region_histogram(frame_of(stored), "ellipse", ((5, 15), (45, 15), (25, 2), (25, 28)))
    assert len(found.counts) <= MOST_BINS
    assert found.counts.sum() > 500


@pytest.mark.parametrize("kind", ["length", "arrow", "point"])
def test_what_has_no_region_has_no_histogram(kind):
    assert region_histogram(frame_of(made(9)), kind, BOX) is None
