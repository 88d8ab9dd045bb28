"""Drawings by clicks and drags, and what hands and commands do with them afterwards. No window."""

import math
import random
from dataclasses import replace

import pytest

from medviewer.imaging.annotation.annotation import Annotation
from medviewer.imaging.annotation.placement import label_in_image, points_in_image
from medviewer.imaging.annotation.primitives import Handle, Label
from medviewer.viewer.annotations.edits import history_of, present_in, select
from medviewer.viewer.annotations.listing import annotation_rows
from medviewer.viewer.commands.table import command_by_id
from medviewer.viewer.render.graphics import graphics_on
from medviewer.viewer.state import select_annotation
from medviewer.viewer.tools.grab import grip_at
from medviewer.viewer.tools.reshaping import with_point_at
from medviewer.viewer.tools.table import TOOLS
from medviewer.viewer.tools.tool import Interaction, Pointer
from tests.viewer.bare_viewer import HEAD, BareViewer
from tests.viewer.tools.test_tools import MadePane, drag, labels

Place = tuple[float, float]


@pytest.fixture
def pane() -> MadePane:
    viewer = BareViewer()
    viewer.open(HEAD)
    return MadePane(viewer)


def drawn(pane: MadePane) -> tuple[Annotation, ...]:
    return present_in(pane.viewer.state)


def shapes(pane: MadePane) -> list[tuple[Place, ...]]:
    """Return the points of drawings in pixels, as the pane shows them."""
    shown = pane.viewer.state.focused
    assert shown is not None
    assert shown.frame is not None
    return [
        tuple((round(x, 6), round(y, 6)) for x, y in points_in_image(shown.frame.geometry, one) or ())
        for one in shown.annotations
    ]


def press(pane: MadePane, going: Interaction, *places: Place) -> None:
    """Press at the first place, go over the others, let go at the last."""
    going.press(pane, Pointer(*places[0]))
    for place in places[1:]:
        going.drag(pane, Pointer(*place))
    going.release(pane, Pointer(*places[-1]))


def take(pane: MadePane, *places: Place) -> None:
    """Take hold of a drawing at the first place, and drag it on."""
    grip = grip_at(pane, Pointer(*places[0]))
    assert grip is not None
    press(pane, grip, *places)


def steps(pane: MadePane) -> int:
    shown = pane.viewer.state.focused
    assert shown is not None
    return len(history_of(pane.viewer.state, shown.identity.study_instance_uid).past)


def do(pane: MadePane, name: str) -> None:
    command_by_id(name).perform(pane.viewer)


def length(pane: MadePane, start: Place = (10, 10), end: Place = (40, 10)) -> Annotation:
    drag(TOOLS["length"], pane, start, end)
    return drawn(pane)[-1]


# drawing


@pytest.mark.parametrize(
    ("presses", "between"),
    [
        ([((20, 4), (4, 4)), ((4, 20),)], (9, 9)),  # a drag for one arm, a click for the other
        ([((20, 4), (4, 4)), ((4, 4), (4, 20))], (9, 9)),
        ([((20, 4),), ((4, 4),), ((4, 20),)], (9, 9)),
    ],
)
def test_an_angle_is_drawn_by_drags_or_clicks_and_is_one_step(pane, presses, between) -> None:
    going = TOOLS["angle"].start()
    for number, places in enumerate(presses):
        press(pane, going, *places)
        is_over = number == len(presses) - 1
        assert (steps(pane), going.continues) == (int(is_over), not is_over)
        if not is_over:
            going.hover(pane, Pointer(*between))
            assert len(shapes(pane)) == 1  # it is seen while the mouse goes on
    assert labels(pane) == ["90.0°"]
    assert shapes(pane) == [((20, 4), (4, 4), (4, 20))]


def test_a_cobb_angle_takes_two_lines(pane) -> None:
    going = TOOLS["cobb"].start()
    press(pane, going, (4, 4), (40, 4))
    going.hover(pane, Pointer(50, 50))
    assert shapes(pane) == [((4, 4), (40, 4))]  # no line to the mouse between the two
    assert labels(pane) == []
    press(pane, going, (4, 30), (34, 60))
    assert not going.continues
    assert (labels(pane), steps(pane)) == (["45.0°"], 1)


