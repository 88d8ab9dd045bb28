"""A processed image beside the original in one pane.

A line that is dragged, and the difference.
"""

import json
from io import BytesIO

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import QEvent, QPoint, Qt
from pytestqt.qtbot import QtBot

from medviewer.export.pictures.png import CHUNK
from medviewer.gui.image_view.view import PaneView
from medviewer.gui.window.main_window import MainWindow
from medviewer.imaging.processing import difference_image, process, render
from medviewer.viewer import state as display_state
from medviewer.viewer.commands import command_by_id
from medviewer.viewer.state import Comparison, PaneState
from tests.gui.pane_hands import mouse
from tests.gui.window_scene import WindowScene
from tests.saved_pictures import annotated_png


@pytest.fixture
def window(head_window: MainWindow) -> MainWindow:
    return head_window


def process_as(scene: WindowScene, window: MainWindow, name: str) -> PaneView:
    scene.session.viewer.set_processing(scene.session.state.focus, name)
    scene.workers.settle()
    return settled(scene, window)


def settled(scene: WindowScene, window: MainWindow) -> PaneView:
    scene.workers.settle()
    window.panes.focused_pane.refresh()
    return window.panes.focused_pane.view


def focused(scene: WindowScene) -> PaneState:
    assert scene.session.focused is not None
    return scene.session.focused


def pixels(view: PaneView) -> np.ndarray:
    """Return the red channel of a view without texts near its middle."""
    image = view.grab().toImage().convertToFormat(view.grab().toImage().Format.Format_RGB32)
    rows = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.bytesPerLine())
    return rows[:, 2 : 4 * image.width() : 4].astype(int)


def press(qtbot: QtBot, window: MainWindow, key: Qt.Key) -> None:
    window.panes.focused_pane.setFocus()
    qtbot.keyClick(window.panes.focused_pane, key, Qt.KeyboardModifier.ShiftModifier)


def drag(window: MainWindow, start: QPoint, end: QPoint) -> None:
    pane, left = window.panes.focused_pane, Qt.MouseButton.LeftButton
    mouse(pane, QEvent.Type.MouseButtonPress, start.x(), start.y(), left)
    mouse(pane, QEvent.Type.MouseMove, end.x(), end.y(), left)
    mouse(pane, QEvent.Type.MouseButtonRelease, end.x(), end.y(), left)


