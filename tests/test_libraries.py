"""Libraries are silenced before they are loaded, whatever the environment says and on every way in."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path
from types import SimpleNamespace

import pytest

from medviewer import libraries

WAYS = [
    "medviewer",
    "medviewer.cli",
    "medviewer.dicom.reading.worker",
    "medviewer.inference.engines.pack_worker",
    "tests.conftest",
]


@pytest.mark.parametrize("way", WAYS)
def test_each_way_in_silences_them(way: str) -> None:
    said = subprocess.run(
        [sys.executable, "-c", f"import {way}, os; print(os.environ['ORT_DISABLE_TELEMETRY'])"],
        capture_output=True,
        text=True,
        check=True,
        cwd=Path(__file__).resolve().parents[1],
        env={**os.environ, "ORT_DISABLE_TELEMETRY": "0"},
    )
    assert said.stdout.strip() == "1"


@pytest.mark.parametrize(("said_before", "timeout"), [({}, "4"), ({"OPENBLAS_THREAD_TIMEOUT": "20"}, "20")])
def test_idle_threads_of_numpy_sleep_unless_a_user_said_otherwise(
    said_before: dict[str, str], timeout: str
) -> None:
    others = {name: value for name, value in os.environ.items() if name != "OPENBLAS_THREAD_TIMEOUT"}
    said = subprocess.run(
        [sys.executable, "-c", "import medviewer, os; print(os.environ['OPENBLAS_THREAD_TIMEOUT'])"],
        capture_output=True,
        text=True,
        check=True,
        cwd=Path(__file__).resolve().parents[1],
        env={**others, **said_before},
    )
    assert said.stdout.strip() == timeout


def test_onnxruntime_is_told_to_be_silent_by_its_own_means_too(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    stands_for = SimpleNamespace(disable_telemetry_events=lambda: asked.append("silent"))
    monkeypatch.setitem(sys.modules, "onnxruntime", stands_for)
    assert libraries.load_onnxruntime() is stands_for
    assert asked == ["silent"]


def test_caches_lie_in_the_own_folder(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "environ", dict(os.environ))
    libraries.keep_caches()
    for variable in libraries.CACHES:
        assert Path(os.environ[variable]).parent == home / "cache"
    assert not (home / "cache").exists(), "nothing is made before it is needed"


def test_temporary_files_lie_in_the_own_folder_or_where_the_system_has_them(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    libraries.keep_temporary_files()
    assert Path(tempfile.gettempdir()) == home / "cache" / "temporary"
    (home / "file").write_text("")
    monkeypatch.setenv("MEDVIEWER_HOME", str(home / "file"))
    monkeypatch.setattr(tempfile, "tempdir", None)
    libraries.keep_temporary_files()
    assert Path(tempfile.gettempdir()).is_dir()
    assert not Path(tempfile.gettempdir()).is_relative_to(home)
