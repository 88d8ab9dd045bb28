"""Areas and volumes of regions of a range against every voxel walked through one after another."""

import math
import random
from collections import deque
from collections.abc import Generator
from dataclasses import replace
from itertools import pairwise

import numpy as np
import numpy.typing as npt
import pytest

from medviewer.imaging.frame.attributes import FrameAttributes
from medviewer.imaging.frame.frame import Frame
from medviewer.imaging.frame.geometry import FrameGeometry, SpacingKind, Vector, place_along, position_axis
from medviewer.imaging.frame.modality import Rescale
from medviewer.imaging.identity import Identity
from medviewer.imaging.measurement.scale import PixelScale
from medviewer.imaging.source import ImageSource, ReadStored, SliceFacts, SliceKey
from medviewer.imaging.volume.boundary import Boundary
from medviewer.imaging.volume.connected import Grown, Refused, ValueRange, grown
from medviewer.imaging.volume.extent import diameters, extent_of, slice_shares
from tests.some_cases import some_of

SHAPE = (9, 11)
ALL = ValueRange(-1000, 1000)
Voxel = tuple[int, int, int]


class MadeVolume(ImageSource):
    """A stack of frames in memory that notes which of its slices were read."""

    def __init__(self, frames: list[Frame]) -> None:
        self.frames = frames
        self.asked: list[int] = []
        self._headers = [
            SliceFacts(
                SliceKey(f"1.2.{number}", 1),
                frame.geometry,
                frame.attributes,
                position_mm=_along(frame.geometry),
            )
            for number, frame in enumerate(frames)
        ]

    key = "made"
    identity = Identity(modality="CT")
    rows, columns = SHAPE

    @property
    def headers(self) -> list[SliceFacts]:
        return self._headers

    def read(self, index: int, read_stored: ReadStored) -> Generator[None, None, Frame]:
        raise NotImplementedError

    def frame(self, index: int) -> Generator[None, None, Frame]:
        self.asked.append(index)
        yield
        return self.frames[index]


def vector(numbers: npt.NDArray[np.float64]) -> Vector:
    x, y, z = numbers.tolist()
    return x, y, z


def _along(geometry: FrameGeometry) -> float | None:
    axis = position_axis(geometry)
    return None if axis is None or geometry.position_mm is None else place_along(axis, geometry.position_mm)


def region_of(volume: MadeVolume, seed: Voxel, values: ValueRange, through: bool = True) -> Grown | Refused:
    growth = grown(volume.frame, volume, seed[0], seed[1:], values, through)
    while True:
        try:
            next(growth)
        except StopIteration as end:
            found: Grown | Refused = end.value
            return found


def made_volume(chance: random.Random) -> MadeVolume:
    numbers = np.random.default_rng(chance.randrange(1 << 30))
    count = chance.randint(2, 7)
    turn, lean = chance.uniform(0, 2 * math.pi), chance.uniform(-0.5, 0.5)
    row = np.array((math.cos(turn), math.sin(turn) * math.cos(lean), math.sin(turn) * math.sin(lean)))
    column = np.cross((0.0, -math.sin(lean), math.cos(lean)), row) * chance.choice((-1, 1))
    normal = np.cross(row, column)
    spacing = (chance.uniform(0.3, 2), chance.uniform(0.3, 2))
    usual = chance.uniform(0.5, 6)
    shear = row * chance.uniform(-1.5, 1.5) + column * chance.uniform(-1.5, 1.5)
    place, frames = np.array([chance.uniform(-90, 90) for _ in range(3)]), []
    dtype = chance.choice(("u1", "i2", "u2", ">i2", "f4"))
    padding = (3.0, 3.0) if chance.random() < 0.4 else None
    for number in range(count):
        if number:
            step = usual * chance.choice((1, 1, 1, 1.2, 3.7)) * (0.999 + 0.002 * chance.random())
            place = place + normal * step + (shear * step if chance.random() < 0.7 else 0)
        geometry = FrameGeometry(
            spacing_mm=spacing,
            spacing_kind=SpacingKind.PATIENT,
            position_mm=vector(place),
            row_direction=vector(row),
            column_direction=vector(column),
        )
        stored = numbers.integers(0, 8, SHAPE).astype(dtype)
        frames.append(
            Frame(
                stored,
                f"1.2.{number}",
                geometry=geometry,
                attributes=FrameAttributes(modality="CT"),
                modality=Rescale(2.0, -1.0, "HU"),
                padding=padding,
            )
        )
    return MadeVolume(frames)


def is_inside(frame: Frame, row: int, column: int, values: ValueRange) -> bool:
    stored = float(frame.stored[row, column])
    if frame.padding is not None and frame.padding[0] <= stored <= frame.padding[1]:
        return False
    return values.low <= 2 * stored - 1 <= values.high


