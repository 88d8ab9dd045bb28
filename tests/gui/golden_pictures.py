"""Comparison with golden pictures.

It goes by blocks, because machines smooth edges differently.
"""

import os
from pathlib import Path

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage

FOLDER = Path(__file__).parent / "golden"
BLOCK = 8  # pixels
MOST_IN_A_BLOCK = 40  # of 255, in the mean of one color
MOST_IN_ALL = 1.5


def blocks(image: QImage, side: int = BLOCK) -> np.ndarray:
    """Return the mean colors of a picture's blocks, (rows, columns, 3)."""
    image = image.convertToFormat(QImage.Format.Format_RGB888)
    pixels = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.bytesPerLine())
    pixels = pixels[:, : 3 * image.width()].reshape(image.height(), image.width(), 3).astype(np.float32)
    high, wide = image.height() // side, image.width() // side
    return pixels[: high * side, : wide * side].reshape(high, side, wide, side, 3).mean(axis=(1, 3))


def assert_as_kept(image: QImage, name: str, *, shrunk: int = 1) -> None:
    """Compare with the golden picture of a name.

    Where MEDVIEWER_GOLDEN is "write", it is kept as that one.

    Large ones are kept shrunk.
    """
    if shrunk > 1:
        keep, smooth = Qt.AspectRatioMode.IgnoreAspectRatio, Qt.TransformationMode.SmoothTransformation
        image = image.scaled(image.width() // shrunk, image.height() // shrunk, keep, smooth)
    file = FOLDER / f"{name}.png"
    if os.environ.get("MEDVIEWER_GOLDEN") == "write":
        image.save(str(file))
    kept = QImage(str(file))
    assert not kept.isNull(), f"there is no {file.name} yet"
    assert kept.size() == image.size()
    apart = np.abs(blocks(image, BLOCK // shrunk) - blocks(kept, BLOCK // shrunk))
    assert apart.max() <= MOST_IN_A_BLOCK
    assert apart.mean() <= MOST_IN_ALL
