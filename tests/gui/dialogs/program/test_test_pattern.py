"""The test pattern takes keys as soon as it is shown."""

from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from medviewer.gui.dialogs.program.test_pattern import TestPatternDialog
from medviewer.gui.window.main_window import MainWindow
from medviewer.imaging.test_pattern import TestPage
from medviewer.viewer.ui import Dialog


def test_keys_reach_it_at_once(qtbot: QtBot, window: MainWindow) -> None:
    window.open_dialog(Dialog.TEST_PATTERN)
    shown = window.dialog
    assert isinstance(shown, TestPatternDialog)
    assert shown.focusWidget() is shown
    qtbot.keyClick(shown.focusWidget(), Qt.Key.Key_Right)
    assert shown.page is not TestPage.OVERVIEW
    qtbot.keyClick(shown.focusWidget(), Qt.Key.Key_Escape)
    assert not shown.isVisible()


def test_it_can_be_closed_by_the_mouse_and_shows_the_page_alone(qtbot: QtBot, window: MainWindow) -> None:
    window.open_dialog(Dialog.TEST_PATTERN)
    shown = window.dialog
    assert isinstance(shown, TestPatternDialog)
    shown.resize(800, 600)
    button = shown.close_button
    assert button.isVisible()
    assert button.text() == "Close"
    assert min(button.width(), button.height()) >= 24
    assert shown.rect().contains(button.geometry())
    page = shown.page
    qtbot.keyClick(shown, Qt.Key.Key_H)
    assert not button.isVisible()
    qtbot.keyClick(shown, Qt.Key.Key_H)
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert shown.page is page
    assert not shown.isVisible()
