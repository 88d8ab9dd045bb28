"""The choice of model.

One menu entry each, the chosen one named in the panel, its question asked first.
"""

from dataclasses import replace
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from medviewer.gui.panels.prediction import can_be_overridden
from medviewer.gui.window import main_window
from medviewer.gui.window.main_window import MainWindow
from medviewer.inference.pack.packs import InstalledModel, bundled_folder, installed_models
from medviewer.inference.result import QUESTION, Gate
from medviewer.translation import Message
from medviewer.viewer.commands.images.models import chosen_model
from tests.gui.window_scene import HEAD, PELVIS, WindowScene

HEAD_CT = InstalledModel("head-ct-haemorrhage", "Head CT", "For heads.")
BRAIN = InstalledModel("brain", "Brain MR", "For tumours.", "Is there a tumour on this slice?")
BROKEN = InstalledModel(
    "broken", "broken", trouble=Message("Its card makes no sense."), own_folder=Path("/packs/broken")
)


@pytest.fixture
def window(qtbot: QtBot, scene: WindowScene, monkeypatch: pytest.MonkeyPatch) -> MainWindow:
    monkeypatch.setattr(main_window.pack, "installed_models", lambda: (HEAD_CT, BRAIN, BROKEN))
    window = MainWindow(scene.session)
    qtbot.addWidget(window)
    return window


def _choose(window: MainWindow, name: str) -> None:
    window.bar.fill("classify.models")[f"classify.model_{name}"].trigger()


def test_every_bundled_model_is_offered_with_its_title_and_purpose() -> None:
    models = {model.name: model for model in installed_models()}
    assert set(models) >= {folder.name for folder in bundled_folder().iterdir()}
    for model in models.values():
        assert model.title != model.name
        assert model.intended_use.startswith("Research and education, not for diagnosis.")
        assert not model.trouble


def test_the_chosen_model_is_ticked_and_says_what_it_is_for(scene: WindowScene, window: MainWindow) -> None:
    assert window.bar.fill("classify.models")["classify.model_head-ct-haemorrhage"].isChecked()
    assert (window.prediction.title.text(), window.prediction.purpose.text()) == ("Head CT", "For heads.")
    _choose(window, "brain")
    scene.workers.settle()
    assert scene.session.model == "brain"
    assert window.bar.fill("classify.models")["classify.model_brain"].isChecked()
    assert not window.bar.fill("classify.models")["classify.model_head-ct-haemorrhage"].isChecked()
    assert (window.prediction.title.text(), window.prediction.purpose.text()) == ("Brain MR", "For tumours.")


def test_a_model_whose_card_cannot_be_read_stands_there_with_the_reason(window: MainWindow) -> None:
    action = window.bar.fill("classify.models")["classify.model_broken"]
    assert not action.isEnabled()
    assert "makes no sense" in action.toolTip()
    assert "/packs/broken" in action.toolTip()
    assert "your own model" in action.text()
    assert "your own model" not in window.bar.fill("classify.models")["classify.model_brain"].text()


def test_another_model_takes_the_results_of_the_one_before_away(
    scene: WindowScene, window: MainWindow
) -> None:
    scene.open("head")
    scene.classify()
    assert scene.session.focused is not None
    assert scene.session.focused.result is not None
    _choose(window, "brain")
    assert scene.session.focused.result is None


def test_nothing_is_computed_before_the_question_is_answered(scene: WindowScene, window: MainWindow) -> None:
    scene.open("head")
    _choose(window, "brain")
    scene.workers.settle()
    window.bar.actions["classify.slice"].trigger()
    scene.workers.settle()
    panel = window.prediction
    assert window.dialog is None or not window.dialog.isVisible()  # it stands in the card
    assert panel.card.word == "One question first"
    assert panel.sentence.text() == "Is there a tumour on this slice?"
    assert panel.question.isVisibleTo(panel)
    assert scene.classifier.asked == []
    panel.question.no_button.click()
    scene.workers.settle()
    assert scene.classifier.asked == []
    assert not panel.question.isVisibleTo(panel)
    assert "not answered with yes" in scene.session.notices.history[-1][1].sentence.for_user()


