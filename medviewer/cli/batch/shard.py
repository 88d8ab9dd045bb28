"""The part of a batch that one machine classifies.

Whole stacks are shared out, so that the rule of a model for series sees all of a series. Every machine reads
all headers and finds the same parts from them.
"""

import argparse
import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Self

from medviewer.dicom.model import StoredStack
from medviewer.translation import translate

SCHEMA: Final = 1
MOST_PARTS: Final = 9_999


@dataclass(frozen=True, slots=True)
class Shard:
    """One of several parts of a batch.

    Parameters
    ----------
    number : int
        From 1.
    count : int
        How many parts there are.
    """

    number: int
    count: int

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read "2/8", for an option of the command line.

        Raises
        ------
        argparse.ArgumentTypeError
            It is none.
        """
        number, _, count = text.partition("/")
        if not (number.isdecimal() and count.isdecimal() and text.isascii() and len(text) <= 9):
            raise argparse.ArgumentTypeError(
                translate("{text} is not a part such as 2/8, the second of eight", text=text[:40])
            )
        if not 1 <= int(number) <= int(count) <= MOST_PARTS:
            raise argparse.ArgumentTypeError(translate("there is no part {text}", text=text))
        return cls(int(number), int(count))

    def chosen(self, sizes: Sequence[int]) -> frozenset[int]:
        """Return the places of the stacks in this part.

        The largest stack is given away first, each to the part that has the fewest slices so far.

        Parameters
        ----------
        sizes : sequence of int
            The number of slices of each stack of the batch.
        """
        filled = [0] * self.count
        mine: list[int] = []
        for place in sorted(range(len(sizes)), key=lambda place: (-sizes[place], place)):
            part = filled.index(min(filled))
            filled[part] += sizes[place]
            if part == self.number - 1:
                mine.append(place)
        return frozenset(mine)


WHOLE: Final = Shard(1, 1)


def batch_hash(stacks: Iterable[tuple[StoredStack, Sequence[int]]]) -> str:
    """Return the SHA-256 of the slices of a batch in their order."""
    found = hashlib.sha256()
    for stack, indices in stacks:
        found.update(f"stack {len(indices)}\n".encode())
        for index in indices:
            reference = stack.frames[index]
            found.update(f"{reference.sop_instance_uid} {reference.frame_number}\n".encode())
    return found.hexdigest()


def part_record(
    shard: Shard, rows: Mapping[int, Mapping[str, Any]], *, slices: int, about: Mapping[str, str]
) -> dict[str, Any]:
    """Return a part as `merge` takes it, for JSON.

    Parameters
    ----------
    rows : mapping of int to row
        By place in the whole batch, from 0.
    slices : int
        Of the whole batch.
    about : mapping
        What all parts of the batch have in common: slices, model, answer, version.
    """
    return {
        "schema": SCHEMA,
        "part": shard.number,
        "parts": shard.count,
        "slices": slices,
        "about": dict(about),
        "places": list(rows),
        "rows": list(rows.values()),
    }
