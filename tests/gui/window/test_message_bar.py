"""The message bar: the newest on top, none lost, none twice, each in the language of the moment."""

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from medviewer.errors import DecoderDiedError
from medviewer.gui.session.notices import MOST_WAITING, Notices
from medviewer.gui.window.message_bar import MessageBar
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
def bar(qtbot: QtBot, notices: Notices) -> MessageBar:
    bar = MessageBar(notices)
    qtbot.addWidget(bar)
    return bar


def texts(notices: Notices) -> list[str]:
    return [notice.sentence.text for notice in notices.waiting]


def test_an_error_is_shown_with_its_file_and_what_to_do(notices: Notices, bar: MessageBar) -> None:
    assert bar.isHidden()
    notices.tell_error(DecoderDiedError(path="/somewhere/IM0001"))
    assert not bar.isHidden()
    assert bar.sentence.text() == "IM0001 cannot be shown: the decoder stopped while reading it."
    assert "Everything else stays open." in bar.hint.text()


def test_dismissing_uncovers_the_message_before_and_then_hides(
    qtbot: QtBot, notices: Notices, bar: MessageBar
) -> None:
    notices.tell(said("first"))
    notices.tell(said("second"))
    assert bar.count.text() == "1 more"
    qtbot.mouseClick(bar.dismiss_button, Qt.MouseButton.LeftButton)
    assert bar.sentence.text() == "first"
    qtbot.mouseClick(bar.dismiss_button, Qt.MouseButton.LeftButton)
    assert bar.isHidden()


def test_the_same_message_is_not_stacked_twice(notices: Notices, bar: MessageBar) -> None:
    for _ in range(3):
        notices.tell(said("the same"))
    notices.dismiss()
    assert bar.isHidden()


def test_good_news_replace_older_good_news_but_no_error(notices: Notices, bar: MessageBar) -> None:
    for notice in (said("an error"), said("saved a", "info"), said("saved b", "info")):
        notices.tell(notice)
    assert bar.sentence.text() == "saved b"
    notices.dismiss()
    assert bar.sentence.text() == "an error"


def test_good_news_pass_and_errors_stay(notices: Notices, workers: VirtualWorkers) -> None:
    for notice in (said("an error"), said("a warning", "warning"), said("saved", "info")):
        notices.tell(notice)
    workers.settle()
    assert workers.now >= 6000
    assert texts(notices) == ["an error", "a warning"]


def test_a_storm_of_errors_stays_countable(notices: Notices, bar: MessageBar) -> None:
    for number in range(MOST_WAITING + 1):
        notices.tell(said(f"error {number}"))
    assert bar.count.text() == f"{MOST_WAITING - 1} more"


def test_markup_in_a_file_name_is_shown_literally(notices: Notices, bar: MessageBar) -> None:
    notices.tell_error(DecoderDiedError(path="<b>bold</b>"))
    assert bar.sentence.textFormat() == Qt.TextFormat.PlainText


def test_a_message_leaves_with_its_cause(notices: Notices, bar: MessageBar) -> None:
    for notice in (said("one", "error", "x"), said("two", "error", "y"), said("three")):
        notices.tell(notice)
    notices.end("x")
    assert texts(notices) == ["two", "three"]
    notices.end(None)
    notices.end("unknown")
    assert texts(notices) == ["two", "three"]
    notices.tell(said("two, otherwise", "error", "y"))
    assert texts(notices) == ["three", "two, otherwise"]
    assert bar.sentence.text() == "two, otherwise"


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
        bar = MessageBar(notices)
        qtbot.addWidget(bar)
        assert bar.sentence.text() == "a.csv 已保存。"
        assert "Esc" in bar.hint.text()
        assert "stops" not in bar.hint.text()
        assert bar.accessibleDescription() == bar.sentence.text()
    finally:
        use_language("en")
