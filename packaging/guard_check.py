"""Removes each guard of results once and expects a red test.

Guards keep results on their own images.

A guard whose removal no test notices is worth nothing. Marks in the program name the guards and say what to
take away (guard_marks.py); guards.toml names the test that notices each. The change is made in a copy of the
tree. Run it as

    .venv/bin/python packaging/guard_check.py [WORD ...]

with words to try only the guards whose names or paths contain one, and with `--oracle` to see which of them
the random walks alone would miss. Exit status 1: a guard was not missed, or its mark fits the statement no
more.
"""

import os
import shutil
import subprocess
import sys
import tempfile
import time
import tomllib
from collections.abc import Iterable
from pathlib import Path

from guard_marks import Guard, guards_in, without

ROOT = Path(__file__).resolve().parent.parent
TABLE = ROOT / "packaging" / "guards.toml"
ORACLE = "tests/oracle"
SECONDS = 300
TIMES = 5  # as long as with all guards in place: then a test hangs
FAILED = 1
"""Exit status of pytest where a test failed; others mean that none could run."""


def tests_of_guards() -> dict[str, str]:
    """Return the test that notices each guard's removal, by the guard's name."""
    return tomllib.loads(TABLE.read_text("utf-8"))


def copy_tree(folder: Path) -> None:
    """Copy the parts of the tree that tests need."""
    for name in ("medviewer", "tests", "packaging", "docs"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "README.md", "CHANGELOG.md", "CONTRIBUTING.md"):
        shutil.copy(ROOT / name, folder / name)
    (folder / "resources").symlink_to(ROOT / "resources")


def run_tests(folder: Path, tests: Iterable[str], seconds: float | None = None) -> int | None:
    """Return the exit status of tests in a copy; None where they do not end."""
    environment = {**os.environ, "PYTHONPATH": str(folder)}  # a run takes seconds: no compiled file is stale
    command = [sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", *tests]
    try:
        done = subprocess.run(
            command, cwd=folder, env=environment, capture_output=True, text=True, timeout=seconds, check=False
        )
    except subprocess.TimeoutExpired:
        return None
    return done.returncode


def is_missed(guard: Guard, folder: Path, test: str) -> bool:
    """Return whether a test that passes fails without a guard.

    A test that cannot be run, or fails with all guards in place, misses nothing. On a busy machine tests take
    long, which is not to be taken for a guard that is missed.
    """
    begun = time.monotonic()
    if run_tests(folder, [test]) != 0:
        return False
    seconds = max(SECONDS, TIMES * (time.monotonic() - begun))
    path = folder / guard.path.relative_to(ROOT)
    source = path.read_text("utf-8")
    path.write_text(without(guard, source), "utf-8")
    try:
        return run_tests(folder, [test], seconds) in (FAILED, None)
    finally:
        path.write_text(source, "utf-8")


def main(words: list[str]) -> int:
    """Try each guard and print the table."""
    tests = tests_of_guards()
    is_oracle = "--oracle" in words
    words = [word for word in words if word != "--oracle"]
    chosen = [
        guard
        for guard in guards_in(ROOT / "medviewer")
        if not words or any(word in guard.name or word in guard.path.as_posix() for word in words)
    ]
    unnoticed = 0
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        copy_tree(folder)
        for guard in chosen:
            begun = time.monotonic()
            test = ORACLE if is_oracle else tests[guard.name]
            missed = is_missed(guard, folder, test)
            seconds = time.monotonic() - begun
            print(f"{'red  ' if missed else 'GREEN'} {guard.name:58} {seconds:5.1f} s  {test}", flush=True)
            unnoticed += not missed
    print(f"{len(chosen) - unnoticed} of {len(chosen)} guards are missed when they are taken away")
    return 1 if unnoticed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
