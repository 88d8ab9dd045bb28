"""Lines of text keep their highest and lowest pixels in every script, and what tells them apart."""

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QPointF, QRect, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QImage, QPainter
from PySide6.QtWidgets import QApplication, QStyleOptionViewItem
from pytestqt.qtbot import QtBot

from medviewer.dicom.model import Library
from medviewer.gui.image_view.text_painter import TextPainter
from medviewer.gui.studies.row_model import Role
from medviewer.gui.studies.row_painter import RowPainter
from medviewer.gui.studies.study_list import StudyList
from medviewer.gui.widgets.text_lines import LONGEST, line_extent, told_apart, wrapped_lines
from medviewer.limits import TEXT_IN_TOOLTIP
from medviewer.viewer.render.text_layout import Box, Placed
from tests.gui.pane_scene import identity, make_stack
from tests.gui.window_scene import library

SCRIPTS = {
    "Latin": "Ǻgjpqy Çâ̧ģ|ỆỸ",
    "Thai": "ญี่ปุ่น ฎุฏู ปั้ญู",
    "Arabic": "مُحَمَّدٍ ٱلنَّبِيِّ جٍ",
    "Hebrew": "יְרוּשָׁלַ͏ִם ךְ",
    "Devanagari": "कॄष्ण द्ध्र्य हृीं",
    "Tibetan": "བསྒྲུབས་ཧཱུྃ",
    "Chinese": "王小東（丁）",
    "Korean": "홍길동",
    "Japanese": "ヤマダ タロウ、ぷ",
    "mixed": "Doe, Jane (王小東) ปู่ jg",
}
HIGH, WIDE, MARGIN = 200, 600, 70


def ink_rows(image: QImage) -> list[int]:
    """Return the rows with any ink in them, of white on black."""
    gray = image.convertToFormat(QImage.Format.Format_Grayscale8)
    pixels = np.frombuffer(gray.constBits(), np.uint8).reshape(gray.height(), gray.bytesPerLine())
    return [int(row) for row in np.flatnonzero(pixels[:, : gray.width()].max(axis=1) > 40)]


def canvas() -> QImage:
    image = QImage(WIDE, HIGH, QImage.Format.Format_RGB32)
    image.fill(QColor("black"))
    return image


@pytest.fixture
def font(qapp: QApplication) -> QFont:
    font = QFont(qapp.font())
    font.setPointSizeF(10)
    return font


@pytest.mark.parametrize("script", SCRIPTS)
@pytest.mark.parametrize("points", [8, 10, 21])
def test_a_line_is_as_high_as_what_is_drawn(font: QFont, script: str, points: float) -> None:
    font.setPointSizeF(points)
    image = canvas()
    painter = QPainter(image)
    painter.setFont(font)
    painter.setPen(QColor("white"))
    painter.drawText(QPointF(5, 100), SCRIPTS[script])
    painter.end()
    rows = ink_rows(image)
    ascent, descent = line_extent(SCRIPTS[script], font)
    assert rows
    assert 100 - ascent <= rows[0]
    assert rows[-1] < 100 + descent


def test_a_word_is_broken_at_its_low_lines_first(font: QFont) -> None:
    text = "DWI_dir80_AP_TRACEW"
    width = QFontMetricsF(font).horizontalAdvance(text) - 2
    assert [line.text for line in wrapped_lines(text, font, int(width))] == ["DWI_dir80_AP_", "TRACEW"]


@pytest.mark.parametrize("script", SCRIPTS)
def test_a_broken_text_is_whole_and_no_line_is_too_wide(font: QFont, script: str) -> None:
    text = " ".join([SCRIPTS[script]] * 6)
    for width in (40, 90):
        lines = wrapped_lines(text, font, width)
        assert "".join("".join(line.text.split()) for line in lines) == "".join(text.split())
        assert len(lines) > 1


def test_a_text_is_broken_at_its_dots_first(font: QFont) -> None:
    text = "1991-01-01 · ID 12343@hospital · CT"
    wide = QFontMetricsF(font).horizontalAdvance(text) + 2
    assert [line.text for line in wrapped_lines(text, font, int(wide))] == [text]
    assert [line.text for line in wrapped_lines(text, font, int(0.7 * wide))] == [
        *("1991-01-01", "ID 12343@hospital · CT")
    ]


def row_image(rows: StudyList, place: int, top: int) -> tuple[QImage, int]:
    """Return a row painted alone on black, and its height."""
    painter_of_rows = rows.itemDelegate()
    assert isinstance(painter_of_rows, RowPainter)
    option = QStyleOptionViewItem()
    index = rows.rows.index(place)
    height = painter_of_rows.sizeHint(option, index).height()
    option.rect = QRect(0, top, rows.viewport().width(), height)  # type: ignore[misc]  # the stub lacks the setter
    image = QImage(rows.viewport().width(), height + 2 * top, QImage.Format.Format_RGB32)
    image.fill(QColor("black"))
    painter = QPainter(image)
    painter_of_rows.paint(painter, option, index)
    painter.end()
    return image, height


