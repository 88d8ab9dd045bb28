"""Brain of a CT slice, found inside the bone.

A network that sees skull, air and headrest learns the scanner; one that sees the brain alone, its gray
measured from the brain itself, holds better on another hospital's scanner. What is called brain here is the
largest soft region that bone encloses, whatever of it is fluid or blood. Where bone has a gap (orbits,
foramina, a craniotomy), the gap is closed, as little as does.
"""

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
import numpy.typing as npt

from medviewer.inference.input.placement import Image, Placement, part, resized

SIDE: Final = 160
"""Longer side of the small image that bone and brain are looked for on, in pixels."""

BONE_LEVELS: Final = ((245, 0.012), (180, 0.06))
"""Of 255, what is bone; and the least share of the image that the brain takes.

The first is for a window that ends at 100 HU. The second serves published images that were windowed wider.
"""

BONE_SHARE: Final = 0.27  # of a small pixel's area
GAPS: Final = (3, 7, 13, 21)  # that are closed, in small pixels
ENOUGH: Final = 0.6  # of the area that the widest closing gives
AIR: Final = 20  # of 255: below it is nothing soft
NOT_BONE: Final = 235
MARGIN: Final = 1.06
BRAIN_GRAY: Final = np.float32(0.35)
"""Where the median of the brain comes to lie, of white."""

CONTRAST: Final = np.float32(255 / 160)
"""Black to white are 75 HU of a window of 120 HU."""

Small = npt.NDArray[np.uint8]


@dataclass(frozen=True, slots=True, eq=False)
class Brain:
    """The brain of a slice: where it is, and how gray.

    Parameters
    ----------
    mask : (rows, columns) float32
        Of the image's own size, 1 inside and 0 outside.
    place : Placement
        A square around it.
    median : float
        Of its gray, as a share of white.
    """

    mask: npt.NDArray[np.float32]
    place: Placement
    median: np.float32

    def input_of(self, share: npt.NDArray[np.float32], size: int) -> npt.NDArray[np.float32]:
        """Return the brain alone, its median at BRAIN_GRAY.

        (size, size) float32, 0 to 1.
        """
        seen = resized(part(share, self.place), size, size)
        inside = resized(part(self.mask, self.place), size, size)
        return np.asarray(((seen - self.median) * CONTRAST + BRAIN_GRAY).clip(0, 1) * inside, np.float32)


def find_brain(image: Image, pixel_aspect: float, size: int) -> Brain | None:
    """Return the brain of a slice, or None where bone encloses none.

    Parameters
    ----------
    image : (rows, columns) uint8
    pixel_aspect : float
        Height of its pixels by their width.
    size : int
        Side of the square that it is to fill, in pixels.
    """
    whole = Placement.of(image.shape[0], image.shape[1], pixel_aspect, SIDE)
    shape = (whole.height, whole.width)
    small = np.rint(resized(image.astype(np.float32), *shape)).astype(np.uint8)
    for level, least in BONE_LEVELS:
        bone = (resized((image >= level).astype(np.float32), *shape) > BONE_SHARE).astype(np.uint8)
        found = [_enclosed(bone, (small > AIR) & (bone == 0), gap) for gap in GAPS]
        most = max(int(mask.sum()) for mask in found)
        if most >= least * SIDE * SIDE:
            mask = next(mask for mask in found if mask.sum() >= ENOUGH * most)
            return _brain(image, mask, small, size)
    return None


def _enclosed(bone: Small, is_soft: npt.NDArray[np.bool_], gap: int) -> Small:
    """Return the largest soft region inside bone, its gaps closed."""
    padded = cv2.copyMakeBorder(bone, gap, gap, gap, gap, cv2.BORDER_CONSTANT)
    closed = np.asarray(cv2.morphologyEx(padded, cv2.MORPH_CLOSE, _disc(gap)), np.uint8)[gap:-gap, gap:-gap]
    inside = _without_holes(closed) & (1 - closed)
    core = cv2.erode(inside * is_soft.astype(np.uint8), _disc(5))
    count, labels, boxes, _ = cv2.connectedComponentsWithStats(core, connectivity=4)
    if count < 2:
        return np.zeros_like(bone)
    largest = 1 + int(np.argmax(boxes[1:, cv2.CC_STAT_AREA]))
    grown = np.asarray(cv2.dilate((labels == largest).astype(np.uint8), _disc(7)), np.uint8)
    return _without_holes(grown & inside)


def _without_holes(mask: Small) -> Small:
    """Return a mask with everything that it encloses."""
    free = cv2.copyMakeBorder(1 - mask, 1, 1, 1, 1, cv2.BORDER_CONSTANT, value=1)
    _, labels = cv2.connectedComponents(free, connectivity=4)
    return np.asarray(labels != labels[0, 0], np.uint8)[1:-1, 1:-1]


def _disc(side: int) -> Small:
    return np.asarray(cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (side, side)), np.uint8)


def _brain(image: Image, mask: Small, small: Small, size: int) -> Brain:
    rows, columns = image.shape
    down, across = rows / mask.shape[0], columns / mask.shape[1]
    ys, xs = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    top, bottom, left, right = ys[0] * down, (ys[-1] + 1) * down, xs[0] * across, (xs[-1] + 1) * across
    # a square in the patient: as many small pixels down as across
    half = max(len(range(ys[0], ys[-1] + 1)), len(range(xs[0], xs[-1] + 1))) / 2 * MARGIN
    first_row, first_column = (
        round((top + bottom) / 2 - half * down),
        round((left + right) / 2 - half * across),
    )
    place = Placement(
        max(1, round(2 * half * down)),
        max(1, round(2 * half * across)),
        size,
        size,
        0,
        0,
        first_row,
        first_column,
    )
    tissue = small[(mask > 0) & (small > AIR) & (small < NOT_BONE)]
    median = np.float32(np.median(tissue) / 255 if tissue.size else BRAIN_GRAY)
    soft = cv2.resize(mask.astype(np.float32), (columns, rows), interpolation=cv2.INTER_LINEAR)
    return Brain(np.asarray(soft, np.float32), place, median)
