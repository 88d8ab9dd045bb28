"""Two processes compute as one, and end together."""

import multiprocessing
import signal
import socket
from collections.abc import Callable
from multiprocessing import resource_tracker
from multiprocessing.connection import Listener
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file
from torch import Tensor, nn

from medviewer.errors import DataError
from medviewer.inference.engines.networks import Architecture, build
from medviewer.training.fit.checkpoint import Epoch
from medviewer.training.fit.recipe import Recipe
from medviewer.training.fit.views import drawn_loss, outline_loss
from medviewer.training.together import Processes, Team, run_together, share_layers
from medviewer.training.together.processes import (
    LostProcessError,
    MeetingError,
    MeetingPlaceError,
)
from medviewer.training.together.team import OtherMachinesError, UnevenBatchError
from medviewer.training.train import CHECKPOINT, fit
from tests.training.together.works import (
    OPTIMIZERS,
    PRECISIONS,
    Weights,
    be_killed_first,
    be_second_machine,
    disagree,
    end_second,
    gather,
    take_all_steps,
)
from tests.training.toys import toy_images, toy_recipe

TWO = Processes(devices=2, wait_s=120)


@pytest.fixture(scope="module", autouse=True)
def _the_tracker_of_the_standard_library_outlasts_each_test() -> None:
    resource_tracker.ensure_running()


Progress = Callable[[str], None]


def _quiet(line: str) -> None:
    """Take a line of progress and drop it."""


def _train_toy(team: Team, recipe: Recipe, folder: Path, *, progress: Progress) -> tuple[Epoch, ...]:
    return fit(recipe, toy_images(), folder, progress, team).history


def _weights(folder: Path) -> dict[str, Tensor]:
    return load_file(folder / CHECKPOINT)


def assert_same_weights(some: dict[str, Tensor], others: dict[str, Tensor]) -> None:
    assert some.keys() == others.keys()
    for name, value in some.items():
        torch.testing.assert_close(others[name], value, rtol=1e-3, atol=1e-4, msg=name)


def test_two_processes_come_to_the_weights_of_one_even_when_killed(tmp_path: Path) -> None:
    class KilledError(Exception):
        pass

    def kill_after_the_first(line: str) -> None:
        if line.startswith("epoch 1/"):
            raise KilledError

    # AdamW would divide the rounding of weights without a gradient by itself, to a step as large as any
    recipe = toy_recipe(epochs=2, mixup=0.2, auxiliary=0.3, optimizer="sgd")
    one, two = tmp_path / "one", tmp_path / "two"
    one.mkdir()
    two.mkdir()
    alone = run_together(Processes(), _train_toy, recipe, one, progress=_quiet)
    with pytest.raises(KilledError):
        run_together(TWO, _train_toy, recipe, two, progress=kill_after_the_first)
    lines: list[str] = []
    together = run_together(TWO, _train_toy, recipe, two, progress=lines.append)
    assert [line[:7] for line in lines] == ["epoch 2"]
    assert [epoch.loss for epoch in together] == pytest.approx([epoch.loss for epoch in alone], abs=1e-4)
    assert_same_weights(_weights(one), _weights(two))


def _apart(some: dict[str, Tensor], others: dict[str, Tensor]) -> float:
    """Return the largest difference of any two weights."""
    assert some.keys() == others.keys()
    return max(float((some[name].double() - others[name].double()).abs().max()) for name in some)


@pytest.fixture(scope="module")
def steps() -> list[dict[tuple[str, str], list[Weights]]]:
    """Return the weights of one process and of two, each started once."""
    return [run_together(how, take_all_steps, progress=_quiet) for how in (Processes(), TWO)]


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_in_double_precision_two_processes_take_the_steps_of_one(
    steps: list[dict[tuple[str, str], list[Weights]]], optimizer: str
) -> None:
    """What AdamW differs by in single precision is rounding, not another gradient or batch."""
    for precision, most in zip(PRECISIONS, (1e-9, 1e-2), strict=True):
        alone, together = (found[optimizer, precision] for found in steps)
        apart = [_apart(one, two) for one, two in zip(alone, together, strict=True)]
        print(optimizer, precision, "after 1, 2 and 10 steps:", *(f"{each:.2g}" for each in apart))
        assert max(apart) < most
        assert _apart(alone[0], alone[2]) > 1e-4


class _Layers(nn.Module):
    """The layers that look at a whole batch, or draw by chance for it."""

    def __init__(self) -> None:
        super().__init__()
        self.parts = nn.Sequential(
            nn.Conv2d(1, 3, 3), nn.BatchNorm2d(3), nn.Flatten(), nn.Dropout(0.5), nn.Linear(3 * 36, 2)
        )

    def forward(self, x: Tensor) -> Tensor:
        found: Tensor = self.parts(x)
        return found


