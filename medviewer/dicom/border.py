"""What stands between the program and its worker: memory for pixels, and a process started with it.

On Linux and macOS the parent makes the memory, without a name. On Windows such memory would count in full
from the start, so the worker makes some for each picture, under a name that the system forgets with its last
user. Nothing is left when both are killed.
"""

import mmap
import os
import secrets
import struct
import subprocess
import sys
import tempfile
from multiprocessing.connection import Connection, Pipe
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from medviewer import limits

PIXELS_AT: Final = 64  # the first bytes hold the number of the request that the pixels answer
REQUEST_NUMBER: Final = struct.Struct("<Q")
MEMORY_BYTES: Final = PIXELS_AT + limits.FRAME_BYTES
KEPT_BYTES: Final = 16 * limits.MIB  # more is given back to the system after use
WORKER_MODULE: Final = "medviewer.dicom.worker"
ONE_THREAD: Final = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}


class PixelMemory:
    """Memory for the pixels of one frame, shared by a parent and its worker.

    Parameters
    ----------
    name : str, optional
        As `argument` gives it, on the worker's side; without, new memory is made.
    """

    def __init__(self, name: str = "") -> None:
        self._name, self._descriptor = name, -1
        self._held: mmap.mmap | None = None  # what the worker wrote last, on Windows
        if sys.platform == "win32":
            self._name = name or f"medviewer-{secrets.token_hex(16)}"
        else:
            self._descriptor = int(name) if name else _unnamed_file()

    @property
    def argument(self) -> str:
        """What the worker's command line names it."""
        return self._name or str(self._descriptor)

    @property
    def descriptor(self) -> int:
        """What the worker inherits; -1 on Windows."""
        return self._descriptor

    def write(self, number: int, content: memoryview) -> None:
        """Put in the pixels that answer a request."""
        memory = self._map(PIXELS_AT + len(content), number)
        memory[PIXELS_AT : PIXELS_AT + len(content)] = content
        REQUEST_NUMBER.pack_into(memory, 0, number)
        if self._descriptor >= 0:
            memory.close()
            return
        if self._held is not None:
            self._held.close()
        self._held = memory  # Windows forgets it when nobody maps it

    def read(self, number: int, shape: tuple[int, ...], dtype: str, size: int) -> npt.NDArray[Any] | None:
        """Return a copy of the pixels; None where they do not answer this request."""
        with self._map(PIXELS_AT + size, number) as memory:
            if REQUEST_NUMBER.unpack_from(memory)[0] != number:
                return None
            pixels = np.empty(shape, dtype)
            pixels.reshape(-1).view(np.uint8)[:] = memoryview(memory)[PIXELS_AT:]
        if size > KEPT_BYTES and self._descriptor >= 0:
            os.ftruncate(self._descriptor, 0)
            os.ftruncate(self._descriptor, MEMORY_BYTES)
        return pixels

    def close(self) -> None:
        """Let go of it."""
        if self._held is not None:
            self._held.close()
            self._held = None
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1

    def _map(self, size: int, number: int) -> mmap.mmap:
        if sys.platform == "win32":
            return mmap.mmap(-1, size, tagname=f"{self._name}-{number}")
        return mmap.mmap(self._descriptor, size)


def _unnamed_file() -> int:
    """Return a descriptor of memory (or of a file without a name) that takes space only where it is used."""
    if sys.platform == "linux":
        descriptor = os.memfd_create("medviewer", os.MFD_CLOEXEC)
    else:
        file, path = tempfile.mkstemp(prefix="medviewer-")
        os.unlink(path)  # noqa: PTH108 - mkstemp gives a str
        descriptor = file
    os.ftruncate(descriptor, MEMORY_BYTES)
    return descriptor


def open_channel(handle: int) -> Connection:
    """Return the channel on what a worker inherited; on Windows `Pipe` makes named pipes, not sockets."""
    if sys.platform == "win32":
        from multiprocessing.connection import PipeConnection

        return PipeConnection(handle)
    return Connection(handle)


def start_worker(memory: PixelMemory) -> tuple[subprocess.Popen[bytes], Connection, int]:
    """Start a worker and return it, the channel to it and the lifeline (-1 on Windows); returns at once.

    Raises
    ------
    OSError
        The system refuses another process.
    """
    here, there = Pipe(duplex=True)
    command = [sys.executable, "-P", "-B", "-m", WORKER_MODULE]
    options: dict[str, Any] = {
        "stdin": subprocess.DEVNULL,
        "stdout": subprocess.DEVNULL,
        "stderr": subprocess.DEVNULL,  # a library's message may quote a file
        "env": {**os.environ, **ONE_THREAD},
    }
    lifeline = theirs = -1
    try:
        if sys.platform == "win32":
            startup = subprocess.STARTUPINFO(lpAttributeList={"handle_list": [there.fileno()]})
            os.set_handle_inheritable(there.fileno(), True)
            options |= {"startupinfo": startup, "creationflags": subprocess.CREATE_NO_WINDOW}
        else:
            theirs, lifeline = os.pipe()
            options["pass_fds"] = (there.fileno(), theirs, memory.descriptor)
        command += [str(there.fileno()), memory.argument, str(theirs)]
        process = subprocess.Popen(command, **options)
    except OSError:
        here.close()
        if lifeline >= 0:
            os.close(lifeline)
        raise
    finally:
        there.close()
        if theirs >= 0:
            os.close(theirs)
    return process, here, lifeline
