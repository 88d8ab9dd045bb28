"""Preferences stand in sections.

Each has its settings, and keys are changed from there.
"""

import pytest
from PySide6.QtWidgets import QApplication, QCheckBox, QLabel, QMessageBox
from pytestqt.qtbot import QtBot

from medviewer.gui.dialogs.settings import preferences
from medviewer.gui.dialogs.settings.key_editor import KeyEditor
from medviewer.gui.dialogs.settings.preferences import SECTIONS, PreferencesDialog
from medviewer.gui.window.main_window import MainWindow
from medviewer.settings import SETTINGS, Settings
from medviewer.viewer.memory.kept_annotations import annotations_folder
from medviewer.viewer.ui import Dialog
from tests.gui.window_scene import WindowScene


def test_every_setting_stands_in_its_section(qtbot: QtBot) -> None:
    dialog = PreferencesDialog(Settings())
    qtbot.addWidget(dialog)
    dialog.show()
    assert {setting.section for setting in SETTINGS.values() if setting.title} == set(SECTIONS)
    tops = {
        label.text(): label.mapTo(dialog, label.rect().topLeft()).y() for label in dialog.findChildren(QLabel)
    }
    bounds = [tops[section] for section in SECTIONS] + [tops["Keys"]]
    assert bounds == sorted(bounds)
    for key, control in dialog.controls.items():
        place = SECTIONS.index(SETTINGS[key].section)
        y = control.mapTo(dialog, control.rect().topLeft()).y()
        assert bounds[place] < y < bounds[place + 1], key


def test_keys_are_changed_from_there(qtbot: QtBot, scene: WindowScene) -> None:
    window = MainWindow(scene.session)
    qtbot.addWidget(window)
    window.show()
    window.open_dialog(Dialog.PREFERENCES)
    dialog = window.dialog
    assert isinstance(dialog, PreferencesDialog)
    dialog.keys_button.click()
    assert isinstance(window.dialog, KeyEditor)
    assert window.dialog.isVisible()
    assert not dialog.isVisible()
    window.dialog.reject()


@pytest.mark.parametrize("answer", ["no", "yes"])
def test_memory_is_shown_as_the_question_about_drawings_was_answered(
    qtbot: QtBot, scene: WindowScene, answer: str
) -> None:
    annotations_folder().mkdir(parents=True)
    (annotations_folder() / "1.json").write_bytes(b"drawn")
    window = MainWindow(scene.session)
    qtbot.addWidget(window)
    window.show()
    window.open_dialog(Dialog.PREFERENCES)
    dialog = window.dialog
    assert isinstance(dialog, PreferencesDialog)
    switch = dialog.controls["remember_files"]
    assert isinstance(switch, QCheckBox)
    switch.click()
    question = window.dialog
    assert isinstance(question, QMessageBox)
    if answer == "yes":
        assert window.dialogs.yes_button is not None
        window.dialogs.yes_button.click()
    else:
        question.reject()
    assert switch.isChecked() is Settings().flag("remember_files") is (answer == "no")
    assert annotations_folder().exists() is (answer == "no")
    dialog.reject()


@pytest.mark.parametrize(("seen", "told"), [("", 0), ("0.0.1", 1)])
def test_an_update_is_told_once(seen: str, told: int) -> None:
    from medviewer import __version__

    settings = Settings()
    if seen:
        settings.change("version_seen", seen)
    for round_number in range(2):
        notices = run_once()
        assert len([line for line in notices if line == f"This is medviewer {__version__}."]) == (
            told if round_number == 0 else 0
        )
    assert Settings().text("version_seen") == __version__


def run_once() -> list[str]:
    """Start the program in a process of its own and return its notices."""
    import subprocess
    import sys

    code = (
        "from medviewer import app\n"
        "program = app.Program('en'); program.show(); program.warm()\n"
        "print(*[one.sentence.for_user() for one in program.session.notices.waiting], sep='\\n')\n"
        "program.end()"
    )
    ended = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=120
    )
    return ended.stdout.splitlines()


def test_no_explanation_is_cut_where_the_dialog_is_higher_than_most(
    qtbot: QtBot, scene: WindowScene, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(preferences, "EXPLAINED", dict.fromkeys(SECTIONS, "What is remembered. " * 20))
    window = MainWindow(scene.session)
    qtbot.addWidget(window)
    window.show()
    window.open_dialog(Dialog.PREFERENCES)
    dialog = window.dialog
    assert dialog is not None
    QApplication.processEvents()
    wrapped = [label for label in dialog.findChildren(QLabel) if label.wordWrap()]
    assert len(wrapped) == len(SECTIONS)
    for label in wrapped:
        assert label.height() >= label.heightForWidth(label.width())


def test_previews_of_the_film_are_switched_off_there_and_stay_off(qtbot: QtBot, scene: WindowScene) -> None:
    window = MainWindow(scene.session)
    qtbot.addWidget(window)
    window.show()
    window.open_dialog(Dialog.PREFERENCES)
    dialog = window.dialog
    assert isinstance(dialog, PreferencesDialog)
    switch = dialog.controls["film_preview"]
    assert isinstance(switch, QCheckBox)
    assert scene.session.viewer.state.previews
    switch.click()
    assert not scene.session.viewer.state.previews
    scene.session.viewer.change(previews=True)  # as at the start of the program
    qtbot.addWidget(MainWindow(scene.session))
    assert not scene.session.viewer.state.previews
