"""The adjustable values of a processing.

What they are called, what they may be, what they are at first.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from medviewer.errors import NotFoundError
from medviewer.translation import mark

if TYPE_CHECKING:
    from medviewer.imaging.frame import Frame

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
    suggest : callable or None
        In MODALITY_UNIT: returns a first value for an image, because the default is for one unit only.
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
    suggest: Callable[[Frame], float] | None = None

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
    """Return all parameters: checked given values, defaults for the rest.

    Raises
    ------
    NotFoundError
        A name is unknown, or a value is not among the choices or outside the range.
    """
    if not given:
        return {parameter.name: parameter.default for parameter in known}
    names = {parameter.name: parameter for parameter in known}
    for name, value in given.items():
        if name not in names:
            raise NotFoundError(what=mark("parameter"), which=name)
        if not names[name].accepts(value):
            raise NotFoundError(what=mark("value"), which=f"{name} = {value}")
    return {name: given.get(name, parameter.default) for name, parameter in names.items()}
