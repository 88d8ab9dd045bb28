"""What was drawn outlasts the program, a full disk, a damaged file and a second window."""

import errno
import os
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from medviewer.errors import WriteError
from medviewer.imaging.annotation.annotation import Annotation, Annotations, digest, slice_digest_of
from medviewer.imaging.annotation.document import as_json, from_json
from medviewer.imaging.source import SliceKey
from medviewer.storage import try_writer_lock
from medviewer.translation import Message, use_language
from medviewer.viewer.annotations.store import AnnotationStore, InFile
from medviewer.viewer.state.history import History

STUDY = "1.2.826.0.1.417"
EDIT = Message("text")


def note(name: str, text: str = "", uid: str = f"{STUDY}.1.5") -> Annotation:
    points = ((1.0, 2.0, 3.0), (4.0, 5.0, 6.0))
    return Annotation(
        name, "length", points, slice_digest_of(SliceKey(uid)), "0" * 64, digest(f"{STUDY}.9"), text
    )


class Window:
    """A window on a study: its history, and the store."""

    def __init__(self) -> None:
        self.store = AnnotationStore(STUDY)
        self.history: History[Annotations] = History(())

    @property
    def path(self) -> Path:
        return self.store.path

    @property
    def annotations(self) -> Annotations:
        return self.history.present

    @property
    def is_saved(self) -> bool:
        return self.store.is_saved(self.annotations)

    def edit(self, name: Message, annotations: Annotations) -> None:
        self.history = self.history.edited(name, annotations)

    def undo(self) -> None:
        self.history = self.history.undone()

    def redo(self) -> None:
        self.history = self.history.redone()

    def load(self) -> Iterator[InFile]:
        return self.store.load()

    def save(self) -> Iterator[InFile]:
        return self.store.save(self.annotations)

    def take(self, found: InFile) -> None:
        self.history = self.store.take(found, self.history)


def loaded() -> tuple[Window, InFile]:
    """Return the annotations that another window or a later start finds."""
    window = Window()
    (found,) = window.load()
    window.take(found)
    return window, found


def saved(window: Window) -> InFile:
    (found,) = window.save()
    window.take(found)
    return found


def add(window: Window, *more: Annotation) -> None:
    window.edit(EDIT, (*window.annotations, *more))


def test_what_was_saved_is_there_tomorrow() -> None:
    store, found = loaded()
    assert (store.annotations, found.note, store.is_saved) == ((), Message(""), True)
    add(store, note("a", "骨"), note("b"))
    assert not store.is_saved
    assert not saved(store).note
    assert store.is_saved
    assert loaded()[0].annotations == (note("a", "骨"), note("b"))


def test_the_file_is_private_and_tells_nobody_whose_it_is() -> None:
    store = Window()
    add(store, note("a"))
    saved(store)
    if os.name != "nt":
        assert stat.S_IMODE(store.path.stat().st_mode) == 0o600
        assert stat.S_IMODE(store.path.parent.stat().st_mode) == 0o700
    written = store.path.name + store.path.read_text("ascii")
    assert not any(part in written for part in (STUDY, "1.2.826", "417"))
    assert AnnotationStore(STUDY + "1").path != store.path


def write(content: bytes) -> Path:
    path = Window().path
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


WHOLE = as_json((note("a"), note("b"))).encode("ascii")
BAD = [b"", b"\x00" * 500, WHOLE[:100], WHOLE.replace(b'"b"', b'"a"'), "骨".encode(), b"[" * 10_000]
NEWER = b'{"version": 2, "shapes": {"in": "another form"}, "annotations": []}'


