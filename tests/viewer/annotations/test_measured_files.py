"""From a file to the number that a reader sees, against numbers made from the file's elements alone.

Each drawing takes the whole way: the file is written and read as the worker does it, the points are set in a
turned, mirrored and magnified view, kept as JSON, found again, and measured.
"""

import math
import random
from pathlib import Path
from typing import Any

import numpy as np
import pydicom
import pytest
from pydicom.dataset import FileDataset

from medviewer.imaging.annotation.annotation import Annotation, Point, new_id
from medviewer.imaging.annotation.document import as_json, from_json
from medviewer.imaging.annotation.placement import points_in_image, points_on
from medviewer.imaging.display.transform import ViewTransform
from medviewer.imaging.frame.frame import Frame
from medviewer.imaging.measurement.measurement import Measurement
from medviewer.imaging.measurement.table import measure
from tests import factories
from tests.dicom.read_files import read, read_dataset
from tests.some_cases import some_of

ROWS, COLUMNS = 48, 64
DETECTOR: dict[str, Any] = {
    "SOPClassUID": "1.2.840.10008.5.1.4.1.1.1.1",
    "Modality": "DX",
    "PixelSpacing": None,
    "ImagePositionPatient": None,
    "ImageOrientationPatient": None,
    "FrameOfReferenceUID": None,
}
ULTRASOUND: dict[str, Any] = {**DETECTOR, "SOPClassUID": "1.2.840.10008.5.1.4.1.1.6.1", "Modality": "US"}
CM, SECONDS, CM_PER_SECOND = 3, 4, 7


def region(top: int, bottom: int, across: tuple[int, float], down: tuple[int, float]) -> dict[str, Any]:
    """Return a region over all columns.

    Each axis has its unit and the size of a pixel.
    """
    return {
        "RegionSpatialFormat": 1,
        "RegionDataType": 1,
        "RegionFlags": 0,
        "RegionLocationMinX0": 0,
        "RegionLocationMinY0": top,
        "RegionLocationMaxX1": COLUMNS - 1,
        "RegionLocationMaxY1": bottom,
        "PhysicalUnitsXDirection": across[0],
        "PhysicalUnitsYDirection": down[0],
        "PhysicalDeltaX": across[1],
        "PhysicalDeltaY": down[1],
    }


def made_file(chance: random.Random, kind: str) -> FileDataset:
    """Return a file of a kind with pixels, sizes and orientation at random."""
    numbers = np.random.default_rng(chance.randrange(1 << 30))
    pixels = numbers.integers(-900, 2000, (ROWS, COLUMNS)).astype(np.int16)
    sizes = [chance.uniform(0.1, 1.5) for _ in range(2)]
    if chance.random() < 0.3:
        sizes[1] = sizes[0] * chance.choice((3.0, 1 / 3))
    sizes = [float(f"{size:.6g}") for size in sizes]
    scaled = {"RescaleSlope": chance.choice((1, 0.5, 2)), "RescaleIntercept": chance.choice((-1024, 0, 7))}
    if kind == "slice":
        turned, _ = np.linalg.qr(numbers.normal(size=(3, 3)))  # as tilted as a gantry or a probe can be
        axes = [f"{value:.10f}" for value in (*turned[0], *turned[1])]
        place = [f"{value:.4f}" for value in numbers.uniform(-300, 300, 3)]
        return factories.dataset(
            pixels,
            PixelSpacing=sizes,
            ImageOrientationPatient=axes,
            ImagePositionPatient=place,
            **scaled,
        )
    if kind == "detector":
        return factories.dataset(pixels, ImagerPixelSpacing=sizes, **DETECTOR, **scaled)
    if kind == "ultrasound":
        tissue = region(0, ROWS - 1, (CM, sizes[1] / 10), (CM, sizes[0] / 10))
        return factories.dataset(pixels, SequenceOfUltrasoundRegions=[tissue], **ULTRASOUND, **scaled)
    return factories.dataset(pixels, PixelAspectRatio=[3, 1], **DETECTOR, **scaled)


