"""Figures of a model for one MR sequence, from a test split by them."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from medviewer.inference.pack.card import ModelCard
from medviewer.inference.result import OperatingPoint
from medviewer.translation import mark


@dataclass(frozen=True, slots=True)
class SequenceGroup:
    """A sequence as the subgroups of a test call it, and as it is shown."""

    name: str
    title: str


GROUPS: Final = {
    "FLAIR": SequenceGroup("flair", mark("FLAIR")),
    "T1": SequenceGroup("t1gd", mark("T1 with contrast agent")),
}
"""By the name of the sequence in a description."""


def sequence_group(card: ModelCard, named: Collection[str]) -> SequenceGroup | None:
    """Return the group of the one sequence that a header names.

    FLAIR is weighted by T2, or by T1, which is then named beside it.

    Returns
    -------
    SequenceGroup or None
        None where the test of the card has no figures of its own for it.
    """
    sequence = "FLAIR" if "FLAIR" in named else next(iter(named)) if len(named) == 1 else ""
    group = GROUPS.get(sequence)
    return group if group is not None and _figures(card, group) else None


def for_sequence(card: ModelCard, group: SequenceGroup | None) -> ModelCard:
    """Return the card with the figures of a sequence; the threshold stays."""
    figures = None if group is None else _figures(card, group)
    point = card.operating_point
    if not figures or point is None:
        return card
    return replace(
        card,
        operating_point=_measured(point, figures, card.positive),
        figures={**card.figures, "test": {**figures, "threshold": point.threshold}},
    )


def _figures(card: ModelCard, group: SequenceGroup) -> Mapping[str, Any] | None:
    test = card.figures.get("test")
    groups = test.get("subgroups") if isinstance(test, Mapping) else None
    figures = groups.get(group.name) if isinstance(groups, Mapping) else None
    if not isinstance(figures, Mapping) or not card.positive:
        return None
    rates = [figures.get(rate) for rate in ("recall", "specificity")]
    has_rates = all(isinstance(one, Mapping) and isinstance(one.get(card.positive), float) for one in rates)
    return figures if has_rates else None


def _measured(point: OperatingPoint, figures: Mapping[str, Any], positive: str) -> OperatingPoint:
    intervals = figures.get("intervals", {})
    return replace(
        point,
        sensitivity=figures["recall"][positive],
        specificity=figures["specificity"][positive],
        sensitivity_interval=_interval(intervals.get(f"recall.{positive}")),
        specificity_interval=_interval(intervals.get(f"specificity.{positive}")),
    )


def _interval(stated: Any) -> tuple[float, float] | None:
    if not isinstance(stated, list | tuple) or len(stated) != 2:
        return None
    low, high = stated
    return (float(low), float(high)) if isinstance(low, float) and isinstance(high, float) else None
