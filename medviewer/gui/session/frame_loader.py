"""Decoded frames for the panes: from the cache at once, otherwise read by a worker, the latest wish first."""

from collections.abc import Callable, Generator, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Protocol

from PySide6.QtCore import QObject, Signal, Slot

from medviewer.dicom.decoder import FrameCache
from medviewer.dicom.model import FrameReference, PresentationStateReference, Stack
from medviewer.errors import ChangedFileError, MedviewerError, UnreadableFile
from medviewer.gui.session.tasks import Task, Workers
from medviewer.imaging.frame import DisplayImage, Frame
from medviewer.imaging.presentation_state import PresentationState
from medviewer.viewer.prefetch import ReadingAhead

ReadFrame = Callable[[FrameReference], Frame]

LATER = 1  # priority of thumbnails in the decode lane; what a pane waits for has 0
READERS = ("ahead", "ahead beside")  # lanes: as many as there are processes that decode
THUMBNAIL_SIDE = 96


class FrameSource(Protocol):
    """What reads files for the session; `dicom.decoder.sandbox.Sandbox` is one."""

    def read_frame(self, reference: FrameReference) -> Frame:
        """Return the decoded frame; called in a worker's thread."""

    def read_presentation_state(self, reference: PresentationStateReference) -> PresentationState:
        """Return what a presentation state says; called in a worker's thread."""

    def close(self) -> None:
        """End the worker processes."""


@dataclass(frozen=True, slots=True, eq=False)
class Decoded:
    """A frame that was read, or why it could not be."""

    reference: FrameReference
    opening: int  # of the loader when it was asked for
    frame: Frame | None = None
    error: MedviewerError | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Thumbnail:
    """A small image of a stack."""

    stack_key: str
    opening: int
    image: DisplayImage


class _LastRead:
    """Keeps the last frame of the decode lane, of which a thumbnail may be wanted; used in its thread."""

    def __init__(self) -> None:
        self._last: tuple[FrameReference, Frame] | None = None

    def read_anew(self, read_frame: ReadFrame, reference: FrameReference) -> Frame:
        self._last = None  # or both would be in memory
        frame = read_frame(reference)
        self._last = (reference, frame)
        return frame

    def known_or_read(self, read_frame: ReadFrame, reference: FrameReference) -> Frame:
        known = self._last
        return known[1] if known is not None and known[0] == reference else read_frame(reference)


def read_frames(
    read_frame: ReadFrame, references: Iterable[FrameReference], opening: int
) -> Generator[Decoded, None, None]:
    """Yield each frame or its error; the pixels' hash is taken here, so that the window never has to."""
    for reference in references:
        try:
            frame = read_frame(reference)
            _check(frame, reference)
        except MedviewerError as error:
            yield Decoded(reference, opening, error=error)
        except Exception:
            yield Decoded(reference, opening, error=UnreadableFile(path=reference.path))
            raise
        else:
            yield Decoded(reference, opening, frame=frame)


def _check(frame: Frame, reference: FrameReference) -> None:
    """Refuse another frame than the one that was asked for, and fill the pixels' hash."""
    found = (frame.sop_instance_uid, frame.frame_number)
    if not frame.pixel_sha256 or found != (reference.sop_instance_uid, reference.frame_number):
        raise ChangedFileError(path=reference.path)


def make_thumbnail(
    read_frame: ReadFrame, reference: FrameReference, stack_key: str, opening: int
) -> Generator[Thumbnail, None, None]:
    """Yield the stack's thumbnail; none where its frame cannot be read, as the pane will say so."""
    from medviewer.imaging.display import thumbnail

    try:
        frame = read_frame(reference)
    except MedviewerError:
        return
    yield Thumbnail(stack_key, opening, thumbnail(frame, THUMBNAIL_SIDE))


