"""Benchmark rows: what the product does and its yardstick, measured in one run, printed as a ratio."""

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Measured:
    """Medians of both sides in one unit, or the reason for no figure."""

    product: float = float("nan")
    yardstick: float = float("nan")
    unit: str = "ms"
    missing: str = ""
    remark: str = ""

    @property
    def ratio(self) -> float:
        """Product / yardstick."""
        return self.product / self.yardstick


@dataclass(frozen=True)
class Row:
    """One line of the table.

    Reached when the figure (ratio, or the product itself) is within the target.
    """

    name: str
    what: str
    target: float
    measure: Callable[[], Measured]
    absolute: bool = False  # the target is a figure in the row's unit, not a ratio

    def line(self) -> str:
        """Measure and return the printed line."""
        try:
            measured = self.measure()
        except Exception as error:
            measured = Measured(missing=f"{type(error).__name__}: {error}")
        if measured.missing:
            return f"{self.name:<5} NOT REACHED  {self.what}: {measured.missing}"
        figure = measured.product if self.absolute else measured.ratio
        verdict = "reached    " if figure <= self.target else "NOT REACHED"
        shown = f"{figure:.3g} {measured.unit}" if self.absolute else f"{figure:.3g} x"
        sides = (
            "" if self.absolute else f" = {measured.product:.4g} / {measured.yardstick:.4g} {measured.unit}"
        )
        remark = f" ({measured.remark})" if measured.remark else ""
        limit = f"{self.target:g} {measured.unit}" if self.absolute else f"{self.target:g} x"
        return f"{self.name:<5} {verdict}  {self.what}: {shown}{sides}; target <= {limit}{remark}"


def interleaved(*actions: Callable[[], object], rounds: int = 9, warm: int = 2) -> list[float]:
    """Return the median milliseconds of each action.

    They are measured in turns, so that noise hits all alike.
    """
    taken: list[list[float]] = [[] for _ in actions]
    for turn in range(rounds + warm):
        for kept, action in zip(taken, actions, strict=True):
            started = time.perf_counter()
            action()
            if turn >= warm:
                kept.append((time.perf_counter() - started) * 1000)
    return [statistics.median(kept) for kept in taken]
