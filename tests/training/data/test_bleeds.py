"""Made bleeds are brighter than brain and inside it.

Calcifications are small and white.
"""

import cv2
import numpy as np

from medviewer.inference.input.brain import BRAIN_GRAY
from medviewer.training.data.bleeds import filled_in, with_bleed, with_blood_of, with_calcifications


def brain() -> np.ndarray:
    """Return an ellipse of brain with some noise on black."""
    mask = np.zeros((160, 160), np.uint8)
    cv2.ellipse(mask, (80, 80), (60, 74), 0, 0, 360, 1, -1)
    noise = np.random.default_rng(1).normal(0, 0.04, mask.shape)
    return ((BRAIN_GRAY + noise) * mask).astype(np.float32)


def test_a_bleed_is_brighter_and_stays_in_the_brain() -> None:
    image = brain()
    made = [with_bleed(image, np.random.default_rng(seed)) for seed in range(40)]
    assert sum(one is not None for one in made) > 30
    for one in (one for one in made if one is not None):
        assert not one[image == 0].any()
        changed = (one - image) > 0.1
        assert 10 < changed.sum() < 0.4 * (image > 0).sum()
        assert one[changed].mean() > BRAIN_GRAY + 0.15
        assert one.min() >= 0
        assert one.max() <= 1


def test_some_bleeds_lie_at_the_bone_and_some_inside() -> None:
    image = brain()
    depth = cv2.distanceTransform((image > 0).astype(np.uint8), cv2.DIST_L2, 5)
    nearest = []
    for seed in range(60):
        made = with_bleed(image, np.random.default_rng(seed))
        if made is not None:
            nearest.append(float(depth[(made - image) > 0.15].min(initial=99)))
    assert min(nearest) < 3
    assert max(nearest[:60]) > 8


def test_where_there_is_no_brain_there_is_no_bleed() -> None:
    assert with_bleed(np.zeros((160, 160), np.float32), np.random.default_rng(0)) is None


def test_calcifications_are_few_and_white() -> None:
    image = brain()
    made = with_calcifications(image, np.random.default_rng(3))
    changed = np.abs(made - image) > 0.2
    assert 2 < changed.sum() < 200
    assert made.max() > 0.9
    empty = np.zeros((160, 160), np.float32)
    assert np.array_equal(with_calcifications(empty, np.random.default_rng(3)), empty)


def bleeding() -> tuple[np.ndarray, np.ndarray]:
    """Return a brain with a round bleed, and where it is."""
    image, marked = brain(), np.zeros((160, 160), np.float32)
    cv2.circle(marked, (60, 90), 14, 1.0, -1)
    return np.where(marked > 0, np.float32(0.8), image), marked


def test_blood_of_another_brain_is_laid_inside_and_marked_where_it_came_to_lie() -> None:
    image, (other, marked) = brain(), bleeding()
    laid = [with_blood_of(image, other, marked, np.random.default_rng(seed)) for seed in range(30)]
    assert sum(one is not None for one in laid) > 15
    middles = set()
    for bled, where in (one for one in laid if one is not None):
        assert not bled[image == 0].any()
        assert bled[where > 0].mean() > BRAIN_GRAY + 0.15
        assert (bled - image)[cv2.dilate(where, np.ones((9, 9))) == 0].max() < 0.3
        middles.add(tuple(np.argwhere(where).mean(axis=0).round().tolist()))
    assert len(middles) > 10


def test_a_brain_without_its_blood_is_as_gray_and_as_grainy_as_the_rest() -> None:
    image, marked = bleeding()
    clean = filled_in(image, marked, np.random.default_rng(3))
    inner = cv2.erode(marked, np.ones((7, 7))) > 0
    rest = (cv2.erode((image > 0).astype(np.float32), np.ones((25, 25))) > 0) & (marked == 0)
    assert abs(float(clean[inner].mean()) - float(BRAIN_GRAY)) < 0.06
    assert 0.4 < clean[inner].std() / clean[rest].std() < 1.8
    away = cv2.dilate(marked, np.ones((25, 25))) == 0
    assert np.array_equal(clean[away], image[away])
    assert not clean[image == 0].any()
