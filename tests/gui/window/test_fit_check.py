"""Before a model is asked the window says whether it fits the slice."""

from collections.abc import Generator

import pytest
from PySide6.QtWidgets import QToolButton
from pytestqt.qtbot import QtBot

from medviewer.gui.window import fit_check
from medviewer.gui.window.fit_check import REST_MS
from medviewer.gui.window.main_window import MainWindow
from medviewer.imaging.frame.frame import Frame
from medviewer.translation import Message
from medviewer.viewer.commands.images.models import choose_model
from medviewer.viewer.models.fit import FittingModel, ModelFit
from tests.gui.window_scene import STACKS, WindowScene


def rest(scene: WindowScene) -> None:
    scene.workers.advance(REST_MS)
    scene.workers.settle()


def ai_button(window: MainWindow) -> QToolButton:
    entry = window.bar.actions["classify.slice"]
    return next(button for button in window.tool_bar.buttons if button.entry is entry)


def test_a_model_that_does_not_fit_is_told_and_draws_no_attention(
    scene: WindowScene, window: MainWindow
) -> None:
    scene.session.use_model("head-ct-haemorrhage")
    button = window.prediction.classify_button
    assert button.property("role") == "ai"
    violet = ai_button(window).icon().cacheKey()
    scene.open("colour")
    rest(scene)
    said = "No installed model fits this slice. “Breast ultrasound: lesion”: The picture has 64 × 64 pixels"
    assert said in window.prediction.sentence.text()
    assert window.prediction.fit.text() == "✕ does not fit"
    assert button.property("role") != "ai"
    assert button.isEnabled()  # the refusal is a result that can be exported
    assert said in ai_button(window).toolTip()
    assert ai_button(window).icon().cacheKey() != violet


