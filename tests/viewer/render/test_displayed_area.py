"""The part of an image that a pane shows, without a window."""

import pytest

from medviewer.viewer.render import FIT, Screen, VisiblePart, Zoom

PANE = Screen(400, 300, 3.8, 1.0)
SHARP = Screen(400, 300, 3.8, 1.25)


@pytest.mark.parametrize("screen", [PANE, SHARP])
def test_the_whole_image_fits_the_pane(screen: Screen) -> None:
    part = VisiblePart((512.0, 512.0), FIT, screen)
    assert part.scale == 300 / 512
    left, top, right, bottom = part.seen
    assert (top, bottom) == pytest.approx((0, 512), abs=1)
    assert left < 0
    assert right > 512


@pytest.mark.parametrize("screen", [PANE, SHARP])
@pytest.mark.parametrize("factor", [0.7, 1.3, 4.0])
def test_what_is_under_the_mouse_stays_there_while_one_zooms(screen: Screen, factor: float) -> None:
    part = VisiblePart((512.0, 512.0), Zoom(2.0, (200.0, 260.0)), screen)
    there = part.position_at(90, 210)
    zoomed = VisiblePart(part.extent, part.magnified(factor, 90, 210), screen)
    assert zoomed.scale == 2.0 * factor
    assert zoomed.point_at(*there) == pytest.approx((90, 210), abs=1)


def test_an_image_that_is_moved_follows_the_hand_and_never_leaves_the_pane() -> None:
    part = VisiblePart((512.0, 512.0), Zoom(2.0, (200.0, 260.0)), PANE)
    there = part.position_at(100, 100)
    moved = VisiblePart(part.extent, part.moved(30, -20), PANE)
    assert moved.point_at(*there) == pytest.approx((130, 80))
    assert part.moved(1e6, -1e6).center == (0.0, 512.0)


def test_magnification_has_a_least_and_a_most_on_every_screen() -> None:
    for screen in (PANE, SHARP):
        part = VisiblePart((512.0, 512.0), FIT, screen)
        for factor, scale in ((1e-9, 0.02), (1e9, 64.0)):
            zoomed = VisiblePart(part.extent, part.magnified(factor, 200, 150), screen)
            assert zoomed.device_scale == pytest.approx(scale)
