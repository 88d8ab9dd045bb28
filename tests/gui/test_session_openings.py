"""Opening beside, again and in part.

Nothing that is open is lost, and what is not whole says so.
"""

import gc
import weakref
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from medviewer.dicom.model import Library, Series, StoredStack, Study
from medviewer.gui.session import scans
from medviewer.imaging.frame import FrameAttributes
from medviewer.imaging.frame.frame import Frame
from medviewer.translation import Message
from tests.made_stacks import library, stack
from tests.session_bench import Bench

A, B = stack("A", slices=7), stack("B", slices=4)
STOPPED = Message("Opening was stopped: slices may be missing.")


@pytest.fixture
def bench(qapp: object) -> Iterator[Bench]:
    bench = Bench()
    yield bench
    bench.session.shutdown()
    bench.session.deleteLater()


def part(of: StoredStack, *numbers: int) -> StoredStack:
    return replace(of, frames=tuple(of.frames[number] for number in numbers))


def begin(bench: Bench, *found: Library) -> None:
    """Open something and stop before the scan ends."""
    bench.found = list(found)
    bench.session.open_paths([Path("/somewhere")])
    while not bench.session.library.stacks:
        bench.workers.advance(1)
    assert bench.session.is_scanning


def test_the_rest_is_read_once_all_panes_show_the_first_image(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scans, "FIRST_IMAGE_SECONDS", 60.0)
    begin(bench, library(part(A, 0)), library(A))
    while len(bench.session.library.stacks[0].frames) == 1:
        assert bench.workers.now < 10_000
        complete = [
            state is not None and state.frame is not None and not bench.session.busy(number)
            for number, state in enumerate(bench.session.state.panes)
        ]
        bench.workers.advance(1)
    assert complete == [True] * 4


def test_the_next_slices_are_read_before_anyone_scrolls(bench: Bench) -> None:
    bench.open(library(part(A, 0)), library(A))
    assert set(A.frames[:6]) <= set(bench.files.reads)


def test_where_no_image_comes_the_rest_is_read_all_the_same(bench: Bench) -> None:
    bench.workers.hold("decode")
    begin(bench, library(part(A, 0)), library(A))
    bench.workers.advance(2_000)
    assert len(bench.session.library.stacks[0].frames) == 7


def test_opening_one_file_of_an_open_series_keeps_the_series_and_shows_it(bench: Bench) -> None:
    bench.open(library(A))
    bench.open(library(B))
    bench.open(library(part(A, 3)))
    assert [one.key for one in bench.session.library.stacks] == [A.key, B.key]
    assert len(bench.pane.stack.frames) == 7
    assert bench.pane.stack.key == A.key


def test_opening_the_rest_of_a_series_takes_the_whole_in_place_of_the_part(bench: Bench) -> None:
    bench.open(library(part(A, 3)))
    bench.open(library(A))
    assert [len(one.frames) for one in bench.session.library.stacks] == [7]


def test_of_two_that_overlap_no_file_is_lost_and_none_stands_twice(bench: Bench) -> None:
    bench.open(library(part(A, 0, 1, 2, 3)))
    bench.open(library(part(A, 2, 3, 4, 5, 6)))
    paths = [frame.path for one in bench.session.library.stacks for frame in one.frames]
    assert sorted(paths) == sorted(frame.path for frame in A.frames)


def test_a_second_opening_waits_for_the_first_and_both_are_whole(bench: Bench) -> None:
    begin(bench, library(part(A, 0, 1)), library(A))
    bench.found = [library(B)]  # for the next one
    bench.session.open_paths([Path("/other")])
    bench.workers.settle()
    assert {one.key: len(one.frames) for one in bench.session.library.stacks} == {A.key: 7, B.key: 4}
    assert bench.messages == []
    assert bench.pane.stack.key == B.key


def test_closing_another_study_lets_the_opening_go_on(bench: Bench) -> None:
    bench.open(library(B))
    bench.found = [*[library(part(A, 0, 1))] * 50, library(A)]
    bench.session.open_paths([Path("/somewhere")])
    while len(bench.session.library.stacks) < 2:
        bench.workers.advance(1)
    bench.session.viewer.show_stack(bench.session.library.stacks[0])
    assert bench.pane.stack.key == B.key
    bench.session.close_study()
    bench.workers.settle()
    assert {one.key: len(one.frames) for one in bench.session.library.stacks} == {A.key: 7}
    assert bench.messages == []


