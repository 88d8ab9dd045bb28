"""A model card in words.

What a model is for, what it sees, how good it was, and what it does not know. The page of the command line
and the window's dialog are made of these sections.
"""

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from medviewer.imaging.code_words import known_code_words
from medviewer.inference.gates import PLANE_WORDS, ages_text
from medviewer.inference.labels import KINDS
from medviewer.inference.pack import FILES, InputContract, ModelCard, Pack
from medviewer.inference.result import UNSIGNED, OperatingPoint
from medviewer.inference.tasks import probability_text, rate_text
from medviewer.plain_text import as_line
from medviewer.translation import listed, mark, translate
from medviewer.viewer.texts.caption import label_title
from medviewer.viewer.texts.card_figures import (
    change_lines,
    groups_text,
    left_out_lines,
    pictures_text,
    reading_lines,
    refusal_lines,
)

CONTRAST: Final = {
    "required": mark("with contrast agent only"),
    "refused": mark("without contrast agent only"),
    "allowed": mark("with or without contrast agent"),
}


@dataclass(frozen=True, slots=True)
class CardSection:
    """A titled part of a card; each line stands on its own."""

    title: str
    lines: tuple[str, ...]


ORIENTATION: Final = {
    "required": mark("only where the file says how the picture lies"),
    "noted": mark("where the file does not say how the picture lies, that is noted"),
}


def card_heading(pack: Pack) -> tuple[str, str, str]:
    """Return title, version and warning above the sections."""
    card = pack.card
    version = f"{card.name} {card.version} · {card.date}"
    return translate(card.title), version, translate("Research use only. Not for diagnosis.")


def pack_sections(pack: Pack) -> tuple[CardSection, ...]:
    """Return the sections of a pack's card, and by which hashes it is known."""
    lines = [
        translate("Model, as results and evaluations carry it: {sha256}", sha256=pack.model_sha256),
        translate("Pack, which changes with every word of the card: {sha256}", sha256=pack.sha256),
        *(f"{name}: {pack.hashes[name]}" for name in FILES),
    ]
    if pack.own_folder is not None:
        lines.insert(0, translate("Your own model in {folder}", folder=pack.own_folder))
        lines.insert(1, signer_text(pack.signer))
        if pack.contents is not None:
            lines.insert(2, translate("Encrypted: it is decrypted in memory only."))
    return (*card_sections(pack.card), CardSection(translate("Hashes (SHA-256)"), tuple(lines)))


def signer_text(signer: str) -> str:
    """Return whose signature an added model has, or that it has none."""
    return translate("Signed by {name}", name=signer) if signer else translate(UNSIGNED)


def card_sections(card: ModelCard) -> tuple[CardSection, ...]:
    """Return the card's sections in the user's language.

    What only a card says stays as it is written.
    """
    sections = (
        CardSection(translate("Intended use"), (translate(card.intended_use),) if card.intended_use else ()),
        CardSection(translate("What it answers"), _measured(_answers, card)),
        CardSection(translate("What it was made for"), _contract(card.input)),
        CardSection(translate("Sources that were left out"), _measured(left_out_lines, card)),
        CardSection(translate("With slightly altered pictures"), _measured(change_lines, card)),
        CardSection(translate("What its gates refuse and accept"), _measured(refusal_lines, card)),
        CardSection(translate("Test on data that it had never seen"), _measured(_test, card)),
        CardSection(
            translate("Cross-validation, by which it was chosen"), _measured(_cross_validation, card)
        ),
        CardSection(translate("Known limits"), tuple(translate(limit) for limit in card.limits)),
        CardSection(translate("Data"), _data(card.data_statement)),
        CardSection(translate("Licence"), (translate(card.licence),) if card.licence else ()),
        CardSection(translate("Readings of the test split"), _measured(reading_lines, card)),
    )
    return tuple(CardSection(section.title, _begun(section.lines)) for section in sections if section.lines)


def _measured(lines: Callable[[ModelCard], tuple[str, ...]], card: ModelCard) -> tuple[str, ...]:
    """Return the lines of a section that figures of the card are part of.

    Figures are as the author's own program wrote them.
    """
    try:
        return lines(card)
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError):
        return (translate("The figures that the card states here make no sense."),)


def _begun(lines: tuple[str, ...]) -> tuple[str, ...]:
    """Return lines that begin with a capital letter, as sentences do."""
    return tuple(map(as_line, lines))


