"""Plain pixels that end in one repeated byte because nobody wrote them.

An interrupted copy keeps its length. It is 0 in a file that was not copied to its end, 0xFF where erased
memory is read. Both are values like others, and images have black and white margins. What gives a hollow
image away is that its last row breaks off: the rows above are filled as far as the right, this one is not,
and all behind it is alike. Where that happens at no border of disk sectors, resampled images can look the
same, so that a small part is not called missing there.
"""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, Final, NamedTuple, cast

from medviewer.dicom.header import CUT_SHORT, DEFLATED, PixelLayout, Source
from medviewer.errors import DamagedFileError
from medviewer.imaging.frame import LEAST_SHARE, Damage

if TYPE_CHECKING:  # files are looked through without numpy, which takes longer to load than hundreds of them
    from collections.abc import Iterator

    import numpy as np
    import numpy.typing as npt

    Memory = npt.NDArray[np.uint8]

SECTOR_BYTES: Final = 512
EMPTY_SECTOR: Final = bytes(SECTOR_BYTES)
LINES_ABOVE: Final = 4
EVEN: Final = 8  # by so many values may their ends differ
FILLED: Final = 0.75  # of the values of a line are others
LEAST_LINES: Final = 2
LINES_AT_ONCE: Final = 16
WORD_CODES: Final = {1: "B", 2: "H", 4: "I", 8: "Q"}
TAIL_BYTES: Final = 4  # of LEAST_LINES lines


class Evidence(NamedTuple):
    """Evidence that the rest of an image was lost, and is not black.

    Parameters
    ----------
    values : int
        So many of the last line that are there, and so many that are not.
    missing : float
        The least share of the image that is empty.
    width : float
        The least share of the lines above that is filled.
    """

    values: int
    missing: float
    width: float


AT_SECTORS: Final = Evidence(values=4, missing=0.01, width=0.25)
"""Where the values end at a sector of a disk, as an interrupted copy does."""
ELSEWHERE: Final = Evidence(values=16, missing=0.1, width=0.95)


def hollow_damage(source: Source, layout: PixelLayout, index: int, content: bytes | Memory) -> Damage | None:
    """Return the damage of a frame that ends in one repeated byte.

    None where nothing shows it.

    Parameters
    ----------
    content : bytes
        The frame as it stands in the file.

    Raises
    ------
    DamagedFileError
        The frame is empty, and one before it breaks off.
    """
    frame = _Frame(layout, content)
    if source.is_encapsulated:
        missing = frame.missing(None, is_followed=False)
        return Damage(missing) if missing else None
    first_empty = _first_empty(source, layout)
    if index >= first_empty:
        raise DamagedFileError(path=source.path, detail=CUT_SHORT)
    is_followed = index + 1 == first_empty < layout.frames
    missing = frame.missing(_begin(source, layout, index), is_followed=is_followed)
    if missing > 1 - LEAST_SHARE:
        raise DamagedFileError(path=source.path, detail=CUT_SHORT)
    return Damage(missing) if missing else None


def native_damages(source: Source, layout: PixelLayout) -> Iterator[Damage | None]:
    """Yield the damage of each native frame, None where it is whole."""
    frame_bytes = layout.frame_bits // 8
    for index in range(layout.frames):
        begin = index * frame_bytes
        if not layout.is_in_words or begin + frame_bytes > source.native_bytes:
            yield None  # that it is cut short is said anyway
            continue
        content = source.read(source.pixel_offset + begin, frame_bytes)
        at_end = _damage_at_end(source, layout, index, content)
        if content.find(EMPTY_SECTOR, 0, len(content.rstrip(b"\0"))) < 0:
            yield at_end
            continue
        from medviewer.dicom.pixels.holes import missing_in_holes, with_holes  # here, for the sake of numpy

        yield with_holes(at_end, missing_in_holes(source, layout, index, content))


def _damage_at_end(source: Source, layout: PixelLayout, index: int, content: bytes) -> Damage | None:
    """Return the damage of a frame that ends in one repeated byte.

    None of those behind the one that breaks off, which says it.
    """
    end = content[-TAIL_BYTES:]
    if end != end[-1:] * len(end):
        return None
    try:
        return hollow_damage(source, layout, index, content)
    except DamagedFileError:
        return None


def _begin(source: Source, layout: PixelLayout, index: int) -> int | None:
    """Return the disk position of a frame.

    None where what is there was unpacked first.
    """
    if source.transfer_syntax == DEFLATED:
        return None
    return source.pixel_offset + index * layout.frame_bits // 8


