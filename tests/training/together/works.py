"""What two processes of a test do; a second process imports it quickly."""

import os
import signal
import threading
from collections.abc import Callable
from itertools import product
from multiprocessing.connection import Client

import numpy as np
import torch
from torch import Tensor

from medviewer.errors import DataError
from medviewer.inference.engines.networks import Architecture, build
from medviewer.training.together import Processes, Team, fabric_of, run_together, share_layers

Progress = Callable[[str], None]


def gather(team: Team, *, progress: Progress) -> list[list[object]]:
    """Return rows of numbers, and which process made each."""
    found = team.gathered(5, lambda place: [np.array([place] * place), np.array(f"from {team.rank}")])
    return [[list(map(int, numbers)), str(name)] for numbers, name in found]


def disagree(team: Team, *, progress: Progress) -> None:
    """Say something else in each process."""
    team.agree(f"the pictures of process {team.rank}")


def end_second(team: Team, how: str, *, progress: Progress) -> None:
    """End the second process while the first one waits for it."""
    if not team.is_first:
        if how == "killed":
            os.kill(os.getpid(), signal.SIGKILL)
        raise DataError(path="scan.png", detail="it cannot be read")
    team.agree("")


Weights = dict[str, Tensor]
OPTIMIZERS = ("sgd", "adamw")
PRECISIONS = ("64-true", "32-true")


def take_all_steps(team: Team, *, progress: Progress) -> dict[tuple[str, str], list[Weights]]:
    """Return the weights after some steps by each optimizer in each precision."""
    return {kind: _take_steps(team, *kind) for kind in product(OPTIMIZERS, PRECISIONS)}


def _take_steps(team: Team, optimizer: str, precision: str) -> list[Weights]:
    """Return the weights after 1, 2 and 10 steps on batches of eight."""
    fabric = fabric_of(team, precision)
    torch.manual_seed(5)
    network = build(Architecture(width=4, blocks=(1, 1)))
    share_layers(network, team)
    made = (
        torch.optim.AdamW(network.parameters(), lr=1e-3, weight_decay=0.01)
        if optimizer == "adamw"
        else torch.optim.SGD(network.parameters(), lr=1e-3, momentum=0.9, nesterov=True)
    )
    model, stepper = fabric.setup(network, made)
    kind = next(network.parameters()).dtype
    images = torch.randn(80, 1, 32, 32, generator=torch.Generator().manual_seed(6)).to(kind)
    labels = torch.randint(0, 2, (80,), generator=torch.Generator().manual_seed(7))
    network.train()
    found = []
    for step in range(10):
        own = range(8 * step + team.rank, 8 * step + 8, team.count)
        loss = torch.nn.functional.cross_entropy(model(images[own])[0], labels[own])
        stepper.zero_grad()
        fabric.backward(loss)
        stepper.step()
        if step in (0, 1, 9):
            found.append({name: value.detach().clone() for name, value in network.state_dict().items()})
    return found


def be_second_machine(place: str) -> None:
    """Gather as the second of two machines."""
    run_together(Processes(1, 2, 2, place, 60), gather, progress=str)


def be_killed_first(place: str) -> None:
    """Start a second process, and be killed while it waits."""
    run_together(Processes(2, wait_s=120), leave_second, place, progress=str)


def leave_second(team: Team, place: str, *, progress: Progress) -> None:
    """Kill the first process, once the second one has said that it is there."""
    if team.is_first:
        team.agree("")
        os.kill(os.getpid(), signal.SIGKILL)
    with Client(place) as held:
        held.send(os.getpid())
        team.agree("")
        threading.Event().wait()
