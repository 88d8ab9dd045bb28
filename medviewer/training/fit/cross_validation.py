"""Choose and calibrate without flattering.

Each image is judged by a network that never saw its group.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import torch

from medviewer.errors import DataError
from medviewer.inference.engines import Lite0Outline
from medviewer.inference.input import Preprocessing, preprocess_image
from medviewer.training.data import LabeledImages, group_folds
from medviewer.training.fit.fit import Learnt, learn, outputs
from medviewer.training.fit.outlines import Drawn, drawn_outlines, joined, maps_by
from medviewer.training.fit.recipe import Recipe
from medviewer.training.fit.rewindowed import CHANGES, Rewindowed, outputs_rewindowed, sampled
from medviewer.training.fit.sampling import preprocessed
from medviewer.training.metrics import called_labels, flat_figures, softmax
from medviewer.training.together import ALONE, Team

Logits = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class CrossValidation:
    """Out-of-fold outputs of the networks of a cross-validation.

    Parameters
    ----------
    data : LabeledImages
        Train and validation splits together; the test split is not among them.
    logits : (N, classes) float64
        Of each image, by the network of the fold that leaves its group out.
    fold : (N,) int64
    rewindowed : Rewindowed or None
        The same under other levels and windows, where images were made with a window.
    outlines : Drawn or None
        What the same networks drew, where they draw outlines.
    networks : tuple of Learnt
        The networks themselves, by fold.
    """

    data: LabeledImages
    logits: Logits
    fold: npt.NDArray[np.int64]
    positive: int | None
    rewindowed: Rewindowed | None = None
    outlines: Drawn | None = None
    networks: tuple[Learnt, ...] = ()

    def figures(self) -> dict[str, Any]:
        """Return mean and deviation of each metric over folds, at temperature 1."""
        probabilities = softmax(self.logits)
        called = called_labels(probabilities, self.positive, 0.5)
        names = self.data.class_names
        each = [
            flat_figures(probabilities[rows], self.data.labels[rows], called[rows], names, self.positive)
            for rows in (self.fold == number for number in range(int(self.fold.max()) + 1))
        ]
        values = {name: np.array([figures[name] for figures in each]) for name in each[0]}
        return {
            "folds": len(each),
            "n": len(self.data),
            "groups": len(np.unique(self.data.group)),
            "mean": {
                name: float(np.nanmean(found)) for name, found in values.items() if np.isfinite(found).any()
            },
            "sd": {
                name: float(np.nanstd(found, ddof=1))
                for name, found in values.items()
                if np.isfinite(found).sum() > 1
            },
        }


def cross_validate(
    recipe: Recipe,
    data: LabeledImages,
    output: Path,
    purpose: str,
    progress: Callable[[str], None] = print,
    team: Team = ALONE,
) -> CrossValidation:
    """Train a network for each fold and apply it to the held-out groups.

    Nothing is chosen by the judged fold: a network runs all its epochs, or, where the recipe sets a share of
    groups aside to stop by, stops by those.

    Parameters
    ----------
    output : Path
        Gets a checkpoint for each fold, so that a killed run goes on.

    Raises
    ------
    DataError
        There are too few groups for the folds, or one fold lacks a class.
    """
    teaching, known = _judged_apart(recipe, answerable(learnable(data), recipe.preprocessing, team))
    fold, names = _folds(recipe, known)
    spec = recipe.preprocessing
    logits = np.zeros((len(known), len(recipe.class_names)))
    again = sampled(len(known))
    drawn: list[tuple[npt.NDArray[np.bool_], Drawn]] = []
    networks: list[Learnt] = []
    moved = np.zeros((len(CHANGES), len(again), len(recipe.class_names)))
    for number, name in enumerate(names):
        judged = fold == number
        progress(f"fold {number + 1} of {len(names)}{name}: {int(judged.sum())} pictures left out")
        training, stopping = set_aside(recipe, teaching.joined(known.chosen(~judged)))
        learnt = learn(
            replace(recipe, seed=recipe.seed + number + 1),
            training,
            stopping,
            output / f"fold-{number + 1}.safetensors",
            f"{purpose} fold {number + 1}",
            progress,
            team,
        )
        networks.append(learnt)
        skipped = [known.images[row] for row in np.flatnonzero(judged)]
        inputs = torch.from_numpy(preprocessed(skipped, spec, team))
        logits[judged] = outputs(learnt.model, inputs, spec=spec, team=team)
        if isinstance(learnt.model, Lite0Outline) and known.masks:
            part = known.chosen(judged)
            drawn.append((judged, drawn_outlines(maps_by(learnt.model), part.images, part.masks, spec, team)))
        if spec.scale == "window" and judged[again].any():
            moved[:, judged[again]] = outputs_rewindowed(
                learnt.model, known.chosen(again[judged[again]]), spec, team
            )
    rewindowed = Rewindowed(again, moved) if spec.scale == "window" else None
    outlines = joined(drawn) if drawn else None
    return CrossValidation(known, logits, fold, recipe.positive_index, rewindowed, outlines, tuple(networks))


def _judged_apart(recipe: Recipe, data: LabeledImages) -> tuple[LabeledImages, LabeledImages]:
    """Return the images of sources for outlines only, and the others.

    The latter are judged.
    """
    rows = np.isin(data.domain, recipe.outline_only)
    return data.chosen(rows), data.chosen(~rows)


def _folds(recipe: Recipe, known: LabeledImages) -> tuple[npt.NDArray[np.int64], list[str]]:
    """Return the fold of each image, and the words behind its number.

    Raises
    ------
    DataError
        There are too few groups, or sources.
    """
    # guard(test): a source is judged by a network that did not learn from it
    if recipe.validation.by_source:
        sources, fold = np.unique(known.domain, return_inverse=True)
        if len(sources) < 2:
            raise DataError(path=known.name, detail="it has one source, which cannot be left out")
        return fold.astype(np.int64), [f", the source {source}" for source in sources]
    count = recipe.validation.folds
    try:
        return group_folds(known.labels, known.group, count), [""] * count
    except ValueError as error:
        raise DataError(path=known.name, detail=f"it cannot be cross-validated: {error}") from error


def learnable(data: LabeledImages) -> LabeledImages:
    """Return the images of train and val that have one of the wanted classes."""
    return data.chosen((data.split != "test") & (data.labels >= 0))


def answerable(data: LabeledImages, spec: Preprocessing, team: Team = ALONE) -> LabeledImages:
    """Return the images that the model answers.

    A slice without a brain is none of them.
    """
    if not spec.brain:
        return data

    def has_brain(row: int) -> list[npt.NDArray[np.bool_]]:
        one = preprocess_image(data.images[row], spec)
        return [np.array(one.max() > one.min())]

    return data.chosen(np.array([bool(found) for (found,) in team.gathered(len(data), has_brain)], bool))


def set_aside(recipe: Recipe, training: LabeledImages) -> tuple[LabeledImages, LabeledImages | None]:
    """Return the training images and those for early stopping, or None.

    Raises
    ------
    DataError
        The groups are too few, or a class is missing on one side.
    """
    share = recipe.validation.stopping
    if not share:
        parts: tuple[LabeledImages, LabeledImages | None] = training, None
    else:
        try:
            stops = group_folds(training.labels, training.group, max(2, round(1 / share))) == 0
        except ValueError as error:
            raise DataError(path=training.name, detail=f"no groups can be set aside: {error}") from error
        parts = training.chosen(~stops), training.chosen(stops)
    for part, use in zip(parts, ("to learn from", "that says when to stop"), strict=True):
        if part is not None:
            refuse_missing_classes(recipe, training.name, part, use)
    return parts


def refuse_missing_classes(recipe: Recipe, data: str, part: LabeledImages, use: str) -> None:
    """Raise DataError where a part of the data lacks a class.

    Parameters
    ----------
    use : str
        What the part is for: "to learn from".
    """
    missing = sorted(set(range(len(recipe.class_names))) - set(part.labels.tolist()))
    if missing:
        names = ", ".join(recipe.class_names[index] for index in missing)
        detail = (
            f"without copies and contradictory labels the part {use} has no picture of {names}; "
            "more pictures, or more patients, of that class are needed"
        )
        raise DataError(path=data, detail=detail)
