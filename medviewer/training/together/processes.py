"""Start processes that train as one, and end them together.

The process of the command is the first of its machine and starts the others. On one machine they meet through
a file in a private folder and talk over the loopback interface. On several machines they meet at a port of
the first one.
"""

import contextlib
import json
import multiprocessing
import os
import signal
import socket
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any, Final, TypeVar

import torch
from torch.distributed import DistError, FileStore, Store, TCPStore

from medviewer import diagnostics
from medviewer.errors import MedviewerError, from_record
from medviewer.libraries import keep_temporary_files
from medviewer.process import forbid_core_dumps
from medviewer.training.together.network import LOOPBACK, on_interface
from medviewer.training.together.team import ALONE, OtherMachinesError, Team
from medviewer.translation import mark, message

Result = TypeVar("Result")
TeamFunction = Callable[..., Result]
"""Takes a Team, the arguments, and `progress` by its name."""

SECONDS_TO_MEET: Final = 300
ANSWER_WITHIN: Final = timedelta(minutes=30)
"""How long a process waits for the others' numbers; one that ended is noticed at once."""

SECONDS_TO_END: Final = 20
LOOK_AGAIN_S: Final = 0.05
ALIKE, UNLIKE = "started as", "started otherwise"


class LostProcessError(MedviewerError):
    """One of the processes ended. Facts: number, count, detail (Message)."""

    sentence = mark("Process {number} of {count} ended early ({detail}), so all were stopped.")
    hint = mark("The same command goes on from the last whole epoch. Memory may have been too small.")


class LostMachineError(MedviewerError):
    """A process on another machine ended or cannot be reached. Facts: count."""

    sentence = mark("One of the {count} processes on other machines ended or cannot be reached.")
    hint = mark("Its own terminal says why. The same commands go on from the last whole epoch.")


class MeetingError(MedviewerError):
    """The machines did not find each other. Facts: address, seconds, detail."""

    sentence = mark("Not all machines met at {address} within {seconds} s: {detail}.")
    hint = mark("Start the same command on every machine, each with its own --machine.")


class MeetingPlaceError(MedviewerError):
    """The meeting port cannot be opened. Facts: address, detail."""

    sentence = mark("The machines cannot meet at {address}: {detail}.")
    hint = mark("Name an address of machine 1 and a free port of it.")


class MissingDevicesError(MedviewerError):
    """There are fewer graphics processors than processes. Facts: count, found."""

    sentence = mark("{count} processes were asked for, and this machine has graphics processors for {found}.")


@dataclass(frozen=True, slots=True)
class Processes:
    """The processes that a user asks for.

    Parameters
    ----------
    devices : int
        Processes on each machine, one for each graphics processor, or some that share the processor.
    machine, machines : int
        Which machine this is, from 1, and how many there are.
    meet : str
        "host:port" of machine 1, where there are several.
    wait_s : float
        How long the machines wait for each other.
    """

    devices: int = 1
    machine: int = 1
    machines: int = 1
    meet: str = ""
    wait_s: float = SECONDS_TO_MEET

    @property
    def count(self) -> int:
        """Number of processes on all machines."""
        return self.devices * self.machines

    @property
    def place(self) -> tuple[str, int]:
        """Host and port at which the machines meet."""
        host, _, port = self.meet.rpartition(":")
        return host.strip("[]"), int(port)


ONE_PROCESS: Final = Processes()


def run_together(
    processes: Processes, work: TeamFunction[Result], *arguments: Any, progress: Callable[[str], None] = print
) -> Result:
    """Run a function in all processes; return the result of this one.

    Parameters
    ----------
    work : callable
        Of a module, because the other processes import it.
    arguments
        Are copied to the other processes of this machine.
    progress : callable
        Is given lines by the first process only.

    Raises
    ------
    MedviewerError
        What a process raised, or that one was lost.
    """
    if processes.count == 1:
        return work(ALONE, *arguments, progress=progress)
    accelerator = _accelerator(processes.devices)
    first = (processes.machine - 1) * processes.devices
    teams = [
        Team(first + place, processes.count, processes.devices, accelerator)
        for place in range(processes.devices)
    ]
    with tempfile.TemporaryDirectory(prefix="meeting-") as folder:
        meeting = Path(folder) / "processes"
        others = [_Other(team, processes, meeting, work, arguments) for team in teams[1:]]
        is_done = False
        try:
            with _joined(teams[0], processes, meeting, others):
                found = work(teams[0], *arguments, progress=progress if teams[0].is_first else _drop)
            is_done = True
        except Exception as error:
            reason = _reason(error, others, processes)
            if reason is error:
                raise
            raise reason from error
        finally:
            for other in others:
                other.end(is_done=is_done)
    return found


class _Other:
    """Another process of this machine, with its error."""

    def __init__(
        self,
        team: Team,
        processes: Processes,
        meeting: Path,
        work: TeamFunction[Any],
        arguments: Sequence[Any],
    ) -> None:
        self.team = team
        context = multiprocessing.get_context("spawn")  # a fork would copy threads' locks
        self._said, says = context.Pipe(duplex=False)
        given = (team, processes, meeting, work, arguments, says)
        self._process: BaseProcess = context.Process(target=_run, args=given, daemon=False)
        self._process.start()
        says.close()

    def status(self) -> int | None:
        """Return the exit status, negative after a signal; None while it runs."""
        return self._process.exitcode

    def failure(self) -> MedviewerError | None:
        """Return the error that it reported."""
        with contextlib.suppress(EOFError, OSError):
            if self._said.poll():
                return from_record(json.loads(self._said.recv_bytes()))
        return None

    def end(self, *, is_done: bool) -> None:
        """Wait for its end, or end it."""
        if is_done:
            self._process.join(SECONDS_TO_END)
        for stop in (self._process.terminate, self._process.kill):
            if self._process.exitcode is None:
                stop()
                self._process.join(SECONDS_TO_END)
        self._said.close()


