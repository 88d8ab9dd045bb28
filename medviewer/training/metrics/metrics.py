"""Metrics of an evaluation, with intervals by group."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from medviewer.inference.pack import RULE, neighbors_score
from medviewer.training.metrics.calibration import expected_calibration_error, expected_calibration_error_95

BOOTSTRAP_DRAWS = 2000

Array = npt.NDArray[np.float64]
Labels = npt.NDArray[np.int64]
Flat = dict[str, float]


def area_under_curve(scores: Array, positive: npt.NDArray[np.bool_]) -> float:
    """Return the area under the ROC curve by ranks, ties counted half.

    NaN where one class is absent.
    """
    positives = int(positive.sum())
    negatives = len(positive) - positives
    if not positives or not negatives:
        return float("nan")
    _, place, counts = np.unique(scores, return_inverse=True, return_counts=True)
    ranks = (np.cumsum(counts) - (counts - 1) / 2)[place]
    return float((ranks[positive].sum() - positives * (positives + 1) / 2) / (positives * negatives))


def average_precision(scores: Array, positive: npt.NDArray[np.bool_]) -> float:
    """Return the average precision, ties as one rank; NaN without positives."""
    if not positive.any():
        return float("nan")
    values, place = np.unique(-scores, return_inverse=True)
    hits = np.bincount(place, weights=positive, minlength=len(values))
    calls = np.bincount(place, minlength=len(values))
    precision = np.cumsum(hits) / np.cumsum(calls)
    return float((precision * hits).sum() / positive.sum())


def called_labels(probabilities: Array, positive: int | None, threshold: float | None) -> Labels:
    """Return the class called for each image.

    The positive one by the operating point, otherwise the most probable one.
    """
    if positive is None or threshold is None:
        return np.asarray(probabilities.argmax(axis=1), np.int64)
    others = probabilities.copy()
    others[:, positive] = -1.0
    return np.where(probabilities[:, positive] >= threshold, positive, others.argmax(axis=1)).astype(np.int64)


def confusion(labels: Labels, called: Labels, classes: int) -> npt.NDArray[np.int64]:
    """Return (classes, classes) counts.

    Rows are the truth, columns what was called.
    """
    table = np.bincount(labels * classes + called, minlength=classes * classes)
    return table.reshape(classes, classes).astype(np.int64)


def flat_figures(
    probabilities: Array, labels: Labels, called: Labels, class_names: Sequence[str], positive: int | None
) -> Flat:
    """Return all figures under flat names such as "recall.hemorrhage".

    NaN where one is not defined. For two classes `auc_macro` is the area of the positive one, and the
    calibration error is that of its probability; for more it is that of the most probable class.
    """
    classes = len(class_names)
    table = confusion(labels, called, classes).astype(np.float64)
    hits, truths, calls, count = np.diag(table), table.sum(axis=1), table.sum(axis=0), len(labels)
    with np.errstate(invalid="ignore", divide="ignore"):
        recall, precision = hits / truths, hits / calls
        specificity = (count - truths - calls + hits) / (count - truths)
    areas = [area_under_curve(probabilities[:, index], labels == index) for index in range(classes)]
    confidence, correct = stated(probabilities, labels, positive)
    truth = np.eye(classes)[labels]
    present, nan = ~np.isnan(recall), float("nan")
    figures = {
        "accuracy": float(hits.sum() / count),
        "balanced_accuracy": float(recall[present].mean()),
        "auc_macro": areas[positive] if positive is not None and classes == 2 else float(np.mean(areas)),
        "brier": float(((probabilities - truth) ** 2).sum(axis=1).mean() / (2 if classes == 2 else 1)),
        "ece": expected_calibration_error(confidence, correct),
    }
    for index, name in enumerate(class_names):
        figures[f"recall.{name}"] = float(recall[index])
        figures[f"precision.{name}"] = float(precision[index])
        figures[f"specificity.{name}"] = float(specificity[index])
        figures[f"f1.{name}"] = (
            float(2 * hits[index] / (truths[index] + calls[index])) if truths[index] else nan
        )
        figures[f"auc.{name}"] = areas[index]
        figures[f"average_precision.{name}"] = average_precision(probabilities[:, index], labels == index)
    return figures


def class_prevalences(
    labels: Labels, classes: int, positive: int | None = None, prevalence: float | None = None
) -> Array:
    """Return (classes,) shares that predictive values are computed for.

    Parameters
    ----------
    prevalence : float, optional
        The positive class's share; the other of two classes has the rest. Without a positive class among two,
        it is taken for each class against all others. None: the shares among these labels.
    """
    if prevalence is None:
        return np.bincount(labels, minlength=classes) / len(labels)
    shares = np.full(classes, prevalence)
    if classes == 2 and positive is not None:
        shares[1 - positive] = 1 - prevalence
    return shares


def predictive_values(labels: Labels, called: Labels, class_names: Sequence[str], prevalence: Array) -> Flat:
    """Return each class's predictive values at a prevalence (Bayes).

    Sensitivity and specificity are those of these rows; NaN where a class is never, or always, called or
    true.
    """
    classes = len(class_names)
    table = confusion(labels, called, classes).astype(np.float64)
    hits, truths, calls = np.diag(table), table.sum(axis=1), table.sum(axis=0)
    with np.errstate(invalid="ignore", divide="ignore"):
        sensitivity = hits / truths
        specificity = (len(labels) - truths - calls + hits) / (len(labels) - truths)
        right, false = sensitivity * prevalence, (1 - specificity) * (1 - prevalence)
        missed, clear = (1 - sensitivity) * prevalence, specificity * (1 - prevalence)
        positive_value, negative_value = right / (right + false), clear / (clear + missed)
    figures = {f"ppv.{name}": float(positive_value[index]) for index, name in enumerate(class_names)}
    return figures | {f"npv.{name}": float(negative_value[index]) for index, name in enumerate(class_names)}


def stated(probabilities: Array, labels: Labels, positive: int | None) -> tuple[Array, npt.NDArray[np.bool_]]:
    """Return each image's displayed probability, and if it came true."""
    if positive is not None and probabilities.shape[1] == 2:
        return probabilities[:, positive], labels == positive
    top = probabilities.argmax(axis=1)
    return probabilities.max(axis=1), labels == top


