"""Messages over the panes.

None lost, none twice, nothing moved, each in the language of the moment.
"""

from collections.abc import Iterator
from functools import partial

import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtWidgets import QApplication, QLabel, QWidget
from pytestqt.qtbot import QtBot

from medviewer.errors import DecoderDiedError
from medviewer.gui.dialogs.program.messages import MessagesDialog
from medviewer.gui.session.notices import MOST_WAITING, Notices
from medviewer.gui.window.toasts import MOST_SHOWN, Toasts
from medviewer.translation import Message, message, use_language
from medviewer.viewer.notice import Notice
from tests.virtual_time import VirtualWorkers

A, B = "study a", "study b"


def said(text: str, severity: str = "error", cause: object = None, *about: str) -> Notice:
    return Notice(Message(text), severity=severity, cause=cause, about=frozenset(about))


@pytest.fixture
def workers(qapp: QApplication) -> VirtualWorkers:
    return VirtualWorkers(1)


@pytest.fixture
def notices(workers: VirtualWorkers) -> Iterator[Notices]:
    notices = Notices(workers)
    yield notices
    notices.deleteLater()


@pytest.fixture
def bar(qtbot: QtBot, notices: Notices) -> Toasts:
    return toasts_of(qtbot, notices)


def shown_panes(qtbot: QtBot, left: int) -> tuple[QWidget, QWidget]:
    """Return panes at a place, and the window around them."""
    around = QWidget()
    qtbot.addWidget(around)
    around.resize(2000, 1200)
    panes = QWidget(around)
    panes.setGeometry(left, 50, 800, 600)
    around.show()
    return panes, around


def toasts_of(qtbot: QtBot, notices: Notices) -> Toasts:
    panes, around = shown_panes(qtbot, 100)
    return Toasts(notices, panes, around, lambda: None)


def test_a_message_lies_beside_the_images_where_there_is_room(qtbot: QtBot, notices: Notices) -> None:
    panes, around = shown_panes(qtbot, 300)
    beside = [QRect(0, 200, 280, 400)]
    bar = Toasts(
        notices,
        panes,
        around,
        lambda: None,
        images=lambda: [QRect(300, 50, 800, 600)],
        beside=lambda: beside[0],
    )
    notices.tell(said("something", "info"))
    assert beside[0].contains(bar.geometry())
    beside[0] = QRect(0, 590, 280, 10)  # a long list leaves no room
    notices.tell(said("something else", "info"))
    assert panes.geometry().contains(bar.geometry())


def test_the_words_of_a_narrow_message_have_its_width_for_themselves(qtbot: QtBot, notices: Notices) -> None:
    panes, around = shown_panes(qtbot, 300)
    bar = Toasts(
        notices,
        panes,
        around,
        lambda: None,
        images=lambda: [QRect(300, 50, 800, 600)],
        beside=lambda: QRect(0, 200, 240, 400),
    )
    actions = ((message("Show folder"), lambda: None),)
    notices.tell(Notice(Message("slice.png is saved"), severity="info", actions=actions))
    toast = bar.newest
    qtbot.waitUntil(partial(_has_room, toast.sentence))
    assert bar.width() < 240
    assert toast.sentence.width() >= 140
    assert toast.buttons[0].geometry().top() >= toast.sentence.geometry().bottom()
    assert toast.rect().contains(toast.buttons[0].geometry())


def texts(notices: Notices) -> list[str]:
    return [notice.sentence.text for notice in notices.waiting]


def test_an_error_is_shown_with_its_file_and_what_to_do(notices: Notices, bar: Toasts) -> None:
    assert bar.isHidden()
    notices.tell_error(DecoderDiedError(path="/somewhere/IM0001"))
    assert not bar.isHidden()
    assert bar.newest.sentence.text() == "IM0001 cannot be shown: the decoder stopped while reading it."
    assert "Everything else stays open." in bar.newest.hint.text()


