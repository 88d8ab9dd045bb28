"""Age groups of patients with separately measured performance."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from medviewer.inference.result import Gate, OperatingPoint
from medviewer.translation import mark


@dataclass(frozen=True, slots=True)
class Population:
    """A group of patients with its own operating point and temperature.

    Parameters
    ----------
    title : str
        As it is shown, in English, e.g. "Children".
    min_age_years, max_age_years : float or None
        Inclusive, in completed years; None is open. Where two groups meet at an age the older one holds.
    temperature : float or None
        None: the card's.
    shift : tuple of float
        Added to the logits, one for each class, before the temperature; () for none.
    operating_point : OperatingPoint or None
        None: the card's.
    default : bool
        Its figures are used where the age is not stated; one group of a card has it.
    domain : str
        What the images of this group are called in the data that it was measured on.
    figures : mapping
        As the training wrote them.
    """

    name: str
    title: str
    min_age_years: float | None = None
    max_age_years: float | None = None
    temperature: float | None = None
    shift: tuple[float, ...] = ()
    operating_point: OperatingPoint | None = None
    default: bool = False
    domain: str = ""
    figures: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not self.name or not self.title:
            raise ValueError("population: name, title")
        if self.temperature is not None and not self.temperature > 0:
            raise ValueError(f"population {self.name}: temperature {self.temperature}")
        if self.from_age > self.to_age:
            raise ValueError(f"population {self.name}: {self.min_age_years} to {self.max_age_years} years")

    @property
    def from_age(self) -> float:
        """Lowest age in years, inclusive."""
        return -math.inf if self.min_age_years is None else self.min_age_years

    @property
    def to_age(self) -> float:
        """Highest age in completed years, inclusive."""
        return math.inf if self.max_age_years is None else self.max_age_years


def check_populations(populations: tuple[Population, ...]) -> None:
    """Raise ValueError unless group names are unique with one default."""
    names = [population.name for population in populations]
    if len(set(names)) != len(names):
        raise ValueError(f"population: {names}")
    if populations and sum(population.default for population in populations) != 1:
        raise ValueError("population: one of them has to be the default")


def population_at(
    populations: tuple[Population, ...], age_years: float | None
) -> tuple[Population | None, Gate | None]:
    """Return the group of an age, and a note where the age is undecided.

    An age of no group has the nearest one.

    Parameters
    ----------
    age_years : float or None
        None: not stated.
    """
    if not populations:
        return None, None
    fitting = []
    if age_years is not None:
        fitting = [
            one for one in populations if one.from_age <= age_years and math.floor(age_years) <= one.to_age
        ]
    if fitting:
        return max(fitting, key=lambda one: one.from_age), None
    if age_years is None:
        taken = next(population for population in populations if population.default)
        statement = mark("Age not stated; the figures of {title} are used.")
    else:
        taken = min(populations, key=lambda one: max(one.from_age - age_years, age_years - one.to_age))
        statement = mark("The model has no figures for this age; those of {title} are used.")
    return taken, Gate("age", True, statement, (("title", taken.title),))
