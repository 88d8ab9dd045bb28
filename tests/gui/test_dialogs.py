"""The dialogs: what they say, and that none of them gives a patient away."""

import json
import os
import sys
from dataclasses import replace
from pathlib import Path
from urllib.parse import quote

import pytest
from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QCheckBox, QComboBox, QLabel
from pytestqt.qtbot import QtBot

from medviewer import diagnostics
from medviewer.dicom.library.index import scan
from medviewer.dicom.workers.sandbox import Sandbox
from medviewer.export import EXPORTERS
from medviewer.gui.dialogs.files.export import ExportChoice, ExportDialog, suggested_name
from medviewer.gui.dialogs.files.file_dialog import chosen_path, dropped_path
from medviewer.gui.dialogs.program.about import AboutDialog
from medviewer.gui.dialogs.program.crash import CrashDialog
from medviewer.gui.dialogs.settings.preferences import PreferencesDialog
from medviewer.settings import SETTINGS, Settings
from medviewer.viewer.memory.recent_paths import MOST, RecentPaths
from tests import factories
from tests.gui.window_scene import HEAD, WindowScene, identity, make_stack


@pytest.fixture
def dialog(qtbot: QtBot, scene: WindowScene, tmp_path: Path) -> ExportDialog:
    scene.open("head")
    assert scene.session.focused is not None
    dialog = ExportDialog(scene.session.focused)
    qtbot.addWidget(dialog)
    dialog.file_name.setText(str(tmp_path / "picture.png"))
    return dialog


def test_the_suggested_name_names_nobody(scene: WindowScene) -> None:
    scene.open("head")
    assert scene.session.focused is not None
    who = identity("MUSTER^ERIKA/../x", "PID-77")
    pane = replace(scene.session.focused, stack=replace(make_stack(9, who=who), plane="Axial"))
    assert suggested_name(pane, EXPORTERS["png"]) == "ct-axial-6of9-original.png"


def test_the_suggested_file_can_be_saved_at_once(qtbot: QtBot, scene: WindowScene) -> None:
    scene.open("head")
    assert scene.session.focused is not None
    dialog = ExportDialog(scene.session.focused)
    qtbot.addWidget(dialog)
    assert dialog.save_button.isEnabled()


def test_identity_is_written_only_if_asked(qtbot: QtBot, dialog: ExportDialog, tmp_path: Path) -> None:
    assert not dialog.identity.isChecked()
    with qtbot.waitSignal(dialog.chosen) as chosen:
        dialog.save_button.click()
    choice = chosen.args[0]
    assert isinstance(choice, ExportChoice)
    assert (choice.path, choice.with_identity, choice.overwrite) == (tmp_path / "picture.png", False, False)
    assert choice.pane.stack is HEAD


def test_asking_for_identity_warns(dialog: ExportDialog) -> None:
    dialog.identity.setChecked(True)
    assert "can read who it is" in dialog.note.text()


def test_an_existing_file_is_replaced_only_knowingly(
    qtbot: QtBot, dialog: ExportDialog, tmp_path: Path
) -> None:
    (tmp_path / "there.png").write_bytes(b"old")
    dialog.file_name.setText(str(tmp_path / "there"))
    assert dialog.save_button.text() == "Replace"
    assert "there.png exists already." in dialog.note.text()
    with qtbot.waitSignal(dialog.chosen) as chosen:
        dialog.save_button.click()
    assert chosen.args[0].overwrite


def test_enter_saves_and_escape_does_not(qtbot: QtBot, dialog: ExportDialog, tmp_path: Path) -> None:
    dialog.show()
    dialog.file_name.setFocus()
    with qtbot.waitSignal(dialog.chosen) as chosen:
        QTest.keyClick(dialog.file_name, Qt.Key.Key_Return)
    assert chosen.args[0].path == tmp_path / "picture.png"
    assert dialog.isHidden()
    dialog.show()
    with qtbot.assertNotEmitted(dialog.chosen), qtbot.waitSignal(dialog.rejected):
        QTest.keyClick(dialog.file_name, Qt.Key.Key_Escape)


@pytest.mark.parametrize("key", [Qt.Key.Key_Return, Qt.Key.Key_Enter])
def test_enter_saves_from_a_box_too_and_browses_from_its_own_button_only(
    qtbot: QtBot, dialog: ExportDialog, key: Qt.Key
) -> None:
    dialog.show()
    dialog.identity.setFocus()
    with qtbot.waitSignal(dialog.chosen):
        QTest.keyClick(dialog.identity, key)


def test_enter_does_nothing_where_the_name_cannot_be_saved(qtbot: QtBot, dialog: ExportDialog) -> None:
    dialog.show()
    dialog.file_name.setText("")
    with qtbot.assertNotEmitted(dialog.chosen):
        QTest.keyClick(dialog.file_name, Qt.Key.Key_Return)
    assert dialog.isVisible()


def test_uids_are_written_only_if_asked(qtbot: QtBot, dialog: ExportDialog) -> None:
    assert not dialog.uids.isChecked()
    dialog.uids.setChecked(True)
    assert "can tell whose picture it is" in dialog.note.text()
    with qtbot.waitSignal(dialog.chosen) as chosen:
        dialog.save_button.click()
    assert chosen.args[0].with_uids
    assert not chosen.args[0].with_identity


@pytest.mark.parametrize("name", ["x" * 252, "脑" * 85])
def test_a_name_that_is_too_long_is_said_to_be_so(dialog: ExportDialog, tmp_path: Path, name: str) -> None:
    dialog.file_name.setText(str(tmp_path / name))
    assert not dialog.save_button.isEnabled()
    assert "too long" in dialog.note.text()
    dialog.file_name.setText(str(tmp_path / name[:80]))
    assert dialog.save_button.isEnabled()


