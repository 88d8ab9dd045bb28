"""Prefetching of slices.

A list that the window changes and readers work off.
"""

import threading
from collections import deque
from collections.abc import Generator, Iterable

from medviewer.imaging.source import Slice


class PrefetchQueue:
    """Slices to read, the next one first.

    Shared by the window's thread and those of the readers. A reader takes one slice at a time, so that a
    new list holds at once and none of it is read twice.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._next: deque[Slice] = deque()
        self._under_way: set[Slice] = set()

    @property
    def left(self) -> int:
        """Number of slices that no reader has taken."""
        return len(self._next)

    def request(self, slices: Iterable[Slice]) -> None:
        """Replace the list, except for slices being read already."""
        with self._lock:
            self._next = deque(one for one in slices if one not in self._under_way)

    def is_under_way(self, wanted: Slice) -> bool:
        """Return whether a reader has taken the slice and it has not arrived yet."""
        return wanted in self._under_way

    def arrived(self, arrived: Slice) -> None:
        """Note that a slice, or its error, is here."""
        with self._lock:
            self._under_way.discard(arrived)

    def taken(self) -> Generator[Slice, None, None]:
        """Yield slices to one reader in its thread until the list is empty."""
        while True:
            with self._lock:
                if not self._next:
                    return
                taken = self._next.popleft()
                self._under_way.add(taken)
            yield taken