def test_the_model_that_fits_is_a_button_and_is_asked_at_once(
    scene: WindowScene, window: MainWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    scene.open("fractions")
    choose_model("head-ct-haemorrhage", scene.session.viewer)  # by hand, so that it stays
    other = FittingModel("another", Message("Another model"))

    def check(_frame: object, chosen: str, *_rest: object) -> Generator[ModelFit, None, None]:
        fits = chosen == "another"
        yield ModelFit(is_known=True) if fits else ModelFit(Message("made"), (other,), is_known=True)

    monkeypatch.setattr(fit_check, "fit_of", check)
    scene.session.viewer.scroll_by(1)
    rest(scene)
    button = window.prediction.fitting_button
    assert button.text() == "Another model"
    assert button.isVisibleTo(window.prediction)
    kept = window.settings.text("model")
    button.click()
    scene.workers.settle()
    rest(scene)
    assert scene.session.model == "another"
    assert len(scene.classifier.asked) == 1
    assert window.prediction.card.word == "Flagged"
    assert window.prediction.fit.text() == "✓ fits this series"
    assert not button.isVisibleTo(window.prediction)
    assert window.settings.text("model") == kept  # the user's choice holds the next time


def test_while_slices_pass_nothing_is_checked(
    scene: WindowScene, window: MainWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    scene.session.use_model("head-ct-haemorrhage")
    scene.open("fractions")
    rest(scene)
    checked: list[object] = []

    def check(frame: object, *rest: object) -> Generator[tuple[str, ModelFit], None, None]:
        checked.append(frame)
        yield scene.session.model, ModelFit(Message("made"))

    monkeypatch.setattr(fit_check, "followed_fit", check)
    for slices in (1, -2):
        scene.session.viewer.scroll_by(slices)
        scene.workers.advance(REST_MS - 1)
    assert checked == []
    assert "MR" in window.prediction.sentence.text()  # it stays, as the series is the same
    rest(scene)
    assert len(checked) == 1


def test_what_was_said_of_one_series_is_not_said_of_another(scene: WindowScene, window: MainWindow) -> None:
    scene.session.use_model("head-ct-haemorrhage")
    scene.open("fractions", "head")
    rest(scene)
    before = window.prediction.sentence.text()
    stacks = scene.session.library.stacks
    focused = scene.session.focused
    assert focused is not None
    scene.session.viewer.show_stack(next(one for one in stacks if one.key != focused.stack.key))
    scene.workers.advance(1)
    assert window.prediction.sentence.text() == ""
    rest(scene)
    assert window.prediction.sentence.text() not in ("", before)


def test_another_language_says_it_anew(qtbot: QtBot, scene: WindowScene, window: MainWindow) -> None:
    scene.session.use_model("head-ct-haemorrhage")
    scene.open("colour")
    rest(scene)
    window.viewer.change_setting("language", "zh_CN")
    assert "64" in window.prediction.sentence.text()
    assert "picture" not in window.prediction.sentence.text()
    assert window.prediction.classify_button.property("role") != "ai"


@pytest.fixture
def two_models(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let one model fit CT and another one MR."""

    def followed(frame: Frame, chosen: str, _models: object) -> Generator[tuple[str, ModelFit], None, None]:
        fitting = {"CT": "head-ct-haemorrhage", "MR": "brain-mr-tumour"}.get(
            frame.attributes.modality, chosen
        )
        yield fitting, ModelFit(is_known=True)

    def held(_frame: Frame, _chosen: str, _models: object) -> Generator[ModelFit, None, None]:
        yield ModelFit(Message("It is not made for this."), is_known=True)

    monkeypatch.setattr(fit_check, "followed_fit", followed)
    monkeypatch.setattr(fit_check, "fit_of", held)


def _show(scene: WindowScene, name: str) -> None:
    scene.session.viewer.show_stack(STACKS[name])
    scene.workers.settle()
    rest(scene)
    rest(scene)


@pytest.mark.usefixtures("two_models")
def test_the_model_follows_the_series(scene: WindowScene, window: MainWindow) -> None:
    scene.open("head", "fractions")
    for name, title in (("fractions", "Brain MR: tumour"), ("head", "Head CT: haemorrhage on a slice")):
        _show(scene, name)
        assert window.prediction.title.text() == title
        assert window.prediction.fit.text() == "✓ fits this series"
    assert window.settings.text("model") == ""  # nobody chose


@pytest.mark.usefixtures("two_models")
def test_a_model_chosen_by_hand_holds_for_its_series_alone(scene: WindowScene, window: MainWindow) -> None:
    scene.open("head", "fractions")
    _show(scene, "fractions")
    window.bar.fill("classify.models")["classify.model_head-ct-haemorrhage"].trigger()
    rest(scene)
    assert scene.session.model == "head-ct-haemorrhage"
    assert window.prediction.fit.text() == "✕ does not fit"
    window.bar.fill("classify.models")["classify.model_chest-xray-pneumonia"].trigger()
    _show(scene, "head")
    assert scene.session.model == "head-ct-haemorrhage"
    _show(scene, "fractions")
    assert scene.session.model == "chest-xray-pneumonia"


@pytest.mark.usefixtures("two_models")
def test_answers_come_back_with_their_series(scene: WindowScene, window: MainWindow) -> None:
    scene.open("head", "fractions")
    _show(scene, "head")
    scene.classify()
    assert window.prediction.card.word == "Flagged"
    scene.session.follow_model("brain-mr-tumour")
    assert window.prediction.card.word == "Not asked yet"  # it is another model's answer
    scene.session.follow_model("head-ct-haemorrhage")
    assert window.prediction.card.word == "Flagged"
    _show(scene, "fractions")
    assert window.prediction.card.word == "Not asked yet"
    _show(scene, "head")
    assert window.prediction.card.word == "Flagged"


@pytest.mark.usefixtures("two_models")
def test_fits_never_stands_beside_not_judged(scene: WindowScene, window: MainWindow) -> None:
    scene.open("head")
    rest(scene)
    assert window.prediction.fit.text() == "✓ fits this series"
    scene.classify("refusal")
    assert window.prediction.card.word == "Not judged"
    assert window.prediction.fit.text() == "✕ does not fit"
    scene.session.viewer.scroll_by(1)
    scene.workers.settle()
    assert window.prediction.fit.text() == "✓ fits this series"
    scene.classify("no result")
    assert window.prediction.fit.text() == ""
