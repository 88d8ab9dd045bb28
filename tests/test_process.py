"""No process of the program leaves its memory behind when it crashes."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from tests import factories

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="reads /proc and asks prctl")

STATE = """
import ctypes, resource
print(resource.getrlimit(resource.RLIMIT_CORE), ctypes.CDLL(None).prctl(3, 0, 0, 0, 0), flush=True)
"""
NO_CORE = "(0, 0) 0"
CRASH = "import os, signal; os.kill(os.getpid(), signal.SIGSEGV)"


def run(code: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)


def test_a_command_may_leave_no_core() -> None:
    ended = run(f"from medviewer.cli import main; main(['models', 'list'])\n{STATE}")
    assert ended.stdout.splitlines()[-1] == NO_CORE


def test_the_window_may_leave_no_core() -> None:
    code = f"from medviewer import app, cli; app.main = lambda *a, **k: exec({STATE!r}) or 0; cli.main([])"
    assert run(code).stdout.splitlines()[-1] == NO_CORE


def test_a_process_that_the_program_makes_may_leave_no_core() -> None:
    code = (
        "import os; from medviewer.process import forbid_core_dumps; forbid_core_dumps()\n"
        f"child = os.fork()\nif child: os.waitpid(child, 0)\nelse: exec({STATE!r})"
    )
    assert run(code).stdout.strip() == NO_CORE


def test_a_crash_dumps_no_core(tmp_path: Path) -> None:
    may = "import resource; hard = resource.getrlimit(resource.RLIMIT_CORE)[1]; "
    may += "resource.setrlimit(resource.RLIMIT_CORE, (hard, hard)); print(hard, flush=True); "
    guard = "from medviewer.process import forbid_core_dumps; forbid_core_dumps(); "
    limit, dumped = crashed(may + CRASH, tmp_path)
    if limit != "0" and not Path("/proc/sys/kernel/core_pattern").read_text().startswith("|"):
        assert dumped, "a core is seen where one is made"
    assert not crashed(may + guard + CRASH, tmp_path)[1]


def crashed(code: str, folder: Path) -> tuple[str, bool]:
    """Return what a process printed, and whether the system made a core when it crashed."""
    with subprocess.Popen(
        [sys.executable, "-c", code], cwd=folder, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        printed = process.stdout.read().strip()
        _, status = os.waitpid(process.pid, 0)
        process.returncode = -os.WTERMSIG(status)
    assert process.returncode == -signal.SIGSEGV
    return printed, os.WCOREDUMP(status)


def test_the_decoding_processes_are_not_dumped(tmp_path: Path) -> None:
    from medviewer.dicom.decoder.sandbox import Sandbox

    path = factories.write(factories.dataset(), tmp_path / "a.dcm")
    with Sandbox() as running:
        list(running.index_files([path]))
        worker = psutil.Process(running.worker_pids[1])
        assert worker.rlimit(psutil.RLIMIT_CORE) == (0, 0)
        owner = Path(f"/proc/{worker.pid}/auxv").stat().st_uid
        assert owner == 0, "the system takes away what belongs to a process that may not be dumped"
