"""The session, on made images and in virtual time.

What a user would notice.
"""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from medviewer.dicom.model import StoredStack
from medviewer.errors import UnknownModelError
from medviewer.gui.session import session
from medviewer.imaging.display import thumbnail
from medviewer.imaging.frame.frame import Frame
from medviewer.imaging.frame.geometry import FrameGeometry
from medviewer.imaging.frame.voi import VoiOrigin, Window, describe_voi
from medviewer.imaging.source import SliceKey
from medviewer.viewer.commands.images.window import window_automatically
from tests.made_stacks import library, stack
from tests.session_bench import Bench

A, B = stack("A", slices=7), stack("B", slices=4)
USER_WINDOW = Window(300, 1000, origin=VoiOrigin.USER)


@pytest.fixture
def bench(qapp: object) -> Iterator[Bench]:
    bench = Bench()
    yield bench
    bench.session.shutdown()
    bench.session.deleteLater()


def test_a_study_opens_at_its_middle_slice_in_four_views(bench: Bench) -> None:
    bench.open()
    panes = bench.session.state.panes
    assert [pane and pane.processing for pane in panes] == ["original", "denoised", "thresholded", "edges"]
    assert all(pane is not None and pane.index == 3 and pane.frame is not None for pane in panes)
    assert all(bench.session.processed(number) is not None for number in range(4))
    assert not any(bench.session.busy(number) for number in range(4))


def test_files_that_come_later_leave_the_image_under_the_eye(bench: Bench) -> None:
    part = replace(A, frames=A.frames[2:5])
    bench.open(library(part), library(A))
    assert bench.pane.header == A.frames[3]
    assert bench.pane.index == 3
    assert len(bench.pane.stack.frames) == 7


def test_the_image_stays_although_files_sort_before_it(bench: Bench) -> None:
    bench.open(library(replace(A, frames=A.frames[4:])), library(A))
    assert bench.pane.header == A.frames[5]
    assert bench.pane.index == 5


def test_linked_panes_scroll_together_and_others_alone(bench: Bench) -> None:
    bench.open()
    bench.session.viewer.scroll_by(2)
    assert {pane.index for pane in bench.session.state.panes if pane} == {5}
    bench.session.viewer.set_linked(False)
    bench.session.viewer.scroll_to(0)
    assert [pane and pane.index for pane in bench.session.state.panes] == [0, 5, 5, 5]


def test_panes_of_another_stack_do_not_scroll_along(bench: Bench) -> None:
    bench.open(library(A, B))
    bench.session.viewer.show_stack(B, pane=2)
    assert bench.session.state.focus == 2
    bench.session.viewer.scroll_to(0)
    assert [pane and pane.index for pane in bench.session.state.panes] == [3, 3, 0, 3]
    bench.session.viewer.set_focus(0)
    bench.session.viewer.scroll_to(1000)
    assert [pane and pane.index for pane in bench.session.state.panes] == [6, 6, 0, 6]


def in_space(name: str, slices: int, step_mm: float, space: str) -> StoredStack:
    """Return a stack of made images in a frame of reference, from 0 mm."""
    made = stack(name, slices=slices)
    directions = {"row_direction": (1.0, 0.0, 0.0), "column_direction": (0.0, 1.0, 0.0)}
    frames = tuple(
        replace(
            one,
            position_mm=step_mm * number,
            geometry=FrameGeometry(
                position_mm=(0.0, 0.0, step_mm * number), frame_of_reference_uid=space, **directions
            ),
        )
        for number, one in enumerate(made.frames)
    )
    return replace(made, frames=frames, identity=A.identity)


def indices(bench: Bench) -> list[int | None]:
    return [pane and pane.index for pane in bench.session.state.panes]


