"""Which images are drawn, how often, and that chance can be repeated."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from medviewer.training.fit.sampling import SampledDataset, drawing_weights, preprocessed, prior_shift
from tests.training.toys import toy_images, toy_recipe

LABELS = np.array([0] * 8 + [1] * 2)
GROUP = np.array(["a"] * 6 + ["b"] * 2 + ["c", "d"])
DOMAIN = np.array(["large"] * 7 + ["small"] + ["large", "small"])
TEN = replace(toy_images().chosen(np.arange(10)), labels=LABELS, group=GROUP, domain=DOMAIN)


@pytest.mark.parametrize(("balance", "share"), [(0.0, 0.2), (1.0, 0.5)])
def test_classes_are_drawn_as_the_balance_says(balance: float, share: float) -> None:
    weights = drawing_weights(TEN, balance)
    assert weights.sum() == pytest.approx(1)
    assert weights[LABELS == 1].sum() == pytest.approx(share)


@pytest.mark.parametrize(("group_balance", "share"), [(0.0, 0.75), (1.0, 0.5)])
def test_groups_of_a_class_are_drawn_as_the_group_balance_says(group_balance: float, share: float) -> None:
    weights = drawing_weights(TEN, 1.0, group_balance)
    of_class = weights[LABELS == 0]
    assert of_class[:6].sum() / of_class.sum() == pytest.approx(share)


def test_domains_are_drawn_alike_and_keep_the_proportion_of_their_classes() -> None:
    weights = drawing_weights(TEN, 0.0, domain_balance=1.0)
    for domain, positive in (("large", 1 / 8), ("small", 1 / 2)):
        drawn = weights[domain == DOMAIN]
        assert drawn.sum() == pytest.approx(0.5)
        assert weights[(domain == DOMAIN) & (LABELS == 1)].sum() / drawn.sum() == pytest.approx(positive)


@pytest.mark.parametrize("domain_balance", [0.0, 0.7])
def test_the_shift_brings_the_natural_odds_back_in_each_domain(domain_balance: float) -> None:
    weights, shift = drawing_weights(TEN, 0.8, 0.0, domain_balance), prior_shift(LABELS, 2, 0.8)
    for domain in ("large", "small"):
        drawn = [weights[(domain == DOMAIN) & (label == LABELS)].sum() for label in (0, 1)]
        natural = [((domain == DOMAIN) & (label == LABELS)).sum() for label in (0, 1)]
        restored = np.log(drawn[1] / drawn[0]) + shift[1] - shift[0]
        assert restored == pytest.approx(np.log(natural[1] / natural[0]))


def test_an_epoch_draws_the_same_again_and_the_next_one_others() -> None:
    recipe = toy_recipe(mixup=0.3)
    training = toy_images().of_split("train")
    inputs = preprocessed(training.images, recipe.preprocessing)
    weights = drawing_weights(training, 1.0)
    first, again, following = (
        SampledDataset(recipe, inputs, training, weights, epoch) for epoch in (3, 3, 4)
    )
    for place in range(5):
        for one, other in zip(first[place], again[place], strict=True):
            assert torch.equal(one, other)
    assert not all(torch.equal(first[place][0], following[place][0]) for place in range(5))


def test_mixing_mixes_label_and_image_alike() -> None:
    recipe = toy_recipe(mixup=1.0)
    training = toy_images().of_split("train")
    inputs = preprocessed(training.images, recipe.preprocessing)
    drawn = SampledDataset(recipe, inputs, training, drawing_weights(training, 1.0), 0)
    targets = torch.stack([drawn[place][1] for place in range(40)])
    assert torch.allclose(targets.sum(dim=1), torch.ones(40))
    assert ((targets > 0.1) & (targets < 0.9)).any()
    for place in range(40):  # the only subtype of the toy is its class
        _, target, subtypes, _ = drawn[place]
        assert torch.allclose(target[1], subtypes[0])
