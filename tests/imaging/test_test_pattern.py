"""The test pattern holds what it says, to the gray level and the pixel."""

import numpy as np
import pytest

from medviewer.imaging.test_pattern import TestPage, draw_test_page, step_levels

SIZES = [(1080, 1920), (2160, 3840), (1600, 1200), (800, 1280), (240, 320)]


@pytest.mark.parametrize(("rows", "columns"), SIZES)
def test_the_overview_holds_steps_squares_and_lines(rows: int, columns: int) -> None:
    image = draw_test_page(TestPage.OVERVIEW, rows, columns)
    assert image.shape == (rows, columns)
    assert image.dtype == np.uint8
    present = set(np.unique(image).tolist())
    assert present.issuperset(step_levels())
    assert present.issuperset({13, 242})  # 5 % and 95 % of 255
    for row, column in ((0, 5), (-1, 5), (5, 0), (5, -1)):
        assert image[row, column] == 255  # the frame
    patch = min(rows, columns) // 8
    gap = max(4, patch // 4)
    lines = image[gap : gap + patch, gap : gap + patch]
    assert (np.abs(np.diff(lines.astype(int), axis=1)) == 255).all()
    assert (np.diff(lines.astype(int), axis=0) == 0).all()


@pytest.mark.parametrize(
    ("rows", "columns"), [(240, 240), (1000, 1600), (1080, 1920), (2160, 3840), (1440, 3440), (1920, 1080)]
)
def test_nothing_covers_the_corners_of_a_step(rows: int, columns: int) -> None:
    page = draw_test_page(TestPage.OVERVIEW, rows, columns)
    wide = min(min(rows, columns) // 8, (columns - 2 * (min(rows, columns) // 8)) // 9)
    for gray in step_levels():
        for shade in (gray - 4, gray + 4):
            if 0 <= shade <= 255:
                assert np.count_nonzero(page == shade) >= (wide // 4) ** 2, (gray, shade)


def test_five_percent_stands_within_black_and_95_within_white() -> None:
    image = draw_test_page(TestPage.OVERVIEW, 1080, 1920)[540 - 67 : 540 + 135]  # the row of squares
    for value, ground in ((13, 0), (242, 255)):
        rows, columns = np.nonzero(image == value)
        inner = image[rows.min() : rows.max() + 1, columns.min() : columns.max() + 1]
        beside = image[rows.min() - 4, columns.min() - 4], image[rows.max() + 4, columns.max() + 4]
        assert (inner == value).mean() > 0.9
        assert beside == (ground, ground)


def test_letters_differ_from_their_ground_by_a_few_levels_down_to_one() -> None:
    image = draw_test_page(TestPage.OVERVIEW, 1080, 1920)
    for ground in (0, 127, 239):
        assert all((image == ground + contrast).any() for contrast in (16, 9, 4, 1))


@pytest.mark.parametrize(("page", "value"), [(TestPage.BRIGHT, 204), (TestPage.DARK, 26)])
def test_even_fields_are_even(page: TestPage, value: int) -> None:
    assert np.unique(draw_test_page(page, 480, 640)).tolist() == [value]


def test_the_ramp_has_every_gray_level_in_order() -> None:
    line = draw_test_page(TestPage.RAMP, 300, 1920)[17]
    assert np.unique(line).tolist() == list(range(256))
    assert (np.diff(line.astype(int)) >= 0).all()


def test_a_screen_that_is_too_small_is_refused() -> None:
    with pytest.raises(ValueError, match="pixels"):
        draw_test_page(TestPage.OVERVIEW, 100, 640)
