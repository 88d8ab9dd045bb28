"""The table of guards speaks of the sources as they are; to take each guard away is a run of its own."""

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parents[2]


def load() -> ModuleType:
    path = ROOT / "packaging" / "guard_check.py"
    specification = importlib.util.spec_from_file_location("guard_check", path)
    assert specification is not None
    assert specification.loader is not None
    module = importlib.util.module_from_spec(specification)
    sys.modules["guard_check"] = module  # dataclasses look for it
    specification.loader.exec_module(module)
    return module


TABLE = load()


@pytest.mark.parametrize("guard", TABLE.GUARDS, ids=lambda guard: guard.name)
def test_each_guard_stands_where_the_table_says(guard) -> None:
    source = (ROOT / guard.file).read_text("utf-8")
    assert source.count(guard.there) == 1
    compile(source.replace(guard.there, guard.without), guard.file, "exec")


def test_the_tests_that_must_miss_a_guard_are_there() -> None:
    assert [test for test in TABLE.TESTS if not (ROOT / test).exists()] == []
