"""Key images are kept with their study, listed in the browser, and saved as a picture and a table."""

import csv
import io
from pathlib import Path

import pytest
from PIL import Image
from pytestqt.qtbot import QtBot

from medviewer.gui.dialogs.files.export import ExportDialog
from medviewer.gui.window.main_window import MainWindow
from medviewer.imaging.frame.voi import Window
from medviewer.viewer.annotations.key_images import key_image_rows, toggle_key_image, write_note
from medviewer.viewer.annotations.store import AnnotationStore
from tests.gui.window_scene import HEAD, WindowScene

STUDY = HEAD.identity.study_instance_uid


@pytest.fixture
def scene() -> WindowScene:
    scene = WindowScene()
    scene.open("head")
    scene.session.viewer.memory.remember = True
    return scene


@pytest.fixture
def window(qtbot: QtBot, scene: WindowScene) -> MainWindow:
    window = MainWindow(scene.session)
    qtbot.addWidget(window)
    scene.session.viewer.memory.remember = True
    return window


def mark(scene: WindowScene, index: int, note: str = "") -> None:
    scene.session.viewer.scroll_to(index)
    scene.workers.settle()
    write_note(scene.session.viewer, note)
    scene.workers.settle()


def stored() -> list[str]:
    (found,) = AnnotationStore(STUDY).load()
    return [one.text for one in found.annotations]


def test_they_are_there_again_tomorrow(scene: WindowScene) -> None:
    mark(scene, 2, "bleed")
    assert stored() == ["bleed"]
    assert STUDY not in AnnotationStore(STUDY).path.read_text()
    tomorrow = WindowScene()
    tomorrow.open("head")
    tomorrow.workers.settle()
    assert [row.index for row in key_image_rows(tomorrow.session.viewer.state)] == [2]


def test_without_memory_nothing_is_written(scene: WindowScene) -> None:
    scene.session.viewer.memory.remember = False
    mark(scene, 2, "bleed")
    assert not AnnotationStore(STUDY).path.exists()
    assert [row.index for row in key_image_rows(scene.session.viewer.state)] == [2]  # as long as it is open
    scene.session.shutdown()
    assert not AnnotationStore(STUDY).path.exists()


def test_a_damaged_file_is_set_aside_and_said(scene: WindowScene) -> None:
    path = AnnotationStore(STUDY).path
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("{")
    mark(scene, 2, "bleed")
    assert stored() == ["bleed"]
    assert path.with_name(f"{path.name}.bad").read_text() == "{"
    assert any("could not be read" in str(told.sentence) for _, told in scene.session.notices.history)


def test_the_browser_lists_them_and_a_click_goes_there(
    qtbot: QtBot, scene: WindowScene, window: MainWindow
) -> None:
    window.resize(1600, 1000)  # so that the browser is no rail
    with qtbot.waitExposed(window):
        window.show()
    listed = window.browser.key_images
    assert listed.isHidden()
    mark(scene, 4, "second")
    mark(scene, 2, "CANARY^NAME")
    assert not listed.isHidden()
    texts = [listed.list.item(row).text() for row in range(listed.list.count())]
    assert [text.split(" · ")[-1] for text in texts] == ["CANARY^NAME", "second"]
    listed.list.itemClicked.emit(listed.list.item(1))
    assert scene.session.focused.index == 4
    scene.session.viewer.change(identity_hidden=True)
    assert not any("CANARY" in listed.list.item(row).text() for row in range(listed.list.count()))
    toggle_key_image(scene.session.viewer)
    assert listed.list.count() == 1


def test_the_pane_shows_a_bookmark(scene: WindowScene, window: MainWindow) -> None:
    pane = window.panes.panes[0]
    sign = pane.header.key_sign
    assert sign.isHidden()
    mark(scene, 2, "bleed")
    pane.refresh()
    assert not sign.isHidden()
    assert "bleed" in sign.toolTip()
    scene.session.viewer.scroll_to(3)
    scene.workers.settle()
    pane.refresh()
    assert sign.isHidden()


def save(scene: WindowScene, window: MainWindow, form: str, path: Path, *, identity: bool = False) -> None:
    window.files.export_image()
    dialog = window.files.dialog
    assert isinstance(dialog, ExportDialog)
    dialog.form.setCurrentIndex(dialog.form.findData(form))
    dialog.file_name.setText(str(path))
    dialog.identity.setChecked(identity)
    dialog.save_button.click()
    scene.workers.settle()


def test_they_are_saved_as_a_picture_and_as_a_table(
    scene: WindowScene, window: MainWindow, tmp_path: Path
) -> None:
    mark(scene, 2, "CANARY^NAME")
    mark(scene, 5, "edge")
    save(scene, window, "contact-sheet", tmp_path / "a.png")
    with Image.open(tmp_path / "a.png") as sheet:
        assert "CANARY" not in str(sheet.info)
        assert sheet.info["medviewer"].count('"pixel_sha256"') == 2
        assert sheet.width > 2 * 512
    save(scene, window, "key-images", tmp_path / "a.csv")
    rows = list(csv.DictReader(io.StringIO((tmp_path / "a.csv").read_text("utf-8-sig"))))
    assert [(row["number"], row["slice"]) for row in rows] == [("1", "3"), ("2", "6")]
    assert "CANARY" not in (tmp_path / "a.csv").read_text("utf-8-sig")
    save(scene, window, "key-images", tmp_path / "b.csv", identity=True)
    assert "CANARY^NAME" in (tmp_path / "b.csv").read_text("utf-8-sig")
    assert (tmp_path / "b.csv").stat().st_mode & 0o777 == 0o600


def test_the_dialog_says_that_typed_texts_are_left_out(scene: WindowScene, window: MainWindow) -> None:
    mark(scene, 2, "mass right parapharyngeal")
    window.files.export_image()
    dialog = window.files.dialog
    assert isinstance(dialog, ExportDialog)
    dialog.form.setCurrentIndex(dialog.form.findData("contact-sheet"))
    assert "text left out" in dialog.note.text()
    dialog.identity.setChecked(True)
    assert "text left out" not in dialog.note.text()


def test_a_sheet_is_windowed_as_its_series_is_now(
    scene: WindowScene, window: MainWindow, tmp_path: Path
) -> None:
    mark(scene, 2, "edge")
    for name, window_of_reader in (("a", Window(40.0, 80.0)), ("b", Window(400.0, 4000.0))):
        scene.session.viewer.set_voi(window_of_reader)
        scene.workers.settle()
        save(scene, window, "contact-sheet", tmp_path / f"{name}.png")
    with Image.open(tmp_path / "a.png") as narrow, Image.open(tmp_path / "b.png") as wide:
        assert narrow.tobytes() != wide.tobytes()


def test_without_any_the_forms_say_so(scene: WindowScene, window: MainWindow) -> None:
    window.files.export_image()
    dialog = window.files.dialog
    assert isinstance(dialog, ExportDialog)
    item = dialog.form.model().item(dialog.form.findData("contact-sheet"))
    assert not item.isEnabled()
    assert "no key image is marked in this study" in item.toolTip()
