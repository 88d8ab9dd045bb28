"""Several frames at once come in order, none is lost, and never more together than allowed."""

import os
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from medviewer import limits
from medviewer.dicom.model import FrameReference, Origin
from medviewer.dicom.workers import batches, sandbox as sandbox_module
from medviewer.dicom.workers.batches import Pace
from medviewer.dicom.workers.exchange import ReadFrames, Request
from medviewer.dicom.workers.sandbox import Sandbox
from medviewer.errors import ChangedFileError, DecoderDiedError, MissingFileError
from medviewer.imaging.frame.frame import Frame
from tests import factories
from tests.dicom.read_files import frame_record, read
from tests.workers import Launches, OnRequest, WatchedWorker


@pytest.fixture(scope="module")
def launches() -> Launches:
    return Launches()


@pytest.fixture(scope="module")
def sandbox(launches: Launches) -> Iterator[Sandbox]:
    with Sandbox(launch=launches) as running:
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
    sandbox: Sandbox, launches: Launches, tmp_path: Path
) -> None:
    references = references_of(factories.ct_series(tmp_path, 30))
    launches.asked.clear()
    frames = list(sandbox.read_frames(iter(references)))
    assert [frame.stored[0, 0] for frame in frames if isinstance(frame, Frame)] == [
        1000 * number for number in range(30)
    ]
    assert {worker for worker, _ in launches.asked} == set(launches.workers)
    alone = [sandbox.read_frame(reference) for reference in references]
    assert [frame.content_sha256 for frame in frames if isinstance(frame, Frame)] == [
        frame.content_sha256 for frame in alone
    ]


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
    sandbox: Sandbox,
    launches: Launches,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    fitting: float,
    together: int,
) -> None:
    references = references_of(factories.ct_series(tmp_path, 1)) * 60
    for module in (batches, sandbox_module):  # as if the machine were quick
        monkeypatch.setattr(module, "BATCH_SECONDS", 100.0)
    monkeypatch.setattr(limits, "BATCH_BYTES", int(fitting * 16 * 16 * 2))
    launches.asked.clear()
    assert all(isinstance(found, Frame) for found in sandbox.read_frames(references))
    assert max(frames_of(request) for _, request in launches.asked) == together


@pytest.mark.parametrize("allowed", [1, 5])
def test_no_more_frames_are_asked_for_together_than_allowed(
    sandbox: Sandbox, launches: Launches, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, allowed: int
) -> None:
    references = references_of(factories.ct_series(tmp_path, 1)) * 300
    for module in (batches, sandbox_module):  # however long a batch takes on a busy machine
        monkeypatch.setattr(module, "BATCH_SECONDS", 100.0)
    monkeypatch.setattr(limits, "BATCH_FRAMES", allowed)
    launches.asked.clear()
    assert len(list(sandbox.read_frames(references))) == 300
    assert max(frames_of(request) for _, request in launches.asked) == allowed


def frames_of(request: Request) -> int:
    """Return how many frames a request asks for."""
    assert isinstance(request.work, ReadFrames)
    return len(request.work.frames)


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
def test_frames_go_on_after_the_file_that_ends_the_worker(tmp_path: Path) -> None:
    references = references_of(factories.ct_series(tmp_path, 12))
    launches = Launches()
    with Sandbox(launch=launches) as running:
        list(running.read_frames(references[:1]))
        launches.on_request = _deadly(references[7].path)
        found = list(running.read_frames(references))
    assert [type(one) for one in found] == [Frame] * 7 + [DecoderDiedError] + [Frame] * 4


def _deadly(path: Path) -> OnRequest:
    """Return a launch whose worker ends when it is asked for a file."""

    def sending(worker: WatchedWorker, request: Request, send: Callable[[], None]) -> None:
        assert isinstance(request.work, ReadFrames)
        if any(one.path == path for one in request.work.frames):
            if not worker.messages:  # one that is still starting would be waited for after the request
                worker.wait_for_message()
            worker.suspend()
            send()
            worker.kill()
        else:
            send()

    return sending


def test_of_large_frames_few_are_asked_for_before_their_turn() -> None:
    pace = Pace()
    assert pace.ahead == 1  # nothing is known of the first
    for size, ahead in ((512, 3), (limits.CACHE_BYTES // 2, 2), (limits.FRAME_BYTES, 1)):
        pace.note(1, 1, size, 1.0)
        assert pace.ahead == ahead
