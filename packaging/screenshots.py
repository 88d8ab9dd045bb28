"""Takes images of the window, to be looked at and for the README.

    python packaging/screenshots.py FOLDER              the phantom, in both languages: may be published
    python packaging/screenshots.py FOLDER STUDY ...    studies of real patients: only into private/

Each image is taken by a process of its own. Needs a display; without one it is taken off screen.
"""

import os
import subprocess
import sys
from pathlib import Path

from PySide6.QtCore import QBuffer, QByteArray, QEventLoop, QIODevice, QTimer
from PySide6.QtGui import QImageWriter

from medviewer.app import Program
from medviewer.storage import atomic_write

ROOT = Path(__file__).resolve().parent.parent
PRIVATE = ROOT / "private"
LANGUAGES = ("en", "zh_CN")
SIZES = ((1600, 1000), (1280, 800))
LONGEST_SECONDS = 60
STEP_MS = 50
QUIET_STEPS = 8  # the image is taken when nothing has been busy for so long


def take(target: Path, language: str, size: tuple[int, int], study: Path | None) -> None:
    """Write an image of the window with a classified middle slice.

    The study is one of files, or the phantom.
    """
    program = Program(language)
    session, window = program.session, program.window
    window.resize(*size)
    program.show()
    if study is None:
        session.open_demo()
    else:
        session.open_paths([study])
    _settle(program)
    session.classify()
    _settle(program)
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    QImageWriter(buffer, QByteArray(b"png")).write(window.grab().toImage())
    target.parent.mkdir(parents=True, exist_ok=True)
    atomic_write(target, bytes(buffer.data().data()))
    program.end()


def _settle(program: Program) -> None:
    session = program.session
    quiet = 0
    for _ in range(LONGEST_SECONDS * 1000 // STEP_MS):
        loop = QEventLoop()
        QTimer.singleShot(STEP_MS, loop.quit)
        loop.exec()
        busy = session.is_scanning or session.is_classifying or any(map(session.busy, range(4)))
        quiet = 0 if busy else quiet + 1
        if quiet >= QUIET_STEPS:
            return


def main(arguments: list[str]) -> int:
    """Take all images, one process for each; return the exit status."""
    if arguments[:1] == ["--one"]:
        target, language, width, height, *study = arguments[1:]
        take(Path(target), language, (int(width), int(height)), Path(study[0]) if study else None)
        return 0
    if not arguments:
        print(__doc__, file=sys.stderr)
        return 2
    folder, studies = Path(arguments[0]).resolve(), [Path(name) for name in arguments[1:]]
    if studies and PRIVATE not in (folder, *folder.parents):
        print(f"pictures of real studies go below {PRIVATE} only", file=sys.stderr)
        return 2
    status = 0
    for study in studies or [None]:
        for language in LANGUAGES:
            for width, height in SIZES:
                name = f"{study.name if study else 'phantom'}-{language}-{width}x{height}.png"
                job = [
                    sys.executable,
                    __file__,
                    "--one",
                    str(folder / name),
                    language,
                    str(width),
                    str(height),
                ]
                ended = subprocess.run([*job, *([str(study)] if study else [])], env=os.environ, check=False)
                status = status or ended.returncode
    return status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
