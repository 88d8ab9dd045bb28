"""Comparison of a model with classic methods and a recurrent network.

All are measured on the same images.

    medviewer compare --data head_ct_hemorrhage.npz --plot comparison.png

The methods are fitted on the splits train and val together and measured, with the model, on test.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from medviewer.errors import DamagedModelError, DataError
from medviewer.inference.classification import cpu_engine
from medviewer.inference.pack import (
    GRAPH,
    ModelCard,
    Pack,
    find_pack,
    installed_packs,
    load_card,
    verify_pack,
)
from medviewer.training.comparison.baselines import CLASSIC, Row, macro_auc
from medviewer.training.comparison.recurrent_baseline import RECURRENT
from medviewer.training.data import LabeledImages, load
from medviewer.training.evaluation import judged, logits_of, note_reading
from medviewer.training.metrics import BOOTSTRAP_DRAWS, bootstrap_by_group, confusion
from medviewer.translation import mark, translate

METHODS: Final = (*CLASSIC, RECURRENT)
FITTED_ON: Final[Mapping[str, tuple[str, ...]]] = {"test": ("train", "val"), "val": ("train",)}
"""Split that is measured -> splits that the methods are fitted on."""

TIMED_IMAGES: Final = 30

NETWORK_TITLE: Final = mark("The network of the model")
NO_MODEL: Final = mark("No installed model has the classes of this data: name one with --model.")
METHODS_READ_TEST: Final = mark(
    "The classic methods and the recurrent network were measured on the test split too; only the model's "
    "reading is counted."
)
VAL_FLATTERS: Final = mark(
    "The model's training may have learnt from the val split or been stopped by it: its figures here may be "
    "too good."
)

Array = npt.NDArray[np.float64]
Labels = npt.NDArray[np.int64]


def compare(
    data: Sequence[Path],
    model: str | Path | None = None,
    split: str = "test",
    draws: int = BOOTSTRAP_DRAWS,
    progress: Callable[[str], None] = print,
    sources: Sequence[str] = (),
) -> dict[str, Any]:
    """Return the metrics of each method on a split, with 95 % intervals.

    Intervals are by group.

    Parameters
    ----------
    data : sequence of Path
        Sources as `datasets.load` takes them.
    model : str or Path, optional
        The name of an installed pack, or the folder of one; None: the first installed one whose classes the
        data has. It runs as in the product, on what it calls at its operating point.
    split : str
        "test" or "val". The other methods are fitted on train and val, or on train alone. A reading of
        "test" is noted for the model.
    draws : int
        Of the bootstrap.
    progress : callable
        Told what is fitted next.
    sources : sequence of str
        Sources (domains) that the methods are fitted and measured on; empty: all.

    Returns
    -------
    dict
        Plain values, ready for JSON; a figure that is not defined is None. "methods" has one row for each,
        the network first. "size_bytes" is what an answer needs: the graph's file, or coefficients, support
        vectors, trees or weights in memory. "milliseconds" is the median from image to answer, one image
        at a time.

    Raises
    ------
    DataError, UnknownModelError, DamagedModelError, InvalidNumbersError
    """
    if split not in FITTED_ON:
        raise DataError(path="data", detail=f'methods can be compared on test or val, not on "{split}"')
    pack, loaded = pack_and_images(data, model)
    named = _named(loaded.of_sources(sources), pack)
    known = named.chosen(named.labels >= 0)
    measured = known.of_split(split)
    fitting = known.chosen(np.isin(known.split, FITTED_ON[split]))
    _check(fitting)
    comparison = _facts(pack, known, fitting, split)
    comparison["left_out"] = len(named.of_split(split)) - len(measured)
    rows = []
    if pack is not None:
        rows.append(_network_row(pack, measured, draws))
        if split == "test":
            comparison["test_readings"] = note_reading(pack, known.name, known.sha256)
    for method in METHODS:
        progress(translate("Fitting: {method}", method=translate(method.title)))
        rows.append(_method_row(method, fitting, measured, draws))
    return {**comparison, "methods": rows}


def _named(images: LabeledImages, pack: Pack | None) -> LabeledImages:
    """Return images with the classes of a model, or with their own."""
    if pack is None:
        return images.with_classes(images.class_names)
    return images.with_classes(pack.card.labels, pack.card.aliases)


def pack_and_images(data: Sequence[Path], model: str | Path | None) -> tuple[Pack | None, LabeledImages]:
    """Return the model to compare, and the images.

    Without a name the first installed one whose classes the data has, None where there is none.

    Raises
    ------
    DataError, UnknownModelError, DamagedModelError
    """
    if model is not None:
        pack = verify_pack(find_pack(model))
        return pack, load(data, preprocessing=pack.card.preprocessing)
    loaded = load(data)
    for folder in installed_packs():
        with suppress(DamagedModelError):  # of a model that nobody asked for
            card = load_card(folder)
            if _has_classes(loaded, card):
                return verify_pack(folder), load(data, preprocessing=card.preprocessing)
    return None, loaded


def _has_classes(images: LabeledImages, card: ModelCard) -> bool:
    labels = images.with_classes(card.labels, card.aliases).labels
    return set(range(len(card.labels))) <= set(labels.tolist())


def _check(fitting: LabeledImages) -> None:
    """Refuse data that no method can be fitted on."""
    missing = set(range(len(fitting.class_names))) - set(fitting.labels.tolist())
    if missing:
        names = ", ".join(fitting.class_names[index] for index in sorted(missing))
        raise DataError(path=fitting.name, detail=f"it has no pictures to fit on of {names}")
    if len(fitting.class_names) < 2 or len(np.unique(fitting.group)) < 2:
        raise DataError(path=fitting.name, detail="methods are fitted on two classes and two groups at least")


def _facts(pack: Pack | None, known: LabeledImages, fitting: LabeledImages, split: str) -> dict[str, Any]:
    measured = known.of_split(split)
    return {
        "data": known.name,
        "data_sha256": known.sha256,
        "split": split,
        "n": len(measured),
        "groups": len(np.unique(measured.group)),
        "patient_wise": known.grouped,
        "classes": list(known.class_names),
        "fitted_on": {
            "splits": list(FITTED_ON[split]),
            "n": len(fitting),
            "groups": len(np.unique(fitting.group)),
        },
        "test_readings": None,
        "notes": _notes(pack, split),
    }


def _notes(pack: Pack | None, split: str) -> list[str]:
    notes = [] if pack else [NO_MODEL]
    if split == "test":
        notes.append(METHODS_READ_TEST)
    elif pack:
        notes.append(VAL_FLATTERS)
    return notes


def _network_row(pack: Pack, measured: LabeledImages, draws: int) -> dict[str, Any]:
    engine = cpu_engine(pack)

    def answers(rows: Labels) -> tuple[Array, Labels]:
        some = measured.chosen(rows)
        return judged(pack.card, logits_of(engine, some.images, pack.card.preprocessing), some.domain)

    probabilities, called = answers(np.arange(len(measured)))
    return {
        "name": pack.card.name,
        "title": NETWORK_TITLE,
        "model_version": pack.card.version,
        "model_sha256": pack.model_sha256,
        "called_by": "operating point" if pack.card.operating_point else "largest score",
        **_figures(probabilities, called, measured, draws),
        "size_bytes": len(pack.read(GRAPH)),
        "milliseconds": _milliseconds(lambda row: answers(np.array([row])), len(measured)),
    }


def _method_row(method: Row, fitting: LabeledImages, measured: LabeledImages, draws: int) -> dict[str, Any]:
    began = time.perf_counter()
    chosen = method.fit(fitting.images, fitting.labels, fitting.group)
    seconds = time.perf_counter() - began
    scores = chosen.fitted.scores(measured.images)
    area = chosen.cross_validation_auc
    return {
        "name": method.name,
        "title": method.title,
        "settings": dict(chosen.settings),
        "cross_validation_auc": None if np.isnan(area) else area,
        "fit_seconds": seconds,
        "called_by": "largest score",
        **_figures(scores, scores.argmax(axis=1), measured, draws),
        "size_bytes": chosen.fitted.size_bytes,
        "milliseconds": _milliseconds(
            lambda row: chosen.fitted.scores(measured.images[row : row + 1]), len(measured)
        ),
    }


def _figures(scores: Array, called: Labels, measured: LabeledImages, draws: int) -> dict[str, Any]:
    labels, names = measured.labels, measured.class_names

    def figure(rows: Labels) -> dict[str, float]:
        table = confusion(labels[rows], called[rows], len(names)).astype(np.float64)
        with np.errstate(invalid="ignore"):
            recall = np.diag(table) / table.sum(axis=1)
        return {
            "accuracy": float(np.diag(table).sum() / table.sum()),
            "balanced_accuracy": float(recall[~np.isnan(recall)].mean()),
            "auc_macro": macro_auc(scores[rows], labels[rows]),
            **{f"recall.{name}": float(value) for name, value in zip(names, recall, strict=True)},
        }

    figures: dict[str, Any] = {"recall": {}}
    for name, value in figure(np.arange(len(labels))).items():
        outer, _, inner = name.partition(".")
        number = None if np.isnan(value) else value
        if inner:
            figures[outer][inner] = number
        else:
            figures[outer] = number
    intervals = bootstrap_by_group(figure, measured.group, draws)
    figures["intervals"] = {name: list(ends) if ends else None for name, ends in intervals.items()}
    return figures


def _milliseconds(answer: Callable[[int], object], count: int) -> float:
    """Return the median time of one answer, after an uncounted one."""
    answer(0)
    times = []
    for row in range(min(count, TIMED_IMAGES)):
        began = time.perf_counter()
        answer(row)
        times.append(time.perf_counter() - began)
    return float(np.median(times) * 1000)
