"""The outlines of drawings go where the standard puts them."""

import math

import pytest

from medviewer.imaging.presentation_state.graphic import Graphic, GraphicKind, outline_points


def test_a_point_and_an_open_line_are_their_points() -> None:
    assert outline_points(Graphic(GraphicKind.POINT, ((3, 4),))) == ((3, 4),)
    line = ((0, 0), (5, 0), (5, 7))
    assert outline_points(Graphic(GraphicKind.POLYLINE, line)) == line


def test_a_filled_line_is_closed() -> None:
    corners = ((0, 0), (5, 0), (5, 7))
    assert outline_points(Graphic(GraphicKind.POLYLINE, corners, is_filled=True)) == (*corners, (0, 0))
    closed = (*corners, (0, 0))
    assert outline_points(Graphic(GraphicKind.POLYLINE, closed, is_filled=True)) == closed


def test_a_circle_has_its_centre_first_and_goes_through_the_second_point() -> None:
    points = outline_points(Graphic(GraphicKind.CIRCLE, ((10, 20), (13, 24))))
    assert points[0] == points[-1]
    assert all(math.hypot(x - 10, y - 20) == pytest.approx(5) for x, y in points)


def test_an_ellipse_goes_through_the_ends_of_its_slanted_axes() -> None:
    ends = ((0, 0), (8, 8), (6, 2), (2, 6))
    points = outline_points(Graphic(GraphicKind.ELLIPSE, ends))
    for end in ends:
        assert min(math.dist(end, point) for point in points) < 1e-6
    for x, y in points:
        along, across = (x + y - 8) / math.sqrt(2), (x - y) / math.sqrt(2)
        assert (along / math.sqrt(32)) ** 2 + (across / math.sqrt(8)) ** 2 == pytest.approx(1)


def test_a_curve_goes_through_its_points_in_order_and_is_smooth() -> None:
    corners = ((0, 0), (10, 0), (10, 10), (20, 10))
    points = outline_points(Graphic(GraphicKind.INTERPOLATED, corners))
    places = [points.index(corner) for corner in corners]
    assert places == sorted(places)
    turns = [
        math.atan2(c[1] - b[1], c[0] - b[0]) - math.atan2(b[1] - a[1], b[0] - a[0])
        for a, b, c in zip(points, points[1:], points[2:], strict=False)
    ]
    assert max(abs((turn + math.pi) % (2 * math.pi) - math.pi) for turn in turns) < 0.5


def test_a_closed_curve_has_no_corner_where_it_closes() -> None:
    corners = ((0, 0), (10, 0), (10, 10), (0, 10), (0, 0))
    points = outline_points(Graphic(GraphicKind.INTERPOLATED, corners))
    leaving = math.atan2(points[1][1] - points[0][1], points[1][0] - points[0][0])
    coming = math.atan2(points[-1][1] - points[-2][1], points[-1][0] - points[-2][0])
    assert abs(leaving - coming) < 0.5


def test_a_curve_of_two_points_is_a_line() -> None:
    assert outline_points(Graphic(GraphicKind.INTERPOLATED, ((0, 0), (1, 1)))) == ((0, 0), (1, 1))
