"""Parts of slices, and which of them are joined to one another."""

from typing import Final

import numpy as np
import numpy.typing as npt

Numbers = npt.NDArray[np.int32]

BEGUN: Final = 4096


class Parts:
    """Parts of slices by their numbers, joined in pairs.

    Each has a parent of a lower number, or is its own; those that are joined have one root.
    """

    def __init__(self) -> None:
        self._parents = np.arange(BEGUN, dtype=np.int32)
        self._count = 0

    @property
    def nbytes(self) -> int:
        """The memory that the numbers take."""
        return self._parents.itemsize * self._count

    def add(self, count: int) -> int:
        """Add parts; return the number of the first."""
        first, self._count = self._count, self._count + count
        if self._count > len(self._parents):
            more = np.arange(len(self._parents), 2 * self._count, dtype=np.int32)
            self._parents = np.concatenate([self._parents, more])
        return first

    def join(self, some: Numbers, others: Numbers) -> None:
        """Join each of some parts to the one at the same place of others."""
        while len(some):
            some, others = self._roots(some), self._roots(others)
            are_apart = some != others
            some, others = some[are_apart], others[are_apart]
            # of several that a root is joined to, the others are joined in the next round
            np.minimum.at(self._parents, np.maximum(some, others), np.minimum(some, others))

    def joined(self, part: int, first: int, count: int) -> npt.NDArray[np.bool_]:
        """Return which parts are joined to one.

        Asked for `count` of them from `first` on.
        """
        root = self._roots(np.array([part], np.int32))
        return np.asarray(self._roots(np.arange(first, first + count, dtype=np.int32)) == root)

    def _roots(self, numbers: Numbers) -> Numbers:
        found = self._parents[numbers]
        while True:
            further = self._parents[found]
            if np.array_equal(further, found):
                break
            found = further
        self._parents[numbers] = found  # the way is short from now on
        return found
