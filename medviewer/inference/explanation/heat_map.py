"""Heat map of one answer: cells on the frame, and its checks."""

from dataclasses import dataclass
from enum import IntEnum
from typing import Any, Final

from medviewer.plain_text import told_apart
from medviewer.translation import Message, mark, message

Corner = tuple[float, float]

METHOD: Final = "class activation map"
SHUFFLED: Final = mark("likeness to the map of a model with shuffled weights: {figure} (shown up to {limit})")
MIRRORED: Final = mark("likeness to the map of the mirrored picture: {figure} (shown from {limit})")
SHIFTED: Final = mark("likeness to the map of the shifted picture: {figure} (shown from {limit})")
DELETED: Final = mark(
    "blurring the marked places changed the answer {figure} times as much as blurring others (shown from "
    "{limit})"
)
REASONS: Final = {
    SHUFFLED: mark("A model with shuffled weights marks nearly the same places."),
    MIRRORED: mark("In the mirrored picture other places were marked."),
    SHIFTED: mark("In the shifted picture other places were marked."),
    DELETED: mark("The marked places mattered to the answer hardly more than any others."),
}
"""Why a map is withheld, without figures, by the check that failed."""


class MapVerdict(IntEnum):
    """Verdict of the checks of a map; the lowest of them counts."""

    WITHHELD = 0
    WEAK = 1
    PASSED = 2


@dataclass(frozen=True, slots=True)
class MapCheck:
    """One check of a map.

    Parameters
    ----------
    name : str
        Stands in records.
    statement : str
        What was found, marked for translation, with {figure} and {limit}.
    figure, limit, clear : float
        What was measured, from where on the map is withheld, and from where on it is not called weak.
    """

    name: str
    statement: str
    figure: float
    limit: float
    clear: float

    @property
    def verdict(self) -> MapVerdict:
        """Verdict of the figure on the map."""
        rises = self.clear >= self.limit
        for end, verdict in ((self.clear, MapVerdict.PASSED), (self.limit, MapVerdict.WEAK)):
            if self.figure >= end if rises else self.figure <= end:
                return verdict
        return MapVerdict.WITHHELD

    @property
    def message(self) -> Message:
        """The statement with its figures."""
        return Message(self.statement, tuple(self.figures.items()))

    @property
    def failure(self) -> Message:
        """The objection to the map where the check fails, without figures."""
        return Message(REASONS.get(self.statement, self.statement), tuple(self.figures.items()))

    @property
    def figures(self) -> dict[str, str]:
        """The figure and its limit as they are written."""
        return dict(zip(("figure", "limit"), told_apart(self.figure, self.limit, 2), strict=True))


@dataclass(frozen=True, slots=True)
class HeatCell:
    """One cell of the network's last feature map, on the frame.

    Parameters
    ----------
    corners : tuple of (x, y)
        In pixels of the frame as it is stored; 0, 0 is the upper left corner of its first pixel.
    share : float
        Of the hottest cell, above 0 and up to 1.
    """

    corners: tuple[Corner, ...]
    share: float


@dataclass(frozen=True, slots=True, eq=False)
class HeatMap:
    """A class activation map of one answer.

    Parameters
    ----------
    label : str
        The class for which the cells speak.
    grid : (rows, columns)
        Of the network's last feature map.
    cells : tuple of HeatCell
        Those that speak for the class; () where the map is withheld, whoever makes it.
    checks : tuple of MapCheck
        All that were made; () where the network has no such map.
    reason : Message or None
        Why there is no map at all.
    """

    label: str
    grid: tuple[int, int] = (0, 0)
    cells: tuple[HeatCell, ...] = ()
    checks: tuple[MapCheck, ...] = ()
    reason: Message | None = None
    milliseconds: float = 0.0

    def __post_init__(self) -> None:
        # guard(test): a map that failed a check has no cells, whoever paints it
        if self.is_withheld:
            object.__setattr__(self, "cells", ())

    @property
    def verdict(self) -> MapVerdict:
        """The lowest verdict of its checks; withheld where there are none."""
        return min((check.verdict for check in self.checks), default=MapVerdict.WITHHELD)

    @property
    def is_withheld(self) -> bool:
        """Whether nothing of it is shown."""
        return self.verdict is MapVerdict.WITHHELD

    @property
    def failed(self) -> tuple[MapCheck, ...]:
        """The checks by which the map is withheld."""
        return tuple(check for check in self.checks if check.verdict is MapVerdict.WITHHELD)

    def as_record(self, *, is_shown: bool) -> dict[str, Any]:
        """Return the provenance of the map in an exported image, ready for JSON."""
        return {
            "method": METHOD,
            "class": self.label,
            "grid": list(self.grid),
            "verdict": self.verdict.name.lower(),
            "checks": {check.name: round(check.figure, 3) for check in self.checks},
            "is_shown": is_shown,
        }

    @property
    def headline(self) -> Message:
        """The verdict in a few words."""
        if self.is_withheld:
            return message("Heat map withheld")
        if self.verdict is MapVerdict.WEAK:
            return message("Heat map, weak")
        return message("Heat map")

    @property
    def caption(self) -> Message:
        """The words below the map in a small pane."""
        if self.is_withheld:
            return self.headline
        is_weak = self.verdict is MapVerdict.WEAK
        words = mark("weak; no lesion's place") if is_weak else mark("not a lesion's place")
        return Message(words)

    @property
    def lines(self) -> tuple[Message, ...]:
        """Lines about the map: its coarseness and checks, or its failures."""
        if self.reason is not None:
            return (self.headline, self.reason)
        if self.is_withheld:
            failed = self.failed
            return (self.headline, *(check.failure for check in failed), *(check.message for check in failed))
        grid = message(
            "{title}: what the score depends on, not the place of a finding; coarse, {rows} × {columns} "
            "squares",
            title=self.headline,
            rows=self.grid[0],
            columns=self.grid[1],
        )
        return (grid, *(check.message for check in self.checks))
