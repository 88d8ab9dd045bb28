"""The themes: every text can be read on every ground that it stands on."""

import pytest
from PySide6.QtWidgets import QApplication

from medviewer.gui.widgets import theme
from medviewer.gui.widgets.theme import THEMES, Theme, contrast


@pytest.mark.parametrize("colors", THEMES.values(), ids=list(THEMES))
@pytest.mark.parametrize("ground", ["window", "panel", "raised"])
@pytest.mark.parametrize("ink", ["text", "quiet", "attention", "danger"])
def test_text_contrasts_with_its_ground(colors: Theme, ground: str, ink: str) -> None:
    assert contrast(getattr(colors, ink), getattr(colors, ground)) >= 4.5


@pytest.mark.parametrize("colors", THEMES.values(), ids=list(THEMES))
def test_text_contrasts_with_accent_and_choice(colors: Theme) -> None:
    assert contrast(colors.on_accent, colors.accent) >= 4.5
    assert contrast(colors.text, colors.chosen) >= 4.5
    assert contrast(colors.accent, colors.panel) >= 4.5


def test_contrast_is_that_of_the_standard() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("name", THEMES)
def test_applying_a_theme_makes_it_the_current_one(qapp: QApplication, name: str) -> None:
    theme.apply_theme(qapp, name)
    assert theme.current().name == name
    assert qapp.palette().window().color().name() == theme.current().window


def test_an_unknown_theme_is_the_dark_one(qapp: QApplication) -> None:
    assert theme.apply_theme(qapp, "no such theme").name == "dark"


@pytest.mark.parametrize("colors", THEMES.values(), ids=list(THEMES))
def test_the_style_sheet_leaves_no_role_unfilled(colors: Theme) -> None:
    assert "$" not in theme.style_sheet(colors)
