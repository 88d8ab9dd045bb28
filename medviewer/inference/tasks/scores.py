"""Wording and drawing of scores.

One rounding for the number, the threshold beside it, bar and tick.
"""

import math
from dataclasses import dataclass
from typing import Final

NEAR: Final = 0.02
"""So near to the threshold a third decimal is written."""

MOST_DECIMALS: Final = 6
"""So many are written at most, where fewer cannot part a score from its threshold."""

_SLACK: Final = 1e-9


@dataclass(frozen=True, slots=True)
class Score:
    """A score and its decision threshold, consistently rounded.

    Parameters
    ----------
    value : float
        As it is written; on the same side of the threshold as what was computed.
    threshold : float or None
        As it is written.
    decimals : int
        Two, three near to the threshold, more where three cannot part both.
    """

    value: float
    threshold: float | None
    decimals: int

    @property
    def text(self) -> str:
        """The score as it is written; never 0 or 1, which no classifier can know."""
        least = 10.0**-self.decimals
        if self.value >= 1 - least / 2:
            return f"> {1 - least:.{self.decimals}f}"
        return f"< {least:.{self.decimals}f}" if self.value < least / 2 else f"{self.value:.{self.decimals}f}"

    @property
    def threshold_text(self) -> str:
        """Threshold with the score's decimals.

        "" where there is none.
        """
        return "" if self.threshold is None else f"{self.threshold:.{self.decimals}f}"


def rounded(value: float, threshold: float | None = None, decimals: int = 2) -> Score:
    """Return a score rounded beside its threshold, if any.

    A score below the threshold is never rounded up to it.

    Parameters
    ----------
    decimals : int
        At least; near to the threshold it is three, or as many as part both.
    """
    if math.isnan(value):
        return Score(value, threshold, decimals)
    if threshold is not None and abs(value - threshold) <= NEAR + _SLACK:
        decimals = 3
    if threshold is None:
        return Score(round(value, decimals), None, decimals)
    while True:
        shown, limit = round(value, decimals), round(threshold, decimals)
        if value >= threshold or shown < limit:
            return Score(shown, limit, decimals)
        unit = 10.0**-decimals
        shown = round(limit - unit, decimals)
        # guard(value - shown <= unit + _SLACK -> True): no digit of a score is false
        if value - shown <= unit + _SLACK or decimals >= MOST_DECIMALS:
            return Score(shown, limit, decimals)
        decimals += 1


def probability_text(value: float, threshold: float | None = None) -> str:
    """Return a probability as text: "0.81", "0.349", "> 0.99".

    Two decimals, three near its threshold.
    """
    return rounded(value, threshold).text


def rate_text(value: float, interval: tuple[float, float] | None) -> str:
    """Return a rate of 0 to 1 with its interval, two decimals each.

    "0.91 (0.78–0.97)".
    """
    return f"{value:.2f} ({interval[0]:.2f}–{interval[1]:.2f})" if interval else f"{value:.2f}"