class FrameLoader(QObject):
    """Reads frames and keeps them: in the decode lane what panes wait for, in others what they will want.

    Nothing is read ahead while a pane waits, so that its frame finds a free process.

    Parameters
    ----------
    read_frame : callable
        Thread-safe; called in the worker's thread.
    workers : Workers
        Runs the decode lane.
    cache : FrameCache
        Used in the window's thread only.
    """

    decoded = Signal(object)
    thumbnail_ready = Signal(str, object)
    cache_changed = Signal(int)

    def __init__(
        self, read_frame: ReadFrame, workers: Workers, cache: FrameCache, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._read_frame = read_frame
        self._last_read = _LastRead()
        self._workers = workers
        self._cache = cache
        self._opening = 0
        self._wanted: dict[FrameReference, Task] = {}
        self._later: Sequence[FrameReference] = ()  # to be read ahead once no pane waits
        self._ahead = ReadingAhead()
        self._readers: dict[str, Task] = {}
        self._thumbnails: dict[str, tuple[tuple[str, str, str], Task]] = {}  # whose, by the stack's key

    @property
    def cache_bytes(self) -> int:
        """How much memory the kept frames take."""
        return self._cache.bytes

    @property
    def is_waited_for(self) -> bool:
        """Whether a pane waits for a frame that is being read."""
        return bool(self._wanted)

    def cached(self, reference: FrameReference) -> Frame | None:
        """Return the frame if it is in memory."""
        return self._cache.get(reference)

    def want(self, references: Sequence[FrameReference], ahead: Sequence[FrameReference] = ()) -> None:
        """Read what the panes wait for, then what they will want next; wishes from before are taken back."""
        for reference in [reference for reference in self._wanted if reference not in references]:
            task = self._wanted[reference]
            task.withdraw()
            if task.cancelled:
                del self._wanted[reference]
        for reference in references:
            if reference not in self._wanted and not self._ahead.is_under_way(reference):
                self._wanted[reference] = self._submit([reference], "decode")
        self._later = ahead
        self._read_ahead()

    def _read_ahead(self) -> None:
        if self._wanted:
            self._ahead.request(())
            return
        self._ahead.request(reference for reference in self._later if reference not in self._cache)
        self._start_readers()

    def _start_readers(self) -> None:
        for lane in READERS:
            if lane not in self._readers and not self._ahead.is_done:
                self._readers[lane] = self._submit(self._ahead.taken(), lane)

    def read_again(self, references: Sequence[FrameReference]) -> None:
        """Try to read what could not be read, when nothing else is to be read; who failed again is silent."""
        read_frame, opening = self._read_frame, self._opening
        task = Task(
            lambda: read_frames(read_frame, references, opening), self._workers, "decode", priority=LATER
        )
        task.yielded.connect(self._on_decoded)
        task.submit()

    def want_thumbnail(self, stack: Stack) -> None:
        """Make a thumbnail of the stack's middle slice, once, when nothing else is to be read."""
        patient, made = self._thumbnails.get(stack.key, (None, None))
        if patient == stack.identity.patient_key:
            return
        if made is not None:
            made.cancel()
        reference, key, opening = stack.frames[len(stack.frames) // 2], stack.key, self._opening
        read_frame = partial(self._last_read.known_or_read, self._read_frame)
        task = Task(
            lambda: make_thumbnail(read_frame, reference, key, opening),
            self._workers,
            "decode",
            priority=LATER,
        )
        task.yielded.connect(self._on_thumbnail)
        self._thumbnails[stack.key] = stack.identity.patient_key, task
        task.submit()

    def clear(self) -> None:
        """Forget all frames and wishes; what is still being read will be thrown away."""
        self._opening += 1
        thumbnails = [task for _, task in self._thumbnails.values()]
        for task in [*self._wanted.values(), *thumbnails, *self._readers.values()]:
            task.cancel()
        self._wanted.clear()
        self._thumbnails.clear()
        self._readers.clear()
        self._later, self._ahead = (), ReadingAhead()
        self._last_read = _LastRead()
        self._cache.clear()
        self.cache_changed.emit(self._cache.bytes)

    def _submit(self, references: Iterable[FrameReference], lane: str) -> Task:
        read_frame, opening = self._read_frame, self._opening
        if lane == "decode":
            read_frame = partial(self._last_read.read_anew, read_frame)
        task = Task(lambda: read_frames(read_frame, references, opening), self._workers, lane)
        task.yielded.connect(self._on_decoded)
        task.finished.connect(self._on_finished)
        task.submit()
        return task

    @Slot(object)
    def _on_decoded(self, decoded: Decoded) -> None:
        if decoded.opening != self._opening:
            return
        was_wanted = self._wanted.pop(decoded.reference, None) is not None
        self._ahead.arrived(decoded.reference)
        if decoded.frame is not None:
            self._cache.put(decoded.reference, decoded.frame)
            self.cache_changed.emit(self._cache.bytes)
        self.decoded.emit(decoded)
        if was_wanted:
            self._read_ahead()

    @Slot()
    def _on_finished(self) -> None:
        task = self.sender()
        if isinstance(task, Task) and self._readers.get(task.lane) is task:
            del self._readers[task.lane]
            self._start_readers()  # the list may have been filled after the reader found it empty

    @Slot(object)
    def _on_thumbnail(self, thumbnail: Thumbnail) -> None:
        if thumbnail.opening == self._opening:
            self.thumbnail_ready.emit(thumbnail.stack_key, thumbnail.image)
