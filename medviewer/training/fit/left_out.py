"""Judge whole sources by networks that never saw them.

A cross-validation by patient says how a model holds within its hospitals. What it holds elsewhere is said by
the sources that were left out, one at a time.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt
import torch

from medviewer.inference.engines import Lite0Outline, Network
from medviewer.training.data import LabeledImages
from medviewer.training.fit.cross_validation import Logits, answerable, learnable, set_aside
from medviewer.training.fit.fit import learn, outputs
from medviewer.training.fit.outlines import Drawn, drawn_outlines, maps_by
from medviewer.training.fit.recipe import Recipe
from medviewer.training.fit.sampling import preprocessed
from medviewer.training.together import ALONE, Team

SEED_STEP: Final = 100  # away from the seeds of the folds


@dataclass(frozen=True, slots=True, eq=False)
class LeftOut:
    """A source, judged by a network that learnt from the others.

    Parameters
    ----------
    source : str
    training, data : LabeledImages
        What was learnt from, and the images of the source; the test split is in neither.
    logits : (N, classes) float64
    by_released : bool
        The released network itself did not learn from the source, and judged it.
    outlines : Drawn or None
        What the network drew, where it draws outlines and the source has marks.
    """

    source: str
    training: LabeledImages
    data: LabeledImages
    logits: Logits
    by_released: bool
    outlines: Drawn | None = None


def of_sources(recipe: Recipe, data: LabeledImages) -> LabeledImages:
    """Return the images that the released network may learn from."""
    if not recipe.sources:
        return data
    return data.chosen(np.isin(data.domain, recipe.sources) | (data.split == "test"))


def leave_out_sources(
    recipe: Recipe,
    data: LabeledImages,
    released: Network,
    output: Path,
    purpose: str,
    progress: Callable[[str], None] = print,
    team: Team = ALONE,
) -> tuple[LeftOut, ...]:
    """Judge every source that has all classes by a network that never saw it.

    Parameters
    ----------
    released : Network
        It judges the sources that it did not learn from.
    output : Path
        Gets a checkpoint for each network that is learnt for this alone.
    """
    known = answerable(learnable(data), recipe.preprocessing, team)
    found = []
    for place, source in enumerate(np.unique(known.domain)):
        rows = known.domain == source
        if not _has_all_classes(known.labels[rows], recipe) or rows.all():
            continue
        by_released = bool(recipe.sources) and source not in recipe.sources
        may_teach = np.isin(known.domain, recipe.sources) if recipe.sources else np.ones(len(known), bool)
        training = known.chosen(may_teach & ~rows)
        if not _has_all_classes(training.labels, recipe):
            continue
        model = released
        if not by_released:
            progress(f"source {source}: {int(rows.sum())} pictures left out")
            learning, stopping = set_aside(recipe, training)
            model = learn(
                replace(recipe, seed=recipe.seed + SEED_STEP + place),
                learning,
                stopping,
                output / f"without-{source}.safetensors",
                f"{purpose} without {source}",
                progress,
                team,
            ).model
        judged = known.chosen(rows)
        inputs = torch.from_numpy(preprocessed(judged.images, recipe.preprocessing, team))
        logits = outputs(model, inputs, spec=recipe.preprocessing, team=team)
        outlines = None
        if isinstance(model, Lite0Outline) and any(mask.size for mask in judged.masks):
            outlines = drawn_outlines(maps_by(model), judged.images, judged.masks, recipe.preprocessing, team)
        found.append(LeftOut(str(source), training, judged, logits, by_released, outlines))
    return tuple(found)


def _has_all_classes(labels: npt.NDArray[np.int64], recipe: Recipe) -> bool:
    return len(labels) > 0 and set(range(len(recipe.class_names))) <= set(labels.tolist())