def _run(
    team: Team,
    processes: Processes,
    meeting: Path,
    work: TeamFunction[Any],
    arguments: Sequence[Any],
    says: Connection,
) -> None:
    """Be another process of the machine, quietly, until the first one ends."""
    forbid_core_dumps()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the first one is interrupted, and ends this one
    threading.Thread(target=_end_with_the_first, daemon=True).start()
    keep_temporary_files()
    try:
        with _joined(team, processes, meeting, ()):
            work(team, *arguments, progress=_drop)
    except MedviewerError as error:
        with contextlib.suppress(OSError):
            says.send_bytes(json.dumps(error.as_record(), default=str).encode())
        sys.exit(1)
    except Exception as error:
        if not _is_lost(error):  # the others say who was lost
            print(diagnostics.describe(error), file=sys.stderr)
        sys.exit(1)


def _end_with_the_first() -> None:
    """End this process when the one that started it is gone, however."""
    first = multiprocessing.parent_process()
    if first is not None:
        first.join()
        os._exit(1)


@contextlib.contextmanager
def _joined(team: Team, processes: Processes, meeting: Path, others: Sequence[_Other]) -> Iterator[None]:
    """Join the processes, and share the processor with those here."""
    threads = torch.get_num_threads()
    torch.set_num_threads(max(1, threads // processes.devices))
    host = processes.place[0] if processes.machines > 1 else LOOPBACK
    try:
        with on_interface(host):
            store = _store(team, processes, meeting)
            _wait_for_all(store, team, processes, others)
            backend = "cpu:gloo,cuda:nccl" if team.accelerator == "cuda" else "gloo"
            torch.distributed.init_process_group(
                backend, store=store, rank=team.rank, world_size=team.count, timeout=ANSWER_WITHIN
            )
            try:
                yield
            finally:
                torch.distributed.destroy_process_group()
    finally:
        torch.set_num_threads(threads)


def _store(team: Team, processes: Processes, meeting: Path) -> Store:
    """Return the place where the processes find each other.

    Raises
    ------
    MeetingPlaceError, MeetingError
    """
    if processes.machines == 1:
        return FileStore(str(meeting), team.count)
    host, port = processes.place
    wait = timedelta(seconds=processes.wait_s)
    try:
        if not team.is_first:
            return TCPStore(host, port, is_master=False, timeout=wait)
        listening = socket.create_server((host, port))  # at this address only, which the library would not
        descriptor = listening.detach()
        return TCPStore(
            host, port, is_master=True, timeout=wait, wait_for_workers=False, master_listen_fd=descriptor
        )
    except OSError as error:
        raise MeetingPlaceError(address=processes.meet, detail=error.strerror or str(error)) from error
    except RuntimeError as error:
        detail = message("nobody listens there")
        raise MeetingError(address=processes.meet, seconds=round(processes.wait_s), detail=detail) from error


def _wait_for_all(store: Store, team: Team, processes: Processes, others: Sequence[_Other]) -> None:
    """Wait until every process has come, unless one of this machine ends.

    Raises
    ------
    MeetingError, LostProcessError, OtherMachinesError
    """
    started = f"{processes.devices} x {processes.machines}"
    if processes.machines > 1 and store.compare_set(ALIKE, "", started).decode() != started:
        store.set(UNLIKE, "")
    store.set(f"here {team.rank}", "")
    end = time.monotonic() + processes.wait_s
    for rank in range(team.count):
        while not store.check([f"here {rank}"]):
            for other in others:
                if other.status() is not None:
                    raise other.failure() or _lost(other)
            if store.check([UNLIKE]):
                raise OtherMachinesError(detail=message("they have other numbers of processes or machines"))
            if time.monotonic() > end:
                raise MeetingError(
                    address=processes.meet or LOOPBACK,
                    seconds=round(processes.wait_s),
                    detail=message(
                        "process {number} of {count} did not come", number=rank + 1, count=team.count
                    ),
                )
            time.sleep(LOOK_AGAIN_S)


def _reason(error: Exception, others: Sequence[_Other], processes: Processes) -> Exception:
    """Return the reason of the end: an error of a process, or its loss."""
    if isinstance(error, MedviewerError):
        return error
    if not _is_lost(error):
        return error
    end = time.monotonic() + SECONDS_TO_END
    while time.monotonic() < end and others and all(other.status() is None for other in others):
        time.sleep(LOOK_AGAIN_S)
    ended = [other for other in others if other.status()]
    for other in ended:
        if said := other.failure():
            return said
    if ended:
        return _lost(ended[0])
    return LostMachineError(count=processes.count)


def _lost(other: _Other) -> LostProcessError:
    status = other.status() or 0
    said = (
        message("signal {number}", number=-status)
        if status < 0
        else message("status {number}", number=status)
    )
    return LostProcessError(number=other.team.rank + 1, count=other.team.count, detail=said)


def _is_lost(error: Exception) -> bool:
    """Return whether an error says that another process does not answer."""
    if isinstance(error, DistError):
        return True
    text = str(error)
    return isinstance(error, RuntimeError) and any(word in text for word in ("gloo", "Connection", "NCCL"))


def _accelerator(devices: int) -> str:
    """Return "cuda" where there is a graphics processor, or else "cpu".

    Raises
    ------
    MissingDevicesError
    """
    if not torch.cuda.is_available():
        return "cpu"
    if torch.cuda.device_count() < devices:
        raise MissingDevicesError(count=devices, found=torch.cuda.device_count())
    return "cuda"


def _drop(line: str) -> None:
    """Take a line of progress and drop it."""
