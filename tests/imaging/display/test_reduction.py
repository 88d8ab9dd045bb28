"""Parts and reduced copies of large images are what the whole image would give, and little is copied."""

import itertools
import tracemalloc
from collections.abc import Callable
from dataclasses import replace

import cv2
import numpy as np
import pytest

from medviewer import limits
from medviewer.errors import ImageSizeError
from medviewer.imaging.display.cover import hidden_pixels
from medviewer.imaging.display.overlays import draw_overlays
from medviewer.imaging.display.pipeline import square_pixels, to_display_image
from medviewer.imaging.display.reduction import (
    Part,
    bands,
    crop,
    halved,
    halved_mask,
    image_at,
    level_within,
    reduced_frame,
    thumbnail,
    whole,
)
from medviewer.imaging.features.feature_vector import squared
from medviewer.imaging.frame.frame import Frame
from medviewer.imaging.frame.geometry import FrameGeometry
from medviewer.imaging.frame.modality import ModalityTable, Rescale, to_modality_values
from medviewer.imaging.frame.overlay import Overlay, OverlayKind
from medviewer.imaging.frame.palette import SupplementalPalette
from medviewer.imaging.frame.shutter import (
    CircularShutter,
    PolygonalShutter,
    RectangularShutter,
    Shutter,
    moved_shutter,
)
from medviewer.imaging.frame.voi import Window
from medviewer.imaging.processing import ORIGINAL, PROCESSINGS, process
from medviewer.viewer.render.pyramid import PaneImage, Patch

ROWS, COLUMNS = 1000, 792
WINDOW = (Window(1500, 3000),)
NOISE = np.random.default_rng(1).normal(0, 8000, (ROWS, COLUMNS))
SMOOTH = (cv2.GaussianBlur(NOISE, (0, 0), 3) + 1500).clip(0, 4000)
STORED = SMOOTH.astype(np.uint16)
OVERLAYS = (
    Overlay(np.random.default_rng(2).random((300, 200)) > 0.98, (100, -20)),
    Overlay(np.ones((100, 90), bool), (500, 300), OverlayKind.REGION),
    Overlay(np.ones((2000, 60), bool), (-20, 700), OverlayKind.REGION, color=(9, 200, 30)),
)
SHUTTER = Shutter((CircularShutter(500, 400, 420), RectangularShutter(30, 940, 60, 700)))

