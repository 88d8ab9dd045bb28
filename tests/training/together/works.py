"""What two processes of a test do; a second process imports it quickly."""

import os
import signal
import threading
from collections.abc import Callable
from multiprocessing.connection import Client

import numpy as np

from medviewer.errors import DataError
from medviewer.training.together import Processes, Team, run_together

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
