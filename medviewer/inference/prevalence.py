"""Meaning of an answer at another frequency of the finding.

A probability is calibrated for the shares of the classes in its calibration images. Elsewhere the odds change
by the quotient of the shares (Bayes). What a call is worth needs no probability: `tasks.call_counts`.
"""

from collections.abc import Mapping


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
