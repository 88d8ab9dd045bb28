"""A whole series: the rule of two neighbors, and slices classified in order."""

from dataclasses import replace

import numpy as np
import pytest

from medviewer.errors import NotDicomError
from medviewer.inference.classification.classifier import Classifier
from medviewer.inference.classification.series import BATCH, classify_series
from medviewer.inference.pack.packs import load_card, verify_pack
from medviewer.inference.pack.series_rule import SeriesPoint, judge_series, neighbors_score
from medviewer.viewer.texts.series import series_text
from tests.inference.conftest import HEAD, noisy_head, slice_of

POINT = SeriesPoint(0.6, 0.8, 0.25, n=40, positive=15, spacing_mm=(3.0, 7.5))


def with_series(text: str) -> str:
    return text + (
        "\n[series]\nthreshold = 0.6\nsensitivity = 0.8\nfalse_positive_rate = 0.25\nn = 40\npositive = 15\n"
        "spacing_mm = [3, 7.5]\nsensitivity_interval = [0.6, 0.95]\n"
    )


def test_one_high_slice_alone_calls_nothing():
    verdict = judge_series(POINT, [0.1, 0.99, 0.2, 0.3], 5.0)
    assert (verdict.called, verdict.score, verdict.slices) == (False, 0.2, (1, 2))


def test_two_neighbors_at_the_threshold_call_the_series():
    verdict = judge_series(POINT, [0.1, 0.7, 0.6, 0.2], 5.0)
    assert (verdict.called, verdict.score, verdict.slices) == (True, 0.6, (1, 2))


def test_slices_with_a_refused_one_between_are_no_neighbors():
    verdict = judge_series(POINT, [0.9, None, 0.9, 0.1], 5.0)
    assert (verdict.called, verdict.judged, verdict.of) == (False, 3, 4)


@pytest.mark.parametrize("spacing", [None, 0.6, 10.0])
def test_of_slices_spaced_otherwise_nothing_is_said(spacing):
    assert judge_series(POINT, [0.9, 0.9], spacing) is None


@pytest.mark.parametrize("values", [[], [0.9], [0.9, None]])
def test_without_neighbors_nothing_is_said(values):
    assert neighbors_score(values) is None
    assert judge_series(POINT, values, 5.0) is None


def test_the_verdict_says_what_it_is_worth(make_pack):
    card = load_card(make_pack(change=with_series))
    said = " ".join(series_text(card, judge_series(card.series, [0.1, 0.7, 0.65, None], 5.0)))
    assert "Slices 2 and 3 both reach 0.65" in said
    assert "sensitivity 0.80 (0.60–0.95)" in said
    assert "false-positive rate 0.25" in said
    assert "3 of 4 slices" in said
    assert "is not flagged" in series_text(card, judge_series(card.series, [0.1, 0.7], 5.0))[0]
    assert "3 to 7.5 mm" in series_text(card, None)[0]


def test_a_series_that_a_harmless_change_turns_is_uncertain(make_pack):
    changed = [(0.1, 0.1), (0.7, 0.7), (0.61, 0.55), ()]
    verdict = judge_series(POINT, [0.1, 0.7, 0.62, 0.1], 5.0, changed)
    assert (verdict.called, verdict.flips, verdict.changes, verdict.is_uncertain) == (True, 1, 2, True)
    held = judge_series(POINT, [0.1, 0.7, 0.62, 0.1], 5.0, [(), (), (0.61, 0.6), ()])
    assert (held.flips, held.changes, held.is_uncertain) == (0, 2, False)
    card = load_card(make_pack(change=with_series))
    said = series_text(card, verdict)[0]
    assert "is uncertain (0.620, slices 2 and 3)" in said
    assert "1 of 2 slight alterations of the pictures turned the answer" in said


def test_a_model_without_the_rule_says_nothing_of_series(make_pack):
    assert series_text(load_card(make_pack()), None) == ()


def test_a_series_is_classified_in_order_as_its_slices_are_one_by_one(make_pack):
    classifier = Classifier(verify_pack(make_pack()), "cpu")
    frames = [slice_of(noisy_head(seed)) for seed in range(7)]
    lost = NotDicomError(path="lost.dcm")
    mixed = [*frames[:3], lost, *frames[3:]]
    found = list(classify_series(classifier, iter(mixed)))
    assert found[3] is lost
    for read, result in zip(mixed, found, strict=True):
        if read is not lost:
            alone = classifier.classify(read)
            assert result.key == alone.key
            assert dict(result.content.probabilities) == pytest.approx(
                dict(alone.content.probabilities), abs=1e-6
            )


def test_in_a_batch_each_slice_keeps_its_own_answer(make_pack):
    """More slices than a batch holds.

    Among them one refused and one without numbers.
    """
    classifier = Classifier(verify_pack(make_pack()), "cpu")
    values = noisy_head().astype(np.float32)
    values[5, 5] = np.nan
    frames = [slice_of(noisy_head(seed)) for seed in range(BATCH + 4)]
    frames[2] = slice_of(noisy_head(2), attributes=replace(HEAD, body_part="KNEE"))
    frames[BATCH + 1] = slice_of(values)
    results = list(classify_series(classifier, frames))
    assert results[2].refusal is not None
    assert results[BATCH + 1].has_failed
    assert sum(result.content is not None for result in results) == BATCH + 2
    assert [result.key for result in results] == [classifier.key(frame) for frame in frames]
