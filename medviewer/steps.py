"""Long operations as generators, run to their end."""

from collections.abc import Generator
from typing import TypeVar

Result = TypeVar("Result")


def result_of(steps: Generator[object, None, Result]) -> Result:
    """Run a long operation to its end and return its result, here and now."""
    try:
        while True:
            next(steps)
    except StopIteration as end:
        result: Result = end.value
        return result
