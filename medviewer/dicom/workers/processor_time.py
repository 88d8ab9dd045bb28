"""Processor time used by another process, by operating system."""

import subprocess
import sys
import time

SCHEDULER_CLOCK = 2  # CPUCLOCK_SCHED of linux/posix-timers.h


def processor_seconds(process: "subprocess.Popen[bytes]") -> float | None:
    """Return the processor time of a process in s.

    None where the system does not say, or it has ended.
    """
    try:
        return _seconds(process)
    except (OSError, ValueError, AttributeError):
        return None


if sys.platform == "win32":

    def _seconds(process: "subprocess.Popen[bytes]") -> float | None:
        """Ask GetProcessTimes, which counts in steps of 100 ns."""
        import ctypes
        from ctypes import wintypes

        times = [wintypes.FILETIME() for _ in range(4)]  # begun, ended, in the kernel, outside of it
        handle = wintypes.HANDLE(int(process._handle))  # type: ignore[attr-defined]  # Popen's own
        if not ctypes.windll.kernel32.GetProcessTimes(handle, *map(ctypes.byref, times)):
            return None
        return sum((one.dwHighDateTime << 32 | one.dwLowDateTime) * 1e-7 for one in times[2:])

elif sys.platform == "darwin":

    def _seconds(process: "subprocess.Popen[bytes]") -> float | None:
        """Ask proc_pid_rusage, which counts in ticks of the system's clock."""
        import ctypes

        class Usage(ctypes.Structure):  # rusage_info_v0 of sys/resource.h
            _fields_ = (
                ("uuid", ctypes.c_uint8 * 16),
                ("user_time", ctypes.c_uint64),
                ("system_time", ctypes.c_uint64),
                ("others", ctypes.c_uint64 * 7),
            )

        class Timebase(ctypes.Structure):
            _fields_ = (("number", ctypes.c_uint32), ("divisor", ctypes.c_uint32))

        system, usage, base = ctypes.CDLL(None), Usage(), Timebase()
        if system.proc_pid_rusage(process.pid, 0, ctypes.byref(usage)) != 0:
            return None
        system.mach_timebase_info(ctypes.byref(base))
        ticks = usage.user_time + usage.system_time
        return float(ticks * base.number / base.divisor * 1e-9)

else:

    def _seconds(process: "subprocess.Popen[bytes]") -> float | None:
        """Read Linux's clock of a process (clock_getcpuclockid(3))."""
        return time.clock_gettime(~process.pid << 3 | SCHEDULER_CLOCK)
