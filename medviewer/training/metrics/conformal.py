"""Sets of classes that hold the true one with a stated coverage.

Class-conditional conformal prediction (V. Vovk, Machine Learning 92, 2013; A. Angelopoulos and S. Bates,
Foundations and Trends in Machine Learning 16, 2023): a class is in the set where its probability is at least
as high as that of nearly all calibration images of the class. A set of one class is an answer; of none, or of
several, it says that the model cannot tell.
"""

from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np
import numpy.typing as npt

from medviewer.training.metrics.calibration import Array

COVERAGE: Final = 0.9


def least_probabilities(
    probabilities: Array, labels: npt.NDArray[np.int64], names: Sequence[str], coverage: float = COVERAGE
) -> dict[str, float]:
    """Return the least probability of each class that puts it into a set.

    Parameters
    ----------
    probabilities : (N, classes) float
        Of calibration images, by networks that did not learn from them.
    labels : (N,) int64
        Their classes.
    coverage : float
        Share of the images of each class whose set is to hold their class, at least.

    Returns
    -------
    dict
        By name; 0 where too few images of a class allow no other, so that it is in every set.

    Raises
    ------
    ValueError
        The coverage is not between 0 and 1.
    """
    if not 0 < coverage < 1:
        raise ValueError(f"coverage {coverage}")
    least = {}
    for place, name in enumerate(names):
        own = np.sort(probabilities[labels == place, place])
        outside = int(np.floor((1 - coverage) * (len(own) + 1) + 1e-9))  # so many may lie below
        least[name] = float(own[outside - 1]) if outside else 0.0
    return least


def coverages(
    probabilities: Array, labels: npt.NDArray[np.int64], names: Sequence[str], least: Mapping[str, float]
) -> dict[str, float]:
    """Return the share of each class's images whose set holds it.

    And under "cannot_tell" the share of all images whose set has not just one class. Classes without an image
    are left out.
    """
    inside = probabilities >= np.array([least[name] for name in names])
    found = {
        name: float(inside[labels == place, place].mean())
        for place, name in enumerate(names)
        if (labels == place).any()
    }
    return found | {"cannot_tell": float((inside.sum(axis=1) != 1).mean())}
