"""Train a model from a recipe and write it as a pack.

Run it as

    medviewer train head-ct-haemorrhage --data head_ct_hemorrhage.npz -o FOLDER

    load -> clean -> cross-validate by group -> learn from all that is not test -> calibrate -> pack

The same command goes on where it was killed: the checkpoints in FOLDER hold everything that the next epoch
depends on. The test split is never looked at.
"""

import csv
import hashlib
import io
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path

import numpy as np

from medviewer.errors import DataError
from medviewer.storage import atomic_write, make_folder
from medviewer.training import evaluation, release
from medviewer.training.data import LabeledImages, clean, halves_by_group, load
from medviewer.training.fit import (
    CrossValidation,
    Epoch,
    Learnt,
    LeftOut,
    Recipe,
    Trained,
    answerable,
    cross_validate,
    learn,
    learnable,
    leave_out_sources,
    load_recipe,
    of_sources,
    refuse_missing_classes,
    set_aside,
)
from medviewer.training.together import ALONE, ONE_PROCESS, Processes, Team, run_together

CHECKPOINT = "checkpoint.safetensors"


def train(
    recipe: Path | str,
    data: Sequence[Path],
    output: Path,
    progress: Callable[[str], None] = print,
    processes: Processes = ONE_PROCESS,
    precision: str = "",
) -> Path:
    """Train a recipe on data and write pack, curves and checkpoint.

    Parameters
    ----------
    recipe : Path or str
        A recipe file, or the name of a bundled recipe.
    data : sequence of Path
        Sources as `datasets.load` takes them; they need the splits "train" and "val". "test" is not touched.
    output : Path
        Made where it does not exist. A checkpoint of the same recipe and data in it is gone on with.
    progress : callable
        Is given one line of text per epoch.
    processes : Processes
        Several of them share the work and come to the weights of one; the first one writes.
    precision : str
        One of PRECISIONS in place of the recipe's; "" leaves that.

    Returns
    -------
    Path
        The folder of the pack, `output`.

    Raises
    ------
    DataError, NotFoundError, WriteError, UnevenBatchError, LostProcessError, MeetingError
    """
    return run_together(processes, train_in, recipe, tuple(data), output, precision, progress=progress)


def train_in(
    team: Team,
    recipe: Path | str,
    data: Sequence[Path],
    output: Path,
    precision: str = "",
    *,
    progress: Callable[[str], None] = print,
) -> Path:
    """Train as one process of a team; see `train`."""
    settings = load_recipe(recipe).in_precision(precision)
    team.share_of_batch(settings.optimisation.batch_size)  # refused before all pictures are read
    loaded = load(data, settings.relabel, settings.preprocessing, team)
    for remark in _remarks(loaded, has_background=bool(settings.background)):
        progress(remark)
    settings = settings.for_classes(loaded.class_names)
    known = loaded.with_classes(settings.class_names, settings.card.get("aliases"))
    cleaned = clean(known.of_planes(settings.planes), settings.cleaning)
    if settings.cleaning.correlation:
        progress(f"cleaned: {cleaned.copies} copies, {cleaned.contradictory} with contradictory labels")
    if team.is_first:
        make_folder(output)
    trained = fit(settings, cleaned.images, output, progress, team)
    if not team.is_first:
        return output
    atomic_write(output / "curves.csv", _curves(trained.history))
    about = f"{settings.name}, {len(trained.history)} epochs, seed {settings.seed}"
    atomic_write(output / "curves.png", evaluation.curves_image(trained.history, about))
    release.write_pack(output, trained)
    return output


def fit(
    recipe: Recipe,
    data: LabeledImages,
    output: Path,
    progress: Callable[[str], None] = print,
    team: Team = ALONE,
) -> Trained:
    """Find the weights and their calibration by the recipe's validation."""
    purpose = _purpose(recipe, data)
    team.agree(purpose)
    cross = calibration = None
    own = of_sources(recipe, data)
    if recipe.validation.folds or recipe.validation.by_source:
        cross = cross_validate(recipe, own, output, purpose, progress, team)
        if recipe.released_without:
            learnt = _of_fold(recipe, cross)
            return Trained(learnt.model, recipe, own, learnt.history, None, cross)
        training, stopping = set_aside(recipe, answerable(learnable(own), recipe.preprocessing, team))
        progress(f"the released network: {len(training)} pictures")
    else:
        training, stopping, calibration = _parts(recipe, own)
    learnt = learn(recipe, training, stopping, output / CHECKPOINT, purpose, progress, team)
    left_out: tuple[LeftOut, ...] = ()
    if recipe.validation.leave_out_sources:
        left_out = leave_out_sources(recipe, data, learnt.model, output, purpose, progress, team)
    return Trained(learnt.model, recipe, own, learnt.history, calibration, cross, left_out)


def _of_fold(recipe: Recipe, cross: CrossValidation) -> Learnt:
    """Return the network of the fold that leaves the recipe's source out.

    Raises
    ------
    DataError
        There is no such source.
    """
    sources = [str(source) for source in np.unique(cross.data.domain)]
    if recipe.released_without not in sources:
        raise DataError(path=cross.data.name, detail=f"it has no source {recipe.released_without!r}")
    return cross.networks[sources.index(recipe.released_without)]


def _remarks(data: LabeledImages, *, has_background: bool) -> list[str]:
    """Return the remarks on the data before training."""
    said = [f"{name}: {int((data.labels == index).sum())}" for index, name in enumerate(data.class_names)]
    remarks = [f"{len(data)} pictures of {len(np.unique(data.group))} groups; " + ", ".join(said)]
    if data.ignored:
        remarks.append(f"{data.ignored} files are neither pictures nor DICOM and were left alone")
    marked = sum(bool(mask.size) for mask in data.masks)
    if marked:
        of_use = "" if has_background else "; the recipe names no background, so nothing is learnt of it"
        remarks.append(f"{marked} pictures come with what is marked on them{of_use}")
    if not data.grouped:
        remarks.append("no patients are known: no figure is patient-wise")
    return remarks


def _parts(recipe: Recipe, data: LabeledImages) -> tuple[LabeledImages, LabeledImages, LabeledImages]:
    """Return the images for training, early stopping and calibration."""
    known = data.chosen(data.labels >= 0)
    training, validation = known.of_split("train"), known.of_split("val")
    first, second = halves_by_group(validation.labels, validation.group)
    parts = training, validation.chosen(first), validation.chosen(second)
    uses = ("to learn from", "that says when to stop", "that calibrates")
    for part, use in zip(parts, uses, strict=True):
        refuse_missing_classes(recipe, data.name, part, use)
    return parts


def _purpose(recipe: Recipe, data: LabeledImages) -> str:
    settings = (
        recipe.preprocessing,
        recipe.architecture,
        recipe.augmentation,
        recipe.optimisation,
        recipe.validation,
        recipe.cleaning,
        sorted(recipe.relabel.items()),
        recipe.start,
        *([recipe.sources] if recipe.sources else []),
        *([recipe.outline_only] if recipe.outline_only else []),
    )
    text = f"{data.sha256} {recipe.seed} {recipe.class_names} {settings}"
    return hashlib.sha256(text.encode()).hexdigest()


def _curves(history: Sequence[Epoch]) -> bytes:
    text = io.StringIO()
    writer = csv.DictWriter(text, fieldnames=list(asdict(history[0])))
    writer.writeheader()
    writer.writerows(asdict(epoch) for epoch in history)
    return text.getvalue().encode()
