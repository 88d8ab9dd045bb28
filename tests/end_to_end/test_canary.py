"""Of a study whose every text is found nowhere else, nothing is on the disk where memory is off."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from medviewer.inference.run_log import verify_log
from tests.gui.test_session_files import canary_study
from tests.kept_on_disk import LOCK

ROOT = Path(__file__).resolve().parents[2]
KNOWN = ("settings.json", "hanging.toml", "medviewer.log", "fault.log")
"""Files that the program may leave: settings, rules without words of a study, logs that name nobody."""


def run_program(memory: str, home: Path, folder: Path) -> None:
    """Run the program with all temporary files below its home."""
    (home / "tmp").mkdir(parents=True, exist_ok=True)
    environment = {
        **os.environ,
        "MEDVIEWER_HOME": str(home),
        "HOME": str(home),
        "TMPDIR": str(home / "tmp"),
        "QT_QPA_PLATFORM": "offscreen",
    }
    command = [sys.executable, "-m", "tests.end_to_end.canary_program", memory, str(folder)]
    done = subprocess.run(command, env=environment, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "CANARY" not in done.stdout + done.stderr


def traces(home: Path, texts: list[str]) -> list[str]:
    """Return the files that hold a text in name or content.

    It is looked for in any encoding that a program may use.
    """
    wanted = [text.encode(encoding) for text in texts for encoding in ("utf-8", "utf-16-le", "utf-16-be")]
    return [
        str(path.relative_to(home))
        for path in sorted(home.rglob("*"))
        if any(text in str(path.relative_to(home)) for text in texts)
        or (path.is_file() and any(text in path.read_bytes() for text in wanted))
    ]


@pytest.mark.parametrize("memory", ["off", pytest.param("switched", marks=pytest.mark.slow)])
def test_with_memory_off_nothing_of_a_study_is_on_the_disk(memory: str, home: Path, tmp_path: Path) -> None:
    folder = tmp_path / "study"
    texts = canary_study(folder)
    run_program(memory, home, folder)
    assert traces(home, texts) == []
    assert {path.name for path in home.rglob("*") if path.is_file()} <= {*KNOWN, LOCK}
    assert {path.read_bytes() for path in home.rglob(LOCK)} <= {b""}
    assert not {path.name for path in home.rglob("*")} & {"annotations", "sessions"}


def test_traces_are_found_in_names_and_in_each_encoding(tmp_path: Path) -> None:
    (tmp_path / "CANARY").mkdir()
    for number, encoding in enumerate(("utf-8", "utf-16-le", "utf-16-be")):
        (tmp_path / str(number)).write_bytes(b"\x00\xff" + "a CANARY sings".encode(encoding))
    (tmp_path / "other").write_bytes(b"sparrow")
    assert traces(tmp_path, ["CANARY"]) == ["0", "1", "2", "CANARY"]


@pytest.mark.slow
def test_with_memory_on_the_same_search_finds_it(home: Path, tmp_path: Path) -> None:
    folder = tmp_path / "study"
    texts = canary_study(folder)
    run_program("on", home, folder)
    assert traces(home, texts) != []
    log = home / "data" / "run-log"
    assert (log / "runs.jsonl").is_file(), "a slice was asked about"
    assert traces(log, texts) == []
    assert verify_log(log).faults == ()
