"""Texture and edge features are those of scikit-image, and mean what they are called."""

import cv2
import numpy as np
import numpy.typing as npt
import pytest
from skimage.feature import graycomatrix, graycoprops, hog, local_binary_pattern

from medviewer.imaging.features import texture

TOLERANCE = 1e-9  # of the formulas; both sides are float64


def _noise(shape: tuple[int, int] = (64, 64), seed: int = 0) -> npt.NDArray[np.uint8]:
    return np.random.default_rng(seed).integers(0, 256, shape).astype(np.uint8)


def _smooth(shape: tuple[int, int] = (64, 64), seed: int = 0) -> npt.NDArray[np.uint8]:
    blurred = cv2.GaussianBlur(_noise(shape, seed).astype(np.float32), (0, 0), 3)
    stretched = (blurred - blurred.min()) / (blurred.max() - blurred.min()) * 255
    return np.asarray(stretched.round(), np.uint8)


def _shapes() -> npt.NDArray[np.uint8]:
    image = np.zeros((64, 64), np.uint8)
    cv2.rectangle(image, (10, 12), (40, 50), 120, -1)
    cv2.circle(image, (45, 40), 9, 240, -1)
    return image


IMAGES = {
    "noise": _noise(),
    "smooth": _smooth(),
    "shapes": _shapes(),
    "flat": np.full((64, 64), 77, np.uint8),
    "black": np.zeros((64, 64), np.uint8),
}


@pytest.fixture(params=IMAGES)
def image(request: pytest.FixtureRequest) -> npt.NDArray[np.uint8]:
    return IMAGES[request.param]


@pytest.mark.parametrize("shape", [(64, 64), (40, 71)])
def test_neighbors_are_counted_as_scikit_image_does(shape: tuple[int, int]) -> None:
    image = _smooth(shape)
    angles = [0, np.pi / 4, np.pi / 2, 3 * np.pi / 4]
    # only distance 1: at 45 degrees a distance of 2 is rounded to one row and column there, and is two here
    theirs = graycomatrix(image // 8, [1], angles, 32, symmetric=True, normed=True)
    ours = texture.cooccurrence_matrices(image, distances=(1,))
    assert np.abs(ours - np.moveaxis(theirs[:, :, 0], 2, 0)).max() < TOLERANCE


def test_haralick_features_are_those_of_scikit_image(image: npt.NDArray[np.uint8]) -> None:
    found = texture.cooccurrence(image)
    matrices = np.moveaxis(texture.cooccurrence_matrices(image), 0, 2)[:, :, None, :]
    for name in ("contrast", "homogeneity", "energy", "correlation"):
        assert getattr(found, name) == pytest.approx(graycoprops(matrices, name).mean(), abs=1e-8), name


def test_a_distance_of_two_compares_pixels_two_apart() -> None:
    stripes = np.tile(np.array([0, 0, 255, 255], np.uint8), (8, 4))
    near, far = (texture.cooccurrence_matrices(stripes, distances=(d,))[0] for d in (1, 2))
    assert far[0, 0] == far[31, 31] == 0
    assert near[0, 0] > 0


def test_a_flat_image_has_no_contrast_and_a_noisy_one_little_order() -> None:
    flat, noise, smooth = (texture.cooccurrence(IMAGES[name]) for name in ("flat", "noise", "smooth"))
    assert (flat.contrast, flat.homogeneity, flat.energy, flat.correlation) == (0, 1, 1, 1)
    assert noise.contrast > smooth.contrast > flat.contrast
    assert noise.homogeneity < smooth.homogeneity < 1
    assert abs(noise.correlation) < 0.1 < 0.8 < smooth.correlation


def test_an_image_without_neighbors_is_refused() -> None:
    with pytest.raises(ValueError, match="too small"):
        texture.cooccurrence(np.zeros((2, 9), np.uint8))
    with pytest.raises(ValueError, match="evenly"):
        texture.cooccurrence_matrices(np.zeros((9, 9), np.uint8), levels=30)


def test_binary_patterns_are_those_of_scikit_image(image: npt.NDArray[np.uint8]) -> None:
    theirs = local_binary_pattern(image, 8, 1, method="uniform")[1:-1, 1:-1]
    expected = np.bincount(theirs.astype(int).ravel(), minlength=10) / theirs.size
    found = texture.local_binary_patterns(image)
    assert found.sum() == pytest.approx(1)
    # a point that is interpolated to exactly the center's gray may fall to either side there: 1 pixel in 1000
    assert np.abs(found - expected).max() < 1e-3


def test_binary_patterns_do_not_change_with_a_turn_or_with_brightness() -> None:
    image = _smooth()
    found = texture.local_binary_patterns(image)
    assert np.allclose(texture.local_binary_patterns(np.rot90(image).copy()), found, atol=1e-3)
    darker = (image // 2).astype(np.uint8)
    brighter = (darker + 100).astype(np.uint8)
    assert np.array_equal(texture.local_binary_patterns(darker), texture.local_binary_patterns(brighter))


def test_oriented_gradients_are_those_of_scikit_image(image: npt.NDArray[np.uint8]) -> None:
    theirs = hog(image.astype(float), 9, (16, 16), (2, 2), block_norm="L2-Hys")
    found = texture.oriented_gradients(image)
    assert found.shape == theirs.shape == (324,)
    assert np.abs(found - theirs).max() < 1e-6


def test_oriented_gradients_ask_for_their_size() -> None:
    with pytest.raises(ValueError, match="64 x 64"):
        texture.oriented_gradients(np.zeros((64, 32), np.uint8))


def test_edge_density_is_the_share_of_an_outline() -> None:
    image = np.zeros((64, 64), np.uint8)
    assert texture.edge_density(image) == 0
    image[16:48, 16:48] = 255
    outline = 4 * 31 / 64**2
    assert texture.edge_density(image) == pytest.approx(outline, rel=0.05)
