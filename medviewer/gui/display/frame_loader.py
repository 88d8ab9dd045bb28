"""Frames of slices for the panes.

They come from memory at once, otherwise they are read in a lane, the latest request first.
"""

from collections.abc import Callable, Generator, Iterable, KeysView, Sequence
from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import QObject, Signal, Slot

from medviewer.dicom.workers import FrameCache
from medviewer.errors import MedviewerError, UnreadableSliceError
from medviewer.gui.tasks import Task, Workers
from medviewer.imaging import display
from medviewer.imaging.frame import DisplayImage, Frame
from medviewer.imaging.source import ImageSource, ReadStored, Slice, SliceKey, slice_of
from medviewer.viewer.prefetch import PrefetchQueue

LOW_PRIORITY = 1  # of thumbnails in the decode lane; what a pane waits for has 0
READERS = ("ahead", "ahead beside")  # lanes: as many as there are processes that decode
THUMBNAIL_SIDE = 128  # so many pixels on a screen of 200 % have 64


@dataclass(frozen=True, slots=True, eq=False)
class LoadedSlice:
    """The frame of a slice, or why it could not be read."""

    slice: Slice
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
    """Last frame of the decode lane, kept for its thumbnail.

    Used in the lane's thread.
    """

    def __init__(self) -> None:
        self._last: tuple[SliceKey, Frame] | None = None

    def read_anew(self, read_stored: ReadStored, wanted: Slice) -> Generator[None, None, Frame]:
        self._last = None  # or both would be in memory
        frame = yield from wanted.read(read_stored)
        self._last = (wanted.key, frame)
        return frame

    def known_or_read(self, read_stored: ReadStored, wanted: Slice) -> Generator[None, None, Frame]:
        known = self._last
        if known is not None and known[0] == wanted.key:
            return known[1]
        return (yield from wanted.read(read_stored))


ReadSlice = Callable[[Slice], Generator[None, None, Frame]]
"""Returns the frame of a slice; yields where the work can be given up."""


def read_slices(
    read_slice: ReadSlice, slices: Iterable[Slice], opening: int
) -> Generator[LoadedSlice | None, None, None]:
    """Yield each frame or its error.

    Before that None, where the work can be given up. The pixels' hash is taken here, so that the window
    never has to.
    """
    for wanted in slices:
        try:
            frame = yield from read_slice(wanted)
            _check(frame, wanted)
        except MedviewerError as error:
            yield LoadedSlice(wanted, opening, error=error)
        except Exception:
            yield LoadedSlice(wanted, opening, error=_unreadable(wanted))
            raise
        else:
            yield LoadedSlice(wanted, opening, frame=frame)


def _check(frame: Frame, wanted: Slice) -> None:
    """Refuse a frame other than the wanted one, and set its pixel hash."""
    # guard(not wanted.key.names(frame)): a decoded frame is checked against what was asked
    if not frame.pixel_sha256 or not wanted.key.names(frame):
        raise _unreadable(wanted)


def _unreadable(wanted: Slice) -> UnreadableSliceError:
    return UnreadableSliceError(number=wanted.index + 1, count=len(wanted.source))


def make_thumbnail(
    read_slice: ReadSlice, wanted: Slice, opening: int
) -> Generator[Thumbnail | None, None, None]:
    """Yield the source's thumbnail.

    None where its slice cannot be read, as the pane will say so.
    """
    try:
        frame = yield from read_slice(wanted)
    except MedviewerError:
        return
    yield Thumbnail(wanted.source.key, opening, display.thumbnail(frame, THUMBNAIL_SIDE))


