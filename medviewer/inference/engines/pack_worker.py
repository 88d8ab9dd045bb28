"""Worker process of a user's own network, limited in memory.

It is started by `limited.LimitedEngine`, which also ends it when it takes too long. On Linux the kernel
refuses it everything but reading, and a limit holds for its memory (macOS does not enforce that one); on
Windows there is none but the time.
"""

import contextlib
import json
import os
import sys
import warnings
from typing import Any, BinaryIO

import numpy as np

from medviewer import limits
from medviewer.inference.engines.exchange import read_part, write_part
from medviewer.inference.engines.onnx import OnnxEngine
from medviewer.inference.engines.outputs import NOT_COMPUTED, TOO_LARGE, DeviceError, Outputs
from medviewer.libraries import keep_caches
from medviewer.process import forbid_core_dumps
from medviewer.system_calls import refuse_all_but_reading


def limit_process(*, on_device: bool) -> str:
    """Set the limits of this process.

    Memory, core dumps, writing of files, system calls. A driver of a graphics processor asks for more
    memory and calls than can be allowed beforehand.

    Returns
    -------
    str
        Why the kernel does not look at its calls where it should; empty where all is well.
    """
    forbid_core_dumps()
    with contextlib.suppress(ImportError, ValueError, OSError):
        import resource

        resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
        if not on_device:
            most = limits.MODEL_WORKER_ADDRESS_SPACE
            resource.setrlimit(resource.RLIMIT_AS, (most, most))
    return "" if on_device else refuse_all_but_reading()


def serve(incoming: BinaryIO, outgoing: BinaryIO) -> None:
    """Load one network and answer batches until the parent closes its end."""
    asked = json.loads(read_part(incoming))
    model = read_part(incoming)
    unfiltered = limit_process(on_device=asked["device"] != "cpu")
    try:
        engine = _engine(asked, model)
    except (ValueError, MemoryError) as error:
        reason = TOO_LARGE if isinstance(error, MemoryError) else str(error)
        write_part(outgoing, json.dumps({"error": reason}).encode())
        return
    except Exception as error:  # of the device: another one has to compute
        write_part(outgoing, json.dumps({"failure": type(error).__name__}).encode())
        return
    write_part(outgoing, json.dumps({"device": engine.device, "unfiltered": unfiltered}).encode())
    while True:
        try:
            shape = json.loads(read_part(incoming))
            batch = np.frombuffer(read_part(incoming), np.float32).reshape(shape)
        except EOFError:
            return
        try:
            outputs: Outputs = engine.run(batch)
        except Exception as error:  # whatever an engine raises, the parent is told and goes on
            told = {"failure": type(error).__name__} if isinstance(error, DeviceError) else _why(error)
            write_part(outgoing, json.dumps(told).encode())
            continue
        parts = [np.ascontiguousarray(part, np.float32) for part in outputs]
        write_part(outgoing, json.dumps({"shapes": [part.shape for part in parts]}).encode())
        for part in parts:
            write_part(outgoing, part.tobytes())


def _why(error: Exception) -> dict[str, str]:
    """Return why nothing was computed, and the library's word for it."""
    needs_less = isinstance(error, MemoryError) or "alloc" in str(error).lower()
    return {"error": TOO_LARGE if needs_less else NOT_COMPUTED, "kind": type(error).__name__}


def _engine(asked: dict[str, Any], model: bytes) -> Any:
    if asked["device"] == "cpu":
        return OnnxEngine(model)
    keep_caches()  # before torch is loaded
    from medviewer.inference.engines.torch import TorchEngine

    return TorchEngine(model, asked["architecture"], asked["device"])


def main() -> None:
    """Serve the parent on standard input and output.

    Whatever a library prints goes nowhere.
    """
    warnings.simplefilter("ignore")
    outgoing = os.fdopen(os.dup(1), "wb")
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    with outgoing:
        serve(sys.stdin.buffer, outgoing)


if __name__ == "__main__":
    main()
