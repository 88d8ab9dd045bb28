"""Lines over an image say where the slices of the other panes cross it."""

import pytest

from medviewer.imaging import image_colors
from medviewer.imaging.display.transform import TURNED_RIGHT
from medviewer.viewer import state as display_state
from medviewer.viewer.commands.table import command_by_id
from medviewer.viewer.compare.reference_lines import MOST_LINES, Reference, Weight, reference_of
from tests.placed_stacks import AXIAL, CORONAL, SAGITTAL, placed_stack
from tests.viewer.bare_viewer import BareViewer
from tests.viewer.compare.compare_scene import comparing

HEAD = placed_stack("axial", slices=21)
SIDE = placed_stack("side", SAGITTAL)
FRONT = placed_stack("front", CORONAL)


def reference(viewer: BareViewer, number: int) -> Reference:
    pane = viewer.state.display.panes[number]
    assert pane is not None
    return reference_of(viewer.state, number, pane)


def strong(viewer: BareViewer, number: int) -> list[float]:
    lines = reference(viewer, number).lines
    return [round(line.ends[0][1], 3) for line in lines if line.weight is Weight.STRONG]


def test_the_active_pane_is_a_strong_line_in_the_others_and_all_its_slices_faint_ones() -> None:
    viewer = comparing("1x3", HEAD, SIDE, FRONT)
    lines = reference(viewer, 1).lines
    weights = [line.weight for line in lines]
    assert weights.count(Weight.STRONG) == 1
    assert weights.count(Weight.THIN) == 1  # of the third pane
    assert weights.count(Weight.FAINT) == len(HEAD) - 1
    (chosen,) = [line for line in lines if line.weight is Weight.STRONG]
    assert chosen.color == image_colors.rgb(image_colors.AXIAL)
    assert chosen.label == "(11/21)"
    (thin,) = [line for line in lines if line.weight is Weight.THIN]
    assert (thin.color, thin.label) == (image_colors.rgb(image_colors.CORONAL), "3")
    labels = [line.label for line in lines if line.weight is Weight.FAINT and line.label]
    assert labels == ["(1/21)", "(21/21)"]


def test_the_line_goes_with_the_active_slice() -> None:
    viewer = comparing("1x2", HEAD, SIDE)
    before = strong(viewer, 1)
    viewer.scroll_by(2)
    assert strong(viewer, 1) == [before[0] - 6]  # 6 mm towards the head
    viewer.set_focus(1)
    assert strong(viewer, 1) == []
    assert len(strong(viewer, 0)) == 1


@pytest.mark.parametrize(
    "other",
    [
        placed_stack("parallel", AXIAL),
        placed_stack("other space", SAGITTAL, space="9.9"),
        placed_stack("no space", SAGITTAL, space=""),
        placed_stack("stranger", SAGITTAL, patient="B"),
    ],
    ids=lambda stack: stack.identity.series_description,
)
def test_there_are_no_lines_of_what_does_not_cross(other) -> None:
    viewer = comparing("1x2", HEAD, other)
    assert reference(viewer, 0) == reference(viewer, 1) == Reference()


def test_an_offset_makes_no_lines_between_frames_of_reference() -> None:
    viewer = comparing(
        "1x3", HEAD, placed_stack("prior", space="9.9"), placed_stack("its side", SAGITTAL, space="9.9")
    )
    command_by_id("view.link_here").perform(viewer)
    assert reference(viewer, 0).lines == ()
    assert reference(viewer, 2).lines[0].label == "2"


def test_of_many_slices_not_each_has_a_line() -> None:
    many = placed_stack("many", slices=300, step_mm=0.2)
    lines = reference(comparing("1x2", many, SIDE), 1).lines
    assert MOST_LINES / 2 < len(lines) <= MOST_LINES + 3


def test_lines_can_be_hidden() -> None:
    viewer = comparing("1x2", HEAD, SIDE)
    command_by_id("view.reference_lines").perform(viewer)
    assert reference(viewer, 1) == Reference()


def test_hidden_panes_have_no_lines() -> None:
    viewer = comparing("1x2", HEAD, SIDE)
    viewer.change(layout="1")
    assert reference(viewer, 0) == Reference()


def test_a_turned_and_mirrored_image_has_its_lines_turned_with_it() -> None:
    viewer = comparing("1x2", HEAD, SIDE)
    (before,) = strong(viewer, 1)
    viewer.show(display_state.turn(viewer.state.display, [1], TURNED_RIGHT))
    lines = [line for line in reference(viewer, 1).lines if line.weight is Weight.STRONG]
    assert lines[0].ends[0][0] == pytest.approx(64 - before)
