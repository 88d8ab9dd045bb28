"""Training: it learns, stops early, can be repeated and goes on where it was killed."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors import safe_open

from medviewer.errors import DataError
from medviewer.training.data.cleaning import Cleaning
from medviewer.training.fit.fit import learning_rate
from medviewer.training.train import CHECKPOINT, fit
from tests.training.toys import toy_images, toy_recipe


def _quiet(line: str) -> None:
    """Take a line of progress and drop it."""


def _stored(folder: Path, prefix: str) -> dict[str, torch.Tensor]:
    with safe_open(folder / CHECKPOINT, framework="pt") as file:
        names = [name for name in file.keys() if name.startswith(prefix)]  # noqa: SIM118 - not a mapping
        return {name.removeprefix(prefix): file.get_tensor(name) for name in names}


def test_the_loss_falls_and_the_classes_are_told_apart(tmp_path: Path) -> None:
    lines: list[str] = []
    trained = fit(toy_recipe(), toy_images(), tmp_path, lines.append)
    assert trained.history[-1].loss < 0.65 * trained.history[0].loss
    assert max(epoch.stop_auc for epoch in trained.history) > 0.95
    assert len(lines) == len(trained.history)
    assert lines[0].startswith("epoch 1/8  loss ")


def test_two_epochs_with_all_that_can_be_switched_on_lower_the_loss(tmp_path: Path) -> None:
    recipe = toy_recipe(
        epochs=3,
        mixup=0.2,
        auxiliary=0.3,
        label_smoothing=0.05,
        optimizer="sgd",
        group_balance=0.5,
        balance=0.5,
    )
    trained = fit(recipe, toy_images(), tmp_path, _quiet)
    assert trained.history[-1].loss < trained.history[0].loss


def test_training_ends_when_nothing_gets_better(tmp_path: Path) -> None:
    trained = fit(toy_recipe(epochs=12, patience=2), toy_images(), tmp_path, _quiet)
    best = max(epoch.epoch for epoch in trained.history if epoch.best)
    assert len(trained.history) == best + 2 < 12


def test_what_is_kept_are_the_weights_of_the_best_epoch(tmp_path: Path) -> None:
    at_best: list[dict[str, torch.Tensor]] = []

    def look(line: str) -> None:
        if line.endswith("best"):
            at_best.append(_stored(tmp_path, "averaged/"))

    trained = fit(toy_recipe(epochs=12, patience=2), toy_images(), tmp_path, look)
    assert not trained.history[-1].best
    last = _stored(tmp_path, "averaged/")
    kept = trained.model.state_dict()
    assert torch.equal(kept["stem.weights.weight"], at_best[-1]["stem.weights.weight"])
    assert not torch.equal(kept["stem.weights.weight"], last["stem.weights.weight"])


def test_a_training_killed_between_epochs_comes_to_the_same_weights(tmp_path: Path) -> None:
    class KilledError(Exception):
        pass

    def kill_after_the_third(line: str) -> None:
        if line.startswith("epoch 3/"):
            raise KilledError

    whole, broken = tmp_path / "whole", tmp_path / "broken"
    whole.mkdir()
    broken.mkdir()
    expected = fit(toy_recipe(epochs=5), toy_images(), whole, _quiet)
    with pytest.raises(KilledError):
        fit(toy_recipe(epochs=5), toy_images(), broken, kill_after_the_third)
    lines: list[str] = []
    resumed = fit(toy_recipe(epochs=5), toy_images(), broken, lines.append)
    assert [line[:7] for line in lines] == ["epoch 4", "epoch 5"]
    assert resumed.history == expected.history
    for name, value in resumed.model.state_dict().items():
        assert torch.equal(value, expected.model.state_dict()[name]), name


def test_a_training_with_another_cleaning_begins_anew(tmp_path: Path) -> None:
    fit(toy_recipe(epochs=2), toy_images(), tmp_path, _quiet)
    lines: list[str] = []
    other = replace(toy_recipe(epochs=2), cleaning=Cleaning(correlation=0.9))
    fit(other, toy_images(), tmp_path, lines.append)
    assert [line[:7] for line in lines] == ["epoch 1", "epoch 2"]


def test_the_test_split_changes_nothing(tmp_path: Path) -> None:
    data = toy_images()
    other = toy_images()
    blank = tuple(
        np.zeros_like(image) if split == "test" else image
        for image, split in zip(other.images, other.split, strict=True)
    )
    first, second = tmp_path / "a", tmp_path / "b"
    first.mkdir()
    second.mkdir()
    one = fit(toy_recipe(epochs=2), data, first, _quiet)
    two = fit(toy_recipe(epochs=2), replace(other, images=blank), second, _quiet)
    assert torch.equal(one.model.head.weight, two.model.head.weight)


def test_stopping_and_calibration_share_no_patient(tmp_path: Path) -> None:
    trained = fit(toy_recipe(epochs=1), toy_images(), tmp_path, _quiet)
    groups = set(trained.calibration.group.tolist())
    validation = trained.data.of_split("val")
    assert groups < set(validation.group.tolist())
    assert not groups & set(trained.data.of_split("train").group.tolist())


def test_balanced_drawing_is_put_right_in_the_probabilities(tmp_path: Path) -> None:
    data = toy_images(per_group=10)
    rows = np.flatnonzero((data.labels == 0) | (np.arange(len(data)) % 10 == 1))  # one in six has a spot
    trained = fit(toy_recipe(epochs=4), data.chosen(rows), tmp_path, _quiet)
    shift = trained.model.head.bias.detach() - _stored(tmp_path, "best/")["head.bias"]
    assert float(shift[1] - shift[0]) == pytest.approx(np.log(1 / 5), abs=1e-5)


def test_data_without_a_class_in_one_half_is_refused(tmp_path: Path) -> None:
    data = toy_images()
    only = (data.split != "val") | (data.labels == 0)
    with pytest.raises(DataError, match="has no picture of spot; more pictures, or more patients"):
        fit(toy_recipe(), data.chosen(only), tmp_path, _quiet)


def test_the_learning_rate_warms_up_and_falls_to_zero() -> None:
    how = toy_recipe(epochs=10, warm_up_epochs=2.0).optimisation
    rates = [learning_rate(how, epoch) for epoch in np.linspace(0, 10, 101)]
    assert rates[0] < 0.1 * max(rates)
    assert int(np.argmax(rates)) == 20
    assert rates[-1] == pytest.approx(0, abs=1e-9)
