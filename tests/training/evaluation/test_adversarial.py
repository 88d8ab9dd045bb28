"""Attacks stay within what they may change and do more harm than chance."""

import numpy as np
import pytest
import torch

from medviewer.inference.engines.onnx import OnnxEngine
from medviewer.inference.input.preprocess import Preprocessing, preprocess_image
from medviewer.inference.pack.packs import GRAPH, Pack
from medviewer.training.evaluation import adversarial
from medviewer.training.metrics.calibration import negative_log_likelihood
from tests.training.toys import toy_images, toy_pack

EPSILON = 8 / 255 / 0.2  # of a network whose inputs were divided by 0.2


@pytest.fixture(scope="module")
def pack(tmp_path_factory: pytest.TempPathFactory) -> Pack:
    return toy_pack(tmp_path_factory.mktemp("packs"))


@pytest.fixture(scope="module")
def sample(pack: Pack) -> tuple[np.ndarray, np.ndarray]:
    data = toy_images(seed=1).of_split("val")
    spec = pack.card.preprocessing
    inputs = np.concatenate([preprocess_image(image, spec) for image in data.images[:12]])
    return inputs, data.labels[:12]


def _loss(pack: Pack, inputs: np.ndarray, labels: np.ndarray) -> float:
    return negative_log_likelihood(OnnxEngine(pack.read(GRAPH)).run(inputs).logits, labels)


def test_the_network_is_the_one_of_the_pack(pack: Pack, sample: tuple[np.ndarray, np.ndarray]) -> None:
    inputs, _ = sample
    with torch.no_grad():
        logits = adversarial.network_of(pack)(torch.from_numpy(inputs))[0].numpy()
    assert np.allclose(logits, OnnxEngine(pack.read(GRAPH)).run(inputs).logits, atol=1e-3)


def test_the_range_of_the_input_is_from_black_to_white() -> None:
    spec = Preprocessing(size=16, mean=0.25, std=0.5)
    low, high = adversarial.input_range(spec)
    ends = preprocess_image(np.tile(np.array([0, 255], np.uint8), (16, 8)), spec)
    assert (low, high) == pytest.approx((ends.min(), ends.max()))


@pytest.mark.parametrize("attack", [adversarial.fgsm, adversarial.pgd])
def test_no_pixel_changes_by_more_than_epsilon_or_leaves_the_range(
    attack: object, pack: Pack, sample: tuple[np.ndarray, np.ndarray]
) -> None:
    inputs, labels = sample
    valid = adversarial.input_range(pack.card.preprocessing)
    before = inputs.copy()
    changed = attack(adversarial.network_of(pack), inputs, labels, EPSILON, valid)  # type: ignore[operator]
    assert np.array_equal(inputs, before)
    assert changed.shape == inputs.shape
    assert changed.dtype == np.float32
    difference = np.abs(changed - inputs)
    assert difference.max() <= EPSILON + 1e-5
    assert difference.max() > 0.9 * EPSILON
    assert changed.min() >= valid[0] - 1e-5
    assert changed.max() <= valid[1] + 1e-5


def test_steps_do_more_harm_than_one_step_and_one_step_more_than_chance(
    pack: Pack, sample: tuple[np.ndarray, np.ndarray]
) -> None:
    inputs, labels = sample
    network, valid = adversarial.network_of(pack), adversarial.input_range(pack.card.preprocessing)
    sign = np.random.default_rng(0).choice([-EPSILON, EPSILON], inputs.shape)
    by_chance = np.clip(inputs + sign, *valid).astype(np.float32)
    one = adversarial.fgsm(network, inputs, labels, EPSILON, valid)
    many = adversarial.pgd(network, inputs, labels, EPSILON, valid)
    losses = [_loss(pack, changed, labels) for changed in (by_chance, one, many)]
    assert losses[0] < losses[1] < losses[2] + 1e-3
    assert _loss(pack, inputs, labels) < losses[1]


def test_restarts_are_by_seed_and_never_make_the_worst_case_milder(
    pack: Pack, sample: tuple[np.ndarray, np.ndarray]
) -> None:
    inputs, labels = sample
    network, valid = adversarial.network_of(pack), adversarial.input_range(pack.card.preprocessing)
    given = (network, inputs, labels, EPSILON, valid)
    one, again = (adversarial.pgd(*given, steps=3, restarts=1) for _ in range(2))
    assert np.array_equal(one, again)
    assert (
        _loss(pack, adversarial.pgd(*given, steps=3, restarts=3), labels) >= _loss(pack, one, labels) - 1e-4
    )
    assert np.array_equal(adversarial.pgd(*given, restarts=0), inputs)


def test_an_answer_beyond_single_precision_still_has_a_slope() -> None:
    class Sure(torch.nn.Module):
        def forward(self, x: torch.Tensor) -> tuple[torch.Tensor]:
            return (torch.stack([200 * x.mean(dim=(1, 2, 3)), torch.zeros(len(x))], dim=1),)

    inputs = np.ones((2, 1, 4, 4), np.float32)
    labels = np.zeros(2, np.int64)
    changed = adversarial.fgsm(Sure(), inputs, labels, 0.5, (-2, 2))  # type: ignore[arg-type]
    assert np.allclose(changed, 0.5)
