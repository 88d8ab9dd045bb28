"""Every limit is a positive number and is used somewhere.

A limit that nothing reads protects nobody.
"""

import ast
from pathlib import Path

import pytest

from medviewer import limits

PACKAGE = Path(limits.__file__).parent
NAMES = [name for name in vars(limits) if name.isupper() and name not in ("KIB", "MIB", "GIB")]


@pytest.mark.parametrize("name", NAMES)
def test_a_limit_is_positive(name: str) -> None:
    assert getattr(limits, name) > 0


@pytest.mark.parametrize("name", NAMES)
def test_a_limit_is_used(name: str) -> None:
    used = any(
        (isinstance(node, ast.Attribute) and node.attr == name)
        or (isinstance(node, ast.alias) and node.name == name)
        or (isinstance(node, ast.Name) and node.id == name and isinstance(node.ctx, ast.Load))
        for path in PACKAGE.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
    )
    assert used, f"nothing reads limits.{name}"
