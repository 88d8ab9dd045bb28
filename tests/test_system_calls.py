"""The filter of the decoding process.

What it refuses in the real one, and what it says for each machine.
"""

import errno
import json
import logging
import os
import re
import struct
import subprocess
import sys
from collections.abc import Iterator
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import pytest

from medviewer import system_calls
from medviewer.dicom.model import FrameReference
from medviewer.dicom.workers.exchange import DecodersLoaded, Ready
from medviewer.dicom.workers.ipc import Decoders, PixelMemory, start_worker
from medviewer.dicom.workers.sandbox import Sandbox
from medviewer.dicom.workers.worker_handle import WorkerHandle
from medviewer.system_calls import ARCHITECTURES, CALLS, program
from tests import factories
from tests.workers import saying, worker_pids

filtered_only = pytest.mark.skipif(
    sys.platform != "linux" or os.uname().machine not in ARCHITECTURES, reason="there is no filter here"
)

ATTEMPTS = {
    "a socket": "socket.socket(socket.AF_INET)",
    "a datagram socket": "socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)",
    "a local socket": "socket.socket(socket.AF_UNIX)",
    "a pair of sockets": "socket.socketpair()",
    "a fork": "os.fork()",
    "a program": "subprocess.run(['true'])",
    "a program in a shell": "subprocess.run('true', shell=True)",
    "a program started otherwise": "os.posix_spawn('/bin/true', ['true'], {})",
    "another program in its place": "os.execv('/bin/true', ['true'])",
    "a new file": "open(HERE + '/new', 'w')",
    "a file replaced": "open(HERE + '/old', 'wb')",
    "a file continued": "open(HERE + '/old', 'ab')",
    "a file changed": "open(HERE + '/old', 'r+b')",
    "a file made by reading": "os.open(HERE + '/new', os.O_RDONLY | os.O_CREAT)",
    "a file cut by reading": "os.open(HERE + '/old', os.O_RDONLY | os.O_TRUNC)",
    "a file without a name": "os.open(HERE, os.O_TMPFILE | os.O_RDWR)",
    "memory as a file": "os.memfd_create('a')",
    "a shorter file": "os.truncate(HERE + '/old', 0)",
    "a folder": "os.mkdir(HERE + '/new')",
    "a folder less": "os.rmdir(HERE + '/folder')",
    "a file less": "os.unlink(HERE + '/old')",
    "another name": "os.rename(HERE + '/old', HERE + '/new')",
    "a second name": "os.link(HERE + '/old', HERE + '/new')",
    "a link": "os.symlink(HERE + '/old', HERE + '/new')",
    "a pipe with a name": "os.mkfifo(HERE + '/new')",
    "other rights": "os.chmod(HERE + '/old', 0o777)",
    "another owner": "os.chown(HERE + '/old', 1, 1)",
    "another date": "os.utime(HERE + '/old')",
    "an attribute": "os.setxattr(HERE + '/old', 'user.a', b'b')",
    "the end of its parent": "os.kill(os.getppid(), 0)",
    "the end of all": "os.kill(-1, 0)",
    "a limit of its parent": "resource.prlimit(os.getppid(), resource.RLIMIT_NOFILE)",
    "the memory of its parent": "call(310, os.getppid(), 0, 0, 0, 0, 0)",
    "a look into its parent": "call(101, 16, os.getppid(), 0, 0)",
    "a namespace": "call(272, 0)",
    "a queue past the filter": "call(425, 1, 0)",
    "a thread that is a process": "call(435, 0, 0)",
    "the calls of another kind": "call(0x40000000 | 41, 2, 1, 0)",
}
X86_64_ONLY = [name for name, code in ATTEMPTS.items() if code.startswith("call(")]

