"""A first-time user gets three small hints with the first image.

They block nothing and never come again.
"""

import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from medviewer.gui.window.first_hints import FirstHints, HintLine, HintOffer
from medviewer.gui.window.free_places import images_on, texts_on
from medviewer.gui.window.main_window import MainWindow
from medviewer.settings import Settings
from medviewer.translation import Message
from medviewer.viewer.notice import Notice
from medviewer.viewer.start import FIRST_HINTS
from tests.gui.window_scene import WindowScene


def card(window: MainWindow) -> FirstHints:
    QApplication.processEvents()
    (found,) = window.findChildren(FirstHints)
    return found


def covered(window: MainWindow, hints: FirstHints) -> list[QRect]:
    """Return the texts, images and rows that lie under the card."""
    around, rows = window.centralWidget(), window.browser.list
    model = rows.model()
    boxes = texts_on(window.panes, around) + images_on(window.panes, around)
    if rows.isVisible():
        view = rows.viewport()
        for number in range(model.rowCount()):
            box = rows.visualRect(model.index(number, 0))
            boxes.append(QRect(view.mapTo(around, box.topLeft()), box.size()))
    assert boxes
    return [box for box in boxes if box.intersects(hints.geometry())]


@pytest.mark.parametrize("size", [(700, 500), (1000, 700), (1280, 800), (1600, 1000)])
@pytest.mark.parametrize("browser", [True, False])
@pytest.mark.parametrize("layout", ["1", "film", "2x2"])
def test_they_cover_no_text_and_no_row(
    qtbot: QtBot, scene: WindowScene, window: MainWindow, size: tuple[int, int], browser: bool, layout: str
) -> None:
    window.resize(*size)
    scene.open("head")
    window.viewer.change(browser_shown=browser, layout=layout, first_hint=0)
    hints = card(window)
    for step in (1, 2, 0):
        window.viewer.change(first_hint=step)
        qtbot.waitUntil(lambda: hints.isHidden() or covered(window, hints) == [])  # once texts rest
        assert hints.isVisible() or hints.line.isVisible() or size[0] == 700
        assert window.centralWidget().rect().contains(hints.geometry())


def test_a_window_without_room_has_them_in_one_line_behind_the_menus(
    qtbot: QtBot, scene: WindowScene, window: MainWindow
) -> None:
    window.resize(1024, 700)
    scene.open("head")
    window.viewer.change(layout="film", first_hint=0)
    hints = card(window)
    qtbot.waitUntil(hints.isHidden)
    assert hints.line.isVisible()
    assert hints.line.text.text() == FIRST_HINTS[0].for_user()
    menus = window.menuBar()
    ends = [menus.actionGeometry(action).right() for action in menus.actions()]
    assert hints.line.geometry().left() > max(ends)
    qtbot.mouseClick(hints.line.next_button, Qt.MouseButton.LeftButton)
    assert hints.line.text.text() == FIRST_HINTS[1].for_user()
    qtbot.mouseClick(hints.line.end_button, Qt.MouseButton.LeftButton)
    assert hints.line.isHidden()
    assert Settings().flag("hints_seen")


def test_they_wait_for_room(qtbot: QtBot, scene: WindowScene, window: MainWindow) -> None:
    window.resize(640, 400)
    scene.open("head")
    window.viewer.change(browser_shown=False, first_hint=0)
    window.bar.actions["view.layout_3x3"].trigger()
    hints = card(window)
    qtbot.waitUntil(hints.isHidden)
    assert hints.line.isHidden()
    window.resize(1600, 800)
    window.bar.actions["view.layout_1"].trigger()
    qtbot.waitUntil(lambda: hints.isVisible() or hints.line.isVisible())


