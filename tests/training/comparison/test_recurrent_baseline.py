"""The network that reads rows learns, repeats itself, and leaves torch as it was."""

from collections.abc import Iterator

import numpy as np
import pytest
import torch

from medviewer.training.comparison import recurrent_baseline
from medviewer.training.comparison.baselines import macro_auc
from tests.training.toys import toy_images


@pytest.fixture(autouse=True)
def few_epochs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recurrent_baseline, "EPOCHS", (1, 20))


@pytest.fixture
def three_threads() -> Iterator[None]:
    """Give torch a number of threads that no other test leaves behind."""
    before = torch.get_num_threads()
    torch.set_num_threads(3)
    yield
    torch.set_num_threads(before)


def test_it_tells_images_apart_that_it_never_saw_and_chose_how_long_to_learn() -> None:
    training, other = toy_images().of_split("train"), toy_images(seed=1).of_split("val")
    chosen = recurrent_baseline.fit(training.images, training.labels, training.group)
    scores = chosen.fitted.scores(other.images)
    assert scores.shape == (len(other), 2)
    assert macro_auc(scores, other.labels) > 0.85
    assert chosen.settings == {"epochs": 20}
    assert chosen.fitted.size_bytes == 4 * (3 * 64 * (64 + 64 + 2) + 2 * 64 + 2)


def test_chance_outside_changes_nothing_and_torch_is_as_before(three_threads: None) -> None:
    data = toy_images().of_split("train")
    found = []
    for seed in (1, 2):
        torch.manual_seed(seed)
        state = torch.get_rng_state()
        chosen = recurrent_baseline.fit(data.images, data.labels, data.group)
        assert torch.equal(torch.get_rng_state(), state)
        found.append(chosen.fitted.scores(data.images))
    assert np.array_equal(*found)
    assert torch.get_num_threads() == 3


def test_images_of_one_gray_give_numbers() -> None:
    data = toy_images().of_split("train")
    images = [np.zeros_like(image) for image in data.images]
    chosen = recurrent_baseline.fit(images, data.labels, data.group)
    assert np.isfinite(chosen.fitted.scores(images)).all()
