"""A long operation, run to its end at once, gives its result, or the error that ended it."""

from collections.abc import Generator

import pytest

from medviewer.errors import NotFoundError
from medviewer.steps import result_of


def counted(most: int) -> Generator[int, None, str]:
    for number in range(most):
        if number == 3:
            raise NotFoundError(what="step", which="3")
        yield number
    return f"{most} steps"


def test_the_result_is_what_the_steps_return() -> None:
    assert result_of(counted(0)) == "0 steps"
    assert result_of(counted(3)) == "3 steps"


def test_an_error_of_a_step_is_raised() -> None:
    with pytest.raises(NotFoundError):
        result_of(counted(4))
