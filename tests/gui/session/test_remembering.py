"""What was opened is remembered by itself, and by the switch not at all."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from medviewer.errors import BusyMemoryError
from medviewer.gui.session.remembering import LANE, Remembering
from medviewer.imaging.frame import Frame
from medviewer.settings import Settings
from medviewer.viewer.memory.memory import Memory
from medviewer.viewer.opening.opening import Opening
from tests.gui.window_scene import HEAD, PELVIS, STACKS, WindowScene
from tests.kept_on_disk import kept_names


class Board:
    """Stands for the window's part that settings change."""

    def apply_setting(self, key: str, value: str) -> None:
        pass


@pytest.fixture
def remembering(scene: WindowScene) -> Remembering:
    scene.session.viewer.attach(Board(), Settings())
    return Remembering(scene.session)


def open_head(scene: WindowScene) -> None:
    scene.open("head")
    folders = {frame.path.parent for frame in HEAD.frames}
    scene.session.viewer.change(opened=(Opening(tuple(folders)),))
    scene.session.viewer.scroll_to(7)
    scene.workers.settle()


def brighter(frame: Frame) -> Frame:
    return replace(frame, stored=frame.stored + np.arange(frame.columns, dtype=np.int16))


def remembered(home: Path) -> list[str]:
    found = [card for cards in Memory(remember=True).cards() for card in cards]
    return [f"{card.patient_name} {card.seen}" for card in found]


def test_an_open_study_is_remembered_with_what_was_on_the_screen(
    scene: WindowScene, remembering: Remembering, home: Path
) -> None:
    open_head(scene)
    assert remembered(home) == [f"{HEAD.identity.patient_name} 8/10"]
    (card,) = scene.session.viewer.state.recent_studies
    assert card.thumbnail.startswith(b"\x89PNG")


def test_a_study_that_was_never_looked_at_has_the_picture_of_the_browser(
    scene: WindowScene, remembering: Remembering
) -> None:
    scene.open("head", "pelvis")
    scene.session.want_thumbnail(PELVIS)
    folders = {frame.path.parent for stack in (HEAD, PELVIS) for frame in stack.frames}
    scene.session.viewer.change(opened=(Opening(tuple(folders)),))
    scene.session.viewer.scroll_to(7)
    scene.workers.settle()
    cards = {card.patient_name: card for card in scene.session.viewer.state.recent_studies}
    assert cards[PELVIS.identity.patient_name].thumbnail.startswith(b"\x89PNG")
    assert not cards[PELVIS.identity.patient_name].seen


def test_another_patients_files_of_the_same_uids_are_remembered_with_a_picture_of_their_own(
    scene: WindowScene, remembering: Remembering, monkeypatch: pytest.MonkeyPatch
) -> None:
    open_head(scene)
    (first,) = scene.session.viewer.state.recent_studies
    scene.session.close_all()
    scene.workers.settle()
    other = replace(HEAD, identity=replace(HEAD.identity, patient_name="ROE^JOHN", patient_id="000999"))
    monkeypatch.setitem(STACKS, "head", other)
    read = scene.files.read
    monkeypatch.setattr(scene.files, "read", lambda wanted: brighter(read(wanted)))
    open_head(scene)
    cards = {card.patient_name: card for card in scene.session.viewer.state.recent_studies}
    assert cards["DOE^JANE"].thumbnail == first.thumbnail
    assert cards["ROE^JOHN"].thumbnail.startswith(b"\x89PNG")
    assert cards["ROE^JOHN"].thumbnail != first.thumbnail


def test_at_the_next_start_it_is_offered(scene: WindowScene, remembering: Remembering) -> None:
    open_head(scene)
    again = WindowScene()
    again.session.viewer.attach(Board(), Settings())
    Remembering(again.session).start()
    again.workers.settle()
    names = [card.patient_name for card in again.session.viewer.state.recent_studies]
    assert names == [HEAD.identity.patient_name]
    again.session.shutdown()


def test_samples_are_not_remembered(scene: WindowScene, remembering: Remembering, home: Path) -> None:
    scene.open("head")
    scene.session.viewer.change(opened=(Opening(built_in="demo"),))
    scene.session.viewer.scroll_to(3)
    scene.workers.settle()
    assert remembered(home) == []


