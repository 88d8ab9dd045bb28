"""The main window: what a user sees and can do, with a real session behind it."""

from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, QRect, Qt, QUrl
from PySide6.QtGui import QAction, QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QApplication, QLabel, QMessageBox, QWidget
from pytestqt.qtbot import QtBot

from medviewer.dicom.model import Library
from medviewer.export import EXPORTERS
from medviewer.gui.dialogs.files.export import ExportDialog
from medviewer.gui.dialogs.program.crash import CrashDialog
from medviewer.gui.look.theme import apply_theme
from medviewer.gui.widgets import window_geometry
from medviewer.gui.window.main_window import MainWindow
from medviewer.imaging.annotation.annotation import Annotation, image_sha256, slice_digest_of
from medviewer.settings import Settings
from medviewer.translation import Message
from medviewer.viewer.annotations.edits import edit_annotations
from medviewer.viewer.annotations.key_images import toggle_key_image
from medviewer.viewer.color_roles import LIGHT
from medviewer.viewer.commands.images.classification import ask_to_override
from medviewer.viewer.commands.panes.layout import set_layout
from tests.gui.window_scene import HEAD, WindowScene


@pytest.fixture
def window(qtbot: QtBot, scene: WindowScene) -> MainWindow:
    window = MainWindow(scene.session)
    qtbot.addWidget(window)
    return window


def _show(window: MainWindow, qtbot: QtBot, width: int, height: int) -> None:
    window.resize(width, height)
    with qtbot.waitExposed(window):
        window.show()


def _told(window: MainWindow) -> str:
    """Return the last message, which may have passed."""
    return window.session.notices.history[-1][1].sentence.for_user()


def _pane_share(window: MainWindow) -> float:
    area = sum(pane.width() * pane.height() for pane in window.panes.panes if pane.isVisible())
    return area / (window.width() * window.height())


def _image_share(window: MainWindow) -> float:
    view = window.panes.panes[0].view
    return view.width() * view.height() / (window.width() * window.height())


@pytest.mark.parametrize(
    ("size", "image", "panes"),
    [((1600, 1000), 0.40, 0.45), ((1920, 1080), 0.49, 0.53), ((1280, 800), 0.32, 0.38)],
)
def test_the_original_has_its_share_of_the_window(
    qtbot: QtBot,
    scene: WindowScene,
    window: MainWindow,
    size: tuple[int, int],
    image: float,
    panes: float,
) -> None:
    _show(window, qtbot, *size)
    scene.open("head")
    assert (window.width(), window.height()) == size
    qtbot.waitUntil(lambda: _image_share(window) >= image and _pane_share(window) >= panes)


def test_with_both_sides_folded_the_panes_have_all_the_width(
    qtbot: QtBot, scene: WindowScene, window: MainWindow
) -> None:
    _show(window, qtbot, 1600, 1000)
    scene.open("head")
    window.activateWindow()
    qtbot.keyClick(window.panes, Qt.Key.Key_B)
    qtbot.keyClick(window.panes, Qt.Key.Key_B, Qt.KeyboardModifier.ShiftModifier)
    assert not window.browser.isVisible()
    assert not window.dock.isVisible()
    area = window.panes.area
    qtbot.waitUntil(lambda: area.width() == window.width())
    assert area.height() >= 0.8 * window.height()
    qtbot.keyClick(window.panes, Qt.Key.Key_B)
    assert window.browser.isVisible()


def test_before_anything_is_open_the_window_says_how_to_open(qtbot: QtBot, window: MainWindow) -> None:
    _show(window, qtbot, 1280, 800)
    assert window.start.isVisible()
    assert window.start.field.folder_button.isVisible()
    assert not window.bar.actions["view.browser"].isEnabled()  # nothing that does nothing
    assert not window.prediction.classify_button.isEnabled()


def test_the_warning_is_always_visible(qtbot: QtBot, scene: WindowScene, window: MainWindow) -> None:
    _show(window, qtbot, 1280, 800)
    for _ in range(2):
        shown = [label.text() for label in window.findChildren(QLabel) if label.isVisible()]
        assert shown.count("Research use only, not for diagnosis") == 2  # in the status line and on the card
        scene.open("head")


def test_the_title_names_nobody(qtbot: QtBot, scene: WindowScene, window: MainWindow) -> None:
    scene.open("head")
    assert window.windowTitle() == "medviewer"


