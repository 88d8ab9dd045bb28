"""The tool bar: icons with words by the window's width.

Nothing is lost in a narrow one.
"""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QTextDocumentFragment
from pytestqt.qtbot import QtBot

from medviewer import translation
from medviewer.gui.commands.tool_bar import ToolBar, ToolButton
from medviewer.gui.palette.palette import CommandPalette
from medviewer.gui.window.main_window import MainWindow
from medviewer.viewer.commands.table import commands
from medviewer.viewer.tools.table import TOOLS
from tests.gui.window_scene import WindowScene

ROWS = {row.id: row for row in commands()}
LEFT = Qt.MouseButton.LeftButton
IN_BAR = ("window", "zoom", "pan", "scroll", "length", "angle", "arrow", "text")


@pytest.fixture
def window(qtbot: QtBot, scene: WindowScene) -> MainWindow:
    window = MainWindow(scene.session)
    qtbot.addWidget(window)
    window.resize(1600, 1000)
    with qtbot.waitExposed(window):
        window.show()
    return window


def shown(bar: ToolBar) -> list[ToolButton]:
    return [button for button in bar.buttons if button.isVisible()]


def button_of(window: MainWindow, name: str) -> ToolButton:
    action = window.bar.actions[name]
    return next(button for button in window.tool_bar.buttons if button.entry is action)


def test_a_wide_window_shows_all_buttons_with_their_words(window: MainWindow) -> None:
    bar = window.tool_bar
    assert [button.text() for button in shown(bar)] == [
        *("Open", "Window", "Zoom", "Pan", "Scroll", "Locate", "Length", "Angle", "Region"),
        *("Arrow", "Text", "Layout", "Link", "AI", "Export"),
    ]
    assert bar.height() == 56
    assert bar.field.isVisible()
    assert not bar.more.isVisible()
    for button in shown(bar):
        assert button.fontMetrics().horizontalAdvance(button.text()) <= button.width()


def test_below_1280_the_words_go_and_the_tool_tips_stay(qtbot: QtBot, window: MainWindow) -> None:
    window.resize(1100, 700)
    bar = window.tool_bar
    qtbot.waitUntil(lambda: bar.height() == 44)
    assert len(shown(bar)) == len(bar.buttons)
    for button in shown(bar):
        assert button.text() == ""
        assert button.accessibleName()
        assert button.toolTip()
        assert button.width() >= 24 <= button.height()
    assert not bar.field.isVisible()
    assert bar.find_button.isVisible()
    window.resize(1600, 1000)
    qtbot.waitUntil(lambda: bar.height() == 56)
    assert shown(bar)[1].text() == "Window"


def test_what_has_no_room_is_in_a_menu_with_words_and_works_there(
    scene: WindowScene, window: MainWindow
) -> None:
    scene.open("head")
    bar = window.tool_bar
    bar.arrange(420)
    seen = [button for button in bar.buttons if not button.isHidden()]
    assert 0 < len(seen) < len(bar.buttons)
    assert not bar.more.isHidden()
    bar.more.menu().aboutToShow.emit()
    entries = bar.more.menu().actions()
    assert entries == [button.entry for button in bar.buttons[len(seen) :]]
    assert all(entry.text() for entry in entries)
    link = next(entry for entry in entries if entry is window.bar.actions["view.link"])
    link.trigger()
    assert not scene.session.viewer.state.linked


def test_a_click_chooses_a_tool_and_only_that_one_is_filled(
    qtbot: QtBot, scene: WindowScene, window: MainWindow
) -> None:
    scene.open("head")
    for _ in range(2):  # a second click leaves it chosen
        qtbot.mouseClick(button_of(window, "tools.pan"), LEFT)
        assert window.viewer.state.tool == "pan"
        chosen = [name for name in IN_BAR if button_of(window, f"tools.{name}").isChecked()]
        assert chosen == ["pan"]


def test_a_switch_and_the_sides_act_and_follow_keys(
    qtbot: QtBot, scene: WindowScene, window: MainWindow
) -> None:
    scene.open("head")
    link = button_of(window, "view.link")
    assert link.isChecked()
    qtbot.mouseClick(link, LEFT)
    assert not scene.session.viewer.state.linked
    assert not link.isChecked()
    browser, dock = window.tool_bar.switches
    assert browser.isChecked()
    qtbot.mouseClick(browser, LEFT)
    assert not window.browser.isVisible()
    window.bar.actions["view.dock"].trigger()
    assert not dock.isChecked()


def test_without_a_study_only_opening_and_finding_are_lit(window: MainWindow) -> None:
    for name in ("tools.window", "tools.scroll", "classify.slice", "export.picture", "view.link"):
        button = button_of(window, name)
        assert not button.isEnabled(), name
        said = QTextDocumentFragment.fromHtml(button.toolTip()).toPlainText()
        assert "Open a study first." in said
    assert window.tool_bar.buttons[0].isEnabled()
    assert window.tool_bar.field.isEnabled()


def test_open_offers_files_folders_recent_and_samples(window: MainWindow) -> None:
    entries = window.tool_bar.buttons[0].menu().actions()
    assert [entry.text() for entry in entries] == [
        "Open &folder…",
        "&Open files…",
        "Open &recent",
        "Open &sample",
    ]


def test_a_tool_says_how_it_is_used_with_its_key(scene: WindowScene, window: MainWindow) -> None:
    scene.open("head")
    for name in IN_BAR:
        tool = TOOLS[name]
        said = QTextDocumentFragment.fromHtml(button_of(window, f"tools.{name}").toolTip()).toPlainText()
        assert said.splitlines()[0].endswith(tool.key)
        assert tool.hint.for_user() in said


def test_the_field_opens_the_palette_and_shows_its_key(qtbot: QtBot, window: MainWindow) -> None:
    bar = window.tool_bar
    assert bar.keys.text() == "Ctrl+Shift+P"
    window.bar.actions["help.palette"].setShortcut("Ctrl+G")
    assert bar.keys.text() == "Ctrl+G"
    qtbot.mouseClick(bar.field, LEFT)
    palettes = window.findChildren(CommandPalette)
    assert [palette.isVisible() for palette in palettes] == [True]


def test_chinese_words_fit_their_buttons(qtbot: QtBot, scene: WindowScene) -> None:
    translation.use_language("zh_CN")
    try:
        window = MainWindow(scene.session)
        qtbot.addWidget(window)
        words = {button.word for button in window.tool_bar.buttons}
        assert {"调窗", "平移"} <= words
        for button in window.tool_bar.buttons:
            assert button.fontMetrics().horizontalAdvance(button.word) <= button.width_px
    finally:
        translation.use_language("en")