ALLOWED = {
    "reading": "open(HERE + '/old').read()",
    "listing": "os.listdir(HERE)",
    "looking": "os.stat(HERE), os.access(HERE, os.R_OK), os.path.realpath(HERE)",
    "threads": "run_in_thread()",
    "time": "time.sleep(0), time.process_time()",
    "its own limits": "resource.setrlimit(resource.RLIMIT_CPU, resource.getrlimit(resource.RLIMIT_CPU))",
    "memory": "mmap.mmap(-1, 1 << 20), bytearray(1 << 24)",
    "chance": "os.urandom(8), os.getrandom(8)",
    "a signal to itself": "os.kill(os.getpid(), 0)",
}

PLANTED = """
import ctypes, errno, json, mmap, os, resource, socket, subprocess, sys, threading, time
from multiprocessing.connection import Connection
HERE = {here!r}
def call(number, *arguments):
    if ctypes.CDLL(None, use_errno=True).syscall(number, *map(ctypes.c_long, arguments)) < 0:
        raise OSError(ctypes.get_errno(), "")
def run_in_thread():
    ran = []
    thread = threading.Thread(target=ran.append, args=[1])
    thread.start(); thread.join()
    assert ran
found = {{}}
for name, code in json.loads({attempts!r}).items():
    try:
        exec(code)
        found[name] = 0
    except OSError as error:
        found[name] = error.errno
    except BaseException as error:
        found[name] = repr(error)
Connection(os.dup(int(sys.argv[1]))).send_bytes(json.dumps({{"found": found}}).encode())
"""


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> dict[str, int | str]:
    """Return the system's answers to a real decoding process.

    A decoder that it loads makes the attempts.
    """
    folder = tmp_path_factory.mktemp("planted")
    (folder / "old").write_text("old")
    (folder / "folder").mkdir()
    (folder / "imagecodecs").mkdir()
    attempts = json.dumps(ATTEMPTS | ALLOWED)
    (folder / "imagecodecs" / "__init__.py").write_text(
        PLANTED.format(here=str(folder), attempts=attempts), "utf-8"
    )
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("PYTHONPATH", str(folder))
        memory = PixelMemory()
        process, channel, lifeline = start_worker(memory, Decoders.AT_ONCE)
    try:
        assert json.loads(channel.recv_bytes()) == {"": "Ready"}
        said: dict[str, dict[str, int | str]] = json.loads(channel.recv_bytes())
        assert sorted(path.name for path in folder.iterdir()) == ["folder", "imagecodecs", "old"]
        assert (folder / "old").read_text() == "old"
        return said["found"]
    finally:
        channel.close()
        os.close(lifeline)
        process.kill()
        process.wait()
        memory.close()


@filtered_only
@pytest.mark.parametrize("attempt", ATTEMPTS)
def test_the_decoding_process_is_refused(found: dict[str, int | str], attempt: str) -> None:
    if attempt in X86_64_ONLY and os.uname().machine != "x86_64":
        return
    refusals = (errno.EPERM, errno.ENOSYS) if attempt in X86_64_ONLY else (errno.EPERM,)
    assert found[attempt] in refusals


@filtered_only
@pytest.mark.parametrize("attempt", ALLOWED)
def test_the_decoding_process_may_still(found: dict[str, int | str], attempt: str) -> None:
    assert found[attempt] == 0


@filtered_only
def test_both_processes_run_under_the_filter_and_read(tmp_path: Path) -> None:
    path = factories.write(factories.dataset(), tmp_path / "a.dcm")
    with Sandbox() as running:
        assert running.read_frame(FrameReference(path, "")).rows == 16
        list(running.index_files([path]))
        for pid in worker_pids(running):
            status = Path(f"/proc/{pid}/status").read_text()
            assert "Seccomp:\t2" in status
            assert "NoNewPrivs:\t1" in status


THREADS = """
import os, socket, threading
from medviewer.system_calls import refuse_all_but_reading
begun, filtered, found = threading.Event(), threading.Event(), []
def attempt():
    begun.set()
    filtered.wait()
    for call in (socket.socket, os.fork):
        try:
            call()
            found.append(0)
        except OSError as error:
            found.append(error.errno)
thread = threading.Thread(target=attempt)
thread.start()
begun.wait()
print(repr(refuse_all_but_reading()), flush=True)
filtered.set()
thread.join()
print(found, flush=True)
"""


