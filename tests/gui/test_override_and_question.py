"""With a model that asks a question, "classify anyway" asks it as well."""

import pytest
from pytestqt.qtbot import QtBot

from medviewer.gui.window import main_window
from medviewer.gui.window.main_window import MainWindow
from medviewer.inference.pack.packs import InstalledModel
from medviewer.translation import Message
from medviewer.viewer.commands.images import classification
from medviewer.viewer.commands.images.classification import ask_to_override
from tests.gui.window_scene import WindowScene

ASKING = InstalledModel("head-ct-haemorrhage", "Brain MR", "For tumours.", "Is there a tumour on this slice?")


@pytest.fixture
def window(qtbot: QtBot, scene: WindowScene, monkeypatch: pytest.MonkeyPatch) -> MainWindow:
    monkeypatch.setattr(main_window.pack, "installed_models", lambda: (ASKING,))
    window = MainWindow(scene.session)
    qtbot.addWidget(window)
    return window


@pytest.mark.parametrize("answer", ["yes", "no"])
def test_anyway_asks_the_question_before_it_computes(
    scene: WindowScene, window: MainWindow, answer: str
) -> None:
    scene.open("head")
    scene.classify("refusal")
    ask_to_override(window.viewer)
    window.dialogs.yes_button.click()
    scene.workers.settle()
    assert window.prediction.sentence.text() == ASKING.question
    assert scene.classifier.asked == [False]
    answer_it(window, answer)
    scene.workers.settle()
    asked = list(zip(scene.classifier.asked, scene.classifier.answers, strict=True))
    assert asked == ([(False, False), (True, True)] if answer == "yes" else [(False, False)])


@pytest.fixture
def nowhere(monkeypatch: pytest.MonkeyPatch) -> str:
    """Let no file say which part of the body it shows."""
    monkeypatch.setattr(classification, "part_question", lambda _frame, _model: Message("Is this a head?"))
    return "Is this a head?"


def test_a_yes_overrides_no_other_slice(
    qtbot: QtBot, scene: WindowScene, monkeypatch: pytest.MonkeyPatch, nowhere: str
) -> None:
    window = _silent_window(qtbot, scene, monkeypatch)
    scene.open("head")
    scene.classify("refusal")
    ask_to_override(window.viewer)
    window.dialogs.yes_button.click()
    scene.workers.settle()
    scene.session.viewer.scroll_by(1)
    scene.workers.settle()
    answer_it(window, "yes")
    scene.workers.settle()
    assert scene.classifier.asked == [False, False]
    assert scene.classifier.answers == [False, True]


def _silent_window(qtbot: QtBot, scene: WindowScene, monkeypatch: pytest.MonkeyPatch) -> MainWindow:
    """Return a window whose model asks nothing of its own."""
    silent = InstalledModel("head-ct-haemorrhage", "Head CT", "For heads.")
    monkeypatch.setattr(main_window.pack, "installed_models", lambda: (silent,))
    window = MainWindow(scene.session)
    qtbot.addWidget(window)
    return window


def answer_it(window: MainWindow, word: str) -> None:
    part = window.prediction.question
    assert part.isVisibleTo(window.prediction)
    (part.yes_button if word == "yes" else part.no_button).click()


@pytest.mark.parametrize("word", ["yes", "no"])
def test_a_slice_without_a_stated_body_part_is_classified_after_a_yes(
    scene: WindowScene, window: MainWindow, nowhere: str, word: str
) -> None:
    scene.open("head")
    window.bar.actions["classify.slice"].trigger()
    assert window.prediction.sentence.text() == nowhere
    assert window.prediction.question.scope.text() == "Asked once, for the whole series."
    answer_it(window, word)
    scene.workers.settle()
    assert scene.classifier.answers == []
    if word == "no":
        return
    assert window.prediction.sentence.text() == ASKING.question, "the part of the body is not all"
    answer_it(window, "yes")
    scene.workers.settle()
    assert scene.classifier.answers == [True]
    scene.session.viewer.scroll_by(1)
    scene.workers.settle()
    window.bar.actions["classify.slice"].trigger()
    assert window.prediction.sentence.text() == ASKING.question, "the part was said for the series"
    assert scene.classifier.answers == [True]


@pytest.mark.parametrize("word", ["yes", "no"])
def test_a_series_without_a_stated_body_part_is_asked_about_once(
    qtbot: QtBot, scene: WindowScene, monkeypatch: pytest.MonkeyPatch, nowhere: str, word: str
) -> None:
    window = _silent_window(qtbot, scene, monkeypatch)
    scene.open("head")
    window.bar.actions["classify.series"].trigger()
    assert window.prediction.sentence.text() == nowhere
    answer_it(window, word)
    scene.workers.settle()
    assert scene.classifier.answers == ([True] * 10 if word == "yes" else [])
