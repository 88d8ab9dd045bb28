"""No word covers a pixel of the image, and everything is on the canvas."""

from functools import partial

import numpy as np
import pytest

from medviewer.export import fonts
from medviewer.export.sheet import (
    GROUND,
    INK,
    Surroundings,
    Words,
    compose,
    image_corner,
)
from medviewer.viewer.render.line_breaking import break_lines

FULL = Surroundings(
    caption=(
        Words("Haemorrhage 0.81", "headline"),
        Words("Computed PHANTOM " * 30, "attention"),
        Words("x", "quiet"),
    ),
    letters=("A", "L", "P", "R"),
    scale=(100.0, "5 cm"),
)


@pytest.mark.parametrize("shape", [(512, 512, 3), (100, 900, 3), (900, 100, 3), (2000, 1500, 3)])
def test_the_image_stands_untouched_in_the_canvas(shape: tuple[int, ...]) -> None:
    image = np.random.default_rng(0).integers(0, 256, shape).astype(np.uint8)
    canvas = compose(image, FULL)
    x, y = image_corner(image)
    np.testing.assert_array_equal(canvas[y : y + shape[0], x : x + shape[1]], image)


@pytest.fixture
def canvas() -> np.ndarray:
    return compose(np.zeros((512, 512, 3), np.uint8), FULL)


def inked(area: np.ndarray) -> bool:
    return bool((area != GROUND).any())


def test_letters_stand_at_the_middle_of_the_four_edges(canvas: np.ndarray) -> None:
    x, y = image_corner(np.zeros((512, 512, 3), np.uint8))
    middle = slice(x + 240, x + 272)
    assert inked(canvas[:y, middle])
    assert inked(canvas[y + 512 : y + 512 + y, middle])
    assert inked(canvas[y + 240 : y + 272, :x])
    assert inked(canvas[y + 240 : y + 272, x + 512 :])
    bare = compose(np.zeros((512, 512, 3), np.uint8), Surroundings())
    assert not inked(bare[:y])
    assert not inked(bare[:, :x])


def test_the_scale_bar_has_its_length(canvas: np.ndarray) -> None:
    x, y = image_corner(np.zeros((512, 512, 3), np.uint8))
    rows = (canvas[y + 512 :, x : x + 101] == INK["text"]).all(axis=2).all(axis=1)
    assert rows.any()
    row = y + 512 + int(np.argmax(rows))
    assert tuple(canvas[row, x + 102]) == GROUND


def test_nothing_is_cut_off_at_the_borders(canvas: np.ndarray) -> None:
    for border in (canvas[0], canvas[-1], canvas[:, 0], canvas[:, -1]):
        assert not inked(border)


def test_every_line_of_the_caption_is_there() -> None:
    image = np.zeros((512, 512, 3), np.uint8)
    short = compose(image, Surroundings(caption=(Words("a"),)))
    long = compose(image, Surroundings(caption=(Words("a " * 300),)))
    lines = len(break_lines("a " * 300, short.shape[1] - 30, partial(fonts.width, size=15)))
    assert long.shape[0] - short.shape[0] == (lines - 1) * round(1.45 * 15)


def test_text_grows_with_the_image_and_is_never_tiny() -> None:
    small, large = (image_corner(np.zeros((side, side, 3), np.uint8))[1] for side in (512, 2400))
    assert small == 30
    assert large > 3 * small


def test_what_is_struck_out_has_a_line_through_it() -> None:
    image = np.zeros((200, 300, 3), np.uint8)
    plain, struck = (
        compose(image, Surroundings((Words("Haemorrhage 0.81", role),))) for role in ("headline", "struck")
    )
    changed = np.flatnonzero((plain != struck).any(axis=(1, 2)))
    assert plain.shape == struck.shape
    assert 2 <= len(changed) <= 6  # the thickness of a line, through the middle of the letters
    assert (struck[changed[0]] == INK["attention"]).all(axis=1).sum() > 60


@pytest.mark.parametrize("text", ["stored 12-bit → HU → linear window W 80 L 40 (Brain)", "1.2.840." * 30])
def test_no_line_of_the_caption_is_wider_than_the_canvas(text: str) -> None:
    canvas = compose(np.zeros((100, 300, 3), np.uint8), Surroundings(caption=(Words(text * 3, "headline"),)))
    assert not inked(canvas[:, :10])
    assert not inked(canvas[:, -10:])
