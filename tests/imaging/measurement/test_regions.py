"""Areas and statistics of regions against every pixel looked at alone, over random shapes and values."""

import math
import random
from collections.abc import Callable
from itertools import pairwise
from typing import Any

import numpy as np
import pytest

from medviewer.imaging.frame.attributes import FrameAttributes
from medviewer.imaging.frame.damage import Damage
from medviewer.imaging.frame.frame import Frame
from medviewer.imaging.frame.geometry import FrameGeometry, SpacingKind
from medviewer.imaging.frame.modality import ModalityTable, Rescale
from medviewer.imaging.measurement import statistics
from medviewer.imaging.measurement.measurement import Measurement, level_text
from medviewer.imaging.measurement.statistics import count_values, statistics_in, statistics_of
from medviewer.imaging.measurement.table import measure, outline_of
from tests.some_cases import some_of

Points = tuple[tuple[float, float], ...]
Inside = Callable[[float, float], bool]
ROWS, COLUMNS = 37, 53
TYPES = ("u1", "i1", "u2", "i2", ">i2", "i4", "f4", "f8")


def frame_of(stored: np.ndarray[Any, Any], spacing: tuple[float, float] = (1, 1), **named: Any) -> Frame:
    geometry = FrameGeometry(spacing_mm=spacing, spacing_kind=SpacingKind.PATIENT)
    return Frame(stored, "1.2", geometry=geometry, **named)


def random_frame(chance: random.Random) -> Frame:
    dtype = np.dtype(chance.choice(TYPES))
    numbers = np.random.default_rng(chance.randrange(1 << 30))
    if dtype.kind == "f":
        stored = numbers.normal(0, 500, (ROWS, COLUMNS)).astype(dtype)
        stored[numbers.random((ROWS, COLUMNS)) < 0.05] = math.nan
    else:
        ends = np.iinfo(dtype)
        low, high = max(ends.min, -30_000), min(ends.max, 30_000)
        stored = numbers.integers(low, high, (ROWS, COLUMNS)).astype(dtype)
    padding = (
        (float(chance.randint(-200, 0)), float(chance.randint(1, 90))) if chance.random() < 0.5 else None
    )
    modality: Any = Rescale(chance.uniform(0.1, 3), chance.uniform(-1100, 100), "HU")
    if dtype.kind in "iu" and chance.random() < 0.3:
        modality = ModalityTable(-20, numbers.normal(0, 9, 500).astype(np.float32))
    spacing = (chance.uniform(0.05, 4), chance.uniform(0.05, 4))
    return frame_of(stored, spacing, modality=modality, padding=padding)


def value_of(frame: Frame, row: int, column: int) -> float | None:
    """Return the value of a pixel by the standard, None for padding."""
    stored = frame.stored[row, column].item()
    if math.isnan(stored) or (frame.padding is not None and frame.padding[0] <= stored <= frame.padding[1]):
        return None
    if isinstance(frame.modality, Rescale):
        return float(stored * frame.modality.slope + frame.modality.intercept)
    table = frame.modality.values
    return float(table[min(max(stored - frame.modality.first_mapped, 0), len(table) - 1)])


def check_pixels(frame: Frame, found: Measurement, inside: Inside) -> None:
    """Compare statistics with those of all pixels whose centers lie inside."""
    there = [
        value_of(frame, row, column)
        for row in range(ROWS)
        for column in range(COLUMNS)
        if inside(column + 0.5, row + 0.5)
    ]
    values = [value for value in there if value is not None]
    assert found.value_of("pixels") == (len(values) or None)
    if values:
        mean = math.fsum(values) / len(values)
        deviation = math.sqrt(math.fsum((value - mean) ** 2 for value in values) / len(values))
        assert found.value_of("mean") == pytest.approx(mean, rel=1e-9, abs=1e-9)
        assert found.value_of("standard_deviation") == pytest.approx(deviation, rel=1e-9, abs=1e-6)
        assert found.value_of("minimum") == pytest.approx(min(values), rel=1e-12)
        assert found.value_of("maximum") == pytest.approx(max(values), rel=1e-12)
    if there and len(there) > len(values):
        notes = " ".join(str(note) for note in found.notes)
        assert f"left out: {len(there) - len(values)}." in notes or "only pixels" in notes