def test_closing_the_study_that_is_being_opened_ends_the_opening(bench: Bench) -> None:
    begin(bench, library(part(A, 0, 1)), *[library(A)] * 50)
    bench.session.close_study()
    bench.workers.settle()
    assert not bench.session.library.stacks
    assert not bench.session.is_scanning


def test_a_stopped_opening_is_told_and_its_stacks_say_so(bench: Bench) -> None:
    bench.open(library(B))
    bench.found = [library(part(A, 0, 1)), *[library(part(A, 0, 1))] * 50, library(A)]
    bench.session.open_paths([Path("/somewhere")])
    while len(bench.session.library.stacks) < 2:
        bench.workers.advance(1)
    bench.session.cancel_opening()
    bench.workers.settle()
    assert bench.messages == [(str(STOPPED), "", "warning")]
    assert {one.key: one.warnings for one in bench.session.library.stacks} == {A.key: (STOPPED,), B.key: ()}
    assert bench.pane.stack.warnings == (STOPPED,)
    assert bench.waiting == [str(STOPPED)]
    bench.open(library(A))  # this time to its end
    assert bench.waiting == []


def test_esc_for_the_classifier_lets_the_opening_go_on(bench: Bench) -> None:
    bench.open(library(B))
    bench.workers.hold("classify")
    bench.session.classify()
    bench.found = [library(part(A, 0, 1)), library(A)]
    bench.session.open_paths([Path("/somewhere")])
    assert bench.session.is_classifying
    bench.session.cancel()
    bench.workers.settle()
    assert {one.key: len(one.frames) for one in bench.session.library.stacks} == {A.key: 7, B.key: 4}
    assert str(STOPPED) not in [text for text, _, _ in bench.messages]


def test_closing_everything_ends_all_openings_without_a_word(bench: Bench) -> None:
    begin(bench, library(part(A, 0, 1)), *[library(A)] * 50)
    bench.session.open_paths([Path("/other")])
    bench.session.close_all()
    bench.workers.settle()
    assert not bench.session.library.stacks
    assert not bench.session.is_scanning
    assert bench.messages == []


def test_after_closing_no_image_is_left_in_memory(bench: Bench) -> None:
    frames: set[weakref.ref[Frame]] = set()
    bench.open()
    for index in range(7):
        bench.session.viewer.scroll_to(index)
        bench.workers.settle()
        assert bench.pane.frame is not None
        frames.add(weakref.ref(bench.pane.frame))
    assert len(frames) == 7
    bench.session.close_all()
    bench.workers.settle()
    gc.collect()
    assert [frame() for frame in frames] == [None] * 7


@pytest.mark.parametrize("first", [0, 2, 5, 6])
def test_a_series_of_few_files_opens_on_its_middle_slice_whichever_file_came_first(
    bench: Bench, first: int
) -> None:
    bench.is_small = True
    bench.open(library(part(A, first)), library(part(A, *range(first, 7))), library(A))
    assert bench.pane.slice.key == A.slice_key(3)


def test_a_study_of_few_files_opens_on_its_diagnostic_series_whichever_came_first(bench: Bench) -> None:
    bench.is_small = True
    derived = tuple(
        replace(frame, attributes=FrameAttributes(modality="CT", image_type=("DERIVED", "PRIMARY")))
        for frame in A.frames
    )
    made = replace(A, key="made from it", frames=derived)
    first = Study(A.identity, (Series(A.identity, (made,)),))
    whole = Study(A.identity, (Series(A.identity, (made, replace(A, key="itself", frames=B.frames))),))
    bench.open(Library(studies=(first,)), Library(studies=(whole,)))
    assert bench.pane.stack.key == "itself"


def test_a_slow_medium_is_not_waited_for_and_what_is_seen_stays(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scans, "PATIENCE_SECONDS", -1.0)
    bench.is_small = True
    bench.open(library(part(A, 5)), library(part(A, 5, 6)), library(A))
    assert bench.pane.slice.key == A.slice_key(5)
