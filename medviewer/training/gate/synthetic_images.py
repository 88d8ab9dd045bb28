"""Made images for the pixel gate: negatives and harmless changes.

A negative is what resembles the wanted image in texture and is none: turned, inverted, a small part, bent to
the fan of a curved probe, a round part on black. A harmless change is another exposure, a margin, a closer
cut.
"""

from collections.abc import Callable
from typing import Final

import cv2
import numpy as np
import numpy.typing as npt

Gray = npt.NDArray[np.uint8]


def cut(image: Gray, rng: np.random.Generator) -> Gray:
    """Return a part of a third to half of each side."""
    rows, columns = image.shape
    share = rng.uniform(0.3, 0.5)
    tall, wide = int(rows * share), int(columns * share)
    top, left = int(rng.integers(0, rows - tall)), int(rng.integers(0, columns - wide))
    return image[top : top + tall, left : left + wide]


def fan(image: Gray, rng: np.random.Generator) -> Gray:
    """Return the image bent as a curved probe would show it, black beside."""
    rows, columns = image.shape
    side, half, inner = 256, rng.uniform(0.45, 0.8), rng.uniform(0.05, 0.35)
    down, across = np.indices((side, side), dtype=np.float32)
    away = np.hypot(down + inner * side, across - side / 2)
    angle = np.arctan2(across - side / 2, down + inner * side)
    column = ((angle / half + 1) / 2 * (columns - 1)).astype(np.float32)
    row = ((away - inner * side) / (side * 0.97) * (rows - 1)).astype(np.float32)
    return np.asarray(cv2.remap(image, column, row, cv2.INTER_LINEAR, borderValue=0.0), np.uint8)


def round_part(image: Gray, rng: np.random.Generator) -> Gray:
    """Return a part of the image in an ellipse on black."""
    side = min(image.shape)
    mask = np.zeros((side, side), np.uint8)
    axes = (int(side * rng.uniform(0.3, 0.48)), int(side * rng.uniform(0.3, 0.48)))
    cv2.ellipse(mask, (side // 2, side // 2), axes, 0, 0, 360, 1, -1)
    return np.asarray(cv2.resize(cut(image, rng), (side, side)) * mask, np.uint8)


def harmless(image: Gray, rng: np.random.Generator) -> Gray:
    """Return the image with another exposure, and a margin or a closer cut."""
    shade = np.clip((image / 255) ** rng.uniform(0.6, 1.6) * rng.uniform(0.8, 1.2), 0, 1) * 255
    changed = np.asarray(np.rint(shade), np.uint8)
    if rng.uniform() < 0.5:
        border = int(max(image.shape) * rng.uniform(0, 0.15))
        return np.asarray(
            cv2.copyMakeBorder(changed, border, border, border, border, cv2.BORDER_CONSTANT), np.uint8
        )
    rows, columns = (int(side * rng.uniform(0, 0.08)) for side in image.shape)
    return changed[rows : image.shape[0] - rows, columns : image.shape[1] - columns]


NEGATIVES: Final[dict[str, Callable[[Gray, np.random.Generator], Gray]]] = {
    "turned by 90°": lambda image, _: np.rot90(image),
    "turned by 180°": lambda image, _: np.rot90(image, 2),
    "turned by 270°": lambda image, _: np.rot90(image, 3),
    "inverted": lambda image, _: np.subtract(255, image, dtype=np.uint8),
    "a part": cut,
    "fan": fan,
    "round on black": round_part,
}