def test_what_was_seen_last_is_written_when_the_study_is_closed(
    scene: WindowScene, remembering: Remembering, home: Path
) -> None:
    open_head(scene)
    scene.session.viewer.scroll_to(2)
    scene.session.close_all()
    scene.workers.settle()
    assert remembered(home) == [f"{HEAD.identity.patient_name} 3/10"]


def test_what_was_seen_last_is_written_when_the_program_ends(
    scene: WindowScene, remembering: Remembering, home: Path
) -> None:
    open_head(scene)
    scene.session.viewer.scroll_to(4)
    remembering.end()
    assert remembered(home) == [f"{HEAD.identity.patient_name} 5/10"]


def test_another_window_that_writes_is_no_trouble_and_tried_again(
    scene: WindowScene, remembering: Remembering, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    add, busy = Memory.add_studies, [True, True]

    def add_later(self: Memory, *values: object) -> object:
        if busy:
            busy.pop()
            raise BusyMemoryError
        return add(self, *values)

    monkeypatch.setattr(Memory, "add_studies", add_later)
    open_head(scene)
    assert len(remembered(home)) == 1
    assert scene.session.notices.waiting == ()


def test_that_nothing_can_be_remembered_is_said_once(
    scene: WindowScene, remembering: Remembering, home: Path
) -> None:
    (home / "data").write_text("in the way")
    open_head(scene)
    scene.session.viewer.scroll_to(1)
    scene.workers.settle()
    (notice,) = scene.session.notices.waiting
    assert "cannot be remembered" in str(notice.sentence)


def test_the_switch_removes_it_and_nothing_is_written_any_more(
    scene: WindowScene, remembering: Remembering, home: Path
) -> None:
    open_head(scene)
    scene.session.viewer.recent.add([Path("/data/head")])
    scene.session.viewer.scroll_to(1)
    scene.session.viewer.change_setting("remember_files", False)
    scene.session.viewer.scroll_to(2)
    scene.workers.settle()
    remembering.end()
    assert [name for name in kept_names(home) if name != "data"] == ["settings.json"]
    assert scene.session.viewer.state.recent_studies == ()
    scene.session.viewer.change_setting("remember_files", True)
    scene.session.viewer.scroll_to(3)
    scene.workers.settle()
    assert len(remembered(home)) == 1


def test_what_waits_to_be_written_when_the_switch_is_turned_is_not_written(
    scene: WindowScene, remembering: Remembering, home: Path
) -> None:
    scene.workers.hold(LANE)
    open_head(scene)  # all timers have run out: the study is about to be written
    scene.session.viewer.change_setting("remember_files", False)
    scene.workers.release()
    scene.workers.settle()
    assert [name for name in kept_names(home) if name != "data"] == ["settings.json"]
    assert scene.session.viewer.state.recent_studies == ()


def test_forgetting_the_recent_ones_forgets_their_names(
    scene: WindowScene, remembering: Remembering, home: Path
) -> None:
    open_head(scene)
    scene.session.viewer.forget()
    assert remembered(home) == []
    assert [path.name for path in home.rglob("*") if path.is_file()] == []


@pytest.mark.parametrize("shape", [(8, 8), (8, 8, 3)])
def test_a_small_picture_is_kept_as_png(
    scene: WindowScene, remembering: Remembering, home: Path, shape: tuple[int, ...]
) -> None:
    scene.open("head")
    scene.session.thumbnail_ready.emit(HEAD.key, np.zeros(shape, np.uint8))
    open_head(scene)
    (card,) = scene.session.viewer.state.recent_studies
    assert card.thumbnail.startswith(b"\x89PNG")


def test_two_studies_are_both_remembered(scene: WindowScene, remembering: Remembering, home: Path) -> None:
    open_head(scene)
    scene.open("pelvis")
    folders = {frame.path.parent for stack in (HEAD, PELVIS) for frame in stack.frames}
    scene.session.viewer.change(opened=(Opening(tuple(folders)),))
    scene.session.viewer.scroll_to(0)
    scene.workers.settle()
    assert len(remembered(home)) == 2