@pytest.mark.parametrize("ends", ["double click", "first corner"])
def test_a_polygon_is_closed(pane, ends: str) -> None:
    going = TOOLS["polygon"].start()
    for place in ((5, 5), (25, 5), (25, 25), (5, 25)):
        press(pane, going, place)
    assert steps(pane) == 0
    if ends == "first corner":
        press(pane, going, (8, 7))
    else:
        press(pane, going, (5, 25))  # the first click of the two
        going.finish(pane)
    assert shapes(pane) == [((5, 5), (25, 5), (25, 25), (5, 25))]
    assert (steps(pane), going.continues) == (1, False)
    assert labels(pane)[0].startswith("Area")


def test_a_drawing_that_is_given_up_leaves_nothing(pane) -> None:
    for name in ("angle", "cobb", "polygon"):
        going = TOOLS[name].start()
        press(pane, going, (5, 5), (25, 5))
        going.cancel(pane)
        assert (shapes(pane), steps(pane), going.continues) == ([], 0, False)
    going = TOOLS["polygon"].start()
    press(pane, going, (5, 5), (25, 5))
    going.finish(pane)  # a line is no region
    assert (shapes(pane), steps(pane)) == ([], 0)


def test_a_polygon_that_is_ended_on_another_slice_is_dropped(pane) -> None:
    going = TOOLS["polygon"].start()
    for place in ((5, 5), (25, 5), (25, 25)):
        press(pane, going, place)
    pane.viewer.scroll_by(1)
    going.finish(pane)
    pane.viewer.scroll_by(-1)
    assert (shapes(pane), steps(pane)) == ([], 0)


def test_freehand_rectangle_point_and_arrow(pane) -> None:
    drag(TOOLS["freehand"], pane, (5, 5), (25, 5), (25, 25), (5, 25))
    drag(TOOLS["rectangle"], pane, (30, 30), (50, 40))
    drag(TOOLS["point"], pane, (7, 8))
    drag(TOOLS["arrow"], pane, (20, 50), (40, 60))
    assert shapes(pane) == [
        ((5, 5), (25, 5), (25, 25), (5, 25)),
        ((30, 30), (50, 30), (50, 40), (30, 40)),
        ((7, 8),),
        ((40, 60), (20, 50)),  # the head is where the button went down
    ]
    assert [one.kind for one in drawn(pane)] == ["freehand", "rectangle", "point", "arrow"]


def test_a_text_is_asked_for_and_stands_where_the_click_was(pane) -> None:
    drag(TOOLS["text"], pane, (12, 14))
    assert steps(pane) == 0
    (asked,) = pane.viewer.text_questions
    asked.on_text("  ")
    assert steps(pane) == 0
    asked.on_text("old fracture")
    assert (labels(pane), shapes(pane)) == (["old fracture"], [((12, 14),)])


def test_one_key_goes_through_the_shapes_of_a_region(pane) -> None:
    seen = []
    for _ in range(5):
        do(pane, "tools.region")
        seen.append(pane.viewer.state.tool)
    assert seen == ["ellipse", "rectangle", "polygon", "freehand", "ellipse"]


# hands


def test_a_line_is_moved_by_its_middle_and_changed_by_its_ends(pane) -> None:
    one = length(pane)
    assert pane.viewer.state.display.selected == one.id
    take(pane, (25, 12), (25, 22))
    assert shapes(pane) == [((10, 20), (40, 20))]
    take(pane, (40, 20), (50, 35))
    assert shapes(pane) == [((10, 20), (50, 35))]
    assert drawn(pane)[0].id == one.id
    do(pane, "tools.undo")
    do(pane, "tools.undo")
    assert shapes(pane) == [((10, 10), (40, 10))]


