"""A shutter covers the image and nothing else.

Values, thresholds and classifiers see all pixels.
"""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest

from medviewer.imaging.display.cover import hidden_pixels, paint_shutter
from medviewer.imaging.display.default_window import automatic_window
from medviewer.imaging.display.frame_values import apply_modality
from medviewer.imaging.display.pipeline import display_values, to_display_image
from medviewer.imaging.frame.frame import Frame
from medviewer.imaging.frame.shutter import (
    BitmapShutter,
    CircularShutter,
    PolygonalShutter,
    RectangularShutter,
    Shutter,
)
from medviewer.imaging.frame.voi import IdentityVoi
from medviewer.imaging.processing import Processed, process, render

BOX = Shutter((RectangularShutter(top=1, bottom=2, left=1, right=3),))


def seen(shutter: Shutter, rows: int, columns: int, aspect: float = 1.0) -> list[str]:
    hidden = hidden_pixels(shutter, rows, columns, aspect)
    return ["".join(".#"[int(not pixel)] for pixel in row) for row in hidden]


def frame(shutter: Shutter | None = BOX, dtype: str = "uint8") -> Frame:
    stored = np.arange(100, 120).reshape(4, 5).astype(dtype)
    return Frame(stored, "1.2", bits_stored=8, voi=(IdentityVoi(8),), shutter=shutter)


def test_of_a_rectangle_the_edges_are_seen() -> None:
    assert seen(BOX, 4, 5) == [".....", ".###.", ".###.", "....."]


def test_a_rectangle_may_reach_beyond_the_frame() -> None:
    assert seen(Shutter((RectangularShutter(-5, 1, 3, 99),)), 3, 5) == ["...##", "...##", "....."]


def test_of_a_circle_what_is_nearer_than_its_radius_is_seen() -> None:
    assert seen(Shutter((CircularShutter(2, 2, 2),)), 5, 5) == [".....", ".###.", ".###.", ".###.", "....."]


def test_a_circle_is_round_on_the_screen_where_pixels_are_tall() -> None:
    assert seen(Shutter((CircularShutter(2, 3, 3),)), 5, 7, 2.0) == [
        ".......",
        ".#####.",
        ".#####.",
        ".#####.",
        ".......",
    ]


def test_of_a_polygon_its_border_is_seen() -> None:
    triangle = PolygonalShutter(((0, 0), (0, 4), (4, 0)))
    assert seen(Shutter((triangle,)), 5, 6) == ["#####.", "####..", "###...", "##....", "#....."]


def test_vertices_far_outside_are_no_trouble() -> None:
    wide = PolygonalShutter(((-(2**40), -(2**40)), (-(2**40), 2**40), (2**40, 2**40), (2**40, -(2**40))))
    assert not hidden_pixels(Shutter((wide,)), 3, 3).any()


def test_a_bitmap_hides_what_it_marks() -> None:
    marked = BitmapShutter(np.array([[1, 0], [0, 1]], bool), (1, 0))
    assert seen(Shutter((marked,)), 3, 3) == ["###", ".##", "#.#"]


def test_of_several_shapes_only_what_all_let_through_is_seen() -> None:
    both = Shutter((RectangularShutter(0, 4, 0, 2), CircularShutter(2, 2, 2)))
    assert seen(both, 5, 5) == [".....", ".##..", ".##..", ".##..", "....."]


def test_the_mask_of_a_shutter_is_made_once_for_a_size() -> None:
    first = hidden_pixels(BOX, 4, 5)
    assert hidden_pixels(BOX, 4, 5) is first
    assert hidden_pixels(BOX, 9, 9).shape == (9, 9)


def test_the_mask_of_a_shutter_is_made_anew_for_pixels_of_another_shape() -> None:
    circle = Shutter((CircularShutter(4, 4, 3),))  # of a presentation state: several images share it
    assert hidden_pixels(circle, 9, 9, 1.0)[4].sum() == hidden_pixels(circle, 9, 9, 1.0)[:, 4].sum()
    assert hidden_pixels(circle, 9, 9, 2.0)[4].sum() < hidden_pixels(circle, 9, 9, 2.0)[:, 4].sum()


@pytest.mark.parametrize(("value", "gray"), [(0, 0), (0xFFFF, 255), (0x8000, 128)])
def test_the_image_is_covered_with_the_shutters_gray(value: int, gray: int) -> None:
    covered = to_display_image(frame(replace(BOX, value=value)))
    assert covered[0].tolist() == [gray] * 5
    assert covered[1].tolist() == [gray, 106, 107, 108, gray]


def test_a_color_image_is_covered_with_the_shutters_color_and_its_pixels_stay() -> None:
    stored = np.full((4, 5, 3), 9, np.uint8)
    color = Frame(stored, "1.2", shutter=replace(BOX, color=(1, 2, 3)))
    covered = to_display_image(color)
    assert covered[0, 0].tolist() == [1, 2, 3]
    assert covered[1, 1].tolist() == [9, 9, 9]
    assert (color.stored == 9).all()
    assert paint_shutter(stored, BOX)[0, 0].tolist() == [0, 0, 0]


def test_an_image_without_a_shutter_is_not_copied() -> None:
    image = np.zeros((4, 5), np.uint8)
    assert paint_shutter(image, None) is image


def test_float_pixels_and_processed_values_are_covered_too() -> None:
    assert to_display_image(frame(dtype="float32"))[0].tolist() == [0] * 5
    values = np.full((4, 5), 50, np.float32)
    assert display_values(values, frame(), IdentityVoi(8))[:2].tolist() == [[0] * 5, [0, 50, 50, 50, 0]]


@pytest.mark.parametrize("field", ["rendered", "color"])
def test_edges_and_processed_colors_are_covered_too(field: str) -> None:
    whole = np.full((4, 5) if field == "rendered" else (4, 5, 3), 9, np.uint8)
    image = render(Processed(frame(), **{field: whole}))
    assert not image[0].any()
    assert (image[1, 1:4] == 9).all()


def bright_outside() -> Iterator[Frame]:
    rows, columns = np.mgrid[:64, :64]
    stored = (1000 + 10 * rows + columns).astype(np.int16)
    stored[40:, 40:] = 4000
    plain = Frame(stored, "1.2", bits_stored=12)
    yield plain
    yield replace(plain, shutter=Shutter((RectangularShutter(0, 30, 0, 30),)))


@pytest.mark.parametrize(
    ("processing", "settings"),
    [
        ("denoised", {}),
        ("thresholded", {"thresholded": {"method": "otsu"}}),
        ("thresholded", {"thresholded": {"method": "fixed", "level": 90}}),
        ("edges", {"edges": {"method": "canny"}}),
        ("edges", {"edges": {"method": "classic"}}),
    ],
)
def test_whatever_is_computed_sees_the_covered_pixels(processing: str, settings: dict) -> None:
    plain, shuttered = bright_outside()
    expected, got = (process(one, processing, settings) for one in (plain, shuttered))
    for name in ("values", "mask", "rendered"):
        one, other = getattr(expected, name), getattr(got, name)
        assert (one is None and other is None) or np.array_equal(one, other)


def test_window_values_and_hashes_do_not_know_of_the_shutter() -> None:
    plain, shuttered = bright_outside()
    assert automatic_window([plain]) == automatic_window([shuttered])
    assert np.array_equal(apply_modality(plain), apply_modality(shuttered))
    assert plain.content_sha256 == shuttered.content_sha256
