"""Where the file's windows change from slice to slice the reader is told, once for a series."""

from dataclasses import replace

import pytest

from medviewer.dicom.model import FrameReference
from medviewer.gui.window.main_window import MainWindow
from medviewer.imaging.frame.frame import Frame
from medviewer.imaging.frame.voi import Window
from tests.gui.window_scene import WindowScene

SAID = "The file states another window for this slice"


def _said(scene: WindowScene) -> list[str]:
    return [text for _, told in scene.session.notices.history if SAID in (text := told.sentence.for_user())]


@pytest.mark.parametrize("step", [0, 25])
def test_windows_that_change_with_the_slices_are_told_once(
    scene: WindowScene, window: MainWindow, monkeypatch: pytest.MonkeyPatch, step: int
) -> None:
    read = scene.files.read

    def windowed(reference: FrameReference) -> Frame:
        frame = read(reference)
        return replace(frame, voi=(Window(40 + step * scene.files.numbers_of(reference)[1], 80),))

    monkeypatch.setattr(scene.files, "read", windowed)
    scene.open("head")
    assert not _said(scene)
    for _ in range(3):
        scene.session.viewer.scroll_by(1)
        scene.workers.settle()
    assert len(_said(scene)) == bool(step)


def test_of_a_window_that_was_chosen_nothing_is_said(
    scene: WindowScene, window: MainWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    read = scene.files.read

    def windowed(reference: FrameReference) -> Frame:
        return replace(read(reference), voi=(Window(40 + scene.files.numbers_of(reference)[1], 80),))

    monkeypatch.setattr(scene.files, "read", windowed)
    scene.open("head")
    scene.session.viewer.set_voi(Window(40, 80))
    scene.session.viewer.scroll_by(1)
    scene.workers.settle()
    assert not _said(scene)
