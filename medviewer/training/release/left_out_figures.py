"""Figures of folds and left-out sources, beside those of shortcuts."""

from collections.abc import Mapping
from math import isnan
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from medviewer.training.comparison import TRIVIAL, macro_auc
from medviewer.training.data import LabeledImages
from medviewer.training.fit import (
    CrossValidation,
    LeftOut,
    Recipe,
    fit_shift,
    outlines_by_sequence,
    rows_by_sequence,
)
from medviewer.training.metrics import (
    COVERAGE,
    area_under_curve,
    bootstrap_by_group,
    coverages,
    expected_calibration_error,
    expected_calibration_error_95,
    fit_temperature,
    least_probabilities,
    softmax,
    stated,
    threshold_for_sensitivity,
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
        area = {"auc": _rounded(_area(scores, labels, positive, everything))}
        figures[row.name] = area | _against(one.data, scores, positive)
    if one.outlines is not None:
        figures["outline"] = outlines_by_sequence(one.outlines, one.data)
    return _defined(figures)


def _defined(figures: Mapping[str, Any]) -> dict[str, Any]:
    """Return the figures that there are: a source may lack a class."""
    inner = {
        name: _defined(value) if isinstance(value, Mapping) else value for name, value in figures.items()
    }
    return {name: value for name, value in inner.items() if not (isinstance(value, float) and isnan(value))}


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
    figures |= _against(data, probabilities, positive)
    if interval is not None:
        figures["auc_interval"] = [_rounded(end) for end in interval]
    if positive is not None and threshold is not None:
        called = probabilities[:, positive] >= threshold
        figures["sensitivity"] = _rounded(float(called[labels == positive].mean()))
        if (labels != positive).any():
            figures["specificity"] = _rounded(float((~called[labels != positive]).mean()))
    return figures


def figures_by_source(recipe: Recipe, cross: CrossValidation) -> dict[str, Any]:
    """Return the figures of each source where the folds are the sources.

    Calibration and threshold are found on the other sources, by what the networks said that had not seen
    those, so that nothing of a source decides about its own figures.
    """
    found = {}
    for number, source in enumerate(np.unique(cross.data.domain)):
        judged = cross.fold == number
        data, training = cross.data.chosen(judged), cross.data.chosen(~judged)
        said, labels = cross.logits[~judged], training.labels
        shift = fit_shift(said, labels) if recipe.class_shift else np.zeros(said.shape[1])
        temperature = fit_temperature(said + shift, labels)
        threshold = None
        if recipe.positive_index is not None:
            scores = softmax(said + shift, temperature)[:, recipe.positive_index]
            threshold = threshold_for_sensitivity(scores, labels == recipe.positive_index, recipe.sensitivity)
        one = LeftOut(
            str(source), training, data, cross.logits[judged], str(source) == recipe.released_without
        )
        found[str(source)] = _of_source(recipe, one, shift, temperature, threshold)
        found[str(source)] |= _by_sequence(recipe, data, softmax(one.logits + shift, temperature), threshold)
        if cross.outlines is not None:
            found[str(source)]["outline"] = outlines_by_sequence(cross.outlines.chosen(judged), data)
    return found


def _by_sequence(
    recipe: Recipe, data: LabeledImages, probabilities: Array, threshold: float | None
) -> dict[str, Any]:
    """Return the figures of each sequence, where the data names several."""
    found = {}
    for name, rows in rows_by_sequence(data).items():
        figures = figures_elsewhere(data.chosen(rows), probabilities[rows], recipe.positive_index, threshold)
        found[name] = figures
    return {"sequence": found} if found else {}


def conformal_figures(
    recipe: Recipe, cross: CrossValidation, shift: Array, temperature: float
) -> dict[str, Any]:
    """Return the conformal sets of a card and their coverage.

    The least probabilities come from all folds. The coverage of each fold is found with those of the others.

    Parameters
    ----------
    shift, temperature
        As the card states them.
    """
    names, labels = recipe.class_names, cross.data.labels
    probabilities = softmax(cross.logits + shift, temperature)
    sources = np.unique(cross.data.domain) if recipe.validation.by_source else None
    reached = {}
    for number in range(int(cross.fold.max()) + 1):
        judged = cross.fold == number
        least = least_probabilities(probabilities[~judged], labels[~judged], names)
        found = coverages(probabilities[judged], labels[judged], names, least)
        title = f"fold {number + 1}" if sources is None else str(sources[number])
        reached[title] = {name: _rounded(value) for name, value in found.items()}
    least = least_probabilities(probabilities, labels, names)
    return {"coverage": COVERAGE, "least": least, "reached": reached}


def source_figures(
    cross: CrossValidation, shift: Array, temperature: float, point: Mapping[str, Any]
) -> dict[str, Any]:
    """Return the figures of each of several sources in folds by patient.

    Those of the outlines that are drawn there are added; {} where there is one source alone.

    Parameters
    ----------
    point : mapping
        The operating point, {} where there is none.
    """
    data, found = cross.data, {}
    probabilities = softmax(cross.logits + shift, temperature)
    for source in np.unique(data.domain):
        rows = data.domain == source
        part = data.chosen(rows)
        if len(np.unique(part.labels)) < len(data.class_names):
            continue
        found[str(source)] = figures_elsewhere(
            part, probabilities[rows], cross.positive, point.get("threshold")
        )
        if cross.outlines is not None:
            found[str(source)]["outline"] = outlines_by_sequence(cross.outlines.chosen(rows), part)
    return {"source": found} if len(found) > 1 else {}


def holds_elsewhere(left_out: Mapping[str, Any]) -> bool:
    """Return whether sources that were left out bear the calibration out.

    Not where none was. Parameters are the figures of each source, as `left_out_figures` returns them.
    """
    return bool(left_out) and all(one["ece"] <= one["ece_95"] for one in left_out.values())


def _against(data: LabeledImages, scores: Array, positive: int | None) -> dict[str, Any]:
    """Return the area of the positive class against each of several others."""
    if positive is None or len(data.class_names) < 3:
        return {}
    areas = {}
    for place, name in enumerate(data.class_names):
        rows = np.flatnonzero((data.labels == positive) | (data.labels == place))
        area = _area(scores, data.labels, positive, rows)
        if place != positive and not np.isnan(area):
            areas[name] = _rounded(area)
    return {"auc_against": areas}


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
