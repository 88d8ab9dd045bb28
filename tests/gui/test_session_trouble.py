"""What goes wrong is named, once, and all else goes on."""

from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from medviewer.dicom.model import FrameReference, Library, OtherObject, SkippedFile
from medviewer.errors import DecoderDiedError, UnknownModelError, WorkerUnavailableError
from medviewer.imaging.frame.frame import Frame
from medviewer.translation import Message
from tests.made_stacks import library, stack
from tests.session_bench import Bench

A, B = stack("A", slices=7), stack("B", slices=4)


@pytest.fixture
def bench(qapp: object) -> Iterator[Bench]:
    bench = Bench()
    yield bench
    bench.session.shutdown()
    bench.session.deleteLater()


def test_a_vanished_file_is_named_with_its_reason_and_all_else_stays(bench: Bench) -> None:
    bench.open(library(stack("L", slices=60)))
    target = bench.pane.stack.frames[0]
    bench.files.missing.add(target.path)
    bench.session.viewer.scroll_to(0)
    bench.workers.settle()
    assert bench.pane.frame is None
    assert "0.dcm cannot be shown" in str(bench.pane.failure)
    assert "No such file or directory" in bench.messages[-1][0]
    assert not bench.session.busy(0)
    bench.session.viewer.scroll_to(1000)
    bench.workers.settle()
    assert bench.pane.frame is not None
    assert not bench.pane.failure


@pytest.mark.parametrize("how", ["try again", "ask for the slice again", "choose the series again"])
def test_the_only_slice_of_a_series_can_be_tried_again(bench: Bench, how: str) -> None:
    only = replace(A, frames=A.frames[:1])
    bench.files.missing.add(only.frames[0].path)
    bench.open(library(only))
    assert bench.pane.failure
    again = {
        "try again": bench.session.viewer.try_again,
        "ask for the slice again": partial(bench.session.viewer.scroll_to, 0),
        "choose the series again": lambda: bench.session.viewer.show_stack(only),
    }[how]
    again()
    assert not bench.pane.failure
    assert bench.session.busy(0)
    bench.workers.settle()
    assert "cannot be shown" in str(bench.pane.failure)
    bench.files.missing.clear()
    again()
    bench.workers.settle()
    assert bench.pane.frame is not None
    assert not bench.pane.failure
    reads = len(bench.files.reads)
    bench.session.viewer.try_again()  # nothing failed
    bench.workers.settle()
    assert len(bench.files.reads) == reads


