"""While a slow disk is read, nothing in the window says of one slice what is seen of another."""

import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from medviewer.dicom.model import FrameReference
from medviewer.errors import DiskStalledError
from medviewer.gui.panes.pane import Pane
from medviewer.gui.panes.wait import TryAgain
from medviewer.gui.window.main_window import MainWindow
from medviewer.imaging.frame.frame import Frame
from tests.gui.window_scene import WindowScene


@pytest.fixture
def window(qtbot: QtBot, scene: WindowScene) -> MainWindow:
    window = MainWindow(scene.session)
    qtbot.addWidget(window)
    window.resize(1280, 800)
    with qtbot.waitExposed(window):
        window.show()
    scene.open("head")
    scene.classify()
    QApplication.processEvents()
    scene.workers.settle()
    return window


def stall(scene: WindowScene) -> None:
    """Let nothing be read any more, and forget all frames read ahead."""
    for lane in ("decode", "ahead", "ahead beside"):
        scene.workers.hold(lane)
    scene.session.viewer.frames.clear_frames()


def seen(pane: Pane) -> tuple[str, ...]:
    pane.refresh()
    text = pane.view.text
    lines = tuple(line.text for line in (*text.top_left, *text.top_right, *text.bottom_left))
    return lines if text.result is None else (*lines, *text.result.lines)


def test_a_pane_and_all_around_it_speak_of_the_image_that_is_seen(
    scene: WindowScene, window: MainWindow
) -> None:
    pane = window.panes.panes[0]
    before, painted = seen(pane), pane.shown.frame
    result = [text for text in before if "0.81" in text]
    assert result
    assert "(6/10)" in before
    pane.mouse.hovered.emit(QPointF(pane.view.viewport().rect().center()))
    assert window.status_line.probe.text()
    stall(scene)
    scene.session.viewer.scroll_by(1)
    veils = []
    for waited in (0, 150, 100, 1000, 4000):
        scene.workers.advance(waited)
        veils.append(pane.view.veiled)
        after = seen(pane)
        assert pane.shown.frame is painted
        assert "(6/10)" in after
        assert not any("7 / 10" in text or "0.81" in text for text in after)
        assert set(after) < set(before)
    assert veils == [False, False, True, True, True]
    assert pane.view.text.middle == "Reading slice 7 / 10"
    assert window.panes.place.text() == "… (7/10)"
    assert window.status_line.probe.text() == ""
    assert window.prediction.result is None
    assert window.prediction.sentence.text() == ""


def test_nothing_is_exported_or_classified_of_a_slice_that_is_not_there(
    scene: WindowScene, window: MainWindow
) -> None:
    stall(scene)
    scene.session.viewer.scroll_by(1)
    for name in ("export.picture", "classify.slice"):
        action = window.bar.actions[name]
        assert not action.isEnabled()
        assert "The picture of this slice is not there yet." in action.toolTip()
    window.files.export_image()
    assert window.files.dialog is None


def test_a_failed_pane_offers_to_try_again_by_mouse_and_by_key(
    qtbot: QtBot, scene: WindowScene, window: MainWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    pane, read = window.panes.panes[0], scene.files.read
    action = window.bar.actions["image.try_again"]

    def refuse(reference: FrameReference) -> Frame:
        raise DiskStalledError(path=reference.path, seconds=30)

    def fail() -> None:
        monkeypatch.setattr(scene.files, "read", refuse)
        scene.session.viewer.frames.clear_frames()
        scene.session.viewer.scroll_by(1)
        scene.workers.settle()
        pane.refresh()

    assert not action.isEnabled()
    fail()
    assert "did not answer for 30 s" in pane.view.text.middle
    assert action.isEnabled()
    again = pane.findChild(TryAgain)
    assert again is not None
    assert again.isVisible()
    assert again.parentWidget().rect().contains(again.geometry())
    monkeypatch.setattr(scene.files, "read", read)
    qtbot.mouseClick(again, Qt.MouseButton.LeftButton)
    scene.workers.settle()
    assert "(7/10)" in seen(pane)
    assert not again.isVisible()
    fail()
    monkeypatch.setattr(scene.files, "read", read)
    qtbot.keyClick(window, Qt.Key.Key_F5)
    scene.workers.settle()
    assert "(8/10)" in seen(pane)


def test_cine_does_not_run_ahead_of_its_images(scene: WindowScene, window: MainWindow) -> None:
    pane = window.panes.panes[0]
    stall(scene)
    scene.session.cine.toggle()
    scene.workers.advance(5000)
    assert scene.session.state.panes[0].index == 6
    assert "(6/10)" in seen(pane)
    scene.session.cine.stop()


def test_a_result_waits_for_the_image_that_it_is_about(scene: WindowScene, window: MainWindow) -> None:
    scene.session.viewer.set_focus(1)  # the denoised image
    assert window.prediction.result is not None
    scene.session.viewer.frames.clear_frames()
    scene.workers.hold("filter")
    scene.session.viewer.scroll_by(1)
    for _ in range(20):
        scene.workers.advance(50)
    scene.session.classify()
    for _ in range(20):
        scene.workers.advance(50)
    assert scene.session.focused is not None
    assert scene.session.focused.result is not None
    pane = window.panes.panes[1]
    assert "(6/10)" in seen(pane)
    assert window.prediction.result is None
    scene.workers.advance(1000)
    seen(pane)
    assert pane.view.text.middle == "Computing slice 7 / 10"
