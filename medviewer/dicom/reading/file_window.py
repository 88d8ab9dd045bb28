"""Automatic window shared by all frames of a file that states none.

It is found before the first of them is shown. A window of its own for each frame makes the brightness of a
cine or a dose volume pump.
"""

import math
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Final

from medviewer.dicom.header import NATIVE
from medviewer.errors import UnreadableFile
from medviewer.imaging.display import has_same_values, shared_window
from medviewer.imaging.frame import Frame, Window

MEGAPIXEL: Final = 1 << 20
MOST_OTHERS: Final = 2
BUDGET_MS: Final = 8.0
"""The first picture waits for others so long; in a window that is open it takes some 100 ms to come."""

DECODING_MS: Final = {
    **dict.fromkeys(NATIVE, 1.0),
    "1.2.840.10008.1.2.5": 2.0,  # RLE
    "1.2.840.10008.1.2.4.50": 2.0,
    **dict.fromkeys((f"1.2.840.10008.1.2.4.{number}" for number in (51, 53, 55, 57, 70)), 7.0),
    **dict.fromkeys((f"1.2.840.10008.1.2.4.{number}" for number in (80, 81)), 17.0),  # JPEG-LS
    **dict.fromkeys((f"1.2.840.10008.1.2.4.{number}" for number in (201, 202, 203)), 5.0),  # HTJ2K
    **dict.fromkeys((f"1.2.840.10008.1.2.4.{number}" for number in (90, 91, 92, 93)), 110.0),  # JPEG 2000
}
"""About what a megapixel takes, by transfer syntax; others are taken as too slow."""


def frames_looked_at(transfer_syntax: str, rows: int, columns: int, count: int) -> tuple[int, ...]:
    """Return the frames, from 1, that are read for the window of one.

    () where it is not worth waiting for. The middle one, in which a stack opens, and others on both sides
    of it.
    """
    each = DECODING_MS.get(transfer_syntax, math.inf) * max(rows * columns / MEGAPIXEL, 0.01)
    others = min(MOST_OTHERS, count - 1, int(BUDGET_MS / each))
    if others < 1:
        return ()
    if count <= others + 1:
        return tuple(range(1, count + 1))
    parts = others + 1 + others % 2  # an even number of others lies around the middle
    places = [(2 * part + 1) * count // (2 * parts) for part in range(parts)][-(others + 1) :]
    return tuple(sorted({place + 1 for place in (*places, count // 2)}))


def file_window(frame: Frame, numbers: Sequence[int], read: Callable[[int], Frame]) -> Window | None:
    """Return the automatic window of a file's frames that lack one.

    None where none of them does. It is the same whichever frame is asked for first.

    Parameters
    ----------
    frame : Frame
        The one that is asked for.
    numbers : sequence of int
        As `frames_looked_at` gives them.
    read : callable
        Returns a frame by its number, from 1.
    """
    found = []
    for number in numbers:
        if number == frame.frame_number:
            found.append(frame)
            continue
        with suppress(UnreadableFile):  # it is said where that frame is shown
            found.append(read(number))
    return shared_window([one for one in found if has_same_values(one, frame)])
