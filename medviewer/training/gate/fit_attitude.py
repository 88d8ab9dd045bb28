"""Fit the planes that tell upright images from turned and inverted ones."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

import numpy as np
import numpy.typing as npt
from sklearn.linear_model import LogisticRegression

from medviewer.inference.gates import ATTITUDES, Attitude
from medviewer.training.gate.gather import Gray, Names
from medviewer.training.gate.trunk import Floats

PENALTY: Final = 3e-4
UPRIGHT_KEPT: Final = 0.99  # of the upright images of left-out sources
LEAST_DETECTED: Final = 0.9  # of each fault, below which a kind gets no planes
FEW: Final = 60
MAKE: Final[dict[str, Callable[[Gray], Gray]]] = {
    "upright": lambda image: image,
    "90": lambda image: np.ascontiguousarray(np.rot90(image)),
    "180": lambda image: np.ascontiguousarray(np.rot90(image, 2)),
    "270": lambda image: np.ascontiguousarray(np.rot90(image, 3)),
    "inverted": lambda image: np.subtract(255, image, dtype=np.uint8),
}


def fit_attitude(
    features: Mapping[str, Floats], source: Names, teaches: npt.NDArray[np.bool_]
) -> tuple[Attitude, dict[str, float]]:
    """Fit on the sources that may teach; judge on left-out sources.

    Parameters
    ----------
    features : mapping
        Attitude -> (N, P) features of the same N images, made to lie so.
    """
    found = {name: np.zeros((len(source), len(ATTITUDES)), np.float32) for name in ATTITUDES}
    judged = np.zeros(len(source), bool)
    for one, apart in _parts(source, teaches):
        planes = _fitted(features, one)
        judged |= apart
        for name in ATTITUDES:
            found[name][apart] = planes.probabilities(features[name][apart])
    fault = {name: 1 - values[judged, 0] for name, values in found.items()}
    most = float(np.quantile(fault["upright"], UPRIGHT_KEPT))
    shipped = replace(_fitted(features, teaches), most=most)
    return shipped, {name: float((values > most).mean()) for name, values in fault.items()}


def holds(detected: Mapping[str, float]) -> bool:
    """Return whether every fault is detected often enough in left-out sources."""
    return all(detected[name] >= LEAST_DETECTED for name in ATTITUDES[1:])


def _parts(
    source: Names, teaches: npt.NDArray[np.bool_]
) -> Sequence[tuple[npt.NDArray[np.bool_], npt.NDArray[np.bool_]]]:
    """Return pairs of rows to learn from and rows of a left-out source."""
    pairs = []
    for name in np.unique(source):
        rows = source == name
        if rows.sum() < FEW:
            continue
        others = teaches & ~rows
        if others.any():
            pairs.append((others, rows))
            continue
        even = np.cumsum(rows) % 2 == 0
        pairs += [(teaches & even, rows & ~even), (teaches & ~even, rows & even)]
    return pairs


def _fitted(features: Mapping[str, Floats], rows: npt.NDArray[Any]) -> Attitude:
    values = np.concatenate([features[name][rows] for name in ATTITUDES])
    labels = np.repeat(np.arange(len(ATTITUDES)), int(rows.sum()))
    mean = values.mean(axis=0)
    scale = values.std(axis=0) + 0.01 * float(values.std())
    planes = LogisticRegression(C=PENALTY, max_iter=300, tol=1e-3).fit((values - mean) / scale, labels)
    return Attitude(
        mean.astype(np.float32),
        scale.astype(np.float32),
        planes.coef_.astype(np.float16).astype(np.float32),
        planes.intercept_.astype(np.float32),
        most=1.0,
    )
