"""Process-wide settings of every process of the program.

It leaves no memory behind, and loads in one go.
"""

import contextlib
import gc
import os
import sys
from typing import Any, Final

PR_SET_DUMPABLE: Final = 4
SEM_FAILCRITICALERRORS: Final = 0x0001
SEM_NOGPFAULTERRORBOX: Final = 0x0002
M_ARENA_MAX: Final = -8
ARENAS: Final = 2
OBJECTS_LOADED: Final = 100_000  # the window's modules make half of them

_usual_thresholds = gc.get_threshold()


def forbid_core_dumps() -> None:
    """Prevent core dumps, whose memory holds patient data.

    On Linux a limit alone does not do: where cores are piped to a program, as systemd and Ubuntu have it, it
    is not asked. On Windows no report is made for Microsoft. What cannot be set is left as it is.
    """
    if sys.platform == "win32":
        import ctypes

        ctypes.windll.kernel32.SetErrorMode(SEM_FAILCRITICALERRORS | SEM_NOGPFAULTERRORBOX)
        return
    import resource

    with contextlib.suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if sys.platform == "linux":
        import ctypes

        ctypes.CDLL(None).prctl(PR_SET_DUMPABLE, 0, 0, 0, 0)


def share_arenas() -> None:
    """Let all threads share a few heaps of the C library, with glibc.

    By default each thread gets one of its own, and each keeps pieces of what passed through it. What is set
    in the environment stays. See mallopt(3).
    """
    if sys.platform != "linux" or "MALLOC_ARENA_MAX" in os.environ:
        return
    import ctypes

    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)  # other C libraries than glibc have none
    if mallopt is not None:
        mallopt(M_ARENA_MAX, ARENAS)


def give_back_memory() -> None:
    """Give freed memory back to the system, with glibc.

    Its allocator keeps much of what many small objects and threads have freed.
    """
    if sys.platform != "linux":
        return
    import ctypes

    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)  # other C libraries than glibc have none
    if trim is not None:
        trim(0)


def load_without_collecting() -> None:
    """Look for no garbage while modules are loaded.

    They make none, and looking takes a tenth of the time. It lasts until `end_loading`, or until
    OBJECTS_LOADED are there. The package does so when it is imported.
    """
    if _end_when_collecting not in gc.callbacks:
        gc.callbacks.append(_end_when_collecting)
        gc.set_threshold(OBJECTS_LOADED, *_usual_thresholds[1:])


def end_loading() -> None:
    """Resume garbage collection, exempting the loaded modules.

    Modules stay.
    """
    if _end_when_collecting in gc.callbacks:
        _collect_as_usual()
        gc.freeze()


def _collect_as_usual() -> None:
    gc.callbacks.remove(_end_when_collecting)
    gc.set_threshold(*_usual_thresholds)


def _end_when_collecting(_phase: str, _facts: dict[str, Any]) -> None:
    _collect_as_usual()
