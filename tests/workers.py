"""The worker processes of a sandbox, and changes to their messages."""

import subprocess
from collections.abc import Callable
from multiprocessing.connection import Connection
from typing import cast

import psutil

from medviewer.dicom.workers.exchange import Reply, Request, packed, unpacked_request
from medviewer.dicom.workers.ipc import Decoders, Launched, PixelMemory, start_worker
from medviewer.dicom.workers.sandbox import Sandbox

START_SECONDS = 60.0


def worker_pids(sandbox: Sandbox) -> tuple[int, ...]:
    """Return the process ids of the running workers, the decoding one first."""
    return tuple(pid for one in (sandbox.decoding, sandbox.indexing) if (pid := one.pid) is not None)


class WatchedWorker:
    """A real worker, and the channel that the program reads and writes.

    Attributes
    ----------
    waits : callable, optional
        Taken in place of waiting for a message, with the seconds that the program would wait.
    """

    def __init__(self, launches: "Launches", launched: Launched, memory: PixelMemory) -> None:
        self.process, self._channel, _ = launched
        self._launches, self.memory = launches, memory
        self._is_cut_off = False
        self.messages = 0
        self.waits: Callable[[float], bool] | None = None

    @property
    def pid(self) -> int:
        """Process id."""
        return self.process.pid

    def wait_for_message(self) -> None:
        """Wait until it has said something that the program has not read yet."""
        assert self._channel.poll(START_SECONDS)

    def suspend(self) -> None:
        """Stop the process."""
        psutil.Process(self.pid).suspend()

    def resume(self) -> None:
        """Let a stopped process go on."""
        psutil.Process(self.pid).resume()

    def kill(self) -> None:
        """End the process."""
        self.process.kill()

    def cut_off(self) -> None:
        """End the process; words of it that nobody has read are lost."""
        self.kill()
        self._is_cut_off = True

    def poll(self, seconds: float) -> bool:
        """Return whether there is a message, or none will come."""
        if self._is_cut_off:
            return True
        return self._channel.poll(seconds) if self.waits is None else self.waits(seconds)

    def recv_bytes(self, most: int) -> bytes:
        """Return the next message."""
        if self._is_cut_off:
            raise EOFError
        self.messages += 1
        return self._channel.recv_bytes(most)

    def send_bytes(self, content: bytes) -> None:
        """Send a request, as the test lets it be sent."""
        request = unpacked_request(content)
        self._launches.asked.append((self, request))
        self._launches.on_request(self, request, lambda: self._channel.send_bytes(content))

    def close(self) -> None:
        """Close the channel."""
        self._channel.close()


OnRequest = Callable[[WatchedWorker, Request, Callable[[], None]], None]


class Launches:
    """Starts and watches the workers of a sandbox, as its `launch`.

    Attributes
    ----------
    workers : list of WatchedWorker
        All that were started.
    asked : list of (WatchedWorker, Request)
        All that the program sent.
    on_request : callable
        Takes the worker, a request, and what sends it.
    """

    def __init__(self) -> None:
        self.workers: list[WatchedWorker] = []
        self.asked: list[tuple[WatchedWorker, Request]] = []
        self.on_request: OnRequest = lambda _worker, _request, send: send()
        self._kinds: list[Decoders] = []

    def __call__(self, memory: PixelMemory, decoders: Decoders) -> Launched:
        """Start a worker."""
        launched = start_worker(memory, decoders)
        worker = WatchedWorker(self, launched, memory)
        self.workers.append(worker)
        self._kinds.append(decoders)
        return launched[0], cast(Connection, worker), launched[2]

    def newest(self, kind: Decoders) -> WatchedWorker:
        """Return the worker of a kind that was started last."""
        return [one for one, its in zip(self.workers, self._kinds, strict=True) if its is kind][-1]

    @property
    def decoding(self) -> WatchedWorker:
        """The decoding worker of a sandbox whose other one indexes."""
        return self.newest(Decoders.AT_ONCE)

    @property
    def indexing(self) -> WatchedWorker:
        """The indexing worker of such a sandbox."""
        return self.newest(Decoders.WHEN_IDLE)


class _NoProcess:
    pid, returncode = 0, 0

    def kill(self) -> None:
        """Do nothing."""

    def wait(self, _seconds: float) -> int:
        return 0


class _Said:
    def __init__(self, messages: tuple[Reply, ...]) -> None:
        self._left = [packed(one) for one in messages]

    def poll(self, _seconds: float) -> bool:
        return bool(self._left)

    def recv_bytes(self, _most: int) -> bytes:
        return self._left.pop(0)

    def close(self) -> None:
        """Do nothing."""


def saying(*messages: Reply) -> Callable[[PixelMemory, Decoders], Launched]:
    """Return a launch of a worker without a process that says given words."""
    process, channel = cast("subprocess.Popen[bytes]", _NoProcess()), cast(Connection, _Said(messages))
    return lambda _memory, _decoders: (process, channel, -1)
