"""Small changes of the picture.

Sixteen of them, and what they do to a score.
"""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from medviewer.export import result_row, results_csv
from medviewer.inference.classification.classifier import Classifier, load_classifier
from medviewer.inference.classification.series import classify_series
from medviewer.inference.engines.outputs import Outputs
from medviewer.inference.explanation.harmless_changes import (
    Change,
    change_of,
    changes_of,
    stability_of,
)
from medviewer.inference.input.preprocess import Preprocessing
from medviewer.inference.pack.packs import bundled_folder, verify_pack
from medviewer.inference.result import ModelResult, OperatingPoint
from medviewer.inference.stability import Stability, is_near
from medviewer.inference.tasks.classification import Classification
from medviewer.viewer.texts import result_text
from tests.inference.conftest import attributes, noisy_head, slice_of
from tests.inference.ungated import ungated

Floats = npt.NDArray[np.float32]
SPEC = Preprocessing(size=64, mean=0.2, std=0.5)


def standardized(shares: npt.ArrayLike) -> Floats:
    return ((np.asarray(shares, np.float32) - 0.2) / 0.5)[None, None]


def shares_of(batch: Floats) -> Floats:
    return np.asarray(batch[0, 0] * 0.5 + 0.2, np.float32)


def spot() -> Floats:
    shares = np.zeros((64, 64), np.float32)
    shares[20:24, 30:34] = 0.6
    return standardized(shares)


def middle(batch: Floats) -> tuple[float, float]:
    rows, columns = np.nonzero(shares_of(batch) > 0.3)
    return float(rows.mean()), float(columns.mean())


@pytest.mark.parametrize("mirrors", [True, False])
def test_there_are_sixteen_and_none_leaves_the_picture_as_it_is(mirrors: bool) -> None:
    changes = changes_of(mirrors=mirrors)
    assert len(set(changes)) == 16
    assert Change() not in changes
    assert sum(change.is_mirrored for change in changes) == (8 if mirrors else 0)


def test_each_change_does_what_it_says_and_black_stays_black() -> None:
    assert np.allclose(change_of(spot(), SPEC, Change()), spot(), atol=1e-6)
    assert middle(change_of(spot(), SPEC, Change(down=0.0625, across=0.125))) == (25.5, 39.5)
    assert middle(change_of(spot(), SPEC, Change(is_mirrored=True))) == (21.5, 31.5)
    brighter = shares_of(change_of(spot(), SPEC, Change(offset=0.1)))
    assert brighter[21, 31] == pytest.approx(0.7)
    assert brighter[0, 0] == pytest.approx(0, abs=1e-6)
    assert shares_of(change_of(spot(), SPEC, Change(gain=2.0)))[21, 31] == pytest.approx(0.7)
    larger = shares_of(change_of(spot(), SPEC, Change(scale=2.0)))
    assert (larger > 0.3).sum() > 2.5 * (shares_of(spot()) > 0.3).sum()


def brightness(batch: Floats) -> Outputs:
    """Return outputs of a network that scores the brightest gray."""
    most = (batch * 0.5 + 0.2).max(axis=(1, 2, 3))
    logits = np.stack([np.zeros_like(most), (most - 0.6) * 20], axis=1).astype(np.float32)
    return Outputs(logits, logits, logits)


def found(own: float = 0.5, threshold: float | None = 0.55) -> Stability | None:
    return stability_of(brightness, spot(), SPEC, (1.0, ()), (1, "bleed", own), threshold, mirrors=False)


def test_the_lowest_and_the_highest_score_and_those_beyond_the_threshold_are_told() -> None:
    told = found()
    assert told is not None
    assert told.lowest < 0.5 < told.highest
    assert told.highest == pytest.approx(1 / (1 + np.exp(-0.04 * 20)), abs=0.01)
    assert (told.count, told.label) == (16, "bleed")
    assert told.flips is not None
    assert 0 < told.flips < 16
    without = found(threshold=None)
    assert without is not None
    assert without.flips is None
    assert told.led is None
    assert without.led == sum(score < 0.5 for score in without.scores) > 0


def test_nothing_is_told_where_the_picture_itself_does_not_give_the_answers_score() -> None:
    assert found(own=0.6) is None


@pytest.fixture
def classifier(make_pack: Callable[..., Path]) -> Classifier:
    return load_classifier(make_pack(), "cpu")


def test_an_answer_gets_the_stability_of_its_own_score(classifier: Classifier) -> None:
    frame, other = slice_of(noisy_head(0)), slice_of(noisy_head(1))
    result = classifier.classify(frame)
    told = classifier.with_stability(frame, result).stability
    assert told is not None
    score = dict(result.content.probabilities)["bleed"]
    assert told.lowest <= score <= told.highest
    assert (told.count, told.label) == (16, "bleed")
    assert classifier.with_stability(other, result).key == classifier.key(other)


