"""No modules and no packages import each other in a circle.

Circles that are planted are found.
"""

from pathlib import Path

import pytest

from tests.architecture.circles import between_packages, circles, imports

ROOT = Path(__file__).resolve().parents[2]


def test_no_modules_import_each_other() -> None:
    assert circles(imports(ROOT / "medviewer")) == []


def test_no_packages_import_each_other() -> None:
    assert circles(between_packages(imports(ROOT / "medviewer"))) == []


@pytest.mark.parametrize(
    "back",
    [
        "from toy.one import first",
        "from toy.one.first import value",
        "import toy.one.first",
        "from ..one import first",
        "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from toy.one.first import value",
        "def f():\n    from toy.one.first import value",
    ],
)
def test_circles_are_found(back: str, tmp_path: Path) -> None:
    files = {
        "one/first.py": "from toy.two.second import value\n",
        "two/second.py": f"{back}\n",
        "two/alone.py": "import toy.two.second\n",
    }
    for name in ("__init__.py", "one/__init__.py", "two/__init__.py"):
        files[name] = ""
    for name, text in files.items():
        path = tmp_path / "toy" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    graph = imports(tmp_path / "toy")
    assert circles(graph) == [("toy.one.first", "toy.two.second")]
    assert circles(between_packages(graph)) == [("toy.one", "toy.two")]


def test_packages_that_lead_back_over_others_are_a_circle(tmp_path: Path) -> None:
    for name, target in (("one", "two"), ("two", "three"), ("three", "one")):
        folder = tmp_path / "toy" / name
        folder.mkdir(parents=True)
        (folder / "__init__.py").write_text("")
        (folder / "a.py").write_text("")
        (folder / "b.py").write_text(f"import toy.{target}.a\n")
    (tmp_path / "toy" / "__init__.py").write_text("")
    graph = imports(tmp_path / "toy")
    assert circles(graph) == []
    assert circles(between_packages(graph)) == [("toy.one", "toy.three", "toy.two")]
