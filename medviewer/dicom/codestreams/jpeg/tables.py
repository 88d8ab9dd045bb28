"""Coding tables and samplings in the headers of a JPEG image.

See ITU-T T.81 annex B.
"""

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Final

from medviewer.dicom.codestreams.codestream import START_OF_FRAME, Codec, Codestream
from medviewer.dicom.header import without_tail

END: Final = b"\xff\xd9"
LEAST_TAIL: Final = 2  # bytes alike where the end marker is missing
TAIL_BYTES: Final = 64  # where the end usually stands, with padding behind it
TABLES: Final = 0xC4
STEPS: Final = 0xDB  # DQT
RESTART_INTERVAL: Final = 0xDD
RESTART_MARK: Final = re.compile(rb"\xff[\xd0-\xd7]")
SCAN_MARKER: Final = b"\xff\xda"


def end_of_image(content: bytes, head: Codestream) -> int:
    """Return the position of the end marker, or -1."""
    near = content.rfind(END, max(head.coded_at, len(content) - TAIL_BYTES))
    return near if near >= 0 else content.rfind(END, head.coded_at)


def end_of_data(content: bytes, head: Codestream) -> int:
    """Return the end of the coded data, with an end marker or without."""
    end = end_of_image(content, head)
    return end if end >= 0 else len(without_tail(content, LEAST_TAIL).rstrip(b"\xff"))


def restart_interval(content: bytes, head: Codestream) -> int:
    """Return the number of units between two restarts, or 0 (B.2.4.4)."""
    found = [body for marker, body in segments(content, head) if marker == RESTART_INTERVAL]
    return int.from_bytes(found[-1][:2], "big") if found else 0


def restart_marks(content: bytes, begin: int, end: int) -> list[int]:
    """Return the places of the marks between intervals."""
    return [found.start() for found in RESTART_MARK.finditer(content, begin, end)]


def tables_of_scan(content: bytes, head: Codestream) -> list[int]:
    """Return the Huffman table numbers of the first scan's components."""
    start = content.rfind(SCAN_MARKER, 0, head.coded_at) + 4
    return [selected >> 4 for selected in content[start + 2 : start + 1 + 2 * content[start] : 2]]


def codes(table: tuple[bytes, bytes]) -> dict[int, str]:
    """Return the code of each symbol of a table as ones and zeros (C.2)."""
    found: dict[int, str] = {}
    code, first = 0, 0
    for length, count in enumerate(table[0], 1):
        for number, symbol in enumerate(table[1][first : first + count]):
            found.setdefault(symbol, f"{code + number:0{length}b}")
        code, first = code + count << 1, first + count
    return found


def code_of_zero(table: tuple[bytes, bytes] | None) -> str:
    """Return the code of a symbol 0 as ones and zeros.

    Empty where the table has none.
    """
    return codes(table).get(0, "") if table is not None else ""


@lru_cache(maxsize=16)  # the frames of a series often have the same
def bytes_of_flat_areas(content: bytes, head: Codestream) -> frozenset[int]:
    """Return the bytes that, repeated, may code a flat area.

    The coding tables in the headers tell them.
    """
    if not head.is_one_scan:
        return frozenset()
    tables, samplings = huffman_tables(content, head), _samplings(content, head)
    start = content.rfind(SCAN_MARKER, 0, head.coded_at) + 4
    flat = ""
    for number, selected in enumerate(content[start + 2 : start + 1 + 2 * content[start] : 2]):
        code = code_of_zero(tables.get(selected >> 4))
        if head.codec is Codec.JPEG:  # no difference, and no further coefficient
            code += code_of_zero(tables.get(0x10 | selected & 15))
        flat += code * (samplings[number] if head.components > 1 else 1)
    repeated = flat * 16  # whole bytes
    period = repeated[:8]
    if not flat or repeated != period * (len(repeated) // 8):
        return frozenset()
    return frozenset(int(period[turn:] + period[:turn], 2) for turn in range(8))


def _samplings(content: bytes, head: Codestream) -> list[int]:
    """Return each component's samples or blocks in a unit (B.2.2)."""
    for marker, body in segments(content, head):
        if marker in START_OF_FRAME:
            return [(factors >> 4) * (factors & 15) for factors in body[7::3]]
    return []


def huffman_tables(content: bytes, head: Codestream) -> dict[int, tuple[bytes, bytes]]:
    """Return the tables before the first scan.

    How many codes have each length, and their symbols (B.2.4.2). By class (AC: 16) and number.
    """
    tables = {}
    for marker, body in segments(content, head):
        table = body if marker == TABLES else b""
        while len(table) > 17:
            size = sum(table[1:17])
            tables[table[0]] = table[1:17], table[17 : 17 + size]
            table = table[17 + size :]
    return tables


def segments(content: bytes, head: Codestream) -> Iterator[tuple[int, bytes]]:
    """Yield marker and content of each segment before the first scan's data."""
    return ((marker, content[begin:end]) for marker, begin, end in segment_places(content, head))


def segment_places(content: bytes, head: Codestream) -> Iterator[tuple[int, int, int]]:
    """Yield marker, begin and end of the content of each such segment."""
    position = 2
    while position + 4 <= head.coded_at:
        if content[position] != 0xFF or content[position + 1] in (0xFF, 0x01):
            position += 1
            continue
        length = int.from_bytes(content[position + 2 : position + 4], "big")
        yield content[position + 1], position + 4, position + 2 + length
        position += 2 + length
