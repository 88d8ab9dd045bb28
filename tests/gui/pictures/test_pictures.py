"""Panes are copied and printed as they are seen, never without the words, never with a hidden name."""

import re
import subprocess
import sys
import zlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication, QImage
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from medviewer import translation
from medviewer.gui.pictures import picture as pictures
from medviewer.gui.pictures.picture import layout_picture, pane_picture
from medviewer.gui.pictures.printing import PrintDialog
from medviewer.gui.window.main_window import MainWindow
from medviewer.viewer.ui import Dialog
from tests.gui.window_scene import WindowScene

Key = Qt.Key
CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def window(qtbot: QtBot, scene: WindowScene) -> Iterator[MainWindow]:
    window = MainWindow(scene.session)
    qtbot.addWidget(window)
    window.resize(1280, 800)
    window.activateWindow()
    with qtbot.waitExposed(window):
        window.show()
    scene.open("head")
    QApplication.processEvents()
    QGuiApplication.clipboard().clear()
    yield window
    if translation.language() != "en":
        window.viewer.change_setting("language", "en")


def press(qtbot: QtBot, key: Qt.Key, modifiers: Qt.KeyboardModifier) -> QImage:
    """Press a key where the keyboard is and return the clipboard's text."""
    widget = QApplication.focusWidget()
    assert widget is not None
    qtbot.keyClick(widget, key, modifiers)
    return QGuiApplication.clipboard().image()


def said(scene: WindowScene) -> str:
    return scene.session.notices.waiting[-1].sentence.for_user()


def upper(image: QImage, height: int) -> QImage:
    return image.copy(0, 0, image.width(), height)


def ink(image: QImage) -> int:
    """Count the pixels that are not black."""
    return sum(
        image.pixelColor(x, y).lightness() > 60 for y in range(image.height()) for x in range(image.width())
    )


def foot(image: QImage, above: int) -> QImage:
    return image.copy(0, above, image.width(), image.height() - above)


def test_the_pane_is_copied_as_seen_with_the_words_below(
    qtbot: QtBot, scene: WindowScene, window: MainWindow
) -> None:
    view = window.panes.focused_pane.view
    seen = view.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
    copied = press(qtbot, Key.Key_C, CTRL)
    assert copied.width() == seen.width()
    assert copied.height() > seen.height()
    assert upper(copied, seen.height()) == seen
    assert ink(foot(copied, seen.height())) > 100
    assert said(scene) == "The picture is copied, with the name where the panes show it."
    assert QApplication.focusWidget() is window.panes.focused_pane


def test_a_name_that_was_just_hidden_is_not_copied(
    qtbot: QtBot, scene: WindowScene, window: MainWindow
) -> None:
    named = press(qtbot, Key.Key_C, CTRL)
    window.viewer.change(identity_hidden=True)  # and nothing is painted in between
    copied = press(qtbot, Key.Key_C, CTRL)
    texts = [line.text for line in window.panes.focused_pane.view.text.top_left]
    QApplication.processEvents()
    assert copied != named
    assert copied == press(qtbot, Key.Key_C, CTRL)
    assert scene.session.focused is not None
    assert scene.session.focused.identity.shown_name not in texts
    assert said(scene) == "The picture is copied; it shows no name."


def test_all_panes_are_copied_at_their_places(qtbot: QtBot, window: MainWindow) -> None:
    window.viewer.change(layout="2x2", maximized=None)
    QApplication.processEvents()
    area = window.panes.area
    seen = area.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
    places = [pane.view.rect().translated(pane.view.mapTo(area, QPoint())) for pane in window.panes.panes[:4]]
    copied = press(qtbot, Key.Key_C, CTRL | SHIFT)
    assert copied.width() == seen.width()
    assert upper(copied, seen.height()) == seen
    assert all(ink(copied.copy(place)) > 100 for place in places)


