"""Test patterns for judging a screen, drawn by code.

They show what the screen and the room do to gray levels; they measure nothing and calibrate nothing.

References
----------
AAPM TG 18 and TG 270 (patterns QC, UN): 18 steps from black to white, squares of 5 % within 0 % and of 95 %
within 100 %, lines of one pixel, letters of falling contrast, even fields.
"""

from enum import StrEnum
from typing import Final

import cv2
import numpy as np
import numpy.typing as npt

Gray = npt.NDArray[np.uint8]

WHITE: Final = 255
STEPS: Final = 18
GROUND: Final = 0.2  # of white, around the patches
FIVE: Final = 0.05
NINETY_FIVE: Final = 0.95
LETTERS: Final = "QUALITY CONTROL"
CONTRASTS: Final = (16, 12, 9, 7, 5, 4, 3, 2, 2, 1, 1, 1, 1, 1, 1)
"""Of each letter to its ground, in gray levels."""

LETTER_GROUNDS: Final = (0, 127, 239)
LEAST_SIDE: Final = 240


class TestPage(StrEnum):
    """Pages of the test pattern."""

    __test__ = False  # for pytest, which takes every name that begins so

    OVERVIEW = "overview"
    BRIGHT = "even 80 %"
    DARK = "even 10 %"
    RAMP = "ramp"


EVEN: Final = {TestPage.BRIGHT: 0.8, TestPage.DARK: 0.1}


def draw_test_page(page: TestPage, rows: int, columns: int) -> Gray:
    """Return a page as gray levels, a value for each pixel of the screen.

    Parameters
    ----------
    rows, columns : int
        Pixels of the screen, at least LEAST_SIDE.

    Returns
    -------
    (rows, columns) uint8
        0 is black, 255 white.

    Raises
    ------
    ValueError
        There is no room for it.
    """
    if min(rows, columns) < LEAST_SIDE:
        raise ValueError("the pattern needs more pixels")
    if page in EVEN:
        return np.full((rows, columns), level(EVEN[page]), np.uint8)
    if page is TestPage.RAMP:
        line = np.floor(np.arange(columns) * (WHITE + 1) / columns).astype(np.uint8)
        return np.repeat(line[None], rows, axis=0)
    return _overview(rows, columns)


def level(share: float) -> int:
    """Return the gray level of a share of white."""
    return round(share * WHITE)


def step_levels() -> tuple[int, ...]:
    """Return the levels of the steps, from black to white in even steps."""
    return tuple(round(number * WHITE / (STEPS - 1)) for number in range(STEPS))


def _overview(rows: int, columns: int) -> Gray:
    image = np.full((rows, columns), level(GROUND), np.uint8)
    side = min(rows, columns)
    patch = side // 8
    middle_row, middle_column = rows // 2, columns // 2
    below_lines = _gap(patch) + patch + _gap(patch) // 2
    _put_steps(image, max(middle_row - 3 * patch, below_lines), middle_column, patch)
    _put_squares(image, middle_row, middle_column, patch)
    _put_lines(image, patch)
    for number, ground in enumerate(LETTER_GROUNDS):
        _put_letters(
            image, middle_row + 5 * patch // 4 + number * patch * 2 // 3, middle_column, patch, ground
        )
    image[0], image[-1], image[:, 0], image[:, -1] = WHITE, WHITE, WHITE, WHITE  # whether all of it is seen
    return image


def _put_steps(image: Gray, top: int, middle: int, patch: int) -> None:
    """Draw the steps in two rows, and close levels within each."""
    half = STEPS // 2
    wide = min(patch, (image.shape[1] - 2 * patch) // half)
    left = middle - half * wide // 2
    for number, gray in enumerate(step_levels()):
        row, column = top + number // half * wide, left + number % half * wide
        image[row : row + wide, column : column + wide] = gray
        corner = wide // 4
        for offset, (down, across) in ((4, (0, 0)), (-4, (wide - corner, wide - corner))):
            shade = min(WHITE, max(0, gray + offset))
            image[row + down : row + down + corner, column + across : column + across + corner] = shade


def _put_squares(image: Gray, middle_row: int, middle: int, patch: int) -> None:
    """Draw 5 % within 0 %, and 95 % within 100 %."""
    for outer, inner, left in (
        (0.0, FIVE, middle - 2 * patch),
        (1.0, NINETY_FIVE, middle + patch // 2),
    ):
        top, wide, edge = middle_row - patch // 2, 3 * patch // 2, 3 * patch // 8
        image[top : top + wide, left : left + wide] = level(outer)
        image[top + edge : top + wide - edge, left + edge : left + wide - edge] = level(inner)


def _put_lines(image: Gray, patch: int) -> None:
    """Draw lines of one pixel, upright and level, in the corners."""
    rows, columns = image.shape
    stripes = np.where(np.arange(patch) % 2, WHITE, 0).astype(np.uint8)
    gap = _gap(patch)
    for top in (gap, rows - gap - patch):
        for left in (gap, columns - gap - 2 * patch):
            image[top : top + patch, left : left + patch] = stripes[None]
            image[top : top + patch, left + patch : left + 2 * patch] = stripes[:, None]


def _gap(patch: int) -> int:
    """Return the distance of the lines in the corners from the edges."""
    return max(4, patch // 4)


def _put_letters(image: Gray, top: int, middle: int, patch: int, ground: int) -> None:
    """Draw letters of falling contrast on one ground."""
    high, wide = patch * 2 // 3, patch // 2
    left = middle - len(LETTERS) * wide // 2
    begin, end = max(0, left - wide // 2), min(image.shape[1], left + len(LETTERS) * wide + wide // 2)
    image[top : top + high, begin:end] = ground
    scale = high / 40
    for number, (letter, contrast) in enumerate(zip(LETTERS, CONTRASTS, strict=True)):
        place = (left + number * wide + wide // 8, top + high * 3 // 4)
        font, thick = cv2.FONT_HERSHEY_SIMPLEX, max(1, high // 18)
        cv2.putText(image, letter, place, font, scale, ground + contrast, thick, cv2.LINE_8)
