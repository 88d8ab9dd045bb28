"""Sessions in a process of their own that are killed while they work."""

import os
import subprocess
import sys
import threading
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PATIENCE_SECONDS = 120.0


def run_until_killed(
    home: Path, module: str, *arguments: object, after: str, lives: float
) -> list[list[str]]:
    """Start a module, kill it some seconds after a word, return its lines.

    Parameters
    ----------
    after : str
        With what the line begins that is waited for.
    lives : float
        The seconds that it has then.

    Returns
    -------
    list of list of str
        The words of each whole line.
    """
    program = subprocess.Popen(
        [sys.executable, "-m", module, *map(str, arguments)],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "MEDVIEWER_HOME": str(home), "QT_QPA_PLATFORM": "offscreen"},
        cwd=ROOT,
        start_new_session=True,
    )
    assert program.stdout is not None
    lines: list[str] = []
    has_begun = threading.Event()

    def read() -> None:
        for line in program.stdout or ():
            lines.append(line)
            if line.startswith(after):
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
