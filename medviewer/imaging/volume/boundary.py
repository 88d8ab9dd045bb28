"""Outlines of masks along the sides of their pixels."""

from typing import Final

import cv2
import numpy as np

from medviewer.imaging.annotation import DOWN, SIDES, UP, followed_sides
from medviewer.imaging.frame import Mask

Corner = tuple[int, int]
Line = tuple[Corner, ...]

FEWEST_AROUND: Final = 7  # pixels that can enclose others


class Boundary:
    """Sides of the pixels of a mask, as outlines of its connected parts.

    Pixels that touch at a corner only are apart. An outline has corners (x, y) between pixels, clockwise from
    the left corner of its first pixel; the first corner is not said again at the end.

    Parameters
    ----------
    mask : (rows, columns) bool
    """

    def __init__(self, mask: Mask) -> None:
        count, self._labels, stats, _ = cv2.connectedComponentsWithStats(
            np.ascontiguousarray(mask).view(np.uint8), connectivity=SIDES
        )
        self.count = count - 1
        self._stats = stats

    def around(self, row: int, column: int) -> Line:
        """Return the outline of the part that holds a pixel of the mask."""
        return self._lines([int(self._labels[row, column])], 1)[0]

    def largest(self, most: int = 0) -> tuple[Line, ...]:
        """Return the outlines that enclose most, the largest first.

        Parameters
        ----------
        most : int
            How many; 0: all.
        """
        parts = 1 + np.arange(self.count)
        if 0 < most < self.count:
            least = self._stats[1:, cv2.CC_STAT_AREA]
            boxes = self._stats[1:, cv2.CC_STAT_WIDTH] * self._stats[1:, cv2.CC_STAT_HEIGHT].astype(np.int64)
            greatest = np.where(least < FEWEST_AROUND, least, boxes)
            parts = parts[greatest >= np.partition(least, -most)[-most]]
        return tuple(self._lines(parts.tolist(), most or self.count))

    def _lines(self, parts: list[int], most: int) -> list[Line]:
        """Return outlines of some parts, those that enclose most."""
        if not parts:
            return []
        are_chosen = np.zeros(self.count + 1, bool)
        are_chosen[parts] = True
        width = self._labels.shape[1] + 1
        sides, following = followed_sides(are_chosen[self._labels])
        rows = self._stats[parts, cv2.CC_STAT_TOP].tolist()
        columns = [int(np.argmax(self._labels[row] == part)) for row, part in zip(rows, parts, strict=True)]
        firsts = SIDES * (np.array(rows, np.int64) * width + columns)
        passed: list[int] = []
        starts = []
        for start in np.searchsorted(sides, firsts).tolist():
            starts.append(len(passed))
            passed.append(start)
            at = following[start]
            while at != start:
                passed.append(at)
                at = following[at]
        corners, ways = np.divmod(sides[passed], SIDES)
        y, x = np.divmod(corners, width)
        areas = np.add.reduceat(x * ((ways == DOWN).astype(np.int64) - (ways == UP)), starts)
        ends = [*starts[1:], len(passed)]
        lines = []
        for one in np.lexsort((firsts, -areas))[:most].tolist():
            of = slice(starts[one], ends[one])
            turns = np.diff(ways[of], prepend=ways[ends[one] - 1]) != 0
            lines.append(tuple(zip(x[of][turns].tolist(), y[of][turns].tolist(), strict=True)))
        return lines


def enclosed_area(line: Line) -> float:
    """Return the area within a line, in pixels; its holes are in it."""
    x, y = np.asarray(line, np.float64).T
    return abs(float(np.dot(x, np.roll(y, -1)) - np.dot(y, np.roll(x, -1)))) / 2
