"""Menus, tool bar and shortcuts hold what the COMMANDS table says and follow the state."""

import re

import pytest
from PySide6.QtGui import QAction, QTextDocumentFragment
from PySide6.QtWidgets import QMenu
from pytestqt.qtbot import QtBot

from medviewer.gui.dialogs.shortcuts import ShortcutsDialog, shortcut_rows
from medviewer.gui.window.main_window import MainWindow
from medviewer.viewer.commands.table import TOOL_BAR, commands
from medviewer.viewer.texts.menus import without_access_key
from tests.gui.window_scene import WindowScene

ROWS = {row.id: row for row in commands()}


@pytest.fixture
def window(qtbot: QtBot, scene: WindowScene) -> MainWindow:
    window = MainWindow(scene.session)
    qtbot.addWidget(window)
    return window


def _in_menus(window: MainWindow) -> list[QAction]:
    return [action for menu in window.menuBar().findChildren(QMenu) for action in menu.actions()]


def test_every_action_is_in_a_menu_with_its_key(window: MainWindow) -> None:
    shown = _in_menus(window)
    for name, action in window.bar.actions.items():
        assert action in shown, name
        if ROWS[name].shortcut:
            assert not action.shortcut().isEmpty(), name


def test_the_tool_bar_shows_words(window: MainWindow) -> None:
    words = [action.iconText() for action in window.tool_bar.actions() if not action.isSeparator()]
    assert words == [
        *(
            "Open folder",
            "Window",
            "Zoom",
            "Pan",
            "Scroll",
            "Fit",
            "1:1",
            "Maximise",
            "Link",
            "Hide identity",
        ),
        *("Classify slice", "Export picture"),
    ]
    assert all(ROWS[name].short for group in TOOL_BAR for name in group)


def test_what_cannot_be_done_says_why(scene: WindowScene, window: MainWindow) -> None:
    for action in window.bar.actions.values():
        if not action.isEnabled():
            reason = QTextDocumentFragment.fromHtml(action.toolTip()).toPlainText()
            assert re.search(r"\.$", reason), action.text()
    export = window.bar.actions["export.picture"]
    assert not export.isEnabled()
    scene.open("head")
    assert export.isEnabled()
    assert "Ctrl+E" in export.toolTip()


def test_a_color_image_cannot_be_windowed(scene: WindowScene, window: MainWindow) -> None:
    scene.open("colour")
    assert not window.bar.actions["image.reset_window"].isEnabled()
    assert "colour" in window.bar.actions["image.reset_window"].toolTip()


def test_presets_take_the_names_of_the_modality(scene: WindowScene, window: MainWindow) -> None:
    assert not window.bar.actions["image.preset_1"].isVisible()
    scene.open("head")
    assert window.bar.actions["image.preset_1"].text() == "Brain"
    scene.open("colour")
    scene.session.viewer.show_stack(scene.session.library.stacks[1])
    scene.workers.settle()
    assert not window.bar.actions["image.preset_1"].isVisible()


@pytest.mark.parametrize(
    ("name", "index"),
    [
        ("image.next", 6),
        ("image.previous", 4),
        ("image.first", 0),
        ("image.last", 9),
        ("image.ten_on", 9),
        ("image.ten_back", 0),
    ],
)
def test_scrolling(scene: WindowScene, window: MainWindow, name: str, index: int) -> None:
    scene.open("head")
    assert scene.session.focused is not None
    assert scene.session.focused.index == 5
    window.bar.actions[name].trigger()
    assert scene.session.focused.index == index


def test_tools_layouts_and_switches_act_and_show_their_state(scene: WindowScene, window: MainWindow) -> None:
    scene.open("head")
    actions = window.bar.actions
    actions["tools.pan"].trigger()
    assert window.viewer.state.tool == "pan"
    assert actions["tools.pan"].isChecked()
    assert not actions["tools.window"].isChecked()
    actions["view.layout_1"].trigger()
    assert window.viewer.state.visible == (0,)
    actions["view.layout_2x2"].trigger()
    assert window.viewer.state.visible == (0, 1, 2, 3)
    actions["view.maximise"].trigger()
    assert actions["view.maximise"].isChecked()
    actions["view.hide_identity"].trigger()
    assert scene.session.hide_identity
    assert actions["view.hide_identity"].isChecked()
    actions["view.hide_text"].trigger()
    assert window.viewer.state.text_hidden
    actions["view.link"].trigger()
    assert not scene.session.linked


def test_closing_everything_disables_what_needs_an_image(scene: WindowScene, window: MainWindow) -> None:
    scene.open("head")
    window.bar.actions["file.close_all"].trigger()
    assert not window.bar.actions["classify.slice"].isEnabled()
    assert scene.session.library.stacks == ()


@pytest.mark.parametrize("name", ["help.shortcuts", "help.about", "file.preferences", "export.picture"])
def test_dialogs_open_beside_a_usable_window(
    qtbot: QtBot, scene: WindowScene, window: MainWindow, name: str
) -> None:
    scene.open("head")
    window.bar.actions[name].trigger()
    dialog = window.dialog or window.files.dialog
    assert dialog is not None
    assert dialog.isVisible()
    dialog.reject()


def test_the_list_of_keys_holds_every_key_and_the_mouse(qtbot: QtBot) -> None:
    rows = shortcut_rows()
    assert ("Ctrl+K", "Classify slice") in rows
    assert any(keys == "Wheel" for keys, _ in rows)
    dialog = ShortcutsDialog()
    qtbot.addWidget(dialog)
    assert dialog.table.rowCount() == len(rows)


@pytest.mark.parametrize(
    ("title", "bare"),
    [
        ("&Open files…", "Open files"),
        ("打开文件(&O)…", "打开文件"),
        ("Hide te&xt", "Hide text"),
        ("1:1", "1:1"),
    ],
)
def test_access_keys_are_taken_off(title: str, bare: str) -> None:
    assert without_access_key(title) == bare
