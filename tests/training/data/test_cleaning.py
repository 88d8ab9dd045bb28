"""Cleaning: copies go, contradictions go with all their copies, the test split is left alone."""

from dataclasses import replace

import cv2
import numpy as np
import pytest

from medviewer.training.data.cleaning import Cleaning, clean
from medviewer.training.data.datasets import LabeledImages
from tests.training.toys import toy_images


def _textured() -> LabeledImages:
    """Return the toy set with images that have nothing in common."""
    data = toy_images()
    rng = np.random.default_rng(5)
    images = tuple(rng.integers(0, 255, (48, 48), np.uint8) for _ in range(len(data)))
    return replace(data, images=images)


def _with_copy(data: LabeledImages, source: int, target: int) -> LabeledImages:
    images = list(data.images)
    quality = [cv2.IMWRITE_JPEG_QUALITY, 80]
    encoded = cv2.imencode(".jpg", images[source], quality)[1]
    images[target] = cv2.imdecode(encoded, cv2.IMREAD_GRAYSCALE)
    return replace(data, images=tuple(images))


def test_a_copy_that_was_encoded_again_goes_and_the_first_stays():
    data = _with_copy(_textured(), 2, 8)  # both of label 0
    cleaned = clean(data, Cleaning(correlation=0.95))
    assert (cleaned.copies, cleaned.contradictory) == (1, 0)
    assert len(cleaned.images) == len(data) - 1
    assert cleaned.images.images[2] is data.images[2]
    assert cleaned.images.images[8] is data.images[9]


def test_copies_with_different_labels_both_go():
    data = _with_copy(_textured(), 2, 9)
    cleaned = clean(data, Cleaning(correlation=0.95))
    assert (cleaned.copies, cleaned.contradictory) == (0, 2)
    assert cleaned.images.images[2] is data.images[3]


def test_the_test_split_loses_nothing():
    data = _textured()
    last = len(data) - 1  # of the test split
    copied = _with_copy(data, 1, last)
    assert len(clean(copied, Cleaning(correlation=0.95)).images) == len(data)


def test_cleaning_can_be_switched_off():
    data = _with_copy(_textured(), 2, 8)
    assert clean(data, Cleaning()).images is data


def test_a_correlation_above_one_is_refused():
    with pytest.raises(ValueError, match="correlation"):
        Cleaning(correlation=1.5)
