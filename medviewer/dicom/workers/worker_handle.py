"""One limited worker process as its parent sees it.

Started, asked, ended, replaced.
"""

import contextlib
import itertools
import logging
import os
import signal
import subprocess
import threading
from collections.abc import Sequence
from dataclasses import replace
from multiprocessing.connection import Connection
from typing import Any, Final

from medviewer import limits
from medviewer.dicom.workers.exchange import (
    DecodersLoaded,
    Expected,
    FilesIndexed,
    PixelArray,
    ReadFrames,
    Ready,
    Reply,
    Request,
    WantedFrame,
    WorkerAnswer,
    WorkerRequest,
    packed,
    unpacked_reply,
)
from medviewer.dicom.workers.ipc import Decoders, Launch, PixelMemory, start_worker
from medviewer.dicom.workers.patience import (
    LOOK_SECONDS,
    DiedError,
    Patience,
    StalledError,
    TooSlowError,
    seconds_for_pixels,
)
from medviewer.dicom.workers.processor_time import processor_seconds
from medviewer.dicom.workers.value_codec import RefusedValueError
from medviewer.errors import WorkerUnavailableError
from medviewer.translation import mark

START_SECONDS: Final = 20.0  # of processor time, mostly for imports
END_SECONDS: Final = 2.0
REPLY_BYTES: Final = 256 * limits.MIB
ARRAYS_PER_FRAME: Final = 2  # the stored values, and those without the mask
CLOSED: Final = mark("it was closed")
NO_ANSWER: Final = mark("it does not answer")
TIME_IS_UP: Final = getattr(signal, "SIGXCPU", 0)

_log = logging.getLogger(__name__)


