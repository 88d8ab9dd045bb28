"""Timing of a cine's frames.

Knows no clock (PS3.3 C.7.6.5).
"""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import accumulate
from typing import Final

DEFAULT_RATE: Final = 10.0
"""Frames per second of a stack whose files state none."""

SHORTEST_MS: Final = 1.0


class CineDirection(StrEnum):
    """The order in which the slices of a cine are played."""

    FORWARD = "forward"
    BACKWARD = "backward"
    TO_AND_FRO = "to_and_fro"


@dataclass(frozen=True, slots=True)
class CineTiming:
    """Stated timing of the frames of a file.

    Parameters
    ----------
    steps_ms : tuple of float
        One for all frames, or for each frame the time since the one before it (Frame Time Vector).
    first, last : int
        Start Trim and Stop Trim: the frames to be shown, from 1; None: to the end.
    """

    steps_ms: tuple[float, ...]
    first: int = 1
    last: int | None = None


@dataclass(frozen=True, slots=True)
class Timeline:
    """Schedule of a stack's slices, repeated from the beginning.

    Parameters
    ----------
    indices : tuple of int
        The slices that are played, from 0.
    ends_ms : tuple of float
        When each of them is over, counted from the beginning of the loop.
    """

    indices: tuple[int, ...]
    ends_ms: tuple[float, ...]

    @property
    def rate(self) -> float:
        """Frames per second, on average."""
        return 1000 * len(self.indices) / self.ends_ms[-1]

    def index_at(self, elapsed_ms: float) -> int:
        """Return the slice that is due."""
        place = bisect_right(self.ends_ms, elapsed_ms % self.ends_ms[-1])
        return self.indices[min(place, len(self.indices) - 1)]

    def start_of(self, index: int) -> float:
        """Return when a slice begins; 0 for one that is not played."""
        if index not in self.indices:
            return 0.0
        place = self.indices.index(index)
        return self.ends_ms[place - 1] if place else 0.0

    def next_change(self, elapsed_ms: float) -> float:
        """Return in how many ms the next slice is due, at least 1."""
        within = elapsed_ms % self.ends_ms[-1]
        place = min(bisect_right(self.ends_ms, within), len(self.ends_ms) - 1)
        return max(SHORTEST_MS, self.ends_ms[place] - within)


def timeline(
    frame_numbers: Sequence[int],
    timing: CineTiming | None,
    direction: CineDirection = CineDirection.FORWARD,
    part: tuple[int, int] | None = None,
) -> Timeline:
    """Return when the slices of a stack are due.

    Parameters
    ----------
    frame_numbers : sequence of int
        Of each slice within its file, from 1.
    timing : CineTiming or None
        None: the files state none, `DEFAULT_RATE` holds for all slices.
    part : (first, last) or None
        The slices to be played, from 0, both included, whatever the file leaves out; None: those of the file.
    """
    if timing is None:
        timing = CineTiming((1000 / DEFAULT_RATE,))
    last = max(frame_numbers) if timing.last is None else timing.last
    played = [at for at, number in enumerate(frame_numbers) if timing.first <= number <= last]
    if part is not None:
        played = list(range(max(0, part[0]), min(len(frame_numbers) - 1, part[1]) + 1))
    if not played:  # a trim that leaves nothing makes no sense
        played = list(range(len(frame_numbers)))
    if direction is CineDirection.BACKWARD:
        played.reverse()
    elif direction is CineDirection.TO_AND_FRO:
        played += played[-2:0:-1]  # the ends once
    usual = _usual(timing.steps_ms)
    lengths = [_length(frame_numbers[at], timing.steps_ms, usual) for at in played]
    return Timeline(tuple(played), tuple(accumulate(lengths)))


def _usual(steps_ms: Sequence[float]) -> float:
    given = [step for step in steps_ms if step > 0]
    return max(SHORTEST_MS, sum(given) / len(given))


def _length(frame_number: int, steps_ms: Sequence[float], usual: float) -> float:
    """Return the duration of a frame.

    Until the one after it, whose step that is (C.7.6.5.1.2).
    """
    if len(steps_ms) == 1 or frame_number >= len(steps_ms):
        return usual
    return max(SHORTEST_MS, steps_ms[frame_number])
