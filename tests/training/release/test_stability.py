"""The band around a threshold is as wide as another window moves the answers; the others keep their call."""

from dataclasses import replace

import numpy as np
import pytest

from medviewer.inference.input.preprocess import Preprocessing
from medviewer.training.fit.cross_validation import CrossValidation
from medviewer.training.fit.rewindowed import CHANGES, MOST, Rewindowed, rewindowed, sampled
from medviewer.training.release.stability import stability_figures
from tests.training.toys import toy_images

NO_SHIFT = np.zeros(2)


def judged(moves: float) -> CrossValidation:
    """Return judgments of log odds from -3 to 3, moved by each change."""
    odds = np.linspace(-3, 3, 121)
    logits = np.stack([np.zeros(121), odds], axis=1)
    steps = np.array([-1, 1, -0.5, 0.5]) * moves
    moved = np.stack([logits + np.array([0, step]) for step in steps])
    data = toy_images()
    return CrossValidation(data, logits, np.zeros(121, np.int64), 1, Rewindowed(np.arange(121), moved))


def test_the_band_holds_what_a_change_can_turn() -> None:
    found = stability_figures(judged(0.4), NO_SHIFT, 1.0, 0.5)
    assert found is not None
    (low, high), figures = found
    assert np.log(low / (1 - low)) == pytest.approx(-0.4)
    assert np.log(high / (1 - high)) == pytest.approx(0.4)
    assert figures["turned"] > 0
    assert figures["turned_outside_uncertain"] == 0
    assert figures["uncertain"] == pytest.approx(17 / 121, abs=0.02)


def test_a_stable_model_has_a_narrow_band() -> None:
    narrow, wide = (stability_figures(judged(moves), NO_SHIFT, 1.0, 0.5) for moves in (0.05, 0.5))
    assert narrow is not None
    assert wide is not None
    assert wide[0][0] < narrow[0][0] <= 0.5 <= narrow[0][1] < wide[0][1]
    assert narrow[1]["uncertain"] < wide[1]["uncertain"]


def test_without_windows_there_is_no_band() -> None:
    assert stability_figures(replace(judged(0.4), rewindowed=None), NO_SHIFT, 1.0, 0.5) is None


def test_another_window_shows_the_same_values_otherwise() -> None:
    image = np.array([[0, 64, 128, 191, 255]], np.uint8)
    spec = Preprocessing(center=40.0, width=120.0)
    assert np.array_equal(rewindowed(image, spec, 1.0, 1.0), image)
    brighter = rewindowed(image, spec, *CHANGES["level -10 %"])
    assert brighter[0, 2] - 128 == pytest.approx(4 / 120 * 255, abs=1)
    flatter = rewindowed(image, spec, *CHANGES["window +10 %"])
    assert flatter[0, 3] - 128 < 63
    assert flatter[0, [0, -1]].tolist() == [0, 255]  # bone stays as white as a real window would show it


@pytest.mark.parametrize("count", [1, MOST, MOST + 1, 1999])
def test_few_enough_are_judged_again(count: int) -> None:
    rows = sampled(count)
    assert 0 < len(rows) <= MOST
    assert rows.max() < count
