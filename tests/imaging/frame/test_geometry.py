"""Planes, places and letters of a frame in the patient."""

import math

import pytest

from medviewer.imaging.frame.geometry import (
    FrameGeometry,
    direction_letters,
    letters,
    plane_name,
    position_axis,
    reads_downwards,
    slice_normal,
    to_patient,
)

AXIAL = ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0))
CORONAL = ((1.0, 0.0, 0.0), (0.0, 0.0, -1.0))
SAGITTAL = ((0.0, 1.0, 0.0), (0.0, 0.0, -1.0))


def lying(directions: tuple, **more: object) -> FrameGeometry:
    return FrameGeometry(row_direction=directions[0], column_direction=directions[1], **more)


def tilted(degrees: float) -> FrameGeometry:
    """Return an axial frame of a gantry tilted about the left-right axis."""
    angle = math.radians(degrees)
    return lying(((1.0, 0.0, 0.0), (0.0, math.cos(angle), math.sin(angle))))


def test_planes_are_named() -> None:
    assert [plane_name(lying(plane)) for plane in (AXIAL, CORONAL, SAGITTAL)] == [
        "Axial",
        "Coronal",
        "Sagittal",
    ]
    assert plane_name(FrameGeometry()) == ""
    assert plane_name(lying((AXIAL[0], AXIAL[0]))) == ""


@pytest.mark.parametrize(
    ("degrees", "name"),
    [(18.5, "Axial"), (-29.9, "Axial"), (30.1, "Oblique"), (45, "Oblique"), (61, "Coronal")],
)
def test_thirty_degrees_are_the_limit_of_a_plane(degrees: float, name: str) -> None:
    assert plane_name(tilted(degrees)) == name


def test_the_normal_is_row_times_column() -> None:
    assert slice_normal(lying(AXIAL)) == (0, 0, 1)
    assert slice_normal(lying(CORONAL)) == (0, 1, 0)
    assert slice_normal(FrameGeometry()) is None


def test_a_pixel_has_its_place_in_the_patient() -> None:
    geometry = lying(SAGITTAL, spacing_mm=(2.0, 0.5), position_mm=(10.0, -20.0, 30.0))
    assert to_patient(geometry, 3, 4) == (10, -18, 24)  # 4 columns to posterior, 3 rows to the feet
    assert to_patient(lying(SAGITTAL, position_mm=(0, 0, 0)), 3, 4) is None
    assert to_patient(FrameGeometry(spacing_mm=(1, 1)), 3, 4) is None


@pytest.mark.parametrize(
    ("direction", "expected"),
    [
        ((1, 0, 0), "L"),
        ((-1, 0, 0), "R"),
        ((0, 1, 0), "P"),
        ((0, -1, 0), "A"),
        ((0, 0, 1), "H"),
        ((0, 0, -1), "F"),
        ((-0.8, 0.6, 0), "RP"),
        ((0, -0.6, 0.8), "HA"),
        ((0.577, 0.577, 0.577), "PLH"),
        ((0, 0.95, 0.317), "P"),  # a gantry tilt of 18.5 degrees
        ((0, 0, 0), ""),
        ((float("nan"), 0, 1), ""),
    ],
)
def test_directions_have_letters(direction: tuple, expected: str) -> None:
    assert sorted(letters(direction)) == sorted(expected)
    if expected != "PLH":  # three equal shares have no order
        assert letters(direction) == expected


def test_projection_images_take_their_letters_from_the_header() -> None:
    assert direction_letters(FrameGeometry(patient_orientation=("P", "F"))) == ("P", "F")
    assert direction_letters(FrameGeometry(patient_orientation=("al", "FR "))) == ("AL", "FR")


def test_no_letter_is_guessed() -> None:
    assert direction_letters(FrameGeometry()) == ("", "")
    assert direction_letters(FrameGeometry(patient_orientation=("X", ""))) == ("", "")
    assert direction_letters(FrameGeometry(row_direction=(1, 0, 0))) == ("", "")


@pytest.mark.parametrize(
    ("plane", "axis", "downwards"),
    [
        (AXIAL, (0, 0, 1), True),
        (((1.0, 0.0, 0.0), (0.0, -1.0, 0.0)), (0, 0, 1), True),
        (CORONAL, (0, 1, 0), False),
        (((-1.0, 0.0, 0.0), (0.0, 0.0, -1.0)), (0, 1, 0), False),
        (SAGITTAL, (1, 0, 0), False),
        (((0.0, -1.0, 0.0), (0.0, 0.0, -1.0)), (1, 0, 0), False),
    ],
)
def test_positions_run_along_one_axis_of_the_patient(
    plane: tuple, axis: tuple[float, ...], downwards: bool
) -> None:
    geometry = lying(plane)
    assert position_axis(geometry) == pytest.approx(axis)
    assert reads_downwards(geometry) is downwards


def test_a_tilted_gantry_changes_no_order() -> None:
    assert all(reads_downwards(tilted(degrees)) for degrees in (-30, -18.5, 0, 18.5, 30, 45))
    assert not reads_downwards(tilted(60))


def test_where_the_plane_is_not_known_there_is_no_axis() -> None:
    assert position_axis(FrameGeometry()) is None
    assert not reads_downwards(FrameGeometry())
