"""Fixtures and hooks of all tests.

No screen, a home of its own, and a check that nothing of it goes on living.

`shared_data` gives the folder with real sample data, or skips; where that data is present, only tests
marked `gpu` may be skipped, everything else makes the session fail.
"""

import itertools
import os
import re
import stat
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import pytest

from medviewer import translation
from tests import fast, left_behind, machine, sample_data
from tests.architecture.sizes import questions

machine.settle()  # before the first window, and for all processes to come

ROOT = Path(__file__).resolve().parent.parent
MODE = 0o755


class EmptyFolders:
    """Empty folders for tests, used again while nothing comes into them.

    To make two for every test, and to remove those of former runs, takes a minute of all tests.
    """

    def __init__(self, place: Path) -> None:
        self._place = place
        self._numbers = itertools.count()
        self._empty: list[Path] = []

    def take(self) -> Path:
        """Return a folder that is empty."""
        if self._empty:
            return self._empty.pop()
        folder = self._place / str(next(self._numbers))
        folder.mkdir(MODE)
        return folder

    def give_back(self, folder: Path) -> None:
        """Keep a folder for another test if it is as it was."""
        try:
            as_it_was = stat.S_IMODE(folder.lstat().st_mode) == MODE and not any(folder.iterdir())
        except OSError:
            return
        if as_it_was:
            self._empty.append(folder)


@pytest.fixture(scope="session")
def homes(tmp_path_factory: pytest.TempPathFactory) -> EmptyFolders:
    """Return folders for homes.

    Pytest would look through all former ones to number the next.
    """
    return EmptyFolders(tmp_path_factory.mktemp("homes"))


@pytest.fixture(autouse=True)
def home(homes: EmptyFolders, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Give each test a home of its own, and English."""
    folder = homes.take()
    monkeypatch.setenv("MEDVIEWER_HOME", str(folder))
    monkeypatch.setattr(tempfile, "tempdir", tempfile.tempdir)  # which some commands change
    translation.use_language("en")
    yield folder
    translation.use_language("en")
    homes.give_back(folder)


@pytest.fixture(autouse=True)
def user_folder(homes: EmptyFolders, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Give each test the home folder of a user, to be left empty."""
    folder = homes.take()
    for name in ("HOME", "USERPROFILE"):
        monkeypatch.setenv(name, str(folder))
    yield folder
    if left := sorted(path.name for path in folder.iterdir() if not path.name.startswith(".")):
        pytest.fail("left in the user's home folder: " + ", ".join(left), pytrace=False)
    homes.give_back(folder)


@pytest.fixture
def shared_data() -> Path:
    """Return the folder with real sample data."""
    return sample_data.shared_data()


@pytest.fixture(autouse=True)
def nothing_left_behind(home: Path) -> Iterator[None]:
    """Fail a test that leaves something running behind.

    That is a thread, a timer, a process or a piece of shared memory.
    """
    before = left_behind.before()
    yield
    if left := left_behind.since(before):
        pytest.fail("left behind: " + "; ".join(left), pytrace=False)


@pytest.hookimpl(wrapper=True)
def pytest_fixture_setup(fixturedef: pytest.FixtureDef[object]) -> Iterator[None]:
    """Forget the last look once a fixture is made that outlives a test."""
    if fixturedef.scope != "function":
        left_behind.forget()
    return (yield)


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Leave files without fast tests unread in a fast run."""
    if not _is_fast_run(config) or collection_path.suffix != ".py":
        return None
    path = collection_path.relative_to(ROOT).as_posix()
    return None if fast.may_hold_fast_tests(path) else True


def _is_fast_run(config: pytest.Config) -> bool:
    return config.getoption("markexpr") == fast.MARK


@pytest.hookimpl(tryfirst=True)  # before tests are selected by their marks
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the fast tests and those that use `shared_data`.

    The latter are skipped where the data is absent.
    """
    present = (sample_data.shared_data() / "data").is_dir()
    absent = pytest.mark.skip(reason="the sample data is not here (MEDVIEWER_SHARED names its folder)")
    for item in items:
        if "shared_data" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.shared)
        if not present and item.get_closest_marker("shared"):
            item.add_marker(absent)
    for item in fast.fast_ones(items):
        item.add_marker(fast.MARK)


_skipped_but_needed: list[str] = []


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Remember tests that were skipped although the sample data is here."""
    skipped = report.skipped and not hasattr(report, "wasxfail")
    if skipped and "gpu" not in report.keywords and (sample_data.shared_data() / "data").is_dir():
        _skipped_but_needed.append(report.nodeid)


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Fail the session for skipped tests that need no GPU."""
    if _skipped_but_needed and session.exitstatus == pytest.ExitCode.OK:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Print how many rules are switched off, so that a rise is seen.

    Of the fast set, what slows it.
    """
    for name in _skipped_but_needed:
        terminalreporter.write_line(f"skipped, although only tests marked gpu may be: {name}", red=True)
    if _is_fast_run(config):
        for name in fast.long_functions(terminalreporter.stats.get("passed", [])):
            terminalreporter.write_line(f"long for a fast test: {name}")
    elif not config.option.collectonly:
        counts = ", ".join(f"{name} {count}" for name, count in _counts(terminalreporter.stats).items())
        terminalreporter.write_line(f"counts: {counts}")


def _counts(stats: Mapping[str, Sequence[object]]) -> dict[str, int]:
    """Count the exceptions from rules.

    All sources are read for it, which takes seconds.
    """
    sources = [
        path.read_text("utf-8")
        for folder in ("medviewer", "tests", "packaging")
        for path in (ROOT / folder).rglob("*.py")
    ]
    settings = (ROOT / "pyproject.toml").read_text("utf-8")
    ignored_imports = re.findall(r"^\s*(?:ignore_imports|ignore_missing_imports)\b", settings, re.MULTILINE)
    return {
        "type: ignore": sum(len(re.findall(r"#\s*type:\s*ignore", text)) for text in sources),
        "noqa": sum(len(re.findall(r"#\s*noqa", text)) for text in sources),
        "ignored imports": len(ignored_imports),
        "skipped": len(stats.get("skipped", [])),
        "xfailed": len(stats.get("xfailed", [])),
        "questions of size": len(list(questions(ROOT / "medviewer"))),
    }
