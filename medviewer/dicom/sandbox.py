"""The parent's side of the limited worker processes: one indexes, one decodes, the dead are replaced.

Files are parsed and decoded nowhere else, so that neither a codec that aborts nor a file that asks for all
memory reaches the program. Words cross as JSON, pixels through memory that the parent made; no pickle.
"""

import contextlib
import itertools
import json
import os
import subprocess
import threading
import time
from collections import Counter, deque
from collections.abc import Generator, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from multiprocessing.connection import Connection
from pathlib import Path
from queue import SimpleQueue
from types import TracebackType
from typing import Any, Final, Self

from medviewer import limits
from medviewer.dicom.border import PixelMemory, start_worker
from medviewer.dicom.instance import Record, with_instances
from medviewer.dicom.series import FrameReference
from medviewer.dicom.wire import frame_from_record, stored_bytes
from medviewer.errors import (
    DecoderDiedError,
    DecoderTimeoutError,
    MedviewerError,
    UnreadableFile,
    WorkerUnavailableError,
    from_record,
)
from medviewer.imaging.frame import Frame
from medviewer.imaging.presentation_state import PresentationState
from medviewer.translation import mark, translate

START_SECONDS: Final = 30.0  # a busy machine imports slowly
END_SECONDS: Final = 2.0
REPLY_BYTES: Final = 256 * limits.MIB
REPORT_SECONDS: Final = 0.05
INDEX_BATCH: Final = 64
BATCHES_AHEAD: Final = 2  # of each worker, so that none waits while records are put in order
CLOSED: Final = mark("it was closed")
NO_ANSWER: Final = mark("it does not answer")
TRANSLATED_FACTS: Final = frozenset({"detail", "what", "encoding"})


class _DiedError(Exception):
    """The worker ended."""


class _TooSlowError(Exception):
    """The worker did not answer in time and was ended."""


def error_of(record: Record) -> MedviewerError:
    """Rebuild an error that a worker reported, its marked facts translated."""
    facts = {
        name: translate(value) if name in TRANSLATED_FACTS and isinstance(value, str) else value
        for name, value in record["facts"].items()
    }
    return from_record({"error": record["error"], "facts": facts})


