"""What is read before it is asked for: within its budget, and after what a pane waits for."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from medviewer.dicom.decoder.frame_cache import FrameCache
from medviewer.gui.session.display import BEHIND
from medviewer.gui.session.frame_loader import FrameLoader
from medviewer.limits import AHEAD_BYTES, CACHE_BYTES
from medviewer.viewer.prefetch import ReadingAhead
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
    ahead = ReadingAhead()
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


@pytest.fixture
def bench(qapp: object) -> Iterator[Bench]:
    bench = Bench()
    yield bench
    bench.session.shutdown()


@pytest.mark.parametrize(("columns", "expected"), [(AHEAD_BYTES // 8, 4), (AHEAD_BYTES // 8 + 1, 3)])
def test_so_many_slices_are_read_ahead_as_the_budget_holds(bench: Bench, columns: int, expected: int) -> None:
    wide = replace(LONG, rows=1, columns=columns)  # of 2 bytes a pixel, until a frame is there
    bench.open(library(wide))
    requests: list[int] = []
    bench.session._display.loader.want = lambda _now, ahead=(): requests.append(len(ahead))  # type: ignore[method-assign]  # to see what it is asked for
    bench.session.viewer.scroll_to(10)
    assert bench.pane.frame is None
    assert requests == [expected + BEHIND]


@pytest.mark.parametrize(("columns", "expected"), [(AHEAD_BYTES // 8, 4), (AHEAD_BYTES // 2, 1)])
def test_at_the_end_of_a_stack_the_way_back_is_read_ahead(bench: Bench, columns: int, expected: int) -> None:
    bench.open(library(replace(LONG, rows=1, columns=columns)))
    requests: list[list[int]] = []
    numbers = {one: index for index, one in enumerate(SLICES)}
    bench.session._display.loader.want = lambda _now, ahead=(): requests.append([numbers[r] for r in ahead])  # type: ignore[method-assign]  # to see what it is asked for
    bench.session._display.clear_frames()
    bench.session.viewer.scroll_to(0)
    assert bench.pane.frame is None
    assert requests == [list(range(1, expected + 1))]


@pytest.mark.parametrize(
    ("columns", "expected"), [(CACHE_BYTES // 4, 2), (CACHE_BYTES // 2, 1), (CACHE_BYTES // 2 + 1, 0)]
)
def test_nothing_is_read_ahead_that_could_not_be_kept(bench: Bench, columns: int, expected: int) -> None:
    bench.open(library(replace(LONG, rows=1, columns=columns)))
    requests: list[int] = []
    bench.session._display.loader.want = lambda _now, ahead=(): requests.append(len(ahead))  # type: ignore[method-assign]  # to see what it is asked for
    bench.session.viewer.scroll_to(10)
    assert requests == [expected]
