"""A prevalence changes odds by Bayes."""

import pytest

from medviewer.inference.prevalence import reweighed

LEARNT = {"none": 0.2, "benign": 0.5, "malignant": 0.3}


def test_a_rarer_finding_is_less_likely_and_the_rest_keeps_its_proportion() -> None:
    before = {"none": 0.1, "benign": 0.3, "malignant": 0.6}
    after = reweighed(before, LEARNT, "malignant", 0.01)
    assert sum(after.values()) == pytest.approx(1)
    assert after["benign"] / after["none"] == pytest.approx(3)
    odds = 0.6 / 0.4 * (0.01 / 0.3) / (0.99 / 0.7)  # Bayes
    assert after["malignant"] / (1 - after["malignant"]) == pytest.approx(odds)


def test_the_learnt_prevalence_changes_nothing() -> None:
    before = {"none": 0.1, "benign": 0.3, "malignant": 0.6}
    assert reweighed(before, LEARNT, "malignant", 0.3) == pytest.approx(before)


@pytest.mark.parametrize("prevalence", [0.0, 1.0, -0.1])
def test_a_prevalence_that_is_none_is_refused(prevalence: float) -> None:
    with pytest.raises(ValueError, match="prevalence"):
        reweighed({"none": 0.5, "malignant": 0.5}, LEARNT, "malignant", prevalence)


def test_a_class_that_was_never_seen_cannot_be_weighed() -> None:
    with pytest.raises(ValueError, match="shares"):
        reweighed({"none": 0.5, "malignant": 0.5}, {"none": 0.0, "malignant": 0.3}, "malignant", 0.1)