class WorkerHandle:
    """One worker process, and whoever uses it at the moment.

    Used under its lock.

    Parameters
    ----------
    decoders : Decoders
        When its worker loads them, if nobody asks for an image before.
    launch : Launch, optional
        Starts a worker with its pixel memory; `start_worker` where none is given.
    """

    def __init__(self, decoders: Decoders, launch: Launch | None = None) -> None:
        self._decoders, self._launch = decoders, launch or start_worker
        self.lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._channel: Connection | None = None
        self._memory: PixelMemory | None = None
        self._lifeline = -1
        self._is_ready = False
        self._has_decoders = False
        self._is_closed = False
        self._numbers = itertools.count(1)
        self._reading: tuple[WantedFrame, int] | None = None  # unasked, and the number of the answer

    @property
    def pid(self) -> int | None:
        """Process id of the worker, None where none runs."""
        process = self._process  # which another thread may end
        return None if process is None else process.pid

    def start(self) -> None:
        """Start a worker unless one runs; does not wait for it."""
        if self._is_closed:
            raise WorkerUnavailableError(detail=CLOSED)
        if self._process is not None:
            return
        try:
            self._memory = self._memory or PixelMemory()
            self._process, self._channel, self._lifeline = self._launch(self._memory, self._decoders)
        except OSError as error:
            raise WorkerUnavailableError(detail=error.strerror or "") from error
        self._is_ready = False

    def has_decoders(self) -> bool:
        """Return whether a worker with loaded decoders is ready to answer.

        Raises
        ------
        DiedError
            The worker ended; a new one is on its way.
        """
        try:
            while not self._has_decoders and self._channel is not None and self._channel.poll(0):
                self._note(self._next_message(self._patience(START_SECONDS)))
        except OSError as error:
            raise self._ended() from error
        return self._has_decoders

    def _note(self, message: Reply) -> None:
        """Record a worker's message about itself."""
        if isinstance(message, Ready):
            self._is_ready = True
            if message.unfiltered:
                _log.warning("a decoding process without a filter of system calls: %s", message.unfiltered)
        elif isinstance(message, DecodersLoaded):
            self._has_decoders = True

    def ask(self, work: WorkerRequest, seconds: float) -> WorkerAnswer:
        """Give work to a worker, which gets ready if need be; return its answer.

        Return its number and its answer. Where the worker stood still for long, the next one is asked once
        more.

        A frame that the worker reads already, as it said, answers who asks for it. Who asks for something
        else has to wait for it, but a worker that ends over it is not blamed on this request.

        Parameters
        ----------
        seconds : float
            Of processor time that the worker may use; a large image may announce that it takes longer.

        Raises
        ------
        DiedError, TooSlowError
            There will be no answer; a new worker is on its way.
        """
        try:
            return self._ask_once(work, seconds)
        except StalledError:
            return self._ask_once(work, seconds)

    def _ask_once(self, work: WorkerRequest, seconds: float) -> WorkerAnswer:
        """Give work to a worker as `ask`, without another try.

        Raises
        ------
        DiedError, TooSlowError, StalledError
            There will be no answer; a new worker is on its way.
        """
        reading, self._reading = self._reading, None
        is_for_frames = isinstance(work, ReadFrames)
        if reading is not None:
            frame, number = reading
            # guard(work.frames == (frame,)): an image that was read unasked answers who asks for it only
            if isinstance(work, ReadFrames) and work.frames == (frame,):
                return self._receive(number, seconds)
            # guard(contextlib.suppress(DiedError, TooSlowError) -> contextlib.nullcontext()):
            #     a worker that ends over what nobody asked for is not held against who asks next
            with contextlib.suppress(DiedError, TooSlowError):
                self._receive(number, seconds)
        number = self._send(Request(work, seconds))
        reply = self._receive(number, seconds)
        if isinstance(reply, FilesIndexed) and reply.reads is not None:
            self._reading = reply.reads, number
        self._has_decoders = self._has_decoders or is_for_frames
        return reply

    def _send(self, request: Request) -> int:
        """Send a request and return its number.

        A worker that is not ready yet finds it when it is; if it were sent later, the worker would have begun
        to load decoders.
        """
        self.start()
        number = next(self._numbers)
        assert self._channel is not None
        try:
            self._channel.send_bytes(packed(replace(request, number=number)))
        except OSError as error:
            was_ready, ended = self._is_ready, self._ended()
            if was_ready or not isinstance(ended, DiedError):
                raise ended from error
            raise WorkerUnavailableError(detail=NO_ANSWER) from error
        if not self._is_ready:
            self._wait_until_ready()
        return number

    def _receive(self, number: int, seconds: float) -> WorkerAnswer:
        """Return the next answer to a request.

        Raises
        ------
        DiedError, TooSlowError
            As `ask`.
        """
        patience = self._patience(seconds)
        while True:
            reply = self._next_message(patience)
            if isinstance(reply, Expected):
                patience.extend(seconds_for_pixels(reply.frame_bytes))
            elif isinstance(reply, Ready | DecodersLoaded):
                self._note(reply)
            elif reply.number == number:  # others answer a request that nobody waits for any more
                return reply

    def pixels(self, number: int, arrays: Sequence[PixelArray]) -> list[Any] | None:
        """Return copies of the pixels that answer a request.

        None where others stand there, or too many.
        """
        assert self._memory is not None
        sizes = [array.nbytes for array in arrays]
        before_the_last = sum(sizes[:-ARRAYS_PER_FRAME])
        if before_the_last >= limits.BATCH_BYTES or max(sizes, default=0) > limits.FRAME_BYTES:
            return None
        return self._memory.read(number, [(array.shape, array.dtype) for array in arrays])

    def refused(self, error: Exception) -> Exception:
        """End the worker for a refused reply; return the error to raise."""
        _log.warning("a decoding process sent a reply that was refused: %s", error)
        return self._ended()

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
        """Wait for a process that starts.

        Raises
        ------
        WorkerUnavailableError
            It ended, or did not answer.
        """
        try:
            reply = self._next_message(self._patience(START_SECONDS))
        except (DiedError, TooSlowError) as error:
            self._end()
            raise WorkerUnavailableError(detail=NO_ANSWER) from error
        self._note(reply)

    def _patience(self, seconds: float) -> Patience:
        process = self._process
        return Patience(seconds, lambda: None if process is None else processor_seconds(process))

    def _next_message(self, patience: Patience) -> Reply:
        assert self._channel is not None
        try:
            while not self._channel.poll(LOOK_SECONDS):
                patience.check()
            return unpacked_reply(self._channel.recv_bytes(REPLY_BYTES))
        except TooSlowError:
            self._replace_worker()
            raise
        except RefusedValueError as error:
            raise self.refused(error) from error
        except (EOFError, OSError, ValueError) as error:
            raise self._ended() from error

    def _ended(self) -> Exception:
        process = self._process
        self._replace_worker()
        if self._is_closed:
            return WorkerUnavailableError(detail=CLOSED)
        if process is not None and process.returncode == -TIME_IS_UP:
            return TooSlowError(limits.WORKER_CPU_SECONDS)  # it saw that before its parent did
        return DiedError()

    def _replace_worker(self) -> None:
        """End the worker and start the next one, to be warm when needed."""
        was_ready = self._is_ready
        self._end()
        if was_ready and not self._is_closed:
            with contextlib.suppress(WorkerUnavailableError):  # told to whoever asks next
                self.start()

    def _end(self) -> None:
        process, channel, lifeline = self._process, self._channel, self._lifeline
        self._process, self._channel, self._lifeline, self._is_ready = None, None, -1, False
        self._reading, self._has_decoders = None, False
        if channel is not None:
            channel.close()
        if lifeline >= 0:
            os.close(lifeline)
        if process is not None:
            process.kill()
            with contextlib.suppress(subprocess.TimeoutExpired):  # a disk holds it: it ends when that answers
                process.wait(END_SECONDS)
