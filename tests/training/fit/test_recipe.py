"""Recipes: the bundled one is whole, and a wrong one is named."""

from pathlib import Path

import pytest

from medviewer.errors import DataError, NotFoundError
from medviewer.training.fit.recipe import RECIPES, load_recipe

SMALL = """
name = "x"
class_names = ["a", "b"]
positive = "b"
[preprocessing]
size = 64
[architecture]
classes = 2
"""


@pytest.mark.parametrize("path", sorted(RECIPES.glob("*.toml")), ids=lambda path: path.stem)
def test_each_bundled_recipe_is_found_by_its_name(path: Path) -> None:
    recipe = load_recipe(path.stem)
    assert recipe.name == path.stem
    assert recipe.architecture.input_channels == recipe.preprocessing.channels
    assert recipe.card["intended_use"].startswith("Research and education, not for diagnosis.")
    assert recipe.card["licence"]
    assert recipe.card["limits"]


def test_what_a_recipe_does_not_say_is_switched_off(tmp_path: Path) -> None:
    (tmp_path / "r.toml").write_text(SMALL)
    recipe = load_recipe(tmp_path / "r.toml")
    assert recipe.positive_index == 1
    assert not recipe.augmentation.mirror
    assert recipe.augmentation.noise == 0
    assert not recipe.preprocessing.head_crop
    assert recipe.optimisation.mixup == 0


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ('positive = "b"', 'positive = "c"', "positive"),
        ("classes = 2", "classes = 3", "architecture.classes is 3"),
        ("size = 64", "side = 64", "side"),
        ("classes = 2", "depth = 2", "depth"),
        ('name = "x"', "", "name"),
        ('name = "x"', "name = ", "not a recipe"),
    ],
)
def test_a_wrong_recipe_is_named_with_the_reason(tmp_path: Path, old: str, new: str, reason: str) -> None:
    (tmp_path / "r.toml").write_text(SMALL.replace(old, new))
    with pytest.raises(DataError, match=reason):
        load_recipe(tmp_path / "r.toml")


def test_an_unknown_recipe_is_named() -> None:
    with pytest.raises(NotFoundError, match="no recipe nowhere"):
        load_recipe("nowhere")
