"""A dialog for files leaves no note of the folders it was in, which may be called after patients."""

import sys
from pathlib import Path

import pytest
from PySide6.QtWidgets import QTreeView, QWidget
from pytestqt.qtbot import QtBot

from medviewer.gui.dialogs.files.file_dialog import FileDialog
from tests.system_calls.watching import own_folders, watch

ASKING = """
import sys
from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QApplication, QFileDialog, QWidget
from medviewer.gui.dialogs.files.file_dialog import FileDialog
application = QApplication([])
window = QWidget()
dialog = FileDialog(window, "Open", sys.argv[1])
dialog.setFileMode(QFileDialog.FileMode.Directory)
dialog.show()
application.processEvents()
dialog.accept() if "accept" in sys.argv else dialog.reject()
application.processEvents()
if "delete" in sys.argv:
    window.deleteLater()
    application.sendPostedEvents(None, QEvent.Type.DeferredDelete)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="looks at system calls")
@pytest.mark.parametrize("answer", ["accept", "reject"])
@pytest.mark.parametrize("end", ["delete", "leave"])
def test_no_file_tells_where_it_was(tmp_path: Path, answer: str, end: str) -> None:
    folder = tmp_path / "CANARY_JANE"
    folder.mkdir()
    seen = watch([sys.executable, "-c", ASKING, str(folder), answer, end], tmp_path)
    assert seen.status == 0, seen.errors
    assert seen.outside(*own_folders(tmp_path)) == set()
    written = [path for path in (tmp_path / "user").rglob("*") if path.is_file()]
    assert written, "Qt keeps the looks of the dialog"
    assert [path for path in written if b"CANARY" in path.read_bytes()] == []


def test_what_another_program_noted_stays(tmp_path: Path) -> None:
    places = "history=file:///elsewhere\nlastVisited=file:///elsewhere\n"
    (own,) = [folder for folder in own_folders(tmp_path) if ".config" in folder.parts]
    own.mkdir(parents=True)
    (own / "QtProject.conf").write_text(f"[FileDialog]\n{places}")
    watch([sys.executable, "-c", ASKING, str(tmp_path), "accept", "delete"], tmp_path)
    assert all(line in (own / "QtProject.conf").read_text() for line in places.splitlines())


def test_dates_and_sizes_of_files_are_read_whole(qtbot: QtBot, tmp_path: Path) -> None:
    (tmp_path / "CHANGELOG-of-a-study.dcm").write_bytes(bytes(48 * 1024))
    over = QWidget()
    qtbot.addWidget(over)
    dialog = FileDialog(over, "Open", str(tmp_path))
    dialog.show()
    rows = dialog.findChild(QTreeView, "treeView")
    assert rows is not None
    qtbot.waitUntil(lambda: rows.model().rowCount(rows.rootIndex()) == 1)
    qtbot.waitUntil(lambda: not rows.horizontalScrollBar().isVisible())
    for column in (1, 3):
        assert rows.columnWidth(column) >= rows.sizeHintForColumn(column)
    assert rows.isColumnHidden(2)
