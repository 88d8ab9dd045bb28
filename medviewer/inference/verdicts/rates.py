"""Rates of agreement with a model, and of leaving the own reading."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from medviewer.inference.verdicts.table import SERIES, VerdictRow, last_verdicts
from medviewer.inference.verdicts.verdict import Stance

LEAST: Final = 20
"""Below so many a rate is not said: it would be chance."""


@dataclass(frozen=True, slots=True)
class Rate:
    """A count among others."""

    count: int
    of: int

    @property
    def percent(self) -> int | None:
        """The rate in percent; None where there are too few."""
        return None if self.of < LEAST else round(100 * self.count / self.of)


@dataclass(frozen=True, slots=True)
class ReaderRates:
    """A reader's verdicts on one version of a model.

    Parameters
    ----------
    agreed : Rate
        Of the verdicts on answers; one that is uncertain is none.
    disagreed : int
        The rest was unsure.
    blind_agreed : Rate
        Of the readings of such slices before the answer was seen.
    switched : Rate
        Of the same: those that were left once the answer was shown.
    series : int
        So many of the verdicts are on series.
    not_compared : int
        So many more verdicts are on uncertain answers: neither agreement nor disagreement.
    """

    model: str
    model_version: str
    model_sha256: str
    agreed: Rate
    disagreed: int
    blind_agreed: Rate
    switched: Rate
    series: int
    not_compared: int


def rates_of(rows: Iterable[VerdictRow]) -> tuple[ReaderRates, ...]:
    """Return the rates by model, that with the most verdicts first."""
    by_model: dict[tuple[str, str], list[VerdictRow]] = {}
    for row in last_verdicts(rows):
        by_model.setdefault((row.model, row.model_sha256), []).append(row)
    found = [_rates(of_model) for of_model in by_model.values()]
    return tuple(sorted(found, key=lambda rates: -rates.agreed.of - rates.not_compared))


def _rates(rows: list[VerdictRow]) -> ReaderRates:
    # guard(row.is_compared -> True): verdicts on uncertain answers change no rate
    compared = [row for row in rows if row.is_compared]
    blind = [row for row in compared if row.reading_at and row.blind == "yes"]
    return ReaderRates(
        rows[-1].model,
        rows[-1].model_version,
        rows[-1].model_sha256,
        Rate(sum(row.final is Stance.AGREE for row in compared), len(compared)),
        sum(row.final is Stance.DISAGREE for row in compared),
        Rate(sum(row.implied is Stance.AGREE for row in blind), len(blind)),
        Rate(sum(row.has_switched for row in blind), len(blind)),
        sum(row.unit == SERIES for row in rows),
        len(rows) - len(compared),
    )