class FrameLoader(QObject):
    """Reads frames and keeps them.

    In the decode lane what panes wait for, in others what they will want. Nothing is read ahead while a
    pane waits, so that its frame finds a free process.

    Parameters
    ----------
    read_stored : callable
        Reads the frames of files.
    workers : Workers
        Runs the decode lane.
    cache : FrameCache
        Used in the window's thread only.
    """

    decoded = Signal(object)
    thumbnail_ready = Signal(str, object)

    def __init__(
        self, read_stored: ReadStored, workers: Workers, cache: FrameCache, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._read_stored = read_stored
        self._last_read = _LastRead()
        self._workers = workers
        self._cache = cache
        self._opening = 0
        self._wanted: dict[Slice, Task] = {}
        self._later: Sequence[Slice] = ()  # to be read ahead once no pane waits
        self._ahead = PrefetchQueue()
        self._readers: dict[str, Task] = {}
        self._thumbnails: dict[str, tuple[tuple[str, str, str], Task]] = {}  # whose, by the stack's key

    @property
    def is_waited_for(self) -> bool:
        """Whether a pane waits for a frame that is being read."""
        return bool(self._wanted)

    def cached(self, key: SliceKey) -> Frame | None:
        """Return the frame of a slice if it is in memory."""
        return self._cache.get(key)

    def kept(self) -> KeysView[SliceKey]:
        """Return the names of the slices whose frames are in memory."""
        return self._cache.keys()

    def want(self, slices: Sequence[Slice], ahead: Sequence[Slice] = ()) -> None:
        """Read the panes' missing slices, then those ahead.

        Requests from before are taken back.
        """
        for wanted in [wanted for wanted in self._wanted if wanted not in slices]:
            task = self._wanted[wanted]
            task.withdraw()
            if task.cancelled:
                del self._wanted[wanted]
        for wanted in slices:
            if wanted not in self._wanted and not self._ahead.is_under_way(wanted):
                self._wanted[wanted] = self._submit([wanted], "decode")
        self._later = ahead
        self._read_ahead()

    def _read_ahead(self) -> None:
        if self._wanted:
            self._ahead.request(())
            return
        self._ahead.request(one for one in self._later if one.key not in self._cache)
        self._start_readers()

    def _start_readers(self) -> None:
        idle = [lane for lane in READERS if lane not in self._readers]
        for lane in idle[: self._ahead.left]:  # one slice needs one of them
            self._readers[lane] = self._submit(self._ahead.taken(), lane)

    def read_again(self, slices: Sequence[Slice]) -> None:
        """Retry unreadable slices when idle.

        Who failed again is silent.
        """
        read_slice, opening = partial(Slice.read, read_stored=self._read_stored), self._opening
        task = Task(
            lambda: read_slices(read_slice, slices, opening), self._workers, "decode", priority=LOW_PRIORITY
        )
        task.yielded.connect(self._on_decoded)
        task.submit()

    def want_thumbnail(self, stack: ImageSource) -> None:
        """Make a thumbnail of the slice that a stack is opened on when idle.

        Asked again while it is on its way, or cannot be made, nothing is done.
        """
        patient, made = self._thumbnails.get(stack.key, (None, None))
        # guard(-> made is not None): another patient gets no thumbnail that was made before
        if patient == stack.identity.patient_key:
            return
        if made is not None:
            made.cancel()
        middle, opening = slice_of(stack, stack.opening_index), self._opening
        read_slice = partial(self._last_read.known_or_read, self._read_stored)
        task = Task(
            lambda: make_thumbnail(read_slice, middle, opening),
            self._workers,
            "decode",
            priority=LOW_PRIORITY,
        )
        task.yielded.connect(self._on_thumbnail)
        self._thumbnails[stack.key] = stack.identity.patient_key, task
        task.submit()

    def clear(self) -> None:
        """Forget all frames and requests.

        What is still being read will be discarded.
        """
        self._opening += 1
        thumbnails = [task for _, task in self._thumbnails.values()]
        for task in [*self._wanted.values(), *thumbnails, *self._readers.values()]:
            task.cancel()
        self._wanted.clear()
        self._thumbnails.clear()
        self._readers.clear()
        self._later, self._ahead = (), PrefetchQueue()
        self._last_read = _LastRead()
        self._cache.clear()

    def _submit(self, slices: Iterable[Slice], lane: str) -> Task:
        opening = self._opening
        read_slice: ReadSlice = partial(Slice.read, read_stored=self._read_stored)
        if lane == "decode":
            read_slice = partial(self._last_read.read_anew, self._read_stored)
        task = Task(lambda: read_slices(read_slice, slices, opening), self._workers, lane)
        task.yielded.connect(self._on_decoded)
        task.finished.connect(self._on_finished)
        task.submit()
        return task

    @Slot(object)
    def _on_decoded(self, decoded: LoadedSlice | None) -> None:
        if decoded is None:  # it goes on
            return
        # guard(test): frames of closed data are not kept
        if decoded.opening != self._opening:
            return
        was_wanted = self._wanted.pop(decoded.slice, None) is not None
        self._ahead.arrived(decoded.slice)
        if decoded.frame is not None:
            self._cache.put(decoded.slice.key, decoded.frame)
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
    def _on_thumbnail(self, thumbnail: Thumbnail | None) -> None:
        if thumbnail is not None and thumbnail.opening == self._opening:
            self._thumbnails.pop(thumbnail.stack_key, None)
            self.thumbnail_ready.emit(thumbnail.stack_key, thumbnail.image)