def test_ctrl_k_classifies_and_the_dock_shows_the_result(
    qtbot: QtBot, scene: WindowScene, window: MainWindow
) -> None:
    _show(window, qtbot, 1280, 800)
    scene.open("head")
    qtbot.keyClick(window, Qt.Key.Key_K, Qt.KeyboardModifier.ControlModifier)
    scene.workers.settle()
    assert (window.prediction.card.word, window.prediction.card.score) == ("Flagged", "0.81")
    scene.session.viewer.scroll_by(1)
    assert window.prediction.result is None


def test_a_refusal_can_be_overridden_only_after_a_question(
    qtbot: QtBot, scene: WindowScene, window: MainWindow
) -> None:
    scene.open("head")
    assert not window.bar.actions["classify.anyway"].isEnabled()
    scene.classify("refusal")
    assert "body part not stated" in window.prediction.sentence.text()
    window.prediction.override_button.click()
    box = window.dialog
    assert isinstance(box, QMessageBox)
    assert "body part not stated" in box.text()
    assert scene.classifier.asked == [False]
    window.dialogs.yes_button.click()
    scene.workers.settle()
    assert scene.classifier.asked == [False, True]
    assert "body part not stated" in window.prediction.cautions.text()


def test_anyway_is_about_the_slice_of_the_question(
    qtbot: QtBot, scene: WindowScene, window: MainWindow
) -> None:
    scene.open("head")
    scene.classify("refusal")
    asked = scene.session.focused
    assert asked is not None
    ask_to_override(window.viewer)
    scene.session.viewer.scroll_by(1)
    scene.workers.settle()
    window.dialogs.yes_button.click()
    scene.workers.settle()
    assert scene.session.focused is not None
    assert scene.session.focused.result is None
    scene.session.viewer.scroll_by(-1)
    scene.workers.settle()
    result = scene.session.focused.result
    assert result is not None
    assert result.content is not None


def test_saying_no_to_anyway_leaves_the_refusal(qtbot: QtBot, scene: WindowScene, window: MainWindow) -> None:
    scene.open("head")
    scene.classify("refusal")
    ask_to_override(window.viewer)
    assert isinstance(window.dialog, QMessageBox)
    window.dialog.defaultButton().click()
    scene.workers.settle()
    assert scene.classifier.asked == [False]


def test_a_message_of_the_session_is_shown_with_its_hint(
    qtbot: QtBot, scene: WindowScene, window: MainWindow
) -> None:
    scene.open("head", "broken.dcm")
    assert not window.messages.isHidden()
    assert "broken.dcm" in window.messages.newest.sentence.text()
    assert scene.session.focused is not None
    assert scene.session.focused.stack.key == HEAD.key


def test_number_keys_choose_presets(qtbot: QtBot, scene: WindowScene, window: MainWindow) -> None:
    _show(window, qtbot, 1280, 800)
    scene.open("head")
    assert window.bar.actions["image.preset_4"].text() == "Bone"
    qtbot.keyClick(window.panes, Qt.Key.Key_4)
    voi = scene.session.focused.voi
    assert (voi.center, voi.width) == (480, 2500)
    qtbot.keyClick(window.panes, Qt.Key.Key_0)
    assert scene.session.focused.voi is None


@pytest.mark.parametrize("place", ["window", "panes", "first pane", "browser"])
def test_files_dropped_anywhere_are_opened_and_remembered(
    place: str, qtbot: QtBot, scene: WindowScene, window: MainWindow
) -> None:
    _show(window, qtbot, 1280, 800)
    places = {"window": window, "panes": window.panes, "first pane": window.panes.panes[0]}
    target: QWidget = places.get(place, window.browser)
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile("/anywhere/head"), QUrl("https://example.org/pelvis")])
    action, button, key = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    QApplication.sendEvent(target, QDragEnterEvent(QPoint(5, 5), action, mime, button, key))
    QApplication.sendEvent(target, QDropEvent(QPointF(5, 5), action, mime, button, key))
    scene.workers.settle()
    assert scene.session.library.stacks == (HEAD,)
    assert window.viewer.recent.paths() == (Path("/anywhere/head").absolute(),)


