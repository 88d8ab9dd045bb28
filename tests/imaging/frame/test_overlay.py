"""An overlay lies where its origin says, clipped to the frame, and colors what it marks."""

import numpy as np
import pytest

from medviewer.imaging.display.overlays import draw_overlays, on_frame, overlay_mask
from medviewer.imaging.frame.overlay import OVERLAY_COLOR, Overlay, OverlayKind

FULL = np.ones((2, 3), bool)


@pytest.mark.parametrize(
    ("origin", "rows", "columns"),
    [
        ((0, 0), [0, 1], [0, 1, 2]),
        ((3, 1), [3], [1, 2, 3]),  # hangs over the lower edge
        ((-1, -2), [0], [0]),  # begins above and to the left
        ((1, 4), [1, 2], [4]),  # hangs over the right edge
        ((-2, 0), [], []),
        ((4, 0), [], []),
        ((0, -3), [], []),
        ((0, 5), [], []),
        ((-30000, 30000), [], []),
    ],
)
def test_an_overlay_is_clipped_to_the_frame(
    origin: tuple[int, int], rows: list[int], columns: list[int]
) -> None:
    expected = np.zeros((4, 5), bool)
    expected[np.ix_(rows, columns)] = True
    assert np.array_equal(on_frame(Overlay(FULL, origin), 4, 5), expected)


def test_the_right_part_of_an_overlay_is_cut_off() -> None:
    mask = np.array([[1, 0, 1, 1], [0, 1, 0, 1]], bool)
    placed = on_frame(Overlay(mask, (-1, -1)), 3, 2)
    assert np.array_equal(placed, [[True, False], [False, False], [False, False]])


def test_graphics_are_drawn_whole_and_of_a_region_its_border() -> None:
    mask = np.zeros((6, 6), bool)
    mask[1:5, 1:5] = True
    border = mask.copy()
    border[2:4, 2:4] = False
    assert np.array_equal(overlay_mask(Overlay(mask), 6, 6), mask)
    assert np.array_equal(overlay_mask(Overlay(mask, kind=OverlayKind.REGION), 6, 6), border)


def test_the_border_of_a_region_that_ends_at_the_frame_is_not_drawn_along_the_frame() -> None:
    region = Overlay(np.ones((4, 4), bool), (-2, -2), OverlayKind.REGION)
    assert np.array_equal(
        overlay_mask(region, 3, 3), [[False, True, False], [True, True, False], [False, False, False]]
    )


def test_overlays_are_drawn_in_their_colors_the_last_on_top_and_the_image_stays_as_it_is() -> None:
    gray = np.full((2, 2), 7, np.uint8)
    one = Overlay(np.array([[1, 1], [0, 0]], bool))
    two = Overlay(np.array([[0, 1], [0, 0]], bool), color=(1, 2, 3))

    drawn = draw_overlays(gray, [one, two])

    assert drawn.tolist() == [[list(OVERLAY_COLOR), [1, 2, 3]], [[7, 7, 7], [7, 7, 7]]]
    assert (gray == 7).all()
    color = np.zeros((2, 2, 3), np.uint8)
    assert draw_overlays(color, [two])[0, 1].tolist() == [1, 2, 3]
    assert not color.any()
