"""Figures of folds and left-out sources, beside those of shortcuts."""

from collections.abc import Mapping
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from medviewer.training.comparison import TRIVIAL, macro_auc
from medviewer.training.data import LabeledImages
from medviewer.training.fit import CrossValidation, LeftOut, Recipe
from medviewer.training.metrics import (
    area_under_curve,
    bootstrap_by_group,
    expected_calibration_error,
    expected_calibration_error_95,
    softmax,
    stated,
)

DRAWS: Final = 500
DECIMALS: Final = 4

Labels = npt.NDArray[np.int64]
Array = npt.NDArray[np.float64]


def left_out_figures(
    recipe: Recipe,
    left_out: tuple[LeftOut, ...],
    shift: Array,
    temperature: float,
    threshold: float | None,
) -> dict[str, Any]:
    """Return the figures of each left-out source.

    Beside those of methods that know only shortcuts.

    Parameters
    ----------
    shift, temperature, threshold
        As the card states them: they were found within the sources that were learnt from.
    """
    return {one.source: _of_source(recipe, one, shift, temperature, threshold) for one in left_out}


def _of_source(
    recipe: Recipe, one: LeftOut, shift: Array, temperature: float, threshold: float | None
) -> dict[str, Any]:
    labels, positive = one.data.labels, recipe.positive_index
    probabilities = softmax(one.logits + shift, temperature)
    figures = {"by_released_network": one.by_released} | figures_elsewhere(
        one.data, probabilities, positive, threshold
    )
    everything = np.arange(len(labels))
    for row in TRIVIAL:
        fitted = row.fit(one.training.images, one.training.labels, one.training.group).fitted
        scores = fitted.scores(one.data.images)
        figures[row.name] = {"auc": _rounded(_area(scores, labels, positive, everything))}
    return figures


def figures_elsewhere(
    data: LabeledImages, probabilities: Array, positive: int | None, threshold: float | None
) -> dict[str, Any]:
    """Return the figures of one source that a network never saw.

    Parameters
    ----------
    data : LabeledImages
        Its images, N of them.
    probabilities : (N, classes) float64
        As the model states them.
    positive, threshold
        The class that the model calls at the threshold, where it has one.
    """
    labels = data.labels
    confidence, correct = stated(probabilities, labels, positive)
    interval = bootstrap_by_group(
        lambda rows: {"auc": _area(probabilities, labels, positive, rows)}, data.group, DRAWS
    )["auc"]
    figures: dict[str, Any] = {
        "n": len(labels),
        "groups": len(np.unique(data.group)),
        "of_class": {name: int((labels == place).sum()) for place, name in enumerate(data.class_names)},
        "auc": _rounded(_area(probabilities, labels, positive, np.arange(len(labels)))),
        "ece": _rounded(expected_calibration_error(confidence, correct)),
        "ece_95": _rounded(expected_calibration_error_95(confidence)),
    }
    if interval is not None:
        figures["auc_interval"] = [_rounded(end) for end in interval]
    if positive is not None and threshold is not None:
        called = probabilities[:, positive] >= threshold
        figures["sensitivity"] = _rounded(float(called[labels == positive].mean()))
        figures["specificity"] = _rounded(float((~called[labels != positive]).mean()))
    return figures


def holds_elsewhere(left_out: Mapping[str, Any]) -> bool:
    """Return whether sources that were left out bear the calibration out.

    Not where none was. Parameters are the figures of each source, as `left_out_figures` returns them.
    """
    return bool(left_out) and all(one["ece"] <= one["ece_95"] for one in left_out.values())


def _area(scores: Array, labels: Labels, positive: int | None, rows: Labels) -> float:
    if positive is None:
        return macro_auc(scores[rows], labels[rows])
    return area_under_curve(scores[rows, positive], labels[rows] == positive)


def within_figures(cross: CrossValidation) -> dict[str, Any]:
    """Return the figures of shortcuts in the same folds.

    The mean over the folds of the area under the curve, as `CrossValidation.figures` has it.
    """
    data, labels = cross.data, cross.data.labels
    found: dict[str, Any] = {}
    for row in TRIVIAL:
        areas = []
        for number in range(int(cross.fold.max()) + 1):
            judged = cross.fold == number
            training = data.chosen(~judged)
            fitted = row.fit(training.images, training.labels, training.group).fitted
            scores = fitted.scores(data.chosen(judged).images)
            if cross.positive is None:
                areas.append(macro_auc(scores, labels[judged]))
            else:
                areas.append(area_under_curve(scores[:, cross.positive], labels[judged] == cross.positive))
        found[row.name] = {"auc": _rounded(float(np.nanmean(areas)))}
    return found


def _rounded(value: float) -> float:
    return round(float(value), DECIMALS)
