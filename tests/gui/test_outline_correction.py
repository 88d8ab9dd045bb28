"""A model's outline under the mouse and on the card, whatever way the image is turned."""

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtWidgets import QApplication

from medviewer.gui.panels.measurements import AnnotationRows
from medviewer.gui.window.main_window import MainWindow
from medviewer.imaging.annotation.primitives import Cross, Ellipse
from medviewer.imaging.display.transform import AS_STORED, MIRRORED, TURNED_RIGHT
from medviewer.viewer.annotations.volumes import outline_volume
from medviewer.viewer.state import set_reader_first
from medviewer.viewer.tools.tool import Pointer
from tests.gui.pane_hands import CONTROL, LEFT, SHIFT, drag, mouse, wheel
from tests.gui.window_scene import WindowScene
from tests.outlined import REFUSING, answer, corrections


@pytest.mark.parametrize("orientation", [AS_STORED, MIRRORED, TURNED_RIGHT])
@pytest.mark.parametrize("zooms", [False, True])
def test_a_stroke_lies_under_the_mouse_and_as_far_as_its_ring(session, pane, orientation, zooms):
    session.change_pane(0, orientation=orientation)
    answer(session.viewer, nothing=True, score=0.1)
    session.viewer.change(tool="outline_add", brush=2.0)
    pane.refresh()
    if zooms:
        wheel(pane, 3, CONTROL, QPointF(150, 160))
        pane.refresh()
    mouse(pane, QEvent.Type.MouseMove, 150, 160, Qt.MouseButton.NoButton)
    ring, cross = pane.brush_ring.shown
    assert (type(ring), type(cross)) == (Ellipse, Cross)
    assert ring.center == pytest.approx(pane.view.position_at(QPointF(150, 160)), abs=1e-6)
    row, column = pane.mouse.position_at(Pointer(150, 160))
    drag(pane, LEFT, (150, 160), (150, 160))
    (mask,) = corrections(session.viewer)
    rows, columns = np.indices(mask.shape)
    down, across = session.state.panes[0].frame.geometry.spacing_mm
    apart = np.hypot((rows - row) * down, (columns - column) * across)
    assert np.array_equal(mask | (apart > 2.0 - 1e-6), np.ones(mask.shape, bool))
    assert not (mask & (apart > 2.0 + 1e-6)).any()


def test_a_click_that_makes_a_pane_active_paints_nothing(session, pane):
    answer(session.viewer)
    session.viewer.change(tool="outline_add")
    session.viewer.set_focus(1)
    drag(pane, LEFT, (150, 160), (170, 160))
    assert session.state.focus == 0
    assert corrections(session.viewer) == []
    drag(pane, LEFT, (150, 160), (170, 160))
    assert len(corrections(session.viewer)) == 1


def test_shift_and_the_wheel_change_the_brush_and_not_the_slice(session, pane):
    answer(session.viewer)
    session.viewer.change(tool="outline_cut")
    mouse(pane, QEvent.Type.MouseMove, 150, 160, Qt.MouseButton.NoButton)
    (before,) = pane.brush_ring.shown
    index = session.state.panes[0].index
    wheel(pane, 1, SHIFT)
    assert session.viewer.state.brush == pytest.approx(3.75)
    pane.show_cursor()
    (after,) = pane.brush_ring.shown
    assert after.first[0] - after.center[0] > before.first[0] - before.center[0]
    wheel(pane, -2, SHIFT)
    assert session.state.panes[0].index == index
    wheel(pane, -1)
    assert session.state.panes[0].index == index + 1
    session.viewer.change(tool="window")
    pane.show_cursor()
    assert pane.brush_ring.shown == ()


def load(scene: WindowScene) -> None:
    """Load a model, for the keys of its answers."""
    scene.session.viewer.session.classify()
    scene.workers.settle()