def winds_around(points: Points) -> Inside:
    """Return whether a place is inside of a simple polygon.

    The angles to its corners add to a turn.
    """

    def inside(x: float, y: float) -> bool:
        total = 0.0
        for (x0, y0), (x1, y1) in zip(points, (*points[1:], points[0]), strict=True):
            a, b = (x0 - x, y0 - y), (x1 - x, y1 - y)
            total += math.atan2(a[0] * b[1] - a[1] * b[0], a[0] * b[0] + a[1] * b[1])
        return abs(total) > math.pi

    return inside


def fan_area(points: Points) -> float:
    """Return the area of a polygon by triangles from its first corner."""
    x, y = points[0]
    return abs(
        math.fsum((x0 - x) * (y1 - y) - (x1 - x) * (y0 - y) for (x0, y0), (x1, y1) in pairwise(points[1:]))
        / 2
    )


@pytest.mark.parametrize("seed", some_of(range(200), 25))
def test_a_polygon_measures_the_pixels_whose_centers_lie_in_it(seed: int) -> None:
    chance = random.Random(seed)
    frame = random_frame(chance)
    x, y = chance.uniform(-5, COLUMNS + 5), chance.uniform(-5, ROWS + 5)
    angles = sorted(chance.uniform(0, 2 * math.pi) for _ in range(chance.randint(3, 40)))
    angles[:3] = (0.1, 2.2, 4.3)  # its center lies inside: it never crosses itself
    corners = [(chance.uniform(1, 30), angle) for angle in sorted(angles)]
    points = tuple((x + r * math.cos(angle), y + r * math.sin(angle)) for r, angle in corners)
    found = measure(frame, chance.choice(("polygon", "freehand")), points)
    assert found is not None
    down, across = frame.geometry.spacing_mm or (0, 0)
    assert found.value_of("area") == pytest.approx(fan_area(points) * down * across, rel=1e-9)
    check_pixels(frame, found, winds_around(points))


@pytest.mark.parametrize("seed", some_of(range(100), 25))
def test_a_rectangle_measures_the_pixels_whose_centers_lie_in_it(seed: int) -> None:
    chance = random.Random(seed)
    frame = random_frame(chance)
    left, right = sorted(chance.uniform(-9, COLUMNS + 9) for _ in range(2))
    top, bottom = sorted(chance.uniform(-9, ROWS + 9) for _ in range(2))
    found = measure(frame, "rectangle", ((left, top), (right, top), (right, bottom), (left, bottom)))
    assert found is not None
    down, across = frame.geometry.spacing_mm or (0, 0)
    area = (right - left) * across * (bottom - top) * down
    assert found.value_of("area") == pytest.approx(area, rel=1e-9)
    check_pixels(frame, found, lambda x, y: left < x < right and top < y < bottom)


@pytest.mark.parametrize("seed", some_of(range(200), 25))
def test_an_ellipse_measures_the_pixels_whose_centers_lie_in_it(seed: int) -> None:
    chance = random.Random(seed)
    frame = random_frame(chance)
    x, y = chance.uniform(-5, COLUMNS + 5), chance.uniform(-5, ROWS + 5)
    long, short, turn = chance.uniform(0.3, 30), chance.uniform(0.3, 30), chance.uniform(0, math.pi)
    u = (long * math.cos(turn), long * math.sin(turn))
    v = (-short * math.sin(turn), short * math.cos(turn))
    ends = tuple((x + s * way[0], y + s * way[1]) for way in (u, v) for s in (-1, 1))
    found = measure(frame, "ellipse", ends)
    assert found is not None
    down, across = frame.geometry.spacing_mm or (0, 0)
    assert found.value_of("area") == pytest.approx(math.pi * long * short * down * across, rel=1e-9)
    foci = math.sqrt(abs(long**2 - short**2))
    at = turn if long >= short else turn + math.pi / 2
    one, other = ((x + s * foci * math.cos(at), y + s * foci * math.sin(at)) for s in (-1, 1))
    check_pixels(
        frame,
        found,
        lambda px, py: math.dist(one, (px, py)) + math.dist(other, (px, py)) <= 2 * max(long, short),
    )


