"""What was made from headers, found again where another header says the same.

Which attributes a value was made from is not listed but observed, so that none can be forgotten.
"""

from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

from medviewer import limits
from medviewer.dicom.walker import WalkedHeader

T = TypeVar("T")


class Remembered(Generic[T]):
    """The last values, by all the attributes that they were made from."""

    def __init__(self) -> None:
        self._tags: tuple[int, ...] = ()  # of all attributes that were asked for so far, stated or not
        self._known: dict[Hashable, T] = {}

    def of(
        self,
        top: WalkedHeader,
        facts: Hashable,
        make: Callable[[WalkedHeader], T],
        is_lasting: Callable[[T], bool] = lambda _: True,
    ) -> T:
        """Return the value of a header, the same object for headers and facts that say the same.

        Parameters
        ----------
        facts : hashable
            All that the value depends on beside the header.
        make : callable
            Makes the value of a header.
        is_lasting : callable
            Whether a value that was made may be remembered.
        """
        known = self._known.get((facts, top.values_of(self._tags)))
        if known is not None:
            return known
        observed, asked = top.observed()
        made = make(observed)
        if is_lasting(made):
            self._keep(facts, top, asked, made)
        return made

    def _keep(self, facts: Hashable, top: WalkedHeader, asked: set[int], made: T) -> None:
        if not asked.issubset(self._tags):
            self._tags = tuple(sorted(asked.union(self._tags)))
            self._known.clear()
        if top.bytes_of(self._tags) > limits.REMEMBERED_HEADER_BYTES:
            return
        if len(self._known) >= limits.REMEMBERED_HEADERS:
            del self._known[next(iter(self._known))]
        self._known[facts, top.values_of(self._tags)] = made
