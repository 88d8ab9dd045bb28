"""The window comes back as it was left: sides, tool, hidden identity.

Full screen; Esc step by step.
"""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from pytestqt.qtbot import QtBot

from medviewer.gui.window.main_window import MainWindow
from medviewer.settings import Settings
from medviewer.viewer.commands.panes.layout import toggle_maximized
from medviewer.viewer.commands.table import command_by_id
from medviewer.viewer.tools import MOUSE_SCHEMES
from tests.gui.window_scene import WindowScene


def shown(qtbot: QtBot, scene: WindowScene, width: int = 1400) -> MainWindow:
    window = MainWindow(scene.session)
    qtbot.addWidget(window)
    window.resize(width, 800)
    with qtbot.waitExposed(window):
        window.show()
    return window


def test_a_tool_that_draws_is_put_away_at_the_next_start(qtbot: QtBot, scene: WindowScene) -> None:
    settings = Settings()
    settings.change("tool", "ellipse")
    window = MainWindow(scene.session, settings)
    qtbot.addWidget(window)
    assert window.viewer.state.tool == "window"


def test_sides_tool_and_hidden_identity_are_there_at_the_next_start(qtbot: QtBot, scene: WindowScene) -> None:
    window = shown(qtbot, scene)
    window.splitter.setSizes([310, 700, 390])
    left, _, right = window.splitter.sizes()
    window.viewer.change(tool="zoom")
    command_by_id("view.hide_identity").perform(window.viewer)
    window.close()

    again = WindowScene()
    window = shown(qtbot, again)
    state = window.viewer.state
    assert (state.tool, state.identity_hidden) == ("zoom", True)
    assert [window.splitter.sizes()[side] for side in (0, 2)] == [left, right]
    window.viewer.change(side_panel_shown=False)
    window.close()

    third = WindowScene()
    state = shown(qtbot, third).viewer.state
    assert (state.browser_shown, state.side_panel_shown) == (True, False)
    for one in (again, third):
        one.session.shutdown()


def test_what_a_narrow_window_folds_is_not_what_the_user_folded(qtbot: QtBot, scene: WindowScene) -> None:
    window = shown(qtbot, scene, width=700)
    assert not window.viewer.state.browser_shown
    window.close()
    again = WindowScene()
    assert shown(qtbot, again).viewer.state.browser_shown
    again.session.shutdown()


@pytest.mark.parametrize("text", ["", "x", "1,2", "-5,90000,1,1", "nan,1,1,1", "200,300,1", "0,0,0,0,0"])
def test_widths_that_cannot_be_are_the_first_ones(qtbot: QtBot, scene: WindowScene, text: str) -> None:
    Settings().change("sides", text or " ")
    window = shown(qtbot, scene)
    assert window.browser.width() > 100


def test_full_screen_and_back(qtbot: QtBot, scene: WindowScene) -> None:
    window = shown(qtbot, scene)
    command_by_id("view.full_screen_window").perform(window.viewer)
    assert window.isFullScreen()
    assert window.menuBar().isVisible()
    command_by_id("view.full_screen_pictures").perform(window.viewer)
    assert window.isFullScreen()
    parts = (window.menuBar(), window.tool_bar, window.status_line, window.browser, window.dock)
    assert not any(part.isVisible() for part in parts)
    command_by_id("view.full_screen_pictures").perform(window.viewer)
    assert not window.isFullScreen()
    assert all(part.isVisible() for part in parts)


def test_the_keys_work_where_only_pictures_are_shown(qtbot: QtBot, scene: WindowScene) -> None:
    window = shown(qtbot, scene)
    window.activateWindow()
    qtbot.keyClick(window, Qt.Key.Key_F11, Qt.KeyboardModifier.ShiftModifier)
    assert window.viewer.state.full_screen == "pictures"
    qtbot.keyClick(window, Qt.Key.Key_F11)
    assert window.viewer.state.full_screen == "window"
    qtbot.keyClick(window, Qt.Key.Key_F11)
    assert not window.isFullScreen()