def _answers(card: ModelCard) -> tuple[str, ...]:
    lines = [listed(label_title(label) for label in card.labels)]
    if card.input.question:
        lines.append(translate("Asked first: {question}", question=translate(card.input.question)))
    lines.append(_calibration(card))
    return tuple(lines)


def _calibration(card: ModelCard) -> str:
    tests = [card.figures.get("test", {}), *(group.figures.get("test", {}) for group in card.populations)]
    if not card.calibrated:
        return _not_calibrated(card)
    if any(test.get("ece", 0.0) > test.get("ece_95", math.inf) for test in tests):
        return translate(
            "The score was calibrated on data that was left out; on the test its error was larger than "
            "chance explains."
        )
    return translate("The score is calibrated: it may be read as a probability.")


def _not_calibrated(card: ModelCard) -> str:
    elsewhere = card.figures.get("left_out", {})
    if elsewhere:
        worst = max(elsewhere.values(), key=lambda one: float(one["ece"]) - float(one["ece_95"]))
        if worst["ece"] > worst["ece_95"]:
            return translate(
                "The score is not calibrated elsewhere and no probability: on a source that was left out its "
                "error was {value:.3f}, where chance alone makes {chance:.3f}.",
                value=worst["ece"],
                chance=worst["ece_95"],
            )
    found = card.figures.get("validation", {})
    if not elsewhere and found and found["ece"] <= found["ece_95"]:
        return translate(
            "The score was fitted to the sources of the data; whether it holds elsewhere was not "
            "tested: it is no probability."
        )
    return translate("The score is not calibrated: it is no probability.")


def _data(statement: str) -> tuple[str, ...]:
    """Return the recipe's statement about the data, and its hash."""
    said, mark_of_hash, sha256 = statement.partition(" SHA-256 of the data: ")
    lines = (translate(said), f"SHA-256 {sha256.rstrip('.')}") if mark_of_hash else (translate(said),)
    return lines if said else ()


def _contract(contract: InputContract) -> tuple[str, ...]:
    lines = [
        translate(words, value=listed(values))
        for words, values in (
            (mark("Modality: {value}"), contract.modality),
            (mark("Body part: {value}"), _in_words(contract.body_parts)),
            (mark("View: {value}"), contract.views),
            (mark("Presentation intent: {value}"), _in_words(contract.presentation_intents)),
            (mark("Patient position: {value}"), _in_words(contract.patient_positions)),
            (mark("Image type: {value}"), _in_words(contract.image_types)),
            (mark("Sequence: {value}"), contract.sequences),
            (mark("Without contrast agent, too, at any echo time: {value}"), contract.no_contrast_needed),
            (mark("Only where this model finds something: {value}"), _named_first(contract)),
            (mark("Unit of the values: {value}"), (contract.unit,) if contract.unit else ()),
        )
        if values
    ]
    if contract.max_echo_time_ms is not None:
        lines.append(translate("Echo time: up to {most:g} ms", most=contract.max_echo_time_ms))
    if contract.known_planes:
        planes = listed(translate(PLANE_WORDS[plane]) for plane in contract.known_planes)
        degrees = contract.max_angle_degrees
        lines.append(translate("Plane: {planes}, within {degrees:g}°", planes=planes, degrees=degrees))
    if contract.orientation:
        lines.append(translate(ORIENTATION[contract.orientation]))
    if contract.animals == "refused":
        lines.append(translate("People only, no animals"))
    lines += _refused(contract)
    lines.append(translate(CONTRAST[contract.contrast]))
    if contract.known_ages:
        words = mark("Age: {ages} years")
        if contract.age == "required":
            words = mark("Age: {ages} years; unknown age refused")
        lines.append(translate(words, ages=ages_text(contract.known_ages)))
    if contract.looks_like:
        kinds = listed(translate(KINDS[kind]) for kind in contract.looks_like)
        lines.append(translate("By its pixels: {value}", value=kinds))
    lines.append(translate("At least {side} × {side} pixels", side=contract.min_side))
    return tuple(lines)


def _in_words(codes: Iterable[str]) -> tuple[str, ...]:
    """Return codes of a card in words, each once.

    One without words stays as it is.
    """
    known = ((code, known_code_words(code)) for code in codes)
    return tuple(dict.fromkeys(code if words is None else words.for_user() for code, words in known))


