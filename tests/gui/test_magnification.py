"""How large images are shown.

True size, smoothed or not, one pane on the whole screen.
"""

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, QSize, QSizeF, Qt
from PySide6.QtGui import QColor, QMouseEvent, QScreen
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from medviewer.gui.dialogs import ScreenSizeDialog
from medviewer.gui.image_view import true_size
from medviewer.gui.image_view.view import PaneView
from medviewer.gui.widgets.screens import screen_name, stated_per_mm
from medviewer.gui.window.main_window import MainWindow
from medviewer.imaging import image_colors
from medviewer.imaging.display import to_display_image
from medviewer.imaging.frame import SpacingKind, Window
from medviewer.viewer.commands import command_by_id
from medviewer.viewer.render import screen_sizes_from, screen_sizes_text, with_screen_size
from tests.gui.pane_scene import make_frame
from tests.gui.window_scene import HEAD, WindowScene


@pytest.fixture
def window(head_window: MainWindow) -> MainWindow:
    return head_window


def large(window: MainWindow) -> PaneView:
    return window.panes.focused_pane.view


def zoom_words(window: MainWindow) -> str:
    window.panes.focused_pane.refresh()
    return " ".join(line.full for line in large(window).places.lines if "Zoom" in line.full)


def press(qtbot: QtBot, window: MainWindow, key: Qt.Key, *modifiers: Qt.KeyboardModifier) -> None:
    window.panes.focused_pane.setFocus()
    held = Qt.KeyboardModifier.NoModifier
    for one in modifiers:
        held |= one
    qtbot.keyClick(window.panes.focused_pane, key, held)


def screen_of(monkeypatch: pytest.MonkeyPatch, per_mm: float | None) -> None:
    monkeypatch.setattr(true_size, "stated_per_mm", lambda _screen: per_mm)


def put(scene: WindowScene, kind: SpacingKind, spacing_mm: tuple[float, float] | None) -> None:
    frame = make_frame(HEAD, 5)
    changed = replace(frame, geometry=replace(frame.geometry, spacing_kind=kind, spacing_mm=spacing_mm))
    panes = tuple(
        None if pane is None else replace(pane, frame=changed) for pane in scene.session.state.panes
    )
    scene.session.viewer.show(replace(scene.session.state, panes=panes))
    scene.workers.settle()


