"""Filters against independent implementations, and at their limits."""

import tracemalloc

import cv2
import numpy as np
import pytest
from hypothesis import given, settings, strategies as st
from skimage.filters import threshold_otsu

from medviewer.imaging.display.frame_values import apply_modality, padding_mask
from medviewer.imaging.frame.frame import Frame
from medviewer.imaging.frame.modality import ModalityTable, Rescale
from medviewer.imaging.processing.filters import (
    SOBEL_RANGE,
    Quantized,
    canny,
    derivatives,
    exact_derivatives,
    guided,
    non_local_means,
    otsu,
    quantize_frame,
    quantize_values,
    without_padding,
)
from medviewer.imaging.processing.noise import frame_noise, noise_sigma


def noise(shape: tuple[int, int], sigma: float, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).normal(0, sigma, shape).astype(np.float32)


def between_class_variance(image: np.ndarray) -> np.ndarray:
    """Return Otsu's criterion for every threshold from 0 to 65,534."""
    counts = np.bincount(image.ravel(), minlength=65_536).astype(np.float64)
    below = counts.cumsum()
    above = below[-1] - below
    sums = (counts * np.arange(65_536)).cumsum()
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.nan_to_num(below * above * (sums / below - (sums[-1] - sums) / above) ** 2)[:-1]


@pytest.mark.parametrize("dtype", ["int8", "uint8", "int16", "uint16"])
@pytest.mark.parametrize(("slope", "intercept"), [(1, 0), (2.5, -1024), (-1, 7)])
def test_stored_integers_stand_for_their_modality_values(dtype: str, slope: float, intercept: float) -> None:
    info = np.iinfo(dtype)
    stored = np.linspace(info.min, info.max, 1000).astype(dtype).reshape(10, 100)
    frame = Frame(stored, "1", modality=Rescale(slope, intercept))
    quantized = quantize_frame(frame)
    assert quantized is not None
    assert quantized.scale > 0
    np.testing.assert_allclose(quantized.values(quantized.image), apply_modality(frame), atol=0.02)


def test_what_is_no_rescaled_integer_is_not_taken_as_one() -> None:
    table = ModalityTable(0, np.array([3, 1, 2], np.float32))
    assert quantize_frame(Frame(np.zeros((2, 2), np.int16), "1", modality=table)) is None
    assert quantize_frame(Frame(np.zeros((2, 2), np.float32), "1")) is None
    assert quantize_frame(Frame(np.zeros((2, 2), np.int16), "1", modality=Rescale(0, 5))) is None


def test_floats_are_spread_over_16_bits() -> None:
    values = noise((50, 50), 1e-3)
    quantized = quantize_values(values)
    assert (quantized.image.min(), quantized.image.max()) == (0, 65_535)
    np.testing.assert_allclose(quantized.values(quantized.image), values, atol=quantized.scale)
    flat = quantize_values(np.full((3, 3), 7.5, np.float32))
    assert flat.values(flat.image).tolist() == [[7.5] * 3] * 3


def test_spreading_values_takes_no_copy_of_the_whole_image() -> None:
    values = noise((4000, 500), 300)
    tracemalloc.start()
    quantized = quantize_values(values)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert quantized.image.nbytes <= most < quantized.image.nbytes + values.nbytes / 4


@settings(max_examples=25, deadline=None)
@given(st.integers(1, 300), st.integers(1, 40), st.integers(1, 64), st.integers(0, 9))
def test_bands_change_nothing(rows: int, columns: int, band_rows: int, seed: int) -> None:
    values = noise((rows, columns), 300, seed) + 1000
    whole = guided(values, 20, band_rows=10_000)
    np.testing.assert_array_equal(guided(values, 20, band_rows=band_rows), whole)


def test_the_guided_filter_is_the_published_one() -> None:
    image = (noise((40, 30), 50) + 200).astype(np.float64)

    def box(array: np.ndarray) -> np.ndarray:
        wide = np.pad(array, 2, mode="reflect")
        return sum(wide[i : i + 40, j : j + 30] for i in range(5) for j in range(5)) / 25

    mean = box(image)
    variance = box(image * image) - mean * mean
    a = variance / (variance + 900)
    expected = box(a) * image + box(mean - a * mean)
    np.testing.assert_allclose(guided(image.astype(np.float32), 30), expected, atol=0.01)


