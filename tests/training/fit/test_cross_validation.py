"""Cross-validation: each image is judged by a network that never saw its group; a killed run goes on."""

import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import load_file

from medviewer.errors import DataError
from medviewer.inference.pack.packs import CARD, load_card, verify_pack
from medviewer.inference.pack.population import Population
from medviewer.training.data.datasets import LabeledImages
from medviewer.training.evaluation.evaluate import evaluate
from medviewer.training.fit import cross_validation
from medviewer.training.fit.cross_validation import cross_validate, learnable, set_aside
from medviewer.training.fit.fit import Learnt
from medviewer.training.fit.recipe import Recipe, Validation
from medviewer.training.fit.trained import Trained
from medviewer.training.metrics.calibration import fit_temperature
from medviewer.training.release.publish import record_evaluation, undecided_band, write_pack
from medviewer.training.train import fit
from tests.training.toys import npz, toy_images, toy_recipe

CARD_FACTS = {"title": "Toy", "version": "0.0.1", "input": {"modality": "CT", "body_parts": ["HEAD"]}}


def _quiet(line: str) -> None:
    """Take a line of progress and drop it."""


def _recipe(folds: int = 3, stopping: float = 0.0, **optimisation: object) -> Recipe:
    recipe = toy_recipe(**{"epochs": 3, **optimisation})
    return replace(recipe, card=CARD_FACTS, validation=Validation(folds, stopping))


def test_no_network_judges_a_group_that_it_learnt_from(tmp_path: Path, monkeypatch) -> None:
    seen: list[tuple[set[str], set[str]]] = []
    learn = cross_validation.learn

    def note(recipe, training, stopping, *rest: object) -> Learnt:
        stops = set() if stopping is None else set(stopping.group.tolist())
        seen.append((set(training.group.tolist()), stops))
        return learn(recipe, training, stopping, *rest)

    monkeypatch.setattr(cross_validation, "learn", note)
    cross = cross_validate(_recipe(stopping=0.25, epochs=1), toy_images(), tmp_path, "", _quiet)
    assert len(seen) == 3
    for number, (learnt_from, stopped_by) in enumerate(seen):
        judged = set(cross.data.group[cross.fold == number].tolist())
        assert judged
        assert stopped_by
        assert not judged & (learnt_from | stopped_by)
        assert not learnt_from & stopped_by


def test_each_image_that_is_not_test_is_judged_once_and_well(tmp_path: Path) -> None:
    data = toy_images()
    cross = cross_validate(_recipe(epochs=8), data, tmp_path, "", _quiet)
    assert len(cross.logits) == (data.split != "test").sum()
    assert set(cross.data.split.tolist()) == {"train", "val"}
    figures = cross.figures()
    assert figures["folds"] == 3
    assert figures["mean"]["auc_macro"] > 0.95
    assert 0 <= figures["sd"]["auc_macro"] < 0.1


def test_temperature_threshold_and_figures_come_from_the_left_out_images(tmp_path: Path) -> None:
    trained = fit(_recipe(), toy_images(), tmp_path, _quiet)
    assert trained.cross is not None
    folder = tmp_path / "toy"
    folder.mkdir()
    write_pack(folder, trained)
    card = verify_pack(folder).card
    logits, labels = trained.cross.logits, trained.cross.data.labels
    assert card.temperature == pytest.approx(fit_temperature(logits, labels))
    assert card.figures["cross_validation"]["folds"] == 3
    assert card.figures["validation"]["calibration_pictures"] == len(labels)
    assert card.operating_point is not None
    probability = torch.softmax(torch.from_numpy(logits / card.temperature), 1).numpy()[:, 1]
    called = probability >= card.operating_point.threshold
    assert called[labels == 1].mean() == pytest.approx(card.operating_point.sensitivity)
    assert card.operating_point.sensitivity >= trained.recipe.sensitivity


def test_the_released_network_learns_from_train_and_val_and_never_from_test(tmp_path: Path) -> None:
    data = toy_images()
    blank = replace(
        data,
        images=tuple(
            np.zeros_like(image) if split == "test" else image
            for image, split in zip(data.images, data.split, strict=True)
        ),
    )
    spoilt = replace(data, labels=np.where(data.split == "val", 1 - data.labels, data.labels))
    weights = []
    for name, images in (("plain", data), ("blank", blank), ("spoilt", spoilt)):
        (tmp_path / name).mkdir()
        trained = fit(_recipe(folds=2, epochs=1), images, tmp_path / name, _quiet)
        weights.append(trained.model.head.weight)
    assert torch.equal(weights[0], weights[1])
    assert not torch.equal(weights[0], weights[2])


def test_a_run_killed_in_a_fold_comes_to_the_same_judgements(tmp_path: Path) -> None:
    class KilledError(Exception):
        pass

    lines: list[str] = []

    def kill_in_the_second_fold(line: str) -> None:
        lines.append(line)
        if line.startswith("epoch 2/") and sum(told.startswith("fold") for told in lines) == 2:
            raise KilledError

    whole, broken = tmp_path / "whole", tmp_path / "broken"
    whole.mkdir()
    broken.mkdir()
    expected = cross_validate(_recipe(), toy_images(), whole, "x", _quiet)
    with pytest.raises(KilledError):
        cross_validate(_recipe(), toy_images(), broken, "x", kill_in_the_second_fold)
    again: list[str] = []
    resumed = cross_validate(_recipe(), toy_images(), broken, "x", again.append)
    assert [line[:9] for line in again if line.startswith("epoch")] == ["epoch 3/3"] + [
        f"epoch {number}/3" for number in (1, 2, 3)
    ]
    assert np.array_equal(resumed.logits, expected.logits)


