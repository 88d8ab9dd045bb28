"""The window for image quality shows numbers of the regions of the image that is shown."""

import math
from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from medviewer.gui.dialogs.images.quality import QualityDialog
from medviewer.gui.panes.pane import Pane
from medviewer.imaging.annotation.placement import points_in_image
from medviewer.imaging.frame import Acquisition, FrameAttributes
from medviewer.viewer.annotations.quality import quality_rows
from medviewer.viewer.ui import Dialog
from tests.gui.pane_hands import LEFT, drag
from tests.gui.window_scene import WindowScene


@pytest.fixture
def dialog(qtbot: QtBot, session, pane: Pane) -> Iterator[QualityDialog]:
    dialog = QualityDialog(session)
    qtbot.addWidget(dialog)
    dialog.show()
    session.workers.settle()
    return dialog


def draw(session, pane: Pane, start, end):
    session.viewer.change(tool="rectangle")
    before = len(session.state.panes[0].annotations)
    drag(pane, LEFT, start, end)
    session.workers.settle()
    assert len(session.state.panes[0].annotations) == before + 1
    return session.state.panes[0].annotations[-1]


def said(dialog: QualityDialog) -> dict[str, str]:
    return {row.title.for_user(): row.value.for_user() for row in dialog.rows}


def test_the_numbers_are_those_of_the_drawn_pixels(session, pane, dialog):
    assert "Mean" not in said(dialog)
    assert "Draw a region" in dialog.hint.text()
    one = draw(session, pane, (100, 120), (250, 260))
    other = draw(session, pane, (90, 300), (190, 380))
    frame = session.state.panes[0].frame
    means, spreads = [], []
    for drawn in (one, other):
        corners = np.array(points_in_image(frame.geometry, drawn))
        (x0, y0), (x1, y1) = np.ceil(corners.min(axis=0) - 0.5), np.ceil(corners.max(axis=0) - 0.5)
        pixels = frame.stored[int(y0) : int(y1), int(x0) : int(x1)].astype(float) - 1024
        means.append(pixels.mean())
        spreads.append(pixels.std(ddof=1))
    dialog.region.setCurrentIndex(dialog.region.findData(one.id))
    dialog.other.setCurrentIndex(dialog.other.findData(other.id))
    session.workers.settle()
    found = said(dialog)
    assert found["Mean"] == f"{means[0]:.4g} HU"
    assert found["Noise of the region"] == f"{spreads[0]:.4g} HU"
    assert float(found["CNR"]) == pytest.approx(abs(means[0] - means[1]) / spreads[1], rel=0.01, abs=1e-3)
    assert "HU count from water" in found["SNR"]
    assert found["Uniformity of five regions"].endswith("HU")


def test_numbers_leave_with_their_image(session, pane, dialog):
    draw(session, pane, (100, 120), (250, 260))
    assert "Mean" in said(dialog)
    session.workers.hold("quality")
    session.viewer.scroll_by(1)
    pane.refresh()
    assert said(dialog) == {}
    session.workers.release()
    session.workers.settle()
    assert "Mean" not in said(dialog)
    assert dialog.place.text().endswith(")")


def test_copy_puts_every_row_on_the_clipboard(session, pane, dialog):
    draw(session, pane, (100, 120), (250, 260))
    dialog.copy_button.click()
    assert len(QApplication.clipboard().text().split("\n")) == len(dialog.rows)


def test_the_exposure_index_is_told_or_said_to_be_absent(session, pane, dialog):
    state = session.state.panes[0]
    detector = FrameAttributes(modality="DX")
    silent = replace(state, frame=replace(state.frame, attributes=detector))
    told = {row.title.for_user(): row.value.for_user() for row in quality_rows(silent, None, None)}
    assert told["Exposure index"] == "the file does not state it"
    stated = Acquisition(exposure_index=500, target_exposure_index=250)
    spoken = replace(state, frame=replace(state.frame, attributes=detector, acquisition=stated))
    told = {row.title.for_user(): row.value.for_user() for row in quality_rows(spoken, None, None)}
    assert told["Exposure index"] == "500"
    assert told["Deviation index"] == "the file does not state it"
    assert told["Deviation index, computed"] == "+3.0"


def test_an_index_that_is_no_number_is_none(session, pane, dialog):
    state = session.state.panes[0]
    stated = Acquisition(exposure_index=math.nan, target_exposure_index=500, deviation_index=math.inf)
    frame = replace(state.frame, attributes=FrameAttributes(modality="DX"), acquisition=stated)
    told = {
        r.title.for_user(): r.value.for_user() for r in quality_rows(replace(state, frame=frame), None, None)
    }
    assert told["Exposure index"] == told["Deviation index"] == "the file does not state it"
    assert "Deviation index, computed" not in told


def test_the_commands_open_them(window, scene: WindowScene):
    scene.open("head")
    window.bar.actions["annotation.quality"].trigger()
    assert isinstance(window.dialogs.beside(Dialog.QUALITY), QualityDialog)
    window.bar.actions["view.test_pattern"].trigger()
    pattern = window.dialogs.dialog
    assert pattern is not None
    pattern.resize(800, 600)
    shown = pattern.pattern()
    assert shown.width() == round(pattern.width() * pattern.devicePixelRatioF())
    pattern.close()
