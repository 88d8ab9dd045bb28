"""A model's outline that the reader corrects: on which slice, by which strokes, and what never happens."""

from dataclasses import replace
from random import Random

import numpy as np
import pytest

from medviewer.imaging.annotation.masks import OUTLINE
from medviewer.imaging.annotation.primitives import Label, Polygon
from medviewer.imaging.display.transform import MIRRORED
from medviewer.imaging.frame.geometry import SpacingKind
from medviewer.imaging.volume.mask_edits import brushed
from medviewer.inference.tasks import outline_in
from medviewer.viewer.annotations.brush import brush_size
from medviewer.viewer.annotations.edits import history_of, present_in, put_histories, select
from medviewer.viewer.annotations.listing import annotated_slices, annotation_rows
from medviewer.viewer.annotations.outlines import correctable, why_not_correctable
from medviewer.viewer.annotations.store import AnnotationStore
from medviewer.viewer.commands.table import command_by_id
from medviewer.viewer.render.graphics import OUTLINE_COLOR, graphics_on
from medviewer.viewer.state import History, set_reader_first, turn
from medviewer.viewer.tools.grab import grip_at
from medviewer.viewer.tools.table import TOOLS
from medviewer.viewer.tools.tool import Pointer
from medviewer.viewer.verdicts import give_reading, show_without
from tests.gui.pane_scene import make_frame, make_stack
from tests.outlined import NAME, REFUSING, VERSION, answer, corrections, square
from tests.viewer.bare_viewer import COLOR, HEAD, BareViewer
from tests.viewer.tools.test_tools import MadePane, drag

SIZE = (0.5, 0.5)


@pytest.fixture
def pane() -> MadePane:
    viewer = BareViewer()
    viewer.open(HEAD)
    return MadePane(viewer)


def do(pane: MadePane, name: str) -> None:
    command_by_id(name).perform(pane.viewer)


def stroke(pane: MadePane, tool: str, *places: tuple[float, float]) -> None:
    drag(TOOLS[f"outline_{tool}"], pane, *places)


def lines(pane: MadePane) -> tuple[list[Polygon], list[Polygon]]:
    """Return the lines of the model's and of the reader's outline."""
    shown = [one for one in graphics_on(pane.viewer.state.focused) if isinstance(one, Polygon)]
    return [one for one in shown if not one.is_dashed], [one for one in shown if one.is_dashed]


def steps(pane: MadePane) -> int:
    study = pane.viewer.state.focused.identity.study_instance_uid
    return len(history_of(pane.viewer.state, study).past)


def test_a_stroke_adds_and_another_cuts_each_as_one_edit(pane: MadePane) -> None:
    answer(pane.viewer)
    stroke(pane, "add", (30.5, 25.5), (40.5, 25.5))
    added = brushed(square(), (30.5, 25.5), (40.5, 25.5), 3.0, SIZE, adds=True)
    assert np.array_equal(corrections(pane.viewer)[0], added)
    stroke(pane, "cut", (12.5, 20.5))
    cut = brushed(added, (12.5, 20.5), (12.5, 20.5), 3.0, SIZE, adds=False)
    assert [np.array_equal(one, cut) for one in corrections(pane.viewer)] == [True]
    assert steps(pane) == 2
    do(pane, "tools.undo")
    assert np.array_equal(corrections(pane.viewer)[0], added)
    do(pane, "tools.undo")
    assert corrections(pane.viewer) == []
    do(pane, "tools.redo")
    assert np.array_equal(corrections(pane.viewer)[0], added)


def test_the_models_outline_stays_what_it_is_and_can_be_hidden_beside_the_readers(pane: MadePane) -> None:
    answer(pane.viewer)
    stroke(pane, "add", (40.5, 25.5))
    result = pane.viewer.state.focused.result
    assert np.array_equal(outline_in(result).mask, square())
    models, own = lines(pane)
    assert len(models) == 1
    assert own
    assert {one.color for one in own} != {OUTLINE_COLOR}
    do(pane, "outline.models")
    assert lines(pane)[0] == []
    assert lines(pane)[1] == own
    do(pane, "outline.models")
    assert len(lines(pane)[0]) == 1


def test_the_models_outline_is_hidden_only_where_the_reader_has_one(pane: MadePane) -> None:
    answer(pane.viewer)
    stroke(pane, "add", (40.5, 25.5))
    do(pane, "outline.models")
    pane.viewer.scroll_by(1)
    answer(pane.viewer)
    assert len(lines(pane)[0]) == 1


