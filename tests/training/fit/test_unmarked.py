"""Images that nobody marked teach whether something is there, and never where."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from medviewer.dicom.demo.phantom_anatomy import Head, slice_heights
from medviewer.errors import DataError
from medviewer.inference.engines.networks import Architecture, Lite0Outline, Network, build
from medviewer.inference.engines.outline import CHANNELS
from medviewer.inference.input.preprocess import Preprocessing, preprocess_image
from medviewer.training.data.augmentation import Augmentation
from medviewer.training.data.datasets import NO_MASK, LabeledImages
from medviewer.training.fit import fit
from medviewer.training.fit.outlines import drawn_outlines
from medviewer.training.fit.recipe import Optimization, Recipe
from medviewer.training.fit.sampling import SampledDataset
from medviewer.training.fit.views import Views, outline_loss, placed_mask
from tests.training.toys import toy_images

SPEC = Preprocessing(size=64, mean=0.5, std=0.5, brain=True)


def brains(count: int = 8) -> LabeledImages:
    """Return slices of a phantom, every second one with unmarked blood."""
    images = []
    for number in range(count):
        values = Head(number).slice_hu(slice_heights(22)[11])
        image = np.rint(np.clip((values + 20) * 255 / 120, 0, 255)).astype(np.uint8)
        if number % 2:
            rows, columns = image.shape
            image[rows // 2 : rows // 2 + 40, columns // 2 : columns // 2 + 40] = 200
        images.append(image)
    return replace(toy_images().chosen(np.arange(count)), images=tuple(images), labels=np.arange(count) % 2)


def recipe_of(augmentation: Augmentation) -> Recipe:
    return Recipe(
        name="toy",
        seed=3,
        class_names=("plain", "spot"),
        positive="spot",
        background="plain",
        sensitivity=0.9,
        preprocessing=SPEC,
        architecture=Architecture(family="lite0-outline", classes=2),
        augmentation=augmentation,
        optimisation=Optimization(
            epochs=1, epoch_pictures=16, batch_size=8, outline=1.0, outline_decides=True
        ),
    )


def test_a_clean_image_is_marked_nowhere_and_of_an_unmarked_one_nothing_is_known() -> None:
    views = Views(brains(), SPEC, Augmentation(mirror=True), 0)
    for row in range(8):
        view = views.draw(row, np.random.default_rng(row))
        assert np.isnan(view.marked).all() == bool(row % 2)
        assert view.is_background != bool(row % 2)
        assert row % 2 or view.marked.max() == 0


def test_the_loss_of_the_places_leaves_unmarked_images_alone() -> None:
    model = build(Architecture(family="lite0-outline", classes=2))
    odds = torch.randn(3, 1, 32, 32, requires_grad=True)
    marked = torch.zeros(3, 64, 64)
    marked[1] = torch.nan
    loss = outline_loss(model, odds, marked, background=0)
    loss.backward()
    assert odds.grad is not None
    assert [bool(grad.any()) for grad in odds.grad] == [True, False, True]
    nothing_known = torch.full((3, 64, 64), torch.nan)
    assert outline_loss(model, odds, nothing_known, background=0).item() == 0


def test_a_made_bleed_is_marked_where_it_is_brighter_and_makes_the_image_positive() -> None:
    data, made = brains(), Augmentation(bleeds=1.0)
    plain, views = (Views(data, SPEC, how, 0) for how in (Augmentation(), made))
    bleeding = 0
    for seed in range(12):
        before, after = (one.draw(0, np.random.default_rng(seed)) for one in (plain, views))
        bleeding += after.has_made_bleed
        inside = after.marked > 0.5
        assert inside.any() == after.has_made_bleed
        assert (after.gray[0] - before.gray[0])[inside].min(initial=1) > 0.05
    assert bleeding > 6
    inputs = np.zeros((8, 1, 64, 64), np.float32)
    drawn = SampledDataset(recipe_of(made), inputs, data, np.full(8, 1 / 8), 0, views)
    for place in range(len(drawn)):
        _, said, _, marks = drawn[place]
        assert float(said[1]) == float(marks.isnan().any() or marks.max() > 0)


def test_marked_blood_is_filled_in_and_laid_into_clean_brains() -> None:
    """A slice without its blood is background.

    The blood stays marked where it is laid.
    """
    data = brains()
    masks = tuple(
        np.where(image == 200, 255, 0).astype(np.uint8) * (row % 2) for row, image in enumerate(data.images)
    )
    data = replace(data, masks=masks)
    filled = Views(data, SPEC, Augmentation(filled_in=1.0), 0).draw(1, np.random.default_rng(1))
    before = Views(data, SPEC, Augmentation(), 0).draw(1, np.random.default_rng(1))
    blood = before.marked > 0.9
    assert (before.is_background, filled.is_background) == (False, True)
    assert filled.marked.max() == 0
    assert filled.gray[0][blood].mean() < before.gray[0][blood].mean() - 0.2
    laying = Views(data, SPEC, Augmentation(bleeds=1.0, laid_in=1.0), 0)
    laid = [
        view for seed in range(30) if (view := laying.draw(0, np.random.default_rng(seed))).has_made_bleed
    ]
    assert len(laid) > 5
    for view in laid:
        assert view.gray[0][view.marked > 0.9].mean() > 0.5


def test_marks_lie_where_the_brain_is_laid() -> None:
    image = brains().images[1]
    mask = np.where(image == 200, 255, 0).astype(np.uint8)
    lies = placed_mask(mask, image, SPEC) > 0.9
    seen = preprocess_image(image, SPEC)[0, 0] * SPEC.std + SPEC.mean
    assert lies.sum() > 30
    assert seen[lies].mean() > seen[(seen > 0.05) & ~lies].mean() + 0.3


def test_no_figure_of_an_outline_is_made_of_an_unmarked_image() -> None:
    data = brains(2)

    def everywhere(inputs: np.ndarray) -> np.ndarray:
        return np.ones((len(inputs), 1, 32, 32), np.float32)

    drawn = drawn_outlines(everywhere, data.images, (NO_MASK, NO_MASK), SPEC)
    assert not drawn.is_marked.any()


def test_an_outline_that_decides_is_taught_by_unmarked_images(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The class of an image that nobody marked moves the outline, and the deciding layer stays as it is."""
    seen: list[torch.Tensor] = []

    def note(model: Network, odds: torch.Tensor, *rest: object) -> torch.Tensor:
        assert isinstance(model, Lite0Outline)
        seen.append(model.head.weight.detach().clone())
        assert odds.requires_grad
        return outline_loss(model, odds, *rest)  # type: ignore[arg-type]  # as it was called

    monkeypatch.setattr(fit, "outline_loss", note)
    recipe = recipe_of(Augmentation(mirror=True))
    fit.learn(recipe, brains(), None, tmp_path / "c.safetensors", "toy", lambda line: None)
    for weight in seen:
        assert torch.equal(weight[1], seen[0][1])
        assert not weight[1, : CHANNELS[3]].any()  # nothing of the whole image
        assert weight[1].any()


def test_only_a_network_that_draws_can_decide_by_its_outline(tmp_path: Path) -> None:
    recipe = replace(recipe_of(Augmentation()), architecture=Architecture(width=4, blocks=(1, 1)))
    with pytest.raises(DataError, match="decide by its outline"):
        fit.learn(recipe, brains(), None, tmp_path / "c.safetensors", "toy", lambda line: None)
