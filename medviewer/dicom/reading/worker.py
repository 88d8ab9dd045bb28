"""The limited process that parses and decodes.

    python -P -m medviewer.dicom.reading.worker CHANNEL MEMORY LIFELINE DECODERS

It reads requests (JSON) from a channel, answers with JSON, and puts pixels into memory that its parent
made. It has no other way out: no file may grow, no core is dumped, memory and processor time are bounded,
on Linux the system refuses it all but reading, and it ends with its parent.
"""

import contextlib
import gc
import os
import sys
import time
import warnings
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cached_property, lru_cache, partial
from math import ceil
from multiprocessing.connection import Connection
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeVar

from medviewer import limits
from medviewer.dicom import workers
from medviewer.dicom.header import BAD_HEADER
from medviewer.dicom.model import Origin
from medviewer.dicom.reading.file_indexer import Indexer
from medviewer.dicom.reading.other_objects import read_object
from medviewer.dicom.workers import (
    Decoders,
    DecodersLoaded,
    ElementsRead,
    Expected,
    Failure,
    FilesIndexed,
    FramesRead,
    IndexFiles,
    ObjectRead,
    PixelArray,
    PixelMemory,
    ReadElements,
    ReadFrames,
    ReadObject,
    Ready,
    Reply,
    WantedFrame,
    encoded,
    open_channel,
    packed,
    seconds_for_pixels,
    unpacked_request,
)
from medviewer.errors import DamagedFileError, MemoryLimitError, UnreadableFile
from medviewer.process import end_loading, forbid_core_dumps
from medviewer.system_calls import refuse_all_but_reading
from medviewer.translation import mark

if sys.platform != "win32":
    import fcntl
    import resource

if TYPE_CHECKING:  # headers are read without numpy, which takes longer to import than all the rest
    import numpy as np

    from medviewer.dicom.reading.frame_reader import FrameReader
    from medviewer.dicom.reading.header_reader import HeaderReader
    from medviewer.imaging.frame import Frame

T = TypeVar("T")

EXPECTS_FROM_BYTES: Final = 4 * limits.MIB
GRACE_SECONDS: Final = 2  # after which it ends itself, where its parent has not looked at its clock
REQUEST_BYTES: Final = 16 * limits.MIB
NICENESS: Final = 5
BAD_PIXELS: Final = mark("its pixels cannot be read")
BAD_CONTENT: Final = mark("its content cannot be read")
IDLE_SECONDS: Final = 1.0  # the first image is on the screen by then
DECODERS: Final = (
    "medviewer.dicom.reading.frame_reader",
    "medviewer.dicom.workers.frame_codec",
    "medviewer.dicom.codestreams.damage",
    "medviewer.dicom.pixels.hollow",
    "imagecodecs._jpegsof3",
    "imagecodecs._jpeg2k",
    "imagecodecs._jpegls",
    "imagecodecs._jpeg8",
    "imagecodecs._imcd",
    "pydicom.filereader",
)


def limit_process() -> None:
    """Limit the resources of this process, where the system can.

    Address space, files, file size; no core.
    """
    forbid_core_dumps()
    if sys.platform == "win32":
        return
    bounds = {
        resource.RLIMIT_AS: limits.WORKER_ADDRESS_SPACE,
        resource.RLIMIT_NOFILE: limits.WORKER_OPEN_FILES,
        resource.RLIMIT_FSIZE: 0,
    }
    for kind, most in bounds.items():
        with contextlib.suppress(OSError, ValueError):  # macOS refuses some: its parent watches the time
            resource.setrlimit(kind, (most, most))


def give_way() -> None:
    """Leave the processor to the window where both want it.

    It is painted before the next slice is read.
    """
    if sys.platform != "win32":  # where it is started with less priority
        os.nice(NICENESS)


def allow_processor_time(seconds: float) -> None:
    """Raise the processor time limit; it counts over the whole life."""
    if sys.platform == "win32":
        return
    used = resource.getrusage(resource.RUSAGE_SELF)
    most = ceil(used.ru_utime + used.ru_stime + seconds) + GRACE_SECONDS
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    resource.setrlimit(resource.RLIMIT_CPU, (most, hard))


