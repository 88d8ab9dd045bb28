"""Figures against scikit-learn, and intervals by group."""

import numpy as np
import pytest
from sklearn import metrics

from medviewer.training.metrics import metrics as figures


def _answers(classes: int, count: int = 200, seed: int = 1) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    labels = rng.integers(0, classes, count)
    raw = rng.uniform(size=(count, classes)).round(2) + 0.5 * np.eye(classes)[labels]  # rounded: ties
    return raw / raw.sum(axis=1, keepdims=True), labels


def test_two_class_figures_agree_with_scikit_learn() -> None:
    probabilities, labels = _answers(2)
    called = figures.called_labels(probabilities, positive=1, threshold=0.4)
    assert np.array_equal(called, (probabilities[:, 1] >= 0.4).astype(int))
    ours = figures.flat_figures(probabilities, labels, called, ("no", "yes"), 1)
    assert ours["accuracy"] == pytest.approx(metrics.accuracy_score(labels, called))
    assert ours["balanced_accuracy"] == pytest.approx(metrics.balanced_accuracy_score(labels, called))
    assert ours["recall.yes"] == pytest.approx(metrics.recall_score(labels, called))
    assert ours["specificity.yes"] == pytest.approx(metrics.recall_score(labels, called, pos_label=0))
    assert ours["precision.yes"] == pytest.approx(metrics.precision_score(labels, called))
    assert ours["auc_macro"] == pytest.approx(metrics.roc_auc_score(labels, probabilities[:, 1]))
    assert ours["brier"] == pytest.approx(metrics.brier_score_loss(labels, probabilities[:, 1]))


def test_three_class_figures_agree_with_scikit_learn() -> None:
    probabilities, labels = _answers(3)
    called = figures.called_labels(probabilities, None, None)
    ours = figures.flat_figures(probabilities, labels, called, ("a", "b", "c"), None)
    assert ours["balanced_accuracy"] == pytest.approx(metrics.balanced_accuracy_score(labels, called))
    for index, recall in enumerate(metrics.recall_score(labels, called, average=None)):
        assert ours[f"recall.{'abc'[index]}"] == pytest.approx(recall)
    assert ours["auc_macro"] == pytest.approx(metrics.roc_auc_score(labels, probabilities, multi_class="ovr"))
    assert np.array_equal(figures.confusion(labels, called, 3), metrics.confusion_matrix(labels, called))


def test_tied_scores_count_half() -> None:
    scores = np.array([0.2, 0.5, 0.5, 0.5, 0.9])
    positive = np.array([False, True, False, True, True])
    assert figures.area_under_curve(scores, positive) == pytest.approx(
        metrics.roc_auc_score(positive, scores)
    )


def test_an_area_without_both_classes_is_not_a_number() -> None:
    assert np.isnan(figures.area_under_curve(np.array([0.1, 0.2]), np.array([True, True])))


def test_the_bootstrap_draws_whole_groups() -> None:
    group = np.repeat(["a", "b", "c"], [5, 3, 2])
    drawn: list[np.ndarray] = []

    def figure(rows: np.ndarray) -> dict[str, float]:
        drawn.append(rows)
        return {"n": float(len(rows))}

    figures.bootstrap_by_group(figure, group, draws=50)
    for rows in drawn:
        counts = np.bincount(rows, minlength=10)
        for name in "abc":
            assert len(set(counts[group == name])) == 1, "a group was torn apart"
    assert len({tuple(rows) for rows in drawn}) > 5


def test_few_groups_make_a_wider_interval_than_independent_images() -> None:
    rng = np.random.default_rng(0)
    right = np.repeat(rng.uniform(size=20) < 0.7, 10).astype(float)  # a group is right or wrong as a whole

    def figure(rows: np.ndarray) -> dict[str, float]:
        return {"accuracy": float(right[rows].mean())}

    by_group = figures.bootstrap_by_group(figure, np.repeat(np.arange(20).astype(str), 10))["accuracy"]
    alone = figures.bootstrap_by_group(figure, np.arange(200).astype(str))["accuracy"]
    assert by_group is not None
    assert alone is not None
    assert by_group[1] - by_group[0] > 2 * (alone[1] - alone[0])


def test_the_report_nests_figures_and_their_intervals() -> None:
    probabilities, labels = _answers(2)
    called = figures.called_labels(probabilities, 1, 0.5)
    report = figures.report(
        probabilities, labels, called, np.repeat(np.arange(20).astype(str), 10), ("no", "yes"), 1, draws=200
    )
    assert report["n"] == 200
    assert report["groups"] == 20
    low, high = report["intervals"]["auc_macro"]
    assert low < report["auc_macro"] == report["auc"]["yes"] < high
    assert np.sum(report["confusion"]) == 200
    assert report["ece"] > 0
    assert 0 < report["ece_95"] < 0.2


def test_a_figure_that_is_not_defined_is_null_and_not_a_number_that_json_lacks() -> None:
    probabilities = np.array([[0.9, 0.1], [0.8, 0.2]])
    labels = np.array([0, 0])
    report = figures.report(probabilities, labels, labels, np.array(["a", "b"]), ("no", "yes"), 1, draws=10)
    assert report["auc_macro"] is None
    assert report["recall"]["yes"] is None
    assert report["intervals"]["auc_macro"] is None


