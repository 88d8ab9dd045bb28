"""Two views show the same place at the same scale."""

import pytest

from medviewer.imaging.frame.geometry import to_patient
from medviewer.imaging.space.views import matching_view
from tests.placed_stacks import AXIAL, SAGITTAL, placed_stack, turned

HERE = placed_stack("here", spacing_mm=(1.0, 1.0)).geometry(3)


def test_a_point_of_another_field_of_view_is_at_the_same_place() -> None:
    there = placed_stack(
        "there", turned(AXIAL, 180, (0, 0, 1)), spacing_mm=(0.25, 0.5), middle_mm=(5, -7, 3), shape=(90, 50)
    ).geometry(2)
    found = matching_view(HERE, (12.5, 30.5), there)
    assert found is not None
    (x, y), ratio = found
    place, other = to_patient(HERE, 30, 12), to_patient(there, y - 0.5, x - 0.5)
    assert place is not None
    assert other is not None
    assert other[:2] == pytest.approx(place[:2])
    assert ratio == 0.5  # columns half as wide are half as wide on the screen


def test_a_shift_moves_the_place() -> None:
    found = matching_view(HERE, (10.5, 10.5), HERE, (3.0, -2.0, 50.0))
    assert found is not None
    assert found[0] == pytest.approx((13.5, 8.5))


def test_slices_in_other_directions_have_no_such_view() -> None:
    assert matching_view(HERE, (1, 1), placed_stack("side", SAGITTAL).geometry(0)) is None
