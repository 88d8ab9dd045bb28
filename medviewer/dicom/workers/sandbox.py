"""The parent's side of the limited workers.

One reads headers, the other headers and images, and both decode what is read ahead; a worker that dies is
replaced. Files are parsed and decoded nowhere else, so that neither a codec that aborts nor a file that asks
for all memory reaches the program. Values cross as JSON, pixels through memory that the parent made; no
pickle.
"""

from __future__ import annotations

import contextlib
import time
from collections import Counter
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from functools import partial
from itertools import takewhile
from pathlib import Path
from queue import SimpleQueue
from types import TracebackType
from typing import TYPE_CHECKING, Any, Final, Self, TypeVar

from medviewer import limits
from medviewer.dicom import elements, objects
from medviewer.dicom.attributes import Record, with_instances
from medviewer.dicom.model import FrameReference, ObjectReference
from medviewer.dicom.workers.batches import BATCH_SECONDS, Pace, in_order
from medviewer.dicom.workers.exchange import (
    ElementsRead,
    Failure,
    FilesIndexed,
    FramesRead,
    IndexFiles,
    ObjectRead,
    ReadElements,
    ReadFrames,
    ReadObject,
    WantedFrame,
    WorkerAnswer,
    WorkerRequest,
)
from medviewer.dicom.workers.ipc import Decoders, Launch
from medviewer.dicom.workers.patience import DiedError, StalledError, TooSlowError, seconds_for_file
from medviewer.dicom.workers.value_codec import RefusedValueError, decoded
from medviewer.dicom.workers.worker_handle import WorkerHandle
from medviewer.errors import (
    ChangedFileError,
    DecoderDiedError,
    DecoderTimeoutError,
    DiskStalledError,
    MedviewerError,
    UnreadableFile,
)

if TYPE_CHECKING:  # headers are read without numpy
    from medviewer.dicom.elements import FileElements
    from medviewer.imaging.frame import Frame

REPORT_SECONDS: Final = 0.05
INDEX_BATCH: Final = 64
BATCHES_AHEAD: Final = 2  # of each worker, so that none waits while records are put in order
READERS: Final = 2

Value = TypeVar("Value")


