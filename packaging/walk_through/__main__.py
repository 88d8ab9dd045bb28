"""Walks through the window as five people would, with pictures.

    python packaging/walk_through FOLDER                    with the phantom: may be published
    python packaging/walk_through FOLDER STUDY ...          with folders of DICOM files
    python packaging/walk_through --size 1920x1080 FOLDER   on a larger screen; 1280x800 without it
    python packaging/walk_through --language zh_CN FOLDER   in Chinese

The program runs on a screen in memory (Xvfb); mouse and keys come through it (xdotool). What is waited for is
seen: controls as a screen reader has them, and a picture at rest. FOLDER gets the pictures and a page
`walk.md` with the time of each step, and what there is to complain about: cut words, small targets, controls
without a name, waiting. Pictures of real studies show patients: keep FOLDER outside the repository.
"""

import argparse
import sys
import tempfile
from pathlib import Path

from measuring import measurer
from people import PEOPLE
from screen import Screen, WalkError, missing_packages, wait_for
from walker import Walker

from medviewer.translation import LANGUAGES, use_language

ROOT = Path(__file__).resolve().parents[2]


def walk(folder: Path, study: Path | None, size: tuple[int, int], language: str) -> int:
    """Let all people walk through one study.

    Return how often something could not be done.
    """
    folder.mkdir(parents=True, exist_ok=True)
    use_language(language)
    with tempfile.TemporaryDirectory(prefix="walk-home-") as home:
        screen = Screen(*size)
        walker = Walker(screen, Path(home), folder, study, language)
        try:
            walker.program.start()
            wait_for(lambda: bool(walker.controls()), "the window")
            walker.resize(*size)
            for person in (*PEOPLE[:-1], measurer, PEOPLE[-1]):
                walker.person = person.__name__
                try:
                    person(walker)
                except WalkError as error:
                    walker.trouble("gave up", error)
                if not walker.program.runs:
                    break
        finally:
            if walker.program.runs:
                walker.program.kill()
            screen.close()
    (folder / "walk.md").write_text(walker.report(), "utf-8")
    troubles = sum(bool(step.trouble) for step in walker.steps)
    print(f"{folder}: {len(walker.steps)} steps, {troubles} could not be done; see walk.md")
    return troubles


def main() -> int:
    """Walk through each study; return the exit status."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("study", type=Path, nargs="*")
    parser.add_argument("--size", default="1280x800", help="of the screen, in pixels")
    parser.add_argument("--language", choices=LANGUAGES, default="en", help="in which the program is used")
    asked = parser.parse_args()
    folder = asked.folder.resolve()
    if missing := missing_packages():
        print(f"not installed: apt-get install {' '.join(missing)}", file=sys.stderr)
        return 2
    if asked.study and ROOT in (folder, *folder.parents):
        print("pictures of real studies go outside the repository only", file=sys.stderr)
        return 2
    width, height = map(int, asked.size.split("x"))
    troubles = 0
    for study in asked.study or [None]:
        troubles += walk(
            folder / (study.name if study else "phantom"),
            study and study.resolve(),
            (width, height),
            asked.language,
        )
    return 1 if troubles else 0


if __name__ == "__main__":
    sys.exit(main())
