"""Runs of one byte in coded data: parts of a file that nobody wrote.

An interrupted copy leaves zeros, erased memory 0xFF, a formatted disk another byte. Coded data looks like
chance, so that hardly any image holds many equal bytes in a row.
"""

from collections.abc import Iterable, Iterator
from typing import Final

import numpy as np

WORD_BYTES: Final = 8
ALIKE: Final = np.uint64(0x0101010101010101)
LAST: Final = np.uint64(0xFF)
EXTENDED_BY: Final = 1 << 12  # bytes at a time
LEAST_TAIL: Final = 8
SHORT_BYTES, LONG_BYTES = 1 << 16, 1 << 18

Run = tuple[int, int]
"""Where it begins, and where it ends."""


def runs(content: bytes, least: int, begin: int, end: int) -> Iterator[Run]:
    """Yield the runs of one byte that are long enough.

    It takes some 0.1 ns a byte: only every so many words are looked at, three of which lie in such a run.

    Parameters
    ----------
    least : int
        Bytes: 32, 64, or another multiple of 32.
    """
    step = least // 4
    count = (min(end, len(content)) - begin) // WORD_BYTES
    if count < 3:
        return
    words = np.frombuffer(content, "<u8", count, begin)[:: step // WORD_BYTES]
    if not (words[1:] == words[:-1]).any():
        return
    alike = words == (words & LAST) * ALIKE
    places = begin + step * np.flatnonzero(alike[2:] & alike[1:-1] & alike[:-2])
    number = 0
    while number < len(places):
        run_begin, run_end = _extended(content, int(places[number]), begin, end)
        if run_end - run_begin >= least:
            yield run_begin, run_end
        number = max(number + 1, int(np.searchsorted(places, run_end)))


def has_run(content: bytes, begin: int, end: int) -> bool:
    """Return whether a run as long as a lost disk block is present.

    In long data, shorter ones are no loss.
    """
    return any(runs(content, least_run(end - begin), begin, end))


def least_run(count: int) -> int:
    """Return the length of a run to look for in content of this size.

    A disk loses 512 or more.
    """
    return 64 if count < SHORT_BYTES else 128 if count < LONG_BYTES else 256


def _extended(content: bytes, place: int, begin: int, end: int) -> Run:
    """Return the run that a byte lies in."""
    byte = content[place : place + 1]
    first, after, is_longer = place, place, True
    while is_longer:
        some = content[max(begin, first - EXTENDED_BY) : first]
        first -= len(some) - len(some.rstrip(byte))
        is_longer = bool(some) and some == byte * len(some)
    is_longer = True
    while is_longer:
        some = content[after : min(end, after + EXTENDED_BY)]
        after += len(some) - len(some.lstrip(byte))
        is_longer = bool(some) and some == byte * len(some)
    return first, after


def has_tail(content: bytes) -> bool:
    """Return whether content ends with a repeated byte, zeros apart."""
    some = content[-2 * LEAST_TAIL :]
    return len(some) - len(without_tail(some)) >= LEAST_TAIL


def without_tail(content: bytes, least: int = LEAST_TAIL) -> bytes:
    """Return content without trailing zeros and its trailing repeated byte."""
    padded = content.rstrip(b"\0")
    stripped = padded.rstrip(padded[-1:])
    return stripped if len(padded) - len(stripped) >= least else padded


def with_zeros(content: bytes, found: Iterable[Run], least_tail: int) -> bytes:
    """Return content with zeros in its runs and its repeated tail."""
    end = len(content)
    tail = len(without_tail(content, least_tail))
    others = [run for run in found if content[run[0]]]
    if not others and not any(content[tail : tail + 1]):
        return content
    changed = bytearray(content)
    for first, after in (*others, (tail, end)):
        changed[first:after] = bytes(after - first)
    return bytes(changed)
