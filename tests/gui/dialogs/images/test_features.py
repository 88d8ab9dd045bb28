"""The feature table.

True numbers of the slice in its title, never another one's, and no name in the file.
"""

import csv
import io
import stat
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QAbstractButton, QApplication, QFileDialog, QMessageBox
from pytestqt.qtbot import QtBot

from medviewer.export import feature_table
from medviewer.gui.dialogs.images.features import VALUE, FeatureDialog
from medviewer.gui.tasks.tasks import Task
from medviewer.gui.widgets.language import apply_language
from medviewer.gui.window.main_window import MainWindow
from medviewer.imaging.features.feature_vector import compute_features
from medviewer.imaging.frame.attributes import FrameAttributes
from medviewer.viewer.ui import Dialog
from tests.gui import window_scene
from tests.gui.window_scene import HEAD, STACKS, WindowScene, identity, make_stack

WITHOUT_PLANE = make_stack(
    3,
    who=identity("CANARY^CARL", "CANARY-1", "3"),
    plane="",
    attributes=FrameAttributes(modality="MR", is_phantom=True),
)


@pytest.fixture
def dialog(qtbot: QtBot, scene: WindowScene) -> FeatureDialog:
    dialog = FeatureDialog(scene.session)
    qtbot.addWidget(dialog)
    scene.open("head")
    dialog.show()
    scene.workers.settle()
    return dialog


def shown(dialog: FeatureDialog) -> list[str]:
    items = [dialog.table.item(row, VALUE) for row in range(dialog.table.rowCount())]
    return [item.text() for item in items if item is not None]


def expected(scene: WindowScene) -> list[str]:
    pane = scene.session.focused
    assert pane is not None
    assert pane.frame is not None
    values = compute_features(feature_table.gray_image(pane.frame))
    return [f"{value:.4f}" for value in values[:15]] + ["324 values"]


def test_the_numbers_are_those_of_the_focused_slice(scene: WindowScene, dialog: FeatureDialog) -> None:
    assert shown(dialog) == expected(scene)
    assert dialog.place.text() == "CT · Axial 5 mm · (6/10) · H 25.0 mm"
    assert "W 80 L 40 (Brain)" in dialog.gray.text()


def test_the_table_follows_the_slice(scene: WindowScene, dialog: FeatureDialog) -> None:
    before = shown(dialog)
    scene.session.viewer.scroll_by(1)
    scene.workers.settle()
    assert dialog.place.text().endswith("(7/10) · H 30.0 mm")
    assert shown(dialog) == expected(scene) != before


def test_no_number_stands_under_the_title_of_another_slice(scene: WindowScene, dialog: FeatureDialog) -> None:
    right = {}
    for index in range(10):
        scene.session.viewer.scroll_to(index)
        scene.workers.settle()
        right[dialog.place.text()] = expected(scene)
    assert len(right) == 10
    blank = ["…"] * 16
    for step in range(200):
        if step % 7 == 0:
            scene.session.viewer.scroll_to((step * 3) % 10)
        assert shown(dialog) in (blank, right[dialog.place.text()])
        assert dialog.save_button.isEnabled() == (shown(dialog) != blank)
        scene.workers.advance(31)
    scene.workers.settle()
    assert shown(dialog) == right[dialog.place.text()]


def test_a_result_that_comes_late_is_dropped(
    scene: WindowScene, dialog: FeatureDialog, monkeypatch: pytest.MonkeyPatch
) -> None:
    tasks: list[Task] = []
    make = scene.session.task
    monkeypatch.setattr(scene.session, "task", lambda *given: (tasks.append(make(*given)), tasks[-1])[1])
    scene.session.viewer.scroll_by(1)
    scene.workers.settle()
    pane = scene.session.focused
    assert pane is not None
    assert pane.frame is not None
    late = feature_table.slice_features(pane.frame)
    scene.session.viewer.scroll_by(1)
    tasks[0].yielded.emit(late)
    assert shown(dialog) == ["…"] * 16


def test_window_zoom_and_processing_change_nothing(scene: WindowScene, dialog: FeatureDialog) -> None:
    before = shown(dialog)
    scene.session.viewer.set_voi(None)
    scene.session.viewer.set_processing(0, "edges")
    scene.workers.settle()
    assert shown(dialog) == before
    assert "processed" not in dialog.cautions.text()


def test_it_follows_the_focus_and_forgets_what_is_closed(scene: WindowScene, dialog: FeatureDialog) -> None:
    scene.open("pelvis")
    scene.session.viewer.show_stack(HEAD)
    scene.session.viewer.show_stack(STACKS["pelvis"], 2)
    scene.workers.settle()
    assert "Coronal" in dialog.place.text()
    assert "ROE^RICHARD" in dialog.who.text()
    scene.session.viewer.set_focus(0)
    scene.workers.settle()
    assert "Axial" in dialog.place.text()
    assert "DOE^JANE" in dialog.who.text()
    scene.session.close_all()
    assert dialog.place.text() == "Open a study first."
    assert dialog.table.isHidden()
    assert dialog.who.isHidden()
    assert not dialog.save_button.isEnabled()
    assert not dialog.copy_button.isEnabled()


