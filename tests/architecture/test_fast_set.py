"""The fast set names tests that are there.

It holds those that a change breaks most.
"""

import re
from pathlib import Path

import pytest

from tests import fast
from tests.some_cases import evenly, some_of

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize("path", [*fast.FOLDERS, *fast.FILES])
def test_what_the_fast_set_names_is_there(path: str) -> None:
    assert (ROOT / path).exists()


@pytest.mark.parametrize("name", fast.SLOW)
def test_what_is_listed_as_slow_is_there_and_would_be_fast(name: str) -> None:
    path, _, function = name.partition("::")
    source = (ROOT / path).read_text("utf-8")
    assert path in fast.FILES or path.startswith(fast.FOLDERS)
    assert not function or re.search(rf"^def {function}\(", source, re.MULTILINE)


@pytest.mark.parametrize(
    "path",
    [
        "tests/viewer/state/test_display_state.py",
        "tests/gui/session/test_session.py",
        "tests/gui/panes/test_pane.py",
        "tests/dicom/header/test_repair.py",
        "tests/dicom/pixels/test_decode.py",
        "tests/dicom/reading/test_frame_reader.py",
        "tests/imaging/display/test_reduction.py",
        "tests/export/pictures/test_png.py",
        "tests/cli/test_cli.py",
        "tests/architecture/test_lints.py",
    ],
)
def test_the_fast_set_holds_what_a_change_breaks_most(path: str) -> None:
    assert (ROOT / path).exists()
    assert fast.may_hold_fast_tests(path)


@pytest.mark.parametrize("path", ["tests/mutation/test_mutants.py", "tests/gui/test_app.py"])
def test_the_fast_set_holds_no_long_runs(path: str) -> None:
    assert (ROOT / path).exists()
    assert not fast.may_hold_fast_tests(path)


def test_some_of_many_cases_lie_evenly_and_no_case_is_lost() -> None:
    assert evenly(range(10), 4) == [0, 3, 6, 9]
    assert evenly("abc", 4) == ["a", "b", "c"]
    assert [case for case in some_of(range(100), 5) if isinstance(case, int)] == [0, 24, 49, 74, 99]
    slow = [case for case in some_of(range(100), 5) if not isinstance(case, int)]
    assert len(slow) == 95
    assert all(mark.name == "slow" for case in slow for mark in case.marks)
