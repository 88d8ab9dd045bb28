"""A user's own network, in a process limited in memory and time."""

import contextlib
import json
import logging
import math
import os
import subprocess
import sys
import threading
import weakref
from collections.abc import Mapping
from typing import Any, BinaryIO, Final

import numpy as np

from medviewer import limits
from medviewer.inference.engines.exchange import read_part, write_part
from medviewer.inference.engines.outputs import ENDED, TOO_SLOW, DeviceError, Floats, Outputs

WORKER_MODULE: Final = "medviewer.inference.engines.pack_worker"

_log = logging.getLogger(__name__)


class LimitedEngine:
    """A network in a process of its own.

    The process ends with this object, or when it takes too long.

    Parameters
    ----------
    model : bytes
        An ONNX graph for device "cpu", safetensors for another one.
    device : str
        "cpu", "cuda" or "mps".
    architecture : mapping, optional
        The card's table; for safetensors.
    seconds : float
        How long loading it, or computing one batch, may take.

    Raises
    ------
    ValueError
        The network is not accepted, does not fit, or took too much to load.
    DeviceError
        The graphics processor cannot be used.
    """

    def __init__(
        self,
        model: bytes,
        device: str = "cpu",
        architecture: Mapping[str, Any] | None = None,
        *,
        seconds: float = limits.MODEL_WORKER_SECONDS,
    ) -> None:
        self._asked = json.dumps({"device": device, "architecture": dict(architecture or {})}).encode()
        self._model = model
        self.seconds = seconds
        self._was_late = False
        self._process: subprocess.Popen[bytes] | None = None
        self.device = self._start()

    def run(self, batch: Floats) -> Outputs:
        """Return the outputs for (B, C, H, W).

        Raises
        ------
        ValueError
            It took too much memory or time, or its process ended; the next batch starts a new one.
        DeviceError
            The graphics processor failed.
        """
        if self._process is None or self._process.poll() is not None:
            self.close()
            self._start()
        try:
            with self._watched():
                write_part(self._to, json.dumps(batch.shape).encode())
                write_part(self._to, np.ascontiguousarray(batch, np.float32).tobytes())
                answer = json.loads(read_part(self._from))
                parts = [self._array(shape) for shape in answer.get("shapes", ())]
        except (EOFError, OSError) as error:
            self.close()
            raise ValueError(TOO_SLOW if self._was_late else ENDED) from error
        if "failure" in answer:
            raise DeviceError(answer["failure"])
        if "error" in answer:
            _log.warning("a network computed nothing: %s", answer.get("kind", ""))
            raise ValueError(answer["error"])
        return Outputs(*parts)

    def close(self) -> None:
        """End the process."""
        if self._process is not None:
            self._end()
        self._process = None

    @property
    def pid(self) -> int | None:
        """Of the process; None where there is none."""
        return None if self._process is None else self._process.pid

    @property
    def _to(self) -> BinaryIO:
        assert self._process is not None
        assert self._process.stdin is not None
        return self._process.stdin  # type: ignore[return-value]  # Popen gives bytes

    @property
    def _from(self) -> BinaryIO:
        assert self._process is not None
        assert self._process.stdout is not None
        return self._process.stdout  # type: ignore[return-value]

    def _start(self) -> str:
        """Start the process with the network; return where it computes."""
        options: dict[str, Any] = {}
        if sys.platform == "win32":
            options["creationflags"] = subprocess.CREATE_NO_WINDOW
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-B", "-m", WORKER_MODULE],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,  # a library's message may quote a file
            env=dict(os.environ),
            **options,
        )
        self._end = weakref.finalize(self, _end, self._process)
        try:
            with self._watched():
                write_part(self._to, self._asked)
                write_part(self._to, self._model)
                answer = json.loads(read_part(self._from))
        except (EOFError, OSError) as error:
            self.close()
            raise ValueError(TOO_SLOW if self._was_late else ENDED) from error
        if "device" not in answer:
            self.close()
            if "failure" in answer:
                raise DeviceError(answer["failure"])
            raise ValueError(str(answer.get("error", ENDED)))
        if answer["unfiltered"]:
            _log.warning("a network without a filter of system calls: %s", answer["unfiltered"])
        return str(answer["device"])

    def _array(self, shape: list[int]) -> Floats:
        values = np.frombuffer(read_part(self._from), np.float32)
        if len(values) != math.prod(shape):
            raise EOFError
        return values.reshape(shape)

    @contextlib.contextmanager
    def _watched(self) -> Any:
        """End the process when it takes too long.

        Whoever reads from it then finds it gone.
        """
        process = self._process
        assert process is not None
        self._was_late = False

        def end() -> None:
            self._was_late = True
            process.kill()

        timer = threading.Timer(self.seconds, end)
        timer.daemon = True
        timer.start()
        try:
            yield
        finally:
            timer.cancel()


def _end(process: subprocess.Popen[bytes]) -> None:
    process.kill()
    for stream in (process.stdin, process.stdout):
        with contextlib.suppress(OSError):
            if stream is not None:
                stream.close()
    process.wait()
