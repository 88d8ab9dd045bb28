"""The adjustable values of a processing: what they are called, what they may be, what they are at first."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from medviewer.errors import NotFoundError
from medviewer.translation import translate

Parameters = Mapping[str, object]
"""Parameter name -> value; what is absent has its default."""

MODALITY_UNIT = "modality"


@dataclass(frozen=True, slots=True)
class Parameter:
    """One adjustable value.

    Parameters
    ----------
    title : str
        Marked for translation.
    choices : tuple of (value, title)
        Of kind "choice"; the titles are marked for translation.
    low, high, step : float
        Of kind "number"; both ends are allowed.
    unit : str
        MODALITY_UNIT: the unit of the frame's values, e.g. HU.
    applies_to : tuple of str
        The values of the parameter "method" for which this one matters; empty: all.
    """

    name: str
    title: str
    kind: Literal["choice", "number", "flag"]
    default: str | float | bool
    choices: tuple[tuple[str, str], ...] = ()
    low: float = 0.0
    high: float = 0.0
    unit: str = ""
    step: float = 0.1
    applies_to: tuple[str, ...] = ()

    def accepts(self, value: object) -> bool:
        """Return whether a value may be taken."""
        if self.kind == "choice":
            return value in [choice for choice, _ in self.choices]
        if self.kind == "flag":
            return isinstance(value, bool)
        return (
            isinstance(value, int | float) and not isinstance(value, bool) and self.low <= value <= self.high
        )


def complete(known: Sequence[Parameter], given: Parameters) -> dict[str, object]:
    """Return all parameters, the given values checked and the defaults filled in.

    Raises
    ------
    NotFoundError
        A name is unknown, or a value is not among the choices or outside the range.
    """
    names = {parameter.name: parameter for parameter in known}
    for name, value in given.items():
        if name not in names:
            raise NotFoundError(what=translate("parameter"), which=name)
        if not names[name].accepts(value):
            raise NotFoundError(what=translate("value"), which=f"{name} = {value}")
    return {name: given.get(name, parameter.default) for name, parameter in names.items()}
