"""A legal file is read however slow the machine is.

What hangs or never ends is ended and named.
"""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import imagecodecs
import numpy as np
import psutil
import pytest
from pydicom.uid import DeflatedExplicitVRLittleEndian

from medviewer import limits
from medviewer.cli import main
from medviewer.dicom.workers import patience as patience_module, worker_handle as handle_module
from medviewer.dicom.workers.exchange import ReadFrames, Request
from medviewer.dicom.workers.ipc import PixelMemory
from medviewer.dicom.workers.patience import (
    Patience,
    StalledError,
    TooSlowError,
    seconds_for_file,
    seconds_for_pixels,
)
from medviewer.dicom.workers.processor_time import processor_seconds
from medviewer.dicom.workers.sandbox import Sandbox
from medviewer.errors import DecoderDiedError, DecoderTimeoutError, DiskStalledError
from medviewer.imaging.frame.frame import Frame
from tests import factories
from tests.dicom.read_files import JPEG_2000_LOSSLESS
from tests.dicom.workers.test_sandbox import posix_only, reference, wait_for_workers
from tests.workers import Launches, WatchedWorker

MAMMOGRAM_BYTES = 2 * 3328 * 4096


@pytest.fixture
def launches() -> Launches:
    return Launches()


@pytest.fixture
def sandbox(launches: Launches, tmp_path: Path) -> Iterator[Sandbox]:
    with Sandbox(launch=launches) as running:
        wait_for_workers(running, factories.write(factories.dataset(), tmp_path / "first" / "a.dcm"))
        yield running


class Wall:
    """A wall clock that goes on only while somebody waits for a worker.

    No real time passes.
    """

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now = 0.0
        monkeypatch.setattr(patience_module, "monotonic", lambda: self.now)

    def stop_worker(self, worker: WatchedWorker, *, until: float = float("inf")) -> None:
        """Stop a worker; let it go on when so much time has passed on the wall."""
        worker.suspend()

        def waited(seconds: float) -> bool:
            self.now += seconds
            if self.now < until:
                return False
            worker.resume()
            worker.wait_for_message()
            return True

        worker.waits = waited


def hang(worker: WatchedWorker) -> None:
    """Let a worker be waited for in vain, once it has said that it is ready."""

    def waited(_seconds: float) -> bool:
        if worker.messages:
            raise StalledError(30)
        worker.wait_for_message()
        return True

    worker.waits = waited


@pytest.fixture
def wall(monkeypatch: pytest.MonkeyPatch) -> Wall:
    return Wall(monkeypatch)


@posix_only
def test_a_worker_that_stands_still_for_a_while_is_waited_for(
    sandbox: Sandbox, launches: Launches, wall: Wall, tmp_path: Path
) -> None:
    path = factories.write(factories.dataset(), tmp_path / "a.dcm")
    pid = sandbox.decoding.pid
    wall.stop_worker(launches.decoding, until=limits.WORKER_STILL_SECONDS - 1)
    assert sandbox.read_frame(reference(path)).rows == 16
    assert sandbox.decoding.pid == pid


@posix_only
def test_a_worker_that_hangs_is_replaced_and_the_next_one_asked(
    sandbox: Sandbox, launches: Launches, wall: Wall, tmp_path: Path
) -> None:
    path = factories.write(factories.dataset(), tmp_path / "a.dcm")
    pid = sandbox.decoding.pid
    wall.stop_worker(launches.decoding)
    assert sandbox.read_frame(reference(path)).rows == 16
    assert sandbox.decoding.pid != pid
    assert limits.WORKER_STILL_SECONDS < wall.now < limits.WORKER_STILL_SECONDS + 1


def hang_always(launches: Launches, wall: Wall) -> list[int]:
    """Let each worker stop when it is asked and ready.

    Return the numbers of those that were.
    """
    stopped = list[int]()

    def send_and_stop(worker: WatchedWorker, _request: Request, send: Callable[[], None]) -> None:
        stopped.append(worker.pid)
        if worker.messages:
            wall.stop_worker(worker)
        else:
            worker.waits = ready_then_stopped(worker)
        send()

    def ready_then_stopped(worker: WatchedWorker) -> Callable[[float], bool]:
        def waited(_seconds: float) -> bool:
            worker.wait_for_message()
            wall.stop_worker(worker)
            return True

        return waited

    launches.on_request = send_and_stop
    return stopped