def test_the_card_offers_to_correct_only_what_can_be_corrected(
    scene: WindowScene, head_window: MainWindow
) -> None:
    part, viewer = head_window.prediction.outline, scene.session.viewer
    assert part.isHidden()
    load(scene)
    answer(viewer, gates=(REFUSING,))
    assert part.isHidden()
    answer(viewer)
    assert part.isVisible()
    assert part.buttons["outline.correct"].isVisible()
    assert not part.buttons["outline.smooth"].isVisible()
    part.buttons["outline.correct"].click()
    assert viewer.state.tool == "outline_add"
    assert part.buttons["tools.outline_add"].isChecked()
    assert part.brush.text() == "Brush 3.0 mm"
    part.buttons["tools.outline_cut"].click()
    assert viewer.state.tool == "outline_cut"
    part.buttons["outline.smooth"].click()
    assert len(corrections(viewer)) == 1
    assert part.yours.text().startswith("Corrected by you: ")
    assert part.volume.text() == "No volume yet: 1 of 10 slices judged. “Ask series” asks the rest."
    part.buttons["outline.models"].click()
    assert not viewer.state.focused.model_outline_shown
    part.buttons["outline.revert"].click()
    assert corrections(viewer) == []
    assert part.yours.isHidden()
    part.buttons["outline.correct"].click()
    assert viewer.state.tool == "window"


def test_only_a_quiet_link_offers_an_outline_where_none_is_drawn(
    scene: WindowScene, head_window: MainWindow
) -> None:
    button, viewer = head_window.prediction.outline.buttons["outline.correct"], scene.session.viewer
    load(scene)
    answer(viewer, nothing=True, score=0.1)
    assert (button.text(), button.property("role")) == ("Draw an outline", "link")
    answer(viewer)
    assert (button.text(), button.property("role")) == ("Correct the outline", "outline")


def test_the_card_says_nothing_of_an_outline_that_is_hidden(
    scene: WindowScene, head_window: MainWindow
) -> None:
    part, viewer = head_window.prediction.outline, scene.session.viewer
    load(scene)
    answer(viewer)
    viewer.change(tool="outline_add")
    part.buttons["outline.smooth"].click()
    assert part.yours.text()
    assert head_window.dock.sections["measurements"].isVisible()
    viewer.show(set_reader_first(viewer.state.display, True))
    assert (part.yours.text(), part.volume.text()) == ("", "")
    assert head_window.dock.sections["measurements"].isHidden()


def test_the_volume_of_all_outlines_is_in_the_list_of_measurements(
    scene: WindowScene, head_window: MainWindow
) -> None:
    """The model's alone, too, and nothing of it while an answer is hidden or in another series."""
    viewer, rows = scene.session.viewer, head_window.dock.findChild(AnnotationRows)
    assert rows is not None
    load(scene)
    answer(viewer)
    assert rows.item(rows.count() - 1).text() == "Volume of all outlines   not known"  # of a single slice
    viewer.scroll_by(1)
    scene.workers.settle()
    answer(viewer)
    section = head_window.dock.sections["measurements"]
    assert section.isVisible()
    volume = outline_volume(viewer.state.display, viewer.state.focused.stack)
    assert volume is not None
    said = f"Volume outlined so far   {volume.text} ml\npart of the slices only"
    assert rows.item(rows.count() - 1).text() == said
    assert "2 outlined by the model" in rows.item(rows.count() - 1).toolTip()
    rows.itemClicked.emit(rows.item(rows.count() - 1))  # it is on no single slice
    viewer.change(tool="outline_add")
    head_window.prediction.outline.buttons["outline.smooth"].click()
    assert rows.count() == 2
    assert "1 corrected by you" in rows.item(1).toolTip()
    viewer.show(set_reader_first(viewer.state.display, True))
    assert rows.count() == 0
    assert section.isHidden()


@pytest.mark.parametrize("width", [1024, 1600])
def test_a_button_is_lit_while_the_brush_paints(
    scene: WindowScene, head_window: MainWindow, width: int
) -> None:
    head_window.resize(width, 800)
    QApplication.processEvents()
    viewer, bar = scene.session.viewer, head_window.tool_bar
    places = [button.pos() for button in bar.buttons]
    assert bar.brush.isHidden()
    for tool in ("outline_add", "outline_cut"):
        viewer.change(tool=tool)
        assert bar.brush.isChecked()
        assert bar.brush.isVisible()
        assert bar.rect().contains(bar.brush.geometry())
        assert [button.pos() for button in bar.buttons] == places  # none has moved
    bar.brush.click()
    assert viewer.state.tool == "window"
    assert bar.brush.isHidden()


def test_escape_lays_the_brush_aside(qtbot, scene: WindowScene, head_window: MainWindow) -> None:
    viewer = scene.session.viewer
    viewer.change(tool="outline_cut")
    qtbot.keyClick(head_window.panes.focused_pane, Qt.Key.Key_Escape)
    assert viewer.state.tool == "window"
