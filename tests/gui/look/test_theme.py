"""Themes and type scale: every text can be read on every ground.

Figures have one width.
"""

import pytest
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import QApplication, QDialog, QHBoxLayout, QLabel, QPushButton
from pytestqt.qtbot import QtBot

from medviewer import translation
from medviewer.gui.look import theme
from medviewer.gui.look.type_scale import Type, Weight, font
from medviewer.imaging import image_colors
from medviewer.viewer.color_roles import THEMES, Colors, colors, contrast

GROUNDS = ("window", "panel", "raised", "hover", "field", "blue_bed", "amber_bed", "ai_bed")
INKS = ("text_1", "text_2", "text_3", "blue", "amber", "ai", "good", "danger")


@pytest.fixture
def dark_again(qapp: QApplication):
    yield
    theme.apply_theme(qapp, "dark")


@pytest.mark.parametrize("theme_colors", THEMES.values(), ids=list(THEMES))
@pytest.mark.parametrize("ground", GROUNDS)
@pytest.mark.parametrize("ink", INKS)
def test_text_contrasts_with_its_ground(theme_colors: Colors, ground: str, ink: str) -> None:
    assert contrast(getattr(theme_colors, ink), getattr(theme_colors, ground)) >= 4.5


@pytest.mark.parametrize("theme_colors", THEMES.values(), ids=list(THEMES))
def test_text_contrasts_with_filled_buttons(theme_colors: Colors) -> None:
    assert contrast(theme_colors.on_fill, theme_colors.blue_fill) >= 4.5
    assert contrast(theme_colors.on_fill, theme_colors.ai_fill) >= 4.5


def test_words_and_marks_contrast_with_the_black_around_images() -> None:
    inks = {name: color for name, color in vars(image_colors).items() if name.isupper() and name != "GROUND"}
    assert len(inks) > 8
    for name, color in inks.items():
        assert contrast(color, image_colors.GROUND) >= 4.5, name


def test_contrast_is_that_of_the_standard() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("name", THEMES)
def test_applying_a_theme_makes_it_the_current_one(qapp: QApplication, dark_again: None, name: str) -> None:
    theme.apply_theme(qapp, name)
    assert colors().name == name
    assert qapp.palette().window().color().name() == colors().window


def test_an_unknown_theme_is_the_dark_one(qapp: QApplication) -> None:
    assert theme.apply_theme(qapp, "no such theme").name == "dark"


@pytest.mark.parametrize("theme_colors", THEMES.values(), ids=list(THEMES))
def test_the_style_sheet_leaves_no_role_unfilled(theme_colors: Colors) -> None:
    assert "$" not in theme.style_sheet(theme_colors)


def test_a_label_has_the_body_size_and_figures_of_one_width(qapp: QApplication, qtbot) -> None:
    theme.apply_theme(qapp, "dark")
    label = QLabel("118")
    qtbot.addWidget(label)
    label.ensurePolished()
    assert label.font().pixelSize() == Type.BODY.size_px
    metrics = label.fontMetrics()
    assert len({metrics.horizontalAdvance(digit * 4) for digit in "0123456789"}) == 1


def test_a_label_of_a_step_keeps_it_under_the_style_sheet(qapp: QApplication, qtbot) -> None:
    theme.apply_theme(qapp, "dark")
    label = QLabel("word")
    label.setFont(font(Type.LARGE, Weight.STRONG))
    qtbot.addWidget(label)
    label.ensurePolished()
    assert (label.font().pixelSize(), label.font().weight()) == (20, 600)


def test_the_smallest_size_is_larger_in_chinese() -> None:
    assert (Type.TAG.size_px, Type.TAG.line_px, Type.BODY.size_px) == (11, 16, 13)
    translation.use_language("zh_CN")
    try:
        assert (Type.TAG.size_px, Type.TAG.line_px, Type.BODY.size_px) == (12, 17, 13)
        assert font(Type.TAG).pixelSize() == 12
    finally:
        translation.use_language("en")


@pytest.mark.parametrize("step", Type)
def test_a_line_is_higher_than_its_letters(qapp: QApplication, step: Type) -> None:
    assert QFontMetrics(font(step)).capHeight() < step.line_px


@pytest.mark.parametrize("name", THEMES)
def test_the_outline_of_secondary_buttons_contrasts_with_all_that_lies_around_them(
    name: str, qtbot: QtBot, qapp: QApplication, dark_again: None
) -> None:
    theme.apply_theme(qapp, name)
    dialog = QDialog()
    qtbot.addWidget(dialog)
    row = QHBoxLayout(dialog)
    button, outlined = QPushButton("Cancel"), QPushButton("Agree")
    outlined.setProperty("role", "outline")
    for one in (button, outlined):
        one.setAutoDefault(False)
        row.addWidget(one)
    dialog.show()
    picture = dialog.grab().toImage()
    ground = picture.pixelColor(1, 1).name()
    for one in (button, outlined):
        edge = picture.pixelColor(one.x() + one.width() // 2, one.y()).name()
        assert contrast(edge, ground) >= 4.5
