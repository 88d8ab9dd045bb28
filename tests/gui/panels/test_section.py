"""What scrolls in the dock is never cut within a line."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from medviewer.gui.panels.section import SteadyScroll
from medviewer.gui.panels.whole_lines import MOST_COVERED_PX, whole_until
from medviewer.gui.widgets import plain_label


def test_no_line_is_cut_where_more_is_below(qtbot: QtBot) -> None:
    content = QWidget()
    column = QVBoxLayout(content)
    column.setContentsMargins(0, 0, 0, 0)
    label = plain_label("\n".join(f"line {number}" for number in range(12)), wraps=True)
    label.setAlignment(Qt.AlignmentFlag.AlignTop)
    column.addWidget(label)
    scroll = SteadyScroll(content)
    qtbot.addWidget(scroll)
    scroll.resize(200, 100)
    scroll.show()
    line = label.fontMetrics().lineSpacing()
    for height in range(90, 90 + line):
        scroll.resize(200, height)
        assert scroll.fade.isVisible()
        assert (scroll.fade.y() - label.y()) % line == 0
        assert scroll.fade.geometry().bottom() == scroll.viewport().geometry().bottom()
    lowest = label.height() // 2
    assert lowest - MOST_COVERED_PX <= whole_until(content, lowest) <= lowest
    scroll.verticalScrollBar().setValue(scroll.verticalScrollBar().maximum())
    assert not scroll.fade.isVisible()


def test_a_sentence_of_two_lines_is_shown_whole_or_not_at_all(qtbot: QtBot) -> None:
    content = QWidget()
    column = QVBoxLayout(content)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(0)
    labels = [plain_label(f"first {number}\nsecond {number}", wraps=True) for number in range(6)]
    for label in labels:
        column.addWidget(label)
    scroll = SteadyScroll(content)
    qtbot.addWidget(scroll)
    scroll.show()
    for height in range(60, 100, 3):
        scroll.resize(200, height)
        assert scroll.fade.y() in {label.y() for label in labels} | {labels[-1].geometry().bottom() + 1}


def scroll_of(qtbot: QtBot, *texts: str) -> tuple[SteadyScroll, list[QLabel]]:
    content = QWidget()
    column = QVBoxLayout(content)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(0)
    labels = [plain_label(text, wraps=True) for text in texts]
    for label in labels:
        column.addWidget(label)
    scroll = SteadyScroll(content)
    qtbot.addWidget(scroll)
    scroll.show()
    return scroll, labels


def begin_of(scroll: SteadyScroll) -> int:
    """Return the first visible place of the content."""
    covered = scroll.lid.height() if scroll.lid.isVisible() else 0
    return scroll.verticalScrollBar().value() + covered


def test_a_text_with_room_to_spare_is_cut_between_its_lines(qtbot: QtBot) -> None:
    scroll, (label,) = scroll_of(qtbot, "\n".join(f"line {number}" for number in range(5)))
    line = label.fontMetrics().lineSpacing()
    label.setAlignment(Qt.AlignmentFlag.AlignTop)
    label.setFixedHeight(6 * line + line // 3)
    for height in range(4 * line, 5 * line, 3):
        scroll.resize(200, height)
        assert scroll.fade.y() % line == 0


def test_a_page_begins_with_a_whole_line_and_the_sign_leads_to_the_end(qtbot: QtBot) -> None:
    scroll, (label,) = scroll_of(qtbot, "\n".join(f"line {number}" for number in range(24)))
    line = label.fontMetrics().lineSpacing()
    bar = scroll.verticalScrollBar()
    for height in (3 * line + 5, 5 * line + 7):
        scroll.resize(200, height)
        bar.setValue(0)
        seen_until = 0
        assert scroll.fade.isVisible()
        while scroll.fade.isVisible():
            begins = begin_of(scroll)
            assert begins % line == 0
            assert begins <= seen_until  # no line is left out between two pages
            seen_until = bar.value() + scroll.fade.y()
            before = bar.value()
            qtbot.mousePress(scroll.fade, Qt.MouseButton.LeftButton)
            assert bar.value() > before
        assert bar.value() == bar.maximum()
        assert begin_of(scroll) % line == 0
        assert begin_of(scroll) <= seen_until


def test_the_sign_is_never_dead_where_a_sentence_is_higher_than_what_is_seen(qtbot: QtBot) -> None:
    scroll, labels = scroll_of(qtbot, "one\ntwo", "three\nfour", "five\nsix")
    line = labels[0].fontMetrics().lineSpacing()
    scroll.resize(200, line * 2)
    bar = scroll.verticalScrollBar()
    assert scroll.fade.isVisible()
    clicks = 0
    while scroll.fade.isVisible():
        assert scroll.fade.y() > 0  # something is read above it
        assert (bar.value() + scroll.fade.y()) % line == 0
        qtbot.mousePress(scroll.fade, Qt.MouseButton.LeftButton)
        clicks += 1
        assert clicks < 20
    assert bar.value() == bar.maximum()


def test_the_lines_of_a_series_answer_that_have_room_are_shown(qtbot: QtBot) -> None:
    scroll, labels = scroll_of(qtbot, "above", "one\ntwo\nthree", "below\nbelow\nbelow")
    line = labels[0].fontMetrics().lineSpacing()
    scroll.resize(200, labels[1].y() + 2 * line + scroll.fade_px + 2)
    assert scroll.fade.y() == labels[1].y() + 2 * line
