"""Every import contract must be seen to break.

A contract that names a wrong module never fires.
"""

import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SETTINGS = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"]
NAMES = {contract["id"]: contract["name"] for contract in SETTINGS["contracts"]}

PLANTED = [
    ("layers", "imaging", "medviewer.dicom"),
    ("layers", "dicom", "medviewer.inference"),
    ("layers", "inference", "medviewer.dicom"),
    ("layers", "export", "medviewer.gui"),
    ("layers", "training", "medviewer.gui"),
    ("imaging", "imaging", "pydicom"),
    ("imaging", "imaging", "torch"),
    ("imaging", "imaging", "PySide6"),
    ("imaging", "imaging", "matplotlib"),
    ("dicom", "dicom", "PySide6"),
    ("dicom", "dicom", "matplotlib"),
    ("inference", "inference", "pydicom"),
    ("inference", "inference", "PySide6"),
    ("inference", "inference", "matplotlib"),
    ("cryptography", "viewer", "cryptography"),
    ("export", "export", "torch"),
    ("export", "export", "PySide6"),
    ("export", "export", "matplotlib"),
    ("gui", "gui", "cv2"),
    ("gui", "gui", "medviewer.training"),
    ("gui", "gui", "matplotlib"),
    ("training", "training", "PySide6"),
    ("layers", "viewer", "medviewer.export"),
    ("viewer", "viewer", "PySide6"),
    ("viewer", "viewer", "cv2"),
    ("core-without-qt", "settings", "PySide6"),
]


@pytest.fixture(scope="module")
def sections(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Return the linter's words on each contract.

    They are about a copy of the package with a violation of every contract.
    """
    copy = tmp_path_factory.mktemp("planted")
    shutil.copytree(ROOT / "medviewer", copy / "medviewer", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", copy)
    (copy / "medviewer" / "unplaced.py").write_text('"""A module that stands in no layer."""\n')
    for _, place, target in PLANTED:
        folder = copy / "medviewer" / place
        file = folder / "planted.py" if folder.is_dir() else folder.with_suffix(".py")
        with file.open("a") as planted:
            planted.write(f"\nimport {target}\n")
    ended = subprocess.run(
        [
            sys.executable,
            "-c",
            "from importlinter.cli import lint_imports_command as run; run()",
            "--no-cache",
        ],
        cwd=copy,
        env={"PYTHONPATH": str(copy), "PATH": "", "COLUMNS": "400", "PYTHONIOENCODING": "utf-8"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert "Broken contracts" in ended.stdout, ended.stdout + ended.stderr
    verdicts, broken = ended.stdout.split("Broken contracts", 1)
    parts = re.split(
        rf"^({'|'.join(re.escape(name) for name in NAMES.values())})$", broken, flags=re.MULTILINE
    )
    texts = dict(zip(parts[1::2], parts[2::2], strict=True))
    assert "KEPT" not in verdicts, f"a contract was kept: {verdicts}"
    return {identifier: texts.get(name, "") for identifier, name in NAMES.items()}


@pytest.mark.parametrize(("contract", "place", "target"), PLANTED)
def test_a_planted_import_breaks_its_contract(
    sections: dict[str, str], contract: str, place: str, target: str
) -> None:
    module = f"medviewer.{place}"
    planted = f"{module}.planted" if (ROOT / "medviewer" / place).is_dir() else module
    assert f"{planted} -> {target} " in sections[contract]


def test_a_module_without_a_layer_breaks_the_layers(sections: dict[str, str]) -> None:
    assert "medviewer.unplaced" in sections["layers"]


def test_every_contract_has_a_planted_violation() -> None:
    assert {contract for contract, _, _ in PLANTED} == set(NAMES)


@pytest.mark.parametrize(
    ("module", "unwanted"),
    [
        ("medviewer.cli", ("torch", "onnxruntime", "PySide6", "pydicom", "cv2", "numpy", "logging.handlers")),
        ("medviewer.cli.studies.info", ("numpy", "pydicom", "cv2", "torch", "onnxruntime")),
        ("medviewer.dicom.library.index", ("numpy", "pydicom", "cv2")),
        ("medviewer.dicom.reading.worker", ("numpy", "pydicom", "cv2", "imagecodecs")),
        ("medviewer.inference.pack.card", ("torch", "onnxruntime", "cv2")),
        ("medviewer.export", ("torch", "onnxruntime", "PySide6")),
        (
            "medviewer.gui.window.main_window",
            ("torch", "onnxruntime", "pydicom", "cv2", "scipy", "skimage", "pyqtgraph", "PySide6.QtTest"),
        ),
        (
            "medviewer.app",
            ("torch", "onnxruntime", "pydicom", "cv2", "scipy", "skimage", "pyqtgraph", "PySide6.QtTest"),
        ),
    ],
)
def test_importing_does_not_load_what_is_not_needed_yet(module: str, unwanted: tuple[str, ...]) -> None:
    code = f"import sys, {module}; print(*(name for name in {unwanted!r} if name in sys.modules))"
    ended = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True, cwd=ROOT
    )
    assert ended.stdout.strip() == ""
