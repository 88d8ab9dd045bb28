"""Menus, tool bar and shortcuts hold what the COMMANDS table says and follow the state."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QDesktopServices, QKeySequence, QTextDocumentFragment
from PySide6.QtWidgets import QMenu
from pytestqt.qtbot import QtBot

from medviewer import paths
from medviewer.gui.commands import menus
from medviewer.gui.widgets.keys import native_key
from medviewer.gui.window.main_window import MainWindow
from medviewer.translation import use_language
from medviewer.viewer.commands.command import CommandList
from medviewer.viewer.commands.table import COMMANDS, commands, tool_command
from medviewer.viewer.help.pages import KEYS, page_text
from medviewer.viewer.render.text_level import TextLevel
from medviewer.viewer.texts.menus import with_own_access_keys, without_access_key
from medviewer.viewer.tools.table import TOOLS
from medviewer.viewer.ui import Dialog
from tests.gui.pane_hands import LEFT, drag
from tests.gui.window_scene import COLOR, FRACTIONS, HEAD, STACKS, WindowScene
from tests.viewer.tools.toy_tool import TOY_TOOL, add_point

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


def test_no_menu_opens_empty(scene: WindowScene, window: MainWindow) -> None:
    presets = window.bar.menu("&Image/&Presets").menuAction()
    assert not presets.isVisible()
    for study, is_offered in (("head", True), ("fractions", True), ("colour", False)):
        scene.open(study)
        scene.session.viewer.show_stack(STACKS[study])
        scene.workers.settle()
        assert presets.isVisible() is is_offered, study
        if is_offered:
            assert [one for one in window.bar.menu("&Image/&Presets").actions() if one.isVisible()]


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
    for level in (TextLevel.FEW, TextLevel.LETTERS, TextLevel.ACQUISITION, TextLevel.ALL):
        actions["view.texts"].trigger()
        assert window.viewer.state.text_level is level
        assert [step for step in TextLevel if actions[f"view.texts_{step}"].isChecked()] == [level]
    actions["view.texts_few"].trigger()
    assert window.viewer.state.text_level is TextLevel.FEW
    actions["view.link"].trigger()
    assert not scene.session.viewer.state.linked


def assert_actions_say_what_rows_say(window: MainWindow) -> None:
    state = window.viewer.state
    for name, action in window.bar.actions.items():
        row = ROWS[name]
        reason = row.unavailable(state)
        assert action.isEnabled() is (reason is None), name
        assert row.checked is None or action.isChecked() is row.checked(state), name
        if reason is not None:
            said = QTextDocumentFragment.fromHtml(action.toolTip()).toPlainText()
            assert said.endswith(reason.for_user()), name
        if row.named is not None:
            title = row.named(state)
            assert action.isVisible() is (title is not None), name
            assert title is None or action.text() == title.for_user().replace("&", "&&"), name


def test_actions_never_stay_behind_the_state(scene: WindowScene, window: MainWindow) -> None:
    viewer = window.viewer
    assert_actions_say_what_rows_say(window)
    scene.open("head", "colour", "fractions")
    assert_actions_say_what_rows_say(window)
    scene.session.viewer.frames.clear_frames()
    viewer.scroll_by(1)  # its frame is not there yet
    assert viewer.state.focused is not None
    assert viewer.state.focused.frame is None
    assert_actions_say_what_rows_say(window)
    scene.workers.settle()
    assert_actions_say_what_rows_say(window)
    for stack in (COLOR, FRACTIONS, HEAD):
        viewer.show_stack(stack)
        assert_actions_say_what_rows_say(window)
        scene.workers.settle()
        assert_actions_say_what_rows_say(window)
    for name in (
        "view.rotate_right",
        "tools.zoom",
        "view.layout_1x2",
        "image.play",
        "image.play",
        "view.link",
    ):
        window.bar.actions[name].trigger()
        assert_actions_say_what_rows_say(window)
    scene.classify("refusal")
    assert_actions_say_what_rows_say(window)
    viewer.session.close_study()
    assert_actions_say_what_rows_say(window)
    viewer.session.close_all()
    assert_actions_say_what_rows_say(window)


def test_while_slices_fly_past_no_button_turns_gray_and_back(
    qtbot: QtBot, scene: WindowScene, window: MainWindow
) -> None:
    scene.open("head")
    invert = window.bar.actions["image.invert"]
    seen: list[bool] = []
    invert.changed.connect(lambda: seen.append(invert.isEnabled()))
    with qtbot.waitSignal(window.bar.refreshed):
        scene.session.viewer.frames.clear_frames()
        window.viewer.scroll_by(1)  # its frame is not there yet
        scene.workers.settle()
    assert seen == []
    with qtbot.waitSignal(window.bar.refreshed):  # this one does not come
        scene.session.viewer.frames.clear_frames()
        window.viewer.scroll_by(1)
    assert set(seen) == {False}
    assert "not there yet" in invert.toolTip()
    scene.workers.settle()
    assert window.bar.tell_why_not(invert.shortcut(), None)  # the action does not know yet that it is there
    assert window.viewer.state.focused is not None
    assert window.viewer.state.focused.is_inverted
    assert window.messages.shown == []


def test_closing_everything_disables_what_needs_an_image(scene: WindowScene, window: MainWindow) -> None:
    scene.open("head")
    window.bar.actions["file.close_all"].trigger()
    assert not window.bar.actions["classify.slice"].isEnabled()
    assert scene.session.library.stacks == ()


@pytest.mark.parametrize("name", ["help.about", "file.preferences", "export.picture"])
def test_dialogs_open_beside_a_usable_window(
    qtbot: QtBot, scene: WindowScene, window: MainWindow, name: str
) -> None:
    scene.open("head")
    window.bar.actions[name].trigger()
    dialog = window.dialog or window.files.dialog
    assert dialog is not None
    assert dialog.isVisible()
    dialog.reject()


SCENES = ("nothing", "head", "colour", "a file that cannot be read", "a refusal", "a cine", "an annotation")


def enter(scene: WindowScene, what: str) -> None:
    """Bring a scene into one of the states of SCENES, wherever it is."""
    session = scene.session
    session.cine.stop()  # virtual time would not come to an end
    name = {"colour": "colour", "a file that cannot be read": "broken"}.get(what, "head")
    if what == "nothing":
        session.close_all()
    elif not session.library.stacks and not (name == "broken" and session.notices.waiting):
        scene.open(name)
    if what == "a refusal" and session.focused is not None and session.focused.result is None:
        scene.classify("refusal")
    if what == "a cine" and session.cine.can_play:
        session.play()
    if what == "an annotation" and session.focused is not None and session.focused.frame is not None:
        add_point(session.viewer, session.focused, (1.5, 1.5))


@pytest.mark.parametrize(
    ("what", "share"),
    [
        *((what, 3) for what in SCENES),  # a third of the commands: each one in two or three of the states
        *(pytest.param(what, 1, marks=pytest.mark.slow) for what in SCENES),
    ],
)
@pytest.mark.qt_log_ignore("does not support", extend=True)  # raising a window, without a display
def test_every_command_can_be_chosen_in_every_state_without_a_fault(
    qtbot: QtBot, scene: WindowScene, monkeypatch: pytest.MonkeyPatch, what: str, share: int
) -> None:
    folders: list[str] = []
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda url: folders.append(url.toLocalFile()))
    monkeypatch.setattr(scene.session, "open_demo", lambda: scene.session.open_paths([Path("head")]))
    monkeypatch.setattr(scene.session, "open_samples", lambda: scene.session.open_paths([Path("pelvis")]))
    crashes: list[str] = []
    scene.session.crashed.connect(crashes.append)
    window = MainWindow(scene.session)
    qtbot.addWidget(window)
    enter(scene, what)
    for number, find in enumerate(_actions(window)):
        if (number + SCENES.index(what)) % share:
            continue
        enter(scene, what)
        if (action := find()) is not None:
            action.trigger()
        scene.workers.advance(100)
        for dialog in (
            window.dialog,
            window.files.dialog,
            window.dialogs.beside(Dialog.FEATURES),
            window.dialogs.help,
        ):
            if dialog is not None:
                dialog.reject()
    scene.session.cine.stop()
    scene.workers.settle()
    assert crashes == []
    known = {str(paths.user_folder(kind)) for kind in ("log", "config")}
    assert set(folders) == known or (share > 1 and set(folders) < known)


def _actions(window: MainWindow) -> Iterator[Callable[[], QAction | None]]:
    """Yield for each command a function that finds its action.

    A switch of the language makes actions anew.
    """
    for name in ROWS:
        yield lambda name=name: window.bar.actions[name]
    for row in COMMANDS:
        if isinstance(row, CommandList) and row.in_menus:
            for name in window.bar.fill(row.id):
                yield lambda row=row, name=name: window.bar.fill(row.id).get(name)


def test_a_reason_is_read_in_the_tooltip_and_a_key_tells_it(scene: WindowScene, window: MainWindow) -> None:
    action = window.bar.actions["image.try_again"]
    reason = "Only a slice that could not be read can be tried again."
    assert QTextDocumentFragment.fromHtml(action.toolTip()).toPlainText() == f"Try again   F5\n{reason}"
    ROWS["image.try_again"].perform(window.viewer)
    assert window.messages.newest.sentence.text() == reason


def test_a_tool_that_is_added_is_chosen_dragged_undone_and_redone_by_keys_and_mouse(
    qtbot: QtBot, scene: WindowScene, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(TOOLS, TOY_TOOL.id, TOY_TOOL)
    monkeypatch.setattr(menus, "COMMANDS", (*COMMANDS, tool_command(TOY_TOOL)))
    window = MainWindow(scene.session)
    qtbot.addWidget(window)
    window.show()
    scene.open("head")
    pane = window.panes.panes[0]
    pane.refresh()
    assert not window.bar.actions["tools.undo"].isVisible()
    window.bar.actions["tools.toy-point"].trigger()
    assert pane.view.viewport().cursor().shape() == Qt.CursorShape.CrossCursor
    center = pane.view.viewport().rect().center()
    for across in (-30, 30):
        drag(pane, LEFT, (center.x(), center.y()), (center.x() + across, center.y()))
    assert _points(scene) == 2
    assert window.bar.actions["tools.undo"].text() == "Undo point"
    for key, count in (("Ctrl+Z", 1), ("Ctrl+Z", 0), ("Ctrl+Shift+Z", 1)):
        (action,) = [one for one in window.bar.actions.values() if one.shortcut() == QKeySequence(key)]
        assert action.isEnabled()
        action.trigger()
        assert _points(scene) == count
    assert "| Ctrl+Z | Undo |" in page_text(KEYS, scene.session.viewer.state, native_key)
    scene.workers.settle()


def _points(scene: WindowScene) -> int:
    shown = {len(pane.annotations) for pane in scene.session.state.panes if pane is not None}
    (count,) = shown  # the same on all panes of the series
    return count


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


@pytest.mark.parametrize("chosen", ["en", "zh_CN"])
def test_no_two_entries_of_a_menu_have_one_access_key(chosen: str, qtbot: QtBot, scene: WindowScene) -> None:
    use_language(chosen)
    try:
        window = MainWindow(scene.session)
        qtbot.addWidget(window)
        for menu in (window.menuBar(), *window.menuBar().findChildren(QMenu)):
            menu.aboutToShow.emit() if isinstance(menu, QMenu) else None
            found = [re.search("&([^&])", action.text().replace("&&", "")) for action in menu.actions()]
            keys = [key[1].lower() for key in found if key is not None]
            assert len(set(keys)) == len(keys), [action.text() for action in menu.actions()]
    finally:
        use_language("en")


@pytest.mark.parametrize(
    ("titles", "parted"),
    [
        (["&One", "&Two", "Three"], ["&One", "&Two", "Three"]),
        (["&Four", "&Full", "&Fit"], ["&Four", "F&ull", "F&it"]),
        (["&Show all", "Show &images", "&Sides"], ["&Show all", "Show &images", "Si&des"]),
        (["&Aa", "&a"], ["&Aa", "a"]),
        (["图像(&I)", "信息(&I)…"], ["图像(&I)", "信息(&A)…"]),
        (["R && D", "&R"], ["R && D", "&R"]),
    ],
)
def test_a_repeated_access_key_gives_way_to_a_free_letter(titles: list[str], parted: list[str]) -> None:
    assert with_own_access_keys(titles) == parted
