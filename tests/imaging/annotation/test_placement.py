"""A point comes back to its pixel from the patient, whatever way the image lies."""

import math
import random
from dataclasses import replace

import pytest

from medviewer.imaging.annotation.annotation import Annotation, digest
from medviewer.imaging.annotation.placement import (
    point_in_image,
    point_in_patient,
    points_in_image,
    points_on,
)
from medviewer.imaging.frame.geometry import FrameGeometry

AXIAL = FrameGeometry(
    spacing_mm=(2.0, 0.5),  # between rows, between columns
    position_mm=(-100.0, 50.0, 7.0),
    row_direction=(1.0, 0.0, 0.0),
    column_direction=(0.0, 1.0, 0.0),
    frame_of_reference_uid="1.9",
)


def test_the_center_of_the_first_pixel_is_the_position_of_the_image() -> None:
    assert point_in_patient(AXIAL, (0.5, 0.5)) == (-100.0, 50.0, 7.0)
    assert point_in_patient(AXIAL, (10.5, 3.5)) == (-95.0, 56.0, 7.0)
    assert point_in_image(AXIAL, (-95.0, 56.0, 7.0)) == (10.5, 3.5)


def rotated(seed: int) -> FrameGeometry:
    """Return an image that lies askew, its axes nearly at right angles."""
    chance = random.Random(seed)
    one = [chance.gauss(0, 1) for _ in range(3)]
    other = [chance.gauss(0, 1) for _ in range(3)]
    across = [value / math.hypot(*one) for value in one]
    share = sum(a * b for a, b in zip(across, other, strict=True)) * chance.choice((1.0, 0.98))
    down = [b - share * a for a, b in zip(across, other, strict=True)]
    down = [value / math.hypot(*down) for value in down]
    return FrameGeometry(
        spacing_mm=(chance.uniform(0.05, 3), chance.uniform(0.05, 3)),
        position_mm=tuple(chance.uniform(-300, 300) for _ in range(3)),
        row_direction=tuple(across),
        column_direction=tuple(down),
        frame_of_reference_uid="1.9",
    )


@pytest.mark.parametrize("seed", range(20))
def test_a_point_comes_back_to_its_pixel(seed: int) -> None:
    geometry, chance = rotated(seed), random.Random(seed)
    for _ in range(20):
        point = (chance.uniform(-50, 3000), chance.uniform(-50, 3000))
        place = point_in_patient(geometry, point)
        assert place is not None
        assert point_in_image(geometry, place) == pytest.approx(point, abs=1e-6)


def test_a_place_beside_the_image_is_seen_at_the_nearest_point_of_it() -> None:
    assert point_in_image(AXIAL, (-95.0, 56.0, 30.0)) == (10.5, 3.5)


@pytest.mark.parametrize(
    "missing",
    [
        {"position_mm": None},
        {"row_direction": None},
        {"column_direction": None},
        {"spacing_mm": None},
        {"spacing_mm": (0.0, 0.5)},
        {"column_direction": (1.0, 0.0, 0.0)},
        {"column_direction": (-1.0, 1e-9, 0.0)},
        {"row_direction": (0.0, 0.0, 0.0)},
        {"row_direction": (math.nan, 0.0, 0.0)},
    ],
)
def test_an_image_without_a_place_has_points_in_pixels_only(missing: dict[str, object]) -> None:
    geometry = replace(AXIAL, **missing)
    assert point_in_image(geometry, (0.0, 0.0, 0.0)) is None


def annotation(points: tuple, space: str) -> Annotation:
    return Annotation("a", "polygon", points, "slice", "hash", space)


def test_points_are_kept_in_the_patient_where_there_is_a_frame_of_reference() -> None:
    drawn = ((10.5, 3.5), (0.5, 0.5))
    points, space = points_on(AXIAL, drawn)
    assert points == ((-95.0, 56.0, 7.0), (-100.0, 50.0, 7.0))
    assert space == digest("1.9")
    assert points_in_image(AXIAL, annotation(points, space)) == drawn
    for bare in (replace(AXIAL, frame_of_reference_uid=""), replace(AXIAL, position_mm=None)):
        assert points_on(bare, drawn) == (drawn, "")
        assert points_in_image(bare, annotation(drawn, "")) == drawn
        assert points_in_image(bare, annotation(points, space)) is None
    elsewhere = replace(AXIAL, frame_of_reference_uid="1.8")
    assert points_in_image(elsewhere, annotation(points, space)) is None