def test_a_question_about_the_slice_is_asked_of_each(scene: WindowScene, window: MainWindow) -> None:
    scene.open("head")
    _choose(window, "brain")
    scene.workers.settle()
    window.bar.actions["classify.slice"].trigger()
    part = window.prediction.question
    assert part.scope.text() == "Asked for each slice: the answer holds for this one only."
    part.yes_button.click()
    scene.workers.settle()
    assert scene.classifier.answers == [True]
    assert scene.session.focused is not None
    assert scene.session.focused.result is not None
    window.bar.actions["classify.slice"].trigger()
    scene.workers.settle()
    assert scene.classifier.answers == [True, True], "of this slice it was said"
    scene.session.viewer.scroll_by(1)
    scene.workers.settle()
    window.bar.actions["classify.slice"].trigger()
    scene.workers.settle()
    assert scene.classifier.answers == [True, True], "of the next slice nobody said yes"
    assert window.prediction.sentence.text() == "Is there a tumour on this slice?"
    assert part.isVisibleTo(window.prediction)


def test_a_question_about_the_slice_waits_on_its_slice(scene: WindowScene, window: MainWindow) -> None:
    scene.open("head")
    _choose(window, "brain")
    scene.workers.settle()
    window.bar.actions["classify.slice"].trigger()
    panel = window.prediction
    scene.session.viewer.scroll_by(1)
    scene.workers.settle()
    assert not panel.question.isVisibleTo(panel)
    assert not window.bar.actions["classify.answer_yes"].isEnabled()
    scene.session.viewer.scroll_by(-1)
    scene.workers.settle()
    assert panel.question.isVisibleTo(panel)
    assert scene.classifier.asked == []


def test_a_yes_is_about_the_series_on_the_screen_alone(
    qtbot: QtBot, scene: WindowScene, monkeypatch: pytest.MonkeyPatch
) -> None:
    asking = replace(BRAIN, name=HEAD_CT.name)  # the model of both series: none clears the question
    monkeypatch.setattr(main_window.pack, "installed_models", lambda: (asking,))
    window = MainWindow(scene.session)
    qtbot.addWidget(window)
    scene.open("head", "pelvis")
    scene.session.viewer.show_stack(HEAD)
    scene.workers.settle()
    window.bar.actions["classify.slice"].trigger()
    assert window.prediction.question.isVisibleTo(window.prediction)
    scene.session.viewer.show_stack(PELVIS)
    scene.workers.settle()
    assert not window.prediction.question.isVisibleTo(window.prediction)
    window.prediction.question.yes_button.click()
    scene.workers.settle()
    assert scene.classifier.asked == []
    assert scene.session.viewer.state.confirmed_questions == frozenset()


def test_a_yes_to_one_model_is_no_yes_to_the_next(scene: WindowScene, window: MainWindow) -> None:
    scene.open("head")
    _choose(window, "brain")
    scene.workers.settle()
    window.bar.actions["classify.slice"].trigger()
    _choose(window, "head-ct-haemorrhage")
    scene.workers.settle()
    window.prediction.question.yes_button.click()
    scene.workers.settle()
    assert scene.classifier.asked == []


def test_a_model_without_a_question_computes_at_once(scene: WindowScene, window: MainWindow) -> None:
    scene.open("head")
    window.bar.actions["classify.slice"].trigger()
    scene.workers.settle()
    assert scene.classifier.answers == [False]
    assert window.dialog is None or not window.dialog.isVisible()


def test_an_unanswered_question_cannot_be_overridden_by_classifying_anyway(scene: WindowScene) -> None:
    scene.open("head")
    scene.classify("refusal")
    assert scene.session.focused is not None
    refusal = scene.session.focused.result
    assert refusal is not None
    assert can_be_overridden(refusal)
    assert not can_be_overridden(replace(refusal, refusal=Gate(QUESTION, False, "Say yes first.")))


def test_the_chosen_model_is_chosen_again_in_the_next_window(
    qtbot: QtBot, window: MainWindow, scene: WindowScene
) -> None:
    _choose(window, "brain")
    scene.session.use_model("head-ct-haemorrhage")
    again = MainWindow(scene.session)
    qtbot.addWidget(again)
    assert scene.session.model == "brain"
    assert chosen_model(again.viewer.state) == BRAIN


def test_a_remembered_model_that_is_gone_is_forgotten(
    qtbot: QtBot, window: MainWindow, scene: WindowScene, monkeypatch: pytest.MonkeyPatch
) -> None:
    _choose(window, "brain")
    scene.session.use_model("head-ct-haemorrhage")
    monkeypatch.setattr(main_window.pack, "installed_models", lambda: (HEAD_CT,))
    qtbot.addWidget(MainWindow(scene.session))
    assert scene.session.model == "head-ct-haemorrhage"
