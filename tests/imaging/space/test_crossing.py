"""Reference lines lie where two slices of one frame of reference cross, and nowhere else."""

import math
from random import Random

import numpy as np
import pytest

from medviewer.dicom.model import StoredStack
from medviewer.imaging.frame.geometry import to_patient
from medviewer.imaging.space.crossing import Segment, crossing_line, without_gap
from tests.placed_stacks import AXIAL, CORONAL, SAGITTAL, placed_stack, turned

HEAD = placed_stack("axial", slices=21)


def line(here: StoredStack, at: int, there: StoredStack, index: int) -> Segment | None:
    return crossing_line(
        here.geometry(at), (here.rows, here.columns), there.geometry(index), (there.rows, there.columns)
    )


def test_an_axial_slice_is_a_level_line_in_a_sagittal_one() -> None:
    sagittal = placed_stack("sagittal", SAGITTAL, shape=(60, 100))
    found = line(sagittal, 10, HEAD, 10)  # in the middle: at 0 mm
    assert found is not None
    (x, y), (to_x, to_y) = sorted(found)
    assert y == pytest.approx(30)  # half of 60 rows
    assert to_y == pytest.approx(30)
    assert (x, to_x) == pytest.approx((50 - 32, 50 + 32))  # as long as the 64 rows of the axial image


def test_the_line_goes_with_the_slice() -> None:
    coronal = placed_stack("coronal", CORONAL, spacing_mm=(2.0, 1.0))
    rows = [found[0][1] for at in (8, 10, 12) if (found := line(coronal, 3, HEAD, at)) is not None]
    assert np.diff(rows) == pytest.approx([-3, -3])  # two slices of 3 mm towards the head, 2 mm between rows


@pytest.mark.parametrize(
    "other",
    [
        placed_stack("parallel", AXIAL),
        placed_stack("nearly parallel", turned(AXIAL, 10, (1, 0, 0))),
        placed_stack("other space", SAGITTAL, space="1.2.3.2"),
        placed_stack("no space", SAGITTAL, space=""),
        placed_stack("elsewhere", SAGITTAL, middle_mm=(500, 0, 0)),
    ],
    ids=lambda stack: stack.identity.series_description,
)
def test_there_is_no_line_where_slices_do_not_cross(other: StoredStack) -> None:
    assert line(HEAD, 10, other, 10) is None
    assert line(other, 10, HEAD, 10) is None


def test_two_stacks_that_state_no_frame_of_reference_have_no_lines() -> None:
    first, second = (placed_stack(name, way, space="") for name, way in (("1", AXIAL), ("2", CORONAL)))
    assert line(first, 3, second, 3) is None


def test_lines_of_any_two_slices_lie_on_both() -> None:
    random, met = Random(7), 0
    for _ in range(300):
        stacks = [
            placed_stack(
                name,
                turned(AXIAL, random.uniform(0, 180), tuple(random.gauss(0, 1) for _ in range(3))),
                slices=random.randrange(1, 30),
                shape=(random.randrange(20, 90), random.randrange(20, 90)),
                spacing_mm=(random.uniform(0.3, 2), random.uniform(0.3, 2)),
                middle_mm=tuple(random.gauss(0, 10) for _ in range(3)),
            )
            for name in ("1", "2")
        ]
        here, there = stacks
        at, other = random.randrange(len(here)), random.randrange(len(there))
        found = line(here, at, there, other)
        if found is None:
            continue
        met += 1
        for x, y in found:
            assert -1e-6 <= x <= here.columns + 1e-6
            assert -1e-6 <= y <= here.rows + 1e-6
            place = np.asarray(to_patient(here.geometry(at), y - 0.5, x - 0.5))
            assert abs(height_over(there, other, place)) < 1e-6
            row, column = inside(there, other, place)
            assert -1e-6 <= row <= there.rows + 1e-6
            assert -1e-6 <= column <= there.columns + 1e-6
    assert met > 100


def height_over(stack: StoredStack, index: int, place: np.ndarray) -> float:
    """Return the distance of a place from a slice's plane.

    It is computed apart from the product.
    """
    geometry = stack.geometry(index)
    normal = np.cross(geometry.row_direction, geometry.column_direction)
    return float(normal @ (place - np.asarray(geometry.position_mm)))


def inside(stack: StoredStack, index: int, place: np.ndarray) -> tuple[float, float]:
    geometry = stack.geometry(index)
    assert geometry.spacing_mm is not None
    way = place - np.asarray(geometry.position_mm)
    row = float(np.asarray(geometry.column_direction) @ way) / geometry.spacing_mm[0] + 0.5
    return row, float(np.asarray(geometry.row_direction) @ way) / geometry.spacing_mm[1] + 0.5


def test_a_line_leaves_a_gap_at_a_point() -> None:
    level = ((0.0, 10.0), (100.0, 10.0))
    assert without_gap(level, (50.0, 10.0), 15) == (((0, 10), (35, 10)), ((65, 10), (100, 10)))
    assert without_gap(level, (5.0, 10.0), 15) == (((20, 10), (100, 10)),)
    assert without_gap(level, (50.0, 30.0), 15) == (level,)
    ((_, (x, _)), _) = without_gap(level, (50.0, 19.0), 15)
    assert x == pytest.approx(50 - math.sqrt(15**2 - 9**2))
    assert without_gap(((4.0, 4.0), (4.0, 4.0)), (0, 0), 15) == ()
    assert without_gap(((4.0, 4.0), (5.0, 4.0)), (4.0, 4.0), 15) == ()
    assert without_gap(level, (-90.0, 10.0), 15) == (level,)