def test_smoothing_keeps_an_edge_and_takes_noise_away() -> None:
    clean = np.where(np.arange(128) < 64, 0, 300).astype(np.float32)[None].repeat(128, 0)
    noisy = clean + noise((128, 128), 20)
    stored = np.rint(noisy + 1000).astype(np.uint16)
    for smoothed in (guided(noisy, 30), np.vstack(list(non_local_means(stored, 20))) - 1000.0):
        assert (smoothed - clean)[:, 8:56].std() < 0.6 * 20
        assert (smoothed[:, 66:70].mean() - smoothed[:, 58:62].mean()) == pytest.approx(300, abs=10)


@pytest.mark.parametrize("shape", [(40, 9000), (700, 1000), (5, 7)])
def test_non_local_means_in_bands_is_that_of_the_whole(shape: tuple[int, int]) -> None:
    image = np.rint(noise(shape, 300) + 5000).clip(0).astype(np.uint16)
    bands = list(non_local_means(image, 200))
    assert len(bands) > 1 or shape == (5, 7)
    whole = cv2.fastNlMeansDenoising(image, [200.0], None, 3, 11, cv2.NORM_L1)
    np.testing.assert_array_equal(np.vstack(bands), whole)


@pytest.mark.parametrize("blur", [0, 0.8])
def test_the_noise_is_found_whether_correlated_or_not(blur: float) -> None:
    field = noise((256, 256), 1)
    if blur:
        field = cv2.GaussianBlur(field, (0, 0), blur)
    values = field * (25 / field.std()) + np.where(np.arange(256) // 64 % 2, 40, 400).astype(np.float32)
    assert noise_sigma(values) == pytest.approx(25, rel=0.25)


def test_air_and_padding_do_not_hide_the_noise_of_the_tissue() -> None:
    values = noise((256, 256), 12) + 40
    values[:, :180] = -1000
    padding = np.zeros(values.shape, bool)
    values[:40], padding[:40] = -2000, True
    assert noise_sigma(values, padding) == pytest.approx(12, rel=0.2)


def test_the_noise_of_a_frame_is_that_of_its_values_and_is_estimated_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    stored = np.rint(noise((700, 600), 12) + 1064).astype(np.uint16)
    stored[:300] = 0
    frame = Frame(stored, "1", modality=Rescale(1, -1024), padding=(0, 0))
    assert frame_noise(frame) == noise_sigma(apply_modality(frame), padding_mask(frame))
    assert frame_noise(frame) == pytest.approx(12, rel=0.2)
    monkeypatch.setattr("medviewer.imaging.processing.noise.apply_modality", None)
    assert frame_noise(frame) == pytest.approx(12, rel=0.2)
    with pytest.raises(TypeError):
        frame_noise(Frame(stored, "1"))


@pytest.mark.parametrize("shape", [(1, 1), (7, 300), (300, 7), (64, 64)])
def test_without_noise_there_is_none(shape: tuple[int, int]) -> None:
    assert noise_sigma(np.full(shape, 40, np.float32)) == 0
    assert frame_noise(Frame(np.full(shape, 40, np.int16), "1")) == 0


def drawn(kind: str, side: int = 256) -> np.ndarray:
    """Return an image without noise."""
    rows, columns = np.mgrid[:side, :side].astype(np.float32)
    radius = np.hypot(rows - side / 2, columns - side / 2)
    disc = np.where(radius < 0.3 * side, 1000, 0).astype(np.float32)
    return {
        "disc": disc,
        "soft disc": cv2.GaussianBlur(disc, (0, 0), 1),
        "disc in whole numbers": np.rint(cv2.GaussianBlur(disc, (0, 0), 2)),
        "two discs": disc + np.where(np.hypot(rows - 0.4 * side, columns - 0.5 * side) < 9, 20, 0),
        "bars": columns // 4 % 2 * 100,
        "fine lines": columns % 2 * 100,
        "checks": (columns // 5 + rows // 5) % 2 * 100,
        "labels": columns // 10 * 7 % 13 + rows // 10 * 5 % 11,
        "ramp": 16 * columns + rows,
        "ramp in whole numbers": np.rint(0.31 * columns + 0.17 * rows),
        "hill": 1000 * np.exp(-(radius**2) / 2 / 40**2),
        "dose": np.rint(50_000 * np.exp(-(radius**2) / 2 / 30**2)),
    }[kind].astype(np.float32)


DRAWN = (
    *("disc", "soft disc", "disc in whole numbers", "two discs", "bars", "fine lines", "checks", "labels"),
    *("ramp", "ramp in whole numbers", "hill", "dose"),
)


@pytest.mark.parametrize("kind", DRAWN)
@pytest.mark.parametrize("side", [256, 700])
def test_an_image_that_was_drawn_or_computed_has_no_noise(kind: str, side: int) -> None:
    assert noise_sigma(drawn(kind, side)) == 0
    turned = np.ascontiguousarray(drawn(kind, side).T)
    assert noise_sigma(turned) == 0


@pytest.mark.parametrize("sigma", [0.6, 1.0, 5.0])
@pytest.mark.parametrize("kind", ["disc", "two discs", "checks", "hill"])
def test_noise_in_whole_numbers_is_found_on_what_was_drawn(kind: str, sigma: float) -> None:
    values = np.rint(drawn(kind) + noise((256, 256), sigma))
    assert noise_sigma(values) >= 0.8 * sigma


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10_000), st.integers(0, 3000), st.integers(1, 400))
def test_otsu_is_the_maximum_of_its_criterion(seed: int, gap: int, spread: int) -> None:
    generator = np.random.default_rng(seed)
    low, high = generator.normal(5000, spread, 900), generator.normal(5000 + gap, spread, 700)
    image = np.concatenate([low, high]).astype(np.uint16).reshape(40, 40)
    level = otsu(Quantized(image, 1.0, 0.0))
    criterion = between_class_variance(image)
    assert level is not None
    assert criterion[int(level)] == pytest.approx(criterion.max(), rel=1e-9)
    theirs = int(threshold_otsu(image))  # counts in single precision: a tie of 1e-6 may go the other way
    assert criterion[theirs] == pytest.approx(criterion.max(), rel=1e-5)