def test_a_change_of_language_rebuilds_the_window_and_keeps_the_study(
    qtbot: QtBot, qapp: QApplication, scene: WindowScene, window: MainWindow
) -> None:
    _show(window, qtbot, 1280, 800)
    scene.open("head")
    window.viewer.change(tool="zoom")
    qtbot.waitUntil(lambda: scene.workers.settle() or HEAD.key in window.browser.list.rows.thumbnails)
    try:
        window.viewer.change_setting("language", "zh_CN")
        titles = [action.text() for action in window.menuBar().actions()]
        assert titles[0] == "文件(&F)"
        assert len(titles) == 8
        assert window.viewer.state.tool == "zoom"
        assert scene.session.focused is not None
        qtbot.waitUntil(window.browser.list.isVisible)
        assert window.browser.list.chosen_key() == HEAD.key
        assert HEAD.key in window.browser.list.rows.thumbnails
        scene.workers.settle()
        window.panes.panes[1].refresh()
        assert "非局部均值" in window.panes.panes[1].caption.text()
    finally:
        window.viewer.change_setting("language", "en")
    assert next(action.text() for action in window.menuBar().actions()) == "&File"
    assert Settings().text("language") == "en"


def test_a_rebuilt_window_leaves_no_action_of_the_old_one(
    qtbot: QtBot, scene: WindowScene, window: MainWindow
) -> None:
    before = len([action for action in window.actions() if action.shortcut().toString() == "Ctrl+K"])
    window.viewer.change_setting("language", "en")
    after: list[QAction] = [action for action in window.actions() if action.shortcut().toString() == "Ctrl+K"]
    assert (before, len(after)) == (1, 1)


def test_the_theme_changes_at_once_and_is_remembered(
    qtbot: QtBot, qapp: QApplication, window: MainWindow
) -> None:
    try:
        window.bar.fill("view.themes")["view.theme_light"].trigger()
        assert qapp.palette().window().color().name() == LIGHT.window
        assert Settings().text("theme") == "light"
        assert window.bar.fill("view.themes")["view.theme_light"].isChecked()
    finally:
        apply_theme(qapp, "dark")


def test_the_window_comes_back_where_it_was(qtbot: QtBot, scene: WindowScene, window: MainWindow) -> None:
    _show(window, qtbot, 720, 500)
    window.close()
    again = MainWindow(scene.session)
    qtbot.addWidget(again)
    assert (again.width(), again.height()) == (720, 500)


def test_a_fault_is_told_without_data_and_only_once(
    qtbot: QtBot, scene: WindowScene, window: MainWindow
) -> None:
    _show(window, qtbot, 1280, 800)
    scene.session.crashed.emit("ValueError\n  voi.py:12 in voi_values")
    first = window.dialog
    scene.session.crashed.emit("KeyError")
    assert window.dialog is first
    assert "voi.py:12" in first.report.toPlainText()
    first.accept()
    assert window.isVisible()


def test_quitting_after_a_fault_closes_the_window(
    qtbot: QtBot, scene: WindowScene, window: MainWindow
) -> None:
    _show(window, qtbot, 1280, 800)
    window.show_crash("KeyError")
    assert isinstance(window.dialog, CrashDialog)
    window.dialog.quit_button.click()
    assert not window.isVisible()


def test_an_exported_image_is_written_and_said_to_be_saved(
    qtbot: QtBot, scene: WindowScene, window: MainWindow, tmp_path: Path
) -> None:
    scene.open("head")
    window.bar.actions["export.picture"].trigger()
    dialog = window.files.dialog
    assert isinstance(dialog, ExportDialog)
    dialog.file_name.setText(str(tmp_path / "slice.png"))
    dialog.save_button.click()
    scene.workers.settle()
    assert (tmp_path / "slice.png").read_bytes().startswith(b"\x89PNG")
    assert _told(window) == "slice.png is saved and reads back correctly."


def test_each_form_of_the_dialog_is_written_as_such(
    scene: WindowScene, window: MainWindow, tmp_path: Path
) -> None:
    scene.open("head")
    scene.classify()
    set_layout(scene.session.viewer, "2x2")
    shown = scene.session.focused
    assert shown is not None
    assert shown.frame is not None
    on_slice, version = slice_digest_of(shown.slice_key), image_sha256(shown.frame)
    length = Annotation("a", "length", ((8.5, 40.5), (56.5, 40.5)), on_slice, version)
    edit_annotations(scene.session.viewer, Message("length"), (length,))
    toggle_key_image(scene.session.viewer)
    starts = {}
    for name, exporter in EXPORTERS.items():
        window.files.export_image()
        dialog = window.files.dialog
        assert isinstance(dialog, ExportDialog)
        dialog.form.setCurrentIndex(dialog.form.findData(name))
        dialog.file_name.setText(str(tmp_path / f"{name}{exporter.suffix}"))
        dialog.save_button.click()
        scene.workers.settle()
        starts[name] = (tmp_path / f"{name}{exporter.suffix}").read_bytes()[:4]
    mark = b"\xef\xbb\xbf"  # of the order of bytes, before the first column's name
    images = {"png": b"\x89PNG", "plain": b"\x89PNG", "jpeg": b"\xff\xd8\xff\xe0"}
    images |= dict.fromkeys(("tiff", "values"), b"II*\0") | {"gif": b"GIF8", "mp4": b"\0\0\0 "}
    images |= {"layout": b"\x89PNG", "layout-jpeg": b"\xff\xd8\xff\xe0", "layout-tiff": b"II*\0"}
    images |= dict.fromkeys(("layout-pdf", "contact-pages", "flagged-pages"), b"%PDF")
    images |= dict.fromkeys(("contact-sheet", "flagged-sheet"), b"\x89PNG")
    images |= {"key-images": mark + b"n", "results": mark + b"s"}
    assert starts == images | {"features": mark + b"f", "result": mark + b"s"} | dict.fromkeys(
        ("measurements", "all-measurements"), mark + b"n"
    )