@pytest.mark.parametrize(
    ("content", "words"),
    [*((content, "could not be read") for content in BAD), (NEWER, "newer version")],
    ids=range(len(BAD) + 1),
)
def test_a_file_that_cannot_be_read_is_kept_beside_and_that_is_said(content: bytes, words: str) -> None:
    path = write(content)
    store, found = loaded()
    kept = path.with_name(path.name + ".bad")
    assert words in str(found.note)
    assert kept.name in str(found.note)
    assert (kept.read_bytes(), path.exists(), store.annotations) == (content, False, ())
    try:
        use_language("zh_CN")
        assert kept.name in found.note.for_user()
        assert "annotations" not in found.note.for_user()
    finally:
        use_language("en")
    add(store, note("c"))
    saved(store)
    assert kept.read_bytes() == content
    assert loaded()[0].annotations == (note("c"),)


def test_each_damaged_file_is_kept() -> None:
    for number, content in enumerate((b"one", b"two", b"three"), 1):
        path = write(content)
        loaded()
        end = ".bad" if number == 1 else f".bad-{number}"
        assert path.with_name(path.name + end).read_bytes() == content
    assert path.with_name(path.name + ".bad").read_bytes() == b"one"


def refuse(number: int) -> Any:
    def refused(*_: object, **__: object) -> None:
        raise OSError(number, os.strerror(number))

    return refused


def test_a_damaged_file_that_cannot_be_set_aside_is_not_written_over(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    path = write(b"damaged")
    with monkeypatch.context() as read_only:
        read_only.setattr(os, "link", refuse(errno.EROFS))
        store, found = loaded()
        assert "not saved" in str(found.note)
        add(store, note("a"))
        assert "not saved" in str(saved(store).note)
        assert path.read_bytes() == b"damaged"
        assert (store.annotations, store.is_saved) == ((note("a"),), False)
    saved(store)
    assert loaded()[0].annotations == (note("a"),)
    assert path.with_name(path.name + ".bad").read_bytes() == b"damaged"


def refuse_to_read(refused: Path) -> Any:
    """Return an `os.open` that opens one file for writing only."""
    opened = os.open

    def open_others(path: Any, flags: int, *more: Any, **named: Any) -> int:
        if Path(path) == refused and not flags & (os.O_WRONLY | os.O_RDWR):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
        return opened(path, flags, *more, **named)

    return open_others


def test_a_file_that_may_not_be_read_now_is_left_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    path = write(WHOLE)
    with monkeypatch.context() as unreadable:
        unreadable.setattr(os, "open", refuse_to_read(path))
        store, found = loaded()
        add(store, note("c"))
        saved(store)
        assert "could not be read" in str(found.note)
    assert path.read_bytes() == WHOLE
    saved(store)
    assert {one.id for one in loaded()[0].annotations} == {"a", "b", "c"}


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EROFS, errno.EDQUOT])
def test_a_disk_that_takes_nothing_loses_nothing(monkeypatch: pytest.MonkeyPatch, number: int) -> None:
    store = Window()
    add(store, note("a"))
    saved(store)
    add(store, note("b"))
    with monkeypatch.context() as full:
        full.setattr(os, "fsync", refuse(number))
        with pytest.raises(WriteError) as refused:
            list(store.save())
    assert os.strerror(number) in str(refused.value.message())
    assert (store.annotations, store.is_saved) == ((note("a"), note("b")), False)
    assert loaded()[0].annotations == (note("a"),)
    saved(store)
    assert loaded()[0].annotations == (note("a"), note("b"))


def test_two_windows_on_one_study_drop_nothing_of_each_other() -> None:
    one, other = loaded()[0], loaded()[0]
    add(one, note("a"), note("b"))
    saved(one)
    add(other, note("c"))
    assert not saved(other).note
    assert {a.id for a in other.annotations} == {"a", "b", "c"}
    one.edit(EDIT, (note("a", "changed"),))  # and b removed
    saved(one)
    assert {(a.id, a.text) for a in one.annotations} == {("a", "changed"), ("c", "")}
    assert from_json(one.path.read_text()) == one.annotations


def test_undo_takes_back_only_what_was_done_in_this_window() -> None:
    one, other = loaded()[0], loaded()[0]
    add(one, note("a"))
    add(other, note("b"))
    saved(other)
    saved(one)
    one.undo()
    assert one.annotations == (note("b"),)
    one.redo()
    assert set(one.annotations) == {note("a"), note("b")}


