"""The walk through the window finds what is on the screen, and says what it cannot do."""

import importlib.util
import os
import socket
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

from medviewer.translation import use_language

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "packaging" / "walk_through"


@pytest.fixture
def scripts(monkeypatch: pytest.MonkeyPatch) -> dict[str, ModuleType]:
    """Load the files of the walk, as neighbors of a script."""
    loaded = {}
    for name in ("screen", "walker", "people"):
        specification = importlib.util.spec_from_file_location(name, FOLDER / f"{name}.py")
        assert specification is not None
        assert specification.loader is not None
        loaded[name] = importlib.util.module_from_spec(specification)
        monkeypatch.setitem(sys.modules, name, loaded[name])
        specification.loader.exec_module(loaded[name])
    return loaded


def run(*arguments: object, environment: dict[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(FOLDER), *map(str, arguments)]
    return subprocess.run(
        command, capture_output=True, text=True, check=False, env={**os.environ, **(environment or {})}
    )


def test_pictures_of_real_studies_are_kept_out_of_the_repository(
    scripts: dict[str, ModuleType], tmp_path: Path
) -> None:
    if scripts["screen"].missing_packages():
        pytest.skip("there is no screen in memory here")
    done = run(ROOT / "private" / "walk", tmp_path)
    assert done.returncode == 2
    assert "outside the repository" in done.stderr


def test_what_is_not_installed_is_named(tmp_path: Path) -> None:
    done = run(tmp_path, environment={"PATH": str(tmp_path)})
    assert done.returncode == 2
    assert done.stderr.strip() == "not installed: apt-get install xvfb xdotool openbox"


def test_what_the_set_up_installs_is_all_that_it_needs(scripts: dict[str, ModuleType]) -> None:
    bootstrap = (ROOT / "packaging" / "bootstrap.py").read_text("utf-8")
    for package in scripts["screen"].PROGRAMS.values():
        assert f'"{package}"' in bootstrap


def test_a_control_is_found_by_its_name_and_the_one_on_top_first(
    scripts: dict[str, ModuleType], monkeypatch: pytest.MonkeyPatch
) -> None:
    walker = scripts["walker"]
    told = [
        walker.Control("Button", "Open", "", 0, 0, 10, 10, ["covered"]),
        walker.Control("Button", "Open a folder", "", 0, 0, 10, 10, []),
        walker.Control("Button", "Open", "", 20, 40, 10, 10, []),
        walker.Control("StaticText", "Open", "", 0, 0, 10, 10, []),
    ]
    monkeypatch.setattr(walker.Walker, "controls", lambda self: told)
    one = object.__new__(walker.Walker)
    assert one.found("Open", "Button") == told[2]
    assert one.found("Open", "Button").middle == (25, 45)
    assert one.found("Open a", "Button") == told[1]
    assert one.found("Close") is None


def test_a_late_answer_is_that_of_no_other_question(scripts: dict[str, ModuleType]) -> None:
    walker = scripts["walker"]
    ours, theirs = socket.socketpair()
    with ours, theirs:
        questions = walker.Questions(ours)
        ours.settimeout(0.05)
        with pytest.raises(TimeoutError):
            questions.ask("controls")
        theirs.sendall(b'[["late"]]\n[["asked for"]]\n')
        assert questions.ask("complaints") == [["asked for"]]


def test_a_control_that_goes_away_again_was_seen(
    scripts: dict[str, ModuleType], monkeypatch: pytest.MonkeyPatch
) -> None:
    walker = scripts["walker"]
    seen = walker.Control("Button", "Open", "", 0, 0, 10, 10, [])
    told = [[], [seen]]
    monkeypatch.setattr(walker.Walker, "controls", lambda self: told.pop(0))
    assert object.__new__(walker.Walker).see("Open") == seen
    assert told == []


def test_a_halt_of_the_machine_is_no_waiting(
    scripts: dict[str, ModuleType], monkeypatch: pytest.MonkeyPatch
) -> None:
    screen = scripts["screen"]
    clock = iter((0.0, 600.0, 600.1, 600.2))
    monkeypatch.setattr(screen.time, "monotonic", lambda: next(clock))
    monkeypatch.setattr(screen.time, "sleep", lambda seconds: None)
    answers = iter((False, False, True))
    screen.wait_for(lambda: next(answers), "a picture", seconds=2.0)


def test_names_are_looked_for_in_the_language_of_the_walk(scripts: dict[str, ModuleType]) -> None:
    try:
        use_language("zh_CN")
        assert scripts["walker"].pane_name(1, "Original") == "窗格 1、原始图像"
        assert scripts["walker"].title_of("tools.zoom") == "缩放"
    finally:
        use_language("en")


def test_waiting_ends_and_says_for_what(scripts: dict[str, ModuleType]) -> None:
    with pytest.raises(scripts["screen"].WalkError, match="a picture"):
        scripts["screen"].wait_for(lambda: False, "a picture", seconds=0.05)


def test_a_screen_in_memory_shows_what_is_pressed_and_drawn(scripts: dict[str, ModuleType]) -> None:
    screen_of = scripts["screen"]
    if screen_of.missing_packages():
        pytest.skip("there is no screen in memory here")
    screen = screen_of.Screen(320, 200)
    try:
        before = screen.pixels()
        assert before.shape == (200, 320, 4)
        screen_of.Hand(screen).point(100, 100)
        assert screen.image().width() == 320
        assert not np.shares_memory(before, screen.pixels())
    finally:
        screen.close()


@pytest.mark.slow
def test_four_people_can_do_all_that_they_want_with_the_phantom(
    scripts: dict[str, ModuleType], tmp_path: Path
) -> None:
    if scripts["screen"].missing_packages():
        pytest.skip("there is no screen in memory here")
    done = run(tmp_path)
    page = (tmp_path / "phantom" / "walk.md").read_text("utf-8")
    assert done.returncode == 0, page
    assert "## Trouble: 0" in page
    assert len(list((tmp_path / "phantom").glob("*.png"))) > 60
