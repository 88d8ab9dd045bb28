"""Wording and drawing of scores.

One rounding for the number, the threshold beside it, bar and tick.
"""

import math
from dataclasses import dataclass
from typing import Final

NEAR: Final = 0.02
"""So near to the threshold, or to an end of its band, a third decimal is written."""

MOST_DECIMALS: Final = 6
"""So many are written at most, where fewer cannot part a score from what it was compared with."""

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
    band : (float, float) or None
        The ends of the band in which nothing is called, as they are written; what was computed within them
        is written within them.
    """

    value: float
    threshold: float | None
    decimals: int
    band: tuple[float, float] | None = None

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


def rounded(
    value: float,
    threshold: float | None = None,
    decimals: int = 2,
    band: tuple[float, float] | None = None,
) -> Score:
    """Return a score rounded beside its threshold, if any.

    A score below the threshold is never rounded up to it, nor one beside the band into that.

    Parameters
    ----------
    decimals : int
        At least; near to the threshold it is three, or as many as part both.
    band : (float, float), optional
        Scores around the threshold, inclusive, at which nothing is called.
    """
    if math.isnan(value):
        return Score(value, threshold, decimals, band)
    if threshold is None:
        return Score(round(value, decimals), None, decimals)
    low, high = band or (threshold, math.inf)
    if any(abs(value - limit) <= NEAR + _SLACK for limit in (low, threshold, high)):
        decimals = max(3, decimals)
    while True:
        unit, shown = 10.0**-decimals, round(value, decimals)
        for limit in (low, threshold):
            if value < limit:
                shown = min(shown, round(round(limit, decimals) - unit, decimals))
        if value > high:
            shown = max(shown, round(round(high, decimals) + unit, decimals))
        # guard(shown < round(low, decimals) and value >= low -> False):
        #     a score within a narrow band is written within it
        is_beside = shown < round(low, decimals) and value >= low
        # guard(abs(value - shown) <= unit + _SLACK -> True): no digit of a score is false
        if (abs(value - shown) <= unit + _SLACK and not is_beside) or decimals >= MOST_DECIMALS:
            ends = None if band is None else (round(low, decimals), round(high, decimals))
            return Score(shown, round(threshold, decimals), decimals, ends)
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