def test_otsu_does_not_see_padding_and_knows_a_flat_image() -> None:
    image = np.concatenate([np.full(500, 1000), np.full(500, 2000)]).astype(np.uint16).reshape(20, 50)
    padding = np.zeros(image.shape, bool)
    image[:5], padding[:5] = 60_000, True
    with_padding, without = otsu(Quantized(image, 1.0, 0.0)), otsu(Quantized(image, 1.0, 0.0), padding)
    assert with_padding is not None
    assert without is not None
    assert with_padding >= 2000 > without >= 1000
    assert otsu(Quantized(np.full((4, 4), 9, np.uint16), 1.0, 0.0)) is None
    assert otsu(Quantized(image, 1.0, 0.0), np.ones(image.shape, bool)) is None


def test_otsu_with_padding_is_that_of_the_rest_alone() -> None:
    image = np.rint(noise((60, 50), 40) + 500).astype(np.uint16)
    image[:, 30:] += 150
    padding = np.zeros((400, 50), bool)
    padding[60:] = True
    padded = np.concatenate([image, np.zeros((340, 50), np.uint16)])
    assert otsu(Quantized(padded, 1.0, 0.0), padding) == otsu(Quantized(image, 1.0, 0.0))


def test_derivatives_are_in_units_per_pixel() -> None:
    ramp = np.arange(20, dtype=np.float32)[None].repeat(10, 0) * 7
    gradient = derivatives(ramp)
    assert gradient.across[5, 5] * gradient.unit == pytest.approx(7)
    assert gradient.down[5, 5] * gradient.unit == pytest.approx(0)


