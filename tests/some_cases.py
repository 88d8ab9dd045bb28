"""Samples of many cases for each change, and all for the slow tests."""

from collections.abc import Sequence
from typing import Any, TypeVar

import pytest

Case = TypeVar("Case")


def some_of(cases: Sequence[Any], count: int) -> list[Any]:
    """Return cases as parameters, all slow but a sample.

    The sample lies evenly among them.
    """
    kept = set(evenly(range(len(cases)), count))
    return [
        case if index in kept else pytest.param(case, marks=pytest.mark.slow)
        for index, case in enumerate(cases)
    ]


def evenly(cases: Sequence[Case], count: int) -> list[Case]:
    """Return cases that lie evenly from the first to the last.

    Where there are no more, all are returned.
    """
    if len(cases) <= count:
        return list(cases)
    return [cases[number * (len(cases) - 1) // (count - 1)] for number in range(count)]