def _named_first(contract: InputContract) -> tuple[str, ...]:
    return (contract.asks_first,) if contract.asks_first else ()


def _refused(contract: InputContract) -> list[str]:
    """Return the refusals of a card without lists of known values."""
    types = () if contract.image_types else contract.refused_image_types
    return [
        translate(words, value=listed(values))
        for words, values in (
            (mark("Refused views: {value}"), contract.refused_views),
            (mark("Refused image types: {value}"), _in_words(types)),
            (mark("Refused words of the description: {value}"), contract.refused_words),
        )
        if values
    ]


def _test(card: ModelCard) -> tuple[str, ...]:
    found = card.figures.get("test")
    if not found:
        return (translate("None. Whatever figures there are were seen while it was made."),)
    lines = [*_source(card), *_report(found)]
    if card.operating_point is not None:
        lines.append(_point(card.operating_point))
    for group in card.populations:
        measured = group.figures.get("test")
        if measured:
            inner = " · ".join(_report(measured))
            lines.append(translate("{title}: {figures}", title=label_title(group.title), figures=inner))
        if group.operating_point is not None:
            inner = _point(group.operating_point)
            lines.append(translate("{title}: {figures}", title=label_title(group.title), figures=inner))
    if card.series is not None:
        point = card.series
        lines.append(
            translate(
                "Whole series, two neighbouring slices at {threshold}: sensitivity {sensitivity}, "
                "false-positive rate {rate}, on {n} series.",
                threshold=probability_text(point.threshold),
                sensitivity=rate_text(point.sensitivity, point.sensitivity_interval),
                rate=rate_text(point.false_positive_rate, point.false_positive_rate_interval),
                n=point.n,
            )
        )
    return tuple(lines)


def _source(card: ModelCard) -> list[str]:
    """Return the source of the metrics, if the card states it."""
    names = dict.fromkeys(
        str(one["data"]) for one in card.readings if one.get("split") == "test" and "data" in one
    )
    if not names:
        return []
    said = translate(
        "Measured on the test split of {data}; in brackets: 95 % intervals, by group", data=listed(names)
    )
    return [said]


def _report(found: Mapping[str, Any]) -> list[str]:
    intervals = found.get("intervals", {})

    def rate(name: str) -> str:
        return rate_text(found[name], intervals.get(name))

    lines = [f"{pictures_text(found['n'])}, {groups_text(found['groups'])}"]
    if found.get("auc_macro") is not None:
        lines.append(translate("area under the ROC curve {value}", value=rate("auc_macro")))
    if found.get("balanced_accuracy") is not None:
        lines.append(translate("balanced accuracy {value}", value=rate("balanced_accuracy")))
    for label, value in found.get("recall", {}).items():
        shown = rate_text(value, intervals.get(f"recall.{label}"))
        lines.append(translate("recall of “{label}” {value}", label=label_title(label), value=shown))
    if "ece" in found and "ece_95" in found:
        lines.append(
            translate(
                "calibration error {value:.3f}; chance alone makes {chance:.3f} of a calibrated model",
                value=found["ece"],
                chance=found["ece_95"],
            )
        )
    return lines


def _point(point: OperatingPoint) -> str:
    return translate(
        "operating point {threshold}: sensitivity {sensitivity}, specificity {specificity}",
        threshold=probability_text(point.threshold),
        sensitivity=rate_text(point.sensitivity, point.sensitivity_interval),
        specificity=rate_text(point.specificity, point.specificity_interval),
    )


def _cross_validation(card: ModelCard) -> tuple[str, ...]:
    found = card.figures.get("cross_validation")
    if not found:
        return ()
    mean, sd = found["mean"], found["sd"]
    by_source = mark("{folds} sources, each left out once, {pictures} of {groups}")
    by_group = mark("{folds} folds by group, {pictures} of {groups}")
    said = translate(
        by_source if found.get("by") == "source" else by_group,
        folds=found["folds"],
        pictures=pictures_text(found["n"]),
        groups=groups_text(found["groups"]),
    )
    lines = [said]
    for name, words in (
        ("auc_macro", mark("area under the ROC curve {value}")),
        ("balanced_accuracy", mark("balanced accuracy {value}")),
    ):
        if name in mean:
            lines.append(translate(words, value=f"{mean[name]:.3f} ± {sd[name]:.3f}"))
    return tuple(lines)