def of_two_populations() -> LabeledImages:
    data = toy_images()
    return replace(data, domain=np.where(np.arange(len(data)) // 6 % 2, "young", "old"))


@pytest.fixture(scope="module")
def by_population(tmp_path_factory: pytest.TempPathFactory) -> tuple[Trained, Path]:
    """Return a training of two populations, and its pack."""
    folder = tmp_path_factory.mktemp("populations")
    recipe = replace(
        _recipe(folds=2, epochs=8),
        populations=(
            Population("children", "children", max_age_years=17, domain="young"),
            Population("adults", "adults", 18, default=True, domain="old"),
        ),
    )
    trained = fit(recipe, of_two_populations(), folder, _quiet)
    write_pack(folder, trained)
    return trained, folder


def test_populations_are_calibrated_apart(by_population: tuple[Trained, Path]) -> None:
    trained, folder = by_population
    facts = load_card(folder)
    text = (folder / CARD).read_text("utf-8")
    assert text.count("[[population]]") == 2
    assert trained.cross is not None
    rows = trained.cross.data.domain == "young"
    young = fit_temperature(trained.cross.logits[rows], trained.cross.data.labels[rows])
    assert facts.populations[0].temperature == pytest.approx(young)


def test_each_population_is_measured_at_its_own_threshold_and_temperature(
    by_population: tuple[Trained, Path], tmp_path: Path
) -> None:
    source = npz(tmp_path / "toy.npz", of_two_populations())
    folder = Path(shutil.copytree(by_population[1], tmp_path / "toy"))
    own = evaluate(folder, [source], split="val", draws=20)["subgroups"]
    text = (folder / CARD).read_text("utf-8")
    before = load_card(folder).populations[0].operating_point
    assert before is not None
    head, children, adults = text.split("[[population]]")
    children = children.replace(
        f"threshold = {before.threshold!r}", "threshold = 0.0"
    )  # every child is called
    low = "[[population]]".join((head, children, adults))
    (folder / CARD).write_text(low, "utf-8")
    figures = evaluate(folder, [source], split="val", draws=20)
    assert figures["subgroups"]["young"]["specificity"]["spot"] == 0
    assert own["young"]["specificity"]["spot"] > 0
    assert figures["subgroups"]["old"] == own["old"]
    assert figures["subgroups"]["old"]["intervals"]["recall.spot"] is not None
    figures["split"] = "test"
    record_evaluation(folder, figures)
    point = load_card(folder).populations[1].operating_point
    assert point is not None
    assert point.sensitivity == figures["subgroups"]["old"]["recall"]["spot"]


def test_each_source_of_the_folds_has_figures_and_whole_series_alone_choose_their_rule(
    tmp_path: Path,
) -> None:
    data = toy_images()
    groups = np.arange(len(data)) // 6
    data = data.chosen(np.flatnonzero((groups % 4 < 2) | (data.labels == 0)))
    some = np.array([int(name[1:]) % 2 for name in data.group])
    data = replace(data, domain=np.where(some, "whole", "some slices"))
    recipe = replace(_recipe(folds=2), series_sensitivity=0.8, series_sources=("whole",), undecided=True)
    write_pack(tmp_path, fit(recipe, data, tmp_path, _quiet))
    card = load_card(tmp_path)
    judged = data.chosen(data.split != "test")
    source = card.figures["cross_validation"]["source"]
    for name in ("whole", "some slices"):
        assert source[name]["n"] == (judged.domain == name).sum()
        assert 0 <= source[name]["specificity"] <= 1
    assert card.series is not None
    assert card.series.n == len(np.unique(judged.group[judged.domain == "whole"]))
    point, least = card.operating_point, card.figures["conformal"]["least"]
    assert point is not None
    assert point.uncertain is not None
    low, high = undecided_band(least, "spot", point.threshold)
    assert point.uncertain[0] <= low <= high <= point.uncertain[1]


def test_more_folds_than_groups_are_refused_with_the_name_of_the_data(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="cannot be cross-validated: 20 groups for 40 folds"):
        cross_validate(_recipe(folds=40), toy_images(), tmp_path, "", _quiet)


def test_groups_to_stop_by_are_a_share_of_those_to_learn_from() -> None:
    training, stopping = set_aside(_recipe(stopping=0.25), learnable(toy_images()))
    assert stopping is not None
    assert 0.2 < len(stopping) / (len(training) + len(stopping)) < 0.3


def test_a_folds_checkpoint_is_kept_for_each_fold(tmp_path: Path) -> None:
    cross_validate(_recipe(epochs=1), toy_images(), tmp_path, "", _quiet)
    heads = [load_file(tmp_path / f"fold-{number}.safetensors")["best/head.weight"] for number in (1, 2, 3)]
    assert not torch.equal(heads[0], heads[1])