@pytest.mark.parametrize("dtype", ["u1", "i1", "u2", "i2", ">u2"])
def test_exact_sums_and_counted_values_agree_on_a_large_image(dtype: str) -> None:
    ends = np.iinfo(dtype)
    numbers = np.random.default_rng(7)
    stored = numbers.integers(ends.max - 9, ends.max + 1, (1100, 2003)).astype(dtype)
    stored[numbers.random(stored.shape) < 0.01] = ends.min
    frame = frame_of(stored, modality=Rescale(-0.5, 3, "HU"))
    shapes: tuple[tuple[str, Points], ...] = (
        ("rectangle", ((3.0, 4.0), (1999.0, 4.0), (1999.0, 1090.0), (3.0, 1090.0))),
        ("ellipse", ((2.0, 550.0), (2001.0, 550.0), (1000.0, 3.0), (1000.0, 1097.0))),
        ("polygon", ((0.0, 0.0), (1000.0, 900.0), (2003.0, 0.0), (2003.0, 1100.0), (0.0, 1100.0))),
    )
    for kind, points in shapes:
        outline = outline_of(kind, points)
        assert outline is not None
        spans = outline.spans(*stored.shape)
        summed, counted = statistics_in(frame, spans), statistics_of(count_values(frame, spans))
        assert summed is not None
        assert counted is not None
        assert (summed.count, summed.minimum, summed.maximum) == (
            counted.count,
            counted.minimum,
            counted.maximum,
        )
        assert summed.mean == pytest.approx(counted.mean, rel=1e-12)
        assert summed.standard_deviation == pytest.approx(counted.standard_deviation, rel=1e-9)


