"""Icons: drawn in the theme's colors, sharp on every screen, each of them there."""

from pathlib import Path

import pytest
from PySide6.QtCore import QSize
from PySide6.QtGui import QColor, QIcon, QPixmap
from PySide6.QtWidgets import QApplication

from medviewer import paths
from medviewer.gui.look.icons import icon
from medviewer.gui.look.theme import apply_theme
from medviewer.viewer.color_roles import colors
from medviewer.viewer.commands.table import commands
from medviewer.viewer.tools.table import TOOLS

FOLDER = paths.resource("icons", "lucide")
FILES = sorted(path.stem for path in FOLDER.glob("*.svg"))


def strongest(pixmap: QPixmap) -> str:
    """Return the color of the most opaque pixels."""
    image = pixmap.toImage()
    pixels = [image.pixelColor(x, y) for x in range(image.width()) for y in range(image.height())]
    return max(pixels, key=QColor.alpha).name()


@pytest.fixture
def dark(qapp: QApplication):
    apply_theme(qapp, "dark")
    yield
    apply_theme(qapp, "dark")


@pytest.mark.parametrize("name", FILES)
def test_each_file_is_drawn(dark: None, name: str) -> None:
    pixmap = icon(name, "text_1").pixmap(QSize(20, 20), 2.0)
    assert pixmap.size() == QSize(40, 40)
    assert strongest(pixmap) == colors().text_1


def test_an_icon_follows_the_theme_without_being_made_again(qapp: QApplication, dark: None) -> None:
    kept = icon("hand", "blue")
    before = strongest(kept.pixmap(QSize(20, 20), 1.0))
    apply_theme(qapp, "light")
    after = strongest(kept.pixmap(QSize(20, 20), 1.0))
    assert before != after
    assert QColor(after).blue() > QColor(after).red()


def test_an_icon_has_roles_for_a_button_that_is_on_and_a_menu_item_that_is_chosen(dark: None) -> None:
    made = icon("layers", "text_2", on="amber", active="on_fill")
    size = QSize(64, 64)
    assert strongest(made.pixmap(size, QIcon.Mode.Normal, QIcon.State.Off)) == colors().text_2
    assert strongest(made.pixmap(size, QIcon.Mode.Normal, QIcon.State.On)) == colors().amber
    assert strongest(made.pixmap(size, QIcon.Mode.Active, QIcon.State.Off)) == colors().on_fill


def test_an_icon_whose_file_is_gone_is_empty_and_logged(dark: None, caplog: pytest.LogCaptureFixture) -> None:
    pixmap = icon("no such icon").pixmap(QSize(20, 20), 1.0)
    assert QColor(pixmap.toImage().pixelColor(10, 10)).alpha() == 0
    assert "no such icon" in caplog.text


def test_every_command_and_tool_has_the_file_of_its_icon() -> None:
    named = {row.icon for row in (*commands(), *TOOLS.values()) if row.icon}
    assert named
    assert named <= set(FILES)


def test_every_file_is_used_and_comes_with_its_licence() -> None:
    package = Path(paths.__file__).parent
    source = "".join(path.read_text("utf-8") for path in package.rglob("*.py"))
    assert [name for name in FILES if f'"{name}"' not in source] == []
    assert "ISC License" in (FOLDER / "LICENSE").read_text("utf-8")
