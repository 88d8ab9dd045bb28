"""Where the file's windows change from slice to slice one is kept while scrolling."""

from dataclasses import replace

import pytest

from medviewer.dicom.model import FrameReference, StoredStack
from medviewer.gui.window.main_window import MainWindow
from medviewer.imaging.frame.frame import Frame
from medviewer.imaging.frame.voi import VoiOrigin, Window
from medviewer.viewer.texts import pixel_words
from medviewer.viewer.windowing import kept_voi, windows_of_stack, with_first_window, with_remembered_windows
from tests.gui.window_scene import WindowScene


@pytest.fixture
def _windowed(scene: WindowScene, monkeypatch: pytest.MonkeyPatch) -> None:
    read = scene.files.read

    def windowed(reference: FrameReference) -> Frame:
        return replace(read(reference), voi=(Window(40 + 10 * scene.files.numbers_of(reference)[1], 80),))

    monkeypatch.setattr(scene.files, "read", windowed)


def scroll(scene: WindowScene, slices: int) -> None:
    scene.session.viewer.scroll_by(slices)
    scene.workers.settle()


def said(scene: WindowScene) -> str:
    """Return the words for the window in the corner of the large image."""
    focused = scene.session.focused
    assert focused is not None
    words = pixel_words(focused)
    assert words is not None
    return words.window


@pytest.mark.usefixtures("_windowed")
def test_the_window_of_the_first_slice_is_kept_and_the_slice_s_own_is_named(
    scene: WindowScene, window: MainWindow
) -> None:
    scene.open("head")
    first = said(scene)
    assert "," not in first
    scroll(scene, 1)
    kept, own = said(scene).split(", file here: ")
    assert kept == first != own
    assert not window.window_panel.file_button.isChecked()  # it is not that of this slice
    scroll(scene, -1)
    assert said(scene) == first
    assert not scene.session.notices.history  # and nothing comes over the picture


@pytest.mark.usefixtures("_windowed")
def test_the_file_s_own_window_is_had_for_the_asking(scene: WindowScene, window: MainWindow) -> None:
    scene.open("head")
    first = said(scene)
    scroll(scene, 2)
    own = said(scene).split(", file here: ")[1]
    window.bar.actions["image.reset_window"].trigger()
    assert said(scene) == own != first
    assert window.window_panel.file_button.isChecked()
    scroll(scene, -2)
    assert said(scene) == f"{own}, file here: {first}"  # kept from there on


@pytest.mark.usefixtures("_windowed")
def test_a_window_that_was_chosen_stays(scene: WindowScene, window: MainWindow) -> None:
    scene.open("head")
    scene.session.viewer.set_voi(Window(300, 1500, origin=VoiOrigin.USER))
    chosen = said(scene)
    scroll(scene, 1)
    assert said(scene) == chosen


@pytest.mark.usefixtures("_windowed")
def test_it_is_remembered_with_the_series(scene: WindowScene, window: MainWindow) -> None:
    scene.open("head")
    focused, first = scene.session.focused, scene.session.state.automatic
    assert focused is not None
    scroll(scene, 2)
    told = windows_of_stack(scene.session.state.automatic, focused.stack)
    assert [kept for _, _, kept in told] == list(first.values())
    again = with_remembered_windows({}, focused.stack, told)
    seen = scene.session.focused
    assert seen is not None
    assert seen.frame is not None
    assert kept_voi(again, focused.stack, seen.frame, None) == told[0][2]


@pytest.mark.usefixtures("_windowed")
def test_radiographs_are_pictures_of_their_own(scene: WindowScene, window: MainWindow) -> None:
    scene.open("head")
    seen = scene.session.focused
    assert seen is not None
    assert seen.frame is not None
    assert isinstance(seen.stack, StoredStack)
    plain = replace(seen.stack, identity=replace(seen.identity, modality="DX"))
    assert not with_first_window({}, [plain], seen.frame)
