"""Counts of a test's pictures on either side of the threshold.

Counts say how thin the evidence is, and are the base of natural frequencies: how many of a hundred flagged
pictures show the finding depends on how common it is among those that are read.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

SAME: Final = 1e-9  # thresholds that differ by less are one


@dataclass(frozen=True, slots=True)
class CallCounts:
    """Pictures of a test by truth and by call.

    Parameters
    ----------
    hits, misses : int
        Pictures with the finding, flagged and not.
    false_alarms, passed : int
        Pictures without it, flagged and not.
    """

    hits: int
    misses: int
    false_alarms: int
    passed: int

    @property
    def one_in(self) -> float:
        """Pictures of the test for each one with the finding."""
        return self.all / self.found

    @property
    def found(self) -> int:
        """Pictures of the test with the finding."""
        return self.hits + self.misses

    @property
    def all(self) -> int:
        """Pictures of the test."""
        return self.found + self.false_alarms + self.passed

    @property
    def sensitivity(self) -> float:
        """Share of pictures with the finding that are flagged."""
        return self.hits / (self.hits + self.misses)

    @property
    def specificity(self) -> float:
        """Share of pictures without it that are not."""
        return self.passed / (self.passed + self.false_alarms)

    def on_side(self, *, is_flagged: bool) -> tuple[int, int]:
        """Return pictures with the finding, and all, on a side of the threshold."""
        if is_flagged:
            return self.hits, self.hits + self.false_alarms
        return self.misses, self.misses + self.passed

    def share(self, one_in: float, *, is_flagged: bool) -> float | None:
        """Return the share with the finding on a side of the threshold.

        By Bayes, with sensitivity and specificity of the test; it needs no calibrated score.

        Parameters
        ----------
        one_in : float
            So many pictures are read for each one with the finding; at least 1.

        Returns
        -------
        float or None
            None where the test has no picture on this side.
        """
        prevalence = 1 / max(1.0, one_in)
        found = prevalence * (self.sensitivity if is_flagged else 1 - self.sensitivity)
        other = (1 - prevalence) * (1 - self.specificity if is_flagged else self.specificity)
        return found / (found + other) if found + other > 0 else None


def counts_of(
    figures: Mapping[str, Any], labels: Sequence[str], positive: str, threshold: float
) -> CallCounts | None:
    """Return the counts that a card has of its test, or None.

    None where they are of another threshold, or make no sense: an own card may say anything.
    """
    test = figures.get("test")
    if not isinstance(test, Mapping) or positive not in labels:
        return None
    rows: Any = test.get("confusion")
    stated = test.get("threshold")
    if not isinstance(stated, float) or abs(stated - threshold) > SAME or not _is_square(rows, len(labels)):
        return None
    place = labels.index(positive)
    hits = rows[place][place]
    misses = sum(rows[place]) - hits
    false_alarms = sum(row[place] for row in rows) - hits
    passed = sum(map(sum, rows)) - hits - misses - false_alarms
    if hits + misses == 0 or false_alarms + passed == 0:
        return None
    return CallCounts(hits, misses, false_alarms, passed)


def _is_square(rows: Any, side: int) -> bool:
    return (
        isinstance(rows, Sequence)
        and len(rows) == side
        and all(isinstance(row, Sequence) and len(row) == side for row in rows)
        and all(type(count) is int and count >= 0 for row in rows for count in row)
    )
