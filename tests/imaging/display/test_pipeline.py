"""One composed table shows what the float path shows, for every stored value."""

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

from medviewer.imaging.display import pipeline as presentation
from medviewer.imaging.display.pipeline import (
    display_values,
    halved_image,
    square_pixels,
    steps,
    to_display_image,
)
from medviewer.imaging.display.reduction import thumbnail
from medviewer.imaging.frame.attributes import FrameAttributes
from medviewer.imaging.frame.frame import Frame
from medviewer.imaging.frame.geometry import FrameGeometry
from medviewer.imaging.frame.modality import ModalityTable, Rescale, every_stored, to_modality_values
from medviewer.imaging.frame.voi import IdentityVoi, Voi, VoiFunction, VoiTable, Window, voi_values

ALL_16 = {dtype: every_stored(np.dtype(dtype)).reshape(256, 256) for dtype in ("int16", "uint16")}

windows = st.builds(
    Window,
    center=st.floats(-40_000, 70_000),
    width=st.floats(1, 70_000),
    function=st.sampled_from(VoiFunction),
)
voi_tables = st.builds(
    lambda first, size, bits, seed: VoiTable(
        first, np.random.default_rng(seed).integers(0, 1 << bits, size).astype(np.uint16), bits
    ),
    st.integers(-5000, 5000),
    st.integers(1, 5000),
    st.integers(8, 16),
    st.integers(0, 99),
)
modality_tables = st.builds(
    lambda first, size, seed: ModalityTable(
        first, np.random.default_rng(seed).uniform(-2000, 4000, size).astype(np.float32)
    ),
    st.integers(-5000, 5000),
    st.integers(1, 5000),
    st.integers(0, 99),
)
rescales = st.builds(
    Rescale,
    slope=st.one_of(st.just(1.0), st.floats(-3, 3)),
    intercept=st.floats(-5000, 5000),
)


def by_float(frame: Frame, voi: Voi) -> np.ndarray:
    """Return the chain step by step in double precision, without a table."""
    values = to_modality_values(frame.stored, frame.modality)
    gray = np.rint(voi_values(values, voi) * np.float32(255)).astype(np.uint8)
    if frame.inverted:
        gray = 255 - gray
    if frame.padding is not None:
        gray[(frame.stored >= frame.padding[0]) & (frame.stored <= frame.padding[1])] = 0
    return gray


@settings(max_examples=150, deadline=None)
@given(
    st.sampled_from(["int16", "uint16"]),
    st.one_of(rescales, modality_tables),
    st.one_of(windows, voi_tables, st.builds(IdentityVoi, st.integers(8, 16))),
    st.booleans(),
    st.one_of(st.none(), st.just((-2000, -1000)), st.just((65_535, 65_535))),
)
def test_the_table_equals_the_float_path_on_all_stored_values(
    dtype: str,
    modality: Rescale | ModalityTable,
    voi: Voi,
    inverted: bool,
    padding: tuple[float, float] | None,
) -> None:
    frame = Frame(ALL_16[dtype], "1", modality=modality, inverted=inverted, padding=padding)
    np.testing.assert_array_equal(to_display_image(frame, voi), by_float(frame, voi))


@pytest.mark.parametrize("dtype", ["int8", "uint8"])
def test_8_bit_values_are_looked_up_too(dtype: str) -> None:
    frame = Frame(every_stored(np.dtype(dtype)).reshape(16, 16), "1", modality=Rescale(2, -30))
    np.testing.assert_array_equal(to_display_image(frame, Window(40, 80)), by_float(frame, Window(40, 80)))


@pytest.mark.parametrize("dtype", ["int32", "uint32", "float32", "float64"])
def test_wide_and_floating_values_take_the_float_path(dtype: str) -> None:
    stored = np.arange(100, dtype=dtype).reshape(10, 10)
    frame = Frame(stored, "1", modality=Rescale(2, -30), inverted=True, padding=(3, 5))
    np.testing.assert_array_equal(to_display_image(frame, Window(40, 80)), by_float(frame, Window(40, 80)))


def test_the_ramp_is_the_same_for_stored_types() -> None:
    voi = Window(500, 700)
    ramp = np.arange(1000).reshape(10, 100)
    images = [
        to_display_image(Frame(ramp.astype(t), "1"), voi) for t in ("int16", "uint16", "int32", "float32")
    ]
    for image in images[1:]:
        np.testing.assert_array_equal(image, images[0])


def test_monochrome1_shows_the_smallest_value_white_and_padding_black() -> None:
    stored = np.array([[0, 50, 100, -9]], np.int16)
    shown = to_display_image(Frame(stored, "1", inverted=True, padding=(-9, -9)), Window(50.5, 101))
    assert shown.tolist() == [[255, 127, 0, 0]]


def test_processed_values_keep_polarity_and_padding_of_the_frame() -> None:
    frame = Frame(np.array([[0, 50, 100, -9]], np.int16), "1", inverted=True, padding=(-9, -9))
    values = np.array([[0, 50, np.nan, 50]], np.float32)
    assert display_values(values, frame, Window(50.5, 101)).tolist() == [[255, 127, 255, 0]]


