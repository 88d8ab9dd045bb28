"""The chart of values follows the drawing that is selected, and shows its pixels' values."""

from collections.abc import Iterator

import numpy as np
import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from medviewer.gui.dialogs.images.values import ValuesDialog
from medviewer.gui.panes.pane import Pane
from medviewer.imaging.annotation.placement import points_in_image
from medviewer.viewer.annotations.edits import select
from medviewer.viewer.commands.table import commands
from medviewer.viewer.ui import Dialog
from tests.gui.pane_hands import LEFT, drag
from tests.gui.window_scene import WindowScene


@pytest.fixture
def dialog(qtbot: QtBot, session, pane: Pane) -> Iterator[ValuesDialog]:
    dialog = ValuesDialog(session)
    qtbot.addWidget(dialog)
    dialog.show()
    return dialog


def draw(session, pane: Pane, tool: str, start, end):
    session.viewer.change(tool=tool)
    drag(pane, LEFT, start, end)
    one = session.state.panes[0].annotations[-1]
    select(session.viewer, one.id)
    return one


def test_the_values_along_a_length_are_those_of_the_pixels_below_it(session, pane, dialog):
    one = draw(session, pane, "length", (100, 120), (250, 160))
    frame = session.state.panes[0].frame
    start, end = np.array(points_in_image(frame.geometry, one))
    x, y = dialog.curve.getData()
    assert x[0] == 0
    assert x[-1] == pytest.approx(np.hypot(*((end - start) * frame.geometry.spacing_mm[::-1])))
    for share, value in zip(x / x[-1], y, strict=True):
        column, row = np.floor(start + share * (end - start)).astype(int)
        assert value == pytest.approx(
            frame.modality.slope * frame.stored[row, column] + frame.modality.intercept
        )
    assert "mm" in dialog.plot.getAxis("bottom").labelText
    assert dialog.lines.text().endswith("mm")


def test_a_region_shows_its_histogram(session, pane, dialog):
    draw(session, pane, "rectangle", (100, 120), (250, 160))
    x, y = dialog.curve.getData()
    assert len(x) == len(y) + 1
    assert y.sum() > 100
    assert dialog.curve.isVisible()


def test_the_chart_leaves_with_its_drawing_and_says_what_to_do(session, pane, dialog):
    draw(session, pane, "length", (100, 120), (250, 160))
    assert dialog.copy_button.isEnabled()
    session.viewer.scroll_by(1)
    pane.refresh()
    assert not dialog.curve.isVisible()
    assert not dialog.plot.isVisible()  # no empty axes
    assert not dialog.copy_button.isEnabled()
    assert "Select a length or a region" in dialog.heading.text()


def test_another_drawing_changes_the_chart(session, pane, dialog):
    draw(session, pane, "length", (100, 120), (250, 160))
    before = dialog.curve.getData()[0]
    draw(session, pane, "length", (60, 60), (90, 60))
    assert dialog.curve.getData()[0][-1] < before[-1]


def test_a_drawing_without_values_has_no_chart(session, pane):
    [command] = [one for one in commands() if one.id == "annotation.values"]
    draw(session, pane, "length", (100, 120), (250, 160))
    assert command.unavailable(session.viewer.state) is None
    draw(session, pane, "arrow", (60, 60), (90, 60))
    assert "region" in command.unavailable(session.viewer.state).for_user()


def test_copy_puts_every_number_on_the_clipboard(session, pane, dialog):
    draw(session, pane, "length", (100, 120), (250, 160))
    dialog.copy_button.click()
    head, *rows = QApplication.clipboard().text().split("\n")
    assert head == "Distance (mm)\tValue (HU)"
    assert len(rows) == len(dialog.curve.getData()[0])


def test_the_command_opens_it_beside_the_usable_window(window, scene: WindowScene):
    scene.open("head")
    window.open_dialog(Dialog.VALUES)
    chart = window.dialogs.beside(Dialog.VALUES)
    assert isinstance(chart, ValuesDialog)
    assert chart.isVisible()
    assert not chart.isModal()
