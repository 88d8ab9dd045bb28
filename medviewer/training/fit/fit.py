"""Find the weights of one network.

Each epoch draws samples, augments them, takes its steps, averages the weights and looks whether to stop
early. Chance depends on the seed and the epoch only, and the checkpoint holds everything else that the next
epoch depends on, so that a killed training goes on to the same weights.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from threading import RLock
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from lightning_fabric import Fabric
from torch import Tensor, nn
from torch.nn import functional
from torch.utils.data import DataLoader
from torch.utils.data.distributed import DistributedSampler
from tqdm import tqdm

from medviewer.errors import DataError
from medviewer.inference.engines import Lite0, Lite0Outline, Lite0Trunk, Network, build
from medviewer.inference.input import Preprocessing, variants_of
from medviewer.training.data import LabeledImages
from medviewer.training.fit.checkpoint import Epoch, Progress
from medviewer.training.fit.imagenet import IMAGENET, start_from_imagenet
from medviewer.training.fit.pretrained import start_from
from medviewer.training.fit.recipe import Optimization, Recipe
from medviewer.training.fit.sampling import (
    SampledDataset,
    drawing_weights,
    preprocessed,
    prior_shift,
    speaking_labels,
    views_of,
)
from medviewer.training.fit.views import outline_loss
from medviewer.training.metrics import area_under_curve, negative_log_likelihood
from medviewer.training.together import ALONE, Team, fabric_of, share_layers


class Bar(tqdm):  # type: ignore[misc]  # it has no types
    """A progress bar without tqdm's watching thread."""

    monitor_interval = 0


tqdm.set_lock(RLock())  # instead of one between processes, which is a file; torch's own bars need one too
tqdm.monitor_interval = 0  # torch's own bars, too, need no watching thread


@dataclass(frozen=True, slots=True, eq=False)
class Learnt:
    """A network in evaluation mode, and how it came to be."""

    model: Network
    history: tuple[Epoch, ...]


def learn(
    recipe: Recipe,
    training: LabeledImages,
    stopping: LabeledImages | None,
    checkpoint: Path,
    purpose: str,
    progress: Callable[[str], None] = print,
    team: Team = ALONE,
) -> Learnt:
    """Return the network that learnt from some images.

    Parameters
    ----------
    stopping : LabeledImages or None
        The best epoch on these is kept, and patience with them ends the training. None: all epochs are run
        and the last averaged weights are kept.
    checkpoint : Path
        Written after each epoch; one of the same purpose is gone on with.
    purpose : str
        Names recipe, data and which part of them; a checkpoint of another purpose is not used.
    progress : callable
        Is given one line of text per epoch.
    team : Team
        Its processes share each batch and come to the weights of one.

    Raises
    ------
    DataError, UnknownModelError, DamagedModelError, UnevenBatchError
    """
    how = recipe.optimisation
    fabric = fabric_of(team, how.precision, has_unused=recipe.has_idle_decoder)
    torch.manual_seed(recipe.seed)
    inputs = preprocessed(training.images, recipe.preprocessing, team)  # (N, C, H, W)
    held = preprocessed(stopping.images, recipe.preprocessing, team) if stopping else None
    weights = drawing_weights(training, how.balance, how.group_balance, how.domain_balance)
    shift = prior_shift(speaking_labels(recipe, training), len(recipe.class_names), how.balance)

    network = _network(recipe, inputs, training.subtypes.shape[1], team)
    averaged = _copied(recipe, network).to(fabric.device)
    optimizer = _optimizer(network, how)
    model, stepper = fabric.setup(network, optimizer)
    best: dict[str, Tensor] = {}
    history: list[Epoch] = []
    views, state = views_of(recipe, training), Progress(purpose, network, averaged, optimizer, best, history)
    state.resume(checkpoint, team)

    while len(history) < how.epochs and not _patience_is_over(history, how.patience):
        epoch = len(history)
        torch.manual_seed(recipe.seed * 10_000 + epoch)
        drawn = SampledDataset(recipe, inputs, training, weights, epoch, views)
        loader = fabric.setup_dataloaders(_loader(drawn, how.batch_size, team), use_distributed_sampler=False)
        loss = _epoch(fabric, model, network, averaged, (optimizer, stepper), loader, recipe, epoch, team)
        auc, stop_loss = _validation_scores(averaged, stopping, held, shift, recipe.positive_index, team)
        better = stopping is None or auc > max((past.stop_auc for past in history), default=-math.inf)
        if better:
            best.update({name: tensor.clone() for name, tensor in averaged.state_dict().items()})
        history.append(Epoch(epoch + 1, loss, stop_loss, auc, learning_rate(how, epoch + 1), better))
        state.save(checkpoint, team)
        progress(_line(history[-1], how.epochs))
    return Learnt(_best_network(recipe, best, shift), tuple(history))


