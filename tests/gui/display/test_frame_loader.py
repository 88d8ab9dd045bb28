"""What arrives after its data was closed is thrown away, even where it was on its way already."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from medviewer.dicom.workers.frame_cache import FrameCache
from medviewer.errors import UnreadableSliceError
from medviewer.gui.display.frame_loader import FrameLoader, LoadedSlice
from medviewer.gui.tasks.tasks import Task
from medviewer.imaging.source import Slice
from tests.made_stacks import MadeFiles, slices, stack
from tests.virtual_time import VirtualWorkers

A = stack("A", slices=3)


@pytest.fixture
def workers(qapp: object) -> Iterator[VirtualWorkers]:
    workers = VirtualWorkers(seed=3)
    yield workers
    workers.shutdown()
    workers.deleteLater()


def test_a_frame_of_closed_data_is_neither_kept_nor_delivered(
    workers: VirtualWorkers, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Task, "cancel", lambda _self: None)  # as if it had been delivered already
    cache = FrameCache(1 << 20)
    loader = FrameLoader(MadeFiles().read_frame, workers, cache)
    delivered: list[object] = []
    loader.decoded.connect(delivered.append)
    loader.want(slices(A)[:1])
    loader.clear()
    workers.settle()
    assert delivered == []
    assert cache.bytes == 0
    loader.want(slices(A)[:1])
    workers.settle()
    assert len(delivered) == 1
    assert cache.bytes > 0
    loader.deleteLater()


def test_a_frame_other_than_the_one_that_was_asked_for_is_an_error(workers: VirtualWorkers) -> None:
    cache = FrameCache(1 << 20)
    loader = FrameLoader(MadeFiles().read_frame, workers, cache)
    delivered: list[LoadedSlice] = []
    loader.decoded.connect(delivered.append)
    loader.want([Slice(slices(A)[0].key, A, 1)])  # a source that reads another slice than it names
    workers.settle()
    (decoded,) = delivered
    assert decoded.frame is None
    assert isinstance(decoded.error, UnreadableSliceError)
    assert cache.bytes == 0
    loader.deleteLater()


def test_another_patient_gets_a_thumbnail_of_its_own(workers: VirtualWorkers) -> None:
    files = MadeFiles()
    loader = FrameLoader(files.read_frame, workers, FrameCache(1 << 20))
    ready: list[str] = []
    loader.thumbnail_ready.connect(lambda key, _: ready.append(key))
    other = replace(stack("B", slices=3), key=A.key)
    for source in (A, A, other, other):  # each asked for while it is on its way
        loader.want_thumbnail(source)
    workers.settle()
    assert ready == [A.key]
    assert files.reads == [other.headers[1]]
    loader.deleteLater()