@filtered_only
def test_threads_that_a_library_started_before_are_filtered_too() -> None:
    ended = subprocess.run([sys.executable, "-c", THREADS], capture_output=True, text=True, check=True)
    assert ended.stdout.split("\n")[:2] == ["''", f"[{errno.EPERM}, {errno.EPERM}]"]


class Machine:
    """Runs a filter as the kernel does, on a call that was made up."""

    def __init__(self, machine: str, pid: int = 77) -> None:
        self.instructions = program(machine, pid)
        self.architecture = ARCHITECTURES[machine]

    def answer(self, number: int, *arguments: int, architecture: int | None = None) -> int:
        padded = [*arguments, *[0] * (6 - len(arguments))]
        shown = struct.pack("<IIQ6Q", number, architecture or self.architecture, 0, *padded)
        at = value = 0
        while True:
            code, yes, no, constant = self.instructions[at]
            at += 1
            if code == system_calls.LOAD:
                value = struct.unpack_from("<I", shown, constant)[0]
            elif code == system_calls.AND:
                value &= constant
            elif code == system_calls.IF_EQUAL:
                at += yes if value == constant else no
            elif code == system_calls.IF_AT_LEAST:
                at += yes if value >= constant else no
            else:
                assert code == system_calls.RETURN
                return constant


REFUSED: dict[str, dict[str, tuple[int, tuple[int, ...]]]] = {
    "x86_64": {
        "socket": (41, (2, 1, 0)),
        "connect": (42, ()),
        "execve": (59, ()),
        "fork": (57, ()),
        "vfork": (58, ()),
        "clone of a process": (56, (17,)),
        "clone with memory, no thread": (56, (0x100 | 0x4000,)),
        "open to write": (2, (0, os.O_WRONLY)),
        "openat to make": (257, (0, 0, 0o100)),
        "openat without a name": (257, (0, 0, 0o20200000)),
        "openat to add": (257, (0, 0, 0o2000)),
        "creat": (85, ()),
        "unlink": (87, ()),
        "rename": (82, ()),
        "ptrace": (101, ()),
        "kill of another": (62, (78, 9)),
        "typing into a terminal": (16, (0, 0x5412)),
        "signals of a descriptor": (72, (0, 8, 1)),
        "limits of another": (302, (78,)),
        "another filter": (157, (22, 0)),
        "mount": (165, ()),
        "bpf": (321, ()),
    },
    "aarch64": {
        "socket": (198, (2, 1, 0)),
        "connect": (203, ()),
        "execve": (221, ()),
        "clone of a process": (220, (17,)),
        "openat to write": (56, (0, 0, 1)),
        "openat to make": (56, (0, 0, 0o100)),
        "openat without a name": (56, (0, 0, 0o20200000)),
        "unlinkat": (35, ()),
        "renameat": (38, ()),
        "ptrace": (117, ()),
        "kill of another": (129, (78, 9)),
        "typing into a terminal": (29, (0, 0x5412)),
        "limits of another": (261, (78,)),
        "mount": (40, ()),
        "bpf": (280, ()),
    },
}
GRANTED: dict[str, dict[str, tuple[int, tuple[int, ...]]]] = {
    "x86_64": {
        "read": (0, ()),
        "open": (2, (0, os.O_RDONLY)),
        "openat": (257, (0, 0, 0o2000000)),
        "a thread": (56, (0x3D0F00,)),
        "a signal to itself": (234, (77, 77, 6)),
        "its limits": (302, (0, 0)),
    },
    "aarch64": {
        "read": (63, ()),
        "openat": (56, (0, 0, 0o2000000)),
        "a thread": (220, (0x3D0F00,)),
        "a signal to itself": (131, (77, 77, 6)),
        "its limits": (261, (0, 0)),
    },
}


