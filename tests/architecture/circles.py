"""Circles of imports, found in the source.

Also those under TYPE_CHECKING and inside functions.
"""

import ast
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

Graph = Mapping[str, frozenset[str]]
"""Which modules, or packages, each one imports."""


def imports(root: Path) -> Graph:
    """Return the imports of each module within its own package.

    Imports inside functions and for the type checker count, too.
    """
    files = {_name(path.relative_to(root.parent)): path for path in sorted(root.rglob("*.py"))}
    return {name: frozenset(_imported(name, path, files)) - {name} for name, path in files.items()}


def _name(path: Path) -> str:
    parts = path.with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def _imported(name: str, path: Path, files: Mapping[str, Path]) -> Iterator[str]:
    package = name if path.name == "__init__.py" else name.rpartition(".")[0]
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (one.name for one in node.names if one.name in files)
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                above = package.split(".")[: len(package.split(".")) - node.level + 1]
                base = ".".join([*above, *([node.module] if node.module else [])])
            for one in node.names:
                whole = f"{base}.{one.name}"
                if whole in files:
                    yield whole
                elif base in files:
                    yield base


def between_packages(graph: Graph) -> Graph:
    """Return which neighbors each package or module imports.

    Those that stand in the same package.
    """
    found: dict[str, set[str]] = {}
    for name, targets in graph.items():
        for target in targets:
            one, other = name.split("."), target.split(".")
            shared = next(
                (at for at, (a, b) in enumerate(zip(one, other, strict=False)) if a != b),
                min(len(one), len(other)),
            )
            if shared < min(len(one), len(other)):
                neighbor = ".".join(other[: shared + 1])
                found.setdefault(".".join(one[: shared + 1]), set()).add(neighbor)
                found.setdefault(neighbor, set())
    return {name: frozenset(targets) for name, targets in found.items()}


def circles(graph: Graph) -> list[tuple[str, ...]]:
    """Return the groups in which each one leads to all others.

    [] where imports only lead on.
    """
    reached = {name: _reached(graph, name) for name in graph}
    groups = {
        tuple(sorted(other for other in reached[name] if name in reached.get(other, ())))
        for name in graph
        if name in reached[name]
    }
    return sorted(groups)


def _reached(graph: Graph, name: str) -> set[str]:
    found: set[str] = set()
    ahead: list[Iterable[str]] = [graph[name]]
    while ahead:
        new = set(ahead.pop()) - found
        found |= new
        ahead += [graph.get(one, ()) for one in new]
    return found
