"""What arrives after its data was closed is thrown away, even where it was on its way already."""

from collections.abc import Iterator

import pytest

from medviewer.dicom.workers.frame_cache import FrameCache
from medviewer.gui.display.frame_loader import FrameLoader
from medviewer.gui.tasks.tasks import Task
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
