"""The help stays beside the window, is searched, and its links run commands."""

import pytest
from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QTextCursor, QTextTable
from PySide6.QtWidgets import QApplication, QDialogButtonBox
from pytestqt.qtbot import QtBot

from medviewer.gui.dialogs.program.help import HelpDialog
from medviewer.gui.window.main_window import MainWindow
from medviewer.viewer.commands.table import command_by_id, commands
from medviewer.viewer.help.palette import find_entries, palette_entries, run_entry
from medviewer.viewer.help.shortcuts import give_key
from tests.gui.window_scene import WindowScene

Key = Qt.Key


def opened(window: MainWindow, page: str = "keys") -> HelpDialog:
    window.show_help(page)
    assert window.dialogs.help is not None
    assert window.dialogs.help.isVisible()
    return window.dialogs.help


def text(shown: HelpDialog) -> str:
    return shown.browser.toPlainText()


def test_f1_shows_the_keys_and_the_window_stays_usable(
    qtbot: QtBot, scene: WindowScene, window: MainWindow
) -> None:
    scene.open("head")
    widget = QApplication.focusWidget()
    assert widget is not None
    qtbot.keyClick(widget, Key.Key_F1)
    shown = window.dialogs.help
    assert shown is not None
    assert shown.page == "keys"
    assert shown.windowModality() == Qt.WindowModality.NonModal
    assert "Ask this slice" in text(shown)
    window.bar.actions["image.next"].trigger()
    assert scene.session.focused is not None
    assert scene.session.focused.index == 6
    qtbot.keyClick(shown, Key.Key_Escape)
    assert not shown.isVisible()
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    assert QApplication.focusWidget() is window.panes.focused_pane


@pytest.mark.parametrize("name", [row.id for row in commands() if row.id.startswith("help.")])
def test_each_page_is_opened_by_its_command(window: MainWindow, name: str) -> None:
    pages = {
        "help.first_steps": "No images at hand?",
        "help.reading": "What a pane says",
        "help.processing": "Guided filter".lower(),
        "help.models": "What a refusal means",
        "help.saving": "Nothing is sent",
        "help.shortcuts": "Mouse",
        "help.news": "Added",
    }
    if name in pages:
        window.bar.actions[name].trigger()
        assert window.dialogs.help is not None
        assert pages[name] in text(window.dialogs.help)


def test_a_search_lists_sections_marks_words_and_goes_there(qtbot: QtBot, window: MainWindow) -> None:
    shown = opened(window, "first-steps")
    qtbot.keyClicks(shown.search, "refusal")
    assert shown.page == "ai"
    assert shown.contents.item(0).text().startswith("What a refusal means")
    assert shown.browser.extraSelections()
    cursor = shown.browser.textCursor()
    cursor.select(QTextCursor.SelectionType.LineUnderCursor)
    assert cursor.selectedText() == "What a refusal means"
    shown.search.clear()
    assert shown.contents.count() == 7
    assert not shown.browser.extraSelections()


def test_keys_are_searched_in_their_page(qtbot: QtBot, window: MainWindow) -> None:
    shown = opened(window)
    qtbot.keyClicks(shown.search, "maximise")
    assert shown.page == "keys"
    assert "Maximise pane" in text(shown)
    assert "Ask this slice" not in text(shown)


def test_nothing_found_is_said(qtbot: QtBot, window: MainWindow) -> None:
    shown = opened(window)
    qtbot.keyClicks(shown.search, "qqqqq")
    assert shown.nothing.isVisible()


def test_links_lead_to_pages_and_run_commands(window: MainWindow) -> None:
    shown = opened(window, "first-steps")
    shown.browser.anchorClicked.emit(QUrl("page:ai"))
    assert shown.page == "ai"
    shown.browser.anchorClicked.emit(QUrl("command:help.about"))
    assert window.dialog is not None
    assert window.dialog.isVisible()
    window.dialog.reject()
    for link in ("https://example.org", "command:no.such", "page:no-such", "file:///etc/passwd"):
        shown.browser.anchorClicked.emit(QUrl(link))
    assert shown.page == "ai"


def test_a_changed_key_is_written_at_once(window: MainWindow) -> None:
    shown = opened(window)
    give_key(window.viewer, command_by_id("view.fit"), "Ctrl+J")
    assert "Ctrl+J" in text(shown)


def test_it_is_there_in_the_other_language(window: MainWindow) -> None:
    opened(window, "ai")
    window.viewer.change_setting("language", "zh_CN")
    shown = window.dialogs.help
    assert shown is not None
    assert shown.isVisible()
    assert shown.page == "ai"
    assert "拒绝的含义" in text(shown)


def test_the_palette_finds_sections_of_the_help(window: MainWindow) -> None:
    (first, *_) = find_entries("refusal means", palette_entries(window.viewer), window.viewer)
    assert first.entry.label == "Help: What a refusal means"
    run_entry(first.entry, window.viewer)
    assert window.dialogs.help is not None
    assert window.dialogs.help.page == "ai"


def test_keys_stand_one_below_the_other_over_the_whole_page(window: MainWindow) -> None:
    shown = opened(window)
    tables = [
        frame for frame in shown.browser.document().rootFrame().childFrames() if isinstance(frame, QTextTable)
    ]
    assert len(tables) >= 6
    shapes = [table.format().toTableFormat() for table in tables]
    assert {shape.width().rawValue() for shape in shapes} == {100.0}
    assert {tuple(share.rawValue() for share in shape.columnWidthConstraints()) for shape in shapes} == {
        (28.0, 72.0)
    }


def test_the_help_is_closed_by_a_button(window: MainWindow) -> None:
    shown = opened(window)
    (buttons,) = shown.findChildren(QDialogButtonBox)
    buttons.button(QDialogButtonBox.StandardButton.Close).click()
    assert not shown.isVisible()


def test_that_nothing_is_found_stands_where_the_contents_were(window: MainWindow) -> None:
    shown = opened(window, "reading")
    place = shown.contents.y()
    shown.search.setText("zzzz")
    QApplication.processEvents()
    assert not shown.contents.isVisible()
    assert shown.nothing.y() == place
    shown.search.clear()
    assert shown.contents.isVisible()
    assert not shown.nothing.isVisible()


def test_found_sections_need_no_sideways_scrolling(window: MainWindow) -> None:
    shown = opened(window, "reading")
    shown.search.setText("window")
    QApplication.processEvents()
    assert not shown.contents.horizontalScrollBar().isVisible()
