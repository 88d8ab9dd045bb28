"""Light decoder that draws an outline from EfficientNet-Lite0.

As in the U-Net of O. Ronneberger et al. (MICCAI 2015) each step doubles the side and takes the features of
the encoder's stage of that side. Sides are doubled by moving channels to places (W. Shi et al., CVPR 2016),
which needs no interpolation and so gives the same numbers on every engine.
"""

from typing import Final, cast

import torch
from torch import Tensor, nn
from torch.nn import functional

from medviewer.inference.engines.lite0 import BLOCKS, Lite0Trunk, SameConvolution

ENCODED: Final = (1, 2, 4, 6)
"""Stages whose features are used, at 1/4, 1/8, 1/16 and 1/32 of the side."""

CHANNELS: Final = (24, 40, 112, 320)
DECODED: Final = (40, 64, 96)
"""Channels of the decoder at 1/4, 1/8 and 1/16 of the side."""

REDUCED: Final = 128
PATCHES: Final = (3, 7, 15)
"""Sides of the patches of the outline whose highest mean says whether something is there."""

DECIDING: Final = (7, 15)
"""Those by which a network decides once it has learnt; small ones fire on specks."""

MOMENTUM: Final = 0.1  # of the decoder's normalization, which no weights from elsewhere bring along
RARE: Final = -2.0  # log odds of a place before anything is learnt: most of an image is marked nowhere
SHARE_SCALE: Final = 40.0  # brings the marked share of an image to the size of log odds
MEASURE_SCALE: Final = 0.25


class Step(nn.Module):
    """Decoder step to twice the side, joined with encoder features."""

    def __init__(self, channels_in: int, skipped: int, channels_out: int, folded: bool) -> None:
        super().__init__()
        self.rise = _fresh(channels_in, channels_out * 4, 1, folded)
        self.first = _fresh(channels_out + skipped, channels_out, 3, folded)
        self.second = _fresh(channels_out, channels_out, 3, folded)

    def forward(self, x: Tensor, skipped: Tensor) -> Tensor:  # (B, C, h, w), (B, S, 2h, 2w)
        """Return (B, channels_out, 2h, 2w)."""
        risen = functional.pixel_shuffle(functional.relu(self.rise(x)), 2)
        x = functional.relu(self.first(torch.cat([risen, skipped], dim=1)))
        return functional.relu(self.second(x))


class OutlineTrunk(nn.Module):
    """Encoder and decoder, from an image to log odds of each place.

    Measures of both are pooled.
    """

    def __init__(self, input_channels: int, folded: bool) -> None:
        super().__init__()
        self.encoder = Lite0Trunk(input_channels, BLOCKS, folded, has_last=False)
        self.reduce = _fresh(CHANNELS[3], REDUCED, 1, folded)
        self.step_16 = Step(REDUCED, CHANNELS[2], DECODED[2], folded)
        self.step_8 = Step(DECODED[2], CHANNELS[1], DECODED[1], folded)
        self.step_4 = Step(DECODED[1], CHANNELS[0], DECODED[0], folded)
        self.last = SameConvolution(DECODED[0], 4, 1, 1, folded=True)  # it is never normalized
        nn.init.constant_(cast(Tensor, self.last.weights.bias), RARE)
        self.pooled = CHANNELS[3] + len(PATCHES) + 1

    def surest_places(self) -> Tensor:
        """Return linear weights that give the log odds of the surest patches.

        They apply to what `forward` pools; the mean over DECIDING is taken.
        """
        weights = torch.zeros(self.pooled)
        for place, patch in enumerate(PATCHES):
            if patch in DECIDING:
                weights[CHANNELS[3] + place] = 1 / (len(DECIDING) * MEASURE_SCALE)
        return weights

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:  # (B, C, H, W)
        """Return pooled measures (B, pooled) and log odds (B, 1, H / 2, W / 2)."""
        features = self.encoder.features(x)
        finest, finer, coarser, coarsest = (features[stage] for stage in ENCODED)
        y = functional.relu(self.reduce(coarsest))
        y = self.step_4(self.step_8(self.step_16(y, coarser), finer), finest)
        odds = functional.pixel_shuffle(self.last(y), 2).float()
        side = odds.shape[2]
        highest = [
            functional.max_pool2d(functional.avg_pool2d(odds, patch, 1), side - patch + 1).mean(dim=(2, 3))
            for patch in PATCHES
        ]
        share = torch.sigmoid(odds).mean(dim=(2, 3)) * SHARE_SCALE
        measures = torch.cat([*highest, share], dim=1) * MEASURE_SCALE
        return torch.cat([coarsest.float().mean(dim=(2, 3)), measures], dim=1), odds


def _fresh(channels_in: int, channels_out: int, side: int, folded: bool) -> SameConvolution:
    made = SameConvolution(channels_in, channels_out, side, 1, folded)
    if isinstance(made.norm, nn.BatchNorm2d):
        made.norm.momentum = MOMENTUM
    return made
