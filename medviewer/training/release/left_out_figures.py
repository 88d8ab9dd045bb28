"""Figures of folds and left-out sources, beside those of shortcuts."""

from typing import Any, Final

import numpy as np
import numpy.typing as npt

from medviewer.training.comparison import TRIVIAL, macro_auc
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
    confidence, correct = stated(probabilities, labels, positive)

    def area(scores: Array, rows: Labels) -> float:
        if positive is None:
            return macro_auc(scores[rows], labels[rows])
        return area_under_curve(scores[rows, positive], labels[rows] == positive)

    everything = np.arange(len(labels))
    interval = bootstrap_by_group(lambda rows: {"auc": area(probabilities, rows)}, one.data.group, DRAWS)[
        "auc"
    ]
    figures: dict[str, Any] = {
        "n": len(labels),
        "groups": len(np.unique(one.data.group)),
        "of_class": {name: int((labels == place).sum()) for place, name in enumerate(recipe.class_names)},
        "by_released_network": one.by_released,
        "auc": _rounded(area(probabilities, everything)),
        "ece": _rounded(expected_calibration_error(confidence, correct)),
        "ece_95": _rounded(expected_calibration_error_95(confidence)),
    }
    if interval is not None:
        figures["auc_interval"] = [_rounded(end) for end in interval]
    if positive is not None and threshold is not None:
        called = probabilities[:, positive] >= threshold
        figures["sensitivity"] = _rounded(float(called[labels == positive].mean()))
        figures["specificity"] = _rounded(float((~called[labels != positive]).mean()))
    for row in TRIVIAL:
        fitted = row.fit(one.training.images, one.training.labels, one.training.group).fitted
        figures[row.name] = {"auc": _rounded(area(fitted.scores(one.data.images), everything))}
    return figures


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
