"""The packs that come with the program say what they are, and answer as they did when they were trained."""

from pathlib import Path

import numpy as np
import pytest

from medviewer.inference.bundled import BUNDLED
from medviewer.inference.engine_onnx import OnnxEngine
from medviewer.inference.model_card import FILES, GRAPH, WEIGHTS, bundled_folder, verify_pack
from medviewer.limits import MODEL_PACK_BYTES
from medviewer.training.datasets import halves_by_group, load
from medviewer.training.drawing import preprocessed
from medviewer.training.figures import area_under_curve
from medviewer.training.recipe import load_recipe

PACKS = sorted(BUNDLED)


@pytest.mark.parametrize("name", PACKS)
def test_a_bundled_pack_is_small_and_states_its_test(name: str) -> None:
    folder = bundled_folder() / name
    pack = verify_pack(folder)
    assert sum((folder / file).stat().st_size for file in FILES) <= MODEL_PACK_BYTES
    card = pack.card
    assert card.calibrated
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


@pytest.mark.shared
def test_the_head_ct_pack_ranks_the_stopping_half_as_when_it_was_chosen(shared_data: Path) -> None:
    pack = verify_pack(bundled_folder() / "head-ct-haemorrhage")
    data = load([shared_data / "data" / "classification" / "head_ct_hemorrhage.npz"])
    validation = data.of_split("val").with_classes(pack.card.labels, pack.card.aliases)
    half = validation.chosen(halves_by_group(validation.labels, validation.group)[0])
    logits = OnnxEngine(pack.read(GRAPH)).run(preprocessed(half.pictures, pack.card.preprocessing)).logits
    area = area_under_curve((logits[:, 1] - logits[:, 0]).astype(np.float64), half.labels == 1)
    assert area == pytest.approx(pack.card.figures["validation"]["stopping_half_auc"], abs=2e-3)
