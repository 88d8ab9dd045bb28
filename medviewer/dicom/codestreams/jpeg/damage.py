"""Salvage of damaged JPEG and JPEG-LS images (ITU-T T.81, T.87).

The decoders go on without data: what they make up cannot be told from an image. So whatever seems to be cut
is decoded once more with other bytes behind its end: what differs then was made up.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from medviewer.dicom.codestreams.codestream import Codec, Codestream
from medviewer.dicom.codestreams.jpeg.tables import (
    END,
    LEAST_TAIL,
    SCAN_MARKER,
    bytes_of_flat_areas,
    end_of_image,
    huffman_tables,
    restart_interval,
)
from medviewer.dicom.header import Run, has_run, least_run, runs, without_tail

Pixels = npt.NDArray[Any]

LARGE_RUN_BYTES: Final = 512
LONG_RUN_BYTES: Final = 256
CERTAIN_RUN_BYTES: Final = 128  # of zeros among later coefficients
LEAST_RUN_BYTES: Final = 64  # alike: no coded blocks, or a large area of one value
ZEROS: Final = bytes(LEAST_RUN_BYTES)
JPEG_LS_ZEROS: Final = bytes(32)  # of a run of ones at most: a hole
MOST_READ_TO_THE_END: Final = 8  # scans or intervals
OTHER_BYTES: Final = bytes((73 * number + 29) % 251 for number in range(1, 65))  # none of them a marker
UNREAD_BYTES: Final = 2
UNREAD_BLACK_BYTES: Final = 16
MARK_BEHIND: Final = re.compile(rb"\xff[\x01-\xfe]")  # of a scan or of an interval between restarts
MARKER: Final = re.compile(rb"\xff[\x01-\xcf\xd8-\xfe]")
SCAN: Final = 0xDA
RESTARTS: Final = range(0xD0, 0xD8)


def is_complete(content: bytes, head: Codestream) -> bool:
    """Return whether a quick look finds no damage.

    It takes microseconds.
    """
    end = end_of_image(content, head)
    if end < 0:
        return False
    if head.codec is Codec.JPEG_LS:
        is_hollow = content.find(JPEG_LS_ZEROS, head.coded_at, end) >= 0
        return not is_hollow and not has_run(content, head.coded_at, end)
    if head.codec is Codec.JPEG and content.find(ZEROS, head.coded_at, end) >= 0:
        return False
    return next(_suspicious(content, head, end, least_run(end - head.coded_at)), None) is None


def _suspicious(coded: bytes, head: Codestream, stop: int, least: int = LEAST_RUN_BYTES) -> Iterator[Run]:
    """Yield runs of one byte that may be no coded image."""
    expected = None
    for begin, end in runs(coded, least, head.coded_at, stop):
        expected = bytes_of_flat_areas(coded[: head.coded_at], head) if expected is None else expected
        is_short = head.codec is Codec.JPEG_LOSSLESS and end - begin < LARGE_RUN_BYTES
        if coded[begin] not in expected or (coded[begin] == 0 and not is_short):
            yield begin, end


@dataclass(frozen=True, slots=True)
class Salvaged:
    """The readable part of a damaged image; the rest is 0."""

    pixels: Pixels
    missing: float | None  # share of the image, from 0 to 1; None: some of it is other data


def salvage_jpeg(content: bytes, head: Codestream, decode: Callable[[bytes], Pixels]) -> Salvaged:
    """Decode a JPEG of any process as far as it goes.

    Parameters
    ----------
    decode : callable
        Decodes one, filling up what is not there.
    """
    end = end_of_image(content, head)
    coded = content[:end] if end >= 0 else without_tail(content, LEAST_TAIL)
    coded = _without_broken_segment(coded, head)
    hole = _find_hole(coded, head, decode if end >= 0 else None)
    coded = _without_broken_segment(coded[:hole], head) if hole >= 0 else coded
    pixels = decode(coded + END)
    differs = _differs(pixels, decode(coded + _going_on(coded, head) + END))
    if head.is_one_scan:
        return _up_to_first(pixels, differs, head.unit)
    return Salvaged(pixels, _missing_of_scans(coded, head, differs))


def _has_restarts(coded: bytes, head: Codestream) -> bool:
    return restart_interval(coded, head) > 0


def _going_on(coded: bytes, head: Codestream) -> bytes:
    """Return substitute data for the part that may follow a cut.

    One is for its interval, one for the next.
    """
    if not _has_restarts(coded, head):
        return OTHER_BYTES
    last = max(coded.rfind(bytes((0xFF, mark)), head.coded_at) for mark in RESTARTS)
    is_first = last < coded.rfind(SCAN_MARKER)
    number = 0 if is_first else (coded[last + 1] + 1) % len(RESTARTS)
    return OTHER_BYTES + bytes((0xFF, RESTARTS[number])) + OTHER_BYTES


def _is_read_to_the_end(coded: bytes, unread: int, decode: Callable[[bytes], Pixels]) -> bool:
    """Return whether a decoder needs exactly the bytes of a scan.

    Behind a hole, it is more or fewer.

    Parameters
    ----------
    unread : int
        How many bytes it may leave over: black stays black whatever follows.
    """
    pixels = decode(coded + END)
    if _differs(pixels, decode(coded + OTHER_BYTES + END)).any():
        return False
    kept = len(coded) - unread
    kept -= coded[kept - 1] == 0xFF  # a stuffed byte belongs to it
    other = bytes(byte ^ 0x7F if byte != 0x80 else 0x01 for byte in coded[kept:])
    return any(
        _differs(pixels, decode(coded[:kept] + changed + END)).any()
        for changed in (OTHER_BYTES, other + OTHER_BYTES)
    )


def _find_hole(coded: bytes, head: Codestream, decode: Callable[[bytes], Pixels] | None) -> int:
    """Return the start of a run of one byte that is not image data.

    -1 where there is none.

    Parameters
    ----------
    decode : callable, optional
        Decodes an image that is not cut: it tells whether what may be coded is.
    """
    found = list(_suspicious(coded, head, len(coded)))
    certain = next((run[0] for run in found if _is_certain(coded, *run, head)), len(coded))
    checked, looked_at = 0, 0
    for begin, end in found:
        if begin >= certain or looked_at == MOST_READ_TO_THE_END:
            break
        if end <= checked or (decode is None and coded[begin] == 0) or _is_refined(coded, begin, head):
            continue
        mark = MARK_BEHIND.search(coded, end)
        checked = mark.start() if mark is not None else len(coded)
        if certain < checked:  # nothing tells more of those before it
            break
        looked_at += 1
        unread = UNREAD_BYTES if coded[begin] else UNREAD_BLACK_BYTES
        try:
            is_read = decode is not None and _is_read_to_the_end(coded[:checked], unread, decode)
        except (RuntimeError, ValueError):  # a hole in what stands between scans
            is_read = False
        if not is_read:
            return _likeliest([run for run in found if begin <= run[0] < checked], coded, head)
    return certain if certain < len(coded) else -1


def _likeliest(found: list[Run], coded: bytes, head: Codestream) -> int:
    """Return the start of the run most likely to be the first hole.

    That is none that may be coded, above all not the black above an image, where there are others.
    """
    expected = bytes_of_flat_areas(coded[: head.coded_at], head)
    scan = head.coded_at if head.is_one_scan else coded.rfind(SCAN_MARKER, 0, found[0][0])
    others = [begin for begin, _ in found if coded[begin] not in expected and coded[begin]]
    inside = [begin for begin, _ in found if begin > scan + LEAST_RUN_BYTES]
    return (*others, *inside, found[0][0])[0]


def _is_refined(coded: bytes, place: int, head: Codestream) -> bool:
    """Return whether a place lies in a refinement scan of coefficients.

    Its single bits may be any.
    """
    if head.is_one_scan or head.codec is not Codec.JPEG:
        return False
    scans = [scan for scan in _scans(coded, head) if scan.start <= place]
    return bool(scans) and not scans[-1].first and scans[-1].bits_before > 0


def _is_certain(coded: bytes, begin: int, end: int, head: Codestream) -> bool:
    """Return whether a run of one byte cannot be part of a coded image."""
    if coded[begin] == 0xFF or _lacks_marks(coded, begin, end, head):
        return True
    if head.codec is Codec.JPEG and not head.is_one_scan:
        scans = [scan for scan in _scans(coded, head) if scan.start <= begin]
        is_long = end - begin >= CERTAIN_RUN_BYTES or coded[begin] != 0
        return is_long and bool(scans and scans[-1].first)
    if coded[begin]:
        return head.codec is Codec.JPEG and end - begin >= LONG_RUN_BYTES
    return any(symbols[:1] != b"\0" for _, symbols in huffman_tables(coded, head).values())


def _lacks_marks(coded: bytes, begin: int, end: int, head: Codestream) -> bool:
    """Return whether restart markers are missing at a place (B.1.1.3).

    Counted from 0 to 7.
    """
    after = MARK_BEHIND.search(coded, end)
    if after is None or coded[after.start() + 1] not in RESTARTS or not _has_restarts(coded, head):
        return False
    places = [coded.rfind(bytes((0xFF, mark)), head.coded_at, begin) for mark in RESTARTS]
    last = coded[max(places) + 1] if max(places) >= 0 else RESTARTS[-1]
    return (coded[after.start() + 1] - last) % len(RESTARTS) != 1


def _without_broken_segment(coded: bytes, head: Codestream) -> bytes:
    """Return an image without a cut marker at its end or a cut last segment.

    The latter in images of several scans.
    """
    coded = coded.rstrip(b"\xff")
    if head.is_one_scan:
        return coded
    position = head.coded_at
    while (found := MARKER.search(coded, position)) is not None:
        position = found.start() + 2
        length = int.from_bytes(coded[position : position + 2], "big")
        if position + max(2, length) > len(coded):
            return coded[: found.start()]
        position += max(2, length)
    return coded


def _differs(one: Pixels, other: Pixels) -> npt.NDArray[np.bool_]:
    changed = one != other
    return np.asarray(changed.any(-1) if changed.ndim == 3 else changed)


def _up_to_first(pixels: Pixels, differs: npt.NDArray[np.bool_], unit: tuple[int, int]) -> Salvaged:
    """Return the image up to the first unit that was made up."""
    rows = np.flatnonzero(differs.any(1))
    if not len(rows):
        return Salvaged(pixels, 0.0)
    down, across = unit
    first = int(rows[0])
    if len(rows) > 1 and rows[1] == first + 1 and (first + 1) % down == 0:  # colors reach over the border
        first += 1
    row, column = first // down, int(np.flatnonzero(differs[first])[0]) // across
    in_row, in_column = -(-differs.shape[1] // across), -(-differs.shape[0] // down)
    kept = pixels.copy()
    kept[row * down : (row + 1) * down, column * across :] = 0
    kept[(row + 1) * down :] = 0
    return Salvaged(kept, 1 - (row * in_row + column) / (in_row * in_column))


@dataclass(frozen=True, slots=True)
class _Scan:
    start: int
    components: tuple[int, ...]
    first: int  # coefficients
    last: int
    bits_before: int  # of each coefficient that are still to come: before, and after the scan
    bits_after: int


def _scans(coded: bytes, head: Codestream) -> Iterator[_Scan]:
    """Yield the scans of an image, the last one perhaps cut."""
    position = coded.rfind(SCAN_MARKER, 0, head.coded_at)
    while position >= 0 and position + 4 < len(coded):
        count = coded[position + 4]
        body = coded[position + 5 : position + 8 + 2 * count]
        if len(body) < 2 * count + 3:
            return
        first, last, bits = body[-3:]
        if head.codec is not Codec.JPEG:
            first = last = bits = 0
        yield _Scan(position, tuple(body[: 2 * count : 2]), first, max(first, last), bits >> 4, bits & 15)
        position += 6 + 2 * count
        while (found := MARKER.search(coded, position)) is not None and coded[found.start() + 1] != SCAN:
            at = found.start() + 2
            position = at + max(2, int.from_bytes(coded[at : at + 2], "big"))
        position = -1 if found is None else found.start()


def lacks_scans(content: bytes, head: Codestream) -> bool:
    """Return whether scans are missing at the end of an image."""
    coded = content[: end_of_image(content, head)]
    return _missing_of_scans(coded, head, np.zeros((1, 1), np.bool_)) > 0


def _missing_of_scans(coded: bytes, head: Codestream, differs: npt.NDArray[np.bool_]) -> float:
    """Return the missing share of an image in several scans.

    Counted in bits of its coefficients.
    """
    coefficients = 64 if head.codec is Codec.JPEG else 1
    scans = list(_scans(coded, head))
    planes = 1 + max((scan.bits_after for scan in scans if not scan.bits_before), default=0)
    expected = {name: [planes if head.unit != (1, 1) else 1] * coefficients for name in head.component_ids}
    for scan in scans:
        for name in scan.components:
            for place in range(scan.first, min(scan.last + 1, coefficients)):
                if name in expected and not scan.bits_before:
                    expected[name][place] = 1 + scan.bits_after
    total = sum(map(sum, expected.values()))
    there = 0.0
    for number, scan in enumerate(scans):
        share = 1.0
        if number == len(scans) - 1 and differs.any():
            share = float(np.flatnonzero(differs.any(1))[0]) / len(differs)
        names = [name for name in scan.components if name in expected]
        there += share * len(names) * (min(scan.last + 1, coefficients) - scan.first)
    return min(1.0, max(0.0, 1 - there / total))


def salvage_jpeg_ls(content: bytes, head: Codestream, decode: Callable[..., Pixels]) -> Salvaged:
    """Decode a JPEG-LS image up to where its data ends or makes no sense.

    Parameters
    ----------
    decode : callable
        Decodes into the array given as `out`, row by row, and raises where it cannot go on.
    """
    end = end_of_image(content, head)
    coded = content[:end] if end >= 0 else without_tail(content, LEAST_TAIL)
    hole = coded.find(JPEG_LS_ZEROS, head.coded_at)
    coded = coded[:hole] if hole >= 0 else coded
    run = next(runs(coded, LEAST_RUN_BYTES, head.coded_at, len(coded)), None)
    coded = coded[: run[0]] if run is not None else coded
    is_in_planes = head.components > 1 and not head.is_one_scan
    shape: tuple[int, ...] = (head.rows, head.columns)
    if head.components > 1:
        shape = (head.components, *shape) if is_in_planes else (*shape, head.components)
    pixels, missing = decoded_part(coded + END, shape, "u1" if head.precision <= 8 else "u2", decode)
    return Salvaged(np.moveaxis(pixels, 0, -1) if is_in_planes else pixels, missing)


def decoded_part(
    content: bytes, shape: tuple[int, ...], dtype: str, decode: Callable[..., Pixels]
) -> tuple[Pixels, float | None]:
    """Return the part that a decoder writes before it fails, and its lack.

    It is run over two grounds: what differs afterwards was not written. The lack is None where all was, and
    the decoder found fault with it.
    """
    grounds = np.zeros(shape, dtype), np.full(shape, np.iinfo(dtype).max, dtype)
    has_failed = False
    for ground in grounds:
        try:
            decode(content, out=ground)
        except (RuntimeError, ValueError):
            has_failed = True
    missing = float((grounds[0] != grounds[1]).mean())
    return grounds[0], None if has_failed and not missing else missing
