"""The feature vector is what the formulas give, number by number, under the names it says."""

import numpy as np
import pytest

from medviewer.imaging.features import texture
from medviewer.imaging.features.feature_vector import FEATURE_NAMES, compute_features, squared

IMAGE = np.random.default_rng(0).integers(0, 256, (90, 140)).astype(np.uint8)


def _named(image: np.ndarray) -> dict[str, float]:
    return dict(zip(FEATURE_NAMES, compute_features(image), strict=True))


def test_every_number_has_a_name_of_its_own() -> None:
    assert len(set(FEATURE_NAMES)) == len(FEATURE_NAMES) == len(compute_features(IMAGE)) == 339


def test_texture_is_of_128_pixels_under_its_names() -> None:
    gray, named = squared(IMAGE, 128), _named(IMAGE)
    found = texture.cooccurrence(gray)
    for name in ("contrast", "homogeneity", "energy", "correlation"):
        assert named[f"glcm_{name}"] == getattr(found, name)
    shares = [named[f"lbp_{points}"] for points in range(9)] + [named["lbp_other"]]
    assert shares == texture.local_binary_patterns(gray).tolist()
    assert named["edge_density"] == texture.edge_density(gray) > 0


def test_gradients_are_of_64_pixels_in_their_order() -> None:
    named = {name: value for name, value in _named(IMAGE).items() if name.startswith("hog_")}
    assert list(named.values()) == texture.oriented_gradients(squared(IMAGE, 64)).tolist()


@pytest.mark.parametrize("transposed", [False, True])
def test_the_name_of_a_gradient_says_where_and_which_way(transposed: bool) -> None:
    image = np.zeros((64, 64), np.uint8)
    image[:, 40:] = 200  # one edge, in the cells of column 2 of 0 to 3
    named = _named(np.ascontiguousarray(image.T) if transposed else image)
    block, cell, angle = (0, 2, 4) if transposed else (1, 3, 0)  # where a name has row or column, and the bin
    found = set()
    for name, value in named.items():
        if name.startswith("hog_") and value > 0:
            places = [int(part) for part in name.split("_") if part.isdigit()]
            found.add((places[block] + places[cell], places[-1]))
    assert found == {(2, angle)}


def test_an_image_is_padded_and_not_stretched() -> None:
    wide = np.full((20, 40), 200, np.uint8)
    square = squared(wide, 8)
    assert (square[2:6] == 200).all()
    assert (square[:2] == 0).all()
    assert (square[6:] == 0).all()
