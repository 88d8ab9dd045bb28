"""Augmentation: bounded, repeatable, and off when it is off."""

import numpy as np

from medviewer.training.data.augmentation import Augmentation, augment

EVERYTHING = Augmentation(0.1, 0.2, 0.1, 20, True, 0.1, 0.05, 0.05, 1.0, 0.3)


def _picture() -> np.ndarray:
    picture = np.zeros((2, 32, 32), np.float32)
    picture[:, 8:24, 10:20] = 0.5
    picture[:, 8:12, 10:14] = 1.0
    return picture


def test_with_everything_off_nothing_changes() -> None:
    assert np.array_equal(augment(_picture(), Augmentation(), np.random.default_rng(0)), _picture())


def test_the_same_chance_gives_the_same_picture_and_another_another() -> None:
    first, again, other = (augment(_picture(), EVERYTHING, np.random.default_rng(seed)) for seed in (3, 3, 4))
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)


def test_values_stay_between_black_and_white_and_the_original_stays() -> None:
    picture = _picture()
    for seed in range(50):
        changed = augment(picture, EVERYTHING, np.random.default_rng(seed))
        assert changed.shape == picture.shape
        assert changed.dtype == np.float32
        assert changed.min() >= 0
        assert changed.max() <= 1
    assert np.array_equal(picture, _picture())


def test_mirroring_turns_left_and_right_about_the_middle() -> None:
    seen = {
        augment(_picture(), Augmentation(mirror=True), np.random.default_rng(s)).tobytes() for s in range(20)
    }
    assert seen == {_picture().tobytes(), np.ascontiguousarray(_picture()[:, :, ::-1]).tobytes()}


def test_air_stays_black_under_noise_and_exposure() -> None:
    changed = augment(_picture(), Augmentation(gain=0.2, offset=0.2, noise=0.2), np.random.default_rng(1))
    assert (changed[_picture() == 0] == 0).all()
    assert not np.array_equal(changed, _picture())
