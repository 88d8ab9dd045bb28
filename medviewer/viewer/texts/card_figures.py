"""Lines of a model card about left-out sources, changes and gates.

And about the readings of its test split.
"""

from collections.abc import Mapping
from typing import Any, Final

from medviewer.inference.pack import ModelCard
from medviewer.inference.tasks import rate_text
from medviewer.plain_text import told_apart
from medviewer.translation import listed, mark, translate
from medviewer.viewer.texts.caption import date_text, label_title

SEQUENCE_TITLES: Final = {"flair": "FLAIR", "t1gd": "T1 + Gd"}
"""As the sequences of a data set are written."""

BASELINES: Final = {
    "thumbnail-logistic": mark("8 × 8 thumbnail {value}"),
    "hog-logistic": mark("oriented gradients {value}"),
}
"""Shortcuts that stand beside a network, by their names on cards."""

RATES: Final = {
    "sensitivity": mark("sensitivity {value}"),
    "specificity": mark("specificity {value}"),
}
"""At the threshold; a source may lack pictures for one of them."""

WELL: Final = 0.99
"""Share of a kind of image that has to be refused; kinds below it are named."""


def left_out_lines(card: ModelCard) -> tuple[str, ...]:
    """Return the lines of each left-out source."""
    lines = []
    for name, found in card.figures.get("left_out", {}).items():
        parts = [f"{name}: {pictures_text(found['n'])}", groups_text(found["groups"])]
        if "auc" in found:
            parts.append(_area(card, rate_text(found["auc"], found.get("auc_interval"))))
        parts += [
            translate(words, value=rate_text(found[key], None))
            for key, words in RATES.items()
            if key in found
        ]
        if "sequence" not in found:
            parts += _dice(found.get("outline", {}).get("all"))
        lines.append(" · ".join(parts))
        lines += _beside(card, name, found)
        lines += _by_sequence(card, name, found)
    return tuple(lines)


def _beside(card: ModelCard, name: str, found: Mapping[str, Any]) -> list[str]:
    """Return the lines below a source: shortcuts, version before, coverage."""
    parts = [
        translate(words, value=rate_text(found[key]["auc"], None))
        for key, words in BASELINES.items()
        if "auc" in found.get(key, {})
    ]
    earlier = found.get("version_before")
    if earlier:
        words = mark("version {version} {value}, {of} against {others}")
        parts.append(
            translate(
                words,
                version=earlier["version"],
                value=rate_text(earlier["auc"], None),
                of=label_title(card.positive).lower(),
                others=label_title(earlier["against"]).lower(),
            )
        )
    lines = []
    if parts:
        shown = " · ".join(parts)
        lines.append(translate("{source}, area of what knows less: {figures}", source=name, figures=shown))
    covered = card.figures.get("conformal", {}).get("reached", {}).get(name)
    if covered:
        shares = [
            f"{label_title(label).lower()} {rate_text(covered[label], None)}"
            for label in card.labels
            if label in covered
        ]
        lines.append(
            translate(
                "{source}, sets that should hold the answer in {wanted} of 100: {figures}",
                source=name,
                wanted=round(100 * card.figures["conformal"]["coverage"]),
                figures=" · ".join(shares),
            )
        )
    return lines


def _by_sequence(card: ModelCard, name: str, found: Mapping[str, Any]) -> list[str]:
    """Return a line for each sequence of a left-out source."""
    lines = []
    for sequence, one in found.get("sequence", {}).items():
        parts = [f"{name}, {SEQUENCE_TITLES.get(sequence, sequence)}: {pictures_text(one['n'])}"]
        parts.append(_area(card, rate_text(one["auc"], one.get("auc_interval"))))
        lines.append(" · ".join([*parts, *_dice(found.get("outline", {}).get(sequence))]))
    return lines


def _dice(drawn: Mapping[str, Any] | None) -> list[str]:
    """Return the overlap of drawn outlines with the marks; [] where none is."""
    if not drawn:
        return []
    value = rate_text(drawn["dice"], drawn.get("dice_interval"))
    return [translate("Dice of the outline {value}", value=value)]


def _area(card: ModelCard, shown: str) -> str:
    if not card.positive:
        return translate("area under the ROC curve {value}", value=shown)
    label = label_title(card.positive).lower()
    return translate("area under the ROC curve of {label} {value}", label=label, value=shown)


def change_lines(card: ModelCard) -> tuple[str, ...]:
    """Return how many answers the sixteen harmless changes turn."""
    found = card.figures.get("changes")
    if not found or not found["n"]:
        return ()
    said = translate(
        "Sixteen slight alterations turn the answer on {turned} of {n} validation pictures ({share}), which "
        "are then uncertain.",
        turned=found["turned"],
        n=found["n"],
        share=_percent(found["turned"] / found["n"]),
    )
    return (said,)


def refusal_lines(card: ModelCard) -> tuple[str, ...]:
    """Return the shares that router and pixel gate refuse and accept."""
    lines = []
    refused = card.figures.get("refused", {})
    if refused:
        well = [kind for kind, shares in refused.items() if shares["together"] >= WELL]
        lines.append(
            translate(
                "{well} of {kinds} kinds of picture that it was not made for are refused at {share} or more.",
                well=len(well),
                kinds=len(refused),
                share=_percent(WELL),
            )
        )
        others = [
            f"{translate(kind)} {told_apart(100 * shares['together'], 100 * WELL, 0)[0]} %"
            for kind, shares in refused.items()
            if shares["together"] < WELL
        ]
        if others:
            lines.append(translate("The others: {kinds}", kinds=listed(others)))
    accepted = card.figures.get("accepted", {})
    if accepted:
        shares = [f"{source} {_percent(share)}" for source, share in accepted.items()]
        lines.append(
            translate(
                "Its own kind is accepted, each source by a gate that never saw it: {sources}",
                sources=listed(shares),
            )
        )
    for source, found in card.figures.get("elsewhere", {}).items():
        lines.append(
            translate(
                "{source}: {pictures} of a source that it never saw; {right} are called what they are, "
                "{accepted} pass for it",
                source=source,
                pictures=pictures_text(found["n"]),
                right=_percent(found["right"]),
                accepted=_percent(found["accepted"]),
            )
        )
    return tuple(lines)


def reading_lines(card: ModelCard) -> tuple[str, ...]:
    """Return a line for each reading of the test split, with its purpose."""
    lines = []
    for reading in card.readings:
        parts = [
            f"{date_text(str(reading.get('date', '')).replace('-', ''))}  {reading.get('data', '')}".strip()
        ]
        if "pictures" in reading:
            parts.append(pictures_text(reading["pictures"]))
        if reading.get("purpose"):
            parts.append(translate(str(reading["purpose"])))
        lines.append(" · ".join(parts))
    if len(lines) > 1:
        lines.insert(0, translate("Readings with these weights: {count}", count=len(lines)))
    return tuple(lines)


def _percent(share: float) -> str:
    return f"{100 * share:.0f} %"


def pictures_text(count: int) -> str:
    """Return a number of images in words."""
    return translate("1 picture", "{count} pictures", count=count)


def groups_text(count: int) -> str:
    """Return a number of groups of images in words."""
    return translate("1 group", "{count} groups", count=count)
