"""The answer and what its figure is not are seen whole at every height of the window."""

from dataclasses import replace

import pytest
from PySide6.QtWidgets import QApplication

from medviewer.gui.window.main_window import MainWindow
from medviewer.imaging.frame.frame import Frame
from medviewer.inference.result import ModelResult
from medviewer.viewer.texts import ShownFit
from tests.gui.window_scene import WindowScene


@pytest.mark.parametrize(
    ("width", "height"), [(1280, 700), (1280, 720), (1280, 800), (1600, 1000), (2560, 1400)]
)
def test_the_caveat_is_seen_with_the_figure(
    scene: WindowScene, window: MainWindow, monkeypatch: pytest.MonkeyPatch, width: int, height: int
) -> None:
    answer = scene.classifier.classify

    def uncalibrated(frame: Frame, override: bool = False, answered: bool = False) -> ModelResult:
        result = answer(frame, override, answered)
        return replace(result, content=replace(result.content, calibrated=False))  # type: ignore[type-var]

    monkeypatch.setattr(scene.classifier, "classify", uncalibrated)
    window.resize(width, height)
    scene.open("head")
    scene.classify()
    QApplication.processEvents()
    band = window.prediction.band
    assert "not a probability" in band.accessibleName()
    assert band.visibleRegion().boundingRect() == band.rect()


@pytest.mark.parametrize(("width", "share"), [(1024, 0.4), (1600, 0.5)])
def test_the_slider_has_most_of_its_row(
    scene: WindowScene, window: MainWindow, width: int, share: float
) -> None:
    window.resize(width, 800)
    scene.open("head")
    QApplication.processEvents()
    assert window.panes.slider.width() >= share * window.panes.row.width()


def test_a_card_of_an_image_that_no_model_fits_speaks_of_no_other_kind_of_image(
    scene: WindowScene, window: MainWindow
) -> None:
    panel = window.prediction
    panel.show_model("Head CT", "For heads.", "1.0", "")
    panel.show_fit(ShownFit(fits=True))
    panel.show_result(None)
    assert panel.purpose.isVisibleTo(panel)
    panel.show_fit(ShownFit("No installed model is made for PET of this kind.", is_unmade=True))
    panel.show_result(None)
    assert panel.sentence.text() == "No installed model is made for PET of this kind."
    assert not panel.purpose.isVisibleTo(panel)
