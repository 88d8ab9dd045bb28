"""Images changed against a network on purpose.

The worst that a change too small to see can do. FGSM: I. Goodfellow et al., Explaining and Harnessing
Adversarial Examples, ICLR 2015. PGD: A. Madry et al., Towards Deep Learning Models Resistant to Adversarial
Attacks, ICLR 2018. Both know the weights and the truth.
"""

from typing import Final

import numpy as np
import numpy.typing as npt
import torch
from safetensors.torch import load
from torch import Tensor
from torch.nn import functional

from medviewer.inference.engines import Architecture, Network, build
from medviewer.inference.input import Preprocessing
from medviewer.inference.pack import WEIGHTS, Pack

PGD_STEPS: Final = 20
PGD_RESTARTS: Final = 3
STEP_SHARE: Final = (
    2.5  # of epsilon that all steps together could go: every corner of the range can be reached
)
BATCH: Final = 32

Batch = npt.NDArray[np.float32]
Labels = npt.NDArray[np.int64]


def network_of(pack: Pack) -> Network:
    """Return a pack's network, rebuilt from its weights for evaluation."""
    network = build(Architecture.from_facts(pack.card.architecture))
    network.load_state_dict({name: tensor.float() for name, tensor in load(pack.read(WEIGHTS)).items()})
    network.to(memory_format=torch.channels_last)  # type: ignore[call-overload]  # missing in torch's types
    return network.eval().requires_grad_(False)


def input_range(spec: Preprocessing) -> tuple[float, float]:
    """Return black and white in the units of the network's input."""
    return (0 - spec.mean) / spec.std, (1 - spec.mean) / spec.std


def fgsm(
    network: Network, inputs: Batch, labels: Labels, epsilon: float, valid: tuple[float, float]
) -> Batch:
    """Return inputs after one step of `epsilon` up the slope of the loss.

    Parameters
    ----------
    inputs : (N, C, H, W) float32
        Within `valid`.
    labels : (N,) int64
        The truth.
    epsilon : float
        The largest change of a pixel, in units of the input.
    valid : (float, float)
        No pixel leaves it.
    """
    changed = []
    for start in range(0, len(inputs), BATCH):
        x = torch.from_numpy(inputs[start : start + BATCH])  # (B, C, H, W)
        y = torch.from_numpy(labels[start : start + BATCH])
        slope = _slope(network, x, y)
        changed.append((x + epsilon * slope.sign()).clamp(*valid).numpy())
    return np.concatenate(changed)


def pgd(
    network: Network,
    inputs: Batch,
    labels: Labels,
    epsilon: float,
    valid: tuple[float, float],
    steps: int = PGD_STEPS,
    restarts: int = PGD_RESTARTS,
    seed: int = 0,
) -> Batch:
    """Return each input's change with the largest loss found by PGD.

    Steps begin at random starts. Parameters as `fgsm`. No pixel ever differs by more than `epsilon` from
    the input's.
    """
    generator = torch.Generator().manual_seed(seed)
    changed = []
    for start in range(0, len(inputs), BATCH):
        x = torch.from_numpy(inputs[start : start + BATCH])  # (B, C, H, W)
        y = torch.from_numpy(labels[start : start + BATCH])
        worst, largest = x.clone(), _loss(network, x, y)
        for _ in range(restarts):
            offset = torch.rand(x.shape, generator=generator) * 2 - 1
            moved = (x + epsilon * offset).clamp(*valid)
            for _ in range(steps):
                slope = _slope(network, moved, y)
                moved = moved + STEP_SHARE * epsilon / steps * slope.sign()
                moved = torch.minimum(torch.maximum(moved, x - epsilon), x + epsilon).clamp(*valid)
            loss = _loss(network, moved, y)
            better = loss > largest
            worst[better], largest[better] = moved[better], loss[better]
        changed.append(worst.numpy())
    return np.concatenate(changed)


def _slope(network: Network, x: Tensor, y: Tensor) -> Tensor:
    moving = x.clone().requires_grad_(True)
    (slope,) = torch.autograd.grad(_losses(network, moving, y).sum(), moving)
    return slope


@torch.no_grad()
def _loss(network: Network, x: Tensor, y: Tensor) -> Tensor:
    return _losses(network, x, y)


def _losses(network: Network, x: Tensor, y: Tensor) -> Tensor:
    """Return log((1 - p) / p) of the truth.

    Rises as the cross-entropy does, also where p is nearly 1.
    """
    logits: Tensor = network(x)[0]  # (B, classes)
    truth = functional.one_hot(y, logits.shape[1]).bool()
    return logits.masked_fill(truth, -torch.inf).logsumexp(dim=1) - logits[truth]
