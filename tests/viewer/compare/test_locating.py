"""One point of the patient in all panes.

Each goes to the nearest slice, marks it, or says that it cannot.
"""

from dataclasses import replace
from random import Random

import numpy as np
import pytest

from medviewer.imaging.frame.geometry import to_patient
from medviewer.viewer.commands.table import command_by_id
from medviewer.viewer.compare.locating import MarkedPoint, marked_point
from medviewer.viewer.compare.reference_lines import reference_of
from medviewer.viewer.state.links import Located
from medviewer.viewer.tools.locate import LOCATE
from tests.placed_stacks import AXIAL, CORONAL, SAGITTAL, placed_stack, turned
from tests.viewer.bare_viewer import HEAD, BareViewer
from tests.viewer.compare.compare_scene import comparing, indices
from tests.viewer.tools.test_tools import MadePane, drag

THIN = placed_stack("thin", slices=61, step_mm=1.0)
SIDE = placed_stack("side", SAGITTAL, slices=41, step_mm=2.0)
FRONT = placed_stack("front", CORONAL, slices=31, step_mm=2.0)
SMALL = placed_stack("small", slices=11, shape=(10, 10), step_mm=4.0, middle_mm=(20, 10, 0))
LOW = placed_stack("low", slices=5, middle_mm=(0, 0, -100))
PRIOR = placed_stack("prior", slices=41, step_mm=2.0, space="9.9", study="0", middle_mm=(0, 0, 300))
STRANGER = placed_stack("thin", slices=61, patient="B")


def locate(viewer: BareViewer, point: tuple[float, float, float], number: int = 0) -> None:
    pane = viewer.state.display.panes[number]
    assert pane is not None
    viewer.locate(Located(point, pane.stack, pane.index))


def mark(viewer: BareViewer, number: int) -> MarkedPoint | None:
    pane, located = viewer.state.display.panes[number], viewer.state.located
    assert pane is not None
    assert located is not None
    return marked_point(pane, viewer.state.links, located)


def test_all_panes_go_to_the_point_and_mark_it() -> None:
    viewer = comparing("1x3", THIN, SIDE, FRONT)
    locate(viewer, (7.0, -11.0, 0.0))
    panes = viewer.state.display.panes[:3]
    for number, pane in enumerate(panes):
        assert pane is not None
        marked = mark(viewer, number)
        assert marked is not None
        assert marked.at is not None
        place = to_patient(pane.header.geometry, marked.at[1] - 0.5, marked.at[0] - 0.5)
        assert np.abs(np.asarray(place) - (7, -11, 0)).max() <= 1 + 1e-9  # half of 2 mm
    assert indices(viewer)[0] == 30


def test_a_pane_that_does_not_hold_the_point_says_so() -> None:
    viewer = comparing("2x2", THIN, SMALL, LOW, STRANGER)
    before = indices(viewer)
    locate(viewer, (-30.0, -20.0, 0.0))
    assert mark(viewer, 1) == MarkedPoint(None, is_held=False)  # its pictures are too small
    assert mark(viewer, 2) == MarkedPoint(None, is_held=False)  # its slices end before
    assert mark(viewer, 3) is None  # another patient, though the frame of reference is called the same
    assert indices(viewer)[2:] == before[2:]
    said = [
        reference_of(viewer.state, number, pane).says.for_user()
        for number, pane in enumerate(viewer.state.display.panes[:4])
        if pane is not None
    ]
    assert said == ["", *["The point lies outside of this series"] * 2, ""]


def test_another_frame_of_reference_is_reached_by_its_offset_only() -> None:
    viewer = comparing("1x2", THIN, PRIOR)
    locate(viewer, (1.0, 2.0, 0.0))
    assert mark(viewer, 1) is None
    command_by_id("view.link_here").perform(viewer)
    viewer.scroll_to(40)
    locate(viewer, (1.0, 2.0, 10.0))
    marked = mark(viewer, 1)
    assert marked is not None
    assert marked.at == pytest.approx((80 / 2 + 1, 64 / 2 + 2))
    assert indices(viewer) == [40, 25]


