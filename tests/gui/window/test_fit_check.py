"""Before a model is asked the window says whether it fits the slice."""

from collections.abc import Generator
from types import SimpleNamespace

import pytest
from PySide6.QtWidgets import QLabel, QToolButton
from pytestqt.qtbot import QtBot

from medviewer.gui.window import fit_check
from medviewer.gui.window.fit_check import REST_MS
from medviewer.gui.window.main_window import MainWindow
from medviewer.imaging.frame.frame import Frame
from medviewer.inference import gates
from medviewer.inference.pack import InputContract
from medviewer.inference.result import Gate
from medviewer.translation import Message
from medviewer.viewer.commands.images.models import choose_model
from medviewer.viewer.models import fit
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
    violet = ai_button(window).icon().cacheKey()
    scene.open("colour")
    rest(scene)
    said = "No installed model fits this slice. “Breast ultrasound: lesion”: The picture has 64 × 64 pixels"
    assert said in window.prediction.sentence.text()
    assert window.prediction.fit.text() == "✕ Does not fit"
    assert button.property("role") != "ai"
    assert button.isEnabled()  # the refusal is a result that can be exported
    assert said in ai_button(window).toolTip()
    assert ai_button(window).icon().cacheKey() != violet


def test_where_no_model_is_made_for_the_image_none_is_named_or_asked(
    scene: WindowScene, window: MainWindow
) -> None:
    scene.session.use_model("head-ct-haemorrhage")
    scene.open("fractions")
    rest(scene)
    panel, said = window.prediction, "No installed model is made for MR of the abdomen."
    pane = scene.session.focused
    assert pane is not None
    scene.session.viewer.change(model_fit=unmade())
    assert panel.sentence.text() == said
    shown = [label.text() for label in panel.findChildren(QLabel) if label.isVisibleTo(panel)]
    assert not [text for text in (*shown, panel.band.card.word) if "tumour" in text or "asked" in text]
    assert panel.title.text() == panel.source.text() == panel.fit.text() == ""
    for button in (panel.classify_button, panel.series_button):
        assert not button.isEnabled()
        assert said in button.toolTip()
    assert not ai_button(window).isEnabled()
    assert panel.card_button.isEnabled()
    assert panel.models_button.isVisibleTo(panel)
    assert panel.models_button.isEnabled()
    choose_model("head-ct-haemorrhage", scene.session.viewer)  # by hand: its refusal can still be had
    scene.session.viewer.change(model_fit=unmade())
    assert panel.title.text() == "Head CT: haemorrhage on a slice"
    assert panel.classify_button.isEnabled()


def unmade() -> ModelFit:
    """Return the fit of an image that no installed model is made for."""
    return ModelFit(Message("made"), unmade=Message("MR of the abdomen"), is_known=True)


def test_what_the_file_does_not_state_is_no_fit(scene: WindowScene, window: MainWindow) -> None:
    scene.session.use_model("chest-xray-pneumonia")
    scene.open("head")
    rest(scene)
    note = Message("View position not stated.")
    panel = window.prediction
    scene.session.viewer.change(model_fit=ModelFit(is_known=True, notes=(note,), is_stated=False))
    assert panel.fit.text() == "△ Header incomplete"
    assert panel.fit.property("role") == "attention"
    assert "View position not stated." in panel.fit.toolTip()
    assert "View position not stated." in panel.details.text()
    scene.session.viewer.change(model_fit=ModelFit(is_known=True))
    assert panel.fit.text() == "✓ Fits this series"
    assert panel.fit.property("role") == "good"
    assert not panel.details.isVisibleTo(panel)


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
    assert button.text() == "Ask instead: Another model"
    assert button.isVisibleTo(window.prediction)
    kept = window.settings.text("model")
    button.click()
    scene.workers.settle()
    rest(scene)
    assert scene.session.model == "another"
    assert len(scene.classifier.asked) == 1
    assert window.prediction.card.word == "Flagged"
    assert window.prediction.fit.text() == "✓ Fits this series"
    assert not button.isVisibleTo(window.prediction)
    assert window.settings.text("model") == kept  # the user's choice holds the next time
    assert window.prediction.classify_button.property("role") != "ai"  # it is answered
    scene.session.viewer.scroll_by(-1)
    rest(scene)
    assert window.prediction.classify_button.property("role") == "ai"


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
        assert window.prediction.fit.text() == "✓ Fits this series"
    assert window.settings.text("model") == ""  # nobody chose


@pytest.mark.usefixtures("two_models")
def test_a_model_chosen_by_hand_holds_for_its_series_alone(scene: WindowScene, window: MainWindow) -> None:
    scene.open("head", "fractions")
    _show(scene, "fractions")
    window.bar.fill("classify.models")["classify.model_head-ct-haemorrhage"].trigger()
    rest(scene)
    assert scene.session.model == "head-ct-haemorrhage"
    assert window.prediction.fit.text() == "✕ Does not fit"
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
    assert window.prediction.fit.text() == "✓ Fits this series"
    scene.classify("refusal")
    assert window.prediction.card.word == "Not judged"
    assert window.prediction.fit.text() == "✕ Does not fit"
    scene.session.viewer.scroll_by(1)
    scene.workers.settle()
    assert window.prediction.fit.text() == "✓ Fits this series"
    scene.classify("no result")
    assert window.prediction.fit.text() == ""


@pytest.mark.parametrize("rests", [True, False])
def test_after_another_modality_the_question_comes_with_its_buttons(
    scene: WindowScene, window: MainWindow, monkeypatch: pytest.MonkeyPatch, *, rests: bool
) -> None:
    def refusal(frame: Frame, contract: InputContract) -> Gate | None:
        is_made = frame.attributes.modality in contract.modality
        return None if is_made else Gate("modality", False, "The model knows another modality only.")

    monkeypatch.setattr(gates, "header_refusal", refusal)
    monkeypatch.setattr(gates, "part_question", lambda _frame, _contract: "Is this a head?")
    unlike = SimpleNamespace(prepare=lambda frame: frame, probabilities=lambda _batch: [{}])
    monkeypatch.setattr(fit, "router", lambda: unlike)
    scene.session.use_model("breast-ultrasound-lesion")  # of the study before
    scene.open("head")
    panel = window.prediction
    if rests:
        rest(scene)
        rest(scene)
        assert panel.title.text() == "Head CT: haemorrhage on a slice"
        assert panel.card.word == "Not asked yet"
    window.bar.actions["classify.slice"].trigger()
    scene.workers.settle()
    assert panel.card.word == "One question first"
    assert "Is this a head?" in panel.sentence.text()
    assert panel.question.yes_button.isVisibleTo(panel)
    panel.question.yes_button.click()
    scene.workers.settle()
    assert scene.classifier.answers == [True]
    assert scene.session.model == "head-ct-haemorrhage"
