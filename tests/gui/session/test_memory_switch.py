"""The one switch ends all memory.

Drawings are deleted after a yes only, and what is open goes on.
"""

from pathlib import Path

import pytest

from medviewer.errors import MemoryAccessError
from medviewer.gui.session.remembering import Remembering
from medviewer.settings import Settings
from medviewer.storage import try_writer_lock
from medviewer.viewer.annotations.edits import redo, undo
from medviewer.viewer.annotations.store import AnnotationStore
from medviewer.viewer.memory import kept_annotations
from medviewer.viewer.memory.kept_annotations import (
    annotations_folder,
    count_annotated_studies,
    forget_annotations,
)
from medviewer.viewer.ui import Question
from tests.gui.session.test_annotations import STUDY, edit, note, on_panes, sentences, store_before, stored
from tests.gui.window_scene import WindowScene
from tests.kept_on_disk import kept_names


class Asked:
    """Stands for a window and keeps its requests."""

    def __init__(self) -> None:
        self.questions: list[Question] = []

    def ask(self, question: Question) -> None:
        self.questions.append(question)


@pytest.fixture
def asked(scene: WindowScene) -> Asked:
    asked = Asked()
    scene.session.viewer.attach(asked, Settings())
    return asked


def switch_off(scene: WindowScene) -> None:
    scene.session.viewer.change_setting("remember_files", False)


def test_where_drawings_are_kept_it_is_asked_first_and_nothing_happens_meanwhile(
    scene: WindowScene, asked: Asked
) -> None:
    store_before("a")
    assert AnnotationStore("1.2.3").save_now((note("of another study"),))
    scene.open("head")
    switch_off(scene)
    (question,) = asked.questions
    assert "of 2 studies are kept" in question.text.for_user()
    assert "exported before" in question.explanation.for_user()
    assert (question.yes.for_user(), question.no.for_user()) == ("Delete", "Cancel")
    assert scene.session.viewer.memory.remember
    assert stored() == ["a"]


def test_after_cancel_memory_stays_on_and_drawings_are_kept(
    scene: WindowScene, asked: Asked, home: Path
) -> None:
    store_before("a")
    scene.open("head")
    switch_off(scene)
    asked.questions[0].on_no()
    assert Settings().flag("remember_files")
    edit(scene, "a", "b")
    scene.workers.settle()
    assert stored() == ["a", "b"]
    assert sentences(scene) == []


def test_after_a_yes_the_folder_is_gone_with_damaged_files_and_locks(
    scene: WindowScene, asked: Asked, home: Path
) -> None:
    store_before("a")
    for name in ("1.json.bad", "1.json.bad-2", ".medviewer-0.part"):
        (annotations_folder() / name).write_bytes(b"damaged")
    scene.open("head")
    edit(scene, "a", "b")
    scene.workers.settle()
    switch_off(scene)
    asked.questions[0].on_yes()
    scene.workers.settle()
    assert kept_names(home) == ["data", "settings.json"]
    assert not Settings().flag("remember_files")


def test_what_is_drawn_stays_in_the_session_with_its_history(
    scene: WindowScene, asked: Asked, home: Path
) -> None:
    scene.open("head")
    edit(scene, "a")
    scene.workers.settle()
    switch_off(scene)
    asked.questions[0].on_yes()
    assert on_panes(scene)[0] == ["a"]
    undo(scene.session.viewer)
    assert on_panes(scene)[0] == []
    redo(scene.session.viewer)
    edit(scene, "a", "b")
    scene.workers.settle()
    assert on_panes(scene)[0] == ["a", "b"]
    assert kept_names(home) == ["data", "settings.json"]
    assert sum("not kept" in said for said in sentences(scene)) == 1


def test_what_waits_to_be_written_when_the_switch_is_turned_is_not_written(
    scene: WindowScene, asked: Asked, home: Path
) -> None:
    store_before("a")
    scene.open("head")
    scene.workers.hold("annotations")
    edit(scene, "a", "b")
    scene.workers.advance(1000.0)  # it is about to be written
    switch_off(scene)
    asked.questions[0].on_yes()
    scene.workers.release()
    scene.workers.settle()
    assert kept_names(home) == ["data", "settings.json"]


def test_switched_on_again_what_is_drawn_is_kept(scene: WindowScene, asked: Asked) -> None:
    scene.open("head")
    edit(scene, "a")
    scene.workers.settle()
    switch_off(scene)
    asked.questions[0].on_yes()
    edit(scene, "a", "b")
    scene.workers.settle()
    scene.session.viewer.change_setting("remember_files", True)
    scene.workers.settle()
    assert stored() == ["a", "b"]
    assert asked.questions[1:] == []


def test_where_nothing_is_drawn_nobody_is_asked(scene: WindowScene, asked: Asked) -> None:
    switch_off(scene)
    assert asked.questions == []
    assert not scene.session.viewer.memory.remember


def test_damaged_files_alone_are_asked_about_too(scene: WindowScene, asked: Asked) -> None:
    annotations_folder().mkdir(parents=True)
    (annotations_folder() / "1.json.bad").write_bytes(b"damaged")
    switch_off(scene)
    assert "of one study are kept" in asked.questions[0].text.for_user()


def test_a_window_that_writes_meanwhile_is_waited_for_but_not_for_ever(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    store_before("a")
    monkeypatch.setattr(kept_annotations, "LAST_SECONDS", 0.0)
    with try_writer_lock(annotations_folder()), pytest.raises(MemoryAccessError, match="another window"):
        forget_annotations()
    assert stored() == ["a"]
    forget_annotations()
    assert (count_annotated_studies(), annotations_folder().exists()) == (0, False)


def test_of_two_windows_on_one_study_the_other_writes_nothing_any_more(
    scene: WindowScene, asked: Asked, home: Path
) -> None:
    scene.open("head")
    edit(scene, "a")
    scene.workers.settle()
    Settings().change("remember_files", False)  # the other window does so
    forget_annotations()
    edit(scene, "a", "b")
    scene.workers.settle()
    assert on_panes(scene)[0] == ["a", "b"]
    assert kept_names(home) == ["data", "settings.json"]
    assert not scene.session.viewer.keeps_annotations
    assert any("another window" in said for said in sentences(scene))


def test_what_another_window_switches_off_while_this_one_writes_is_not_written(home: Path) -> None:
    settings = Settings()
    store = AnnotationStore(STUDY, lambda: not settings.is_off_elsewhere("remember_files"))
    assert store.save_now((note("a"),))
    Settings().change("remember_files", False)
    forget_annotations()
    assert not store.save_now((note("b"),))
    assert kept_names(home) == ["data", "settings.json"]


def test_of_two_windows_the_other_remembers_no_session_any_more(
    scene: WindowScene, asked: Asked, home: Path
) -> None:
    remembering = Remembering(scene.session)
    scene.open("head")
    scene.workers.settle()
    Settings().change("remember_files", False)
    scene.session.viewer.scroll_to(1)
    scene.workers.settle()
    remembering.end()
    assert kept_names(home) == ["data", "settings.json"]


def test_windows_keep_each_others_settings(home: Path) -> None:
    one, other = Settings(), Settings()
    one.change("remember_files", False)
    other.change("tool", "zoom")
    one.change("theme", "light")
    last = Settings()
    assert (last.flag("remember_files"), last.text("tool"), last.text("theme")) == (False, "zoom", "light")
