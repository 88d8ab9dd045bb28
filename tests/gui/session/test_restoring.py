"""The last session comes back: studies, panes, slices, windows and layout."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from medviewer.dicom.model import FrameReference
from medviewer.gui.session.remembering import Remembering
from medviewer.imaging.display.transform import Orientation
from medviewer.imaging.frame import Frame, VoiOrigin, Window
from medviewer.imaging.source import SliceKey
from medviewer.settings import Settings
from medviewer.viewer import state as display_state
from medviewer.viewer.commands.panes.layout import set_layout
from medviewer.viewer.commands.studies.session import restore_session
from medviewer.viewer.commands.table import command_by_id
from medviewer.viewer.memory.session_files import FILE_NAME, SessionFile, left_sessions
from medviewer.viewer.memory.session_record import FLAGS, SessionRecord, session_from_text
from medviewer.viewer.remembered.session_capture import session_of
from medviewer.viewer.render import Zoom
from medviewer.viewer.render.text_level import TextLevel
from tests.gui.window_scene import FRACTIONS, HEAD, PELVIS, MadeFrames, WindowScene
from tests.kept_on_disk import kept_names


class Board:
    """Stands for the window's part that settings change."""

    def apply_setting(self, key: str, value: str) -> None:
        pass


@pytest.fixture
def again() -> Iterator[WindowScene]:
    scene = WindowScene()
    yield scene
    scene.session.shutdown()


def started(scene: WindowScene) -> Remembering:
    scene.session.viewer.attach(Board(), Settings())
    remembering = Remembering(scene.session)
    remembering.start()
    scene.workers.settle()
    return remembering


def busy_session(scene: WindowScene) -> None:
    """Leave two studies with slices, windows, turns and zooms of their own."""
    viewer = scene.session.viewer
    scene.open("head")
    scene.open("pelvis")
    set_layout(viewer, "2x2")
    viewer.show_stack(HEAD, 0)
    viewer.show_stack(PELVIS, 1)
    viewer.show_stack(HEAD, 2)
    viewer.change(linked=False, tool="zoom", side_panel_shown=False, identity_hidden=True)
    viewer.change(text_level=TextLevel.FEW)
    viewer.scroll_to(7, 0)
    viewer.scroll_to(3, 1)
    viewer.scroll_to(2, 2)
    viewer.set_voi(Window(300.0, 1500.0, origin=VoiOrigin.USER), 0)
    viewer.set_voi(Window(40.0, 80.0, explanation="Brain", origin=VoiOrigin.PRESET), 1)
    viewer.show(display_state.turn(viewer.state.display, [1], Orientation(1, True)))
    viewer.set_processing(2, "edges")
    viewer.set_focus(1)
    scene.workers.settle()


def shown(scene: WindowScene) -> object:
    state = scene.session.viewer.state
    panes = [
        pane and (pane.stack.key, pane.slice_key, pane.processing, pane.seen_voi, pane.orientation)
        for pane in state.display.panes
    ]
    studies = [study.identity.study_instance_uid for study in state.library.studies]
    flags = (state.linked, state.tool, state.browser_shown, state.side_panel_shown, state.identity_hidden)
    flags = (*flags, state.text_level)
    return panes, studies, flags, state.layout, state.maximized, state.display.focus, state.opened


def test_after_a_crash_all_comes_back_as_it_was(scene: WindowScene, again: WindowScene) -> None:
    started(scene)
    busy_session(scene)
    scene.session.viewer.memory.end_session()  # as the end of the process does
    started(again)
    (notice,) = again.session.notices.waiting
    assert "did not end as it should" in str(notice.sentence)
    command_by_id("file.restore_session").perform(again.session.viewer)
    again.workers.settle()
    assert shown(again) == shown(scene)
    assert again.session.notices.waiting == ()
    assert again.session.viewer.state.restoring is None


def test_the_message_after_a_crash_brings_all_back(scene: WindowScene, again: WindowScene) -> None:
    started(scene)
    busy_session(scene)
    scene.session.viewer.memory.end_session()
    started(again)
    (notice,) = again.session.notices.waiting
    ((word, restore),) = notice.actions
    assert word.for_user() == "Restore"
    restore()
    again.workers.settle()
    assert shown(again) == shown(scene)
    assert again.session.notices.waiting == ()


def test_zooms_come_back(scene: WindowScene, again: WindowScene) -> None:
    busy_session(scene)
    viewer = scene.session.viewer
    from medviewer.viewer.state.freshness import zoom_scope

    zooms = {(zoom_scope(HEAD), 0): Zoom(2.5, (30.0, 31.5)), (zoom_scope(HEAD), None): Zoom(1.5, (3.0, 4.0))}
    viewer.change(zooms=zooms)
    record = session_of(viewer.state)
    assert record is not None
    restore_session(again.session.viewer, record)
    again.workers.settle()
    assert dict(again.session.viewer.state.zooms) == zooms


