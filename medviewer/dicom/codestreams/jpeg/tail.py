"""The last blocks of a sequential JPEG, read from the end of its data.

A decoder that met other bytes finds its place again behind them, with blocks too many or too few, and says
nothing. What the end of the data codes is then not what the end of the image shows. Huffman codes can be read
from nearly anywhere: after some blocks the true ones are met (ITU-T T.81 annex F).
"""

from dataclasses import dataclass
from enum import Enum
from functools import lru_cache
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from medviewer.dicom.codestreams.codestream import START_OF_FRAME, Codestream
from medviewer.dicom.codestreams.jpeg.tables import (
    SCAN_MARKER,
    STEPS,
    code_of_zero,
    end_of_data,
    huffman_tables,
    restart_marks,
    segments,
)

Pixels = npt.NDArray[Any]
Reals = npt.NDArray[np.float64]

_Block = tuple[int, list[tuple[int, int]]]
"""The place of a block in its unit, and its coefficients but the first."""

READ_BLOCKS: Final = 10
SMALLEST, LARGEST = 96, 2048  # bytes that are read
FEWEST_FLAT: Final = 12  # units in a row
UNSURE_BITS: Final = 64  # of another block before them, which may look alike
MOST_LATE: Final = 2  # readings that come to nothing near the end
MOST_OTHERS: Final = 4  # readings, which mostly come to the same
MOST_OVER: Final = 8  # bytes behind the last block: padding
UNSURE: Final = 3  # one part in so many, at the start of what was read, may be no blocks
COMPARED: Final = 4
FITTING: Final = 3
TOLERANCE: Final = 4.5  # gray levels: rounding, of colors and back
FEWEST: Final = 12  # pixels of a block that can be compared
STRUCTURE: Final = 9.0  # gray levels between the darkest and the brightest pixel of a block
LUMA: Final = np.array([0.299, 0.587, 0.114])
WIDEST: Final = 16
ONES: Final = (1 << WIDEST) - 1


def _zigzag() -> tuple[int, ...]:
    places = [(row + column, row, column) for row in range(8) for column in range(8)]
    places.sort(key=lambda one: (one[0], one[1] if one[0] % 2 else one[2]))
    return tuple(8 * row + column for _, row, column in places)


ZIGZAG: Final = _zigzag()
WAVES: Final = np.array(
    [[np.cos((2 * x + 1) * u * np.pi / 16) * (0.5 if u else 0.125**0.5) for x in range(8)] for u in range(8)]
)


class EndMatch(Enum):
    """Comparison of the end of the data with the end of the image."""

    SAME = "the data ends with the last blocks of the image"
    OTHER = "it ends with other blocks"
    UNKNOWN = "neither has any structure"
    UNREADABLE = "it holds no blocks, or ends with something else"


_BlockCoding = tuple[list[int], list[int], tuple[int, int] | None, str]


@dataclass(frozen=True, slots=True)
class _Coding:
    """The coding of a scan's units.

    Parameters
    ----------
    blocks : tuple
        Of a unit: tables of the first and of the other coefficients, the place of a block of brightness, and
        the code of a block without any coefficient.
    steps : (64,) of brightness
    """

    blocks: tuple[_BlockCoding, ...]
    steps: Reals


