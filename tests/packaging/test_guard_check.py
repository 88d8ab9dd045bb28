"""The table of guards speaks of the sources as they are; to take each guard away is a run of its own."""

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parents[2]


def load(name: str) -> ModuleType:
    path = ROOT / "packaging" / f"{name}.py"
    specification = importlib.util.spec_from_file_location(name, path)
    assert specification is not None
    assert specification.loader is not None
    module = importlib.util.module_from_spec(specification)
    sys.modules[name] = module  # as the script finds what stands beside it
    specification.loader.exec_module(module)
    return module


TABLE, CHECK = load("guards"), load("guard_check")


@pytest.mark.parametrize("guard", TABLE.GUARDS, ids=lambda guard: guard.name)
def test_each_guard_stands_where_the_table_says(guard) -> None:
    source = (ROOT / guard.file).read_text("utf-8")
    assert source.count(guard.there) == 1
    compile(source.replace(guard.there, guard.without), guard.file, "exec")


def test_the_tests_that_must_miss_a_guard_are_there() -> None:
    assert [test for test in CHECK.TESTS if not (ROOT / test).exists()] == []
