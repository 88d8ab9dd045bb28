"""Which frame of a cine is due when."""

import pytest

from medviewer.imaging.frame.cine import CineDirection, CineTiming, timeline


def test_frames_of_one_length_follow_one_another_and_begin_anew() -> None:
    due = timeline([1, 2, 3], CineTiming((40.0,)))
    assert [due.index_at(time) for time in (0, 39.9, 40, 80, 119, 120, 165)] == [0, 0, 1, 2, 2, 0, 1]
    assert due.rate == 25


def test_a_vector_holds_the_time_since_the_frame_before() -> None:
    due = timeline([1, 2, 3], CineTiming((0.0, 10.0, 50.0)))
    # the last frame has no successor: it is shown for the mean of the others
    assert [due.index_at(time) for time in (0, 9, 10, 59, 60, 89, 90)] == [0, 0, 1, 1, 2, 2, 0]


def test_frames_before_the_start_trim_and_behind_the_stop_trim_are_not_played() -> None:
    due = timeline([1, 2, 3, 4, 5], CineTiming((10.0,), first=2, last=4))
    assert [due.index_at(time) for time in (0, 10, 20, 30)] == [1, 2, 3, 1]
    assert due.start_of(3) == 20
    assert due.start_of(0) == 0  # not played: from the beginning


def test_a_trim_that_leaves_nothing_is_not_believed() -> None:
    assert timeline([1, 2], CineTiming((10.0,), first=4, last=3)).indices == (0, 1)


def test_without_any_time_ten_frames_are_shown_in_a_second() -> None:
    assert timeline(range(1, 31), None).rate == 10


def test_a_part_is_played_whatever_the_file_leaves_out() -> None:
    due = timeline([1, 2, 3, 4], CineTiming((10.0,), first=3), part=(0, 2))
    assert due.indices == (0, 1, 2)
    assert timeline([1, 2], None, part=(5, 9)).indices == (0, 1)  # of another stack


@pytest.mark.parametrize(
    ("direction", "order"),
    [(CineDirection.BACKWARD, (2, 1, 0)), (CineDirection.TO_AND_FRO, (0, 1, 2, 1))],
)
def test_each_slice_is_shown_for_its_own_time_in_each_direction(
    direction: CineDirection, order: tuple[int, ...]
) -> None:
    due = timeline([1, 2, 3], CineTiming((0.0, 10.0, 50.0)), direction)
    assert due.indices == order
    lengths = {0: 10.0, 1: 50.0, 2: 30.0}
    assert due.ends_ms[-1] == sum(lengths[index] for index in order)


@pytest.mark.parametrize(("elapsed", "expected"), [(0, 40), (39.5, 1), (30, 10), (130, 30)])
def test_it_is_known_when_the_next_frame_is_due(elapsed: float, expected: float) -> None:
    assert timeline([1, 2, 3], CineTiming((40.0,))).next_change(elapsed) == expected
