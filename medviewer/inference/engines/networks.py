"""The networks of the bundled models, as torch modules.

Small, because the labeled sets are small. Every network ends in global average pooling and one linear layer
and returns three things: logits, embedding (what was pooled) and the last feature map. Class activation
maps and out-of-distribution features can then be computed from an engine's outputs with numpy alone.
"""

import copy
from abc import abstractmethod
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from typing import Final, cast

import torch
from torch import Tensor, nn
from torch.nn import functional
from torch.nn.utils.fusion import fuse_conv_bn_eval

from medviewer.inference.engines.lite0 import BLOCKS, Lite0Trunk, SameConvolution
from medviewer.inference.engines.outline import OutlineTrunk

RESIDUAL, LITE0, OUTLINE = "residual", "lite0", "lite0-outline"
FAMILIES: Final = (RESIDUAL, LITE0, OUTLINE)
ASYMMETRY_BLUR = 5  # pixels; heads lie a little askew, so the mirror image is compared after smoothing


@dataclass(frozen=True, slots=True)
class Architecture:
    """The shape of a network; it travels with the weights on the model card.

    Parameters
    ----------
    family : {"residual", "lite0", "lite0-outline"}
        The compact residual network below, EfficientNet-Lite0, or the same with a decoder that draws an
        outline. The last two have of the following only `input_channels`, `classes`, `dropout` and `folded`.
    input_channels : int
        Channels that preprocessing delivers.
    classes : int
        Length of the logits.
    width : int
        Channels of the first stage; each later stage doubles them.
    blocks : tuple of int
        Residual blocks in each stage. Each stage but the first halves the image; so does the stem.
    mirror : bool
        The network adds, for each input channel, its difference from its own left-right mirror image.
    dropout : float
        Share of the embedding that is dropped in training.
    folded : bool
        Normalization is folded into the convolutions, as in every published pack; it is not trained any more.
    """

    input_channels: int = 1
    classes: int = 2
    width: int = 24
    blocks: tuple[int, ...] = (1, 1, 1, 2)
    mirror: bool = False
    dropout: float = 0.0
    folded: bool = False
    family: str = RESIDUAL

    def __post_init__(self) -> None:
        if self.family not in FAMILIES:
            raise ValueError(f"family: {self.family!r} is none of {FAMILIES}")

    def as_facts(self) -> dict[str, object]:
        """Return plain values for a card; older cards name no family."""
        facts: dict[str, object] = {**asdict(self), "blocks": list(self.blocks)}
        if self.family == RESIDUAL:
            del facts["family"]
        return facts

    @classmethod
    def from_facts(cls, facts: Mapping[str, object]) -> "Architecture":
        """Rebuild from a card; unknown keys are an error.

        Raises
        ------
        TypeError
            A key is unknown.
        """
        plain = dict(facts)
        blocks = plain.pop("blocks", (1, 1, 1, 2))
        if not isinstance(blocks, list | tuple):
            raise TypeError(f"blocks: {blocks!r}")
        return cls(blocks=tuple(int(count) for count in blocks), **plain)  # type: ignore[arg-type]  # checked above


class Convolution(nn.Module):
    """Convolution with batch normalization, or with a bias once folded."""

    def __init__(self, channels_in: int, channels_out: int, side: int, stride: int, folded: bool) -> None:
        super().__init__()
        self.weights = nn.Conv2d(channels_in, channels_out, side, stride, side // 2, bias=folded)
        self.norm: nn.Module = nn.Identity() if folded else nn.BatchNorm2d(channels_out)

    def forward(self, x: Tensor) -> Tensor:  # (B, channels_in, H, W)
        """Return (B, channels_out, H / stride, W / stride)."""
        return cast(Tensor, self.norm(self.weights(x)))

    @torch.no_grad()
    def fold_into(self, other: "Convolution") -> None:
        """Give the folded `other` the weights equivalent in evaluation mode."""
        if isinstance(self.norm, nn.BatchNorm2d):
            fused = fuse_conv_bn_eval(copy.deepcopy(self.weights).eval(), copy.deepcopy(self.norm).eval())
            other.weights.load_state_dict(fused.state_dict())
        else:
            other.weights.load_state_dict(self.weights.state_dict())


class ResidualBlock(nn.Module):
    """Two 3x3 convolutions with a short cut."""

    def __init__(self, channels_in: int, channels_out: int, stride: int, folded: bool) -> None:
        super().__init__()
        self.first = Convolution(channels_in, channels_out, 3, stride, folded)
        self.second = Convolution(channels_out, channels_out, 3, 1, folded)
        if isinstance(self.second.norm, nn.BatchNorm2d):
            nn.init.zeros_(self.second.norm.weight)  # each block starts as its short cut
        self.shortcut: nn.Module = nn.Identity()
        if stride != 1 or channels_in != channels_out:
            pool: list[nn.Module] = [nn.AvgPool2d(stride)] if stride != 1 else []
            self.shortcut = nn.Sequential(*pool, Convolution(channels_in, channels_out, 1, 1, folded))

    def forward(self, x: Tensor) -> Tensor:  # (B, channels_in, H, W)
        """Return (B, channels_out, H / stride, W / stride)."""
        y = self.second(functional.relu(self.first(x)))
        return functional.relu(y + self.shortcut(x))


class Network(nn.Module):
    """A network that ends in global average pooling and one linear layer."""

    head: nn.Linear
    dropout: nn.Dropout

    def __init__(self, architecture: Architecture) -> None:
        super().__init__()
        self.architecture = architecture

    def _end_in(self, channels: int) -> None:
        """Add the last layer to a feature map of so many channels."""
        self.dropout = nn.Dropout(self.architecture.dropout)
        self.head = nn.Linear(channels, self.architecture.classes)

    @property
    def embedding_length(self) -> int:
        """Length of the embedding."""
        return self.head.in_features

    def fresh_parameters(self) -> Iterator[nn.Parameter]:
        """Return the weights that never begin with those from elsewhere."""
        return self.head.parameters()

    @abstractmethod
    def feature_map(self, x: Tensor) -> Tensor:  # (B, C, H, W)
        """Return the last feature map (B, E, h, w)."""

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor, Tensor]:  # (B, C, H, W)
        """Return logits (B, classes), embedding (B, E) and last feature map.

        The map is (B, E, h, w).
        """
        feature_map = self.feature_map(x)  # (B, E, h, w)
        embedding = feature_map.mean(dim=(2, 3))  # (B, E)
        return self.head(self.dropout(embedding)), embedding, feature_map


