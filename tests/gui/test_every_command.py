"""Every command by mouse, by its key and from the palette.

Each way comes to the same row of COMMANDS.
"""

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QApplication, QMenu
from pytestqt.qtbot import QtBot

from medviewer.gui.window.main_window import MainWindow
from medviewer.viewer.commands import MENUS
from medviewer.viewer.commands.command import Command
from medviewer.viewer.commands.table import command_by_id, commands
from medviewer.viewer.help.shortcuts import keys_of
from tests.gui.window_scene import WindowScene

PALETTE = "help.palette"


@pytest.fixture
def performed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Note the commands that are performed, in place of performing them."""
    done: list[str] = []
    monkeypatch.setattr(Command, "perform", lambda self, viewer: done.append(self.id))
    return done


def can_be_run(window: MainWindow) -> list[Command]:
    """Return the commands that stand in a menu now and can be run."""
    state = window.viewer.state
    return [
        command
        for command in commands()
        if command.unavailable(state) is None and (command.named is None or command.named(state) is not None)
    ]


def actions_below(menu: QMenu) -> Iterator[QAction]:
    for action in menu.actions():
        inner = action.menu()
        if isinstance(inner, QMenu):
            yield from actions_below(inner)
        elif not action.isSeparator():
            yield action


def test_by_mouse_in_the_menu_bar(
    qtbot: QtBot, scene: WindowScene, window: MainWindow, performed: list[str]
) -> None:
    scene.open("head", "pelvis")
    wanted = can_be_run(window)
    menus = {menu.title(): menu for menu in window.menuBar().findChildren(QMenu)}
    in_bar = {id(action) for name in MENUS if name in menus for action in actions_below(menus[name])}
    missing = []
    for command in wanted:
        action = window.bar.actions[command.id]
        if id(action) not in in_bar and not any(
            action is one for menu in menus.values() for one in actions_below(menu)
        ):
            missing.append(command.id)
            continue
        action.trigger()  # as a click on its row does
        if performed[-1:] != [command.id]:
            missing.append(command.id)
    assert missing == []
    assert len(wanted) > 60


def test_by_its_key(qtbot: QtBot, scene: WindowScene, window: MainWindow, performed: list[str]) -> None:
    scene.open("head", "pelvis")
    failed = []
    for command in can_be_run(window):
        for key in keys_of(command, window.viewer.state):
            pane = window.panes.focused_pane
            pane.setFocus(Qt.FocusReason.OtherFocusReason)
            pressed, before = QKeySequence(key)[0], len(performed)
            qtbot.keyClick(pane, pressed.key(), pressed.keyboardModifiers())
            if performed[before:] != [command.id]:
                failed.append(f"{command.id} {key}")
    assert failed == []


def test_from_the_palette(qtbot: QtBot, scene: WindowScene, window: MainWindow, performed: list[str]) -> None:
    scene.open("head", "pelvis")
    failed = []
    for command in can_be_run(window):
        if command.id == PALETTE:
            continue
        command_by_id(PALETTE).run(window.viewer)
        palette = window.dialogs.palette
        assert palette is not None
        label = next(
            match.entry.label for match in palette.rows.matches if match.entry.command.id == command.id
        )
        palette.field.setText(label)
        qtbot.keyClick(palette.field, Qt.Key.Key_Return)
        if performed[-1:] != [command.id]:
            failed.append(f"{command.id} {label}")
        assert not palette.isVisible()
        assert QApplication.focusWidget() is window.panes.focused_pane
    assert failed == []
