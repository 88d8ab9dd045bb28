"""A killed training goes on as if nothing had happened."""

from pathlib import Path

import pytest
import torch

from medviewer.errors import DataError
from medviewer.training.fit.checkpoint import Epoch, Progress


def _progress(purpose: str = "a", seed: int = 0) -> Progress:
    torch.manual_seed(seed)
    network = torch.nn.Sequential(torch.nn.Linear(3, 4), torch.nn.BatchNorm1d(4))
    averaged = torch.nn.Linear(3, 4)
    return Progress(purpose, network, averaged, torch.optim.AdamW(network.parameters(), lr=0.1), {}, [])


def _step(progress: Progress, seed: int) -> None:
    torch.manual_seed(seed)
    progress.optimizer.zero_grad()
    progress.network(torch.randn(8, 3)).square().sum().backward()
    progress.optimizer.step()


def test_a_resumed_training_takes_the_same_next_step(tmp_path: Path) -> None:
    first = _progress()
    _step(first, 1)
    first.best["weight"] = torch.ones(2)
    first.history.append(Epoch(1, 0.5, 0.4, 0.8, 1e-3, True))
    first.save(tmp_path / "c.safetensors")
    second = _progress(seed=9)
    second.resume(tmp_path / "c.safetensors")
    assert second.history == first.history
    assert torch.equal(second.best["weight"], torch.ones(2))
    assert torch.equal(second.averaged.state_dict()["weight"], first.averaged.state_dict()["weight"])
    _step(first, 2)
    _step(second, 2)
    for name, value in first.network.state_dict().items():
        assert torch.equal(value, second.network.state_dict()[name]), name


def test_a_checkpoint_of_another_recipe_is_not_used(tmp_path: Path) -> None:
    first = _progress()
    _step(first, 1)
    first.history.append(Epoch(1, 0.5, 0.4, 0.8, 1e-3, True))
    first.save(tmp_path / "c.safetensors")
    other = _progress("b", seed=9)
    before = other.network.state_dict()["0.weight"].clone()
    other.resume(tmp_path / "c.safetensors")
    assert other.history == []
    assert torch.equal(other.network.state_dict()["0.weight"], before)


def test_a_damaged_checkpoint_is_named(tmp_path: Path) -> None:
    (tmp_path / "c.safetensors").write_bytes(b"\x00" * 40)
    with pytest.raises(DataError, match="checkpoint is damaged"):
        _progress().resume(tmp_path / "c.safetensors")