def end_with_parent(lifeline: int) -> None:
    """Let the system end this process when the lifeline closes.

    It does so even amid a decoder. The usual parent-death signal is bound to the thread that started a
    process, and threads come and go.
    """
    if sys.platform == "win32":
        return
    fcntl.fcntl(lifeline, fcntl.F_SETOWN, os.getpid())
    flags = fcntl.fcntl(lifeline, fcntl.F_GETFL)
    fcntl.fcntl(lifeline, fcntl.F_SETFL, flags | os.O_ASYNC)
    if os.getppid() == 1:  # it died before this was set up
        os._exit(0)


class Worker:
    """Answers requests one after another.

    Parameters
    ----------
    unfiltered : str
        Why the system does not look at its calls, where it should; the parent is told.
    """

    def __init__(self, channel: Connection, memory: PixelMemory, unfiltered: str = "") -> None:
        self._channel = channel
        self._unfiltered = unfiltered
        self._memory = memory
        self._indexer = Indexer(self._announce)

    @cached_property
    def _frames(self) -> "FrameReader":
        from medviewer.dicom.reading.frame_reader import FrameReader

        return FrameReader(self._announce)

    @cached_property
    def _headers(self) -> "HeaderReader":
        from medviewer.dicom.reading.header_reader import HeaderReader

        return HeaderReader(self._announce)

    def serve(self, decoders: Decoders) -> None:
        """Answer requests until the channel closes.

        Load the decoders meanwhile, when it is time to.
        """
        self._answer(Ready(self._unfiltered))
        if decoders is Decoders.AT_ONCE:
            self._load_while_idle()
        end_loading()
        while True:
            try:
                if decoders is Decoders.WHEN_IDLE and not self._channel.poll(IDLE_SECONDS):
                    self._load_while_idle()
                    gc.freeze()
                    decoders = Decoders.WHEN_NEEDED
                request = unpacked_request(self._channel.recv_bytes(REQUEST_BYTES))
            except (EOFError, OSError):
                return
            allow_processor_time(request.processor_seconds)
            work, number = request.work, request.number
            if isinstance(work, IndexFiles):
                self._index(work, number)
            elif isinstance(work, ReadObject):
                self._answer(self._object(work, number))
            elif isinstance(work, ReadElements):
                self._answer(self._elements(work, number))
            else:
                self._answer(self._frames_of(work, number))

    def _load_while_idle(self) -> None:
        """Import the decoders while no request waits.

        Say so when all are there.
        """
        for name in DECODERS:
            if self._channel.poll(0):
                return
            __import__(name)
        self._answer(DecodersLoaded())

    def _answer(self, reply: Reply) -> None:
        self._channel.send_bytes(packed(reply))

    def _index(self, work: IndexFiles, number: int) -> None:
        """Answer with the records of the first files.

        There are as many as the time allows, at least one. What several of them share crosses once, and their
        "shared" tells where it stands. Where all are single images of one series, and the request says so,
        the first one is read next: "reads" says so.
        """
        until = time.monotonic() + work.seconds
        records: list[dict[str, Any]] = []
        shared: dict[int, dict[str, Any]] = {}  # by identity
        places: dict[int, int] = {}
        for path in work.paths:
            record = _guarded(path, partial(self._index_file, work))
            if isinstance(record, UnreadableFile):
                record = record.as_record()
            instance = record.get("instance")
            if instance is not None:
                common = instance["shared"]
                shared[id(common)] = common
                instance["shared"] = places.setdefault(id(common), len(places))
            records.append(record)
            if time.monotonic() >= until:
                break
        reply = FilesIndexed(number, records, list(shared.values()))
        if not work.reads_on or len(records) < len(work.paths) or not _is_one_series(reply):
            self._answer(reply)
            return
        first = records[0]["instance"]
        origin = Origin(first["file"], reply.shared[first["shared"]]["stated"])
        wanted = WantedFrame(work.paths[0], 1, first["uid"], origin)
        self._answer(replace(reply, reads=wanted))
        self._answer(self._frames_of(ReadFrames((wanted,), 0), number))

    def _index_file(self, work: IndexFiles, path: Path) -> dict[str, Any]:
        return self._indexer.index_file(path, work.text_encoding, looks_at_pixels=work.looks_at_pixels)

    def _frames_of(self, work: ReadFrames, number: int) -> FramesRead:
        """Return the first frames.

        There are as many as time and BATCH_BYTES allow, at least one.
        """
        until = time.monotonic() + work.seconds
        records: list[Any] = []
        arrays: list[PixelArray] = []
        last: Frame | Failure | None = None
        for wanted in work.frames:
            read = partial(self._frame, wanted, number, arrays, last)
            found = _guarded(wanted.path, read, BAD_PIXELS)
            if isinstance(found, UnreadableFile):
                last = Failure.of(found)
                record = workers.encoded_frame(last, None, [])
            else:
                last, record = found
            records.append(record)
            if time.monotonic() >= until or _nbytes(arrays) >= limits.BATCH_BYTES:
                break
        return FramesRead(number, records, tuple(arrays))

    def _object(self, work: ReadObject, number: int) -> ObjectRead:
        uid, origin, sop_class = work.sop_instance_uid, work.origin, work.sop_class
        found = _guarded(
            work.path, lambda path: encoded(read_object(path, uid, origin, sop_class)), BAD_CONTENT
        )
        if isinstance(found, UnreadableFile):
            return ObjectRead(number, failure=Failure.of(found))
        return ObjectRead(number, found)

    def _elements(self, work: ReadElements, number: int) -> ElementsRead:
        found = _guarded(work.path, lambda _path: encoded(self._headers.read(work)))
        if isinstance(found, UnreadableFile):
            return ElementsRead(number, failure=Failure.of(found))
        return ElementsRead(number, found)

    def _frame(
        self,
        wanted: WantedFrame,
        number: int,
        arrays: list[PixelArray],
        last: "Frame | Failure | None",
        path: Path,
    ) -> tuple["Frame", Any]:
        """Put the pixels of a frame into the memory.

        Return the frame, and all the rest of it encoded.

        Parameters
        ----------
        arrays : list
            What the memory holds; those of the frame are put behind them.
        """
        begin = _nbytes(arrays)
        room = partial(self._memory.room, begin)
        frame = self._frames.read(path, wanted.frame_number, wanted.sop_instance_uid, wanted.origin, room)
        pixels: list[Any] = [None] * len(arrays)
        record = workers.encoded_frame(frame, last, pixels)
        own = []
        for array in pixels[len(arrays) :]:
            self._memory.write(number, begin, array)
            begin += array.nbytes
            own.append(_described(array.shape, array.dtype))
        arrays += own
        return frame, record

    def _announce(self, frame_bytes: int) -> None:
        """Announce a large image to the parent, which then waits longer."""
        if frame_bytes >= EXPECTS_FROM_BYTES:
            allow_processor_time(limits.WORKER_CPU_SECONDS + seconds_for_pixels(frame_bytes))
            self._answer(Expected(frame_bytes))


