"""Every limit is a positive number and is used somewhere.

A limit that nothing reads protects nobody.
"""

import ast
from functools import cache
from pathlib import Path

import pytest

from medviewer import limits

PACKAGE = Path(limits.__file__).parent
NAMES = [name for name in vars(limits) if name.isupper() and name not in ("KIB", "MIB", "GIB")]


@pytest.mark.parametrize("name", NAMES)
def test_a_limit_is_positive(name: str) -> None:
    assert getattr(limits, name) > 0


@cache
def used_names() -> frozenset[str]:
    """Return the names that the package reads, of each file once."""
    nodes = (node for path in PACKAGE.rglob("*.py") for node in ast.walk(ast.parse(path.read_text("utf-8"))))
    return frozenset(name for node in nodes if (name := _used(node)))


def _used(node: ast.AST) -> str | None:
    match node:
        case ast.Attribute(attr=name) | ast.alias(name=name) | ast.Name(id=name, ctx=ast.Load()):
            return name
    return None


def test_a_name_that_is_only_assigned_is_not_used() -> None:
    kept, read = ast.parse("LIMIT = 3"), ast.parse("from m import LIMIT\nprint(m.LIMIT, LIMIT)")
    assert [_used(node) for node in ast.walk(kept) if isinstance(node, ast.Name)] == [None]
    assert [found for node in ast.walk(read) if (found := _used(node)) == "LIMIT"] == ["LIMIT"] * 3


@pytest.mark.parametrize("name", NAMES)
def test_a_limit_is_used(name: str) -> None:
    assert name in used_names(), f"nothing reads limits.{name}"
