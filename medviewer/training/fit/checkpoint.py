"""Checkpoint of a training in one safetensors file."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path

import torch
from safetensors import SafetensorError
from safetensors.torch import load, save
from torch import Tensor, nn

from medviewer.errors import DataError
from medviewer.storage import atomic_write
from medviewer.training.together import ALONE, Team


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

    def save(self, path: Path, team: Team = ALONE) -> None:
        """Write all of it, whole or not at all, as the first of a team."""
        if not team.is_first:
            return
        tensors = {f"network/{name}": value for name, value in self.network.state_dict().items()}
        tensors |= {f"averaged/{name}": value for name, value in self.averaged.state_dict().items()}
        tensors |= {f"best/{name}": value for name, value in self.best.items()}
        for index, state in self.optimizer.state_dict()["state"].items():
            tensors |= {f"optimizer/{index}/{name}": value for name, value in state.items()}
        facts = {"purpose": self.purpose, "history": json.dumps([asdict(epoch) for epoch in self.history])}
        separate = {name: value.detach().cpu().clone().contiguous() for name, value in tensors.items()}
        atomic_write(path, save(separate, metadata=facts))

    def resume(self, path: Path, team: Team = ALONE) -> None:
        """Resume from a checkpoint of the same purpose, if there is one.

        Every process of a team resumes from the file of the first one.

        Raises
        ------
        DataError
            The file is damaged.
        """
        content = team.from_first(_content(path) if team.is_first else None)
        if content is None:
            return
        try:
            tensors, facts = load(content), _facts(content)
        except (SafetensorError, ValueError) as error:
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


def _content(path: Path) -> bytes | None:
    if not path.is_file():
        return None
    try:
        return path.read_bytes()
    except OSError as error:
        detail = f"the checkpoint is damaged ({error.strerror}); delete it"
        raise DataError(path=path, detail=detail) from error


def _facts(content: bytes) -> dict[str, str]:
    """Return the texts in the header of a safetensors file that was read."""
    length = int.from_bytes(content[:8], "little")
    facts: dict[str, str] = json.loads(content[8 : 8 + length]).get("__metadata__", {})
    return facts


def _below(prefix: str, tensors: dict[str, Tensor]) -> dict[str, Tensor]:
    return {name.removeprefix(prefix): value for name, value in tensors.items() if name.startswith(prefix)}
