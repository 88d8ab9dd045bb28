"""A study that was opened once is found again among many, without its folder being remembered by heart."""

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from medviewer.gui.dialogs.files.earlier_studies import EarlierStudiesDialog
from medviewer.gui.tasks.tasks import Task
from medviewer.gui.window.main_window import MainWindow
from medviewer.imaging.identity import Identity
from medviewer.settings import Settings
from medviewer.viewer.memory.database import Database
from medviewer.viewer.memory.study_index import StudyIndex
from medviewer.viewer.memory.study_record import StudyRecord
from tests.gui.window_scene import WindowScene

NAMES = ("DOE, JANE", "WANG, XIAODONG=王 小东", "MÜLLER, JÖRG")


def record(number: int, name: str) -> StudyRecord:
    who = Identity(
        patient_name=name.partition("=")[0],
        ideographic_name=name.partition("=")[2],
        patient_id=f"ID{number:04}",
        study_instance_uid=f"1.2.{number}",
        study_date=f"202401{number % 28 + 1:02}",
        study_description="Head" if number % 2 else "Pelvis",
    )
    folder = ("head", "pelvis")[number % 2 == 0]
    return StudyRecord(who, ("CT",), (), (Path(folder),), 1, 10, 1_700_000_000.0 + number)


@pytest.fixture
def dialog(qtbot: QtBot, scene: WindowScene, home: Path) -> EarlierStudiesDialog:
    StudyIndex(Database()).add(
        record(number, NAMES[number] if number < len(NAMES) else f"OTHER, N{number}") for number in range(40)
    )
    window = MainWindow(scene.session, Settings())
    qtbot.addWidget(window)
    with qtbot.waitActive(window):
        window.show()
        window.activateWindow()
    window.bar.actions["file.earlier_studies"].trigger()
    shown = window.dialogs.dialog
    assert isinstance(shown, EarlierStudiesDialog)
    qtbot.waitUntil(shown.search.hasFocus)
    scene.workers.settle()
    return shown


def shown_texts(dialog: EarlierStudiesDialog) -> list[list[str]]:
    rows = [dialog.list.topLevelItem(row) for row in range(dialog.list.topLevelItemCount())]
    return [[item.text(column) for column in range(item.columnCount())] for item in rows]


def typed(dialog: EarlierStudiesDialog, scene: WindowScene, text: str) -> list[str]:
    dialog.search.clear()
    dialog.search.insert(text)  # as an input method does
    scene.workers.settle()
    return [row[1] for row in shown_texts(dialog)]


def test_all_studies_stand_there_the_newest_first(dialog: EarlierStudiesDialog) -> None:
    rows = shown_texts(dialog)
    assert len(rows) == 40
    assert rows[0][:6] == ["OTHER, N39", "ID0039", "2024-01-12", "CT", "Head", "10"]
    assert rows[0][6].startswith("2023-11-1")
    assert dialog.count.text() == "40 studies"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("jane", ["ID0000"]),
        ("muller jorg", ["ID0002"]),
        ("小东", ["ID0001"]),
        ("2024-01-03", ["ID0030", "ID0002"]),
        ("id0017", ["ID0017"]),
        ("nobody", []),
    ],
)
def test_what_is_typed_is_found(
    qtbot: QtBot, dialog: EarlierStudiesDialog, scene: WindowScene, text: str, found: list[str]
) -> None:
    assert typed(dialog, scene, text) == found
    assert dialog.open_button.isEnabled() == bool(found)
    assert dialog.count.text() == (
        f"{len(found)} studies" if len(found) > 1 else "1 study" if found else "Nothing found."
    )


def test_the_last_of_two_searches_is_shown(
    qtbot: QtBot, dialog: EarlierStudiesDialog, scene: WindowScene, monkeypatch: pytest.MonkeyPatch
) -> None:
    tasks: list[Task] = []
    make = scene.session.task
    monkeypatch.setattr(scene.session, "task", lambda *given: (tasks.append(make(*given)), tasks[-1])[1])
    for words in ("jane", "muller"):
        dialog.search.setText(words)
        scene.workers.settle()
    assert len(tasks) == 2
    tasks[0].yielded.emit(next(iter(scene.session.viewer.memory.find_studies("jane"))))  # comes late
    assert [row[1] for row in shown_texts(dialog)] == ["ID0002"]


def test_enter_in_the_search_opens_the_first_one_and_closes(
    qtbot: QtBot, dialog: EarlierStudiesDialog, scene: WindowScene
) -> None:
    typed(dialog, scene, "jane")
    qtbot.keyClick(dialog.search, Qt.Key.Key_Return)
    scene.workers.settle()
    assert not dialog.isVisible()
    assert [stack.identity.patient_name for stack in scene.session.library.stacks] != []


def test_arrow_keys_in_the_search_choose_another(
    qtbot: QtBot, dialog: EarlierStudiesDialog, scene: WindowScene
) -> None:
    qtbot.keyClick(dialog.search, Qt.Key.Key_Down)
    assert dialog.list.currentItem().text(1) == "ID0038"
    assert QApplication.focusWidget() is dialog.search


def test_hidden_identity_names_nobody(dialog: EarlierStudiesDialog, scene: WindowScene) -> None:
    scene.session.viewer.change(identity_hidden=True)
    for row in shown_texts(dialog):
        assert row[:6] == ["Identity hidden", "", "", "CT", "", "10"]
    item = dialog.list.topLevelItem(0)
    assert "N39" not in "".join(item.toolTip(column) for column in range(item.columnCount()))


def test_a_removed_study_is_not_found_any_more(
    qtbot: QtBot, dialog: EarlierStudiesDialog, scene: WindowScene
) -> None:
    typed(dialog, scene, "jane")
    qtbot.mouseClick(dialog.remove_button, Qt.MouseButton.LeftButton)
    scene.workers.settle()
    assert shown_texts(dialog) == []
    assert StudyIndex(Database()).search("jane") == ()
    assert len(StudyIndex(Database()).search("")) == 39


def test_without_memory_the_list_says_why_it_is_empty(qtbot: QtBot, scene: WindowScene, home: Path) -> None:
    scene.session.viewer.memory.remember = False
    dialog = EarlierStudiesDialog(scene.session)
    qtbot.addWidget(dialog)
    scene.workers.settle()
    assert "switched off" in dialog.count.text()
