"""Places for the labels of annotations.

Beside their drawing, off other labels and texts, and where there is black if some is near: a label hides
nothing that is looked at.
"""

import math
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from typing import Final

import numpy as np
import numpy.typing as npt

from medviewer.imaging.annotation import Point
from medviewer.imaging.frame import DisplayImage
from medviewer.viewer.render.pyramid import Seen

RINGS: Final = (0.0, 1.5, 3.5, 6.0, 9.0)  # distances from the drawing, in heights of a line of text
SIDES: Final = tuple(
    (math.cos(math.radians(turn)), math.sin(math.radians(turn)))
    for turn in (0, 45, 90, 135, 180, 225, 270, 315)
)
ON_A_TEXT: Final = 100.0  # costs
OUTSIDE: Final = 50.0
ON_A_LINE: Final = 4.0
ON_WHITE: Final = 6.0
FARTHEST: Final = 2.0
MAP_SIDE: Final = 160  # of the picture in which brightness is looked up


class Brightness:
    """The mean gray of any box of an image, 0 for black to 1 for white.

    Parameters
    ----------
    image : (rows, columns) or (rows, columns, 3) uint8
        As it is seen.
    box : (left, top, right, bottom)
        Where it lies on what is painted on.
    """

    def __init__(self, image: DisplayImage, box: Seen) -> None:
        step = max(1, max(image.shape[:2]) // MAP_SIDE)
        small = image[step // 2 :: step, step // 2 :: step].astype(np.float64)
        gray = small.mean(axis=2) if small.ndim == 3 else small
        self._sums = np.zeros((gray.shape[0] + 1, gray.shape[1] + 1))
        self._sums[1:, 1:] = gray.cumsum(axis=0).cumsum(axis=1) / 255
        self._box = box

    def within(self, box: Seen) -> float:
        """Return the mean over a box; black beside the image."""
        left, top, right, bottom = self._box
        rows, columns = (size - 1 for size in self._sums.shape)
        across, down = columns / max(1e-9, right - left), rows / max(1e-9, bottom - top)
        x0, x1 = (_clipped((x - left) * across, columns) for x in (box[0], box[2]))
        y0, y1 = (_clipped((y - top) * down, rows) for y in (box[1], box[3]))
        area = max(1.0, (box[2] - box[0]) * across * (box[3] - box[1]) * down)
        sums: npt.NDArray[np.float64] = self._sums
        return float((sums[y1, x1] - sums[y0, x1] - sums[y1, x0] + sums[y0, x0]) / area)


class LabelPlaces:
    """Gives labels their places, one after another, each off those before.

    Parameters
    ----------
    area : (left, top, right, bottom)
        In which labels stay where there is room.
    texts : sequence of boxes
        That no label covers.
    brightness : Brightness, optional
        Of the image under them.
    """

    def __init__(self, area: Seen, texts: Sequence[Seen] = (), brightness: Brightness | None = None) -> None:
        self.area, self._brightness = area, brightness
        self._texts = list(texts)
        self._lines: list[tuple[Point, Point]] = []

    def add_line(self, points: Iterable[Point]) -> None:
        """Note a line that labels keep off."""
        self._lines += pairwise(points)

    def add_text(self, box: Seen) -> None:
        """Note a text that labels keep off."""
        self._texts.append(box)

    def place(self, around: Sequence[Point], wide: float, high: float, line: float) -> Point:
        """Return the upper left corner of a label, and note it.

        Parameters
        ----------
        around : sequence of points
            Of its drawing.
        wide, high, line : float
            Its size, and the height of a line of text.
        """
        gap = line / 2
        low_x, high_x = min(p[0] for p in around), max(p[0] for p in around)
        low_y, high_y = min(p[1] for p in around), max(p[1] for p in around)
        reach = (low_x - RINGS[-1] * line - wide, low_y - RINGS[-1] * line - high)
        far = (high_x + RINGS[-1] * line + wide, high_y + RINGS[-1] * line + high)
        lines = [one for one in self._lines if _may_meet(one, (*reach, *far))]
        best, least = (around[-1][0] + gap, around[-1][1] + gap), math.inf
        for ring in RINGS:
            if least <= FARTHEST * ring / RINGS[-1]:
                break  # no farther place is better
            for x, y in _beside(around, wide, high, gap + ring * line):
                start = FARTHEST * ring / RINGS[-1]
                cost = self._cost((x, y, x + wide, y + high), lines, start, least)
                if cost < least:
                    best, least = (x, y), cost
        x = max(self.area[0], min(best[0], self.area[2] - wide))
        y = max(self.area[1], min(best[1], self.area[3] - high))
        self.add_text((x, y, x + wide, y + high))
        return x, y

    def _cost(self, box: Seen, lines: list[tuple[Point, Point]], start: float, most: float) -> float:
        """Return the cost of a place, in part where above `most`."""
        left, top, right, bottom = self.area
        cost = start
        if box[0] < left or box[1] < top or box[2] > right or box[3] > bottom:
            cost += OUTSIDE
        if cost < most and self._brightness is not None:
            cost += ON_WHITE * self._brightness.within(box)
        if cost < most:
            cost += ON_A_TEXT * sum(_overlap(box, other) for other in self._texts)
        if cost < most:
            cost += ON_A_LINE * sum(_crosses(one, box) for one in lines)
        return cost


def _beside(around: Sequence[Point], wide: float, high: float, gap: float) -> Iterator[Point]:
    """Yield upper left corners of boxes beside points, to all sides."""
    for x, y in reversed(around):
        for across, down in SIDES:
            middle = x + across * (gap + wide / 2), y + down * (gap + high / 2)
            yield middle[0] - wide / 2, middle[1] - high / 2


def _clipped(place: float, most: int) -> int:
    return max(0, min(most, round(place)))


def _overlap(one: Seen, other: Seen) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def _may_meet(line: tuple[Point, Point], box: Seen) -> bool:
    (x0, y0), (x1, y1) = line
    return max(x0, x1) >= box[0] and min(x0, x1) <= box[2] and max(y0, y1) >= box[1] and min(y0, y1) <= box[3]


def _crosses(line: tuple[Point, Point], box: Seen) -> bool:
    """Return whether a line meets a box."""
    if not _may_meet(line, box):
        return False
    (x0, y0), (x1, y1) = line
    sides = [
        (x1 - x0) * (y - y0) - (y1 - y0) * (x - x0)
        for x, y in ((box[0], box[1]), (box[2], box[1]), (box[2], box[3]), (box[0], box[3]))
    ]
    return min(sides) <= 0 <= max(sides)
