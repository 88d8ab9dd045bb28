"""The network sees the same from a JPEG as from the DICOM slice, and places can be found again."""

from dataclasses import replace

import cv2
import numpy as np
import pytest

from medviewer import limits
from medviewer.errors import ImageSizeError, InvalidNumbersError
from medviewer.imaging.frame.geometry import FrameGeometry
from medviewer.imaging.frame.modality import ModalityTable, Rescale
from medviewer.imaging.frame.voi import Window
from medviewer.inference.input.placement import Placement
from medviewer.inference.input.preprocess import (
    Preprocessing,
    UprightImage,
    input_of,
    preprocess_image,
    variants_of,
    windowed,
)
from tests.inference.conftest import noisy_head, slice_of
from tests.network_inputs import preprocess

PLAIN = Preprocessing(size=64)


def hu_of(image):
    """Return the HU that the training window turns into this image."""
    return np.rint(image.astype(float) * 120 / 255 - 20).astype(np.int16)


def test_the_window_of_the_training_images_maps_its_ends_to_black_and_white():
    frame = slice_of(np.array([[-1000, -20, 40, 100, 3000]], np.int16))
    assert windowed(frame, PLAIN).tolist() == [[0, 0, 128, 255, 255]]


@pytest.mark.parametrize("head_crop", [False, True])
def test_an_image_and_the_slice_with_its_values_look_alike_to_the_network(head_crop):
    image = np.zeros((256, 256), np.uint8)
    cv2.ellipse(image, (120, 130), (70, 90), 0, 0, 360, 110, -1)
    cv2.circle(image, (150, 120), 15, 200, -1)
    spec = replace(PLAIN, head_crop=head_crop)
    from_image, from_slice = preprocess_image(image, spec), preprocess(slice_of(hu_of(image)), spec)
    assert from_image.shape == (1, 1, 64, 64)
    assert np.abs(from_image - from_slice).max() < 1.5 / 255
    assert from_image.std() > 0.1


def test_neither_window_nor_polarity_nor_sign_of_storage_plays_a_part():
    values = noisy_head()
    plain = preprocess(slice_of(values), PLAIN)
    shifted = slice_of((values + 1024).astype(np.uint16), modality=Rescale(1.0, -1024.0, "HU"))
    changed = slice_of(values, voi=(Window(500, 50),), inverted=True)
    assert np.array_equal(preprocess(shifted, PLAIN), plain)
    assert np.array_equal(preprocess(changed, PLAIN), plain)


def test_padding_is_black_even_where_its_value_would_be_white():
    values = np.full((64, 64), 40, np.int16)
    values[:8] = 3000
    assert windowed(slice_of(values, padding=(3000, 3000)), PLAIN)[:8].max() == 0
    assert windowed(slice_of(values), PLAIN)[:8].min() == 255


@pytest.mark.parametrize("padding", [None, (-5, 12), (12, -5)])
def test_stored_integers_are_windowed_as_their_values_are(padding):
    values = noisy_head()
    integers, floats = (slice_of(values.astype(kind), padding=padding) for kind in (np.int16, np.float32))
    assert np.array_equal(windowed(integers, PLAIN), windowed(floats, PLAIN))


@pytest.mark.parametrize(("stored", "refused"), [(0, False), (1, True)])
def test_a_table_entry_that_is_no_number_matters_where_it_is_used(stored, refused):
    table = ModalityTable(0, np.array([40, np.nan], np.float32), "HU")
    frame = slice_of(np.full((8, 8), stored, np.int16), modality=table)
    if refused:
        with pytest.raises(InvalidNumbersError):
            windowed(frame, PLAIN)
    else:
        assert (windowed(frame, PLAIN) == 128).all()


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_one_invalid_number_anywhere_is_no_result(bad):
    values = np.zeros((32, 32), np.float32)
    values[31, 0] = bad
    with pytest.raises(InvalidNumbersError):
        preprocess(slice_of(values), PLAIN)


