"""In a window below 1280 px the study browser is a rail of pictures, and a list again with the room."""

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from medviewer.gui.studies import RAIL_PX
from medviewer.gui.studies.row_model import Role
from medviewer.gui.studies.row_painter import NARROW, RAIL_NAME_LINES, RowPainter
from medviewer.gui.window.main_window import MainWindow
from medviewer.viewer.texts import RowKind, StudyRow
from tests.gui.window_scene import WindowScene


def resize(window: MainWindow, width: int) -> None:
    window.resize(width, 800)
    QApplication.processEvents()


def test_it_is_a_rail_for_lack_of_room_and_a_list_again(scene: WindowScene, window: MainWindow) -> None:
    resize(window, 1400)
    scene.open("head")
    before = window.browser.width()
    assert before > NARROW
    panes = window.panes.width()
    resize(window, 1279)
    assert window.browser.width() == RAIL_PX
    assert window.panes.width() > panes - (1400 - 1279)  # which got the room of the list
    assert not window.browser.search.isVisible()
    resize(window, 1280)
    assert window.browser.width() == before


def test_the_search_makes_it_a_list(scene: WindowScene, window: MainWindow) -> None:
    resize(window, 1400)
    scene.open("head")
    resize(window, 1200)
    window.search()
    QApplication.processEvents()
    assert window.browser.width() > NARROW
    resize(window, 1100)  # it stays what it was made
    assert window.browser.width() > NARROW


@pytest.mark.parametrize("width", [1200, 1400])
def test_a_window_starts_with_what_it_has_room_for(qtbot: QtBot, scene: WindowScene, width: int) -> None:
    window = MainWindow(scene.session)
    qtbot.addWidget(window)
    window.resize(width, 800)
    window.show()
    scene.open("head")
    QApplication.processEvents()
    assert (window.browser.width() == RAIL_PX) == (width == 1200)
    window.close()


def test_names_of_a_rail_are_in_its_tool_tips(scene: WindowScene, window: MainWindow) -> None:
    resize(window, 1400)
    scene.open("head")
    resize(window, 1200)
    rows = window.browser.list
    painter = rows.itemDelegate()
    assert isinstance(painter, RowPainter)
    model = rows.model()
    for number in range(model.rowCount()):
        row = model.index(number, 0).data(Role.ROW)
        lines = painter.lines(row, rows.viewport().width())
        assert bool(lines) == (row.kind is not RowKind.SERIES)
        assert row.title in row.tip


@pytest.mark.parametrize("language", ["en", "zh_CN"])
def test_a_rail_says_names_and_days_without_cutting_them(
    scene: WindowScene, window: MainWindow, language: str
) -> None:
    window.viewer.change_setting("language", language)
    resize(window, 1400)
    scene.open("head")
    resize(window, 1200)
    rows = window.browser.list
    painter, said = rows.itemDelegate(), []
    assert isinstance(painter, RowPainter)
    for number in range(rows.model().rowCount()):
        row = rows.model().index(number, 0).data(Role.ROW)
        said.append(" ".join(line.text.text for line in painter.lines(row, RAIL_PX)))
    assert said[0] == "DOE^JANE"
    assert said[1].replace(" ", "-") == "2026-11-20"
    window.viewer.change_setting("language", "en")


def test_a_name_of_many_words_ends_in_dots_in_a_rail(window: MainWindow) -> None:
    painter = window.browser.list.itemDelegate()
    assert isinstance(painter, RowPainter)
    row = StudyRow(RowKind.PATIENT, "1", "Wolfeschlegelsteinhausenbergerdorff, Hubert Blaine")
    lines = [line.text.text for line in painter.lines(row, RAIL_PX)]
    assert len(lines) == RAIL_NAME_LINES
    assert lines[-1].endswith("…")