def place_of(made: FileDataset, kind: str, point: Point) -> np.ndarray[Any, Any]:
    """Return the place of a point from elements alone (PS3.3 C.7.6.2.1.1).

    It is in mm, or in widths of a pixel.
    """
    across, down = point[0] - 0.5, point[1] - 0.5
    if kind == "slice":
        row, column = np.reshape([float(value) for value in made.ImageOrientationPatient], (2, 3))
        start = np.array([float(value) for value in made.ImagePositionPatient])
        return (
            start + across * float(made.PixelSpacing[1]) * row + down * float(made.PixelSpacing[0]) * column
        )
    if kind == "detector":
        sizes = [float(value) for value in made.ImagerPixelSpacing]
        return np.array([across * sizes[1], down * sizes[0], 0.0])
    if kind == "ultrasound":
        one = made.SequenceOfUltrasoundRegions[0]
        return np.array([across * one.PhysicalDeltaX * 10, down * one.PhysicalDeltaY * 10, 0.0])
    return np.array([across, down * 3.0, 0.0])


def seen_again(frame: Frame, points: tuple[Point, ...], chance: random.Random) -> tuple[Point, ...]:
    """Draw points in a view that lies anyhow, and find them again.

    Between these they are kept as a file.
    """
    view = ViewTransform(
        frame.rows, frame.columns, frame.geometry.pixel_aspect, chance.randrange(4), chance.random() < 0.5
    )
    zoom, left, top = chance.uniform(0.2, 9), chance.uniform(-500, 500), chance.uniform(-500, 500)
    drawn = []
    for x, y in points:
        across, down = view.frame_to_view(y - 0.5, x - 0.5)
        mouse = across * zoom + left, down * zoom + top
        row, column = view.view_to_frame((mouse[0] - left) / zoom, (mouse[1] - top) / zoom)
        drawn.append((column + 0.5, row + 0.5))
    places, space = points_on(frame.geometry, drawn)
    one = Annotation(new_id(), "length", places, "0" * 32, "0" * 64, space)
    (kept,) = from_json(as_json((one,)))
    found = points_in_image(frame.geometry, kept)
    assert found is not None
    return found


def taken(frame: Frame, kind: str, points: tuple[Point, ...]) -> Measurement:
    found = measure(frame, kind, points)
    assert found is not None
    return found


def is_inside(points: tuple[Point, ...], x: float, y: float) -> bool:
    """Return whether a place lies in a triangle."""
    sides = [
        (bx - ax) * (y - ay) - (by - ay) * (x - ax)
        for (ax, ay), (bx, by) in zip(points, (*points[1:], points[0]), strict=True)
    ]
    return all(side > 0 for side in sides) or all(side < 0 for side in sides)


@pytest.mark.parametrize("seed", some_of(range(500), 40))
def test_numbers_of_a_drawing_are_those_of_the_file(seed: int, tmp_path: Path) -> None:
    chance = random.Random(seed)
    kind = ("slice", "slice", "detector", "ultrasound", "aspect")[seed % 5]
    made = made_file(chance, kind)
    frame = read_dataset(made, tmp_path)
    points = tuple((chance.uniform(0, COLUMNS), chance.uniform(0, ROWS)) for _ in range(3))
    found = seen_again(frame, points, chance)
    places = [place_of(made, kind, point) for point in points]
    one, other = places[0] - places[1], places[2] - places[1]
    unit = "px" if kind == "aspect" else "mm"

    length = taken(frame, "length", found[:2])
    assert length.value_of("length") == pytest.approx(np.linalg.norm(one), rel=1e-6)
    assert length.quantities[0].unit == unit
    across = float(np.linalg.norm(np.cross(one, other)))
    angle = taken(frame, "angle", found).value_of("angle")
    assert angle == pytest.approx(math.degrees(math.atan2(across, float(one @ other))), abs=1e-4)

    inside = [
        made.pixel_array[row, column] * float(made.RescaleSlope) + float(made.RescaleIntercept)
        for row in range(ROWS)
        for column in range(COLUMNS)
        if is_inside(points, column + 0.5, row + 0.5)
    ]
    shape = taken(frame, "polygon", found)
    if unit == "mm":  # else the area is a number of pixels
        assert shape.value_of("area") == pytest.approx(across / 2, rel=1e-6)
    assert shape.value_of("pixels") == (len(inside) or None)
    if inside:
        assert shape.value_of("mean") == pytest.approx(np.mean(inside), rel=1e-9, abs=1e-9)
        assert shape.value_of("standard_deviation") == pytest.approx(np.std(inside), rel=1e-9, abs=1e-6)
        assert (shape.value_of("minimum"), shape.value_of("maximum")) == (min(inside), max(inside))