def _first_empty(source: Source, layout: PixelLayout) -> int:
    """Return from which frame on all is empty behind one that breaks off.

    The number of frames if none is.
    """
    if layout.frames == 1:
        return 1
    if source.first_empty is None:
        source.first_empty = layout.frames
        frame_bytes, last = layout.frame_bits // 8, layout.frames
        if layout.frames * frame_bytes > source.native_bytes:  # that it is cut short is said anyway
            return layout.frames
        content = b""
        while last > 0 and content == content[-1:] * len(content):
            last -= 1
            content = source.read(source.pixel_offset + last * frame_bytes, frame_bytes)
        frame = _Frame(layout, content)
        if last < layout.frames - 1 and frame.missing(_begin(source, layout, last), is_followed=True):
            source.first_empty = last + 1
    return source.first_empty


class _Frame:
    """The lines of a frame as bytes, and the byte that it ends with."""

    def __init__(self, layout: PixelLayout, content: bytes | Memory) -> None:
        planes = layout.samples if layout.is_planar and not layout.halves_chroma else 1
        self._content = memoryview(cast("bytes", content))
        self._value_bytes = layout.bits_allocated // 8
        self._count = layout.rows * planes
        self._line_bytes = len(content) // self._count
        self._byte = bytes(content[-1:])
        self._empty = self._byte * self._line_bytes

    def missing(self, begin: int | None, *, is_followed: bool) -> float:
        """Return the missing share behind the last filled value, or 0.

        Parameters
        ----------
        begin : int or None
            Where the frame stands on the disk.
        is_followed : bool
            By empty frames, to the end.
        """
        last, width = self._last_filled(), self._line_bytes // self._value_bytes
        behind = self._count - 1 - last
        if last < LINES_ABOVE or (behind < LEAST_LINES and not is_followed):
            return 0.0
        (start, end), (start_above, end_above) = self._extent(last), self._extent(last - 1)
        if abs(start - start_above) > EVEN or end >= end_above:
            return 0.0  # nearly always
        above = range(last - LINES_ABOVE, last)
        starts, ends = zip(*map(self._extent, above), strict=True)
        if max(starts) - min(starts) > EVEN or max(ends) - min(ends) > EVEN:
            return 0.0
        there = [(line, max(starts), min(ends)) for line in above]
        if not all(self._is_filled(*part) for part in (*there, (last, start, end))):
            return 0.0
        missing = (behind * width + width - end) / (self._count * width)
        first_byte = None if begin is None else begin + last * self._line_bytes + end * self._value_bytes
        is_at_sector = first_byte is not None and -first_byte % SECTOR_BYTES < self._value_bytes
        needed = AT_SECTORS if is_at_sector else ELSEWHERE
        is_broken_off = start + needed.values <= end <= min(ends) - needed.values
        if not is_broken_off or min(ends) - max(starts) < needed.width * width:
            return 0.0
        is_enough = missing >= needed.missing or is_followed
        return missing if is_enough and all(map(self._is_empty, range(last + 1, self._count))) else 0.0

    def _line(self, number: int) -> bytes:
        return bytes(self._content[number * self._line_bytes : (number + 1) * self._line_bytes])

    def _is_empty(self, number: int) -> bool:
        return self._line(number) == self._empty

    def _last_filled(self) -> int:
        """Return the last line that is not empty; -1: none.

        A few lines after many empty ones do not count.
        """
        line = self._count - 1
        while line >= 0 and self._is_empty(line):
            line -= LINES_AT_ONCE
        line = min(line + LINES_AT_ONCE, self._count) - 1
        while line >= 0 and self._is_empty(line):
            line -= 1
        return line

    def _extent(self, number: int) -> tuple[int, int]:
        """Return begin and end of a line's values that are not empty."""
        line = self._line(number)
        begin, end = len(line) - len(line.lstrip(self._byte)), len(line.rstrip(self._byte))
        return begin // self._value_bytes, -(-end // self._value_bytes)

    def _is_filled(self, number: int, begin: int, end: int) -> bool:
        """Return whether most values of a part of a line are not empty."""
        width = self._line_bytes // self._value_bytes
        values = struct.unpack(f"={width}{WORD_CODES[self._value_bytes]}", self._line(number))[begin:end]
        empty = int.from_bytes(self._byte * self._value_bytes, "little")
        return len(values) - values.count(empty) >= FILLED * len(values)
