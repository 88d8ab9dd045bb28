"""System call filter of a process that works on others' files.

The process may read, compute and answer. A filter of the kernel (seccomp) looks at every system call. What
the table does not name is refused with EPERM, as if the user were not allowed to; calls that are newer than
the table are answered with ENOSYS, as by an older kernel, so that the C library takes the older way. The
filter holds for all threads to come and cannot be taken away again.
"""

import ctypes
import errno
import os
import sys
from collections.abc import Iterator
from typing import Final

Instruction = tuple[int, int, int, int]
"""Code, where to go on true and on false, constant; a place is how many instructions to leave out."""

LOAD: Final = 0x20
IF_EQUAL: Final = 0x15
IF_AT_LEAST: Final = 0x35
AND: Final = 0x54
RETURN: Final = 0x06

NUMBER_AT, ARCHITECTURE_AT, ARGUMENTS_AT = (
    0,
    4,
    16,
)  # in what the kernel shows the filter; both are little-endian

ALLOW: Final = 0x7FFF0000
REFUSE: Final = 0x00050000 | errno.EPERM
UNKNOWN: Final = 0x00050000 | errno.ENOSYS
NEWER: Final = 424
"""From here on all architectures count alike; before it the numbers of each are settled."""

ARCHITECTURES: Final = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}

CALLS: Final[dict[str, tuple[int | None, int | None]]] = {
    # reading of what is open, and answering through it
    "read": (0, 63),
    "write": (1, 64),
    "readv": (19, 65),
    "writev": (20, 66),
    "pread64": (17, 67),
    "preadv": (295, 69),
    "lseek": (8, 62),
    "close": (3, 57),
    "close_range": (436, 436),
    "dup": (32, 23),
    "dup2": (33, None),
    "dup3": (292, 24),
    "poll": (7, None),
    "ppoll": (271, 73),
    "select": (23, None),
    "pselect6": (270, 72),
    "epoll_create1": (291, 20),
    "fadvise64": (221, 223),
    # finding files
    "newfstatat": (262, 79),
    "stat": (4, None),
    "lstat": (6, None),
    "fstat": (5, 80),
    "statx": (332, 291),
    "statfs": (137, 43),
    "fstatfs": (138, 44),
    "access": (21, None),
    "faccessat": (269, 48),
    "faccessat2": (439, 439),
    "readlink": (89, None),
    "readlinkat": (267, 78),
    "getcwd": (79, 17),
    "getdents64": (217, 61),
    # memory
    "mmap": (9, 222),
    "munmap": (11, 215),
    "mremap": (25, 216),
    "mprotect": (10, 226),
    "madvise": (28, 233),
    "mincore": (27, 232),
    "msync": (26, 227),
    "brk": (12, 214),
    # threads and time
    "futex": (202, 98),
    "futex_waitv": (449, 449),
    "futex_wake": (454, 454),
    "futex_wait": (455, 455),
    "futex_requeue": (456, 456),
    "set_robust_list": (273, 99),
    "get_robust_list": (274, 100),
    "set_tid_address": (218, 96),
    "rseq": (334, 293),
    "membarrier": (324, 283),
    "arch_prctl": (158, None),
    "sched_yield": (24, 124),
    "sched_getaffinity": (204, 123),
    "sched_getparam": (143, 121),
    "sched_getscheduler": (145, 120),
    "sched_get_priority_max": (146, 125),
    "sched_get_priority_min": (147, 126),
    "getcpu": (309, 168),
    "get_mempolicy": (239, 236),
    "clock_gettime": (228, 113),
    "clock_getres": (229, 114),
    "clock_nanosleep": (230, 115),
    "nanosleep": (35, 101),
    "gettimeofday": (96, 169),
    "times": (100, 153),
    "restart_syscall": (219, 128),
    "exit": (60, 93),
    "exit_group": (231, 94),
    # signals to itself
    "rt_sigaction": (13, 134),
    "rt_sigprocmask": (14, 135),
    "rt_sigreturn": (15, 139),
    "rt_sigpending": (127, 136),
    "rt_sigsuspend": (130, 133),
    "sigaltstack": (131, 132),
    # what it is
    "getpid": (39, 172),
    "getppid": (110, 173),
    "gettid": (186, 178),
    "getuid": (102, 174),
    "geteuid": (107, 175),
    "getgid": (104, 176),
    "getegid": (108, 177),
    "getpriority": (140, 141),
    "getrusage": (98, 165),
    "getrlimit": (97, 163),
    "setrlimit": (160, 164),
    "uname": (63, 160),
    "sysinfo": (99, 179),
    "getrandom": (318, 278),
}
"""Allowed whatever they are asked: for x86-64 and aarch64, None where it has no such call."""

WRITING: Final = (
    os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND | 0o20000000
)  # the last: O_TMPFILE
OF_A_THREAD: Final = 0x00010100  # CLONE_VM and CLONE_THREAD
DESCRIPTORS: Final = (0, 1, 2, 3, 4, 1030)  # fcntl: copies and flags of descriptors, but no signals, no locks
TERMINALS: Final = (
    0x5401,
    0x802C542A,
    0x5413,
    0x5421,
    0x541B,
    0x5450,
    0x5451,
)  # ioctl: is it one; waiting; closing
NAMES: Final = (15, 16, 0x53564D41)  # prctl: names of threads and of memory

