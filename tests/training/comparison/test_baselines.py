"""The classic methods tell the toy's classes apart, the same way each time, and never look into the fold."""

import numpy as np
import pytest

from medviewer.imaging.features.feature_vector import compute_features, squared
from medviewer.training.comparison import baselines
from medviewer.training.comparison.baselines import CLASSIC, Row
from tests.training.toys import toy_images


@pytest.fixture(params=CLASSIC, ids=lambda row: row.name)
def method(request: pytest.FixtureRequest) -> Row:
    row: Row = request.param
    return row


def test_a_method_tells_images_apart_that_it_never_saw(method: Row) -> None:
    training, other = toy_images().of_split("train"), toy_images(seed=1).of_split("val")
    chosen = method.fit(training.images, training.labels, training.group)
    scores = chosen.fitted.scores(other.images)
    assert scores.shape == (len(other), 2)
    assert baselines.macro_auc(scores, other.labels) > 0.9
    assert (scores.argmax(axis=1) == other.labels).mean() > 0.85
    assert 0.9 < chosen.cross_validation_auc <= 1
    assert 100 < chosen.fitted.size_bytes < 10_000_000


def test_the_same_images_give_the_same_method(method: Row) -> None:
    training = toy_images(per_group=3).of_split("train")
    other = toy_images(seed=1, per_group=3).of_split("val")
    first, second = (method.fit(training.images, training.labels, training.group) for _ in range(2))
    assert first.settings == second.settings
    assert np.array_equal(first.fitted.scores(other.images), second.fitted.scores(other.images))


def test_three_classes_have_three_scores(method: Row) -> None:
    data = toy_images(per_group=3).of_split("train")
    labels = np.where(np.arange(len(data)) % 3 == 2, 2, data.labels)
    chosen = method.fit(data.images, labels, data.group)
    assert chosen.fitted.scores(data.images[:5]).shape == (5, 3)


def test_what_only_names_the_group_is_no_merit() -> None:
    # the gray of an image names its patient, and says nothing of its label
    rng = np.random.default_rng(0)
    group = np.repeat([f"p{index}" for index in range(40)], 6)
    labels = np.repeat(rng.permutation(np.repeat([0, 1], 20)), 6)
    grays = np.repeat(rng.permutation(40) * 6, 6)
    images = [np.full((32, 32), gray, np.uint8) for gray in grays]
    pixels = baselines.classic(baselines.thumbnail, baselines.forest, [{"min_samples_leaf": 1}])
    honest = pixels(images, labels, group).cross_validation_auc
    alone = np.array([f"picture {index}" for index in range(len(labels))])
    flattered = pixels(images, labels, alone).cross_validation_auc
    assert flattered > 0.95
    assert honest < 0.75


def test_a_class_of_one_group_can_be_fitted_but_not_cross_validated() -> None:
    data = toy_images().of_split("train")
    labels = (data.group == data.group[0]).astype(np.int64)
    chosen = CLASSIC[0].fit(data.images, labels, data.group)
    assert np.isnan(chosen.cross_validation_auc)
    assert np.isfinite(chosen.fitted.scores(data.images)).all()


def test_an_image_is_padded_and_not_stretched() -> None:
    wide = np.full((20, 40), 200, np.uint8)
    square = squared(wide, 8)
    assert (square[2:6] == 200).all()
    assert (square[:2] == 0).all()
    assert (square[6:] == 0).all()
    assert squared(np.full((5, 5), 9, np.uint8), 64).shape == (64, 64)


def test_the_features_are_as_many_as_they_say() -> None:
    image = toy_images().images[0]
    assert compute_features(image).shape == (339,)
    assert baselines.thumbnail(image).shape == (64,)
