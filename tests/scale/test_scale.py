"""Very many files and very long series.

The first image is there early, and memory stays in its bounds.
"""

import json
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from medviewer import limits
from medviewer.dicom.library.index import ScanProgress, scan
from medviewer.dicom.model import Library
from medviewer.dicom.workers.sandbox import Sandbox
from tests.scale.many_files import long_enhanced, long_loop, long_series, mammogram, mixed_studies

ROOT = Path(__file__).resolve().parents[2]
FEW, MANY = 400, 10_000
WINDOW_MB = 400  # of the program itself, with its libraries and its four images, beside the kept frames
WORKER_MB = 300
SECONDS = 900


def _progress(folder: Path) -> list[ScanProgress]:
    with Sandbox() as sandbox:
        return list(scan([folder], sandbox))


def _run(path: Path, stops: int, home: Path) -> dict[str, Any]:
    """Open a study in a window of its own process; return its report."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "MEDVIEWER_HOME": str(home)}
    command = [sys.executable, str(ROOT / "tests" / "scale" / "window_run.py"), str(path), str(stops)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=SECONDS)
    assert done.returncode == 0, done.stderr
    figures: dict[str, Any] = json.loads(done.stdout)
    print(path.name, figures)  # -s shows them
    return figures


def _lists(library: Library) -> dict[str, int]:
    return {
        "images": len({frame.path for stack in library.stacks for frame in stack.frames}),
        "other": len(library.other),
        "refused": len(library.refused),
        "ignored": len(library.ignored),
    }


def _stays_in_memory(figures: dict[str, Any]) -> None:
    assert figures["index"] == figures["frames"] - 1
    assert figures["most_cached_bytes"] <= limits.CACHE_BYTES
    assert figures["peak_mb"] < limits.CACHE_BYTES / limits.MIB + WINDOW_MB
    assert figures["worker_peak_mb"] < WORKER_MB


def test_mixed_studies_are_told_apart_and_counted(tmp_path: Path) -> None:
    made = mixed_studies(tmp_path / "mixed", FEW)
    reports = _progress(tmp_path / "mixed")
    library = reports[-1].library
    assert _lists(library) == {**made, "refused": 0}
    assert [report.files_seen for report in reports] == sorted(report.files_seen for report in reports)
    assert reports[-1].files_seen == sum(made.values()) == reports[-1].files_total
    parts = Counter(stack.identity.modality for stack in library.stacks)
    assert parts == {"CT": 24, "MR": 60, "US": 40}  # the echoes of 30 MR series stand apart


def test_the_first_study_can_be_used_while_the_rest_is_read(tmp_path: Path) -> None:
    mixed_studies(tmp_path / "mixed", FEW)
    with Sandbox() as sandbox:
        scanning = scan([tmp_path / "mixed"], sandbox)
        early = next(report for report in scanning if report.library.stacks)
        frame = sandbox.read_frame(early.library.stacks[0].frames[0])
        assert early.files_seen < FEW / 2
        assert not early.finished
        assert frame.rows == 64
        scanning.close()


def test_a_long_series_stands_in_the_order_of_its_positions(tmp_path: Path) -> None:
    long_series(tmp_path, FEW, side=16)
    (stack,) = _progress(tmp_path)[-1].library.stacks
    assert [frame.position_mm for frame in stack.frames] == [-2.0 * index for index in range(FEW)]
    assert stack.warnings == ()


def test_a_long_enhanced_image_is_turned_round_by_its_positions(tmp_path: Path) -> None:
    (stack,) = _progress(long_enhanced(tmp_path / "enhanced", FEW, side=16).parent)[-1].library.stacks
    assert [frame.frame_number for frame in stack.frames] == list(range(FEW, 0, -1))


def test_a_window_scrolls_through_all_that_was_opened(tmp_path: Path, home: Path) -> None:
    long_series(tmp_path / "series", FEW, side=64)
    figures = _run(tmp_path / "series", 20, home)
    _stays_in_memory(figures)
    assert figures["frames"] == figures["files"] == FEW
    assert figures["last_value"] == FEW - 1
    assert figures["stacks_kept"] == 1


@pytest.mark.slow
def test_ten_thousand_mixed_files(tmp_path: Path, home: Path) -> None:
    made = mixed_studies(tmp_path / "mixed", MANY)
    figures = _run(tmp_path / "mixed", 100, home)
    _stays_in_memory(figures)
    assert figures["files"] == sum(made.values()) == MANY
    assert figures["stacks"] == 124
    assert figures["files_seen_then"] < MANY / 5
    assert figures["stops_while_scanning"] > 2
    assert figures["files_when_cancelled"] < MANY
    assert figures["opening_gap_ms"] < figures["idle_gap_ms"] + 1000


@pytest.mark.slow
def test_a_series_of_ten_thousand_slices(tmp_path: Path, home: Path) -> None:
    long_series(tmp_path / "series", MANY)
    figures = _run(tmp_path / "series", 1000, home)
    _stays_in_memory(figures)
    assert figures["frames"] == MANY
    assert figures["last_value"] == MANY - 1
    assert figures["opening_gap_ms"] < figures["idle_gap_ms"] + 1000


@pytest.mark.slow
def test_files_of_five_thousand_frames(tmp_path: Path, home: Path) -> None:
    for make in (long_loop, long_enhanced):
        figures = _run(make(tmp_path / make.__name__, 5000), 500, home)
        _stays_in_memory(figures)
        assert figures["frames"] == 5000
        assert figures["stacks"] == 1


@pytest.mark.slow
def test_a_mammogram_of_full_size(tmp_path: Path, home: Path) -> None:
    figures = _run(mammogram(tmp_path / "mammogram"), 1, home)
    _stays_in_memory(figures)
    assert figures["frames"] == figures["stacks"] == 1