def _nbytes(arrays: Sequence[PixelArray]) -> int:
    return sum(array.nbytes for array in arrays)


@lru_cache(maxsize=16)
def _described(shape: tuple[int, ...], dtype: "np.dtype[Any]") -> PixelArray:
    return PixelArray(shape, dtype.str)


def _is_one_series(reply: FilesIndexed) -> bool:
    """Return whether all files of an answer are single images of one series."""
    series = {
        (one["identity"].get("study_instance_uid"), one["identity"].get("series_instance_uid"), one["count"])
        for one in reply.shared
    }
    are_images = all("instance" in record for record in reply.records)
    return are_images and len(series) == 1 and series.pop()[2] == 1


def _guarded(path: Path, work: Callable[[Path], T], fault: str = BAD_HEADER) -> "T | UnreadableFile":
    """Run work on a file; return its result or its error.

    Codecs raise more than Exception.

    Parameters
    ----------
    fault : str
        What is said where nothing better is known; marked for translation.
    """
    try:
        return work(path)
    except UnreadableFile as error:
        return error
    except MemoryError:
        return _too_large(path)
    except (KeyboardInterrupt, SystemExit):
        raise
    except BaseException:
        return DamagedFileError(path=path, detail=fault)


def _too_large(path: Path) -> UnreadableFile:
    allowed = limits.WORKER_ADDRESS_SPACE
    return MemoryLimitError(path=path, what=mark("memory"), asked=None, allowed=allowed)


def main(arguments: list[str]) -> None:
    """Serve the parent on the descriptors that it passed."""
    channel, memory, lifeline, decoders = arguments
    limit_process()
    give_way()
    end_with_parent(int(lifeline))
    warnings.simplefilter("ignore")  # they quote what files hold
    unfiltered = refuse_all_but_reading()
    Worker(open_channel(int(channel)), PixelMemory(memory), unfiltered).serve(Decoders(decoders))


if __name__ == "__main__":
    main(sys.argv[1:])