@pytest.mark.parametrize(("dtype", "slope"), [("int16", 1), ("uint16", 0.5), ("uint8", -2)])
def test_derivatives_of_stored_integers_are_those_of_their_values(dtype: str, slope: float) -> None:
    stored = np.rint(noise((40, 60), 40) + 128).clip(0, 255).astype(dtype)
    frame = Frame(stored, "1", modality=Rescale(slope, -1024))
    quantized = quantize_frame(frame)
    assert quantized is not None
    exact, general = exact_derivatives(quantized), derivatives(apply_modality(frame))
    assert exact is not None
    np.testing.assert_allclose(exact.across * exact.unit, general.across * general.unit, atol=1e-4)
    np.testing.assert_allclose(exact.down * exact.unit, general.down * general.unit, atol=1e-4)
    np.testing.assert_array_equal(canny(exact, 8, 20), canny(general, 8, 20))


@pytest.mark.parametrize(("height", "fits"), [(SOBEL_RANGE, True), (SOBEL_RANGE + 1, False)])
def test_derivatives_that_could_overflow_are_not_taken_as_integers(height: int, fits: bool) -> None:
    image = np.where(np.arange(8) < 4, 100, 100 + height).astype(np.uint16)[None].repeat(5, 0)
    gradient = exact_derivatives(Quantized(image, 1.0, 0.0))
    assert (gradient is not None) == fits
    if gradient is not None:
        assert gradient.across.max() == 4 * height


@pytest.mark.parametrize("step", [2e-4, 1, 300, 60_000, 1e7])
def test_an_edge_of_any_height_is_found_where_it_is(step: float) -> None:
    """60,000 and more would overflow 16-bit derivatives."""
    values = np.where(np.arange(64) < 32, 0, step).astype(np.float32)[None].repeat(32, 0)
    found = canny(derivatives(values), 0.1 * step, 0.3 * step)
    columns = np.argwhere(found)[:, 1]
    assert columns.size >= 30
    assert set(columns) <= {31, 32}


@pytest.mark.parametrize("weak", [50, 0.5])
def test_a_weak_edge_is_not_lost_beside_a_huge_one(weak: float) -> None:
    values = np.zeros((64, 128), np.float32)
    values[:, 40:] += weak
    values[:, 100:] += 1228.8 * weak  # a multiple of 65,536 once scaled: without a limit it would become 0
    columns = set(np.argwhere(canny(derivatives(values), 0.08 * weak, 0.2 * weak))[:, 1])
    assert columns & {39, 40}
    assert columns & {99, 100}


@pytest.mark.parametrize("huge", [3e4, 3e6])
def test_the_weakest_edge_counts_however_large_the_largest_is(huge: float) -> None:
    values = np.zeros((64, 128), np.float32)
    values[:, 40:] += 0.5
    values[:, 100:] += huge
    assert set(np.argwhere(canny(derivatives(values), 0.04, 0.1))[:, 1]) & {39, 40}


@pytest.mark.parametrize("height", [100, 3e3, 3e4])
def test_a_soft_edge_stays_a_line_however_much_larger_it_is_than_what_counts(height: float) -> None:
    """Cut flat at a highest derivative, its ridge would be lost, or be drawn beside itself."""
    across, down = np.meshgrid(np.arange(96) - 48, np.arange(96) - 48)
    far = np.hypot(across, down)
    disc = (height / (1 + np.exp((far - 30) / 2))).astype(np.float32)
    found = canny(derivatives(disc), 0.04, 0.1) & (far < 46)  # at the border of the image a slope ends
    directions = np.arctan2(down, across)[found]
    assert np.abs(far[found] - 30).max() <= 1.5
    assert np.histogram(directions, 36, (-np.pi, np.pi))[0].min() > 0, "the line has a gap"


def test_padding_is_replaced_by_the_smallest_value() -> None:
    values = np.array([[5, 7, -2000]], np.float32)
    padding = np.array([[False, False, True]])
    assert without_padding(values, padding).tolist() == [[5, 7, 5]]
    assert values[0, 2] == -2000
    assert without_padding(values, None) is values
    assert without_padding(values, ~np.isnan(values)).tolist() == [[0, 0, 0]]
    assert without_padding(np.array([[9, 4]], np.uint16), np.array([[True, False]])).tolist() == [[4, 4]]
