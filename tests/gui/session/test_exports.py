"""A film is saved as it is played on the screen, and can be given up."""

from pathlib import Path

import av
import pytest
from PIL import Image, ImageSequence
from pytestqt.qtbot import QtBot

from medviewer.gui.dialogs.files.export import ExportDialog
from medviewer.gui.window.main_window import MainWindow
from medviewer.imaging.frame import CineDirection
from tests.gui.window_scene import WindowScene


@pytest.fixture
def scene() -> WindowScene:
    scene = WindowScene()
    scene.open("head")
    return scene


@pytest.fixture
def window(qtbot: QtBot, scene: WindowScene) -> MainWindow:
    window = MainWindow(scene.session)
    qtbot.addWidget(window)
    return window


def ask(window: MainWindow, form: str, path: Path) -> ExportDialog:
    window.files.export_image()
    dialog = window.files.dialog
    assert isinstance(dialog, ExportDialog)
    dialog.form.setCurrentIndex(dialog.form.findData(form))
    dialog.file_name.setText(str(path))
    return dialog


def test_it_has_direction_and_speed_of_the_screen(
    scene: WindowScene, window: MainWindow, tmp_path: Path
) -> None:
    scene.session.viewer.change(cine_direction=CineDirection.TO_AND_FRO)
    scene.session.change_speed(1)  # 1.5 times the 10 images of a stack that states nothing
    dialog = ask(window, "gif", tmp_path / "a.gif")
    assert not dialog.range.isHidden()
    assert "15/s" in dialog.range.words.text()
    assert "to and fro" in dialog.range.words.text()
    dialog.range.first.setValue(2)
    dialog.range.last.setValue(4)
    dialog.save_button.click()
    scene.workers.settle()
    with Image.open(tmp_path / "a.gif") as film:
        times = [frame.info["duration"] for frame in ImageSequence.Iterator(film)]
    assert len(times) == 4  # 2, 3, 4, 3
    assert sum(times) == pytest.approx(4 * 1000 / 15, abs=10)


def test_the_range_of_the_cine_is_that_of_the_film(
    scene: WindowScene, window: MainWindow, tmp_path: Path
) -> None:
    viewer = scene.session.viewer
    stack = viewer.state.focused.stack
    viewer.change(cine_ranges={stack.key: (stack.slice_key(1), stack.slice_key(2))})
    dialog = ask(window, "mp4", tmp_path / "a.mp4")
    assert dialog.range.part == (1, 2)
    dialog.save_button.click()
    scene.workers.settle()
    with av.open(str(tmp_path / "a.mp4")) as film:
        assert film.streams.video[0].frames == 2


def test_the_fields_never_cross(window: MainWindow, tmp_path: Path) -> None:
    dialog = ask(window, "gif", tmp_path / "a.gif")
    dialog.range.last.setValue(2)
    dialog.range.first.setValue(5)
    assert dialog.range.part == (4, 4)
    dialog.range.last.setValue(3)
    assert dialog.range.part == (2, 2)
    dialog.form.setCurrentIndex(dialog.form.findData("png"))
    assert dialog.range.isHidden()


def test_given_up_nothing_stays_and_it_is_not_said_to_be_saved(
    scene: WindowScene, window: MainWindow, tmp_path: Path
) -> None:
    ask(window, "gif", tmp_path / "a.gif").save_button.click()
    assert scene.session.viewer.state.is_saving
    assert window.messages.newest.sentence.text().startswith("Saving a.gif: ")
    scene.session.cancel()  # as Esc does
    assert not scene.session.viewer.state.is_saving
    scene.workers.settle()
    assert list(tmp_path.iterdir()) == []
    assert not any("a.gif" in notice.sentence.for_user() for notice in scene.session.notices.waiting)


def test_its_message_gives_it_up_too_and_leaves_when_it_is_saved(
    scene: WindowScene, window: MainWindow, tmp_path: Path
) -> None:
    ask(window, "gif", tmp_path / "a.gif").save_button.click()
    [button] = window.messages.newest.buttons
    button.click()
    scene.workers.settle()
    assert list(tmp_path.iterdir()) == []
    ask(window, "gif", tmp_path / "b.gif").save_button.click()
    scene.workers.settle()
    _, last = scene.session.notices.history[-1]
    assert last.sentence.for_user() == "b.gif is saved and reads back correctly."
    assert not any("Saving" in notice.sentence.for_user() for notice in scene.session.notices.waiting)