@pytest.mark.parametrize("dtype", ["u1", "i1", "u2", "i2", ">i2"])
@pytest.mark.parametrize("where", ["least", "most", "between", "smallest of all", "largest of all"])
def test_one_padding_value_is_left_out_of_exact_sums(
    dtype: str, where: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(statistics, "TILE", 100)  # some are wholly padding, some in part
    numbers = np.random.default_rng(5)
    ends = np.iinfo(dtype)
    low, high = max(ends.min + 5, -3000), min(ends.max - 5, 3000)
    stored = numbers.integers(low, high, (300, 280)).astype(dtype)
    padding = {
        "least": low - 2,
        "most": high + 2,
        "between": (low + high) // 2,
        "smallest of all": ends.min,
        "largest of all": ends.max,
    }[where]
    stored[:, :170] = padding
    stored[numbers.random(stored.shape) < 0.1] = padding
    frame = frame_of(stored, modality=Rescale(0.7, -31, "HU"), padding=(float(padding), float(padding)))
    shapes = {
        "rectangle": ((60.0, 20.0), (250.0, 20.0), (250.0, 280.0), (60.0, 280.0)),
        "ellipse": ((10.0, 150.0), (270.0, 150.0), (140.0, 40.0), (140.0, 260.0)),
    }
    for kind, points in shapes.items():
        spans = outline_of(kind, points).spans(*stored.shape)
        summed, counted = statistics_in(frame, spans), statistics_of(count_values(frame, spans))
        assert summed is not None
        assert counted is not None
        assert summed.left_out == counted.left_out > 0
        assert (summed.count, summed.minimum, summed.maximum) == (
            counted.count,
            counted.minimum,
            counted.maximum,
        )
        assert summed.mean == pytest.approx(counted.mean, rel=1e-12)
        assert summed.standard_deviation == pytest.approx(counted.standard_deviation, rel=1e-12)


def test_a_region_of_nothing_but_padding_has_no_statistics() -> None:
    frame = frame_of(np.full((40, 40), 7, np.int16), padding=(7.0, 7.0))
    measured = measure(frame, "rectangle", ((3.0, 3.0), (30.0, 3.0), (30.0, 30.0), (3.0, 30.0)))
    assert "mean" not in {quantity.name for quantity in measured.quantities}


def test_regions_that_share_a_border_share_no_pixel() -> None:
    frame = frame_of(np.ones((10, 10), np.uint8))
    halves = (
        ((0.5, 0.5), (4.5, 0.5), (4.5, 9.5), (0.5, 9.5)),
        ((4.5, 0.5), (9.5, 0.5), (9.5, 9.5), (4.5, 9.5)),
    )
    counts = [measure(frame, "rectangle", half).value_of("pixels") for half in halves]  # type: ignore[union-attr]
    assert counts == [36, 45]


def test_a_line_that_crosses_itself_has_the_area_of_its_pixels() -> None:
    frame = frame_of(np.ones((40, 40), np.uint8), (0.5, 0.5))
    found = measure(frame, "freehand", ((0, 0), (40, 40), (40, 0), (0, 40)))
    assert found is not None
    assert "The line crosses itself: the area is that of the pixels inside." in map(str, found.notes)
    assert found.value_of("area") == pytest.approx(200, rel=0.05)


def test_a_region_says_mean_deviation_ends_and_area() -> None:
    stored = np.array([[10, 20], [30, 40]], np.int16)
    frame = frame_of(stored, (2.0, 3.0), modality=Rescale(1, -1000, "HU"))
    found = measure(frame, "rectangle", ((0, 0), (2, 0), (2, 2), (0, 2)))
    assert found is not None
    assert [str(line) for line in found.lines] == [
        "Area 24.0 mm²",
        "Mean −975, SD 11.2 HU",
        "Min −990, max −960 HU",
    ]
    assert found.notes == ()


def test_values_that_are_no_measurements_are_not_measured() -> None:
    corners = ((0.0, 0.0), (2.0, 0.0), (2.0, 2.0), (0.0, 2.0))
    gray, color = np.zeros((4, 4), np.uint8), np.zeros((4, 4, 3), np.uint8)
    for frame in (
        frame_of(color),
        frame_of(gray, attributes=FrameAttributes(modality="SEG")),
        frame_of(gray, is_subtracted=True),
    ):
        found = measure(frame, "rectangle", corners)
        assert found is not None
        assert [one.name for one in found.quantities] == ["area"]
        assert found.notes


def test_what_values_do_not_hold_for_is_said() -> None:
    corners = ((-2.0, 0.0), (2.0, 0.0), (2.0, 2.0), (-2.0, 2.0))
    gray = np.zeros((4, 4), np.uint8)
    found = measure(
        frame_of(gray, damage=Damage(0.3), modality=Rescale(is_known=False)), "rectangle", corners
    )
    assert found is not None
    said = " ".join(map(str, found.notes))
    for word in ("beyond the image", "as stored", "damaged"):
        assert word in said


def test_a_point_has_the_value_of_its_pixel() -> None:
    frame = frame_of(
        np.arange(16, dtype=np.int16).reshape(4, 4), modality=Rescale(2, 1, "HU"), padding=(0, 0)
    )
    assert str(measure(frame, "point", ((2.9, 1.1),)).lines[0]) == "13 HU"  # type: ignore[union-attr]
    for outside in ((0.5, 0.5), (4.0, 1.0), (-0.1, 1.0)):  # padding, and beyond the border
        assert measure(frame, "point", (outside,)).quantities == ()  # type: ignore[union-attr]


def test_counts_are_exact_over_many_bands() -> None:
    stored = np.full((3000, 3000), 1000, np.uint16)
    stored[::2] = 1001
    corners = ((0.0, 0.0), (3000.0, 0.0), (3000.0, 3000.0), (0.0, 3000.0))
    found = measure(frame_of(stored), "rectangle", corners)
    assert found is not None
    assert found.value_of("mean") == 1000.5
    assert found.value_of("standard_deviation") == 0.5
    around = measure(frame_of(stored), "ellipse", ((0, 1500), (3000, 1500), (1500, 0), (1500, 3000)))
    assert around is not None
    assert around.value_of("pixels") == pytest.approx(math.pi * 1500**2, rel=1e-4)


def test_kinds_that_measure_nothing_and_wrong_numbers_of_points_give_nothing() -> None:
    frame = frame_of(np.zeros((4, 4), np.uint8))
    assert measure(frame, "arrow", ((0, 0), (1, 1))) is None
    assert measure(frame, "angle", ((0, 0), (1, 1))) is None


@pytest.mark.parametrize(
    ("step", "value", "of_a_pixel", "of_a_mean"),
    [
        (1.0, 63.718, "64", "63.7"),
        (1.0, 5.53, "6", "5.5"),
        (1.0, 1234.56, "1235", "1235"),
        (0.1, 5.53, "5.5", "5.53"),
        (0.00031, 3.21456, "3.215", "3.215"),
        (4.0, 63.718, "64", "63.7"),
        (None, 63.718, "63.72", "63.72"),
    ],
)
def test_values_have_as_many_digits_as_the_data_deserve(
    step: float | None, value: float, of_a_pixel: str, of_a_mean: str
) -> None:
    assert level_text(value, step) == of_a_pixel
    assert level_text(value, None if step is None else step / 10) == of_a_mean
