"""Runs a process and all that it starts under strace, and tells what they asked of the system.

What is looked for is what no library can do past it: a socket, a look-up of a host, a change of files. A call
counts when it is made, whether it succeeds or not.
"""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pytest

ROOT: Final = Path(__file__).resolve().parents[2]
STRACE: Final = shutil.which("strace")
SOCKETS: Final = ("socket", "io_uring_setup")  # the second one could make sockets and files without a call
CHANGES: Final = (
    *("open", "openat", "openat2", "creat", "truncate", "mknod", "mknodat", "mkdir", "mkdirat"),
    *("rename", "renameat", "renameat2", "link", "linkat", "symlink", "symlinkat", "unlink", "unlinkat"),
    *("rmdir", "chmod", "fchmodat", "fchmodat2", "chown", "lchown", "fchownat", "utimensat", "setxattr"),
    *("lsetxattr", "connect", "bind", "execve", "execveat"),
)
LOOK_UPS: Final = ("/etc/resolv.conf", "/etc/hosts", "/etc/host.conf", "/etc/gai.conf")
RESOLVERS: Final = ("nscd", "systemd/resolve", "avahi")
PASSED_ON: Final = ("PATH", "LD_LIBRARY_PATH", "OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE")
LOCAL: Final = ("AF_UNIX", "AF_LOCAL")
ADDRESS: Final = re.compile(r'(?:inet_addr\(|inet_pton\(AF_INET6, )"([^"]*)"')
WRITING_FLAGS: Final = re.compile(r"O_WRONLY|O_RDWR|O_CREAT|O_TRUNC|O_APPEND|O_TMPFILE")
CALL: Final = re.compile(r"^(\w+)\((.*)$")
FOLDER_AND_NAME: Final = re.compile(r'(?:(?:AT_FDCWD|\d+)<([^>]*)>, )?("(?:[^"\\]|\\.)*")')
FONT_LISTS: Final = "fontconfig"  # in the user's cache folder or the system's
DEVICES: Final = ("/dev/null", "/dev/full", "/dev/tty")


@dataclass(frozen=True)
class Seen:
    """The calls that a process and those that it started made.

    made holds folders that were made; changed files and folders that were opened for writing, renamed, taken
    away or given other rights; network sockets of other families than local ones, and look-ups of hosts;
    addresses are those at which somebody listened or to which somebody connected.
    """

    status: int
    output: str
    errors: str
    network: tuple[str, ...]
    made: frozenset[Path]
    changed: frozenset[Path]
    started: frozenset[str]
    addresses: frozenset[str] = frozenset()

    def outside(self, *allowed: Path) -> set[Path]:
        """Return the paths made or changed outside some folders or files.

        To make the folders on the way to them is allowed, Python's compiled copies of modules, and the lists
        that the system's font library keeps for all programs.
        """
        ways = {above for folder in allowed for above in folder.parents}
        return {
            path
            for path in self.changed | (self.made - ways)
            if not any(path.is_relative_to(one) for one in allowed)
            and not _is_compiled_copy(path)
            and FONT_LISTS not in (path.name, path.parent.name)
        }


def watch(command: Sequence[str], home: Path, *, timeout: float = 120, **variables: str) -> Seen:
    """Run a command under strace, with a home of its own.

    The environment lacks all that would hide a library's habits.

    Parameters
    ----------
    home : Path
        Becomes the home folder; TMPDIR and XDG_RUNTIME_DIR are folders in it.
    variables : str
        Further environment variables.
    """
    strace = required_strace()
    traces = home / "traces"
    environment = clean_environment(home) | variables
    for name in ("HOME", "TMPDIR", "XDG_RUNTIME_DIR"):
        Path(environment[name]).mkdir(mode=0o700, exist_ok=True, parents=True)
    traces.mkdir()
    options = ["-ff", "--seccomp-bpf", "-qq", "-y", "-s", "4096", "-e", "signal=none"]
    options += ["-e", f"trace={','.join(f'?{name}' for name in (*SOCKETS, *CHANGES))}"]
    ended = subprocess.run(
        [strace, *options, "-o", str(traces / "of"), *command],
        capture_output=True,
        text=True,
        timeout=timeout,
        check=False,
        env=environment,
        cwd=home,
    )
    network, made, changed, started = list[str](), set[Path](), set[Path](), set[str]()
    addresses = set[str]()
    for trace in sorted(traces.iterdir()):
        for name, rest in _calls(trace):
            if said := _network(name, rest):
                network.append(said)
            if name in ("bind", "connect"):
                addresses.update(ADDRESS.findall(rest))
            if name in ("execve", "execveat"):
                started.add(str(_paths(rest, home)[0]))
            elif name in ("mkdir", "mkdirat"):
                made.update(() if rest.endswith("(File exists)") else _paths(rest, home))
            else:
                changed.update(_changed(name, rest, home))
    return Seen(
        ended.returncode,
        ended.stdout,
        ended.stderr,
        tuple(dict.fromkeys(network)),
        frozenset(made),
        frozenset(changed),
        frozenset(started),
        frozenset(addresses),
    )


