"""What arrives from the filters goes to the image that it was made of, and to no other."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from medviewer.errors import MedviewerError, NotFoundError
from medviewer.gui.display.processing import DRAWN_MS, FIRST_MS, HURRIED_MS, ProcessedViews
from medviewer.gui.tasks.tasks import Task
from medviewer.imaging import processing
from medviewer.viewer.state.pane_state import PaneState
from tests.made_stacks import MadeFiles, stack
from tests.virtual_time import VirtualWorkers

A = stack("A", slices=3)


@pytest.fixture
def workers(qapp: object) -> Iterator[VirtualWorkers]:
    workers = VirtualWorkers(seed=3)
    yield workers
    workers.shutdown()
    workers.deleteLater()


def pane(index: int, processing: str = "denoised") -> PaneState:
    return PaneState(A, index, processing, frame=MadeFiles().read_frame(A.frames[index]))


def test_an_image_that_comes_too_late_is_not_shown_for_another_slice(
    workers: VirtualWorkers, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Task, "cancel", lambda _self: None)  # as if it had been delivered already
    views = ProcessedViews(workers)
    first, second = pane(0), pane(1)
    views.follow(0, first, {})
    workers.advance(FIRST_MS)  # the filter of the first slice has begun
    views.follow(0, second, {})
    while views.get(0) is None:
        workers.advance(1)
    shown = views.get(0)
    assert shown is not None
    assert shown.frame is second.frame
    workers.settle()
    views.deleteLater()


def test_the_same_wish_is_computed_once(workers: VirtualWorkers) -> None:
    views = ProcessedViews(workers)
    state, settings = pane(0), {"denoised": {"strength": 1.0}}
    views.follow(0, state, settings)
    workers.settle()
    before = views.get(0)
    views.follow(0, state, settings)
    assert not views.waits(0)
    assert views.get(0) is before
    views.deleteLater()


def test_a_pane_without_a_frame_shows_nothing(workers: VirtualWorkers) -> None:
    views = ProcessedViews(workers)
    views.follow(0, pane(0, "original"), {})
    assert views.get(0) is not None
    views.follow(0, None, {})
    assert views.get(0) is None
    views.deleteLater()


def test_edges_of_the_denoised_image_take_the_one_that_is_shown_beside_them(
    workers: VirtualWorkers,
) -> None:
    views = ProcessedViews(workers)
    denoised, settings = pane(0), {"edges": {"input": "denoised"}}
    views.follow(0, denoised, settings)
    views.follow(1, replace(denoised, processing="edges"), settings)
    workers.settle()
    beside, edges = views.get(0), views.get(1)
    assert beside is not None
    assert edges is not None
    assert beside.exact
    assert edges.values is beside.values
    views.deleteLater()


def test_the_images_of_one_slice_come_together(workers: VirtualWorkers) -> None:
    views = ProcessedViews(workers)
    for number, name in enumerate(("denoised", "thresholded", "edges")):
        views.follow(number, pane(0, name), {})
    while not any(views.get(number) for number in range(3)):
        workers.advance(0.5)
    assert all(views.get(number) for number in range(3))
    views.deleteLater()


def test_a_pane_that_leaves_does_not_take_the_others_images_along(workers: VirtualWorkers) -> None:
    views = ProcessedViews(workers)
    views.follow(0, pane(0, "thresholded"), {})
    views.follow(1, pane(0, "edges"), {})
    workers.advance(FIRST_MS)
    assert views.waits(0)
    views.follow(0, None, {})
    workers.settle()
    assert views.get(0) is None
    assert views.get(1) is not None
    views.deleteLater()


def test_a_fault_in_one_filter_leaves_the_others_their_images(
    workers: VirtualWorkers, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = processing.process_gradually

    def faulty(frame: Any, name: str, *values: Any, **named: Any) -> Any:
        if name == "thresholded":
            raise ValueError
        return whole(frame, name, *values, **named)

    monkeypatch.setattr("medviewer.gui.display.processing.process_gradually", faulty)
    views = ProcessedViews(workers)
    crashes: list[str] = []
    workers.crashed.connect(crashes.append)
    views.follow(0, pane(0, "thresholded"), {})
    views.follow(1, pane(0, "edges"), {})
    workers.advance(100)
    while views.waits(1):
        workers.advance(1)
    assert views.get(0) is None
    assert views.get(1) is not None
    workers.settle()
    assert crashes
    views.deleteLater()


def test_after_clearing_nothing_is_found_again(workers: VirtualWorkers) -> None:
    views = ProcessedViews(workers)
    state = pane(0)
    views.follow(0, state, {})
    workers.settle()
    before = views.get(0)
    views.clear()
    views.follow(0, state, {})
    workers.settle()
    assert views.get(0) is not before
    views.deleteLater()


def test_what_cannot_be_processed_is_said_once_and_tried_again_when_something_changes(
    workers: VirtualWorkers, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    def refuse(frame: Any, name: str, *_: Any, **__: Any) -> Any:
        asked.append(name)
        raise NotFoundError(what="parameter", which=name)

    monkeypatch.setattr("medviewer.gui.display.processing.process_gradually", refuse)
    views, said = ProcessedViews(workers), []

    def hear(error: MedviewerError, _cause: object) -> None:
        said.append(error)

    views.failed.connect(hear)
    state = pane(0)
    views.follow(0, state, {})
    workers.settle()
    assert (len(said), asked) == (1, ["denoised"])
    assert views.refusal(0) is said[0]
    views.follow(0, state, {"denoised": {"strength": 2.0}})
    workers.settle()
    assert len(asked) == 2
    views.deleteLater()


def test_slices_that_are_passed_by_quickly_are_not_filtered(
    qapp: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    workers = VirtualWorkers(longest_ms=0)  # what is submitted begins at once
    whole, begun = processing.process_gradually, []

    def noting(frame: Any, *values: Any, **named: Any) -> Any:
        begun.append(frame)
        return whole(frame, *values, **named)

    monkeypatch.setattr("medviewer.gui.display.processing.process_gradually", noting)
    views = ProcessedViews(workers)
    workers.advance(1000)
    passed = [pane(index % 3) for index in range(12)]
    for state in passed:
        views.follow(0, state, {})
        workers.advance(HURRIED_MS - 1)
    assert not {state.frame for state in passed[1:]} & set(begun)
    workers.settle()
    assert passed[-1].frame in begun
    shown = views.get(0)
    assert shown is not None
    assert shown.frame is passed[-1].frame
    views.deleteLater()


def test_what_is_computed_at_rest_waits_while_something_is_drawn(workers: VirtualWorkers) -> None:
    views = ProcessedViews(workers)
    views.follow(0, pane(0), {})
    for _ in range(100):  # a hand that draws for longer than any filter of a small image takes
        workers.advance(DRAWN_MS / 5)
        views.make_way()
    drawn = views.get(0)
    assert drawn is not None
    assert not drawn.exact
    workers.settle()
    rested = views.get(0)
    assert rested is not None
    assert rested.exact
    views.deleteLater()
