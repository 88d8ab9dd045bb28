"""What a worker loads: one that only lists files never spends time on decoders."""

import sys
from pathlib import Path

import psutil
import pytest

from medviewer.dicom import worker
from medviewer.dicom.index import scan
from medviewer.dicom.sandbox import Sandbox
from tests import factories


class ClosedChannel:
    """A channel whose other end asks for nothing and leaves."""

    def send_bytes(self, content: bytes) -> None:
        assert content == b'{"ready": true}'

    def recv_bytes(self, most: int) -> bytes:
        raise EOFError

    def poll(self, seconds: float) -> bool:
        return False


@pytest.mark.parametrize("is_for_pictures", [True, False])
def test_decoders_are_loaded_before_they_are_asked_for_only_where_pictures_will_be(
    is_for_pictures: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    loaded = []
    monkeypatch.setattr(worker, "_load_while_idle", loaded.append)
    channel = ClosedChannel()
    serving = worker.Worker(channel, memory=None)  # type: ignore[arg-type]  # stands for both
    serving.serve(is_for_pictures=is_for_pictures)
    assert loaded == ([channel] if is_for_pictures else [])


@pytest.mark.skipif(sys.platform != "linux", reason="looks at what processes have mapped")
def test_listing_files_loads_no_numpy_in_the_workers(tmp_path: Path) -> None:
    factories.ct_series(tmp_path, 3)
    with Sandbox(both_index=True) as running:
        *_, last = scan([tmp_path], running)
        mapped = {
            Path(one.path).parts[-3:]
            for pid in running.worker_pids
            for one in psutil.Process(pid).memory_maps()
        }
    assert len(last.library.stacks[0].frames) == 3
    assert not [parts for parts in mapped if "numpy" in parts or "_core" in parts]