def test_what_both_windows_changed_is_kept_twice_and_said() -> None:
    write(as_json((note("a"),)).encode())
    one, other = loaded()[0], loaded()[0]
    one.edit(EDIT, (note("a", "one"),))
    other.edit(EDIT, (note("a", "other"),))
    saved(one)
    found = saved(other)
    assert "in another window, too: 1" in str(found.note)
    assert sorted(a.text for a in loaded()[0].annotations) == ["one", "other"]


@pytest.mark.parametrize("removes_first", [False, True])
def test_what_one_window_removes_while_the_other_changes_it_stays_as_changed(removes_first: bool) -> None:
    write(as_json((note("a"), note("b"))).encode())
    one, other = loaded()[0], loaded()[0]
    one.edit(EDIT, (note("b"),))
    other.edit(EDIT, (note("a", "changed"), note("b")))
    for store in (one, other) if removes_first else (other, one):
        saved(store)
    assert [(a.id, a.text) for a in sorted(loaded()[0].annotations, key=lambda a: a.id)] == [
        *(("a", "changed"), ("b", note("b").text)),
    ]


def test_what_is_drawn_while_the_file_is_written_is_saved_next() -> None:
    store, other = loaded()[0], loaded()[0]
    add(other, note("c"))
    saved(other)
    add(store, note("a"))
    (found,) = store.save()
    add(store, note("b"))
    store.take(found)
    assert not store.is_saved
    saved(store)
    assert {one.id for one in loaded()[0].annotations} == {"a", "b", "c"}


def test_what_is_drawn_while_the_file_is_read_is_kept() -> None:
    write(WHOLE)
    store = Window()
    (found,) = store.load()
    add(store, note("c"))
    store.take(found)
    assert {one.id for one in store.annotations} == {"a", "b", "c"}
    assert not store.is_saved


def test_a_file_that_was_removed_meanwhile_is_written_again_whole() -> None:
    path = write(WHOLE)
    store = loaded()[0]
    path.unlink()
    add(store, note("c"))
    saved(store)
    assert {one.id for one in loaded()[0].annotations} == {"a", "b", "c"}


def test_where_another_window_writes_it_is_tried_again() -> None:
    store = Window()
    add(store, note("a"))
    with try_writer_lock(store.path.parent) as first:
        found = saved(store)
        assert (first, found.is_busy, store.is_saved) == (True, True, False)
        assert not store.path.exists()
    assert not saved(store).is_busy
    assert store.is_saved


WRITER = """
import sys
from dataclasses import replace
from tests.viewer.annotations.test_store import EDIT, Window, note
store = Window()
for number in range(25):
    store.edit(EDIT, (*store.annotations, note(f"{sys.argv[1]} {number}")))
    while not store.is_saved:
        for found in store.save():
            store.take(found)
"""


def test_three_processes_that_write_at_once_drop_nothing() -> None:
    running = [subprocess.Popen([sys.executable, "-c", WRITER, name]) for name in "xyz"]
    assert [one.wait(60) for one in running] == [0, 0, 0]
    found = {one.id for one in loaded()[0].annotations}
    assert found == {f"{name} {number}" for name in "xyz" for number in range(25)}


def test_what_is_changed_again_while_it_is_written_is_no_work_of_others() -> None:
    store = Window()
    add(store, note("a"), note("b"))
    saved(store)
    store.edit(EDIT, (note("a", "once"),))
    list(store.save())  # written, but the window does not hear of it any more
    store.edit(EDIT, (note("a", "twice"), note("b")))
    assert store.store.save_now(store.annotations)
    assert store.annotations == (note("a", "twice"), note("b"))
    assert loaded()[0].annotations == store.annotations