def test_a_series_is_called_by_two_neighbors_in_order_of_position() -> None:
    group = np.array(["a"] * 4 + ["b"] * 4 + ["c"])
    order = np.array([3, 1, 2, 4, 1, 2, 3, 4, 1])
    #      a: in order .1 .9 .8 .1 -> .8   b: .9 .1 .9 .1 -> .1   c: one slice -> .7
    probability = np.array([0.8, 0.1, 0.9, 0.1, 0.9, 0.1, 0.9, 0.1, 0.7])
    positive = np.array([False, False, True, False, False, False, False, False, False])
    report = figures.series_report(probability, positive, group, order, threshold=0.75, draws=50)
    assert report["n"] == 3
    assert report["positive"] == 1
    assert report["sensitivity"] == 1
    assert report["false_positive_rate"] == 0
    assert report["auc"] == 1
    assert figures.series_report(probability, positive, group, order, 0.7, 50)["false_positive_rate"] == 0.5


def test_average_precision_and_f1_are_those_of_scikit_learn() -> None:
    rng = np.random.default_rng(3)
    labels = (rng.uniform(size=200) < 0.3).astype(np.int64)
    score = (labels * 0.3 + rng.uniform(size=200)).round(2) / 1.3  # with ties
    probabilities = np.column_stack([1 - score, score])
    called = (score >= 0.5).astype(np.int64)
    ours = figures.flat_figures(probabilities, labels, called, ("no", "yes"), 1)
    assert ours["average_precision.yes"] == pytest.approx(metrics.average_precision_score(labels, score))
    assert ours["f1.yes"] == pytest.approx(metrics.f1_score(labels, called))
    assert ours["f1.no"] == pytest.approx(metrics.f1_score(1 - labels, 1 - called))


def test_a_class_that_is_absent_has_no_f1_and_no_average_precision() -> None:
    probabilities = np.full((4, 2), 0.5)
    ours = figures.flat_figures(probabilities, np.zeros(4, np.int64), np.zeros(4, np.int64), ("no", "yes"), 1)
    assert np.isnan(ours["f1.yes"])
    assert np.isnan(ours["average_precision.yes"])


def test_predictive_values_at_the_prevalence_of_the_data_are_what_was_counted() -> None:
    probabilities, labels = _answers(3)
    called = figures.called_labels(probabilities, None, None)
    report = figures.report(
        probabilities, labels, called, np.arange(200).astype(str), ("a", "b", "c"), None, 20
    )
    for index, name in enumerate("abc"):
        assert report["ppv"][name] == pytest.approx(report["precision"][name])
        assert report["npv"][name] == pytest.approx((labels[called != index] != index).mean())
        assert report["prevalence"][name] == pytest.approx((labels == index).mean())
        low, high = report["intervals"][f"ppv.{name}"]
        assert low <= report["ppv"][name] <= high
    assert report["prevalence_from"] == "the data"


def test_a_rare_finding_has_a_small_positive_predictive_value() -> None:
    labels = np.repeat([1, 1, 0, 0], [90, 10, 80, 20])  # sensitivity 0.9, specificity 0.8
    called = np.repeat([1, 0, 0, 1], [90, 10, 80, 20])
    shares = figures.class_prevalences(labels, 2, 1, 0.01)
    assert shares == pytest.approx([0.99, 0.01])
    values = figures.predictive_values(labels, called, ("no", "yes"), shares)
    assert values["ppv.yes"] == pytest.approx(0.9 * 0.01 / (0.9 * 0.01 + 0.2 * 0.99))
    assert values["npv.yes"] == pytest.approx(0.8 * 0.99 / (0.8 * 0.99 + 0.1 * 0.01))
    assert values["ppv.no"] == pytest.approx(values["npv.yes"])


def test_a_stated_prevalence_stands_in_the_report_and_moves_no_other_figure() -> None:
    probabilities, labels = _answers(2)
    called = figures.called_labels(probabilities, 1, 0.5)
    given = (probabilities, labels, called, np.arange(200).astype(str), ("no", "yes"), 1, 20)
    plain, rare = figures.report(*given), figures.report(*given, prevalence=0.02)
    assert rare["prevalence"] == {"no": 0.98, "yes": 0.02}
    assert rare["prevalence_from"] == "the option"
    assert rare["ppv"]["yes"] < plain["ppv"]["yes"]
    assert rare["precision"] == plain["precision"]
    assert rare["recall"] == plain["recall"]


def test_of_three_classes_the_positive_one_is_called_at_its_threshold() -> None:
    probabilities = np.array([[0.1, 0.6, 0.3], [0.1, 0.7, 0.2], [0.2, 0.1, 0.7], [0.6, 0.2, 0.2]])
    assert figures.called_labels(probabilities, 2, 0.25).tolist() == [2, 1, 2, 0]
    assert figures.called_labels(probabilities, 2, 0.8).tolist() == [1, 1, 0, 0]
    assert figures.called_labels(probabilities, 2, None).tolist() == [1, 1, 2, 0]