def test_neither_a_refusal_nor_what_was_forced_gets_one(classifier: Classifier) -> None:
    frame = slice_of(noisy_head(), attributes=attributes(body_part="KNEE"))
    assert classifier.with_stability(frame, classifier.classify(frame)).stability is None
    forced = classifier.classify(frame, override=True)
    assert classifier.with_stability(frame, forced).stability is None
    assert forced.with_stability(Stability("bleed", 16, 0.1, 0.2, 5)).stability is None


def without_stability(result: ModelResult) -> ModelResult:
    assert isinstance(result.content, Classification)
    return replace(result, content=replace(result.content, stability=None))


def test_it_stays_with_its_own_result_only(classifier: Classifier) -> None:
    one, other = slice_of(noisy_head(0)), slice_of(noisy_head(1))
    first, second = (without_stability(classifier.classify(frame)) for frame in (one, other))
    tried = classifier.with_stability(one, first)
    assert first.keeping(tried).stability == tried.stability
    assert second.keeping(tried).stability is None


def with_threshold(threshold: float) -> Callable[[str], str]:
    return lambda text: text.replace("threshold = 0.4", f"threshold = {threshold!r}")


def score_of(result: ModelResult) -> float:
    assert isinstance(result.content, Classification)
    return dict(result.content.probabilities)["bleed"]


def test_an_answer_near_to_its_threshold_comes_with_its_stability(
    classifier: Classifier, make_pack: Callable[..., Path]
) -> None:
    """Alone and in a series alike, so that strip, card and command line say the same."""
    frame = slice_of(noisy_head(0))
    score = score_of(classifier.classify(frame))
    near = load_classifier(make_pack("near", change=with_threshold(score + 1e-4)), "cpu")
    alone, [in_series] = near.classify(frame), list(classify_series(near, [frame]))
    assert isinstance(in_series, ModelResult)
    assert alone.stability is not None
    assert in_series.stability == alone.stability == near.with_stability(frame, alone).stability
    assert score_of(alone) == score_of(in_series) == score
    assert is_near(score, score + 1e-4)


def test_a_model_that_draws_is_tried_near_to_its_threshold_as_well() -> None:
    pack, frame = verify_pack(bundled_folder() / "brain-mr-tumour"), slice_of(noisy_head(0))
    content = ungated(Classifier(pack, "cpu"), frame).content
    assert isinstance(content, Classification)
    score = dict(content.probabilities)["tumor"]
    card = replace(pack.card, operating_point=OperatingPoint(score, 0.9, 0.8))
    stability = ungated(Classifier(replace(pack, card=card), "cpu"), frame).stability
    assert stability is not None
    assert (stability.label, stability.count) == ("tumor", 16)


def test_one_far_from_it_is_said_without(classifier: Classifier, make_pack: Callable[..., Path]) -> None:
    frame = slice_of(noisy_head(0))
    score = score_of(classifier.classify(frame))
    apart = 0.999 if score < 0.9 else 0.001
    far = load_classifier(make_pack("far", change=with_threshold(apart)), "cpu")
    assert far.classify(frame).stability is None
    assert not is_near(score, apart)
    row = result_row(far.classify(frame))
    assert (row["uncertain"], row["changes_tried"]) == (False, None)


def test_one_that_a_change_turns_says_so_on_the_command_line_and_in_tables(
    classifier: Classifier, make_pack: Callable[..., Path]
) -> None:
    frame = slice_of(noisy_head(0))
    stability = classifier.with_stability(frame, classifier.classify(frame)).stability
    assert stability is not None
    score = score_of(classifier.classify(frame))
    between = (score + stability.highest) / 2 if stability.highest > score else (score + stability.lowest) / 2
    turned = load_classifier(make_pack("turned", change=with_threshold(between)), "cpu").classify(frame)
    said, row = result_text(turned), result_row(turned)
    assert "uncertain" in said.headline
    assert "slight alterations of the picture turn it" in said.details[0]
    assert said.kind == "uncertain"
    assert (row["label"], row["call"], row["uncertain"], row["changes_tried"]) == (
        None,
        "uncertain",
        True,
        16,
    )
    assert row["changes_flipped"] >= 1
    assert "uncertain" in results_csv([row]).decode("utf-8-sig")


def test_the_changes_are_made_to_the_frame_that_is_asked_about(make_pack: Callable[..., Path]) -> None:
    """Not to the one that was answered last, whose input is still there."""
    classifier = load_classifier(make_pack("far", change=with_threshold(0.999)), "cpu")
    one, other = slice_of(noisy_head(0)), slice_of(noisy_head(1))
    first = classifier.classify(one)
    kept = classifier.with_stability(one, first).stability
    classifier.classify(other)
    assert classifier.with_stability(one, first).stability == kept
    assert kept is not None