def test_linked_stacks_of_one_space_scroll_together_by_position(bench: Bench) -> None:
    thick, thin = in_space("A", 7, 5.0, "1.2.3"), in_space("B", 40, 1.0, "1.2.3")
    bench.open(library(thick, thin))
    bench.session.viewer.show_stack(thin, pane=2)
    bench.session.viewer.scroll_to(11)
    bench.workers.settle()
    assert indices(bench) == [2, 2, 11, 2]
    bench.session.viewer.scroll_to(6, pane=0)
    assert indices(bench) == [6, 6, 30, 6]
    bench.session.viewer.scroll_to(39, pane=2)
    assert indices(bench) == [6, 6, 39, 6]  # 39 mm lies beyond the thick slices

    bench.session.viewer.set_linked(False)
    bench.session.viewer.scroll_to(0, pane=2)
    assert indices(bench) == [6, 6, 0, 6]
    bench.session.viewer.set_linked(True)
    assert indices(bench) == [0, 0, 0, 0]
    bench.workers.settle()
    assert all(pane is not None and pane.frame is not None for pane in bench.session.state.panes)
    bench.session.viewer.scroll_by(1, pane=0)
    assert indices(bench) == [1, 1, 5, 1]
    pane = bench.session.state.panes[2]
    assert pane is not None
    assert pane.frame is not None  # it was read ahead


def test_linked_stacks_of_two_spaces_scroll_apart(bench: Bench) -> None:
    thick, thin = in_space("A", 7, 5.0, "1.2.3"), in_space("B", 40, 1.0, "1.2.4")
    bench.open(library(thick, thin))
    bench.session.viewer.show_stack(thin, pane=2)
    bench.session.viewer.scroll_to(11)
    bench.session.viewer.scroll_to(0, pane=0)
    assert indices(bench) == [0, 0, 11, 0]


def test_a_slice_in_memory_is_there_at_once(bench: Bench) -> None:
    bench.open()
    before = bench.pane.frame
    bench.session.viewer.scroll_by(1)
    bench.workers.settle()
    bench.session.viewer.scroll_by(-1)
    assert bench.pane.frame is before


def test_the_slices_ahead_are_read_before_they_are_asked_for(bench: Bench) -> None:
    bench.open()
    bench.session.viewer.scroll_by(1)
    assert bench.pane.frame is not None


def test_a_slice_on_its_way_shows_neither_image_nor_result_of_the_last_one(bench: Bench) -> None:
    bench.open(library(stack("L", slices=60)))
    bench.session.classify()
    bench.workers.settle()
    assert bench.pane.result is not None
    bench.session.viewer.scroll_to(0)
    assert (bench.pane.index, bench.pane.frame, bench.pane.result) == (0, None, None)
    assert bench.session.processed(0) is None
    assert bench.session.busy(0)
    bench.workers.settle()
    assert bench.pane.frame is not None
    assert bench.pane.result is None


def test_forty_turns_of_the_wheel_leave_no_queue_behind(bench: Bench) -> None:
    bench.open(library(stack("L", slices=200)))
    bench.files.reads.clear()
    for _ in range(40):
        bench.session.viewer.scroll_by(2)
    bench.workers.settle()
    assert bench.pane.frame is not None
    assert bench.pane.index == 180
    assert len(bench.files.reads) < 20


def test_a_window_holds_for_the_whole_stack_and_can_be_taken_back(bench: Bench) -> None:
    bench.open()
    bench.session.viewer.set_voi(USER_WINDOW)
    bench.session.viewer.scroll_by(1)
    assert {pane.voi for pane in bench.session.state.panes if pane} == {USER_WINDOW}
    bench.session.viewer.set_voi(None)
    (kept,) = {pane.voi for pane in bench.session.state.panes if pane}
    assert isinstance(kept, Window)
    assert kept.origin is VoiOrigin.AUTO


def automatic(bench: Bench) -> Window:
    """Return the automatic window that all panes have."""
    bench.workers.settle()
    (kept,) = {pane.voi for pane in bench.session.state.panes if pane}
    assert isinstance(kept, Window)
    assert kept.origin is VoiOrigin.AUTO
    return kept


def test_the_automatic_window_stays_while_scrolling_and_is_found_anew_on_request(bench: Bench) -> None:
    bright = {frame.path: number for number, frame in enumerate(A.frames)}
    bench.files.brighter = bright
    bench.open(library(A, B))
    first = automatic(bench)
    for slices in (1, 1, -5, 2):
        bench.session.viewer.scroll_by(slices)
        assert automatic(bench) is first
    bench.session.viewer.scroll_to(1000)
    bench.workers.settle()
    window_automatically(bench.session.viewer)
    anew = automatic(bench)
    assert anew.center + anew.width / 2 > first.center + first.width / 2  # the last slices are brighter
    bench.session.viewer.scroll_to(0)
    assert automatic(bench) is anew
    bench.session.viewer.show_stack(B)
    assert automatic(bench) is not anew
    bench.session.viewer.show_stack(A)
    assert automatic(bench) is anew


