"""Where each stroke and letter of graphics goes, whatever they are painted on."""

import math

import pytest

from medviewer.imaging.annotation.primitives import Arrow, Cross, Ellipse, Label, Polygon
from medviewer.viewer.render.graphics import Fill, Pen, Stroke, TextLine, lay_out

RED = (255, 0, 0)
PEN = Pen(line=2.0, cross=6.0, head=10.0, line_height=12.0, text_width=lambda text: 7.0 * len(text))
IMAGE = (10.0, 20.0, 210.0, 120.0)


def laid(primitive, scale: float = 1.0):
    return lay_out([primitive], lambda point: (scale * point[0], scale * point[1]), IMAGE, PEN)


@pytest.mark.parametrize("scale", [1.0, 30.0, 1000.0])
def test_an_ellipse_is_round_at_any_size(scale: float) -> None:
    (line,) = laid(Ellipse((5.0, 5.0), (9.0, 5.0), (5.0, 7.0), RED), scale)
    assert line.points[0] == line.points[-1]
    for (x, y), (next_x, next_y) in zip(line.points, line.points[1:], strict=False):
        across, down = ((x + next_x) / 2 / scale - 5) / 4, ((y + next_y) / 2 / scale - 5) / 2
        assert (1 - math.hypot(across, down)) * 4 * scale < 0.5


def test_an_ellipse_of_no_size_and_one_that_is_flat_are_drawn() -> None:
    for ellipse in (
        Ellipse((5.0, 5.0), (5.0, 5.0), (5.0, 5.0), RED),
        Ellipse((5.0, 5.0), (9.0, 5.0), (5.0, 5.0), RED),
    ):
        assert all(math.isfinite(value) for point in laid(ellipse)[0].points for value in point)


def test_a_polygon_is_closed_and_filled_under_its_line() -> None:
    corners = ((1.0, 1.0), (5.0, 1.0), (5.0, 9.0))
    assert laid(Polygon(corners, RED)) == (Stroke((*corners, corners[0]), RED),)
    assert laid(Polygon(corners, RED, is_filled=True))[0] == Fill(corners, RED)


def test_a_cross_and_an_arrow_keep_their_size_at_any_zoom() -> None:
    for scale in (1.0, 8.0):
        for stroke in laid(Cross((50.0, 50.0), RED), scale):
            assert math.dist(*stroke.points) == 12.0
        _, head = laid(Arrow((0.0, 0.0), (50.0, 50.0), RED), scale)
        assert [math.dist(end, head.points[1]) for end in (head.points[0], head.points[2])] == [
            pytest.approx(10.0)
        ] * 2
        assert head.points[1] == (50 * scale, 50 * scale)


def test_an_arrow_is_never_shorter_than_its_head() -> None:
    _, head = laid(Arrow((50.0, 50.0), (53.0, 54.0), RED))
    assert math.dist(head.points[0], head.points[1]) == pytest.approx(5.0)
    assert len(laid(Arrow((5.0, 5.0), (5.0, 5.0), RED))) == 1


def corner(**more: object) -> tuple[float, float]:
    *_, line = laid(Label(("word",), RED, **more))
    assert isinstance(line, TextLine)
    return line.corner


def test_a_text_stands_in_its_box_at_the_side_that_it_asks_for() -> None:
    box = ((160.0, 70.0), (40.0, 50.0))  # its corners may come in any order
    assert corner(box=box) == (40.0, 50.0)
    assert corner(box=box, share_before=0.5) == (86.0, 50.0)
    assert corner(box=box, share_before=1.0) == (132.0, 50.0)


def test_a_text_without_a_box_stands_beside_its_anchor() -> None:
    assert corner(anchor=(50.0, 60.0)) == (58.0, 68.0)


@pytest.mark.parametrize(
    ("anchor", "expected"),
    [((205.0, 115.0), (182.0, 108.0)), ((-90.0, -90.0), (10.0, 20.0)), ((500.0, 60.0), (182.0, 68.0))],
)
def test_a_text_stays_in_the_image(anchor: tuple[float, float], expected: tuple[float, float]) -> None:
    assert corner(anchor=anchor) == expected


def test_lines_of_a_text_stand_below_each_other_and_a_leader_begins_at_their_edge() -> None:
    leader, first, second = laid(
        Label(("word", "a"), RED, ((40.0, 50.0), (40.0, 50.0)), (140.0, 60.0), has_leader=True)
    )
    assert leader == Stroke(((68.0, 60.0), (140.0, 60.0)), RED)
    assert (first.corner, second.corner) == ((40.0, 50.0), (40.0, 62.0))
    *_, last = laid(Label(("word", "a"), RED, ((40.0, 50.0), (140.0, 90.0)), share_before=1.0))
    assert last.corner == (133.0, 62.0)
