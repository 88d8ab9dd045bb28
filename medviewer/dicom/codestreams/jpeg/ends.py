"""Detection of JPEG images whose end the decoder made up.

Cut data may have an end marker again. What is made up for a lack of data is known, and so is what would
have been coded for it (ITU-T T.81).
"""

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from medviewer.dicom.codestreams.codestream import START_OF_FRAME, Codec, Codestream
from medviewer.dicom.codestreams.jpeg.tables import (
    SCAN_MARKER,
    STEPS,
    code_of_zero,
    codes,
    end_of_data,
    end_of_image,
    huffman_tables,
    restart_interval,
    restart_marks,
    segments,
    tables_of_scan,
)
from medviewer.dicom.codestreams.jpeg.tail import ends_with_other_blocks

Pixels = npt.NDArray[Any]
Values = npt.NDArray[np.int64]

LAST_PIXELS: Final = 16
LOOKED_AT_FIRST: Final = 2 * LAST_PIXELS
MOST_ALIKE: Final = 1 << 16  # pixels without a difference that are looked at
MOST_ROWS: Final = 64  # at a time
MOST_BITS: Final = 160  # of their codes
MOST_OVER: Final = 8  # bytes behind them: padding
WIDEST: Final = 16  # category of a difference
LEAST_STEP: Final = 4
PREDICTORS: Final[dict[int, Callable[[Values, Values, Values], Values]]] = {
    1: lambda left, above, corner: left,
    2: lambda left, above, corner: above,
    3: lambda left, above, corner: corner,
    4: lambda left, above, corner: left + above - corner,
    5: lambda left, above, corner: left + (above - corner >> 1),
    6: lambda left, above, corner: above + (left - corner >> 1),
    7: lambda left, above, corner: left + above >> 1,
}
"""From the values left, above, and above left (H.1.2.1)."""


