"""Dashes along a line."""

import math
from collections.abc import Sequence
from itertools import pairwise

from medviewer.imaging.annotation import Point


def dashes(points: Sequence[Point], dash: float, gap: float) -> list[tuple[Point, ...]]:
    """Return the dashes along a line through points, which bend where it does.

    Parameters
    ----------
    dash, gap : float
        Lengths of a dash and between two, above 0.
    """
    found: list[tuple[Point, ...]] = []
    part: list[Point] = [points[0]]
    left, is_dash = dash, True
    for start, end in pairwise(points):
        length, gone = math.dist(start, end), 0.0
        while length - gone > left:
            gone += left
            share = gone / length
            place = start[0] + share * (end[0] - start[0]), start[1] + share * (end[1] - start[1])
            if is_dash:
                found.append((*part, place))
            part, is_dash = [place], not is_dash
            left = dash if is_dash else gap
        left -= length - gone
        part.append(end)
    if is_dash and len(part) > 1:
        found.append(tuple(part))
    return found
