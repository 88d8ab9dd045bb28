"""Shapes of regions: their area, and the pixels whose centers lie in them.

A pixel belongs to a region when its center does. A center on the border of a polygon belongs to it on one
side only, so that of two regions that share a border each pixel is counted once.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from medviewer.imaging.annotation import Point

Indices = npt.NDArray[np.intp]
Numbers = npt.NDArray[np.float64]

SIDES_AT_ONCE: Final = 1 << 20  # pairs of sides that are compared together
FLAT_AREA: Final = 1e-12  # of an ellipse, in pixels: it is a line


@dataclass(frozen=True, slots=True, eq=False)
class Spans:
    """Runs of pixels, in the order of rows.

    Parameters
    ----------
    rows, starts, ends : (runs,) integers
        Columns from `starts` to before `ends`; none is empty.
    is_cut : bool
        The shape reaches beyond the image.
    """

    rows: Indices
    starts: Indices
    ends: Indices
    is_cut: bool = False

    @property
    def count(self) -> int:
        """Number of pixels."""
        return int((self.ends - self.starts).sum())


@dataclass(frozen=True, slots=True)
class PolygonOutline:
    """A closed line through corners, inside by the even-odd rule."""

    corners: tuple[Point, ...]

    @property
    def area(self) -> float | None:
        """Its area in pixels; None where its line crosses itself."""
        points = np.asarray(self.corners, np.float64)
        if _crosses_itself(points):
            return None
        x, y = (points - points.mean(axis=0)).T  # far from 0 the products would cancel
        return abs(float(np.dot(x, np.roll(y, -1)) - np.dot(y, np.roll(x, -1)))) / 2

    def spans(self, rows: int, columns: int) -> Spans:
        """Return its pixels in an image of this size."""
        points = np.asarray(self.corners, np.float64)
        low, high = points.min(axis=0), points.max(axis=0)
        is_cut = bool((low < 0).any() or high[0] > columns or high[1] > rows)
        row, x = _crossings(points, rows)
        return _runs(row[::2], x[::2], x[1::2], columns, is_cut=is_cut)


@dataclass(frozen=True, slots=True)
class EllipseOutline:
    """An ellipse by its center and two conjugate half diameters."""

    center: Point
    first: Point
    second: Point

    @property
    def area(self) -> float:
        """Its area in pixels."""
        return math.pi * abs(self.first[0] * self.second[1] - self.first[1] * self.second[0])

    def spans(self, rows: int, columns: int) -> Spans:
        """Return its pixels in an image of this size."""
        (ux, uy), (vx, vy), (x, y) = self.first, self.second, self.center
        wide, high = math.hypot(ux, vx), math.hypot(uy, vy)
        is_cut = x - wide < 0 or y - high < 0 or x + wide > columns or y + high > rows
        at = np.arange(max(0, math.ceil(y - high - 0.5)), min(rows, math.floor(y + high - 0.5) + 1))
        share = 1 - ((at + 0.5 - y) / high) ** 2 if high else np.empty(0)
        if self.area <= FLAT_AREA or not at.size:
            return _runs(np.empty(0, np.intp), np.empty(0), np.empty(0), columns, is_cut=is_cut)
        inside = share >= 0
        at, share = at[inside], share[inside]
        # each row is cut symmetrically about the line of the middles of its chords
        middle = x + (at + 0.5 - y) * (ux * uy + vx * vy) / high**2
        half = np.sqrt(share) * (self.area / math.pi / high)
        return _runs(at, middle - half, middle + half, columns, is_cut=is_cut)


Outline = PolygonOutline | EllipseOutline


def polygon_outline(corners: Sequence[Point]) -> PolygonOutline:
    """Return the closed line through corners."""
    return PolygonOutline(tuple(corners))


def ellipse_outline(ends: Sequence[Point]) -> EllipseOutline:
    """Return the ellipse with these ends of its axes, as annotations keep it.

    References
    ----------
    DICOM PS3.3 C.10.5.1.2 and C.18.6.1.2, ELLIPSE: both ends of the major axis, both of the minor one.
    """
    one, other, third, fourth = ends
    center = ((one[0] + other[0]) / 2, (one[1] + other[1]) / 2)
    return EllipseOutline(
        center,
        (other[0] - center[0], other[1] - center[1]),
        ((fourth[0] - third[0]) / 2, (fourth[1] - third[1]) / 2),
    )


def _crossings(points: Numbers, rows: int) -> tuple[Indices, Numbers]:
    """Return the crossings of sides and row centers.

    Their rows, and their x, from left to right in each row.
    """
    here, there = points, np.roll(points, -1, axis=0)
    edges = np.clip(np.ceil(points[:, 1] - 0.5), 0, rows).astype(np.intp)  # the first row below each corner
    first, last = np.minimum(edges, np.roll(edges, -1)), np.maximum(edges, np.roll(edges, -1))
    counts = last - first
    side = np.repeat(np.arange(len(points)), counts)
    row = np.arange(len(side)) + np.repeat(first - (np.cumsum(counts) - counts), counts)
    (x0, y0), (x1, y1) = here[side].T, there[side].T
    x = x0 + (row + 0.5 - y0) / (y1 - y0) * (x1 - x0)
    order = np.lexsort((x, row))
    return row[order], x[order]


def _runs(rows: Indices, left: Numbers, right: Numbers, columns: int, *, is_cut: bool) -> Spans:
    """Return the pixels whose centers lie from `left` to before `right`."""
    starts = np.clip(np.ceil(left - 0.5), 0, columns).astype(np.intp)
    ends = np.clip(np.ceil(right - 0.5), 0, columns).astype(np.intp)
    kept = starts < ends
    return Spans(rows[kept], starts[kept], ends[kept], is_cut)


def _crosses_itself(points: Numbers) -> bool:
    """Return whether two sides of a closed line cross.

    Neighbors meet at their corner and do not count.
    """
    count = len(points)
    here, there = points, np.roll(points, -1, axis=0)
    band = max(1, SIDES_AT_ONCE // count)
    low, high = np.minimum(here, there), np.maximum(here, there)
    for start in range(0, count, band):
        some = slice(start, start + band)
        near = np.ones((len(low[some]), count), bool)
        for axis in (0, 1):  # sides that see each other at all
            near &= low[some, axis, None] < high[:, axis]
            near &= low[:, axis] < high[some, axis, None]
        one, other = np.nonzero(near)
        one += start
        one, other = one[one < other], other[one < other]
        a, b, c, d = here[one], there[one], here[other], there[other]
        if ((_side(a, b, c) * _side(a, b, d) < 0) & (_side(c, d, a) * _side(c, d, b) < 0)).any():
            return True
    return False


def _side(start: Numbers, end: Numbers, point: Numbers) -> Numbers:
    """Return the side of a line that points lie on, as a sign."""
    way, about = end - start, point - start
    return np.sign(way[..., 0] * about[..., 1] - way[..., 1] * about[..., 0])
