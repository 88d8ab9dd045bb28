"""Every control that is to be seen can be hit, has a name, and no words that are cut without a tool tip.

In all states of the window and all dialogs, in both languages. What is looked for is what the walk through
the window complains about (packaging/walk_through).
"""

import importlib.util
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QApplication, QDialog, QLabel, QToolButton, QWidget
from pytestqt.qtbot import QtBot

from medviewer.errors import MedviewerError
from medviewer.gui.dialogs.program.crash import CrashDialog
from medviewer.gui.palette import CommandPalette
from medviewer.gui.window.main_window import MainWindow
from medviewer.imaging.display.transform import Orientation
from medviewer.viewer import state as display_state
from medviewer.viewer.commands.panes.layout import set_layout
from medviewer.viewer.commands.table import command_by_id
from medviewer.viewer.ui import Dialog
from tests.gui.window_scene import WindowScene

Act = Callable[[WindowScene, MainWindow], object]

DIALOGS = [one for one in Dialog if one not in (Dialog.OPEN_FILES, Dialog.OPEN_FOLDER)]  # of the system


@pytest.fixture(scope="module")
def walk() -> ModuleType:
    path = Path(__file__).resolve().parents[2] / "packaging" / "walk_through" / "program.py"
    specification = importlib.util.spec_from_file_location("walk_program", path)
    assert specification is not None
    assert specification.loader is not None
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    return module


def nothing(scene: WindowScene, window: MainWindow) -> None:
    pass


def reading(scene: WindowScene, window: MainWindow) -> None:
    scene.open("head")


def several(scene: WindowScene, window: MainWindow) -> None:
    scene.open("head", "pelvis", "colour", "absent")


def four(scene: WindowScene, window: MainWindow) -> None:
    several(scene, window)
    set_layout(scene.session.viewer, "2x2")


def nine(scene: WindowScene, window: MainWindow) -> None:
    several(scene, window)
    set_layout(scene.session.viewer, "3x3")


def turned(scene: WindowScene, window: MainWindow) -> None:
    reading(scene, window)
    viewer = scene.session.viewer
    viewer.show(display_state.turn(viewer.state.display, range(4), Orientation(1, True)))


def answered(scene: WindowScene, window: MainWindow) -> None:
    reading(scene, window)
    scene.classify()


def refused(scene: WindowScene, window: MainWindow) -> None:
    reading(scene, window)
    scene.classify("refusal")


def told(scene: WindowScene, window: MainWindow) -> None:
    reading(scene, window)
    for _ in range(3):
        scene.session.notices.tell_error(MedviewerError())


def searched(scene: WindowScene, window: MainWindow) -> None:
    reading(scene, window)
    window.browser.search.setText("zzz")


def maximized(scene: WindowScene, window: MainWindow) -> None:
    reading(scene, window)
    command_by_id("view.maximise").perform(scene.session.viewer)


def hidden(scene: WindowScene, window: MainWindow) -> None:
    several(scene, window)
    scene.session.viewer.change(identity_hidden=True)


SIZES = ((1024, 700), (1280, 800), (1920, 1080))
STATES: dict[str, Act] = {
    act.__name__: act
    for act in (
        *(nothing, reading, several, four, nine, turned, answered, refused, told, searched, maximized),
        hidden,
    )
}


def settle(scene: WindowScene, window: MainWindow, state: str, language: str) -> None:
    if language != "en":
        window.viewer.change_setting("language", language)
    STATES[state](scene, window)
    scene.workers.settle()
    QApplication.processEvents()


@pytest.mark.parametrize("language", ["en", "zh_CN"])
@pytest.mark.parametrize("state", STATES)
def test_nothing_is_small_nameless_or_cut(
    scene: WindowScene, window: MainWindow, walk: ModuleType, state: str, language: str
) -> None:
    window.resize(*SIZES[0])
    settle(scene, window, state, language)
    for size in SIZES:
        window.resize(*size)
        scene.workers.settle()
        QApplication.processEvents()
        assert (size, sorted(set(walk.complaints()))) == (size, [])


def close_dialogs(window: MainWindow) -> None:
    for one in window.findChildren(QDialog):
        if one.isVisible():
            one.reject()
    if window.dialogs.palette is not None:
        window.dialogs.palette.close_palette()
    QApplication.processEvents()


@pytest.mark.parametrize("language", ["en", "zh_CN"])
def test_nothing_of_a_dialog_is_small_nameless_or_cut(
    scene: WindowScene, window: MainWindow, walk: ModuleType, language: str
) -> None:
    settle(scene, window, "answered", language)
    shown, found = set(all_shown()), {}
    for dialog in DIALOGS:
        window.open_dialog(dialog)
        scene.workers.settle()
        QApplication.processEvents()
        assert set(all_shown()) - shown, f"{dialog} is open"
        found[dialog] = sorted(set(walk.complaints()))
        close_dialogs(window)
        assert set(all_shown()) <= shown, f"{dialog} is closed"
    assert {dialog: told for dialog, told in found.items() if told} == {}


def all_shown() -> list[QWidget]:
    """Return the dialogs and palettes that are to be seen."""
    return [one for one in QApplication.allWidgets() if _is_dialog(one) and one.isVisible()]


def _is_dialog(widget: QWidget) -> bool:
    return isinstance(widget, QDialog | CommandPalette)


def test_a_crash_is_told_by_controls_with_names(qtbot: QtBot, walk: ModuleType, tmp_path: Path) -> None:
    dialog = CrashDialog("TypeError", tmp_path)
    qtbot.addWidget(dialog)
    dialog.show()
    assert sorted(set(walk.complaints())) == []


def test_what_is_small_nameless_or_cut_is_found(qtbot: QtBot, walk: ModuleType) -> None:
    around = QWidget()
    qtbot.addWidget(around)
    button, label = QToolButton(around), QLabel("a long text that has no room", around)
    button.clicked.connect(around.close)
    button.setFixedSize(30, 18)
    label.setGeometry(0, 40, 40, 20)
    around.show()
    told = "\n".join(walk.complaints())
    assert "small: QToolButton “” is 30 x 18 px" in told
    assert "nameless: QToolButton" in told
    assert "cut: QLabel “a long text that has no room”" in told


@pytest.mark.parametrize("state", ["nothing", "several", "four", "answered"])
def test_the_keyboard_reaches_what_the_mouse_reaches(
    scene: WindowScene, window: MainWindow, state: str
) -> None:
    """All buttons of the window are in the order of Tab, but those whose command has a key or a menu."""
    settle(scene, window, state, "en")
    reached: list[QWidget] = []
    widget: QWidget = window.nextInFocusChain()
    while widget is not window:
        if widget.isVisible() and widget.focusPolicy() & Qt.FocusPolicy.TabFocus:
            reached.append(widget)
        widget = widget.nextInFocusChain()
    toolbar = set(window.tool_bar.findChildren(QWidget))
    missed = [
        button.accessibleName() or button.text()
        for button in window.findChildren(QAbstractButton)
        if button.isVisible() and button.isEnabled() and button not in reached and button not in toolbar
        if not button.objectName().startswith("qt_") and button.focusPolicy() != Qt.FocusPolicy.NoFocus
    ]
    assert missed == []
    assert window.panes.panes[0] in reached or state == "nothing"