def test_a_window_anew_is_found_for_what_states_one_too(bench: Bench) -> None:
    bench.files.voi = (Window(40, 80),)
    bench.open()
    assert bench.pane.voi is None
    window_automatically(bench.session.viewer)
    assert "as asked for" in describe_voi(automatic(bench))
    bench.session.viewer.scroll_by(1)
    assert "as asked for" in describe_voi(automatic(bench))
    bench.session.viewer.set_voi(None)
    assert bench.pane.voi is None


def test_classifying_loads_the_model_once_and_paints_the_result(bench: Bench) -> None:
    bench.open()
    bench.session.classify()
    assert bench.session.is_classifying
    bench.workers.settle()
    assert bench.pane.result is not None
    assert bench.session.device == "CPU"
    assert not bench.session.is_classifying
    bench.session.viewer.scroll_by(1)
    bench.session.classify()
    bench.workers.settle()
    assert bench.classifier.asked == 2


def test_a_result_asked_for_while_scrolling_on_is_there_on_return(bench: Bench) -> None:
    bench.open()
    bench.session.classify()
    bench.session.viewer.scroll_by(1)
    bench.workers.settle()
    assert bench.pane.result is None
    bench.session.viewer.scroll_by(-1)
    assert bench.pane.result is not None


def test_of_many_waiting_requests_the_latest_wins(bench: Bench) -> None:
    bench.open()
    bench.session.classify()
    bench.workers.settle()
    bench.classifier.asked = 0
    for _ in range(20):
        bench.session.classify()
    bench.workers.settle()
    assert bench.classifier.asked <= 2
    assert bench.pane.result is not None


def test_esc_ends_a_classification_without_a_result(bench: Bench) -> None:
    bench.open()
    bench.session.classify()
    bench.session.cancel()
    bench.workers.settle()
    assert bench.pane.result is None
    assert not bench.session.is_classifying


def test_a_click_after_esc_while_the_model_loads_is_not_lost(bench: Bench) -> None:
    bench.open()
    bench.session.classify()
    bench.session.cancel()
    bench.session.classify()
    bench.workers.settle()
    assert bench.pane.result is not None
    assert not bench.session.is_classifying


def test_there_is_nothing_to_classify_before_an_image_is_there(bench: Bench) -> None:
    bench.session.classify()
    assert bench.messages == [("There is no picture to classify yet.", "", "info")]


def test_a_model_that_cannot_be_loaded_is_named_and_viewing_goes_on(bench: Bench) -> None:
    bench.open()
    bench.loading_error = UnknownModelError(model="nothing")
    bench.session.classify()
    bench.workers.settle()
    assert bench.messages[-1][0] == "There is no model named nothing."
    assert not bench.session.is_classifying
    bench.session.viewer.scroll_by(1)
    bench.workers.settle()
    assert bench.pane.frame is not None
    bench.loading_error = None
    bench.session.classify()
    bench.workers.settle()
    assert bench.pane.result is not None


def test_a_crash_of_the_model_is_told_and_the_next_request_works(bench: Bench) -> None:
    bench.open()
    bench.classifier.error = RuntimeError("Doe^Jane")
    bench.session.classify()
    bench.workers.settle()
    assert len(bench.crashes) == 1
    assert "Doe" not in bench.crashes[0]
    assert bench.pane.result is None
    bench.classifier.error = None
    bench.session.classify()
    bench.workers.settle()
    assert bench.pane.result is not None


def test_choosing_another_model_takes_results_off_before_it_is_loaded(bench: Bench) -> None:
    bench.open()
    bench.session.classify()
    bench.workers.settle()
    assert bench.pane.result is not None
    bench.session.use_model("another")
    assert bench.pane.result is None


