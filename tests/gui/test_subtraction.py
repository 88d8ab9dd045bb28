"""A run that is to be seen without its mask is, on every pane, until somebody says otherwise."""

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from medviewer.gui.window.main_window import MainWindow
from medviewer.imaging.frame.attributes import FrameAttributes
from medviewer.imaging.frame.frame import Frame
from medviewer.imaging.frame.subtraction import Subtraction
from medviewer.imaging.frame.voi import Window
from medviewer.translation import message
from medviewer.viewer import state as display_state
from medviewer.viewer.render.text_level import TextLevel
from medviewer.viewer.state.display_state import DisplayState
from medviewer.viewer.state.pane_state import PaneState
from medviewer.viewer.texts.caption import image_marks
from medviewer.viewer.texts.corner_words import pixel_words
from tests.gui.pane_hands import words
from tests.gui.pane_scene import identity, make_frame, make_stack
from tests.gui.session.test_presentation_states import state_about
from tests.gui.window_scene import WindowScene

ATTRIBUTES = FrameAttributes(modality="XA", views_subtracted=True)
STACK = make_stack(6, who=identity(series="3"), attributes=ATTRIBUTES)
OWN = Window(-50, 120)
DONE = message("minus the mask (frame {number})", number=1)
ALL = {0: "original", 1: "denoised"}


def frame_of(index: int, *, recommended: bool = True) -> Frame:
    """Return a frame of a run; the first one is the mask and has none."""
    frame = make_frame(STACK, index)
    values = frame.stored - make_frame(STACK, 0).stored
    return replace(
        frame,
        attributes=replace(ATTRIBUTES, views_subtracted=recommended),
        subtraction=Subtraction(values, OWN, DONE) if index else None,
    )


def shown(index: int = 3, *, recommended: bool = True) -> DisplayState:
    state = display_state.show_stack(DisplayState(), ALL, STACK, index)
    return display_state.frame_decoded(
        state, STACK.frames[index].key, frame_of(index, recommended=recommended)
    )


def pane_of(state: DisplayState) -> PaneState:
    assert state.focused is not None
    return state.focused


def test_what_the_file_recommends_is_seen_and_the_frame_stays_what_is_classified() -> None:
    pane = pane_of(shown())
    assert pane.is_subtracted
    assert pane.frame is not None
    assert pane.seen is not None
    assert pane.frame.subtraction is not None
    assert np.array_equal(pane.seen.stored, pane.frame.subtraction.values)
    assert not np.array_equal(pane.frame.stored, pane.seen.stored)
    assert pane.seen.voi == (OWN,)
    pane = pane_of(shown(recommended=False))
    assert pane.seen is pane.frame


def test_the_mask_itself_is_seen_as_it_is_and_said_to_be() -> None:
    pane = pane_of(shown(0))
    assert pane.seen is pane.frame
    assert ("not subtracted", "not subtracted") in image_marks(pane)


@pytest.mark.parametrize("recommended", [True, False])
def test_it_can_be_chosen_for_all_slices(recommended: bool) -> None:
    state = display_state.set_subtraction(shown(recommended=recommended), [0, 1], not recommended)
    assert pane_of(state).is_subtracted is not recommended
    state = display_state.navigate(state, [0, 1], 4)
    state = display_state.frame_decoded(state, STACK.frames[4].key, frame_of(4, recommended=recommended))
    assert pane_of(state).is_subtracted is not recommended


def test_a_window_holds_for_what_it_was_set_on() -> None:
    native, other = Window(1000, 500), Window(10, 30)
    state = display_state.set_voi(shown(), [0, 1], other)
    assert pane_of(state).seen_voi == other
    state = display_state.set_subtraction(state, [0, 1], False)
    assert pane_of(state).seen_voi is None
    state = display_state.set_voi(state, [0, 1], native)
    assert pane_of(state).seen_voi == native
    state = display_state.set_subtraction(state, [0, 1], True)
    assert pane_of(state).seen_voi == other
    assert pane_of(display_state.set_voi(state, [0, 1], None)).seen_voi is None


def test_a_series_comes_back_as_it_was_seen() -> None:
    other = make_stack(4, who=identity(series="9"))
    state = display_state.set_voi(display_state.set_subtraction(shown(), [0, 1], False), [0, 1], Window(3, 4))
    state = display_state.set_subtraction(state, [0, 1], True)
    state = display_state.set_voi(state, [0, 1], Window(5, 6))
    state = display_state.set_subtraction(state, [0, 1], False)
    state = display_state.show_stack(display_state.show_stack(state, ALL, other, 0), ALL, STACK, 0)
    pane = pane_of(state)
    assert (pane.subtracts, pane.voi, pane.voi_subtracted) == (False, Window(3, 4), Window(5, 6))


def test_a_presentation_state_is_followed_instead() -> None:
    pane = pane_of(display_state.set_presentation(shown(), [0], state_about(STACK)))
    assert pane.presentation_in_use is not None
    assert not pane.is_subtracted
    assert pane.seen is not None
    assert pane.frame is not None
    assert np.array_equal(pane.seen.stored, pane.frame.stored)
    pane = pane_of(display_state.set_presentation(shown(), [0], state_about()))  # about other images
    assert pane.is_subtracted


def test_what_was_subtracted_is_said_on_the_pane_and_in_the_line_of_steps() -> None:
    pane = pane_of(shown())
    assert ("minus the mask (frame 1)", "minus mask") in image_marks(pane)
    line = pixel_words(pane).steps
    assert "stored 12-bit → minus the mask (frame 1) → linear window" in line
    pane = pane_of(display_state.set_subtraction(shown(), [0], False))
    assert ("not subtracted", "not subtracted") in image_marks(pane)
    assert "minus" not in pixel_words(pane).steps


def test_a_key_turns_it_on_and_off(qtbot: QtBot, scene: WindowScene, monkeypatch: pytest.MonkeyPatch) -> None:
    window = MainWindow(scene.session)
    qtbot.addWidget(window)
    window.resize(1280, 800)
    with qtbot.waitExposed(window):
        window.show()
    action = window.bar.actions["view.subtract"]
    scene.open("head")
    assert not action.isEnabled()
    assert "no mask" in action.toolTip()
    monkeypatch.setattr(scene.files, "read", lambda reference: frame_of(STACK.frames.index(reference)))
    scene.session.viewer.show_stack(STACK)
    scene.workers.settle()
    pane = window.panes.panes[0]
    said = words(pane)
    assert "minus the mask (frame 1)" in said
    assert action.isEnabled()
    assert action.isChecked()
    qtbot.keyClick(window.panes, Qt.Key.Key_U)
    scene.workers.settle()
    said = words(pane)
    assert "not subtracted" in said
    assert pane.shown.frame is scene.session.state.panes[0].frame
    assert not action.isChecked()
    qtbot.keyClick(window.panes, Qt.Key.Key_U)
    scene.workers.settle()
    assert "minus the mask (frame 1)" in words(pane)
    window.viewer.change(text_level=TextLevel.LETTERS)
    assert any("minus mask" in text or "minus the mask" in text for text in words(pane))
