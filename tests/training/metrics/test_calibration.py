"""Temperature, threshold and calibration error on answers whose truth is known."""

import numpy as np
import pytest

from medviewer.training.metrics.calibration import (
    expected_calibration_error,
    expected_calibration_error_95,
    fit_temperature,
    negative_log_likelihood,
    reliability,
    softmax,
    threshold_for_sensitivity,
)


def _calibrated_logits(count: int, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Logits whose softmax is the true probability, and labels drawn from it."""
    rng = np.random.default_rng(seed)
    margin = rng.normal(0, 2, count)
    logits = np.stack([np.zeros(count), margin], axis=1)
    labels = (rng.uniform(size=count) < softmax(logits)[:, 1]).astype(np.int64)
    return logits, labels


@pytest.mark.parametrize("true_temperature", [0.5, 1.0, 3.0])
def test_the_temperature_that_was_put_in_is_found(true_temperature: float) -> None:
    logits, labels = _calibrated_logits(20_000)
    assert fit_temperature(logits * true_temperature, labels) == pytest.approx(true_temperature, rel=0.05)


def test_overconfident_logits_become_more_likely_and_better_calibrated() -> None:
    logits, labels = _calibrated_logits(4_000)
    overconfident = logits * 4
    temperature = fit_temperature(overconfident, labels)
    assert negative_log_likelihood(overconfident, labels, temperature) < negative_log_likelihood(
        overconfident, labels
    )
    positive = labels == 1
    before = expected_calibration_error(softmax(overconfident)[:, 1], positive)
    after = expected_calibration_error(softmax(overconfident, temperature)[:, 1], positive)
    assert after < before / 3


def test_very_large_logits_give_numbers() -> None:
    assert np.allclose(softmax(np.array([[1e4, 0.0], [0.0, -1e4]])), [[1, 0], [1, 0]])


def test_a_perfect_predictor_has_no_calibration_error() -> None:
    certain = np.array([0.0, 1.0, 1.0, 0.0])
    assert expected_calibration_error(certain, certain == 1) == 0
    assert expected_calibration_error_95(certain) == 0


def test_a_predictor_that_is_always_sure_and_half_right_is_off_by_a_half() -> None:
    assert expected_calibration_error(np.ones(100), np.arange(100) < 50) == pytest.approx(0.5)


def test_probabilities_that_come_true_stay_below_the_95th_percentile_most_times() -> None:
    rng = np.random.default_rng(5)
    confidence = rng.uniform(size=300)
    bound = expected_calibration_error_95(confidence)
    below = [
        expected_calibration_error(confidence, rng.uniform(size=300) < confidence) <= bound
        for _ in range(400)
    ]
    assert 0.91 < np.mean(below) < 0.985


@pytest.mark.parametrize(
    ("sensitivity", "expected"), [(1.0, 0.2), (0.75, 0.5), (0.7, 0.5), (0.5, 0.6), (0.01, 0.9)]
)
def test_the_threshold_is_the_highest_that_reaches_the_sensitivity(
    sensitivity: float, expected: float
) -> None:
    probabilities = np.array([0.9, 0.6, 0.5, 0.2, 0.95, 0.1])
    positive = np.array([True, True, True, True, False, False])
    threshold = threshold_for_sensitivity(probabilities, positive, sensitivity)
    assert threshold == expected
    assert (probabilities[positive] >= threshold).mean() >= sensitivity


def test_no_threshold_without_a_positive_image() -> None:
    with pytest.raises(ValueError, match="no positive"):
        threshold_for_sensitivity(np.array([0.5]), np.array([False]), 0.9)


def test_the_bins_of_a_reliability_diagram_hold_every_image_and_explain_the_error() -> None:
    rng = np.random.default_rng(3)
    confidence = rng.uniform(size=300)
    correct = rng.uniform(size=300) < confidence**2
    means, frequencies, counts = reliability(confidence, correct)
    assert counts.sum() == 300
    assert expected_calibration_error(confidence, correct) == pytest.approx(
        np.nansum(np.abs(means - frequencies) * counts) / 300
    )
