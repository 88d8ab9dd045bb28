"""No process leaves its memory behind when it crashes.

None looks for garbage while it is being loaded.
"""

import os
import signal
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from tests import factories
from tests.workers import worker_pids

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


THREADS = """
import ctypes, threading
libc = ctypes.CDLL(None)
libc.malloc.restype = ctypes.c_void_p
together = threading.Barrier(16)
def take():
    together.wait()
    libc.malloc(5000)
    together.wait()
threads = [threading.Thread(target=take) for _ in range(16)]
[one.start() for one in threads]
[one.join() for one in threads]
libc.malloc_stats()
"""


@pytest.mark.parametrize(("prepared", "fewest", "most"), [("", 3, 99), ("share_arenas()", 1, 2)])
def test_threads_share_a_few_heaps(
    prepared: str, fewest: int, most: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("MALLOC_ARENA_MAX", raising=False)
    ended = run(f"from medviewer.process import share_arenas\n{prepared}\n{THREADS}")
    assert fewest <= ended.stderr.count("Arena ") <= most


def test_heaps_set_by_the_user_stay(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MALLOC_ARENA_MAX", "5")
    ended = run(f"from medviewer.process import share_arenas\nshare_arenas()\n{THREADS}")
    assert 2 < ended.stderr.count("Arena ") <= 5


def crashed(code: str, folder: Path) -> tuple[str, bool]:
    """Return a crashed process's output, and whether there is a core."""
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
    from medviewer.dicom.workers.sandbox import Sandbox

    path = factories.write(factories.dataset(), tmp_path / "a.dcm")
    with Sandbox() as running:
        list(running.index_files([path]))
        worker = psutil.Process(worker_pids(running)[1])
        assert worker.rlimit(psutil.RLIMIT_CORE) == (0, 0)
        owner = Path(f"/proc/{worker.pid}/auxv").stat().st_uid
        assert owner == 0, "the system takes away what belongs to a process that may not be dumped"


COLLECTIONS = "sum(one['collections'] for one in gc.get_stats())"


@pytest.mark.parametrize(
    "module", ["medviewer.app", "medviewer.dicom.reading.worker", "medviewer.cli.studies.info"]
)
def test_no_garbage_is_looked_for_while_modules_are_loaded(module: str) -> None:
    code = f"import gc, medviewer; before = {COLLECTIONS}; import {module}; print({COLLECTIONS} - before)"
    assert run(code).stdout.strip() == "0"


def test_garbage_is_looked_for_as_usual_once_all_is_loaded() -> None:
    code = (
        "import gc, weakref; usual = gc.get_threshold()\n"
        "from medviewer.process import end_loading; end_loading()\n"
        "class Ring: pass\n"
        "ring = Ring(); ring.itself = ring; seen = weakref.ref(ring); del ring\n"
        "kept = [[] for _ in range(2 * usual[0])]\n"
        "print(gc.get_threshold() == usual, seen() is None, gc.get_freeze_count() > 0)"
    )
    assert run(code).stdout.strip() == "True True True"


def test_loading_ends_by_itself_where_nobody_ends_it() -> None:
    code = (
        "import gc; usual = gc.get_threshold(); import medviewer\n"
        "kept = [[] for _ in range(medviewer.process.OBJECTS_LOADED + 1)]\n"
        "print(gc.get_threshold() == usual, gc.callbacks)"
    )
    assert run(code).stdout.strip() == "True []"
