"""What each step of a recipe is worth is measured on groups that were left out."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from medviewer.training.comparison import ablation
from medviewer.training.data.augmentation import Augmentation
from medviewer.training.fit.recipe import Recipe
from tests.training.toys import npz, toy_images, toy_recipe


def test_each_variant_differs_from_the_recipe_in_its_step_only() -> None:
    recipe = toy_recipe(auxiliary=0.0)
    found = ablation.variants(recipe)
    assert found.pop(ablation.ALL_STEPS) == recipe
    assert "without the second task (subtypes)" not in found  # there is none to leave out
    assert found["head crop switched"].preprocessing == replace(recipe.preprocessing, head_crop=True)
    assert found["without augmentation"] == replace(recipe, augmentation=Augmentation())
    bare = found["without weight decay, dropout and softened labels"]
    assert (bare.optimisation.weight_decay, bare.architecture.dropout) == (0.0, 0.0)
    assert all(other != recipe for other in found.values())


def test_a_step_is_judged_by_seeds_on_groups_left_out_and_the_test_split_is_not_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ablation, "load_recipe", lambda _: toy_recipe(epochs=4))
    monkeypatch.setattr(ablation, "STEPS", {"without learning": _without_learning})
    data = toy_images()
    broken = np.where(data.split == "test", 1 - data.labels, data.labels)  # it would be noticed
    found = ablation.compare_steps("toy", [npz(tmp_path / "d.npz", replace(data, labels=broken))], seeds=2)
    assert [row["step"] for row in found["steps"]] == [ablation.ALL_STEPS, "without learning"]
    whole, without = found["steps"]
    assert (found["groups"], found["seeds"]) == (20, 2)
    assert whole["mean"] > 0.9
    assert (whole["difference"], whole["worse"]) == (0.0, 0)
    assert without["difference"] == pytest.approx(without["mean"] - whole["mean"])
    assert without["worse"] == sum(
        one < other for one, other in zip(without["auc"], whole["auc"], strict=True)
    )
    assert without["worse"] >= 1


def _without_learning(recipe: Recipe) -> Recipe:
    return replace(recipe, optimisation=replace(recipe.optimisation, learning_rate=1e-9))
