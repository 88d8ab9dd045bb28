"""Where panes stand: no gap, no overlap, the large pane beside its film."""

import pytest

from medviewer.viewer.layouts.layouts import (
    FILM_PX,
    GAP_PX,
    LAYOUTS,
    NARROW_FILM_PX,
    film_fits,
    pane_boxes,
    panes_of,
    smallest_layout_with,
    visible_panes,
)

WIDTH, HEIGHT = 1048, 848


def apart(first, second) -> bool:
    (x, y, wide, high), (left, top, width, height) = first, second
    return (
        x + wide + GAP_PX <= left
        or left + width + GAP_PX <= x
        or y + high + GAP_PX <= top
        or (top + height + GAP_PX <= y)
    )


@pytest.mark.parametrize("name", LAYOUTS)
@pytest.mark.parametrize(("width", "height"), [(WIDTH, HEIGHT), (701, 333), (3300, 1999)])
def test_panes_lie_apart_and_inside(name, width, height):
    shown = visible_panes(name, None, 1)
    boxes = pane_boxes(name, shown, 1, width, height)
    assert set(boxes) == set(shown)
    for number, (x, y, wide, high) in boxes.items():
        assert x >= 0
        assert y >= 0
        assert x + wide <= width
        assert y + high <= height
        assert wide > 0
        assert high > 0
        assert all(apart(boxes[number], boxes[other]) for other in boxes if other != number)


@pytest.mark.parametrize(("name", "count"), [("1", 1), ("1x2", 2), ("2x2", 4), ("2x3", 6), ("3x3", 9)])
def test_equal_panes_share_all_the_room(name, count):
    boxes = pane_boxes(name, visible_panes(name, None, 0), 0, WIDTH, HEIGHT)
    assert len(boxes) == count <= max(4, panes_of(name))
    assert max(x + wide for x, _, wide, _ in boxes.values()) == WIDTH
    assert max(y + high for _, y, _, high in boxes.values()) == HEIGHT
    assert max(box[2] for box in boxes.values()) - min(box[2] for box in boxes.values()) <= 1


def test_the_large_pane_has_all_but_the_film():
    boxes = pane_boxes("film", (0, 1, 2, 3), 0, WIDTH, HEIGHT)
    assert boxes[0] == (0, 0, WIDTH - GAP_PX - FILM_PX, HEIGHT)
    assert {box[0] for number, box in boxes.items() if number} == {WIDTH - FILM_PX}
    assert pane_boxes("film", (0, 1, 2, 3), 0, 700, HEIGHT)[0][2] == 700 - GAP_PX - NARROW_FILM_PX


def test_swapping_moves_two_panes_only():
    before = pane_boxes("film", (0, 1, 2, 3), 0, WIDTH, HEIGHT)
    after = pane_boxes("film", (0, 1, 2, 3), 2, WIDTH, HEIGHT)
    assert (after[2], after[0], after[1], after[3]) == (before[0], before[2], before[1], before[3])


def test_without_room_the_film_is_folded_into_its_large_pane():
    assert film_fits(700)
    assert not film_fits(500)
    assert visible_panes("film", None, 2, film_folded=True) == (2,)
    assert visible_panes("film", None, 2) == (0, 1, 2, 3)
    assert visible_panes("2x2", None, 2, film_folded=True) == (0, 1, 2, 3)


def test_a_pane_out_of_sight_is_shown_by_the_smallest_layout_that_has_it():
    assert [smallest_layout_with(pane) for pane in (0, 3, 4, 5, 6, 8)] == [
        *("2x2", "2x2", "2x3", "2x3", "3x3", "3x3")
    ]


def test_on_a_very_large_screen_the_film_grows_with_it():
    assert pane_boxes("film", (0, 1, 2, 3), 0, 1360, 880)[1][2] == FILM_PX
    boxes = pane_boxes("film", (0, 1, 2, 3), 0, 3280, 2000)
    assert boxes[1][2] == 410
    assert boxes[0][2] == 3280 - 410 - GAP_PX
    assert boxes[3][1] + boxes[3][3] <= 2000
