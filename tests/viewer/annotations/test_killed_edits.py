"""A session of edits is killed at random moments, and nothing that was confirmed is ever lost."""

import os
import subprocess
import sys
import threading
import time
from pathlib import Path
from random import Random

import pytest

ROOT = Path(__file__).resolve().parents[3]
PATIENCE_SECONDS = 60.0
STUDY = "1.2.826.0.1.4711"


def run_until_killed(home: Path, seed: int, lives: float) -> list[list[str]]:
    """Start the edits, kill them some time later, return their words."""
    program = subprocess.Popen(
        [sys.executable, "-m", "tests.viewer.annotations.edited_until_killed", str(seed), STUDY],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "MEDVIEWER_HOME": str(home)},
        cwd=ROOT,
    )
    assert program.stdout is not None
    lines: list[str] = []
    has_begun = threading.Event()

    def read() -> None:
        for line in program.stdout or ():
            lines.append(line)
            if line.startswith("tried"):
                has_begun.set()

    reader = threading.Thread(target=read)
    reader.start()
    try:
        assert has_begun.wait(PATIENCE_SECONDS)
        until = time.monotonic() + lives
        while time.monotonic() < until:
            program.poll()
    finally:  # also where it did not begin: nothing stays behind a failure
        program.kill()
        program.wait()
        reader.join(PATIENCE_SECONDS)
        program.stdout.close()
    return [line.split() for line in lines if line.endswith("\n")]


@pytest.mark.parametrize("kills", [4, pytest.param(100, marks=pytest.mark.slow)])
def test_nothing_confirmed_is_lost_when_the_session_is_killed(tmp_path: Path, kills: int) -> None:
    chance, allowed = Random(15), set[str]()
    confirmed = 0
    for run in range(kills):
        told = run_until_killed(tmp_path, run, chance.uniform(0.0, 0.4))
        opened, *rest = told
        assert opened[0] == "opened", f"run {run}: the file was damaged"
        # what is there is what was confirmed last, or what was being written then
        assert not allowed or opened[1] in allowed, f"run {run}: a confirmed edit is lost"
        allowed = {opened[1]}
        for what, state in rest:
            allowed = {state} if what == "confirmed" else allowed | {state}
            confirmed += what == "confirmed"
    assert confirmed > kills