def list_of(qtbot: QtBot, found: Library) -> StudyList:
    rows = StudyList()
    qtbot.addWidget(rows)
    rows.resize(250, 700)
    rows.show()
    rows.show_library(found)
    return rows


@pytest.mark.parametrize("script", SCRIPTS)
def test_rows_of_the_list_hold_all_pixels_of_names_and_descriptions(qtbot: QtBot, script: str) -> None:
    text = SCRIPTS[script]
    who = replace(identity(text), series_description=text, study_description=text)
    rows = list_of(qtbot, library(make_stack(3, who=who)))
    assert [row.title for row in rows.rows.rows] == [text] * 3
    for place in range(3):
        image, height = row_image(rows, place, 50)
        inked = ink_rows(image)
        assert inked
        assert inked[0] >= 50
        assert inked[-1] < 50 + height


@pytest.mark.parametrize("script", SCRIPTS)
def test_texts_on_a_pane_keep_their_lowest_pixels(font: QFont, script: str) -> None:
    ink, text = TextPainter(font), SCRIPTS[script]
    line = Placed(text, "text", Box(5, 80, ink.ruler.width(text), ink.ruler.line_height), text)
    stamped, free = canvas(), canvas()
    painter = QPainter(stamped)
    for place, stamp in ink.rendered_lines([line], 1.0):
        painter.drawPixmap(place, stamp)
    painter.end()
    painter = QPainter(free)
    painter.setFont(ink.font)
    painter.setPen(QColor("white"))
    painter.drawText(QPointF(5, 80 + QFontMetricsF(ink.font).ascent()), text)
    painter.end()
    shown, wanted = ink_rows(stamped), ink_rows(free)
    assert (shown[0], shown[-1]) == (wanted[0], wanted[-1])


ENDS = ["AX T1 SE " * 3 + tail for tail in ("pre contrast", "post contrast", "post contrast delayed 10 min")]
MIDDLES = [
    f"{'protocol of the department for heads ' * 5}{part}{' reconstructed again' * 5}" for part in "12"
]


@pytest.mark.parametrize("descriptions", [ENDS, MIDDLES, [f"{'x' * 900}{number}" for number in range(3)]])
def test_what_tells_two_stacks_apart_is_never_cut_off(qtbot: QtBot, descriptions: list[str]) -> None:
    stacks = [
        make_stack(3, who=replace(identity(series=str(number)), series_description=text))
        for number, text in enumerate(descriptions)
    ]
    rows = list_of(qtbot, library(*stacks))
    painter_of_rows, shown = rows.itemDelegate(), []
    assert isinstance(painter_of_rows, RowPainter)
    for stack, text in zip(stacks, descriptions, strict=True):
        index = rows.rows.place_of(stack.key)
        lines = painter_of_rows.lines(index.data(Role.ROW), rows.viewport().width())
        said = "".join(line.text.text for line in lines).replace(" ", "")
        shown.append(said)
        if len(text) <= LONGEST:
            assert text.replace(" ", "") in said
        assert "…" not in said or len(text) > LONGEST
        assert text in index.data(Qt.ItemDataRole.ToolTipRole) or len(text) > TEXT_IN_TOOLTIP / 2
    assert len(set(shown)) == len(descriptions)


def test_long_texts_keep_where_they_differ() -> None:
    long = "a" * 300
    texts = [f"{long}1{long}", f"{long}2{long}", f"{long}1{long}b", "short"]
    shown = told_apart(texts)
    assert shown[3] == "short"
    assert len(set(shown)) == 4
    assert "1" in shown[0]
    assert "2" in shown[1]
    assert shown[2].endswith("b")
    assert all(len(text) < 200 for text in shown)


def test_a_text_on_a_pane_is_told_from_what_lies_under_it(qapp: QApplication) -> None:
    """The letter of a side is as thin and as bright as an edge."""
    ink = TextPainter(qapp.font())
    image = canvas()
    image.fill(QColor("white"))
    box = Box(MARGIN, MARGIN, ink.ruler.width("P"), ink.ruler.line_height)
    painter = QPainter(image)
    for place, stamp in ink.rendered_lines([Placed("P", "text", box, "P")], 1):
        painter.drawPixmap(place, stamp)
    painter.end()
    around = [(x, y) for x in (box.x, box.x + box.width - 1) for y in (box.y + 1, box.y + box.height - 2)]
    assert max(QColor(image.pixel(x, y)).lightness() for x, y in around) < 110
