"""Series rule: a verdict from the slices of a whole series.

A slice says little about a scan: one false call among thirty slices is common. The rule asks for two
neighbors, which chance seldom gives and a bleed mostly does. Where harmless changes of the slices turn the
verdict, it is uncertain, by the rule for slices (`inference.stability`).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from medviewer.inference.stability import is_uncertain

RULE: Final = "two neighbouring slices at or above the threshold"


@dataclass(frozen=True, slots=True)
class SeriesPoint:
    """Threshold of the series rule, with its test metrics.

    Parameters
    ----------
    spacing_mm : (float, float)
        Between slices, inclusive; of other series "neighboring" means something else and nothing is said.
    n, positive : int
        Series that the figures are of, and how many of them were positive.
    """

    threshold: float
    sensitivity: float
    false_positive_rate: float
    n: int
    positive: int
    spacing_mm: tuple[float, float]
    sensitivity_interval: tuple[float, float] | None = None  # 95 %, by patient
    false_positive_rate_interval: tuple[float, float] | None = None
    rule: str = RULE

    def __post_init__(self) -> None:
        if not 0 <= self.threshold <= 1 or self.rule != RULE:
            raise ValueError(f"series: threshold {self.threshold}, rule {self.rule!r}")


@dataclass(frozen=True, slots=True)
class SeriesVerdict:
    """Verdict of the rule on a series.

    Parameters
    ----------
    score : float
        The largest probability that both of two neighboring slices reach.
    slices : (int, int)
        The places of these two in the series, counted from 0.
    judged, of : int
        Slices with a prediction, and all slices.
    flips, changes : int
        How many of the changes turn the verdict, and how many were tried on slices near to the threshold.
    """

    called: bool
    score: float
    slices: tuple[int, int]
    judged: int
    of: int
    flips: int = 0
    changes: int = 0

    @property
    def is_uncertain(self) -> bool:
        """Whether harmless changes of its slices turn the verdict."""
        return is_uncertain(self.flips)


def neighbors_score(probabilities: Sequence[float | None]) -> tuple[float, int] | None:
    """Return the best value reached by two neighboring slices, and its place.

    None stands for a slice without a prediction; without two neighbors that have one, nothing is returned.
    """
    pairs = [
        (min(first, second), place)
        for place, (first, second) in enumerate(pairwise(probabilities))
        if first is not None and second is not None
    ]
    return max(pairs, key=lambda pair: pair[0]) if pairs else None


def judge_series(
    point: SeriesPoint,
    probabilities: Sequence[float | None],
    spacing_mm: float | None,
    changed: Sequence[tuple[float, ...]] = (),
) -> SeriesVerdict | None:
    """Apply the rule to the positive class's probabilities in slice order.

    Parameters
    ----------
    changed : sequence of tuple of float
        The probabilities under each harmless change, () of a slice far from any threshold, on which none was
        tried: it keeps its own. One change is made to all slices alike, as another window is.

    Returns
    -------
    SeriesVerdict or None
        None: the slices are not spaced as those that the rule was made for, or no two neighbors have a
        prediction.
    """
    low, high = point.spacing_mm
    found = neighbors_score(probabilities)
    if found is None or spacing_mm is None or not low <= spacing_mm <= high:
        return None
    score, place = found
    judged = sum(value is not None for value in probabilities)
    called, count = score >= point.threshold, max(map(len, changed), default=0)
    again = [
        neighbors_score(
            [scores[number] if scores else own for own, scores in zip(probabilities, changed, strict=True)]
        )
        for number in range(count)
    ]
    flips = sum(one is not None and (one[0] >= point.threshold) != called for one in again)
    return SeriesVerdict(called, score, (place, place + 1), judged, len(probabilities), flips, count)
