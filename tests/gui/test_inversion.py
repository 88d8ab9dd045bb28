"""Black and white exchanged by hand.

Seen, said, remembered and never classified.
"""

import json
from dataclasses import replace

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from medviewer.gui.window.main_window import MainWindow
from medviewer.imaging.display import to_display_image
from medviewer.imaging.frame import FrameAttributes
from medviewer.viewer import state as display_state
from medviewer.viewer.commands import command_by_id
from medviewer.viewer.memory.stack_view import view_from_record
from medviewer.viewer.remembered.session_capture import view_of
from medviewer.viewer.state.pane_state import PaneState
from medviewer.viewer.texts import cautions, image_marks
from tests.gui.pane_scene import make_frame
from tests.gui.window_scene import HEAD, PELVIS, WindowScene


def invert(scene: WindowScene) -> None:
    command_by_id("image.invert").perform(scene.session.viewer)


def focused(scene: WindowScene) -> PaneState:
    assert scene.session.focused is not None
    return scene.session.focused


@pytest.mark.parametrize("is_monochrome1", [False, True])
def test_grey_values_are_exchanged_and_it_is_said(scene: WindowScene, is_monochrome1: bool) -> None:
    scene.open("head")
    stored = np.arange(64 * 64, dtype=np.int16).reshape(64, 64)
    frame = replace(make_frame(HEAD, 0, stored), inverted=is_monochrome1)
    first = focused(scene)
    panes = (replace(first, frame=frame), *scene.session.state.panes[1:])
    scene.session.viewer.show(replace(scene.session.state, panes=panes))
    before = to_display_image(focused(scene).seen)
    invert(scene)
    pane = focused(scene)
    assert np.array_equal(to_display_image(pane.seen), 255 - before)
    assert pane.frame is frame  # measured and classified as it was
    assert pane.seen is pane.seen  # nothing is made anew with each look
    assert "black and white exchanged by hand" in cautions(pane)
    invert(scene)
    assert np.array_equal(to_display_image(focused(scene).seen), before)
    assert "black and white exchanged by hand" not in cautions(focused(scene))


def said_of(pane: PaneState) -> list[str]:
    return [shortly for _, shortly in image_marks(pane)]


PET = FrameAttributes(modality="PT")


@pytest.mark.parametrize(
    ("attributes", "is_monochrome1", "exchanged"),
    [(PET, False, True), (PET, True, False), (FrameAttributes(modality="NM"), False, False)],
)
def test_pet_is_read_black_on_white_unless_its_file_is_so(
    scene: WindowScene, attributes: FrameAttributes, is_monochrome1: bool, exchanged: bool
) -> None:
    scene.open("head")
    frame = replace(make_frame(HEAD, 0), attributes=attributes, inverted=is_monochrome1)
    first = focused(scene)
    panes = (replace(first, frame=frame), *scene.session.state.panes[1:])
    scene.session.viewer.show(replace(scene.session.state, panes=panes))
    pane = focused(scene)
    assert pane.is_inverted is exchanged
    assert pane.seen is not None
    assert pane.seen.inverted is (is_monochrome1 or exchanged)
    assert ("inverted, as PET is read" in cautions(pane)) is exchanged
    assert "INVERTED" not in said_of(replace(pane, processing="edges"))  # its lines are white in any case
    invert(scene)  # by hand it is the other way round
    assert focused(scene).is_inverted is not exchanged
    assert "inverted, as PET is read" not in cautions(focused(scene))


def test_linked_panes_are_inverted_together_and_a_result_stays(scene: WindowScene) -> None:
    scene.open("head")
    scene.classify()
    result = focused(scene).result
    invert(scene)
    scene.workers.settle()
    assert focused(scene).result is result is not None
    assert all(pane.inverts for pane in scene.session.state.panes if pane is not None)


def test_a_series_comes_back_as_it_was_left_and_another_is_not_inverted(scene: WindowScene) -> None:
    scene.open("head", "pelvis")
    scene.session.viewer.show_stack(HEAD)
    scene.workers.settle()
    invert(scene)
    scene.session.viewer.show_stack(PELVIS)
    scene.workers.settle()
    assert not focused(scene).inverts
    scene.session.viewer.show_stack(HEAD)
    scene.workers.settle()
    assert focused(scene).inverts


def test_it_stays_while_one_scrolls(scene: WindowScene) -> None:
    scene.open("head")
    invert(scene)
    scene.session.viewer.scroll_by(1)
    scene.workers.settle()
    assert focused(scene).inverts


def test_color_cannot_be_inverted_and_says_why(qtbot: QtBot, scene: WindowScene) -> None:
    window = MainWindow(scene.session)
    qtbot.addWidget(window)
    scene.open("colour")
    action = window.bar.actions["image.invert"]
    assert not action.isEnabled()
    assert "colour" in action.toolTip()
    scene.session.viewer.show(display_state.set_inversion(scene.session.state, [0], True))
    assert focused(scene).seen is focused(scene).frame


def test_a_session_keeps_it_and_one_of_before_is_read(scene: WindowScene) -> None:
    scene.open("head")
    invert(scene)
    record = json.loads(json.dumps(view_of(scene.session.viewer.state, focused(scene)).as_record()))
    assert view_from_record(record).inverts
    del record["inverts"]
    assert not view_from_record(record).inverts
