"""The real window over images of numbers without measure.

Whatever is done, no fault and no warning.
"""

from dataclasses import replace

import pytest
from PySide6.QtCore import QPointF
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from medviewer.dicom.model import FrameReference
from medviewer.gui.panels.window import WindowPanel
from medviewer.gui.window.main_window import MainWindow
from medviewer.imaging.display.default_window import fitted_window
from medviewer.imaging.frame.frame import Frame
from medviewer.imaging.frame.geometry import FrameGeometry
from medviewer.imaging.frame.voi import VoiOrigin, Window, is_usable
from medviewer.imaging.processing import PROCESSINGS
from medviewer.viewer.commands.images.window import window_automatically
from medviewer.viewer.windowing.window_drag import dragged_window, starting_window
from tests.absurd_numbers import NUMBERS, frames
from tests.gui import window_scene
from tests.gui.pane_scene import identity, make_stack
from tests.gui.window_scene import MadeFrames, WindowScene

SHOWN = [replace(frame, geometry=FrameGeometry()) for frame in frames()]  # the reader knows no senseless one
ABSURD = make_stack(len(SHOWN), who=identity("NOE^NAN", "000999", "13"), shape=(24, 24), spacing=False)


@pytest.fixture
def window(qtbot: QtBot, scene: WindowScene, monkeypatch: pytest.MonkeyPatch) -> MainWindow:
    read_frame = MadeFrames.read_frame

    def read(files: MadeFrames, reference: FrameReference) -> Frame:
        if reference not in ABSURD.frames:
            return read_frame(files, reference)
        frame = SHOWN[ABSURD.frames.index(reference)]
        return replace(frame, sop_instance_uid=reference.sop_instance_uid, geometry=reference.geometry)

    monkeypatch.setattr(MadeFrames, "read_frame", read)
    monkeypatch.setitem(window_scene.STACKS, "absurd", ABSURD)
    window = MainWindow(scene.session)
    qtbot.addWidget(window)
    window.resize(1200, 800)
    window.show()
    scene.open("absurd")
    return window


def panel_of(window: MainWindow) -> WindowPanel:
    panel = window.findChild(WindowPanel)
    assert isinstance(panel, WindowPanel)
    return panel


def shown(window: MainWindow, scene: WindowScene) -> Frame:
    """Let everything be painted; return the frame that is shown."""
    scene.workers.settle()
    QApplication.processEvents()
    window.grab()
    pane = scene.session.focused
    assert pane is not None
    assert pane.frame is not None, pane.failure.for_user()
    return pane.frame


@pytest.mark.parametrize("part", range(4))
def test_every_image_is_painted_in_four_views_and_its_values_counted(
    window: MainWindow, scene: WindowScene, part: int
) -> None:
    crashes: list[str] = []
    scene.session.crashed.connect(crashes.append)
    for index in range(part, len(SHOWN), 4):
        scene.session.viewer.scroll_to(index)
        frame = shown(window, scene)
        scene.workers.settle()
        for pane in window.panes.panes:
            pane.mouse.hovered.emit(QPointF(pane.width() / 2, pane.height() / 2))
        assert frame.rows == 24
    assert not crashes


def test_every_window_of_a_file_can_be_chosen_dragged_and_taken_back(
    window: MainWindow, scene: WindowScene
) -> None:
    for index in range(0, len(SHOWN), 5):
        scene.session.viewer.scroll_to(index)
        frame = shown(window, scene)
        for voi in frame.voi:
            if is_usable(voi):
                scene.session.viewer.set_voi(voi)
                shown(window, scene)
        start = starting_window(frame, None)
        for across, down in ((3.0, 2.0), (-3.0, -2.0)):
            dragged = start
            for _ in range(40):
                dragged = dragged_window(dragged, across, down)
            assert is_usable(dragged)
            scene.session.viewer.set_voi(dragged)
            shown(window, scene)
        window_automatically(scene.session.viewer)
        shown(window, scene)
        scene.session.viewer.set_voi(None)
        shown(window, scene)


def test_windows_of_any_size_are_typed(window: MainWindow, scene: WindowScene) -> None:
    frame = shown(window, scene)
    for center in NUMBERS[::2]:
        for width in NUMBERS[1::2]:
            voi = fitted_window(Window(center, width, origin=VoiOrigin.USER), frame)
            if is_usable(voi):
                scene.session.viewer.set_voi(voi)
                shown(window, scene)
            box = panel_of(window).width_box
            box.setValue(width)
            shown(window, scene)


@pytest.mark.parametrize("name", PROCESSINGS)
def test_every_processing_is_shown_alone(window: MainWindow, scene: WindowScene, name: str) -> None:
    scene.session.viewer.set_processing(0, name)
    for index in range(list(PROCESSINGS).index(name), len(SHOWN), 12):  # each image is met by some
        scene.session.viewer.scroll_to(index)
        shown(window, scene)
        scene.session.classify()
        scene.workers.settle()
