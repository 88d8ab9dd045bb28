"""The next slices are processed before anyone asks.

A scroll step then shows all panes at once.
"""

from collections.abc import Iterator
from typing import Any

import pytest

from medviewer.errors import NotFoundError
from medviewer.gui.display import display, processing
from medviewer.gui.display.processing_ahead import PAUSE_MS
from tests.made_stacks import library, stack
from tests.session_bench import Bench

LONG = stack("L", slices=60)
PROCESSED = (1, 2, 3)  # panes; the first one shows the original


@pytest.fixture
def bench(qapp: object) -> Iterator[Bench]:
    bench = Bench()
    bench.open(library(LONG))
    yield bench
    bench.session.shutdown()


def is_current(bench: Bench, number: int) -> bool:
    shown, state = bench.session.processed(number), bench.session.state.panes[number]
    return shown is not None and state is not None and shown.frame is state.frame


def test_a_scroll_step_finds_finished_images_in_all_panes(bench: Bench) -> None:
    bench.session.viewer.scroll_by(1)
    assert all(is_current(bench, number) for number in PROCESSED)
    assert not any(bench.session.busy(number) for number in PROCESSED)


def test_what_stands_in_for_the_slow_filter_is_replaced_at_rest(bench: Bench) -> None:
    bench.session.viewer.scroll_by(1)
    shown = bench.session.processed(1)
    assert shown is not None
    assert not shown.exact
    bench.workers.settle()
    shown = bench.session.processed(1)
    assert shown is not None
    assert shown.exact


def test_it_is_the_next_slices_in_the_direction_of_scrolling(bench: Bench) -> None:
    bench.session.viewer.scroll_by(-9)
    bench.workers.settle()
    bench.session.viewer.scroll_by(-1)
    assert all(is_current(bench, number) for number in PROCESSED)


def test_what_is_coming_is_what_the_next_step_shows(bench: Bench) -> None:
    next_slice = [bench.session.next_slice(number) for number in range(4)]
    bench.session.viewer.scroll_by(1)
    for number, found in enumerate(next_slice):
        pane = bench.session.state.panes[number]
        assert found is not None
        assert pane is not None
        state, processed = found
        assert state.frame is pane.frame
        assert (state.index, state.voi, state.processing) == (pane.index, pane.voi, pane.processing)
        assert number == 0 or processed is bench.session.processed(number)


def test_nothing_is_coming_that_is_not_in_memory(bench: Bench) -> None:
    bench.session.set_parameter("thresholded", "style", "fill")
    assert [bench.session.next_slice(number) is None for number in range(4)] == [
        False,
        False,
        True,
        False,
    ]
    bench.session.viewer.frames.clear_frames()
    assert [bench.session.next_slice(number) for number in range(4)] == [None] * 4
    bench.session.close_all()
    assert bench.session.next_slice(0) is None


def test_at_the_end_of_the_stack_it_is_the_way_back(bench: Bench) -> None:
    bench.session.viewer.scroll_to(len(LONG.frames) - 1)
    bench.workers.settle()
    bench.session.viewer.scroll_by(-1)
    assert all(is_current(bench, number) for number in PROCESSED)


def test_what_was_made_with_other_parameters_is_not_found(bench: Bench) -> None:
    bench.session.set_parameter("thresholded", "style", "fill")
    bench.session.viewer.scroll_by(1)
    assert bench.session.processed(2) is None
    bench.workers.settle()
    bench.session.viewer.scroll_by(1)
    shown = bench.session.processed(2)
    assert shown is not None
    assert shown.mask_style == "fill"


def test_nothing_more_than_the_budget_is_processed_ahead(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(display, "RESULTS_AHEAD_BYTES", 1)
    bench.session.viewer.scroll_to(0)
    bench.workers.settle()
    bench.session.viewer.scroll_to(1)
    assert bench.session.processed(2) is None


@pytest.mark.parametrize("at", [None, 51], ids=["every slice", "the next slice"])
def test_what_is_refused_is_not_processed_ahead_again_and_again(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, at: int | None
) -> None:
    tried: list[Any] = []
    work = processing.process_gradually

    def refused(frame: Any, name: str, *given: Any, **more: Any) -> Any:
        if name == "edges" and (at is None or frame.sop_instance_uid == LONG.frames[at].sop_instance_uid):
            tried.append(frame)
            raise NotFoundError(what="processing", which=name)
        return (yield from work(frame, name, *given, **more))

    monkeypatch.setattr("medviewer.gui.display.processing.process_gradually", refused)
    bench.session.viewer.scroll_to(50)
    bench.workers.advance(60_000)
    assert 0 < len(tried) <= 3  # for the pane, at rest, and ahead
    bench.session.viewer.scroll_to(51)
    assert is_current(bench, 1)  # the others go on


def test_while_slices_are_passed_by_nothing_is_processed_ahead(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole, begun = processing.process_gradually, []

    def noting(frame: Any, *values: Any, **named: Any) -> Any:
        begun.append(frame)
        return whole(frame, *values, **named)

    monkeypatch.setattr("medviewer.gui.display.processing.process_gradually", noting)
    shown = []
    for index in range(50, 40, -1):
        bench.session.viewer.scroll_to(index)
        shown.append(bench.pane.frame)
        bench.workers.advance(PAUSE_MS - 1)
    assert set(begun) <= set(shown)


def test_after_closing_nothing_is_processed_any_more(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    bench.session.viewer.scroll_by(20)
    begun: list[Any] = []
    monkeypatch.setattr(
        "medviewer.gui.display.processing.process_gradually", lambda frame, *_, **__: begun.append(frame)
    )
    bench.session.close_all()
    bench.workers.settle()
    assert begun == []