def clean_environment(home: Path) -> dict[str, str]:
    """Return the environment of a user.

    Without CI, DO_NOT_TRACK and what else makes libraries quiet.
    """
    kept = {name: os.environ[name] for name in PASSED_ON if name in os.environ}
    places = {"HOME": home / "user", "TMPDIR": home / "temporary", "XDG_RUNTIME_DIR": home / "runtime"}
    return (
        kept
        | {name: str(folder) for name, folder in places.items()}
        | {
            "LANG": "C.UTF-8",
            "USER": "jane",
            "QT_QPA_PLATFORM": "offscreen",
        }
    )


def own_folders(home: Path) -> list[Path]:
    """Return the program's own folders for a user of `clean_environment`."""
    code = (
        "from medviewer import paths\n"
        "for kind in ('config', 'data', 'cache', 'log'): print(paths.user_folder(kind))"
    )
    said = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
        env=clean_environment(home),
        cwd=ROOT,
    )
    return [Path(line) for line in said.stdout.splitlines()]


def required_strace() -> str:
    """Return the path of strace.

    Skip the test where it is absent or may not look at processes.
    """
    if STRACE is None:
        pytest.skip("strace is not here")
    tried = subprocess.run([STRACE, "-f", "-o", os.devnull, "true"], capture_output=True, check=False)
    if tried.returncode:
        pytest.skip("this system lets nobody look at processes")
    return STRACE


def _calls(trace: Path) -> Iterator[tuple[str, str]]:
    for line in trace.read_text("utf-8", "replace").splitlines():
        if found := CALL.match(line):
            yield found[1], found[2]


def _network(name: str, rest: str) -> str:
    """Return a call that leaves this machine or asks for a way out of it.

    "" for others.
    """
    if name in SOCKETS and not rest.startswith(LOCAL):
        return f"{name}({rest}"
    if name == "connect" and any(resolver in rest for resolver in RESOLVERS):
        return f"{name}({rest}"
    if name in ("open", "openat", "openat2") and any(f'"{place}"' in rest for place in LOOK_UPS):
        return f"{name}({rest}"
    return ""


def _changed(name: str, rest: str, cwd: Path) -> Iterator[Path]:
    if name in (*SOCKETS, "connect", "bind"):
        return
    if name in ("open", "openat", "openat2") and not WRITING_FLAGS.search(rest.rpartition('"')[2]):
        return
    for path in _paths(rest, cwd):
        if str(path) not in DEVICES and not str(path).startswith("/proc/self/"):
            yield path


def _paths(rest: str, cwd: Path) -> list[Path]:
    """Return the paths of a call, each against the folder before it."""
    found = []
    for folder, quoted in FOLDER_AND_NAME.findall(rest):
        text = quoted[1:-1].encode("latin-1", "backslashreplace").decode("unicode_escape")
        name = Path(text.encode("latin-1", "replace").decode("utf-8", "replace"))
        found.append(Path(os.path.normpath(Path(folder or cwd) / name)))
    return found


def _is_compiled_copy(path: Path) -> bool:
    ours = any(path.is_relative_to(folder) for folder in (ROOT, sys.prefix, sys.base_prefix))
    return ours and (path.name == "__pycache__" or path.parent.name == "__pycache__")
