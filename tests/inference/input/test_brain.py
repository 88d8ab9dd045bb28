"""The brain of a CT slice is found inside its bone, and its gray is measured from itself."""

import numpy as np
import numpy.typing as npt
import pytest

from medviewer.dicom.demo.phantom_anatomy import Head, slice_heights
from medviewer.inference.input.brain import BRAIN_GRAY, find_brain
from medviewer.inference.input.preprocess import VARIANTS, Preprocessing, preprocess_image, variants_of

SPEC = Preprocessing(size=160, mean=0.5, std=0.5, brain=True)
Gray = npt.NDArray[np.uint8]


def head(seed: int = 1, place: int = 11, offset: float = 0.0) -> Gray:
    """Return a slice of the phantom in the brain window, shifted by HU."""
    values = Head(seed).slice_hu(slice_heights(22)[place]) + offset
    return np.rint(np.clip((values + 20) * 255 / 120, 0, 255)).astype(np.uint8)


def shown(image: Gray, spec: Preprocessing = SPEC) -> npt.NDArray[np.float32]:
    return preprocess_image(image, spec)[0, 0] * spec.std + spec.mean


@pytest.mark.parametrize("place", [8, 11, 14, 17])
def test_the_brain_fills_the_input_without_bone_and_air(place: int) -> None:
    seen = shown(head(place=place))
    inside = seen > 0.05
    rows, columns = np.flatnonzero(inside.any(axis=1)), np.flatnonzero(inside.any(axis=0))
    assert max(np.ptp(rows), np.ptp(columns)) > 0.85 * SPEC.size
    assert (seen[inside] > 0.95).mean() < 0.1  # bone is white
    assert seen[0].max() == seen[-1].max() == 0


def test_another_scanners_offset_leaves_the_input_as_it_is() -> None:
    one, other = shown(head()), shown(head(offset=7.0))
    assert np.abs(one - other).mean() < 0.02
    inside = one > 0.05
    assert float(np.median(one[inside])) == pytest.approx(float(BRAIN_GRAY), abs=0.03)


@pytest.mark.parametrize("margin", [0, 40, 120])
def test_the_field_of_view_plays_no_part(margin: int) -> None:
    image = head()
    wider = np.pad(image, margin)
    assert np.abs(shown(image) - shown(wider)).mean() < 0.04


def test_a_gap_in_the_bone_is_closed() -> None:
    image = head()
    rows, columns = image.shape
    open_skull = image.copy()
    middle = columns // 2
    open_skull[: rows // 2, middle - 6 : middle + 6] = np.minimum(
        open_skull[: rows // 2, middle - 6 : middle + 6], 100
    )
    brain = find_brain(open_skull, 1.0, 160)
    whole = find_brain(image, 1.0, 160)
    assert brain is not None
    assert whole is not None
    assert abs(float(brain.mask.sum()) / float(whole.mask.sum()) - 1) < 0.15


@pytest.mark.parametrize(
    "image",
    [
        np.zeros((256, 256), np.uint8),
        np.full((256, 256), 120, np.uint8),
        np.random.default_rng(0).integers(30, 200, (200, 256)).astype(np.uint8),
        np.full((1, 400), 255, np.uint8),
        np.full((300, 2), 90, np.uint8),
    ],
)
def test_without_bone_around_it_there_is_no_brain_and_the_input_is_of_one_gray(image: Gray) -> None:
    assert find_brain(image, 1.0, 160) is None
    seen = preprocess_image(image, SPEC)
    assert seen.min() == seen.max()


def test_pixels_that_are_higher_than_wide_give_the_same_shape() -> None:
    image = head()
    flat = find_brain(image[::2], 2.0, 160)
    square = find_brain(image, 1.0, 160)
    assert flat is not None
    assert square is not None
    one = shown(image)
    other = flat.input_of(image[::2].astype(np.float32) / 255, 160)
    assert np.abs(one - other).mean() < 0.05


def test_the_variants_are_the_input_its_windows_and_their_mirror_images() -> None:
    spec = Preprocessing(size=160, mean=0.5, std=0.5, brain=True, variants=True)
    batch = preprocess_image(head(), spec)
    found = variants_of(batch, spec)
    assert found.shape == (2 * len(VARIANTS), *batch.shape)
    assert np.array_equal(found[0], batch)
    assert np.array_equal(found[1], batch[..., ::-1])
    outside = batch * spec.std + spec.mean <= 0
    assert np.allclose(found[2::2][:, outside], -spec.mean / spec.std)
    assert np.array_equal(variants_of(batch, SPEC), batch[None])


def test_settings_of_older_cards_keep_their_hash() -> None:
    assert not {"brain", "variants"} & set(Preprocessing().settings)
    assert {"brain", "variants"} <= set(Preprocessing(brain=True, variants=True).settings)
    assert Preprocessing(brain=True).sha256 != Preprocessing().sha256


def test_the_brain_is_found_in_a_window_only() -> None:
    with pytest.raises(ValueError, match="window"):
        Preprocessing(scale="picture", brain=True)
