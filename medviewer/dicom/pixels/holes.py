"""Blocks of zeros within plain pixels that nobody wrote.

An interrupted or sparse copy leaves out blocks of a disk; they read as zeros, a value like others. What
gives such a hole away is that it begins and ends at borders of disk sectors in the middle of a row, where
the rows above and below are filled. Where one end of it lies in a black margin, the rows around have to
show that the margin is one, and that the image goes on behind the hole as it was before.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import numpy.typing as npt

from medviewer.dicom.header import DEFLATED, PixelLayout, Source
from medviewer.imaging.frame import Damage

if TYPE_CHECKING:
    from collections.abc import Iterator

    Memory = npt.NDArray[np.uint8]

SECTOR_BYTES: Final = 512
WORD_BYTES: Final = 8
BESIDE: Final = 4  # values at the ends of a hole
ABOVE: Final = 16  # values of the row above where it begins, of the row below where it ends
FILLED: Final = 0.75
EVEN: Final = 8  # by so many values may the margins of rows differ
ROWS_AROUND: Final = 4
LEAST_WIDTH: Final = 0.25

Run = tuple[int, int]


def missing_in_holes(source: Source, layout: PixelLayout, index: int, content: bytes | Memory) -> float:
    """Return the share of a native frame that lies in holes.

    Its end apart, which another look is for. Without an empty sector it takes microseconds.
    """
    if source.is_encapsulated or source.transfer_syntax == DEFLATED or not layout.is_in_words:
        return 0.0  # what stands where on the disk is not known
    begin = source.pixel_offset + index * layout.frame_bits // 8
    heads = _sectors(content, -begin % SECTOR_BYTES)[:, 0]
    if int(np.count_nonzero(heads)) == len(heads):
        return 0.0
    is_after_hole = index > 0 and not any(source.read(begin - WORD_BYTES, WORD_BYTES))
    holes = _Holes(layout, content, begin).found(is_after_hole=is_after_hole)
    return sum(end - first for first, end in holes) / len(content)


def with_holes(at_end: Damage | None, missing: float) -> Damage | None:
    """Return the damage at the end of a frame and in its holes together."""
    if not missing:
        return at_end
    return Damage(missing + (0.0 if at_end is None else at_end.missing or 0.0))


def _sectors(content: bytes | Memory, first: int) -> npt.NDArray[np.uint64]:
    """Return the whole sectors of a frame as (sectors, words)."""
    words = SECTOR_BYTES // WORD_BYTES
    count = max(0, len(content) - first) // SECTOR_BYTES
    return np.frombuffer(content, "<u8", count * words, first if count else 0).reshape(count, words)


class _Holes:
    """The holes of one frame."""

    def __init__(self, layout: PixelLayout, content: bytes | Memory, begin: int) -> None:
        planes = layout.samples if layout.is_planar and not layout.halves_chroma else 1
        self._content = np.frombuffer(content, np.uint8)
        self._size = layout.bits_allocated // 8
        self._row = len(content) // (layout.rows * planes)
        self._width = self._row // self._size
        self._first = -begin % SECTOR_BYTES
        sectors = _sectors(content, self._first)
        self._heads, self._tails = sectors[:, 0] == 0, sectors[:, -1] == 0

    def found(self, *, is_after_hole: bool) -> Iterator[Run]:
        """Yield the holes, each once.

        Parameters
        ----------
        is_after_hole : bool
            The frame before it ends in zeros.
        """
        behind = 0
        for number in self._at_borders():
            place = self._first + SECTOR_BYTES * int(number)
            is_first = is_after_hole and number == 0
            is_bordered = self._breaks_off(place) or self._goes_on(place + SECTOR_BYTES)
            if place < behind or not (is_first or is_bordered):
                continue
            first, end = self._run(place, int(number))
            if first <= place and end >= place + SECTOR_BYTES:
                behind = end
                if end < len(self._content) and (first > 0 or is_after_hole) and self._is_hole(first, end):
                    yield first, end

    def _at_borders(self) -> npt.NDArray[np.intp]:
        """Return the empty sectors that stand beside a word that is not 0."""
        after = self._heads & self._tails
        before = after.copy()
        after[1:] &= ~self._tails[:-1]
        before[:-1] &= ~self._heads[1:]
        return np.flatnonzero(after | before)

    def _run(self, place: int, number: int) -> Run:
        """Return the zeros that a sector lies in, in whole values.

        Up to the first of its own bytes that is something else.
        """
        filled = np.flatnonzero(~(self._heads & self._tails))
        following = int(np.searchsorted(filled, number))
        before = filled[following - 1] if following else -1
        after = filled[following] + 1 if following < len(filled) else None
        low = max(0, self._first + SECTOR_BYTES * int(before))
        high = len(self._content) if after is None else self._first + SECTOR_BYTES * int(after)
        others_before = np.flatnonzero(self._content[low:place])
        others_behind = np.flatnonzero(self._content[place:high])
        first = low + int(others_before[-1]) + 1 if len(others_before) else low
        end = place + int(others_behind[0]) if len(others_behind) else high
        return -(-first // self._size) * self._size, end // self._size * self._size

    def _is_hole(self, first: int, end: int) -> bool:
        begins, ends = self._breaks_off(first), self._goes_on(end)
        is_within = any(
            EVEN <= place % self._row // self._size <= self._width - EVEN for place in (first, end)
        )
        if begins and ends:
            return is_within
        return is_within and (begins or ends) and self._lacks_rows(first, end, begins=begins)

    def _breaks_off(self, first: int) -> bool:
        """Return whether zeros begin at a sector, below filled values."""
        if (first - self._first) % SECTOR_BYTES >= self._size or first < self._row:
            return False
        return self._is_filled(first, -BESIDE) and self._is_filled(first - self._row, ABOVE)

    def _goes_on(self, end: int) -> bool:
        """Return whether zeros end at a sector, above filled values."""
        is_at_sector = -(end - self._first) % SECTOR_BYTES < self._size
        if not is_at_sector or end + self._row > len(self._content):
            return False
        return self._is_filled(end, BESIDE) and self._is_filled(end + self._row, -ABOVE)

    def _is_filled(self, place: int, count: int) -> bool:
        """Return whether values before or behind a place are not 0."""
        first, end = sorted((place, place + count * self._size))
        part, empty = self._content[max(0, first) : end].tobytes(), bytes(self._size)
        values = [part[at : at + self._size] != empty for at in range(0, len(part), self._size)]
        return sum(values) >= FILLED * abs(count)

    def _values(self, begin: int, end: int) -> npt.NDArray[np.bool_]:
        """Return which values are not 0."""
        part = self._content[max(0, begin) : end]
        whole = part[: len(part) // self._size * self._size].reshape(-1, self._size)
        return np.asarray(whole.any(axis=1))

    def _lacks_rows(self, first: int, end: int, *, begins: bool) -> bool:
        """Return whether one end of a hole lies in the margin of an image.

        The image breaks off at the other, and its margins are even above and below.
        """
        row = first // self._row, (end - 1) // self._row
        above = self._extents(range(row[0] - ROWS_AROUND, row[0]))
        below = self._extents(range(row[1] + 1, row[1] + 1 + ROWS_AROUND))
        if not below or not (above or first == 0):
            return False
        starts, ends = zip(*above, *below, strict=True)
        if not (_are_even(above) and _are_even(below)) or min(ends) - max(starts) < LEAST_WIDTH * self._width:
            return False
        if begins:
            return first % self._row // self._size <= min(end for _, end in above) - ABOVE
        return end % self._row // self._size >= max(start for start, _ in below) + ABOVE

    def _extents(self, rows: range) -> list[Run]:
        """Return the filled part of each row; nothing if one has none."""
        if rows.start < 0 or rows.stop * self._row > len(self._content):
            return []
        found = []
        for number in rows:
            values = self._values(number * self._row, (number + 1) * self._row)
            places = np.flatnonzero(values)
            if not len(places):
                return []
            start, stop = int(places[0]), int(places[-1]) + 1
            if float(values[start:stop].mean()) < FILLED:
                return []
            found.append((start, stop))
        return found


def _are_even(extents: list[Run]) -> bool:
    starts, ends = [start for start, _ in extents], [end for _, end in extents]
    return not extents or (max(starts) - min(starts) <= EVEN and max(ends) - min(ends) <= EVEN)
