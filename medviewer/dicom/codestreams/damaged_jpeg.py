"""How much of a damaged JPEG or JPEG-LS picture is there, and that much of it (ITU-T T.81, T.87).

The decoders go on without data: what they make up cannot be told from a picture. So whatever seems to be cut
is decoded once more with other bytes behind its end: what differs then was made up.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from medviewer.dicom.codestreams.codestream import Codec, Codestream

Pixels = npt.NDArray[Any]

END: Final = b"\xff\xd9"
TAIL_BYTES: Final = 64  # where the end usually stands, with padding behind it
ZEROS: Final = bytes(64)  # no coded blocks: a hole
LOSSLESS_ZEROS: Final = bytes(512)  # perhaps a large area of one value
JPEG_LS_ZEROS: Final = bytes(32)  # of a run of ones at most: a hole
OTHER_BYTES: Final = bytes((73 * number + 29) % 251 for number in range(1, 65))  # none of them a marker
UNREAD_BYTES: Final = 16
MARKER: Final = re.compile(rb"\xff[\x01-\xcf\xd8-\xfe]")
SCAN, TABLES = 0xDA, 0xC4
SCAN_MARKER: Final = b"\xff\xda"
LEAST_RUN: Final = 16  # pixels: fewer may be alike by chance


def end_of_image(content: bytes, head: Codestream) -> int:
    """Return where the end marker stands; -1 where there is none."""
    near = content.rfind(END, max(head.coded_at, len(content) - TAIL_BYTES))
    return near if near >= 0 else content.rfind(END, head.coded_at)


def looks_whole(content: bytes, head: Codestream) -> bool:
    """Return whether nothing at the surface says that something is missing; it takes microseconds."""
    end = end_of_image(content, head)
    if end < 0:
        return False
    zeros = {Codec.JPEG: ZEROS, Codec.JPEG_LOSSLESS: LOSSLESS_ZEROS, Codec.JPEG_LS: JPEG_LS_ZEROS}[head.codec]
    return content.find(zeros, head.coded_at, end) < 0


def ends_doubtfully(pixels: Pixels, content: bytes, head: Codestream) -> bool:
    """Return whether the last pixels may have been made up for data that an end marker hides the lack of."""
    if head.codec is Codec.JPEG_LS:
        return False  # its decoder raises
    if not head.is_one_scan:
        return True
    if head.codec is Codec.JPEG:  # a block without data is grey
        down, across = head.unit
        top, left = (head.rows - 1) // down * down, (head.columns - 1) // across * across
        last = pixels[(top + head.rows) // 2 :, (left + head.columns) // 2 :]
        return bool((last == 1 << head.precision - 1).all())
    return not _is_coded_run(_last_run(pixels), content, head)


def _last_run(pixels: Pixels) -> int:
    """Return how many pixels at the end are like all those around them that they are predicted from."""
    last = pixels[-1, -1]
    rows, columns = 0, int(pixels.shape[1])
    while rows < len(pixels):  # more and more of them at a time
        some = pixels[max(0, len(pixels) - 2 * rows - 2) : len(pixels) - rows]
        is_other = (some != last).reshape(len(some), columns, -1).any(-1)
        other = np.flatnonzero(is_other.any(1))
        if len(other):
            rows += len(some) - 1 - int(other[-1])
            break
        rows += len(some)
    if rows > 1:
        return (rows - 1) * columns - 2
    columns_of_others = np.flatnonzero(is_other[-2:].any(0))
    return columns - 3 - int(columns_of_others[-1]) if len(columns_of_others) else 0


def _is_coded_run(count: int, content: bytes, head: Codestream) -> bool:
    """Return whether the coded picture ends with the code of "no difference", for so many pixels."""
    bits = 0
    tables = _huffman_tables(content, head)
    if not tables or count < LEAST_RUN:
        return True
    for number in _tables_of_scan(content, head):
        lengths, symbols = tables.get(number, (b"", b""))
        if 0 not in symbols:
            return False
        place, length = symbols.index(0), 0
        while place >= 0:
            place -= lengths[length]
            length += 1
        bits += length
    end = end_of_image(content, head) - 1  # the last byte is filled up
    coded = content[max(head.coded_at, end - (count * bits - 8) // 8) : end].replace(b"\xff\0", b"\xff")
    number = int.from_bytes(coded, "big")
    has_period = (number ^ number >> bits) & (1 << max(0, 8 * len(coded) - bits)) - 1 == 0
    return has_period and len(coded) >= (count * bits - 8) // 8


def _tables_of_scan(content: bytes, head: Codestream) -> list[int]:
    """Return the numbers of the Huffman tables of the components of the first scan."""
    start = content.rfind(SCAN_MARKER, 0, head.coded_at) + 4
    return [selected >> 4 for selected in content[start + 2 : start + 1 + 2 * content[start] : 2]]


def _huffman_tables(content: bytes, head: Codestream) -> dict[int, tuple[bytes, bytes]]:
    """Return the tables before the first scan: how many codes have each length, and their symbols (B.2.4.2).

    By class (AC: 16) and number.
    """
    tables = {}
    position = 2
    while position < head.coded_at:
        if content[position] != 0xFF or content[position + 1] in (0xFF, 0x01):
            position += 1
            continue
        length = int.from_bytes(content[position + 2 : position + 4], "big")
        table = content[position + 4 : position + 2 + length] if content[position + 1] == TABLES else b""
        while len(table) > 17:
            size = sum(table[1:17])
            tables[table[0]] = table[1:17], table[17 : 17 + size]
            table = table[17 + size :]
        position += 2 + length
    return tables


@dataclass(frozen=True, slots=True)
class Salvaged:
    """What is there of a damaged picture; what is not is 0."""

    pixels: Pixels
    missing: float  # share of the picture, from 0 to 1


def salvage_jpeg(content: bytes, head: Codestream, decode: Callable[[bytes], Pixels]) -> Salvaged:
    """Decode a JPEG of any process as far as it goes.

    Parameters
    ----------
    decode : callable
        Decodes one, filling up what is not there.
    """
    end = end_of_image(content, head)
    coded = content[:end] if end >= 0 else content.rstrip(b"\0")
    coded = _without_broken_segment(coded.rstrip(b"\xff"), head)
    hole = _find_hole(coded, head, is_certain=True)
    if hole < 0 and end >= 0:
        hole = _find_hole(coded, head, is_certain=False)
        if hole >= 0 and _is_read_to_the_end(_scan_around(coded, hole, head), decode):
            hole = -1  # an area of one value
    coded = coded[:hole] if hole >= 0 else coded
    pixels = decode(coded + END)
    differs = _differs(pixels, decode(coded + OTHER_BYTES + END))
    if head.is_one_scan:
        return _up_to_first(pixels, differs, head.unit)
    return Salvaged(pixels, _missing_of_scans(coded, head, differs))


def _is_read_to_the_end(coded: bytes, decode: Callable[[bytes], Pixels]) -> bool:
    """Return whether a decoder needs all bytes of a scan and no more; behind a hole, it is more or fewer."""
    pixels = decode(coded + END)
    if _differs(pixels, decode(coded + OTHER_BYTES + END)).any():
        return False
    return bool(_differs(pixels, decode(coded[:-UNREAD_BYTES] + OTHER_BYTES + END)).any())


def _scan_around(coded: bytes, place: int, head: Codestream) -> bytes:
    """Return the picture up to the end of the scan in which a place lies."""
    found = None if head.is_one_scan else MARKER.search(coded, place)
    return coded if found is None else coded[: found.start()]


def _find_hole(coded: bytes, head: Codestream, *, is_certain: bool) -> int:
    """Return where a run of zeros begins that cannot be coded blocks, or may be none; -1: there is none."""
    is_in_scans = head.codec is Codec.JPEG and not head.is_one_scan
    place = coded.find(
        ZEROS if head.codec is Codec.JPEG and head.is_one_scan else LOSSLESS_ZEROS, head.coded_at
    )
    if place < 0 or not is_certain:
        return place
    if is_in_scans:  # zeros of the first coefficient may be an area of one value
        scans = [scan for scan in _scans(coded, head) if scan.start <= place]
        return place if scans and scans[-1].first else -1
    can_be_coded = all(symbols[:1] == b"\0" for _, symbols in _huffman_tables(coded, head).values())
    return -1 if can_be_coded else place


def _without_broken_segment(coded: bytes, head: Codestream) -> bytes:
    """Return a picture in several scans without a marker segment that is cut."""
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
    """Return the picture up to the first unit that was made up."""
    rows = np.flatnonzero(differs.any(1))
    if not len(rows):
        return Salvaged(pixels, 0.0)
    down, across = unit
    first = int(rows[0])
    if len(rows) > 1 and rows[1] == first + 1 and (first + 1) % down == 0:  # colours reach over the border
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
    """Yield the scans of a picture, the last one perhaps cut."""
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


def _missing_of_scans(coded: bytes, head: Codestream, differs: npt.NDArray[np.bool_]) -> float:
    """Return what is missing of a picture in several scans, counted in bits of its coefficients."""
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
    """Decode a JPEG-LS picture up to where its data ends or makes no sense.

    Parameters
    ----------
    decode : callable
        Decodes into the array given as `out`, row by row, and raises where it cannot go on.
    """
    end = end_of_image(content, head)
    coded = content[:end] if end >= 0 else content.rstrip(b"\0")
    hole = coded.find(JPEG_LS_ZEROS, head.coded_at)
    coded = coded[:hole] if hole >= 0 else coded
    is_in_planes = head.components > 1 and not head.is_one_scan
    shape: tuple[int, ...] = (head.rows, head.columns)
    if head.components > 1:
        shape = (head.components, *shape) if is_in_planes else (*shape, head.components)
    pixels, missing = decoded_part(coded + END, shape, "u1" if head.precision <= 8 else "u2", decode)
    return Salvaged(np.moveaxis(pixels, 0, -1) if is_in_planes else pixels, missing)


def decoded_part(
    content: bytes, shape: tuple[int, ...], dtype: str, decode: Callable[..., Pixels]
) -> tuple[Pixels, float]:
    """Return what a decoder writes before it gives up, and the share that it does not write.

    It is run over two grounds: what differs afterwards was not written.
    """
    grounds = np.zeros(shape, dtype), np.full(shape, np.iinfo(dtype).max, dtype)
    for ground in grounds:
        try:
            decode(content, out=ground)
        except (RuntimeError, ValueError):
            continue
    is_missing = grounds[0] != grounds[1]
    return grounds[0], float(is_missing.mean())
