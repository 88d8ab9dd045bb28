"""Keys are changed by pressing them.

What another command has is named before it is taken.
"""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QTextDocumentFragment
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from medviewer.gui.dialogs.settings.key_editor import KeyEditor
from medviewer.gui.window.main_window import MainWindow
from medviewer.viewer.help.palette import palette_entries
from medviewer.viewer.shortcut_file import ShortcutFile
from medviewer.viewer.ui import Dialog
from tests.gui.window_scene import WindowScene

Key = Qt.Key
CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
NO = Qt.KeyboardModifier.NoModifier


@pytest.fixture
def editor(qtbot: QtBot, scene: WindowScene, window: MainWindow) -> KeyEditor:
    scene.open("head")
    window.open_dialog(Dialog.CHANGE_KEYS)
    assert isinstance(window.dialog, KeyEditor)
    return window.dialog


def press(
    qtbot: QtBot, editor: KeyEditor, name: str, key: Qt.Key, modifiers: Qt.KeyboardModifier = NO
) -> None:
    editor.choose(name)
    editor.field.setFocus()
    qtbot.keyClick(editor.field, key, modifiers)


def in_window(qtbot: QtBot, window: MainWindow, key: Qt.Key, modifiers: Qt.KeyboardModifier = NO) -> None:
    """Press a key in the window, where the keyboard is."""
    if window.dialog is not None:
        window.dialog.reject()
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    widget = QApplication.focusWidget()
    assert widget is not None
    qtbot.keyClick(widget, key, modifiers)


def test_a_free_key_holds_at_once_everywhere(qtbot: QtBot, window: MainWindow, editor: KeyEditor) -> None:
    press(qtbot, editor, "view.maximise", Key.Key_J, CTRL)
    assert editor.field.text() == "Ctrl+J"
    action = window.bar.actions["view.maximise"]
    assert action.shortcut().toString() == "Ctrl+J"
    assert "Ctrl+J" in QTextDocumentFragment.fromHtml(action.toolTip()).toPlainText()
    assert next(e.key for e in palette_entries(window.viewer) if e.command.id == "view.maximise") == "Ctrl+J"
    in_window(qtbot, window, Key.Key_M)
    assert window.viewer.state.maximized is None
    in_window(qtbot, window, Key.Key_J, CTRL)
    assert window.viewer.state.maximized is not None
    assert ShortcutFile().changed == {"view.maximise": "Ctrl+J"}


def test_a_taken_key_is_named_and_taken_only_when_asked(
    qtbot: QtBot, window: MainWindow, editor: KeyEditor
) -> None:
    press(qtbot, editor, "view.fit", Key.Key_M)
    assert editor.note.text() == "M is the key of “Maximise pane”."
    assert window.bar.actions["view.fit"].shortcut().toString() == "F"
    editor.note_button.click()
    assert window.bar.actions["view.fit"].shortcut().toString() == "M"
    assert window.bar.actions["view.maximise"].shortcut().isEmpty()
    assert ShortcutFile().changed == {"view.fit": "M", "view.maximise": ""}
    in_window(qtbot, window, Key.Key_M)
    assert window.viewer.state.maximized is None


def test_choosing_another_command_takes_nothing(qtbot: QtBot, window: MainWindow, editor: KeyEditor) -> None:
    press(qtbot, editor, "view.fit", Key.Key_M)
    editor.choose("view.link")
    assert not editor.note_button.isVisible()
    assert ShortcutFile().changed == {}


def test_a_key_that_opens_a_menu_is_refused(qtbot: QtBot, window: MainWindow, editor: KeyEditor) -> None:
    press(qtbot, editor, "view.fit", Key.Key_V, Qt.KeyboardModifier.AltModifier)
    assert editor.note.text() == "Alt+V opens the menu View."
    assert not editor.note_button.isVisible()
    assert ShortcutFile().changed == {}


@pytest.mark.parametrize("key", [Key.Key_Return, Key.Key_Enter])
def test_enter_is_given_to_no_command(qtbot: QtBot, editor: KeyEditor, key: Qt.Key) -> None:
    press(qtbot, editor, "view.fit", key)
    assert "cannot be given" in editor.note.text()
    assert editor.isVisible()
    assert ShortcutFile().changed == {}


def test_tab_and_esc_leave_the_field(qtbot: QtBot, editor: KeyEditor) -> None:
    editor.choose("view.fit")
    editor.field.setFocus()
    qtbot.keyClick(editor.field, Key.Key_Tab)
    assert not editor.field.hasFocus()
    editor.field.setFocus()
    qtbot.keyClick(editor.field, Key.Key_Escape)
    assert not editor.isVisible()
    assert ShortcutFile().changed == {}