def test_it_says_that_it_is_the_readers_with_its_size(pane: MadePane) -> None:
    answer(pane.viewer)
    stroke(pane, "add", (40.5, 25.5))
    (label,) = [one for one in graphics_on(pane.viewer.state.focused) if isinstance(one, Label)]
    first, second = label.lines
    assert first.startswith("Corrected by you: ")
    assert first.endswith(" mm²")
    assert second.startswith("Longest diameter ")
    (one,) = present_in(pane.viewer.state)
    assert (one.kind, one.corrects) == (OUTLINE, f"{NAME} {VERSION}")


def test_what_the_model_did_not_call_is_drawn_from_nothing(pane: MadePane) -> None:
    answer(pane.viewer, nothing=True, score=0.1)
    stroke(pane, "add", (40.5, 25.5))
    expected = brushed(np.zeros((64, 64), bool), (40.5, 25.5), (40.5, 25.5), 3.0, SIZE, adds=True)
    assert np.array_equal(corrections(pane.viewer)[0], expected)


def test_all_of_it_can_be_cut_away_and_that_stays_a_correction(pane: MadePane) -> None:
    answer(pane.viewer)
    pane.viewer.change(brush=50.0)
    stroke(pane, "cut", (16.5, 25.5))
    assert [one.any() for one in corrections(pane.viewer)] == [False]
    (label,) = [one for one in graphics_on(pane.viewer.state.focused) if isinstance(one, Label)]
    assert label.lines == ("Corrected by you: nothing is outlined",)


@pytest.mark.parametrize("begin", ["not asked", "refused", "classifies only"])
def test_nothing_is_corrected_where_no_outline_stands(pane: MadePane, begin: str) -> None:
    if begin == "refused":
        answer(pane.viewer, gates=(REFUSING,))
    elif begin == "classifies only":
        pane.viewer.take_result("prediction")
    stroke(pane, "add", (40.5, 25.5))
    do(pane, "outline.smooth")
    do(pane, "outline.correct")
    assert pane.viewer.state.tool == "window"
    assert corrections(pane.viewer) == []
    assert steps(pane) == 0
    assert len(pane.viewer.told) == 3


def test_an_answer_about_another_picture_is_not_corrected(pane: MadePane) -> None:
    answer(pane.viewer)
    shown = pane.viewer.state.focused
    other = replace(shown.result, key=replace(shown.result.key, sop_instance_uid="2.25.9"))
    mixed = replace(shown, result=other)
    assert why_not_correctable(pane.viewer.state, mixed) is not None


def test_a_correction_is_not_seen_where_a_gate_refuses_the_picture(pane: MadePane) -> None:
    answer(pane.viewer)
    stroke(pane, "add", (40.5, 25.5))
    assert lines(pane)[1]
    answer(pane.viewer, gates=(REFUSING,))
    assert lines(pane) == ([], [])
    assert pane.viewer.state.focused.annotations == ()


def test_with_reader_first_it_is_seen_with_the_models_answer_only(pane: MadePane) -> None:
    answer(pane.viewer)
    stroke(pane, "add", (40.5, 25.5))
    viewer = pane.viewer
    assert annotated_slices(viewer.state, viewer.state.focused.stack)
    viewer.show(set_reader_first(viewer.state.display, True))
    assert viewer.state.focused.annotations == ()
    assert lines(pane) == ([], [])
    assert annotation_rows(viewer.state) == ()
    assert annotated_slices(viewer.state, viewer.state.focused.stack) == frozenset()
    stroke(pane, "cut", (40.5, 25.5))
    assert steps(pane) == 1
    give_reading(viewer, "tumor")
    assert len(viewer.state.focused.annotations) == 1
    assert lines(pane)[1]
    assert len(annotation_rows(viewer.state)) == 1


def test_with_reader_first_a_correction_waits_before_the_model_is_asked_too(pane: MadePane) -> None:
    answer(pane.viewer)
    stroke(pane, "add", (40.5, 25.5))
    viewer = BareViewer()
    viewer.open(HEAD)
    viewer.show(set_reader_first(viewer.state.display, True))
    again = MadePane(viewer)
    study = viewer.state.focused.identity.study_instance_uid

    put_histories(viewer, {study: history_of(pane.viewer.state, study)})
    assert lines(again) == ([], [])
    answer(viewer)
    assert lines(again) == ([], [])
    show_without(viewer)
    assert lines(again)[1]


def test_it_is_seen_on_its_own_slice_and_on_every_pane_of_it(pane: MadePane) -> None:
    answer(pane.viewer)
    stroke(pane, "add", (40.5, 25.5))
    assert [len(one.annotations) for one in pane.viewer.state.display.panes if one] == [1, 1, 1, 1]
    pane.viewer.scroll_by(1)
    assert lines(pane) == ([], [])
    stroke(pane, "add", (40.5, 25.5))  # it was not asked here
    assert len(corrections(pane.viewer)) == 1


