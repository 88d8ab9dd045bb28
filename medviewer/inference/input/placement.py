"""Placement of an image in a network's square input.

Whole, stretched over it, or cut around the head.
"""

from dataclasses import dataclass
from typing import Any, Final

import cv2
import numpy as np
import numpy.typing as npt

HEAD_BRIGHTNESS: Final = 26
"""Of 255: between air and soft tissue in the window that the training pictures were made with."""

HEAD_PART: Final = 0.05
"""Of the largest bright thing's area: smaller ones are no part of the head, but air cells cut faces apart."""

HEAD_MARGIN: Final = 0.08

Image = npt.NDArray[Any]  # (rows, columns), uint8 or float32, 0 to 255
Floats = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Placement:
    """Placement of an image in the network's square input.

    One scale and one shift per axis, invertible. Positions are (row, column) of pixel centers; the first
    pixel's center is (0, 0) on both sides.
    """

    rows: int  # of the part of the image that is shown
    columns: int
    height: int  # of that part within the input
    width: int
    top: int
    left: int
    first_row: int = 0  # of that part; negative where it begins above the image
    first_column: int = 0

    @classmethod
    def of(cls, rows: int, columns: int, pixel_aspect: float, size: int) -> "Placement":
        """Fit an image into a square of side `size`.

        `pixel_aspect` is a pixel's height by its width.
        """
        tall, wide = rows * pixel_aspect, float(columns)
        scale = size / max(tall, wide)
        height, width = max(1, round(tall * scale)), max(1, round(wide * scale))
        return cls(rows, columns, height, width, (size - height) // 2, (size - width) // 2)

    @classmethod
    def filling(cls, rows: int, columns: int, size: int) -> "Placement":
        """Stretch a whole image over the square, whatever its shape."""
        return cls(rows, columns, size, size, 0, 0)

    @classmethod
    def around_head(cls, image: Image, pixel_aspect: float, size: int) -> "Placement":
        """Fit a square around bright regions of some size, or the whole image.

        The head is looked for on an image of the input's own size, so that a finer matrix of the same
        slice gives the same square; opening cuts thin things off, such as a headrest.
        """
        whole = cls.of(image.shape[0], image.shape[1], pixel_aspect, size)
        small = resized(image.astype(np.float32, copy=False), whole.height, whole.width) > HEAD_BRIGHTNESS
        opened = cv2.morphologyEx(small.astype(np.uint8), cv2.MORPH_OPEN, np.ones((3, 3), np.uint8))
        count, _, boxes, _ = cv2.connectedComponentsWithStats(opened)
        if count < 2:
            return whole
        areas = boxes[1:, cv2.CC_STAT_AREA]
        left, top, wide, tall, _ = boxes[1:][areas >= HEAD_PART * areas.max()].T
        right, bottom = (left + wide).max(), (top + tall).max()
        half = max(right - left.min(), bottom - top.min()) / 2 * (1 + HEAD_MARGIN)
        middle_row = (top.min() + bottom - 1) / 2 + whole.top
        middle_column = (left.min() + right - 1) / 2 + whole.left
        first = whole.to_frame(middle_row - half, middle_column - half)
        last = whole.to_frame(middle_row + half, middle_column + half)
        first_row, first_column = round(first[0]), round(first[1])
        rows, columns = max(1, round(last[0]) - first_row), max(1, round(last[1]) - first_column)
        return cls(rows, columns, size, size, 0, 0, first_row, first_column)

    def to_frame(self, row: float, column: float) -> tuple[float, float]:
        """Return the frame position of an input pixel.

        Outside the frame over the black bars.
        """
        return (
            (row - self.top + 0.5) * self.rows / self.height - 0.5 + self.first_row,
            (column - self.left + 0.5) * self.columns / self.width - 0.5 + self.first_column,
        )


def part(image: Image, place: Placement) -> Image:
    """Cut out the placed part, black where it exceeds the image."""
    shown = np.zeros((place.rows, place.columns), image.dtype)
    top, left = max(0, place.first_row), max(0, place.first_column)
    seen = image[top : place.first_row + place.rows, left : place.first_column + place.columns]
    start_row, start_column = top - place.first_row, left - place.first_column
    shown[start_row : start_row + seen.shape[0], start_column : start_column + seen.shape[1]] = seen
    return shown


def resized(image: npt.NDArray[np.float32], height: int, width: int) -> npt.NDArray[np.float32]:
    """Return an image at another size.

    It is averaged over areas where it shrinks, and linear where it grows.
    """
    rows, columns = image.shape
    # OpenCV's area resampling needs both axes to shrink; an axis that grows is done afterwards
    smaller = (min(width, columns), min(height, rows))
    if smaller != (columns, rows):
        image = np.asarray(cv2.resize(image, smaller, interpolation=cv2.INTER_AREA), np.float32)
    if smaller != (width, height):
        image = np.asarray(cv2.resize(image, (width, height), interpolation=cv2.INTER_LINEAR), np.float32)
    return image


def laid_back(values: npt.NDArray[np.float32], place: Placement, shape: tuple[int, int], size: int) -> Floats:
    """Return values over the network's input as they lie over the image.

    Parameters
    ----------
    values : (h, w) float32
        Over the whole input, at any resolution.
    place : Placement
        Of the image in the input.
    shape : (rows, columns)
        Of the image.
    size : int
        Side of the input.

    Returns
    -------
    (rows, columns) float32
        Where the input shows nothing of the image, the lowest of the values.
    """
    square = resized(values, size, size)
    inside = square[place.top : place.top + place.height, place.left : place.left + place.width]
    shown = resized(np.ascontiguousarray(inside), place.rows, place.columns)
    back = np.full(shape, values.min(), np.float32)
    top, left = max(0, place.first_row), max(0, place.first_column)
    bottom = min(shape[0], place.first_row + place.rows)
    right = min(shape[1], place.first_column + place.columns)
    if bottom > top and right > left:
        row, column = top - place.first_row, left - place.first_column
        back[top:bottom, left:right] = shown[row : row + bottom - top, column : column + right - left]
    return back
