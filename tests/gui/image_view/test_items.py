"""What a pane keeps ready for the screen is never older than what it is to show."""

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QWidget

from medviewer.gui.image_view import items as pane_items
from medviewer.gui.image_view.items import MaskItem
from medviewer.gui.image_view.view import PaneView
from medviewer.gui.panes.pane import Pane
from medviewer.imaging import display
from medviewer.imaging.display.pipeline import to_display_image
from medviewer.imaging.frame.regions import AxisScale, Region
from medviewer.imaging.frame.voi import Window
from medviewer.imaging.processing import process
from medviewer.viewer import state as display_state
from medviewer.viewer.render.pyramid import PaneImage
from medviewer.viewer.render.text_layout import PaneText
from tests.gui.pane_hands import shown
from tests.gui.pane_scene import identity, make_frame, make_stack

TWO = ("original", "thresholded")


@pytest.fixture
def pane(pane):
    """Return a pane wide enough to say everything."""
    pane.resize(484, 432)  # an image of 400 x 400 in its middle
    pane.refresh()
    return pane


def view_of(qtbot, image: np.ndarray) -> PaneView:
    host = QWidget()
    qtbot.addWidget(host)
    view = PaneView(parent=host)
    view.resize(300, 300)
    host.resize(300, 300)
    host.show()
    view.host = host  # lives as long as the view
    view.set_extent((float(image.shape[1]), float(image.shape[0])))
    view.show_image(image, (0.0, 0.0, float(image.shape[1]), float(image.shape[0])))
    return view


def gray(view: PaneView, x: int, y: int) -> int:
    return view.viewport().grab().toImage().pixelColor(x, y).red()


def test_another_image_at_the_same_place_is_painted(qtbot):
    view = view_of(qtbot, np.full((100, 100), 50, np.uint8))
    assert gray(view, 150, 150) == 50

    view.show_image(np.full((100, 100), 90, np.uint8), (0.0, 0.0, 100.0, 100.0))

    assert gray(view, 150, 150) == 90


def test_the_same_image_is_painted_where_it_was_zoomed_and_moved_to(qtbot):
    image = np.zeros((100, 100), np.uint8)
    image[:, 50:] = 200
    view = view_of(qtbot, image)
    assert (gray(view, 140, 150), gray(view, 160, 150)) == (0, 200)

    view.zoom_by(1.7)
    view.pan_by(40, 0)

    assert (gray(view, 180, 150), gray(view, 200, 150)) == (0, 200)


def test_two_views_of_one_image_scale_it_once(qtbot, monkeypatch):
    scaled = []
    on_screen = display.on_screen
    monkeypatch.setattr(display, "on_screen", lambda *given: (scaled.append(1), on_screen(*given))[1])
    image = np.full((100, 100), 120, np.uint8)
    views = [view_of(qtbot, image), view_of(qtbot, image)]

    assert [gray(view, 150, 150) for view in views] == [120, 120]
    assert len(scaled) == 1


def test_of_the_images_that_were_shown_few_are_kept(qtbot, monkeypatch):
    scaled = []
    on_screen = display.on_screen
    monkeypatch.setattr(display, "on_screen", lambda *given: (scaled.append(1), on_screen(*given))[1])
    images = [np.full((100, 100), value, np.uint8) for value in range(20)]
    view = view_of(qtbot, images[0])

    def scaled_for(number):
        scaled.clear()
        view.show_image(images[number], (0.0, 0.0, 100.0, 100.0))
        assert gray(view, 150, 150) == number
        return len(scaled)

    assert sum(map(scaled_for, range(20))) == 20
    assert sum(map(scaled_for, reversed(range(12, 20)))) == 0  # the last eight are kept
    assert scaled_for(11) == 1
    monkeypatch.setattr(pane_items, "SCREENS_BYTES", 3 * 300 * 300 * 4)
    assert scaled_for(10) == 1
    assert [scaled_for(number) for number in (10, 11, 19)] == [0, 0, 0]
    assert scaled_for(18) == 1


