"""The figures of a published model on labelled pictures, computed on the way that the product takes.

    medviewer evaluate head-ct-haemorrhage --data head_ct_hemorrhage.npz --split test --json

The pack is verified, its graph runs on onnxruntime, its temperature and threshold are the card's.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from medviewer.inference.engine_onnx import OnnxEngine
from medviewer.inference.model_card import GRAPH, ModelCard, find_pack, verify_pack
from medviewer.inference.preprocess import Preprocessing, preprocess_picture
from medviewer.inference.probabilities import calibrated
from medviewer.training.datasets import LabelledPictures, load
from medviewer.training.figures import BOOTSTRAP_DRAWS, area_under_curve, called_labels, report, series_report
from medviewer.training.readings import note_reading

BATCH = 32

Array = npt.NDArray[np.float64]
Labels = npt.NDArray[np.int64]


def evaluate(
    model: str | Path, data: Sequence[Path], split: str = "test", draws: int = BOOTSTRAP_DRAWS
) -> dict[str, Any]:
    """Return the figures of a model on one split, with 95 % intervals by group.

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

    Returns
    -------
    dict
        Plain values, ready for JSON; a figure that is not defined is None.

    Raises
    ------
    DataError, UnknownModelError, DamagedModelError, InvalidNumbersError
    """
    pack = verify_pack(find_pack(model))
    card = pack.card
    engine = OnnxEngine(pack.read(GRAPH))
    loaded = load(data, preprocessing=card.preprocessing)
    pictures = loaded.of_split(split).with_classes(card.labels, card.aliases)
    known = pictures.chosen(pictures.labels >= 0)
    probabilities, called = answers(card, engine, known)
    positive = card.labels.index(card.positive) if card.positive else None
    threshold = card.operating_point.threshold if card.operating_point else None
    evaluation = {
        "model": card.name,
        "model_version": card.version,
        "model_sha256": pack.sha256,
        "data": known.name,
        "data_sha256": known.sha256,
        "split": split,
        "test_readings": note_reading(pack, known.name, known.sha256) if split == "test" else None,
        "left_out": len(pictures) - len(known),
        "patient_wise": known.grouped,
        "threshold": threshold,
        **report(probabilities, known.labels, called, known.group, card.labels, positive, draws),
        "subgroups": _subgroups(known, probabilities, called, positive, draws),
    }
    if positive is not None and threshold is not None and (known.order >= 0).all():
        evaluation["series"] = series_report(
            probabilities[:, positive], known.labels == positive, known.group, known.order, threshold, draws
        )
    return evaluation


def answers(card: ModelCard, engine: OnnxEngine, pictures: LabelledPictures) -> tuple[Array, Labels]:
    """Return what the product would say: (N, classes) probabilities, and (N,) the class that it calls.

    Each population is served with its own temperature and operating point.
    """
    logits = _logits(engine, pictures, card.preprocessing)
    positive = card.labels.index(card.positive) if card.positive else None
    probabilities = np.zeros(logits.shape)
    called = np.zeros(len(pictures), np.int64)
    for rows, serving in _served(card, pictures):
        probabilities[rows] = calibrated(logits[rows], serving.temperature)
        at = serving.operating_point.threshold if serving.operating_point else None
        called[rows] = called_labels(probabilities[rows], positive, at)
    return probabilities, called


def _logits(engine: OnnxEngine, pictures: LabelledPictures, spec: Preprocessing) -> npt.NDArray[np.float32]:
    parts = []
    for start in range(0, len(pictures), BATCH):
        batch = [preprocess_picture(picture, spec) for picture in pictures.pictures[start : start + BATCH]]
        parts.append(engine.run(np.concatenate(batch)).logits)
    return np.concatenate(parts)


def _served(card: ModelCard, pictures: LabelledPictures) -> Iterator[tuple[npt.NDArray[np.bool_], ModelCard]]:
    """Yield the rows of each population with the card as it serves them; rows of none as the card stands."""
    rest = np.ones(len(pictures), bool)
    for population in card.populations:
        rows = pictures.domain == population.domain
        if rows.any():
            rest &= ~rows
            yield rows, card.serving(population)
    if rest.any():
        yield rest, card


def _subgroups(
    pictures: LabelledPictures, probabilities: Array, called: Labels, positive: int | None, draws: int
) -> dict[str, Any]:
    """Return how pictures with each subtype fare against all negative ones, and the report of each domain."""
    groups: dict[str, Any] = {}
    if positive is not None:
        score, truth = probabilities[:, positive], pictures.labels == positive
        for index, name in enumerate(pictures.subtype_names):
            rows = (pictures.subtypes[:, index] > 0) & truth
            if rows.any():
                against = rows | ~truth
                groups[name] = {
                    "n": int(rows.sum()),
                    "groups": len(np.unique(pictures.group[rows])),
                    "recall": float((called[rows] == positive).mean()),
                    "auc": _defined(area_under_curve(score[against], rows[against])),
                }
    for name in np.unique(pictures.domain):
        if name:
            rows = pictures.domain == name
            groups[str(name)] = report(
                probabilities[rows],
                pictures.labels[rows],
                called[rows],
                pictures.group[rows],
                pictures.class_names,
                positive,
                draws,
            )
    return groups


def _defined(value: float) -> float | None:
    return None if np.isnan(value) else value