SET_NO_NEW_PRIVILEGES, SET_SECCOMP, MODE_FILTER = 38, 22, 2
SECCOMP_CALL: Final = {"x86_64": 317, "aarch64": 277}
FOR_ALL_THREADS: Final = 1
LEAVE_SPECULATION_ALONE: Final = 4
"""Kernels before 5.16 slow down a process with a filter; what this one could guess it may read anyway."""


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("instructions", ctypes.c_void_p))


def refuse_all_but_reading() -> str:
    """Install the filter in this process.

    Return why it could not be, "" if it is. Where there is none, on other systems and processors, "" is
    returned too. A kernel before 4.17 takes it for this thread and those that it starts.
    """
    machine = os.uname().machine if sys.platform == "linux" and sys.maxsize > 2**32 else ""
    if machine not in ARCHITECTURES:
        return ""
    system = ctypes.CDLL(None, use_errno=True)
    instructions = program(machine, os.getpid())
    packed = b"".join(
        code.to_bytes(2, "little") + bytes((yes, no)) + constant.to_bytes(4, "little")
        for code, yes, no, constant in instructions
    )
    held = ctypes.create_string_buffer(packed, len(packed))
    asked = _Program(len(instructions), ctypes.addressof(held))
    if system.prctl(SET_NO_NEW_PRIVILEGES, 1, 0, 0, 0):
        return errno.errorcode.get(ctypes.get_errno(), "")
    flags = ctypes.c_ulong(FOR_ALL_THREADS | LEAVE_SPECULATION_ALONE)
    if system.syscall(SECCOMP_CALL[machine], 1, flags, ctypes.byref(asked)) == 0:
        return ""
    if system.prctl(SET_SECCOMP, MODE_FILTER, ctypes.byref(asked), 0, 0) == 0:  # before Linux 4.17
        return ""
    return errno.errorcode.get(ctypes.get_errno(), "unknown")


def program(machine: str, pid: int) -> list[Instruction]:
    """Return the classic BPF filter for a machine and a process.

    The machine is one of ARCHITECTURES.
    """
    which = list(ARCHITECTURES).index(machine)
    instructions: list[Instruction] = [
        (LOAD, 0, 0, ARCHITECTURE_AT),
        (IF_EQUAL, 1, 0, ARCHITECTURES[machine]),  # the calls of another one have other numbers
        (RETURN, 0, 0, REFUSE),
        (LOAD, 0, 0, NUMBER_AT),
    ]
    for numbers in CALLS.values():
        number = numbers[which]
        if number is not None:
            instructions += [(IF_EQUAL, 0, 1, number), (RETURN, 0, 0, ALLOW)]
    for number, rule in rules_by_argument(machine, pid):
        instructions += [(IF_EQUAL, 0, len(rule), number), *rule]
    return [*instructions, (IF_AT_LEAST, 0, 1, NEWER), (RETURN, 0, 0, UNKNOWN), (RETURN, 0, 0, REFUSE)]


def rules_by_argument(machine: str, pid: int) -> Iterator[tuple[int, list[Instruction]]]:
    """Yield the calls restricted by arguments, and their filter rules."""
    numbers = {
        "x86_64": {"openat": 257, "open": 2, "clone": 56, "fcntl": 72, "ioctl": 16, "prctl": 157}
        | {"prlimit64": 302, "kill": 62, "tgkill": 234},
        "aarch64": {"openat": 56, "clone": 220, "fcntl": 25, "ioctl": 29, "prctl": 167}
        | {"prlimit64": 261, "kill": 129, "tgkill": 131},
    }[machine]
    rules = {
        "openat": _if_bits(2, WRITING, 0),
        "open": _if_bits(1, WRITING, 0),
        "clone": _if_bits(0, OF_A_THREAD, OF_A_THREAD),
        "fcntl": _if_one_of(1, DESCRIPTORS),
        "ioctl": _if_one_of(1, TERMINALS),
        "prctl": _if_one_of(0, NAMES),
        "prlimit64": _if_one_of(0, (0, pid)),
        "kill": _if_one_of(0, (pid,)),
        "tgkill": _if_one_of(0, (pid,)),
    }
    yield from ((number, rules[name]) for name, number in numbers.items())


def _if_bits(argument: int, bits: int, wanted: int) -> list[Instruction]:
    """Allow a call where some bits of an argument are as wanted."""
    return [
        (LOAD, 0, 0, ARGUMENTS_AT + 8 * argument),
        (AND, 0, 0, bits),
        (IF_EQUAL, 0, 1, wanted),
        (RETURN, 0, 0, ALLOW),
        (RETURN, 0, 0, REFUSE),
    ]


def _if_one_of(argument: int, values: tuple[int, ...]) -> list[Instruction]:
    """Allow a call where an argument is one of some values."""
    compared = [instruction for value in values for instruction in _allow_if(value)]
    return [(LOAD, 0, 0, ARGUMENTS_AT + 8 * argument), *compared, (RETURN, 0, 0, REFUSE)]


def _allow_if(value: int) -> list[Instruction]:
    return [(IF_EQUAL, 0, 1, value), (RETURN, 0, 0, ALLOW)]