def test_a_parted_pane_stays_where_it_is() -> None:
    viewer = comparing("1x2", THIN, SIDE)
    viewer.change_links(viewer.state.links.with_parted(1, is_parted=True))
    locate(viewer, (30.0, 0.0, 0.0))
    assert indices(viewer) == [30, 20]


def test_the_mark_stays_on_the_slice_that_holds_the_point() -> None:
    viewer = comparing("1x2", THIN, SIDE)
    locate(viewer, (10.0, 0.0, 0.0))
    viewer.scroll_by(1, 1)
    assert mark(viewer, 1) == MarkedPoint(None, is_held=True)
    viewer.scroll_by(-1, 1)
    marked = mark(viewer, 1)
    assert marked is not None
    assert marked.at is not None


def test_a_stack_without_a_frame_of_reference_marks_the_point_in_its_own_panes() -> None:
    bare = placed_stack("bare", space="")
    viewer = comparing("1x2", bare, bare)
    locate(viewer, (0.0, 0.0, 1.5))
    marked = [mark(viewer, number) for number in (0, 1)]
    assert marked == [MarkedPoint((40.0, 32.0), is_held=True)] * 2


def test_the_tool_locates_under_the_mouse_while_it_is_dragged() -> None:
    viewer = comparing("1x2", THIN, SIDE)
    pane = MadePane(viewer)
    drag(LOCATE, pane, (40, 32), (50, 32))
    assert viewer.state.located is not None
    assert viewer.state.located.point_mm == pytest.approx((10, 0, 0))
    assert indices(viewer) == [30, 15]
    before = viewer.state.located
    drag(LOCATE, pane, (-5, 32))  # beside the picture
    assert viewer.state.located is before


def test_a_picture_without_a_place_says_so() -> None:
    viewer = BareViewer()
    bare = replace(
        HEAD,
        frames=tuple(replace(one, geometry=replace(one.geometry, position_mm=None)) for one in HEAD.frames),
    )
    viewer.open(bare)
    drag(LOCATE, MadePane(viewer), (20, 20))
    assert viewer.state.located is None
    assert viewer.told == ["This picture does not state its place in the patient."]


def test_the_point_is_forgotten_on_demand() -> None:
    viewer = comparing("1x2", THIN, SIDE)
    forget = command_by_id("view.forget_point")
    assert forget.unavailable(viewer.state) is not None
    locate(viewer, (0.0, 0.0, 0.0))
    forget.perform(viewer)
    assert viewer.state.located is None


def test_random_points_are_found_in_stacks_that_lie_anyhow() -> None:
    random = Random(3)
    stacks = [
        THIN,
        SIDE,
        FRONT,
        placed_stack("tilted", turned(AXIAL, 18.5, (1, 0, 0)), step_direction=(0, 0, 1), step_mm=4.0),
        placed_stack("uneven", steps_mm=[1.08, 7, 7, 3, 3, 3, 1.08, 7, 2], spacing_mm=(0.5, 2)),
        placed_stack("oblique", turned(CORONAL, 40, (1, 1, 0)), step_mm=2.5, slices=33),
    ]
    viewer = comparing("2x3", *stacks)
    held = 0
    for _ in range(300):
        leader = random.randrange(len(stacks))
        pane = viewer.state.display.panes[leader]
        assert pane is not None
        row, column = random.uniform(0, pane.stack.rows - 1), random.uniform(0, pane.stack.columns - 1)
        point = to_patient(pane.header.geometry, row, column)
        assert point is not None
        locate(viewer, point, leader)
        for number, stack in enumerate(stacks):
            shown, marked = viewer.state.display.panes[number], mark(viewer, number)
            assert shown is not None
            assert marked is not None
            if marked.at is None:
                continue
            held += 1
            geometry = shown.header.geometry
            place = np.asarray(to_patient(geometry, marked.at[1] - 0.5, marked.at[0] - 0.5))
            normal = np.cross(geometry.row_direction, geometry.column_direction)
            way = np.asarray(point) - place
            assert np.linalg.norm(way - normal * (way @ normal)) < 1e-6  # straight above the mark
            heights = np.array([normal @ np.asarray(one.geometry.position_mm) for one in stack.headers])
            assert abs(way @ normal) == pytest.approx(np.abs(heights - normal @ np.asarray(point)).min())
    assert held > 600