def test_a_slow_model_is_told_after_ten_seconds(bench: Bench) -> None:
    bench.open()
    bench.session.classify()
    bench.workers.settle()
    bench.workers.hold("classify")
    bench.session.classify()
    bench.workers.advance(9_900)
    assert not bench.messages
    bench.workers.advance(200)
    assert bench.messages[-1][:2] == ("The classifier takes longer than usual.", "Esc stops it.")
    bench.session.cancel()
    bench.workers.settle()
    assert not bench.session.is_classifying
    bench.session.classify()
    bench.workers.settle()
    assert bench.pane.result is not None


def test_a_result_of_memory_that_was_used_again_is_thrown_away_and_told(bench: Bench) -> None:
    bench.open(library(replace(A, frames=A.frames[:1])))
    bench.session.classify()
    bench.files.overwrite_last(7)
    for pixels in bench.files.given:
        pixels.setflags(write=True)
        pixels[...] = 7
    bench.workers.settle()
    assert bench.pane.result is None
    assert bench.messages[-1][0] == "A result was thrown away: it was about another picture."


def test_closing_empties_panes_library_and_memory(bench: Bench) -> None:
    bench.open()
    bench.session.classify()
    bench.workers.settle()
    assert bench.in_memory(A)
    bench.session.close_all()
    assert bench.session.state.panes == (None,) * 4
    assert not bench.session.state.results
    assert not bench.session.library.stacks
    assert bench.in_memory(A) == []


def test_a_frame_that_arrives_after_closing_is_not_kept(bench: Bench) -> None:
    long = stack("L", slices=60)
    bench.open(library(long))
    bench.session.viewer.scroll_to(0)
    bench.session.close_all()
    bench.workers.settle()
    assert bench.in_memory(long) == []
    assert bench.session.state.panes == (None,) * 4


