"""The files that tell other programs about this one.

Types, hooks, editors.
"""

import re
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
HOOKS = (ROOT / ".pre-commit-config.yaml").read_text("utf-8")


def test_the_wheel_says_that_the_package_has_types() -> None:
    wheel = PROJECT["tool"]["hatch"]["build"]["targets"]["wheel"]
    assert (ROOT / "medviewer" / "py.typed").is_file()
    assert wheel["packages"] == ["medviewer"]
    assert not {"include", "exclude", "only-include"} & set(wheel)  # each file of the package is in it
    ignored = (ROOT / ".gitignore").read_text("utf-8").split()
    assert not {"py.typed", "*.typed"} & set(ignored)


def test_the_hooks_use_the_pinned_formatter() -> None:
    pins = (ROOT / "packaging" / "constraints.txt").read_text("utf-8")
    pinned = re.findall(r"^ruff==(\S+)", pins, re.MULTILINE)
    hooked = re.findall(r"ruff-pre-commit\n\s+rev: v(\S+)", HOOKS)
    assert hooked == pinned


def test_every_hook_of_another_repository_has_a_fixed_revision() -> None:
    parts = HOOKS.split("- repo: ")[1:]
    for part in parts:
        if not part.startswith("local"):
            assert re.search(r"^\s+rev: v\d+\.\d+\.\d+$", part, re.MULTILINE), part


def test_the_project_s_own_hooks_run_what_the_whole_check_runs() -> None:
    bootstrap = (ROOT / "packaging" / "bootstrap.py").read_text("utf-8")
    for entry in re.findall(r"entry: \.venv/bin/(.+)", HOOKS):
        assert entry.split()[-1] in bootstrap


def test_editors_and_the_formatter_agree() -> None:
    text = (ROOT / ".editorconfig").read_text("utf-8")
    assert re.findall(r"^max_line_length = (\d+)$", text, re.MULTILINE) == [
        str(PROJECT["tool"]["ruff"]["line-length"])
    ]


def test_each_test_that_a_table_names_as_proof_exists() -> None:
    page = (ROOT / "docs" / "measure-and-compare.md").read_text("utf-8")
    named = re.findall(r"`([a-z_]+/[a-z_0-9/]+\.py)(?:::(test_[a-z_0-9]+))?`", page)
    rows = [line for line in page.splitlines() if re.match(r"\| [^|]+ \| [●◐]", line)]
    assert len(named) == len(rows) > 30  # each row of ours has its proof
    for file, function in named:
        text = (ROOT / "tests" / file).read_text("utf-8")
        assert f"def {function or 'test_'}" in text, (file, function)