def test_at_most_three_are_shown_the_newest_below_and_closing_one_brings_back_an_older(
    qtbot: QtBot, notices: Notices, bar: Toasts
) -> None:
    for text in ("first", "second", "third", "fourth"):
        notices.tell(said(text))
    assert [toast.sentence.text() for toast in bar.shown] == ["second", "third", "fourth"]
    tops = [toast.mapTo(bar, QPoint(0, 0)).y() for toast in bar.shown]
    assert tops == sorted(tops)
    assert bar.more_button.text() == "1 more"
    qtbot.mouseClick(bar.shown[1].close_button, Qt.MouseButton.LeftButton)
    assert [toast.sentence.text() for toast in bar.shown] == ["first", "second", "fourth"]
    assert bar.more_button.isHidden()
    for _ in range(3):
        qtbot.mouseClick(bar.newest.close_button, Qt.MouseButton.LeftButton)
    assert bar.isHidden()


def test_messages_lie_in_the_corner_of_the_panes_and_stay_there(
    qtbot: QtBot, notices: Notices, bar: Toasts
) -> None:
    notices.tell(said("a message " * 30))
    panes = bar.parentWidget().findChildren(QWidget)[0]
    for width, height in ((800, 600), (300, 500), (1400, 900)):
        panes.resize(width, height)
        corner = bar.geometry().bottomRight()
        assert (corner.x(), corner.y()) == (100 + width - 13, 50 + height - 13)
        assert bar.width() == min(420, width - 24)
        qtbot.waitUntil(partial(_has_room, bar.newest.sentence))


def test_messages_keep_off_texts_and_make_way_for_those_that_come(qtbot: QtBot, notices: Notices) -> None:
    around = QWidget()
    qtbot.addWidget(around)
    around.resize(1000, 800)
    panes = QWidget(around)
    panes.setGeometry(100, 50, 800, 600)
    around.show()
    texts = [QRect(800, 600, 90, 40)]  # zoom and scale in the corner
    asked: list[int] = []

    def places() -> list[QRect]:
        asked.append(1)
        return texts

    bar = Toasts(notices, panes, around, lambda: None, places)
    notices.tell(said("a message"))
    assert not bar.geometry().intersects(texts[0])
    assert bar.geometry().bottom() < 600 or bar.geometry().right() < 800
    texts.append(QRect(bar.geometry()))
    bar.make_way_soon()
    qtbot.waitUntil(lambda: not any(bar.geometry().intersects(text) for text in texts))
    assert panes.geometry().contains(bar.geometry())
    stays = QRect(bar.geometry())
    texts.pop()
    looked = len(asked)
    bar.make_way_soon()
    qtbot.waitUntil(lambda: len(asked) > looked)
    assert bar.geometry() == stays  # it moves for a text only


def test_messages_look_for_a_place_once_while_texts_change_at_each_step(
    qtbot: QtBot, notices: Notices
) -> None:
    around = QWidget()
    qtbot.addWidget(around)
    around.resize(1000, 800)
    around.show()
    looked: list[int] = []

    def texts() -> list[QRect]:
        looked.append(1)
        return []

    bar = Toasts(notices, around, around, lambda: None, texts)
    notices.tell(said("a message"))
    looked.clear()
    for _ in range(20):
        bar.make_way_soon()
        QApplication.processEvents()
    qtbot.waitUntil(lambda: len(looked) > 0)
    assert len(looked) == 1


def _has_room(label: QLabel) -> bool:
    return label.height() >= label.heightForWidth(label.width()) > 0


def test_an_action_is_run_by_its_button(qtbot: QtBot, notices: Notices, bar: Toasts) -> None:
    ran: list[str] = []
    actions = ((message("Show folder"), lambda: ran.append("shown")),)
    notices.tell(Notice(Message("saved"), severity="info", actions=actions))
    (button,) = bar.newest.buttons
    assert button.text() == "Show folder"
    qtbot.waitUntil(partial(_has_room, bar.newest.sentence))
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert ran == ["shown"]


