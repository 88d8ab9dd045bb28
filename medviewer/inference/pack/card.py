"""Model cards: the contents of card.toml, read and checked."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Final

from medviewer import limits
from medviewer.errors import DamagedModelError
from medviewer.inference.pack.entry_types import check_types
from medviewer.inference.pack.input_contract import InputContract, read_contract
from medviewer.inference.pack.population import Population, check_populations
from medviewer.inference.pack.series_rule import SeriesPoint
from medviewer.inference.result import OperatingPoint
from medviewer.inference.tasks import TASKS
from medviewer.translation import mark, message

if TYPE_CHECKING:  # it loads OpenCV, which the window's start may not
    from medviewer.inference.input import Preprocessing


UNKNOWN_ENTRY: Final = re.compile("(?<=unexpected keyword argument )'.*'")
MANY_DIGITS: Final = "for integer string conversion"
DEEP_KEY: Final = re.compile(
    rb"""(?<![\w-])(?:(?>[\w-]+|"[^"]*"|'[^']*')[ \t]*\.[ \t]*){%d,}""" % limits.MODEL_CARD_DEPTH
)
"""Dotted keys that nest too deep: to parse them takes longer than their size lets expect."""

CLASSIFICATION: Final = "classification"
"""The task of a card that names none: they are older than the tasks."""

FIGURES: Final = "\n[figures"
"""Where the figures of a card begin, which are most of it and say nothing of what the model is for."""


@dataclass(frozen=True, slots=True)
class ModelCard:
    """Description of a model: identity, intended use, performance.

    The content of card.toml.

    Parameters
    ----------
    task : str
        What its outputs mean: a row of `inference.tasks.TASKS`.
    labels : tuple of str
        Classes, in the order of the logits.
    positive : str
        The class that the operating point decides about; "" for none.
    aliases : mapping
        Other names of a label in data sets.
    codes : mapping
        Label -> (value, scheme, meaning), for structured reports.
    temperature : float
        Logits are divided by it before the softmax.
    shift : tuple of float
        Added to the logits before that; a card has none, a group of patients may (`serving`).
    files : mapping
        File name -> SHA-256, of the pack's other files.
    readings : tuple of mapping
        Each time that a test split was read: date, data, weights.
    architecture, figures : mapping
        As the training wrote them.
    populations : tuple of Population
        Groups with an operating point and a temperature of their own; the card's tables [[population]].
    series : SeriesPoint or None
        The rule for whole series, where the model has one.
    """

    name: str
    title: str
    version: str
    date: str
    labels: tuple[str, ...]
    positive: str
    input: InputContract
    preprocessing: "Preprocessing"
    temperature: float = 1.0
    shift: tuple[float, ...] = ()
    task: str = CLASSIFICATION
    calibrated: bool = False
    operating_point: OperatingPoint | None = None
    aliases: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    codes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    intended_use: str = ""
    data_statement: str = ""
    licence: str = ""
    limits: tuple[str, ...] = ()
    architecture: Mapping[str, Any] = field(default_factory=dict)
    figures: Mapping[str, Any] = field(default_factory=dict)
    readings: tuple[Mapping[str, Any], ...] = ()
    files: Mapping[str, str] = field(default_factory=dict)
    populations: tuple[Population, ...] = ()
    series: SeriesPoint | None = None

    def serving(self, population: Population | None) -> "ModelCard":
        """Return the card with the calibration of a group of patients."""
        if population is None:
            return self
        return replace(
            self,
            temperature=population.temperature or self.temperature,
            shift=population.shift or self.shift,
            operating_point=population.operating_point or self.operating_point,
            figures=population.figures,
        )


def parsed_card(name: str, content: bytes) -> ModelCard:
    """Return a card from the bytes of its file.

    Raises
    ------
    DamagedModelError
        It makes no sense; named after the model.
    """
    facts = _facts(name, content)
    check_task(name, facts)
    try:
        return _card(facts)
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError) as error:
        raise invalid_card(name, error) from error


def check_task(name: str, facts: Mapping[str, Any]) -> None:
    """Refuse a card of a task unknown to this version.

    Raises
    ------
    DamagedModelError
    """
    task = facts.get("task", CLASSIFICATION)
    if not isinstance(task, str) or task not in TASKS:
        shown = str(task)[: limits.TEXT_IN_TOOLTIP]
        raise DamagedModelError(model=name, detail=message("this version knows no task “{task}”", task=shown))


