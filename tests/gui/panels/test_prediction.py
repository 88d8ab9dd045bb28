"""The card in the panel.

A result with its trust, a refusal in the same place, never a bare number.
"""

from typing import Any

import pytest
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from medviewer.gui.panels.answer_parts import ScaleView
from medviewer.gui.panels.prediction import PredictionPanel
from medviewer.inference.result import Gate, ModelResult, OperatingPoint, ResultKey
from medviewer.inference.tasks.call_counts import CallCounts
from medviewer.translation import mark, message
from medviewer.viewer.color_roles import colors
from medviewer.viewer.texts.ai_card import card_of
from medviewer.viewer.texts.shown_fit import ShownFit
from tests.made_results import answered, failed, refused

KEY = ResultKey("1.2.3", 1, "pixels", "preprocessing", "b7db3861ffff", "content")
CONTRAST = Gate("contrast", False, mark("contrast agent {agent} given"), (("agent", "Iomeron"),))


def result(score: float = 0.81, **more: Any) -> ModelResult:
    said: dict[str, Any] = {
        "probabilities": (("no_hemorrhage", 1 - score), ("hemorrhage", score)),
        "operating_point": OperatingPoint(0.35, 0.91, 0.78, (0.78, 0.97)),
        "positive_label": "hemorrhage",
        "counts": CallCounts(58, 5, 149, 290),
    }
    return answered(KEY, **(said | more))


RESULT = result()


@pytest.fixture
def panel(qtbot: QtBot) -> PredictionPanel:
    panel = PredictionPanel()
    qtbot.addWidget(panel)
    panel.resize(312, 428)
    return panel


def _shown(panel: PredictionPanel) -> str:
    labels = [label for label in panel.findChildren(QLabel) if label.isVisibleTo(panel)]
    return "\n".join([panel.band.accessibleName(), *(label.text() for label in labels)])


def test_a_result_is_shown_with_version_hash_counts_and_use(panel: PredictionPanel) -> None:
    panel.show_result(RESULT)
    shown = _shown(panel)
    for piece in (
        "Flagged, above its threshold",
        "Score 0.81 · threshold 0.35",
        "Bleeding possible on this slice.",
        "1.0 · b7db3861",
        "In its test it flagged 207 slices: 58 bled, 149 were false alarms.",
        "Research use only, not for diagnosis",
    ):
        assert piece in shown
    assert "0.19" not in shown  # the other class is no second answer


@pytest.mark.parametrize("near", [0.3300, 0.3499, 0.3500, 0.3504, 0.3699, 0.01, 0.998])
def test_the_marker_is_right_of_the_tick_only_if_the_score_reaches_it(qtbot: QtBot, near: float) -> None:
    view, ink = ScaleView(), colors()
    qtbot.addWidget(view)
    card = card_of(result(near))
    view.show_scale(card.scale)
    for width in (60, 177, 288):
        view.resize(width, view.height())
        marker, tick = view.marks()
        assert (marker >= tick) == (near >= 0.35)
        assert card.scale is not None
        assert abs(marker - view.x_of(card.scale.value)) <= 2
        image = view.grab().toImage()
        assert image.pixelColor(round(tick), 15).name() == ink.text_1  # the threshold lies on top
        colored = {image.pixelColor(x, 21).name() for x in range(width)}
        assert (ink.amber in colored) == (near >= 0.35)


def test_a_refusal_takes_the_place_of_the_result_and_offers_anyway(panel: PredictionPanel) -> None:
    panel.show_result(RESULT)
    assert panel.override_button.isHidden()
    panel.show_result(refused(KEY, CONTRAST))
    shown = _shown(panel)
    assert "Not judged" in shown
    assert "contrast agent Iomeron given" in shown
    assert "0.81" not in shown
    assert "bled" not in shown
    assert not panel.override_button.isHidden()


def test_an_overridden_refusal_has_no_figure_and_no_curve(panel: PredictionPanel) -> None:
    panel.show_result(RESULT)
    panel.show_result(result(overridden=CONTRAST, population="adults", population_title="adults"))
    shown = _shown(panel)
    assert panel.band.accessibleName() == "Not valid for this picture"
    assert panel.struck.struck.text() == "Haemorrhage"
    assert panel.struck.struck.font().strikeOut()
    assert panel.struck.before.text() == "what it put out, not valid here:"
    assert "contrast agent Iomeron given" in panel.cautions.text()
    for figure in ("0.81", "0.35", "0.91", "0.78", "58", "28", "adults"):
        assert figure not in shown
    assert not panel.scale.isVisibleTo(panel)
    assert not panel.frequencies.isVisibleTo(panel)
    assert not panel.bars.isVisibleTo(panel)


def test_a_phantom_an_uncalibrated_score_and_a_failure_say_so(panel: PredictionPanel) -> None:
    panel.show_result(result(is_phantom=True, calibrated=False))
    assert "PHANTOM" in panel.cautions.text()
    assert _shown(panel).count("not a probability") == 1
    panel.show_result(failed(KEY, message("invalid numbers in the {where}", where="pixels")))
    assert "invalid numbers in the pixels" in _shown(panel)
    assert "0.81" not in _shown(panel)