def may_be_truncated(pixels: Pixels, content: bytes, head: Codestream) -> bool:
    """Return whether the last pixels may be made up despite an end marker."""
    if head.codec is Codec.JPEG_LS:
        return False  # its decoder raises
    if not head.is_one_scan:
        return True
    if head.codec is Codec.JPEG:  # a block without data is gray
        down, across = head.unit
        top, left = (head.rows - 1) // down * down, (head.columns - 1) // across * across
        last = pixels[(top + head.rows) // 2 :, (left + head.columns) // 2 :]
        is_gray = bool((last == 1 << head.precision - 1).all())
        is_doubtful = is_gray or not _ends_with_a_block(content, head)
        return is_doubtful or holds_other_data(pixels, content, head)
    return holds_other_data(pixels, content, head)


def holds_other_data(pixels: Pixels, content: bytes, head: Codestream) -> bool:
    """Return whether bytes of a JPEG are certainly not those of its image.

    Decoders find their place again behind such bytes, but then have pixels too many or too few. False where
    that is not known.
    """
    if not head.is_one_scan or head.codec is Codec.JPEG_LS:
        return False
    if not _has_its_restarts(content, head):
        return True
    if head.codec is Codec.JPEG:
        return ends_with_other_blocks(pixels, content, head)
    if head.is_subsampled:
        return False
    if head.precision < 8 * pixels.itemsize and int(pixels.max()) >> head.precision:
        return True
    return not _are_coded_last(_last_differences(pixels, content, head), content, head)


def _has_its_restarts(content: bytes, head: Codestream) -> bool:
    """Return whether restart marks are complete and in order (F.2.2.5)."""
    interval = restart_interval(content, head)
    if not interval:
        return True
    down, across = head.unit
    units = -(-head.rows // down) * -(-head.columns // across)
    marks = restart_marks(content, head.coded_at, end_of_data(content, head))
    return [content[place + 1] & 7 for place in marks] == [
        number % 8 for number in range((units - 1) // interval)
    ]


def _ends_with_a_block(content: bytes, head: Codestream) -> bool:
    """Return whether coded data may end with a block.

    Most end with a code for it, and bits to fill a byte. Where coefficients are kept so exactly that the
    last one of a block is often there, nothing tells.
    """
    code, step = _end_of_block(content[: head.coded_at], head)
    if not code or step < LEAST_STEP:
        return True
    end = end_of_image(content, head)
    last = "".join(
        f"{byte:08b}" for byte in content[max(head.coded_at, end - 4) : end].replace(b"\xff\0", b"\xff")
    )
    return any(last.endswith(code + filler * count) for filler in "10" for count in range(8))


@lru_cache(maxsize=16)
def _end_of_block(content: bytes, head: Codestream) -> tuple[str, int]:
    """Return the end-of-block code and the step of the last coefficient.

    Both are those of the last component.
    """
    start = content.rfind(SCAN_MARKER) + 4
    name, selected = content[start + 2 * content[start] - 1 : start + 2 * content[start] + 1]
    steps: dict[int, int] = {}
    number = 0
    for marker, body in segments(content, head):
        if marker in START_OF_FRAME:
            number = {body[at]: body[at + 2] for at in range(6, len(body) - 2, 3)}.get(name, 0)
        while marker == STEPS and body:
            size = 128 if body[0] >> 4 else 64
            steps[body[0] & 15] = int.from_bytes(body[size + 1 - size // 64 : size + 1], "big")
            body = body[size + 1 :]
    code = code_of_zero(huffman_tables(content, head).get(0x10 | selected & 15))
    return code, steps.get(number, 0)


def _last_differences(pixels: Pixels, content: bytes, head: Codestream) -> Values:
    """Return the last pixels' differences from their prediction (H.1.2.1).

    Of so many that not all of them are 0, as far as that is near.
    """
    start = content.rfind(SCAN_MARKER, 0, head.coded_at) + 4
    predictor = content[start + 1 + 2 * content[start]]
    transform = content[start + 3 + 2 * content[start]] & 15
    predict = PREDICTORS.get(predictor, PREDICTORS[1])
    top = _first_row(content, head)
    middle = 1 << head.precision - transform - 1
    if head.columns > LOOKED_AT_FIRST and head.rows > top + 1:  # a part of the last row, mostly enough
        part = pixels[-2:, -LOOKED_AT_FIRST - 1 :].astype(np.int64) >> transform
        last = _differences(part, predict, middle, is_first=False)[1:]  # the first one's left is not there
        if last[LAST_PIXELS - 1 :].any():
            return last
    found: list[Values] = []
    stop, height = head.rows, 1
    while stop > top and sum(map(len, found)) < MOST_ALIKE:
        first = max(top, stop - height)
        rows = pixels[max(top, first - 1) : stop].astype(np.int64) >> transform
        found.insert(0, _differences(rows, predict, middle, first == top))
        changed = np.flatnonzero(found[0].any(-1))
        if len(changed):
            there = sum(map(len, found)) - int(changed[-1])
            if there >= LAST_PIXELS or first == top:
                return np.concatenate(found)[-there - LAST_PIXELS :]
        stop, height = first, min(2 * height, MOST_ROWS)
    return np.concatenate(found)


def _differences(
    rows: Values, predict: Callable[[Values, Values, Values], Values], middle: int, is_first: bool
) -> Values:
    """Return (pixels, components) differences of rows from their prediction.

    Of all rows behind the first one.

    Parameters
    ----------
    middle : int
        What the very first pixel is predicted to be.
    is_first : bool
        The first row has none above it and is returned, too.
    """
    rows = rows if rows.ndim == 3 else rows[..., None]
    found = []
    if is_first:
        found.append(np.diff(rows[0], axis=0, prepend=np.full_like(rows[0, :1], middle)))
    below, above = rows[1:], rows[:-1]
    left = predict(below[:, :-1], above[:, 1:], above[:, :-1])
    predicted = np.concatenate((above[:, :1], left), 1)
    found.append((below - predicted).reshape(-1, rows.shape[-1]))
    return (np.concatenate(found) + 0x8000 & 0xFFFF) - 0x8000


def _first_row(content: bytes, head: Codestream) -> int:
    """Return the first row behind the last restart (H.1.1)."""
    interval = restart_interval(content, head)
    rows = max(1, interval // head.columns)
    return (head.rows - 1) // rows * rows if interval else 0


def _are_coded_last(differences: Values, content: bytes, head: Codestream) -> bool:
    """Return whether coded data ends with the codes of the last pixels.

    Otherwise a decoder had bytes left over, or made them up.
    """
    tables = _codes(content[: head.coded_at], head)
    if not len(differences) or not tables:
        return True
    of_scan = [tables.get(number, NO_CODES) for number in tables_of_scan(content, head)]
    changed = np.flatnonzero(differences.any(-1))
    alike = len(differences) - 1 - int(changed[-1]) if len(changed) else len(differences)
    pixels = differences[max(0, len(differences) - alike - LAST_PIXELS) : len(differences) - alike].tolist()
    wanted = "".join([own[value] for one in pixels for value, own in zip(one, of_scan, strict=True)])
    wanted = wanted[-MOST_BITS:] + "".join([own[0] for own in of_scan]) * alike
    end = end_of_data(content, head)
    begin = max(head.coded_at, end - len(wanted) // 4 - 2 * MOST_OVER)
    data = content[begin:end].replace(b"\xff\0", b"\xff")
    coded = f"{int.from_bytes(data, 'big'):0{8 * len(data)}b}"
    return coded.find(wanted, max(0, len(coded) - len(wanted) - 8 * MOST_OVER - 8)) >= 0


class _Codes(dict[int, str]):
    """The bits of differences, made when they are asked for (H.1.2.2).

    "?" where one has none.
    """

    def __init__(self, categories: Mapping[int, str]) -> None:
        super().__init__()
        self._categories = categories

    def __missing__(self, difference: int) -> str:
        category = abs(difference).bit_length()
        made = "?"
        if category in self._categories:
            bits = category % WIDEST  # the widest has but one value
            value = difference if difference > 0 else difference + (1 << bits) - 1
            made = self._categories[category] + (f"{value:0{bits}b}" if bits else "")
        self[difference] = made
        return made


NO_CODES: Final = _Codes({})


@lru_cache(maxsize=16)
def _codes(content: bytes, head: Codestream) -> dict[int, _Codes]:
    return {number: _Codes(codes(table)) for number, table in huffman_tables(content, head).items()}
