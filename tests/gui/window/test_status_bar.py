"""The status line: position and value, the use of the mouse, and the warning."""

import pytest
from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from medviewer.gui.window.main_window import MainWindow
from medviewer.gui.window.status_bar import StatusLine, probe_text
from medviewer.viewer.probe import Probe
from medviewer.viewer.tools import take_mouse_scheme
from tests.gui.window_scene import WindowScene


@pytest.fixture
def line(qtbot: QtBot, scene: WindowScene) -> StatusLine:
    line = StatusLine(scene.session)
    qtbot.addWidget(line)
    line.resize(1280, 24)
    return line


@pytest.mark.parametrize(
    ("probe", "text"),
    [
        (
            Probe(198, 251, (12.4, -38.1, 63.0), 37.0, "HU"),
            "x 251  y 198   L 12.4  A 38.1  H 63.0 mm   Original 37 HU",
        ),
        (
            Probe(0, 0, (-39.3, 44.6, -0.04), 58.0, "HU"),
            "x 0  y 0   R 39.3  P 44.6  F 0.0 mm   Original 58 HU",
        ),
        (Probe(0, 1, None, -1024.0, ""), "x 1  y 0   Original −1024"),
        (Probe(0, 1, None, 1234567.8, "Bq/ml"), "x 1  y 0   Original 1234568 Bq/ml"),
        (Probe(2, 3, None, (1, 2, 3), ""), "x 3  y 2   Original RGB 1 2 3"),
        (Probe(0, 1, None, 37.0, "HU", pane=2), "x 1  y 0   Pane 3, original 37 HU"),
    ],
)
def test_the_probe_reads_position_and_value(probe: Probe, text: str) -> None:
    assert probe_text(probe) == text


def test_it_says_what_the_mouse_does(scene: WindowScene, line: StatusLine) -> None:
    assert line.probe.text() == "No study is open"
    assert line.mouse.text() == ""
    scene.open("head")
    assert line.probe.text() == ""
    rest = "Middle: pan · Wheel: slices · Ctrl + wheel: zoom"
    assert line.mouse.text() == f"Left: window · Right: window · {rest}"
    scene.session.viewer.change(tool="scroll")
    assert line.mouse.text() == f"Left: scroll · Right: window · {rest}"
    take_mouse_scheme(scene.session.viewer, "window_zoom")
    assert line.mouse.text() == f"Left: window · Right: zoom · {rest}"
    scene.session.close_all()
    assert line.mouse.text() == ""
    assert line.probe.text() == "No study is open"


def test_it_follows_the_probe(scene: WindowScene, line: StatusLine) -> None:
    scene.open("head")
    line.show_probe(Probe(0, 0, None, 5.0, "HU"))
    assert line.probe.text().endswith("5 HU")
    line.show_probe(None)
    assert line.probe.text() == ""


@pytest.mark.parametrize("width", [200, 500, 1600])
def test_the_warning_is_never_cut(scene: WindowScene, line: StatusLine, width: int) -> None:
    scene.open("head")
    line.show_probe(Probe(198, 251, (12.4, -38.1, 63.0), 37.0, "HU"))
    line.resize(max(width, line.minimumSizeHint().width()), 24)
    line.show()
    QApplication.processEvents()
    text = line.warning.fontMetrics().horizontalAdvance(line.warning.text())
    assert line.warning.contentsRect().width() >= text
    assert line.rect().contains(line.warning.geometry())
    assert line.height() == 24
    assert not line.mouse.is_cut or " · " not in line.mouse.text()
    assert ("zoom" in line.mouse.text()) != bool(line.mouse.toolTip())


@pytest.mark.parametrize("language", ["en", "zh_CN"])
def test_neither_pixel_nor_mouse_is_cut_in_the_smallest_window(
    qtbot: QtBot, scene: WindowScene, language: str
) -> None:
    window = MainWindow(scene.session)
    qtbot.addWidget(window)
    window.show()
    window.viewer.change_setting("language", language)
    window.resize(1024, 700)
    scene.open("head")
    line = window.status_line
    line.show_probe(Probe(198, 251, (-112.4, -138.1, 163.0), -1024.0, "HU"))
    QApplication.processEvents()
    assert line.width() == 1024
    assert not line.mouse.is_cut
    assert line.mouse.text().count(" · ") >= 3
    assert not line.probe.is_cut, (line.probe.width(), line.mouse.width(), line.warning.width())
    window.viewer.change_setting("language", "en")


class Layouts(QObject):
    """Counts how often Qt lays out the contents of some widgets."""

    def __init__(self, *widgets: QWidget) -> None:
        super().__init__()
        self.count = 0
        for widget in widgets:
            widget.installEventFilter(self)

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        self.count += event.type() == QEvent.Type.LayoutRequest
        return False


def test_another_slice_lays_nothing_out_anew(qtbot: QtBot, scene: WindowScene) -> None:
    window = MainWindow(scene.session)
    qtbot.addWidget(window)
    window.show()
    scene.open("head")
    for index in (3, 2):  # the side panel has shown all of its parts then
        scene.session.viewer.scroll_to(index)
        scene.workers.settle()
        QApplication.processEvents()
    layouts = Layouts(window.status_line, window.panes)
    for index in (9, 0, 4, 7):
        scene.session.viewer.scroll_to(index)
        scene.workers.settle()
        QApplication.processEvents()
        window.status_line.show_probe(Probe(0, index, None, 10.0**index, "HU"))
        QApplication.processEvents()
        label = window.panes.place
        assert label.text() == f"({index + 1}/10)"
        assert label.contentsRect().width() >= label.fontMetrics().horizontalAdvance(label.text())
    assert layouts.count == 0