def test_modifiers_alone_are_no_key(qtbot: QtBot, editor: KeyEditor) -> None:
    press(qtbot, editor, "view.fit", Key.Key_Shift, SHIFT)
    press(qtbot, editor, "view.fit", Key.Key_Control, CTRL)
    assert editor.field.text() == "F"
    assert ShortcutFile().changed == {}


def test_one_key_and_all_keys_can_be_reset(qtbot: QtBot, window: MainWindow, editor: KeyEditor) -> None:
    press(qtbot, editor, "view.fit", Key.Key_J, CTRL)
    press(qtbot, editor, "view.link", Key.Key_F)
    assert window.bar.actions["view.link"].shortcut().toString() == "F"
    editor.choose("view.fit")
    editor.reset_button.click()
    assert editor.note.text() == "F is the key of “Link panes”."
    editor.note_button.click()
    assert window.bar.actions["view.fit"].shortcut().toString() == "F"
    assert window.bar.actions["view.link"].shortcut().toString() == "L"  # its default again
    editor.choose("view.fit")
    editor.none_button.click()
    assert window.bar.actions["view.fit"].shortcut().isEmpty()
    editor.reset_all_button.click()
    assert ShortcutFile().changed == {}
    assert window.bar.actions["view.fit"].shortcut().toString() == "F"
    editor.note_button.click()
    assert ShortcutFile().changed == {"view.fit": ""}


def test_the_key_of_cancel_cannot_be_changed(editor: KeyEditor) -> None:
    editor.choose("classify.cancel")
    assert not editor.field.isEnabled()
    assert editor.note.text() == "This key cannot be changed."


def test_scrolling_can_move_to_a_letter_and_works_from_the_list_too(
    qtbot: QtBot, scene: WindowScene, window: MainWindow, editor: KeyEditor
) -> None:
    press(qtbot, editor, "image.next", Key.Key_G)
    in_window(qtbot, window, Key.Key_G)
    assert scene.session.focused is not None
    assert scene.session.focused.index == 6
    window.browser.list.setFocus()
    qtbot.keyClick(window.browser.list, Key.Key_G)
    assert scene.session.focused.index == 7


def test_an_arrow_given_to_a_command_is_still_the_arrow_of_lists(
    qtbot: QtBot, window: MainWindow, editor: KeyEditor
) -> None:
    press(qtbot, editor, "view.texts", Key.Key_Down)
    editor.note_button.click()
    editor.reject()
    window.browser.list.setFocus()
    qtbot.keyClick(window.browser.list, Key.Key_Down)
    assert window.viewer.state.text_level == "all"
    window.panes.focused_pane.setFocus()
    in_window(qtbot, window, Key.Key_Down)
    assert window.viewer.state.text_level == "few"


def test_changed_keys_hold_in_the_next_window_and_in_another_language(
    qtbot: QtBot, scene: WindowScene, window: MainWindow, editor: KeyEditor
) -> None:
    press(qtbot, editor, "classify.slice", Key.Key_J, CTRL)
    assert window.prediction.classify_button.text().endswith("Ctrl+J")
    window.viewer.change_setting("language", "zh_CN")
    assert window.bar.actions["classify.slice"].shortcut().toString() == "Ctrl+J"
    assert window.prediction.classify_button.text().endswith("Ctrl+J")
    other = WindowScene()
    later = MainWindow(other.session)
    qtbot.addWidget(later)
    assert later.bar.actions["classify.slice"].shortcut().toString() == "Ctrl+J"
    other.session.shutdown()


@pytest.mark.parametrize("typed", ["maximise", "ctrl+k", "pane max"])
def test_commands_are_found_by_name_and_key(qtbot: QtBot, editor: KeyEditor, typed: str) -> None:
    qtbot.keyClicks(editor.search, typed)
    assert editor.chosen is not None
    assert editor.chosen.id == ("classify.slice" if typed == "ctrl+k" else "view.maximise")
    groups = [editor.tree.topLevelItem(number) for number in range(editor.tree.topLevelItemCount())]
    assert [group is not None and group.isHidden() for group in groups].count(False) == 1


def test_nothing_is_changed_while_no_command_is_found(editor: KeyEditor) -> None:
    editor.search.setText("zzzz")
    assert editor.note.text() == "Nothing found."
    assert editor.field.text() == ""
    assert not any(one.isEnabled() for one in (editor.field, editor.none_button, editor.reset_button))
    editor.search.clear()
    assert editor.chosen is not None
    assert editor.note.text() == ""
    assert editor.field.isEnabled()