def test_a_click_selects_and_changes_nothing(pane) -> None:
    first, second = length(pane), length(pane, (10, 40), (40, 40))
    take(pane, (25, 10), (26, 11))
    assert pane.viewer.state.display.selected == first.id
    assert (drawn(pane), steps(pane)) == ((first, second), 2)
    assert grip_at(pane, Pointer(25, 25)) is None


def test_handles_are_seen_on_the_selected_drawing_alone_and_never_in_a_file(pane) -> None:
    length(pane)
    length(pane, (10, 40), (40, 40))
    shown = pane.viewer.state.focused
    assert shown is not None
    handles = [one.at for one in graphics_on(shown, has_handles=True) if isinstance(one, Handle)]
    assert handles == [(10, 40), (40, 40)]
    assert not any(isinstance(one, Handle) for one in graphics_on(shown))
    assert not any(isinstance(one, Label) for one in graphics_on(shown, has_labels=False))


def test_a_label_is_dragged_and_goes_with_its_drawing(pane) -> None:
    one = length(pane)
    pane.label = (44.0, 5.0), one.id
    take(pane, (50, 8), (60, 48))
    (changed,) = drawn(pane)
    geometry = pane.frame.geometry
    assert label_in_image(geometry, changed) == pytest.approx((64, 50))  # its middle was at 54, 10
    assert changed.points[0] == pytest.approx(one.points[0])
    pane.label = (-100.0, -100.0), ""
    take(pane, (25, 10), (35, 15))
    assert label_in_image(geometry, drawn(pane)[0]) == pytest.approx((74, 55))


def test_a_locked_drawing_is_selected_and_not_moved_nor_removed(pane) -> None:
    one = length(pane)
    do(pane, "annotation.lock")
    take(pane, (25, 10), (60, 50))
    do(pane, "annotation.remove")
    do(pane, "annotation.move_down")
    assert drawn(pane) == (replace(one, is_locked=True),)
    assert set(pane.viewer.told) == {"This drawing is locked."}
    do(pane, "annotation.lock")
    do(pane, "annotation.remove")
    assert drawn(pane) == ()


def test_a_rectangle_stays_one_and_an_ellipse_too() -> None:
    box = ((10.0, 10.0), (30.0, 10.0), (30.0, 20.0), (10.0, 20.0))
    assert with_point_at("rectangle", box, 0, (5.0, 2.0)) == (
        (5.0, 2.0),
        (30.0, 2.0),
        (30.0, 20.0),
        (5.0, 20.0),
    )
    axes = ((10.0, 15.0), (30.0, 15.0), (20.0, 10.0), (20.0, 20.0))
    assert with_point_at("ellipse", axes, 1, (40.0, 99.0)) == (
        (10.0, 15.0),
        (40.0, 15.0),
        (25.0, 10.0),
        (25.0, 20.0),
    )
    taller = with_point_at("ellipse", axes, 3, (0.0, 60.0))  # longer than the other: it comes first
    assert taller == ((20.0, 10.0), (20.0, 60.0), (10.0, 35.0), (30.0, 35.0))
    assert with_point_at("rectangle", box, 0, (30.0, 5.0)) == box


@pytest.mark.parametrize("seed", range(20))
def test_a_turned_rectangle_keeps_its_right_angles(seed: int) -> None:
    random_ = random.Random(seed)
    turn, wide, high = random_.uniform(0, 6.28), random_.uniform(5, 50), random_.uniform(5, 50)
    across, down = (math.cos(turn), math.sin(turn)), (-math.sin(turn), math.cos(turn))
    box = tuple(
        (50 + a * wide * across[0] + b * high * down[0], 50 + a * wide * across[1] + b * high * down[1])
        for a, b in ((0, 0), (1, 0), (1, 1), (0, 1))
    )
    place = (random_.uniform(0, 100), random_.uniform(0, 100))
    found = with_point_at("rectangle", box, number := random_.randrange(4), place)
    assert found[number] == place
    assert found[(number + 2) % 4] == box[(number + 2) % 4]
    for corner in range(4):
        (x0, y0), (x, y), (x1, y1) = (found[(corner + step) % 4] for step in (-1, 0, 1))
        assert (x0 - x) * (x1 - x) + (y0 - y) * (y1 - y) == pytest.approx(0, abs=1e-6)


