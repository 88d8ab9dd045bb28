"""Lengths, angles and profiles against numbers computed another way, over random scales and places."""

import cmath
import math
import random

import numpy as np
import pytest

from medviewer.imaging.frame.frame import Frame
from medviewer.imaging.frame.geometry import FrameGeometry, SpacingKind
from medviewer.imaging.frame.modality import Rescale
from medviewer.imaging.frame.regions import AxisScale, Region
from medviewer.imaging.measurement.lines import line_profile
from medviewer.imaging.measurement.table import measure
from tests.some_cases import some_of

SEEDS = some_of(range(200), 25)
TISSUE = Region(0, 0, 49, 49, AxisScale("mm", 0.2), AxisScale("mm", 0.4))


def frame_of(
    spacing: tuple[float, float] | None = None, kind: SpacingKind = SpacingKind.PATIENT, **named: object
) -> Frame:
    geometry = FrameGeometry(spacing_mm=spacing, spacing_kind=kind if spacing else SpacingKind.UNKNOWN)
    stored = np.arange(100 * 80, dtype=np.int16).reshape(80, 100)
    return Frame(stored, "1.2", **{"geometry": geometry, **named})  # type: ignore[arg-type]


def said(frame: Frame, kind: str, points: tuple[tuple[float, float], ...]) -> tuple[list[str], list[str]]:
    found = measure(frame, kind, points)
    assert found is not None
    return [str(line) for line in found.lines], [str(note) for note in found.notes]


def any_points(chance: random.Random, count: int) -> tuple[tuple[float, float], ...]:
    return tuple((chance.uniform(-20, 120), chance.uniform(-20, 100)) for _ in range(count))


@pytest.mark.parametrize("seed", SEEDS)
def test_a_length_is_the_distance_of_the_places_in_the_patient(seed: int) -> None:
    chance = random.Random(seed)
    down, across = chance.uniform(0.05, 5), chance.uniform(0.05, 5)
    points = any_points(chance, 2)
    found = measure(frame_of((down, across)), "length", points)
    assert found is not None
    ends = [complex(x * across, y * down) for x, y in points]
    assert found.value_of("length") == pytest.approx(abs(ends[1] - ends[0]), rel=1e-12)
    assert found.quantities[0].unit == "mm"


@pytest.mark.parametrize("seed", SEEDS)
def test_an_angle_is_that_between_the_arms_in_the_patient(seed: int) -> None:
    chance = random.Random(seed)
    down, across = chance.uniform(0.05, 5), chance.uniform(0.05, 5)
    points = any_points(chance, 3)
    found = measure(frame_of((down, across)), "angle", points)
    one, vertex, other = (complex(x * across, y * down) for x, y in points)
    expected = math.degrees(abs(cmath.phase((one - vertex) / (other - vertex))))
    assert found is not None
    assert found.value_of("angle") == pytest.approx(expected, abs=1e-9)


@pytest.mark.parametrize("seed", SEEDS)
def test_a_cobb_angle_depends_on_neither_ends_nor_turns_nor_mirrors(seed: int) -> None:
    chance = random.Random(seed)
    upper, lower = chance.uniform(-55, 55), chance.uniform(-55, 55)
    turn, mirror = chance.uniform(0, 360), chance.choice((1, -1))
    points: list[tuple[float, float]] = []
    for tilt, height in ((upper, 0.0), (lower, 300.0)):
        end = cmath.rect(chance.uniform(5, 60), math.radians(tilt)) * chance.choice((1, -1))
        for place in (complex(0, height) - end, complex(0, height) + end):
            turned = complex(mirror * place.real, place.imag) * cmath.rect(1, math.radians(turn))
            points.append((turned.real, turned.imag))
    found = measure(frame_of((1.0, 1.0)), "Cobb", tuple(points))
    assert found is not None
    assert found.value_of("angle") == pytest.approx(abs(upper - lower), abs=1e-6)


