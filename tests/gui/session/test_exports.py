"""A film is saved as it is played on the screen, and can be given up."""

import json
from pathlib import Path

import av
import numpy as np
import pytest
from PIL import Image, ImageSequence
from pytestqt.qtbot import QtBot

from medviewer.export.pictures.png import CHUNK
from medviewer.gui.dialogs.files.export import ExportDialog
from medviewer.gui.window.main_window import MainWindow
from medviewer.imaging.frame import CineDirection
from medviewer.viewer.commands.panes.layout import set_layout
from medviewer.viewer.render import Zoom
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


def test_it_says_how_many_images_are_done_in_one_message_whose_button_stays(
    scene: WindowScene, window: MainWindow, tmp_path: Path
) -> None:
    ask(window, "gif", tmp_path / "a.gif").save_button.click()
    toast = window.messages.newest
    [button] = toast.buttons
    told = []
    scene.session.notices.changed.connect(
        lambda: told.extend(toast.sentence.text() for toast in window.messages.shown)
    )
    scene.workers.settle()
    count = len(scene.session.viewer.state.focused.stack)
    progress = [text for text in told if "image " in text]
    assert progress[0] == f"Saving a.gif: image 1 of {count}."
    assert progress[-1] == f"Saving a.gif: image {count} of {count}."
    assert toast.buttons == [button]  # a press on it is not lost
    kept = [one for _, one in scene.session.notices.history if "Saving" in one.sentence.for_user()]
    assert len(kept) == 1


def test_a_message_that_was_closed_does_not_come_back(
    scene: WindowScene, window: MainWindow, tmp_path: Path
) -> None:
    ask(window, "gif", tmp_path / "a.gif").save_button.click()
    window.messages.newest.close_button.click()
    scene.workers.settle()
    waiting = scene.session.notices.waiting
    assert not any("Saving" in one.sentence.for_user() for one in waiting)
    assert (tmp_path / "a.gif").exists()


def test_the_layout_has_each_visible_pane_at_its_place(
    scene: WindowScene, window: MainWindow, tmp_path: Path
) -> None:
    viewer = scene.session.viewer
    set_layout(viewer, "2x2")
    scene.workers.settle()
    ask(window, "layout", tmp_path / "a.png").save_button.click()
    scene.workers.settle()
    with Image.open(tmp_path / "a.png") as image:
        record = json.loads(image.info[CHUNK])["layout"]
    assert [(one["row"], one["column"]) for one in record] == [(1, 1), (1, 2), (2, 1), (2, 2)]
    shown = [viewer.state.display.panes[number].processing for number in viewer.state.visible]
    assert [one["picture"]["processing"] for one in record] == shown


def test_one_pane_is_offered_as_no_layout(scene: WindowScene, window: MainWindow, tmp_path: Path) -> None:
    set_layout(scene.session.viewer, "1")
    dialog = ask(window, "png", tmp_path / "a.png")
    item = dialog.form.model().item(dialog.form.findData("layout"))
    assert not item.isEnabled()
    assert "only one pane is shown" in item.toolTip()


def seen_of(path: Path) -> list[list[float] | None]:
    """Return the saved views of a picture's panes."""
    with Image.open(path) as image:
        record = json.loads(image.info[CHUNK])
    return [one["picture"]["part"] for one in record.get("layout", [record])]


def test_a_zoomed_pane_is_saved_as_seen_or_whole(
    scene: WindowScene, window: MainWindow, tmp_path: Path
) -> None:
    set_layout(scene.session.viewer, "1x2")
    window.show()
    scene.workers.settle()
    dialog = ask(window, "png", tmp_path / "fits.png")
    assert not dialog.as_seen.isVisibleTo(dialog)
    dialog.reject()
    window.panes.panes[0].view.look_at(Zoom(8.0, (20.0, 30.0)))
    part = window.panes.panes[0].view.part.cut
    assert part is not None
    for name in ("png", "layout"):
        for is_whole in (False, True):
            path = tmp_path / f"{name}{is_whole}.png"
            dialog = ask(window, name, path)
            assert dialog.as_seen.isVisibleTo(dialog)
            assert dialog.as_seen.isChecked()
            dialog.as_seen.setChecked(not is_whole)
            dialog.save_button.click()
            scene.workers.settle()
            first, *others = seen_of(path)
            assert others == [None] * (name == "layout")
            if is_whole:
                assert first is None
            else:
                assert first is not None
                assert np.abs(np.subtract(first, part)).max() <= 1  # whole pixels around it
    dialog = ask(window, "values", tmp_path / "a.tif")
    assert not dialog.as_seen.isVisibleTo(dialog)


def test_one_large_image_says_after_a_second_that_it_is_being_saved(
    scene: WindowScene, window: MainWindow, tmp_path: Path
) -> None:
    def saving() -> list[str]:
        said = [one.sentence.for_user() for one in scene.session.notices.waiting]
        return [text for text in said if text.startswith("Saving")]

    scene.workers.hold("export")
    ask(window, "png", tmp_path / "large.png").save_button.click()
    scene.workers.advance(900)
    assert saving() == []
    scene.workers.advance(200)
    assert saving() == ["Saving large.png…"]
    [button] = window.messages.newest.buttons
    button.click()
    assert not scene.session.viewer.state.is_saving
    assert saving() == []
    scene.workers.release()
    ask(window, "png", tmp_path / "small.png").save_button.click()
    scene.workers.settle()
    assert saving() == []