def _measure(team: Team, *, progress: Progress) -> dict[str, Tensor]:
    """Return layers and losses after eight images, shared by processes."""
    torch.manual_seed(7)
    network = _Layers()
    share_layers(network, team)
    x = torch.randn(8, 1, 8, 8)[team.rank :: team.count]
    torch.manual_seed(8)
    network(x).square().mean().backward()
    found = {f"gradient of {name}": part.grad for name, part in network.named_parameters()}
    found |= {f"loss {name}": _loss_gradient(name, team) for name in ("places", "drawn")}
    for value in found.values():
        if team.count > 1:
            torch.distributed.all_reduce(value)
            value /= team.count
    return found | {name: value.float() for name, value in network.named_buffers()}


def _loss_gradient(name: str, team: Team) -> Tensor:
    """Return a gradient where one process has most marked images.

    One image is known to nobody.
    """
    marked = torch.zeros(8, 16, 16)
    marked[0, :6, :6] = 255
    marked[2, 2:9, 2:9] = 255
    marked[1] = marked[3] = marked[5] = torch.nan
    generator = torch.Generator().manual_seed(3)
    if name == "drawn":
        factor = torch.ones((), requires_grad=True)
        odds = torch.randn(8, 1, 4, 4, generator=generator) * factor
        known = [place for place in range(team.rank, 8, team.count) if place not in (1, 3, 5)]
        drawn_loss(odds[known], (marked / 255)[known], team).backward()
        assert factor.grad is not None
        return factor.grad
    model = build(Architecture(width=4, blocks=(1,)))
    features = torch.randn(8, model.embedding_length, 4, 4, generator=generator)[team.rank :: team.count]
    with torch.no_grad():
        model.head.weight.copy_(torch.linspace(-1, 1, model.head.weight.numel()).view_as(model.head.weight))
    outline_loss(model, features, (marked / 255)[team.rank :: team.count], 0, team).backward()
    assert model.head.weight.grad is not None
    return model.head.weight.grad


def test_layers_and_losses_of_two_shares_are_those_of_the_whole_batch() -> None:
    alone = run_together(Processes(), _measure, progress=_quiet)
    together = run_together(TWO, _measure, progress=_quiet)
    assert alone.keys() == together.keys()
    for name, value in alone.items():
        torch.testing.assert_close(together[name], value, rtol=1e-4, atol=1e-6, msg=name)


def test_each_process_makes_its_part_and_has_all_in_order() -> None:
    found = run_together(TWO, gather, progress=_quiet)
    assert found == [[[place] * place, f"from {place % 2}"] for place in range(5)]


def test_processes_that_read_other_data_are_stopped() -> None:
    with pytest.raises(OtherMachinesError, match="other data"):
        run_together(TWO, disagree, progress=_quiet)


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="no such signal here")
def test_a_process_that_is_killed_ends_all_and_is_named() -> None:
    with pytest.raises(LostProcessError, match=r"Process 2 of 2 ended early \(signal 9\)"):
        run_together(TWO, end_second, "killed", progress=_quiet)
    assert not multiprocessing.active_children()


def test_no_process_is_left_behind_by_a_first_one_that_is_killed(tmp_path: Path) -> None:
    place = str(tmp_path / "place")
    with Listener(place) as listener:
        first = multiprocessing.get_context("spawn").Process(target=be_killed_first, args=(place,))
        first.start()
        with listener.accept() as second:
            assert second.recv() > 0
            first.join()
            assert first.exitcode == -signal.SIGKILL
            assert second.poll(60)  # it is gone
            with pytest.raises(EOFError):
                second.recv()


def test_what_another_process_cannot_read_is_said_as_by_one() -> None:
    with pytest.raises(DataError, match=r"scan\.png cannot be used as data: it cannot be read"):
        run_together(TWO, end_second, "failed", progress=_quiet)


def test_a_batch_that_cannot_be_shared_evenly_is_refused() -> None:
    with pytest.raises(UnevenBatchError, match="16 pictures cannot be shared evenly by 3"):
        Team(0, 3, 3).share_of_batch(16)


@pytest.fixture
def place() -> str:
    with socket.create_server(("127.0.0.1", 0)) as free:
        return f"127.0.0.1:{free.getsockname()[1]}"


def test_two_machines_meet_at_a_port_of_the_first(place: str) -> None:
    second = multiprocessing.get_context("spawn").Process(target=be_second_machine, args=(place,))
    second.start()
    found = run_together(Processes(1, 1, 2, place, 60), gather, progress=_quiet)
    second.join(60)
    assert [name for _, name in found] == [f"from {place % 2}" for place in range(5)]
    assert second.exitcode == 0


def test_a_machine_that_never_comes_is_waited_for_no_longer_than_asked(place: str) -> None:
    with pytest.raises(MeetingError, match="within 1 s: process 2 of 2 did not come"):
        run_together(Processes(1, 1, 2, place, 1), gather, progress=_quiet)


def test_a_first_machine_that_is_not_there_is_waited_for_no_longer_than_asked(place: str) -> None:
    with pytest.raises(MeetingError, match="within 1 s: nobody listens there"):
        run_together(Processes(1, 2, 2, place, 1), gather, progress=_quiet)


def test_a_port_in_use_is_named() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        place = f"127.0.0.1:{taken.getsockname()[1]}"
        with pytest.raises(MeetingPlaceError, match="in use"):
            run_together(Processes(1, 1, 2, place, 5), gather, progress=_quiet)