def test_a_stroke_is_dropped_when_another_slice_comes_under_it(pane: MadePane) -> None:
    answer(pane.viewer)
    going = TOOLS["outline_add"].start()
    going.press(pane, Pointer(40.5, 25.5))
    going.drag(pane, Pointer(42.5, 25.5))
    pane.viewer.scroll_by(1)
    answer(pane.viewer)
    going.drag(pane, Pointer(44.5, 25.5))
    going.release(pane, Pointer(44.5, 25.5))
    assert corrections(pane.viewer) == []
    assert pane.viewer.state.display.annotations == {}


def test_a_stroke_shows_itself_and_leaves_nothing_when_it_is_given_up(pane: MadePane) -> None:
    answer(pane.viewer)
    going = TOOLS["outline_add"].start()
    going.press(pane, Pointer(40.5, 25.5))
    assert lines(pane)[1]
    going.cancel(pane)
    assert lines(pane)[1] == []
    assert steps(pane) == 0


def test_a_stroke_that_changes_nothing_is_no_edit(pane: MadePane) -> None:
    answer(pane.viewer)
    pane.viewer.change(brush=0.5)
    stroke(pane, "add", (16.5, 25.5))
    assert steps(pane) == 0
    assert corrections(pane.viewer) == []


def test_it_lies_exactly_on_its_pixels_however_the_picture_is_turned(pane: MadePane) -> None:
    answer(pane.viewer)
    stroke(pane, "add", (40.5, 25.5))
    shown = pane.viewer.state.focused
    plain = lines(pane)[1]
    assert all(x == round(x) and y == round(y) for line in plain for x, y in line.points)
    mirrored = replace(shown, orientation=MIRRORED)
    seen = [one for one in graphics_on(mirrored) if isinstance(one, Polygon) and one.is_dashed]
    assert {point for line in seen for point in line.points} == {
        (shown.frame.columns - x, y) for line in plain for x, y in line.points
    }


def test_a_correction_of_pixels_that_are_not_square_is_round_in_millimetres() -> None:
    viewer = BareViewer()
    stack = make_stack(3, aspect=2.0)
    viewer.open(stack)

    viewer.surroundings.cached = lambda key: make_frame(stack, stack.index_of(key))
    pane = MadePane(viewer)
    answer(viewer, nothing=True, score=0.1)
    stroke(pane, "add", (32.5, 32.5))
    rows, columns = (np.flatnonzero(corrections(viewer)[0].any(axis=axis)) for axis in (1, 0))
    assert len(columns) == 13  # 3 mm to each side, 0.5 mm wide
    assert len(rows) == 7  # and 1 mm high


def test_smoothing_is_one_edit_and_says_when_nothing_changes(pane: MadePane) -> None:
    answer(pane.viewer)
    do(pane, "outline.smooth")
    (found,) = corrections(pane.viewer)
    assert not found[20, 10]  # a corner of the square
    assert found[25, 16]
    assert steps(pane) == 1
    pane.viewer.change(brush=0.5)
    do(pane, "outline.smooth")
    do(pane, "outline.smooth")
    assert pane.viewer.told
    pane.viewer.change(brush=50.0)
    do(pane, "outline.smooth")
    assert corrections(pane.viewer)[0].any()


def test_back_to_the_models_outline_removes_the_readers_and_can_be_undone(pane: MadePane) -> None:
    answer(pane.viewer)
    stroke(pane, "add", (40.5, 25.5))
    do(pane, "outline.revert")
    assert corrections(pane.viewer) == []
    assert len(lines(pane)[0]) == 1
    do(pane, "tools.undo")
    assert len(corrections(pane.viewer)) == 1


def test_a_locked_correction_is_not_changed(pane: MadePane) -> None:
    answer(pane.viewer)
    stroke(pane, "add", (40.5, 25.5))
    do(pane, "annotation.lock")
    before = corrections(pane.viewer)[0]
    stroke(pane, "cut", (16.5, 25.5))
    do(pane, "outline.smooth")
    do(pane, "outline.revert")
    assert np.array_equal(corrections(pane.viewer)[0], before)


def test_it_is_neither_moved_nor_put_on_another_slice(pane: MadePane) -> None:
    answer(pane.viewer)
    stroke(pane, "add", (40.5, 25.5))
    (one,) = present_in(pane.viewer.state)
    do(pane, "annotation.move_right")
    grip = grip_at(pane, Pointer(10, 25))
    assert grip is not None
    grip.press(pane, Pointer(10, 25))
    grip.drag(pane, Pointer(30, 40))
    grip.release(pane, Pointer(30, 40))
    assert present_in(pane.viewer.state)[0].points == one.points
    do(pane, "annotation.copy")
    pane.viewer.scroll_by(1)
    do(pane, "annotation.paste")
    assert present_in(pane.viewer.state) == (one,)
    assert pane.viewer.told == ["A corrected outline stays on its slice."]