def test_escape_goes_back_one_step_at_a_time(qtbot: QtBot, scene: WindowScene) -> None:
    window = shown(qtbot, scene)
    scene.open("head")
    command_by_id("view.full_screen_window").perform(window.viewer)
    toggle_maximized(window.viewer, 1)
    window.search()
    qtbot.keyClick(window.focusWidget(), Qt.Key.Key_Escape)
    assert window.focusWidget() is window.panes.focused_pane, "first out of the field"
    assert window.viewer.state.maximized == 1
    qtbot.keyClick(window.focusWidget(), Qt.Key.Key_Escape)
    assert window.viewer.state.maximized is None, "then the maximised pane"
    assert window.viewer.state.full_screen == "window"
    qtbot.keyClick(window.focusWidget(), Qt.Key.Key_Escape)
    assert window.viewer.state.full_screen == "", "then the full screen"
    qtbot.keyClick(window.focusWidget(), Qt.Key.Key_Escape)
    assert window.focusWidget() is window.panes.focused_pane


def test_escape_clears_the_search_then_puts_a_measuring_tool_away(qtbot: QtBot, scene: WindowScene) -> None:
    window = shown(qtbot, scene)
    scene.open("head")
    window.viewer.change(tool="ellipse")
    window.search()
    qtbot.keyClicks(window.focusWidget(), "head")
    qtbot.keyClick(window.focusWidget(), Qt.Key.Key_Return)
    assert window.browser.search.text() == "head"
    assert window.focusWidget() is window.panes.focused_pane
    qtbot.keyClick(window.focusWidget(), Qt.Key.Key_Escape)
    assert window.browser.search.text() == ""
    assert window.viewer.state.tool == "ellipse"
    qtbot.keyClick(window.focusWidget(), Qt.Key.Key_Escape)
    assert window.viewer.state.tool == "window"
    window.viewer.change(tool="pan")  # which draws nothing
    qtbot.keyClick(window.focusWidget(), Qt.Key.Key_Escape)
    assert window.viewer.state.tool == "pan"


def test_a_screen_that_goes_away_takes_no_window_with_it(qtbot: QtBot, scene: WindowScene) -> None:
    window = shown(qtbot, scene)
    window.move(9000, 9000)
    application = QGuiApplication.instance()
    screen = QGuiApplication.primaryScreen()
    application.screenRemoved.emit(screen)
    qtbot.waitUntil(lambda: screen.availableGeometry().intersects(window.geometry()))


@pytest.mark.parametrize("name", list(MOUSE_SCHEMES))
def test_a_mouse_scheme_holds_at_once_and_at_the_next_start(
    qtbot: QtBot, scene: WindowScene, name: str
) -> None:
    window = shown(qtbot, scene)
    window.viewer.change_setting("mouse", name)
    assert window.viewer.state.mouse_scheme == name
    assert window.viewer.state.tool == MOUSE_SCHEMES[name].left.id
    window.close()
    again = WindowScene()
    assert shown(qtbot, again).viewer.state.mouse_scheme == name
    again.session.shutdown()


def test_parameters_of_processings_are_there_at_the_next_start(qtbot: QtBot, scene: WindowScene) -> None:
    shown(qtbot, scene)
    scene.open("head")
    scene.session.set_parameter("denoised", "strength", 1.5)
    scene.workers.settle()
    again = WindowScene()
    second = shown(qtbot, again)
    again.open("head")
    assert again.session.settings["denoised"] == {"strength": 1.5}
    box = second.processing.groups["denoised"].controls["strength"].box
    assert box is not None
    assert box.value() == 1.5
    again.session.reset_parameters("denoised")
    again.workers.settle()
    assert Settings().text("processing") == ""
    again.session.shutdown()


def test_parameters_are_written_while_one_still_changes_them(qtbot: QtBot, scene: WindowScene) -> None:
    shown(qtbot, scene)
    scene.open("head")
    for step in range(30):
        scene.session.set_parameter("denoised", "strength", 0.5 + step / 20)
        scene.workers.advance(100.0)
    assert "strength" in Settings().text("processing")
