"""No more pixels are rendered than the screen shows, and those are the right ones."""

from dataclasses import replace

import cv2
import numpy as np
import pytest

from medviewer.imaging import display, processing
from medviewer.imaging.display.pipeline import to_display_image
from medviewer.imaging.display.scaling import on_screen
from medviewer.imaging.frame.frame import Frame
from medviewer.imaging.frame.geometry import FrameGeometry
from medviewer.imaging.frame.modality import ModalityTable, Rescale
from medviewer.imaging.frame.palette import SupplementalPalette
from medviewer.imaging.frame.shutter import RectangularShutter, Shutter
from medviewer.imaging.frame.voi import Window
from medviewer.imaging.processing import PROCESSINGS, Processed, process
from medviewer.viewer.render.pyramid import WHOLE_PIXELS, PaneImage, Patch

SEEN_ALL = (0.0, 0.0, 1e9, 1e9)


def mammogram(rows: int = 2400, columns: int = 1600) -> Frame:
    y, x = np.mgrid[0:rows, 0:columns]
    return Frame(((x + y) % 4096).astype(np.uint16), "1.2", bits_stored=12, voi=(Window(2048, 4096),))


def test_at_one_to_one_the_image_is_the_frames_own():
    frame = mammogram(600, 400)
    picture = PaneImage(frame)

    image = picture.render(picture.patch(SEEN_ALL, 1.0), None)

    assert np.array_equal(image, to_display_image(frame))


def test_a_large_pane_and_a_small_one_keep_both_of_their_images():
    image = PaneImage(mammogram(600, 400))
    large, small = (image.patch(SEEN_ALL, scale) for scale in (1.0, 0.5))

    kept = image.render(large, None), image.render(small, None)

    assert kept[0].shape == (600, 400)
    assert kept[1].shape == (300, 200)
    assert image.render(large, None) is kept[0]
    assert image.render(small, None) is kept[1]
    assert not np.array_equal(image.render(large, Window(100, 50)), kept[0])


@pytest.mark.parametrize(
    ("scale", "level"), [(2.0, 0), (1.0, 0), (0.51, 0), (0.5, 1), (0.26, 1), (0.2, 2), (0.1, 3)]
)
def test_a_level_has_at_least_as_many_pixels_as_the_screen_shows(scale, level):
    assert PaneImage(mammogram()).patch(SEEN_ALL, scale).level == level


def test_a_small_level_is_the_average_of_the_large_one():
    frame = mammogram(800, 600)
    picture = PaneImage(frame)

    image = picture.render(picture.patch(SEEN_ALL, 0.5), None)

    assert image.shape == (400, 300)
    means = frame.stored.reshape(400, 2, 300, 2).mean(axis=(1, 3))
    assert (
        np.abs(
            image - to_display_image(replace(frame, stored=np.round(means).astype(np.uint16))).astype(int)
        ).max()
        <= 1
    )


def test_of_a_large_image_only_what_is_seen_is_rendered_and_it_lies_where_it_should():
    frame = mammogram()
    picture = PaneImage(frame)

    patch = picture.patch((1000.0, 500.0, 1300.0, 800.0), 1.0)
    image = picture.render(patch, None)

    left, top, right, bottom = picture.rectangle(patch)
    assert image.size < WHOLE_PIXELS / 10
    assert left <= 1000 < 1300 <= right
    assert np.array_equal(image, to_display_image(frame)[int(top) : int(bottom), int(left) : int(right)])
    assert picture.covers(patch, (1010.0, 510.0, 1290.0, 790.0))
    assert not picture.covers(patch, (900.0, 510.0, 1290.0, 790.0))


