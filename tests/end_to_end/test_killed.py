"""The program is killed at random moments, and each time the session comes back as it was left."""

import contextlib
import json
import os
import subprocess
import sys
import threading
import time
from itertools import zip_longest
from pathlib import Path
from random import Random
from typing import Any

import pytest

from medviewer.imaging.processing import FIRST_SHOWN
from tests.factories import ct_series

ROOT = Path(__file__).resolve().parents[2]
LAG_SECONDS = 1.0
"""What was done in this time before the kill may be lost; a second is five times what the program takes."""

PATIENCE_SECONDS = 60.0
COME_BACK = 50
FLAGS, PARAMETERS = 5, 6  # their places in a state


def run_until_killed(home: Path, seed: int, folders: list[Path], lives: float) -> tuple[float, list[Any]]:
    """Start the program and kill it so long after it is ready.

    Return when, and what it told.
    """
    environment = {**os.environ, "MEDVIEWER_HOME": str(home), "QT_QPA_PLATFORM": "offscreen"}
    program = subprocess.Popen(
        [sys.executable, "-m", "tests.end_to_end.killed_program", str(seed), *map(str, folders)],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        env=environment,
        cwd=ROOT,
        start_new_session=True,
    )
    assert program.stdout is not None
    lines: list[str] = []
    is_ready = threading.Event()

    def read() -> None:
        for line in program.stdout or ():
            lines.append(line)
            is_ready.set()

    reader = threading.Thread(target=read)
    reader.start()
    is_ready.wait(PATIENCE_SECONDS if lives >= 0 else -lives)
    with contextlib.suppress(subprocess.TimeoutExpired):
        program.wait(max(lives, 0.0))
    killed_at = time.monotonic()
    program.kill()
    program.wait()
    reader.join(PATIENCE_SECONDS)
    program.stdout.close()
    return killed_at, [json.loads(line) for line in lines if line.endswith("\n")]


def is_as_left(restored: Any, left: Any, was_scanning: bool, is_first_due: bool) -> bool:
    """Return whether a state came back.

    What was being opened may be there as a whole.

    Where its first image was to be shown in empty panes, it may have come with the layout of its modality.
    Parameters are kept apart, and may be of another moment.
    """
    restored, left = restored[:PARAMETERS], left[:PARAMETERS]
    if is_first_due and set(left[0]) <= set(restored[0]) and is_first_image(restored[1]):
        return bool(restored[FLAGS][1:] == left[FLAGS][1:])  # all but whether panes are linked
    if was_scanning and set(left[0]) <= set(restored[0]):
        return bool(restored[1:] == left[1:])
    return bool(restored == left)


def is_first_image(panes: Any) -> bool:
    """Return whether panes show one slice as an opening does.

    Each has the processing of its place.
    """
    shown = [pane for pane in panes if pane is not None]
    slices = {tuple(pane[:3]) for pane in shown}
    return len(slices) == 1 and [pane[3] for pane in shown] == list(FIRST_SHOWN[: len(shown)])


def unlike(run: int, restored: Any, as_left: list[Any]) -> str:
    """Return the fields that differ from each of the last states."""
    parts = ("studies", "panes", "layout", "maximized", "focus", "flags", "parameters")
    lines = [f"run {run}"]
    for left, was_scanning, _ in as_left:
        told = [
            f"{part} {back} not {kept}"
            for part, kept, back in zip(parts, left, restored, strict=True)
            if kept != back and part != "panes"
        ]
        told += [
            f"pane {number}: {back} not {kept}"
            for number, (kept, back) in enumerate(zip_longest(left[1], restored[1]))
            if kept != back
        ]
        lines.append(f"scanning {was_scanning}: " + "; ".join(told))
    return "\n".join(lines)


@pytest.mark.slow
def test_after_each_of_fifty_kills_all_comes_back_as_it_was_left(home: Path, tmp_path: Path) -> None:
    folders = []
    for number in range(4):
        folders.append(tmp_path / str(number))
        folders[-1].mkdir()
        who = {
            "PatientName": f"Kill^{number}",
            "PatientID": str(number),
            "StudyInstanceUID": f"1.2.9.{number}",
        }
        ct_series(folders[-1], slices=20, series=f"a{number}", **who)
    random = Random(14)
    as_left: list[Any] = []
    came_back = 0
    run = 0
    while came_back < COME_BACK:
        run += 1
        # one in six is killed while it starts or restores
        lives = -random.uniform(0.3, 3.0) if as_left and run % 6 == 5 else random.uniform(0.0, 4.0)
        killed_at, lines = run_until_killed(home, run, folders, lives)
        if not lines:
            continue  # killed before it was ready: the next one has to bring the same
        if as_left:
            assert lines[0][1] == "restored", f"run {run}"
            assert any(is_as_left(lines[0][2], *left) for left in as_left), unlike(run, lines[0][2], as_left)
            assert lines[0][2][PARAMETERS] in {left[PARAMETERS] for left, *_ in as_left}, f"run {run}"
            came_back += 1
        before = [line[2:] for line in lines if line[0] <= killed_at - LAG_SECONDS][-1:]
        as_left = before + [line[2:] for line in lines if line[0] > killed_at - LAG_SECONDS]
    print(f"{came_back} sessions came back as left, after {run} kills")
