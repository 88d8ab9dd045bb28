"""Where each stroke and letter of graphics goes, whatever they are painted on."""

import math
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from medviewer.imaging.annotation.primitives import Arrow, Cross, Ellipse, Label, Polygon
from medviewer.imaging.display.transform import MIRRORED
from medviewer.inference.outline import Outline
from medviewer.inference.result import Gate, ModelResult, OperatingPoint
from medviewer.inference.tasks.segmentation import Segmentation
from medviewer.viewer.render.graphics import (
    OUTLINE_COLOR,
    Fill,
    Pen,
    Stroke,
    TextLine,
    graphics_on,
    lay_out,
)
from medviewer.viewer.state.pane_state import PaneState
from tests.made_panes import key_of, make_pane, with_result

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


def drawn_on(pane: PaneState) -> tuple[Polygon, ...]:
    return tuple(one for one in graphics_on(pane) if isinstance(one, Polygon))


def outlined(pane: PaneState, **more: Any) -> PaneState:
    """Return a pane with a result that draws a square."""
    square = ((10.5, 20.5), (30.5, 20.5), (30.5, 40.5))
    content = Segmentation(
        (("clean", 0.1), ("tumor", 0.9)),
        "tumor",
        OperatingPoint(0.5, 0.9, 0.8),
        False,
        "tumor",
        outline=Outline(np.zeros(pane.frame.stored.shape, bool), (square,), 400.0, 28.0),
    )
    result = ModelResult(key_of(pane), (), content, None, "toy", "1", "segmentation")
    return with_result(pane, replace(result, **more))


def test_the_outline_of_a_model_is_drawn_on_its_frame_as_it_is_turned() -> None:
    pane = outlined(make_pane())
    (shape,) = drawn_on(pane)
    assert shape.color == OUTLINE_COLOR
    assert shape.points == ((10.5, 20.5), (30.5, 20.5), (30.5, 40.5))
    (mirrored,) = drawn_on(replace(pane, orientation=MIRRORED))
    assert mirrored.points[0] == (pane.frame.columns - 10.5, 20.5)
    assert drawn_on(replace(pane, graphics_shown=False)) == ()


def test_no_outline_is_drawn_where_a_gate_failed_nor_on_another_frame() -> None:
    pane = outlined(make_pane())
    forced = outlined(make_pane(), gates=(Gate("plane", False, "The plane is wrong."),))
    assert drawn_on(forced) == ()
    other = replace(pane, token=replace(pane.token, key=replace(pane.token.key, pixel_sha256="another")))
    assert drawn_on(other) == ()
    assert drawn_on(replace(pane, result=None)) == ()