def bootstrap_by_group(
    figure: Callable[[npt.NDArray[np.int64]], Mapping[str, float]],
    group: npt.NDArray[np.str_],
    draws: int = BOOTSTRAP_DRAWS,
    seed: int = 0,
) -> dict[str, tuple[float, float] | None]:
    """Return 95 % percentile intervals by bootstrap over whole groups.

    Parameters
    ----------
    figure : callable
        Takes row indices, with repeats, and returns named figures; NaN draws are left out.
    group : (N,) str
        Images of one group are not independent; only groups are drawn.
    """
    rng = np.random.default_rng(seed)
    _, member = np.unique(group, return_inverse=True)
    rows = [np.flatnonzero(member == index) for index in range(int(member.max()) + 1)]
    values: dict[str, list[float]] = {}
    for _ in range(draws):
        drawn = rng.integers(0, len(rows), len(rows))
        for name, value in figure(np.concatenate([rows[index] for index in drawn])).items():
            values.setdefault(name, []).append(value)
    return {name: _interval(np.array(drawn)) for name, drawn in values.items()}


def _interval(values: Array) -> tuple[float, float] | None:
    defined = values[~np.isnan(values)]
    if not len(defined):
        return None
    low, high = np.percentile(defined, [2.5, 97.5])
    return float(low), float(high)


def report(
    probabilities: Array,
    labels: Labels,
    called: Labels,
    group: npt.NDArray[np.str_],
    class_names: Sequence[str],
    positive: int | None,
    draws: int = BOOTSTRAP_DRAWS,
    prevalence: float | None = None,
) -> dict[str, Any]:
    """Return the nested metrics of `medviewer evaluate --json`.

    Intervals are by group. Predictive values ("ppv", "npv") are those at "prevalence", which is the same
    in every draw of the bootstrap: the one given, or that of these images.
    """
    shares = class_prevalences(labels, len(class_names), positive, prevalence)

    def figure(rows: npt.NDArray[np.int64]) -> Flat:
        truth, calls = labels[rows], called[rows]
        values = predictive_values(truth, calls, class_names, shares)
        return flat_figures(probabilities[rows], truth, calls, class_names, positive) | values

    nested: dict[str, Any] = {
        "n": len(labels),
        "prevalence": dict(zip(class_names, map(float, shares), strict=True)),
        "prevalence_from": "the data" if prevalence is None else "the option",
    }
    for name, value in figure(np.arange(len(labels))).items():
        outer, _, inner = name.partition(".")
        number = None if np.isnan(value) else value
        if inner:
            nested.setdefault(outer, {})[inner] = number
        else:
            nested[outer] = number
    confidence, _ = stated(probabilities, labels, positive)
    nested["ece_95"] = expected_calibration_error_95(confidence)
    nested["confusion"] = confusion(labels, called, len(class_names)).tolist()
    intervals = bootstrap_by_group(figure, group, draws)
    nested["intervals"] = {name: list(ends) if ends else None for name, ends in intervals.items()}
    nested["groups"] = len(np.unique(group))
    return nested


def series_scores(
    probability: Array,
    positive: npt.NDArray[np.bool_],
    group: npt.NDArray[np.str_],
    order: npt.NDArray[np.int64],
) -> tuple[Array, npt.NDArray[np.bool_], npt.NDArray[np.str_]]:
    """Return score, truth and group of each series by `series_rule`.

    A series' truth is whether any of its slices is positive. One that has only one slice is scored by it.
    """
    names = np.unique(group)
    scores, truth = np.zeros(len(names)), np.zeros(len(names), bool)
    for index, name in enumerate(names):
        rows = np.flatnonzero(group == name)
        values = probability[rows[np.argsort(order[rows], kind="stable")]].tolist()
        found = neighbors_score(values)
        scores[index] = values[0] if found is None else found[0]
        truth[index] = positive[rows].any()
    return scores, truth, names


def series_report(
    probability: Array,
    positive: npt.NDArray[np.bool_],
    group: npt.NDArray[np.str_],
    order: npt.NDArray[np.int64],
    threshold: float,
    draws: int = BOOTSTRAP_DRAWS,
) -> dict[str, Any]:
    """Return the metrics of whole series.

    One is called where two neighboring slices reach the threshold.
    """
    scores, truth, names = series_scores(probability, positive, group, order)

    def figure(rows: npt.NDArray[np.int64]) -> Flat:
        called, bleeding = scores[rows] >= threshold, truth[rows]
        return {
            "sensitivity": float(called[bleeding].mean()) if bleeding.any() else float("nan"),
            "false_positive_rate": float(called[~bleeding].mean()) if (~bleeding).any() else float("nan"),
            "auc": area_under_curve(scores[rows], bleeding),
        }

    values_of = figure(np.arange(len(names)))
    intervals = bootstrap_by_group(figure, names, draws)
    return {
        "rule": RULE,
        "threshold": threshold,
        "n": len(names),
        "positive": int(truth.sum()),
        **{name: None if np.isnan(value) else value for name, value in values_of.items()},
        "intervals": {name: list(ends) if ends else None for name, ends in intervals.items()},
    }