def test_values_that_are_no_numbers_are_black_in_both_polarities() -> None:
    stored = np.array([[np.nan, 1.0]], np.float32)
    for inverted in (False, True):
        assert to_display_image(Frame(stored, "1", inverted=inverted), Window(0, 10))[0, 0] == 0


def test_color_passes_untouched() -> None:
    image = np.random.default_rng(0).integers(0, 256, (5, 6, 3)).astype(np.uint8)
    np.testing.assert_array_equal(to_display_image(Frame(image, "1"), Window(40, 80)), image)


def test_slices_with_equal_numbers_share_one_table(monkeypatch: pytest.MonkeyPatch) -> None:
    built: list[int] = []
    monkeypatch.setattr(
        presentation, "to_modality_values", lambda *given: (built.append(1), to_modality_values(*given))[1]
    )
    for _ in range(3):
        table = ModalityTable(3, np.array([7.5, 8.5, 41.25], np.float32))
        voi = VoiTable(1, np.array([0, 9, 255], np.uint16), 8)
        to_display_image(Frame(np.zeros((2, 2), np.int16), "1", modality=table), voi)
    assert len(built) == 1


def test_flat_pixels_are_stretched_along_their_longer_side() -> None:
    frame = Frame(np.zeros((100, 200), np.uint8), "1", geometry=FrameGeometry(pixel_aspect=2.0))
    assert square_pixels(to_display_image(frame, IdentityVoi(8)), frame).shape == (200, 200)
    frame = Frame(np.zeros((100, 200), np.uint8), "1", geometry=FrameGeometry(pixel_aspect=0.5))
    assert square_pixels(to_display_image(frame, IdentityVoi(8)), frame).shape == (100, 400)


@pytest.mark.parametrize("aspect", [1.0, float("nan"), 0.0, -2.0])
def test_square_or_senseless_pixels_are_left_alone(aspect: float) -> None:
    frame = Frame(np.zeros((10, 20), np.uint8), "1", geometry=FrameGeometry(pixel_aspect=aspect))
    image = to_display_image(frame, IdentityVoi(8))
    assert square_pixels(image, frame) is image


def test_an_absurd_aspect_does_not_take_the_memory() -> None:
    frame = Frame(np.zeros((1000, 1000), np.uint8), "1", geometry=FrameGeometry(pixel_aspect=5000.0))
    rows, columns = square_pixels(to_display_image(frame, IdentityVoi(8)), frame).shape
    assert rows * columns < 1e7


def test_a_thumbnail_is_square_and_keeps_the_aspect() -> None:
    frame = Frame(np.full((50, 100), 255, np.uint8), "1", geometry=FrameGeometry(pixel_aspect=1.0))
    small = thumbnail(Frame(frame.stored, "1", voi=(IdentityVoi(8),)), 64)
    assert small.shape == (64, 64)
    lit = np.argwhere(small == 255)
    assert np.ptp(lit, axis=0).tolist() == [31, 63]


def test_a_half_is_an_area_average_of_any_type() -> None:
    for dtype in ("int8", "uint8", "int16", "uint16", "int32", "float32"):
        image = np.array([[0, 4, 8], [0, 4, 8], [2, 2, 2]], dtype)
        assert halved_image(image).shape == (2, 2)
    assert halved_image(np.array([[-4, -2], [-8, -6]], np.int16)).tolist() == [[-5]]


def test_the_steps_name_what_was_done() -> None:
    ct = Frame(
        np.zeros((2, 2), np.int16),
        "1",
        bits_stored=12,
        modality=Rescale(1, -1024, "HU"),
        attributes=FrameAttributes(modality="CT"),
    )
    assert steps(ct, Window(40, 80)) == ("stored 12-bit", "HU", "linear window W 80 L 40")
    color = Frame(np.zeros((2, 2, 3), np.uint8), "1", bits_stored=8)
    assert steps(color) == ("stored colour 8-bit", "shown as stored")


@pytest.mark.parametrize(
    ("photometric", "bits", "said"),
    [
        ("RGB", 8, ("shown as stored",)),
        ("RGB", 16, ("reduced to 8 bits",)),
        ("RGB", 5, ("stretched to 8 bits",)),
        ("YBR_FULL_422", 8, ("converted from YBR_FULL_422 to RGB",)),
        ("YBR_FULL", 12, ("converted from YBR_FULL to RGB", "reduced to 8 bits")),
        ("PALETTE COLOR", 16, ("painted with the file's palette",)),
    ],
)
def test_what_was_done_to_a_color_image_is_said(photometric: str, bits: int, said: tuple[str, ...]) -> None:
    frame = Frame(
        np.zeros((2, 2, 3), np.uint8),
        "1",
        bits_stored=bits,
        attributes=FrameAttributes(photometric_interpretation=photometric),
    )
    assert steps(frame) == (f"stored colour {bits}-bit", *said)