def test_pixels_of_three_to_one_have_the_angles_of_the_patient(tmp_path: Path) -> None:
    frame = read_dataset(factories.dataset(PixelSpacing=[3.0, 1.0]), tmp_path)
    assert taken(frame, "angle", ((5, 2), (2, 2), (5, 3))).value_of("angle") == pytest.approx(45)
    upright = taken(frame, "Cobb", ((1, 1), (7, 1), (1, 9), (7, 11)))
    assert upright.value_of("angle") == pytest.approx(45)


def test_a_tilted_gantry_changes_no_length_within_a_slice(tmp_path: Path) -> None:
    tilt = math.radians(18.5)
    axes = [1, 0, 0, 0, math.cos(tilt), -math.sin(tilt)]
    made = factories.dataset(ImageOrientationPatient=axes, GantryDetectorTilt=18.5, PixelSpacing=[0.5, 0.5])
    frame = read_dataset(made, tmp_path)
    found = seen_again(frame, ((2.5, 2.5), (2.5, 12.5)), random.Random(1))
    assert taken(frame, "length", found).value_of("length") == pytest.approx(5.0)


def test_a_magnification_is_said_with_the_millimetres_at_the_detector(tmp_path: Path) -> None:
    sizes = {"ImagerPixelSpacing": [0.1, 0.1], "EstimatedRadiographicMagnificationFactor": 1.8}
    frame = read_dataset(factories.dataset(**DETECTOR, **sizes), tmp_path)
    for kind, points in (("length", ((1, 1), (11, 1))), ("rectangle", ((1, 1), (9, 1), (9, 9), (1, 9)))):
        found = taken(frame, kind, points)
        assert "at the detector" in " ".join(map(str, found.lines))
        assert "a magnification of 1.8" in " ".join(map(str, found.notes))


def test_each_ultrasound_region_has_its_own_units(tmp_path: Path) -> None:
    regions = [
        region(0, 15, (CM, 0.02), (CM, 0.03)),
        region(16, 31, (SECONDS, 0.005), (CM, 0.04)),
        region(32, 47, (SECONDS, 0.01), (CM_PER_SECOND, -2.0)),
    ]
    pixels = factories.gradient(ROWS, COLUMNS)
    made = factories.dataset(pixels, SequenceOfUltrasoundRegions=regions, **ULTRASOUND)
    frame = read_dataset(made, tmp_path)
    expected = {
        4.5: [f"{math.hypot(30 * 0.2, 4 * 0.3):.1f} mm"],
        20.5: ["Δ 150.0 ms", "Δ 1.6 mm"],
        36.5: ["Δ 300.0 ms", "Δ 8.0 cm/s"],
    }
    for row, lines in expected.items():
        found = taken(frame, "length", ((10.5, row), (40.5, row + 4)))
        assert [str(line) for line in found.lines] == lines
    between = taken(frame, "length", ((10.5, 4.5), (10.5, 40.5)))
    assert [str(line) for line in between.lines] == ["54.0 px"]  # as it is seen: pixels 1.5 times as high
    assert "the unit is the width of a pixel" in str(between.notes[0])


