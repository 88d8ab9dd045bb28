"""The message bar: the newest on top, none lost, none twice."""

from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from medviewer.errors import DecoderDiedError
from medviewer.gui.message_bar import MOST_WAITING, MessageBar


def _bar(qtbot: QtBot) -> MessageBar:
    bar = MessageBar()
    qtbot.addWidget(bar)
    return bar


def test_an_error_is_shown_with_its_file_and_what_to_do(qtbot: QtBot) -> None:
    bar = _bar(qtbot)
    assert bar.isHidden()
    bar.show_error(DecoderDiedError(path="/somewhere/IM0001"))
    assert not bar.isHidden()
    assert bar.sentence.text() == "IM0001 cannot be shown: the decoder stopped while reading it."
    assert "Everything else stays open." in bar.hint.text()


def test_dismissing_uncovers_the_message_before_and_then_hides(qtbot: QtBot) -> None:
    bar = _bar(qtbot)
    bar.show_message("first", "", "error")
    bar.show_message("second", "", "error")
    assert bar.count.text() == "1 more"
    qtbot.mouseClick(bar.dismiss_button, Qt.MouseButton.LeftButton)
    assert bar.sentence.text() == "first"
    qtbot.mouseClick(bar.dismiss_button, Qt.MouseButton.LeftButton)
    assert bar.isHidden()


def test_the_same_message_is_not_stacked_twice(qtbot: QtBot) -> None:
    bar = _bar(qtbot)
    for _ in range(3):
        bar.show_message("the same", "", "error")
    bar.dismiss()
    assert bar.isHidden()


def test_good_news_replace_older_good_news_but_no_error(qtbot: QtBot) -> None:
    bar = _bar(qtbot)
    bar.show_message("an error", "", "error")
    bar.show_message("saved a", "", "info")
    bar.show_message("saved b", "", "info")
    assert bar.sentence.text() == "saved b"
    bar.dismiss()
    assert bar.sentence.text() == "an error"


def test_a_storm_of_errors_stays_countable(qtbot: QtBot) -> None:
    bar = _bar(qtbot)
    for number in range(MOST_WAITING + 1):
        bar.show_message(f"error {number}", "", "error")
    assert bar.count.text() == f"{MOST_WAITING - 1} more"


def test_markup_in_a_file_name_is_shown_literally(qtbot: QtBot) -> None:
    bar = _bar(qtbot)
    bar.show_error(DecoderDiedError(path="<b>bold</b>"))
    assert bar.sentence.textFormat() == Qt.TextFormat.PlainText
