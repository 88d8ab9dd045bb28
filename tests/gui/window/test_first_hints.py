"""A first-time user gets three small hints with the first image; they block nothing and never come again."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from medviewer.gui.window.first_hints import FirstHints, HintOffer
from medviewer.gui.window.main_window import MainWindow
from medviewer.settings import Settings
from medviewer.viewer.start import FIRST_HINTS
from tests.gui.window_scene import WindowScene


def card(window: MainWindow) -> FirstHints:
    QApplication.processEvents()
    (found,) = window.findChildren(FirstHints)
    return found


def test_they_come_with_the_first_image_and_end_for_good(
    qtbot: QtBot, scene: WindowScene, window: MainWindow
) -> None:
    HintOffer(scene.session)
    assert not window.findChildren(FirstHints)
    scene.open("head")
    hints, said = card(window), []
    room = window.panes.geometry()
    while hints.isVisible():
        said.append(hints.text.text())
        assert window.panes.geometry() == room
        assert not hints.isAncestorOf(window.focusWidget())
        corner = window.panes.area.mapTo(window.centralWidget(), window.panes.area.rect().bottomLeft())
        assert corner.y() >= hints.geometry().bottom() > corner.y() - 40
        qtbot.mouseClick(hints.next_button, Qt.MouseButton.LeftButton)
    assert said == [hint.for_user() for hint in FIRST_HINTS]
    assert Settings().flag("hints_seen")
    HintOffer(scene.session)
    scene.session.viewer.scroll_by(1)
    assert scene.session.viewer.state.first_hint is None


def test_one_click_ends_them_all(qtbot: QtBot, scene: WindowScene, window: MainWindow) -> None:
    HintOffer(scene.session)
    scene.open("head")
    hints = card(window)
    qtbot.mouseClick(hints.end_button, Qt.MouseButton.LeftButton)
    assert not hints.isVisible()
    assert Settings().flag("hints_seen")
    assert window.panes.focused_pane.hasFocus()


def test_the_help_shows_them_again(scene: WindowScene, window: MainWindow) -> None:
    window.viewer.settings.change("hints_seen", True)
    assert not window.bar.actions["help.hints"].isEnabled()
    scene.open("head")
    assert not window.findChildren(FirstHints)
    window.bar.actions["help.hints"].trigger()
    assert card(window).isVisible()
    assert card(window).text.text() == FIRST_HINTS[0].for_user()


def test_another_language_goes_on_with_them(scene: WindowScene, window: MainWindow) -> None:
    scene.open("head")
    window.viewer.change(first_hint=1)
    before = card(window).text.text()
    window.viewer.change_setting("language", "zh_CN")
    QApplication.sendPostedEvents(None, 52)  # of deferred deletion
    QApplication.processEvents()
    shown = [one for one in window.findChildren(FirstHints) if one.isVisible()]
    assert len(shown) == 1
    assert shown[0].text.text() not in ("", before)