def test_the_list_holds_what_passed_until_its_study_closes(
    qtbot: QtBot, workers: VirtualWorkers, notices: Notices
) -> None:
    notices.tell(said("saved", "info"))
    notices.tell(Notice(Message("cut short"), Message("Ask for it again."), cause=1, about=frozenset({A})))
    workers.settle()
    dialog = MessagesDialog(notices)
    qtbot.addWidget(dialog)
    dialog.show()
    lines = dialog.list.toPlainText().splitlines()
    assert lines[0].endswith("cut short")
    assert lines[1].strip() == "Ask for it again."
    assert lines[2].endswith("saved")
    notices.close({A})
    assert "cut short" not in dialog.list.toPlainText()
    assert "saved" in dialog.list.toPlainText()
    assert dialog.nothing.isHidden()


def test_the_same_message_is_not_stacked_twice(notices: Notices, bar: Toasts) -> None:
    for _ in range(3):
        notices.tell(said("the same"))
    notices.dismiss()
    assert bar.isHidden()


def test_good_news_replace_older_good_news_but_no_error(notices: Notices, bar: Toasts) -> None:
    for notice in (said("an error"), said("saved a", "info"), said("saved b", "info")):
        notices.tell(notice)
    assert bar.newest.sentence.text() == "saved b"
    notices.dismiss()
    assert bar.newest.sentence.text() == "an error"


def test_good_news_pass_and_errors_stay(notices: Notices, workers: VirtualWorkers) -> None:
    for notice in (said("an error"), said("a warning", "warning"), said("saved", "info")):
        notices.tell(notice)
    workers.settle()
    assert workers.now >= 6000
    assert texts(notices) == ["an error", "a warning"]


def test_a_storm_of_errors_stays_countable(notices: Notices, bar: Toasts) -> None:
    for number in range(MOST_WAITING + 1):
        notices.tell(said(f"error {number}"))
    assert bar.more_button.text() == f"{MOST_WAITING - MOST_SHOWN} more"


def test_markup_in_a_file_name_is_shown_literally(notices: Notices, bar: Toasts) -> None:
    notices.tell_error(DecoderDiedError(path="<b>bold</b>"))
    assert bar.newest.sentence.textFormat() == Qt.TextFormat.PlainText


def test_a_message_leaves_with_its_cause(notices: Notices, bar: Toasts) -> None:
    for notice in (said("one", "error", "x"), said("two", "error", "y"), said("three")):
        notices.tell(notice)
    notices.end("x")
    assert texts(notices) == ["two", "three"]
    notices.end(None)
    notices.end("unknown")
    assert texts(notices) == ["two", "three"]
    notices.tell(said("two, otherwise", "error", "y"))
    assert texts(notices) == ["three", "two, otherwise"]
    assert bar.newest.sentence.text() == "two, otherwise"


def test_a_message_leaves_with_the_last_of_its_files(notices: Notices) -> None:
    for notice in (said("a", "error", 1, A), said("a and b", "error", 2, A, B), said("none", "error", 3)):
        notices.tell(notice)
    notices.close({A})
    assert texts(notices) == ["a and b", "none"]
    notices.close({B, "study c"})
    assert texts(notices) == ["a and b", "none"]
    notices.close({A, B})
    assert texts(notices) == ["none"]
    notices.tell(said("b", "error", 4, B))
    notices.close()
    assert texts(notices) == ["none"]


def test_a_new_bar_says_what_waits_in_the_language_of_the_moment(qtbot: QtBot, notices: Notices) -> None:
    notices.tell(Notice(message("{name} is saved.", name="a.csv"), message("Esc stops it.")))
    use_language("zh_CN")
    try:
        bar = toasts_of(qtbot, notices)
        assert bar.newest.sentence.text() == "a.csv 已保存。"
        assert "Esc" in bar.newest.hint.text()
        assert "stops" not in bar.newest.hint.text()
        assert bar.newest.accessibleDescription() == bar.newest.sentence.text()
    finally:
        use_language("en")
