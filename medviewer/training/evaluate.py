"""The figures of a published model on labelled pictures, computed on the way that the product takes.

    medviewer evaluate head-ct-haemorrhage --data head_ct_hemorrhage.npz --split test --json

The pack is verified, its graph runs on onnxruntime, its temperature and threshold are the card's.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from medviewer.inference.classifier import calibrated
from medviewer.inference.engine_onnx import OnnxEngine
from medviewer.inference.model_card import GRAPH, find_pack, verify_pack
from medviewer.inference.preprocess import Preprocessing, preprocess_picture
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
    pictures = load(data).of_split(split).with_classes(card.labels, card.aliases)
    known = pictures.chosen(pictures.labels >= 0)
    probabilities = _probabilities(engine, known, card.preprocessing, card.temperature)
    positive = card.labels.index(card.positive) if card.positive else None
    threshold = card.operating_point.threshold if card.operating_point else None
    called = called_labels(probabilities, positive, threshold)
    evaluation = {
        "model": card.name,
        "model_version": card.version,
        "model_sha256": pack.sha256,
        "data": known.name,
        "data_sha256": known.sha256,
        "split": split,
        "test_readings": note_reading(pack, known.name, known.sha256) if split == "test" else None,
        "left_out": len(pictures) - len(known),
        "threshold": threshold,
        **report(probabilities, known.labels, called, known.group, card.labels, positive, draws),
        "subgroups": _subgroups(known, probabilities, called, positive),
    }
    if positive is not None and threshold is not None and (known.order >= 0).all():
        evaluation["series"] = series_report(
            probabilities[:, positive], known.labels == positive, known.group, known.order, threshold, draws
        )
    return evaluation


def _probabilities(
    engine: OnnxEngine, pictures: LabelledPictures, spec: Preprocessing, temperature: float
) -> Array:
    parts = []
    for start in range(0, len(pictures), BATCH):
        batch = [preprocess_picture(picture, spec) for picture in pictures.pictures[start : start + BATCH]]
        parts.append(calibrated(engine.run(np.concatenate(batch)).logits, temperature))
    return np.concatenate(parts)


def _subgroups(
    pictures: LabelledPictures, probabilities: Array, called: Labels, positive: int | None
) -> dict[str, Any]:
    """Return how pictures with each subtype fare against all without the positive class, and each domain."""
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
            correct = called[rows] == pictures.labels[rows]
            groups[str(name)] = {"n": int(rows.sum()), "accuracy": float(correct.mean())}
    return groups


def _defined(value: float) -> float | None:
    return None if np.isnan(value) else value
