"""A shift of the classes' logits puts wrong frequencies right, and leaves right ones alone."""

import numpy as np
import pytest

from medviewer.training.fit.class_shift import fit_shift
from medviewer.training.metrics.calibration import fit_temperature, negative_log_likelihood, softmax

TRUE_SHIFT = np.array([-0.9, 0.2, 0.7])


def drawn(count: int = 6000) -> tuple[np.ndarray, np.ndarray]:
    """Return logits and labels drawn from their probabilities."""
    rng = np.random.default_rng(1)
    logits = rng.normal(0, 2, (count, 3))
    chance = rng.random((count, 1))
    labels = (softmax(logits).cumsum(axis=1) < chance).sum(axis=1).clip(0, 2)
    return logits, labels.astype(np.int64)


def test_a_shift_of_the_logits_is_found_again() -> None:
    logits, labels = drawn()
    found = fit_shift((logits - TRUE_SHIFT) * 1.5, labels)  # overconfident besides
    assert found == pytest.approx(TRUE_SHIFT * 1.5, abs=0.15)
    corrected = (logits - TRUE_SHIFT) * 1.5 + found
    assert fit_temperature(corrected, labels) == pytest.approx(1.5, abs=0.1)
    assert negative_log_likelihood(corrected, labels, 1.5) == pytest.approx(
        negative_log_likelihood(logits, labels), abs=0.01
    )


def test_logits_that_are_right_are_not_shifted() -> None:
    assert np.abs(fit_shift(*drawn())).max() < 0.1
