"""Qt's own dialogs speak the program's language, without a word left in another."""

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QApplication, QFileDialog, QLabel
from pytestqt.qtbot import QtBot

from medviewer.gui.widgets.language import apply_language, language_for


@pytest.fixture
def chinese(qapp: QApplication) -> Iterator[None]:
    apply_language(qapp, "zh_CN")
    yield
    apply_language(qapp, "en")


@pytest.mark.usefixtures("chinese")
def test_the_file_dialog_is_chinese_throughout(qtbot: QtBot) -> None:
    dialog = QFileDialog()
    dialog.setOption(QFileDialog.Option.DontUseNativeDialog)
    qtbot.addWidget(dialog)
    texts = [label.text() for label in dialog.findChildren(QLabel) if label.text()]
    assert texts
    assert [text for text in texts if text.isascii() and any(map(str.isalpha, text))] == []


@pytest.mark.usefixtures("chinese")
def test_qts_own_words_come_from_qts_catalogue() -> None:
    assert QCoreApplication.translate("QPlatformTheme", "Cancel") == "取消"


def test_english_leaves_qt_alone(qapp: QApplication) -> None:
    apply_language(qapp, "zh_CN")
    apply_language(qapp, "en")
    assert QCoreApplication.translate("QPlatformTheme", "Cancel") == "Cancel"


@pytest.mark.parametrize("wanted", ["en", "zh_CN"])
def test_a_known_language_is_taken(wanted: str) -> None:
    assert language_for(wanted) == wanted
    assert language_for("tlh") in ("en", "zh_CN")
