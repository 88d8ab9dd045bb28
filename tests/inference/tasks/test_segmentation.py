"""Whether a finding is there, and its outline where it is called."""

from dataclasses import replace

import numpy as np
import pytest

from medviewer.errors import DamagedModelError, InvalidNumbersError
from medviewer.inference.engines.outputs import Outputs
from medviewer.inference.outline import Outline
from medviewer.inference.pack.card import ModelCard
from medviewer.inference.result import Gate, ModelResult, OperatingPoint, ResultKey
from medviewer.inference.tasks import TASKS, outline_in
from medviewer.inference.tasks.call_counts import CallCounts
from medviewer.inference.tasks.segmentation import Segmentation
from medviewer.viewer.texts.ai_card import card_of
from tests.inference.conftest import CONTRACT, SPEC

TASK = TASKS["segmentation"]
CARD = ModelCard(
    name="toy",
    title="Toy",
    version="1",
    date="2026-01-01",
    labels=("clean", "tumor"),
    positive="tumor",
    input=CONTRACT,
    preprocessing=SPEC,
    task="segmentation",
    operating_point=OperatingPoint(0.5, 0.9, 0.8, uncertain=(0.4, 0.6)),
)
DRAWN = Outline(np.ones((4, 5), bool), (((0.5, 0.5), (4.5, 0.5), (4.5, 3.5)),), 1234.0, 45.0)


class Place:
    """The way to a frame on which everything gives one outline."""

    def __init__(self, outline: Outline | None = DRAWN) -> None:
        self.drawn, self.asked = outline, 0

    def outline(self, log_odds: np.ndarray) -> Outline | None:
        assert log_odds.shape == (8, 8)
        self.asked += 1
        return self.drawn


def outputs(odds: float, channels: int = 1) -> Outputs:
    return Outputs(
        np.array([0.0, odds], np.float32),
        np.zeros(3, np.float32),
        np.zeros((channels, 8, 8), np.float32),
    )


def content(odds: float, place: Place) -> Segmentation:
    made = TASK.placed(TASK.decode(outputs(odds), CARD), place)
    assert isinstance(made, Segmentation)
    return made


def result_of(made: Segmentation, *gates: Gate) -> ModelResult:
    key = ResultKey("1.2", 1, "p", "s", "m", "c")
    return ModelResult(key, gates, made, None, "toy", "1", "segmentation")


def test_a_called_finding_has_its_outline_with_area_and_diameter() -> None:
    made = content(3.0, Place())
    assert made.label == "tumor"
    said = TASK.words(made)
    assert str(said.measures[0]) == "outline: 12.3 cm², longest diameter 4.5 cm"
    row = TASK.row(made, True)
    assert (row["outline_area_mm2"], row["outline_diameter_mm"]) == (1234.0, 45.0)
    assert outline_in(result_of(made)) is DRAWN
    for counts in (None, CallCounts(9, 1, 2, 8)):
        card = card_of(result_of(replace(made, counts=counts)))
        assert "Outline: 12.3 cm², longest diameter 4.5 cm" in card.details


def test_the_size_is_not_invented_where_the_file_states_no_spacing() -> None:
    made = content(3.0, Place(replace(DRAWN, area_mm2=None, diameter_mm=None)))
    assert str(TASK.words(made).measures[0]) == "outline on the picture, its size is not known"


@pytest.mark.parametrize("odds", [-3.0, 0.1])
def test_nothing_is_drawn_where_nothing_is_called(odds: float) -> None:
    place = Place()
    made = content(odds, place)
    assert made.outline is None
    assert place.asked == 0
    assert TASK.words(made).measures == ()


def test_nothing_is_drawn_where_a_gate_failed() -> None:
    forced = result_of(content(3.0, Place()), Gate("plane", False, "The plane is wrong."))
    assert outline_in(forced) is None
    assert isinstance(forced.content, Segmentation)
    assert forced.content.outline is None
    assert TASK.row(forced.content, False)["outline_area_mm2"] is None


def test_the_outline_of_the_model_that_was_asked_first_is_shown_with_the_name() -> None:
    from tests.made_results import answered

    first = result_of(content(3.0, Place()))
    named = answered(first.key, first=first)
    assert outline_in(named) is DRAWN
    forced = answered(first.key, first=first, overridden=Gate("plane", False, "The plane is wrong."))
    assert outline_in(forced) is None


def test_bad_numbers_and_another_network_are_no_answer() -> None:
    with pytest.raises(InvalidNumbersError):
        TASK.decode(outputs(np.nan), CARD)
    with pytest.raises(DamagedModelError, match="draws no outline"):
        TASK.decode(outputs(1.0, channels=3), CARD)


@pytest.mark.parametrize(
    "change", [{"positive": ""}, {"operating_point": None}, {"labels": ("a", "b", "tumor")}]
)
def test_its_card_states_which_of_two_classes_is_the_finding(change: dict) -> None:
    with pytest.raises(ValueError, match="segmentation"):
        TASK.check(replace(CARD, **change))
