"""The volume of all outlines of a series, against areas times distances that are added up here."""

from dataclasses import replace

import numpy as np
import pytest

from medviewer.imaging.frame.geometry import SpacingKind
from medviewer.viewer.annotations.edits import present_in, put_histories
from medviewer.viewer.annotations.listing import outline_volumes
from medviewer.viewer.annotations.volumes import outline_volume
from medviewer.viewer.state import History, set_reader_first
from medviewer.viewer.tools.table import TOOLS
from medviewer.viewer.tools.tool import Pointer
from medviewer.viewer.verdicts import show_without
from tests.gui.pane_scene import make_stack
from tests.outlined import REFUSING, answer, corrections, square
from tests.viewer.bare_viewer import HEAD, BareViewer
from tests.viewer.tools.test_tools import MadePane, drag


@pytest.fixture
def pane() -> MadePane:
    viewer = BareViewer()
    viewer.open(HEAD)
    viewer.scroll_to(0)
    return MadePane(viewer)


def volume(pane: MadePane):
    state = pane.viewer.state
    return outline_volume(state.display, state.focused.stack)


def test_it_is_of_the_readers_outlines_and_of_the_models_where_there_is_none(pane: MadePane) -> None:
    random, truth = np.random.default_rng(4), 0.0
    viewer = pane.viewer
    for index in range(10):
        viewer.scroll_to(index)
        if index == 9:
            continue  # not asked
        if index == 8:
            answer(viewer, gates=(REFUSING,))
            continue
        if index == 7:
            answer(viewer, nothing=True, score=0.5)  # cannot tell
            continue
        if index in (0, 6):
            answer(viewer, nothing=True, score=0.1)
            continue
        mask = random.random((64, 64)) < 0.2
        answer(viewer, mask)
        if index in (2, 3):
            drag(TOOLS["outline_add"], pane, (20.5, 30.5), (30.5, 40.5))
            mask = corrections(viewer)[-1]
        truth += mask.sum() * 0.5 * 0.5 * 5.0
    found = volume(pane)
    assert found.ml == pytest.approx(truth / 1000)
    assert (found.corrected, found.of_model, found.uncertain, found.unknown) == (2, 3, 1, 2)
    said = found.message.for_user()
    begins = f"Not the whole volume: {truth / 1000:.2f} ml on 5 of 10 slices. "
    assert said.startswith(begins)
    assert "2 corrected by you; 3 outlined by the model; 1 uncertain; " in said
    assert said.endswith("2 not flagged; 2 without an answer.")


def test_a_single_slice_has_no_volume_that_could_be_quoted(pane: MadePane) -> None:
    answer(pane.viewer)
    found = volume(pane)
    assert found.ml is not None
    assert found.message.for_user().startswith("No volume yet: 1 of 10 slices judged")


def test_it_follows_the_stroke_and_its_undoing(pane: MadePane) -> None:
    viewer = pane.viewer
    answer(viewer)
    before = volume(pane).ml
    assert before == pytest.approx(square().sum() * 0.25 * 5 / 1000)
    going = TOOLS["outline_add"].start()
    going.press(pane, Pointer(40.5, 25.5))
    assert volume(pane).ml > before
    going.cancel(pane)
    assert volume(pane).ml == before


def test_none_is_said_while_an_answer_of_it_is_hidden(pane: MadePane) -> None:
    viewer = pane.viewer
    answer(viewer)
    assert volume(pane) is not None
    viewer.show(set_reader_first(viewer.state.display, True))
    assert volume(pane) is None
    show_without(viewer)
    assert volume(pane) is not None
    viewer.scroll_by(1)
    answer(viewer)  # of which nothing is said yet
    assert volume(pane) is None


def test_a_correction_of_other_pixels_under_the_same_name_is_not_in_it(pane: MadePane) -> None:
    viewer = pane.viewer
    answer(viewer)
    drag(TOOLS["outline_add"], pane, (40.5, 25.5))
    assert volume(pane).corrected == 1
    (one,) = present_in(viewer.state)
    study = viewer.state.focused.identity.study_instance_uid
    put_histories(viewer, {study: History((replace(one, found=(("image", 1.0),)),))})
    assert (volume(pane).corrected, volume(pane).of_model) == (0, 1)


def test_where_the_file_earns_no_millimetres_it_says_so() -> None:
    viewer = BareViewer()
    stack = make_stack(4, spacing=False)
    assert stack.frames[0].geometry.spacing_kind is SpacingKind.UNKNOWN
    viewer.open(stack)
    answer(viewer)
    found = outline_volume(viewer.state.display, stack)
    assert found.ml is None
    assert found.message.for_user().startswith("No volume")


def test_nothing_is_said_before_anything_is_outlined(pane: MadePane) -> None:
    assert volume(pane) is None
    answer(pane.viewer, nothing=True, score=0.1)
    assert volume(pane) is None
    pane.viewer.take_result("prediction")
    assert volume(pane) is None


def test_all_series_of_a_study_with_outlines_have_theirs_whichever_is_shown() -> None:
    viewer = BareViewer()
    other = make_stack(4, who=replace(HEAD.identity, series_instance_uid="2.25.99"))
    viewer.open(HEAD, other)
    for index in (2, 3):
        viewer.scroll_to(index)
        answer(viewer)
    viewer.show_stack(other)
    ((stack, found),) = outline_volumes(viewer.state)
    assert (stack.key, found.of_model, found.of) == (HEAD.key, 2, 10)
    viewer.show(set_reader_first(viewer.state.display, True))
    assert outline_volumes(viewer.state) == ()
