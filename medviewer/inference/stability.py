"""Stability of an answer under harmless changes, and its rule.

The rule is stated here and nowhere else: an answer that any of the sixteen changes turns is said as
uncertain, on the card, on the strip, in every export and on the command line. Why:

- A wrong plain word misleads readers of all experience: misses rose from 3 to 33 of 100 where a model was
  wrong (Bernstein 2023). A word that another technician's window would turn is none to lean on.
- Uncertainty belongs where the answer is said, not behind it (ESR Essentials 2025; FDA, MHRA and Health
  Canada 2024).
- One is enough. Of the 428 validation slices of the head CT model 72 flip. Of those not flagged 2 of 195 bled
  where none of the changes flagged it, 2 of 9 where a single one did: no fewer than of all (54 of 428).
"""

from dataclasses import dataclass
from math import log
from typing import Final

FLIPS_OF_UNCERTAIN: Final = 1
"""So many of the sixteen changes turn an answer that is said as uncertain, and more."""

NEAR_LOG_ODDS: Final = 1.0
"""Scores so far from their threshold and nearer are asked again under the changes, together with the answer.

So the slices of a series say the same as the card of each. Of the 428 slices 174 are that near, among them 71
of the 72 that flip; of 150 validation pictures of brains and of breasts all 17 and all 37 are, of chests 5 of
10, which come one by one. To ask all again would cost sixteen further answers for each; of the others it is
said that it was not tried, until one of them is asked by itself.
"""

_LEAST: Final = 1e-9


@dataclass(frozen=True, slots=True)
class Stability:
    """Scores of one class under small changes of the picture.

    Parameters
    ----------
    label : str
        The class.
    count : int
        Changes that were tried.
    lowest, highest : float
        Of their scores and of the answer's own.
    flips : int or None
        How many lie on the other side of the threshold; None where there is no threshold.
    led : int or None
        Under how many another class has the highest score; None where there is a threshold.
    scores : tuple of float
        Under each change, in their order; a series is judged again with them.
    """

    label: str
    count: int
    lowest: float
    highest: float
    flips: int | None = None
    scores: tuple[float, ...] = ()
    led: int | None = None

    @property
    def is_uncertain(self) -> bool:
        """Whether so many changes turn the answer that it may not be said plainly."""
        return is_uncertain(self.flips)


def is_uncertain(flips: int | None) -> bool:
    """Return whether an answer that so many changes turn is uncertain."""
    # guard(-> False): an answer that flips under harmless changes is not said plainly
    return flips is not None and flips >= FLIPS_OF_UNCERTAIN


def is_near(score: float, threshold: float) -> bool:
    """Return whether changes may turn a score, so near is its threshold."""
    return abs(_log_odds(score) - _log_odds(threshold)) <= NEAR_LOG_ODDS


def _log_odds(share: float) -> float:
    within = min(max(share, _LEAST), 1 - _LEAST)
    return log(within / (1 - within))
