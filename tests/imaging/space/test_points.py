"""The slice nearest to a point is found in stacks that lie in any way in the patient."""

from random import Random

import numpy as np
import pytest

from medviewer.dicom.model import StoredStack
from medviewer.imaging.space.points import point_on_slice, slice_at_point
from tests.placed_stacks import AXIAL, CORONAL, SAGITTAL, SPACE, placed_stack, turned

HEAD = placed_stack("axial", slices=21)  # at -30, -27, ... 30 mm; 80 x 64 mm
TILTED = placed_stack(
    "tilted", turned(AXIAL, 18.5, (1, 0, 0)), step_direction=(0, 0, 1), steps_mm=(7, 7, 1.08, 3, 3, 5)
)


@pytest.mark.parametrize(("z", "index"), [(0, 10), (1.4, 10), (1.6, 11), (-30, 0), (-31.4, 0), (31.4, 20)])
def test_the_nearest_slice_holds_the_point(z: float, index: int) -> None:
    found = slice_at_point(HEAD, (3.0, 4.0, z), SPACE, current=5)
    assert found is not None
    assert (found.index, found.is_within, found.is_between) == (index, True, True)


def test_half_way_between_two_slices_the_one_that_is_shown_stays() -> None:
    found = [slice_at_point(HEAD, (0, 0, 1.5), SPACE, current) for current in (10, 11, 3)]
    assert [one and one.index for one in found] == [10, 11, 10]


@pytest.mark.parametrize(
    ("point", "is_between"),
    [((0, 0, 40), False), ((0, 0, -32), False), ((45, 0, 0), True), ((0, -33, 0), True)],
)
def test_a_point_outside_is_said_to_be_so(point: tuple[float, float, float], is_between: bool) -> None:
    found = slice_at_point(HEAD, point, SPACE, current=0)
    assert found is not None
    assert not found.is_within
    assert found.is_between is is_between


@pytest.mark.parametrize(
    "stack",
    [
        placed_stack("other space", space="1.2.3.2"),
        placed_stack("no space", space=""),
    ],
    ids=lambda stack: stack.identity.series_description,
)
def test_a_stack_of_another_frame_of_reference_has_no_such_point(stack: StoredStack) -> None:
    assert slice_at_point(stack, (0, 0, 0), SPACE, 0) is None
    assert slice_at_point(stack, (0, 0, 0), "", 0) is None


def away(stack: StoredStack, point: tuple[float, float, float]) -> list[float]:
    """Return how far a point is from the plane of each slice, in mm."""
    return [
        abs(
            np.cross(one.geometry.row_direction, one.geometry.column_direction)
            @ (np.asarray(point) - np.asarray(one.geometry.position_mm))
        )
        for one in stack.frames
    ]


def test_stacks_across_each_other_find_the_same_point() -> None:
    for directions in (AXIAL, SAGITTAL, CORONAL, turned(CORONAL, 33, (1, 2, 3))):
        stack = placed_stack("any", directions, middle_mm=(1, 2, 3), step_mm=1.0, slices=40)
        found = slice_at_point(stack, (4.0, -3.0, 6.0), SPACE, 0)
        assert found is not None
        assert found.is_within
        assert away(stack, (4.0, -3.0, 6.0))[found.index] <= 0.5 + 1e-9


def test_of_all_slices_none_is_nearer() -> None:
    random = Random(11)
    for _ in range(200):
        shear = tuple(random.gauss(0, 0.3) for _ in range(2))
        stack = placed_stack(
            "any",
            turned(AXIAL, random.uniform(0, 180), (random.random(), random.random(), 1)),
            steps_mm=[random.uniform(0.4, 7) for _ in range(random.randrange(2, 30))],
            step_direction=(*shear, 1.0),
            spacing_mm=(random.uniform(0.3, 2), random.uniform(0.3, 2)),
        )
        point = tuple(random.gauss(0, 20) for _ in range(3))
        found = slice_at_point(stack, point, SPACE, 0)
        assert found is not None
        distances = away(stack, point)
        assert distances[found.index] == pytest.approx(min(distances))


def test_a_tilted_stack_of_uneven_steps_holds_every_point_between_its_ends() -> None:
    normal = np.cross(*turned(AXIAL, 18.5, (1, 0, 0)))
    first = np.asarray(TILTED.geometry(0).position_mm)
    last = np.asarray(TILTED.geometry(len(TILTED) - 1).position_mm)
    middle = np.asarray((0.0, 0.0, 0.0))
    long = normal @ (last - first)
    for share in np.linspace(0.01, 0.99, 33):
        place = middle + normal * long * (share - 0.5)
        found = slice_at_point(TILTED, tuple(place.tolist()), SPACE, 0)
        assert found is not None
        assert found.is_within, share


def test_one_slice_holds_what_is_within_its_thickness() -> None:
    thick = placed_stack("one", slices=1, thickness_mm=5.0)
    thin = placed_stack("other", slices=1)
    found = [slice_at_point(one, (0, 0, z), SPACE, 0) for one, z in ((thick, 2.4), (thick, 2.6), (thin, 0.6))]
    assert [one and one.is_within for one in found] == [True, False, False]


def test_a_point_on_a_slice_is_in_pixels() -> None:
    anisotropic = placed_stack("coarse", spacing_mm=(2.0, 0.5), shape=(11, 21))
    assert point_on_slice(anisotropic, 0, (0, 0, 99)) == pytest.approx((10.5, 5.5))
    assert point_on_slice(anisotropic, 0, (1.0, -4.0, 0)) == pytest.approx((12.5, 3.5))
    assert point_on_slice(anisotropic, 0, (5.3, 0, 0)) is None