def test_a_decoder_that_dies_is_named_and_the_next_slice_loads(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench.open(library(stack("L", slices=60)))
    read = bench.files.read

    def die(reference: Any) -> Frame:
        if reference == bench.pane.stack.frames[0]:
            raise DecoderDiedError(path=reference.path)
        return read(reference)

    monkeypatch.setattr(bench.files, "read", die)
    bench.session.viewer.scroll_to(0)
    bench.workers.settle()
    assert "the decoder stopped" in str(bench.pane.failure)
    bench.session.viewer.scroll_by(1)
    bench.workers.settle()
    assert bench.pane.frame is not None


def test_an_unforeseen_error_while_reading_ends_the_waiting(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench.open(library(stack("L", slices=60)))

    def crash(_reference: Any) -> Frame:
        raise ValueError("Doe^Jane")

    monkeypatch.setattr(bench.files, "read", crash)
    bench.session.viewer.scroll_to(0)
    bench.workers.settle()
    assert bench.pane.failure
    assert bench.crashes
    assert not any("Doe" in text for text in bench.crashes)


def test_a_frame_that_is_another_one_than_asked_for_is_refused(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench.open(library(stack("L", slices=60)))
    other = bench.pane.stack.frames[5]
    read = bench.files.read
    monkeypatch.setattr(bench.files, "read", lambda _reference: read(other))
    bench.session.viewer.scroll_to(0)
    bench.workers.settle()
    assert bench.pane.frame is None
    assert "has changed" in str(bench.pane.failure)


def test_a_folder_without_images_is_named_and_the_open_study_stays(bench: Bench) -> None:
    bench.open()
    bench.open(Library())
    assert bench.messages[-1] == ("No pictures were found in somewhere: it holds no files.", "", "error")
    assert bench.pane.stack.key == A.key
    assert bench.pane.frame is not None


@pytest.mark.parametrize("group", ["refused", "ignored"])
def test_a_single_file_that_cannot_be_shown_is_named_with_its_reason(bench: Bench, group: str) -> None:
    skipped = SkippedFile(Path("/x/text.dcm"), Message("it is not a DICOM file"))
    bench.open(Library(**{group: (skipped,)}))
    assert bench.messages[-1][0] == "text.dcm cannot be shown: it is not a DICOM file."


def test_a_scan_that_fails_is_told_once_with_its_own_reason(bench: Bench) -> None:
    bench.found = []
    bench.scan_error = WorkerUnavailableError(detail="no memory")
    bench.open()
    assert [text for text, _, _ in bench.messages] == [
        "The decoding process could not be started: no memory."
    ]
    assert not bench.session.is_scanning


def test_a_scan_that_crashes_is_told_and_the_next_one_works(bench: Bench) -> None:
    bench.scan_error = ValueError("Doe^Jane")
    bench.open()
    assert len(bench.crashes) == 1
    assert bench.messages == []
    bench.scan_error = None
    bench.open()
    assert bench.pane.frame is not None


def test_an_object_without_images_is_named(bench: Bench) -> None:
    bench.open(Library(other=(OtherObject(Path("/x/report.dcm"), "1.2", Message("Structured report")),)))
    assert bench.messages[-1][0] == "report.dcm holds no picture: Structured report."


# --- messages leave with their cause


def lost_slice(bench: Bench) -> FrameReference:
    """Open a study whose first file has gone since, and ask for it."""
    bench.open(library(stack("L", slices=60)))
    target = bench.pane.stack.frames[0]
    bench.files.missing.add(target.path)
    bench.session.viewer.scroll_to(0)
    bench.workers.settle()
    assert len(bench.waiting) == 1
    return target


def test_a_message_about_a_slice_leaves_when_it_is_read_after_all(bench: Bench) -> None:
    target = lost_slice(bench)
    bench.files.missing.clear()
    bench.session.viewer.try_again()
    bench.workers.settle()
    assert bench.pane.header == target
    assert bench.pane.frame is not None
    assert bench.waiting == []


def test_a_message_about_a_slice_stays_while_it_cannot_be_read(bench: Bench) -> None:
    lost_slice(bench)
    bench.session.viewer.scroll_to(1000)
    bench.workers.settle()
    bench.session.viewer.scroll_to(0)
    bench.workers.settle()
    assert len(bench.waiting) == 1


def test_a_disk_that_comes_back_takes_all_its_messages_and_reasons_away(bench: Bench) -> None:
    bench.open(library(stack("L", slices=60)))
    frames = bench.pane.stack.frames
    bench.files.missing.update(frame.path for frame in frames)
    for index in (0, 1, 2):
        bench.session.viewer.scroll_to(index)
        bench.workers.settle()
    assert len(bench.waiting) == 3
    bench.session.viewer.set_linked(False)
    bench.session.viewer.scroll_to(0, pane=2)  # it shows a reason, too
    bench.workers.settle()
    bench.files.missing.clear()
    bench.workers.advance(3000)
    bench.session.viewer.scroll_to(20)
    bench.workers.settle()
    assert bench.waiting == []
    pane = bench.session.state.panes[2]
    assert pane is not None
    assert pane.frame is not None
    assert not pane.failure


@pytest.mark.parametrize("closed", ["study", "all"])
def test_a_message_about_a_study_leaves_with_it(bench: Bench, closed: str) -> None:
    lost_slice(bench)
    if closed == "study":
        bench.session.close_study()
    else:
        bench.session.close_all()
    assert bench.waiting == []


def test_a_message_about_one_study_stays_when_another_is_closed(bench: Bench) -> None:
    lost_slice(bench)
    other = stack("M", slices=3)
    bench.open(library(other))
    bench.session.viewer.show_stack(other, 1)
    bench.workers.settle()
    bench.session.close_study()
    assert len(bench.waiting) == 1


def refusing(*names: str) -> Library:
    skipped = tuple(SkippedFile(Path(f"/x/{name}"), Message("it is not a DICOM file")) for name in names)
    return replace(library(stack("L", slices=3)), refused=skipped)


def test_what_could_not_be_read_is_no_more_said_when_it_could_the_next_time(bench: Bench) -> None:
    bench.open(refusing("1.dcm", "2.dcm"))
    assert bench.waiting == ["2 files could not be read; the list names them."]
    bench.open(refusing("1.dcm"))
    assert bench.waiting == ["1.dcm cannot be shown: it is not a DICOM file."]
    bench.open(library(stack("L", slices=3)))
    assert bench.waiting == []


def test_what_could_not_be_read_is_no_more_said_when_the_study_is_closed(bench: Bench) -> None:
    bench.open(refusing("1.dcm"))
    bench.session.close_study()
    assert bench.waiting == []


def test_that_nothing_was_found_is_no_more_said_when_something_is(bench: Bench) -> None:
    bench.open(Library())
    bench.scan_error = WorkerUnavailableError(detail="no memory")
    bench.found = []
    bench.open()
    assert len(bench.waiting) == 1
    bench.scan_error = None
    bench.open(library(stack("L", slices=3)))
    assert bench.waiting == []


def test_a_model_that_could_not_be_loaded_is_no_more_said_when_one_is(bench: Bench) -> None:
    bench.open()
    bench.loading_error = UnknownModelError(model="nothing")
    bench.session.classify()
    bench.workers.settle()
    assert bench.waiting == ["There is no model named nothing."]
    bench.loading_error = None
    bench.session.classify()
    assert bench.waiting == []
    bench.workers.settle()
    assert bench.pane.result is not None


def test_a_value_that_was_not_allowed_is_no_more_said_when_another_is(bench: Bench) -> None:
    bench.open()
    bench.session.set_parameter("edges", "strength", "magic")
    assert len(bench.waiting) == 1
    bench.session.set_parameter("edges", "strength", 0.5)
    assert bench.waiting == []


def test_a_task_that_failed_is_no_more_said_when_it_succeeds(bench: Bench) -> None:
    bench.open()

    def fail() -> Iterator[int]:
        raise WorkerUnavailableError(detail="no memory")
        yield 1

    def succeed() -> Iterator[int]:
        yield 1

    for make, waits in ((fail, 1), (fail, 1), (succeed, 0)):
        bench.session.task(make, "export").submit()
        bench.workers.settle()
        assert len(bench.waiting) == waits


def test_good_news_pass(bench: Bench) -> None:
    bench.session.classify()
    assert bench.waiting == ["There is no picture to classify yet."]
    bench.workers.settle()
    assert bench.waiting == []
