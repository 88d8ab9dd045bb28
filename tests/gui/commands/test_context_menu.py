"""The menu of an image.

A right click opens it, a right drag windows, the menu key opens it too.
"""

import pytest
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QAction, QContextMenuEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu, QWidget
from pytestqt.qtbot import QtBot

from medviewer.gui.commands.context_menu import image_menu
from medviewer.gui.window.main_window import MainWindow
from medviewer.viewer.commands.context_menus import IMAGE_MENU, SERIES_HERE, STRIP_MENU, TITLE_MENU
from medviewer.viewer.commands.table import COMMANDS
from medviewer.viewer.texts.study_rows import RowKind
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
    for menu in (IMAGE_MENU, TITLE_MENU, STRIP_MENU):
        assert {entry for group in menu for entry in group} <= known | {SERIES_HERE}


@pytest.mark.parametrize("language", ["en", "zh_CN"])
@pytest.mark.parametrize("has_drawing", [False, True])
def test_the_menu_is_one_column_in_the_smallest_window(
    window: MainWindow, language: str, has_drawing: bool
) -> None:
    if language != "en":  # each change builds the window anew
        window.viewer.change_setting("language", language)
    menu = image_menu(window.bar, window, has_drawing=has_drawing)
    try:
        assert menu.sizeHint().height() <= 700
    finally:
        menu.deleteLater()


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
        assert "&Ask this slice" in texts
        assert scene.session.state.panes[0].voi == before
    finally:
        close(menu)


def test_the_strip_of_slices_has_the_menu_of_its_answers(scene: WindowScene, window: MainWindow) -> None:
    scene.session.use_model("head-ct-haemorrhage")
    strip, middle = window.panes.row.strip, window.panes.row.strip.rect().center()
    for is_asked in (False, True):
        ask = QContextMenuEvent(QContextMenuEvent.Reason.Mouse, middle, strip.mapToGlobal(middle))
        QApplication.sendEvent(strip, ask)
        menu = opened()
        try:
            assert menu is not None
            enabled = {action.text(): action.isEnabled() for action in menu.actions() if action.text()}
            assert enabled["&Next flagged slice"] == is_asked
            assert enabled["Copy the &table of the series"] == is_asked
            assert enabled["Ask s&eries"]
        finally:
            close(menu)
        scene.session.classify_series()
        scene.workers.settle()
        QApplication.processEvents()


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


def titles(menu: QMenu) -> list[str]:
    return [action.text() for action in menu.actions() if action.isVisible() and action.text()]


def entry(menu: QMenu, title: str) -> QAction:
    return next(action for action in menu.actions() if action.text() == title)


def sub_menu(menu: QMenu, title: str) -> QMenu:
    found = entry(menu, title).menu()
    assert isinstance(found, QMenu)
    found.aboutToShow.emit()
    return found


def ask_for_menu(widget: QWidget, place: QPoint) -> QMenu:
    event = QContextMenuEvent(QContextMenuEvent.Reason.Mouse, place, widget.mapToGlobal(place))
    QApplication.sendEvent(widget, event)
    menu = opened()
    assert menu is not None
    return menu


def test_the_menu_of_a_title_strip_acts_on_its_pane(scene: WindowScene, window: MainWindow) -> None:
    scene.open("pelvis")
    window.bar.actions["view.layout_2x2"].trigger()
    scene.workers.settle()
    menu = ask_for_menu(window.panes.panes[2].header, QPoint(8, 8))
    try:
        assert scene.session.state.focus == 2
        assert titles(menu)[:2] == ["Show &here", "Show &series"]
        views = sub_menu(menu, "Show &here")
        assert [one.text() for one in views.actions() if one.isChecked()] == ["Threshold"]
        entry(views, "Edges").trigger()
        assert scene.session.state.panes[2].processing == "edges"
        before = [pane.stack.key for pane in scene.session.state.panes if pane is not None]
        other = next(one for one in scene.session.library.stacks if one.key != before[2])
        series = sub_menu(menu, "Show &series")
        next(one for one in series.actions() if not one.isChecked()).trigger()
        scene.workers.settle()
        after = [pane.stack.key for pane in scene.session.state.panes if pane is not None]
        assert after == [*before[:2], other.key, *before[3:]]
    finally:
        close(menu)


def test_a_series_has_a_menu_that_does_not_choose_it(scene: WindowScene, window: MainWindow) -> None:
    scene.open("pelvis")
    rows = window.browser.list
    shown = scene.session.state.panes[0].stack.key
    other = next(one for one in scene.session.library.stacks if one.key != shown)
    place = rows.visualRect(rows.rows.place_of(other.key)).center()
    QTest.mouseClick(rows.viewport(), Qt.MouseButton.RightButton, pos=place)
    assert rows.chosen_key() == shown
    menu = ask_for_menu(rows.viewport(), place)
    try:
        assert [title.replace("&", "") for title in titles(menu)] == [
            "Show",
            *(f"Show in pane {number}" for number in (1, 2, 3, 4)),
            "Show folder",
            "Close study",
        ]
        assert not entry(menu, "Show &folder").isEnabled()  # made files lie nowhere
        entry(menu, "Show in pane 2").trigger()
        scene.workers.settle()
        keys = [pane.stack.key for pane in scene.session.state.panes if pane is not None]
        assert keys == [shown, other.key, shown, shown]
        entry(menu, "&Close study").trigger()
        assert [stack.key for stack in scene.session.library.stacks] == [shown]
    finally:
        close(menu)


def test_a_study_has_a_menu_of_its_own(scene: WindowScene, window: MainWindow) -> None:
    rows = window.browser.list
    study = next(row for row in rows.rows.rows if row.kind is RowKind.STUDY)
    menu = ask_for_menu(rows.viewport(), rows.visualRect(rows.rows.place_of(study.key)).center())
    try:
        assert titles(menu) == ["Show &folder", "&Close study"]
    finally:
        close(menu)


def test_the_menu_key_opens_the_menu_of_the_chosen_series(window: MainWindow) -> None:
    rows = window.browser.list
    event = QContextMenuEvent(QContextMenuEvent.Reason.Keyboard, QPoint(1, 1), QPoint(1, 1))
    QApplication.sendEvent(rows, event)
    menu = opened()
    assert menu is not None
    assert "&Show" in titles(menu)
    close(menu)
