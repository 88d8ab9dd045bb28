"""Damaged files through the real window objects, in a process of its own.

`window_run.py COUNT FOLDER OUT`.

Each file is opened, its first image is shown in all panes with their processings, the window is grabbed,
and everything is closed again. What became of it is written to OUT as JSON.
"""

import json
import os
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Any

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QEventLoop, QTimer
from PySide6.QtWidgets import QApplication

from medviewer import app
from tests import sample_data
from tests.mutation.mutator import mutated, seeds
from tests.mutation.opening import peak_bytes

MOST_SECONDS = 30  # after which a file counts as one that never came to an end
STEP_MS = 5


class Run:
    """Opens one file after another in one window."""

    def __init__(self) -> None:
        self.program = app.Program("en")
        self.crashes: list[str] = []
        self.program.session.crashed.disconnect()
        self.program.session.crashed.connect(self.crashes.append)
        self.program.window.resize(1200, 800)
        self.program.window.show()

    def open(self, path: Path) -> tuple[str, float]:
        """Return the outcome of a file, and the seconds that it took."""
        session = self.program.session
        started = time.monotonic()
        session.open_paths([path])
        self._wait(lambda: not session.is_scanning, started)
        self._wait(self._is_at_rest, started)
        pane = session.focused
        self.program.window.grab()
        if pane is None:
            end = "refused"
        elif pane.frame is not None:
            end = "shown"
        else:
            end = "failed" if pane.failure else "nothing"
        seconds = time.monotonic() - started
        session.close_all()
        QApplication.processEvents()
        return end, seconds

    def _is_at_rest(self) -> bool:
        session = self.program.session
        pane = session.focused
        if pane is None:
            return True
        if pane.failure:
            return True
        return pane.frame is not None and not any(map(session.busy, range(4)))

    def _wait(self, is_so: Any, started: float) -> None:
        loop, timer = QEventLoop(), QTimer()
        timer.timeout.connect(loop.quit)
        timer.start(STEP_MS)
        while not is_so() and time.monotonic() - started < MOST_SECONDS:
            loop.exec()
        timer.stop()


def main(count: int, folder: Path, out: Path) -> None:
    """Open damaged files and write their outcomes."""
    real = sample_data.shared_data() / "data" / "dicom"
    originals = seeds(*([real] if real.is_dir() else []))
    run = Run()
    ends: Counter[str] = Counter()
    slow: list[tuple[float, str]] = []
    crashed: list[str] = []
    for number in range(count):
        original = originals[number % len(originals)]
        path = folder / f"{number}.dcm"
        path.write_bytes(mutated(number, original.read_bytes()))
        end, seconds = run.open(path)
        ends[end] += 1
        slow.append((round(seconds, 3), f"{number} {original.name}"))
        if run.crashes:
            crashed.append(f"{number} {original.name}: {run.crashes[0]}")
            run.crashes.clear()
        path.unlink()
    parent_bytes = peak_bytes(os.getpid())
    run.program.end()
    slow.sort(reverse=True)
    facts = {"ends": ends, "slowest": slow[:5], "crashed": crashed, "parent_bytes": parent_bytes}
    out.write_text(json.dumps(facts))


if __name__ == "__main__":
    main(int(sys.argv[1]), Path(sys.argv[2]), Path(sys.argv[3]))
