"""A pane does what the hands do.

Wheel, drags, keys, the mouse that only looks.
"""

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtWidgets import QApplication

from medviewer.imaging.display.transform import MIRRORED, TURNED_RIGHT
from medviewer.imaging.frame.modality import Rescale
from medviewer.imaging.frame.voi import VoiFunction, VoiOrigin, Window
from medviewer.translation import Message
from medviewer.viewer import state as display_state
from medviewer.viewer.probe import Probe, probe_at
from medviewer.viewer.render.pane_text import TextOptions
from medviewer.viewer.render.pyramid import Zoom
from medviewer.viewer.tools import take_mouse_scheme
from medviewer.viewer.windowing.window_drag import dragged_window, starting_window
from tests.gui.pane_hands import CONTROL, LEFT, MIDDLE, RIGHT, SHIFT, drag, mouse, shown, wheel, words
from tests.gui.pane_scene import BRAIN, SceneSession, identity, make_stack


def test_the_wheel_scrolls_one_slice_per_notch(session, pane):
    wheel(pane, -1)
    assert session.state.panes[0].index == 6
    wheel(pane, 2)
    assert session.state.panes[0].index == 4


def test_a_finely_resolved_wheel_scrolls_by_whole_notches(session, pane):
    for _ in range(3):
        wheel(pane, -0.25)
    assert session.state.panes[0].index == 5
    wheel(pane, -0.25)
    assert session.state.panes[0].index == 6


def test_right_drag_widens_the_window_in_proportion_to_the_present_one(session, pane):
    drag(pane, RIGHT, (100, 100), (200, 100))  # a quarter of the pane

    window = session.state.panes[0].voi
    assert (window.center, window.width) == (40, 120)
    assert (window.origin, window.explanation) == (VoiOrigin.USER, "")

    session.viewer.set_voi(replace(BRAIN, center=400, width=2000), 0)
    pane.refresh()
    drag(pane, RIGHT, (100, 100), (200, 150))
    assert session.state.panes[0].voi.width == 3000
    assert session.state.panes[0].voi.center == 900


def test_dragging_to_the_left_narrows_but_never_below_one(session, pane):
    for _ in range(20):
        drag(pane, RIGHT, (390, 100), (0, 100))
        pane.refresh()

    assert session.state.panes[0].voi.width == 1


def test_dragging_among_fractions_keeps_both_ends(session, pane):
    frame = replace(session.state.panes[0].frame, modality=Rescale(1 / 4096))
    start = starting_window(frame, Window(0.5, 1.0))
    assert start.function is VoiFunction.LINEAR_EXACT
    dragged = dragged_window(start, -1, 0.25)
    assert (dragged.function, dragged.center, dragged.width) == (
        VoiFunction.LINEAR_EXACT,
        pytest.approx(1.0),
        pytest.approx(1 / 3, abs=0.01),
    )


def test_dragging_down_darkens(session, pane):
    before = shown(pane).mean()
    pane.show_as(TextOptions())
    drag(pane, RIGHT, (100, 100), (100, 140))

    assert session.state.panes[0].voi.center > 40
    assert shown(pane).mean() < before


def test_shift_makes_the_window_drag_five_times_finer(session, pane):
    drag(pane, RIGHT, (100, 100), (200, 100), SHIFT)

    assert session.state.panes[0].voi.width == 88


def test_an_image_that_is_not_there_yet_cannot_be_windowed(session, pane):
    session.workers.hold("filter")
    session.viewer.set_processing(0, "clahe")
    pane.refresh()
    drag(pane, RIGHT, (100, 100), (200, 100))

    assert session.state.panes[0].voi is None


def test_a_drag_starts_from_a_table_too(session, pane):
    from medviewer.imaging.frame.voi import VoiTable

    session.viewer.set_voi(VoiTable(0, np.arange(1000, dtype=np.uint16), 10), 0)
    pane.refresh()
    drag(pane, RIGHT, (100, 100), (200, 100))

    assert session.state.panes[0].voi.width == 1500


def test_middle_drag_moves_the_image_with_the_hand(pane):
    pane.view.one_to_one()
    x, y = pane.view.position_at(QPointF(200, 200))
    drag(pane, MIDDLE, (200, 200), (215, 190))

    assert pane.view.position_at(QPointF(215, 190)) == pytest.approx((x, y))