def first_facts(name: str, content: bytes) -> dict[str, Any]:
    """Return the tables of a card before its figures.

    All of them where these cannot be read alone.
    """
    begin = content.find(FIGURES.encode())
    if begin < 0:
        return _facts(name, content)
    try:
        return _facts(name, content[: begin + 1])
    except DamagedModelError:
        return _facts(name, content)


def _facts(name: str, content: bytes) -> dict[str, Any]:
    """Return the tables of a card.

    Raises
    ------
    DamagedModelError
        It is no TOML, or it nests too deep.
    """
    lines = content.splitlines()
    if any(line.count(b".") >= limits.MODEL_CARD_DEPTH and DEEP_KEY.search(line) for line in lines):
        raise DamagedModelError(model=name, detail=mark("its card nests too deep"))
    try:
        return tomllib.loads(content.decode("utf-8"))
    except RecursionError as error:
        raise DamagedModelError(model=name, detail=mark("its card nests too deep")) from error
    except ValueError as error:  # of the text, its encoding or a number
        raise invalid_card(name, error) from error


def invalid_card(name: str, error: Exception) -> DamagedModelError:
    """Return the error for a card that makes no sense."""
    reason = str(error)[: limits.TEXT_IN_TOOLTIP]
    unknown = UNKNOWN_ENTRY.search(reason) if isinstance(error, TypeError) else None
    detail = message("its card makes no sense ({reason})", reason=reason)
    if isinstance(error, KeyError):
        detail = message("its card lacks the entry {entry}", entry=reason)
    elif unknown is not None:
        detail = message("its card has an unknown entry {entry}", entry=unknown[0])
    elif MANY_DIGITS in reason:
        detail = message("a number in its card has too many digits")
    return DamagedModelError(model=name, detail=detail)


def _card(facts: Mapping[str, Any]) -> ModelCard:
    from medviewer.inference.input import Preprocessing

    plain = dict(facts)
    contract = dict(plain.pop("input"))
    labels = tuple(str(label) for label in _listed("labels", plain.pop("labels", [])))
    point, series = plain.pop("operating_point", None), plain.pop("series", None)
    card = ModelCard(
        labels=labels,
        positive=plain.pop("positive", ""),
        input=read_contract(contract),
        preprocessing=Preprocessing(**plain.pop("preprocessing")),
        operating_point=_operating_point(point) if point else None,
        series=_series_point(series) if series else None,
        aliases={key: _listed(key, names) for key, names in plain.pop("aliases", {}).items()},
        codes={key: _listed(key, code) for key, code in plain.pop("codes", {}).items()},
        limits=_listed("limits", plain.pop("limits", [])),
        readings=_listed("readings", plain.pop("readings", [])),
        date=str(plain.pop("date")),  # TOML has dates of its own
        populations=tuple(_population(facts) for facts in plain.pop("population", ())),
        **plain,
    )
    # guard(statement): no entry of a card is of another type than whoever reads it takes it for
    check_types(card)
    check_populations(card.populations)
    TASKS[card.task].check(card)
    if not card.temperature > 0:
        raise ValueError(f"temperature: {card.temperature}")
    if any(len(group.shift) not in (0, len(labels)) for group in card.populations) or card.shift:
        raise ValueError("shift: one number for each class, in a population")
    return card


def _listed(name: str, value: object) -> tuple[Any, ...]:
    """Return a list of the card; a word would be taken apart into letters."""
    if not isinstance(value, list):
        raise TypeError(f"{name}: {value}")
    return tuple(value)


def _population(facts: Mapping[str, Any]) -> Population:
    plain = dict(facts)
    plain["shift"] = tuple(float(value) for value in plain.get("shift", ()))
    point = plain.pop("operating_point", None)
    return Population(**plain, operating_point=_operating_point(point) if point else None)


def _series_point(facts: Mapping[str, Any]) -> SeriesPoint:
    return SeriesPoint(
        **_with_pairs(facts, "spacing_mm", "sensitivity_interval", "false_positive_rate_interval")
    )


def _with_pairs(facts: Mapping[str, Any], *names: str) -> dict[str, Any]:
    plain = dict(facts)
    for name in names:
        if name in plain:
            low, high = plain[name]
            plain[name] = (float(low), float(high))
    return plain


def _operating_point(facts: Mapping[str, Any]) -> OperatingPoint:
    return OperatingPoint(**_with_pairs(facts, "sensitivity_interval", "specificity_interval", "uncertain"))
