"""Waiting time of the parent for a worker.

By the processor time that it uses, not by the clock on the wall. On a slow or busy computer a legal file
takes long and little of it is the file's. A worker that uses no time at all for long hangs, usually on a
disk or a network drive.
"""

from collections.abc import Callable
from time import monotonic
from typing import Final

from medviewer import limits

LOOK_SECONDS: Final = 0.25  # so often the worker's clock is read


class DiedError(Exception):
    """The worker ended."""


class TooSlowError(Exception):
    """The worker used more processor time than it may and was ended."""

    def __init__(self, seconds: float = 0.0) -> None:
        super().__init__()
        self.seconds = seconds


class StalledError(TooSlowError):
    """The worker did nothing for long and was ended: the next try may succeed."""


class Patience:
    """Remaining patience for one answer.

    Parameters
    ----------
    seconds : float
        Of processor time that the worker may use.
    used : callable
        Returns how much it has used since it began; None where the system does not say.
    """

    def __init__(self, seconds: float, used: Callable[[], float | None]) -> None:
        self._allowed = seconds
        self._used = used
        self._at_first = self._latest = used()
        self._began = self._moved = monotonic()

    def extend(self, seconds: float) -> None:
        """Increase the worker's allowance."""
        self._allowed += seconds

    def check(self) -> None:
        """Look at the worker's clock.

        Raises
        ------
        TooSlowError
            It has used too much, or the wait has become too long.
        StalledError
            It has stood still for too long.
        """
        now, used = monotonic(), self._used()
        if used is not None and self._at_first is not None:
            if used - self._at_first > self._allowed:
                raise TooSlowError(self._allowed)
            if used != self._latest:
                self._latest, self._moved = used, now
        # where there is no clock, what it may use has to be waited for, too
        still = limits.WORKER_STILL_SECONDS + (self._allowed if used is None else 0.0)
        if now - self._moved > still:
            raise StalledError(still)
        if now - self._began > limits.WORKER_WALL_SECONDS:
            raise TooSlowError(limits.WORKER_WALL_SECONDS)


def seconds_for_file(size: int) -> float:
    """Return the processor time allowed to read a file of this size.

    Its pixels are not included.
    """
    return limits.WORKER_CPU_SECONDS + size / limits.WORKER_FILE_BYTES_PER_SECOND


def seconds_for_pixels(size: int) -> float:
    """Return the extra time allowed for this size of decoded pixels."""
    return min(size, limits.FRAME_BYTES) / limits.WORKER_PIXEL_BYTES_PER_SECOND
