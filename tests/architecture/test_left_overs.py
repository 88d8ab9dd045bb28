"""The check that every test runs under must itself be seen to fail."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

PLANTED = """
import os, subprocess, sys, threading
from PySide6.QtCore import QTimer

KEPT = []

def test_thread():
    threading.Thread(target=threading.Event().wait, daemon=True).start()

def test_timer(qtbot):
    KEPT.append(QTimer())
    KEPT[-1].start(100_000)

def test_process():
    KEPT.append(subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE))

def test_shared_memory():
    KEPT.append(os.memfd_create("planted"))

def test_clean(qtbot):
    QTimer().start(100_000)
    threading.Thread(target=print).start()
"""


@pytest.mark.skipif(sys.platform != "linux", reason="memfd is of Linux")
def test_what_a_test_leaves_behind_is_named(tmp_path: Path) -> None:
    planted = tmp_path / "test_planted.py"
    planted.write_text(PLANTED)
    fast = "import tests.left_behind; tests.left_behind.GRACE_SECONDS = 0.05"
    (tmp_path / "conftest.py").write_text(fast)

    ended = subprocess.run(
        [
            sys.executable,
            "-m",
            "pytest",
            "-p",
            "tests.conftest",
            "-p",
            "no:cacheprovider",
            "-q",
            str(planted),
        ],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )

    assert "5 passed, 4 errors" in ended.stdout
    for kind in ("thread Thread-", "of Qt QTimer", "process ", "shared memory descriptor"):
        assert f"left behind: {kind}" in ended.stdout
