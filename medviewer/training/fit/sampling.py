"""Sampling and augmentation of an epoch's images.

A torch Dataset whose chance can be repeated.
"""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor
from torch.utils.data import Dataset

from medviewer.inference.input import Preprocessing, preprocess_image
from medviewer.training.data import LabeledImages, augment, with_bleed, with_calcifications
from medviewer.training.fit.recipe import Recipe
from medviewer.training.fit.views import Views
from medviewer.training.together import ALONE, Team

FloatArray = npt.NDArray[np.float32]
Logits = npt.NDArray[np.float64]


class SampledDataset(Dataset[tuple[Tensor, Tensor, Tensor, Tensor]]):
    """Samples of one epoch, augmented by seed, epoch and place only.

    Yields (C, H, W) input, (classes,) soft label, (S,) subtypes, and (H, W) shares of the pixels that are
    marked (NaN where nobody marked the image), or (0, 0) where nothing is learnt of marks.
    """

    def __init__(
        self,
        recipe: Recipe,
        inputs: FloatArray,
        training: LabeledImages,
        weights: npt.NDArray[np.float64],
        epoch: int,
        views: Views | None = None,
    ) -> None:
        self.recipe, self.inputs, self.epoch = recipe, inputs, epoch
        self.targets = np.eye(len(recipe.class_names), dtype=np.float32)[training.labels]
        self.targets[np.isin(training.domain, recipe.outline_only)] = 0
        self.subtypes = training.subtypes.astype(np.float32)
        self.views = views_of(recipe, training) if views is None else views
        rng = np.random.default_rng((recipe.seed, epoch))
        count = recipe.optimisation.epoch_pictures
        self.rows = rng.choice(len(inputs), count, p=weights)
        self.partners = rng.choice(len(inputs), count, p=weights)

    def __len__(self) -> int:
        return len(self.rows)

    def __getitem__(self, place: int) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        rng = np.random.default_rng((self.recipe.seed, self.epoch, place))
        if self.views is not None:
            return self._viewed(self.views, int(self.rows[place]), rng)
        x, y, subtypes = self._changed(int(self.rows[place]), rng)
        if self.recipe.optimisation.mixup:
            share = np.float32(rng.beta(self.recipe.optimisation.mixup, self.recipe.optimisation.mixup))
            other_x, other_y, other_subtypes = self._changed(int(self.partners[place]), rng)
            x = share * x + (1 - share) * other_x
            y = share * y + (1 - share) * other_y
            subtypes = share * subtypes + (1 - share) * other_subtypes
        return torch.from_numpy(x), torch.from_numpy(y), torch.from_numpy(subtypes), torch.zeros((0, 0))

    def _viewed(
        self, views: Views, row: int, rng: np.random.Generator
    ) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        spec, view = self.recipe.preprocessing, views.draw(row, rng)
        x = (view.gray - np.float32(spec.mean)) / np.float32(spec.std)
        y = self.targets[row]
        if view.has_made_bleed:
            y = np.eye(len(y), dtype=np.float32)[self.recipe.positive_index]
        elif view.is_background and y.any():
            y = np.eye(len(y), dtype=np.float32)[self.recipe.background_index]
        tensors = (torch.from_numpy(part) for part in (x, y, self.subtypes[row], view.marked))
        x_tensor, y_tensor, subtypes, marked = tensors
        return x_tensor, y_tensor, subtypes, marked

    def _changed(self, row: int, rng: np.random.Generator) -> tuple[FloatArray, FloatArray, FloatArray]:
        spec = self.recipe.preprocessing
        mean, std = np.float32(spec.mean), np.float32(spec.std)
        gray = self.inputs[row] * std + mean  # back to 0..1, where augmentation works
        gray, target = self._with_made_findings(gray, self.targets[row], rng)
        changed = augment(gray, self.recipe.augmentation, rng)
        return (changed - mean) / std, target, self.subtypes[row]

    def _with_made_findings(
        self, gray: FloatArray, target: FloatArray, rng: np.random.Generator
    ) -> tuple[FloatArray, FloatArray]:
        """Put made bleeds and calcifications into some of the brains.

        A bleed makes them positive.
        """
        how, positive = self.recipe.augmentation, self.recipe.positive_index
        if positive is None or not (how.bleeds or how.calcifications):
            return gray, target
        chance = rng.uniform()
        if chance < how.bleeds and not target[positive]:
            bleeding = with_bleed(gray[0], rng)
            if bleeding is not None:
                return bleeding[None], np.eye(len(target), dtype=np.float32)[positive]
        elif how.bleeds <= chance < how.bleeds + how.calcifications:
            return with_calcifications(gray[0], rng)[None], target
        return gray, target


def speaking_labels(recipe: Recipe, training: LabeledImages) -> npt.NDArray[np.int64]:
    """Return the labels of images that say something of the classes."""
    return np.asarray(training.labels[~np.isin(training.domain, recipe.outline_only)])


def views_of(recipe: Recipe, training: LabeledImages) -> Views | None:
    """Return the views of marked images, for all epochs.

    None where the recipe learns nothing of marks.
    """
    if recipe.background_index is None:
        return None
    return Views(training, recipe.preprocessing, recipe.augmentation, recipe.background_index)


def preprocessed(
    images: Sequence[npt.NDArray[np.uint8]], preprocessing: Preprocessing, team: Team = ALONE
) -> FloatArray:
    """Return (N, C, H, W) inputs, made exactly as the product makes them."""
    made = team.gathered(len(images), lambda row: [preprocess_image(images[row], preprocessing)])
    return np.concatenate([row[0] for row in made])


def drawing_weights(
    training: LabeledImages, balance: float, group_balance: float = 0.0, domain_balance: float = 0.0
) -> npt.NDArray[np.float64]:
    """Return the probability of each image to be drawn; they sum to 1.

    A class of frequency f is drawn in proportion to f ** (1 - balance); within it a group with n images
    of the class in proportion to n ** (1 - group_balance). All that is multiplied by d ** -domain_balance
    for a domain of frequency d, whatever the class, so that a domain's classes keep their proportion.
    """
    labels, group = training.labels, training.group
    weights = np.zeros(len(labels))
    for label in np.unique(labels):
        of_class = labels == label
        _, member, counts = np.unique(group[of_class], return_inverse=True, return_counts=True)
        within = (counts.astype(np.float64) ** -group_balance)[member]
        weights[of_class] = within / within.sum() * of_class.mean() ** (1 - balance)
    _, domain, sizes = np.unique(training.domain, return_inverse=True, return_counts=True)
    weights *= (sizes.astype(np.float64) ** -domain_balance)[domain]
    return np.asarray(weights / weights.sum(), np.float64)


def prior_shift(labels: npt.NDArray[np.int64], classes: int, balance: float) -> Logits:
    """Return the logit correction for classes sampled in balance.

    It is for their true frequencies. (classes,) differences: a class of frequency f was drawn f ** -balance
    times as often as it is.
    """
    natural = np.bincount(labels, minlength=classes) / len(labels)
    return np.asarray(balance * np.log(natural), np.float64)
