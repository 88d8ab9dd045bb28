"""A series comes back with slice, window, zoom and turn, a modality with its layout, also in another run."""

from collections.abc import Generator, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from medviewer.dicom.library import ScanProgress
from medviewer.gui.session.remembering import Remembering
from medviewer.imaging.display import Orientation
from medviewer.imaging.frame import VoiOrigin, Window
from medviewer.settings import Settings
from medviewer.viewer import state as display_state
from medviewer.viewer.commands.panes.layout import set_layout
from medviewer.viewer.memory.database import Database
from medviewer.viewer.memory.kept_views import MOST_VIEWS, read_views, write_views
from medviewer.viewer.memory.stack_view import name_of
from medviewer.viewer.remembered.session_capture import view_of
from medviewer.viewer.render import Zoom
from medviewer.viewer.state.freshness import zoom_scope
from tests.gui import window_scene
from tests.gui.window_scene import COLOR, HEAD, PELVIS, STACKS, WindowScene, library
from tests.kept_on_disk import kept_names

BONE = Window(300.0, 1500.0, explanation="Bone", origin=VoiOrigin.PRESET)


class Board:
    """Stands for the window's part that settings change."""

    def apply_setting(self, key: str, value: str) -> None:
        pass


def started(scene: WindowScene) -> Remembering:
    scene.session.viewer.attach(Board(), Settings())
    return Remembering(scene.session)


@pytest.fixture
def again() -> Iterator[WindowScene]:
    scene = WindowScene()
    yield scene
    scene.session.shutdown()


def look_at_head(scene: WindowScene) -> None:
    viewer = scene.session.viewer
    scene.open("head")
    viewer.scroll_to(8)
    viewer.set_voi(BONE)
    viewer.show(display_state.turn(viewer.state.display, range(4), Orientation(3)))
    viewer.change(zooms={(zoom_scope(HEAD), None): Zoom(2.0, (11.0, 12.0))})
    scene.workers.settle()


def test_a_series_comes_back_as_it_was_looked_at(scene: WindowScene, again: WindowScene) -> None:
    started(scene)
    look_at_head(scene)
    started(again)
    again.open("head")
    pane = again.session.focused
    assert (pane.index, pane.voi, pane.orientation) == (8, BONE, Orientation(3))
    assert again.session.viewer.state.zooms[zoom_scope(HEAD), None] == Zoom(2.0, (11.0, 12.0))


@pytest.mark.parametrize("goes_elsewhere", [False, True])
def test_a_slice_that_is_found_after_the_first_image_comes_back(
    scene: WindowScene, monkeypatch: pytest.MonkeyPatch, goes_elsewhere: bool
) -> None:
    started(scene)
    look_at_head(scene)  # on the ninth slice
    seen: list[int] = []

    def found_bit_by_bit(*_: object) -> Generator[ScanProgress, None, None]:
        for count in (4, 6, 10):
            part = library(replace(HEAD, frames=HEAD.frames[:count]))
            yield ScanProgress(part, count, None if count < 10 else 10, finished=count == 10)

    monkeypatch.setattr(window_scene, "scan", found_bit_by_bit)
    again = WindowScene()
    viewer = again.session.viewer

    def look(_progress: int, _total: object) -> None:
        pane = again.session.focused
        assert pane is not None
        seen.append(pane.index)
        if goes_elsewhere and len(pane.stack) == 4:
            viewer.scroll_to(1)

    again.session.scan_progress.connect(look)
    started(again)
    again.open("head")
    assert seen[0] == 2  # the middle of what was found first
    assert again.session.focused is not None
    assert again.session.focused.index == (1 if goes_elsewhere else 8)
    assert not viewer.state.awaited_slices
    again.session.shutdown()


def test_what_was_seen_before_another_series_is_kept_too(scene: WindowScene, again: WindowScene) -> None:
    started(scene)
    look_at_head(scene)
    scene.session.viewer.scroll_to(3)
    scene.open("pelvis")
    started(again)
    again.open("head")
    assert again.session.focused.index == 3


def test_another_patients_series_of_the_same_key_is_not_shown_so(scene: WindowScene) -> None:
    other = replace(HEAD, identity=replace(HEAD.identity, patient_id="another"))
    assert name_of(other) != name_of(HEAD)


def test_a_modality_comes_back_in_its_layout(
    scene: WindowScene, again: WindowScene, monkeypatch: pytest.MonkeyPatch
) -> None:
    ultrasound = replace(COLOR, identity=replace(COLOR.identity, modality="US"))
    monkeypatch.setitem(STACKS, "colour", ultrasound)
    started(scene)
    scene.open("head")
    set_layout(scene.session.viewer, "2x2")
    scene.session.viewer.set_processing(3, "denoised")
    scene.session.viewer.change(linked=False)
    scene.workers.settle()
    scene.session.close_all()
    scene.workers.settle()
    started(again)
    again.open("colour")
    assert again.session.viewer.state.layout == "1", "ultrasound was never laid out"
    again.open("head")
    state = again.session.viewer.state
    assert (state.layout, state.linked) == ("2x2", False)
    assert [pane.processing for pane in state.display.panes if pane][3] == "denoised"
    set_layout(again.session.viewer, "1x2")
    again.open("pelvis")
    assert again.session.viewer.state.layout == "1x2", "within a modality nothing jumps"


def test_with_memory_off_nothing_comes_back_and_nothing_is_kept(
    scene: WindowScene, again: WindowScene, home: Path
) -> None:
    remembering = started(scene)
    look_at_head(scene)
    scene.session.viewer.change_setting("remember_files", False)
    scene.session.viewer.scroll_to(4)
    scene.workers.settle()
    remembering.end()
    assert [name for name in kept_names(home) if name != "data"] == ["settings.json"]
    scene.session.viewer.change_setting("remember_files", True)
    started(again)
    again.open("head")
    assert again.session.focused.index == len(HEAD) // 2


def test_views_that_cannot_be_read_are_as_if_they_were_not_there(
    scene: WindowScene, again: WindowScene
) -> None:
    started(scene)
    look_at_head(scene)
    database = Database()
    for damage in ("x", "{}", "[1]", '{"slice": 5}', "null"):
        database.write(lambda c, text=damage: c.execute("UPDATE views SET content = ?", (text,)))
        kept = read_views(database)
        assert (kept.series, kept.modalities) == ({}, {})
    started(again)
    again.open("head")
    assert again.session.focused.index == len(HEAD) // 2


def test_only_so_many_views_are_kept(scene: WindowScene, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("medviewer.viewer.memory.kept_views.MOST_VIEWS", 3)
    scene.open("head")
    view = view_of(scene.session.viewer.state, scene.session.focused)
    database = Database()
    for number in range(6):
        write_views(database, {f"series {number}": view}, {}, float(number))
    assert sorted(read_views(database).series) == ["series 3", "series 4", "series 5"]
    assert MOST_VIEWS > 1000


def test_series_of_one_study_keep_their_own(scene: WindowScene, again: WindowScene) -> None:
    started(scene)
    scene.session.open_paths([Path("head"), Path("pelvis"), Path("colour")])
    scene.workers.settle()
    viewer = scene.session.viewer
    for stack, index in ((HEAD, 1), (PELVIS, 3), (COLOR, 0)):
        viewer.show_stack(stack)
        viewer.scroll_to(index)
    scene.workers.settle()
    started(again)
    again.session.open_paths([Path("head"), Path("pelvis"), Path("colour")])
    again.workers.settle()
    for stack, index in ((COLOR, 0), (HEAD, 1), (PELVIS, 3)):
        again.session.viewer.show_stack(stack)
        assert again.session.focused.index == index