def test_a_region_that_leaves_the_picture_measures_what_is_there_and_says_so(tmp_path: Path) -> None:
    made = factories.dataset(PixelSpacing=[2.0, 0.5])
    frame = read_dataset(made, tmp_path)
    found = taken(frame, "rectangle", ((-4, -4), (4, -4), (4, 4), (-4, 4)))
    values = made.pixel_array[:4, :4] + made.RescaleIntercept
    assert (found.value_of("pixels"), found.value_of("mean")) == (16, pytest.approx(values.mean()))
    assert any("beyond" in str(note) or "outside" in str(note) for note in found.notes)
    beside = taken(frame, "ellipse", ((-9, -5), (-5, -5), (-7, -7), (-7, -3)))
    assert beside.value_of("mean") is None


@pytest.mark.parametrize("kind", ["length", "angle", "Cobb", "rectangle", "ellipse", "polygon", "freehand"])
def test_drawings_without_an_extent_have_no_senseless_number(kind: str, tmp_path: Path) -> None:
    frame = read_dataset(factories.dataset(), tmp_path)
    count = {"length": 2, "angle": 3}.get(kind, 4)
    found = taken(frame, kind, ((5.25, 5.25),) * count)
    assert all(math.isfinite(one.value) for one in found.quantities)
    assert found.value_of("length") in (None, 0.0)
    assert found.value_of("angle") is None
    assert found.value_of("area") in (None, 0.0)
    assert found.value_of("mean") is None


def test_numbers_that_are_none_are_left_out(tmp_path: Path) -> None:
    values = np.arange(256, dtype=np.float32).reshape(16, 16)
    values[4:6, 4:6] = math.nan
    made = factories.dataset(
        factories.gradient(),
        SOPClassUID="1.2.840.10008.5.1.4.1.1.30",
        Modality="MR",
        BitsStored=None,
        HighBit=None,
        PixelRepresentation=None,
        RescaleSlope=None,
        RescaleIntercept=None,
        RescaleType=None,
    )
    del made.PixelData
    made.BitsAllocated = 32
    made.FloatPixelData = values.tobytes()
    frame = read(factories.write(made, tmp_path / "a.dcm"))
    found = taken(frame, "rectangle", ((3, 3), (7, 3), (7, 7), (3, 7)))
    there = values[3:7, 3:7][~np.isnan(values[3:7, 3:7])]
    assert found.value_of("pixels") == there.size == 12
    assert found.value_of("mean") == pytest.approx(there.mean())
    assert (found.value_of("minimum"), found.value_of("maximum")) == (there.min(), there.max())


def test_colors_have_an_area_and_no_mean(tmp_path: Path) -> None:
    path = factories.rgb(tmp_path / "a.dcm", PixelSpacing=[0.5, 0.5])
    found = taken(read(path), "rectangle", ((2, 2), (6, 2), (6, 6), (2, 6)))
    assert found.value_of("mean") is None
    assert found.notes


def test_each_frame_has_the_size_of_its_own_pixels(tmp_path: Path) -> None:
    made = factories.enhanced_ct(tmp_path / "a.dcm")
    line = ((2.5, 2.5), (12.5, 2.5))
    shared = taken(read(made, 2), "length", line)
    assert shared.value_of("length") == pytest.approx(10.0)
    changed = pydicom.dcmread(made)
    groups = changed.SharedFunctionalGroupsSequence[0]
    measures = groups.PixelMeasuresSequence
    del groups.PixelMeasuresSequence
    for number, one in enumerate(changed.PerFrameFunctionalGroupsSequence, 1):
        one.PixelMeasuresSequence = type(measures)([pydicom.Dataset()])
        one.PixelMeasuresSequence[0].PixelSpacing = [1.0, 0.5 * number]
    path = factories.write(changed, tmp_path / "b.dcm")
    for number in (1, 2, 3):
        found = taken(read(path, number), "length", line)
        assert found.value_of("length") == pytest.approx(5.0 * number)
