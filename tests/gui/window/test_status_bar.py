"""The status line: position, value, slice, device, memory, and the warning."""

from dataclasses import replace

import pytest
from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from medviewer.gui.window.main_window import MainWindow
from medviewer.gui.window.status_bar import StatusLine, probe_text
from medviewer.limits import CACHE_BYTES, MIB
from medviewer.viewer.probe import Probe
from tests.gui.window_scene import HEAD, WindowScene


@pytest.fixture
def line(qtbot: QtBot, scene: WindowScene) -> StatusLine:
    line = StatusLine(scene.session)
    qtbot.addWidget(line)
    return line


@pytest.mark.parametrize(
    ("probe", "text"),
    [
        (Probe(198, 251, (12.4, -38.1, 63.0), 37.0, "HU"), "x 251  y 198   (12.4, −38.1, 63.0) mm   37 HU"),
        (Probe(0, 1, None, -1024.0, ""), "x 1  y 0   −1024"),
        (Probe(0, 1, None, 1234567.8, "Bq/ml"), "x 1  y 0   1234568 Bq/ml"),
        (Probe(2, 3, None, (1, 2, 3), ""), "x 3  y 2   RGB 1 2 3"),
    ],
)
def test_the_probe_reads_position_and_value(probe: Probe, text: str) -> None:
    assert probe_text(probe) == text


def test_it_follows_slice_device_and_memory(scene: WindowScene, line: StatusLine) -> None:
    assert line.slice.isHidden()
    scene.open("head")
    assert line.slice.text() == "(6/10)"
    scene.session.viewer.scroll_by(1)
    assert line.slice.text() == "(7/10)"
    scene.classify()
    assert line.device.text() == "CPU"
    line.show_memory(3 * MIB + MIB // 2)
    assert line.memory.text().startswith("memory 3.5 of 256 ")
    line.show_probe(Probe(0, 0, None, 5.0, "HU"))
    assert line.probe.text().endswith("5 HU")
    line.show_probe(None)
    assert line.probe.text() == ""


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
        for label in (window.status_line.slice, window.panes.place):
            assert label.text() == f"({index + 1}/10)"
            assert label.contentsRect().width() >= label.fontMetrics().horizontalAdvance(label.text())
    assert layouts.count == 0
    scene.session.cache_changed.emit(CACHE_BYTES)
    QApplication.processEvents()
    assert layouts.count == 0


def test_the_room_of_the_slice_is_that_of_the_stack(qtbot: QtBot, scene: WindowScene) -> None:
    window = MainWindow(scene.session)
    qtbot.addWidget(window)
    window.show()
    widths = []
    for series in ("12345678901", "1"):
        who = replace(HEAD.identity, series_number=series)
        frames = tuple(replace(frame, image_number=at + 1) for at, frame in enumerate(HEAD.frames))
        scene.session.viewer.show_stack(replace(HEAD, identity=who, frames=frames))
        QApplication.processEvents()
        label = window.status_line.slice
        assert f"Se {series} " in label.text()
        assert label.width() >= label.fontMetrics().horizontalAdvance(label.text())
        widths.append(label.width())
    assert widths[1] < widths[0]
