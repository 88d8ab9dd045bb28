"""Publishing of a trained model: pack, card and bundled resources.

The pack's folder is complete after `write_pack`; `record_evaluation` adds what a split showed, and that
the test split was read; `bundle` copies the pack to the program's resources and pins the hash of every file
in the code.
"""

import hashlib
import tomllib
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from textwrap import fill
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import torch

from medviewer.errors import DamagedModelError, DataError
from medviewer.inference.classification import cpu_engine
from medviewer.inference.engines import OnnxEngine, fold
from medviewer.inference.pack import (
    CARD,
    FILES,
    GRAPH,
    WEIGHTS,
    ModelCard,
    bundled_folder,
    bundled_hashes,
    load_card,
    verify_pack,
)
from medviewer.limits import MODEL_PACK_BYTES
from medviewer.storage import atomic_write
from medviewer.training.data import LabeledImages, load
from medviewer.training.evaluation import judged, logits_of
from medviewer.training.fit import (
    Recipe,
    Trained,
    answerable,
    fit_shift,
    learnable,
    load_recipe,
    preprocessed,
)
from medviewer.training.metrics import (
    expected_calibration_error,
    expected_calibration_error_95,
    fit_temperature,
    negative_log_likelihood,
    softmax,
    stated,
)
from medviewer.training.release.decisions import decisions, series_facts, without_none
from medviewer.training.release.left_out_figures import (
    conformal_figures,
    figures_by_source,
    figures_elsewhere,
    holds_elsewhere,
    left_out_figures,
    source_figures,
    within_figures,
)
from medviewer.training.release.stability import stability_figures
from medviewer.training.release.toml_writer import toml_text
from medviewer.training.release.weights import onnx_bytes, round_to_half, safetensors_bytes
from medviewer.translation import mark

NOTICE: Final = "NOTICE"
EVALUATION: Final = "evaluation.json"
HASH_OF_DATA: Final = " SHA-256 of the data: "
EVALUATED: Final = mark("evaluation")
"""Purpose of a reading of the test split."""

LARGEST_DIFFERENCE: Final = 1e-4  # in probability, between the engines
COMPARED: Final = 64  # images that both engines see, where folds calibrate


def write_pack(folder: Path, trained: Trained) -> None:
    """Write weights, graph and card into a folder.

    What calibrates was not learnt from.

    Raises
    ------
    DamagedModelError
        The two engines disagree, or the pack is larger than `limits` allows.
    WriteError
        The operating system refused.
    """
    recipe = trained.recipe
    model = fold(trained.model)
    shift = _class_shift(trained)
    with torch.no_grad():
        model.head.bias.add_(torch.from_numpy(shift).to(model.head.bias))
    round_to_half(model)
    weights = safetensors_bytes(model)
    spec = recipe.preprocessing
    graph = onnx_bytes(model, (spec.channels, spec.size, spec.size))
    by = trained.cross.data if trained.cross else trained.calibration
    assert by is not None  # one of the two calibrates
    seen = by.chosen(np.arange(min(COMPARED, len(by)))) if trained.cross else by
    inputs = preprocessed(seen.images, spec)
    logits = OnnxEngine(graph).run(inputs)[0].astype(np.float64)
    with torch.no_grad():
        expected = model(torch.from_numpy(inputs))[0].numpy()
    said = trained.cross.logits + shift if trained.cross else logits
    temperature = fit_temperature(said, by.labels)
    difference = float(np.abs(softmax(logits, temperature) - softmax(expected, temperature)).max())
    if difference > LARGEST_DIFFERENCE:
        raise DamagedModelError(model=recipe.name, detail=f"the engines differ by {difference:.1e}")
    validation = _validation(trained, by, said, temperature) | {"engine_difference": difference}
    card = {
        **_statements(trained),
        "temperature": temperature,
        "calibrated": validation["ece"] <= validation["ece_95"],  # never decided on the test
        "files": {WEIGHTS: _sha256(weights), GRAPH: _sha256(graph)},
        "architecture": model.architecture.as_facts(),
        "figures": {"validation": validation},
    }
    card |= decisions(recipe, by, said, temperature)
    if recipe.populations:
        calibrations = [group["figures"]["cross_validation"] for group in card["population"]]
        card["calibrated"] = all(figures["ece"] <= figures["ece_95"] for figures in calibrations)
    _add_figures(card, trained, shift)
    text = toml_text(card).encode()
    if len(weights) + len(graph) + len(text) > MODEL_PACK_BYTES:
        raise DamagedModelError(model=recipe.name, detail="the pack is too large")
    for name, content in ((WEIGHTS, weights), (GRAPH, graph), (CARD, text)):
        atomic_write(folder / name, content)
    load_card(folder)  # what was written must be readable


