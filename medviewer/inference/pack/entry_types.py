"""Type checks of the entries of a card.

The dataclasses that they fill say the types. A card is written by hand: a list for a number, a word for a
table would be met by whoever reads the card, far from the file.
"""

import math
from collections.abc import Iterable, Mapping
from dataclasses import fields, is_dataclass
from types import NoneType, UnionType
from typing import Any, Final, get_args, get_origin

from medviewer import limits

PLAIN: Final = (str, bool, NoneType)


def check_types(value: Any, name: str = "") -> None:
    """Check the fields of a dataclass against their types.

    Those of dataclasses in it are checked, too. Numbers have to be finite.

    Raises
    ------
    ValueError
        One is of another type.
    """
    for field in fields(value):
        _check(".".join(filter(None, (name, field.name))), getattr(value, field.name), field.type)


def _check(name: str, value: Any, wanted: Any) -> None:
    if is_dataclass(value):
        check_types(value, name)
    elif not isinstance(wanted, str) and not _is_of(value, wanted):
        raise ValueError(f"{name}: {str(value)[: limits.TEXT_IN_TOOLTIP]}")
    elif isinstance(value, tuple):
        for one in filter(is_dataclass, value):
            check_types(one, name)


def _is_of(value: Any, wanted: Any) -> bool:
    """Return whether a value is of an annotated type."""
    origin, inner = get_origin(wanted), get_args(wanted)
    if isinstance(wanted, UnionType):
        return any(_is_of(value, one) for one in inner)
    if origin is tuple:
        return isinstance(value, tuple) and _are_of(value, inner)
    if origin is not None and issubclass(origin, Mapping):
        return isinstance(value, Mapping) and all(_is_of(one, inner[1]) for one in value.values())
    if wanted is float:
        return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
    if wanted is int:
        return isinstance(value, int) and not isinstance(value, bool)
    return wanted is Any or is_dataclass(value) or isinstance(value, wanted)


def _are_of(values: tuple[Any, ...], wanted: tuple[Any, ...]) -> bool:
    each: Iterable[Any] = wanted[:1] * len(values) if wanted[-1:] == (...,) else wanted
    return len(values) == len(tuple(each)) and all(map(_is_of, values, each))
