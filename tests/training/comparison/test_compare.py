"""A comparison: the same images for all, nothing learnt from those that are measured, readings noted."""

import shutil
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from medviewer.errors import DataError, UnknownModelError
from medviewer.imaging.frame.types import DisplayImage
from medviewer.inference.pack import packs
from medviewer.training.comparison import compare as module
from medviewer.training.comparison.baselines import CLASSIC, Chosen, Groups, Labels, Row
from medviewer.training.comparison.compare import compare
from medviewer.training.data.datasets import LabeledImages
from medviewer.training.evaluation.evaluate import evaluate
from medviewer.training.release import publish
from medviewer.training.train import fit
from tests.training.toys import npz, toy_images, toy_recipe

CARD_FACTS = {"title": "Toy", "version": "0.0.1", "input": {"modality": "CT", "body_parts": ["HEAD"]}}


@pytest.fixture(scope="module")
def pack(tmp_path_factory: pytest.TempPathFactory) -> Path:
    recipe = replace(toy_recipe(), card=CARD_FACTS)
    trained = fit(recipe, toy_images(), tmp_path_factory.mktemp("training"), lambda line: None)
    folder = tmp_path_factory.mktemp("packs") / "toy"
    folder.mkdir()
    publish.write_pack(folder, trained)
    return folder


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return npz(tmp_path / "toy.npz", toy_images(seed=1))


@pytest.fixture(autouse=True)
def one_method(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """Leave the quickest method only, and tell which groups it is fitted on."""
    seen: list[list[str]] = []

    def spied(images: Sequence[DisplayImage], labels: Labels, group: Groups) -> Chosen:
        seen.append(sorted(set(group.tolist())))
        return CLASSIC[0].fit(images, labels, group)

    monkeypatch.setattr(module, "METHODS", (Row("thumbnail", "Thumbnail", spied),))
    return seen


def _groups(*splits: str) -> list[str]:
    toys = toy_images(seed=1)
    return sorted(set(toys.group[np.isin(toys.split, splits)].tolist()))


def _quiet(line: str) -> None:
    pass


def test_the_model_has_the_figures_of_its_evaluation_and_all_are_measured_alike(
    pack: Path, data: Path
) -> None:
    compared = compare([data], pack, draws=50, progress=_quiet)
    evaluation = evaluate(pack, [data], draws=50)
    network, method = compared["methods"]
    assert compared["n"] == evaluation["n"] == 48
    assert compared["groups"] == evaluation["groups"] == 8
    for name in ("accuracy", "balanced_accuracy", "auc_macro", "recall"):
        assert network[name] == pytest.approx(evaluation[name]), name
    assert network["called_by"] == "operating point"
    assert network["size_bytes"] == (pack / "model.onnx").stat().st_size
    for row in (network, method):
        low, high = row["intervals"]["accuracy"]
        assert low <= row["accuracy"] <= high
        assert row["milliseconds"] > 0
    assert set(method["intervals"]) == set(network["intervals"])
    assert method["cross_validation_auc"] > 0.9


def test_nothing_is_fitted_on_what_is_measured(data: Path, one_method: list[list[str]]) -> None:
    on_test = compare([data], draws=10, progress=_quiet)
    on_val = compare([data], split="val", draws=10, progress=_quiet)
    assert one_method == [_groups("train", "val"), _groups("train")]
    assert on_test["fitted_on"] == {"splits": ["train", "val"], "n": 120, "groups": 20}
    assert on_val["fitted_on"]["splits"] == ["train"]
    with pytest.raises(DataError, match="test or val"):
        compare([data], split="train")


def test_one_source_is_compared_alone(tmp_path: Path, one_method: list[list[str]]) -> None:
    toys = toy_images(seed=1)
    domain = np.where([int(name[1:]) % 2 == 0 for name in toys.group], "one", "other")
    path = npz(tmp_path / "two.npz", replace(toys, domain=domain))
    found = compare([path], draws=10, progress=_quiet, sources=["one"])
    assert found["n"] == int(((toys.split == "test") & (domain == "one")).sum())
    assert one_method == [[name for name in _groups("train", "val") if int(name[1:]) % 2 == 0]]


def test_a_reading_of_the_test_is_noted_and_that_the_methods_read_it_too(pack: Path, data: Path) -> None:
    on_val = compare([data], pack, split="val", draws=10, progress=_quiet)
    assert on_val["test_readings"] is None
    assert on_val["notes"] == [module.VAL_FLATTERS]
    first = compare([data], pack, draws=10, progress=_quiet)
    assert first["test_readings"] == 1
    assert first["notes"] == [module.METHODS_READ_TEST]
    assert evaluate(pack, [data], draws=10)["test_readings"] == 2


def test_an_installed_model_with_the_classes_is_found_and_otherwise_its_absence_is_said(
    pack: Path, data: Path
) -> None:
    assert compare([data], draws=10, progress=_quiet)["notes"][0] == module.NO_MODEL
    damaged = packs.user_packs_folder() / "a-damaged-one"
    damaged.mkdir(parents=True)
    (damaged / "card.toml").write_text("no card")
    shutil.copytree(pack, packs.user_packs_folder() / "toy")
    found = compare([data], draws=10, progress=_quiet)
    assert [row["name"] for row in found["methods"]] == ["toy", "thumbnail"]
    with pytest.raises(UnknownModelError):
        compare([data], "nowhere", progress=_quiet)


def test_images_of_other_classes_are_left_out_for_all(pack: Path, tmp_path: Path) -> None:
    toys = toy_images(seed=1)
    labels = toys.labels.copy()
    labels[::6] = 2
    path = npz(tmp_path / "more.npz", replace(toys, labels=labels, class_names=(*toys.class_names, "else")))
    compared = compare([path], pack, draws=10, progress=_quiet)
    assert compared["left_out"] == 8
    assert compared["n"] == 40
    assert compared["classes"] == list(toys.class_names)


@pytest.mark.parametrize("kind", ["class", "group"])
def test_what_cannot_be_fitted_on_is_refused(kind: str, tmp_path: Path) -> None:
    toys: LabeledImages = toy_images()
    fitted = toys.split != "test"
    if kind == "class":
        toys = replace(toys, labels=np.where(fitted, 0, toys.labels))
    else:
        toys = replace(toys, group=np.where(fitted, "one", toys.group))
    with pytest.raises(DataError, match="spot" if kind == "class" else "two groups"):
        compare([npz(tmp_path / "bad.npz", toys)], progress=_quiet)
