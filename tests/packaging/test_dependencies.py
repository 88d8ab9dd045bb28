"""The dependencies of the program.

Pinned with hashes, free of what is known to be bad, and billed.
"""

import hashlib
import importlib.metadata
import importlib.util
import json
import os
import re
import stat
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

ROOT = Path(__file__).resolve().parents[2]
FLOORS = tomllib.loads((ROOT / "packaging" / "floors.toml").read_text("utf-8"))
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
SYSTEMS = [
    ("linux", "Linux", "x86_64", "posix"),
    ("linux", "Linux", "aarch64", "posix"),
    ("darwin", "Darwin", "arm64", "posix"),
    ("win32", "Windows", "AMD64", "nt"),
]
ENVIRONMENTS = [
    {
        "python_version": python,
        "python_full_version": f"{python}.0",
        "sys_platform": platform,
        "platform_system": system,
        "platform_machine": machine,
        "os_name": name,
        "implementation_name": "cpython",
        "platform_python_implementation": "CPython",
    }
    for python in ("3.11", "3.12", "3.13", "3.14")
    for platform, system, machine, name in SYSTEMS
]


def load() -> ModuleType:
    specification = importlib.util.spec_from_file_location(
        "dependencies", ROOT / "packaging" / "dependencies.py"
    )
    assert specification is not None
    assert specification.loader is not None
    module = importlib.util.module_from_spec(specification)
    sys.modules["dependencies"] = module
    specification.loader.exec_module(module)
    return module


dependencies = load()
PINS = dependencies.pins()
VERSIONS = {canonicalize_name(pin.name): Version(pin.version) for pin in PINS}
BILL = json.loads((ROOT / "packaging" / "sbom.json").read_text("utf-8"))


def stated() -> list[str]:
    """Return the project's requirements of today.

    They may differ from those when it was installed.
    """
    extras = PROJECT["optional-dependencies"]
    wanted = [f'{line}; extra == "{extra}"' for extra, lines in extras.items() for line in lines]
    return [*PROJECT["dependencies"], *wanted]


def asked_for() -> Iterator[tuple[str, Requirement]]:
    """Yield all requirements from the project on, on supported systems."""
    waiting = [("medviewer", frozenset({"", "train", "cluster", "dev", "test"}))]
    seen = set()
    while waiting:
        name, extras = waiting.pop()
        if (name, extras) in seen:
            continue
        seen.add((name, extras))
        try:
            lines = stated() if name == "medviewer" else importlib.metadata.requires(name) or []
        except importlib.metadata.PackageNotFoundError:  # asked for on another system
            continue
        for requirement in map(Requirement, lines):
            if requirement.marker is None or any(
                requirement.marker.evaluate({**environment, "extra": extra})
                for environment in ENVIRONMENTS
                for extra in extras
            ):
                yield name, requirement
                waiting.append((canonicalize_name(requirement.name), frozenset({"", *requirement.extras})))


def test_all_that_any_system_needs_is_pinned_at_a_version_that_fits() -> None:
    asked = [(who, what) for who, what in asked_for() if canonicalize_name(what.name) != "medviewer"]
    assert {canonicalize_name(what.name) for _, what in asked} >= {"torch", "ruff", "onnxscript", "colorama"}
    unmet = [
        f"{who}: {what}"
        for who, what in asked
        if (version := VERSIONS.get(canonicalize_name(what.name))) is None
        or not what.specifier.contains(str(version), prereleases=True)
    ]
    assert unmet == []


def test_each_pin_has_the_hashes_of_its_wheels_and_stands_in_one_part() -> None:
    assert {pin.part for pin in PINS} == {
        "build",
        "torch",
        "torch-cpu",
        "torch-cuda",
        "program",
        "train",
        "cluster",
        "dev",
    }
    names = [canonicalize_name(pin.name) for pin in PINS if "+" not in pin.version]
    assert len(names) == len(set(names))
    for pin in PINS:
        assert pin.hashes, pin.name
        assert len(set(pin.hashes)) == len(pin.hashes)


def test_what_the_program_needs_is_in_the_part_of_the_program() -> None:
    part = {canonicalize_name(pin.name): pin.part for pin in PINS if "+" not in pin.version}
    needed = {canonicalize_name(Requirement(line).name) for line in PROJECT["dependencies"]}
    assert {part[name] for name in needed} <= {"program", "torch"}
    trained = {
        canonicalize_name(Requirement(line).name) for line in PROJECT["optional-dependencies"]["train"]
    }
    assert {part[name] for name in trained} <= {"program", "train"}


@pytest.mark.parametrize("name", FLOORS)
def test_nothing_is_pinned_or_allowed_that_is_known_to_be_bad(name: str) -> None:
    floor, known = FLOORS[name]
    assert VERSIONS[canonicalize_name(name)] >= Version(floor), known
    lists = [PROJECT["dependencies"], *PROJECT["optional-dependencies"].values()]
    for requirement in (Requirement(line) for lines in lists for line in lines):
        if canonicalize_name(requirement.name) == name:
            lowest = [Version(one.version) for one in requirement.specifier if one.operator == ">="]
            assert lowest, requirement
            assert max(lowest) >= Version(floor), known