def test_an_export_that_fails_is_named_and_nothing_is_said_to_be_saved(
    qtbot: QtBot, scene: WindowScene, window: MainWindow, tmp_path: Path
) -> None:
    scene.open("head")
    window.files.export_image()
    dialog = window.files.dialog
    assert isinstance(dialog, ExportDialog)
    folder = tmp_path / "gone"
    folder.mkdir()
    dialog.file_name.setText(str(folder / "slice.png"))
    folder.rmdir()
    dialog.save_button.click()
    scene.workers.settle()
    assert "slice.png could not be written" in window.messages.newest.sentence.text()


def test_no_image_is_exported_over_a_file_that_is_open(
    qtbot: QtBot, scene: WindowScene, window: MainWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = tmp_path / "of-another-stack.png"
    source.write_bytes(b"pixels without a preamble")
    monkeypatch.setattr(Library, "originals", {source})
    scene.open("head")
    window.files.export_image()
    dialog = window.files.dialog
    assert isinstance(dialog, ExportDialog)
    dialog.file_name.setText(str(source))
    dialog.save_button.click()
    scene.workers.settle()
    assert source.read_bytes() == b"pixels without a preamble"
    assert (
        window.messages.newest.sentence.text() == "of-another-stack.png is an original and was left as it is."
    )


def test_recent_files_are_offered_and_can_be_forgotten(
    qtbot: QtBot, scene: WindowScene, window: MainWindow, tmp_path: Path
) -> None:
    window.viewer.open_paths([tmp_path / "head"])
    scene.workers.settle()
    assert window.viewer.recent.paths() == (tmp_path / "head",)
    window.viewer.change_setting("remember_files", False)
    assert window.viewer.recent.paths() == ()
    window.viewer.open_paths([tmp_path / "pelvis"])
    scene.workers.settle()
    assert window.viewer.recent.paths() == ()


@pytest.mark.parametrize(
    ("wanted", "screens", "expected"),
    [
        (QRect(100, 100, 800, 600), [QRect(0, 0, 1920, 1080)], QRect(100, 100, 800, 600)),
        (QRect(3000, 200, 800, 600), [QRect(0, 0, 1920, 1080)], QRect(1120, 200, 800, 600)),
        (QRect(-500, -500, 5000, 4000), [QRect(0, 0, 1280, 800)], QRect(0, 0, 1280, 800)),
        (
            QRect(2000, 50, 900, 700),
            [QRect(0, 0, 1920, 1080), QRect(1920, 0, 1920, 1080)],
            QRect(2000, 50, 900, 700),
        ),
        (QRect(0, 0, 10, 10), [QRect(0, 0, 1280, 800)], QRect(0, 0, 640, 400)),
    ],
)
def test_a_remembered_place_is_moved_onto_a_screen(
    wanted: QRect, screens: list[QRect], expected: QRect
) -> None:
    assert window_geometry.clamped(wanted, screens) == expected


@pytest.mark.parametrize(
    "text",
    ["", "1,2,3", "a,b,c,d,e", "0,0,0,0,0", "0,0,99999999999,5,0", "1;2;3;4;5", "--5,0,9,9,0", "²,0,9,9,0"],
)
def test_a_senseless_place_in_the_settings_is_ignored(text: str) -> None:
    assert window_geometry.read(text) is None


def test_a_place_reads_back_as_written() -> None:
    place = QRect(-5, 7, 800, 600)
    assert window_geometry.read(window_geometry.written(place, True)) == (place, True)
