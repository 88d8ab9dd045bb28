"""Comparison of a model with classic methods on whole sources left out.

    medviewer compare --data breast_multi.npz --by-source --plot comparison.png

Each method is fitted on the other sources and measured on the one that is left out. The network's figures are
those of its card, by networks that never saw the source. No test split is read.
"""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from medviewer.errors import DataError
from medviewer.inference.pack import ModelCard, Pack
from medviewer.training.comparison.baselines import CLASSIC, TRIVIAL, Row
from medviewer.training.comparison.compare import NETWORK_TITLE, pack_and_images
from medviewer.training.comparison.recurrent_baseline import RECURRENT
from medviewer.training.data import LabeledImages
from medviewer.training.metrics import area_under_curve, bootstrap_by_group
from medviewer.translation import translate

METHODS: Final[tuple[Row, ...]] = (*CLASSIC, TRIVIAL[1], RECURRENT)
DRAWS: Final = 500

Array = npt.NDArray[np.float64]


def compare_sources(
    data: Sequence[Path],
    model: str | Path | None = None,
    progress: Callable[[str], None] = print,
    sources: Sequence[str] = (),
) -> dict[str, Any]:
    """Return the areas under the ROC curve of each method, source by source.

    Of the model's positive class against the others; without one the mean over the classes.

    Parameters
    ----------
    data, model, progress, sources
        As `compare` takes them.

    Returns
    -------
    dict
        Plain values, ready for JSON. "sources" has for each source "n", "groups" and "methods": name ->
        {"title", "auc", "interval"}, the network's, where its card has it, under the model's name.

    Raises
    ------
    DataError
        There is one source only, or none that has two classes.
    UnknownModelError, DamagedModelError
    """
    pack, loaded = pack_and_images(data, model)
    names = pack.card.labels if pack else loaded.class_names
    named = loaded.of_sources(sources).with_classes(names, pack.card.aliases if pack else None)
    known = named.chosen((named.labels >= 0) & (named.split != "test"))
    positive = names.index(pack.card.positive) if pack and pack.card.positive else None
    found: dict[str, Any] = {}
    for source in np.unique(known.domain):
        judged = known.domain == source
        some, others = known.chosen(judged), known.chosen(~judged)
        if not _can_judge(some, others, positive):
            continue
        methods = _of_card(pack, str(source))
        for method in METHODS:
            progress(translate("{source}: {method}", source=source, method=translate(method.title)))
            fitted = method.fit(others.images, others.labels, others.group).fitted
            figures = _figures(fitted.scores(some.images), some, positive)
            methods[method.name] = {"title": method.title} | figures
        found[str(source)] = {"n": len(some), "groups": len(np.unique(some.group)), "methods": methods}
    if not found:
        raise DataError(path=known.name, detail="no source in it can be left out")
    return {"data": known.name, "data_sha256": known.sha256, "classes": list(names), "sources": found}


def comparison_on_card(card: ModelCard) -> dict[str, Any]:
    """Return the left-out sources of a card, as `compare_sources` does.

    The network beside the methods that know shortcuts only, all from the run that made the card; of folds by
    patient, where the card has shortcuts in the same folds, the means.
    """
    methods = {card.name: NETWORK_TITLE} | {row.name: row.title for row in TRIVIAL}
    found: dict[str, Any] = {}
    folds = card.figures.get("cross_validation", {})
    if all(row.name in folds for row in TRIVIAL):
        area = folds["mean"][f"auc.{card.positive}" if card.positive else "auc_macro"]
        found["patients left out"] = _on_card(folds, {"auc": area}, card.name, methods)
    for source, said in card.figures.get("left_out", {}).items():
        if "auc" in said:
            found[source] = _on_card(said, said, card.name, methods)
    names = dict.fromkeys(str(one.get("data", "")) for one in card.readings)
    return {"data": ", ".join(names), "classes": list(card.labels), "sources": found}


def _on_card(
    said: Mapping[str, Any], own: Mapping[str, Any], name: str, methods: Mapping[str, str]
) -> dict[str, Any]:
    rows = {
        method: {"title": title, "auc": figures["auc"], "interval": figures.get("auc_interval")}
        for method, title in methods.items()
        if (figures := own if method == name else said.get(method)) is not None
    }
    return {"n": said["n"], "groups": said["groups"], "methods": rows}


def _can_judge(some: LabeledImages, others: LabeledImages, positive: int | None) -> bool:
    here, there = set(some.labels.tolist()), set(others.labels.tolist())
    return len(here) > 1 and here <= there and (positive is None or positive in here)


def _of_card(pack: Pack | None, source: str) -> dict[str, Any]:
    """Return a left-out source's figures on the card, by the model's name."""
    said = pack.card.figures.get("left_out", {}).get(source) if pack else None
    if pack is None or not said or "auc" not in said:
        return {}
    facts = {"title": NETWORK_TITLE, "auc": said["auc"], "interval": said.get("auc_interval")}
    return {pack.card.name: facts}


def _figures(scores: Array, images: LabeledImages, positive: int | None) -> dict[str, Any]:
    wanted = np.unique(images.labels) if positive is None else (positive,)

    def areas(rows: npt.NDArray[np.int64]) -> dict[str, float]:
        found = [area_under_curve(scores[rows, place], images.labels[rows] == place) for place in wanted]
        return {"auc": float(np.mean(found))}

    interval = bootstrap_by_group(areas, images.group, DRAWS)["auc"]
    auc = areas(np.arange(len(images)))["auc"]
    return {"auc": auc, "interval": None if interval is None else list(interval)}
