"""What is read before it is asked for.

Within its budget, and after what a pane waits for.
"""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from medviewer.dicom.workers.frame_cache import FrameCache
from medviewer.gui.display.display import BEHIND, READ_AHEAD_MS
from medviewer.gui.display.frame_loader import FrameLoader
from medviewer.limits import AHEAD_BYTES, CACHE_BYTES
from medviewer.viewer.prefetch import PrefetchQueue
from tests.made_stacks import MadeFiles, library, slices, stack
from tests.session_bench import Bench
from tests.virtual_time import VirtualWorkers

LONG = stack("L", slices=60)
SLICES = slices(LONG)


@pytest.fixture
def workers(qapp: object) -> Iterator[VirtualWorkers]:
    workers = VirtualWorkers(seed=5)
    yield workers
    workers.shutdown()
    workers.deleteLater()


def test_two_readers_share_the_list_and_read_nothing_twice() -> None:
    ahead = PrefetchQueue()
    ahead.request(SLICES[:4])
    one, other = ahead.taken(), ahead.taken()
    assert [next(one), next(other), next(one), next(other)] == SLICES[:4]
    ahead.request(SLICES[:5])  # four of them are being read
    assert list(one) == [SLICES[4]]
    ahead.arrived(SLICES[0])
    ahead.request(SLICES[:2])
    assert list(other) == [SLICES[0]]


def test_nothing_is_read_ahead_while_a_pane_waits(workers: VirtualWorkers) -> None:
    files = MadeFiles()
    loader = FrameLoader(files.read_frame, workers, FrameCache(1 << 20))
    read_then: list[int] = []
    loader.decoded.connect(lambda _decoded: read_then.append(len(files.reads)))
    loader.want((), SLICES[40:50])
    loader.want(SLICES[:1], SLICES[1:5])
    workers.settle()
    assert files.reads[0] == LONG.frames[0]
    assert read_then[0] == 1
    assert set(files.reads) == set(LONG.frames[:5])
    assert len(files.reads) == 5
    loader.deleteLater()


def test_a_new_wish_takes_back_what_is_not_being_read_yet(workers: VirtualWorkers) -> None:
    files = MadeFiles()
    loader = FrameLoader(files.read_frame, workers, FrameCache(1 << 20))
    loader.want((), SLICES[:30])
    while len(files.reads) < 3:
        workers.advance(1)
    loader.want(SLICES[50:51], SLICES[51:53])
    workers.settle()
    assert LONG.frames[29] not in files.reads
    assert set(files.reads) >= set(LONG.frames[50:53])
    loader.deleteLater()


def test_one_slice_to_read_starts_one_reader(workers: VirtualWorkers) -> None:
    files = MadeFiles()
    loader = FrameLoader(files.read_frame, workers, FrameCache(1 << 20))
    for first, last, readers in ((0, 1, 1), (1, 3, 2)):
        loader.want((), SLICES[first:last])
        assert workers.running == readers
        workers.settle()
        assert set(files.reads) == set(LONG.frames[:last])
    loader.deleteLater()


@pytest.fixture
def bench(qapp: object) -> Iterator[Bench]:
    bench = Bench()
    yield bench
    bench.session.shutdown()


@pytest.mark.parametrize(("columns", "expected"), [(AHEAD_BYTES // 8, 4), (AHEAD_BYTES // 8 + 1, 3)])
def test_so_many_slices_are_read_ahead_as_the_budget_holds(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, columns: int, expected: int
) -> None:
    wide = replace(LONG, rows=1, columns=columns)  # of 2 bytes a pixel, until a frame is there
    bench.open(library(wide))
    requests: list[int] = []
    monkeypatch.setattr(FrameLoader, "want", lambda _self, _now, ahead=(): requests.append(len(ahead)))
    bench.session.viewer.scroll_to(10)
    assert bench.pane.frame is None
    assert requests == [expected + BEHIND]


@pytest.mark.parametrize(("columns", "expected"), [(AHEAD_BYTES // 8, 4), (AHEAD_BYTES // 2, 1)])
def test_at_the_end_of_a_stack_the_way_back_is_read_ahead(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, columns: int, expected: int
) -> None:
    bench.open(library(replace(LONG, rows=1, columns=columns)))
    requests: list[list[int]] = []
    numbers = {one: index for index, one in enumerate(SLICES)}
    monkeypatch.setattr(
        FrameLoader, "want", lambda _self, _now, ahead=(): requests.append([numbers[r] for r in ahead])
    )
    bench.session.viewer.frames.clear_frames()
    bench.session.viewer.scroll_to(0)
    assert bench.pane.frame is None
    assert requests == [list(range(1, expected + 1))]


@pytest.mark.parametrize(
    ("columns", "expected"), [(CACHE_BYTES // 4, 2), (CACHE_BYTES // 2, 1), (CACHE_BYTES // 2 + 1, 0)]
)
def test_nothing_is_read_ahead_that_could_not_be_kept(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, columns: int, expected: int
) -> None:
    bench.open(library(replace(LONG, rows=1, columns=columns)))
    requests: list[int] = []
    monkeypatch.setattr(FrameLoader, "want", lambda _self, _now, ahead=(): requests.append(len(ahead)))
    bench.session.viewer.scroll_to(10)
    assert requests == [expected]


@pytest.fixture
def resting(bench: Bench) -> Bench:
    """In the middle of a stack, all of which is in memory."""
    bench.open(library(LONG))
    bench.files.reads.clear()
    return bench


def forget(bench: Bench, *indices: int) -> None:
    """Take slices out of memory."""
    for index in indices:
        bench.cache.forget(bench.pane.stack.slice_key(index))


def test_images_in_memory_are_painted_before_anything_is_read_ahead(resting: Bench) -> None:
    forget(resting, 40)
    resting.session.viewer.scroll_by(1)
    assert resting.pane.frame is not None
    resting.workers.advance(READ_AHEAD_MS - 1)
    assert resting.workers.running == 0
    resting.workers.settle()
    assert resting.files.reads == [resting.pane.stack.headers[40]]


def test_slices_that_fly_past_do_not_put_off_reading_ahead(resting: Bench) -> None:
    forget(resting, 55)
    for _ in range(2 * READ_AHEAD_MS):
        resting.session.viewer.scroll_by(1)
        assert resting.pane.frame is not None
        resting.workers.advance(1)
    assert resting.files.reads or resting.workers.running


def test_what_a_pane_waits_for_is_read_at_once(resting: Bench) -> None:
    forget(resting, 31)
    resting.session.viewer.scroll_by(1)
    assert resting.pane.frame is None
    assert resting.workers.running == 1


def test_a_wish_that_was_passed_by_makes_way_for_reading_ahead_at_once(resting: Bench) -> None:
    forget(resting, 31, 33, 34)
    resting.session.viewer.scroll_by(1)
    resting.session.viewer.scroll_by(1)
    assert resting.pane.frame is not None
    assert resting.workers.running > 1
