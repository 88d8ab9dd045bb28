"""What every process of the program asks of the system for itself: that its memory is never written down."""

import contextlib
import sys
from typing import Final

PR_SET_DUMPABLE: Final = 4
SEM_FAILCRITICALERRORS: Final = 0x0001
SEM_NOGPFAULTERRORBOX: Final = 0x0002


def forbid_core_dumps() -> None:
    """Let nothing of this process's memory, which holds patients, be saved when it crashes.

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