def _loader(drawn: SampledDataset, batch: int, team: Team) -> DataLoader[tuple[Tensor, ...]]:
    """Return the batches of an epoch, of each this process's share."""
    if team.count == 1:
        return DataLoader(drawn, batch, drop_last=True)
    # every count-th image is this process's, so that all of them together have the batches of one
    own: DistributedSampler[int] = DistributedSampler(
        drawn, team.count, team.rank, shuffle=False, drop_last=True
    )
    return DataLoader(drawn, team.share_of_batch(batch), sampler=own, drop_last=True)


def _copied(recipe: Recipe, network: "_Training") -> Network:
    """Return another network with the same weights."""
    copied = build(recipe.architecture)
    copied.load_state_dict(network.model.state_dict())
    return copied


def _network(recipe: Recipe, inputs: npt.NDArray[np.float32], subtypes: int, team: Team) -> "_Training":
    """Return the network with the weights that it begins with."""
    network = _Training(build(recipe.architecture), subtypes if recipe.optimisation.auxiliary else 0)
    if recipe.start == IMAGENET:
        start_from_imagenet(_lite0_of(network.model, "has weights from ImageNet"))
    elif recipe.start:
        start_from(recipe.start, network.model, inputs)
    if recipe.optimisation.outline_decides:
        _let_outline_decide(network.model, recipe)
    for part in _frozen_parts(network.model, recipe.optimisation):
        part.requires_grad_(False)
    network.to(memory_format=torch.channels_last)  # type: ignore[call-overload]  # missing in torch's types
    for part in network.modules():
        if isinstance(part, nn.Conv2d) and part.groups > 1:
            part.forward = partial(_in_full_precision, part)  # type: ignore[method-assign]  # of this one alone
    share_layers(network, team)
    return network


def _lite0_of(model: Network, what: str) -> Lite0Trunk:
    """Return the part of a network that is EfficientNet-Lite0.

    Raises
    ------
    DataError
        It has none; the message says that only it `what`.
    """
    if isinstance(model, Lite0Outline):
        return model.trunk.encoder
    if isinstance(model, Lite0):
        return model.trunk
    raise DataError(path="recipe", detail=f"only EfficientNet-Lite0 {what}")


def _frozen_parts(model: Network, how: Optimization) -> list[nn.Module]:
    """Return the parts of a network that keep their first weights."""
    if not how.frozen_stages:
        return []
    trunk = _lite0_of(model, "has stages to freeze")
    return [trunk.stem, *trunk.stages[: how.frozen_stages]]


def _let_outline_decide(model: Network, recipe: Recipe) -> None:
    if not isinstance(model, Lite0Outline) or recipe.background_index is None:
        raise DataError(path="recipe", detail="only a network that draws can decide by its outline")
    model.decide_by_outline(recipe.background_index)
    model.head.requires_grad_(False)


def _in_full_precision(convolution: nn.Conv2d, x: Tensor) -> Tensor:
    """Compute a depthwise convolution without mixed precision.

    Rounded to bf16 it takes a processor four times as long to find its gradient.
    """
    with torch.autocast(x.device.type, enabled=False):
        return nn.Conv2d.forward(convolution, x.float())


