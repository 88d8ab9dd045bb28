"""Train a model from a recipe and write it as a pack.

Run it as

    medviewer train head-ct-haemorrhage --data head_ct_hemorrhage.npz -o FOLDER

The same command goes on where it was killed: FOLDER/checkpoint.safetensors holds everything that the next
epoch depends on. Chance depends on the seed and the epoch only.
"""

import csv
import hashlib
import io
import math
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch
from lightning_fabric import Fabric
from torch import Tensor, nn
from torch.nn import functional
from torch.utils.data import DataLoader

from medviewer.errors import DataError
from medviewer.inference.architectures import CompactResidual, build
from medviewer.storage import atomic_write
from medviewer.training.calibration import negative_log_likelihood
from medviewer.training.checkpoint import Epoch, Progress
from medviewer.training.datasets import LabelledPictures, halves_by_group, load
from medviewer.training.drawing import DrawnPictures, drawing_weights, preprocessed, prior_shift
from medviewer.training.figures import area_under_curve
from medviewer.training.recipe import Optimisation, Recipe, load_recipe

CHECKPOINT = "checkpoint.safetensors"


@dataclass(frozen=True, slots=True, eq=False)
class Trained:
    """A finished training: the best weights and how they were chosen."""

    model: CompactResidual
    recipe: Recipe
    data: LabelledPictures
    history: tuple[Epoch, ...]
    calibration: LabelledPictures  # the half of val that chose nothing


def train(
    recipe: Path | str,
    data: Sequence[Path],
    output: Path,
    progress: Callable[[str], None] = print,
    accelerator: str = "auto",
) -> Path:
    """Train a recipe on data and write the pack, the curves and the checkpoint into a folder.

    Parameters
    ----------
    recipe : Path or str
        A recipe file, or the name of a bundled recipe.
    data : sequence of Path
        Sources as `datasets.load` takes them; they need the splits "train" and "val". "test" is not touched.
    output : Path
        Made where it does not exist. A checkpoint of the same recipe and data in it is gone on with.
    progress : callable
        Is given one line of text per epoch.

    Returns
    -------
    Path
        The folder of the pack, `output`.

    Raises
    ------
    DataError, NotFoundError, WriteError
    """
    from medviewer.training.publish import write_pack  # imports onnx, which only the end needs

    settings = load_recipe(recipe)
    pictures = load(data).with_classes(settings.class_names)
    output.mkdir(parents=True, exist_ok=True)
    trained = fit(settings, pictures, output, progress, accelerator)
    atomic_write(output / "curves.csv", _curves(trained.history))
    write_pack(output, trained)
    return output


def fit(
    recipe: Recipe,
    data: LabelledPictures,
    output: Path,
    progress: Callable[[str], None] = print,
    accelerator: str = "auto",
) -> Trained:
    """Find the weights: draw, change, step, average, stop early. Straight on, from top to bottom."""
    how = recipe.optimisation
    fabric = Fabric(accelerator=accelerator, devices=1)
    fabric.launch()
    torch.manual_seed(recipe.seed)
    training, stopping, calibration = _parts(recipe, data)
    inputs = preprocessed(training.pictures, recipe.preprocessing)  # (N, C, H, W)
    stopping_inputs = torch.from_numpy(preprocessed(stopping.pictures, recipe.preprocessing))
    weights = drawing_weights(training.labels, training.group, how.balance, how.group_balance)
    shift = prior_shift(training.labels, weights, len(recipe.class_names))

    network = _Training(build(recipe.architecture), training.subtypes.shape[1] if how.auxiliary else 0)
    network.to(memory_format=torch.channels_last)  # type: ignore[call-overload]  # missing in torch's types
    averaged = build(recipe.architecture).to(fabric.device)
    averaged.load_state_dict(network.model.state_dict())
    optimizer = _optimizer(network, how)
    model, stepper = fabric.setup(network, optimizer)
    best: dict[str, Tensor] = {}
    history: list[Epoch] = []
    state = Progress(_purpose(recipe, data), network, averaged, optimizer, best, history)
    state.resume(output / CHECKPOINT)

    while len(history) < how.epochs and not _patience_is_over(history, how.patience):
        epoch = len(history)
        torch.manual_seed(recipe.seed * 10_000 + epoch)
        drawn = DrawnPictures(recipe, inputs, training, weights, epoch)
        loader = fabric.setup_dataloaders(DataLoader(drawn, how.batch_size, drop_last=True))
        model.train()
        losses = []
        for step, (x, y, subtypes) in enumerate(loader):  # (B, C, H, W), (B, classes), (B, S)
            for group in optimizer.param_groups:
                group["lr"] = learning_rate(how, epoch + step / len(loader))
            logits, findings = model(x)
            loss = functional.cross_entropy(logits, y, label_smoothing=how.label_smoothing)
            losses.append(float(loss.detach()))
            if findings is not None:
                loss = loss + how.auxiliary * functional.binary_cross_entropy_with_logits(findings, subtypes)
            stepper.zero_grad()
            fabric.backward(loss)
            stepper.step()
            _average(averaged, network.model, how.averaging, epoch * len(loader) + step)
        stopping_logits = outputs(averaged, stopping_inputs) + shift
        auc = _mean_auc(stopping_logits, stopping.labels, recipe.positive_index)
        better = auc > max((past.stop_auc for past in history), default=-math.inf)
        if better:
            best.update({name: tensor.clone() for name, tensor in averaged.state_dict().items()})
        stop_loss = negative_log_likelihood(stopping_logits, stopping.labels)
        rate = learning_rate(how, epoch + 1)
        history.append(Epoch(epoch + 1, float(np.mean(losses)), stop_loss, auc, rate, better))
        state.save(output / CHECKPOINT)
        progress(_line(history[-1], how.epochs))

    return Trained(_chosen(recipe, best, shift), recipe, data, tuple(history), calibration)


