"""A library that was postponed is loaded once, when one of its names is asked for."""

import subprocess
import sys
import threading
from pathlib import Path

import pytest

from medviewer import lazy_imports

LIBRARY = """
import postponed_library  # it may ask for itself
LOADS = getattr(postponed_library, "LOADS", 0) + 1
"""


@pytest.fixture
def library(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    (tmp_path / "postponed_library.py").write_text(LIBRARY)
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, "postponed_library", raising=False)
    lazy_imports.postpone("postponed_library")
    return "postponed_library"


def test_importing_it_takes_nothing_until_a_name_is_asked_for(library: str) -> None:
    import postponed_library  # type: ignore[import-not-found]

    assert "LOADS" not in object.__getattribute__(postponed_library, "__dict__")
    assert postponed_library.LOADS == 1
    lazy_imports.postpone(library)
    assert sys.modules[library] is postponed_library
    assert postponed_library.LOADS == 1


def test_two_threads_load_it_once(library: str) -> None:
    found: list[int] = []
    threads = [threading.Thread(target=lambda: found.append(sys.modules[library].LOADS)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [1] * 8


def test_a_library_that_is_not_there_is_missed_by_who_imports_it() -> None:
    lazy_imports.postpone("no_such_library")
    with pytest.raises(ModuleNotFoundError, match="no_such_library"):
        __import__("no_such_library")


def test_numpy_works_after_it_was_postponed() -> None:
    code = (
        "import medviewer.gui, sys, numpy; assert 'numpy._core' not in sys.modules\n"
        "import numpy.typing, numpy as np; print(np.arange(3).sum(), np.linalg.norm([3, 4]))"
    )
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert said.stdout.split() == ["3", "5.0"]


def test_pyside_reads_no_sources() -> None:
    code = "import medviewer.gui, linecache, medviewer.errors, json, html; print(*linecache.cache)"
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert not [name for name in said.stdout.split() if name.endswith(("errors.py", "html/__init__.py"))]
