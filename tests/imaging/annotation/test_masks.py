"""A mask as points and back, against pixels that are counted one by one."""

from random import Random

import numpy as np
import pytest

from medviewer.imaging.annotation.annotation import Annotation
from medviewer.imaging.annotation.document import as_json, from_json
from medviewer.imaging.annotation.drawing import primitives_of
from medviewer.imaging.annotation.masks import (
    NOTHING_OUTLINED,
    OUTLINE,
    lines_of_mask,
    mask_of_points,
    pixels_of_points,
    points_of_mask,
)
from medviewer.imaging.annotation.primitives import Polygon


def some_mask(seed: int) -> np.ndarray:
    """Return a random mask: noise, blobs, frames with holes."""
    random = np.random.default_rng(seed)
    rows, columns = (int(size) for size in random.integers(1, 40, 2))
    mask = random.random((rows, columns)) < random.choice([0.1, 0.5, 0.9])
    if seed % 3 == 0:  # large parts with few corners
        mask = np.kron(mask[: rows // 4 + 1, : columns // 4 + 1], np.ones((4, 4), bool)).astype(bool)
    return mask


def inside(lines: list[np.ndarray], shape: tuple[int, ...]) -> np.ndarray:
    """Return which centers of pixels lie within lines, by rays to the left."""
    rows, columns = shape
    x, y = np.arange(columns) + 0.5, np.arange(rows) + 0.5
    crossings = np.zeros((rows, columns), np.int64)
    for line in lines:
        for (x0, y0), (x1, y1) in zip(line, np.roll(line, -1, axis=0), strict=True):
            crossed = (y0 > y) != (y1 > y)
            crossings[crossed] += (x0 + (y[crossed] - y0) / (y1 - y0) * (x1 - x0))[:, None] < x
    return crossings % 2 == 1


@pytest.mark.parametrize("seed", range(60))
def test_a_mask_comes_back_as_it_was_and_its_lines_go_around_its_pixels(seed: int) -> None:
    mask = some_mask(seed)
    points = points_of_mask(mask)
    assert np.array_equal(mask_of_points(points, *mask.shape), mask)
    assert pixels_of_points(points) == mask.sum()
    lines = [np.array(line) for line in lines_of_mask(points)]
    assert np.array_equal(inside(lines, mask.shape), mask)


def test_a_ring_has_two_lines_and_parts_that_touch_at_a_corner_have_each_their_own() -> None:
    ring = np.ones((5, 6), bool)
    ring[2, 2:4] = False
    outer, hole = lines_of_mask(points_of_mask(ring))
    assert set(outer) == {(0, 0), (6, 0), (6, 5), (0, 5)}
    assert set(hole) == {(2, 2), (4, 2), (4, 3), (2, 3)}
    assert len(lines_of_mask(points_of_mask(np.eye(4, dtype=bool)))) == 4


def test_an_empty_mask_has_a_point_and_no_line() -> None:
    assert points_of_mask(np.zeros((3, 4), bool)) == NOTHING_OUTLINED
    assert lines_of_mask(NOTHING_OUTLINED) == ()
    assert not mask_of_points(NOTHING_OUTLINED, 3, 4).any()
    assert pixels_of_points(NOTHING_OUTLINED) == 0


def test_the_same_mask_gives_the_same_points_wherever_it_lies() -> None:
    small = some_mask(3)
    large = np.zeros((60, 70), bool)
    large[11 : 11 + small.shape[0], 7 : 7 + small.shape[1]] = small
    assert points_of_mask(large) == tuple((x + 7, y + 11) for x, y in points_of_mask(small))


def test_points_that_somebody_has_changed_give_a_mask_within_the_image() -> None:
    chance = Random(5)
    for _ in range(300):
        points = [
            (chance.choice((-1e300, 0.5, 3.0, 1e300)), chance.uniform(-9, 9))
            for _ in range(chance.randrange(1, 12))
        ]
        points += points[:1]
        assert mask_of_points(points, 5, 6).shape == (5, 6)


def test_a_correction_is_kept_in_a_file_with_the_model_that_it_corrects() -> None:
    one = Annotation("a", OUTLINE, points_of_mask(some_mask(4)), "d", "i", corrects="brain-mr-tumour 0.1.0")
    plain = Annotation("b", "length", ((0.0, 0.0), (1.0, 1.0)), "d", "i")
    assert from_json(as_json((one, plain))) == (one, plain)
    assert '"corrects"' not in as_json((plain,))
    with pytest.raises(ValueError, match="no name"):
        Annotation("a", OUTLINE, ((0.0, 0.0),), "d", "i", corrects="x" * 129)


def test_it_is_drawn_dashed_with_its_holes() -> None:
    mask = np.ones((5, 6), bool)
    mask[2, 2:4] = False
    one = Annotation("a", OUTLINE, points_of_mask(mask), "d", "i")
    shapes = primitives_of(one, one.points, has_label=False, has_handles=True)
    assert [type(shape) for shape in shapes] == [Polygon, Polygon]
    assert all(shape.is_dashed for shape in shapes)