def _epoch(
    fabric: Fabric,
    model: Callable[[Tensor], tuple[Tensor, Tensor | None, Tensor]],
    network: "_Training",
    averaged: Network,
    optimizers: tuple[torch.optim.Optimizer, torch.optim.Optimizer],
    loader: Any,
    recipe: Recipe,
    epoch: int,
    team: Team,
) -> float:
    """Run the drawn images of one epoch through the network.

    Return the mean loss of its batches. Of the two optimizers the first holds the learning rates, the
    second, its wrapper by Fabric, steps.
    """
    optimizer, stepper = optimizers
    how, background = recipe.optimisation, recipe.background_index
    network.train()
    for part in _frozen_parts(network.model, how):
        part.eval()
    losses: list[float] = []
    hidden = None if team.is_first else True  # None: shown on a terminal only
    shown = Bar(loader, f"epoch {epoch + 1}/{how.epochs}", leave=False, disable=hidden)
    # (B, C, H, W), (B, classes), (B, S), (B, H, W)
    for step, (x, y, subtypes, marked) in enumerate(shown):
        for group in optimizer.param_groups:
            group["lr"] = learning_rate(how, epoch + step / len(loader)) * group["rate"]
        logits, findings, feature_map = model(x)
        loss = functional.cross_entropy(logits, y, label_smoothing=how.label_smoothing)
        losses.append(float(loss.detach()))
        shown.set_postfix(loss=f"{np.mean(losses):.4f}", refresh=False)
        if findings is not None:
            loss = loss + how.auxiliary * functional.binary_cross_entropy_with_logits(findings, subtypes)
        if how.outline and background is not None:
            loss = loss + how.outline * outline_loss(network.model, feature_map, marked, background, team)
        stepper.zero_grad()
        fabric.backward(loss)
        stepper.step()
        _average(averaged, network.model, how.averaging, epoch * len(loader) + step)
    return team.total(float(np.mean(losses))) / team.count


def _validation_scores(
    averaged: Network,
    stopping: LabeledImages | None,
    inputs: npt.NDArray[np.float32] | None,
    shift: npt.NDArray[np.float64],
    positive: int | None,
    team: Team,
) -> tuple[float, float]:
    """Return area under the curve and loss on the images to stop by.

    NaN where there are none.
    """
    if stopping is None or inputs is None:
        return math.nan, math.nan
    logits = outputs(averaged, torch.from_numpy(inputs), team=team) + shift
    return _mean_auc(logits, stopping.labels, positive), negative_log_likelihood(logits, stopping.labels)


def _best_network(recipe: Recipe, best: dict[str, Tensor], shift: npt.NDArray[np.float64]) -> Network:
    """Return the best network, corrected for balanced sampling.

    One that draws decides by its outline alone, which knows of no sampling.
    """
    chosen = build(recipe.architecture)
    chosen.load_state_dict(best)
    if isinstance(chosen, Lite0Outline) and recipe.background_index is not None:
        chosen.decide_by_outline(recipe.background_index)
        return chosen.eval()
    with torch.no_grad():
        chosen.head.bias.add_(torch.from_numpy(shift).to(chosen.head.bias))
    return chosen.eval()


class _Training(nn.Module):
    """The network with a second head for subtypes, dropped after training."""

    def __init__(self, model: Network, subtypes: int) -> None:
        super().__init__()
        self.model = model
        self.findings = nn.Linear(model.embedding_length, subtypes) if subtypes else None

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor | None, Tensor]:
        logits, embedding, feature_map = self.model(x)
        findings = self.findings(self.model.dropout(embedding)) if self.findings is not None else None
        return logits, findings, feature_map


