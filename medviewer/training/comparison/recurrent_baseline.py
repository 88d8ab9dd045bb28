"""A small recurrent network over image rows, as a baseline."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn
from torch.nn import functional

from medviewer.imaging.features import squared
from medviewer.imaging.frame import DisplayImage
from medviewer.training.comparison.baselines import (
    SEED,
    Array,
    Chosen,
    Groups,
    Labels,
    Row,
    folds_of,
    macro_auc,
    mean_area,
)
from medviewer.translation import mark

SIDE: Final = 64
HIDDEN: Final = 64
BATCH: Final = 32
FOLDS: Final = 3
EPOCHS: Final = (5, 10, 20)
LEARNING_RATE: Final = 2e-3
WEIGHT_DECAY: Final = 1e-2

FloatArray = npt.NDArray[np.float32]


class RowReader(nn.Module):
    """A gated recurrent unit over the rows, then one linear layer.

    Cho et al., EMNLP 2014; rows from the top.
    """

    def __init__(self, classes: int) -> None:
        super().__init__()
        self.reader = nn.GRU(SIDE, HIDDEN, batch_first=True)
        self.head = nn.Linear(HIDDEN, classes)

    def forward(self, rows: Tensor) -> Tensor:
        """Return (B, classes) logits of (B, rows, columns) images."""
        states, _ = self.reader(rows)  # (B, rows, hidden)
        logits: Tensor = self.head(states.mean(dim=1))
        return logits


@dataclass(frozen=True, slots=True, eq=False)
class Recurrent:
    """A trained network with the scaling of its images."""

    network: RowReader
    mean: float
    deviation: float

    def scores(self, images: Sequence[DisplayImage]) -> Array:
        """Return (N, classes) logits."""
        with _one_thread():
            return _logits(self.network, (_stacked(images) - self.mean) / self.deviation)

    @property
    def size_bytes(self) -> int:
        """All weights, as float32."""
        return sum(weight.numel() * weight.element_size() for weight in self.network.parameters())


def fit(images: Sequence[DisplayImage], labels: Labels, group: Groups) -> Chosen:
    """Train on all images, for the epochs found by three folds by group."""
    with _one_thread():
        return _fit(images, labels, group)


def _fit(images: Sequence[DisplayImage], labels: Labels, group: Groups) -> Chosen:
    rows = _stacked(images)
    fold = folds_of(labels, group, FOLDS)
    classes = int(labels.max()) + 1
    areas: dict[int, list[float]] = {epochs: [] for epochs in EPOCHS}
    for held_out in range(fold.max() + 1):
        apart = fold == held_out
        mean, deviation = _scale(rows[~apart])
        training = _training((rows[~apart] - mean) / deviation, labels[~apart], classes, max(EPOCHS))
        for epoch, network in enumerate(training, 1):
            if epoch in areas:
                scores = _logits(network, (rows[apart] - mean) / deviation)
                areas[epoch].append(macro_auc(scores, labels[apart]))
    means = {epochs: mean_area(values) for epochs, values in areas.items()}
    best = max(means, key=lambda epochs: np.nan_to_num(means[epochs], nan=-1.0))
    mean, deviation = _scale(rows)
    *_, network = _training((rows - mean) / deviation, labels, classes, best)
    return Chosen(Recurrent(network, mean, deviation), {"epochs": best}, means[best])


@contextmanager
def _one_thread() -> Iterator[None]:
    """Compute on one thread.

    So small a network waits longer for a second one than that saves.
    """
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)


def _stacked(images: Sequence[DisplayImage]) -> FloatArray:
    return np.stack([squared(image, SIDE) for image in images]).astype(np.float32)


def _scale(rows: FloatArray) -> tuple[float, float]:
    return float(rows.mean()), float(rows.std()) or 1.0  # all of one gray: nothing to scale


def _training(rows: FloatArray, labels: Labels, classes: int, epochs: int) -> Iterator[RowReader]:
    """Yield the network, in evaluation mode, after each epoch.

    Chance depends on the seed alone.
    """
    counts = np.bincount(labels, minlength=classes)
    weight = torch.tensor(len(labels) / (classes * np.maximum(counts, 1)), dtype=torch.float32)
    x, y = torch.from_numpy(rows), torch.from_numpy(labels)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(SEED)
        network = RowReader(classes)
    optimizer = torch.optim.AdamW(network.parameters(), LEARNING_RATE, weight_decay=WEIGHT_DECAY)
    rng = np.random.default_rng(SEED)
    for _ in range(epochs):
        network.train()
        for batch in np.array_split(rng.permutation(len(labels)), max(1, len(labels) // BATCH)):
            loss = functional.cross_entropy(network(x[batch]), y[batch], weight)
            optimizer.zero_grad()
            torch.autograd.backward(loss)
            nn.utils.clip_grad_norm_(network.parameters(), 1.0)
            optimizer.step()
        network.eval()
        yield network


@torch.inference_mode()
def _logits(network: RowReader, rows: FloatArray) -> Array:
    logits = network(torch.from_numpy(np.asarray(rows, np.float32)))
    return np.asarray(logits.numpy(), np.float64)


RECURRENT: Final = Row("recurrent-rows", mark("Recurrent network, row by row"), fit)
