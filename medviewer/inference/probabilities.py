"""From a network's logits to probabilities."""

from __future__ import annotations

import numpy as np

from medviewer.errors import InvalidNumbersError
from medviewer.translation import mark


def calibrated(
    logits: np.typing.NDArray[np.float32], temperature: float, shift: tuple[float, ...] = ()
) -> np.typing.NDArray[np.float64]:
    """Return the softmax of (logits + shift) / temperature, (B, classes).

    () as shift leaves the logits as they are.

    Raises
    ------
    InvalidNumbersError
        A logit or a probability is no number.
    """
    if not np.isfinite(logits).all():
        raise InvalidNumbersError(where=mark("network's output"))
    shifted = logits.astype(np.float64) + np.asarray(shift) if shift else logits.astype(np.float64)
    scaled = shifted / temperature
    powers = np.exp(scaled - scaled.max(axis=1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=1, keepdims=True))
