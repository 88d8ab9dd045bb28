"""The status line: position, value, slice, device, memory, and the warning."""

import pytest
from pytestqt.qtbot import QtBot

from medviewer.gui.window.status_bar import StatusLine, probe_text
from medviewer.limits import MIB
from medviewer.viewer.probe import Probe
from tests.gui.window_scene import WindowScene


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
