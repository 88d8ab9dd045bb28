"""Windows of the program draw in one study at the same time, or on a full disk, and nothing is lost."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from medviewer import paths
from medviewer.viewer.annotations.store import AnnotationStore
from medviewer.viewer.layouts.rule_file import RuleFile
from medviewer.viewer.memory import annotations_folder
from tests.factories import ct_series

ROOT = Path(__file__).resolve().parents[2]
PATIENCE_SECONDS = 120.0
PAUSE_SECONDS = 0.2  # of the hand between two edits, on the average
BUSY = 5  # so much longer may it take beside other work


def started(home: Path, seed: int, study: Path, edits: int) -> Any:
    """Return a window that waits for the word."""
    program = subprocess.Popen(
        [sys.executable, "-m", "tests.end_to_end.drawing_program", str(seed), str(study), str(edits)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        env={**os.environ, "MEDVIEWER_HOME": str(home), "QT_QPA_PLATFORM": "offscreen"},
        cwd=ROOT,
    )
    assert program.stdout is not None
    assert program.stdout.readline() == "ready\n"
    return program


def ended(programs: list[Any], edits: int) -> list[Any]:
    """Let windows draw at once, and return the report of each."""
    for program in programs:
        program.stdin.write("go\n")
        program.stdin.flush()
    patience = PATIENCE_SECONDS + BUSY * edits * PAUSE_SECONDS
    try:
        said = [program.communicate(timeout=patience)[0] for program in programs]
    finally:
        for program in programs:
            program.kill()  # which does nothing to one that has ended
            program.communicate()
    assert [program.returncode for program in programs] == [0] * len(programs)
    return [json.loads(one.splitlines()[-1]) for one in said]


def study_in(folder: Path) -> Path:
    folder.mkdir()
    ct_series(folder, slices=6, StudyInstanceUID="1.2.9.77", PatientID="77")
    return folder


def in_file() -> list[list[str]]:
    """Return ids and texts of the only study's annotations."""
    (found,) = AnnotationStore("1.2.9.77").load()  # also what a window left beside the file at its end
    return sorted([one.id, one.text] for one in found.annotations)


@pytest.mark.parametrize("edits", [40, pytest.param(600, marks=pytest.mark.slow)])
def test_two_windows_that_draw_in_one_study_lose_nothing_of_each_other(
    home: Path, tmp_path: Path, edits: int
) -> None:
    study = study_in(tmp_path / "study")
    found = ended([started(home, seed, study, edits) for seed in (1, 2)], edits)
    assert all(own for own, _, _ in found)
    said = [one[2] for one in found]
    assert in_file() == sorted([*found[0][0], *found[1][0]]), said
    layouts = sum(count for _, count, _ in found)
    assert layouts > 0
    assert len({rule.name for rule in RuleFile().rules}) == layouts
    assert [path.name for path in annotations_folder().iterdir() if ".bad" in path.name] == []
    assert not list(paths.user_folder("config").glob("*.bad*"))


@pytest.mark.skipif(sys.platform != "linux", reason="limits of another process can be changed on Linux only")
def test_a_disk_that_is_full_for_a_while_is_told_of_and_loses_nothing(home: Path, tmp_path: Path) -> None:
    import resource

    with started(home, 3, study_in(tmp_path / "study"), 50) as program:
        program.stdin.write("go\n")
        program.stdin.flush()
        for line in program.stdout:
            if line in ("40\n", "20\n"):  # no file can be written, then any
                most = 0 if line == "40\n" else resource.RLIM_INFINITY
                resource.prlimit(program.pid, resource.RLIMIT_FSIZE, (most, resource.RLIM_INFINITY))
    assert program.returncode == 0
    own, layouts, said = json.loads(line)
    assert any("Drawings and key images are not saved yet" in sentence for sentence in said)
    assert in_file() == own
    assert len(RuleFile().rules) == layouts
    assert [path.name for path in annotations_folder().iterdir() if path.suffix not in ("", ".json")] == []