def test_a_hidden_identity_is_hidden_here_too(
    monkeypatch: pytest.MonkeyPatch, scene: WindowScene, dialog: FeatureDialog
) -> None:
    monkeypatch.setitem(STACKS, "without plane", WITHOUT_PLANE)
    scene.open("without plane")
    scene.session.viewer.show_stack(WITHOUT_PLANE)
    scene.workers.settle()
    assert "CANARY" in dialog.who.text()
    assert "Head 5.0" in dialog.place.text()
    assert "PHANTOM" in dialog.cautions.text()
    scene.session.viewer.change(identity_hidden=True)
    assert dialog.who.text() == "Identity hidden"
    assert dialog.place.text().startswith("CT · (2/3)")
    dialog.copy_button.click()
    scene.session.viewer.change(identity_hidden=False)
    assert "CANARY" in dialog.who.text()
    for private in ("CANARY", "Head 5.0"):
        assert private not in QGuiApplication.clipboard().text()


def test_a_color_image_is_taken_by_its_luminance(scene: WindowScene, dialog: FeatureDialog) -> None:
    scene.open("colour")
    scene.session.viewer.show_stack(STACKS["colour"])
    scene.workers.settle()
    assert "luminance" in dialog.gray.text()
    assert shown(dialog) == expected(scene)


def _spoil_the_seventh(monkeypatch: pytest.MonkeyPatch, scene: WindowScene) -> None:
    real, nan = window_scene.make_frame, np.full((64, 64), np.nan, np.float32)
    monkeypatch.setattr(
        window_scene,
        "make_frame",
        lambda stack, index, stored: real(stack, index, nan if index == 6 else stored),
    )
    scene.session.viewer.frames.clear_frames()


def test_a_failure_is_said_of_its_own_slice_only(
    monkeypatch: pytest.MonkeyPatch, scene: WindowScene, dialog: FeatureDialog
) -> None:
    _spoil_the_seventh(monkeypatch, scene)
    said = set()
    for step in range(400):
        if step % 7 == 0:
            scene.session.viewer.scroll_to(6 + step % 2)
        said.add(dialog.place.text().split(" · ")[2] if dialog.note.text() else "")
        scene.workers.advance(31)
    assert said == {"", "(7/10)"}


def test_what_cannot_be_computed_says_why(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, scene: WindowScene, dialog: FeatureDialog
) -> None:
    _spoil_the_seventh(monkeypatch, scene)
    with qtbot.waitSignal(scene.session.notices.told) as told:
        scene.session.viewer.scroll_by(1)
        scene.workers.settle()
    assert told.args is not None
    (notice,) = told.args
    assert notice.severity == "error"
    assert dialog.note.text() == notice.sentence.for_user()
    assert shown(dialog) == ["…"] * 16
    assert not dialog.save_button.isEnabled()
    scene.session.viewer.scroll_by(1)
    scene.workers.settle()
    assert dialog.note.text() == ""
    assert shown(dialog) == expected(scene)
    assert scene.session.notices.waiting == ()  # it is computed now


def test_a_closed_table_computes_nothing(
    monkeypatch: pytest.MonkeyPatch, scene: WindowScene, dialog: FeatureDialog
) -> None:
    dialog.close()
    asked: list[str] = []
    real = scene.session.task
    monkeypatch.setattr(
        scene.session, "task", lambda make, lane, about=(): asked.append(lane) or real(make, lane)
    )
    scene.session.viewer.scroll_by(1)
    scene.workers.settle()
    assert asked == []
    dialog.show()
    scene.workers.settle()
    assert asked == ["features"]
    assert shown(dialog) == expected(scene)


# saving


def _choose(scene: WindowScene, dialog: FeatureDialog, path: Path) -> None:
    dialog.save_button.click()
    chooser = dialog.dialog
    assert isinstance(chooser, QFileDialog)
    chooser.fileSelected.emit(str(path))
    chooser.close()
    scene.workers.settle()


