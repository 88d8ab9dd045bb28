"""What a bundled card gets after its release: its network stays, and each reading is counted once."""

from collections.abc import Callable
from pathlib import Path

import pytest

from medviewer.errors import DataError
from medviewer.inference.pack import WEIGHTS, load_card
from medviewer.training.release import further
from tests.inference.conftest import make_pack, toy_weights

__all__ = ["make_pack", "toy_weights"]  # fixtures

LOOKED_AT = {"date": "2026-11-30", "data": "toy.npz", "pictures": 150, "purpose": "rule of the changes"}


@pytest.fixture
def folder(make_pack: Callable[..., Path], monkeypatch: pytest.MonkeyPatch) -> Path:
    made = make_pack()
    monkeypatch.setattr(further, "bundled_folder", lambda: made.parent)
    monkeypatch.setattr(further, "pin", lambda _: None)
    return made


def test_a_further_reading_is_counted_once_with_the_weights_it_was_of(folder: Path) -> None:
    before = load_card(folder)
    for _ in range(2):
        further.add_to_card(folder.name, {"readings": [LOOKED_AT]})
    card = load_card(folder)
    assert len(card.readings) == len(before.readings) + 1
    assert card.readings[-1] == {**LOOKED_AT, "split": "test", "weights": card.files[WEIGHTS]}
    assert (card.files, card.operating_point) == (before.files, before.operating_point)


def test_figures_join_those_of_the_card(folder: Path) -> None:
    further.add_to_card(folder.name, {"figures": {"changes": {"n": 150, "turned": 17}}})
    further.add_to_card(folder.name, {"figures": {"changes": {"turned": 18}}})
    assert load_card(folder).figures["changes"] == {"n": 150, "turned": 18}


@pytest.mark.parametrize(
    "facts", [{"operating_point": {"threshold": 0.5}}, {"readings": [{"date": "2026-11-30"}]}]
)
def test_neither_a_threshold_nor_a_reading_without_purpose_is_added(folder: Path, facts: dict) -> None:
    with pytest.raises(DataError):
        further.add_to_card(folder.name, facts)
