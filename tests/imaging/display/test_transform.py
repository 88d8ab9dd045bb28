"""Frame to view and back, and the letters at the edges, through all flips and turns."""

from itertools import product

import numpy as np
import pytest
from hypothesis import given, strategies as st

from medviewer.imaging.display.transform import ViewTransform
from medviewer.imaging.frame.geometry import FrameGeometry

AXIAL = FrameGeometry(row_direction=(1, 0, 0), column_direction=(0, 1, 0))
LYINGS = list(product(range(4), (False, True)))

transforms = st.builds(
    ViewTransform,
    st.integers(1, 500),
    st.integers(1, 500),
    st.floats(0.2, 5),
    st.integers(-3, 7),
    st.booleans(),
)


@given(transforms, st.floats(-600, 600), st.floats(-600, 600))
def test_there_and_back_is_the_same_place(view: ViewTransform, row: float, column: float) -> None:
    assert view.view_to_frame(*view.frame_to_view(row, column)) == pytest.approx((row, column), abs=1e-6)


@pytest.mark.parametrize(("turns", "flipped"), LYINGS)
def test_pixels_lie_where_the_image_shows_them(turns: int, flipped: bool) -> None:
    image = np.arange(1, 7, dtype=np.uint8).reshape(2, 3)
    view = ViewTransform(2, 3, quarter_turns=turns, flipped=flipped)
    seen = view.apply(image)
    assert view.size == (seen.shape[1], seen.shape[0])
    for row, column in product(range(2), range(3)):
        x, y = view.frame_to_view(row, column)
        assert seen[int(y), int(x)] == image[row, column]


EDGES = {
    (0, False): "A L P R",
    (1, False): "R A L P",
    (2, False): "P R A L",
    (3, False): "L P R A",
    (0, True): "A R P L",
    (1, True): "L A R P",
    (2, True): "P L A R",
    (3, True): "R P L A",
}


@pytest.mark.parametrize(("turns", "flipped"), LYINGS)
def test_letters_turn_with_the_image(turns: int, flipped: bool) -> None:
    """An axial slice has A above, L at the right of the image, P below and R at its left."""
    view = ViewTransform(5, 7, quarter_turns=turns, flipped=flipped)
    assert view.edge_letters(AXIAL) == tuple(EDGES[turns, flipped].split())


@pytest.mark.parametrize(("turns", "flipped"), LYINGS)
def test_letters_agree_with_where_the_pixels_go(turns: int, flipped: bool) -> None:
    view = ViewTransform(5, 7, quarter_turns=turns, flipped=flipped)
    middle, left_of_patient = view.frame_to_view(2, 3), view.frame_to_view(2, 6)
    towards = (np.sign(left_of_patient[0] - middle[0]), np.sign(left_of_patient[1] - middle[1]))
    edge = {(0, -1): 0, (1, 0): 1, (0, 1): 2, (-1, 0): 3}[towards]
    assert view.edge_letters(AXIAL)[edge] == "L"


def test_a_projection_image_has_the_letters_of_its_header_or_none() -> None:
    view = ViewTransform(5, 7)
    assert view.edge_letters(FrameGeometry(patient_orientation=("P", "FL"))) == ("HR", "P", "FL", "A")
    assert view.edge_letters(FrameGeometry()) == ("", "", "", "")


def test_a_tall_pixel_makes_a_tall_image() -> None:
    view = ViewTransform(100, 100, pixel_aspect=2.0)
    assert view.size == (100, 200)
    assert view.frame_to_view(99.5, 99.5) == (100, 200)