def test_the_file_holds_every_number_and_no_name(
    scene: WindowScene, dialog: FeatureDialog, tmp_path: Path
) -> None:
    _choose(scene, dialog, tmp_path / "features")
    content = (tmp_path / "features.csv").read_bytes()
    assert content.startswith(b"\xef\xbb\xbf")
    lines = list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))
    assert len(lines) == 339
    assert {line["sop_instance_uid"] for line in lines} == {""}
    assert [f"{float(line['value']):.4f}" for line in lines[:15]] == shown(dialog)[:15]
    text = content.decode("utf-8-sig")
    assert "Research and education, not for diagnosis" in text
    for private in ("DOE", "JANE", "000417,", "19610402", "CT Head", "Head 5.0"):
        assert private not in text
    assert dialog.note.text() == "features.csv is saved."


def test_what_is_saved_is_what_stood_there_when_it_was_asked_for(
    scene: WindowScene, dialog: FeatureDialog, tmp_path: Path
) -> None:
    dialog.uid.setChecked(True)
    dialog.save_button.click()
    scene.session.viewer.scroll_by(2)
    scene.workers.settle()
    chooser = dialog.dialog
    assert isinstance(chooser, QFileDialog)
    assert chooser.selectedFiles()[0].endswith("ct-axial-6of10-features.csv")
    chooser.fileSelected.emit(str(tmp_path / "a.csv"))
    scene.workers.settle()
    assert HEAD.frames[5].sop_instance_uid in (tmp_path / "a.csv").read_text("utf-8-sig")
    assert stat.S_IMODE((tmp_path / "a.csv").stat().st_mode) == 0o600


def _button(box: QMessageBox, text: str) -> QAbstractButton:
    return next(button for button in box.buttons() if button.text() == text)


def test_an_existing_file_is_replaced_only_when_asked(
    qtbot: QtBot, scene: WindowScene, dialog: FeatureDialog, tmp_path: Path
) -> None:
    path = tmp_path / "there.csv"
    path.write_bytes(b"old")
    for answer in ("Cancel", "Replace"):
        assert path.read_bytes() == b"old"
        _choose(scene, dialog, path)
        box = dialog.dialog
        assert isinstance(box, QMessageBox)
        assert box.text() == "there.csv exists already."
        assert path.read_bytes() == b"old"
        qtbot.mouseClick(_button(box, answer), Qt.MouseButton.LeftButton)
        scene.workers.settle()
    assert path.read_bytes() != b"old"


def test_a_file_that_appears_meanwhile_is_left_alone(
    scene: WindowScene, dialog: FeatureDialog, tmp_path: Path
) -> None:
    path = tmp_path / "there.csv"
    dialog.save_button.click()
    chooser = dialog.dialog
    assert isinstance(chooser, QFileDialog)
    chooser.fileSelected.emit(str(path))
    path.write_bytes(b"another's")
    scene.workers.settle()
    assert path.read_bytes() == b"another's"
    assert "exists already" in dialog.note.text()


def test_a_file_that_cannot_be_written_is_named(
    scene: WindowScene, dialog: FeatureDialog, tmp_path: Path
) -> None:
    _choose(scene, dialog, tmp_path / "no folder" / "a.csv")
    assert "a.csv" in dialog.note.text()


def test_an_original_is_never_written_over(scene: WindowScene, dialog: FeatureDialog, tmp_path: Path) -> None:
    original = tmp_path / "slice.csv"
    original.write_bytes(bytes(128) + b"DICM")
    _choose(scene, dialog, original)
    box = dialog.dialog
    assert isinstance(box, QMessageBox)
    box.accepted.emit()
    scene.workers.settle()
    assert original.read_bytes() == bytes(128) + b"DICM"


# in the window


@pytest.fixture
def window(qtbot: QtBot, qapp: QApplication, scene: WindowScene) -> Iterator[MainWindow]:
    window = MainWindow(scene.session)
    qtbot.addWidget(window)
    yield window
    apply_language(qapp, "en")


def test_the_table_leaves_the_window_usable(scene: WindowScene, window: MainWindow) -> None:
    action = window.bar.actions["image.features"]
    assert not action.isEnabled()
    scene.open("head")
    action.trigger()
    table = window.dialogs.beside(Dialog.FEATURES)
    assert table is not None
    assert not table.isModal()
    scene.session.viewer.scroll_by(1)
    scene.workers.settle()
    assert shown(table) == expected(scene)
    table.close()
    action.trigger()
    assert window.dialogs.beside(Dialog.FEATURES) is table
    assert table.isVisible()


def test_another_language_takes_the_table_along(scene: WindowScene, window: MainWindow) -> None:
    scene.open("head")
    window.open_dialog(Dialog.FEATURES)
    scene.workers.settle()
    before = window.dialogs.beside(Dialog.FEATURES)
    window.viewer.change_setting("language", "zh_CN")
    scene.workers.settle()
    table = window.dialogs.beside(Dialog.FEATURES)
    assert table is not None
    assert table is not before
    assert table.isVisible()
    assert table.windowTitle() == "纹理与边缘特征"
    assert shown(table)[:15] == expected(scene)[:15]
