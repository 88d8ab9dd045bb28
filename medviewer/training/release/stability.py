"""Stability of the answers under another level or window."""

from typing import Any, Final

import numpy as np
import numpy.typing as npt

from medviewer.training.fit import CHANGES, CrossValidation
from medviewer.training.metrics import softmax

NEAR: Final = 2.0  # log odds from the threshold: what moves far away turns no call
COVERED: Final = 0.95  # of the movements near the threshold stay inside the band

Array = npt.NDArray[np.float64]


def stability_figures(
    cross: CrossValidation, shift: Array, temperature: float, threshold: float
) -> tuple[tuple[float, float], dict[str, Any]] | None:
    """Return the uncertain band around a threshold, and the turned calls.

    Parameters
    ----------
    shift, temperature, threshold
        As the card states them.

    Returns
    -------
    ((low, high), figures) or None
        None: the images were not judged again, or none lies near the threshold.
    """
    moved, positive = cross.rewindowed, cross.positive
    if moved is None or positive is None:
        return None
    before = _log_odds(cross.logits[moved.rows] + shift, temperature, positive)  # (M,)
    after = _log_odds(moved.logits + shift, temperature, positive)  # (changes, M)
    limit = float(np.log(threshold / (1 - threshold)))
    near = np.abs(before - limit) <= NEAR
    if not near.any():
        return None
    reach = float(np.quantile(np.abs(after - before)[:, near], COVERED))
    band = (_probability(limit - reach), _probability(limit + reach))
    turned = (after >= limit) != (before >= limit)
    uncertain = np.abs(before - limit) <= reach
    figures = {
        "changes": list(CHANGES),
        "n": len(before),
        "turned": float(turned.mean()),
        "turned_outside_uncertain": float(turned[:, ~uncertain].mean()) if (~uncertain).any() else 0.0,
        "uncertain": float(uncertain.mean()),
    }
    return band, figures


def _log_odds(logits: Array, temperature: float, positive: int) -> Array:
    shares = softmax(logits.reshape(-1, logits.shape[-1]), temperature)[:, positive].clip(1e-9, 1 - 1e-9)
    return np.asarray(np.log(shares / (1 - shares)).reshape(logits.shape[:-1]))


def _probability(log_odds: float) -> float:
    return float(1 / (1 + np.exp(-log_odds)))