def test_what_is_undone_while_its_writing_ends_does_not_come_back() -> None:
    store, other = Window(), Window()
    add(store, note("a"), note("b"))
    (unheard,) = store.save()  # written by a thread, and the program ends before it is told
    assert unheard.annotations == store.annotations
    store.edit(EDIT, (note("b", "moved"),))
    with try_writer_lock(store.path.parent):  # as that thread holds it still
        assert not store.store.save_now(store.annotations, seconds=0.0)
    assert store.store.save_now(store.annotations)
    assert loaded()[0].annotations == (note("b", "moved"),)
    add(other, note("c"))
    saved(other)
    assert {(one.id, one.text) for one in loaded()[0].annotations} == {("b", "moved"), ("c", "")}


def test_the_end_of_the_program_waits_for_another_window_but_not_for_long() -> None:
    store = Window()
    add(store, note("a"))
    with try_writer_lock(store.path.parent):
        assert not store.store.save_now(store.annotations, seconds=0.0)
    assert store.store.save_now(store.annotations)
    assert loaded()[0].annotations == (note("a"),)


def test_what_is_switched_off_while_another_window_is_waited_for_is_not_written() -> None:
    asked = []

    def may_write() -> bool:
        asked.append(1)
        return len(asked) == 1  # before the folder is this window's alone, and no more after that

    store = AnnotationStore(STUDY, may_write)
    assert not store.save_now((note("a"),))
    assert len(asked) == 2
    assert not store.path.exists()


def test_what_another_window_keeps_from_being_written_to_the_end_is_there_tomorrow() -> None:
    other, _ = loaded()
    add(other, note("a"), note("b"))
    saved(other)
    store, _ = loaded()
    store.edit(EDIT, (note("a", "changed"), note("c")))  # and b removed
    with try_writer_lock(store.path.parent):  # a window that writes, or hangs while it does
        assert store.store.save_now(store.annotations, seconds=0.0, is_last=True)
        assert not saved(other).note
        found = loaded()[0].annotations
        assert {(one.id, one.text) for one in found} == {("a", "changed"), ("c", "")}
    add(other, note("d"))
    saved(other)
    wanted = {("a", "changed"), ("c", ""), ("d", "")}
    assert {(one.id, one.text) for one in other.annotations} == wanted
    assert {(one.id, one.text) for one in from_json(store.path.read_text())} == wanted
    assert [path.suffix for path in store.path.parent.iterdir() if path.name != ".lock"] == [".json"]


def test_the_first_drawings_of_a_study_wait_beside_a_file_that_is_not_there() -> None:
    store = Window()
    add(store, note("a"))
    store.path.parent.mkdir(parents=True)
    with try_writer_lock(store.path.parent):
        assert store.store.save_now(store.annotations, seconds=0.0, is_last=True)
    assert not store.path.exists()
    assert store.store.has_stored
    assert loaded()[0].annotations == (note("a"),)


def test_edits_that_were_read_and_not_removed_change_nothing_again() -> None:
    store = Window()
    add(store, note("a"))
    store.path.parent.mkdir(parents=True)
    with try_writer_lock(store.path.parent):
        assert store.store.save_now(store.annotations, seconds=0.0, is_last=True)
    (late,) = store.path.parent.glob("*.late")
    kept = late.read_bytes()
    window, _ = loaded()
    add(window, note("b"))
    saved(window)
    late.write_bytes(kept)  # as where the program was killed between the two
    again, _ = loaded()
    assert {one.id for one in again.annotations} == {"a", "b"}
    late.write_bytes(b"[]")
    again, found = loaded()
    assert {one.id for one in again.annotations} == {"a", "b"}
    assert not late.exists()
    assert found.note.for_user().endswith(f"kept as {late.name}.bad.")


def test_a_save_that_comes_to_its_turn_after_a_newer_one_writes_nothing() -> None:
    store = Window()
    add(store, note("a"))
    older = store.save()
    store.edit(EDIT, (note("a", "moved"),))
    assert store.store.save_now(store.annotations)
    (found,) = older
    assert found.is_busy  # it is tried again, with what is there by then
    assert loaded()[0].annotations == (note("a", "moved"),)
