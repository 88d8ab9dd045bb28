"""The answer and what its figure is not are seen whole at every height of the window."""

from dataclasses import replace

import pytest
from PySide6.QtWidgets import QApplication

from medviewer.gui.window.main_window import MainWindow
from medviewer.imaging.frame.frame import Frame
from medviewer.inference.result import ModelResult
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
    assert "a score, not a probability" in band.accessibleName()
    assert band.visibleRegion().boundingRect() == band.rect()
