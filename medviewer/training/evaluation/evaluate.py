"""Evaluation of a published model by the product's own path.

    medviewer evaluate head-ct-haemorrhage --data head_ct_hemorrhage.npz --split test --json

The pack is verified, its graph runs on onnxruntime, its temperature and threshold are the card's.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from medviewer.errors import DataError, ExistingFileError
from medviewer.inference.classification import Engine, cpu_engine
from medviewer.inference.pack import ModelCard, Pack, find_pack, verify_pack
from medviewer.inference.tasks import TASKS
from medviewer.storage import is_there
from medviewer.training.data import LabeledImages, load
from medviewer.training.evaluation.predictions import Answers, judged, logits_of, positive_index
from medviewer.training.evaluation.robustness import robustness
from medviewer.training.evaluation.test_set_log import note_reading
from medviewer.training.fit import answerable, drawn_outlines, outlines_by_sequence, rows_by_sequence
from medviewer.training.metrics import BOOTSTRAP_DRAWS, area_under_curve, report, series_report
from medviewer.training.together import ONE_PROCESS, Processes, Team, run_together

Array = npt.NDArray[np.float64]
Labels = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Extras:
    """Optional outputs of an evaluation.

    Nothing without being asked.

    Parameters
    ----------
    prevalence : float, optional
        Predictive values are stated for it instead of the data's own; see `metrics.class_prevalences`.
    images, gallery : Path, optional
        Folders for plots, and for the sheet of failures, which shows patients' images. Need matplotlib.
    robustness : int
        On so many images at most; 0 leaves it out.
    force : bool
        Replace files that are there.
    """

    prevalence: float | None = None
    images: Path | None = None
    gallery: Path | None = None
    robustness: int = 0
    force: bool = False


def evaluate(
    model: str | Path,
    data: Sequence[Path],
    split: str = "test",
    draws: int = BOOTSTRAP_DRAWS,
    extras: Extras = Extras(),
    sources: Sequence[str] = (),
    processes: Processes = ONE_PROCESS,
) -> dict[str, Any]:
    """Return a model's metrics on one split, with 95 % intervals by group.

    Parameters
    ----------
    model : str or Path
        The name of an installed pack, or the folder of one.
    data : sequence of Path
        Sources as `datasets.load` takes them. Classes are matched by name or by the card's aliases.
    split : str
        "train", "val" or "test". Each reading of "test" is noted; "test_readings" counts them, this one too.
    draws : int
        Of the bootstrap.
    extras : Extras
        Images, robustness.
    sources : sequence of str
        Sources (domains) whose images are judged; empty: all.
    processes : Processes
        Several of them share the reading and the judging; the figures are those of one.

    Returns
    -------
    dict
        Plain values, ready for JSON; a figure that is not defined is None. Nothing on any machine but the
        first.

    Raises
    ------
    DataError, UnknownModelError, DamagedModelError, InvalidNumbersError, ExistingFileError, WriteError,
    LostProcessError, MeetingError
    """
    pack = verify_pack(find_pack(model))
    _refuse_existing(pack.card, extras)
    given = pack, tuple(data), split, draws, extras, tuple(sources)  # a decrypted pack goes through a pipe
    return run_together(processes, _evaluate_in, *given, progress=_quiet)


def _quiet(line: str) -> None:
    """Take a line of progress and drop it: an evaluation has none."""


def _evaluate_in(
    team: Team,
    pack: Pack,
    data: Sequence[Path],
    split: str,
    draws: int,
    extras: Extras,
    sources: Sequence[str],
    *,
    progress: Callable[[str], None],
) -> dict[str, Any]:
    """Evaluate as one process of a team; the first one reports."""
    card, engine = pack.card, cpu_engine(pack)
    team.agree(f"{pack.model_sha256} {split} {sources}")
    loaded = load(data, preprocessing=card.preprocessing, team=team)
    images = loaded.of_sources(sources).of_split(split)
    images = images.with_classes(card.labels, card.aliases)
    wanted = images.of_planes(card.input.known_planes).of_known_classes()
    marked = _answered(wanted, card, team)
    known = _of_whole_sources(marked, card)
    logits = logits_of(engine, known.images, card.preprocessing, team)
    outlines = _outlines(engine, marked, len(marked) - len(known), card, team)
    if not team.is_first:
        return {}
    probabilities, called = judged(card, logits, known.domain)
    answers = Answers(card, known, split, probabilities, called)
    threshold = card.operating_point.threshold if card.operating_point else None
    evaluation = {
        **_about(pack, known, split, sources),
        "test_readings": note_reading(pack, known.name, known.sha256) if split == "test" else None,
        **{"left_out": len(images) - len(wanted), "unanswered": len(wanted) - len(marked)},
        "patient_wise": known.grouped,
        "threshold": threshold,
        **_reports(answers, threshold, draws, extras.prevalence),
        **outlines,
    }
    if extras.robustness:
        evaluation["robustness"] = robustness(pack, engine, known, extras.robustness, draws)
    _draw(answers, extras)
    return evaluation


def _about(pack: Pack, images: LabeledImages, split: str, sources: Sequence[str]) -> dict[str, Any]:
    facts = {
        "model": pack.card.name,
        "model_version": pack.card.version,
        "model_sha256": pack.model_sha256,
        "data": images.name,
        "data_sha256": images.sha256,
        "split": split,
    }
    return facts | ({"sources": list(sources)} if sources else {})


def _answered(images: LabeledImages, card: ModelCard, team: Team) -> LabeledImages:
    """Return the images that the model answers.

    Raises
    ------
    DataError
        There are none.
    """
    known = answerable(images, card.preprocessing, team)
    if not len(known):
        raise DataError(path=known.name, detail="it has no picture of a class of the model")
    return known


def _of_whole_sources(images: LabeledImages, card: ModelCard) -> LabeledImages:
    """Return the images of sources that show both answers.

    In others nobody can say whether the finding or the source was recognized. Only a model that draws
    learns from such.
    """
    if not TASKS[card.task].draws:
        return images
    both = set(range(len(images.class_names)))
    whole = [
        source
        for source in np.unique(images.domain)
        if both <= set(images.labels[images.domain == source].tolist())
    ]
    return images.chosen(np.isin(images.domain, whole))


def _outlines(
    engine: Engine, images: LabeledImages, outline_only: int, card: ModelCard, team: Team
) -> dict[str, Any]:
    """Return the figures of outlines, of each source, where the model draws."""
    if not TASKS[card.task].draws or not images.masks:
        return {}
    drawn = drawn_outlines(
        lambda inputs: engine.run(inputs).feature_map, images.images, images.masks, card.preprocessing, team
    )
    found = {}
    for source in np.unique(images.domain):
        rows = images.domain == source
        found[str(source)] = outlines_by_sequence(drawn.chosen(rows), images.chosen(rows))
    return {"outline_only": outline_only, "outline": found}


def _reports(
    answers: Answers, threshold: float | None, draws: int, prevalence: float | None
) -> dict[str, Any]:
    """Return the metrics of all images, of subgroups, and of whole series."""
    known, positive = answers.images, answers.positive
    probabilities, called = answers.probabilities, answers.called
    names = answers.card.labels
    figures: dict[str, Any] = {
        **report(probabilities, known.labels, called, known.group, names, positive, draws, prevalence),
        "subgroups": _subgroups(answers, draws, prevalence),
    }
    point = answers.card.series
    level = threshold if point is None else point.threshold
    if positive is not None and level is not None and (known.order >= 0).all():
        figures["series"] = series_report(
            probabilities[:, positive], known.labels == positive, known.group, known.order, level, draws
        )
    return figures


def _refuse_existing(card: ModelCard, extras: Extras) -> None:
    """Refuse before the test split is read, not after it."""
    paths: list[Path] = []
    if extras.images:
        from medviewer.training.evaluation.plots import image_names

        paths += [extras.images / name for name in image_names(card.labels, positive_index(card))]
    if extras.gallery:
        from medviewer.training.evaluation.gallery import SHEET

        paths.append(extras.gallery / SHEET)
    for path in paths:
        if is_there(path) and not extras.force:
            raise ExistingFileError(path=path)


def _draw(answers: Answers, extras: Extras) -> None:
    if extras.images:
        from medviewer.training.evaluation.plots import (
            write_images,  # here, because figures need no matplotlib
        )

        write_images(extras.images, answers)
    if extras.gallery:
        from medviewer.training.evaluation.gallery import write_gallery

        write_gallery(extras.gallery, answers)


def _subgroups(answers: Answers, draws: int, prevalence: float | None) -> dict[str, Any]:
    """Return the metrics of each subtype against negatives, and per domain."""
    images, probabilities, called = answers.images, answers.probabilities, answers.called
    positive = answers.positive
    groups: dict[str, Any] = {}
    if positive is not None:
        score, truth = probabilities[:, positive], images.labels == positive
        for index, name in enumerate(images.subtype_names):
            rows = (images.subtypes[:, index] > 0) & truth
            if rows.any():
                against = rows | ~truth
                groups[name] = {
                    "n": int(rows.sum()),
                    "groups": len(np.unique(images.group[rows])),
                    "recall": float((called[rows] == positive).mean()),
                    "auc": _defined(area_under_curve(score[against], rows[against])),
                }
    parts = {str(name): images.domain == name for name in np.unique(images.domain) if name}
    for name, rows in (parts | rows_by_sequence(images)).items():
        groups[name] = report(
            probabilities[rows],
            images.labels[rows],
            called[rows],
            images.group[rows],
            images.class_names,
            positive,
            draws,
            prevalence,
        )
    return groups


def _defined(value: float) -> float | None:
    return None if np.isnan(value) else value