@pytest.mark.parametrize("machine", ARCHITECTURES)
def test_the_filter_of_each_machine_refuses_and_grants(machine: str) -> None:
    judge = Machine(machine)
    for name, (number, arguments) in REFUSED[machine].items():
        assert judge.answer(number, *arguments) == system_calls.REFUSE, name
    for name, (number, arguments) in GRANTED[machine].items():
        assert judge.answer(number, *arguments) == system_calls.ALLOW, name
        assert judge.answer(number, *arguments, architecture=0x40000003) == system_calls.REFUSE, name
    for newer in (425, 435, 437, 600, 0x40000000 | 41):
        assert judge.answer(newer) == system_calls.UNKNOWN


@pytest.mark.parametrize("machine", ARCHITECTURES)
def test_whatever_is_in_no_table_is_refused(machine: str) -> None:
    judge = Machine(machine)
    which = list(ARCHITECTURES).index(machine)
    known = {numbers[which] for numbers in CALLS.values()} | {
        number for number, _ in system_calls.rules_by_argument(machine, 77)
    }
    for number in set(range(700)) - known:
        assert judge.answer(number) in (system_calls.REFUSE, system_calls.UNKNOWN)
    for number in known - {None}:
        assert number is not None
        assert judge.answer(number, 0xFFFF, 0xFFFF, 0xFFFFFFFF) == (
            system_calls.ALLOW
            if number in {numbers[which] for numbers in CALLS.values()}
            else system_calls.REFUSE
        )


@pytest.mark.parametrize(
    ("machine", "header"),
    [("x86_64", "x86_64-linux-gnu/asm/unistd_64.h"), ("aarch64", "asm-generic/unistd.h")],
)
def test_the_numbers_are_those_of_the_kernel(machine: str, header: str) -> None:
    path = Path("/usr/include") / header
    if not path.is_file():
        return  # nothing to compare with where no C compiler is
    named = {
        name: int(number)
        for name, number in re.findall(r"#define __NR(?:3264)?_(\w+) (\d+)", path.read_text("utf-8"))
    }
    which = list(ARCHITECTURES).index(machine)
    for name, numbers in CALLS.items():
        generic = "fstatat" if (name, machine) == ("newfstatat", "aarch64") else name
        if numbers[which] is None:
            assert generic not in named, name
        elif generic in named:
            assert named[generic] == numbers[which], name


def test_a_system_that_refuses_the_filter_is_written_to_the_log(caplog: pytest.LogCaptureFixture) -> None:
    worker = WorkerHandle(Decoders.AT_ONCE, saying(Ready("EINVAL"), DecodersLoaded()))
    worker.start()
    with caplog.at_level(logging.WARNING, "medviewer.dicom.workers.worker_handle"):
        assert worker.has_decoders()
    worker.close()
    assert "without a filter of system calls: EINVAL" in caplog.text


@filtered_only
def test_a_process_whose_filter_is_refused_reads_all_the_same_and_says_so(tmp_path: Path) -> None:
    script = (
        "import sys; from medviewer.dicom.reading import worker\n"
        "worker.refuse_all_but_reading = lambda: 'EINVAL'\nworker.main(sys.argv[1:])"
    )
    said = messages_of(script)
    assert next(said) == {"": "Ready", "unfiltered": "EINVAL"}


def messages_of(script: str) -> Iterator[dict[str, Any]]:
    """Yield the messages of a script in place of the decoding process."""
    from multiprocessing import Pipe

    here, there = Pipe(duplex=True)
    memory, (theirs, ours) = PixelMemory(), os.pipe()
    command = [sys.executable, "-c", script, str(there.fileno()), memory.argument, str(theirs), "at-once"]
    with subprocess.Popen(command, pass_fds=[there.fileno(), theirs, memory.descriptor]) as process:
        there.close()
        os.close(theirs)
        try:
            yield _next(here)
        finally:
            process.kill()
            here.close()
            os.close(ours)
            memory.close()


def _next(channel: Connection) -> dict[str, Any]:
    message: dict[str, Any] = json.loads(channel.recv_bytes())
    return message