def test_control_wheel_zooms_at_the_cursor(session, pane):
    at = QPointF(300, 120)
    before = pane.view.position_at(at)
    scale = pane.view.part.scale
    wheel(pane, 3, CONTROL, at)

    assert pane.view.part.scale > 1.4 * scale
    assert pane.view.position_at(at) == pytest.approx(before, abs=1 / pane.view.part.scale)
    assert session.state.panes[0].index == 5


@pytest.mark.parametrize("tool", ["window", "zoom", "pan", "scroll"])
def test_left_drag_is_the_chosen_tool(session, pane, tool):
    session.viewer.change(tool=tool)
    before = (pane.view.part.scale, pane.view.position_at(QPointF(0, 0)), session.state.panes[0])
    drag(pane, LEFT, (200, 250), (200, 150))

    scale, corner, state = (
        pane.view.part.scale,
        pane.view.position_at(QPointF(0, 0)),
        session.state.panes[0],
    )
    assert (scale > before[0]) == (tool == "zoom")
    assert (corner != before[1]) == (tool in ("zoom", "pan"))
    assert (state.voi != before[2].voi) == (tool == "window")
    assert (state.index < before[2].index) == (tool == "scroll")


@pytest.mark.parametrize(
    ("key", "index"),
    [
        (Qt.Key.Key_Down, 6),
        (Qt.Key.Key_Up, 4),
        (Qt.Key.Key_PageDown, 9),
        (Qt.Key.Key_PageUp, 0),
        (Qt.Key.Key_Home, 0),
        (Qt.Key.Key_End, 9),
    ],
)
def test_keys_scroll(qtbot, session, pane, key, index):
    qtbot.keyClick(pane, key)
    QApplication.processEvents()

    assert session.state.panes[0].index == index


def test_fit_and_one_to_one(pane):
    pane.resize(484, 432)
    pane.view.one_to_one()
    assert "Zoom 100 %" in words(pane)
    pane.view.fit()
    assert pane.view.part.scale == pytest.approx(400 / 64)


def test_a_fitted_image_goes_on_fitting_when_the_pane_is_resized(pane):
    pane.resize(204, 430)

    assert pane.view.part.scale == pytest.approx(200 / 64)


def test_the_probe_reads_the_original_under_the_mouse(qtbot, session, pane):
    session.viewer.set_processing(0, "denoised")
    pane.refresh()
    pane.view.one_to_one()
    frame = session.state.panes[0].frame
    area = pane.view.viewport().size()
    left, top = (area.width() - 64) // 2, (area.height() - 64) // 2

    with qtbot.waitSignal(pane.probed) as caught:
        mouse(pane, QEvent.Type.MouseMove, left + 10.5, top + 20.5, Qt.MouseButton.NoButton)
    (probe,) = caught.args

    assert probe == Probe(20, 10, (-5.0, -10.0, 25.0), float(frame.stored[20, 10]) - 1024, "HU", pane=0)


def test_beside_the_image_the_probe_says_nothing(qtbot, pane):
    pane.view.one_to_one()
    mouse(pane, QEvent.Type.MouseMove, 200, 200, Qt.MouseButton.NoButton)
    with qtbot.waitSignal(pane.probed) as caught:
        mouse(pane, QEvent.Type.MouseMove, 3, 3, Qt.MouseButton.NoButton)

    assert caught.args == [None]


def other_series(session: SceneSession) -> None:
    stack = make_stack(3, who=identity(series="2"))
    session.pixels[stack.key] = np.full((64, 64), 1500, np.int16)
    session.viewer.show_stack(stack)


