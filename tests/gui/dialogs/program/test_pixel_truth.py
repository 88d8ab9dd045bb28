"""The pixel-truth page says what was measured, and leaves no difference out."""

from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from medviewer.gui.dialogs.program.pixel_truth import COLUMNS, PixelTruthDialog, read_table
from medviewer.gui.window.main_window import MainWindow
from medviewer.viewer.commands.table import command_by_id
from tests.gui.window_scene import WindowScene


def test_the_page_shows_each_row_with_its_figures(qtbot: QtBot) -> None:
    dialog = PixelTruthDialog()
    qtbot.addWidget(dialog)
    rows = read_table()
    assert dialog.table.rowCount() == len(rows) >= 300
    shown = {name: column for column, name in enumerate(COLUMNS)}
    texts = [dialog.table.item(0, column).text() for column in range(len(COLUMNS))]
    assert texts[shown["name"]] == rows[0]["name"]
    assert float(texts[shown["difference"]]) == rows[0]["difference"]
    assert texts[shown["verdict"]] == "agrees"


def test_what_differs_says_why(qtbot: QtBot) -> None:
    dialog = PixelTruthDialog()
    qtbot.addWidget(dialog)
    explained = [number for number, row in enumerate(read_table()) if row["verdict"] == "explained"]
    assert f"{len(explained)} differ for a stated reason" in dialog.note.text()
    for number in explained:
        item = dialog.table.item(number, list(COLUMNS).index("verdict"))
        assert item.text() == "differs for a stated reason"
        assert item.toolTip()


def test_it_does_not_scroll_sideways_and_shows_no_signs_of_code(qtbot: QtBot) -> None:
    dialog = PixelTruthDialog()
    qtbot.addWidget(dialog)
    dialog.show()
    for width in (800, 1080, 1600):
        dialog.resize(width, 640)
        QApplication.processEvents()
        assert dialog.table.horizontalScrollBar().maximum() == 0
    assert "`" not in dialog.note.text()


def test_the_help_menu_opens_it(qtbot: QtBot, scene: WindowScene) -> None:
    window = MainWindow(scene.session)
    qtbot.addWidget(window)
    command_by_id("help.pixel_truth").perform(window.viewer)
    assert isinstance(window.dialog, PixelTruthDialog)
    window.dialog.reject()