def test_moving_on_leaves_nothing_of_the_old_result(panel: PredictionPanel) -> None:
    panel.show_result(result(is_phantom=True))
    panel.show_result(None)
    shown = _shown(panel)
    for piece in ("0.81", "PHANTOM", "Flagged", "bled", "b7db3861"):
        assert piece not in shown
    assert "Not asked yet" in shown


def test_nothing_of_the_fixed_parts_moves_with_the_state(qtbot: QtBot, panel: PredictionPanel) -> None:
    parts = (panel.band, panel.title, panel.classify_button, panel.warning)
    panel.show_model("Head CT: haemorrhage on a slice", "For heads.", "0.2.0", "")
    panel.show()
    places = []
    for shown in (
        None,
        RESULT,
        result(0.04),
        result(0.3, operating_point=OperatingPoint(0.35, 0.91, 0.78, uncertain=(0.2, 0.4))),
        refused(KEY, CONTRAST),
        result(overridden=CONTRAST),
        failed(KEY, message("invalid numbers in the {where}", where="pixels")),
    ):
        panel.show_result(shown)
        QApplication.processEvents()
        places.append([part.geometry() for part in parts])
    assert all(place == places[0] for place in places)


def test_the_reader_sets_how_common_it_is_by_number_and_by_slider(
    qtbot: QtBot, panel: PredictionPanel
) -> None:
    panel.show_result(RESULT)
    number = panel.frequencies.number
    assert number.text() == ""
    assert panel.frequencies.dots.isHidden()
    assert "Of 100" not in _shown(panel)
    number.editingFinished.emit()  # as by Tab through the field
    assert number.text() == ""
    assert panel.one_in == {}
    with qtbot.waitSignal(panel.one_in_chosen) as told:
        panel.frequencies.number.setValue(2)
    assert told.args == ["head-ct-haemorrhage", 2.0]
    assert "about 73 bleed" in _shown(panel)
    panel.frequencies.slider.setValue(panel.frequencies.slider.maximum())
    assert panel.frequencies.number.value() == 1000
    assert "about < 1 bleed" in _shown(panel)
    panel.show_result(None)
    panel.show_result(RESULT)
    assert panel.frequencies.number.value() == 1000  # it is the reader's, not the slice's


def test_what_a_score_is_not_stands_beside_it(panel: PredictionPanel) -> None:
    for score, calibrated in ((0.81, False), (0.04, False), (0.81, True)):
        panel.show_result(result(score, calibrated=calibrated))
        assert panel.details.text().splitlines()[0] == f"Score {score:.2f} · threshold 0.35"
        said = panel.band.accessibleName()
        assert ("not a probability" in said) is not calibrated
        assert not any(letter.isdigit() for letter in said)


def test_not_flagged_cautions_where_the_test_missed_many(panel: PredictionPanel) -> None:
    for misses, role in ((5, "quiet"), (100, "attention")):
        panel.show_result(result(0.04, counts=CallCounts(58, misses, 149, 290)))
        assert panel.frequencies.in_test.property("role") == role


@pytest.mark.parametrize("width", [177, 288, 600])
@pytest.mark.parametrize("score", [0.01, 0.33, 0.3499, 0.3504, 0.81, 0.998])
def test_the_scale_names_its_ends_with_score_and_threshold(qtbot: QtBot, score: float, width: int) -> None:
    view = ScaleView()
    qtbot.addWidget(view)
    view.resize(width, view.height())
    for band in (None, (0.2, 0.6)):
        card = card_of(result(score, operating_point=OperatingPoint(0.35, 0.91, 0.78, uncertain=band)))
        view.show_scale(card.scale)
        names = view.names()
        said = {text for text, _, _ in names}
        assert {f"this slice {card.score}", f"threshold {card.scale.text}"} <= said
        assert len(said & {"not flagged", "0"}) == len(said & {"flagged", "1"}) == 1
        if width > 200:
            assert {"not flagged", "flagged"} <= said
        assert ("uncertain" in said) <= (band is not None)
        if band is not None and width > 300 and score > 0.8:
            assert "uncertain" in said
        rooms = [room for _, room, _ in names]
        assert not any(a.intersects(b) for n, a in enumerate(rooms) for b in rooms[:n])
        assert all(view.rect().contains(room.toAlignedRect().adjusted(0, 0, -1, -1)) for room in rooms)


def test_the_button_of_the_fitting_model_stays_in_its_place(panel: PredictionPanel) -> None:
    panel.show()
    places = []
    for misfit in (
        "Short.",
        "A reason that is much longer and is broken into three or four lines of the card " * 2,
    ):
        panel.show_fit(ShownFit(misfit, fitting="Brain MR: tumour"))
        panel.show_result(None)
        QApplication.processEvents()
        places.append(panel.fitting_button.geometry())
    panel.show_result(refused(KEY, CONTRAST))
    QApplication.processEvents()
    assert panel.fitting_button.isVisible()
    assert places == [panel.fitting_button.geometry()] * 2