class Sandbox:
    """Reads DICOM files in limited worker processes.

    All methods may be called from any thread. Use it as a context manager, or call `start` and `close`.

    Parameters
    ----------
    both_index : bool
        Both workers index all files: for those who do not look at an image meanwhile.
    looks_at_pixels : bool
        Files that are indexed are looked through for damaged images, which reads them as a whole.
    starts_both : bool
        Otherwise one starts and does all; the other one starts when there is work for two.
    launch : Launch, optional
        Starts the workers; `start_worker` where none is given.

    Attributes
    ----------
    indexing, decoding : WorkerHandle
        The two workers; to see how they are.
    deaths : Counter
        How many workers each file has ended.
    """

    def __init__(
        self,
        *,
        both_index: bool = False,
        looks_at_pixels: bool = False,
        starts_both: bool = True,
        launch: Launch | None = None,
    ) -> None:
        self.looks_at_pixels = looks_at_pixels
        self._starts_both = starts_both
        self.indexing = WorkerHandle(Decoders.WHEN_NEEDED if both_index else Decoders.WHEN_IDLE, launch)
        self.decoding = WorkerHandle(Decoders.WHEN_NEEDED if both_index else Decoders.AT_ONCE, launch)
        self._indexers = (self.decoding, self.indexing) if both_index else (self.indexing,)
        self._free_indexers: SimpleQueue[WorkerHandle] = SimpleQueue()
        for worker in self._indexers:
            self._free_indexers.put(worker)
        self.deaths: Counter[Path] = Counter()

    def __enter__(self) -> Self:
        if self._starts_both:
            self.start()
        else:
            self.start_decoding()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def start(self) -> None:
        """Start the workers that do not run.

        Returns at once, they get ready meanwhile.

        Raises
        ------
        WorkerUnavailableError
            The system refuses another process.
        """
        self.start_decoding()
        _start(self.indexing)

    def start_decoding(self) -> None:
        """Start only the decoding worker, which reads the first headers too.

        The other one, started at the same time, would take the processor from it and from the window. It
        starts when it is needed, or by `start`.

        Raises
        ------
        WorkerUnavailableError
            The system refuses another process.
        """
        _start(self.decoding)

    def close(self) -> None:
        """End the workers; requests under way fail with WorkerUnavailableError."""
        for worker in (self.decoding, self.indexing):
            worker.close()

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
        try:
            [found] = self._read_batch([reference])
        except (DiedError, TooSlowError) as error:
            raise self._unreadable(reference, error) from error
        if isinstance(found, MedviewerError):
            raise found
        return found

    def read_frames(
        self, references: Iterable[FrameReference]
    ) -> Generator[Frame | MedviewerError, None, None]:
        """Yield frame after frame, decoded, in order.

        For one that cannot be shown, the error that says why. Both workers read, some frames at a time
        where these are quickly read. The references are taken a few frames ahead of what is yielded.

        Raises
        ------
        WorkerUnavailableError
            No worker can be started, or the sandbox was closed.
        """
        pace = Pace()
        for answered in in_order(
            pace.batches(iter(references)),
            partial(self._read_at_pace, pace),
            self._unreadable,
            under_way=lambda: pace.ahead,
            workers=READERS,
        ):
            yield from (found for _, found in answered)

    def _read_at_pace(self, pace: Pace, batch: Sequence[FrameReference]) -> list[Frame | MedviewerError]:
        started = time.monotonic()
        found = self._read_batch(batch)
        largest = max((one.nbytes for one in found if not isinstance(one, MedviewerError)), default=0)
        pace.note(len(batch), len(found), largest, time.monotonic() - started)
        return found

    def _read_batch(self, batch: Sequence[FrameReference]) -> list[Frame | MedviewerError]:
        """Return the first of a batch, or their errors.

        There are as many as BATCH_SECONDS allow, at least one.
        """
        if self._is_quarantined(batch[0].path):
            return [DecoderDiedError(path=batch[0].path)]
        batch = list(takewhile(lambda one: not self._is_quarantined(one.path), batch))
        work = ReadFrames(tuple(WantedFrame.of(reference) for reference in batch), BATCH_SECONDS)
        with self._free_worker() as worker:
            largest = max(reference.origin.size for reference in batch)
            reply = worker.ask(work, seconds_for_file(largest))
            try:
                found = _frames(worker, reply)
                return [_as_indexed(*pair) for pair in zip(batch, found, strict=False)]
            except RefusedValueError as error:
                raise worker.refused(error) from error

    def _unreadable(self, reference: FrameReference, error: Exception) -> MedviewerError:
        """Return the error for a frame whose worker ended."""
        self.deaths[reference.path] += isinstance(error, DiedError)  # where it took long it may not again
        return _failure(reference.path, error)

    @contextlib.contextmanager
    def _free_worker(self) -> Iterator[WorkerHandle]:
        """Hold the decoding worker, or the idle indexing one if it is busy."""
        for worker in (self.decoding, self.indexing):
            if worker.lock.acquire(blocking=False):
                try:
                    yield worker
                finally:
                    worker.lock.release()
                return
        with self.decoding.lock:
            yield self.decoding

    def read_object(self, reference: ObjectReference[Any]) -> Any:
        """Return the content of an object, as the reader of its class gives it.

        Raises
        ------
        UnreadableFile
            It cannot be read, or is none; the kind says why.
        WorkerUnavailableError
            No worker can be started, or the sandbox was closed.
        """
        path = reference.path
        if self._is_quarantined(path):
            raise DecoderDiedError(path=path)
        with self.decoding.lock:
            content = partial(_content, reference.sop_class)
            return self._answer(self.decoding, ReadObject.of(reference), reference, content)

    def read_elements(self, reference: FrameReference, text_encoding: str = "") -> FileElements:
        """Return the elements of a frame's header, as far as it can be read.

        Parameters
        ----------
        text_encoding : str
            As in `index_files`.

        Raises
        ------
        UnreadableFile
            Nothing of it can be read; the kind says why.
        WorkerUnavailableError
            No worker can be started, or the sandbox was closed.
        """
        path = reference.path
        if self._is_quarantined(path):
            raise DecoderDiedError(path=path)
        with self._free_worker() as worker:
            return self._answer(worker, ReadElements.of(reference, text_encoding), reference, _elements)

    def _answer(
        self,
        worker: WorkerHandle,
        work: WorkerRequest,
        reference: FrameReference | ObjectReference[Any],
        read: Callable[[WorkerAnswer], Value],
    ) -> Value:
        """Return the value in a worker's answer about a file.

        A worker that ends over it is counted against the file.
        """
        path = reference.path
        try:
            reply = worker.ask(work, seconds_for_file(reference.origin.size))
            try:
                return read(reply)
            except RefusedValueError as error:
                raise worker.refused(error) from error
        except (DiedError, TooSlowError) as error:
            self.deaths[path] += isinstance(error, DiedError)
            raise _failure(path, error) from error

    def index_files(
        self, paths: Sequence[Path], text_encoding: str = ""
    ) -> Generator[list[tuple[Path, Record]]]:
        """Yield the records of files in order, at least every REPORT_SECONDS.

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
        batches = (paths[at : at + INDEX_BATCH] for at in range(0, len(paths), INDEX_BATCH))
        workers = len(self._indexers)
        yield from in_order(
            batches,
            partial(self._index_batch, text_encoding=text_encoding),
            lambda path, error: _failure(path, error).as_record(),
            under_way=lambda: BATCHES_AHEAD * workers,
            workers=workers,
        )

    def index_to_open(self, paths: Sequence[Path], text_encoding: str = "") -> list[tuple[Path, Record]]:
        """Return the records of a few files, as `index_files`.

        Where they are all of one series, the first one is going to be looked at: the decoding worker, if it
        is free and has loaded what it needs, goes on to read it before it is asked to. So it does where the
        other one has not been started.

        Raises
        ------
        WorkerUnavailableError
            No worker can be started, or the sandbox was closed.
        """
        worker, records = self.decoding, list[Record]()
        if worker not in self._indexers and worker.lock.acquire(blocking=False):
            try:
                # a file that ends the worker is named below, where each is asked for alone
                with contextlib.suppress(DiedError, TooSlowError):
                    if worker.has_decoders() or self.indexing.pid is None:
                        records = self._index(worker, paths, text_encoding, reads_on=True)
            finally:
                worker.lock.release()
        known, rest = list(zip(paths, records, strict=False)), paths[len(records) :]
        return known + [one for some in self.index_files(rest, text_encoding) for one in some]

    def _index_batch(self, batch: Sequence[Path], text_encoding: str) -> list[Record]:
        """Return the records of the first files of a batch.

        There are as many as REPORT_SECONDS allow, at least one.
        """
        worker = self._free_indexers.get()
        try:
            with worker.lock:
                return self._index(worker, batch, text_encoding)
        finally:
            self._free_indexers.put(worker)

    def _index(
        self, worker: WorkerHandle, paths: Sequence[Path], text_encoding: str, *, reads_on: bool = False
    ) -> list[Record]:
        """Return the records of the first files.

        Those that ended workers are tried again from now on.
        """
        # guard(statement): a file that is opened again is tried again
        for path in paths:
            self.deaths.pop(path, None)
        work = IndexFiles(tuple(paths), REPORT_SECONDS, text_encoding, self.looks_at_pixels, reads_on)
        reply = worker.ask(work, limits.WORKER_CPU_SECONDS)
        try:
            return _records(paths, reply)
        except (LookupError, TypeError, ValueError, AttributeError) as error:
            raise worker.refused(error) from error

    def _is_quarantined(self, path: Path) -> bool:
        return self.deaths[path] >= limits.WORKER_DEATHS_PER_FILE


def _start(worker: WorkerHandle) -> None:
    """Start a worker, unless a user of it does so."""
    if worker.lock.acquire(blocking=False):
        try:
            worker.start()
        finally:
            worker.lock.release()


def _records(paths: Sequence[Path], reply: WorkerAnswer) -> list[Record]:
    """Return the records of an answer.

    Raises
    ------
    LookupError, TypeError, ValueError, AttributeError
        It is no answer to such a request.
    """
    if not isinstance(reply, FilesIndexed):
        raise RefusedValueError(f"{type(reply).__name__}: not what was asked for")
    records = with_instances(paths, reply.records, reply.shared)
    if not 0 < len(records) <= len(paths):
        raise RefusedValueError("FilesIndexed.records: not as many as were asked for")
    return records


def _frames(worker: WorkerHandle, reply: WorkerAnswer) -> list[Frame | MedviewerError]:
    """Return the frames of an answer, or their errors.

    Raises
    ------
    DiedError
        Others stand in the memory.
    RefusedValueError
        It is no answer to such a request.
    """
    from medviewer.dicom.workers.frame_codec import decoded_frames

    if not isinstance(reply, FramesRead):
        raise RefusedValueError(f"{type(reply).__name__}: not what was asked for")
    arrays = worker.pixels(reply.number, reply.arrays)
    if arrays is None:
        raise DiedError
    found = decoded_frames(reply.frames, arrays)
    if not found:
        raise RefusedValueError("FramesRead.frames: none")
    return [one.as_error() if isinstance(one, Failure) else one for one in found]


def _as_indexed(reference: FrameReference, found: Frame | MedviewerError) -> Frame | MedviewerError:
    """Return a frame, or the error that it does not lie where it was indexed.

    Panes link, measure and export by the place that the header stated then.
    """
    if isinstance(found, MedviewerError) or not reference.origin.stated_identity:
        return found
    # guard(test): where an image lies is compared again with its pixels
    if found.geometry != reference.geometry:
        return ChangedFileError(path=reference.path)
    return found


def _content(sop_class: str, reply: WorkerAnswer) -> Any:
    """Return the content of an object in an answer.

    Raises
    ------
    UnreadableFile
        It cannot be read; the kind says why.
    RefusedValueError
        It is no answer to such a request.
    """
    if not isinstance(reply, ObjectRead):
        raise RefusedValueError(f"{type(reply).__name__}: not what was asked for")
    if reply.failure is not None:
        raise reply.failure.as_error()
    row = objects.sop_class(sop_class)
    reader = row.reader if row is not None else None
    if reader is None:
        raise RefusedValueError(f"{sop_class}: no content is read of this class")
    return decoded(reply.content, reader.CONTENT)


def _elements(reply: WorkerAnswer) -> FileElements:
    """Return the elements of an answer.

    Raises
    ------
    UnreadableFile
        They cannot be read; the kind says why.
    RefusedValueError
        It is no answer to such a request.
    """
    if not isinstance(reply, ElementsRead):
        raise RefusedValueError(f"{type(reply).__name__}: not what was asked for")
    if reply.failure is not None:
        raise reply.failure.as_error()
    return decoded(reply.elements, elements.FileElements)


def _failure(path: Path, error: Exception) -> UnreadableFile:
    if isinstance(error, StalledError):
        return DiskStalledError(path=path, seconds=round(error.seconds))
    if isinstance(error, TooSlowError):
        return DecoderTimeoutError(path=path, seconds=round(error.seconds))
    return DecoderDiedError(path=path)
