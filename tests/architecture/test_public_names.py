"""A sub-package lists its public names in its `__init__`.

Others import them from there, and nothing else.
"""

import ast
import importlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.architecture.lints import walked

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "medviewer"


def module_name(file: Path) -> str:
    """Return the dotted name of a file of the package."""
    parts = file.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


FILES = {module_name(file): file for file in PACKAGE.rglob("*.py")}
LISTED = {
    name: file
    for name, file in FILES.items()
    if file.name == "__init__.py" and "lazy_names(" in file.read_text("utf-8")
}


def home(name: str) -> str:
    """Return the listing sub-package that holds a module; "" for none."""
    package = name.rpartition(".")[0]
    return package if package in LISTED or not package else home(package)


INSIDE = {name: home(name) for name in FILES if home(name)}


def imports(source: str) -> Iterator[ast.ImportFrom]:
    """Return every `from ... import` of a file, also inside functions."""
    return (node for node in walked(source) if isinstance(node, ast.ImportFrom) and node.module)


def past_the_list(importer: str, source: str) -> list[str]:
    """Find imports from a file of another sub-package.

    They should be from the sub-package itself.
    """
    own = importer if importer in LISTED else home(importer)
    return [
        f"{importer}: {node.module}"
        for node in imports(source)
        if node.module in INSIDE and INSIDE[node.module] != own
    ]


def asked_for(source: str) -> Iterator[tuple[str, str]]:
    """Yield (sub-package, name) of names asked of a whole sub-package."""
    packages = {
        alias.asname or alias.name: f"{node.module}.{alias.name}"
        for node in imports(source)
        for alias in node.names
        if f"{node.module}.{alias.name}" in LISTED
    }
    for node in walked(source):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id in packages:
            yield packages[node.value.id], node.attr


def stated(file: Path) -> set[str]:
    """Return the names that a sub-package states for the type checker."""
    return {alias.name for node in imports(file.read_text("utf-8")) for alias in node.names} - {
        "TYPE_CHECKING",
        "lazy_names",
    }


def loaded(file: Path) -> set[str]:
    """Return the names that a sub-package loads when they are asked for."""
    call = next(
        node
        for node in walked(file.read_text("utf-8"))
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "lazy_names"
    )
    modules: dict[str, str] = ast.literal_eval(call.args[1])
    return {name for names in modules.values() for name in names.split()}


@pytest.mark.parametrize("package", sorted(LISTED))
def test_a_sub_package_states_what_it_loads(package: str) -> None:
    names = stated(LISTED[package])
    assert names == loaded(LISTED[package])
    found = importlib.import_module(package)
    for name in names:
        assert getattr(found, name) is not None
    with pytest.raises(AttributeError, match="no_such_name"):
        _ = found.no_such_name


def test_every_public_name_is_used_by_others() -> None:
    used = {
        (node.module, alias.name)
        for name, file in FILES.items()
        for node in imports(file.read_text("utf-8"))
        if node.module in LISTED and home(name) != node.module
        for alias in node.names
    }
    used |= {one for file in FILES.values() for one in asked_for(file.read_text("utf-8"))}
    listed = {(package, name) for package, file in LISTED.items() for name in stated(file)}
    assert sorted(listed - used) == []


def test_others_import_from_the_list_only() -> None:
    found = [line for name, file in FILES.items() for line in past_the_list(name, file.read_text("utf-8"))]
    assert found == []


def test_an_import_past_the_list_is_found() -> None:
    planted = "def late():\n    from medviewer.imaging.frame.frame import Frame\n"
    assert past_the_list("medviewer.export.pictures.png", planted)
    assert not past_the_list("medviewer.imaging.frame.voi", planted)
    nested = "from medviewer.viewer.commands.images.undo import UNDO_COMMANDS\n"
    assert past_the_list("medviewer.gui.commands.menus", nested)
    assert not past_the_list("medviewer.viewer.commands.table", nested)
    assert len(LISTED) > 30
