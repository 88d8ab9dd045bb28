"""Comparison of a written file with its intended content."""

from pathlib import Path
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from medviewer.errors import ReadBackError


def refuse_other_pixels(
    path: Path, content: bytes, pixels: npt.NDArray[Any], *, tolerance: float = 0.0
) -> None:
    """Decode a file with another library than the one that wrote it.

    Parameters
    ----------
    pixels : (rows, columns) or (rows, columns, 3)
        As they were given to be written.
    tolerance : float
        By which they may differ on average, in a format with loss.

    Raises
    ------
    ReadBackError
        It holds other bytes, or decodes to other pixels.
    """
    refuse_other_bytes(path, content)
    how = cv2.IMREAD_COLOR_RGB if pixels.ndim == 3 else cv2.IMREAD_UNCHANGED
    decoded = cv2.imdecode(np.frombuffer(content, np.uint8), how) if content else None
    if decoded is None or decoded.shape != pixels.shape:
        raise ReadBackError(path=path)
    if tolerance:
        is_same = float(cv2.absdiff(decoded, np.ascontiguousarray(pixels)).mean()) <= tolerance
    else:
        is_same = np.array_equal(decoded, pixels, equal_nan=pixels.dtype.kind == "f")
    if not is_same:
        raise ReadBackError(path=path)


def refuse_other_bytes(path: Path, content: bytes) -> None:
    """Read a file and compare its bytes.

    Raises
    ------
    ReadBackError
    """
    try:
        written = path.read_bytes()
    except OSError as error:
        raise ReadBackError(path=path) from error
    if written != content:
        raise ReadBackError(path=path)