@posix_only
def test_a_disk_that_hangs_is_named_and_never_held_against_the_file(
    sandbox: Sandbox, launches: Launches, wall: Wall, tmp_path: Path
) -> None:
    path = factories.write(factories.dataset(), tmp_path / "slow.dcm")
    as_sent = launches.on_request
    for _ in range(limits.WORKER_DEATHS_PER_FILE):
        stopped = hang_always(launches, wall)
        with pytest.raises(DiskStalledError, match=r"slow\.dcm .* did not answer for 30 s") as raised:
            sandbox.read_frame(reference(path))
        assert len(set(stopped)) == 2  # it was asked once more by itself
    assert raised.value.hint
    launches.on_request = as_sent
    assert sandbox.read_frame(reference(path)).rows == 16


@posix_only
def test_one_that_hangs_in_a_batch_is_named_and_the_others_come(
    sandbox: Sandbox, launches: Launches, tmp_path: Path
) -> None:
    paths = factories.ct_series(tmp_path, 4)

    def hanging(worker: WatchedWorker, request: Request, send: Callable[[], None]) -> None:
        assert isinstance(request.work, ReadFrames)
        if any(frame.path == paths[2] for frame in request.work.frames):
            hang(worker)
        send()

    launches.on_request = hanging
    found = list(sandbox.read_frames(reference(path) for path in paths))
    assert [type(one) for one in found] == [Frame, Frame, DiskStalledError, Frame]


def noisy_j2k(path: Path, side: int = 1024) -> Path:
    """Write an image that takes a decoder half a second."""
    pixels = np.random.default_rng(0).integers(0, 1 << 12, (side, side)).astype(np.uint16)
    coded = imagecodecs.jpeg2k_encode(pixels, level=0, codecformat="j2k", reversible=True)
    made = factories.dataset(pixels, BitsStored=12, HighBit=11)
    return factories.write(factories.compressed(made, [coded], JPEG_2000_LOSSLESS), path)


