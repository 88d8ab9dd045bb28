"""Channel and shared memory between the program and its worker.

Memory for pixels, and a process started with it. On Linux and macOS the parent makes the memory, without a
name. On Windows such memory would count in full from the start, so the worker makes some for each image,
under a name that the system forgets with its last user. Nothing is left when both are killed.
"""

from __future__ import annotations

import mmap
import os
import struct
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from enum import StrEnum
from functools import cache
from multiprocessing.connection import Connection, Pipe
from typing import TYPE_CHECKING, Any, Final

from medviewer import limits

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

Shape = tuple[int, ...]

PIXELS_AT: Final = 64  # the first bytes hold the number of the request that the pixels answer
REQUEST_NUMBER: Final = struct.Struct("<Q")
MAPPED_BYTES: Final = PIXELS_AT + limits.BATCH_BYTES
"""These stay mapped: to map memory anew takes longer than to fill it."""

MEMORY_BYTES: Final = MAPPED_BYTES + limits.FRAME_BYTES
KEPT_BYTES: Final = 16 * limits.MIB  # more is given back to the system after use
WORKER_MODULE: Final = "medviewer.dicom.reading.worker"
ONE_THREAD: Final = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}
KEEP_MEMORY: Final = {
    "MALLOC_MMAP_THRESHOLD_": str(KEPT_BYTES),
    "MALLOC_TRIM_THRESHOLD_": str(2 * KEPT_BYTES),
}
"""For a worker, on glibc: the next frame uses what one took; fresh memory takes longer than to fill it."""

SMALL_FRAME_BYTES: Final = 4 * limits.MIB  # larger ones, few as they are, go back to the system at once
M_TRIM_THRESHOLD: Final = -1
M_MMAP_THRESHOLD: Final = -3


class Decoders(StrEnum):
    """Loading time of a worker's decoders.

    It takes longer than to look at a hundred headers.
    """

    AT_ONCE = "at-once"
    WHEN_IDLE = "when-idle"
    WHEN_NEEDED = "when-needed"


@cache
def keep_memory() -> None:
    """Reuse freed frame memory for the next frame."""
    if sys.platform != "linux":
        return
    import ctypes

    set_option = getattr(ctypes.CDLL(None), "mallopt", None)  # other C libraries than glibc have none
    if set_option is not None:
        set_option(M_MMAP_THRESHOLD, SMALL_FRAME_BYTES)
        set_option(M_TRIM_THRESHOLD, 2 * KEPT_BYTES)


