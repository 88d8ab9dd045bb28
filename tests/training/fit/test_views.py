"""Whole images, parts about the lesion and parts beside it.

What is marked goes the way of the image.
"""

from dataclasses import replace

import cv2
import numpy as np
import torch

from medviewer.inference.engines.networks import Architecture, build
from medviewer.inference.input.preprocess import Preprocessing
from medviewer.training.data.augmentation import Augmentation
from medviewer.training.data.datasets import LabeledImages
from medviewer.training.fit.views import Views, outline_loss
from tests.training.toys import toy_images

SPEC = Preprocessing(size=64, scale="picture", fit="aspect")
CHANGES = Augmentation(shift=0.1, scale=0.2, rotation_degrees=20, mirror=True, zoom=0.6, beside=0.3)


def marked() -> LabeledImages:
    """Return gray images, all but the first with a lesion, and masks."""
    rng = np.random.default_rng(0)
    images, masks = [], []
    for number in range(8):
        image, mask = np.full((90, 140), 60, np.uint8), np.zeros((90, 140), np.uint8)
        image[:, :70] = 90
        if number:
            place = int(rng.integers(20, 120)), int(rng.integers(20, 70))
            for canvas, value in ((image, 230), (mask, 255)):
                cv2.circle(canvas, place, 12, value, -1)
        images.append(image)
        masks.append(mask)
    data = toy_images().chosen(np.arange(8))
    return replace(data, images=tuple(images), masks=tuple(masks), labels=np.minimum(np.arange(8), 1))


def test_the_mark_lies_where_the_lesion_is_in_every_view() -> None:
    views, seen = Views(marked(), SPEC, CHANGES, 0), set()
    for row in range(1, 8):
        for seed in range(12):
            view = views.draw(row, np.random.default_rng(seed))
            seen.add(view.is_background)
            if view.is_background:
                assert view.marked.max() == 0
                assert (view.gray > 0.9).mean() < 0.35 or view.gray.std() < 0.5
                continue
            inside, outside = view.marked > 0.95, (view.marked < 0.05) & (view.gray[0] > 0)
            assert inside.sum() > 20
            assert view.gray[0][inside].mean() > view.gray[0][outside].mean() + 0.3
    assert seen == {False, True}  # some views lie beside the lesion


def test_an_image_without_a_mark_is_background_in_every_view() -> None:
    views = Views(marked(), SPEC, CHANGES, 0)
    for seed in range(12):
        view = views.draw(0, np.random.default_rng(seed))
        assert view.is_background
        assert view.marked.max() == 0


def test_a_view_is_drawn_again_by_the_same_chance() -> None:
    views = Views(marked(), SPEC, CHANGES, 0)
    first, again = (views.draw(3, np.random.default_rng(5)) for _ in range(2))
    assert np.array_equal(first.gray, again.gray)
    assert np.array_equal(first.marked, again.marked)


def test_the_answers_of_all_places_are_drawn_to_the_marks() -> None:
    torch.manual_seed(0)
    model = build(Architecture(classes=2, width=4, blocks=(1, 1)))
    feature_map = torch.randn(2, model.embedding_length, 4, 4, requires_grad=True)
    shares = torch.zeros(2, 64, 64)
    shares[:, :16, :16] = 1  # the first place alone
    optimizer = torch.optim.Adam([feature_map, *model.head.parameters()], 0.1)
    for _ in range(200):
        loss = outline_loss(model, feature_map, shares, background=0)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    answers = torch.einsum("ce,behw->bchw", model.head.weight, feature_map)
    answers = answers + model.head.bias[:, None, None]
    odds = answers[:, 1] - answers[:, 0]
    assert (odds[:, 0, 0] > 3).all()
    odds[:, 0, 0] = -10
    assert (odds < 3).all()