def test_a_decoder_that_takes_too_much_of_the_processor_is_ended_and_the_file_named(
    sandbox: Sandbox, launches: Launches, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    path = noisy_j2k(tmp_path / "long.dcm")
    assert sandbox.read_frame(reference(path)).rows == 1024
    launches.asked.clear()
    monkeypatch.setattr(handle_module, "LOOK_SECONDS", 0.01)
    for name in ("WORKER_CPU_SECONDS", "WORKER_PIXEL_BYTES_PER_SECOND"):
        monkeypatch.setattr(limits, name, 1e-3 if "CPU" in name else 1e9)
    with pytest.raises(DecoderTimeoutError, match=r"long\.dcm .* of processor time"):
        sandbox.read_frame(reference(path))
    assert len(launches.asked) == 1  # it would take as long again
    monkeypatch.undo()
    assert sandbox.read_frame(reference(path)).rows == 1024


@pytest.mark.parametrize("kind", ["frames", "deflated"])
def test_a_file_with_a_long_header_may_take_longer_to_be_found(
    kind: str, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    if kind == "frames":
        path = factories.enhanced_ct(tmp_path / "long.dcm", range(4000))
    else:
        noise = np.random.default_rng(0).integers(0, 4096, (4096, 2048)).astype(np.uint16)
        made = factories.dataset(noise)
        made.file_meta.TransferSyntaxUID = DeflatedExplicitVRLittleEndian
        path = factories.write(made, tmp_path / "long.dcm")
    monkeypatch.setattr(handle_module, "LOOK_SECONDS", 0.01)
    monkeypatch.setattr(limits, "WORKER_CPU_SECONDS", 0.15)  # a third of what it takes
    [[(_, record)]] = sandbox.index_files([path])
    assert "error" not in record
    assert "instance" in record


@posix_only
def test_a_worker_that_ended_itself_because_its_time_was_up_is_named_as_too_slow(
    sandbox: Sandbox, launches: Launches, tmp_path: Path
) -> None:
    path = factories.write(factories.dataset(), tmp_path / "a.dcm")

    def send_and_end(worker: WatchedWorker, _request: Request, send: Callable[[], None]) -> None:
        worker.suspend()
        send()
        os.kill(worker.pid, signal.SIGXCPU)
        worker.resume()

    launches.on_request = send_and_end
    with pytest.raises(DecoderTimeoutError, match="processor time"):
        sandbox.read_frame(reference(path))


def test_a_worker_that_a_disk_holds_is_left_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = factories.write(factories.dataset(), tmp_path / "a.dcm")
    launches = Launches()
    with Sandbox(launch=launches) as running:
        wait_for_workers(running, path)
        held = launches.decoding
        wait = held.process.wait

        def never(seconds: float) -> int:
            raise subprocess.TimeoutExpired("worker", seconds)

        monkeypatch.setattr(held.process, "wait", never)
        held.cut_off()
        with pytest.raises(DecoderDiedError):
            running.read_frame(reference(path))
        wait(60)
        assert running.read_frame(reference(path)).rows == 16


@posix_only
@pytest.mark.parametrize("command", ["export", "classify", "render", "info"])
def test_the_command_line_tries_again_too(
    command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    factories.ct_series(tmp_path / "study", 2)
    launches, hung = Launches(), set[PixelMemory]()

    def hanging_once(worker: WatchedWorker, _request: Request, send: Callable[[], None]) -> None:
        send()
        if worker.memory not in hung:  # the worker that takes its place has the same
            hung.add(worker.memory)
            hang(worker)

    launches.on_request = hanging_once
    monkeypatch.setattr(handle_module, "start_worker", launches)
    options = {
        "export": ["--format", "png", "-o", str(tmp_path / "out")],
        "render": ["-o", str(tmp_path / "out.png")],
        "classify": ["--json"],
        "info": ["--json"],
    }
    assert main([command, str(tmp_path / "study"), *options[command]]) == 0
    assert "did not answer" not in capsys.readouterr().err
    assert hung


class Clocks:
    """A wall's and a worker's, as a test says."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.wall, self.used = 0.0, 5.0
        monkeypatch.setattr(patience_module, "monotonic", lambda: self.wall)

    def go_on(self, *, wall: float, used: float) -> None:
        self.wall += wall
        self.used += used


@pytest.fixture
def clocks(monkeypatch: pytest.MonkeyPatch) -> Clocks:
    return Clocks(monkeypatch)


def test_a_starved_worker_has_the_time_that_it_needs(clocks: Clocks) -> None:
    patience = Patience(8, lambda: clocks.used)
    for _ in range(70):  # a hundredth of the processor, and less
        clocks.go_on(wall=10, used=0.1)
        patience.check()


def test_processor_time_is_what_counts(clocks: Clocks) -> None:
    patience = Patience(8, lambda: clocks.used)
    clocks.go_on(wall=1, used=7.9)
    patience.check()
    clocks.go_on(wall=0.2, used=0.2)
    with pytest.raises(TooSlowError) as raised:
        patience.check()
    assert not isinstance(raised.value, StalledError)
    assert raised.value.seconds == 8


def test_a_large_image_may_take_longer(clocks: Clocks) -> None:
    patience = Patience(8, lambda: clocks.used)
    patience.extend(seconds_for_pixels(MAMMOGRAM_BYTES))
    clocks.go_on(wall=40, used=20)
    patience.check()


def test_a_worker_that_does_nothing_has_stalled(clocks: Clocks) -> None:
    patience = Patience(8, lambda: clocks.used)
    for _ in range(10):
        clocks.go_on(wall=25, used=0.001)
        patience.check()
        clocks.go_on(wall=4, used=0)
        patience.check()
    clocks.go_on(wall=limits.WORKER_STILL_SECONDS + 1, used=0)
    with pytest.raises(StalledError):
        patience.check()


def test_nothing_is_waited_for_without_end(clocks: Clocks) -> None:
    patience = Patience(8, lambda: clocks.used)
    while clocks.wall < limits.WORKER_WALL_SECONDS:
        patience.check()
        clocks.go_on(wall=2, used=1e-6)
    clocks.go_on(wall=2, used=1e-6)
    with pytest.raises(TooSlowError):
        patience.check()


def test_without_a_clock_of_the_worker_the_wall_is_looked_at_with_more_patience(clocks: Clocks) -> None:
    patience = Patience(100, lambda: None)
    clocks.go_on(wall=limits.WORKER_STILL_SECONDS + 90, used=0)
    patience.check()
    clocks.go_on(wall=20, used=0)
    with pytest.raises(StalledError):
        patience.check()


def test_a_mammogram_has_ten_times_what_it_takes_here() -> None:
    assert seconds_for_file(MAMMOGRAM_BYTES) + seconds_for_pixels(MAMMOGRAM_BYTES) > 20
    assert seconds_for_pixels(1 << 62) == limits.FRAME_BYTES / limits.WORKER_PIXEL_BYTES_PER_SECOND


def test_the_clock_of_another_process_is_read() -> None:
    script = "import sys\nwhile True: sum(range(1000))"
    with subprocess.Popen([sys.executable, "-c", script]) as process:
        try:
            first = processor_seconds(process)
            assert first is not None
            while (later := processor_seconds(process)) is not None and later < first + 0.05:
                pass
            times = psutil.Process(process.pid).cpu_times()
            assert abs(times.user + times.system - (processor_seconds(process) or 0)) < 0.5
        finally:
            process.kill()
    assert processor_seconds(process) is None