@pytest.mark.parametrize("browser", [True, False])
@pytest.mark.parametrize("layout", ["1", "film", "2x2"])
def test_they_lie_on_no_pane_and_stay_with_every_image(
    scene: WindowScene, window: MainWindow, browser: bool, layout: str
) -> None:
    window.resize(1600, 1000)
    scene.open("head")
    window.viewer.change(browser_shown=browser, layout=layout, first_hint=0)
    hints = card(window)
    place = (hints.isVisible(), hints.geometry(), hints.line.isVisible())
    for act in ("view.one_to_one", "view.rotate_right", "view.texts_few", "view.texts_all", "view.fit"):
        window.bar.actions[act].trigger()
        scene.session.viewer.scroll_by(1)
        QApplication.processEvents()
        assert (hints.isVisible(), hints.geometry(), hints.line.isVisible()) == place
    panes = [QRect(pane.mapTo(window.centralWidget(), QPoint()), pane.size()) for pane in window.panes.panes]
    assert hints.isHidden() or not any(pane.intersects(hints.geometry()) for pane in panes)


def test_they_go_from_the_browser_when_it_is_folded(scene: WindowScene, window: MainWindow) -> None:
    scene.open("head")
    window.viewer.change(layout="1", first_hint=0)
    hints = card(window)
    assert window.browser.geometry().contains(hints.geometry())
    window.viewer.change(browser_shown=False)
    QApplication.processEvents()
    assert window.panes.area.geometry().width() == window.panes.width()
    assert hints.isHidden() or covered(window, hints) == []
    assert hints.isVisible() != hints.line.isVisible()


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
        assert covered(window, hints) == []
        qtbot.mouseClick(hints.next_button, Qt.MouseButton.LeftButton)
    assert said == [hint.for_user() for hint in FIRST_HINTS]
    assert Settings().flag("hints_seen")
    HintOffer(scene.session)
    scene.session.viewer.scroll_by(1)
    assert scene.session.viewer.state.first_hint is None


def test_the_next_start_goes_on_where_they_were_left(scene: WindowScene, window: MainWindow) -> None:
    for number in range(len(FIRST_HINTS)):
        HintOffer(scene.session)
        scene.open("head")
        assert card(window).text.text() == FIRST_HINTS[number].for_user()
        window.viewer.change(first_hint=None)  # the program ends without a click on it
        scene.session.close_all()
    HintOffer(scene.session)
    scene.open("head")
    assert window.viewer.state.first_hint is None


def test_the_start_page_has_none(scene: WindowScene, window: MainWindow) -> None:
    HintOffer(scene.session)
    scene.open("head")
    hints = card(window)
    assert hints.isVisible() or hints.line.isVisible()
    scene.session.close_all()
    assert not card(window).isVisible()
    assert not hints.line.isVisible()
    scene.open("head")
    assert card(window).isVisible() or hints.line.isVisible()


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


def test_another_language_goes_on_with_them(qtbot: QtBot, scene: WindowScene, window: MainWindow) -> None:
    scene.open("head")
    window.viewer.change(first_hint=1)
    before = card(window).text.text()
    window.viewer.change_setting("language", "zh_CN")
    QApplication.sendPostedEvents(None, 52)  # of deferred deletion

    def said() -> list[str]:
        cards = [one.text.text() for one in window.findChildren(FirstHints) if one.isVisible()]
        return cards + [one.text.text() for one in window.findChildren(HintLine) if one.isVisible()]

    qtbot.waitUntil(lambda: bool(said()))
    (shown,) = said()
    assert shown not in ("", before)


@pytest.mark.parametrize("size", [(1280, 800), (1600, 1000)])
@pytest.mark.parametrize("layout", ["1", "film", "2x2"])
def test_no_message_and_no_hint_lie_over_each_other(
    qtbot: QtBot, scene: WindowScene, window: MainWindow, size: tuple[int, int], layout: str
) -> None:
    window.resize(*size)
    scene.open("head")
    window.viewer.change(layout=layout, first_hint=0)
    hints = card(window)
    for number in range(3):
        said = Notice(Message(f"Message {number} that takes a line or two where it is narrow."), stays=True)
        scene.session.notices.tell(said)
    window.viewer.change(first_hint=1)  # which comes anew

    def apart() -> bool:
        return hints.isHidden() or not hints.geometry().intersects(window.messages.geometry())

    qtbot.waitUntil(apart)
    assert window.messages.isVisible()
    assert apart()
