"""The Alt key with the wheel scrolls one pane, and leaves the menus alone."""

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from medviewer.gui.window.main_window import MainWindow
from tests.gui.pane_hands import wheel
from tests.gui.window_scene import WindowScene

ALT = Qt.KeyboardModifier.AltModifier


def test_behind_alt_and_the_wheel_the_next_key_goes_to_the_image(
    scene: WindowScene, window: MainWindow
) -> None:
    scene.open("head")
    scene.workers.settle()
    pane = window.panes.panes[0]
    pane.setFocus()
    QTest.keyPress(pane, Qt.Key.Key_Alt)
    wheel(pane, -1, ALT)
    QTest.keyRelease(pane, Qt.Key.Key_Alt, ALT)
    assert window.menuBar().activeAction() is None
    assert QApplication.focusWidget() is not window.menuBar()
    QTest.keyPress(pane, Qt.Key.Key_Alt)
    QTest.keyRelease(pane, Qt.Key.Key_Alt, ALT)
    assert window.menuBar().activeAction() is not None  # alone it leads to the menus, as everywhere
