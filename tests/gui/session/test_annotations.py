"""Annotations come with their study, are saved soon after an edit, and outlast the program."""

import errno
import os

import numpy as np
import pytest

from medviewer.gui.panes.pane import Pane
from medviewer.imaging.annotation.annotation import Annotation, image_sha256, slice_digest_of
from medviewer.settings import Settings
from medviewer.storage import try_writer_lock
from medviewer.translation import Message
from medviewer.viewer import memory
from medviewer.viewer.annotations.edits import edit_annotations, redo, undo
from medviewer.viewer.annotations.store import AnnotationStore
from tests.gui.pane_scene import make_frame
from tests.gui.session.test_remembered_views import Board
from tests.gui.window_scene import HEAD, PELVIS, WindowScene

EDIT = Message("length")
STUDY = HEAD.identity.study_instance_uid
MIDDLE = len(HEAD.frames) // 2


def note(name: str, index: int = MIDDLE) -> Annotation:
    points, on_slice = ((8.5, 40.5), (56.5, 40.5)), slice_digest_of(HEAD.slice_key(index))
    version = image_sha256(make_frame(HEAD, index))
    return Annotation(name, "length", points, on_slice, version, color=(0, 255, 0))


def stored() -> list[str]:
    """Return the state that a later start of the program finds."""
    (found,) = AnnotationStore(STUDY).load()
    return sorted(one.id for one in found.annotations)


def store_before(*names: str) -> None:
    assert AnnotationStore(STUDY).save_now(tuple(map(note, names)))


def on_panes(scene: WindowScene) -> list[list[str]]:
    panes = scene.session.state.panes
    return [sorted(one.id for one in pane.annotations) for pane in panes if pane is not None]


def edit(scene: WindowScene, *names: str) -> None:
    edit_annotations(scene.session.viewer, EDIT, tuple(map(note, names)))


def sentences(scene: WindowScene) -> list[str]:
    return [str(one.sentence) for one in scene.session.notices.waiting]


def test_stored_annotations_come_with_their_study(scene: WindowScene) -> None:
    store_before("a")
    scene.open("head")
    assert on_panes(scene) == [["a"]] * 4
    scene.session.viewer.scroll_by(1)
    scene.workers.settle()
    assert on_panes(scene) == [[]] * 4
    scene.session.viewer.scroll_by(-1)
    scene.workers.settle()
    assert on_panes(scene) == [["a"]] * 4


def test_a_stored_annotation_is_painted(scene: WindowScene, qtbot) -> None:
    store_before("a")
    scene.open("head")
    pane = Pane(scene.session, 0)
    qtbot.addWidget(pane)
    pane.resize(404, 430)
    pane.show()
    pane.refresh()
    image = pane.view.viewport().grab().toImage()
    pixels = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.bytesPerLine() // 4, 4)
    assert ((pixels[..., 1] > 150) & (pixels[..., 0] < 90) & (pixels[..., 2] < 90)).sum() > 100


def test_an_edit_is_seen_at_once_and_saved_soon_once_for_all(
    scene: WindowScene, monkeypatch: pytest.MonkeyPatch
) -> None:
    scene.open("head")
    saves: list[int] = []
    save = AnnotationStore.save
    monkeypatch.setattr(
        AnnotationStore, "save", lambda store, given: (saves.append(1), save(store, given))[1]
    )
    for count in range(1, 6):
        edit(scene, *"abcde"[:count])
        assert on_panes(scene)[0] == list("abcde"[:count])
    assert stored() == []
    scene.workers.settle()
    assert stored() == list("abcde")
    assert saves == [1]


def test_undo_and_redo_are_saved_too(scene: WindowScene) -> None:
    scene.open("head")
    edit(scene, "a")
    edit(scene, "a", "b")
    undo(scene.session.viewer)
    assert on_panes(scene) == [["a"]] * 4
    scene.workers.settle()
    assert stored() == ["a"]
    redo(scene.session.viewer)
    scene.workers.settle()
    assert (stored(), on_panes(scene)) == (["a", "b"], [["a", "b"]] * 4)


def test_edits_while_a_save_is_under_way_are_saved_as_well(scene: WindowScene) -> None:
    scene.open("head")
    edit(scene, "a")
    for names in ("ab", "abc", "c"):
        scene.workers.advance(520.0)
        edit(scene, *names)
    scene.workers.settle()
    assert (stored(), on_panes(scene)[0]) == (["c"], ["c"])


def test_a_damaged_file_is_told_of(scene: WindowScene) -> None:
    path = AnnotationStore(STUDY).path
    path.parent.mkdir(parents=True)
    path.write_bytes(b"damaged")
    scene.open("head")
    assert any("could not be read" in said and path.name in said for said in sentences(scene))
    edit(scene, "a")
    scene.workers.settle()
    assert stored() == ["a"]
    assert any("could not be read" in said for said in sentences(scene))  # until it is dismissed


