"""Asking for a heat map.

Made from a copy of the slice asked about, painted on that slice alone.
"""

from dataclasses import replace

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from medviewer.gui.panes.pane import Pane
from medviewer.gui.window.main_window import MainWindow
from medviewer.imaging.frame.frame import Frame
from medviewer.inference.explanation.heat_map import HeatCell, HeatMap, MapCheck
from medviewer.inference.result import ModelResult
from medviewer.viewer.render.graphics import heat_primitives
from medviewer.viewer.render.pane_text import TextOptions, compose_pane_text
from medviewer.viewer.texts import image_marks
from tests.gui.pane_scene import MODEL
from tests.gui.window_scene import WindowScene

CELL = HeatCell(((8.0, 8.0), (16.0, 8.0), (16.0, 16.0), (8.0, 16.0)), 1.0)
GOOD = (MapCheck("made", "alike {figure} of {limit}", 0.9, 0.5, 0.7),)


class Explaining:
    """Gives each result a heat map and keeps the frames that it was made from."""

    def __init__(self, checks: tuple[MapCheck, ...] = GOOD) -> None:
        self.checks = checks
        self.frames: list[Frame] = []

    def explained(self, frame: Frame, result: ModelResult) -> ModelResult:
        self.frames.append(frame)
        return replace(result, key=MODEL.key(frame), heat_map=HeatMap("bleed", (4, 4), (CELL,), self.checks))


@pytest.fixture
def window(qtbot: QtBot, scene: WindowScene) -> MainWindow:
    window = MainWindow(scene.session)
    qtbot.addWidget(window)
    window.show()
    scene.session.use_model("head-ct-haemorrhage")
    scene.open("head")
    scene.session.classify()
    scene.workers.settle()
    return window


def ask(scene: WindowScene, window: MainWindow, checks: tuple[MapCheck, ...] = GOOD) -> Explaining:
    explaining = Explaining(checks)
    scene.classifier.explained = explaining.explained  # type: ignore[method-assign]  # a made one
    window.bar.actions["classify.heat_map"].trigger()
    return explaining


def small_pane(window: MainWindow) -> Pane:
    """Return the last small pane with its newest texts."""
    pane = window.panes.panes[3]
    pane.refresh()
    return pane


def painted(scene: WindowScene) -> list[int]:
    panes = enumerate(scene.session.state.panes)
    return [number for number, pane in panes if pane is not None and heat_primitives(pane)]


def test_it_stands_in_the_last_small_pane_with_its_caption_and_on_the_card(
    scene: WindowScene, window: MainWindow
) -> None:
    ask(scene, window)
    scene.workers.settle()
    assert painted(scene) == [3]
    pane = small_pane(window)
    assert pane.header.chooser.text() == "Heat map"
    assert pane.caption.text() == "not a lesion's place"
    assert "not the place of a finding; coarse, 4 × 4 squares" in window.prediction.details.text()
    window.bar.actions["classify.heat_map"].trigger()
    assert painted(scene) == []
    assert pane.state is not None
    assert pane.state.processing == "edges"


def test_a_withheld_one_says_its_figure_in_its_pane_and_on_the_card(
    scene: WindowScene, window: MainWindow
) -> None:
    ask(scene, window, (replace(GOOD[0], figure=0.2),))
    scene.workers.settle()
    assert painted(scene) == []
    assert small_pane(window).caption.text() == "Heat map withheld"
    assert "alike 0.20 of 0.50" in small_pane(window).caption.toolTip()
    assert "Alike 0.20 of 0.50" in window.prediction.details.text()
    pane = small_pane(window).state
    assert pane is not None
    assert [short for _, short in image_marks(pane) if "HEAT" in short] == ["NO HEAT MAP"]
    state = small_pane(window).state
    assert state is not None
    small = compose_pane_text(state, None, complete=True, options=TextOptions(in_film=True)).middle
    assert small == ""  # its caption says it; a sentence would be cut there
    said = compose_pane_text(state, None, complete=True, options=TextOptions()).middle
    assert said.startswith("No heat map: it would mislead. ")
    assert said.endswith("That says nothing for or against the answer.")
    first = scene.session.state.panes[0]
    assert first is not None
    assert compose_pane_text(first, None, complete=True, options=TextOptions()).middle == ""


def test_one_that_comes_after_scrolling_is_painted_on_its_own_slice_only(
    scene: WindowScene, window: MainWindow
) -> None:
    ask(scene, window)
    scene.session.viewer.scroll_by(1)
    scene.workers.settle()
    assert painted(scene) == []
    scene.session.viewer.scroll_by(-1)
    scene.workers.settle()
    assert painted(scene) == [3]


def test_it_is_made_from_a_copy_of_the_frame(scene: WindowScene, window: MainWindow) -> None:
    explaining = ask(scene, window)
    pane = scene.session.focused
    assert pane is not None
    assert pane.frame is not None
    scene.workers.settle()
    assert len(explaining.frames) == 1
    assert not np.shares_memory(explaining.frames[0].stored, pane.frame.stored)


def test_one_of_other_pixels_than_those_asked_about_is_dropped(
    scene: WindowScene, window: MainWindow
) -> None:
    explaining = Explaining()

    def of_others(frame: Frame, result: ModelResult) -> ModelResult:
        return explaining.explained(replace(frame, stored=frame.stored + 1), result)

    scene.classifier.explained = of_others  # type: ignore[method-assign]  # a made one
    window.bar.actions["classify.heat_map"].trigger()
    scene.workers.settle()
    assert painted(scene) == []
    assert scene.session.focused is not None
    assert scene.session.focused.result is not None
    assert scene.session.focused.result.heat_map is None


def test_the_next_slice_gets_its_own_only_when_it_is_asked_for(
    scene: WindowScene, window: MainWindow
) -> None:
    explaining = ask(scene, window)
    scene.workers.settle()
    scene.session.viewer.scroll_by(1)
    scene.workers.settle()
    assert small_pane(window).caption.text().startswith("No answer")
    scene.session.classify()
    scene.workers.settle()
    assert (painted(scene), len(explaining.frames)) == ([], 1)
    window.bar.actions["classify.heat_map"].trigger()
    scene.workers.settle()
    assert (painted(scene), len(explaining.frames)) == ([3], 2)