def test_ten_mm_of_the_image_are_ten_mm_on_the_screen(
    qtbot: QtBot, scene: WindowScene, window: MainWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    screen_of(monkeypatch, 4.0)
    assert "true size" not in zoom_words(window)
    press(qtbot, window, Qt.Key.Key_F, Qt.KeyboardModifier.ShiftModifier)
    spacing = scene.session.focused.frame.geometry.spacing_mm
    ratio = large(window).devicePixelRatioF()
    assert large(window).part.scale == pytest.approx(spacing[1] * 4.0 / ratio)
    assert "true size (as the screen states its own)" in zoom_words(window)
    large(window).zoom_by(1.1)
    assert "true size" not in zoom_words(window)


def test_a_detectors_true_size_says_that_it_is_the_detectors(
    qtbot: QtBot, scene: WindowScene, window: MainWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    screen_of(monkeypatch, 4.0)
    put(scene, SpacingKind.DETECTOR, (0.5, 0.5))
    window.panes.focused_pane.refresh()
    press(qtbot, window, Qt.Key.Key_F, Qt.KeyboardModifier.ShiftModifier)
    assert "true size at the detector" in zoom_words(window)


@pytest.mark.parametrize(
    ("kind", "spacing"), [(SpacingKind.UNKNOWN, (0.5, 0.5)), (SpacingKind.UNKNOWN, None)]
)
def test_without_mm_there_is_no_true_size(
    scene: WindowScene, window: MainWindow, kind: SpacingKind, spacing: tuple[float, float] | None
) -> None:
    put(scene, kind, spacing)
    action = window.bar.actions["view.true_size"]
    assert not action.isEnabled()
    assert "in mm" in action.toolTip()


def test_a_screen_of_unknown_size_shows_none_and_offers_the_ruler(
    qtbot: QtBot, scene: WindowScene, window: MainWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    screen_of(monkeypatch, None)
    before = large(window).zoom
    press(qtbot, window, Qt.Key.Key_F, Qt.KeyboardModifier.ShiftModifier)
    assert large(window).zoom == before
    (notice,) = [one for one in scene.session.notices.waiting if one.actions]
    assert "size of this screen is not known" in notice.sentence.for_user()
    notice.actions[0][1]()
    assert isinstance(window.dialog, ScreenSizeDialog)


def test_a_measured_screen_is_remembered_and_said(
    qtbot: QtBot, scene: WindowScene, window: MainWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    screen_of(monkeypatch, 4.0)
    command_by_id("view.measure_screen").perform(window.viewer)
    dialog = window.dialog
    assert isinstance(dialog, ScreenSizeDialog)
    ratio = dialog.screen().devicePixelRatio()
    dialog.bar.resize(900, dialog.bar.height())
    dialog.bar.lengthen(500)
    for _ in range(3):
        QTest.keyClick(dialog.bar, Qt.Key.Key_Right)
    end = QPoint(16 + 503, 30)
    QTest.mousePress(dialog.bar, Qt.MouseButton.LeftButton, pos=end)
    QTest.mouseMove(dialog.bar, end + QPoint(17, 0))
    QTest.mouseRelease(dialog.bar, Qt.MouseButton.LeftButton, pos=end + QPoint(17, 0))
    assert dialog.bar.length == 520
    assert "cm" in dialog.note.text()
    dialog.keep_button.click()
    known = screen_sizes_from(window.settings.text("screen_sizes"))
    assert known == {screen_name(window.screen()): pytest.approx(5.2 * ratio)}
    press(qtbot, window, Qt.Key.Key_F, Qt.KeyboardModifier.ShiftModifier)
    spacing = scene.session.focused.frame.geometry.spacing_mm
    assert large(window).part.scale == pytest.approx(spacing[1] * 5.2)
    assert "true size (screen measured)" in zoom_words(window)
    command_by_id("view.measure_screen").perform(window.viewer)
    window.dialog.forget_button.click()
    assert window.viewer.state.screen_sizes == {}


@pytest.mark.parametrize(
    ("size_mm", "size_px", "is_known"),
    [
        ((600, 340), (2560, 1440), True),
        ((0, 0), (1920, 1080), False),
        ((160, 90), (1920, 1080), False),  # a shape, no size
        ((600, 600), (1920, 1080), False),
        ((10_000, 5_625), (1920, 1080), False),
    ],
)
def test_a_screen_that_states_no_size_of_its_own_is_not_believed(
    size_mm: tuple[float, float], size_px: tuple[int, int], is_known: bool
) -> None:
    class Stated:
        def physicalSize(self) -> QSizeF:
            return QSizeF(*size_mm)

        def size(self) -> QSize:
            return QSize(*size_px)

        def devicePixelRatio(self) -> float:
            return 1.0

    stated: QScreen = Stated()  # type: ignore[assignment]
    assert (stated_per_mm(stated) is not None) is is_known


@pytest.mark.parametrize("text", ["", "{", "[]", '{"a": "b"}', '{"a": 0}', '{"a": true}', "3"])
def test_sizes_that_cannot_be_read_are_none(text: str) -> None:
    assert screen_sizes_from(text) == {}


def test_only_so_many_screens_are_remembered() -> None:
    sizes = {}
    for number in range(30):
        sizes = with_screen_size(sizes, f"screen {number}", 4.0)
    assert list(screen_sizes_from(screen_sizes_text(sizes)))[-1] == "screen 29"
    assert len(sizes) == 16


def colors_in(view: QWidget) -> set[int]:
    """Return the colors in the middle of a view, where no text stands."""
    image = view.grab().toImage()
    middle = image.rect().center()
    around = range(-60, 61)
    return {image.pixel(middle.x() + dx, middle.y() + dy) for dx in around for dy in around[::4]}


def test_pixels_are_seen_as_stored_where_nothing_is_smoothed(
    qtbot: QtBot, scene: WindowScene, window: MainWindow
) -> None:
    checks = np.indices((64, 64)).sum(axis=0) % 2 * 4000
    panes = tuple(
        None if pane is None else replace(pane, frame=make_frame(HEAD, 5, checks.astype(np.int16)))
        for pane in scene.session.state.panes
    )
    scene.session.viewer.show(replace(scene.session.state, panes=panes))
    scene.workers.settle()
    window.panes.focused_pane.refresh()
    assert len(colors_in(large(window))) > 10  # shades between black and white
    assert "not smoothed" not in zoom_words(window)
    press(qtbot, window, Qt.Key.Key_P, Qt.KeyboardModifier.ShiftModifier)
    assert len(colors_in(large(window))) == 2
    assert "not smoothed" in zoom_words(window)
    assert not window.settings.flag("smoothing")
    large(window).look_at(replace(large(window).zoom, scale=0.3, center=(32.0, 32.0)))
    assert len(colors_in(large(window))) > 2  # a smaller image that is not smoothed would lose pixels
    assert "not smoothed" not in zoom_words(window)
    press(qtbot, window, Qt.Key.Key_P, Qt.KeyboardModifier.ShiftModifier)
    assert window.settings.flag("smoothing")


def test_one_pane_fills_the_screen_and_comes_back(
    qtbot: QtBot, scene: WindowScene, window: MainWindow
) -> None:
    press(qtbot, window, Qt.Key.Key_F11, Qt.KeyboardModifier.ControlModifier)
    assert window.viewer.state.visible == (scene.session.state.focus,)
    assert window.isFullScreen()
    assert window.menuBar().isHidden()
    assert large(window).text.letters[0]  # letters and marks stay
    press(qtbot, window, Qt.Key.Key_F11, Qt.KeyboardModifier.ControlModifier)
    assert len(window.viewer.state.visible) > 1
    assert not window.isFullScreen()


def magnifier_pixels(window: MainWindow) -> np.ndarray:
    magnifier = large(window).magnifier
    assert magnifier is not None
    return magnifier.image


def hover(window: MainWindow, x: float, y: float) -> None:
    """Move the mouse over a point of the image, in columns."""
    view = large(window)
    left, top, _, _ = view.seen
    place = QPointF((x - left) * view.part.scale, (y - top) * view.part.scale)
    none, plain = Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier
    moved = QMouseEvent(QEvent.Type.MouseMove, place, place, none, none, plain)
    QApplication.sendEvent(view.viewport(), moved)  # what else waits is not done yet


def test_the_magnifier_shows_original_pixels_under_the_mouse(
    qtbot: QtBot, scene: WindowScene, window: MainWindow
) -> None:
    hover(window, 20.5, 30.5)
    assert large(window).magnifier is None
    press(qtbot, window, Qt.Key.Key_J)
    frame = scene.session.focused.seen
    shown = to_display_image(frame)
    hover(window, 20.5, 30.5)
    magnifier = large(window).magnifier
    assert magnifier is not None
    left, top, right, bottom = (round(edge) for edge in magnifier.rectangle)
    np.testing.assert_array_equal(magnifier.image, shown[top:bottom, left:right])
    assert left < 20 < right
    assert top < 30 < bottom
    scene.session.viewer.set_processing(scene.session.state.focus, "edges")
    scene.workers.settle()
    window.panes.focused_pane.refresh()
    np.testing.assert_array_equal(magnifier_pixels(window), magnifier.image)  # original whatever is done
    scene.session.viewer.set_voi(Window(40, 10))
    window.panes.focused_pane.refresh()
    assert not np.array_equal(magnifier_pixels(window), magnifier.image)  # in the pane's own window
    hover(window, -50, -50)
    assert large(window).magnifier is None
    hover(window, 20.5, 30.5)
    press(qtbot, window, Qt.Key.Key_Escape)
    assert large(window).magnifier is None
    assert not window.viewer.state.magnifier_shown


@pytest.mark.parametrize("command", ["view.mirror", "view.rotate_right", "view.upside_down"])
def test_the_magnifier_is_turned_as_the_image_and_the_pixel_under_the_mouse_stays(
    scene: WindowScene, window: MainWindow, command: str
) -> None:
    stored = np.zeros((64, 64), np.int16)
    stored[10, 50] = 4000
    panes = tuple(
        None if pane is None else replace(pane, frame=make_frame(HEAD, 5, stored))
        for pane in scene.session.state.panes
    )
    scene.session.viewer.show(replace(scene.session.state, panes=panes))
    command_by_id(command).perform(window.viewer)
    command_by_id("view.magnifier").perform(window.viewer)
    scene.workers.settle()
    window.panes.focused_pane.refresh()
    pane = scene.session.focused
    x, y = pane.view.frame_to_view(10, 50)
    hover(window, x, y)
    magnifier = large(window).magnifier
    assert magnifier is not None
    ratio = large(window).devicePixelRatioF()
    where = magnifier.rectangle_in(ratio)
    row, column = np.argwhere(magnifier.image == 255)[0]
    scale = magnifier.times / ratio
    middle = where.topLeft() + QPointF((column + 0.5) * scale, (row + 0.5) * scale)
    assert (middle - magnifier.place).manhattanLength() < scale


def test_no_mark_is_hidden_by_the_magnifier(scene: WindowScene, window: MainWindow) -> None:
    command_by_id("view.magnifier").perform(window.viewer)
    command_by_id("view.mirror").perform(window.viewer)
    window.panes.focused_pane.refresh()
    view = large(window)
    mark = next(line.box for line in view.places.lines if "mirrored" in line.text.lower())
    place = QPointF(mark.x + mark.width / 2, mark.y + mark.height / 2)

    def ink() -> set[int]:
        image, ratio = view.grab().toImage(), view.devicePixelRatioF()
        return {
            image.pixel(round(x * ratio), round(y * ratio))
            for x in range(round(mark.x), round(mark.x + mark.width))
            for y in range(round(mark.y), round(mark.y + mark.height))
        }

    assert QColor(image_colors.AMBER).rgb() in ink()
    left, top, _, _ = view.seen
    hover(window, left + place.x() / view.part.scale, top + place.y() / view.part.scale)
    assert QColor(image_colors.AMBER).rgb() in ink()
