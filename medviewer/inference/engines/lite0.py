"""EfficientNet-Lite0 as a torch module, whole or its first stages.

The network of T. Tan and Q. Le (ICML 2019) in the form for edge devices: without squeeze-and-excitation, with
ReLU6. Its ImageNet weights are a start for labeled sets that are small. Gray images have one channel: the
stem's weights are summed over red, green and blue. Padding is TensorFlow's "same", uneven at a stride of 2,
because the weights were found with it.
"""

import copy
from dataclasses import dataclass
from typing import Final, cast

import torch
from torch import Tensor, nn
from torch.nn import functional
from torch.nn.utils.fusion import fuse_conv_bn_eval

EPSILON: Final = 1e-3  # of the normalization, as the published weights need it
STEM_CHANNELS: Final = 32
HEAD_CHANNELS: Final = 1280


@dataclass(frozen=True, slots=True)
class Stage:
    """Shape of one stage; only its first block has the stride."""

    expansion: int
    channels: int
    side: int
    stride: int


STAGES: Final = (
    Stage(1, 16, 3, 1),
    Stage(6, 24, 3, 2),
    Stage(6, 40, 5, 2),
    Stage(6, 80, 3, 2),
    Stage(6, 112, 5, 1),
    Stage(6, 192, 5, 2),
    Stage(6, 320, 3, 1),
)
BLOCKS: Final = (1, 2, 2, 3, 3, 4, 1)
"""Blocks in each stage of the published network."""


class SameConvolution(nn.Module):
    """Convolution with "same" padding and batch normalization.

    Once folded it has a bias instead.
    """

    def __init__(
        self, channels_in: int, channels_out: int, side: int, stride: int, folded: bool, groups: int = 1
    ) -> None:
        super().__init__()
        self.side, self.stride = side, stride
        padding = side // 2 if stride == 1 else 0
        self.weights = nn.Conv2d(channels_in, channels_out, side, stride, padding, groups=groups, bias=folded)
        self.norm: nn.Module = nn.Identity() if folded else nn.BatchNorm2d(channels_out, EPSILON, 0.01)

    def forward(self, x: Tensor) -> Tensor:  # (B, channels_in, H, W)
        """Return (B, channels_out, ceil(H / stride), ceil(W / stride))."""
        if self.stride > 1:
            x = functional.pad(x, (*self._missing(x.shape[3]), *self._missing(x.shape[2])))
        return cast(Tensor, self.norm(self.weights(x)))

    def _missing(self, length: int) -> tuple[int, int]:
        missing = max((-(-length // self.stride) - 1) * self.stride + self.side - length, 0)
        return missing // 2, missing - missing // 2

    @torch.no_grad()
    def fold_into(self, other: "SameConvolution") -> None:
        """Give the folded `other` the weights equivalent in evaluation mode."""
        if isinstance(self.norm, nn.BatchNorm2d):
            fused = fuse_conv_bn_eval(copy.deepcopy(self.weights).eval(), copy.deepcopy(self.norm).eval())
            other.weights.load_state_dict(fused.state_dict())
        else:
            other.weights.load_state_dict(self.weights.state_dict())


class InvertedBottleneck(nn.Module):
    """Expansion, depthwise convolution, projection.

    A short cut adds the input where the shapes are equal.
    """

    def __init__(self, channels_in: int, stage: Stage, stride: int, folded: bool) -> None:
        super().__init__()
        wide = channels_in * stage.expansion
        self.expand = SameConvolution(channels_in, wide, 1, 1, folded) if stage.expansion > 1 else None
        self.depthwise = SameConvolution(wide, wide, stage.side, stride, folded, groups=wide)
        self.project = SameConvolution(wide, stage.channels, 1, 1, folded)
        self.has_shortcut = stride == 1 and channels_in == stage.channels

    def forward(self, x: Tensor) -> Tensor:  # (B, channels_in, H, W)
        """Return (B, channels_out, H / stride, W / stride)."""
        y = x if self.expand is None else functional.relu6(self.expand(x))
        y = self.project(functional.relu6(self.depthwise(y)))
        return cast(Tensor, y + x if self.has_shortcut else y)


class Lite0Trunk(nn.Module):
    """Stem and first stages of EfficientNet-Lite0.

    All seven end in its last convolution, unless it is not wanted.
    """

    def __init__(
        self, input_channels: int, blocks: tuple[int, ...], folded: bool, *, has_last: bool = True
    ) -> None:
        super().__init__()
        self.stem = SameConvolution(input_channels, STEM_CHANNELS, 3, 2, folded)
        stages: list[nn.Module] = []
        channels = STEM_CHANNELS
        for stage, count in zip(STAGES, blocks, strict=False):
            parts = []
            for place in range(count):
                parts.append(InvertedBottleneck(channels, stage, stage.stride if place == 0 else 1, folded))
                channels = stage.channels
            stages.append(nn.Sequential(*parts))
        self.stages = nn.ModuleList(stages)
        self.last: SameConvolution | None = None
        if len(blocks) == len(STAGES) and has_last:
            self.last = SameConvolution(channels, HEAD_CHANNELS, 1, 1, folded)
            channels = HEAD_CHANNELS
        self.channels = channels

    def convolutions(self) -> list[SameConvolution]:
        """Return all its convolutions, in the order of the way through it."""
        return [module for module in self.modules() if isinstance(module, SameConvolution)]

    def features(self, x: Tensor) -> list[Tensor]:
        """Return the output of each stage, the finest first."""
        x = functional.relu6(self.stem(x))
        found = []
        for stage in self.stages:
            x = stage(x)
            found.append(x)
        return found

    def forward(self, x: Tensor) -> Tensor:  # (B, C, H, W)
        """Return the last feature map (B, channels, h, w)."""
        x = self.features(x)[-1]
        return x if self.last is None else functional.relu6(self.last(x))
