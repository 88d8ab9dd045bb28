"""The menu of an image: a right click opens it, a right drag windows, the menu key opens it too."""

import pytest
from PySide6.QtCore import QEvent, QPoint
from PySide6.QtGui import QContextMenuEvent
from PySide6.QtWidgets import QApplication, QMenu
from pytestqt.qtbot import QtBot

from medviewer.gui.window.main_window import MainWindow
from medviewer.viewer.commands.context_menus import IMAGE_MENU
from medviewer.viewer.commands.table import COMMANDS
from tests.gui.pane_hands import RIGHT, drag, mouse
from tests.gui.window_scene import WindowScene

pytestmark = pytest.mark.qt_log_ignore("does not support", extend=True)  # of menus, without a display


@pytest.fixture
def window(qtbot: QtBot, scene: WindowScene) -> MainWindow:
    window = MainWindow(scene.session)
    qtbot.addWidget(window)
    window.resize(1400, 900)
    with qtbot.waitExposed(window):
        window.show()
    scene.open("head")
    window.panes.panes[0].refresh()
    return window


def opened() -> QMenu | None:
    popup = QApplication.activePopupWidget()
    return popup if isinstance(popup, QMenu) else None


def close(menu: QMenu | None) -> None:
    assert menu is not None
    menu.close()


def test_every_entry_is_a_command_or_a_menu_of_commands() -> None:
    known = {row.id for row in COMMANDS} | {row.menu for row in COMMANDS}
    assert {entry for group in IMAGE_MENU for entry in group} <= known


@pytest.mark.parametrize("moved", [0, 2])
def test_a_right_click_opens_the_menu_and_changes_nothing(
    scene: WindowScene, window: MainWindow, moved: int
) -> None:
    pane = window.panes.panes[0]
    before = scene.session.state.panes[0].voi
    drag(pane, RIGHT, (200, 200), (200 + moved, 200))
    menu = opened()
    try:
        assert menu is not None
        texts = [action.text() for action in menu.actions() if action.isVisible() and action.text()]
        assert "&Fit to pane" in texts
        assert "&Presets" in texts
        assert "&Classify slice" in texts
        assert scene.session.state.panes[0].voi == before
    finally:
        close(menu)


def test_an_entry_acts_on_the_pane_that_was_clicked(scene: WindowScene, window: MainWindow) -> None:
    window.bar.actions["view.layout_2x2"].trigger()
    scene.workers.settle()
    pane = window.panes.panes[2]
    pane.refresh()
    drag(pane, RIGHT, (100, 100), (100, 100))
    menu = opened()
    assert scene.session.state.focus == 2
    assert menu is not None
    next(action for action in menu.actions() if action.text() == "&Maximise pane").trigger()
    close(menu)
    assert window.viewer.state.maximized == 2


def test_a_right_drag_windows_and_opens_no_menu(scene: WindowScene, window: MainWindow) -> None:
    pane = window.panes.panes[0]
    before = scene.session.state.panes[0].voi
    drag(pane, RIGHT, (200, 200), (260, 230))
    assert opened() is None
    assert scene.session.state.panes[0].voi != before


def test_a_drag_that_comes_back_is_no_click(window: MainWindow) -> None:
    pane = window.panes.panes[0]
    mouse(pane, QEvent.Type.MouseButtonPress, 200, 200, RIGHT)
    mouse(pane, QEvent.Type.MouseMove, 240, 200, RIGHT)
    mouse(pane, QEvent.Type.MouseMove, 200, 200, RIGHT)
    mouse(pane, QEvent.Type.MouseButtonRelease, 200, 200, RIGHT)
    assert opened() is None


def test_the_menu_key_opens_it_too(window: MainWindow) -> None:
    pane = window.panes.panes[0]
    event = QContextMenuEvent(QContextMenuEvent.Reason.Keyboard, QPoint(10, 10), QPoint(10, 10))
    QApplication.sendEvent(pane, event)
    close(opened())
