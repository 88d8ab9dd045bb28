"""A network that begins with another's.

It computes the same as the published one, in both modes.
"""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from medviewer.errors import DamagedModelError
from medviewer.inference.engines.networks import Architecture, build, fold
from medviewer.inference.pack.packs import load_card
from medviewer.training.fit.pretrained import start_from
from medviewer.training.fit.sampling import preprocessed
from medviewer.training.release.publish import write_pack
from medviewer.training.train import fit
from tests.training.toys import toy_images, toy_recipe

CARD_FACTS = {"title": "Toy", "version": "0.0.1", "input": {"modality": "CT"}}
PLAIN = Architecture(width=8, blocks=(1, 1))


@pytest.fixture(scope="module")
def pack(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("pack")
    recipe = replace(toy_recipe(epochs=2), architecture=PLAIN, card=CARD_FACTS)
    write_pack(folder, fit(recipe, toy_images(), folder, lambda line: None))
    return folder


def _inputs(pack: Path) -> np.ndarray:
    return preprocessed(toy_images().images[:64], load_card(pack).preprocessing)


def test_the_embedding_is_that_of_the_published_network_in_both_modes(pack: Path) -> None:
    inputs = _inputs(pack)
    model = build(PLAIN)
    start_from(str(pack), model, inputs)
    published = fit(
        replace(toy_recipe(epochs=2), architecture=PLAIN), toy_images(), pack, lambda line: None
    ).model
    expected = fold(published)(torch.from_numpy(inputs))[1].detach()
    with torch.no_grad():
        learning = model.train()(torch.from_numpy(inputs))[1]
        start_from(str(pack), model, inputs)  # the pass in training mode moved the statistics
        judging = model.eval()(torch.from_numpy(inputs))[1]
    scale = float(expected.std())
    judging, learning = judging.detach(), learning.detach()
    assert float((judging - expected).abs().max()) < 0.02 * scale  # the pack's weights are rounded to half
    assert float((learning - expected).abs().max()) < 0.05 * scale


def test_channels_that_the_pack_does_not_know_begin_at_nothing(pack: Path) -> None:
    model = build(replace(PLAIN, mirror=True))
    start_from(str(pack), model, _inputs(pack))
    weight = model.stem.weights.weight.detach()
    assert weight.shape[1] == 2
    assert float(weight[:, 1].abs().max()) == 0
    assert float(weight[:, 0].abs().max()) > 0


def test_a_network_of_another_shape_is_refused(pack: Path) -> None:
    with pytest.raises(DamagedModelError, match="another shape"):
        start_from(str(pack), build(Architecture(width=16, blocks=(1, 1))), _inputs(pack))


def test_a_recipe_that_starts_from_a_pack_begins_ahead(pack: Path, tmp_path: Path) -> None:
    (tmp_path / "fresh").mkdir()
    (tmp_path / "ahead").mkdir()
    recipe = replace(toy_recipe(epochs=1, learning_rate=1e-3), architecture=PLAIN)
    fresh = fit(recipe, toy_images(), tmp_path / "fresh", lambda line: None)
    ahead = fit(replace(recipe, start=str(pack)), toy_images(), tmp_path / "ahead", lambda line: None)
    assert ahead.history[0].stop_auc > fresh.history[0].stop_auc