class _Lane:
    """One worker process, and whoever uses it at the moment; used under its lock."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._channel: Connection | None = None
        self._memory: PixelMemory | None = None
        self._lifeline = -1
        self._is_ready = False
        self._is_closed = False
        self._numbers = itertools.count(1)

    @property
    def pid(self) -> int | None:
        """Process id of the worker, None where none runs."""
        return self._process.pid if self._process is not None else None

    def start(self) -> None:
        """Start a worker unless one runs; does not wait for it."""
        if self._is_closed:
            raise WorkerUnavailableError(detail=translate(CLOSED))
        if self._process is not None:
            return
        try:
            self._memory = self._memory or PixelMemory()
            self._process, self._channel, self._lifeline = start_worker(self._memory)
        except OSError as error:
            raise WorkerUnavailableError(detail=error.strerror or "") from error
        self._is_ready = False

    def send(self, request: Record) -> int:
        """Send a request to a worker that is ready, and return its number."""
        self.start()
        if not self._is_ready:
            self._wait_until_ready()
        number = next(self._numbers)
        assert self._channel is not None
        try:
            self._channel.send_bytes(json.dumps({"id": number, **request}).encode())
        except OSError as error:
            raise self._ended() from error
        return number

    def receive(self, number: int, seconds: float) -> Record:
        """Return the next answer to a request; a large picture may announce that it takes longer.

        Raises
        ------
        _DiedError, _TooSlowError
            There will be none; a new worker is on its way.
        """
        deadline = time.monotonic() + seconds
        while True:
            reply = self._next_message(deadline)
            if "expects" in reply:
                deadline += _extra_seconds(min(int(reply["expects"]), limits.FRAME_BYTES))
            elif reply.get("id") == number:  # others answer a request that nobody waits for any more
                return reply

    def pixels(self, number: int, record: Record) -> Any:
        """Return a copy of the pixels that answer a request; None where others stand there."""
        assert self._memory is not None
        size = stored_bytes(record)
        if size > limits.FRAME_BYTES:
            return None
        return self._memory.read(number, tuple(record["shape"]), record["dtype"], size)

    def close(self) -> None:
        """End the worker and let go of everything; a request under way fails."""
        self._is_closed = True
        process = self._process
        if process is not None:
            process.kill()
        with self.lock:
            self._end()
            if self._memory is not None:
                self._memory.close()
                self._memory = None

    def _wait_until_ready(self) -> None:
        try:
            reply = self._next_message(time.monotonic() + START_SECONDS)
        except (_DiedError, _TooSlowError) as error:
            self._end()
            raise WorkerUnavailableError(detail=translate(NO_ANSWER)) from error
        self._is_ready = bool(reply.get("ready"))

    def _next_message(self, deadline: float) -> Record:
        assert self._channel is not None
        try:
            if not self._channel.poll(max(0.0, deadline - time.monotonic())):
                self._replace()
                raise _TooSlowError
            message: Record = json.loads(self._channel.recv_bytes(REPLY_BYTES))
        except (EOFError, OSError, ValueError) as error:
            raise self._ended() from error
        return message

    def _ended(self) -> Exception:
        self._replace()
        if self._is_closed:
            return WorkerUnavailableError(detail=translate(CLOSED))
        return _DiedError()

    def _replace(self) -> None:
        """End the worker and start the next one, so that it is warm when it is needed."""
        was_ready = self._is_ready
        self._end()
        if was_ready and not self._is_closed:
            with contextlib.suppress(WorkerUnavailableError):  # told to whoever asks next
                self.start()

    def _end(self) -> None:
        process, channel, lifeline = self._process, self._channel, self._lifeline
        self._process, self._channel, self._lifeline, self._is_ready = None, None, -1, False
        if channel is not None:
            channel.close()
        if lifeline >= 0:
            os.close(lifeline)
        if process is not None:
            process.kill()
            process.wait(END_SECONDS)


class Sandbox:
    """Reads DICOM files in limited worker processes. All methods may be called from any thread.

    Use it as a context manager, or call `start` and `close`.

    Parameters
    ----------
    both_index : bool
        The decoding worker indexes, too: for those who do not look at a picture meanwhile.
    """

    def __init__(self, *, both_index: bool = False) -> None:
        self._indexing = _Lane()
        self._decoding = _Lane()
        self._indexers = (self._indexing, self._decoding) if both_index else (self._indexing,)
        self._free_indexers: SimpleQueue[_Lane] = SimpleQueue()
        for lane in self._indexers:
            self._free_indexers.put(lane)
        self._deaths: Counter[Path] = Counter()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def start(self) -> None:
        """Start the workers; returns at once, they get ready meanwhile.

        Raises
        ------
        WorkerUnavailableError
            The system refuses another process.
        """
        for lane in (self._decoding, self._indexing):
            with lane.lock:
                lane.start()

    def close(self) -> None:
        """End the workers; requests under way fail with WorkerUnavailableError."""
        for lane in (self._decoding, self._indexing):
            lane.close()

    @property
    def worker_pids(self) -> tuple[int, ...]:
        """Process ids of the running workers, the decoding one first."""
        return tuple(pid for lane in (self._decoding, self._indexing) if (pid := lane.pid) is not None)

    def read_frame(self, reference: FrameReference) -> Frame:
        """Return a frame, decoded.

        Raises
        ------
        UnreadableFile
            It cannot be shown; the kind says why. A file that ended WORKER_DEATHS_PER_FILE workers is
            refused without another try, until it is indexed again.
        WorkerUnavailableError
            No worker can be started, or the sandbox was closed.
        """
        path = reference.path
        self._refuse_if_quarantined(path)
        request = {
            "path": str(path),
            "frame": reference.frame_number,
            "uid": reference.sop_instance_uid,
            "size": reference.file_size,
            "mtime": reference.file_mtime_ns,
        }
        seconds = limits.WORKER_WALL_SECONDS + _extra_seconds(reference.file_size)
        with self._free_lane() as lane:
            try:
                number = lane.send(request)
                reply = lane.receive(number, seconds)
            except _DiedError as error:
                self._deaths[path] += 1
                raise DecoderDiedError(path=path) from error
            except _TooSlowError as error:  # its disk may be slow: the next try may succeed
                raise DecoderTimeoutError(path=path, seconds=round(seconds)) from error
            if "error" in reply:
                raise error_of(reply)
            record = reply["frame"]
            stored = lane.pixels(number, record)
        if stored is None:
            raise DecoderDiedError(path=path)
        warnings = tuple(translate(sentence) for sentence in record["warnings"])
        return frame_from_record(record, stored, warnings)

    @contextlib.contextmanager
    def _free_lane(self) -> Iterator[_Lane]:
        """Hold the decoding worker, or the indexing one where that is idle and the decoding one is not."""
        for lane in (self._decoding, self._indexing):
            if lane.lock.acquire(blocking=False):
                try:
                    yield lane
                finally:
                    lane.lock.release()
                return
        with self._decoding.lock:
            yield self._decoding

    def read_presentation_state(self, path: Path) -> PresentationState:
        """Return the presentation state that a file holds, its warnings translated.

        Raises
        ------
        UnreadableFile
            It cannot be read, or is none; the kind says why.
        WorkerUnavailableError
            No worker can be started, or the sandbox was closed.
        """
        from medviewer.dicom.coding import decoded

        self._refuse_if_quarantined(path)
        with self._decoding.lock:
            try:
                number = self._decoding.send({"state": str(path)})
                reply = self._decoding.receive(number, limits.WORKER_WALL_SECONDS)
            except (_DiedError, _TooSlowError) as error:
                self._deaths[path] += isinstance(error, _DiedError)
                raise _failure(path, error) from error
        if "error" in reply:
            raise error_of(reply)
        state: PresentationState = decoded(reply["content"])
        return replace(state, warnings=tuple(translate(sentence) for sentence in state.warnings))

    def index_files(
        self, paths: Sequence[Path], text_encoding: str = ""
    ) -> Generator[list[tuple[Path, Record]]]:
        """Yield what the files are, in their order, some at a time and at least every REPORT_SECONDS.

        A record holds an "instance" (an Instance), an "other" object, or an "error" with its "facts"; a file
        that ends the worker, or keeps it too long, is one of the errors.

        Parameters
        ----------
        text_encoding : str
            A key of TEXT_ENCODINGS where the user chose how text is read; "": as the files state.

        Raises
        ------
        WorkerUnavailableError
            No worker can be started, or the sandbox was closed.
        """
        for path in paths:
            self._deaths.pop(path, None)
        waiting = deque(paths[at : at + INDEX_BATCH] for at in range(0, len(paths), INDEX_BATCH))
        under_way: deque[tuple[Sequence[Path], Future[list[Record]]]] = deque()
        threads = ThreadPoolExecutor(len(self._indexers))

        def index(batch: Sequence[Path]) -> Future[list[Record]]:
            return threads.submit(self._index_batch, batch, text_encoding)

        try:
            while waiting or under_way:
                while waiting and len(under_way) < BATCHES_AHEAD * len(self._indexers):
                    under_way.append((waiting[0], index(waiting.popleft())))
                batch, answer = under_way.popleft()
                try:
                    records = answer.result()
                except (_DiedError, _TooSlowError) as error:
                    if len(batch) > 1:  # one of them did it: take them one by one
                        under_way.extendleft([([path], index([path])) for path in batch][::-1])
                        continue
                    records = [_failure(batch[0], error).as_record()]
                yield list(zip(batch, records, strict=False))
                rest = batch[len(records) :]
                if rest:
                    under_way.appendleft((rest, index(rest)))
        finally:
            threads.shutdown(cancel_futures=True)

    def _index_batch(self, batch: Sequence[Path], text_encoding: str) -> list[Record]:
        """Return the records of the first files of a batch: as many as REPORT_SECONDS allow, at least one."""
        names = [str(path) for path in batch]
        lane = self._free_indexers.get()
        try:
            with lane.lock:
                number = lane.send({"index": names, "seconds": REPORT_SECONDS, "text": text_encoding})
                reply = lane.receive(number, limits.WORKER_WALL_SECONDS)
        finally:
            self._free_indexers.put(lane)
        return with_instances(batch, reply["records"], reply["shared"])

    def _refuse_if_quarantined(self, path: Path) -> None:
        if self._deaths[path] >= limits.WORKER_DEATHS_PER_FILE:
            raise DecoderDiedError(path=path)


def _failure(path: Path, error: Exception) -> UnreadableFile:
    if isinstance(error, _TooSlowError):
        return DecoderTimeoutError(path=path, seconds=limits.WORKER_WALL_SECONDS)
    return DecoderDiedError(path=path)


def _extra_seconds(size: int) -> float:
    return size / limits.WORKER_BYTES_PER_EXTRA_SECOND
