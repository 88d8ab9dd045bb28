"""Augmentation: bounded, repeatable, and off when it is off."""

import numpy as np

from medviewer.training.data.augmentation import Augmentation, augment

EVERYTHING = Augmentation(0.1, 0.2, 0.1, 20, True, 0.1, 0.05, 0.05, 1.0, 0.3)


def _image() -> np.ndarray:
    image = np.zeros((2, 32, 32), np.float32)
    image[:, 8:24, 10:20] = 0.5
    image[:, 8:12, 10:14] = 1.0
    return image


def test_with_everything_off_nothing_changes() -> None:
    assert np.array_equal(augment(_image(), Augmentation(), np.random.default_rng(0)), _image())


def test_the_same_chance_gives_the_same_image_and_another_another() -> None:
    first, again, other = (augment(_image(), EVERYTHING, np.random.default_rng(seed)) for seed in (3, 3, 4))
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)


def test_values_stay_between_black_and_white_and_the_original_stays() -> None:
    image = _image()
    for seed in range(50):
        changed = augment(image, EVERYTHING, np.random.default_rng(seed))
        assert changed.shape == image.shape
        assert changed.dtype == np.float32
        assert changed.min() >= 0
        assert changed.max() <= 1
    assert np.array_equal(image, _image())


def test_mirroring_turns_left_and_right_about_the_middle() -> None:
    seen = {
        augment(_image(), Augmentation(mirror=True), np.random.default_rng(s)).tobytes() for s in range(20)
    }
    assert seen == {_image().tobytes(), np.ascontiguousarray(_image()[:, :, ::-1]).tobytes()}


def test_air_stays_black_under_noise_and_exposure() -> None:
    changed = augment(_image(), Augmentation(gain=0.2, offset=0.2, noise=0.2), np.random.default_rng(1))
    assert (changed[_image() == 0] == 0).all()
    assert not np.array_equal(changed, _image())
