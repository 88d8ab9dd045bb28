"""The worker reads the image that a study opens with before it is asked to."""

from pathlib import Path

import pytest

from medviewer import limits
from medviewer.dicom.library.index import scan
from medviewer.dicom.workers import sandbox as sandbox_module
from medviewer.dicom.workers.exchange import Request
from medviewer.dicom.workers.sandbox import Sandbox
from tests import factories
from tests.dicom.workers.test_sandbox import posix_only, reference, wait_for_workers
from tests.workers import Launches, worker_pids


def requests_of_decoding(launches: Launches) -> list[Request]:
    """Return the requests that the decoding worker got."""
    return [request for worker, request in launches.asked if worker is launches.decoding]


def test_the_image_to_open_with_is_read_while_it_is_put_into_the_library(tmp_path: Path) -> None:
    paths = factories.ct_series(tmp_path, 5)
    launches = Launches()
    with Sandbox(launch=launches) as running:
        wait_for_workers(running, paths[0])
        launches.asked.clear()
        library = next(scan([tmp_path], running)).library
        [found] = library.stacks[0].frames
        frame = running.read_frame(found)
        assert len(requests_of_decoding(launches)) == 1
        assert (found.path, frame.sop_instance_uid) == (paths[2], found.sop_instance_uid)
        assert frame.stored[0, 0] == 2000
        again = running.read_frame(found)
        assert len(requests_of_decoding(launches)) == 2
    assert again.content_sha256 == frame.content_sha256


def test_that_is_so_for_the_first_study_too(tmp_path: Path) -> None:
    factories.ct_series(tmp_path, 3)
    launches = Launches()
    with Sandbox(launch=launches) as running:
        while not running.decoding.has_decoders():
            launches.decoding.wait_for_message()
        [found] = next(scan([tmp_path], running)).library.stacks[0].frames
        assert running.read_frame(found).stored[0, 0] == 1000
        assert len(requests_of_decoding(launches)) == 1


def test_nobody_waits_for_a_worker_that_still_loads_decoders(tmp_path: Path) -> None:
    paths = factories.ct_series(tmp_path, 3)
    launches = Launches()
    with Sandbox(launch=launches) as running:
        assert [path for path, _ in running.index_to_open(paths)] == paths
        assert not requests_of_decoding(launches)


def test_one_worker_reads_header_and_image_where_the_other_was_not_started(tmp_path: Path) -> None:
    paths = factories.ct_series(tmp_path, 3)
    running = Sandbox()
    try:
        running.start_decoding()
        assert [path for path, _ in running.index_to_open(paths)] == paths
        assert running.read_frame(reference(paths[0])).stored[0, 0] == 0
        assert worker_pids(running) == (running.decoding.pid,)
        running.start()
        assert len(worker_pids(running)) == 2
    finally:
        running.close()


def test_starting_the_other_worker_does_not_wait_for_the_one_in_use() -> None:
    running = Sandbox()
    try:
        running.start_decoding()
        with running.decoding.lock:
            running.start()
            assert len(worker_pids(running)) == 2
    finally:
        running.close()


def test_files_that_take_long_are_asked_for_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    paths = factories.ct_series(tmp_path, 3)
    launches = Launches()
    with Sandbox(launch=launches) as running:
        wait_for_workers(running, paths[0])
        monkeypatch.setattr(sandbox_module, "REPORT_SECONDS", 0.0)  # so that an answer is about one file
        launches.asked.clear()
        records = running.index_to_open(paths)
        assert len(requests_of_decoding(launches)) == 1
    assert [path for path, _ in records] == paths
    assert [record["instance"].path for _, record in records] == paths


def test_a_file_that_ended_workers_is_tried_again_when_it_is_opened_again(tmp_path: Path) -> None:
    [path] = factories.ct_series(tmp_path, 1)
    with Sandbox() as running:
        wait_for_workers(running, path)
        running.deaths[path] = limits.WORKER_DEATHS_PER_FILE
        [found] = next(scan([path], running)).library.stacks[0].frames
        assert running.read_frame(found).rows == 16


def test_whoever_looks_at_another_image_gets_that_one(tmp_path: Path) -> None:
    paths = factories.ct_series(tmp_path, 5)
    with Sandbox() as running:
        wait_for_workers(running, paths[0])
        records = running.index_to_open([paths[2], paths[0], paths[4]])
        assert [path for path, _ in records] == [paths[2], paths[0], paths[4]]
        assert running.read_frame(reference(paths[4])).stored[0, 0] == 4000
        assert running.read_frame(reference(paths[2])).stored[0, 0] == 2000


def test_of_several_series_none_is_read_before_it_is_chosen(tmp_path: Path) -> None:
    paths = factories.ct_series(tmp_path, 3)
    other = factories.write(
        factories.dataset(SeriesInstanceUID=factories.uid("series", 9)), tmp_path / "z.dcm"
    )
    cine = factories.multiframe(tmp_path / "cine.dcm")
    launches = Launches()
    with Sandbox(launch=launches) as running:
        wait_for_workers(running, paths[0])
        for asked_of in ([paths[1], paths[0], other], [cine]):
            running.index_to_open(asked_of)
            launches.asked.clear()
            assert running.read_frame(reference(asked_of[0])).rows == 16
            assert len(requests_of_decoding(launches)) == 1


@posix_only
def test_an_image_that_ends_the_worker_unasked_is_not_held_against_the_next_one(tmp_path: Path) -> None:
    paths = factories.ct_series(tmp_path, 5)
    launches = Launches()
    with Sandbox(launch=launches) as running:
        wait_for_workers(running, paths[0])
        running.index_to_open(paths)
        launches.decoding.cut_off()
        assert running.read_frame(reference(paths[4])).stored[0, 0] == 4000
        assert running.deaths[paths[4]] == 0