@pytest.mark.parametrize(("rows", "columns", "aspect"), [(100, 200, 1.0), (200, 100, 1.0), (100, 100, 2.0)])
def test_the_aspect_is_kept_by_black_bars(rows, columns, aspect):
    values = np.full((rows, columns), 100, np.int16)
    seen = preprocess(slice_of(values, geometry=FrameGeometry(pixel_aspect=aspect)), PLAIN)[0, 0]
    tall = rows * aspect > columns
    across = seen[32] > 0.5
    down = seen[:, 32] > 0.5
    assert (across.sum(), down.sum()) == ((32, 64) if tall else (64, 32))
    assert np.flatnonzero(across if tall else down)[0] == 16


@pytest.mark.parametrize("spot", [(10, 20), (99, 3), (50, 150)])
def test_a_single_hot_pixel_is_found_again_where_it_was(spot):
    values = np.full((128, 160), -1000, np.int16)
    values[spot] = 3000
    frame = slice_of(values)
    spec = Preprocessing(size=160)
    seen = preprocess(frame, spec)[0, 0]
    row, column = np.unravel_index(int(seen.argmax()), seen.shape)
    place = Placement.of(128, 160, 1.0, 160)
    assert place.to_frame(row, column) == pytest.approx(spot, abs=0.51)


@pytest.mark.parametrize("first", [(0, 0), (-7, 13)])
def test_the_corners_of_the_input_are_those_of_the_frame(first):
    place = Placement(300, 200, 96, 64, 0, 16, *first)
    upper, left = first
    assert place.to_frame(-0.5, 15.5) == pytest.approx((upper - 0.5, left - 0.5))
    assert place.to_frame(95.5, 79.5) == pytest.approx((upper + 299.5, left + 199.5))


def test_a_larger_matrix_of_the_same_slice_looks_the_same():
    small = cv2.GaussianBlur(noisy_head(1, 128).astype(np.float32), (0, 0), 4)
    large = cv2.resize(small, (512, 512), interpolation=cv2.INTER_LINEAR)
    difference = preprocess(slice_of(small), PLAIN) - preprocess(slice_of(large), PLAIN)
    assert np.abs(difference).max() < 0.05


def test_what_is_finer_than_the_input_is_averaged_not_picked():
    checkers = (np.indices((256, 256)).sum(axis=0) % 2 * 255).astype(np.uint8)
    assert np.allclose(preprocess_image(checkers, PLAIN), 0.5, atol=1e-3)


def test_every_setting_changes_the_hash_and_the_same_settings_do_not():
    base = Preprocessing()
    others = [
        replace(base, **{name: value})
        for name, value in [
            ("size", 64),
            ("center", 41.0),
            ("width", 80.0),
            ("mean", 0.1),
            ("std", 2.0),
            ("head_crop", True),
        ]
    ]
    assert len({spec.sha256 for spec in (base, *others)}) == len(others) + 1
    assert Preprocessing(width=120).sha256 == base.sha256  # 120 from a card, 120.0 in the code


@pytest.mark.parametrize("facts", [{"size": 4}, {"width": 0.0}, {"std": 0.0}])
def test_senseless_settings_are_refused(facts):
    with pytest.raises(ValueError, match="size"):
        Preprocessing(**facts)


@pytest.mark.shared
def test_a_real_head_looks_as_bright_as_the_training_images(shared_data):
    import pydicom

    archive = np.load(shared_data / "data/classification/head_ct_hemorrhage.npz")
    jpeg, offset = archive["jpeg"], archive["offset"]
    chosen = np.flatnonzero(archive["split"] == "train")[::25]
    images = [cv2.imdecode(jpeg[offset[i] : offset[i + 1]], cv2.IMREAD_GRAYSCALE) for i in chosen]
    brain = [np.median(image[(image > 30) & (image < 250)]) for image in images]
    paths = sorted((shared_data / "data/dicom/07-ct-head-gantry-tilt-10of28").iterdir())
    heads = []
    for path in paths:
        header = pydicom.dcmread(path)
        hu = header.pixel_array * float(header.RescaleSlope) + float(header.RescaleIntercept)
        image = windowed(slice_of(hu.astype(np.float32)), PLAIN)
        heads.append(np.median(image[(image > 30) & (image < 250)]))
    assert abs(np.median(heads) - np.median(brain)) < 17  # 8 HU: brains differ that much, other windows more


