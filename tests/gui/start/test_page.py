"""The start page opens studies, shows recent ones, names nobody if asked, and leaves with the first image."""

from pathlib import Path

import pytest
from PySide6.QtCore import QBuffer, QMimeData, QPoint, QPointF, QRect, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QImage
from PySide6.QtWidgets import QApplication, QScrollArea
from pytestqt.qtbot import QtBot

from medviewer.gui.start.cards import PICTURE_HEIGHT, StudyCard
from medviewer.gui.start.page import StartPage
from medviewer.gui.studies.skipped_files import SkippedFilesDialog
from medviewer.gui.window.main_window import MainWindow
from medviewer.settings import Settings
from medviewer.translation import message
from medviewer.viewer.color_roles import colors
from medviewer.viewer.memory.recent_studies import RecentStudy
from medviewer.viewer.start import card_lines, card_title
from tests.gui.window_scene import HEAD, WindowScene


def _png(value: int) -> bytes:
    image = QImage(8, 8, QImage.Format.Format_Grayscale8)
    image.fill(value)
    buffer = QBuffer()
    buffer.open(QBuffer.OpenModeFlag.WriteOnly)
    image.save(buffer, "PNG")
    return bytes(buffer.data().data())


CT = RecentStudy(
    (Path("head"),),
    description="CT head, unenhanced",
    modality="CT",
    study_date="20261120",
    patient_name="DOE, Jane",
    series=3,
    images=40,
    seen=message("Im {image}", image=10),
    thumbnail=_png(200),
)
CR = RecentStudy((Path("pelvis"),), description="Chest PA", modality="CR", study_date="20030327", images=1)


@pytest.fixture
def window(qtbot: QtBot, scene: WindowScene) -> MainWindow:
    window = MainWindow(scene.session, Settings())
    qtbot.addWidget(window)
    window.resize(1600, 1000)
    with qtbot.waitActive(window):
        window.show()
        window.activateWindow()
    return window


@pytest.fixture
def page(window: MainWindow) -> StartPage:
    return window.start


def _recent(window: MainWindow, *studies: RecentStudy) -> list[StudyCard]:
    window.viewer.change(recent_studies=studies)
    QApplication.processEvents()
    return [card for card in window.start.studies if card.isVisible()]


def test_it_stands_over_the_panes_until_something_is_open(
    scene: WindowScene, window: MainWindow, page: StartPage
) -> None:
    assert page.isVisible()
    assert page.geometry() == window.splitter.geometry()
    scene.open("head")
    assert not page.isVisible()
    scene.session.close_all()
    assert page.isVisible()


def test_nothing_behind_it_is_seen_or_reached_by_tab(
    qtbot: QtBot, window: MainWindow, page: StartPage
) -> None:
    shown = window.grab().toImage()
    middle = page.mapTo(window, page.rect().center() + QPoint(0, 200))
    assert shown.pixelColor(middle).name() == colors().window
    reached = set()
    for _ in range(30):
        focused = QApplication.focusWidget()
        assert focused is not None
        assert page.isAncestorOf(focused)
        reached.add(focused)
        qtbot.keyClick(focused, Qt.Key.Key_Tab)
    assert {page.field.folder_button, page.field.files_button, *page.trials, *page.samples} <= reached


def test_the_keyboard_is_where_something_can_be_opened(window: MainWindow, page: StartPage) -> None:
    assert QApplication.focusWidget() is page.field.folder_button


def test_a_dropped_study_is_opened(qtbot: QtBot, scene: WindowScene, page: StartPage) -> None:
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile("/somewhere/head")])
    buttons, keys = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    enter = QDragEnterEvent(QPoint(9, 9), Qt.DropAction.CopyAction, mime, buttons, keys)
    page.dragEnterEvent(enter)
    assert enter.isAccepted()
    assert page.field.grab().toImage().pixelColor(30, 30).name() == colors().blue_bed
    page.dropEvent(QDropEvent(QPointF(9, 9), Qt.DropAction.CopyAction, mime, buttons, keys))
    assert page.field.grab().toImage().pixelColor(30, 30).name() == colors().panel
    scene.workers.settle()
    assert [stack.key for stack in scene.session.library.stacks] == [HEAD.key]


