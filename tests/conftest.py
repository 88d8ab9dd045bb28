"""What every test gets: no screen, a home of its own, and a check that nothing of it goes on living.

`shared_data` gives the folder with real sample data, or skips; where that data is present, only tests
marked `gpu` may be skipped, everything else makes the session fail.
"""

import gc
import itertools
import os
import re
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import psutil
import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QThread, QTimer
from shiboken6 import isValid

from medviewer import translation
from tests import fast, machine, sample_data
from tests.architecture.sizes import questions

machine.settle()  # before the first window, and for all processes to come

ROOT = Path(__file__).resolve().parent.parent
GRACE_SECONDS = 3.0
MOST_OBJECTS_IN_SIGHT = 10_000  # looking through more of them takes longer than many tests
PRIVATE = re.compile(r"(?<!\bself)(?<!\bcls)\._[a-z]\w*|setattr\(\s*[\w.]+,\s*\"_[a-z]")
SHARED_MEMORY = ("/memfd:", "/dev/shm/")
NOTHING_TOUCHED = re.compile(r"^RssShmem:\s+0 kB$", re.MULTILINE)


@pytest.fixture(scope="session")
def homes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Return paths of homes; pytest would look through all former ones to number the next."""
    folder = tmp_path_factory.mktemp("homes")
    return (folder / str(number) for number in itertools.count())


@pytest.fixture(autouse=True)
def home(homes: Iterator[Path], monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Give each test a home of its own, and English."""
    folder = next(homes)
    folder.mkdir()
    monkeypatch.setenv("MEDVIEWER_HOME", str(folder))
    monkeypatch.setattr(tempfile, "tempdir", tempfile.tempdir)  # which some commands change
    translation.use_language("en")
    yield folder
    translation.use_language("en")


@pytest.fixture
def shared_data() -> Path:
    """Return the folder with real sample data."""
    return sample_data.shared_data()


@pytest.fixture(autouse=True)
def nothing_left_behind(home: Path) -> Iterator[None]:
    """Fail a test that leaves a thread, timer, process or piece of shared memory behind."""
    _look_only_at_what_comes()
    before = {kind: set(find()) for kind, find in LEFT_OVERS.items()}
    yield
    if QCoreApplication.instance() is not None:
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    left = _left_over(before)
    if left:
        gc.collect()
        _wait_for_the_ending()
        left = _left_over(before)
    if left:
        pytest.fail("left behind: " + "; ".join(left), pytrace=False)


def _left_over(before: dict[str, set[str]]) -> list[str]:
    return [f"{kind} {name}" for kind, find in LEFT_BEHIND.items() for name in find() - before[kind]]


def _wait_for_the_ending() -> None:
    for thread in _threads():
        thread.join(GRACE_SECONDS)
    psutil.wait_procs(psutil.Process().children(), timeout=GRACE_SECONDS)


def _threads() -> list[threading.Thread]:
    own = {threading.main_thread(), threading.current_thread()}
    return [
        thread
        for thread in threading.enumerate()
        if thread not in own and not isinstance(thread, threading._DummyThread)
    ]


def _thread_names() -> set[str]:
    return {f"{thread.name} ({thread.ident})" for thread in _threads()}


def _active_objects() -> set[str]:
    """Describe timers and threads of Qt that run; those from before the first test are out of sight."""
    application = QCoreApplication.instance()
    if application is None:
        return set()
    found = [item for item in gc.get_objects() if issubclass(type(item), (QTimer, QThread))]
    return {
        f"{type(item).__name__} {item.objectName()} ({id(item):x}) of {type(item.parent()).__name__}"
        for item in found
        if isValid(item) and _is_active(item, application)
    }


def _is_active(item: QTimer | QThread, application: QCoreApplication) -> bool:
    if isinstance(item, QTimer):
        return item.isActive()
    return item.isRunning() and item is not application.thread()


def _processes() -> set[str]:
    if Path("/proc/thread-self/children").exists():  # quicker than to look at every process of the machine
        threads = Path("/proc/self/task").iterdir()
        children = [process for thread in threads for process in _children_of(thread)]
    else:
        children = [str(child.pid) for child in psutil.Process().children()]
    return {child for child in children if _is_alive(int(child))}


def _children_of(thread: Path) -> list[str]:
    try:
        return (thread / "children").read_text().split()
    except FileNotFoundError:  # the thread ended meanwhile
        return []


def _is_alive(process: int) -> bool:
    try:
        return psutil.Process(process).is_running()
    except psutil.NoSuchProcess:
        return False


