"""Area and longest diameter of a corrected outline, against pixels that are looked at one by one."""

import math
from dataclasses import replace

import numpy as np
import pytest

from medviewer.imaging.annotation.masks import points_of_mask
from medviewer.imaging.frame.geometry import SpacingKind
from medviewer.imaging.measurement.corrected import longest_diameter
from medviewer.imaging.measurement.table import measure
from medviewer.inference.input.drawing import outline_of
from tests.made_panes import AXIAL, make_pane


def parts(mask: np.ndarray) -> list[list[tuple[int, int]]]:
    """Return the pixels of the parts of a mask, which may touch at a corner."""
    left = {(int(row), int(column)) for row, column in np.argwhere(mask)}
    found = []
    while left:
        part, at = [], [left.pop()]
        while at:
            row, column = at.pop()
            part.append((row, column))
            near = {(row + r, column + c) for r in (-1, 0, 1) for c in (-1, 0, 1)} & left
            left -= near
            at += near
        found.append(part)
    return found


def longest_by_hand(mask: np.ndarray, across: float, down: float) -> float:
    longest = max(
        math.hypot((a[1] - b[1]) * across, (a[0] - b[0]) * down)
        for part in parts(mask)
        for a in part
        for b in part
    )
    return longest + math.sqrt((across**2 + down**2) / 2)


def measured(mask: np.ndarray, **geometry):
    pane = make_pane(np.zeros(mask.shape, np.int16), geometry=replace(AXIAL, **geometry))
    return measure(pane.frame, "outline", points_of_mask(mask))


@pytest.mark.parametrize("seed", range(15))
def test_area_and_diameter_are_those_of_its_pixels(seed: int) -> None:
    random = np.random.default_rng(seed)
    mask = random.random((14, 17)) < random.choice([0.15, 0.5])
    mask[3, 4] = True
    down, across = (float(size) for size in random.uniform(0.2, 3.0, 2))
    found = measured(mask, spacing_mm=(down, across))
    assert found.value_of("area") == pytest.approx(mask.sum() * down * across, rel=1e-9)
    assert found.value_of("longest diameter") == pytest.approx(longest_by_hand(mask, across, down), rel=1e-6)
    assert {one.unit for one in found.quantities} == {"mm²", "mm", "px"}


def test_it_is_measured_like_the_models_own() -> None:
    values = np.random.default_rng(2).normal(size=(40, 50)).astype(np.float32)
    model = outline_of(values, (0.7, 1.3))
    assert model is not None
    found = measured(model.mask, spacing_mm=(0.7, 1.3))
    assert found.value_of("area") == pytest.approx(model.area_mm2)
    assert found.value_of("longest diameter") == pytest.approx(model.diameter_mm)


def test_millimetres_are_said_only_where_the_file_earns_them() -> None:
    mask = np.zeros((9, 9), bool)
    mask[2:5, 3:8] = True
    found = measured(mask, spacing_mm=None, spacing_kind=SpacingKind.UNKNOWN)
    assert (found.value_of("area"), found.quantities[0].unit) == (15, "px")
    assert found.quantities[1].unit == "px"
    assert found.notes
    at_detector = measured(mask, spacing_mm=(0.5, 0.5), spacing_kind=SpacingKind.DETECTOR)
    assert "detector" in at_detector.lines[0].for_user()


def test_nothing_outlined_has_no_size() -> None:
    found = measured(np.zeros((9, 9), bool))
    assert found.value_of("pixels") == 0
    assert found.value_of("area") is None
    assert [line.for_user() for line in found.lines] == ["Corrected by you: nothing is outlined"]


def test_one_pixel_is_as_long_as_it_is_wide() -> None:
    assert longest_diameter(np.ones((1, 1), bool), 2.0, 2.0) == pytest.approx(2.0)
