"""Pretrained backbone from a published pack.

A fresh network begins with its convolutions.
"""

import numpy as np
import numpy.typing as npt
import torch
from safetensors.torch import load
from torch import Tensor

from medviewer.errors import DamagedModelError
from medviewer.inference.engines import Architecture, Convolution, Network, build
from medviewer.inference.pack import WEIGHTS, find_pack, verify_pack

IMAGES = 64  # whose activations give the normalization that publishing had folded away


@torch.no_grad()
def start_from(pack_name: str, model: Network, inputs: npt.NDArray[np.float32]) -> None:
    """Give a fresh network the convolutions of a published one.

    Its last layer stays fresh. A published network has its normalization folded into the convolutions. It
    is unfolded again with the statistics of some of the new images, so that the network computes the same
    as the published one, in training and in evaluation mode.

    Parameters
    ----------
    pack_name : str
        The name of an installed pack, or the folder of one.
    model : Network
        Changed in place. Input channels that the pack does not have begin at zero.
    inputs : (N, C, H, W) float32
        Of the images to learn from.

    Raises
    ------
    UnknownModelError
        There is no such pack.
    DamagedModelError
        It is damaged, or its network has another shape.
    """
    pack = verify_pack(find_pack(pack_name))
    other = build(Architecture.from_facts(pack.card.architecture)).eval()
    other.load_state_dict({name: value.float() for name, value in load(pack.read(WEIGHTS)).items()})
    own = [module for module in model.modules() if isinstance(module, Convolution)]
    theirs = [module for module in other.modules() if isinstance(module, Convolution)]
    shapes = [[tuple(part.weights.weight.shape) for part in parts[1:]] for parts in (own, theirs)]
    if shapes[0] != shapes[1]:
        raise DamagedModelError(model=pack_name, detail="its network has another shape than the recipe's")
    outputs: dict[Convolution, Tensor] = {}
    for part in theirs:
        part.register_forward_hook(lambda module, _, output: outputs.update({module: output}))
    rows = np.linspace(0, len(inputs) - 1, min(IMAGES, len(inputs))).astype(int)
    channels = pack.card.preprocessing.channels
    other(torch.from_numpy(inputs[rows, :channels]))
    for mine, part in zip(own, theirs, strict=True):
        _unfold(mine, part, outputs[part])


def _unfold(mine: Convolution, published: Convolution, output: Tensor) -> None:
    """Set weights so that mine(x) equals the published convolution's output."""
    weight = torch.zeros_like(mine.weights.weight)
    shared = min(weight.shape[1], published.weights.weight.shape[1])
    weight[:, :shared] = published.weights.weight[:, :shared]
    mine.weights.weight.copy_(weight)
    bias = published.weights.bias
    if not isinstance(mine.norm, torch.nn.BatchNorm2d) or bias is None:
        return
    mean, variance = output.mean(dim=(0, 2, 3)), output.var(dim=(0, 2, 3))
    mine.norm.running_mean.copy_(mean - bias)  # type: ignore[union-attr]  # it keeps statistics
    mine.norm.running_var.copy_(variance)  # type: ignore[union-attr]
    mine.norm.weight.copy_((variance + mine.norm.eps).sqrt())
    mine.norm.bias.copy_(mean)
