"""Some of many cases for each change, and all of them where the slow tests run."""

from collections.abc import Sequence
from typing import Any

import pytest


def some_of(cases: Sequence[Any], count: int) -> list[Any]:
    """Return cases as parameters, all slow but some that lie evenly between the first and the last."""
    kept = {index * (len(cases) - 1) // (count - 1) for index in range(count)}
    return [
        case if index in kept else pytest.param(case, marks=pytest.mark.slow)
        for index, case in enumerate(cases)
    ]
