"""Ablation: the worth of each step of a recipe.

Trained with and without it, on the same patients, with several seeds.

    medviewer compare --steps head-ct-haemorrhage --data head_ct_hemorrhage.npz --side 96

Each seed leaves another fold of groups of train and val out and judges those; the test split is not touched.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import numpy as np
import torch

from medviewer.errors import DataError
from medviewer.training.data import Augmentation, LabeledImages, group_folds, load
from medviewer.training.fit import Recipe, learn, learnable, load_recipe, outputs, preprocessed
from medviewer.training.metrics import called_labels, flat_figures, softmax
from medviewer.translation import mark

SEEDS: Final = 3
FOLDS: Final = 5
DENOISING: Final = 3  # side of the median filter that is tried
CONTRAST: Final = 2.0  # clip limit of the enhancement that is tried

ALL_STEPS: Final = mark("as the recipe has it")


def _without_regularization(recipe: Recipe) -> Recipe:
    how = replace(recipe.optimisation, weight_decay=0.0, label_smoothing=0.0, mixup=0.0)
    return replace(recipe, optimisation=how, architecture=replace(recipe.architecture, dropout=0.0))


def _without_subtypes(recipe: Recipe) -> Recipe:
    return replace(recipe, optimisation=replace(recipe.optimisation, auxiliary=0.0))


def _without_balance(recipe: Recipe) -> Recipe:
    return replace(recipe, optimisation=replace(recipe.optimisation, balance=0.0))


def _other_crop(recipe: Recipe) -> Recipe:
    spec = recipe.preprocessing
    return replace(recipe, preprocessing=replace(spec, head_crop=not spec.head_crop))


def _other_denoising(recipe: Recipe) -> Recipe:
    spec = recipe.preprocessing
    return replace(recipe, preprocessing=replace(spec, denoise=0 if spec.denoise else DENOISING))


def _other_contrast(recipe: Recipe) -> Recipe:
    spec = recipe.preprocessing
    return replace(recipe, preprocessing=replace(spec, contrast=0.0 if spec.contrast else CONTRAST))


STEPS: Final[Mapping[str, Callable[[Recipe], Recipe]]] = {
    mark("head crop switched"): _other_crop,
    mark("denoising switched"): _other_denoising,
    mark("contrast enhancement switched"): _other_contrast,
    mark("without augmentation"): lambda recipe: replace(recipe, augmentation=Augmentation()),
    mark("mirror image as a channel switched"): lambda recipe: replace(
        recipe, architecture=replace(recipe.architecture, mirror=not recipe.architecture.mirror)
    ),
    mark("without weight decay, dropout and softened labels"): _without_regularization,
    mark("without the second task (subtypes)"): _without_subtypes,
    mark("without balanced drawing"): _without_balance,
}
"""What is changed -> the recipe with the change; a change that changes nothing is left out."""


def variants(recipe: Recipe) -> dict[str, Recipe]:
    """Return the recipe and its variants with one step changed, by name."""
    changed = {name: change(recipe) for name, change in STEPS.items()}
    return {ALL_STEPS: recipe} | {name: other for name, other in changed.items() if other != recipe}


def compare_steps(
    recipe: Path | str,
    data: Sequence[Path],
    side: int | None = None,
    seeds: int = SEEDS,
    progress: Callable[[str], None] = print,
) -> dict[str, Any]:
    """Return each variant's performance on unseen groups.

    Parameters
    ----------
    side : int, optional
        Of the input in pixels, instead of the recipe's.
    seeds : int
        Trainings of each variant, at most FOLDS; each with its own seed and its own groups left out.

    Returns
    -------
    dict
        Plain values. "steps" has a row for each variant: the area under the curve of each seed, their mean
        and standard deviation, the mean difference from the recipe as it is, and how often it was worse.

    Raises
    ------
    DataError, NotFoundError
    """
    settings = load_recipe(recipe)
    loaded = load(data, settings.relabel, settings.preprocessing)
    settings = settings.for_classes(loaded.class_names)
    known = learnable(loaded.with_classes(settings.class_names))
    if side is not None:
        settings = replace(settings, preprocessing=replace(settings.preprocessing, size=side))
    try:
        fold = group_folds(known.labels, known.group, FOLDS)
    except ValueError as error:
        raise DataError(path=known.name, detail=f"it cannot be cross-validated: {error}") from error
    began = time.perf_counter()
    areas: dict[str, list[float]] = {}
    for number in range(min(seeds, FOLDS)):
        judged = fold == number
        training, skipped = known.chosen(~judged), known.chosen(judged)
        for name, variant in variants(settings).items():
            seeded = replace(variant, seed=variant.seed + number + 1)
            areas.setdefault(name, []).append(_area(seeded, training, skipped))
            progress(f"{number + 1}/{min(seeds, FOLDS)}  {name}: AUC {areas[name][-1]:.3f}")
    return {
        "recipe": settings.name,
        "data": known.name,
        "data_sha256": known.sha256,
        "side": settings.preprocessing.size,
        "seeds": min(seeds, FOLDS),
        "groups": len(np.unique(known.group)),
        "seconds": round(time.perf_counter() - began, 1),
        "steps": [_row(name, found, areas[ALL_STEPS]) for name, found in areas.items()],
    }


def _area(recipe: Recipe, training: LabeledImages, skipped: LabeledImages) -> float:
    """Train a network on the one part.

    Return its area under the curve on the other.
    """
    with TemporaryDirectory() as folder:
        checkpoint = Path(folder) / "checkpoint.safetensors"
        model = learn(recipe, training, None, checkpoint, recipe.name, lambda _: None).model
    inputs = torch.from_numpy(preprocessed(skipped.images, recipe.preprocessing))
    probabilities, positive = softmax(outputs(model, inputs)), recipe.positive_index
    called = called_labels(probabilities, positive, 0.5)
    figures = flat_figures(probabilities, skipped.labels, called, recipe.class_names, positive)
    return figures["auc_macro"]


def _row(name: str, areas: Sequence[float], whole: Sequence[float]) -> dict[str, Any]:
    difference = np.array(areas) - np.array(whole)
    return {
        "step": name,
        "auc": list(areas),
        "mean": float(np.mean(areas)),
        "sd": float(np.std(areas, ddof=1)) if len(areas) > 1 else None,
        "difference": float(difference.mean()),
        "worse": int((difference < 0).sum()),
    }
