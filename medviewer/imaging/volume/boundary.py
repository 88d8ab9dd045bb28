"""Outlines of masks along the sides of their pixels."""

from collections.abc import Iterator

import numpy as np

from medviewer.imaging.frame import Mask

Corner = tuple[int, int]

RIGHT, DOWN, LEFT, UP = (1, 0), (0, 1), (-1, 0), (0, -1)


def outer_lines(mask: Mask) -> tuple[tuple[Corner, ...], ...]:
    """Return the outer outlines of a mask, the largest first.

    Each pixel of the mask lies in one of them with its center. Pixels that touch at a corner only are apart.

    Returns
    -------
    tuple of lines
        Each of corners (x, y) between pixels; the first is not said again at the end.
    """
    loops = [(area, line) for line in _loops(mask) if (area := _area(line)) > 0]
    return tuple(line for _, line in sorted(loops, key=lambda one: -one[0]))


def _loops(mask: Mask) -> Iterator[tuple[Corner, ...]]:
    """Yield closed lines around a mask, pixels of it always to the right.

    Outer ones go clockwise as an image is seen, holes the other way.
    """
    steps = _steps(mask)
    while steps:
        start = next(iter(steps))
        way = next(iter(steps[start]))
        at, line = start, [start]
        while True:
            ways = steps[at]
            ways.remove(way)
            if not ways:
                del steps[at]
            at = (at[0] + way[0], at[1] + way[1])
            if at == start and not _goes_on(steps, at, way):
                break
            following = _turned(steps[at], way)
            if following != way:
                line.append(at)
            way = following
        if _is_straight(line):
            line.pop(0)
        yield tuple(line)


def _goes_on(steps: dict[Corner, set[Corner]], at: Corner, way: Corner) -> bool:
    """Return whether a line that is back at its start turns right there."""
    return (-way[1], way[0]) in steps.get(at, ())


def _turned(ways: set[Corner], way: Corner) -> Corner:
    """Return the next way: to the right where there are two."""
    right = (-way[1], way[0])
    return right if right in ways else next(iter(ways))


def _is_straight(line: list[Corner]) -> bool:
    (x0, y0), (x1, y1), (x2, y2) = line[-1], line[0], line[1]
    return (x1 - x0) * (y2 - y1) == (y1 - y0) * (x2 - x1)


def _steps(mask: Mask) -> dict[Corner, set[Corner]]:
    """Return from each corner the ways along sides of the mask."""
    ground = np.pad(mask, 1)
    steps: dict[Corner, set[Corner]] = {}
    inside, outside = ground[1:-1, 1:-1], ~ground
    sides = (
        (inside & outside[:-2, 1:-1], (0, 0), RIGHT),
        (inside & outside[1:-1, 2:], (1, 0), DOWN),
        (inside & outside[2:, 1:-1], (1, 1), LEFT),
        (inside & outside[1:-1, :-2], (0, 1), UP),
    )
    for found, (x, y), way in sides:
        rows, columns = np.nonzero(found)
        for corner in zip((columns + x).tolist(), (rows + y).tolist(), strict=True):
            steps.setdefault(corner, set()).add(way)
    return steps


def _area(line: tuple[Corner, ...]) -> float:
    """Return the area of a line, below 0 for a hole."""
    x, y = np.asarray(line, np.float64).T
    return float(np.dot(x, np.roll(y, -1)) - np.dot(y, np.roll(x, -1))) / 2
