"""Ask about files, folders and classes that have grown large.

A size asks a question; it forbids nothing.

A file above 400 lines may be two things, a folder with more than 12 files may want sub-packages, a class with
more than 15 public methods may do two jobs. Whoever adds to one of them answers for it; only files above 600
lines are refused (tests/architecture). Run it as

    .venv/bin/python -m tests.architecture.sizes
"""

import ast
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
LINES_OF_A_FILE = 400
FILES_OF_A_FOLDER = 12
PUBLIC_METHODS_OF_A_CLASS = 15


def questions(package: Path) -> Iterator[str]:
    """Yield a line for each file, folder and class that is too large."""
    files = sorted(package.rglob("*.py"))
    folders = Counter(file.parent for file in files if file.name != "__init__.py")
    for folder, count in sorted(folders.items()):
        if count > FILES_OF_A_FOLDER:
            yield f"{folder.relative_to(package.parent).as_posix()}: {count} files"
    for file in files:
        source, place = file.read_text("utf-8"), file.relative_to(package.parent).as_posix()
        lines = len(source.splitlines())
        if lines > LINES_OF_A_FILE:
            yield f"{place}: {lines} lines"
        if source.count("    def ") <= PUBLIC_METHODS_OF_A_CLASS:
            continue  # most files, which are not parsed for it
        for node in ast.walk(ast.parse(source)):
            if isinstance(node, ast.ClassDef):
                methods = public_methods(node)
                if methods > PUBLIC_METHODS_OF_A_CLASS:
                    yield f"{place}: {node.name} has {methods} public methods"


def public_methods(node: ast.ClassDef) -> int:
    """Count the public methods and properties that a class defines itself."""
    return sum(isinstance(item, ast.FunctionDef) and not item.name.startswith("_") for item in node.body)


if __name__ == "__main__":
    for question in questions(ROOT / "medviewer"):
        print(question)
