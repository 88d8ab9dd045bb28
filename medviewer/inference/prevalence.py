"""Meaning of an answer at another frequency of the finding.

A probability is calibrated for the shares of the classes in its calibration images. Elsewhere the odds change
by the quotient of the shares (Bayes); what a call is worth is easiest understood in whole people.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from medviewer.inference.result import OperatingPoint


@dataclass(frozen=True, slots=True)
class NaturalFrequencies:
    """Meaning of a call among so many people, in whole numbers.

    Parameters
    ----------
    people, ill : int
        All of them, and those with the finding.
    called, false_alarms : int
        Of those with the finding, and of the others.
    """

    people: int
    ill: int
    called: int
    false_alarms: int

    @property
    def missed(self) -> int:
        """People with the finding who are not called."""
        return self.ill - self.called

    @property
    def all_called(self) -> int:
        """All people who are called."""
        return self.called + self.false_alarms


def reweighed(
    probabilities: Mapping[str, float], learnt: Mapping[str, float], positive: str, prevalence: float
) -> dict[str, float]:
    """Return the probabilities at another frequency of a class.

    The other classes keep their proportion to each other.

    Parameters
    ----------
    probabilities : mapping
        Class -> probability, calibrated for `learnt`.
    learnt : mapping
        Class -> share among the images that calibrated.
    positive : str
        The class whose share is set.
    prevalence : float
        Its share.

    Raises
    ------
    ValueError
        The prevalence is not between 0 and 1, or a class was never seen.
    """
    if not 0 < prevalence < 1:
        raise ValueError(f"prevalence {prevalence}")
    if min(learnt[name] for name in probabilities) <= 0 or learnt[positive] >= 1:
        raise ValueError(f"shares {dict(learnt)}")
    rest = (1 - prevalence) / (1 - learnt[positive])
    weighed = {
        name: value * (prevalence / learnt[name] if name == positive else rest)
        for name, value in probabilities.items()
    }
    total = sum(weighed.values())
    return {name: value / total for name, value in weighed.items()}


def natural_frequencies(point: OperatingPoint, prevalence: float, people: int = 1000) -> NaturalFrequencies:
    """Return the meaning of calls at a threshold among so many people.

    Raises
    ------
    ValueError
        The prevalence is not between 0 and 1.
    """
    if not 0 <= prevalence <= 1:
        raise ValueError(f"prevalence {prevalence}")
    ill = round(people * prevalence)
    return NaturalFrequencies(
        people=people,
        ill=ill,
        called=round(ill * point.sensitivity),
        false_alarms=round((people - ill) * (1 - point.specificity)),
    )