def test_a_full_disk_is_told_of_and_loses_nothing(
    scene: WindowScene, monkeypatch: pytest.MonkeyPatch
) -> None:
    scene.open("head")
    edit(scene, "a")
    with monkeypatch.context() as full:

        def refuse(*_: object) -> None:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

        full.setattr(os, "fsync", refuse)
        scene.workers.settle()
        assert sentences(scene) == ["Drawings and key images are not saved yet: No space left on device."]
        scene.session.close_all()
        scene.workers.settle()
    assert stored() == []
    scene.open("head")
    assert on_panes(scene) == [["a"]] * 4
    edit(scene, "a", "b")
    scene.workers.settle()
    assert (stored(), sentences(scene)) == (["a", "b"], [])


def test_where_another_window_writes_it_is_tried_again(scene: WindowScene) -> None:
    scene.open("head")
    edit(scene, "a")
    with try_writer_lock(AnnotationStore(STUDY).path.parent):
        scene.workers.advance(2000.0)
        assert stored() == []
    scene.workers.settle()
    assert stored() == ["a"]


def test_what_another_window_drew_is_shown_with_the_next_save(scene: WindowScene) -> None:
    scene.open("head")
    store_before("other")
    edit(scene, "a")
    scene.workers.settle()
    assert (stored(), on_panes(scene)[0]) == (["a", "other"], ["a", "other"])
    undo(scene.session.viewer)
    assert on_panes(scene)[0] == ["other"]


def test_the_end_of_the_program_saves_the_last_edit(scene: WindowScene) -> None:
    scene.open("head")
    edit(scene, "a")
    scene.session.shutdown()
    assert stored() == ["a"]


def test_the_end_of_the_program_loses_nothing_where_another_window_writes_on(
    scene: WindowScene, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(memory, "LAST_SECONDS", 0.0)
    monkeypatch.setattr(memory, "ENDING_SECONDS", 0.0)
    scene.open("head")
    edit(scene, "a")
    with try_writer_lock(memory.annotations_folder()):
        assert "another window is writing" in scene.session.save_drawings().for_user()  # and is asked about
        scene.session.shutdown()
    assert stored() == ["a"]


def test_a_closed_study_is_saved_and_read_anew(scene: WindowScene) -> None:
    scene.open("head")
    edit(scene, "a")
    scene.session.close_study()
    scene.workers.settle()
    assert stored() == ["a"]
    store_before("b")
    scene.open("head")
    assert on_panes(scene) == [["a", "b"]] * 4


def test_what_is_not_to_be_kept_is_neither_read_nor_written_and_that_is_said(scene: WindowScene) -> None:
    store_before("kept")
    scene.session.viewer.keeps_annotations = False
    scene.open("head")
    assert on_panes(scene) == [[]] * 4
    edit(scene, "a")
    edit(scene, "a", "b")
    scene.workers.settle()
    scene.session.close_study()
    scene.workers.settle()
    assert stored() == ["kept"]
    assert sum("not kept" in said for said in sentences(scene)) == 1


@pytest.mark.parametrize("key", ["keep_annotations", "remember_files"])
def test_either_switch_ends_the_keeping(scene: WindowScene, key: str) -> None:
    viewer = scene.session.viewer
    viewer.attach(Board(), Settings())
    assert viewer.keeps_annotations
    viewer.change_setting(key, False)
    assert not viewer.keeps_annotations
    viewer.change_setting(key, True)
    assert viewer.keeps_annotations


def test_while_none_is_kept_none_is_missed_at_the_end(
    scene: WindowScene, caplog: pytest.LogCaptureFixture
) -> None:
    viewer = scene.session.viewer
    viewer.attach(Board(), Settings())
    scene.open("head")
    viewer.change_setting("keep_annotations", False)
    edit(scene, "a")
    scene.workers.settle()
    scene.session.shutdown()
    assert not [record for record in caplog.messages if "not saved" in record]


def test_annotations_of_one_study_are_on_no_other(scene: WindowScene) -> None:
    store_before("a")
    scene.open("pelvis", "head")
    pelvis = scene.session.library.stacks[0]
    assert pelvis.identity == PELVIS.identity
    scene.session.viewer.show_stack(pelvis)
    scene.workers.settle()
    assert on_panes(scene) == [[]] * 4


def test_what_another_window_drew_stays_where_this_one_saves_at_its_close_and_at_its_end(
    scene: WindowScene,
) -> None:
    scene.open("head")
    edit(scene, "a")
    store_before("b")  # as another window does, of which this one has not heard
    assert not scene.session.save_drawings()  # the window asks whether it may be closed
    assert on_panes(scene) == [["a", "b"]] * 4
    scene.session.shutdown()
    assert stored() == ["a", "b"]
