"""A mask of an image as the points of an annotation, and back.

The points go along the sides of the pixels, so that they are whole numbers and nothing is lost: around each
part with the part to the right, and around each hole in it. Behind the corners of each line its first one
stands again, by which the next one is known to begin.
"""

from collections.abc import Sequence
from typing import Final

import numpy as np

from medviewer.imaging.annotation.annotation import Point
from medviewer.imaging.annotation.pixel_sides import SIDES, followed_sides
from medviewer.imaging.frame import Mask

OUTLINE: Final = "outline"
"""The kind of an annotation that is the reader's correction of a model's outline."""

NOTHING_OUTLINED: Final[tuple[Point, ...]] = ((0.0, 0.0),)
"""The points of an empty mask."""

FEWEST_CORNERS: Final = 4


def points_of_mask(mask: Mask) -> tuple[Point, ...]:
    """Return the lines around the parts of a mask and around their holes.

    Each begins at its uppermost left corner, which it passes once; (x, y) in pixels.
    """
    rows, columns = (np.flatnonzero(mask.any(axis=axis)) for axis in (1, 0))
    if not rows.size:
        return NOTHING_OUTLINED
    top, left = int(rows[0]), int(columns[0])
    part = mask[top : rows[-1] + 1, left : columns[-1] + 1]
    width = part.shape[1] + 1
    sides, following = followed_sides(part)
    corners, ways = (values.tolist() for values in np.divmod(sides, SIDES))
    passed = bytearray(len(corners))
    points: list[Point] = []
    for start in range(len(corners)):
        if passed[start]:
            continue
        first, at, way = len(points), start, -1
        while not passed[at]:
            passed[at] = True
            if ways[at] != way:  # a corner, and not only the end of a pixel's side
                y, x = divmod(corners[at], width)
                points.append((float(x + left), float(y + top)))
            at, way = following[at], ways[at]
        points.append(points[first])
    return tuple(points)


def lines_of_mask(points: Sequence[Point]) -> tuple[tuple[Point, ...], ...]:
    """Return the closed lines in the points of a mask, each corner once."""
    lines = []
    begin = 0
    while begin < len(points):
        end = next((n for n in range(begin + 1, len(points)) if points[n] == points[begin]), len(points))
        if end - begin >= FEWEST_CORNERS:
            lines.append(tuple(points[begin:end]))
        begin = end + 1
    return tuple(lines)


def mask_of_points(points: Sequence[Point], rows: int, columns: int) -> Mask:
    """Return the mask of an image of this size that points go around.

    Points of a file that somebody has changed give some mask within the image.
    """
    starts = np.zeros((rows, columns + 1), np.uint8)  # by how many lines the pixels from here on are left
    for line in lines_of_mask(points):
        across, down = np.asarray(line, np.float64).T
        x = np.rint(np.clip(across, 0, columns)).astype(np.intp)
        y = np.rint(np.clip(down, 0, rows)).astype(np.intp)
        for one in np.flatnonzero(x == np.roll(x, -1)).tolist():
            ends = y[one], y[(one + 1) % len(y)]
            starts[min(ends) : max(ends), x[one]] ^= 1
    return np.bitwise_xor.accumulate(starts, axis=1)[:, :-1].astype(bool)


def pixels_of_points(points: Sequence[Point]) -> int:
    """Return the number of pixels of the mask that points go around."""
    area = 0.0
    for line in lines_of_mask(points):
        x, y = np.asarray(line, np.float64).T
        area += float(np.dot(x, np.roll(y, -1)) - np.dot(y, np.roll(x, -1))) / 2  # of a hole below 0
    return round(abs(area))
