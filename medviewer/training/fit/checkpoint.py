"""Checkpoint of a training in one safetensors file."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save
from torch import Tensor, nn

from medviewer.errors import DataError
from medviewer.storage import atomic_write


@dataclass(frozen=True, slots=True)
class Epoch:
    """Result of one epoch."""

    epoch: int
    loss: float  # on drawn and changed images
    stop_loss: float  # on the stopping half of val
    stop_auc: float
    learning_rate: float
    best: bool


@dataclass(frozen=True, slots=True, eq=False)
class Progress:
    """A training between two epochs.

    What is loaded is written into these very objects.

    Parameters
    ----------
    purpose : str
        Names recipe and data; a checkpoint made for another purpose is not used.
    best : dict
        The weights of the best epoch so far.
    """

    purpose: str
    network: nn.Module
    averaged: nn.Module
    optimizer: torch.optim.Optimizer
    best: dict[str, Tensor]
    history: list[Epoch]

    def save(self, path: Path) -> None:
        """Write all of it, whole or not at all."""
        tensors = {f"network/{name}": value for name, value in self.network.state_dict().items()}
        tensors |= {f"averaged/{name}": value for name, value in self.averaged.state_dict().items()}
        tensors |= {f"best/{name}": value for name, value in self.best.items()}
        for index, state in self.optimizer.state_dict()["state"].items():
            tensors |= {f"optimizer/{index}/{name}": value for name, value in state.items()}
        facts = {"purpose": self.purpose, "history": json.dumps([asdict(epoch) for epoch in self.history])}
        separate = {name: value.detach().cpu().clone().contiguous() for name, value in tensors.items()}
        atomic_write(path, save(separate, metadata=facts))

    def resume(self, path: Path) -> None:
        """Resume from a checkpoint of the same purpose, if there is one.

        Raises
        ------
        DataError
            The file is damaged.
        """
        if not path.is_file():
            return
        try:
            with safe_open(path, framework="pt") as file:
                facts = file.metadata() or {}
                tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118 - not a mapping
        except (SafetensorError, OSError) as error:
            raise DataError(path=path, detail=f"the checkpoint is damaged ({error}); delete it") from error
        if facts.get("purpose") != self.purpose:
            return
        self.network.load_state_dict(_below("network/", tensors))
        self.averaged.load_state_dict(_below("averaged/", tensors))
        self.best.update(_below("best/", tensors))
        state: dict[int, dict[str, Tensor]] = {}
        for name, value in _below("optimizer/", tensors).items():
            index, _, key = name.partition("/")
            state.setdefault(int(index), {})[key] = value
        self.optimizer.load_state_dict({**self.optimizer.state_dict(), "state": state})
        self.history.extend(Epoch(**epoch) for epoch in json.loads(facts["history"]))


def _below(prefix: str, tensors: dict[str, Tensor]) -> dict[str, Tensor]:
    return {name.removeprefix(prefix): value for name, value in tensors.items() if name.startswith(prefix)}
