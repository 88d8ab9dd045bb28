"""What is drawn on a pane lies under the hand, whatever way the image is turned."""

import math

import pytest
from PySide6.QtCore import QEvent, QPointF

from medviewer.imaging.annotation.placement import points_in_image
from medviewer.imaging.annotation.primitives import Label
from medviewer.imaging.display.transform import AS_STORED, MIRRORED, TURNED_RIGHT
from medviewer.viewer.render.graphics import graphics_on, to_view
from tests.gui.pane_hands import LEFT, drag, mouse


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
