"""What scrolls in the dock is never cut within a line."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from medviewer.gui.panels.section import MOST_COVERED_PX, SteadyScroll, whole_until
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
