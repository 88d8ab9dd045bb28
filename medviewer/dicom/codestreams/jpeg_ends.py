"""Detection of JPEG images whose end the decoder made up.

Cut data may have an end marker again. What is made up for a lack of data is known, and so is what would
have been coded for it (ITU-T T.81).
"""

from collections.abc import Callable
from functools import lru_cache
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from medviewer.dicom.codestreams.codestream import START_OF_FRAME, Codec, Codestream
from medviewer.dicom.codestreams.jpeg_tables import (
    SCAN_MARKER,
    code_of_zero,
    end_of_image,
    huffman_tables,
    segments,
    tables_of_scan,
)

Pixels = npt.NDArray[Any]
Values = npt.NDArray[np.int64]

STEPS: Final = 0xDB  # DQT
LEAST_RUN: Final = 2  # pixels
LONGEST_RUN: Final = 16
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


def ends_doubtfully(pixels: Pixels, content: bytes, head: Codestream) -> bool:
    """Return whether the last pixels may be made up despite an end marker."""
    if head.codec is Codec.JPEG_LS:
        return False  # its decoder raises
    if not head.is_one_scan:
        return True
    if head.codec is Codec.JPEG:  # a block without data is gray
        down, across = head.unit
        dataset, left = (head.rows - 1) // down * down, (head.columns - 1) // across * across
        last = pixels[(dataset + head.rows) // 2 :, (left + head.columns) // 2 :]
        is_gray = bool((last == 1 << head.precision - 1).all())
        return is_gray or not _ends_with_a_block(content, head)
    return not _is_coded_run(_last_differences(pixels, content, head), content, head)


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

    Of the last component.
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
    """Return the last pixels' differences from their prediction (H.1.2.1)."""
    start = content.rfind(SCAN_MARKER, 0, head.coded_at) + 4
    predictor, transform = (
        content[start + 1 + 2 * content[start]],
        content[start + 3 + 2 * content[start]] & 15,
    )
    rows = pixels[-2:, -LONGEST_RUN - 1 :].astype(np.int64) >> transform
    left = rows[-1, :-1]
    above, corner = (rows[0, 1:], rows[0, :-1]) if len(rows) > 1 else (left, left)
    predicted = PREDICTORS.get(predictor, PREDICTORS[1])(left, above, corner)
    differences = (rows[-1, 1:] - predicted + 0x8000 & 0xFFFF) - 0x8000
    return differences if differences.ndim == 2 else differences[:, None]


def _is_coded_run(differences: Values, content: bytes, head: Codestream) -> bool:
    """Return whether coded data ends with codes that may be made up.

    A decoder without data reads zeros up to the end of a row, and makes no difference in those behind it.
    """
    if not len(differences):
        return True
    last = differences[-1]
    others = np.flatnonzero((differences != last).any(-1))
    count = len(differences) - 1 - int(others[-1]) if len(others) else len(differences)
    if count < LEAST_RUN:
        return True
    tables = _tables(content[: head.coded_at], head)
    if not tables:
        return True
    of_scan = [tables.get(number, (b"", b"")) for number in tables_of_scan(content, head)]
    codes = [code_of_zero(table) for table in of_scan]
    if last.any():
        zeros = [_zeros(table) for table in of_scan]
        if any(difference != value for difference, (value, _) in zip(last.tolist(), zeros, strict=True)):
            return True
        codes = ["0" * bits for _, bits in zeros]
    if "" in codes:
        return False
    wanted = "".join(codes) * count
    end = end_of_image(content, head)
    data = content[max(head.coded_at, end - len(wanted) // 4 - 4) : end].replace(b"\xff\0", b"\xff")
    coded = f"{int.from_bytes(data, 'big'):0{8 * len(data)}b}"
    return any(coded.endswith(wanted + filler * filled) for filler in "10" for filled in range(8))


@lru_cache(maxsize=16)
def _tables(content: bytes, head: Codestream) -> dict[int, tuple[bytes, bytes]]:
    return huffman_tables(content, head)


def _zeros(table: tuple[bytes, bytes]) -> tuple[int, int]:
    """Return the difference coded by zeros, and its number of bits (H.1.2.2)."""
    lengths, symbols = table
    length = next((number for number, count in enumerate(lengths, 1) if count), 0)
    category = symbols[0] if symbols else 0
    return 1 - (1 << category), length + category
