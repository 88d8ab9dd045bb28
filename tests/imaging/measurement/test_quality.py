"""Signal, noise, contrast and uniformity against sums over pixels that are written out here."""

import math
from dataclasses import replace

import numpy as np
import pytest

from medviewer.imaging.frame.attributes import FrameAttributes
from medviewer.imaging.frame.frame import Frame
from medviewer.imaging.frame.modality import Rescale
from medviewer.imaging.measurement import (
    FiveRegions,
    contrast_to_noise,
    five_regions,
    integral_uniformity,
    region_statistics,
    signal_to_air_noise,
    signal_to_noise,
)
from medviewer.imaging.measurement.quality import (
    NO_NOISE,
    NO_REGION,
    NO_SIGNAL,
    NO_ZERO,
    NOT_ABOVE_ZERO,
    TOO_FEW,
)
from medviewer.imaging.measurement.statistics import Statistics
from medviewer.translation import Message

RATIO = 1e-12


def random_frame(seed: int, unit: str = "", *, padded: bool = False) -> Frame:
    chance = np.random.default_rng(seed)
    rows, columns = chance.integers(40, 120, 2)
    stored = chance.normal(900, 60, (rows, columns)).astype(np.int16)
    modality = Rescale(float(chance.uniform(0.1, 3)), float(chance.uniform(0, 50)), unit)
    if padded:
        stored[:5] = -2000
    return Frame(
        stored,
        "1.2",
        modality=modality,
        padding=(-2000, -2000) if padded else None,
        attributes=FrameAttributes(modality="CT" if unit == "HU" else "MR"),
    )


def random_rectangle(frame: Frame, seed: int) -> tuple[tuple[float, float], ...]:
    chance = np.random.default_rng(seed + 1000)
    x0, y0 = chance.uniform(0, 10, 2)
    x1, y1 = chance.uniform(24, min(frame.rows, frame.columns) - 1, 2)
    return ((x0, y0), (x1, y0), (x1, y1), (x0, y1))


def inside(frame: Frame, points) -> np.ndarray:
    """Return the pixels of a rectangle, one by one."""
    (x0, y0), _, (x1, y1), _ = points
    found = np.zeros(frame.stored.shape, bool)
    for row in range(frame.rows):
        for column in range(frame.columns):
            found[row, column] = x0 <= column + 0.5 < x1 and y0 <= row + 0.5 < y1
    if frame.padding is not None:
        found &= frame.stored != frame.padding[0]
    return found


def values(frame: Frame) -> np.ndarray:
    assert isinstance(frame.modality, Rescale)
    return frame.stored.astype(float) * frame.modality.slope + frame.modality.intercept


def statistics(frame: Frame, points) -> Statistics:
    found = region_statistics(frame, "rectangle", points)
    assert isinstance(found, Statistics)
    return found


@pytest.mark.parametrize("seed", range(12))
def test_ratios_are_those_of_the_pixels(seed: int) -> None:
    frame = random_frame(seed, padded=seed % 2 == 0)
    points, others = random_rectangle(frame, seed), random_rectangle(frame, seed + 500)
    here, there = values(frame)[inside(frame, points)], values(frame)[inside(frame, others)]
    region, background = statistics(frame, points), statistics(frame, others)
    assert signal_to_noise(frame, region) == pytest.approx(here.mean() / here.std(ddof=1), rel=1e-9)
    contrast = abs(here.mean() - there.mean()) / there.std(ddof=1)
    assert contrast_to_noise(region, background) == pytest.approx(contrast, rel=1e-6, abs=1e-9)
    by_air = here.mean() / (there.std(ddof=1) / math.sqrt(2 - math.pi / 2))
    assert signal_to_air_noise(frame, region, background) == pytest.approx(by_air, rel=1e-3)