def _add_figures(card: dict[str, Any], trained: Trained, shift: npt.NDArray[np.float64]) -> None:
    """Add the figures of folds and left-out sources to a card."""
    recipe, temperature = trained.recipe, float(card["temperature"])
    point = card.get("operating_point", {})
    if trained.cross:
        card["figures"]["cross_validation"] = trained.cross.figures()
        if recipe.validation.by_source:
            card["figures"]["cross_validation"]["by"] = "source"
        else:
            card["figures"]["cross_validation"] |= within_figures(trained.cross)
            card["figures"]["cross_validation"] |= source_figures(trained.cross, shift, temperature, point)
        stability = (
            stability_figures(trained.cross, shift, temperature, point["threshold"]) if point else None
        )
        if stability is not None:
            band, card["figures"]["cross_validation"]["stability"] = stability
            point["uncertain"] = list(band)
    if trained.cross and not recipe.populations:
        sets = conformal_figures(recipe, trained.cross, shift, temperature)
        card["figures"]["conformal"] = sets
        wanted = recipe.validation.by_source or recipe.undecided
        if point and wanted and len(recipe.class_names) == 2:
            ends = (*undecided_band(sets["least"], recipe.positive, point["threshold"]),)
            ends += tuple(point.get("uncertain", ()))  # what another level or window turns
            point["uncertain"] = [min(ends), max(ends)]
    if trained.cross and recipe.validation.by_source:
        card["figures"]["left_out"] = figures_by_source(recipe, trained.cross)
    if trained.left_out:
        threshold = point.get("threshold")
        elsewhere = left_out_figures(recipe, trained.left_out, shift, temperature, threshold)
        card["figures"]["left_out"] = elsewhere
    # guard(statement): calibrated only where sources that were left out bear it out
    card["calibrated"] &= holds_elsewhere(card["figures"].get("left_out", {}))


def undecided_band(least: Mapping[str, float], positive: str, threshold: float) -> tuple[float, float]:
    """Return the band of probabilities in which nothing is called.

    Of the positive class: those whose conformal set has both classes, or none, with the threshold among them.

    Parameters
    ----------
    least : mapping
        The least probability of each of the two classes that puts it into a set.
    """
    [other] = [name for name in least if name != positive]
    ends = least[positive], 1 - least[other]
    return min(*ends, threshold), max(*ends, threshold)


def _class_shift(trained: Trained) -> npt.NDArray[np.float64]:
    """Return the calibration's logit shift of each class: (classes,)."""
    cross, recipe = trained.cross, trained.recipe
    if cross is None or not recipe.class_shift or recipe.populations:  # each of these has its own
        return np.zeros(len(recipe.class_names))
    return fit_shift(cross.logits, cross.data.labels)


def _statements(trained: Trained) -> dict[str, Any]:
    recipe, data = trained.recipe, trained.data
    return {
        "name": recipe.name,
        **recipe.card,
        "date": _today(),
        "labels": list(recipe.class_names),
        "positive": recipe.positive,
        "data_statement": _data_statement(recipe, data.sha256),
        "preprocessing": recipe.preprocessing.settings,
    }