def _chosen(recipe: Recipe, best: dict[str, Tensor], shift: npt.NDArray[np.float64]) -> CompactResidual:
    """Return the best network, with what balanced drawing taught about frequencies put right."""
    chosen = build(recipe.architecture)
    chosen.load_state_dict(best)
    with torch.no_grad():
        chosen.head.bias.add_(torch.from_numpy(shift).to(chosen.head.bias))
    return chosen.eval()


def _parts(
    recipe: Recipe, data: LabelledPictures
) -> tuple[LabelledPictures, LabelledPictures, LabelledPictures]:
    """Return what to learn from, what to stop by and what to calibrate with."""
    known = data.chosen(data.labels >= 0)
    training, validation = known.of_split("train"), known.of_split("val")
    first, second = halves_by_group(validation.labels, validation.group)
    parts = training, validation.chosen(first), validation.chosen(second)
    for part in parts:
        missing = set(range(len(recipe.class_names))) - set(part.labels.tolist())
        if missing:
            names = ", ".join(recipe.class_names[index] for index in sorted(missing))
            raise DataError(path=data.name, detail=f"train, or one half of val, has no picture of {names}")
    return parts


def _purpose(recipe: Recipe, data: LabelledPictures) -> str:
    settings = (recipe.preprocessing, recipe.architecture, recipe.augmentation, recipe.optimisation)
    text = f"{data.sha256} {recipe.seed} {recipe.class_names} {settings}"
    return hashlib.sha256(text.encode()).hexdigest()


class _Training(nn.Module):
    """The network with a second head for the subtypes, which is dropped after training."""

    def __init__(self, model: CompactResidual, subtypes: int) -> None:
        super().__init__()
        self.model = model
        self.findings = nn.Linear(model.embedding_length, subtypes) if subtypes else None

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor | None]:
        logits, embedding, _ = self.model(x)
        return logits, self.findings(self.model.dropout(embedding)) if self.findings is not None else None


@torch.no_grad()
def outputs(model: CompactResidual, inputs: Tensor, batch_size: int = 64) -> npt.NDArray[np.float64]:
    """Return (N, classes) logits of (N, C, H, W) inputs; leaves the model in evaluation mode."""
    model.eval()
    device = model.head.weight.device
    parts = [
        model(inputs[start : start + batch_size].to(device))[0] for start in range(0, len(inputs), batch_size)
    ]
    return torch.cat(parts).cpu().numpy().astype(np.float64)


def _optimizer(network: nn.Module, how: Optimisation) -> torch.optim.Optimizer:
    decayed = [weight for weight in network.parameters() if weight.ndim > 1]
    kept = [weight for weight in network.parameters() if weight.ndim <= 1]  # biases, normalisation
    groups = [{"params": decayed, "weight_decay": how.weight_decay}, {"params": kept, "weight_decay": 0.0}]
    if how.optimizer == "adamw":
        return torch.optim.AdamW(groups, lr=how.learning_rate)
    if how.optimizer == "sgd":
        return torch.optim.SGD(groups, lr=how.learning_rate, momentum=0.9, nesterov=True)
    raise DataError(path="recipe", detail=f'there is no optimizer "{how.optimizer}"')


def learning_rate(how: Optimisation, epoch: float) -> float:
    """Linear warm-up, then a cosine to zero at the last epoch."""
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
    return (
        f"epoch {epoch.epoch}/{epochs}  loss {epoch.loss:.4f}  stopping half: loss {epoch.stop_loss:.4f}"
        f"  AUC {epoch.stop_auc:.4f}{'  best' if epoch.best else ''}"
    )


def _curves(history: Sequence[Epoch]) -> bytes:
    text = io.StringIO()
    writer = csv.DictWriter(text, fieldnames=list(asdict(history[0])))
    writer.writeheader()
    writer.writerows(asdict(epoch) for epoch in history)
    return text.getvalue().encode()