@pytest.mark.parametrize(
    "name",
    ["", "   ", "/no/such/folder/a.png", "/tmp/", ".", "~nobody-of-this-name/a", f"/{'x' * 300}/a"],
)
def test_a_name_that_cannot_be_written_cannot_be_saved(dialog: ExportDialog, name: str) -> None:
    dialog.file_name.setText(name)
    assert not dialog.save_button.isEnabled()


def test_the_crash_report_names_places_but_quotes_nothing(qtbot: QtBot, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="MUSTER") as caught:
        int("MUSTER^ERIKA")
    description = diagnostics.describe(caught.value)
    dialog = CrashDialog(description, tmp_path)
    qtbot.addWidget(dialog)
    dialog.copy_button.click()
    copied = QGuiApplication.clipboard().text()
    assert "ValueError" in copied
    assert "test_dialogs.py" in copied
    assert "medviewer" in copied
    texts = [label.text() for label in dialog.findChildren(QLabel)]
    assert "MUSTER" not in "\n".join([copied, *texts])


def test_quitting_after_a_crash_is_a_rejection(qtbot: QtBot, tmp_path: Path) -> None:
    dialog = CrashDialog("KeyError", tmp_path)
    qtbot.addWidget(dialog)
    with qtbot.waitSignal(dialog.rejected):
        dialog.quit_button.click()
    with qtbot.waitSignal(dialog.accepted):
        dialog.go_on_button.click()


def test_about_says_what_it_is_not_for(qtbot: QtBot) -> None:
    dialog = AboutDialog()
    qtbot.addWidget(dialog)
    texts = "\n".join(label.text() for label in dialog.findChildren(QLabel))
    assert "do not use it for diagnosis" in texts


def test_about_says_that_the_screen_is_not_calibrated(qtbot: QtBot) -> None:
    dialog = AboutDialog()
    qtbot.addWidget(dialog)
    (said,) = (text for text in map(QLabel.text, dialog.findChildren(QLabel)) if "PS3.14" in text)
    assert "not calibrated" in said


def test_preferences_offer_every_setting_with_a_title(qtbot: QtBot) -> None:
    dialog = PreferencesDialog(Settings())
    qtbot.addWidget(dialog)
    assert set(dialog.controls) == {key for key, setting in SETTINGS.items() if setting.title}
    theme = dialog.controls["theme"]
    assert isinstance(theme, QComboBox)
    with qtbot.waitSignal(dialog.edited) as edited:
        theme.setCurrentIndex(theme.findData("light"))
        theme.activated.emit(theme.currentIndex())
    assert edited.args == ["theme", "light"]
    remember = dialog.controls["remember_files"]
    assert isinstance(remember, QCheckBox)
    with qtbot.waitSignal(dialog.edited) as edited:
        remember.click()
    assert edited.args == ["remember_files", False]


def test_recent_paths_are_few_private_and_newest_first(home: Path) -> None:
    recent = RecentPaths()
    for number in range(MOST + 3):
        recent.add([Path(f"/data/{number}")])
    recent.add([Path("/data/5")])
    assert len(recent.paths()) == MOST
    assert recent.paths()[:2] == (Path("/data/5"), Path(f"/data/{MOST + 2}"))
    file = next(home.rglob("recent.json"))
    assert file.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("content", [b"", b"{", b"{}", b"[1, null]", b"\xff\xfe"])
def test_a_damaged_list_of_recent_paths_counts_as_empty(content: bytes, home: Path) -> None:
    recent = RecentPaths()
    recent.add([Path("/data/1")])
    next(home.rglob("recent.json")).write_bytes(content)
    assert RecentPaths().paths() == ()


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such names")
def test_names_that_are_no_unicode_are_remembered_and_open_again(
    qtbot: QtBot, home: Path, tmp_path: Path
) -> None:
    folder = tmp_path / os.fsdecode(b"Aufn\xe4hme")
    path = factories.write(factories.dataset(), folder / os.fsdecode(b"IM\xff\xfe.dcm"))
    recent = RecentPaths()
    recent.add([Path("/data/1")])
    recent.add([path])
    assert RecentPaths().paths() == (path, Path("/data/1"))
    json.loads(next(home.rglob("recent.json")).read_bytes().decode("ascii"))
    with Sandbox() as sandbox:
        *_, last = scan(RecentPaths().paths()[:1], sandbox)
        (stack,) = last.library.stacks
        assert sandbox.read_frame(stack.frames[0]).stored.size
    shown_by_qt = str(path).encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    assert chosen_path(shown_by_qt) == path
    assert dropped_path(QUrl.fromEncoded(quote(bytes(path)).encode().join([b"file://", b""]))) == path


def test_a_list_as_it_was_written_before_is_read(home: Path) -> None:
    recent = RecentPaths()
    recent.add([Path("/data/1")])
    next(home.rglob("recent.json")).write_bytes(b'["/data/IM\xff", "/data/\xe8\x84\x91"]')
    assert recent.paths() == (Path(os.fsdecode(b"/data/IM\xff")), Path("/data/脑"))


def test_recent_paths_can_be_switched_off_and_forgotten(home: Path) -> None:
    recent = RecentPaths(remember=False)
    recent.add([Path("/data/1")])
    assert list(home.rglob("recent.json")) == []
    recent.remember = True
    recent.add([Path("/data/1")])
    recent.forget()
    assert list(home.rglob("recent.json")) == []


def test_the_list_of_forms_has_a_label_of_its_own(dialog: ExportDialog) -> None:
    (label,) = (one for one in dialog.findChildren(QLabel) if one.buddy() is dialog.form)
    assert label.text() == "Saved as"
    assert label.isVisibleTo(dialog)
