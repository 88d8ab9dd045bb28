"""Private members that tests reach.

A name with an underscore of something that is not their own.
"""

import ast
import re
from collections.abc import Iterator

PUBLIC = {
    "_replace": "of named tuples",
    "_asdict": "of named tuples",
    "_fields": "of named tuples",
    "_make": "of named tuples",
    "_exit": "of os",
    "_DummyThread": "of threading, which has no other word for a thread that something else began",
}
"""Names with an underscore that anybody may use, and whose they are."""

OWN = frozenset({"self", "cls"})
PRIVATE = re.compile(r"[.'\"]\s*_(?!_)")
"""A point or a quotation mark before a name with an underscore."""
BY_NAME = ("getattr", "setattr", "delattr")


def private_members(source: str) -> Iterator[str]:
    """Yield the private members that a source reaches or replaces."""
    if not PRIVATE.search(source):  # most files are not parsed for it
        return
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Attribute) and _is_private(node.attr):
            if not (isinstance(node.value, ast.Name) and node.value.id in OWN):
                yield ast.unparse(node)
        elif isinstance(node, ast.Call) and _name(node.func).endswith(BY_NAME):
            for given in node.args:
                if isinstance(given, ast.Constant) and isinstance(given.value, str):
                    name = given.value.rpartition(".")[2]
                    if _is_private(name):
                        yield name


def _name(function: ast.expr) -> str:
    return getattr(function, "attr", getattr(function, "id", ""))


def _is_private(name: str) -> bool:
    return name.startswith("_") and not name.startswith("__") and name not in PUBLIC
