"""Thresholds of a model, from images that its networks did not learn from.

They are for slices, with the band in which a call is uncertain, for whole series, and for each population.
"""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

import numpy as np
import numpy.typing as npt

from medviewer.errors import DataError
from medviewer.inference.pack import Population
from medviewer.training.data import LabeledImages
from medviewer.training.fit import Recipe, fit_shift
from medviewer.training.metrics import (
    area_under_curve,
    expected_calibration_error,
    expected_calibration_error_95,
    fit_temperature,
    series_report,
    series_scores,
    softmax,
    stated,
    threshold_for_sensitivity,
)


def decisions(
    recipe: Recipe, judged: LabeledImages, logits: npt.NDArray[np.float64], temperature: float
) -> dict[str, Any]:
    """Choose the thresholds.

    They are for slices, for whole series where the recipe wants it, and for each population.
    """
    decided: dict[str, Any] = {}
    if recipe.positive_index is not None:
        probabilities = softmax(logits, temperature)
        decided["operating_point"] = _operating_point(recipe, judged.labels, probabilities)
        if recipe.series_sensitivity:
            decided["series"] = _series_point(recipe, judged, probabilities[:, recipe.positive_index])
    if recipe.populations:
        decided["population"] = [_population(recipe, each, judged, logits) for each in recipe.populations]
    return decided


def _series_point(
    recipe: Recipe, judged: LabeledImages, probability: npt.NDArray[np.float64]
) -> dict[str, Any]:
    """Choose the threshold of the rule for whole series.

    Its figures stand until a test's replace them.

    Raises
    ------
    DataError
        The data does not say how slices follow one another, or all its series are alike.
    """
    if recipe.series_sources:
        whole = np.isin(judged.domain, recipe.series_sources)
        judged, probability = judged.chosen(whole), probability[whole]
    positive = judged.labels == recipe.positive_index
    if (judged.order < 0).any():
        raise DataError(path=judged.name, detail="there is no order of slices to judge whole series by")
    scores, truth, _ = series_scores(probability, positive, judged.group, judged.order)
    if truth.all() or not truth.any():
        raise DataError(path=judged.name, detail="a rule for whole series needs some with and some without")
    threshold = threshold_for_sensitivity(scores, truth, recipe.series_sensitivity)
    threshold = float(np.nextafter(np.float32(threshold), np.float32(0)))
    reached = series_report(probability, positive, judged.group, judged.order, threshold)
    return series_facts(reached) | {"spacing_mm": list(recipe.series_spacing_mm)}


def series_facts(report: Mapping[str, Any]) -> dict[str, Any]:
    """Return the entries of a card's rule for whole series."""
    intervals = report["intervals"]
    facts: dict[str, Any] = without_none(
        {
            "threshold": report["threshold"],
            "rule": report["rule"],
            "sensitivity": report["sensitivity"],
            "false_positive_rate": report["false_positive_rate"],
            "n": report["n"],
            "positive": report["positive"],
            "sensitivity_interval": intervals["sensitivity"],
            "false_positive_rate_interval": intervals["false_positive_rate"],
        }
    )
    return facts


def _operating_point(
    recipe: Recipe, labels: npt.NDArray[np.int64], probabilities: npt.NDArray[np.float64]
) -> dict[str, float]:
    """Choose the threshold on the calibration images.

    Its figures stand until a test's replace them.
    """
    positive = labels == recipe.positive_index
    score = probabilities[:, recipe.positive_index or 0]
    threshold = threshold_for_sensitivity(score, positive, recipe.sensitivity)
    # a hair below, so that the image it was taken from is called on every machine
    threshold = float(np.nextafter(np.float32(threshold), np.float32(0)))
    return {
        "threshold": threshold,
        "sensitivity": float((score[positive] >= threshold).mean()),
        "specificity": float((score[~positive] < threshold).mean()),
    }


def _population(
    recipe: Recipe, population: Population, judged: LabeledImages, logits: npt.NDArray[np.float64]
) -> dict[str, Any]:
    """Calibrate for one population alone: its own temperature and threshold.

    Raises
    ------
    DataError
        It has no images.
    """
    rows = judged.domain == population.domain
    if not rows.any():
        raise DataError(path=judged.name, detail=f'no picture has the domain "{population.domain}"')
    labels, own = judged.labels[rows], logits[rows]
    shift = fit_shift(own, labels) if recipe.class_shift else np.zeros(0)
    own = own + shift if recipe.class_shift else own
    temperature = fit_temperature(own, labels)
    probabilities = softmax(own, temperature)
    confidence, correct = stated(probabilities, labels, recipe.positive_index)
    facts: dict[str, Any] = without_none(asdict(population)) | {
        "temperature": temperature,
        "shift": shift.tolist(),
        "figures": {
            "cross_validation": {
                "n": int(rows.sum()),
                "groups": len(np.unique(judged.group[rows])),
                "ece": expected_calibration_error(confidence, correct),
                "ece_95": expected_calibration_error_95(confidence),
            }
        },
    }
    if recipe.positive_index is not None:
        positive = labels == recipe.positive_index
        area = area_under_curve(probabilities[:, recipe.positive_index], positive)
        facts["figures"]["cross_validation"]["auc"] = area
        facts["operating_point"] = _operating_point(recipe, labels, probabilities)
    return facts


def without_none(value: Any) -> Any:
    """Return a table without the entries that are None, which TOML has not."""
    if isinstance(value, Mapping):
        return {key: without_none(inner) for key, inner in value.items() if inner is not None}
    return value
