"""Graphics of a presentation state are drawn where the standard puts them."""

import math
from itertools import pairwise

from medviewer.imaging.annotation.primitives import Cross, Ellipse, Polygon, Polyline, Primitive
from medviewer.imaging.presentation_state.drawing import graphic_primitive
from medviewer.imaging.presentation_state.graphic import Graphic, GraphicKind, Point

RED = (255, 0, 0)


def drawn(kind: GraphicKind, points: tuple[Point, ...], *, is_filled: bool = False) -> Primitive:
    return graphic_primitive(Graphic(kind, points, is_filled=is_filled), RED, lambda point, _: point)


def curve(points: tuple[Point, ...]) -> tuple[Point, ...]:
    line = drawn(GraphicKind.INTERPOLATED, points)
    assert isinstance(line, Polyline)
    return line.points


def test_a_point_is_a_cross_and_an_open_line_its_points() -> None:
    assert drawn(GraphicKind.POINT, ((3, 4),)) == Cross((3, 4), RED)
    line = ((0, 0), (5, 0), (5, 7))
    assert drawn(GraphicKind.POLYLINE, line) == Polyline(line, RED)


def test_a_filled_line_is_closed() -> None:
    corners = ((0, 0), (5, 0), (5, 7))
    for line in (corners, (*corners, (0, 0))):
        filled = drawn(GraphicKind.POLYLINE, line, is_filled=True)
        assert filled == Polygon(corners, RED, is_filled=True)
    assert drawn(GraphicKind.POLYLINE, corners[:2], is_filled=True) == Polyline(corners[:2], RED)


def test_a_circle_has_its_center_first_and_goes_through_the_second_point() -> None:
    circle = drawn(GraphicKind.CIRCLE, ((10, 20), (13, 24)))
    assert circle == Ellipse((10, 20), (15, 20), (10, 25), RED)


def test_an_ellipse_goes_through_the_ends_of_its_slanted_axes() -> None:
    ellipse = drawn(GraphicKind.ELLIPSE, ((0, 0), (8, 8), (6, 2), (2, 6)))
    assert ellipse == Ellipse((4, 4), (8, 8), (2, 6), RED)


def test_a_curve_goes_through_its_points_in_order_and_is_smooth() -> None:
    corners = ((0, 0), (10, 0), (10, 10), (20, 10))
    points = curve(corners)
    places = [points.index(corner) for corner in corners]
    assert places == sorted(places)
    ways = [math.atan2(b[1] - a[1], b[0] - a[0]) for a, b in pairwise(points)]
    turns = [after - before for before, after in pairwise(ways)]
    assert max(abs((turn + math.pi) % (2 * math.pi) - math.pi) for turn in turns) < 0.5


def test_a_closed_curve_has_no_corner_where_it_closes() -> None:
    points = curve(((0, 0), (10, 0), (10, 10), (0, 10), (0, 0)))
    leaving = math.atan2(points[1][1] - points[0][1], points[1][0] - points[0][0])
    next_slice = math.atan2(points[-1][1] - points[-2][1], points[-1][0] - points[-2][0])
    assert abs(leaving - next_slice) < 0.5


def test_a_curve_of_two_points_is_a_line() -> None:
    assert curve(((0, 0), (1, 1))) == ((0, 0), (1, 1))