def test_the_words_are_whole_under_a_narrow_picture(
    window: MainWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    narrow = QImage(60, 40, QImage.Format.Format_RGB32)
    narrow.fill(Qt.GlobalColor.black)
    high = pictures.with_words(narrow, "Denoised")
    wide = pictures.with_words(narrow.scaled(900, 40), "Denoised")
    assert high.height() > 40 + 3 * 15  # several lines
    assert wide.height() < 40 + 2 * 15
    assert ink(high) > 0.7 * ink(wide)


@pytest.mark.parametrize("ratio", [1.0, 2.0])
def test_a_picture_can_be_finer_than_the_screen(window: MainWindow, ratio: float) -> None:
    for picture in (pane_picture(window.panes.focused_pane, ratio), layout_picture(window.panes, ratio)):
        assert picture.devicePixelRatio() == ratio
    assert layout_picture(window.panes, ratio).width() == round(window.panes.area.width() * ratio)


def test_nothing_is_copied_where_nothing_is_shown(
    qtbot: QtBot, scene: WindowScene, window: MainWindow
) -> None:
    scene.session.close_all()
    window.bar.actions["export.copy"].trigger()
    assert QGuiApplication.clipboard().image().isNull()
    assert "Open a study first." in window.bar.actions["export.copy"].toolTip()


def test_a_page_is_seen_before_it_is_printed_and_saved_as_pdf(
    qtbot: QtBot, scene: WindowScene, window: MainWindow, tmp_path: Path
) -> None:
    window.bar.actions["export.print"].trigger()
    dialog = window.dialog
    assert isinstance(dialog, PrintDialog)
    assert dialog.preview.pageCount() == 1
    one = dialog.picture
    dialog.content.setCurrentIndex(1)
    assert dialog.picture != one
    path = tmp_path / "page.pdf"
    dialog.save_pdf(str(path))
    assert path.read_bytes().startswith(b"%PDF-")
    assert path.stat().st_mode & 0o777 == 0o600
    assert b"DOE" not in path.read_bytes()  # title and author name nobody
    assert said(scene) == "page.pdf is saved."
    assert not dialog.isVisible()


def page_of(document: bytes) -> tuple[tuple[int, int], QImage, str]:
    """Return the contents of a document of one page.

    Its paper in mm, its picture, and the letters of its texts.
    """
    assert document.count(b"/Type /Page\n") == 1
    (points,) = re.findall(rb"/MediaBox \[0 0 ([0-9.]+) ([0-9.]+)\]", document)
    wide, high = (round(float(one) / 72 * 25.4) for one in points)
    (image,) = re.finditer(
        rb"/Subtype /Image\n/Width (\d+)\n/Height (\d+)\n/BitsPerComponent 8\n/ColorSpace /DeviceRGB\n"
        rb"/Length \d+ 0 R\n/Filter /FlateDecode\n>>\nstream\n",
        document,
    )
    columns, rows = map(int, image.groups())
    pixels = zlib.decompressobj().decompress(document[image.end() :])
    picture = QImage(pixels, columns, rows, 3 * columns, QImage.Format.Format_RGB888).copy()
    places = [one.end() for one in re.finditer(rb"\nstream\n", document)]
    plain = [zlib.decompressobj().decompress(document[at:]) for at in places if document[at] == 0x78]
    tables = re.findall(rb"beginbfrange(.*?)endbfrange", b"".join((document, *plain)), re.DOTALL)
    codes = re.findall(rb"<(\w{4})>", b"".join(tables))
    return (wide, high), picture, "".join(chr(int(code, 16)) for code in codes)


@pytest.mark.parametrize("content", [0, 1])
def test_a_saved_page_has_each_pixel_on_paper_and_the_words(
    window: MainWindow, tmp_path: Path, content: int
) -> None:
    window.open_dialog(Dialog.PRINT)
    dialog = window.dialog
    assert isinstance(dialog, PrintDialog)
    dialog.content.setCurrentIndex(content)
    path = tmp_path / "page.pdf"
    dialog.save_pdf(str(path))
    (wide, high), picture, letters = page_of(path.read_bytes())
    assert sorted((wide, high)) in ([210, 297], [216, 279])
    asked = dialog.picture.convertToFormat(QImage.Format.Format_RGB888)
    asked.setDevicePixelRatio(1)
    assert picture == asked
    assert (wide > high) == (asked.width() > asked.height())
    assert set("medviewerResearchuseonlynotfordiagnosis") <= set(letters)


def test_the_paper_is_turned_as_the_picture_is(window: MainWindow) -> None:
    window.open_dialog(Dialog.PRINT)
    dialog = window.dialog
    assert isinstance(dialog, PrintDialog)
    for index in (0, 1):
        dialog.content.setCurrentIndex(index)
        paper = dialog.printer.pageLayout().fullRect()
        assert (paper.width() > paper.height()) == (dialog.picture.width() > dialog.picture.height())
    dialog.reject()


def test_a_page_that_cannot_be_saved_says_so(scene: WindowScene, window: MainWindow, tmp_path: Path) -> None:
    window.open_dialog(Dialog.PRINT)
    dialog = window.dialog
    assert isinstance(dialog, PrintDialog)
    dialog.save_pdf(str(tmp_path / "no such folder" / "page.pdf"))
    assert "page.pdf" in said(scene)
    assert dialog.isVisible()
    dialog.reject()


def test_printing_is_loaded_only_when_something_is_printed() -> None:
    code = "import sys; from medviewer import app; print('PySide6.QtPrintSupport' in sys.modules)"
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ended.stdout.strip() == "False"
