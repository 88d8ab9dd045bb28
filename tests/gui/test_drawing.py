"""What is drawn on a pane lies under the hand, whatever way the image is turned."""

import math

import pytest
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtWidgets import QApplication

from medviewer.gui.commands.context_menu import image_menu
from medviewer.imaging.annotation.placement import points_in_image
from medviewer.imaging.annotation.primitives import Label
from medviewer.imaging.display.transform import AS_STORED, MIRRORED, TURNED_RIGHT
from medviewer.viewer.render.graphics import graphics_on, to_view
from medviewer.viewer.state import select_annotation
from tests.gui.pane_hands import LEFT, RIGHT, drag, mouse


@pytest.mark.parametrize("orientation", [AS_STORED, MIRRORED, TURNED_RIGHT])
def test_a_length_lies_between_the_places_of_press_and_release(session, pane, orientation):
    session.change_pane(0, orientation=orientation)
    session.viewer.change(tool="length")
    pane.refresh()
    drag(pane, LEFT, (100, 120), (250, 160))
    pane.refresh()
    shown = session.state.panes[0]
    (one,) = shown.annotations
    points = points_in_image(shown.frame.geometry, one)
    carry = to_view(shown.view)
    for point, place in zip(points, ((100, 120), (250, 160)), strict=True):
        assert carry(point) == pytest.approx(pane.view.position_at(QPointF(*place)), abs=1e-6)
    down, across = shown.frame.geometry.spacing_mm
    (x0, y0), (x1, y1) = points
    (label,) = [line for line in graphics_on(shown) if isinstance(line, Label)]
    assert label.lines == (f"{math.hypot((x1 - x0) * across, (y1 - y0) * down):.1f} mm",)


def test_a_double_click_while_drawing_leaves_nothing(session, pane):
    session.viewer.change(tool="ellipse")
    mouse(pane, QEvent.Type.MouseButtonPress, 100, 120, LEFT)
    mouse(pane, QEvent.Type.MouseMove, 200, 220, LEFT)
    assert len(session.state.panes[0].annotations) == 1
    mouse(pane, QEvent.Type.MouseButtonDblClick, 200, 220, LEFT)
    assert session.state.panes[0].annotations == ()


def test_a_polygon_is_drawn_by_clicks_and_closed_by_enter_and_esc_drops_one(qtbot, session, pane):
    session.viewer.change(tool="polygon")
    for place in ((100, 120), (180, 120), (180, 200)):
        drag(pane, LEFT, place, place)
    qtbot.keyClick(pane, Qt.Key.Key_Escape)
    assert session.state.panes[0].annotations == ()
    for place in ((100, 120), (180, 120), (180, 200)):
        drag(pane, LEFT, place, place)
    qtbot.keyClick(pane, Qt.Key.Key_Return)
    (one,) = session.state.panes[0].annotations
    assert (one.kind, len(one.points)) == ("polygon", 3)


def test_another_tool_drops_a_drawing_that_is_not_complete(session, pane):
    session.viewer.change(tool="angle")
    drag(pane, LEFT, (100, 120), (180, 120))
    assert len(session.state.panes[0].annotations) == 1
    session.viewer.change(tool="window")
    pane.show_cursor()
    assert session.state.panes[0].annotations == ()


def test_a_drawing_is_moved_under_the_tool_of_windows_and_the_window_stays(session, pane):
    session.viewer.change(tool="length")
    drag(pane, LEFT, (100, 120), (250, 120))
    session.viewer.change(tool="window")
    before = session.state.panes[0].voi
    points = session.state.panes[0].annotations[0].points
    drag(pane, LEFT, (175, 121), (175, 171))
    assert session.state.panes[0].annotations[0].points != points
    assert session.state.panes[0].voi == before
    drag(pane, LEFT, (30, 300), (60, 300))  # beside everything: the tool again
    assert session.state.panes[0].voi != before
    assert session.state.panes[0].selected == ""


