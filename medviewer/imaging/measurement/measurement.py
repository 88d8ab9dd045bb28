"""A measurement as a value: quantities with units, and notes."""

import math
from dataclasses import dataclass
from typing import Final

from medviewer.imaging.frame import value_text
from medviewer.translation import Message

CM2_FROM: Final = 100  # mm²
PER_CM2: Final = 100
SLACK: Final = 1e-6  # of a logarithm: a step of 0.1 has one decimal


@dataclass(frozen=True, slots=True)
class Quantity:
    """One measured number with its unit.

    Parameters
    ----------
    name : str
        "length", "angle", "area", "mean" ...; the same in every language.
    value : float
        Not rounded.
    unit : str
        "mm", "px", "mm²", "°", "HU" ...; "" for a value whose file states none.
    text : Message
        As it is shown, rounded.
    """

    name: str
    value: float
    unit: str
    text: Message


@dataclass(frozen=True, slots=True)
class Measurement:
    """The quantities measured with one annotation.

    Parameters
    ----------
    quantities : tuple of Quantity
        Empty where nothing can be measured; `notes` then say why.
    lines : tuple of Message
        The text beside the drawing, a line each.
    notes : tuple of Message
        What the numbers do not hold for.
    """

    quantities: tuple[Quantity, ...]
    lines: tuple[Message, ...]
    notes: tuple[Message, ...] = ()

    def value_of(self, name: str) -> float | None:
        """Return the value of the quantity of this name; None: not measured."""
        return next((one.value for one in self.quantities if one.name == name), None)


def plain(text: str) -> Message:
    """Return numbers and units, the same in every language, as a message."""
    return Message("{value}", (("value", text),))


def length_text(value: float, unit: str) -> str:
    """Return a length or a difference as it is shown: "34.5 mm"."""
    return _signed(f"{value:.1f} {unit}")


def area_text(value: float, unit: str) -> str:
    """Return an area as it is shown: "87.1 mm²", "3.21 cm²", "812 px"."""
    if unit == "mm²" and value >= CM2_FROM:
        return f"{value / PER_CM2:.2f} cm²"
    return f"{value:.0f} {unit}" if unit == "px" else f"{value:.1f} {unit}"


def level_text(value: float, step: float | None = None) -> str:
    """Return a pixel value without its unit as it is shown.

    Parameters
    ----------
    step : float, optional
        Between two values that the data can have: no further decimals are written. Of a mean a tenth of it.
    """
    said = value_text(value, 4)
    if step is None or step <= 0 or "e" in said:
        return _signed(said)
    decimals = max(0, math.ceil(-math.log10(step) - SLACK))
    written = len(said.partition(".")[2])
    return _signed(f"{value:.{min(decimals, written)}f}" if decimals < written else said)


def _signed(text: str) -> str:
    """Return a number with the minus sign of typography."""
    return text.replace("-", "\N{MINUS SIGN}", 1) if text.startswith("-") else text
