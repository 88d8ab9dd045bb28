"""Calibration of probabilities, and decision thresholds."""

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]

TEMPERATURES = (0.05, 20.0)  # beyond, the logits carry nothing


def softmax(logits: npt.NDArray[np.floating], temperature: float = 1.0) -> Array:
    """Return (N, classes) softmax of logits divided by the temperature."""
    scaled = np.asarray(logits, np.float64) / temperature
    scaled = scaled - scaled.max(axis=1, keepdims=True)
    exponential = np.exp(scaled)
    return np.asarray(exponential / exponential.sum(axis=1, keepdims=True), np.float64)


def negative_log_likelihood(
    logits: npt.NDArray[np.floating], labels: npt.NDArray[np.int64], temperature: float = 1.0
) -> float:
    """Return the mean of -log p(label)."""
    probabilities = softmax(logits, temperature)[np.arange(len(labels)), labels]
    return float(-np.log(probabilities.clip(1e-12)).mean())


def fit_temperature(logits: npt.NDArray[np.floating], labels: npt.NDArray[np.int64]) -> float:
    """Return the temperature of the smallest negative log likelihood.

    Guo et al., ICML 2017. Golden-section search on the logarithm of the temperature: the loss has one
    minimum in it.
    """
    low, high = np.log(TEMPERATURES[0]), np.log(TEMPERATURES[1])
    ratio = (np.sqrt(5) - 1) / 2
    while high - low > 1e-5:
        left, right = high - ratio * (high - low), low + ratio * (high - low)
        if negative_log_likelihood(logits, labels, np.exp(left)) < negative_log_likelihood(
            logits, labels, np.exp(right)
        ):
            high = right
        else:
            low = left
    return float(np.exp((low + high) / 2))


def threshold_for_sensitivity(
    probabilities: Array, positive: npt.NDArray[np.bool_], sensitivity: float
) -> float:
    """Return the highest threshold that reaches this sensitivity.

    An image is called where its probability is at or above the threshold.

    Raises
    ------
    ValueError
        There are no positive images.
    """
    scores = np.sort(probabilities[positive])[::-1]
    if not len(scores):
        raise ValueError("no positive pictures to choose a threshold by")
    needed = int(np.ceil(sensitivity * len(scores) - 1e-9))
    return float(scores[max(needed, 1) - 1])


def expected_calibration_error(confidence: Array, correct: npt.NDArray[np.bool_], bins: int = 15) -> float:
    """Return the calibration error over bins of equal width.

    Parameters
    ----------
    confidence : (N,) float
        Stated probabilities.
    correct : (N,) bool
        Whether what was stated came true.
    """
    place = np.minimum((confidence * bins).astype(np.int64), bins - 1)
    gap = np.bincount(place, weights=confidence - correct, minlength=bins)
    return float(np.abs(gap).sum() / len(confidence))


def reliability(
    confidence: Array, correct: npt.NDArray[np.bool_], bins: int = 15
) -> tuple[Array, Array, npt.NDArray[np.int64]]:
    """Return mean confidence, frequency and count of each bin.

    The first two are NaN for an empty bin. The bins are those of `expected_calibration_error`.
    """
    place = np.minimum((confidence * bins).astype(np.int64), bins - 1)
    counts = np.bincount(place, minlength=bins)
    with np.errstate(invalid="ignore"):
        means = np.bincount(place, weights=confidence, minlength=bins) / counts
        frequencies = np.bincount(place, weights=correct, minlength=bins) / counts
    return means, frequencies, counts.astype(np.int64)


def expected_calibration_error_95(
    confidence: Array, bins: int = 15, draws: int = 2000, seed: int = 0
) -> float:
    """Return the 95th percentile of the error under perfect calibration.

    Few images show a calibration error even where every probability is right.
    """
    rng = np.random.default_rng(seed)
    errors = [
        expected_calibration_error(confidence, rng.uniform(size=len(confidence)) < confidence, bins)
        for _ in range(draws)
    ]
    return float(np.percentile(errors, 95))