def test_a_frame_that_was_being_read_ahead_is_not_kept_after_closing(bench: Bench) -> None:
    long = stack("L", slices=60)
    bench.open(library(long))
    cached = bench.session.viewer.frames.cached
    for step in range(100_000):
        if step % 5_000 == 0:  # everything that was wanted has arrived: go on, until something is late
            bench.session.viewer.scroll_to(4 + step // 5_000 * 2)
        bench.workers.advance(0.01)
        read = bench.files.reads[-1]
        if bench.pane.frame is not None and read != bench.pane.header and cached(read.key) is None:
            break
    else:
        pytest.fail("nothing was read ahead that had not arrived at once")
    bench.session.viewer.scroll_to(1000)
    bench.session.close_all()
    bench.workers.settle()
    assert bench.in_memory(long) == []


def test_after_a_fault_while_reading_ahead_the_same_slice_is_read_again(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    long = stack("L", slices=60)
    bench.open(library(long))
    read, fault = bench.files.read, [long.frames[1]]

    def read_or_fail(reference: Any) -> Frame:
        if reference in fault:
            raise ValueError
        return read(reference)

    monkeypatch.setattr(bench.files, "read", read_or_fail)
    bench.session.viewer.scroll_to(0)
    bench.workers.settle()
    bench.session.viewer.scroll_to(2)
    bench.workers.settle()
    assert bench.pane.frame is not None
    fault.clear()
    bench.session.viewer.scroll_to(1)
    bench.workers.settle()
    assert bench.pane.frame is not None


def test_closing_one_study_leaves_the_other_on_the_screen(bench: Bench) -> None:
    bench.open(library(A, B))
    bench.session.viewer.show_stack(B, pane=1)
    bench.session.viewer.set_focus(0)
    bench.session.close_study()
    bench.workers.settle()
    assert [pane is None for pane in bench.session.state.panes] == [True, False, True, True]
    assert bench.session.state.panes[1] is not None
    assert bench.session.state.panes[1].frame is not None
    assert [stack.key for stack in bench.session.library.stacks] == [B.key]


def test_a_second_opening_stands_beside_the_first(bench: Bench) -> None:
    bench.open()
    bench.open(library(B))
    assert {stack.key for stack in bench.session.library.stacks} == {A.key, B.key}
    assert bench.pane.stack.key == B.key


def test_a_parameter_that_is_not_allowed_is_told_and_changes_nothing(bench: Bench) -> None:
    bench.open()
    before = bench.session.settings
    bench.session.set_parameter("denoised", "method", "magic")
    assert bench.session.settings is before
    assert "magic" in bench.messages[-1][0]


def test_a_parameter_changes_the_image_and_the_old_one_stays_until_then(bench: Bench) -> None:
    bench.open()
    before = bench.session.processed(2)
    bench.session.set_parameter("thresholded", "method", "range")
    assert bench.session.processed(2) is before
    assert bench.session.busy(2)
    bench.workers.settle()
    after = bench.session.processed(2)
    assert after is not None
    assert after is not before
    assert not bench.session.busy(2)


def test_the_window_changes_a_classic_threshold_and_no_other(bench: Bench) -> None:
    bench.open()
    before = bench.session.processed(2)
    bench.session.viewer.set_voi(USER_WINDOW)
    bench.workers.settle()
    assert bench.session.processed(2) is before
    bench.session.set_parameter("thresholded", "method", "fixed")
    bench.workers.settle()
    classic = bench.session.processed(2)
    bench.session.viewer.set_voi(Window(0, 10, origin=VoiOrigin.USER))
    bench.workers.settle()
    assert bench.session.processed(2) is not classic


def test_a_fast_image_stands_in_until_all_is_at_rest(bench: Bench) -> None:
    seen: list[bool] = []

    def note(number: int) -> None:
        processed = bench.session.processed(number)
        if number == 1 and processed is not None:
            seen.append(processed.exact)

    bench.session.pane_changed.connect(note)
    bench.open()
    assert seen[0] is False
    assert seen[-1] is True


def _with_thumbnails(bench: Bench, *stacks: StoredStack) -> None:
    """Open stacks, and ask for their pictures as the study browser does."""
    bench.open(library(*stacks))
    for one in bench.session.library.stacks:
        bench.session.want_thumbnail(one)
    bench.workers.settle()


def test_every_stack_has_a_thumbnail_made_when_it_is_asked_for(bench: Bench) -> None:
    images: dict[str, Any] = {}
    bench.session.thumbnail_ready.connect(images.__setitem__)
    bench.open(library(A, B))
    assert images == {}
    bench.session.want_thumbnail(B)
    bench.workers.settle()
    assert list(images) == [B.key]
    assert images[B.key].shape == (128, 128)


@pytest.mark.parametrize("is_made", [False, True])
def test_a_folder_that_holds_another_patient_now_gets_thumbnails_of_its_own(
    bench: Bench, is_made: bool
) -> None:
    images: list[Any] = []
    bench.session.thumbnail_ready.connect(lambda key, image: images.append((key, image.tobytes())))
    other = replace(B, key=A.key)
    bench.open(library(A))
    bench.session.want_thumbnail(A)
    if is_made:  # else it is on its way when the other patient comes
        bench.workers.settle()
        (first,) = images
        images.clear()
    bench.session.want_thumbnail(other)
    bench.session.want_thumbnail(other)
    bench.workers.settle()
    middle = thumbnail(bench.files.read(B.frames[2]), 128).tobytes()
    assert images == [(A.key, middle)]
    assert not is_made or first[1] != middle


def test_a_single_image_is_not_read_again_for_its_thumbnail(bench: Bench) -> None:
    images: dict[str, Any] = {}
    bench.session.thumbnail_ready.connect(images.__setitem__)
    only = replace(A, frames=A.frames[:1])
    _with_thumbnails(bench, only)
    assert set(images) == {only.key}
    assert bench.files.reads == [only.frames[0]]


def test_shutting_down_closes_the_files(bench: Bench) -> None:
    bench.open()
    assert bench.session.shutdown()
    assert bench.files.closed


@pytest.mark.parametrize("close", ["close_study", "close_all"])
def test_some_time_after_closing_freed_memory_goes_back_to_the_system(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, close: str
) -> None:
    left: list[list[SliceKey]] = []
    monkeypatch.setattr(session, "give_back_memory", lambda: left.append(bench.in_memory(A, B)))
    bench.open()
    assert left == []
    getattr(bench.session, close)()
    assert left == []
    bench.workers.settle()
    assert left == [[]]
