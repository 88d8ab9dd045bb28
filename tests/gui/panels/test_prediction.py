"""The classification panel: a result with its trust, a refusal in the same place, never a bare number."""

from typing import Any

import pytest
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from medviewer.gui.look.color_roles import colors
from medviewer.gui.panels.prediction import PredictionPanel, ProbabilityBar
from medviewer.inference.result import Gate, ModelResult, OperatingPoint, ResultKey
from medviewer.inference.tasks.scores import probability_text, rounded
from medviewer.translation import mark, message
from tests.made_results import answered, failed, refused

KEY = ResultKey("1.2.3", 1, "pixels", "preprocessing", "model", "content")
CONTRAST = Gate("contrast", False, mark("contrast agent {agent} given"), (("agent", "Iomeron"),))


def result(**more: Any) -> ModelResult:
    said: dict[str, Any] = {
        "probabilities": (("no haemorrhage", 0.19), ("haemorrhage", 0.81)),
        "operating_point": OperatingPoint(0.35, 0.91, 0.78, (0.78, 0.97)),
    }
    return answered(KEY, **(said | more))


RESULT = result()


@pytest.fixture
def panel(qtbot: QtBot) -> PredictionPanel:
    panel = PredictionPanel()
    qtbot.addWidget(panel)
    return panel


def _shown(panel: PredictionPanel) -> str:
    return "\n".join(label.text() for label in panel.findChildren(QLabel) if not label.isHidden())


def test_a_result_is_shown_with_model_device_and_operating_point(panel: PredictionPanel) -> None:
    panel.show_result(RESULT)
    shown = _shown(panel)
    for piece in ("head-ct-haemorrhage 1.0", "CPU", "Haemorrhage", "0.81", "0.19", "0.91 (0.78–0.97)"):
        assert piece in shown
    assert "above the operating point (0.35): called" in shown
    assert "Research use only. Not for diagnosis." in shown


def test_below_the_operating_point_is_said_so(panel: PredictionPanel) -> None:
    below = result(probabilities=(("no haemorrhage", 0.7), ("haemorrhage", 0.3)))
    panel.show_result(below)
    assert "below the operating point (0.35): not called" in _shown(panel)


def test_only_the_positive_class_carries_the_tick(panel: PredictionPanel) -> None:
    panel.show_result(RESULT)
    ticks = {bar.score.value: bar.score.threshold for bar in panel.findChildren(ProbabilityBar)}
    assert ticks == {0.19: None, 0.81: 0.35}


@pytest.mark.parametrize("near", [0.3300, 0.3499, 0.3500, 0.3504, 0.3699])
def test_near_to_the_threshold_numbers_bar_and_tick_agree_to_the_third_digit(
    panel: PredictionPanel, near: float
) -> None:
    panel.show_result(result(probabilities=(("haemorrhage", near), ("no haemorrhage", 1 - near))))
    reached = near >= 0.35
    written = probability_text(near, 0.35)
    shown = _shown(panel)
    assert written in shown
    assert len(written) == 5
    assert f"{1 - near:.3f}" in shown
    assert ("above" if reached else "below") + " the operating point (0.350)" in shown
    scores = [bar.score for bar in panel.findChildren(ProbabilityBar)]
    assert sorted(score.decimals for score in scores) == [3, 3]


@pytest.mark.parametrize("near", [0.3300, 0.3499, 0.3500, 0.3504, 0.3699, 0.01, 0.998])
def test_a_bar_reaches_the_tick_only_if_the_score_reaches_it(qtbot: QtBot, near: float) -> None:
    reached, ink = near >= 0.35, colors()
    score = rounded(near, 0.35)
    bar = ProbabilityBar(score)
    qtbot.addWidget(bar)
    for width in (20, 77, 120, 301):
        bar.resize(width, 16)
        end, tick = bar.edges()
        assert tick is not None
        assert end >= tick + 2 if reached else end < tick
        assert abs(end - score.value * width) <= 3
        image = bar.grab().toImage()
        row = [image.pixelColor(x, 8).name() for x in range(width)]
        assert row[tick : tick + 2] == [ink.text_1] * 2  # the tick lies on top
        assert (ink.ai in row[tick + 2 :]) == (end > tick + 3)
        assert (ink.ai in row[:tick]) == (end > 0)


def test_a_refusal_takes_the_place_of_the_result_and_offers_anyway(panel: PredictionPanel) -> None:
    panel.show_result(RESULT)
    assert panel.anyway_button.isHidden()
    panel.show_result(refused(KEY, CONTRAST))
    assert "contrast agent Iomeron given" in _shown(panel)
    assert "0.81" not in _shown(panel)
    assert not panel.anyway_button.isHidden()


def test_an_overridden_gate_is_never_forgotten(panel: PredictionPanel) -> None:
    panel.show_result(result(overridden=CONTRAST))
    assert "contrast agent Iomeron given" in panel.cautions.text()


def test_what_was_forced_has_no_figures_and_its_classes_are_struck_out(panel: PredictionPanel) -> None:
    panel.show_result(result(overridden=CONTRAST, population="adults", population_title="adults"))
    shown = _shown(panel)
    assert "Not valid: no figure of the model holds for this picture." in shown
    for figure in ("operating point", "sensitivity", "specificity", "0.35", "0.91", "0.78", "adults"):
        assert figure not in shown
    assert [bar.score.threshold for bar in panel.findChildren(ProbabilityBar)] == [None, None]
    names = [label for label in panel.bars.findChildren(QLabel) if "0." not in label.text()]
    assert len(names) == 2
    assert all(name.font().strikeOut() and "not valid" in name.accessibleName() for name in names)
    panel.show_result(RESULT)
    assert not any(label.font().strikeOut() for label in panel.bars.findChildren(QLabel))
    assert "sensitivity" in _shown(panel)


def test_a_phantom_an_uncalibrated_score_and_a_failure_say_so(panel: PredictionPanel) -> None:
    panel.show_result(result(is_phantom=True, calibrated=False))
    assert "PHANTOM" in panel.cautions.text()
    assert "not calibrated" in panel.cautions.text()
    panel.show_result(failed(KEY, message("invalid numbers in the {where}", where="pixels")))
    assert "invalid numbers in the pixels" in _shown(panel)
    assert "0.81" not in _shown(panel)


def test_moving_on_leaves_nothing_of_the_old_result(panel: PredictionPanel) -> None:
    panel.show_result(result(is_phantom=True))
    panel.show_result(None)
    shown = _shown(panel)
    assert "0.81" not in shown
    assert "PHANTOM" not in shown
    assert "This slice has not been classified." in shown
