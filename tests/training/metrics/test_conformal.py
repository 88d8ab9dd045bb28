"""Conformal sets hold the true class as often as they say, whatever the model."""

import numpy as np
import pytest

from medviewer.training.metrics import coverages, least_probabilities

NAMES = ("none", "benign", "malignant")


def drawn(count: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Return probabilities of a weak model, and the truth."""
    rng = np.random.default_rng(seed)
    labels = rng.choice(3, count, p=[0.2, 0.5, 0.3])
    logits = rng.normal(size=(count, 3)) + 1.2 * np.eye(3)[labels]
    powers = np.exp(logits)
    return powers / powers.sum(axis=1, keepdims=True), labels.astype(np.int64)


def test_every_class_is_covered_as_stated_on_other_images() -> None:
    least = least_probabilities(*drawn(4000, 0), NAMES, 0.9)
    found = coverages(*drawn(4000, 1), NAMES, least)
    for name in NAMES:
        assert found[name] == pytest.approx(0.9, abs=0.03)
    assert 0.3 < found["cannot_tell"] < 0.95  # a weak model often cannot tell


def test_a_set_has_the_classes_that_are_likely_enough() -> None:
    probabilities = np.array(
        [[0.9, 0.05, 0.05], [0.0, 0.6, 0.4], [0.15, 0.25, 0.05]]
    )  # sets of one, two and none
    least = {"none": 0.2, "benign": 0.3, "malignant": 0.1}
    found = coverages(probabilities, np.array([0, 2, 1], np.int64), NAMES, least)
    assert found == {"none": 1.0, "benign": 0.0, "malignant": 1.0, "cannot_tell": pytest.approx(2 / 3)}


def test_too_few_images_of_a_class_leave_it_in_every_set() -> None:
    probabilities = np.array([[0.9, 0.1]] * 5 + [[0.2, 0.8]] * 40)
    labels = np.array([0] * 5 + [1] * 40)
    least = least_probabilities(probabilities, labels, ("a", "b"), 0.9)
    assert least == {"a": 0.0, "b": 0.8}


def test_a_coverage_that_is_none_is_refused() -> None:
    with pytest.raises(ValueError, match="coverage 1"):
        least_probabilities(np.ones((2, 1)), np.zeros(2, np.int64), ("a",), 1)