def test_a_view_that_was_cleared_keeps_no_image(qtbot):
    view = view_of(qtbot, np.full((100, 100), 120, np.uint8))
    assert gray(view, 150, 150) == 120

    view.clear_image()

    assert gray(view, 150, 150) == 0
    assert not view.has_image


def test_a_mask_moves_with_its_image_and_another_one_replaces_it(qtbot):
    view = view_of(qtbot, np.zeros((100, 100), np.uint8))
    mask = np.zeros((100, 100), bool)
    mask[:, 50:] = True
    everything = (0.0, 0.0, 100.0, 100.0)
    view.show_mask(mask, everything, fill=True)
    assert (gray(view, 140, 150), gray(view, 170, 150) > 30) == (0, True)

    view.zoom_by(1.7)
    view.pan_by(40, 0)
    assert (gray(view, 180, 150), gray(view, 210, 150) > 30) == (0, True)

    view.show_mask(~mask, everything, fill=True)
    assert (gray(view, 180, 150) > 30, gray(view, 210, 150)) == (True, 0)

    view.show_mask(None, everything)
    assert gray(view, 180, 150) == 0


def test_a_mask_that_was_made_ready_is_not_shown_for_another_one(qtbot):
    image = np.zeros((100, 100), np.uint8)
    view = view_of(qtbot, image)
    left, right = np.zeros((100, 100), bool), np.zeros((100, 100), bool)
    left[:, :50], right[:, 50:] = True, True
    everything = (0.0, 0.0, 100.0, 100.0)
    view.show_mask(left, everything, fill=True)
    assert (gray(view, 60, 150) > 30, gray(view, 240, 150)) == (True, 0)
    view.make_ready(image, left, everything, fill=True)
    view.show_mask(right, everything, fill=True)
    assert (gray(view, 60, 150), gray(view, 240, 150) > 30) == (0, True)


def test_an_outline_has_no_gaps_where_the_image_is_reduced(qtbot):
    side = 470  # at 300 pixels every third column or row would be skipped
    view = view_of(qtbot, np.zeros((side, side), np.uint8))
    tilted = np.add.outer(np.arange(side) // 10, np.arange(side)) > side // 2
    view.show_mask(tilted, (0.0, 0.0, float(side), float(side)))
    shown = view.viewport().grab().toImage()
    brightest = [max(shown.pixelColor(x, y).red() for x in range(300)) for y in range(5, 295)]
    assert min(brightest) > 30


def test_a_line_does_not_vanish_where_only_the_rows_are_reduced(qtbot):
    view = view_of(qtbot, np.zeros((470, 290), np.uint8))
    view.set_extent((290.0, 282.0))  # rows are closer than columns
    for row in range(100, 110):
        line = np.zeros((470, 290), bool)
        line[row] = True
        view.show_mask(line, (0.0, 0.0, 290.0, 282.0))
        shown = view.viewport().grab().toImage()
        assert max(shown.pixelColor(150, y).red() for y in range(300)) > 30


def test_an_item_without_a_mask_covers_nothing():
    assert MaskItem().boundingRect().isEmpty()


def screen(pane: Pane) -> np.ndarray:
    """Return the pane on the screen with its texts, as gray values."""
    pane.refresh()
    image = pane.view.viewport().grab().toImage().convertToFormat(QImage.Format.Format_Grayscale8)
    gray = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.bytesPerLine())
    return gray[:, : image.width()].copy()


def test_changed_words_are_painted(session, pane):
    before = screen(pane)
    session.viewer.set_voi(Window(40, 80, explanation="Other"), 0)  # the same gray values, another name
    after = screen(pane)

    assert np.array_equal(before[100:300], after[100:300])
    assert not np.array_equal(before[-60:, :200], after[-60:, :200])


def test_the_scale_bar_goes_with_the_image_and_its_spacing(session, pane):
    def bar() -> np.ndarray:
        return screen(pane)[230:330, -14:]

    blank = make_stack(who=identity(series="2"), spacing=False)
    scaled = make_stack(who=identity(series="3"))
    for stack in (blank, scaled):
        session.pixels[stack.key] = np.zeros((64, 64), np.int16)
    session.viewer.show_stack(scaled)
    first = bar()
    assert first.any()

    session.viewer.show_stack(blank)
    assert not bar().any()
    session.viewer.show_stack(scaled)
    assert np.array_equal(bar(), first)
    pane.view.zoom_by(1.9)
    assert not np.array_equal(bar(), first)


