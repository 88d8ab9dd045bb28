"""Several frames at once come in order, none is lost, and never more together than allowed."""

import os
import signal
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import psutil
import pytest

from medviewer import limits
from medviewer.dicom.model import FrameReference, Origin
from medviewer.dicom.workers import batches, sandbox as sandbox_module
from medviewer.dicom.workers.batches import Pace
from medviewer.dicom.workers.exchange import ReadFrames, Request
from medviewer.dicom.workers.sandbox import Sandbox
from medviewer.dicom.workers.worker_handle import WorkerHandle
from medviewer.errors import ChangedFileError, DecoderDiedError, MissingFileError
from medviewer.imaging.frame.frame import Frame
from tests import factories
from tests.dicom.read_files import frame_record, read


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox() as running:
        yield running


def test_many_threads_each_get_their_own_frame(sandbox: Sandbox, tmp_path: Path) -> None:
    paths = factories.ct_series(tmp_path, 8)
    wrong: list[int] = []

    def read(number: int) -> None:
        for _ in range(5):
            frame = sandbox.read_frame(FrameReference(paths[number], ""))
            if frame.stored[0, 0] != 1000 * number:
                wrong.append(number)

    threads = [threading.Thread(target=read, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong


def test_the_other_worker_decodes_while_one_is_at_work(sandbox: Sandbox, tmp_path: Path) -> None:
    path = factories.multiframe(tmp_path / "a.dcm", frames=2)
    with ThreadPoolExecutor() as threads, sandbox.decoding.lock:
        reading = threads.submit(sandbox.read_frame, FrameReference(path, "", 2))
        assert reading.result(timeout=60).stored[0, 0] == 1000


def references_of(paths: list[Path]) -> list[FrameReference]:
    found = []
    for number, path in enumerate(paths):
        state = path.stat()
        uid = factories.uid("instance", 1, number)
        found.append(
            FrameReference(
                path, uid, origin=Origin((state.st_size, state.st_mtime_ns, state.st_dev, state.st_ino))
            )
        )
    return found


def test_frames_of_a_series_come_in_order_by_both_workers(
    sandbox: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    references = references_of(factories.ct_series(tmp_path, 30))
    asked: dict[WorkerHandle, list[int]] = {}
    for handle in (sandbox.indexing, sandbox.decoding):
        monkeypatch.setattr(handle, "send", _counted(handle.send, asked.setdefault(handle, [])))
    frames = list(sandbox.read_frames(iter(references)))
    assert [frame.stored[0, 0] for frame in frames if isinstance(frame, Frame)] == [
        1000 * number for number in range(30)
    ]
    alone = [sandbox.read_frame(reference) for reference in references]
    assert [frame.content_sha256 for frame in frames if isinstance(frame, Frame)] == [
        frame.content_sha256 for frame in alone
    ]
    assert all(asked.values())


def test_slices_of_one_answer_keep_what_is_their_own(sandbox: Sandbox, tmp_path: Path) -> None:
    own: list[dict[str, object]] = [
        {},
        {"RescaleIntercept": -1000},
        {"WindowCenter": 600},
        {"PixelSpacing": [0.5, 0.5]},
        {"ImageOrientationPatient": [0, 1, 0, 1, 0, 0]},
        {"BodyPartExamined": "FOOT"},
        {"PixelPaddingValue": -7},
        {"PhotometricInterpretation": "MONOCHROME1"},
        {"BitsStored": 12, "HighBit": 11},
        {"ImagePositionPatient": None},
    ]
    paths = []
    for number, elements in enumerate([one for other in own for one in ({}, other, other)]):
        made = factories.dataset(SOPInstanceUID=factories.uid("instance", 1, number), **elements)
        paths.append(factories.write(made, tmp_path / f"{number}.dcm"))
    references = references_of(paths)
    for _ in range(2):  # the second time more of them together
        for path, found in zip(paths, sandbox.read_frames(references * 2), strict=False):
            assert isinstance(found, Frame)
            assert frame_record(found) == frame_record(read(path))


def test_what_cannot_be_shown_is_said_in_its_place(sandbox: Sandbox, tmp_path: Path) -> None:
    references = references_of(factories.ct_series(tmp_path, 9))
    references[3].path.unlink()
    factories.write(factories.dataset(np.zeros((20, 20), np.int16)), references[5].path)
    kinds = [type(found) for found in sandbox.read_frames(references)]
    expected: list[type] = [Frame] * 9
    expected[3], expected[5] = MissingFileError, ChangedFileError
    assert kinds == expected


def test_references_are_taken_as_they_are_needed(sandbox: Sandbox, tmp_path: Path) -> None:
    references = references_of(factories.ct_series(tmp_path, 1)) * 10_000
    waiting = iter(references)
    frames = sandbox.read_frames(waiting)
    next(frames)
    frames.close()
    assert len(list(waiting)) > 9_000


@pytest.mark.parametrize(("fitting", "together"), [(4, 4), (4.01, 4), (3.99, 3)])
def test_no_more_pixels_come_together_than_allowed(
    sandbox: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fitting: float, together: int
) -> None:
    references = references_of(factories.ct_series(tmp_path, 1)) * 60
    for module in (batches, sandbox_module):  # as if the machine were quick
        monkeypatch.setattr(module, "BATCH_SECONDS", 100.0)
    monkeypatch.setattr(limits, "BATCH_BYTES", int(fitting * 16 * 16 * 2))
    asked: list[int] = []
    for handle in (sandbox.indexing, sandbox.decoding):
        monkeypatch.setattr(handle, "send", _counted(handle.send, asked))
    assert all(isinstance(found, Frame) for found in sandbox.read_frames(references))
    assert max(asked) == together


@pytest.mark.parametrize("allowed", [1, 5])
def test_no_more_frames_are_asked_for_together_than_allowed(
    sandbox: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, allowed: int
) -> None:
    references = references_of(factories.ct_series(tmp_path, 1)) * 30
    for module in (batches, sandbox_module):  # however long a batch takes on a busy machine
        monkeypatch.setattr(module, "BATCH_SECONDS", 100.0)
    monkeypatch.setattr(limits, "BATCH_FRAMES", allowed)
    asked: list[int] = []
    for handle in (sandbox.indexing, sandbox.decoding):
        monkeypatch.setattr(handle, "send", _counted(handle.send, asked))
    assert len(list(sandbox.read_frames(references))) == 30
    assert max(asked) == allowed


def _counted(send: Callable[[Request], int], asked: list[int]) -> Callable[[Request], int]:
    def counting(request: Request) -> int:
        work = request.work
        assert isinstance(work, ReadFrames)
        asked.append(len(work.frames))
        return send(request)

    return counting


def test_frames_that_are_slow_to_read_are_asked_for_one_by_one() -> None:
    pace = Pace()
    pace.note(1, 1, 512, batches.BATCH_SECONDS)
    assert pace.frames == 1
    pace.note(1, 1, 512, 0.0)
    pace.note(2, 2, 512, 0.0)
    assert pace.frames == 4
    pace.note(4, 1, 512, batches.BATCH_SECONDS)  # the worker's time was over
    assert pace.frames == 1


@pytest.mark.skipif(os.name == "nt", reason="signals of POSIX")
def test_frames_go_on_after_the_file_that_ends_the_worker(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    references = references_of(factories.ct_series(tmp_path, 12))
    with Sandbox() as running:
        list(running.read_frames(references[:1]))
        for handle in (running.indexing, running.decoding):
            monkeypatch.setattr(handle, "send", _deadly(handle, str(references[7].path)))
        found = list(running.read_frames(references))
    assert [type(one) for one in found] == [Frame] * 7 + [DecoderDiedError] + [Frame] * 4


def _deadly(handle: WorkerHandle, path: str) -> Callable[[Request], int]:
    """Return a way to send requests that ends the worker when it is asked for a file."""
    send = handle.send

    def sending(request: Request) -> int:
        work = request.work
        assert isinstance(work, ReadFrames)
        if any(str(one.path) == path for one in work.frames):
            handle.start()
            if not handle.is_ready:  # one that is still starting would be waited for after the request
                handle.wait_until_ready()
            assert handle.pid is not None
            psutil.Process(handle.pid).suspend()
            number = send(request)
            os.kill(handle.pid, signal.SIGKILL)
            return number
        return send(request)

    return sending


def test_of_large_frames_few_are_asked_for_before_their_turn() -> None:
    pace = Pace()
    assert pace.ahead == 1  # nothing is known of the first
    for size, ahead in ((512, 3), (limits.CACHE_BYTES // 2, 2), (limits.FRAME_BYTES, 1)):
        pace.note(1, 1, size, 1.0)
        assert pace.ahead == ahead
