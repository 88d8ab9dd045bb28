"""Rates say when there are too few.

An own calibration stands beside, and for its own model only.
"""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from medviewer.inference.result import ResultKey
from medviewer.inference.verdicts import (
    VerdictRow,
    calibrate,
    calibration_for,
    keep_calibration,
    rates_of,
    read_calibrations,
    remove_calibration,
)
from medviewer.inference.verdicts.recalibration import NoCalibrationError, TooFewVerdictsError, platt
from medviewer.translation import use_language
from medviewer.viewer.texts import here_text, rate_lines, rate_words
from tests.made_results import answered

NOW = "2026-01-02T03:04:05Z"


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))


def row(number: int, score: float, label: str, **more: str) -> VerdictRow:
    found = VerdictRow(
        NOW,
        "slice",
        f"image {number}",
        "pixels",
        "toy",
        "1",
        "model",
        "preprocessing",
        score,
        "haemorrhage",
        "no haemorrhage",
        "haemorrhage" if score >= 0.5 else "no haemorrhage",
        reading=label,
        reading_at=NOW,
        blind="yes",
    )
    return replace(found, **more)


def rows(count: int, slope: float = 2.0, shift: float = -1.0, seed: int = 0) -> list[VerdictRow]:
    random = np.random.default_rng(seed)
    scores = random.uniform(0.02, 0.98, count)
    chances = 1 / (1 + np.exp(-(slope * np.log(scores / (1 - scores)) + shift)))
    labels = np.where(random.uniform(size=count) < chances, "haemorrhage", "no haemorrhage")
    return [
        row(n, float(score), str(label)) for n, (score, label) in enumerate(zip(scores, labels, strict=True))
    ]


def test_the_fit_finds_slope_and_shift() -> None:
    random = np.random.default_rng(1)
    logits = random.normal(0, 2, 40_000)
    labels = random.uniform(size=40_000) < 1 / (1 + np.exp(-(0.7 * logits + 0.4)))
    slope, shift = platt(logits, labels)
    assert slope == pytest.approx(0.7, abs=0.03)
    assert shift == pytest.approx(0.4, abs=0.03)


def test_it_needs_200_verdicts_and_20_of_each_class() -> None:
    with pytest.raises(TooFewVerdictsError):
        calibrate(rows(199), "toy", "model", NOW)
    lonely = [replace(one, reading="no haemorrhage") for one in rows(300)]
    with pytest.raises(TooFewVerdictsError):
        calibrate(lonely, "toy", "model", NOW)
    unsure = [replace(one, reading="") for one in rows(300)]
    with pytest.raises(TooFewVerdictsError):
        calibrate(unsure, "toy", "model", NOW)
    made = calibrate(rows(214), "toy", "model", NOW)
    assert (made.count, made.blind) == (214, 214)
    with pytest.raises(TooFewVerdictsError):
        calibrate(rows(214), "toy", "another version", NOW)


def test_verdicts_against_the_score_make_none() -> None:
    turned = {"haemorrhage": "no haemorrhage", "no haemorrhage": "haemorrhage"}
    against = [replace(one, reading=turned[one.reading]) for one in rows(300)]
    with pytest.raises(NoCalibrationError):
        calibrate(against, "toy", "model", NOW)


def test_it_is_kept_shown_beside_and_removed() -> None:
    use_language("en")
    made = calibrate(rows(214), "toy", "model", NOW)
    keep_calibration(made)
    assert read_calibrations() == (made,)
    key = ResultKey("1.2.3", 1, "pixels", "preprocessing", "model", "content")
    result = answered(key, probabilities=(("haemorrhage", 0.5), ("no haemorrhage", 0.5)))
    count = round(100 * made.probability(0.5))
    assert here_text(result, read_calibrations()) == f"Here: {count} of 100, from 214 own verdicts"
    assert made.probability(0.5) < made.probability(0.9)
    for other in (replace(key, model_sha256="x"), replace(key, preprocessing_sha256="x")):
        assert calibration_for(replace(result, key=other), read_calibrations()) is None
    assert remove_calibration("toy")
    assert read_calibrations() == ()
    assert not remove_calibration("toy")


def test_rates_have_their_counts_and_too_few_say_so() -> None:
    use_language("en")
    [few] = rates_of([row(n, 0.9, "haemorrhage") for n in range(12)])
    assert rate_words(few.agreed) == "12 of 12, too few for a rate"
    switched = [row(n, 0.9, "no haemorrhage", stance="agree") for n in range(5)]
    stayed = [row(n, 0.9, "haemorrhage") for n in range(5, 25)]
    [rates] = rates_of([*switched, *stayed])
    assert rate_words(rates.agreed) == "25 of 25 (100 %)"
    assert rate_words(rates.blind_agreed) == "20 of 25 (80 %)"
    assert rate_words(rates.switched) == "5 of 25 (20 %)"
    seen = [replace(one, blind="no") for one in stayed]
    [rates] = rates_of(seen)
    assert rate_words(rates.switched) == "none yet"


def test_a_verdict_on_an_uncertain_answer_changes_no_rate() -> None:
    """It is neither agreement nor disagreement, but counted, so that nothing is lost without a word."""
    use_language("en")
    compared = [row(n, 0.9, "haemorrhage") for n in range(20)]
    before_seen = row(20, 0.5, "haemorrhage", model_answer="")
    in_sight = [
        row(n, 0.5, "", model_answer="", reading_at="", blind="", stance=stance)
        for n, stance in enumerate(("agree", "disagree", "unsure"), 21)
    ]
    changed = row(24, 0.5, "haemorrhage", model_answer="", stance="disagree")
    [rates] = rates_of([*compared, before_seen, *in_sight, changed])
    assert rate_words(rates.agreed) == "20 of 20 (100 %)"
    assert rate_words(rates.blind_agreed) == "20 of 20 (100 %)"
    assert rate_words(rates.switched) == "0 of 20 (0 %)"
    assert (rates.disagreed, rates.not_compared) == (0, 5)
    last = "On uncertain answers, which count neither as agreement nor as disagreement: 5"
    assert rate_lines(rates)[-1] == last
    [none] = rates_of([before_seen])
    assert (rate_words(none.agreed), none.not_compared) == ("none yet", 1)
