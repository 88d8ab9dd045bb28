"""Places for the labels of annotations.

Beside their drawing, off other labels and texts, and where there is black if some is near: a label hides
nothing that is looked at.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from medviewer.imaging.annotation import Point
from medviewer.imaging.frame import DisplayImage
from medviewer.viewer.render.pyramid import Bounds

Numbers = npt.NDArray[np.float64]

RINGS: Final = (0.0, 1.5, 3.5, 6.0, 9.0)
"""Distances from the drawing, in heights of a line of text."""

MOST_LINES: Final = 16
"""So many heights of a line lies a label from its drawing at most; a number is read beside what it is of."""

SIDES: Final = tuple(
    (math.cos(math.radians(turn)), math.sin(math.radians(turn)))
    for turn in (0, 45, 90, 135, 180, 225, 270, 315)
)
ON_A_TEXT: Final = 100.0  # costs
OUTSIDE: Final = 50.0
ON_A_LINE: Final = 4.0
ON_WHITE: Final = 10.0
ON_THE_BODY: Final = 3.0  # also in part
FARTHEST: Final = 2.0
SIDE_GAP: Final = 4.0  # pixels between a label and a side of the area
MAP_SIDE: Final = 160  # of the picture in which brightness is looked up
DARK: Final = 20  # of 255: what is no darker is no background
IN_THE_BODY: Final = 0.35  # counts at least what is not background: lung and ventricles are looked at, too


class Brightness:
    """The mean gray of any box of an image, 0 for black to 1 for white.

    Black within the body counts as gray: only the background around it is free for labels.

    Parameters
    ----------
    image : (rows, columns) or (rows, columns, 3) uint8
        As it is seen.
    box : (left, top, right, bottom)
        Where it lies on what is painted on.
    """

    def __init__(self, image: DisplayImage, box: Bounds) -> None:
        step = max(1, max(image.shape[:2]) // MAP_SIDE)
        small = image[step // 2 :: step, step // 2 :: step].astype(np.float64)
        gray = small.mean(axis=2) if small.ndim == 3 else small
        background = _background(gray)
        counted = np.where(background, gray, np.maximum(gray, 255 * IN_THE_BODY))
        self._sums = _summed(counted / 255)
        self._body = _summed(~background)
        self._box = box

    def within(self, boxes: Numbers) -> Numbers:
        """Return the means over boxes; black beside the image.

        Parameters
        ----------
        boxes : (n, 4) float64
            Left, top, right, bottom.

        Returns
        -------
        (n,) float64
        """
        return self._means(self._sums, boxes)

    def touches_body(self, boxes: Numbers) -> npt.NDArray[np.bool_]:
        """Return which boxes (n, 4) lie on the body, also in part."""
        return np.asarray(self._means(self._body, boxes, rounded=(np.floor, np.ceil)) > 0)

    def _means(
        self, sums: Numbers, boxes: Numbers, rounded: tuple[np.ufunc, np.ufunc] = (np.rint, np.rint)
    ) -> Numbers:
        left, top, right, bottom = self._box
        rows, columns = (size - 1 for size in self._sums.shape)
        across, down = columns / max(1e-9, right - left), rows / max(1e-9, bottom - top)
        low, high = rounded
        x0, x1 = (
            _clipped(to((boxes[:, side] - left) * across), columns) for side, to in ((0, low), (2, high))
        )
        y0, y1 = (_clipped(to((boxes[:, side] - top) * down), rows) for side, to in ((1, low), (3, high)))
        area = np.maximum(1.0, (boxes[:, 2] - boxes[:, 0]) * across * (boxes[:, 3] - boxes[:, 1]) * down)
        return np.asarray((sums[y1, x1] - sums[y0, x1] - sums[y1, x0] + sums[y0, x0]) / area)


@dataclass(frozen=True, slots=True)
class WantedPlace:
    """A label that a place is wanted for.

    Parameters
    ----------
    subject : str
        The id of its annotation, by which the place is kept.
    around : tuple of points
        Of its drawing.
    size : (width, height)
        Of its text.
    """

    subject: str
    around: tuple[Point, ...]
    size: tuple[float, float]


@dataclass(frozen=True, slots=True)
class _Kept:
    """The place of a label beside one drawing."""

    around: tuple[Point, ...]
    size: tuple[float, float]
    corner: Point
    crossings: int


class KeptPlaces:
    """Keeps places of labels from one painting to the next.

    While one drawing is dragged the labels of others stay, and only its own is placed anew.
    """

    def __init__(self) -> None:
        self._ground: tuple[object, ...] = ()
        self._places: dict[str, _Kept] = {}

    def begin(self, area: Bounds, texts: tuple[Bounds, ...], brightness: "Brightness | None") -> None:
        """Forget all places on another ground than that of the last painting."""
        ground = area, texts, brightness
        if ground != self._ground:
            self._ground, self._places = ground, {}

    def of(self, subject: str) -> _Kept | None:
        """Return the place of an annotation's label; None: it has none."""
        return self._places.get(subject)

    def keep(self, subject: str, place: _Kept) -> None:
        """Keep the place of an annotation's label."""
        self._places[subject] = place


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
    kept : KeptPlaces, optional
        Of the last painting.
    """

    def __init__(
        self,
        area: Bounds,
        texts: Sequence[Bounds] = (),
        brightness: Brightness | None = None,
        kept: KeptPlaces | None = None,
    ) -> None:
        self.area, self._brightness = area, brightness
        self._kept = KeptPlaces() if kept is None else kept
        self._kept.begin(area, tuple(texts), brightness)
        self._texts = list(texts)
        self._lines: Numbers = np.empty((0, 4))  # x, y, x, y of pieces

    def on_body(self, boxes: Sequence[Bounds]) -> list[bool]:
        """Return which boxes lie on the body, also in part."""
        if self._brightness is None or not boxes:
            return [False] * len(boxes)
        return [bool(is_on) for is_on in self._brightness.touches_body(np.array(boxes))]

    def add_lines(self, lines: Iterable[Sequence[Point]]) -> None:
        """Note lines through points that labels keep off."""
        pieces = [(*start, *end) for line in lines for start, end in pairwise(line)]
        if pieces:
            self._lines = np.vstack((self._lines, np.array(pieces, np.float64)))

    def add_text(self, box: Bounds) -> None:
        """Note a text that labels keep off."""
        self._texts.append(box)

    def kept(self, wanted: Sequence[WantedPlace | None]) -> list[Point | None]:
        """Return the corners at which labels stay, and note them.

        None: it has to be placed, since it is another one now or more lies under it. None is wanted for a
        label that has its place.
        """
        boxes = [None if one is None else self._kept_box(one) for one in wanted]
        crossings = iter(
            _crossings(self._lines, np.array([box for box, _ in filter(None, boxes)]).reshape(-1, 4))
        )
        corners: list[Point | None] = []
        for found in boxes:
            corners.append(None)
            if found is None:
                continue
            box, before = found
            if next(crossings) <= before and not any(_meet(box, text) for text in self._texts):
                self.add_text(box)
                corners[-1] = box[:2]
        return corners

    def _kept_box(self, wanted: WantedPlace) -> tuple[Bounds, int] | None:
        """Return the box of a label as it was placed last, and the lines under it."""
        found = self._kept.of(wanted.subject)
        if found is None or found.around != wanted.around or found.size != wanted.size:
            return None
        (x, y), (wide, high) = found.corner, found.size
        return (x, y, x + wide, y + high), found.crossings

    def place(self, wanted: WantedPlace, line: float) -> Point:
        """Return the upper left corner of a label, and note it.

        Parameters
        ----------
        line : float
            The height of a line of text.
        """
        around, (wide, high) = wanted.around, wanted.size
        gap = line / 2
        low_x, high_x = min(p[0] for p in around), max(p[0] for p in around)
        low_y, high_y = min(p[1] for p in around), max(p[1] for p in around)
        far = RINGS[-1] * line + gap
        near = self._near((low_x - far - wide, low_y - far - high, high_x + far + wide, high_y + far + high))
        corners = np.vstack([_beside(around, wide, high, gap + ring * line) for ring in RINGS])
        boxes = np.hstack((corners, corners + np.array((wide, high))))
        distances = np.repeat(FARTHEST * np.asarray(RINGS) / RINGS[-1], len(corners) // len(RINGS))
        costs = distances + self._costs(boxes, near)
        first = int(np.argmin(costs))  # of places as good, one of the nearest ring
        best, least = (float(corners[first, 0]), float(corners[first, 1])), float(costs[first])
        if self._brightness is not None and least >= ON_THE_BODY:
            best = self._beside_body(wanted, line) or best
        x = max(self.area[0], min(best[0], self.area[2] - wide))
        y = max(self.area[1], min(best[1], self.area[3] - high))
        box = x, y, x + wide, y + high
        crossings = int(_crossings(self._lines, np.array([box]))[0])
        self._kept.keep(wanted.subject, _Kept(around, (wide, high), (x, y), crossings))
        self.add_text(box)
        return x, y

    def _beside_body(self, wanted: WantedPlace, line: float) -> Point | None:
        """Return the nearest corner in the area that is off the body.

        None where the body leaves no room near the drawing.
        """
        left, top, right, bottom = self.area
        wide, high = wanted.size
        if right - left < wide or bottom - top < high:
            return None
        xs = _steps(left, right - wide, 2 * line)
        ys = _steps(top, bottom - high, line / 2)
        corners = np.stack(np.meshgrid(xs, ys), axis=-1).reshape(-1, 2)
        boxes = np.hstack((corners, corners + np.array((wide, high))))
        if self._brightness is not None:
            off = ~self._brightness.touches_body(boxes)
            corners, boxes = corners[off], boxes[off]
        free = self._costs(boxes, self._near(self.area)) < ON_THE_BODY
        if not free.any():
            return None
        corners = corners[free]
        far = _distances(corners, (wide, high), wanted.around)
        first = int(np.argmin(far))
        # guard(test): a number does not stand across the image from what it is of
        if far[first] > MOST_LINES * line:
            return None
        return float(corners[first, 0]), float(corners[first, 1])

    def _near(self, box: Bounds) -> Numbers:
        """Return the pieces of lines that may meet a box."""
        return np.asarray(self._lines[_may_meet(self._lines, np.array([box]))[0]])

    def _costs(self, boxes: Numbers, lines: Numbers) -> Numbers:
        """Return the costs of boxes (n, 4), without those of their distance."""
        left, top, right, bottom = self.area
        beyond = (boxes[:, 0] < left) | (boxes[:, 1] < top) | (boxes[:, 2] > right) | (boxes[:, 3] > bottom)
        costs = OUTSIDE * beyond + ON_A_TEXT * _overlaps(boxes, self._texts)
        if self._brightness is not None:
            costs += ON_WHITE * self._brightness.within(boxes)
            costs += ON_THE_BODY * self._brightness.touches_body(boxes)
        return np.asarray(costs + ON_A_LINE * _crossings(lines, boxes))


def _steps(first: float, last: float, step: float) -> Numbers:
    """Return places from near one side to near the other, both among them."""
    last = max(first, last - SIDE_GAP)
    first = min(first + SIDE_GAP, last)
    return np.append(np.arange(first, last, step), last)


def _summed(values: npt.NDArray[Any]) -> Numbers:
    """Return the sums of all values above and left of each corner."""
    sums = np.zeros((values.shape[0] + 1, values.shape[1] + 1))
    sums[1:, 1:] = values.cumsum(axis=0, dtype=np.float64).cumsum(axis=1)
    return sums


def _background(gray: Numbers) -> npt.NDArray[np.bool_]:
    """Return the pixels of the background around the body.

    An edge of the image reaches them straight on, over dark ones alone.
    """
    dark, reached = gray < DARK, np.zeros(gray.shape, bool)
    for axis in (0, 1):
        reached |= np.logical_and.accumulate(dark, axis=axis)
        reached |= np.flip(np.logical_and.accumulate(np.flip(dark, axis), axis=axis), axis)
    return reached


def _beside(around: Sequence[Point], wide: float, high: float, gap: float) -> Numbers:
    """Return the upper left corners (n, 2) of boxes beside points."""
    points = np.asarray(around, np.float64)[::-1]
    ways = np.asarray(SIDES) * (gap + wide / 2, gap + high / 2) - (wide / 2, high / 2)
    return (points[:, None] + ways).reshape(-1, 2)


def _distances(corners: Numbers, size: tuple[float, float], around: Sequence[Point]) -> Numbers:
    """Return how far boxes at corners (n, 2) lie from the nearest of points."""
    points = np.asarray(around, np.float64)
    beyond = np.maximum(corners[:, None] - points, points - corners[:, None] - np.asarray(size))
    return np.asarray(np.hypot(*np.maximum(0.0, beyond).transpose(2, 0, 1)).min(axis=1))


def _clipped(places: Numbers, most: int) -> npt.NDArray[np.intp]:
    return np.clip(np.rint(places), 0, most).astype(np.intp)


def _overlaps(boxes: Numbers, others: Sequence[Bounds]) -> npt.NDArray[np.int64]:
    """Return how many others each box (n, 4) overlaps."""
    them = np.asarray(others, np.float64).reshape(-1, 4)
    meets = boxes[:, None, :2] < them[None, :, 2:]
    meets &= them[None, :, :2] < boxes[:, None, 2:]
    return np.asarray(meets.all(axis=2).sum(axis=1))


def _meet(one: Bounds, other: Bounds) -> bool:
    return one[0] < other[2] and one[1] < other[3] and other[0] < one[2] and other[1] < one[3]


def _may_meet(lines: Numbers, boxes: Numbers) -> npt.NDArray[np.bool_]:
    """Return whether the box around each line (m, 4) meets each box (n, 4)."""
    low, high = np.minimum(lines[:, :2], lines[:, 2:]), np.maximum(lines[:, :2], lines[:, 2:])
    meets = high[:, 0] >= boxes[:, 0, None]
    meets &= low[:, 0] <= boxes[:, 2, None]
    meets &= high[:, 1] >= boxes[:, 1, None]
    meets &= low[:, 1] <= boxes[:, 3, None]
    return meets


def _crossings(lines: Numbers, boxes: Numbers) -> npt.NDArray[np.int64]:
    """Return how many lines (m, 4) meet each box (n, 4)."""
    one, other = np.nonzero(_may_meet(lines, boxes))
    x0, y0, x1, y1 = lines[other].T
    box = boxes[one].T
    sides = [
        (x1 - x0) * (box[down] - y0) - (y1 - y0) * (box[across] - x0)
        for across, down in ((0, 1), (2, 1), (2, 3), (0, 3))
    ]
    crosses = (np.minimum.reduce(sides) <= 0) & (np.maximum.reduce(sides) >= 0)
    return np.bincount(one[crosses], minlength=len(boxes))
