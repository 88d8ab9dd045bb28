"""The networks of the bundled models, as torch modules. Small, because the labelled sets are small.

Every network ends in global average pooling and one linear layer and returns three things: logits,
embedding (what was pooled) and the last feature map. Class activation maps and out-of-distribution
features can then be computed from an engine's outputs with numpy alone.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional

ASYMMETRY_BLUR = 5  # pixels; heads lie a little askew, so the mirror image is compared after smoothing


@dataclass(frozen=True, slots=True)
class Architecture:
    """The shape of a network; it travels with the weights on the model card.

    Parameters
    ----------
    input_channels : int
        Channels that preprocessing delivers.
    classes : int
        Length of the logits.
    width : int
        Channels of the first stage; each later stage doubles them.
    blocks : tuple of int
        Residual blocks in each stage. Each stage but the first halves the picture; so does the stem.
    mirror : bool
        The network adds, for each input channel, its difference from its own left-right mirror image.
    dropout : float
        Share of the embedding that is dropped in training.
    """

    input_channels: int = 1
    classes: int = 2
    width: int = 24
    blocks: tuple[int, ...] = (1, 1, 1, 2)
    mirror: bool = False
    dropout: float = 0.0

    def as_facts(self) -> dict[str, object]:
        """Return plain values for a card."""
        return {**asdict(self), "blocks": list(self.blocks)}

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


class ResidualBlock(nn.Module):
    """Two 3x3 convolutions with a short cut; batch normalisation folds into them when exported."""

    def __init__(self, channels_in: int, channels_out: int, stride: int) -> None:
        super().__init__()
        self.first = nn.Conv2d(channels_in, channels_out, 3, stride, 1, bias=False)
        self.first_norm = nn.BatchNorm2d(channels_out)
        self.second = nn.Conv2d(channels_out, channels_out, 3, 1, 1, bias=False)
        self.second_norm = nn.BatchNorm2d(channels_out)
        nn.init.zeros_(self.second_norm.weight)  # each block starts as its short cut
        self.shortcut: nn.Module = nn.Identity()
        if stride != 1 or channels_in != channels_out:
            pool: list[nn.Module] = [nn.AvgPool2d(stride)] if stride != 1 else []
            project = nn.Conv2d(channels_in, channels_out, 1, bias=False)
            self.shortcut = nn.Sequential(*pool, project, nn.BatchNorm2d(channels_out))

    def forward(self, x: Tensor) -> Tensor:  # (B, channels_in, H, W)
        """Return (B, channels_out, H / stride, W / stride)."""
        y = functional.relu(self.first_norm(self.first(x)))
        y = self.second_norm(self.second(y))
        return functional.relu(y + self.shortcut(x))


class CompactResidual(nn.Module):
    """A residual network of about a million weights."""

    def __init__(self, architecture: Architecture) -> None:
        super().__init__()
        self.architecture = architecture
        channels = architecture.input_channels * (2 if architecture.mirror else 1)
        width = architecture.width
        self.stem = nn.Sequential(
            nn.Conv2d(channels, width, 5, 2, 2, bias=False), nn.BatchNorm2d(width), nn.ReLU()
        )
        stages: list[nn.Module] = []
        channels = width
        for stage, count in enumerate(architecture.blocks):
            for block in range(count):
                stride = 2 if stage > 0 and block == 0 else 1
                stages.append(ResidualBlock(channels, width * 2**stage, stride))
                channels = width * 2**stage
        self.stages = nn.Sequential(*stages)
        self.dropout = nn.Dropout(architecture.dropout)
        self.head = nn.Linear(channels, architecture.classes)

    @property
    def embedding_length(self) -> int:
        """Length of the embedding."""
        return self.head.in_features

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor, Tensor]:  # (B, C, H, W)
        """Return logits (B, classes), embedding (B, E) and the last feature map (B, E, h, w)."""
        if self.architecture.mirror:
            smooth = functional.avg_pool2d(x, ASYMMETRY_BLUR, 1, ASYMMETRY_BLUR // 2)
            x = torch.cat([x, smooth - smooth.flip(3)], dim=1)  # (B, 2C, H, W)
        feature_map = self.stages(self.stem(x))  # (B, E, h, w)
        embedding = feature_map.mean(dim=(2, 3))  # (B, E)
        return self.head(self.dropout(embedding)), embedding, feature_map


def build(architecture: Architecture) -> CompactResidual:
    """Return the network with fresh weights, in training mode."""
    return CompactResidual(architecture)
