"""What a worker loads.

One that only lists files never spends time on decoders.
"""

import sys
from pathlib import Path

import psutil
import pytest

from medviewer.dicom.library.index import scan
from medviewer.dicom.reading import worker
from medviewer.dicom.workers.exchange import DecodersLoaded, Ready, Reply, unpacked_reply
from medviewer.dicom.workers.ipc import Decoders
from medviewer.dicom.workers.sandbox import Sandbox
from tests import factories
from tests.workers import worker_pids


class ClosedChannel:
    """A channel whose other end asks for nothing for a while and leaves."""

    def __init__(self) -> None:
        self.waited: list[float] = []
        self.said: list[type[Reply]] = []

    def send_bytes(self, content: bytes) -> None:
        self.said.append(type(unpacked_reply(content)))

    def recv_bytes(self, most: int) -> bytes:
        raise EOFError

    def poll(self, seconds: float) -> bool:
        self.waited.append(seconds)
        return False


@pytest.mark.parametrize(
    ("decoders", "waits_first"),
    [(Decoders.AT_ONCE, 0), (Decoders.WHEN_IDLE, worker.IDLE_SECONDS), (Decoders.WHEN_NEEDED, None)],
)
def test_decoders_are_loaded_before_they_are_asked_for_only_where_images_will_be(
    decoders: Decoders, waits_first: float | None
) -> None:
    channel = ClosedChannel()
    serving = worker.Worker(channel, memory=None)  # type: ignore[arg-type]  # stands for both
    serving.serve(decoders)
    assert channel.said == ([Ready] if waits_first is None else [Ready, DecodersLoaded])
    assert channel.waited[:1] == ([] if waits_first is None else [waits_first])


@pytest.mark.skipif(sys.platform != "linux", reason="looks at what processes have mapped")
def test_listing_files_loads_no_numpy_in_the_workers(tmp_path: Path) -> None:
    factories.ct_series(tmp_path, 3)
    with Sandbox(both_index=True) as running:
        *_, last = scan([tmp_path], running)
        mapped = {
            Path(one.path).parts[-3:]
            for pid in worker_pids(running)
            for one in psutil.Process(pid).memory_maps()
        }
    assert len(last.library.stacks[0].frames) == 3
    assert not [parts for parts in mapped if "numpy" in parts or "_core" in parts]