SHOWN = Preprocessing(size=64, scale="picture", fit="square", mean=0.3, std=0.25)


def _radiograph() -> np.ndarray:
    image = np.full((200, 200), 60, np.uint8)
    cv2.ellipse(image, (60, 100), (35, 70), 0, 0, 360, 160, -1)
    cv2.ellipse(image, (145, 100), (30, 65), 0, 0, 360, 190, -1)
    return np.asarray(cv2.GaussianBlur(image, (0, 0), 4))


def _close(one: np.ndarray, other: np.ndarray) -> bool:
    return float(np.abs(one - other).max()) < 0.02 / SHOWN.std


def test_a_radiograph_gives_the_same_as_its_image_whatever_its_window_and_polarity():
    image = _radiograph()
    expected = preprocess_image(image, SHOWN)
    values = (image.astype(np.uint16) * 16) + 100
    window = Window(100 + 255 * 8, 255 * 16 + 1)
    plain = slice_of(values, modality=Rescale(), voi=(window,))
    reversed_polarity = slice_of(
        (255 * 16 + 200 - values).astype(np.uint16), modality=Rescale(), voi=(window,), inverted=True
    )
    unwindowed = slice_of(values, modality=Rescale())
    assert _close(preprocess(plain, SHOWN), expected)
    assert _close(preprocess(reversed_polarity, SHOWN), expected)
    assert np.abs(preprocess(unwindowed, SHOWN) - expected).mean() < 0.02 / SHOWN.std
    upside = slice_of((255 * 16 + 200 - values).astype(np.uint16), modality=Rescale(), voi=(window,))
    assert not _close(preprocess(upside, SHOWN), expected)


def test_a_model_that_learnt_stretched_images_sees_every_shape_stretched():
    image = _radiograph()
    wide = cv2.resize(image, (400, 200), interpolation=cv2.INTER_LINEAR)
    window = Window(127.5, 256)
    shown = slice_of(wide.astype(np.uint16), modality=Rescale(), voi=(window,))
    assert np.abs(preprocess(shown, SHOWN) - preprocess_image(image, SHOWN)).max() < 0.1 / SHOWN.std
    kept = replace(SHOWN, fit="aspect")
    black = preprocess(shown, kept)[0, 0, :10]
    assert np.allclose(black, -kept.mean / kept.std)


def test_pixels_that_are_not_square_are_put_right_where_the_shape_is_kept():
    image = _radiograph()
    squashed = cv2.resize(image, (200, 100), interpolation=cv2.INTER_AREA)
    geometry = FrameGeometry(pixel_aspect=2.0)
    shown = slice_of(
        squashed.astype(np.uint16), modality=Rescale(), voi=(Window(127.5, 256),), geometry=geometry
    )
    kept = replace(SHOWN, fit="aspect")
    assert np.abs(preprocess(shown, kept) - preprocess_image(image, kept)).max() < 0.1 / kept.std


def test_a_brighter_exposure_of_an_image_is_the_same_image():
    image = _radiograph()
    brighter = np.clip(image.astype(float) * 0.7 + 60, 0, 255).astype(np.uint8)
    assert _close(preprocess_image(brighter, SHOWN), preprocess_image(image, SHOWN))


@pytest.mark.parametrize("step", [{"denoise": 3}, {"contrast": 2.0}])
def test_each_step_can_be_switched(step):
    image = np.clip(_radiograph() + np.random.default_rng(0).normal(0, 20, (200, 200)), 0, 255).astype(
        np.uint8
    )
    with_step = replace(PLAIN, size=200, **step)
    without = replace(PLAIN, size=200)
    seen, plain = preprocess_image(image, with_step), preprocess_image(image, without)
    assert with_step.sha256 != without.sha256
    if "denoise" in step:
        assert np.abs(np.diff(seen, axis=3)).mean() < 0.6 * np.abs(np.diff(plain, axis=3)).mean()
    else:
        assert seen.std() > plain.std()