def ends_with_other_blocks(pixels: Pixels, content: bytes, head: Codestream) -> bool:
    """Return whether sequential data ends with other blocks than its image.

    False where nothing is known of that.
    """
    coding = _coding(content[: head.coded_at], head)
    if coding is None:
        return False
    end = end_of_data(content, head)
    marks = restart_marks(content, head.coded_at, end)
    first = marks[-1] + 2 if marks else head.coded_at
    if (flat := _flat_units(content[max(first, end - LARGEST) : end], coding)) > FEWEST_FLAT:
        return not _shows_flat_units(pixels, head, flat)
    units = -(-head.rows // head.unit[0]) * -(-head.columns // head.unit[1])
    usual = max(SMALLEST, READ_BLOCKS * (end - head.coded_at) // (units * len(coding.blocks)))
    for window, starts in ((usual, 32), (4 * usual, 32), (LARGEST, 32)):
        begin = max(first, end - min(window, LARGEST))
        is_start = begin == first
        for over in range(MOST_OVER + 1 if is_start or window == LARGEST else 1):
            found = _compare_ends(
                pixels, content[begin : end - over], coding, head, 0 if is_start else starts
            )
            if found in (EndMatch.SAME, EndMatch.UNKNOWN):
                return False
        if is_start:
            break
    return True


def _flat_units(data: bytes, coding: _Coding) -> int:
    """Return how many units without coefficients are surely coded last."""
    unit = "".join(one[3] for one in coding.blocks)
    data = data.replace(b"\xff\0", b"\xff")
    bits = f"{int.from_bytes(data, 'big'):0{8 * len(data)}b}"
    for filled in range(8):
        known, unknown = 0, (len(bits) - filled) // len(unit) + 1
        if not bits.endswith(unit + "1" * filled) or not unit:
            continue
        while unknown - known > 1:
            middle = (known + unknown) // 2
            is_more = bits.endswith(unit * middle + "1" * filled)
            known, unknown = (middle, unknown) if is_more else (known, middle)
        return max(0, known - UNSURE_BITS // len(unit))
    return 0


def _shows_flat_units(pixels: Pixels, head: Codestream, count: int) -> bool:
    """Return whether the last units of an image are of one value."""
    down, across = head.unit
    columns = -(-head.columns // across)
    first = max(0, -(-head.rows // down) - count // columns - 2) * down
    last = pixels[first:] if pixels.ndim == 3 else pixels[first:, :, None]
    rows = -(-len(last) // down)
    alike = np.ones((rows * down, columns * across), np.bool_)
    for component in range(last.shape[2]):
        alike[: len(last), : head.columns] &= last[..., component] == last[-1, -1, component]
    edge = 2 if head.is_subsampled else 0  # its colors reach over from its neighbors
    units = alike.reshape(rows, down, columns, across)[:, edge : down - edge, :, edge : across - edge]
    return bool(units.all((1, 3)).ravel()[-count:].all())


def _compare_ends(pixels: Pixels, data: bytes, coding: _Coding, head: Codestream, starts: int) -> EndMatch:
    """Return whether the end of an image is met in the end of its data.

    Parameters
    ----------
    starts : int
        The number of bits from which reading is tried; 0: the data begins with a unit.
    """
    data = data.rstrip(b"\xff").replace(b"\xff\0", b"\xff")
    bits = int.from_bytes(data, "big") << WIDEST | ONES
    length = 8 * len(data)
    phases = len(coding.blocks) if starts else 1
    others = late = 0
    for start in range(starts or 1):
        for phase in range(phases):
            read, place = _read(bits, length, start, phase, coding, length // UNSURE if starts else 0)
            if read is None:
                late += place > length // 2
                if late == MOST_LATE:
                    return EndMatch.UNREADABLE
                continue
            fits = _compared(pixels, read, coding, head)
            if fits is not False:
                return EndMatch.UNKNOWN if fits is None else EndMatch.SAME
            others += 1
            if others == MOST_OTHERS:
                return EndMatch.OTHER
    return EndMatch.OTHER if others else EndMatch.UNREADABLE


def _read(
    bits: int, length: int, place: int, phase: int, coding: _Coding, sure: int
) -> tuple[list[_Block] | None, int]:
    """Return the blocks from a sure place to the end, and the place reached.

    None where they cannot be read.
    """
    found: list[_Block] = []
    total = length + WIDEST
    blocks = coding.blocks
    while True:
        left = length - place
        if left < 8 and not phase and bits >> WIDEST & (1 << left) - 1 == (1 << left) - 1:
            return found, place
        first, others, _, _ = blocks[phase]
        start = place
        entry = first[bits >> total - place - WIDEST & ONES]
        place += (entry >> 8) + (entry & 15)
        if not entry or entry & 0xF0:
            return None, place
        coefficients = []
        number = 1
        while number < 64:
            if place > length:
                return None, place
            entry = others[bits >> total - place - WIDEST & ONES]
            if not entry:
                return None, place
            place += entry >> 8
            run, size = entry >> 4 & 15, entry & 15
            if not size:
                if run == 15:
                    number += 16
                    continue
                if run:
                    return None, place
                break
            number += run
            place += size
            if number > 63 or place > length:
                return None, place
            value = bits >> total - place & (1 << size) - 1
            coefficients.append((number, value if value >> size - 1 else value - (1 << size) + 1))
            number += 1
        if number > 64 or place > length:
            return None, place
        if start >= sure:
            found.append((phase, coefficients))
        phase = (phase + 1) % len(blocks)


def _compared(pixels: Pixels, read: list[_Block], coding: _Coding, head: Codestream) -> bool | None:
    """Return whether blocks are the last ones of an image.

    None where neither has any structure.
    """
    down, across = head.unit
    in_row = -(-head.columns // across)
    number = in_row * -(-head.rows // down)
    fitting = compared = 0
    for phase, coefficients in reversed(read):
        number -= phase == len(coding.blocks) - 1
        place = coding.blocks[phase][2]
        if place is None or number < 0:
            continue
        top = number // in_row * down + 8 * place[0]
        left = number % in_row * across + 8 * place[1]
        fits = _fits(pixels[top : top + 8, left : left + 8], coefficients, coding, head)
        if fits is None:
            continue
        compared, fitting = compared + 1, fitting + fits
        if compared == COMPARED:
            break
    return fitting >= min(FITTING, compared) if compared else None


def _fits(
    shown: Pixels, coefficients: list[tuple[int, int]], coding: _Coding, head: Codestream
) -> bool | None:
    """Return whether a block has the coefficients.

    None where it has no structure or is hardly seen.
    """
    if not shown.size:
        return None
    highest = (1 << head.precision) - 1
    planes = shown if shown.ndim == 3 else shown[..., None]
    is_open = np.all((planes > 0) & (planes < highest), -1)
    if np.count_nonzero(is_open) < FEWEST:
        return None
    spectrum = np.zeros(64)
    for number, value in coefficients:
        spectrum[ZIGZAG[number]] = value * coding.steps[number]
    coded = (WAVES.T @ spectrum.reshape(8, 8) @ WAVES)[: shown.shape[0], : shown.shape[1]][is_open]
    kinds = (shown @ LUMA, shown[..., 0]) if shown.ndim == 3 else (shown,)
    seen = [kind[is_open].astype(np.float64) for kind in kinds]
    if max(float(np.ptp(one)) for one in (coded, *seen)) < STRUCTURE:
        return None
    return any(float(np.ptp(one - coded)) <= 2 * TOLERANCE for one in seen)


@lru_cache(maxsize=16)
def _coding(headers: bytes, head: Codestream) -> _Coding | None:
    stated = huffman_tables(headers, head)
    tables = {number: _entries(*table) for number, table in stated.items()}
    steps: dict[int, Reals] = {}
    parts: dict[int, bytes] = {}
    for marker, body in segments(headers, head):
        if marker in START_OF_FRAME:
            parts = {body[at]: body[at + 1 : at + 3] for at in range(6, len(body) - 2, 3)}
        while marker == STEPS and body:
            size = 2 if body[0] >> 4 else 1
            steps[body[0] & 15] = np.frombuffer(body[1 : 1 + 64 * size], f">u{size}").astype(np.float64)
            body = body[1 + 64 * size :]
    start = headers.rfind(SCAN_MARKER) + 4
    selected = headers[start + 1 : start + 1 + 2 * headers[start]]
    blocks: list[_BlockCoding] = []
    brightness = parts.get(selected[0], b"")
    for index in range(0, len(selected), 2):
        factors, chosen = parts.get(selected[index], b"")[:1], selected[index + 1]
        if not factors or chosen >> 4 not in tables or 0x10 | chosen & 15 not in tables:
            return None
        across, down = (factors[0] >> 4, factors[0] & 15) if len(selected) > 2 else (1, 1)
        numbers = chosen >> 4, 0x10 | chosen & 15
        first, others = (tables[number] for number in numbers)
        flat = "".join(code_of_zero(stated[number]) for number in numbers)
        places = [(row, column) for row in range(down) for column in range(across)]
        blocks += [(first, others, None if index else place, flat) for place in places]
    largest = max(one[0] >> 4 for one in parts.values()), max(one[0] & 15 for one in parts.values())
    is_full = len(selected) == 2 or (brightness[0] >> 4, brightness[0] & 15) == largest
    if brightness[1] not in steps or len(steps[brightness[1]]) != 64 or not is_full:
        return None
    return _Coding(tuple(blocks), steps[brightness[1]])


@lru_cache(maxsize=32)
def _entries(lengths: bytes, symbols: bytes) -> list[int]:
    """Return length and symbol of the code at the start of each 16 bits.

    0 where there is none.
    """
    found: list[int] = []
    first = 0
    for length, count in enumerate(lengths, 1):
        for symbol in symbols[first : first + count]:
            found += [length << 8 | symbol] * (1 << WIDEST - length)
        first += count
    return (found + [0] * (1 << WIDEST))[: 1 << WIDEST]
