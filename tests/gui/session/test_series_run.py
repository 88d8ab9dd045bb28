"""Asking about a series: every slice once, behind a slice asked about by itself, never after its end."""

from unittest.mock import Mock

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from medviewer.errors import InvalidNumbersError, MemoryAccessError
from medviewer.gui.window.main_window import MainWindow
from medviewer.inference import run_log
from medviewer.viewer.state.results import result_of
from medviewer.viewer.texts.series_strip import MarkKind
from tests.gui.window_scene import HEAD, WindowScene


@pytest.fixture
def window(qtbot: QtBot, scene: WindowScene) -> MainWindow:
    window = MainWindow(scene.session)
    qtbot.addWidget(window)
    scene.session.use_model("head-ct-haemorrhage")
    scene.open("head")
    return window


def answered(scene: WindowScene) -> list[int]:
    keys = enumerate(HEAD.slice_key(place) for place in range(len(HEAD)))
    return [place for place, key in keys if result_of(scene.session.state, key) is not None]


def test_every_slice_is_asked_once_and_marked_on_the_strip(scene: WindowScene, window: MainWindow) -> None:
    scene.session.classify_series()
    scene.workers.settle()
    assert answered(scene) == list(range(10))
    assert len(scene.classifier.asked) == 10
    assert scene.session.viewer.state.series_run is None
    strip = window.panes.row.strip.strip
    assert strip.of_kind(MarkKind.FLAGGED) == list(range(10))
    assert window.panes.row.summary.text() == "10 of 10 flagged"
    scene.session.classify_series()
    scene.workers.settle()
    assert len(scene.classifier.asked) == 10  # nothing is asked twice
    assert "has its answer" in scene.session.notices.history[-1][1].sentence.for_user()


def test_only_what_is_missing_is_asked_after_a_stop(scene: WindowScene, window: MainWindow) -> None:
    scene.session.classify_series()
    while len(answered(scene)) < 3:
        scene.workers.advance(5)
    assert "of 10" in window.panes.row.summary.text()
    scene.session.cancel()
    scene.workers.settle()
    before = answered(scene)
    assert 3 <= len(before) < 10
    assert scene.session.viewer.state.series_run is None
    asked = len(scene.classifier.asked)
    scene.session.classify_series()
    scene.workers.settle()
    assert answered(scene) == list(range(10))
    assert len(scene.classifier.asked) - asked == 10 - len(before)


def test_a_slice_that_is_asked_about_by_itself_comes_next(scene: WindowScene, window: MainWindow) -> None:
    scene.session.viewer.scroll_to(9)
    scene.workers.settle()
    scene.session.classify_series()
    while not answered(scene):
        scene.workers.advance(5)
    scene.session.classify()
    before = len(scene.classifier.asked)
    while 9 not in answered(scene):
        scene.workers.advance(1)
    assert len(scene.classifier.asked) - before <= 2  # the slice under way, then this one
    scene.workers.settle()
    assert answered(scene) == list(range(10))


@pytest.mark.parametrize("end", ["close_study", "close_all", "use_model"])
def test_nothing_comes_after_the_study_or_the_model_has_gone(
    scene: WindowScene, window: MainWindow, end: str
) -> None:
    scene.session.classify_series()
    while not answered(scene):
        scene.workers.advance(5)
    if end == "use_model":
        scene.session.use_model("brain")
    else:
        getattr(scene.session, end)()
    assert scene.session.viewer.state.series_run is None
    QApplication.processEvents()
    assert window.panes.row.summary.text() == ""
    asked = len(scene.classifier.asked)
    scene.workers.settle()
    assert len(scene.classifier.asked) <= asked + 1  # the one under way
    if end != "use_model":
        assert scene.session.state.results == {}


def test_refused_slices_are_rings_and_named(scene: WindowScene, window: MainWindow) -> None:
    scene.classifier.kind = "refusal"
    scene.session.classify_series()
    scene.workers.settle()
    strip = window.panes.row.strip.strip
    assert strip.of_kind(MarkKind.NOT_JUDGED) == list(range(10))
    assert window.panes.row.summary.text() == "0 of 10 judged"
    assert "10 slices not judged" in window.panes.row.strip.toolTip()


def test_the_strip_is_of_the_active_stack_only(scene: WindowScene, window: MainWindow) -> None:
    scene.open("pelvis")
    scene.session.classify_series()
    scene.workers.settle()
    assert len(window.panes.row.strip.strip.marks) == 4
    stacks = scene.session.library.stacks
    scene.session.viewer.show_stack(next(one for one in stacks if len(one) == 10))
    scene.workers.settle()
    assert window.panes.row.strip.strip.marks == {}
    assert window.panes.row.summary.text() == ""


def waiting(scene: WindowScene) -> list[str]:
    return [str(notice.sentence) for notice in scene.session.notices.waiting]


def test_the_message_of_a_failed_run_leaves_with_the_next_run(
    scene: WindowScene, window: MainWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patched:
        patched.setattr(scene.classifier, "classify", Mock(side_effect=InvalidNumbersError(where="logits")))
        scene.session.classify_series()
        scene.workers.settle()
    assert len(waiting(scene)) == 1
    scene.session.classify_series()
    scene.workers.settle()
    assert answered(scene) == list(range(10))
    assert waiting(scene) == []


@pytest.mark.parametrize("ask", ["classify", "classify_series"])
def test_that_a_run_was_not_logged_is_said_until_one_is(
    scene: WindowScene, window: MainWindow, monkeypatch: pytest.MonkeyPatch, ask: str
) -> None:
    scene.session.viewer.memory.remember = True
    error = MemoryAccessError(reason="No space left on device")
    with monkeypatch.context() as patched:
        patched.setattr(run_log, "add_run", Mock(side_effect=error))
        scene.session.classify()
        scene.workers.settle()
    assert waiting(scene) == [str(error.message())]
    scene.session.viewer.scroll_to(8)
    scene.workers.settle()
    getattr(scene.session, ask)()
    scene.workers.settle()
    assert waiting(scene) == []
