"""The packs that come with the program say what they are, and answer as they did when they were trained."""

import json

import pytest

from medviewer.inference.classification.classifier import Classifier
from medviewer.inference.pack.bundled_hashes import BUNDLED
from medviewer.inference.pack.packs import FILES, WEIGHTS, bundled_folder, verify_pack
from medviewer.limits import MODEL_PACK_BYTES
from medviewer.training.evaluation.plots import image_names
from medviewer.training.fit.recipe import load_recipe
from medviewer.training.release.publish import EVALUATION, NOTICE, notice

PACKS = sorted(BUNDLED)


@pytest.mark.parametrize("name", PACKS)
def test_a_bundled_pack_is_small_and_states_its_test(name: str) -> None:
    folder = bundled_folder() / name
    pack = verify_pack(folder)
    assert sum((folder / file).stat().st_size for file in FILES) <= MODEL_PACK_BYTES
    card = pack.card
    # called calibrated only where sources that were left out bear it out
    elsewhere = card.figures.get("left_out", {})
    borne_out = bool(elsewhere) and all(one["ece"] <= one["ece_95"] for one in elsewhere.values())
    assert borne_out or not card.calibrated
    assert card.intended_use.startswith("Research and education, not for diagnosis.")
    # whatever is shown as the operating point's performance was read from a test split, and that is logged
    assert [reading["weights"] for reading in card.readings] == [card.files[WEIGHTS]] * len(card.readings)
    assert len(card.readings) >= 1
    point, test = card.operating_point, card.figures["test"]
    assert (point is not None) == bool(card.positive)
    assert test["n"] > 0
    if point is None:
        return
    assert point.sensitivity == test["recall"][card.positive]
    assert point.sensitivity_interval == tuple(test["intervals"][f"recall.{card.positive}"])
    assert point.specificity == test["specificity"][card.positive]


@pytest.mark.parametrize("name", PACKS)
def test_a_bundled_pack_was_made_by_its_recipe(name: str) -> None:
    card, recipe = verify_pack(bundled_folder() / name).card, load_recipe(name)
    assert card.preprocessing == recipe.preprocessing
    assert card.labels == recipe.class_names
    assert card.version == recipe.card["version"]
    assert card.architecture == {**recipe.architecture.as_facts(), "folded": True}


@pytest.mark.parametrize("name", PACKS)
def test_a_bundled_pack_has_its_evaluation_its_images_and_its_notice(name: str) -> None:
    folder = bundled_folder() / name
    card = verify_pack(folder).card
    evaluation = json.loads((folder / EVALUATION).read_text("utf-8"))
    assert (evaluation["model"], evaluation["model_version"]) == (card.name, card.version)
    assert evaluation["split"] == "test"
    assert evaluation["auc_macro"] == card.figures["test"]["auc_macro"]
    assert set(evaluation["robustness"]["attacks"]["pgd"]) == {"1/255", "2/255", "4/255", "8/255"}
    positive = card.labels.index(card.positive) if card.positive else None
    wanted = {*image_names(card.labels, positive), "curves.png"}
    assert {path.name for path in folder.glob("*.png")} - {"comparison.png"} == wanted
    assert (folder / NOTICE).read_text("utf-8") == notice(card)
    assert sum(path.stat().st_size for path in folder.iterdir()) <= MODEL_PACK_BYTES


@pytest.mark.parametrize("name", PACKS)
def test_a_result_and_the_evaluation_of_its_model_carry_one_hash(name: str) -> None:
    folder = bundled_folder() / name
    pack = verify_pack(folder)
    evaluation = json.loads((folder / EVALUATION).read_text("utf-8"))
    assert evaluation["model_sha256"] == pack.model_sha256
    assert pack.card.figures["test"]["model_sha256"] == pack.model_sha256
    assert Classifier(pack, "cpu").model_sha256 == pack.model_sha256 != pack.sha256
    point = pack.card.operating_point
    assert evaluation["threshold"] == (None if point is None else point.threshold)