class CompactResidual(Network):
    """A residual network of about a million weights."""

    def __init__(self, architecture: Architecture) -> None:
        super().__init__(architecture)
        folded, width = architecture.folded, architecture.width
        channels = architecture.input_channels * (2 if architecture.mirror else 1)
        self.stem = Convolution(channels, width, 5, 2, folded)
        stages: list[nn.Module] = []
        channels = width
        for stage, count in enumerate(architecture.blocks):
            for block in range(count):
                stride = 2 if stage > 0 and block == 0 else 1
                stages.append(ResidualBlock(channels, width * 2**stage, stride, folded))
                channels = width * 2**stage
        self.stages = nn.Sequential(*stages)
        self._end_in(channels)

    def feature_map(self, x: Tensor) -> Tensor:  # (B, C, H, W)
        """Return the last feature map (B, E, h, w)."""
        if self.architecture.mirror:
            smooth = functional.avg_pool2d(x, ASYMMETRY_BLUR, 1, ASYMMETRY_BLUR // 2)
            x = torch.cat([x, smooth - smooth.flip(3)], dim=1)  # (B, 2C, H, W)
        return cast(Tensor, self.stages(functional.relu(self.stem(x))))


class Lite0(Network):
    """EfficientNet-Lite0 of 3.4 million weights."""

    def __init__(self, architecture: Architecture) -> None:
        super().__init__(architecture)
        self.trunk = Lite0Trunk(architecture.input_channels, BLOCKS, architecture.folded)
        self._end_in(self.trunk.channels)

    def feature_map(self, x: Tensor) -> Tensor:  # (B, C, H, W)
        """Return the last feature map (B, 1280, h, w)."""
        return cast(Tensor, self.trunk(x))


class Lite0Outline(Network):
    """EfficientNet-Lite0 that says whether something is there, and where.

    Its feature map is the outline: the log odds of each place, (B, 1, H / 2, W / 2). While it learns, the
    linear layer sees what is pooled of the encoder and how sure the outline is of its surest places; once it
    has learnt the outline alone decides (`decide_by_outline`).
    """

    def __init__(self, architecture: Architecture) -> None:
        super().__init__(architecture)
        self.trunk = OutlineTrunk(architecture.input_channels, architecture.folded)
        self._end_in(self.trunk.pooled)

    def feature_map(self, x: Tensor) -> Tensor:  # (B, C, H, W)
        """Return the outline (B, 1, H / 2, W / 2)."""
        return cast(Tensor, self.trunk(x)[1])

    @torch.no_grad()
    def decide_by_outline(self, background: int) -> None:
        """Let the outline alone decide, by how sure it is of its surest places.

        What the linear layer has learnt of the whole image helps to learn, but does not hold elsewhere.

        Parameters
        ----------
        background : int
            The class that says that nothing is there; its logit becomes 0.
        """
        self.head.weight.zero_()
        self.head.bias.zero_()
        for place in range(self.architecture.classes):
            if place != background:
                self.head.weight[place] = self.trunk.surest_places()

    def fresh_parameters(self) -> Iterator[nn.Parameter]:
        """Return the weights of decoder and linear layer."""
        begun = {id(weight) for weight in self.trunk.encoder.parameters()}
        return (weight for weight in self.parameters() if id(weight) not in begun)

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor, Tensor]:  # (B, C, H, W)
        """Return logits (B, classes), embedding (B, E) and the outline."""
        embedding, odds = self.trunk(x)
        return self.head(self.dropout(embedding)), embedding, odds


def build(architecture: Architecture) -> Network:
    """Return the network with fresh weights, in training mode."""
    made = {LITE0: Lite0, OUTLINE: Lite0Outline}.get(architecture.family, CompactResidual)
    return made(architecture)


def fold(model: Network) -> Network:
    """Return the network in evaluation mode with normalization folded in."""
    folded = build(replace(model.architecture, folded=True)).eval()
    pairs = zip(model.modules(), folded.modules(), strict=True)
    for module, other in pairs:
        if isinstance(module, Convolution) and isinstance(other, Convolution):
            module.fold_into(other)
        if isinstance(module, SameConvolution) and isinstance(other, SameConvolution):
            module.fold_into(other)
    folded.head.load_state_dict(model.head.state_dict())
    return folded