def test_the_original_is_left_of_the_line_and_the_processed_image_right(
    qtbot: QtBot, scene: WindowScene, window: MainWindow
) -> None:
    original = pixels(settled(scene, window))
    view = process_as(scene, window, "denoised")
    denoised = pixels(view)
    press(qtbot, window, Qt.Key.Key_W)
    assert focused(scene).compares is Comparison.WIPE
    wiped = pixels(settled(scene, window))
    height, width = wiped.shape
    rows, half = slice(height // 4, height // 2 - 20), width // 2
    left, right = slice(half - 150, half - 10), slice(half + 10, half + 150)
    np.testing.assert_array_equal(wiped[rows, left], original[rows, left])
    np.testing.assert_array_equal(wiped[rows, right], denoised[rows, right])
    assert not np.array_equal(original[rows, right], denoised[rows, right])
    press(qtbot, window, Qt.Key.Key_W)
    np.testing.assert_array_equal(pixels(settled(scene, window))[rows, left], denoised[rows, left])


def test_the_line_is_dragged_and_moved_by_keys_and_drags_no_window(
    qtbot: QtBot, scene: WindowScene, window: MainWindow
) -> None:
    view = process_as(scene, window, "denoised")
    press(qtbot, window, Qt.Key.Key_W)
    view = settled(scene, window)
    area, voi = view.viewport(), focused(scene).voi
    start = QPoint(area.width() // 2 + 3, area.height() // 3)
    end = QPoint(area.width() // 4, area.height() // 3 + 40)
    drag(window, start, end)
    assert view.wipe is not None
    assert view.wipe.share == pytest.approx(0.25, abs=0.03)
    assert focused(scene).voi is voi
    before = view.wipe.share
    press(qtbot, window, Qt.Key.Key_Right)
    assert view.wipe.share == pytest.approx(before + 0.02)
    drag(window, QPoint(round(view.wipe.share * area.width()), 90), QPoint(-50, 90))
    assert 0 < view.wipe.share < 0.05  # it can be taken again


def test_away_from_the_line_the_tool_is_the_chosen_one(
    qtbot: QtBot, scene: WindowScene, window: MainWindow
) -> None:
    process_as(scene, window, "denoised")
    press(qtbot, window, Qt.Key.Key_W)
    view = settled(scene, window)
    area = view.viewport()
    start = QPoint(area.width() // 2 + 60, area.height() // 3)
    drag(window, start, start + QPoint(40, 0))
    assert focused(scene).voi is not None
    assert view.wipe is not None
    assert view.wipe.share == 0.5


def test_it_follows_slice_and_window(scene: WindowScene, window: MainWindow) -> None:
    process_as(scene, window, "denoised")
    command_by_id("image.wipe").perform(window.viewer)
    first = settled(scene, window).wipe
    scene.session.viewer.scroll_by(1)
    second = settled(scene, window).wipe
    command_by_id("image.preset_4").perform(window.viewer)
    third = settled(scene, window).wipe
    assert first is not None
    assert second is not None
    assert third is not None
    assert not np.array_equal(first.before, second.before)
    assert not np.array_equal(second.before, third.before)
    scene.session.viewer.set_processing(scene.session.state.focus, "original")
    assert settled(scene, window).wipe is None


def test_the_difference_is_shown_said_and_exported(
    qtbot: QtBot, scene: WindowScene, window: MainWindow
) -> None:
    process_as(scene, window, "denoised")
    press(qtbot, window, Qt.Key.Key_D)
    view = settled(scene, window)
    words = " ".join(line.text for line in view.places.lines)
    assert "difference from the original" in words
    assert "or more" in words
    assert "not for measurement" in words
    pane = focused(scene)
    settings = scene.session.settings
    expected = render(
        difference_image(process(pane.seen, "denoised", settings, voi=pane.seen_voi), pane.seen_voi)
    )
    assert expected.max() == 255
    shown = window.panes.focused_pane
    assert shown.shown.rendered is not None
    np.testing.assert_array_equal(shown.shown.rendered[0].image.processed.rendered, expected)
    picture = Image.open(BytesIO(annotated_png(pane, settings=settings)))
    assert json.loads(picture.text[CHUNK])["picture"]["difference_from_the_original"]
    press(qtbot, window, Qt.Key.Key_D)
    assert "difference" not in " ".join(line.text for line in settled(scene, window).places.lines)


@pytest.mark.parametrize(
    ("name", "wipe", "difference"),
    [
        ("original", False, False),
        ("denoised", True, True),
        ("thresholded", True, False),
        ("edges", True, False),
    ],
)
def test_what_cannot_be_compared_says_why(
    scene: WindowScene, window: MainWindow, name: str, wipe: bool, difference: bool
) -> None:
    process_as(scene, window, name)
    actions = window.bar.actions
    for action, is_offered in (("image.wipe", wipe), ("image.difference", difference)):
        assert actions[action].isEnabled() is is_offered
        if not is_offered:
            assert "original" in actions[action].toolTip()
    display = scene.session.state
    scene.session.viewer.show(display_state.set_comparison(display, display.focus, Comparison.DIFFERENCE))
    assert (focused(scene).compares is Comparison.DIFFERENCE) is difference


def test_a_comparison_is_of_one_pane(scene: WindowScene, window: MainWindow) -> None:
    process_as(scene, window, "denoised")
    command_by_id("image.wipe").perform(window.viewer)
    compared = [pane.compares for pane in scene.session.state.panes if pane is not None]
    assert compared.count(Comparison.WIPE) == 1