def _validation(
    trained: Trained, judged: LabeledImages, logits: npt.NDArray[np.float64], temperature: float
) -> dict[str, Any]:
    labels = judged.labels
    confidence, correct = stated(softmax(logits, temperature), labels, trained.recipe.positive_index)
    figures: dict[str, Any] = {
        "epochs": len(trained.history),
        "best_epoch": next(epoch.epoch for epoch in reversed(trained.history) if epoch.best),
        "stopping_half_auc": max(epoch.stop_auc for epoch in trained.history if epoch.best),
        "calibrated_by": "folds that left the pictures out" if trained.cross else "half of val",
        "calibration_pictures": len(labels),
        "calibration_groups": len(np.unique(judged.group)),
        "log_loss_before_temperature": negative_log_likelihood(logits, labels),
        "log_loss": negative_log_likelihood(logits, labels, temperature),
        "ece": expected_calibration_error(confidence, correct),
        "ece_95": expected_calibration_error_95(confidence),
    }
    if np.isnan(figures["stopping_half_auc"]):  # nothing was set aside to stop by
        del figures["stopping_half_auc"]
    return figures


def record_evaluation(folder: Path, evaluation: Mapping[str, Any]) -> None:
    """Put the figures of an evaluation on the card of a pack.

    Those of the test split become the operating point's, and that it was read is noted.

    Parameters
    ----------
    evaluation : mapping
        What `evaluate.evaluate` returned for this pack.
    """
    facts = tomllib.loads((folder / CARD).read_text("utf-8"))
    split = str(evaluation["split"])
    kept = {key: value for key, value in evaluation.items() if key not in ("model", "data", "split")}
    facts.setdefault("figures", {})[split] = without_none(kept)
    if split == "test":
        _note_test(facts, evaluation)
    atomic_write(folder / CARD, toml_text(facts).encode())
    load_card(folder)


def _note_test(facts: dict[str, Any], evaluation: Mapping[str, Any]) -> None:
    positive = facts.get("positive")
    if positive and "operating_point" in facts:
        facts["operating_point"] |= _reached(evaluation, positive)
    series = evaluation.get("series", {})
    if "series" in facts and None not in (series.get("sensitivity"), series.get("false_positive_rate")):
        facts["series"] |= series_facts(series)
    for population in facts.get("population", ()):
        measured = evaluation["subgroups"].get(population.get("domain"))
        if measured:
            population["figures"]["test"] = without_none(measured)
            if positive and "operating_point" in population:
                population["operating_point"] |= _reached(measured, positive)
    weights = facts["files"][WEIGHTS]
    reading = {"date": _today(), "data": evaluation["data"], "split": "test", "weights": weights}
    reading |= {"pictures": evaluation["n"], "purpose": EVALUATED}
    facts["readings"] = [*facts.get("readings", []), reading]


def _reached(report: Mapping[str, Any], positive: str) -> dict[str, Any]:
    """Return an operating point's metrics from a report of the test split."""
    intervals = report["intervals"]
    return {
        "sensitivity": report["recall"][positive],
        "specificity": report["specificity"][positive],
        "sensitivity_interval": intervals[f"recall.{positive}"],
        "specificity_interval": intervals[f"specificity.{positive}"],
    }


def bundle(folder: Path) -> Path:
    """Copy a pack to the program's resources and pin its file hashes.

    The hashes are in `inference/bundled_hashes.py`. Its evaluation and the images of that, where they lie
    beside it, and a notice of whose data it learnt from go with it.

    Returns
    -------
    Path
        The bundled folder.
    """
    card = load_card(folder)
    target = bundled_folder() / card.name
    target.mkdir(parents=True, exist_ok=True)
    contents = {name: (folder / name).read_bytes() for name in FILES}
    others = [path for path in (folder / EVALUATION, *sorted(folder.glob("*.png"))) if path.is_file()]
    written = contents | {path.name: path.read_bytes() for path in others} | {NOTICE: notice(card).encode()}
    for gone in target.glob("*.png"):
        gone.unlink()
    for name, content in written.items():
        atomic_write(target / name, content)
    pin(target)
    return target


