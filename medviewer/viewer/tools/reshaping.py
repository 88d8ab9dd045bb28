"""New points of an annotation of which one was dragged."""

import math

from medviewer.imaging.annotation import Point

Points = tuple[Point, ...]


def with_point_at(kind: str, points: Points, number: int, place: Point) -> Points:
    """Return the points with one at another place.

    A rectangle stays one, its opposite corner where it is; so does an ellipse, the opposite end of the axis
    where it is.
    """
    if kind == "rectangle" and len(points) == 4:
        return _rectangle(points, number, place)
    if kind == "ellipse" and len(points) == 4:
        return _ellipse(points, number, place)
    return (*points[:number], place, *points[number + 1 :])


def _rectangle(points: Points, number: int, place: Point) -> Points:
    before, opposite, after = (points[(number + step) % 4] for step in (1, 2, 3))
    one, other = _way(opposite, before), _way(opposite, after)
    area = one[0] * other[1] - one[1] * other[0]
    to = _way(opposite, place)
    if not area:
        return points
    share_one = (to[0] * other[1] - to[1] * other[0]) / area
    share_other = (one[0] * to[1] - one[1] * to[0]) / area
    if abs(share_one) * math.hypot(*one) < 1e-6 or abs(share_other) * math.hypot(*other) < 1e-6:
        return points  # it would be a line, of which no way leads back
    found = list(points)
    found[number] = place
    found[(number + 1) % 4] = _along(opposite, one, share_one)
    found[(number + 3) % 4] = _along(opposite, other, share_other)
    return tuple(found)


def _ellipse(points: Points, number: int, place: Point) -> Points:
    first = number // 2 * 2  # of the axis
    fixed = points[first + 1 - number % 2]
    axis = _way(fixed, points[number])
    length = axis[0] ** 2 + axis[1] ** 2
    to = _way(fixed, place)
    share = (to[0] * axis[0] + to[1] * axis[1]) / length if length else 0.0
    if abs(share) * math.sqrt(length) < 1e-6:
        return points
    end = _along(fixed, axis, share)
    was, now = _middle(fixed, points[number]), _middle(fixed, end)
    one, other = (_along(point, _way(was, now), 1.0) for point in points[2 - first : 4 - first])
    dragged = (end, fixed) if number % 2 == 0 else (fixed, end)
    is_longer = math.dist(*dragged) >= math.dist(one, other)
    return (*dragged, one, other) if is_longer else (one, other, *dragged)


def _way(start: Point, end: Point) -> Point:
    return end[0] - start[0], end[1] - start[1]


def _along(start: Point, way: Point, share: float) -> Point:
    return start[0] + share * way[0], start[1] + share * way[1]


def _middle(one: Point, other: Point) -> Point:
    return (one[0] + other[0]) / 2, (one[1] + other[1]) / 2
