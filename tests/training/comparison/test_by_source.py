"""Each source is judged by what was fitted on the others, and no test split is read."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from medviewer.errors import DataError
from medviewer.imaging.frame.types import DisplayImage
from medviewer.inference.pack import bundled_folder, load_card
from medviewer.training.comparison import by_source as module, compare as compare_module
from medviewer.training.comparison.baselines import CLASSIC, Chosen, Groups, Labels, Row
from medviewer.training.comparison.by_source import compare_sources, comparison_on_card
from tests.training.toys import npz, toy_images


@pytest.fixture(autouse=True)
def one_method(monkeypatch: pytest.MonkeyPatch) -> list[set[str]]:
    """Leave the quickest method only and no installed model.

    Tell the groups that it is fitted on.
    """
    seen: list[set[str]] = []

    def spied(images: Sequence[DisplayImage], labels: Labels, group: Groups) -> Chosen:
        seen.append(set(group.tolist()))
        return CLASSIC[0].fit(images, labels, group)

    monkeypatch.setattr(module, "METHODS", (Row("thumbnail", "Thumbnail", spied),))
    monkeypatch.setattr(compare_module, "installed_packs", list)
    return seen


def test_a_source_is_judged_by_what_the_others_taught(tmp_path: Path, one_method: list[set[str]]) -> None:
    data = toy_images(seed=1)
    data = replace(data, domain=np.array([f"clinic {int(name[1:]) % 2}" for name in data.group]))
    test_groups = set(data.group[data.split == "test"].tolist())
    found = compare_sources([npz(tmp_path / "toy.npz", data)], progress=lambda line: None)
    assert list(found["sources"]) == ["clinic 0", "clinic 1"]
    for number, fitted_on in enumerate(one_method):
        assert all(int(name[1:]) % 2 != number for name in fitted_on)
        assert not fitted_on & test_groups
    for row in found["sources"].values():
        assert row["n"] == 60
        figures = row["methods"]["thumbnail"]
        low, high = figures["interval"]
        assert low <= figures["auc"] <= high


def test_only_the_chosen_sources_teach_and_are_judged(tmp_path: Path, one_method: list[set[str]]) -> None:
    data = toy_images(seed=1)
    data = replace(data, domain=np.array([f"clinic {int(name[1:]) % 3}" for name in data.group]))
    path = npz(tmp_path / "toy.npz", data)
    found = compare_sources([path], progress=lambda line: None, sources=["clinic 0", "clinic 2"])
    assert list(found["sources"]) == ["clinic 0", "clinic 2"]
    assert all(int(name[1:]) % 3 != 1 for fitted_on in one_method for name in fitted_on)


def test_one_source_alone_cannot_be_left_out(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="no source in it can be left out"):
        compare_sources([npz(tmp_path / "toy.npz", toy_images())], progress=lambda line: None)


def test_a_card_gives_its_network_beside_the_shortcuts_of_the_same_run() -> None:
    card = load_card(bundled_folder() / "chest-xray-pneumonia")
    found = comparison_on_card(card)["sources"]
    assert list(found) == ["patients left out", *card.figures["left_out"]]
    adults, said = found["nih_adult"]["methods"], card.figures["left_out"]["nih_adult"]
    assert adults[card.name]["auc"] == said["auc"]
    assert adults[card.name]["interval"] == said["auc_interval"]
    assert adults["hog-logistic"]["auc"] == said["hog-logistic"]["auc"]
    assert found["patients left out"]["methods"][card.name]["interval"] is None
