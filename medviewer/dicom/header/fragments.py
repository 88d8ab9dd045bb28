"""Assignment of fragments to frames (PS3.5 A.4).

It holds also where the offset tables are wrong.
"""

import itertools
import struct
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Final

from medviewer.translation import Message, message

ITEM_HEADER_BYTES: Final = 8
TAIL_BYTES: Final = 16  # where the end marker of a codestream stands, with padding behind it
STARTS: Final = (
    b"\xff\xd8\xff",  # JPEG and JPEG-LS: start of image
    b"\xff\x4f\xff\x51",  # JPEG 2000: start of codestream, size
    b"\x00\x00\x00\x0cjP  ",  # JPEG 2000 in a file
)
UNENDED_STARTS: Final = (b"\x00\x00\x00\x0cJXL ", b"\xff\x0a")  # JPEG XL has no mark at its end
HEAD_BYTES: Final = 8
RLE_HEADER_BYTES: Final = 64
RLE_MOST_SEGMENTS: Final = 15
END: Final = b"\xff\xd9"  # of image, of codestream

WRONG_OFFSETS: Final = message(
    "The file's table of where its pictures begin is wrong; they were found without it."
)

Fragment = tuple[int, int]
"""Offset in the file and length of the content, without the item's tag and length."""


@dataclass(frozen=True, slots=True)
class Encapsulated:
    """The fragments of a file's pixels, grouped by frame."""

    frames: tuple[tuple[Fragment, ...], ...]  # one entry per frame, () where nothing tells which are its own
    warnings: tuple[Message, ...] = ()


@dataclass(frozen=True, slots=True)
class OffsetTables:
    """Offsets of frames as the file states them.

    Relative to the first fragment's item.
    """

    basic: Sequence[int] = field(default_factory=tuple)
    extended: Sequence[int] = field(default_factory=tuple)
    lengths: Sequence[int] = field(default_factory=tuple)  # of the frames of the extended table, in bytes


def read_words(content: bytes) -> tuple[int, ...]:
    """Return the 64-bit words of an extended offset table or of its lengths.

    See PS3.3 C.7.6.3.1.8.
    """
    return struct.unpack_from(f"<{len(content) // 8}Q", content)


def count_frames(
    fragments: Sequence[Fragment],
    stated: int | None,
    tables: OffsetTables,
    read: Callable[[int, int], bytes],
) -> int:
    """Return the number of frames in the fragments, cut ones included.

    Parameters
    ----------
    stated : int or None
        As the header says: it decides where nothing else tells.
    """
    count = len(fragments)
    if count <= 1 or count == stated:
        return count
    begins = [_begins_frame(read(offset, min(length, HEAD_BYTES))) for offset, length in fragments]
    if all(begins):
        return count
    for table in (tables.extended, tables.basic):
        if len(table) > 1 and _by_offsets(fragments, len(table), table) is not None:
            return len(table)
    if begins[0]:
        return len(_by_marks(fragments, read))
    return min(stated or 1, count)


def _begins_frame(head: bytes) -> bool:
    """Return whether a fragment begins like a codestream or an RLE frame.

    See PS3.5 annex G.
    """
    if head.startswith((*STARTS, *UNENDED_STARTS)):
        return True
    if len(head) < HEAD_BYTES:
        return False
    segments, first = struct.unpack_from("<II", head)
    return bool(1 <= segments <= RLE_MOST_SEGMENTS and first == RLE_HEADER_BYTES)