GRAY = Frame(STORED, "1.2", voi=WINDOW)
FRAMES = {
    "grey": GRAY,
    "signed": replace(GRAY, stored=(STORED.astype(np.int16) - 2000), voi=(Window(-500, 3000),)),
    "with overlays and a shutter": replace(GRAY, overlays=OVERLAYS, shutter=SHUTTER),
    "inverted": replace(GRAY, inverted=True),
    "color": Frame(np.repeat((STORED // 16)[..., None], 3, 2).astype(np.uint8), "1.2", overlays=OVERLAYS),
    "float": replace(GRAY, stored=SMOOTH.astype(np.float32) / 7, voi=(Window(200, 400),)),
    "32-bit": replace(GRAY, stored=STORED.astype(np.int32)),
    "table": replace(GRAY, modality=ModalityTable(0, np.linspace(0, 4000, 4096, dtype=np.float32))),
}


@pytest.fixture
def small_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let an image of 0.8 million pixels be a large one."""
    monkeypatch.setattr(limits, "WHOLE_SAMPLES", 200_000)
    monkeypatch.setattr(limits, "PROCESSED_SAMPLES", 200_000)
    monkeypatch.setattr(limits, "EXPORTED_PIXELS", 200_000)
    monkeypatch.setattr(limits, "BAND_SAMPLES", 60_000)


@pytest.mark.parametrize("name", FRAMES)
@pytest.mark.parametrize("level", range(5))
def test_a_pane_shows_of_a_large_image_what_it_would_show_of_it_as_a_whole(
    name: str, level: int, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    frame = FRAMES[name]
    rows, columns = halved(ROWS, level), halved(COLUMNS, level)
    patches = (
        Patch(level, 0, rows, 0, columns),
        Patch(level, rows // 3, 2 * rows // 3, columns // 4, 3 * columns // 4),
    )
    expected = [PaneImage(frame).render(patch, None) for patch in patches]
    request.getfixturevalue("small_limits")
    picture = PaneImage(frame)
    for patch, image in zip(patches, expected, strict=True):
        seen = picture.render(patch, None)
        assert seen.shape == image.shape
        assert np.abs(seen.astype(int) - image).max() <= 1


def test_padding_has_no_part_in_a_large_image_either(
    monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    stored = STORED.copy()
    stored[:, :300] = 0
    frame = replace(GRAY, stored=stored, padding=(0, 0), voi=(Window(2000, 4000),))
    request.getfixturevalue("small_limits")
    image = PaneImage(frame)
    for level in range(5):
        seen = image.render(Patch(level, 0, halved(ROWS, level), 0, halved(COLUMNS, level)), None)
        edge = 300 >> level
        assert not seen[:, :edge].any()
        inside = seen[:, edge + 1 : edge + 3].astype(int)
        assert np.abs(inside - inside.mean()).mean() < 90
        assert inside.mean() > 60  # no black of the padding was mixed in


def test_colors_of_its_own_follow_the_window(request: pytest.FixtureRequest) -> None:
    palette = SupplementalPalette(3000, np.tile(np.array([[250, 10, 20]], np.uint8), (1500, 1)))
    frame = replace(GRAY, supplemental=palette)
    patch = Patch(2, 0, halved(ROWS, 2), 0, halved(COLUMNS, 2))
    other = Window(500, 900)
    expected = [PaneImage(frame).render(patch, voi) for voi in (None, other)]
    request.getfixturevalue("small_limits")
    picture = PaneImage(frame)
    for voi, image in zip((None, other), expected, strict=True):
        assert np.abs(picture.render(patch, voi).astype(int) - image).max() <= 2


@pytest.mark.parametrize("name", ["grey", "with overlays and a shutter", "color"])
def test_a_part_of_a_frame_is_that_part_of_its_image(name: str) -> None:
    frame = FRAMES[name]
    drawn = draw_overlays(to_display_image(frame), frame.overlays)
    for part in (Part(0, 100, 0, 90), Part(480, 560, 280, 420), Part(900, ROWS, 690, COLUMNS)):
        piece = crop(frame, part)
        seen = draw_overlays(to_display_image(piece), piece.overlays)
        assert np.array_equal(seen, drawn[part.top : part.bottom, part.left : part.right])


def test_a_part_copies_no_pixels() -> None:
    assert np.shares_memory(crop(GRAY, Part(10, 20, 10, 20)).stored, GRAY.stored)


def test_a_moved_shutter_hides_what_lies_under_it_now() -> None:
    there = hidden_pixels(SHUTTER, ROWS, COLUMNS, 1.2)
    here = hidden_pixels(moved_shutter(SHUTTER, -200, -50), ROWS - 200, COLUMNS - 50, 1.2)
    assert np.array_equal(here, there[200:, 50:])
    polygon = Shutter((PolygonalShutter(((100, 100), (700, 200), (400, 600))),))
    there = hidden_pixels(polygon, ROWS, COLUMNS)
    here = hidden_pixels(moved_shutter(polygon, -200, -50), ROWS - 200, COLUMNS - 50)
    there, square = there[200:, 50:], np.ones((3, 3), np.uint8)  # the edge may be a pixel beside
    for one, other in ((here, there), (there, here)):
        assert not (one & (cv2.dilate(other.astype(np.uint8), square) == 0)).any()


@pytest.mark.parametrize("level", range(4))
def test_bands_are_the_part_in_steps_of_the_level(level: int, small_limits: None) -> None:
    found = list(bands(Part(0, ROWS, 0, COLUMNS), level))
    assert (found[0].top, found[-1].bottom) == (0, ROWS)
    assert all(one.bottom == other.top for one, other in itertools.pairwise(found))
    assert all(one.top % (1 << level) == 0 for one in found)
    assert all((one.bottom - one.top) * COLUMNS <= limits.BAND_SAMPLES for one in found)


def test_a_mask_is_true_where_any_of_its_pixels_is() -> None:
    mask = np.zeros((5, 7), bool)
    mask[4, 6] = True
    assert np.array_equal(np.argwhere(halved_mask(mask, 1)), [[2, 3]])
    assert np.array_equal(np.argwhere(halved_mask(mask, 2)), [[1, 1]])


def test_the_level_is_the_first_that_fits() -> None:
    assert level_within(GRAY, ROWS * COLUMNS) == 0
    assert level_within(GRAY, ROWS * COLUMNS - 1) == 1
    assert level_within(FRAMES["color"], ROWS * COLUMNS) == 1
    thin = Frame(np.zeros((65_535, 1), np.uint8), "1.2")
    assert level_within(thin, 1) == 16


PEAKS: dict[str, Callable[[Frame], object]] = {
    "a level of a pane": lambda frame: PaneImage(frame).render(Patch(2, 0, 1000, 0, 1000), None),
    "a part of a pane": lambda frame: PaneImage(frame).render(Patch(0, 0, 300, 0, 300), None),
    "a thumbnail": lambda frame: thumbnail(frame, 96),
    "a picture": lambda frame: image_at(frame, None, 2),
}


@pytest.mark.parametrize("what", PEAKS)
@pytest.mark.parametrize("kind", ["uint16", "uint8 with padding", "float32", "color", "int32"])
def test_little_of_a_large_image_is_copied(what: str, kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    shape = (4000, 4000, 3) if kind == "color" else (4000, 4000)
    dtype = "uint8" if kind == "color" else kind.split()[0]
    frame = Frame(np.ones(shape, dtype), "1.2", padding=(0, 0) if "padding" in kind else None)
    monkeypatch.setattr(limits, "WHOLE_SAMPLES", 2_000_000)
    monkeypatch.setattr(limits, "BAND_SAMPLES", 250_000)
    tracemalloc.start()
    try:
        PEAKS[what](frame)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 24_000_000  # a whole copy has from 16 to 64 MB, and there would be several


def test_a_table_of_values_is_not_made_in_double_precision(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "BAND_SAMPLES", 100_000)
    stored = np.arange(2_000_000, dtype=np.int32).reshape(1000, 2000)
    tracemalloc.start()
    try:
        values = to_modality_values(stored, Rescale(0.5, -7))
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert np.array_equal(values, (stored * 0.5 - 7).astype(np.float32))
    assert peak < 1.5 * values.nbytes


@pytest.mark.parametrize("name", sorted(set(PROCESSINGS) - {ORIGINAL}))
def test_nothing_is_done_to_an_image_that_is_too_large(name: str, small_limits: None) -> None:
    with pytest.raises(ImageSizeError) as raised:
        process(GRAY, name, {})
    assert "million values" in raised.value.for_user()
    assert process(GRAY, "original", {}).values is None


def test_square_pixels_make_no_image_larger_than_is_exported(small_limits: None) -> None:
    frame = replace(GRAY, stored=STORED[:16, :700], geometry=FrameGeometry(pixel_aspect=90.0))
    square = square_pixels(to_display_image(frame), frame)
    assert square.shape[0] * square.shape[1] <= limits.EXPORTED_PIXELS
    assert square.shape[0] / square.shape[1] == pytest.approx(16 * 90 / 700, rel=0.05)


def test_no_square_is_made_around_a_very_narrow_image() -> None:
    tracemalloc.start()
    try:
        image = np.full((65_535, 200), 9, np.uint8)
        seen = squared(image, 128)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 2 * image.nbytes
    assert seen.shape == (128, 128)
    assert 0 < (seen > 0).any(axis=0).sum() <= 2


def test_a_reduced_frame_is_a_frame_of_that_size() -> None:
    frame = FRAMES["with overlays and a shutter"]
    small = reduced_frame(frame, 2)
    assert (small.rows, small.columns) == (250, 198)
    assert small.shutter is not None
    assert all(overlay.mask.size < frame.rows * frame.columns for overlay in small.overlays)
    assert whole(small) == Part(0, 250, 0, 198)