# commands


def test_a_drawing_is_named_and_coloured_and_its_value_is_copied(pane) -> None:
    length(pane)
    do(pane, "annotation.rename")
    pane.viewer.text_questions[0].on_text("lesion 1 ")
    do(pane, "annotation.color_f2b44e")
    (one,) = drawn(pane)
    assert (one.text, one.color) == ("lesion 1", (0xF2, 0xB4, 0x4E))
    do(pane, "annotation.copy_value")
    assert pane.viewer.texts == ["\n".join(labels(pane))]
    assert labels(pane)[0] == "lesion 1"
    do(pane, "annotation.color_usual")
    assert drawn(pane)[0].color is None


def test_a_drawing_is_put_on_another_slice_at_its_place(pane) -> None:
    one = length(pane)
    do(pane, "annotation.copy")
    pane.viewer.scroll_by(2)
    do(pane, "annotation.paste")
    assert shapes(pane) == [((10, 10), (40, 10))]
    other = drawn(pane)[1]
    assert other.id != one.id
    assert other.slice_digest != one.slice_digest
    do(pane, "annotation.paste")  # on its own slice: beside it
    assert len(shapes(pane)) == 2
    do(pane, "tools.undo")
    do(pane, "tools.undo")
    assert drawn(pane) == (one,)


def placed(pane: MadePane, **geometry: object) -> None:
    """Let the shown slice lie elsewhere in a frame of reference."""
    display = pane.viewer.state.display
    shown = display.panes[0]
    assert shown is not None
    assert shown.frame is not None
    known = {
        "frame_of_reference_uid": "1.2.3",
        "position_mm": (0.0, 0.0, 0.0),
        "row_direction": (1.0, 0.0, 0.0),
        "column_direction": (0.0, 1.0, 0.0),
    }
    lying = replace(shown.frame.geometry, **(known | geometry))
    frame = replace(shown.frame, geometry=lying)
    pane.viewer.change(display=replace(display, panes=(replace(shown, frame=frame), *display.panes[1:])))


@pytest.mark.parametrize(
    ("geometry", "reason"),
    [
        ({"column_direction": (0.0, 0.0, -1.0)}, "across this slice"),
        ({"position_mm": (5000.0, 0.0, 0.0)}, "outside of this picture"),
        ({"frame_of_reference_uid": "9"}, "another frame of reference"),
        ({"position_mm": (0.0, 0.0, 30.0)}, ""),
        ({"column_direction": (0.0, 0.0, 1.0), "position_mm": (0.0, 0.0, 0.0)}, "across this slice"),
    ],
)
def test_a_copy_is_put_only_on_a_slice_that_holds_its_shape(pane, geometry, reason) -> None:
    placed(pane)
    drag(TOOLS["rectangle"], pane, (10, 10), (40, 30))
    do(pane, "annotation.copy")
    placed(pane, **geometry)
    before = len(drawn(pane))
    do(pane, "annotation.paste")
    assert len(drawn(pane)) == before + (not reason)
    assert [reason in told for told in pane.viewer.told] == ([True] if reason else [])


def test_the_list_says_where_each_is_and_goes_there(pane) -> None:
    pane.viewer.scroll_to(7)
    late = length(pane)
    pane.viewer.scroll_to(2)
    early = length(pane, (5, 5), (9, 50))
    rows = annotation_rows(pane.viewer.state)
    assert [(row.annotation.id, row.index) for row in rows] == [(early.id, 2), (late.id, 7)]
    do(pane, "annotation.next")
    shown = pane.viewer.state.focused
    assert shown is not None
    assert (shown.index, shown.selected) == (7, late.id)
    do(pane, "annotation.next")
    shown = pane.viewer.state.focused
    assert shown is not None
    assert (shown.index, shown.selected) == (2, early.id)
    do(pane, "annotation.previous")
    assert pane.viewer.state.display.selected == late.id