@pytest.mark.parametrize("seed", range(12))
def test_integral_uniformity_is_that_of_every_smoothed_pixel(seed: int) -> None:
    frame = random_frame(seed, padded=seed % 3 == 0)
    points = random_rectangle(frame, seed)
    mask, pixels, smoothed = inside(frame, points), values(frame), []
    weights = {(0, 0): 4, (0, 1): 2, (1, 0): 2, (0, -1): 2, (-1, 0): 2}
    for row in range(1, frame.rows - 1):
        for column in range(1, frame.columns - 1):
            steps = [(down, across) for down in (-1, 0, 1) for across in (-1, 0, 1)]
            if all(mask[row + down, column + across] for down, across in steps):
                total = sum(weights.get(step, 1) * pixels[row + step[0], column + step[1]] for step in steps)
                smoothed.append(total / 16)
    expected = 100 * (1 - (max(smoothed) - min(smoothed)) / (max(smoothed) + min(smoothed)))
    assert integral_uniformity(frame, "rectangle", points) == pytest.approx(expected, rel=1e-9)


@pytest.mark.parametrize("seed", range(12))
def test_five_regions_are_at_the_centre_and_near_the_edges(seed: int) -> None:
    frame = random_frame(seed, "HU")
    points = random_rectangle(frame, seed)
    (x0, y0), _, (x1, y1), _ = points
    found = five_regions(frame, "rectangle", points)
    half = (x1 - x0) / 2, (y1 - y0) / 2
    means = {}
    for name, (across, down) in {
        "centre": (0, 0),
        "top": (0, -0.8),
        "bottom": (0, 0.8),
        "left": (-0.8, 0),
        "right": (0.8, 0),
    }.items():
        middle = x0 + half[0] * (1 + across), y0 + half[1] * (1 + down)
        taken = [
            values(frame)[row, column]
            for row in range(frame.rows)
            for column in range(frame.columns)
            if ((column + 0.5 - middle[0]) / (0.2 * half[0])) ** 2
            + ((row + 0.5 - middle[1]) / (0.2 * half[1])) ** 2
            < 1
        ]
        if len(taken) < 4:
            assert found == TOO_FEW
            return
        means[name] = np.mean(taken)
    assert isinstance(found, FiveRegions)
    assert dict(found.means) == pytest.approx(means, rel=1e-9)
    largest = max((means[name] - means["centre"] for name in list(means)[1:]), key=abs)
    assert found.largest == pytest.approx(largest, abs=1e-6)


def test_an_even_image_is_wholly_uniform_and_has_no_noise() -> None:
    frame = Frame(np.full((60, 60), 700, np.int16), "1.2", attributes=FrameAttributes(modality="MR"))
    box = ((5, 5), (50, 5), (50, 50), (5, 50))
    assert integral_uniformity(frame, "rectangle", box) == 100
    assert signal_to_noise(frame, statistics(frame, box)) == NO_NOISE
    assert contrast_to_noise(statistics(frame, box), statistics(frame, box)) == NO_NOISE


def test_numbers_that_mean_nothing_are_refused_with_their_reason() -> None:
    box = ((5, 5), (30, 5), (30, 30), (5, 30))
    tomogram = random_frame(3, "HU")
    assert signal_to_noise(tomogram, statistics(tomogram, box)) == NO_ZERO
    assert integral_uniformity(tomogram, "rectangle", box) == NO_ZERO
    assert isinstance(contrast_to_noise(statistics(tomogram, box), statistics(tomogram, box)), float)
    below = Frame(random_frame(3).stored - 900, "1.2", attributes=FrameAttributes(modality="MR"))
    assert integral_uniformity(below, "rectangle", box) == NOT_ABOVE_ZERO
    assert region_statistics(tomogram, "length", ((1, 1), (9, 9))) == NO_REGION
    assert integral_uniformity(random_frame(3), "rectangle", ((5, 5), (7, 5), (7, 7), (5, 7))) == TOO_FEW
    color = Frame(np.zeros((40, 40, 3), np.uint8), "1.2")
    for refused in (region_statistics, five_regions, integral_uniformity):
        found = refused(color, "rectangle", box)
        assert isinstance(found, Message)
        assert "colour" in str(found)


def test_a_mean_that_is_not_above_zero_is_no_signal() -> None:
    frame = random_frame(3)
    below = Statistics(-5.0, 2.0, -9.0, 0.0, 100)
    noise = Statistics(0.5, 2.0, -1.0, 3.0, 100)
    assert signal_to_noise(frame, below) == NO_SIGNAL
    assert signal_to_noise(frame, replace(below, mean=0.0)) == NO_SIGNAL
    assert signal_to_air_noise(frame, below, noise) == NO_SIGNAL