def test_a_label_lies_off_the_texts_of_the_pane_and_is_dragged(session, pane):
    session.viewer.change(tool="ellipse")
    drag(pane, LEFT, (30, 30), (120, 90))  # where the name of the patient stands
    pane.refresh()
    pane.view.viewport().grab()
    (one,) = session.state.panes[0].annotations
    left, top, right, bottom = pane.view.label_box(one.id)
    for line in pane.view.places.lines:
        box = line.box
        beside = left >= box.x + box.width or right <= box.x or top >= box.y + box.height or bottom <= box.y
        assert beside, line.text
    middle = (left + right) / 2, (top + bottom) / 2
    drag(pane, LEFT, middle, (middle[0] + 40, middle[1] + 60))
    pane.refresh()
    pane.view.viewport().grab()
    there = pane.view.label_box(one.id)
    assert ((there[0] + there[2]) / 2, (there[1] + there[3]) / 2) == pytest.approx(
        (middle[0] + 40, middle[1] + 60), abs=1.0
    )


def settled(window):
    """Return the large pane once it has the size of its window."""
    QApplication.processEvents()
    pane = window.panes.panes[0]
    pane.refresh()
    return pane


def test_the_dock_lists_drawings_only_while_there_are_some_and_a_click_goes_there(qtbot, scene, window):
    scene.open("head")
    section = window.dock.sections["measurements"]
    assert section.isHidden()
    viewer = scene.session.viewer
    viewer.change(tool="length")
    pane = settled(window)
    drag(pane, LEFT, (100, 120), (200, 120))
    assert not section.isHidden()
    rows = window.measurements.list
    assert rows.count() == 1
    assert "mm" in rows.item(0).text()
    assert window.panes.row.strip.drawn == {viewer.state.focused.index}
    index = viewer.state.focused.index
    viewer.scroll_by(2)
    scene.workers.settle()
    rows.itemClicked.emit(rows.item(0))
    scene.workers.settle()
    assert viewer.state.focused.index == index
    rows.setFocus()
    qtbot.keyClick(rows, Qt.Key.Key_Delete)
    assert section.isHidden()
    viewer.change_setting("language", "zh_CN")
    assert window.dock.sections["measurements"].isHidden()


def test_the_list_says_area_and_mean_of_a_region(scene, window):
    scene.open("head")
    scene.session.viewer.change(tool="ellipse")
    drag(settled(window), LEFT, (200, 220), (300, 320))
    first, second = window.measurements.list.item(0).text().split("\n")
    assert "Area" in first
    assert second.startswith("Mean")
    assert second.endswith("HU")


def test_a_right_click_selects_the_drawing_under_it_and_beside_all_none(session, pane):
    session.viewer.change(tool="length")
    drag(pane, LEFT, (100, 120), (200, 120))
    name = session.state.panes[0].annotations[0].id
    session.viewer.show(select_annotation(session.state, ""))
    drag(pane, RIGHT, (150, 120), (150, 120))
    assert session.state.selected == name
    drag(pane, RIGHT, (150, 320), (150, 320))
    assert session.state.selected == ""


def test_the_menu_of_a_drawing_comes_first(window):
    menus = [
        image_menu(window.bar, window, has_drawing=has_drawing).actions()[0].text()
        for has_drawing in (True, False)
    ]
    assert menus == ["Cop&y value", "&Copy pane as seen"]


def test_a_name_is_typed_into_a_dialog(qtbot, scene, window):
    scene.open("head")
    viewer = scene.session.viewer
    viewer.change(tool="text")
    pane = settled(window)
    drag(pane, LEFT, (100, 120), (100, 120))
    qtbot.keyClicks(window.dialog.field, "old fracture")
    qtbot.keyClick(window.dialog.field, Qt.Key.Key_Return)
    (one,) = viewer.state.focused.annotations
    assert one.text == "old fracture"
    assert [label.lines for label in graphics_on(viewer.state.focused) if isinstance(label, Label)] == [
        ("old fracture",)
    ]
