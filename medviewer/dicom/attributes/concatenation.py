"""Concatenations: a multi-frame image that was cut into several files.

See PS3.3 C.7.6.16.2.2.4.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from medviewer.translation import Message, message

PARTS_NAMED: Final = 5


@dataclass(frozen=True, slots=True)
class Concatenation:
    """Position of a file in a concatenation."""

    uid: str
    number: int  # of the part, from 1
    total: int | None = None  # None: the file does not say


def missing_parts(parts: Iterable[Concatenation]) -> Message | None:
    """Return a sentence that names the parts of an image that are not there.

    None where all are. Where no file says how many there are, those behind the last one cannot be known.
    """
    parts = list(parts)
    there = {part.number for part in parts}
    totals = [part.total for part in parts if part.total is not None]
    count = max((*there, *totals))
    lost = count - len(there)
    if not lost:
        return None
    first = [
        str(number) for number in range(1, min(count, len(there) + PARTS_NAMED) + 1) if number not in there
    ]
    named = ", ".join(first[:PARTS_NAMED]) + (" …" if lost > PARTS_NAMED else "")
    if lost == 1:
        return message("Part {number} of {count} of the image is missing.", number=named, count=count)
    return message("Parts {numbers} of {count} of the image are missing.", numbers=named, count=count)
