"""Elements that the headers of a series have in common.

Runs of elements that stand in file after file, byte by byte. A slice differs from the one before it in some
ten of its hundred elements. What lies between these is looked at once, and then compared as a whole.
"""

from collections.abc import Sequence
from typing import Final, NamedTuple

Values = dict[int, tuple[str, bytes]]
"""The wanted elements of a header: stated representation ("" in implicit VR) and content, by tag."""

NAME_BYTES: Final = 4
MOST_ALONE: Final = 0.5  # of the elements: beyond it another series has begun


class Element(NamedTuple):
    """An element of a header.

    Where it begins and ends in it, its tag, and its value where it is wanted.
    """

    begin: int
    end: int
    tag: int
    value: tuple[str, bytes] | None


class Run:
    """Elements that follow each other, whole.

    Parameters
    ----------
    content : bytes
        The header that the places of the elements refer to.
    """

    def __init__(self, header: bytes, elements: Sequence[Element]) -> None:
        self._header, self._elements = header, elements
        self.content = header[elements[0].begin : elements[-1].end]
        self.first, self.last, self.count = elements[0].tag, elements[-1].tag, len(elements)
        self.values: Values = {one.tag: one.value for one in elements if one.value is not None}

    def without_difference(self, header: bytes, place: int) -> tuple["Run | None", "Run | None"]:
        """Return the run before and after the first element that differs."""
        moved = place - self._elements[0].begin
        for index, one in enumerate(self._elements):
            if self._header[one.begin : one.end] != header[one.begin + moved : one.end + moved]:
                return self._part(self._elements[:index]), self._part(self._elements[index + 1 :])
        return self, None

    def _part(self, elements: Sequence[Element]) -> "Run | None":
        return Run(self._header, elements) if elements else None


class RepeatedElements:
    """The runs that the last headers had in common.

    `runs`, by the bytes of the tag that each begins with. They are learned from one header, and shrink by
    what differs in the following ones. Where little is left of them, another series has begun: they are
    forgotten, and learned from the next header. `enough_bytes` of a file are likely to hold its header; 0:
    that is not known.
    """

    def __init__(self) -> None:
        self.enough_bytes = 0
        self.runs: dict[bytes, Run] = {}
        self._implicit = False

    def begin(self, *, implicit: bool) -> bool:
        """Return whether a header is to be learned.

        None is known, or only in the other encoding.
        """
        if implicit is not self._implicit:
            self.runs.clear()
            self._implicit = implicit
        return not self.runs

    def record(self, header: bytes, elements: Sequence[Element]) -> None:
        """Take all elements of a header for a run."""
        if elements:
            run = Run(header, elements)
            self.runs[run.content[:NAME_BYTES]] = run

    def split(self, run: Run, header: bytes, place: int) -> Run | None:
        """Remove the elements that differ from a run and return the part before."""
        del self.runs[run.content[:NAME_BYTES]]
        before, after = run.without_difference(header, place)
        for part in (before, after):
            if part is not None:
                self.runs[part.content[:NAME_BYTES]] = part
        return before

    def forget_if_new_series(self, alone: int, together: int) -> None:
        """Forget everything where most elements of a header stood in no run."""
        if alone > MOST_ALONE * (alone + together):
            self.runs.clear()