def test_millimetres_stand_only_where_they_are_earned() -> None:
    line = ((0.5, 0.5), (30.5, 40.5))
    assert said(frame_of((1, 1)), "length", line) == (["50.0 mm"], [])
    lines, notes = said(frame_of((1, 1), SpacingKind.DETECTOR), "length", line)
    assert lines == ["50.0 mm at the detector"]
    assert "magnification" in notes[0]
    magnified = FrameGeometry((1.0, 1.0), SpacingKind.DETECTOR, magnification=1.25)
    lines, notes = said(frame_of(geometry=magnified), "length", line)
    assert lines == ["50.0 mm at the detector"]
    assert "a magnification of 1.25" in notes[0]
    lines, notes = said(frame_of((1, 1), SpacingKind.CALIBRATED), "length", line)
    assert lines == ["50.0 mm (calibrated)"]
    assert notes
    lines, notes = said(frame_of(), "length", line)
    assert lines == ["50.0 px"]
    assert "no size of a pixel" in notes[0]


def test_pixels_that_are_not_square_have_true_angles_and_lengths_in_their_width() -> None:
    frame = frame_of(geometry=FrameGeometry(pixel_aspect=2.0))
    assert said(frame, "angle", ((2, 0), (0, 0), (2, 1)))[0] == ["45.0°"]
    lines, notes = said(frame, "length", ((0, 0), (6, 4)))
    assert lines == ["10.0 px"]
    assert "its width" in notes[0]


def test_a_distance_in_an_ultrasound_region_has_the_scale_of_that_region() -> None:
    beside = Region(0, 50, 49, 99, AxisScale("mm", 0.2), AxisScale("mm", 0.4))
    trace = Region(50, 0, 79, 99, AxisScale("ms", 5.0), AxisScale("cm/s", -2.0, 65))
    frame = frame_of(regions=(TISSUE, beside, trace))
    assert said(frame, "length", ((10.5, 10.5), (25.5, 20.5))) == (["5.0 mm"], [])
    lines, notes = said(frame, "length", ((10.5, 10.5), (70.5, 10.5)))  # two pictures side by side
    assert lines == ["60.0 px"]
    assert "scales of their own" in notes[0]
    assert said(frame, "length", ((10.5, 60.5), (30.5, 55.5)))[0] == ["Δ 100.0 ms", "Δ 10.0 cm/s"]
    assert said(frame, "angle", ((10.5, 60.5), (30.5, 55.5), (9, 70)))[0] == []
    lines, notes = said(frame, "rectangle", ((10, 60), (20, 60), (20, 70), (10, 70)))
    assert "An area means nothing between the units of this region." in notes
    assert not any(line.startswith("Area") for line in lines)


def test_a_distance_out_of_a_box_of_colors_into_the_tissue_around_it_is_one() -> None:
    colors = Region(10, 10, 29, 29, AxisScale("mm", 0.2), AxisScale("mm", 0.4))
    frame = frame_of(regions=(TISSUE, colors))
    assert said(frame, "length", ((15.5, 15.5), (30.5, 35.5)))[0] == [f"{math.hypot(3, 8):.1f} mm"]


def test_outside_of_all_regions_and_in_one_without_a_unit_there_are_pixels() -> None:
    frame = frame_of((1, 1), regions=(TISSUE, Region(50, 0, 79, 99, None, AxisScale("mm", 1))))
    for row in (10.5, 60.5):
        assert said(frame, "length", ((60.5, row), (70.5, row)))[0] == ["10.0 px"]


def test_an_arm_without_a_length_has_no_angle() -> None:
    lines, notes = said(frame_of((1, 1)), "angle", ((3, 3), (3, 3), (9, 9)))
    assert lines == []
    assert notes


@pytest.mark.parametrize("seed", SEEDS)
def test_a_profile_has_the_values_of_the_pixels_it_passes(seed: int) -> None:
    chance = random.Random(seed)
    frame = frame_of((0.5, 2.0), modality=Rescale(0.5, -3))
    start, end = any_points(chance, 2)
    profile = line_profile(frame, start, end)
    for at, (distance, value) in enumerate(zip(profile.distances, profile.values, strict=True)):
        share = at / (len(profile.values) - 1)
        x, y = (a + share * (b - a) for a, b in zip(start, end, strict=True))
        assert distance == pytest.approx(math.hypot((x - start[0]) * 2.0, (y - start[1]) * 0.5), abs=1e-9)
        inside = 0 <= x < 100 and 0 <= y < 80
        expected = (100 * int(y) + int(x)) * 0.5 - 3 if inside else math.nan
        assert value == pytest.approx(expected, nan_ok=True)
    assert profile.unit == "mm"
