"""Features of the pixel gate: three stages of EfficientNet-Lite0."""

from typing import Final

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn

from medviewer.inference.engines import Lite0Trunk
from medviewer.training.fit import MEAN, STD, start_from_imagenet
from medviewer.training.release import onnx_bytes, round_to_half

BLOCKS: Final = (1, 2, 2, 3, 3, 4)
POOLED: Final = (3, 4, 5)  # of these stages, counted from 0
SIDE: Final = 128
BATCH: Final = 32

Floats = npt.NDArray[np.float32]


class GateTrunk(nn.Module):
    """The frozen stages; its input is a share of white.

    As every network of a pack it returns three things, of which the gate uses the embedding.
    """

    def __init__(self) -> None:
        super().__init__()
        unfolded = Lite0Trunk(1, BLOCKS, folded=False).eval()
        start_from_imagenet(unfolded)
        self.trunk = Lite0Trunk(1, BLOCKS, folded=True).eval()
        for one, other in zip(unfolded.convolutions(), self.trunk.convolutions(), strict=True):
            one.fold_into(other)
        round_to_half(self)
        self.eval()

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor, Tensor]:  # (B, 1, H, W)
        """Return (B, 1), features (B, 384) and the last feature map."""
        stages = self.trunk.features((x - MEAN) / STD)
        features = torch.cat([stages[place].mean(dim=(2, 3)) for place in POOLED], dim=1)
        return features[:, :1], features, stages[-1]


def features_of(trunk: GateTrunk, inputs: list[Floats]) -> Floats:
    """Return (N, 384) features of N inputs (1, 1, SIDE, SIDE)."""
    with torch.no_grad():
        parts = [
            trunk(torch.from_numpy(np.concatenate(inputs[start : start + BATCH])))[1].numpy()
            for start in range(0, len(inputs), BATCH)
        ]
    return np.concatenate(parts) if parts else np.zeros((0, 384), np.float32)


def features_with_map_of(trunk: GateTrunk, inputs: list[Floats]) -> Floats:
    """Return features and last feature map of N inputs: (N, 3456)."""
    parts = []
    with torch.no_grad():
        for start in range(0, len(inputs), BATCH):
            _, pooled, last = trunk(torch.from_numpy(np.concatenate(inputs[start : start + BATCH])))
            parts.append(torch.cat([pooled, last.flatten(1)], dim=1).numpy())
    return np.concatenate(parts)


def graph_of(trunk: GateTrunk) -> bytes:
    """Return the trunk as an ONNX graph."""
    return onnx_bytes(trunk, (1, SIDE, SIDE))
