"""In a narrow window the side panel floats over the panes when it is called, and comes back with the room."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from medviewer.gui.widgets import NARROW
from medviewer.gui.window.main_window import MainWindow
from tests.gui.window_scene import WindowScene


@pytest.fixture
def narrow(scene: WindowScene, window: MainWindow) -> MainWindow:
    scene.open("head")
    assert window.dock.isVisible()
    resize(window, NARROW - 1)
    return window


def resize(window: MainWindow, width: int) -> None:
    window.resize(width, 768)
    QApplication.processEvents()


def test_it_folds_for_lack_of_room_and_comes_back(narrow: MainWindow) -> None:
    assert not narrow.dock.isVisible()
    resize(narrow, 1280)
    assert narrow.dock.isVisible()
    assert narrow.splitter.indexOf(narrow.dock) == 2
    assert narrow.panes.width() > narrow.dock.width()


def test_what_the_user_folded_stays_folded(scene: WindowScene, window: MainWindow) -> None:
    scene.open("head")
    window.viewer.change(side_panel_shown=False)
    resize(window, NARROW - 1)
    resize(window, 1280)
    assert not window.dock.isVisible()


def test_called_it_lies_over_the_panes_which_keep_their_places(narrow: MainWindow) -> None:
    before = narrow.panes.geometry()
    narrow.viewer.change(side_panel_shown=True)
    QApplication.processEvents()
    assert narrow.dock.isVisible()
    assert narrow.panes.geometry() == before
    central = narrow.centralWidget()
    assert narrow.dock.geometry().right() == central.rect().right()
    assert central.childAt(narrow.dock.geometry().center()) is not None
    assert narrow.dock.isAncestorOf(central.childAt(narrow.dock.geometry().center()))
    resize(narrow, NARROW - 100)
    assert narrow.dock.geometry().right() == narrow.centralWidget().rect().right()


def test_escape_folds_it_before_anything_else(qtbot: QtBot, narrow: MainWindow) -> None:
    narrow.viewer.change(side_panel_shown=True, maximized=0)
    qtbot.keyClick(narrow, Qt.Key.Key_Escape)
    assert not narrow.dock.isVisible()
    assert narrow.viewer.state.maximized == 0
    qtbot.keyClick(narrow, Qt.Key.Key_Escape)
    assert narrow.viewer.state.maximized is None


def test_another_language_leaves_it_where_it_is(narrow: MainWindow) -> None:
    narrow.viewer.change(side_panel_shown=True)
    narrow.viewer.change_setting("language", "zh_CN")
    QApplication.processEvents()
    assert narrow.dock.isVisible()
    assert narrow.splitter.indexOf(narrow.dock) == -1


def test_the_sides_are_kept_as_they_were_in_a_wide_window(narrow: MainWindow) -> None:
    narrow.close()
    assert not narrow.settings.text("sides")  # room decided, not the user
