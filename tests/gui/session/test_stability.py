"""Small changes of the picture after an answer.

Behind all else, on the card of their own slice.
"""

from dataclasses import replace

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from medviewer.gui.session.classifier_queue import ClassifierQueue
from medviewer.gui.window.main_window import MainWindow
from medviewer.imaging.frame.frame import Frame
from medviewer.inference.result import ModelResult
from medviewer.inference.stability import Stability
from medviewer.viewer.texts import MarkKind, result_text, strip_of
from medviewer.viewer.viewer_state import ViewerState
from tests.gui.pane_scene import MODEL
from tests.gui.window_scene import WindowScene


class MadeStability:
    """Gives each result a stability, and keeps the frames of it."""

    def __init__(self) -> None:
        self.frames: list[Frame] = []
        self.flips = 0
        self.pixels_added = 0

    def with_stability(self, frame: Frame, result: ModelResult) -> ModelResult:
        self.frames.append(frame)
        read = replace(frame, stored=frame.stored + self.pixels_added) if self.pixels_added else frame
        told = Stability("haemorrhage", 16, 0.61, 0.88, self.flips)
        return replace(result, key=MODEL.key(read)).with_stability(told)


@pytest.fixture
def made_stability(scene: WindowScene) -> MadeStability:
    made = MadeStability()
    scene.classifier.with_stability = made.with_stability  # type: ignore[method-assign]  # a made one
    return made


@pytest.fixture
def window(qtbot: QtBot, scene: WindowScene, made_stability: MadeStability) -> MainWindow:
    window = MainWindow(scene.session)
    qtbot.addWidget(window)
    scene.session.use_model("head-ct-haemorrhage")
    scene.open("head")
    return window


def test_the_card_says_it_in_words_and_draws_the_whisker(
    scene: WindowScene, window: MainWindow, made_stability: MadeStability
) -> None:
    scene.session.classify()
    scene.workers.settle()
    said = window.prediction.details.text()
    assert "16 slightly altered pictures, score 0.61 to 0.88, always flagged" in said
    scale = window.prediction.scale
    whisker = scale.whisker()
    assert whisker is not None
    assert whisker[0] < scale.marks()[0] < whisker[1]
    assert whisker == (pytest.approx(scale.x_of(0.61)), pytest.approx(scale.x_of(0.88)))


def test_while_changes_are_computed_they_are_not_said_to_be_left_out(
    scene: WindowScene, window: MainWindow, made_stability: MadeStability
) -> None:
    told: list[list[str]] = []
    scene.session.viewer_changed.connect(
        lambda _before, after: told.append(
            window.prediction.details.text().splitlines() if after.tried else []
        )
    )
    scene.session.classify()
    scene.workers.settle()
    while_tried = [lines for lines in told if lines]
    assert while_tried
    assert while_tried[0][-1] == "16 slightly altered pictures are being tried…"
    assert not any("not altered" in line for lines in while_tried for line in lines)
    lines = window.prediction.details.text().splitlines()
    assert lines[-1].endswith("16 slightly altered pictures, score 0.61 to 0.88, always flagged")
    assert lines[:-1] == while_tried[0][:-1], "no line moves when theirs comes"


def test_changes_that_were_given_up_are_left_out(
    scene: WindowScene, window: MainWindow, made_stability: MadeStability
) -> None:
    (queue,) = scene.session.findChildren(ClassifierQueue)

    def give_up(_before: object, after: ViewerState) -> None:
        if after.tried:
            queue.cancel()

    scene.session.viewer_changed.connect(give_up)
    scene.session.classify()
    scene.workers.settle()
    assert made_stability.frames == []
    assert "was not altered slightly" in window.prediction.details.text()


def test_changes_that_turn_the_call_leave_no_answer(
    scene: WindowScene, window: MainWindow, made_stability: MadeStability
) -> None:
    made_stability.flips = 3
    scene.session.classify()
    scene.workers.settle()
    assert (window.prediction.card.word, window.prediction.card.score) == ("Uncertain", "0.81")
    assert window.prediction.sentence.text() == "No answer: slight alterations of the picture turn it."
    assert window.prediction.part.text() == "1 of 10 slices asked."
    pane = scene.session.focused
    assert pane is not None
    assert pane.result is not None
    assert result_text(pane.result).brief == "uncertain"
    strip = strip_of(scene.session.state, pane.stack)
    assert strip.of_kind(MarkKind.UNCERTAIN) == [pane.index]


def test_a_new_question_is_answered_and_gets_its_own(
    scene: WindowScene, window: MainWindow, made_stability: MadeStability
) -> None:
    scene.session.classify()
    scene.session.viewer.scroll_by(1)
    scene.workers.settle()
    scene.session.classify()
    scene.workers.settle()
    pane = scene.session.focused
    assert pane is not None
    assert pane.result is not None
    assert pane.result.stability is not None
    assert made_stability.frames[-1].sop_instance_uid == pane.slice_key.instance_uid


def test_that_of_other_pixels_than_those_asked_about_is_dropped(
    scene: WindowScene, window: MainWindow, made_stability: MadeStability
) -> None:
    made_stability.pixels_added = 1
    scene.session.classify()
    scene.workers.settle()
    assert len(made_stability.frames) == 1
    assert "altered pictures" not in window.prediction.details.text()


def test_it_is_found_with_a_copy_of_the_frame(
    scene: WindowScene, window: MainWindow, made_stability: MadeStability
) -> None:
    scene.session.classify()
    scene.workers.settle()
    pane = scene.session.focused
    assert pane is not None
    assert pane.frame is not None
    assert not np.shares_memory(made_stability.frames[0].stored, pane.frame.stored)


def test_the_slices_of_a_series_are_not_held_up_by_it(
    scene: WindowScene, window: MainWindow, made_stability: MadeStability
) -> None:
    scene.session.classify_series()
    scene.workers.settle()
    assert made_stability.frames == []
