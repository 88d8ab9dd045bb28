"""The limited workers.

What reaches the program when files, workers or the program itself go wrong.
"""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import psutil
import pytest

from medviewer import limits
from medviewer.dicom.model import FrameReference, Origin
from medviewer.dicom.reading.worker import GRACE_SECONDS
from medviewer.dicom.workers import sandbox as sandbox_module
from medviewer.dicom.workers.exchange import (
    FilesIndexed,
    FramesRead,
    IndexFiles,
    ObjectRead,
    Request,
    WorkerAnswer,
)
from medviewer.dicom.workers.ipc import Decoders, Launched, PixelMemory
from medviewer.dicom.workers.sandbox import Sandbox
from medviewer.dicom.workers.worker_handle import WorkerHandle
from medviewer.errors import (
    ChangedFileError,
    DamagedFileError,
    DecoderDiedError,
    LimitError,
    MedviewerError,
    MissingFileError,
    UnreadableFile,
    WorkerUnavailableError,
)
from medviewer.imaging.frame.damage import Damage
from tests import factories
from tests.workers import Launches, WatchedWorker, worker_pids

posix_only = pytest.mark.skipif(os.name == "nt", reason="signals and descriptors of POSIX")


@pytest.fixture(scope="module")
def launches() -> Launches:
    return Launches()


@pytest.fixture(scope="module")
def sandbox(launches: Launches) -> Iterator[Sandbox]:
    with Sandbox(launch=launches) as running:
        yield running


def reference(path: Path, frame_number: int = 1, **fields: object) -> FrameReference:
    return FrameReference(path, "", frame_number, **fields)  # type: ignore[arg-type]


def wait_for_workers(sandbox: Sandbox, path: Path) -> None:
    sandbox.read_frame(reference(path))
    list(sandbox.index_files([path]))


def test_a_frame_comes_back_as_it_was_stored(sandbox: Sandbox, tmp_path: Path) -> None:
    path = factories.write(factories.dataset(factories.gradient(start=-100)), tmp_path / "a.dcm")
    frame = sandbox.read_frame(reference(path))
    np.testing.assert_array_equal(frame.stored, factories.gradient(start=-100))
    assert frame.stored.dtype == np.int16
    assert frame.sop_instance_uid == factories.uid("instance", 1)
    assert not frame.stored.flags.writeable


def test_a_frame_stays_what_it_is_when_the_next_one_is_read(sandbox: Sandbox, tmp_path: Path) -> None:
    paths = factories.ct_series(tmp_path, 2)
    first = sandbox.read_frame(reference(paths[0]))
    kept = first.stored.copy()
    sandbox.read_frame(reference(paths[1]))
    np.testing.assert_array_equal(first.stored, kept)


def test_starting_does_not_wait_for_the_workers() -> None:
    launches = Launches()
    with Sandbox(launch=launches) as running:
        assert all(psutil.pid_exists(pid) for pid in worker_pids(running))
        assert [worker.messages for worker in launches.workers] == [0, 0]  # the first says that it is ready


def test_pixels_that_answer_another_request_are_not_taken(
    sandbox: Sandbox, launches: Launches, tmp_path: Path
) -> None:
    path = factories.write(factories.dataset(), tmp_path / "a.dcm")
    sandbox.read_frame(reference(path))
    memory = launches.decoding.memory
    assert memory.read(10**9, [((16, 16), "<i2")]) is None


def test_a_file_that_is_gone_is_named(sandbox: Sandbox, tmp_path: Path) -> None:
    with pytest.raises(MissingFileError, match=r"gone\.dcm"):
        sandbox.read_frame(reference(tmp_path / "gone.dcm"))


def test_a_file_that_was_replaced_is_refused(sandbox: Sandbox, tmp_path: Path) -> None:
    path = factories.write(factories.dataset(), tmp_path / "a.dcm")
    state = path.stat()
    indexed = FrameReference(
        path,
        factories.uid("instance", 1),
        origin=Origin((state.st_size, state.st_mtime_ns, state.st_dev, state.st_ino)),
    )
    sandbox.read_frame(indexed)
    factories.write(factories.dataset(np.zeros((20, 20), np.int16)), path)
    with pytest.raises(ChangedFileError):
        sandbox.read_frame(indexed)


def test_another_instance_under_the_name_is_refused(sandbox: Sandbox, tmp_path: Path) -> None:
    path = factories.write(factories.dataset(InstanceNumber=2), tmp_path / "a.dcm")
    with pytest.raises(ChangedFileError):
        sandbox.read_frame(FrameReference(path, factories.uid("instance", 1)))