IMAGES_CHANGED = {
    "slice": lambda session, pane: session.viewer.scroll_by(1, 0),
    "window": lambda session, pane: session.viewer.set_voi(Window(600, 2000), 0),
    "processing": lambda session, pane: session.viewer.set_processing(0, "edges"),
    "mirrored": lambda session, pane: session.change_pane(0, orientation=MIRRORED),
    "turned": lambda session, pane: session.change_pane(0, orientation=TURNED_RIGHT),
    "series": lambda session, pane: other_series(session),
    "zoom": lambda session, pane: pane.view.zoom_by(2.0, QPointF(40, 60)),
    "pan": lambda session, pane: pane.view.pan_by(33, 21),
    "fit": lambda session, pane: pane.view.fit(),
    "zoom of a linked pane": lambda session, pane: pane.view.look_at(Zoom(9.0, (20.0, 30.0))),
    "a wheel": lambda session, pane: wheel(pane, -2),
    "a drag": lambda session, pane: drag(pane, MIDDLE, (200, 200), (260, 220)),
}


@pytest.mark.parametrize("change", IMAGES_CHANGED)
def test_the_read_out_is_that_of_the_image_on_the_screen(session, pane, change):
    said: list[Probe | None] = [None]
    pane.probed.connect(said.append)
    pane.view.one_to_one()
    mouse(pane, QEvent.Type.MouseMove, 200, 205, Qt.MouseButton.NoButton)
    assert said[-1] is not None

    IMAGES_CHANGED[change](session, pane)
    pane.refresh()

    point = QPointF(260, 220) if change == "a drag" else QPointF(200, 205)
    state = session.state.panes[0]
    row, column = (round(place) for place in state.view.view_to_frame(*pane.view.position_at(point)))
    assert said[-1] == replace(probe_at(state.frame, row, column), pane=0)


def test_nothing_is_read_out_of_an_image_that_is_not_there(session, pane):
    said: list[Probe | None] = [None]
    pane.probed.connect(said.append)
    for gone in (
        lambda: session.viewer.scroll_by(1, 0),  # it is being read
        lambda: session.change_pane(0, frame=None, failure=Message("it is damaged")),
        lambda: session.swap(display_state.close_all(session.state)),
        pane.hide,
    ):
        pane.show()
        session.viewer.show_stack(make_stack())
        pane.refresh()
        mouse(pane, QEvent.Type.MouseMove, 200, 205, Qt.MouseButton.NoButton)
        assert said[-1] is not None
        session.at_once = False
        gone()
        pane.refresh()
        assert said[-1] is None
        session.at_once = True


def test_another_size_of_the_pane_empties_the_read_out_until_the_mouse_moves(session, pane):
    said: list[Probe | None] = [None]
    pane.probed.connect(said.append)
    mouse(pane, QEvent.Type.MouseMove, 200, 205, Qt.MouseButton.NoButton)
    assert said[-1] is not None
    pane.resize(600, 500)
    assert said[-1] is None


def test_a_color_is_probed_as_it_is_stored(qtbot, session, pane):
    color = make_stack(1, who=identity(series="2"))
    session.pixels[color.key] = np.full((64, 64, 3), (200, 100, 50), np.uint8)
    session.viewer.show_stack(color)
    pane.refresh()
    with qtbot.waitSignal(pane.probed) as caught:
        mouse(pane, QEvent.Type.MouseMove, 200, 200, Qt.MouseButton.NoButton)

    assert caught.args[0].value == (200, 100, 50)


def test_the_menu_of_the_header_changes_the_processing(session, pane):
    menu = pane.header.chooser.menu()
    menu.aboutToShow.emit()
    titles = [action.text() for action in menu.actions()]
    assert titles[:4] == ["Original", "Denoised", "Threshold", "Edges"]

    menu.actions()[3].trigger()
    pane.refresh()
    assert session.state.panes[0].processing == "edges"
    assert pane.header.chooser.text() == "Edges"


def test_in_another_mouse_scheme_the_right_button_zooms(session, pane):
    before, voi = pane.view.part.scale, session.state.panes[0].voi
    take_mouse_scheme(session.viewer, "window_zoom")
    drag(pane, RIGHT, (100, 200), (100, 100))
    assert pane.view.part.scale != before
    assert session.state.panes[0].voi == voi
    drag(pane, LEFT, (100, 100), (200, 100))
    assert session.state.panes[0].voi != voi, "the left one windows"


def test_in_another_mouse_scheme_the_left_button_scrolls(session, pane):
    index = session.state.panes[0].index
    take_mouse_scheme(session.viewer, "scroll_window")
    drag(pane, LEFT, (100, 100), (100, 200))
    shown(pane)
    assert session.state.panes[0].index != index