def test_the_bill_lists_what_is_pinned_and_nothing_else() -> None:
    billed = {part["purl"] for part in BILL["components"] if part["type"] == "library"}
    assert billed == {
        f"pkg:pypi/{canonicalize_name(pin.name)}@{pin.version}" for pin in PINS if "+" not in pin.version
    }
    assert BILL["bomFormat"] == "CycloneDX"
    references = {part["bom-ref"] for part in BILL["components"]} | {"medviewer"}
    for line in BILL["dependencies"]:
        assert {line["ref"], *line["dependsOn"]} <= references
    direct = next(line["dependsOn"] for line in BILL["dependencies"] if line["ref"] == "medviewer")
    assert any("onnxruntime" in reference for reference in direct)


def test_the_bill_holds_each_bundled_model_as_it_is() -> None:
    billed = {part["name"]: part for part in BILL["components"] if part["type"] == "machine-learning-model"}
    folders = [card.parent for card in (ROOT / "resources" / "models").glob("*/card.toml")]
    assert set(billed) == {folder.name for folder in folders}
    for folder in folders:
        for file in billed[folder.name]["components"]:
            content = (folder / file["name"]).read_bytes()
            assert file["hashes"] == [{"alg": "SHA-256", "content": hashlib.sha256(content).hexdigest()}]


def test_the_bill_is_what_the_script_writes() -> None:
    again = dependencies.bill()
    assert again["metadata"] == BILL["metadata"]
    assert [part["bom-ref"] for part in again["components"]] == [
        part["bom-ref"] for part in BILL["components"]
    ]


def test_the_list_of_what_wheels_hold_is_of_the_pinned_wheels() -> None:
    wheels = tomllib.loads((ROOT / "packaging" / "inside_wheels.toml").read_text("utf-8"))["wheel"]
    pinned = {(pin.name, pin.version) for pin in PINS}
    assert [wheel["name"] for wheel in wheels if (wheel["name"], wheel["version"]) not in pinned] == []
    inside = {part["name"] for part in BILL["components"] if part.get("components")}
    assert {wheel["name"] for wheel in wheels} <= inside


@pytest.mark.parametrize(
    ("name", "supported"),
    [
        ("a-1.0-py3-none-any.whl", True),
        ("a-1.0-cp311-cp311-manylinux_2_28_x86_64.whl", True),
        ("a-1.0-cp39-abi3-macosx_11_0_arm64.whl", True),
        ("a-1.0-cp314-cp314-win_amd64.whl", True),
        ("a-1.0-cp310-cp310-manylinux_2_28_x86_64.whl", False),
        ("a-1.0-cp314-cp314t-manylinux_2_28_x86_64.whl", False),
        ("a-1.0-cp311-cp311-musllinux_1_2_x86_64.whl", False),
        ("a-1.0-cp311-cp311-win32.whl", False),
        ("a-1.0-pp311-pypy311_pp73-manylinux_2_28_x86_64.whl", False),
        ("a-1.1-py3-none-any.whl", False),
    ],
)
def test_hashes_are_taken_of_the_wheels_that_may_be_installed(name: str, supported: bool) -> None:
    assert dependencies.is_supported(name, "1.0") == supported


@pytest.fixture
def auditor(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Put a folder on the PATH for a pip-audit of the test's own."""
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}/usr/bin{os.pathsep}/bin")
    return tmp_path / "pip-audit"


def write_auditor(path: Path, knows: str, answer: int) -> None:
    path.write_text(
        f"#!{sys.executable}\nimport sys\ntext = open(sys.argv[-1]).read()\n"
        f"if text.strip() == 'pydicom==3.0.1':\n    print({knows!r}); sys.exit(1 if {knows!r} else 0)\n"
        f"assert '--strict' in sys.argv and 'torch==' in text and '+' not in text\nsys.exit({answer})\n"
    )
    path.chmod(stat.S_IRWXU)


@pytest.mark.skipif(os.name == "nt", reason="a script as a program")
def test_an_audit_that_knows_nothing_is_none(auditor: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert dependencies.main(["audit"]) == 2
    assert "pip-audit is not here" in capsys.readouterr().err
    write_auditor(auditor, "", 0)  # as it answers where its index has no data
    assert dependencies.main(["audit"]) == 2
    assert "Nothing was audited" in capsys.readouterr().err


@pytest.mark.skipif(os.name == "nt", reason="a script as a program")
@pytest.mark.parametrize("answer", [0, 1])
def test_an_audit_ends_as_its_source_says(auditor: Path, answer: int) -> None:
    write_auditor(auditor, "pydicom 3.0.1 CVE-2026-32711", answer)
    assert dependencies.main(["audit"]) == answer


def test_the_hashes_are_wanted_by_the_set_up() -> None:
    source = (ROOT / "packaging" / "bootstrap.py").read_text("utf-8")
    assert re.findall(r'"--[a-z-]*hashes"', source) == ['"--require-hashes"']


def test_the_bill_holds_each_bundled_font_and_the_gate_as_they_are() -> None:
    billed = [
        file for part in BILL["components"] if part["type"] == "data" for file in part.get("components", [])
    ]
    resources = ROOT / "resources"
    files = {
        path.name: path for path in (*(resources / "fonts").glob("*.otf"), *(resources / "gate").iterdir())
    }
    assert {file["name"] for file in billed} == set(files)
    for file in billed:
        content = files[file["name"]].read_bytes()
        assert file["hashes"] == [{"alg": "SHA-256", "content": hashlib.sha256(content).hexdigest()}]
