"""Local contrast: what CLAHE makes of the windowed image, what it leaves alone, and what is said of it."""

from collections.abc import Callable
from dataclasses import replace

import cv2
import numpy as np
import pytest

from medviewer.imaging.display import to_display_image
from medviewer.imaging.frame import Frame, FrameAttributes, Rescale, Window
from medviewer.imaging.frame.shutter import RectangularShutter, Shutter
from medviewer.imaging.processing import (
    Processed,
    depends_on_window,
    fidelity,
    process,
    render,
    why_not_processed,
)
from medviewer.viewer.render.pyramid import PaneImage

WINDOW = Window(40, 400)
PADDING = -2000


def scan(rows: int = 128, columns: int = 128) -> Frame:
    """Return noisy values of a slow gradient, in HU."""
    down, across = np.mgrid[:rows, :columns]
    values = 20 * np.sin(down / 9) + 60 * across / columns
    values += np.random.default_rng(3).normal(0, 6, values.shape)
    stored = np.rint(values + 1024).astype(np.int16)
    attributes = FrameAttributes(modality="CT")
    return Frame(
        stored, "1", bits_stored=12, modality=Rescale(1, -1024, "HU"), voi=(WINDOW,), attributes=attributes
    )


def padded(frame: Frame, value: int = PADDING) -> Frame:
    """Return a frame with padding around a disc."""
    down, across = np.mgrid[: frame.rows, : frame.columns]
    outside = np.hypot(down - frame.rows / 2, across - frame.columns / 2) > min(frame.stored.shape) * 0.4
    return replace(frame, stored=np.where(outside, np.int16(value), frame.stored), padding=(value, value))


def clahe(frame: Frame, voi: Window | None = None, **parameters: float) -> Processed:
    return process(frame, "clahe", {"clahe": parameters}, voi=voi)


@pytest.mark.parametrize("shape", [(128, 128), (130, 141), (128, 141)])
@pytest.mark.parametrize(("limit", "tiles"), [(2.0, 8), (4.0, 4)])
def test_it_is_opencvs_clahe_of_the_windowed_image(shape: tuple[int, int], limit: float, tiles: int) -> None:
    frame = scan(*shape)
    expected = cv2.createCLAHE(limit, (tiles, tiles)).apply(to_display_image(frame, WINDOW))
    np.testing.assert_array_equal(render(clahe(frame, clip_limit=limit, tiles=tiles)), expected)


def test_small_differences_beside_each_other_are_seen_better() -> None:
    frame = scan()
    part = np.s_[40:80, 40:80]
    assert render(clahe(frame))[part].std() > 1.5 * to_display_image(frame)[part].std()


@pytest.mark.parametrize("shape", [(128, 128), (130, 141), (128, 141)])
def test_padding_stays_black_and_has_no_part_in_it(shape: tuple[int, int]) -> None:
    noise = np.random.default_rng(4).normal(1064, 20, shape)
    bare = replace(scan(), stored=np.rint(noise).astype(np.int16))
    frame = padded(bare)
    inside = frame.stored != PADDING
    image, expected = render(clahe(frame, clip_limit=10)), render(clahe(bare, clip_limit=10))
    assert not image[~inside].any()
    np.testing.assert_array_equal(image, render(clahe(padded(bare, 4000), clip_limit=10)))
    assert np.abs(image.astype(int) - expected)[inside].mean() < 2
    nothing_left_out = cv2.createCLAHE(10, (8, 8)).apply(to_display_image(frame))
    assert np.abs(nothing_left_out.astype(int) - expected)[inside].mean() > 4


@pytest.mark.parametrize(
    "make",
    [
        lambda: replace(scan(), stored=np.full((128, 128), 1064, np.int16)),
        lambda: replace(scan(), stored=np.full((128, 128), PADDING, np.int16), padding=(PADDING, PADDING)),
        lambda: scan(1, 2),
        lambda: padded(scan(17, 300)),
    ],
    ids=["flat", "all padding", "two pixels", "narrow"],
)
def test_images_with_little_in_them_stay_themselves(make: Callable[[], Frame]) -> None:
    frame = make()
    image = render(clahe(frame))
    assert image.shape == frame.stored.shape
    if np.ptp(frame.stored) == 0:
        np.testing.assert_allclose(image, to_display_image(frame), atol=4)


def test_an_image_that_is_too_small_has_fewer_tiles_and_says_so() -> None:
    assert "4 × 2 tiles" in fidelity(clahe(scan(40, 70)))


def test_an_image_with_small_values_white_stays_so() -> None:
    frame = replace(scan(), inverted=True)
    expected = cv2.createCLAHE(2, (8, 8)).apply(to_display_image(frame, WINDOW))
    np.testing.assert_array_equal(render(clahe(frame)), expected)


def test_it_depends_on_the_window_and_says_which() -> None:
    frame = scan()
    narrow = Window(40, 80)
    assert depends_on_window("clahe", {})
    assert not np.array_equal(render(clahe(frame)), render(clahe(frame, narrow)))
    assert fidelity(clahe(frame, narrow), WINDOW) == (
        "stored 12-bit → HU → linear window W 80 L 40 → CLAHE, clip limit 2, 8 × 8 tiles → "
        "local contrast: grey levels are no measure"
    )


def test_a_denoised_image_can_be_its_input() -> None:
    said = fidelity(process(scan(), "clahe", {"clahe": {"input": "denoised"}}))
    assert said.index("non-local means") < said.index("linear window") < said.index("CLAHE")


def test_what_a_shutter_hides_is_part_of_the_image_it_covers() -> None:
    shutter = Shutter((RectangularShutter(top=30, bottom=90, left=30, right=90),))
    image = render(clahe(replace(scan(), shutter=shutter)))
    assert not image[:30].any()
    np.testing.assert_array_equal(image[30:91, 30:91], render(clahe(scan()))[30:91, 30:91])


def test_images_in_color_are_shown_as_they_are_with_the_reason() -> None:
    frame = Frame(np.random.default_rng(0).integers(0, 256, (64, 64, 3), np.uint8), "1", bits_stored=8)
    processed = clahe(frame)
    np.testing.assert_array_equal(render(processed), to_display_image(frame))
    assert "colour images are not processed in this way" in fidelity(processed)
    assert why_not_processed(frame, "clahe") is not None
    assert why_not_processed(frame, "denoised") is None


def test_it_is_averaged_where_it_is_shown_smaller() -> None:
    frame = scan(600, 600)
    image = PaneImage(frame, clahe(frame))
    small = image.render(image.patch((0, 0, 600, 600), 0.5), None)
    assert small.shape == (300, 300)
    assert small.mean() == pytest.approx(render(clahe(frame)).mean(), abs=1)
