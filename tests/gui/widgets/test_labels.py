"""Labels and tooltips show text literally, whatever it is."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QTextDocumentFragment
from pytestqt.qtbot import QtBot

from medviewer import limits
from medviewer.gui.widgets.labels import (
    SteadyLabel,
    plain_label,
    plain_tooltip,
    section_title,
    teaching_tooltip,
)

MARKUP = "<h1>DOE^JOHN</h1><img src='http://example.org/x.png'>"


def test_a_label_shows_markup_literally(qtbot: QtBot) -> None:
    label = plain_label(MARKUP)
    qtbot.addWidget(label)
    assert label.textFormat() == Qt.TextFormat.PlainText
    assert label.text() == MARKUP


def test_a_label_cuts_what_would_fill_the_screen(qtbot: QtBot) -> None:
    label = plain_label("x" * (limits.TEXT_SHOWN + 1))
    qtbot.addWidget(label)
    assert len(label.text()) == limits.TEXT_SHOWN


def test_a_steady_label_shows_all_of_its_text_and_becomes_no_narrower(qtbot: QtBot) -> None:
    label = SteadyLabel("quiet", least_width=30)
    qtbot.addWidget(label)
    label.show()
    widths = []
    for text in ("1", "100 of 1000", MARKUP, "2", "小东 100 of 1000", ""):
        label.show_text(text)
        assert label.text() == text
        assert label.width() >= max(30, label.fontMetrics().horizontalAdvance(text))
        assert label.minimumSize() == label.maximumSize() == label.size()
        widths.append(label.width())
    assert widths == sorted(widths)
    assert label.textFormat() == Qt.TextFormat.PlainText
    label.keep_room(["1000"])
    assert label.text() == ""
    assert label.fontMetrics().horizontalAdvance("1000") <= label.width() < widths[-1]


def test_a_steady_label_follows_its_font(qtbot: QtBot) -> None:
    label = SteadyLabel()
    qtbot.addWidget(label)
    label.show_text("100 of 1000")
    label.show()
    before, font = label.size(), label.font()
    font.setPixelSize(3 * label.fontInfo().pixelSize())
    label.setFont(font)
    assert label.width() >= label.fontMetrics().horizontalAdvance("100 of 1000") > before.width()
    assert label.height() > before.height()


def test_a_tooltip_reads_as_the_text_itself() -> None:
    assert QTextDocumentFragment.fromHtml(plain_tooltip(MARKUP)).toPlainText() == MARKUP


def test_a_tooltip_is_cut_at_the_limit() -> None:
    shown = QTextDocumentFragment.fromHtml(plain_tooltip("y" * (limits.TEXT_IN_TOOLTIP + 1))).toPlainText()
    assert len(shown) == limits.TEXT_IN_TOOLTIP
    assert shown.endswith("…")


def test_no_text_means_no_tooltip() -> None:
    assert plain_tooltip("") == ""


def test_a_section_title_is_not_written_in_capitals(qtbot: QtBot) -> None:
    title = section_title("Keys that you trust")
    qtbot.addWidget(title)
    assert title.text() == "Keys that you trust"


def test_a_tooltip_keeps_its_lines() -> None:
    for said in (plain_tooltip("one\ntwo <b>"), teaching_tooltip("Title", "", "one\ntwo <b>")):
        assert QTextDocumentFragment.fromHtml(said).toPlainText().endswith("one\ntwo <b>")