def test_an_image_that_comes_with_a_trace_beside_tissue_takes_the_scale_bar_away(session, pane):
    def bar() -> np.ndarray:
        return screen(pane)[230:330, -14:]

    tissue = Region(0, 0, 31, 63, AxisScale("mm", 1.0), AxisScale("mm", 1.0))
    doppler = Region(32, 0, 63, 63, AxisScale("ms", 4.0), AxisScale("cm/s", -1.5))
    stack = make_stack(who=identity(series="2"))
    blank = [make_frame(stack, at, np.zeros((64, 64), np.int16)) for at in (4, 5, 6)]
    session.viewer.show_stack(stack)
    session.change_pane(0, frame=blank[1])
    assert bar().any()

    session.at_once = False
    session.swap(display_state.navigate(session.state, [0], 4))
    session.swap(
        display_state.frame_decoded(
            session.state, stack.frames[4].key, replace(blank[0], regions=(tissue, doppler))
        )
    )
    assert not bar().any()
    session.swap(display_state.navigate(session.state, [0], 6))
    assert not bar().any()  # nor does it come back for a moment while the next frame is on its way
    session.swap(
        display_state.frame_decoded(session.state, stack.frames[6].key, replace(blank[2], regions=(tissue,)))
    )
    assert bar().any()


@pytest.mark.parametrize(
    ("processing", "depends"),
    [("original", True), ("denoised", True), ("thresholded", True), ("edges", False)],
)
def test_an_image_is_rendered_again_for_a_window_that_it_depends_on(processing, depends):
    frame = make_frame(make_stack(), 5)
    image = PaneImage(frame, process(frame, processing, {}, at_rest=False))
    patch = image.patch((0.0, 0.0, 64.0, 64.0), 1.0)

    brain, bone = (image.render(patch, voi) for voi in (Window(40, 80), Window(480, 2500)))

    assert image.depends_on_window is depends
    assert np.array_equal(brain, bone) is not depends


def test_original_and_threshold_of_a_frame_are_one_image():
    frame, other = make_frame(make_stack(), 5), make_frame(make_stack(), 6)
    images = [PaneImage(frame, process(frame, name, {}, at_rest=False)) for name in TWO]
    stranger = PaneImage(other, process(other, "thresholded", {}, at_rest=False))
    patch = stranger.patch((0.0, 0.0, 64.0, 64.0), 1.0)

    original, thresholded = (image.render(patch, Window(40, 80)) for image in images)

    assert thresholded is original
    assert np.array_equal(stranger.render(patch, Window(40, 80)), to_display_image(other, Window(40, 80)))


def test_a_kept_rendering_is_only_shown_for_its_window(session, pane):
    bright = shown(pane)
    session.viewer.set_voi(Window(400, 900), 0)
    pane.refresh()
    dark = shown(pane)
    session.viewer.set_voi(None, 0)
    pane.refresh()

    assert dark[200, 200] < bright[200, 200]
    assert np.array_equal(shown(pane), bright)


def test_words_of_waiting_leave_the_letters_of_a_small_pane_alone(qtbot):
    view = view_of(qtbot, np.zeros((4, 4), np.uint8))
    view.host.resize(134, 52)
    view.resize(134, 52)

    def rows(text: PaneText) -> np.ndarray:
        view.show_text(text)
        image = view.viewport().grab().toImage().convertToFormat(QImage.Format.Format_Grayscale8)
        gray = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.bytesPerLine())
        return gray[:, : image.width()].max(axis=1)

    letters = ("A", "L", "P", "R")
    silent = rows(PaneText(letters=letters))
    said = rows(PaneText(letters=letters, middle="Reading slice 106 / 210 (14 MP)"))
    assert not np.array_equal(said, silent)
    assert np.array_equal(said[:20], silent[:20])
    assert np.array_equal(said[-18:], silent[-18:])
