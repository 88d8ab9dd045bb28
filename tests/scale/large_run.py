"""Opens or exports one file in a process of its own, and says as JSON what that took.

python tests/scale/large_run.py window|export|render FILE FOLDER
"""

import json
import os
import sys
import time
from pathlib import Path
from typing import Any

SECONDS = 240.0


def peak_mb() -> float:
    """Return the most memory of this process so far (proc(5)).

    That of the process that started this one is left out.
    """
    lines = Path("/proc/self/status").read_text("ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM:")) / 1024


def window(path: Path) -> dict[str, Any]:
    """Show a file in all panes, then at one to one and whole again."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from PySide6.QtCore import QTimer
    from PySide6.QtWidgets import QApplication

    from medviewer.dicom.workers.sandbox import Sandbox
    from medviewer.gui.session.session import ViewerSession
    from medviewer.gui.window.main_window import MainWindow
    from medviewer.viewer.state.freshness import is_current

    application = QApplication([])
    sandbox = Sandbox()
    sandbox.start()
    session = ViewerSession(sandbox)
    shown = MainWindow(session)
    crashes: list[str] = []
    session.crashed.connect(crashes.append)
    shown.resize(1280, 800)
    shown.show()
    application.processEvents()
    before, began = peak_mb(), time.monotonic()

    def is_done() -> bool:
        panes = session.state.panes
        return not session.is_scanning and all(
            pane is not None
            and (pane.failure or session.refusal(number) or is_current(pane, session.processed(number)))
            and not session.busy(number)
            for number, pane in enumerate(panes)
        )

    def look() -> None:
        if is_done() or time.monotonic() - began > SECONDS:
            application.quit()

    timer = QTimer()
    timer.timeout.connect(look)
    timer.start(20)
    session.open_paths([path])
    application.exec()
    seconds = time.monotonic() - began
    for step in (shown.panes.one_to_one, shown.panes.fit):
        step()
        shown.grab()
    pane = shown.panes.panes[0]
    found = {
        "seconds": seconds,
        "before_mb": before,
        "done": is_done(),
        "shows": bool(pane.view.has_image),
        "failure": str(pane.state.failure or "") if pane.state is not None else "closed",
        "middles": [one.view.text.middle for one in shown.panes.panes],
        "crashes": crashes,
    }
    shown.close()
    session.shutdown()
    return found


def command(name: str, path: Path, folder: Path) -> dict[str, Any]:
    """Run a command on a file."""
    from medviewer.cli import main

    options = {"export": ["--format", "png", "-o", str(folder)], "render": ["-o", str(folder / "a.png")]}
    before, began = peak_mb(), time.monotonic()
    code = main([name, str(path), *options[name]])
    return {"seconds": time.monotonic() - began, "before_mb": before, "code": code}


def run(how: str, path: Path, folder: Path) -> None:
    found = window(path) if how == "window" else command(how, path, folder)
    print(json.dumps({**found, "peak_mb": peak_mb()}))


if __name__ == "__main__":
    run(sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]))
