"""A verdict of an earlier session is seen when the study is opened again, and gives no hidden answer away."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from pytestqt.qtbot import QtBot

from medviewer.gui.dialogs.models.verdicts_dialog import VerdictsDialog
from medviewer.gui.window.main_window import MainWindow
from medviewer.viewer.color_roles import colors
from medviewer.viewer.texts import strip_of, table_text
from tests.gui.window_scene import WindowScene

DATED = re.compile(r"Your verdict of \d{4}-\d{2}-\d{2}")


def do(window: MainWindow, scene: WindowScene, name: str) -> None:
    window.bar.actions[f"classify.{name}"].trigger()
    scene.workers.settle()


@contextmanager
def next_session(qtbot: QtBot) -> Iterator[tuple[MainWindow, WindowScene]]:
    """Open the head again as another session of the same reader does."""
    scene = WindowScene()
    window = MainWindow(scene.session)
    qtbot.addWidget(window)
    window.resize(1280, 800)
    with qtbot.waitExposed(window):
        window.show()
    scene.open("head")
    scene.workers.settle()
    try:
        yield window, scene
    finally:
        scene.session.shutdown()


def earlier(window: MainWindow) -> str:
    label = window.prediction.earlier
    return label.text() if label.isVisibleTo(window.prediction) else ""


def ticks(window: MainWindow) -> list[int]:
    """Return the slices under whose middle the strip has a gray mark."""
    strip, gray = window.panes.row.strip, colors().text_2
    image, found = strip.grab().toImage(), []
    for place in range(10):
        middle, bottom = round(strip.center_of(place)), image.height()
        near = [(x, y) for x in range(middle - 4, middle + 5) for y in range(bottom - 8, bottom)]
        found += [place] if any(image.pixelColor(x, y).name() == gray for x, y in near) else []
    return found


@pytest.mark.parametrize("command", ["finding", "no_finding", "unsure"])
def test_it_stands_on_card_strip_and_in_the_list(
    qtbot: QtBot, window: MainWindow, scene: WindowScene, command: str
) -> None:
    scene.open("head")
    scene.classify()
    do(window, scene, command)
    place = scene.session.focused.index
    with next_session(qtbot) as (again, scene_again):
        pane = scene_again.session.focused
        assert pane is not None
        assert pane.index == place
        words = {"finding": "Haemorrhage", "no_finding": "Not seen", "unsure": "Unsure"}
        assert DATED.match(earlier(again))
        assert earlier(again).endswith(f": {words[command]}")
        assert ticks(again) == [place]
        lines = table_text(strip_of(scene_again.session.state, pane.stack), pane.stack).splitlines()
        assert [number for number, line in enumerate(lines[1:]) if DATED.search(line)] == [place]
        scene_again.session.viewer.scroll_by(1)
        scene_again.workers.settle()
        assert earlier(again) == ""
        scene_again.session.viewer.scroll_by(-1)
        scene_again.workers.settle()
        scene_again.classify()
        assert DATED.match(earlier(again))
        do(again, scene_again, "finding")  # what is said now takes its place
        assert earlier(again) == ""
        assert ticks(again) == []


def test_it_stands_there_when_the_study_is_closed_and_opened_again(
    window: MainWindow, scene: WindowScene
) -> None:
    scene.open("head")
    scene.classify()
    do(window, scene, "finding")
    place = scene.session.focused.index
    window.bar.actions["file.close_all"].trigger()
    scene.workers.settle()
    assert earlier(window) == ""
    scene.open("head")
    scene.session.viewer.scroll_to(place)
    scene.workers.settle()
    assert earlier(window).endswith(": Haemorrhage")
    assert ticks(window) == [place]


@pytest.mark.parametrize("command", ["finding", "no_finding"])
def test_with_reader_first_it_gives_no_answer_away(
    qtbot: QtBot, window: MainWindow, scene: WindowScene, command: str
) -> None:
    scene.open("head")
    scene.classify()
    do(window, scene, command)
    with next_session(qtbot) as (again, scene_again):
        do(again, scene_again, "reader_first")
        scene_again.classify()
        assert again.prediction.card.word == "Your reading first"
        assert re.fullmatch(DATED.pattern + r": shown after your reading\.", earlier(again))
        do(again, scene_again, "finding")  # the reader's own reading
        assert again.prediction.card.word != "Your reading first"


def test_a_reading_before_the_answer_is_the_readers_own_and_is_told(
    qtbot: QtBot, window: MainWindow, scene: WindowScene
) -> None:
    scene.open("head")
    do(window, scene, "reader_first")
    scene.classify()
    do(window, scene, "no_finding")  # the second answer: not seen
    do(window, scene, "finding")  # with the model, once that was seen
    with next_session(qtbot) as (again, scene_again):
        if not scene_again.session.state.reader_first:
            do(again, scene_again, "reader_first")
        scene_again.classify()
        assert again.prediction.card.word == "Your reading first"
        assert earlier(again).endswith(": Not seen")


def test_what_is_deleted_is_gone_from_the_screen(
    qtbot: QtBot, window: MainWindow, scene: WindowScene
) -> None:
    scene.open("head")
    scene.classify()
    do(window, scene, "finding")
    with next_session(qtbot) as (again, scene_again):
        assert ticks(again)
        do(again, scene_again, "verdicts")
        page = again.dialog
        assert isinstance(page, VerdictsDialog)
        page.delete_all()
        assert earlier(again) == ""
        assert ticks(again) == []