@pytest.mark.parametrize("wrong", [{"scale": "hu"}, {"fit": "crop"}, {"denoise": 4}, {"contrast": -1.0}])
def test_settings_that_mean_nothing_are_refused(wrong):
    with pytest.raises(ValueError, match=next(iter(wrong))):
        Preprocessing(**wrong)


def test_no_square_is_cut_around_the_head_of_a_very_narrow_image(monkeypatch):
    narrow = np.zeros((4000, 8), np.uint8)
    narrow[1000:3000] = 200
    monkeypatch.setattr(limits, "PROCESSED_SAMPLES", narrow.size)
    with pytest.raises(ImageSizeError):
        input_of(UprightImage(narrow, 1.0), Preprocessing(head_crop=True))
    assert input_of(UprightImage(narrow, 1.0), Preprocessing()).shape == (1, 1, 128, 128)


def test_the_variants_of_an_image_without_a_window_are_its_mirror_image_alone() -> None:
    batch = np.random.default_rng(0).uniform(0.1, 0.9, (2, 1, 16, 16)).astype(np.float32)
    spec = Preprocessing(size=16, scale="picture", variants=True)
    one, mirrored = variants_of(batch, spec)
    assert np.allclose(one, batch, atol=1e-6)
    assert np.allclose(mirrored, batch[..., ::-1], atol=1e-6)
    assert len(variants_of(batch, replace(spec, scale="window"))) == 8


EQUALIZED = Preprocessing(size=64, scale="picture", equalized=True)


def shaded() -> np.ndarray:
    """Return an image of many grays on a black margin."""
    rows, columns = np.indices((96, 96))
    image = 60 + 40 * np.sin(rows / 9) + 50 * np.cos(columns / 13) + columns / 2
    return np.pad(np.rint(image).clip(20, 235).astype(np.uint8), 16)


@pytest.mark.parametrize("gamma", [0.5, 0.7, 1.4, 2.0])
def test_an_equalized_image_is_the_same_under_any_gamma(gamma):
    image = shaded()
    other = np.rint((image / 255) ** gamma * 255).astype(np.uint8)
    right, plain = preprocess_image(image, EQUALIZED), replace(EQUALIZED, equalized=False)
    assert np.abs(preprocess_image(other, EQUALIZED) - right).mean() < 0.01
    assert np.abs(preprocess_image(other, plain) - preprocess_image(image, plain)).mean() > 0.02


def test_equalizing_gives_each_gray_its_share_of_the_darker_pixels_and_leaves_black_alone():
    image = np.repeat(np.array([[0, 0, 10, 40, 40, 250]], np.uint8), 6, axis=0)
    seen = preprocess_image(image, replace(EQUALIZED, size=8, fit="square"))[0, 0]
    assert seen[:, 0].max() == 0
    assert (np.diff(seen[0]) >= 0).all()
    lit = seen[seen > 0]
    assert lit.mean() == pytest.approx(0.5)
    flat = preprocess_image(np.full((64, 64), 90, np.uint8), EQUALIZED)
    assert np.unique(flat).tolist() == [0.5]
    assert not preprocess_image(np.zeros((64, 64), np.uint8), EQUALIZED).any()


def test_equalizing_is_for_images_as_shown_and_changes_the_key_of_results():
    with pytest.raises(ValueError, match="equalized"):
        Preprocessing(scale="window", equalized=True)
    with pytest.raises(ValueError, match="equalized"):
        Preprocessing(scale="picture", contrast=2.0, equalized=True)
    assert EQUALIZED.sha256 != replace(EQUALIZED, equalized=False).sha256
    assert "equalized" not in PLAIN.settings
