"""Memo of values made from headers, found again for equal headers.

Which attributes a value was made from is not listed but observed, so that none can be forgotten.
"""

from collections.abc import Callable, Hashable
from typing import Final, Generic, NamedTuple, TypeVar

from medviewer import limits
from medviewer.dicom.header.fast_reader import WalkedHeader

T = TypeVar("T")

COMPARED_AT_ONCE: Final = 2


class _Kept(NamedTuple, Generic[T]):
    """A value and the predicate that recognizes headers equal to its own."""

    facts: Hashable
    says_the_same: Callable[[WalkedHeader], bool]
    value: T


class HeaderMemo(Generic[T]):
    """The last values, by all the attributes that they were made from."""

    def __init__(self) -> None:
        self._tags: tuple[int, ...] = ()  # of all attributes that were asked for so far, stated or not
        self._known: dict[Hashable, _Kept[T]] = {}
        self._recent: list[_Kept[T]] = []  # the last one first

    def of(
        self,
        dataset: WalkedHeader,
        facts: Hashable,
        make: Callable[[WalkedHeader], T],
        is_lasting: Callable[[T], bool] = lambda _: True,
    ) -> T:
        """Return the value of a header, the same object for equal headers.

        The facts must be equal too.

        Parameters
        ----------
        facts : hashable
            All that the value depends on beside the header.
        make : callable
            Makes the value of a header.
        is_lasting : callable
            Whether a value that was made may be remembered.
        """
        for kept in self._recent:  # a header mostly says the same as one of those just before it
            if kept.facts == facts and kept.says_the_same(dataset):
                if kept is not self._recent[0]:
                    self._bring_forward(kept)
                return kept.value
        known = self._known.get((facts, dataset.values_of(self._tags)))
        if known is not None:
            self._bring_forward(known)
            return known.value
        observed, asked = dataset.observed()
        made = make(observed)
        if is_lasting(made):
            self._keep(facts, dataset, asked, made)
        return made

    def _keep(self, facts: Hashable, dataset: WalkedHeader, asked: set[int], made: T) -> None:
        if not asked.issubset(self._tags):
            self._tags = tuple(sorted(asked.union(self._tags)))
            self._known.clear()
            self._recent.clear()
        if dataset.bytes_of(self._tags) > limits.REMEMBERED_HEADER_BYTES:
            return
        if len(self._known) >= limits.REMEMBERED_HEADERS:
            del self._known[next(iter(self._known))]
        kept = _Kept(facts, dataset.comparison(self._tags), made)
        self._known[facts, dataset.values_of(self._tags)] = kept
        self._bring_forward(kept)

    def _bring_forward(self, kept: _Kept[T]) -> None:
        self._recent = [kept, *(one for one in self._recent if one is not kept)][:COMPARED_AT_ONCE]