def test_a_stack_without_a_window_of_its_own_keeps_the_automatic_one(monkeypatch: pytest.MonkeyPatch) -> None:
    read = MadeFrames.read_frame

    def read_frame(self: MadeFrames, reference: FrameReference) -> Frame:
        """Read a frame unlike others of its stack, without a window."""
        frame = read(self, reference)
        return replace(frame, voi=(), stored=frame.stored // (1 + FRACTIONS.frames.index(reference)))

    monkeypatch.setattr(MadeFrames, "read_frame", read_frame)
    scene, again = WindowScene(), WindowScene()
    scene.open("fractions")
    scene.session.viewer.scroll_to(2)
    scene.workers.settle()
    record = session_of(scene.session.viewer.state)
    assert record is not None
    restore_session(again.session.viewer, record)
    again.workers.settle()
    assert shown(again) == shown(scene)
    assert None not in [pane.voi for pane in again.session.state.panes if pane]
    for one in (scene, again):
        one.session.shutdown()


def test_a_session_goes_through_its_text_unchanged(scene: WindowScene) -> None:
    busy_session(scene)
    record = session_of(scene.session.viewer.state, saved_at=5.0)
    assert record is not None
    assert session_from_text(record.as_text()) == record
    named = record.as_text()
    assert HEAD.identity.patient_name not in named


@pytest.mark.parametrize("cut", range(0, 4000, 97))
def test_a_session_file_that_is_cut_off_is_no_session(scene: WindowScene, cut: int) -> None:
    busy_session(scene)
    record = session_of(scene.session.viewer.state)
    assert record is not None
    text = record.as_text()
    assert session_from_text(text[: min(cut, len(text) - 1)]) is None


def test_a_session_with_what_this_version_does_not_know_comes_as_far_as_it_can(
    scene: WindowScene, again: WindowScene
) -> None:
    busy_session(scene)
    record = session_of(scene.session.viewer.state)
    assert record is not None
    odd = replace(record, layout="5x5", tool="scalpel", focus=99, maximized=77, text_level="huge")
    odd = replace(odd, panes=tuple(pane and replace(pane, processing="magic") for pane in odd.panes))
    read = session_from_text(odd.as_text())
    assert read is not None
    restore_session(again.session.viewer, read)
    again.workers.settle()
    panes, *_ = shown(again)
    assert [pane and pane[1] for pane in panes] == [pane and pane[1] for pane in shown(scene)[0]]
    assert again.session.viewer.state.tool == "window"
    assert again.session.viewer.state.text_level is TextLevel.ALL


def test_a_closed_study_stays_closed_and_one_that_was_open_stays_open(
    scene: WindowScene, again: WindowScene
) -> None:
    scene.session.open_paths([Path("head"), Path("pelvis")])  # both in one folder
    scene.workers.settle()
    scene.session.viewer.show_stack(HEAD)
    scene.session.close_study()
    scene.session.viewer.show_stack(PELVIS)
    scene.workers.settle()
    record = session_of(scene.session.viewer.state)
    assert record is not None
    again.open("fractions")
    restore_session(again.session.viewer, record)
    again.workers.settle()
    names = {study.identity.patient_name for study in again.session.library.studies}
    assert names == {PELVIS.identity.patient_name, FRACTIONS.identity.patient_name}


def test_a_series_that_is_gone_is_said(scene: WindowScene, again: WindowScene) -> None:
    busy_session(scene)
    record = session_of(scene.session.viewer.state)
    assert record is not None
    panes = tuple(pane and replace(pane, stack="gone") for pane in record.panes[:1]) + record.panes[1:]
    restore_session(again.session.viewer, replace(record, panes=panes))
    again.workers.settle()
    assert again.session.state.panes[0] is None
    assert again.session.state.panes[1] is not None
    (notice,) = again.session.notices.waiting
    assert str(notice.sentence) == "Panes whose series was not found again: 1."


def test_the_same_image_in_another_file_will_do(scene: WindowScene, again: WindowScene) -> None:
    busy_session(scene)
    record = session_of(scene.session.viewer.state)
    assert record is not None

    def copied(key: SliceKey) -> SliceKey:
        return key._replace(edition="of a copy")

    panes = tuple(
        pane and replace(pane, view=replace(pane.view, slice_key=copied(pane.view.slice_key)))
        for pane in record.panes
    )
    restore_session(again.session.viewer, replace(record, panes=panes))
    again.workers.settle()
    assert shown(again) == shown(scene)


def test_a_crash_before_the_first_image_opens_and_shows_it(scene: WindowScene, again: WindowScene) -> None:
    started(scene)
    scene.session.open_paths([Path("head")])
    record = session_of(scene.session.viewer.state)
    assert record is not None
    assert not any(record.panes)
    restore_session(again.session.viewer, record)
    again.workers.settle()
    assert again.session.focused is not None


def test_an_opening_that_showed_nothing_shows_nothing_when_it_is_restored(
    scene: WindowScene, again: WindowScene
) -> None:
    scene.open("head")
    scene.session.close_study()
    scene.open()  # a folder without images
    set_layout(scene.session.viewer, "3x3")
    record = session_of(scene.session.viewer.state)
    assert record is not None
    restore_session(again.session.viewer, record)
    again.workers.settle()
    assert shown(again) == shown(scene)


def test_a_crash_while_restoring_loses_nothing(scene: WindowScene, again: WindowScene) -> None:
    started(scene)
    busy_session(scene)
    wanted = shown(scene)
    scene.session.viewer.memory.end_session()
    started(again)
    command_by_id("file.restore_session").perform(again.session.viewer)
    for _ in again.session.viewer.memory.write_session(
        again.session.viewer.state.restoring.record, takes_over=True
    ):
        pass
    again.session.viewer.memory.end_session()
    third = WindowScene()
    started(third)
    command_by_id("file.restore_session").perform(third.session.viewer)
    third.workers.settle()
    assert shown(third) == wanted
    third.session.shutdown()


def test_a_session_that_was_ended_is_there_but_not_told_of(scene: WindowScene, again: WindowScene) -> None:
    remembering = started(scene)
    busy_session(scene)
    remembering.end()
    started(again)
    assert again.session.notices.waiting == ()
    command_by_id("file.restore_session").perform(again.session.viewer)
    again.workers.settle()
    assert shown(again) == shown(scene)


def test_the_session_of_a_window_that_is_open_is_nobody_elses(scene: WindowScene, again: WindowScene) -> None:
    started(scene)
    busy_session(scene)
    started(again)
    assert again.session.viewer.state.last_session is None
    command_by_id("file.restore_session").perform(again.session.viewer)
    (notice,) = again.session.notices.waiting
    assert str(notice.sentence) == "There is no earlier session to restore."


def test_of_several_left_sessions_the_newest_is_offered_and_the_others_go(again: WindowScene) -> None:
    record = SessionRecord((), (), {}, dict.fromkeys(FLAGS, True), "2x2", None, "pan", 0, ())
    for at in (2.0, 3.0, 1.0):
        file = SessionFile()
        file.write(replace(record, saved_at=at))
        file.end()
    started(again)
    assert again.session.viewer.state.last_session.saved_at == 3.0
    assert [one.saved_at for _, one in left_sessions()] == [3.0]


def test_the_session_file_is_private_and_small(scene: WindowScene, home: Path) -> None:
    started(scene)
    busy_session(scene)
    (file,) = home.rglob(FILE_NAME)
    assert file.stat().st_mode & 0o777 == 0o600
    assert file.parent.stat().st_mode & 0o777 == 0o700
    assert file.stat().st_size < 20_000


def test_closing_all_leaves_no_session(scene: WindowScene, home: Path) -> None:
    remembering = started(scene)
    busy_session(scene)
    scene.session.close_all()
    scene.workers.settle()
    assert list(home.rglob(FILE_NAME)) == []
    remembering.end()
    assert list(home.rglob(FILE_NAME)) == []


def test_while_one_scrolls_the_session_is_written_but_not_at_each_slice(
    scene: WindowScene, monkeypatch: pytest.MonkeyPatch
) -> None:
    written = []
    started(scene)
    scene.open("head")
    monkeypatch.setattr(SessionFile, "write", lambda self, record: written.append(record.panes[0].view.index))
    for step in range(100):
        scene.session.viewer.scroll_to(step % 10)
        scene.workers.advance(16)
    assert 4 <= len(written) <= 10
    scene.workers.settle()
    assert written[-1] == 9


def test_with_memory_off_no_session_is_written_or_offered(
    scene: WindowScene, home: Path, again: WindowScene
) -> None:
    started(scene)
    busy_session(scene)
    scene.session.viewer.change_setting("remember_files", False)
    scene.session.viewer.scroll_to(1)
    scene.workers.settle()
    assert [name for name in kept_names(home) if name != "data"] == ["settings.json"]
    started(again)
    assert again.session.viewer.state.last_session is None
