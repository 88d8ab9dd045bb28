"""Stacks of one frame of reference are matched by position.

All others stand where they are.
"""

import math
from dataclasses import replace

import pytest

from medviewer.dicom.model import StoredStack
from medviewer.imaging.frame.geometry import Vector
from medviewer.viewer import state as display_state
from medviewer.viewer.state.following import followers
from medviewer.viewer.state.linking import reason_apart, slice_at_place_of
from medviewer.viewer.state.links import BY_PLACE
from tests.gui.pane_scene import identity, make_stack

ONE, OTHER = "1.2.3.1", "1.2.3.2"
FINE = make_stack(41, who=identity(series="fine"), step_mm=1.0, start_mm=-10.0, space=ONE)  # -10 to 30 mm
COARSE = make_stack(5, who=identity(series="coarse"), step_mm=5.0, space=ONE)  # 0 to 20 mm


def turned(stack: StoredStack, row: Vector, column: Vector) -> StoredStack:
    frames = tuple(
        replace(one, geometry=replace(one.geometry, row_direction=row, column_direction=column))
        for one in stack.frames
    )
    return replace(stack, frames=frames)


@pytest.mark.parametrize(
    ("place_mm", "slice_"),
    [(0, 0), (2, 0), (3, 1), (7, 1), (8, 2), (20, 4), (22, 4), (23, None), (-2, 0), (-3, None), (30, None)],
)
def test_the_nearest_slice_is_found_up_to_half_a_spacing_outside(place_mm: int, slice_: int | None) -> None:
    assert slice_at_place_of(COARSE, FINE, place_mm + 10, current=3) == slice_


def test_half_way_between_two_slices_the_one_that_is_shown_stays() -> None:
    halves = make_stack(9, who=identity(series="halves"), step_mm=2.5, space=ONE)
    assert [slice_at_place_of(COARSE, halves, 1, current) for current in (0, 1)] == [0, 1]


def test_a_stack_in_the_other_order_is_matched_by_position() -> None:
    backwards = replace(COARSE, frames=COARSE.frames[::-1])
    assert [slice_at_place_of(backwards, FINE, at + 10, 0) for at in (0, 5, 20)] == [4, 3, 0]


@pytest.mark.parametrize(
    "other",
    [
        make_stack(41, who=identity(series="3"), step_mm=1.0, space=OTHER),
        make_stack(41, who=identity(series="3"), step_mm=1.0),
        make_stack(41, who=identity("ROE^RICHARD", "000555"), step_mm=1.0, space=ONE),
        make_stack(41, who=identity(series="3"), step_mm=1.0, space=ONE, oriented=False),
        turned(FINE, (0.0, 1.0, 0.0), (0.0, 0.0, -1.0)),
        turned(FINE, (1.0, 0.0, 0.0), (0.0, math.cos(0.4), math.sin(0.4))),
    ],
    ids=[
        "other space",
        "no space stated",
        "other patient",
        "no directions",
        "sagittal",
        "tilted by 23 degrees",
    ],
)
def test_without_a_common_space_or_direction_nothing_is_matched(other: StoredStack) -> None:
    assert slice_at_place_of(COARSE, other, 5, 2) is None
    assert slice_at_place_of(other, COARSE, 1, 2) is None


def test_why_two_stacks_cannot_be_matched_is_said() -> None:
    apart = make_stack(4, who=identity(series="7"), space=OTHER)
    stranger = make_stack(4, who=identity("ROE^RICHARD", "000555"), space=ONE)
    sagittal = turned(COARSE, (0.0, 1.0, 0.0), (0.0, 0.0, -1.0))
    bare = make_stack(4, who=identity(series="9"), space=ONE, oriented=False)
    reasons = [str(reason_apart(other, FINE)) for other in (apart, stranger, sagittal, bare, COARSE)]
    assert reasons == [
        "no frame of reference is stated that both have",
        "it shows another patient",
        "it lies in another direction",
        "its direction in the patient is not stated",
        "",
    ]


def test_two_stacks_that_state_no_frame_of_reference_are_not_matched() -> None:
    first, second = (make_stack(5, who=identity(series=name)) for name in ("4", "5"))
    assert slice_at_place_of(first, second, 1, 2) is None


def test_slightly_tilted_stacks_are_matched_at_the_middle_of_the_image() -> None:
    tilt = math.radians(10)
    tilted = turned(FINE, (1.0, 0.0, 0.0), (0.0, math.cos(tilt), math.sin(tilt)))
    middle_mm = 31.5 * 0.5 * math.sin(tilt)  # the middle row of 64, half a mm each, lies so much higher
    assert slice_at_place_of(COARSE, tilted, 10 + 5, 0) == round((5 + middle_mm) / 5)


def test_slices_at_one_place_keep_the_one_that_is_shown() -> None:
    loop = make_stack(25, who=identity(series="loop"), step_mm=0.0, start_mm=5.0, space=ONE)
    assert slice_at_place_of(loop, COARSE, 1, current=17) == 17
    assert slice_at_place_of(loop, COARSE, 2, current=17) is None
    assert slice_at_place_of(COARSE, loop, 17, current=4) == 1


def test_frames_of_another_space_within_a_stack_are_passed_by() -> None:
    strange = replace(COARSE.frames[1].geometry, frame_of_reference_uid=OTHER)
    mixed = replace(
        COARSE, frames=(COARSE.frames[0], replace(COARSE.frames[1], geometry=strange), *COARSE.frames[2:])
    )
    assert slice_at_place_of(mixed, FINE, 15, 0) != 1


@pytest.mark.parametrize("first", [0, 1])
def test_only_slices_that_state_their_space_are_matched(first: int) -> None:
    frames = list(COARSE.frames)
    for place in range(first, len(frames), 2):
        frames[place] = replace(
            frames[place], geometry=replace(frames[place].geometry, frame_of_reference_uid="")
        )
    partly = replace(COARSE, frames=tuple(frames))
    stated = [place for place in range(len(frames)) if place % 2 != first]
    assert all(slice_at_place_of(partly, FINE, 10 + 5 * place, 0) == place for place in stated)
    assert [slice_at_place_of(FINE, partly, place, 0) is not None for place in range(len(frames))] == [
        place in stated for place in range(len(frames))
    ]


def test_each_pane_gets_the_slice_of_its_own_stack() -> None:
    state = display_state.show_stack(display_state.DisplayState(), {0: "original", 1: "edges"}, FINE, 10)
    state = display_state.show_stack(state, {2: "original"}, COARSE, 0)
    state = display_state.show_stack(
        state, {3: "original"}, make_stack(5, who=identity(series="9"), space=OTHER), 0
    )
    assert followers(state, BY_PLACE, 0, 25) == {2: 3}
    assert followers(state, BY_PLACE, 0, 99) == {}  # the end of the stack lies 10 mm outside
    assert followers(state, BY_PLACE, 2, 4) == {0: 30, 1: 30}
    assert followers(display_state.DisplayState(), BY_PLACE, 0, 1) == {}
    moved = display_state.navigate_each(state, {0: 25, 1: 25, 2: 3})
    assert [pane and pane.index for pane in moved.panes] == [25, 25, 3, 0]
