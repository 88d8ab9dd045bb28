"""Fit the pixel gate of one kind; its threshold is of left-out sources."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np
import numpy.typing as npt
from sklearn.linear_model import LogisticRegression

from medviewer.inference.gates import Reference
from medviewer.inference.input import Preprocessing
from medviewer.training.gate.gather import Features, joined
from medviewer.training.gate.trunk import Floats

PENALTY: Final = 0.003
LEAST_SPREAD: Final = 0.3  # of the median spread over the features
HALVES: Final = 2
FEW: Final = 12  # images below which a source's share says nothing


@dataclass(frozen=True, slots=True, eq=False)
class Fitted:
    """Gate of a kind with its shares of accepted and refused images.

    Parameters
    ----------
    accepted : mapping
        Left-out source -> share of its images that is accepted.
    refused, refused_known : mapping
        Foreign kind -> share that is refused, the kind left out of training; and with other images of the
        kind in training.
    refused_made : mapping
        Made negative -> share that is refused.
    """

    reference: Reference
    accepted: Mapping[str, float]
    refused: Mapping[str, float]
    refused_known: Mapping[str, float]
    refused_made: Mapping[str, float]


def fit_kind(
    own: Features, foreign: Features, made: Features, table: Mapping[str, Any], recipe: Mapping[str, Any]
) -> Fitted:
    """Fit the gate of one kind; judge it on images that were left out."""
    rng = np.random.default_rng(recipe["seed"])
    spec, most = Preprocessing(**table["preprocessing"]), int(recipe["references"])

    def fitted(one: Features, other: Features, negative: Features) -> Reference:
        return _fitted(one, joined([other, negative]), spec, float(table["weight"]), most, rng)

    may_own, may_foreign, may_made = (part.chosen(part.teaches) for part in (own, foreign, made))
    shipped = fitted(may_own, may_foreign, may_made)
    own_measures = np.zeros((len(own.values), 2), np.float32)
    made_measures = np.zeros((len(made.values), 2), np.float32)
    for source in np.unique(own.source):
        for rows, apart in _left_out(own, str(source), rng):
            known = ~np.isin(may_made.group, apart)
            judge = fitted(
                may_own.chosen(~np.isin(may_own.group, apart)), may_foreign, may_made.chosen(known)
            )
            own_measures[rows] = judge.measures(own.values[rows])
            negatives = np.isin(made.group, apart)
            made_measures[negatives] = judge.measures(made.values[negatives])
    known_measures, foreign_measures = (np.zeros((len(foreign.values), 2), np.float32) for _ in range(2))
    for kind in np.unique(foreign.kind):
        rows, others = foreign.kind == kind, may_foreign.kind != kind
        judge = shipped if others.all() else fitted(may_own, may_foreign.chosen(others), may_made)
        foreign_measures[rows] = judge.measures(foreign.values[rows])
    for half in _halves(foreign.group, rng):
        judge = fitted(
            may_own, may_foreign.chosen(~np.isin(may_foreign.group, foreign.group[half])), may_made
        )
        known_measures[half] = judge.measures(foreign.values[half])
    judged = own.source != "phantom"
    reference = _with_threshold(shipped, own_measures[judged], own.source[judged], float(recipe["accepted"]))
    return Fitted(
        reference,
        accepted={name: 1 - share for name, share in _refused(reference, own_measures, own.source).items()},
        refused=_refused(reference, foreign_measures, foreign.kind),
        refused_known=_refused(reference, known_measures, foreign.kind),
        refused_made=_refused(reference, made_measures, made.kind),
    )


def _fitted(
    own: Features, other: Features, spec: Preprocessing, weight: float, most: int, rng: np.random.Generator
) -> Reference:
    mean, spread = own.values.mean(axis=0), own.values.std(axis=0)
    scale = spread + LEAST_SPREAD * np.median(spread) + 1e-3
    kept = rng.permutation(len(own.values))[:most]
    phantoms = np.flatnonzero(own.source == "phantom")
    kept = np.unique(np.concatenate([kept, phantoms]))
    both = np.concatenate([own.values, other.values])
    center, width = both.mean(axis=0), both.std(axis=0) + 1e-3
    labels = np.repeat([1, 0], [len(own.values), len(other.values)])
    plane = LogisticRegression(C=PENALTY, class_weight="balanced", max_iter=300, tol=1e-3)
    plane.fit((both - center) / width, labels)
    normal = plane.coef_[0] / width
    return Reference(
        spec,
        mean.astype(np.float32),
        scale.astype(np.float32),
        ((own.values[kept] - mean) / scale).astype(np.float16).astype(np.float32),
        normal.astype(np.float32),
        offset=float(plane.intercept_[0] - normal @ center),
        centers=np.zeros(2, np.float32),
        spreads=np.ones(2, np.float32),
        weight=weight,
        most=1.0,
    )


def _left_out(
    own: Features, source: str, rng: np.random.Generator
) -> list[tuple[npt.NDArray[np.bool_], npt.NDArray[np.str_]]]:
    """Return parts of a source to judge, and the groups left out for each.

    The whole source, or its halves by group where no other source teaches.
    """
    rows = own.source == source
    others = own.teaches & ~rows & (own.source != "phantom")
    if others.any() or not own.teaches[rows].any():
        return [(rows, np.unique(own.group[rows]))]
    groups = rng.permutation(np.unique(own.group[rows]))
    parts = np.array_split(groups, HALVES)
    return [(rows & np.isin(own.group, part), part) for part in parts]


def _halves(group: npt.NDArray[np.str_], rng: np.random.Generator) -> list[npt.NDArray[np.bool_]]:
    return [np.isin(group, part) for part in np.array_split(rng.permutation(np.unique(group)), HALVES)]


def _with_threshold(
    reference: Reference, measures: Floats, source: npt.NDArray[np.str_], accepted: float
) -> Reference:
    """Return the reference that accepts this share of left-out images.

    Each source is counted alike.
    """
    names, member, counts = np.unique(source, return_inverse=True, return_counts=True)
    weights = 1 / counts[member] / len(names)
    centers = (measures * weights[:, None]).sum(axis=0)
    spreads = np.sqrt((((measures - centers) ** 2) * weights[:, None]).sum(axis=0))
    standard = replace(reference, centers=centers.astype(np.float32), spreads=spreads.astype(np.float32))
    values = standard.unlikeness_of(measures)
    order = np.argsort(values)
    place = int(np.searchsorted(np.cumsum(weights[order]), accepted))
    return replace(standard, most=float(values[order][min(place, len(order) - 1)]))


def _refused(reference: Reference, measures: Floats, names: npt.NDArray[np.str_]) -> dict[str, float]:
    is_refused = reference.unlikeness_of(measures) > 1
    return {
        str(name): float(is_refused[names == name].mean())
        for name in np.unique(names)
        if (names == name).sum() >= FEW
    }
