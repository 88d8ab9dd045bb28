"""The brush over a mask, against distances of each pixel that are computed one by one."""

import math
from random import Random

import numpy as np
import pytest

from medviewer.imaging.volume.mask_edits import brushed, smoothed


def distance(x: float, y: float, start, end, size) -> float:
    """Return the distance of a point from many points of a line."""
    across, down = size
    ax, ay, bx, by = start[0] * across, start[1] * down, end[0] * across, end[1] * down
    px, py = x * across, y * down
    length = math.hypot(bx - ax, by - ay)
    if length == 0:
        return math.hypot(px - ax, py - ay)
    along = ((px - ax) * (bx - ax) + (py - ay) * (by - ay)) / length
    along = min(max(along, 0.0), length)
    return math.hypot(px - ax - along * (bx - ax) / length, py - ay - along * (by - ay) / length)


@pytest.mark.parametrize("seed", range(40))
def test_a_stroke_covers_what_lies_within_its_radius_in_millimetres(seed: int) -> None:
    chance = Random(seed)
    mask = np.random.default_rng(seed).random((23, 31)) < 0.3
    size = chance.choice(((0.5, 0.5), (0.7, 1.9), (2.0, 0.4)))
    start = chance.uniform(-4, 35), chance.uniform(-4, 27)
    end = start if seed % 5 == 0 else (chance.uniform(-4, 35), chance.uniform(-4, 27))
    radius, adds = chance.uniform(0.1, 6.0), seed % 2 == 0
    found = brushed(mask, start, end, radius, size, adds=adds)
    for row in range(23):
        for column in range(31):
            apart = distance(column + 0.5, row + 0.5, start, end, size)
            is_under = math.floor(end[0]) == column and math.floor(end[1]) == row
            if apart <= radius - 1e-6 or is_under:
                assert found[row, column] == adds
            elif apart > radius + 1e-6:
                assert found[row, column] == mask[row, column]


def test_a_brush_smaller_than_a_pixel_takes_the_pixel_under_it() -> None:
    found = brushed(np.zeros((4, 4), bool), (1.1, 2.9), (1.1, 2.9), 0.1, (1.0, 1.0), adds=True)
    assert np.argwhere(found).tolist() == [[2, 1]]


def smooth_by_hand(mask: np.ndarray, radius: float, size) -> np.ndarray:
    rows, columns = mask.shape
    found = mask.copy()
    for row in range(rows):
        for column in range(columns):
            inside = count = 0
            for r in range(-6, 7):
                for c in range(-6, 7):
                    if math.hypot(c * size[0], r * size[1]) <= radius * (1 + 1e-9):
                        there = min(max(row + r, 0), rows - 1), min(max(column + c, 0), columns - 1)
                        inside, count = inside + bool(mask[there]), count + 1
            if 2 * inside != count:
                found[row, column] = 2 * inside > count
    return found


@pytest.mark.parametrize("seed", range(6))
def test_each_pixel_becomes_what_most_around_it_are(seed: int) -> None:
    size = ((0.5, 0.5), (0.8, 1.7), (1.5, 0.6))[seed % 3]
    mask = np.random.default_rng(seed).random((12, 14)) < 0.6
    if seed > 2:  # in the middle of the image, where only a part of it is looked at
        whole = np.zeros((20, 24), bool)
        whole[5:15, 6:18] = mask[:10, :12]
        mask = whole
    assert np.array_equal(smoothed(mask, 2.0, size), smooth_by_hand(mask, 2.0, size))


def test_a_disc_of_one_pixel_and_an_empty_mask_stay() -> None:
    mask = np.eye(5, dtype=bool)
    assert np.array_equal(smoothed(mask, 0.4, (1.0, 1.0)), mask)
    assert not smoothed(np.zeros((5, 5), bool), 3.0, (1.0, 1.0)).any()