def test_a_truncated_image_is_shown_as_far_as_it_goes(sandbox: Sandbox, tmp_path: Path) -> None:
    frame = sandbox.read_frame(reference(factories.truncated(tmp_path / "a.dcm")))
    assert frame.damage == Damage(100 / 512)
    assert "about 20 % of it is missing" in str(frame.warnings[0])
    np.testing.assert_array_equal(frame.stored.ravel()[:206], np.arange(206))
    assert not frame.stored.ravel()[206:].any()


def test_a_truncated_image_of_which_nothing_is_left_is_refused_with_the_reason(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    with pytest.raises(DamagedFileError, match="cut short"):
        sandbox.read_frame(reference(factories.truncated(tmp_path / "a.dcm", cut_bytes=510)))


def test_a_frame_that_is_not_there_is_refused(sandbox: Sandbox, tmp_path: Path) -> None:
    path = factories.multiframe(tmp_path / "a.dcm", frames=3)
    assert sandbox.read_frame(reference(path, 3)).stored[0, 0] == 2000
    with pytest.raises(DamagedFileError):
        sandbox.read_frame(reference(path, 4))


def test_a_huge_header_over_little_data_costs_nothing(sandbox: Sandbox, tmp_path: Path) -> None:
    path = factories.huge_header(tmp_path / "a.dcm")
    with pytest.raises(LimitError, match="memory per picture"):
        sandbox.read_frame(reference(path))
    assert psutil.Process(worker_pids(sandbox)[0]).memory_info().rss < 400 * limits.MIB


@posix_only
def test_a_fifo_is_refused_and_never_waited_for(sandbox: Sandbox, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "fifo")
    with pytest.raises(MissingFileError, match="not a regular file"):
        sandbox.read_frame(reference(tmp_path / "fifo"))


@posix_only
@pytest.mark.parametrize("how", ["SIGKILL", "SIGSEGV"])
def test_a_worker_killed_while_decoding_is_replaced(tmp_path: Path, how: str) -> None:
    path = factories.write(factories.dataset(), tmp_path / "a.dcm")
    with Sandbox() as running:
        wait_for_workers(running, path)
        worker = psutil.Process(worker_pids(running)[0])
        worker.suspend()  # so that the request is under way when it dies
        failures: list[UnreadableFile] = []

        def read() -> None:
            try:
                running.read_frame(reference(path))
            except UnreadableFile as error:
                failures.append(error)

        thread = threading.Thread(target=read)
        thread.start()
        while not running.decoding.lock.locked():
            time.sleep(0)
        os.kill(worker.pid, getattr(signal, how))
        worker.resume() if how == "SIGSEGV" else None
        thread.join()
        assert [type(error) for error in failures] == [DecoderDiedError]
        assert running.read_frame(reference(path)).rows == 16
        assert worker_pids(running)[0] != worker.pid


@posix_only
def test_a_file_that_ends_workers_is_refused_at_once(tmp_path: Path) -> None:
    path = factories.write(factories.dataset(), tmp_path / "a.dcm")
    launches = Launches()
    with Sandbox(launch=launches) as running:
        wait_for_workers(running, path)
        running.deaths[path] = limits.WORKER_DEATHS_PER_FILE - 1
        assert running.read_frame(reference(path)).rows == 16
        running.deaths[path] += 1
        launches.asked.clear()
        with pytest.raises(DecoderDiedError):
            running.read_frame(reference(path))
        assert not launches.asked  # it was not tried again
        list(running.index_files([path]))  # opened again, as after a repair
        assert running.read_frame(reference(path)).rows == 16


@posix_only
def test_indexing_goes_on_after_the_file_that_ends_the_worker(tmp_path: Path) -> None:
    paths = factories.ct_series(tmp_path, 5)
    launches = Launches()

    def send_and_die(worker: WatchedWorker, request: Request, send: Callable[[], None]) -> None:
        assert isinstance(request.work, IndexFiles)
        if paths[2] in request.work.paths:
            worker.suspend()
            send()
            worker.kill()
        else:
            send()

    with Sandbox(launch=launches) as running:
        wait_for_workers(running, paths[0])
        launches.on_request = send_and_die
        records = [pair for some in running.index_files(paths) for pair in some]
    assert [path for path, _ in records] == paths
    assert [record.get("error") for _, record in records] == [None, None, "DecoderDiedError", None, None]


def forge(handle: WorkerHandle, reply: WorkerAnswer, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the next answer of a worker be another one."""
    honest = handle.ask
    forged = [reply]
    monkeypatch.setattr(handle, "ask", lambda *asked: forged.pop() if forged else honest(*asked))


@pytest.mark.parametrize(
    "reply",
    [
        FramesRead(0, []),
        FramesRead(0, [{"": "Path"}]),
        FramesRead(0, [{"": "Frame", "sop_instance_uid": "1", "stored": {"pixels": 0}}]),
        FramesRead(0, [{"": "Failure", "error": "SystemExit", "facts": []}]),
        ObjectRead(0),
    ],
)
def test_a_worker_that_forges_a_frame_is_ended(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, reply: WorkerAnswer
) -> None:
    path = factories.write(factories.dataset(), tmp_path / "a.dcm")
    with Sandbox() as running:
        wait_for_workers(running, path)
        before = worker_pids(running)[0]
        forge(running.decoding, reply, monkeypatch)
        with pytest.raises(DecoderDiedError, match=r"a\.dcm"):
            running.read_frame(reference(path))
        assert worker_pids(running)[0] != before
        assert running.read_frame(reference(path)).rows == 16


@pytest.mark.parametrize(
    "reply",
    [
        FilesIndexed(0, [], []),
        FilesIndexed(0, 3, []),
        FilesIndexed(0, [{"instance": {"shared": 0}}], []),
        FilesIndexed(0, [{"other": {}}] * 3, []),
        FramesRead(0, []),
    ],
)
def test_a_worker_that_forges_what_a_file_is_is_ended(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, reply: WorkerAnswer
) -> None:
    path = factories.write(factories.dataset(), tmp_path / "a.dcm")
    with Sandbox() as running:
        wait_for_workers(running, path)
        before = worker_pids(running)[1]
        forge(running.indexing, reply, monkeypatch)
        [[(_, record)]] = list(running.index_files([path]))
        assert record["error"] == "DecoderDiedError"
        assert worker_pids(running)[1] != before


@pytest.mark.parametrize("both_index", [False, True])
def test_records_keep_the_order_of_the_files_however_many_are_under_way(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, both_index: bool
) -> None:
    paths = factories.ct_series(tmp_path, 23)
    monkeypatch.setattr(sandbox_module, "INDEX_BATCH", 3)
    monkeypatch.setattr(sandbox_module, "REPORT_SECONDS", 0.0)  # so that each answer is about one file
    launches = Launches()
    with Sandbox(both_index=both_index, launch=launches) as running:
        wait_for_workers(running, paths[0])
        launches.asked.clear()
        records = [pair for some in running.index_files(paths) for pair in some]
    assert [path for path, _ in records] == paths
    assert [record["instance"].path for _, record in records] == paths
    assert len({record["instance"].sop_instance_uid for _, record in records}) == len(paths)
    assert len({worker for worker, _ in launches.asked}) == 1 + both_index


def test_one_worker_is_enough_to_index_and_show_one_file(tmp_path: Path) -> None:
    path = factories.write(factories.dataset(), tmp_path / "a.dcm")
    launches = Launches()
    with Sandbox(both_index=True, starts_both=False, launch=launches) as running:
        [[(_, record)]] = list(running.index_files([path]))
        [frame] = running.read_frames([FrameReference(path, record["instance"].sop_instance_uid)])
    assert not isinstance(frame, MedviewerError)
    assert len(launches.workers) == 1


def test_a_closed_sandbox_says_so(tmp_path: Path) -> None:
    running = Sandbox()
    running.start()
    running.close()
    with pytest.raises(WorkerUnavailableError, match="closed"):
        running.read_frame(reference(tmp_path / "a.dcm"))


@posix_only
def test_closing_ends_a_request_under_way(tmp_path: Path) -> None:
    path = factories.write(factories.dataset(), tmp_path / "a.dcm")
    running = Sandbox()
    running.start()
    wait_for_workers(running, path)
    psutil.Process(worker_pids(running)[0]).suspend()
    failures: list[Exception] = []

    def read() -> None:
        try:
            running.read_frame(reference(path))
        except WorkerUnavailableError as error:
            failures.append(error)

    thread = threading.Thread(target=read)
    thread.start()
    while not running.decoding.lock.locked():
        time.sleep(0)
    running.close()
    thread.join()
    assert len(failures) == 1


def test_a_worker_that_cannot_start_is_reported() -> None:
    def refuse(_memory: PixelMemory, _decoders: Decoders) -> Launched:
        raise OSError(12, "Cannot allocate memory")

    running = Sandbox(launch=refuse)
    with pytest.raises(WorkerUnavailableError, match="Cannot allocate memory"):
        running.start()
    running.close()


@posix_only
@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_killing_the_program_ends_its_workers_and_leaves_no_memory(tmp_path: Path) -> None:
    path = factories.write(factories.dataset(), tmp_path / "a.dcm")
    script = (
        "import sys, time; from pathlib import Path\n"
        "from medviewer.dicom.workers.sandbox import Sandbox\n"
        "from medviewer.dicom.model import FrameReference\n"
        "running = Sandbox(); running.start()\n"
        f"running.read_frame(FrameReference(Path({str(path)!r}), ''))\n"
        f"list(running.index_files([Path({str(path)!r})]))\n"
        "print(running.decoding.pid, running.indexing.pid, flush=True); time.sleep(60)\n"
    )
    with subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE) as program:
        assert program.stdout is not None
        workers = [psutil.Process(int(pid)) for pid in program.stdout.readline().split()]
        assert len(workers) == 2
        named = [name for one in (program.pid, *(one.pid for one in workers)) for name in named_memory(one)]
        workers[0].suspend()  # as if it were amid a decoder: it cannot look at its channel
        program.kill()
        program.wait()
        workers[0].resume()
        _, alive = psutil.wait_procs(workers, timeout=5)
    assert not alive
    assert not [name for name in named if Path(name).exists()]


def named_memory(pid: int) -> Iterator[str]:
    """Yield the named pieces of shared memory that a process holds."""
    process = Path("/proc", str(pid))
    held = [str(one.readlink()) for one in (process / "fd").iterdir()]
    held += [line.split(maxsplit=5)[-1] for line in (process / "maps").read_text().splitlines()]
    yield from (name for name in held if name.startswith("/dev/shm/"))


@posix_only
def test_a_worker_ends_with_its_parent_even_when_it_never_looks() -> None:
    script = (
        "import sys; from medviewer.dicom.reading.worker import end_with_parent\n"
        "end_with_parent(int(sys.argv[1])); print('ready', flush=True)\n"
        "while True: pass\n"
    )
    theirs, ours = os.pipe()
    command = [sys.executable, "-c", script, str(theirs)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, pass_fds=[theirs]) as worker:
        os.close(theirs)
        try:
            assert worker.stdout is not None
            assert worker.stdout.readline() == b"ready\n"
            os.close(ours)
            assert worker.wait(10) == -signal.SIGIO
        finally:
            worker.kill()


@posix_only
@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_the_workers_are_limited(sandbox: Sandbox, tmp_path: Path) -> None:
    wait_for_workers(sandbox, factories.write(factories.dataset(), tmp_path / "a.dcm"))
    for pid in worker_pids(sandbox):
        worker = psutil.Process(pid)
        assert worker.rlimit(psutil.RLIMIT_AS)[1] == limits.WORKER_ADDRESS_SPACE
        assert worker.rlimit(psutil.RLIMIT_NOFILE)[1] == limits.WORKER_OPEN_FILES
        assert worker.rlimit(psutil.RLIMIT_CORE)[1] == 0
        assert worker.rlimit(psutil.RLIMIT_FSIZE)[1] == 0
        assert worker.nice() > psutil.Process().nice()
        used = worker.cpu_times()
        soft, _ = worker.rlimit(psutil.RLIMIT_CPU)
        assert 0 < soft - (used.user + used.system) <= limits.WORKER_CPU_SECONDS + GRACE_SECONDS + 1


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_a_large_image_gives_its_memory_back(sandbox: Sandbox, launches: Launches, tmp_path: Path) -> None:
    path = factories.write(factories.dataset(np.ones((4000, 4000), np.int16)), tmp_path / "a.dcm")
    assert sandbox.read_frame(reference(path)).stored.all()
    assert os.fstat(launches.decoding.memory.descriptor).st_blocks * 512 < limits.MIB


def test_the_program_does_not_load_the_parser() -> None:
    script = (
        "import sys, medviewer.dicom.workers.sandbox, medviewer.dicom.library.index, medviewer.dicom.model\n"
        "print([name for name in ('pydicom', 'imagecodecs', 'cv2', 'rle') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
