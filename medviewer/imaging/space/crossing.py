"""Lines in which slices of one frame of reference cross."""

import math

from medviewer.imaging.annotation import Point, point_in_image
from medviewer.imaging.frame import FrameGeometry, Vector, is_parallel, shares_space, slice_normal, to_patient

Segment = tuple[Point, Point]
"""Two points (x, y) in pixels of an image; 0.5, 0.5 is the center of the first one."""

Size = tuple[int, int]
"""Rows and columns."""


def crossing_line(here: FrameGeometry, size: Size, there: FrameGeometry, there_size: Size) -> Segment | None:
    """Return the line in which another slice crosses an image.

    It is as long as both images reach.

    Parameters
    ----------
    here, there : FrameGeometry
        Of the image that is drawn on, and of the slice that crosses it.
    size, there_size : (rows, columns)
        Of both.

    Returns
    -------
    Segment or None
        None where the two state no common frame of reference, lie in one direction, or do not meet.

    References
    ----------
    DICOM PS3.3 C.7.6.2.1.1, equation C.7.6.2.1-1.
    """
    # guard(not shares_space(here, there)):
    #     reference lines are drawn within one frame of reference only
    if not shares_space(here, there) or is_parallel(here, there):
        return None
    ends = _ends(here, there, there_size)
    if ends is None:
        return None
    first, second = (point_in_image(here, end) for end in ends)
    if first is None or second is None:
        return None
    return _inside((first, second), float(size[1]), float(size[0]))


def _ends(here: FrameGeometry, there: FrameGeometry, size: Size) -> tuple[Vector, Vector] | None:
    """Return the crossings of a slice's outline with a plane, in mm."""
    normal, origin = slice_normal(here), here.position_mm
    rows, columns = size
    outline = ((0, 0), (0, columns), (rows, columns), (rows, 0))
    corners = [to_patient(there, row - 0.5, column - 0.5) for row, column in outline]
    known = [corner for corner in corners if corner is not None]
    if normal is None or origin is None or len(known) < len(corners):
        return None
    heights = [sum(n * (c - o) for n, c, o in zip(normal, corner, origin, strict=True)) for corner in known]
    met: list[Vector] = []
    for at, corner in enumerate(known):
        following = (at + 1) % len(known)
        low, high = heights[at], heights[following]
        if (low < 0) != (high < 0):
            share = low / (low - high)
            x, y, z = (a + share * (b - a) for a, b in zip(corner, known[following], strict=True))
            met.append((x, y, z))
    return (met[0], met[1]) if len(met) == 2 else None


def _inside(line: Segment, width: float, height: float) -> Segment | None:
    """Return the part of a line within an image (Liang and Barsky)."""
    (x, y), (to_x, to_y) = line
    start, end = 0.0, 1.0
    for origin, way, limit in ((x, to_x - x, width), (y, to_y - y, height)):
        if way == 0:
            if not 0 <= origin <= limit:
                return None
            continue
        enters, leaves = sorted(((0 - origin) / way, (limit - origin) / way))
        start, end = max(start, enters), min(end, leaves)
    if start >= end:
        return None
    return _between(line, start), _between(line, end)


def _between(line: Segment, share: float) -> Point:
    (x, y), (to_x, to_y) = line
    return x + share * (to_x - x), y + share * (to_y - y)


def without_gap(line: Segment, point: Point, radius: float) -> tuple[Segment, ...]:
    """Return the parts of a line that keep away from a point.

    The units of all three are the same, such as pixels of the screen.
    """
    (x, y), (to_x, to_y) = line
    way_x, way_y = to_x - x, to_y - y
    length = math.hypot(way_x, way_y)
    if length == 0:
        return ()
    along = ((point[0] - x) * way_x + (point[1] - y) * way_y) / length
    across = ((point[0] - x) * way_y - (point[1] - y) * way_x) / length
    if abs(across) >= radius:
        return (line,)
    half = math.sqrt(radius**2 - across**2)
    parts = ((0.0, min(length, along - half)), (max(0.0, along + half), length))
    return tuple(
        (_between(line, start / length), _between(line, end / length)) for start, end in parts if start < end
    )