def group_fragments(
    fragments: Sequence[Fragment],
    frames: int,
    tables: OffsetTables,
    read: Callable[[int, int], bytes],
) -> Encapsulated:
    """Return the fragments of each frame.

    Parameters
    ----------
    fragments : sequence of (offset, length)
        All, without the basic offset table.
    frames : int
        As the header says.
    read : callable
        Reads (offset, length) bytes of the file; asked only where fragments have to be told apart.

    References
    ----------
    DICOM PS3.5 A.4: a fragment belongs to one frame. The extended table counts more than the basic one.
    Without both, one fragment is one frame, or all of them are the only frame; else the marks of the
    codestreams tell where a frame begins.
    """
    if frames == 1:
        return Encapsulated((_within_length(tuple(fragments), tables.lengths),))
    stated = [table for table in (tables.extended, tables.basic) if table]
    for table in stated:
        grouped = _by_offsets(fragments, frames, table)
        if grouped is not None and (all(grouped) or not _are_all_there(fragments, frames, read)):
            if table is tables.extended and len(tables.lengths) == frames:
                pairs = zip(grouped, tables.lengths, strict=True)
                grouped = tuple(_within_length(group, (length,)) for group, length in pairs)
            return Encapsulated(grouped, () if table is stated[0] else (WRONG_OFFSETS,))
    warnings = (WRONG_OFFSETS,) if stated else ()
    if len(fragments) <= frames:  # some may be missing at the end
        singles = tuple((one,) for one in fragments)
        return Encapsulated(singles + ((),) * (frames - len(singles)), warnings)
    marked = _by_marks(fragments, read)
    return Encapsulated(marked if len(marked) == frames else ((),) * frames, warnings)


def _by_offsets(
    fragments: Sequence[Fragment], frames: int, offsets: Sequence[int]
) -> tuple[tuple[Fragment, ...], ...] | None:
    """Return the fragments of each frame.

    None where an offset is no fragment's, or the order is broken. The last frames may be missing: a file
    that is cut short still shows the others.
    """
    if len(offsets) != frames or not fragments:
        return None
    first = fragments[0][0] - ITEM_HEADER_BYTES
    places = {offset - ITEM_HEADER_BYTES - first: number for number, (offset, _) in enumerate(fragments)}
    behind = fragments[-1][0] + fragments[-1][1] - first
    starts = []
    for offset in offsets:
        if offset not in places and offset < behind:
            return None
        starts.append(places.get(offset, len(fragments)))
    if starts[0] != 0 or any(
        one >= other for one, other in itertools.pairwise(starts) if other < len(fragments)
    ):
        return None
    stops = [*starts[1:], len(fragments)]
    return tuple(tuple(fragments[start:stop]) for start, stop in zip(starts, stops, strict=True))


def _are_all_there(fragments: Sequence[Fragment], frames: int, read: Callable[[int, int], bytes]) -> bool:
    """Return whether as many frames begin in the fragments as are stated.

    A table that leads behind them is wrong then, and the file is not cut.
    """
    if len(fragments) == frames:
        return all(_begins_frame(read(offset, min(length, HEAD_BYTES))) for offset, length in fragments)
    return len(_by_marks(fragments, read)) == frames


def _within_length(fragments: tuple[Fragment, ...], lengths: Sequence[int]) -> tuple[Fragment, ...]:
    """Return a frame's fragments cut to its stated length, if plausible.

    The length leaves out padding, so that it may fall short of the last fragment only by a byte.
    """
    total = sum(length for _, length in fragments)
    if len(lengths) != 1 or lengths[0] != total - 1:
        return fragments
    offset, length = fragments[-1]
    return (*fragments[:-1], (offset, length - 1))


def _by_marks(
    fragments: Sequence[Fragment], read: Callable[[int, int], bytes]
) -> tuple[tuple[Fragment, ...], ...]:
    """Return groups of fragments, each beginning at the start of a codestream."""
    groups: list[list[Fragment]] = []
    tail = END
    for offset, length in fragments:
        begins = read(offset, min(length, len(STARTS[-1]))).startswith(STARTS)
        if not groups or (begins and tail.rstrip(b"\0").endswith(END)):
            groups.append([])
        groups[-1].append((offset, length))
        last = min(length, TAIL_BYTES)
        tail = (tail + read(offset + length - last, last))[-TAIL_BYTES:]  # an end may stand in two fragments
    return tuple(map(tuple, groups))
