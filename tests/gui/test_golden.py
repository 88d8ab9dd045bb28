"""Golden pictures of controls, messages and a pane, with the bundled fonts, in both languages and themes.

The machines that draw them smooth edges differently: pictures are compared in blocks, whose mean color may
differ by a little. To make them anew after a wanted change, and to look at what changed, run

    MEDVIEWER_GOLDEN=write python -m pytest tests/gui/test_golden.py
"""

from collections.abc import Callable, Iterator
from types import SimpleNamespace

import numpy as np
import pytest
from PySide6.QtWidgets import QApplication, QCheckBox, QComboBox, QLineEdit, QPushButton, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from medviewer.gui.dialogs.program import about
from medviewer.gui.look.icons import icon
from medviewer.gui.look.theme import apply_theme
from medviewer.gui.look.type_scale import Type, font
from medviewer.gui.panes.pane import Pane
from medviewer.gui.widgets.labels import plain_label
from medviewer.gui.widgets.language import apply_language
from medviewer.gui.window.toasts import Toast
from medviewer.translation import message, translate
from medviewer.viewer.notice import Notice
from tests.gui.golden_pictures import MOST_IN_A_BLOCK, assert_as_kept, blocks
from tests.gui.pane_scene import SceneSession, make_stack


def controls() -> QWidget:
    sheet = QWidget()
    column = QVBoxLayout(sheet)
    for step in Type:
        label = plain_label(f"{step.name} 0123456789 {translate('Research use only, not for diagnosis')}")
        label.setFont(font(step))
        column.addWidget(label)
    for role in ("quiet", "faint", "attention", "danger", "good", "strong"):
        column.addWidget(plain_label(translate("Window"), role))
    for role in ("", "primary", "ai", "outline", "link"):
        button = QPushButton(translate("Export"))
        button.setIcon(icon("image-down", "on_fill" if role in ("primary", "ai") else "text_2"))
        button.setProperty("role", role)
        column.addWidget(button)
    field, box, choice = QLineEdit("40 HU"), QCheckBox(translate("Layout")), QComboBox()
    box.setChecked(True)
    choice.addItem(translate("Open"))
    for widget in (field, box, choice):
        column.addWidget(widget)
    return sheet


def toast() -> QWidget:
    around = QWidget()
    said = message("{name} is saved and reads back correctly.", name="slice.png")
    notice = Notice(said, message("Esc stops it."), "warning", actions=((message("Show folder"), bool),))
    column = QVBoxLayout(around)
    column.addWidget(Toast(notice, bool, around))
    return around


def pane() -> QWidget:
    session = SceneSession()
    made = Pane(session, 0)
    session.viewer.show_stack(make_stack())
    made.refresh()
    return made


MADE: dict[str, tuple[Callable[[], QWidget], tuple[int, int]]] = {
    "controls": (controls, (520, 640)),
    "toast": (toast, (420, 90)),
    "about": (about.AboutDialog, (480, 340)),
    "pane": (pane, (480, 420)),
}


@pytest.fixture(autouse=True)
def same_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    named = SimpleNamespace(python_version=lambda: "3", system=lambda: "System", machine=lambda: "machine")
    monkeypatch.setattr(about, "platform", named)
    monkeypatch.setattr(about, "qVersion", lambda: "6")
    monkeypatch.setattr(about, "__version__", "1")


@pytest.fixture
def look(qapp: QApplication) -> Iterator[Callable[[str, str], None]]:
    def choose(language: str, theme: str) -> None:
        apply_language(qapp, language)
        apply_theme(qapp, theme)

    yield choose
    choose("en", "dark")


@pytest.mark.parametrize("theme", ["dark", "light"])
@pytest.mark.parametrize("language", ["en", "zh_CN"])
@pytest.mark.parametrize("name", MADE)
def test_it_looks_as_it_did(
    qtbot: QtBot, look: Callable[[str, str], None], name: str, language: str, theme: str
) -> None:
    look(language, theme)
    make, size = MADE[name]
    widget = make()
    qtbot.addWidget(widget)
    widget.resize(*size)
    with qtbot.waitExposed(widget):
        widget.show()
    widget.setFocus()
    if isinstance(widget, Pane):
        widget.refresh()
    assert_as_kept(widget.grab().toImage(), f"{name}-{language}-{theme}")


def test_another_color_and_a_missing_word_are_noticed(qtbot: QtBot, look: Callable[[str, str], None]) -> None:
    look("en", "dark")
    widget = toast()
    qtbot.addWidget(widget)
    widget.resize(420, 90)
    widget.show()
    before = blocks(widget.grab().toImage())
    look("en", "light")
    assert np.abs(blocks(widget.grab().toImage()) - before).max() > MOST_IN_A_BLOCK
    look("en", "dark")
    inner = widget.findChild(Toast)
    assert inner is not None
    inner.sentence.setText("")
    assert np.abs(blocks(widget.grab().toImage()) - before).max() > MOST_IN_A_BLOCK
