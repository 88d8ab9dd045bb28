"""Damaged files never bring the window down, keep it busy without end, or take the machine's memory."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from medviewer import limits

ROOT = Path(__file__).resolve().parents[2]
FEW, MANY = 40, 2_000
SECONDS = 10


def run(count: int, folder: Path) -> dict[str, Any]:
    """Open so many damaged files in the real window, in a process of its own."""
    out = folder / "out.json"
    command = [sys.executable, "-P", "-m", "tests.mutation.window_run", str(count), str(folder), str(out)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "QT_QPA_PLATFORM": "offscreen"}
    environment |= {"MEDVIEWER_HOME": str(folder / "home"), "QT_LOGGING_RULES": "default.warning=false"}
    subprocess.run(command, check=True, cwd=ROOT, env=environment)
    facts: dict[str, Any] = json.loads(out.read_text())
    return facts


def check(facts: dict[str, Any], count: int) -> None:
    assert facts["crashed"] == []
    assert sum(facts["ends"].values()) == count
    assert facts["ends"].get("nothing", 0) == 0, "each is shown, or says why it is not"
    assert facts["ends"]["shown"] > count / 20
    assert facts["slowest"][0][0] < SECONDS, facts["slowest"]
    assert facts["parent_bytes"] < limits.CACHE_BYTES + limits.FRAME_COPIES_BYTES


def test_damaged_files_end_in_an_image_or_a_reason_in_the_window(tmp_path: Path) -> None:
    check(run(FEW, tmp_path), FEW)


@pytest.mark.slow
def test_two_thousand_damaged_files_do_so(tmp_path: Path) -> None:
    facts = run(MANY, tmp_path)
    print(facts)
    check(facts, MANY)
