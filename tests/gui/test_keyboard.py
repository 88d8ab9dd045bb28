"""Keys act on the active pane, except while something is typed into a field."""

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt
from PySide6.QtGui import QDropEvent
from PySide6.QtWidgets import QApplication, QComboBox, QDialog, QDoubleSpinBox, QWidget
from pytestqt.qtbot import QtBot

from medviewer.dicom.model import StoredStack
from medviewer.gui.grid.grid import PaneGrid
from medviewer.gui.studies.row_model import STACK_MIME
from medviewer.gui.widgets.fields import ChoiceBox
from medviewer.gui.window.main_window import MainWindow
from medviewer.viewer import state as display_state
from medviewer.viewer.ui import Dialog
from tests.gui.window_scene import PELVIS, WindowScene

Key = Qt.Key


@pytest.fixture
def window(qtbot: QtBot, scene: WindowScene) -> MainWindow:
    window = MainWindow(scene.session)
    qtbot.addWidget(window)
    window.resize(1280, 1100)  # all of the dock is open
    window.activateWindow()
    with qtbot.waitExposed(window):
        window.show()
    return window


def press(qtbot: QtBot, key: Qt.Key, modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    """Press a key as a user does: it goes where the keyboard is."""
    widget = QApplication.focusWidget()
    assert widget is not None
    qtbot.keyClick(widget, key, modifiers)


def keys_act_on_the_image(qtbot: QtBot, window: MainWindow) -> bool:
    """Try a letter, a number and an arrow.

    Polarity, first preset and slice follow.
    """
    session = window.session
    pane = window.panes.focused_pane
    assert session.focused is not None
    session.viewer.set_voi(None)
    inverted, index = session.focused.inverts, session.focused.index
    for key in (Key.Key_I, Key.Key_1, Key.Key_Up):
        press(qtbot, key)
    QApplication.processEvents()
    followed = (
        session.focused.inverts != inverted,
        session.focused.voi is not None and session.focused.voi.explanation == "Brain",
        session.focused.index == index - 1,
    )
    session.viewer.show(display_state.set_inversion(session.state, range(len(session.state.panes)), inverted))
    return QApplication.focusWidget() is pane and all(followed)


def test_after_the_start_the_keyboard_is_where_something_can_be_opened(window: MainWindow) -> None:
    assert QApplication.focusWidget() is window.start.field.folder_button


def test_after_opening_keys_act_on_the_image(qtbot: QtBot, scene: WindowScene, window: MainWindow) -> None:
    window.viewer.open_paths([Path("head")])  # as the command line does
    scene.workers.settle()
    assert window.browser.search.isVisible()
    assert keys_act_on_the_image(qtbot, window)


def test_opening_takes_the_keyboard_out_of_a_field(
    qtbot: QtBot, scene: WindowScene, window: MainWindow
) -> None:
    scene.open("pelvis")
    window.bar.actions["view.search"].trigger()
    scene.open("head")
    assert keys_act_on_the_image(qtbot, window)


def test_what_is_typed_while_files_are_opened_goes_on(
    qtbot: QtBot, scene: WindowScene, window: MainWindow
) -> None:
    scene.open("pelvis")
    scene.session.open_paths([Path("head")])
    window.bar.actions["view.search"].trigger()
    scene.workers.settle()
    assert QApplication.focusWidget() is window.browser.search


def choose(window: MainWindow, key: str, how: str, qtbot: QtBot) -> None:
    rows = window.browser.list
    index = rows.rows.place_of(key)
    if how == "click":
        place = rows.visualRect(index).center()
        qtbot.mouseClick(rows.viewport(), Qt.MouseButton.LeftButton, pos=place)
    else:
        rows.setFocus()
        rows.setCurrentIndex(index)
        press(qtbot, Key.Key_Return)


@pytest.mark.parametrize("how", ["click", "Enter"])
def test_a_chosen_series_has_the_keyboard(
    qtbot: QtBot, scene: WindowScene, window: MainWindow, how: str
) -> None:
    scene.open("pelvis", "head")
    head = scene.session.library.stacks[1]
    scene.session.viewer.show_stack(scene.session.library.stacks[0])
    choose(window, head.key, how, qtbot)
    scene.workers.settle()
    assert scene.session.focused is not None
    assert scene.session.focused.stack is head
    assert keys_act_on_the_image(qtbot, window)


def fields(window: MainWindow) -> list[QWidget]:
    QApplication.processEvents()  # what has come is laid out
    found = [*window.findChildren(QDoubleSpinBox), *window.findChildren(QComboBox), window.browser.search]
    return [field for field in found if field.isVisible()]


@pytest.mark.parametrize("key", [Key.Key_Return, Key.Key_Enter, Key.Key_Escape])
def test_a_field_that_is_left_gives_the_keyboard_back(
    qtbot: QtBot, scene: WindowScene, window: MainWindow, key: Qt.Key
) -> None:
    scene.open("head")
    assert len(fields(window)) >= 5
    for field in fields(window):
        field.setFocus()
        assert QApplication.focusWidget() is field
        press(qtbot, key)
        assert QApplication.focusWidget() is window.panes.focused_pane, field
    assert keys_act_on_the_image(qtbot, window)


@pytest.mark.qt_log_ignore("does not support", extend=True)  # grabbing and raising, without a display
@pytest.mark.parametrize("key", [Key.Key_Return, Key.Key_Escape])
def test_a_list_of_choices_that_closes_gives_the_keyboard_back(
    qtbot: QtBot, scene: WindowScene, window: MainWindow, key: Qt.Key
) -> None:
    scene.open("head")
    boxes = [field for field in fields(window) if isinstance(field, ChoiceBox)]
    assert boxes
    for box in boxes:
        box.setFocus()
        box.showPopup()
        with qtbot.waitSignal(box.closed):
            qtbot.keyClick(box.view(), key)
        assert window.focusWidget() is window.panes.focused_pane
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    assert keys_act_on_the_image(qtbot, window)


def test_enter_takes_a_typed_value_and_esc_takes_it_back(
    qtbot: QtBot, scene: WindowScene, window: MainWindow
) -> None:
    scene.open("head")
    box = next(box for box in window.findChildren(QDoubleSpinBox) if box.accessibleName() == "Width")
    before = scene.session.focused
    assert before is not None
    for key, width in ((Key.Key_Escape, None), (Key.Key_Return, 300.0)):
        box.setFocus()
        box.selectAll()
        qtbot.keyClicks(box, "300")
        press(qtbot, key)
        pane = scene.session.focused
        assert pane is not None
        assert (pane.voi.width if pane.voi is not None else None) == width
        assert box.value() == (width or 80)
        assert box.text() == f"{width or 80:.0f}"


def test_the_search_is_entered_by_its_key_or_a_click_and_by_nothing_else(
    qtbot: QtBot, scene: WindowScene, window: MainWindow
) -> None:
    scene.open("head", "pelvis")
    search = window.browser.search
    for _ in range(60):
        press(qtbot, Key.Key_Tab)
        assert QApplication.focusWidget() is not search
    scene.session.return_keyboard()
    window.bar.actions["view.browser"].trigger()
    press(qtbot, Key.Key_F, Qt.KeyboardModifier.ControlModifier)
    assert QApplication.focusWidget() is search
    qtbot.keyClicks(search, "ROE")
    assert search.text() == "ROE"
    assert not scene.session.focused.inverts
    press(qtbot, Key.Key_Return)
    assert search.text() == "ROE"
    scene.session.return_keyboard()
    qtbot.mouseClick(search, Qt.MouseButton.LeftButton)
    assert QApplication.focusWidget() is search
    press(qtbot, Key.Key_Escape)
    assert search.text() == ""
    assert QApplication.focusWidget() is window.panes.focused_pane


def test_esc_in_a_field_leaves_it_and_stops_nothing(
    qtbot: QtBot, scene: WindowScene, window: MainWindow
) -> None:
    scene.open("pelvis")
    scene.session.open_paths([Path("head")])
    window.bar.actions["view.search"].trigger()
    assert window.bar.actions["classify.cancel"].isEnabled()
    press(qtbot, Key.Key_Escape)
    assert QApplication.focusWidget() is window.panes.focused_pane
    scene.workers.settle()
    assert len(scene.session.library.stacks) == 2


DIALOGS: dict[str, Callable[[MainWindow], object]] = {
    "preferences": lambda window: window.open_dialog(Dialog.PREFERENCES),
    "keys": lambda window: window.show_help("keys"),
    "about": lambda window: window.open_dialog(Dialog.ABOUT),
    "pixel truth": lambda window: window.open_dialog(Dialog.PIXEL_TRUTH),
    "features": lambda window: window.open_dialog(Dialog.FEATURES),
    "tags": lambda window: window.open_dialog(Dialog.ELEMENTS),
    "model": lambda window: window.open_dialog(Dialog.MODEL_CARD),
    "files not shown": lambda window: window.browser.show_skipped_files(),
    "export": lambda window: window.files.export_image(),
    "open files": lambda window: window.files.open_files(),
    "fault": lambda window: window.show_crash("RuntimeError"),
}


@pytest.mark.parametrize("dialog", DIALOGS)
def test_a_dialog_that_closes_gives_the_keyboard_to_the_image(
    qtbot: QtBot, scene: WindowScene, window: MainWindow, dialog: str
) -> None:
    scene.open("head")
    window.browser.left_out_button.setFocus()
    window.bar.actions["view.search"].trigger()
    DIALOGS[dialog](window)
    (shown,) = [found for found in window.findChildren(QDialog) if found.isVisible()]
    shown.accept() if dialog == "fault" else shown.reject()
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    assert keys_act_on_the_image(qtbot, window)


def test_letters_are_keys_wherever_nothing_is_typed(
    qtbot: QtBot, scene: WindowScene, window: MainWindow
) -> None:
    scene.open("head", "pelvis")
    seen = set()
    QApplication.processEvents()
    for widget in window.findChildren(QWidget):
        takes = widget.focusPolicy() & Qt.FocusPolicy.TabFocus
        if not takes or not widget.isVisible() or isinstance(widget, QDoubleSpinBox):
            continue
        widget.setFocus()
        if QApplication.focusWidget() is not widget:
            continue
        seen.add(type(widget).__name__)
        inverted = scene.session.focused.inverts
        press(qtbot, Key.Key_I)
        assert scene.session.focused.inverts != inverted, widget
    assert {"Pane", "StudyList", "QPushButton", "ChoiceBox", "QSlider"} <= seen


def test_a_folded_side_does_not_keep_the_keyboard(
    qtbot: QtBot, scene: WindowScene, window: MainWindow
) -> None:
    scene.open("head")
    window.browser.list.setFocus()
    press(qtbot, Key.Key_B)
    assert not window.browser.isVisible()
    assert keys_act_on_the_image(qtbot, window)


def test_a_click_on_a_button_leaves_the_keyboard_to_the_image(
    qtbot: QtBot, scene: WindowScene, window: MainWindow
) -> None:
    scene.open("head")
    for button in (window.prediction.classify_button, window.browser.left_out_button):
        if button.isVisible():
            qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    scene.workers.settle()
    assert keys_act_on_the_image(qtbot, window)


def test_another_language_leaves_the_keyboard_with_the_image(
    qtbot: QtBot, scene: WindowScene, window: MainWindow
) -> None:
    scene.open("head")
    window.bar.actions["view.search"].trigger()
    window.viewer.change_setting("language", "en")
    assert QApplication.focusWidget() is window.panes.focused_pane


def drop(grid: PaneGrid, stack: StoredStack, at: QPoint) -> None:
    mime = QMimeData()
    mime.setData(STACK_MIME, stack.key.encode())
    button, modifiers = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    grid.dropEvent(QDropEvent(QPointF(at), Qt.DropAction.CopyAction, mime, button, modifiers))


def test_a_dropped_series_has_the_keyboard(scene: WindowScene, window: MainWindow) -> None:
    scene.open("head", "pelvis")
    window.bar.actions["view.search"].trigger()
    drop(window.panes, PELVIS, window.panes.panes[2].geometry().center())
    assert QApplication.focusWidget() is window.panes.panes[2]


@pytest.mark.parametrize("key", [Key.Key_1, Key.Key_F, Key.Key_W, Key.Key_Space])
def test_the_key_of_a_command_that_cannot_be_run_says_why(
    qtbot: QtBot, scene: WindowScene, window: MainWindow, key: Qt.Key
) -> None:
    window.panes.focused_pane.setFocus()
    press(qtbot, key)
    assert [str(notice.sentence) for notice in scene.session.notices.waiting] == ["Open a study first."]


def test_a_preset_that_the_modality_does_not_have_says_so(
    qtbot: QtBot, scene: WindowScene, window: MainWindow
) -> None:
    scene.open("colour")
    press(qtbot, Key.Key_4)
    (notice,) = scene.session.notices.waiting
    assert "colour picture" in str(notice.sentence)


def test_other_keys_and_what_is_typed_tell_nothing(
    qtbot: QtBot, scene: WindowScene, window: MainWindow
) -> None:
    window.panes.focused_pane.setFocus()
    for key in (Key.Key_Escape, Key.Key_Return, Key.Key_F9, Key.Key_Shift):
        press(qtbot, key)
    scene.open("head")
    window.bar.actions["view.search"].trigger()
    press(qtbot, Key.Key_4)
    assert window.browser.search.text() == "4"
    assert scene.session.notices.waiting == ()