def walked(volume: MadeVolume, seed: Voxel, values: ValueRange, through: bool) -> set[Voxel]:
    """Return the region by walking from voxel to voxel.

    Neighbors by places in the patient.
    """
    seen, queue = {seed}, deque([seed])
    while queue:
        at, row, column = queue.popleft()
        near = [(at, row + 1, column), (at, row - 1, column), (at, row, column + 1), (at, row, column - 1)]
        for other in (at - 1, at + 1) if through else ():
            if 0 <= other < len(volume.frames):
                here, there = volume.frames[at].geometry, volume.frames[other].geometry
                down, across = here.spacing_mm or (0.0, 0.0)
                a, d = np.array(here.row_direction), np.array(here.column_direction)
                place = np.array(here.position_mm) + a * across * column + d * down * row
                way = place - np.array(there.position_mm)
                near.append((other, round(float(way @ d) / down), round(float(way @ a) / across)))
        for one in near:
            is_there = 0 <= one[1] < SHAPE[0] and 0 <= one[2] < SHAPE[1]
            if is_there and one not in seen and is_inside(volume.frames[one[0]], *one[1:], values):
                seen.add(one)
                queue.append(one)
    return seen


def ml_of(volume: MadeVolume, voxels: set[Voxel]) -> float:
    """Return a volume: each voxel reaches half-way to the slices beside it."""
    places = [_along(frame.geometry) or 0.0 for frame in volume.frames]
    steps = [abs(b - a) for a, b in pairwise(places)]
    usual = sorted(steps)[(len(steps) - 1) // 2]
    held = {at for at, _, _ in voxels}
    down, across = volume.frames[0].geometry.spacing_mm or (0.0, 0.0)

    def half(low: int) -> float:
        """Return how far slices `low` and `low` + 1 reach to each other."""
        if steps[low] > 1.5 * usual and not {low, low + 1} <= held:
            return usual / 2
        return steps[low] / 2

    total = 0.0
    for at, _, _ in voxels:
        before = half(at - 1) if at else min(half(0), 0.75 * usual)
        behind = half(at) if at < len(steps) else min(half(at - 1), 0.75 * usual)
        total += down * across * (before + behind)
    return total / 1000


@pytest.mark.parametrize("seed", some_of(range(500), 40))
def test_a_volume_is_that_of_all_voxels_that_are_reached(seed: int) -> None:
    chance = random.Random(seed)
    volume = made_volume(chance)
    low, high = sorted(chance.sample(range(-1, 16), 2))
    values = ValueRange(float(low), float(high))
    start = chance.randrange(len(volume.frames)), chance.randrange(SHAPE[0]), chance.randrange(SHAPE[1])
    through = chance.random() < 0.8
    found = region_of(volume, start, values, through)
    if not is_inside(volume.frames[start[0]], *start[1:], values):
        assert isinstance(found, Refused)
        return
    assert isinstance(found, Grown)
    expected = walked(volume, start, values, through)
    voxels = {
        (index, int(row), int(column))
        for index in found.indices
        for row, column in zip(*np.nonzero(found.mask(index)), strict=True)
    }
    assert voxels == expected
    extent = extent_of(found, volume)
    down, across = volume.frames[0].geometry.spacing_mm or (0.0, 0.0)
    on_slice = sum(at == start[0] for at, _, _ in expected)
    assert extent.areas[start[0]] == pytest.approx(on_slice * down * across, rel=1e-9)
    if through:
        assert extent.volume_ml == pytest.approx(ml_of(volume, expected), rel=1e-9)
    else:
        assert extent.volume_ml is None
        assert set(volume.asked) == {start[0]}


@pytest.mark.parametrize("seed", some_of(range(100), 25))
def test_the_outer_lines_of_a_mask_hold_its_pixels_and_its_holes(seed: int) -> None:
    numbers = np.random.default_rng(seed)
    mask = numbers.random((12, 14)) < numbers.uniform(0.2, 0.8)
    held = np.zeros(mask.shape, int)
    for line in Boundary(mask).largest():
        for (x0, y0), (x1, y1) in pairwise((*line, line[0])):
            assert (x0 == x1) != (y0 == y1)
        for row in range(mask.shape[0]):
            for column in range(mask.shape[1]):
                x, y, inside = column + 0.5, row + 0.5, False
                for (x0, y0), (x1, y1) in pairwise((*line, line[0])):
                    if x0 == x1 and min(y0, y1) < y < max(y0, y1) and x < x0:
                        inside = not inside
                held[row, column] += inside
    assert (held[mask] >= 1).all()
    assert not held[0, ~mask[0]].any()  # what is open to the border is outside


def test_the_outline_around_a_pixel_is_that_of_its_own_part() -> None:
    mask = np.ones((9, 9), bool)
    mask[2:7, 2:7] = False
    mask[4, 4:6] = True  # within the hole of the other
    boundary = Boundary(mask)
    assert boundary.around(4, 5) == ((4, 4), (6, 4), (6, 5), (4, 5))
    assert boundary.around(0, 0) == ((0, 0), (9, 0), (9, 9), (0, 9))
    assert boundary.largest(1) == (boundary.around(8, 8),)
    assert boundary.count == 2


def test_the_axes_of_an_ellipsoid_estimate_its_volume() -> None:
    scale = PixelScale(0.5, 0.5, "mm", "mm", SpacingKind.PATIENT)
    y, x = np.mgrid[:101, :121]
    mask = ((x - 60) / 40) ** 2 + ((y - 50) / 20) ** 2 <= 1
    a, b = diameters(mask, scale)
    assert a == pytest.approx(40, abs=0.6)
    assert b == pytest.approx(20, abs=0.6)


def test_slices_count_for_the_axis_through_the_stack_as_kothari_says() -> None:
    squares = (10, 10, 8, 4, 2)  # 100, 100, 64, 16, 4 % of the largest area
    frames = []
    for number, side in enumerate(squares):
        stored = np.zeros((12, 12), np.int16)
        stored[:side, :side] = 60
        geometry = FrameGeometry(
            spacing_mm=(1.0, 1.0),
            spacing_kind=SpacingKind.PATIENT,
            position_mm=(0.0, 0.0, 5.0 * number),
            row_direction=(1.0, 0.0, 0.0),
            column_direction=(0.0, 1.0, 0.0),
        )
        frames.append(
            Frame(
                stored,
                f"1.2.{number}",
                geometry=geometry,
                attributes=FrameAttributes(modality="CT"),
                modality=Rescale(1.0, 0.0, "HU"),
            )
        )
    volume = MadeVolume(frames)
    found = region_of(volume, (0, 0, 0), ValueRange(50, 90))
    assert isinstance(found, Grown)
    extent = extent_of(found, volume)
    assert extent.volume_ml == pytest.approx((100 + 100 + 64 + 16 + 4) * 5 / 1000)
    assert extent.axes is not None
    assert extent.axes.c == pytest.approx(5 * (1 + 1 + 0.5))


def test_a_slice_beside_a_gap_stands_for_no_more_unless_the_region_goes_on() -> None:
    places = [0.0, 5.0, 10.0, 30.0, 35.0]
    one_side, _ = slice_shares(places, {1, 2})
    assert one_side == {1: 5.0, 2: 5.0}
    both, bridged = slice_shares(places, {2, 3})
    assert both == {2: 12.5, 3: 12.5}
    assert bridged == 15.0


def test_a_winding_region_asks_for_each_slice_once_and_ends_after_few_steps() -> None:
    numbers = np.random.default_rng(5)
    made = made_volume(random.Random(3)).frames
    volume = MadeVolume(
        [
            replace(made[0], stored=numbers.integers(0, 8, (90, 90)).astype(np.int16), padding=None)
            for _ in range(12)
        ]
    )
    start = volume.frames[6].stored
    for row, column in zip(*np.nonzero((start == 2) | (start == 3) | (start == 4)), strict=True):
        volume.asked.clear()
        growth = grown(volume.frame, volume, 6, (int(row), int(column)), ValueRange(3, 7), True)
        steps = 0
        while True:
            try:
                next(growth)
            except StopIteration as end:
                found = end.value
                break
            steps += 1
        if len(found.indices) == 12:
            assert sorted(volume.asked) == list(range(12))
            assert steps <= 5 * 12
            return
    raise AssertionError("no region goes through the stack")


def test_slices_that_the_region_does_not_reach_are_not_read() -> None:
    made = made_volume(random.Random(3)).frames
    values = [7, 0, *(7 for _ in made[2:])]
    volume = MadeVolume(
        [
            replace(frame, stored=np.full(SHAPE, value, np.int16))
            for frame, value in zip(made, values, strict=True)
        ]
    )
    found = region_of(volume, (0, 4, 4), ValueRange(10, 20))
    assert isinstance(found, Grown)
    assert found.indices == (0,)
    assert set(volume.asked) == {0, 1}


def refused(frame: Frame, values: ValueRange = ALL) -> str:
    found = region_of(MadeVolume([frame]), (0, 0, 0), values)
    assert isinstance(found, Refused)
    return str(found.reason)


def test_values_that_are_no_measurements_have_no_region() -> None:
    gray = np.zeros((4, 4), np.uint8)
    ct = FrameAttributes(modality="CT")
    capture = FrameAttributes(modality="OT", sop_class_uid="1.2.840.10008.5.1.4.1.1.7")
    assert "colour" in refused(Frame(np.zeros((4, 4, 3), np.uint8), "1", attributes=ct))
    assert "names" in refused(Frame(gray, "1", attributes=FrameAttributes(modality="SEG")))
    assert "captured" in refused(Frame(gray, "1", attributes=capture))
    assert "unit" in refused(Frame(gray, "1", attributes=ct, modality=Rescale(1.0, 0.0, "")))
    outside = Frame(gray, "1", attributes=ct, modality=Rescale(1.0, -500.0, "HU"))
    assert refused(outside, ValueRange(50, 90)) == "The value here is −500 HU; the range is 50 to 90 HU."
    assert refused(outside, ValueRange(200, 100_000)) == "The value here is −500 HU; the range is ≥ 200 HU."