def test_commands_say_why_they_do_nothing(pane) -> None:
    for name in ("annotation.remove", "annotation.rename", "annotation.copy"):
        do(pane, name)
    do(pane, "annotation.paste")
    do(pane, "annotation.next")
    assert pane.viewer.told == [
        "Select a drawing first: click on its line.",
        "Select a drawing first: click on its line.",
        "Select a drawing first: click on its line.",
        "No drawing has been copied.",
        "Nothing is drawn in this study.",
    ]


def test_alt_and_arrows_move_by_a_pixel_as_it_is_seen(pane) -> None:
    length(pane)
    do(pane, "annotation.move_right")
    do(pane, "annotation.move_down")
    assert shapes(pane) == [((11, 11), (41, 11))]
    do(pane, "view.rotate_right")
    do(pane, "annotation.move_left")  # on the turned image: down in the stored one
    assert shapes(pane) == [((11, 12), (41, 12))]


def test_a_selection_holds_on_every_pane_of_the_slice_and_on_no_other(pane) -> None:
    one = length(pane)
    assert [shown.selected for shown in pane.viewer.state.display.panes if shown] == [one.id] * 4
    pane.viewer.scroll_by(1)
    assert {shown.selected for shown in pane.viewer.state.display.panes if shown} == {""}
    pane.viewer.scroll_by(-1)
    assert {shown.selected for shown in pane.viewer.state.display.panes if shown} == {one.id}
    assert select_annotation(pane.viewer.state.display, one.id) is pane.viewer.state.display


# everything at once


def _random_edit(pane: MadePane, random_: random.Random) -> None:
    def place() -> Place:
        return random_.uniform(0, 390), random_.uniform(0, 190)

    present = drawn(pane)
    choice = random_.randrange(10)
    if choice < 3 or not present:
        name = random_.choice(["length", "ellipse", "rectangle", "freehand", "point", "arrow"])
        drag(TOOLS[name], pane, place(), place(), place(), place())
        return
    select(pane.viewer, random_.choice(present).id)
    if choice == 3:
        do(pane, "annotation.remove")
    elif choice == 4:
        do(pane, random_.choice(["annotation.color_f2b44e", "annotation.color_usual", "annotation.lock"]))
    elif choice == 5:
        do(pane, f"annotation.move_{random_.choice(['left', 'right', 'up', 'down'])}")
    elif choice == 6:
        do(pane, "annotation.copy")
        do(pane, "annotation.paste")
    elif choice == 7:
        do(pane, "annotation.next")
    elif choice == 8:
        do(pane, random_.choice(["tools.undo", "tools.redo"]))
    else:
        shown = pane.viewer.state.focused
        assert shown is not None
        assert shown.frame is not None
        here = [one for one in shown.annotations if points_in_image(shown.frame.geometry, one)]
        if here:
            at = (points_in_image(shown.frame.geometry, random_.choice(here)) or ())[0]
            grip = grip_at(pane, Pointer(*at))
            if grip is not None:
                press(pane, grip, at, place())


@pytest.mark.parametrize("count", [150, pytest.param(1000, marks=pytest.mark.slow)])
def test_undoing_random_edits_gives_the_start_and_redoing_them_the_end(pane, count: int) -> None:
    random_ = random.Random(count)
    one = length(pane)
    start = drawn(pane)
    first = steps(pane)
    done = 0
    while done < count:
        _random_edit(pane, random_)
        done += 1
    end = drawn(pane)
    back = 0
    while steps(pane) > first:
        do(pane, "tools.undo")
        back += 1
    assert drawn(pane) == start == (one,)
    for _ in range(back):
        do(pane, "tools.redo")
    assert drawn(pane) == end
    assert pane.viewer.state.display.annotations  # what is on the panes is what is in the history
    on_panes = {shape.id for shape in end}
    assert {x.id for some in pane.viewer.state.display.annotations.values() for x in some} == on_panes