def test_recent_studies_stand_on_cards_with_their_pictures(window: MainWindow) -> None:
    cards = _recent(window, CT, CR)
    assert [card.title for card in cards] == ["DOE, Jane", "Without a name"]
    assert cards[0].lines == ("CT head, unenhanced", "2026-11-20 · 3 series", "Im 10")
    assert cards[1].lines == ("Chest PA", "2003-03-27 · 1 picture")
    picture = cards[0].grab().toImage().pixelColor(100, PICTURE_HEIGHT // 2)
    assert picture.lightness() == 200


def test_cards_name_nobody_while_the_identity_is_hidden(qtbot: QtBot, window: MainWindow) -> None:
    cards = _recent(window, CT, CR)
    window.start.hide_button.click()
    assert window.viewer.state.identity_hidden
    for card in cards:
        said = "\n".join((card.title, *card.lines, card.toolTip(), card.accessibleName()))
        for told in ("DOE", "head", "Chest", "2026", "2003", "pelvis"):
            assert told not in said
    assert [card.title for card in cards] == ["CT", "CR"]
    window.start.hide_button.click()
    assert cards[0].title == "DOE, Jane"


@pytest.mark.parametrize("how", ["click", "Enter"])
def test_a_card_opens_its_study(qtbot: QtBot, scene: WindowScene, window: MainWindow, how: str) -> None:
    card = _recent(window, CT, CR)[0]
    if how == "click":
        qtbot.mouseClick(card, Qt.MouseButton.LeftButton)
    else:
        card.setFocus()
        qtbot.keyClick(card, Qt.Key.Key_Return)
    assert card.is_opening
    scene.workers.settle()
    assert [stack.key for stack in scene.session.library.stacks] == [HEAD.key]
    assert not card.is_opening
    assert QApplication.focusWidget() is window.panes.focused_pane


def test_arrow_keys_go_from_card_to_card(qtbot: QtBot, window: MainWindow) -> None:
    first, second = _recent(window, CT, CR)
    first.setFocus()
    qtbot.keyClick(first, Qt.Key.Key_Right)
    assert QApplication.focusWidget() is second
    qtbot.keyClick(second, Qt.Key.Key_Left)
    assert QApplication.focusWidget() is first


def test_the_list_can_be_cleared(qtbot: QtBot, window: MainWindow) -> None:
    _recent(window, CT)
    window.start.clear_button.click()
    assert window.viewer.state.recent_studies == ()
    assert not window.start.clear_button.isVisible()


@pytest.mark.parametrize(("width", "in_row"), [(900, 4), (1280, 5), (1600, 5)])
def test_ten_recent_studies_are_there_in_rows_that_fit(
    qtbot: QtBot, window: MainWindow, width: int, in_row: int
) -> None:
    cards = _recent(window, *([CT] * 10))
    assert len(cards) == 10
    window.resize(width, 700)
    qtbot.waitUntil(lambda: len({card.x() for card in cards}) == in_row)
    QApplication.processEvents()
    cards[0].setFocus()
    for _ in range(9):
        qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Right)
    assert QApplication.focusWidget() is cards[9]
    shown = QRect(cards[9].mapTo(window.start, QPoint()), cards[9].size())
    assert window.start.rect().contains(shown)  # the page scrolled there


@pytest.mark.parametrize("width", [900, 1028, 1036, 1280])
def test_the_page_is_never_wider_than_its_view(window: MainWindow, width: int) -> None:
    window.resize(1280, 700)
    _recent(window, *([CT] * 10))
    window.resize(width, 700)  # at once: no event later mends it
    area = window.start.findChild(QScrollArea)
    view = area.viewport()
    assert view.width() < width
    assert area.widget().width() <= view.width()
    QApplication.processEvents()
    assert all(
        card.mapTo(view, QPoint()).x() + card.width() <= view.width() for card in window.start.studies[:10]
    )


def test_a_narrow_window_has_its_parts_below_each_other(qtbot: QtBot, window: MainWindow) -> None:
    window.resize(900, 700)
    QApplication.processEvents()
    assert window.start.trials[0].y() >= 0
    assert window.start.trials[0].mapTo(window, QPoint()).y() > window.start.field.mapTo(window, QPoint()).y()


def test_what_cannot_be_shown_is_told_in_the_field(
    scene: WindowScene, window: MainWindow, page: StartPage
) -> None:
    scene.open("broken1.dcm", "broken2.dcm")
    assert page.isVisible()
    assert page.field.failure.text() == "2 files could not be read"
    page.field.list_button.click()
    dialog = window.browser.findChild(SkippedFilesDialog)
    assert dialog is not None
    assert dialog.isVisible()
    dialog.reject()
    scene.open("head")
    assert not page.isVisible()


def test_the_progress_of_opening_stands_in_the_field_with_a_way_to_stop(
    scene: WindowScene, window: MainWindow, page: StartPage
) -> None:
    scene.session.open_paths([Path("head")])
    scene.session.scan_progress.emit(120, 500)
    assert page.field.progress_text.text() == "120 of 500 files"
    assert page.field.cancel_button.isVisible()
    page.field.cancel_button.click()
    scene.workers.settle()
    assert not scene.session.is_scanning
    assert not page.field.cancel_button.isVisible()


def test_a_thing_to_try_says_what_to_do_with_the_first_image(
    monkeypatch: pytest.MonkeyPatch, scene: WindowScene, window: MainWindow, page: StartPage
) -> None:
    monkeypatch.setattr(scene.session, "open_demo", lambda: scene.session.open_paths([Path("head")]))
    told: list[str] = []
    scene.session.notices.told.connect(lambda notice: told.append(notice.sentence.for_user()))
    page.trials[1].click()
    assert told == []
    scene.workers.settle()
    assert told == [page.trials[1].trial.hint.for_user()]
    scene.session.close_all()
    scene.open("head")
    assert len(told) == 1


def test_language_and_theme_can_be_changed(qtbot: QtBot, window: MainWindow, page: StartPage) -> None:
    try:
        page.theme_button.click()
        assert colors().name == "light"
        assert page.theme_button.text() == "Light"
        page.theme_button.click()
        page.language_button.click()
        assert window.start is not page
        assert window.start.field.title.text() == "将检查拖放到此处"
        window.start.language_button.click()
        assert window.start.field.title.text() == "Drop a study here"
    finally:
        window.viewer.change_setting("language", "en")
        window.viewer.change_setting("theme", "dark")


def test_texts_of_a_card_take_what_is_known() -> None:
    assert card_title(RecentStudy((Path("/data/CT head"),)), hidden=False) == "CT head"
    assert card_title(RecentStudy((Path("/data/DOE"),)), hidden=True) == "Study"
    assert card_lines(RecentStudy((Path("/data/x"),)), hidden=False) == ()
    assert card_lines(CR, hidden=True) == ("1 picture",)


def test_it_counts_the_models_once_they_are_known(window: MainWindow, page: StartPage) -> None:
    known = window.viewer.state.models
    window.viewer.change(models=())
    assert "models" not in page.about.text()
    window.viewer.change(models=known)
    assert page.about.text().startswith(f"{len(known)} models · ")