class PixelMemory:
    """Memory for the pixels of one answer, shared by parent and worker.

    Parameters
    ----------
    name : str, optional
        As `argument` gives it, on the worker's side; without, new memory is made.
    """

    def __init__(self, name: str = "") -> None:
        self._name, self._descriptor = name, -1
        self._held: list[mmap.mmap] = []  # its beginning; on Windows, what the worker wrote last
        if sys.platform == "win32":
            self._name = name or f"medviewer-{os.urandom(16).hex()}"
        else:
            self._descriptor = int(name) if name else _unnamed_file()
            self._held.append(mmap.mmap(self._descriptor, MAPPED_BYTES))

    @property
    def argument(self) -> str:
        """Name of the memory on the worker's command line."""
        return self._name or str(self._descriptor)

    @property
    def descriptor(self) -> int:
        """Descriptor that the worker inherits; -1 on Windows."""
        return self._descriptor

    def room(self, place: int, size: int) -> npt.NDArray[np.uint8]:
        """Return the memory to be filled before `write`.

        Many bytes get memory elsewhere.
        """
        import numpy as np

        begin = PIXELS_AT + place
        if self._descriptor < 0 or begin + size > MAPPED_BYTES:
            return np.empty(size, np.uint8)
        return np.frombuffer(self._held[0], np.uint8, size, begin)

    def write(self, number: int, place: int, pixels: npt.NDArray[Any]) -> None:
        """Put in pixels of a frame that answers a request.

        Those of its first frame have place 0.
        """
        import numpy as np

        begin = PIXELS_AT + place
        memory = self._map(begin + pixels.nbytes, number, place)
        target: npt.NDArray[Any] = np.ndarray(pixels.shape, pixels.dtype, memory, begin)
        if _place_of(target) != _place_of(pixels):
            target[...] = pixels
        del target  # or the memory could not be let go
        REQUEST_NUMBER.pack_into(memory, 0, number)
        if self._descriptor < 0:
            self._hold(memory, is_first=place == 0)  # Windows forgets it when nobody maps it
        self._let_go(memory)

    def read(self, number: int, kinds: Sequence[tuple[Shape, str]]) -> list[npt.NDArray[Any]] | None:
        """Return copies of the pixels that answer a request.

        None where others stand there.

        Parameters
        ----------
        kinds : sequence of (shape, type)
            Of the frames, which stand one after another.
        """
        import numpy as np

        keep_memory()
        found, place = [], 0
        for shape, dtype in kinds:
            pixels = np.empty(shape, dtype)
            begin, place = PIXELS_AT + place, place + pixels.nbytes
            if begin + pixels.nbytes > MAPPED_BYTES and self._descriptor >= 0:
                if not self._takes_out(number, pixels, begin):
                    return None
                found.append(pixels)
                continue
            memory = self._map(begin + pixels.nbytes, number, begin - PIXELS_AT)
            try:
                if REQUEST_NUMBER.unpack_from(memory)[0] != number:
                    return None
                pixels.reshape(-1).view(np.uint8)[:] = memoryview(memory)[begin : begin + pixels.nbytes]
            finally:
                self._let_go(memory)
            found.append(pixels)
        if place > KEPT_BYTES and self._descriptor >= 0:
            os.ftruncate(self._descriptor, 0)
            os.ftruncate(self._descriptor, MEMORY_BYTES)
        return found

    def _takes_out(self, number: int, pixels: npt.NDArray[Any], begin: int) -> bool:
        """Copy an array out, releasing the copied memory meanwhile.

        It is large. The end comes first; what is mapped for small frames stays.
        """
        if REQUEST_NUMBER.unpack_from(self._held[0])[0] != number:
            return False
        room = pixels.data.cast("B")
        for start in reversed(range(0, len(room), KEPT_BYTES)):
            piece, place = room[start : start + KEPT_BYTES], begin + start
            while piece:
                count = os.preadv(self._descriptor, [piece], place)
                if count == 0:
                    return False
                piece, place = piece[count:], place + count
            os.ftruncate(self._descriptor, max(begin + start, MAPPED_BYTES))
        return True

    def close(self) -> None:
        """Release the memory."""
        self._hold(None, is_first=True)
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1

    def _map(self, size: int, number: int, place: int) -> mmap.mmap:
        if sys.platform == "win32":
            return mmap.mmap(-1, size, tagname=f"{self._name}-{number}-{place}")
        if size > MAPPED_BYTES:
            return mmap.mmap(self._descriptor, size)
        return self._held[0]

    def _hold(self, memory: mmap.mmap | None, *, is_first: bool) -> None:
        """Keep memory mapped, instead of or beside the one kept before."""
        for held in self._held if is_first else ():
            held.close()
        kept = [] if is_first else self._held
        self._held = kept if memory is None else [*kept, memory]

    def _let_go(self, memory: mmap.mmap) -> None:
        if not any(memory is held for held in self._held):
            memory.close()


def _place_of(pixels: npt.NDArray[Any]) -> tuple[int, object]:
    """Return the start of pixels, and their continuation."""
    return pixels.__array_interface__["data"][0], pixels.strides


def _unnamed_file() -> int:
    """Return a descriptor of sparse memory or of a file without a name."""
    if sys.platform == "linux":
        descriptor = os.memfd_create("medviewer", os.MFD_CLOEXEC)
    else:
        file, path = tempfile.mkstemp(prefix="medviewer-")
        os.unlink(path)  # noqa: PTH108 - mkstemp gives a str
        descriptor = file
    os.ftruncate(descriptor, MEMORY_BYTES)
    return descriptor


def open_channel(handle: int) -> Connection:
    """Return the channel on an inherited handle.

    On Windows `Pipe` makes named pipes, not sockets.
    """
    if sys.platform == "win32":
        from multiprocessing.connection import PipeConnection

        return PipeConnection(handle)
    return Connection(handle)


Launched = tuple[subprocess.Popen[bytes], Connection, int]
"""A worker's process, its channel and its lifeline, which ends it where it is closed."""

Launch = Callable[[PixelMemory, Decoders], Launched]


def start_worker(memory: PixelMemory, decoders: Decoders) -> Launched:
    """Start a worker and return it with its channel and lifeline.

    The lifeline is -1 on Windows. Returns at once.

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
        "env": {**os.environ, **ONE_THREAD, **KEEP_MEMORY},
    }
    lifeline = theirs = -1
    try:
        if sys.platform == "win32":
            startup = subprocess.STARTUPINFO(lpAttributeList={"handle_list": [there.fileno()]})
            os.set_handle_inheritable(there.fileno(), True)
            flags = subprocess.CREATE_NO_WINDOW | subprocess.BELOW_NORMAL_PRIORITY_CLASS
            options |= {"startupinfo": startup, "creationflags": flags}
        else:
            theirs, lifeline = os.pipe()
            options["pass_fds"] = (there.fileno(), theirs, memory.descriptor)
        command += [
            str(there.fileno()),
            memory.argument,
            str(theirs),
            decoders,
        ]
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