def outputs(
    model: Network,
    inputs: Tensor,
    batch_size: int = 64,
    spec: Preprocessing | None = None,
    team: Team = ALONE,
) -> npt.NDArray[np.float64]:
    """Return (N, classes) logits of (N, C, H, W) inputs.

    Leaves the model in evaluation mode.

    Parameters
    ----------
    spec : Preprocessing, optional
        Its variants of the inputs are averaged over, as the product does.
    """
    model.eval()
    device = model.head.weight.device
    starts = range(0, len(inputs), batch_size)

    @torch.no_grad()
    def of_batch(place: int) -> list[npt.NDArray[np.float64]]:
        batch = inputs[starts[place] : starts[place] + batch_size]
        variants = batch[None] if spec is None else torch.from_numpy(variants_of(batch.numpy(), spec))
        said = torch.stack([model(variant.to(device))[0] for variant in variants]).mean(dim=0)
        return [said.cpu().numpy().astype(np.float64)]

    return np.concatenate([part for (part,) in team.gathered(len(starts), of_batch)])


def _optimizer(network: "_Training", how: Optimization) -> torch.optim.Optimizer:
    groups = _parameter_groups(network, how)
    if how.optimizer == "adamw":
        return torch.optim.AdamW(groups, lr=how.learning_rate)
    if how.optimizer == "sgd":
        return torch.optim.SGD(groups, lr=how.learning_rate, momentum=0.9, nesterov=True)
    raise DataError(path="recipe", detail=f'there is no optimizer "{how.optimizer}"')


def _parameter_groups(network: "_Training", how: Optimization) -> list[dict[str, Any]]:
    """Return the weights by decay and by rate of learning.

    Biases and normalization do not decay.
    """
    head = {id(weight) for weight in network.model.fresh_parameters()} if how.head_rate != 1 else set()
    groups: list[dict[str, Any]] = []
    for is_head, rate in ((False, 1.0), (True, how.head_rate)):
        part = [weight for weight in network.parameters() if (id(weight) in head) == is_head]
        decayed = [weight for weight in part if weight.ndim > 1]
        kept = [weight for weight in part if weight.ndim <= 1]
        if part:
            groups.append({"params": decayed, "weight_decay": how.weight_decay, "rate": rate})
            groups.append({"params": kept, "weight_decay": 0.0, "rate": rate})
    return groups


def learning_rate(how: Optimization, epoch: float) -> float:
    """Return the rate at an epoch.

    A linear warm-up, then a cosine to zero at the last one.
    """
    if epoch < how.warm_up_epochs:
        return how.learning_rate * (epoch + 1e-2) / how.warm_up_epochs
    done = (epoch - how.warm_up_epochs) / max(how.epochs - how.warm_up_epochs, 1e-9)
    return how.learning_rate * 0.5 * (1 + math.cos(math.pi * min(done, 1.0)))


@torch.no_grad()
def _average(averaged: nn.Module, model: nn.Module, decay: float, step: int) -> None:
    decay = min(decay, (1 + step) / (10 + step))  # the first weights are soon forgotten
    current = model.state_dict()
    for name, kept in averaged.state_dict().items():
        if kept.dtype.is_floating_point:
            kept.lerp_(current[name], 1 - decay)
        else:
            kept.copy_(current[name])


def _mean_auc(logits: npt.NDArray[np.float64], labels: npt.NDArray[np.int64], positive: int | None) -> float:
    margins = logits - np.logaddexp.reduce(logits, axis=1, keepdims=True)
    wanted = range(logits.shape[1]) if positive is None else (positive,)
    return float(np.nanmean([area_under_curve(margins[:, index], labels == index) for index in wanted]))


def _patience_is_over(history: Sequence[Epoch], patience: int) -> bool:
    last_best = max((past.epoch for past in history if past.best), default=0)
    return len(history) - last_best >= patience


def _line(epoch: Epoch, epochs: int) -> str:
    said = f"epoch {epoch.epoch}/{epochs}  loss {epoch.loss:.4f}"
    if math.isnan(epoch.stop_auc):
        return said
    best = "  best" if epoch.best else ""
    return f"{said}  stopping half: loss {epoch.stop_loss:.4f}  AUC {epoch.stop_auc:.4f}{best}"