@pytest.mark.parametrize("dtype", [np.int16, np.float32])
@pytest.mark.parametrize("name", ["original", "denoised"])
def test_padding_brightens_no_tissue_of_a_small_level(dtype, name):
    padding = 3000 if dtype == np.int16 else np.nan
    stored = np.full((256, 256), 40, dtype)
    stored[:, 101:] = padding  # its border lies within a pixel of the small level
    frame = Frame(
        stored,
        "1.2",
        modality=Rescale(1.0, 0.0, "HU"),
        voi=(Window(40, 80),),
        padding=(3000, 3000) if dtype == np.int16 else None,
    )
    processed = None if name == "original" else process(frame, name, {}, at_rest=False)
    picture = PaneImage(frame, processed)

    for scale, size in ((0.5, 128), (0.25, 64)):
        image = picture.render(picture.patch(SEEN_ALL, scale), None).astype(int)
        edge = -(-101 * size // 256)
        assert image.shape == (size, size)
        assert abs(image[:, :edge] - 128).max() <= 2
        assert image[:, edge:].max() == 0


def test_a_table_is_applied_before_values_are_averaged():
    table = np.zeros(256, np.float32)
    table[200] = 100.0
    stored = np.zeros((256, 256), np.uint8)
    stored[:, ::2] = 200
    frame = Frame(stored, "1.2", bits_stored=8, modality=ModalityTable(0, table), voi=(Window(50, 101),))

    picture = PaneImage(frame)
    image = picture.render(picture.patch(SEEN_ALL, 0.5), None)

    assert abs(image.astype(int) - 128).max() <= 2  # the table at the average, 100, would be black


def test_beyond_its_edges_an_image_needs_nothing():
    image = PaneImage(mammogram())

    assert image.covers(image.patch((-500.0, -500.0, 300.0, 300.0), 1.0), (-500.0, -500.0, 300.0, 300.0))


def test_rows_that_are_twice_as_high_count_twice():
    frame = replace(mammogram(400, 800), geometry=FrameGeometry(pixel_aspect=2.0))
    image = PaneImage(frame)

    assert image.extent == (800.0, 800.0)
    assert image.rectangle(Patch(0, 100, 200, 0, 800)) == (0.0, 200.0, 800.0, 400.0)


def test_a_part_has_the_window_of_the_whole():
    stored = np.full((2000, 2000), 100, np.uint16)
    stored[:1000] = np.arange(2000, dtype=np.uint16)
    frame = Frame(stored, "1.2", bits_stored=12)  # no window in the file: automatic
    picture = PaneImage(frame)

    image = picture.render(picture.patch((0.0, 1500.0, 200.0, 1600.0), 1.0), None)

    assert np.unique(image).tolist() == [to_display_image(frame)[1500, 0]]


def test_a_line_one_pixel_wide_does_not_vanish_when_the_image_gets_small():
    frame = mammogram(1600, 1600)
    mask = np.zeros((1600, 1600), bool)
    mask[:, 801] = True
    edges = np.where(mask, 255, 0).astype(np.uint8)
    image = PaneImage(frame, Processed(frame, mask=mask, rendered=edges, is_lines=True))
    patch = image.patch(SEEN_ALL, 0.2)

    assert (image.render(patch, None).max(axis=1) == 255).all()
    small = image.mask(patch)
    assert small is not None
    assert small.shape == (400, 400)
    assert small.any(axis=1).all()


@pytest.mark.parametrize("name", PROCESSINGS)
def test_processed_images_of_color_and_gray_are_rendered_in_parts(name):
    for stored in (
        np.random.default_rng(1).integers(0, 255, (600, 401, 3), np.uint8),
        mammogram(600, 401).stored,
    ):
        frame = Frame(stored.copy(), "1.2", bits_stored=8, modality=Rescale())
        picture = PaneImage(frame, process(frame, name, {}, at_rest=False))
        image = picture.render(picture.patch(SEEN_ALL, 0.3), None)
        assert image.shape[:2] == (300, 201)
        assert image.dtype == np.uint8


def test_padding_stays_black_in_a_small_level():
    stored = np.full((1600, 1600), 3000, np.int16)
    stored[:, :800] = -2000
    frame = Frame(stored, "1.2", inverted=True, padding=(-2000, -2000), voi=(Window(2000, 4000),))
    picture = PaneImage(frame)

    image = picture.render(picture.patch(SEEN_ALL, 0.2), None)

    assert (image[:, :199] == 0).all()
    assert (image[:, 201:] > 0).all()


def test_a_magnified_image_lies_where_qt_would_paint_it_and_nowhere_else():
    image = np.arange(64, dtype=np.uint8).reshape(8, 8)

    shown, left, top = on_screen(image, (4.0, 4.0), (10.0, -8.0), (100, 20))

    assert (left, top) == (10, 0)
    assert shown.shape == (20, 32)  # the first two rows are above the screen, nothing is beside the image
    assert shown[0, 0] == 13  # row 1.625, column 0
    assert shown[2, 30] == shown[2, 31] == 24  # row 2.125, the last column


def test_a_reduced_image_stays_on_its_pixels():
    image = np.zeros((100, 100, 3), np.uint8)
    image[50:, :, 1] = 200

    shown, left, top = on_screen(image, (0.5, 0.5), (0.0, 5.0), (60, 60))

    assert (shown.shape, left, top) == ((50, 50, 3), 0, 5)
    assert shown[24, 0, 1] == 0
    assert shown[25, 0, 1] == 200


def interpolated(values: np.ndarray, axis: int, scale: float, length: int) -> np.ndarray:
    """Return linear interpolation along an axis, by centers of pixels."""
    places = np.clip((np.arange(length) + 0.5) / scale - 0.5, 0, values.shape[axis] - 1)
    below = np.minimum(places.astype(int), values.shape[axis] - 2)
    share = np.expand_dims(places - below, 1 - axis)
    return np.take(values, below, axis) * (1 - share) + np.take(values, below + 1, axis) * share


@pytest.mark.parametrize("scale", [(1.125, 1.125), (0.65009, 0.65009), (2.37, 1.9)])
def test_an_image_that_fits_the_screen_is_interpolated_at_the_centers_of_its_pixels(scale, monkeypatch):
    y, x = np.mgrid[0:73, 0:101]
    image = np.rint(127.5 + 127.5 * np.sin(x / 4) * np.cos(y / 5)).astype(np.uint8)
    monkeypatch.setattr(cv2, "warpAffine", lambda *_, **__: pytest.fail("it takes three times as long"))

    shown, left, top = on_screen(image, scale, (30.0, 5.0), (300, 200))

    width, height = round(101 * scale[0]), round(73 * scale[1])
    expected = interpolated(interpolated(image.astype(float), 1, scale[0], width), 0, scale[1], height)
    assert (shown.shape, left, top) == ((height, width), 30, 5)
    assert np.abs(shown - expected).max() <= 1


def test_an_image_between_the_pixels_of_the_screen_is_not_moved_onto_them():
    image = np.zeros((8, 8), np.uint8)
    image[:, 4:] = 200

    shown, left, _ = on_screen(image, (2.0, 2.0), (10.5, 4.0), (100, 100))

    column = 2 * 4 + 0.5 - (left - 10)  # where the edge lies
    assert 0 < shown[4, round(column - 0.5)] < 200
    assert shown[4].tolist() != on_screen(image, (2.0, 2.0), (10.0, 4.0), (100, 100))[0][4].tolist()


@pytest.mark.parametrize("color", [False, True])
def test_pixels_of_the_screen_are_opaque_and_keep_their_colors(color):
    image = np.array([[(10, 20, 30), (40, 50, 60)]], np.uint8) if color else np.array([[10, 40]], np.uint8)

    blue, green, red, alpha = np.moveaxis(display.screen_pixels(image), -1, 0)

    assert (red.tolist(), alpha.tolist()) == ([[10, 40]], [[255, 255]])
    assert (green.tolist(), blue.tolist()) == (([[20, 50]], [[30, 60]]) if color else ([[10, 40]],) * 2)


@pytest.mark.parametrize("name", ["original", "denoised"])
def test_a_drag_of_the_window_cuts_the_image_out_once(name, monkeypatch):
    given, frame = [], mammogram(600, 400)
    module, shown = (display, "to_display_image") if name == "original" else (processing, "render")
    render = getattr(module, shown)
    monkeypatch.setattr(module, shown, lambda part, voi: (given.append(part), render(part, voi))[1])
    image = PaneImage(frame, None if name == "original" else process(frame, name, {}, at_rest=False))
    patch = image.patch(SEEN_ALL, 0.5)

    images = [image.render(patch, Window(500 + 50 * step, 400)) for step in range(3)]

    assert len(given) == 3
    assert given[0] is given[1] is given[2]
    assert not np.array_equal(images[0], images[2])


@pytest.mark.parametrize("scale", [1.0, 0.5, 0.25])
@pytest.mark.parametrize("padding", [None, (0, 40)])
def test_a_shutter_covers_the_same_part_at_every_level(scale, padding):
    shutter = Shutter((RectangularShutter(top=81, bottom=700, left=163, right=999),), 0xFFFF)
    frame = replace(mammogram(800, 600), padding=padding)
    plain, covered = (PaneImage(one) for one in (frame, replace(frame, shutter=shutter)))

    patch = plain.patch(SEEN_ALL, scale)
    expected, image = plain.render(patch, None), covered.render(patch, None)

    step = round(1 / scale)
    hidden = np.ones((800, 600), bool)
    hidden[81:701, 163:] = False
    hidden = hidden.reshape(800 // step, step, 600 // step, step).any(axis=(1, 3))
    assert (image[hidden] == 255).all()
    assert np.array_equal(image[~hidden], expected[~hidden])


def test_of_a_part_the_shutter_covers_what_lies_there():
    shutter = Shutter((RectangularShutter(top=0, bottom=2399, left=0, right=1099),), 0xFFFF)
    picture = PaneImage(replace(mammogram(), shutter=shutter))

    image = picture.render(Patch(0, 500, 600, 1000, 1200), None)

    assert (image[:, 100:] == 255).all()
    assert (image[:, :100] < 255).any()


def test_colors_that_values_stand_for_are_averaged_as_colors():
    stored = np.tile(np.array([[10, 300], [301, 20]], np.uint16), (400, 300))
    palette = SupplementalPalette(300, np.array([[255, 0, 0], [0, 0, 255]], np.uint8))
    picture = PaneImage(Frame(stored, "1.2", voi=(Window(15, 31),), supplemental=palette))

    image = picture.render(picture.patch(SEEN_ALL, 0.5), None)

    gray = [round((value - 14.5) / 30 * 255 + 127.5) for value in (10, 20)]
    expected = [(255 + sum(gray)) / 4, sum(gray) / 4, (255 + sum(gray)) / 4]
    assert image.shape == (400, 300, 3)
    assert np.abs(image - np.array(expected)).max() <= 1


@pytest.mark.parametrize("shape", [(65_535, 1), (1, 65_535)])
def test_an_image_thinner_than_a_pixel_of_the_screen_is_one_pixel_thin(shape: tuple[int, int]) -> None:
    longest = max(shape)
    scale = 700 / longest
    shown, *_ = on_screen(np.full(shape, 200, np.uint8), (scale, scale), (10.0, 10.0), (800, 800))
    assert sorted(shown.shape) == [1, 700]
    assert (shown == 200).all()