def test_a_stroke_may_begin_on_a_line(pane: MadePane) -> None:
    answer(pane.viewer)
    stroke(pane, "add", (40.5, 25.5))
    assert grip_at(pane, Pointer(10, 25)) is not None
    do(pane, "outline.correct")
    assert grip_at(pane, Pointer(10, 25)) is None
    do(pane, "outline.correct")
    assert pane.viewer.state.tool == "window"


def test_the_brush_grows_and_shrinks_within_its_ends(pane: MadePane) -> None:
    answer(pane.viewer)
    do(pane, "outline.larger_brush")
    assert pane.viewer.state.brush == 3.0
    do(pane, "outline.correct")
    do(pane, "outline.larger_brush")
    assert pane.viewer.state.brush == pytest.approx(3.75)
    for _ in range(40):
        do(pane, "outline.smaller_brush")
    assert pane.viewer.state.brush == 0.5


def test_a_thousand_random_edits_are_taken_back_to_the_start(pane: MadePane) -> None:
    answer(pane.viewer)
    chance, viewer = Random(11), pane.viewer
    truth = square()
    edits = 0
    while edits < 1000:
        viewer.change(brush=chance.uniform(0.5, 4.0))
        before = steps(pane)
        start = chance.uniform(0, 64), chance.uniform(0, 64)
        end = chance.uniform(0, 64), chance.uniform(0, 64)
        what = chance.choice(("add", "cut", "add", "cut", "outline.smooth"))
        if what.startswith("outline"):
            do(pane, what)
        else:
            stroke(pane, what, start, end)
            truth = brushed(truth, start, start, viewer.state.brush, SIZE, adds=what == "add")
            truth = brushed(truth, start, end, viewer.state.brush, SIZE, adds=what == "add")
        (found, *more) = corrections(viewer) or [truth]
        assert not more
        if what.startswith("outline"):
            truth = found
        assert np.array_equal(found, truth)
        edits += steps(pane) - before
    assert steps(pane) == 1000
    for _ in range(1000):
        do(pane, "tools.undo")
    assert corrections(viewer) == []
    assert np.array_equal(correctable(viewer.state, viewer.state.focused).mask, square())
    for _ in range(1000):
        do(pane, "tools.redo")
    assert np.array_equal(corrections(viewer)[0], truth)


def test_it_is_there_again_when_the_study_is_opened_again(pane: MadePane) -> None:
    answer(pane.viewer)
    stroke(pane, "add", (40.5, 25.5))
    drawn = present_in(pane.viewer.state)
    study = pane.viewer.state.focused.identity.study_instance_uid
    assert AnnotationStore(study).save_now(drawn)
    (found,) = AnnotationStore(study).load()
    assert found.annotations == drawn
    viewer = BareViewer()
    viewer.open(HEAD)

    put_histories(viewer, {study: History(found.annotations)})
    again = MadePane(viewer)
    assert lines(again)[1] == lines(pane)[1]  # before any model is asked
    stroke(again, "cut", (40.5, 25.5))
    assert len(corrections(viewer)) == 1
    select(viewer, "")
    viewer.show(turn(viewer.state.display, [0], MIRRORED))
    assert lines(again)[1]


def test_a_colour_picture_without_a_scale_is_corrected_in_pixels() -> None:
    viewer = BareViewer()
    viewer.open(COLOR)
    answer(viewer, nothing=True, score=0.1)
    geometry = viewer.state.focused.frame.geometry
    unknown = replace(geometry, spacing_mm=None, spacing_kind=SpacingKind.UNKNOWN)
    frame = replace(viewer.state.focused.frame, geometry=unknown)
    assert brush_size(frame, (32.0, 32.0)) == ((1.0, 1.0), "Brush {radius} px")
    pane = MadePane(viewer)
    stroke(pane, "add", (32.5, 32.5))
    (mask,) = corrections(viewer)
    assert mask.any()
    assert mask.shape == (64, 64)


def test_each_model_has_its_own_correction_which_holds_for_its_newer_versions(pane: MadePane) -> None:
    answer(pane.viewer)
    stroke(pane, "add", (40.5, 25.5))
    answer(pane.viewer, model_version="2")
    stroke(pane, "cut", (12.5, 20.5))
    assert [one.corrects for one in present_in(pane.viewer.state)] == ["toy 1"]
    first = corrections(pane.viewer)[0]
    pane.viewer.change(display=replace(pane.viewer.state.display, results={}))
    answer(pane.viewer, model="another")
    stroke(pane, "add", (50.5, 50.5))
    assert [one.corrects for one in present_in(pane.viewer.state)] == ["toy 1", "another 1"]
    assert np.array_equal(corrections(pane.viewer)[0], first)