def _descriptors() -> set[str]:
    """Describe open descriptors of shared memory; there is none to see outside Linux."""
    found = set()
    if sys.platform == "linux":
        for descriptor in Path("/proc/self/fd").iterdir():
            try:
                target = str(descriptor.readlink())
            except FileNotFoundError:  # the one that lists the folder
                continue
            if _is_shared_memory(target):
                found.add(f"{descriptor.name} {target}")
    return found


def _mappings() -> set[str]:
    """Describe mappings of shared memory."""
    maps = Path("/proc/self/maps").read_text() if sys.platform == "linux" else ""
    if not any(place in maps for place in SHARED_MEMORY):
        return set()
    parts = (line.split(maxsplit=5) for line in maps.splitlines())
    return {f"{part[5]} {part[4]}" for part in parts if len(part) > 5 and _is_shared_memory(part[5])}


def _touched_mappings() -> set[str]:
    """Describe mappings of shared memory where any was used: to read all maps takes a millisecond."""
    status = Path("/proc/self/status").read_text() if sys.platform == "linux" else ""
    return set() if NOTHING_TOUCHED.search(status) else _mappings()


def _is_shared_memory(name: str) -> bool:
    return name.startswith(SHARED_MEMORY)


LEFT_OVERS: dict[str, Callable[[], set[str]]] = {
    "thread": _thread_names,
    "of Qt": _active_objects,
    "process": _processes,
    "shared memory descriptor": _descriptors,
    "shared memory mapping": _mappings,
}
LEFT_BEHIND = {**LEFT_OVERS, "shared memory mapping": _touched_mappings}


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Leave files without fast tests unread where only fast ones are asked for."""
    if not _is_fast_run(config) or collection_path.suffix != ".py":
        return None
    path = collection_path.relative_to(ROOT).as_posix()
    return None if fast.may_hold_fast_tests(path) else True


def _is_fast_run(config: pytest.Config) -> bool:
    return config.getoption("markexpr") == fast.MARK


@pytest.hookimpl(tryfirst=True)  # before tests are selected by their marks
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the tests that use `shared_data`, skip them where it is absent, and mark the fast ones."""
    present = (sample_data.shared_data() / "data").is_dir()
    absent = pytest.mark.skip(reason="the sample data is not here (MEDVIEWER_SHARED names its folder)")
    for item in items:
        if "shared_data" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.shared)
        if not present and item.get_closest_marker("shared"):
            item.add_marker(absent)
        if fast.is_fast(item):
            item.add_marker(fast.MARK)


def _look_only_at_what_comes() -> None:
    """Take what imports made out of the garbage collector's sight, once it is much: looks stay quick."""
    if len(gc.get_objects()) > MOST_OBJECTS_IN_SIGHT:
        gc.collect()
        gc.freeze()


_skipped_but_needed: list[str] = []


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Remember what was skipped although the sample data is here."""
    skipped = report.skipped and not hasattr(report, "wasxfail")
    if skipped and "gpu" not in report.keywords and (sample_data.shared_data() / "data").is_dir():
        _skipped_but_needed.append(report.nodeid)


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Fail the session for tests that were skipped although nothing but a GPU may be missing."""
    if _skipped_but_needed and session.exitstatus == pytest.ExitCode.OK:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Print how much of the rules is switched off, so that a rise is seen, and what slows the fast set."""
    sources = [
        path.read_text("utf-8")
        for folder in ("medviewer", "tests", "packaging")
        for path in (ROOT / folder).rglob("*.py")
    ]
    of_tests = [path.read_text("utf-8") for path in (ROOT / "tests").rglob("*.py")]
    settings = (ROOT / "pyproject.toml").read_text("utf-8")
    ignored_imports = re.findall(r"^\s*(?:ignore_imports|ignore_missing_imports)\b", settings, re.MULTILINE)
    counts = {
        "type: ignore": sum(len(re.findall(r"#\s*type:\s*ignore", text)) for text in sources),
        "noqa": sum(len(re.findall(r"#\s*noqa", text)) for text in sources),
        "ignored imports": len(ignored_imports),
        "private members reached by tests": sum(len(PRIVATE.findall(text)) for text in of_tests),
        "skipped": len(terminalreporter.stats.get("skipped", [])),
        "xfailed": len(terminalreporter.stats.get("xfailed", [])),
        "questions of size": len(list(questions(ROOT / "medviewer"))),
    }
    terminalreporter.write_line("counts: " + ", ".join(f"{name} {count}" for name, count in counts.items()))
    for name in _skipped_but_needed:
        terminalreporter.write_line(f"skipped, although only tests marked gpu may be: {name}", red=True)
    if _is_fast_run(config):
        for name in fast.long_functions(terminalreporter.stats.get("passed", [])):
            terminalreporter.write_line(f"long for a fast test: {name}")