def reword(name: str) -> Path:
    """Update the card of a bundled model from its recipe.

    What was learnt and measured stays. That is the recipe's table [card], the input contract in it, and the
    ages of its populations.

    Returns
    -------
    Path
        The bundled folder.

    Raises
    ------
    DataError
        The recipe is of another version of the model.
    """
    recipe, folder = load_recipe(name), bundled_folder() / name
    before = tomllib.loads((folder / CARD).read_text("utf-8"))
    facts = dict(before)
    if facts["version"] != recipe.card["version"]:
        raise DataError(path=folder / CARD, detail=f"it is of version {facts['version']}")
    facts |= recipe.card
    facts["data_statement"] = _data_statement(recipe, hash_of_data(before["data_statement"]))
    facts["calibrated"] &= holds_elsewhere(facts["figures"].get("left_out", {}))
    for table, population in zip(facts.get("population", ()), recipe.populations, strict=True):
        for key in ("title", "min_age_years", "max_age_years"):
            table[key] = getattr(population, key)
    atomic_write(folder / CARD, toml_text(facts).encode())
    atomic_write(folder / NOTICE, notice(load_card(folder)).encode())
    pin(folder)
    return folder


def record_elsewhere(name: str, data: Sequence[Path]) -> None:
    """Record the figures of a bundled model on other sources.

    It never saw these. The network, its calibration and its threshold stay as they are, and no test split is
    read. Sources without all of its classes say nothing of it and are left alone.

    Parameters
    ----------
    data : sequence of Path
        Sources as `datasets.load` takes them, of which the model learnt from none.
    """
    pack = verify_pack(bundled_folder() / name)
    card, spec = pack.card, pack.card.preprocessing
    loaded = load(data, preprocessing=spec).with_classes(card.labels, card.aliases)
    known = answerable(learnable(loaded), spec)
    threshold = card.operating_point.threshold if card.operating_point else None
    engine = cpu_engine(pack)
    positive = card.labels.index(card.positive) if card.positive else None
    facts = tomllib.loads((pack.folder / CARD).read_text("utf-8"))
    elsewhere: dict[str, Any] = {}
    for source in np.unique(known.domain):
        part = known.chosen(known.domain == source)
        if set(range(len(card.labels))) <= set(part.labels.tolist()):
            logits = logits_of(engine, part.images, spec)
            probabilities, _ = judged(card, logits, part.domain)
            found = figures_elsewhere(part, probabilities, positive, threshold)
            elsewhere[str(source)] = {"by_released_network": True} | found
    if not elsewhere:
        raise DataError(path=known.name, detail="it has no source with all classes of the model")
    facts["figures"]["left_out"] = elsewhere
    facts["calibrated"] &= holds_elsewhere(elsewhere)
    atomic_write(pack.folder / CARD, toml_text(facts).encode())
    pin(pack.folder)


def _data_statement(recipe: Recipe, sha256: str) -> str:
    return f"{recipe.card.get('data_statement', '')}{HASH_OF_DATA}{sha256}.".strip()


def hash_of_data(statement: str) -> str:
    """Return the hash that publishing put behind a statement of the data."""
    return statement.partition(HASH_OF_DATA)[2].rstrip(".")


def pin(folder: Path) -> None:
    """Write a bundled pack's file hashes.

    They go to `inference/bundled_hashes.py`.
    """
    files = sorted(path for path in folder.iterdir() if path.is_file())
    bundled_hashes.BUNDLED[folder.name] = {path.name: _sha256(path.read_bytes()) for path in files}
    atomic_write(Path(bundled_hashes.__file__), pins_text(bundled_hashes.BUNDLED).encode())


def notice(card: ModelCard) -> str:
    """Return the data sources and licences of a pack."""
    paragraphs = [
        f"{card.title}\n{card.name} {card.version}, {card.date}",
        card.licence,
        f"Data: {card.data_statement}",
        "No picture of the data is part of this pack.",
    ]
    heading, *rest = paragraphs
    return "\n\n".join([heading, *(fill(text, 100, break_long_words=False) for text in rest if text)]) + "\n"


def pins_text(pins: Mapping[str, Mapping[str, str]]) -> str:
    """Return the source of `inference/bundled_hashes.py` for these pins."""
    lines = [f'"""{bundled_hashes.__doc__}"""', "", "from typing import Final", ""]
    lines.append("BUNDLED: Final[dict[str, dict[str, str]]] = {")
    for model, files in sorted(pins.items()):
        lines.append(f'    "{model}": {{')
        lines += [f'        "{name}": "{sha256}",' for name, sha256 in sorted(files.items())]
        lines.append("    },")
    return "\n".join([*lines, "}", ""])


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _today() -> str:
    return datetime.now(UTC).date().isoformat()
