"""A seeded mutator of DICOM files: the same seed gives the same damage."""

import random
import struct
from collections.abc import Callable
from pathlib import Path
from typing import Final

import pydicom.data

MOST_SEED_BYTES: Final = 400_000
WHEEL: Final = Path(pydicom.data.__file__).parent / "test_files"
NASTY_LENGTHS: Final = (0, 1, 2, 0x7F, 0xFFFF, 0x7FFFFFFF, 0xFFFFFFFE, 0xFFFFFFFF)
NASTY_BYTES: Final = (0x00, 0x01, 0x1B, 0x5C, 0x7F, 0x80, 0xFF)
REPRESENTATIONS: Final = tuple(
    b"AE AS AT CS DA DS DT FD FL IS LO LT OB OD OF OL OV OW PN SH SL SQ SS ST SV TM UC UI UL UN UR US UT UV"
    b" ZZ".split()
)
PREAMBLE: Final = 132

Change = Callable[[random.Random, bytearray], None]


def seeds(*folders: Path) -> list[Path]:
    """Return the files to mutate.

    Those of pydicom's wheel, and small ones of other folders.
    """
    found = [path for folder in (WHEEL, *folders) for path in sorted(folder.rglob("*")) if path.is_file()]
    return [path for path in found if 200 < path.stat().st_size <= MOST_SEED_BYTES]


def _place(chance: random.Random, content: bytearray, size: int = 1) -> int:
    """Return a place, mostly in the header, where most structure is."""
    last = max(0, len(content) - size)
    if chance.random() < 0.7:
        return chance.randint(min(PREAMBLE, last), min(PREAMBLE + 3000, last))
    return chance.randint(0, last)


def flip_bit(chance: random.Random, content: bytearray) -> None:
    """Turn one bit round."""
    content[_place(chance, content)] ^= 1 << chance.randrange(8)


def set_byte(chance: random.Random, content: bytearray) -> None:
    """Replace one byte by one that parsers stumble over."""
    content[_place(chance, content)] = chance.choice(NASTY_BYTES)


def change_length(chance: random.Random, content: bytearray) -> None:
    """Replace a number of two or four bytes by one at a border."""
    code, size = chance.choice((("<H", 2), ("<I", 4)))
    mask = (1 << 8 * size) - 1
    struct.pack_into(code, content, _place(chance, content, 4), chance.choice(NASTY_LENGTHS) & mask)


def change_representation(chance: random.Random, content: bytearray) -> None:
    """Replace the value representation of an explicit element."""
    places = [
        at for at in range(PREAMBLE, min(len(content) - 8, 6000)) if bytes(content[at : at + 2]) in KNOWN
    ]
    if places:
        at = chance.choice(places)
        content[at : at + 2] = chance.choice(REPRESENTATIONS)


def truncate(chance: random.Random, content: bytearray) -> None:
    """Cut the end off."""
    del content[_place(chance, content) :]


def duplicate(chance: random.Random, content: bytearray) -> None:
    """Put a stretch in twice."""
    at = _place(chance, content)
    content[at:at] = content[at : at + chance.randint(1, 200)]


def delete(chance: random.Random, content: bytearray) -> None:
    """Take a stretch out."""
    at = _place(chance, content)
    del content[at : at + chance.randint(1, 200)]


def swap(chance: random.Random, content: bytearray) -> None:
    """Let two stretches change places."""
    size = chance.randint(1, 40)
    first, second = sorted((_place(chance, content, size), _place(chance, content, size)))
    if first + size <= second:
        one, other = content[first : first + size], content[second : second + size]
        content[first : first + size], content[second : second + size] = other, one


KNOWN: Final = frozenset(REPRESENTATIONS[:-1])
CHANGES: Final[tuple[Change, ...]] = (
    flip_bit,
    set_byte,
    change_length,
    change_representation,
    truncate,
    duplicate,
    delete,
    swap,
)


def mutated(seed: int, content: bytes) -> bytes:
    """Return a damaged copy, with one to four changes."""
    chance = random.Random(seed)
    changed = bytearray(content)
    for _ in range(chance.randint(1, 4)):
        if len(changed) > 16:
            chance.choice(CHANGES)(chance, changed)
    return bytes(changed)
