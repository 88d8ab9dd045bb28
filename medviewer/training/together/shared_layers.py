"""Layers that compute over the batch of all processes.

torch has a normalization over processes for graphics processors only (SyncBatchNorm), and none of its dropout
layers knows of others. With these here, two processes compute what one computes, on any device.
"""

from functools import partial
from typing import Any

import torch
from torch import Tensor, nn

from medviewer.training.together.team import Team


def share_layers(network: nn.Module, team: Team) -> None:
    """Share normalization and dropout of a network among processes.

    They work over the batch of all. Changed in place; names and shapes of its weights stay.
    """
    if team.count == 1:
        return
    for part in network.modules():
        if isinstance(part, nn.BatchNorm2d):
            part.forward = partial(_normalized, part, team)  # type: ignore[method-assign]  # of this one alone
        elif isinstance(part, nn.Dropout):
            part.forward = partial(_dropped, part, team)  # type: ignore[method-assign]


def _normalized(norm: nn.BatchNorm2d, team: Team, x: Tensor) -> Tensor:
    """Normalize by mean and variance of all images of the batch: (B, C, H, W)."""
    if not norm.training:
        return nn.BatchNorm2d.forward(norm, x)
    values = x.to(torch.promote_types(x.dtype, torch.float32))
    count = values.numel() // values.shape[1] * team.count
    own = values.mean(dim=(0, 2, 3))
    # guard(_sum_of_all(own) -> own * team.count): a share of a batch is normalized by the whole batch
    mean = _sum_of_all(own) / team.count
    centered = values - mean[:, None, None]
    variance = _sum_of_all(centered.square().mean(dim=(0, 2, 3))) / team.count
    if (
        norm.running_mean is not None
        and norm.running_var is not None
        and norm.num_batches_tracked is not None
    ):
        momentum = 0.1 if norm.momentum is None else norm.momentum
        with torch.no_grad():
            norm.num_batches_tracked.add_(1)
            norm.running_mean.lerp_(mean, momentum)
            norm.running_var.lerp_(variance * (count / max(count - 1, 1)), momentum)
    scale = norm.weight * (variance + norm.eps).rsqrt()
    return (centered * scale[:, None, None] + norm.bias[:, None, None]).to(x.dtype)


def _dropped(dropout: nn.Dropout, team: Team, x: Tensor) -> Tensor:
    """Apply the dropout of one process to the same images."""
    if not dropout.training or not dropout.p:
        return x
    kept = torch.empty((len(x) * team.count, *x.shape[1:]), dtype=torch.bool, device=x.device)
    kept.bernoulli_(1 - dropout.p)  # every process draws for all, and takes its own
    return x * kept[team.rank :: team.count] * (1 / (1 - dropout.p))


class _SumOfAll(torch.autograd.Function):
    """Sum over all processes; its gradient is the sum of theirs."""

    @staticmethod
    def forward(ctx: Any, value: Tensor) -> Tensor:
        found = value.detach().clone()
        torch.distributed.all_reduce(found)
        return found

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> Tensor:
        found = gradients[0].clone()
        torch.distributed.all_reduce(found)
        return found


def _sum_of_all(value: Tensor) -> Tensor:
    found: Tensor = _SumOfAll.apply(value)  # type: ignore[no-untyped-call]  # missing in torch's types
    return found
