"""Reads the elements of images, and keeps the last ones."""

from collections.abc import Generator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, Signal, Slot

from medviewer.dicom.elements import FileElements
from medviewer.dicom.model import StoredStack
from medviewer.errors import MedviewerError
from medviewer.imaging.source import ImageSource, SliceKey

if TYPE_CHECKING:
    from medviewer.gui.session import ViewerSession
    from medviewer.gui.tasks import Task

REST_MS: Final = 60
"""Nothing is read of slices that fly past."""

KEPT: Final = 8
ENDED: Final = "elements"


@dataclass(frozen=True, slots=True)
class StackSlice:
    """A slice of a stack."""

    stack: ImageSource
    index: int

    @property
    def key(self) -> SliceKey:
        """The name of the slice."""
        return self.stack.slice_key(self.index)

    @property
    def is_stored(self) -> bool:
        """Whether a file holds it, so that it has a header of its own."""
        return isinstance(self.stack, StoredStack)


class ElementReading(QObject):
    """Gives the elements of some images at a time, all of them or none."""

    ready = Signal()
    failed = Signal(object)  # MedviewerError

    def __init__(self, session: "ViewerSession", parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._known: dict[tuple[SliceKey, str], FileElements] = {}  # the one used last at the end
        self._wanted: tuple[tuple[SliceKey, str], ...] = ()
        self._places: tuple[StackSlice, ...] = ()
        self._encodings: tuple[str, ...] = ()
        self._task: Task | None = None
        self._rest = session.workers.timer(REST_MS, self._read)

    def want(self, places: Sequence[StackSlice], encodings: Sequence[str]) -> None:
        """Ask for images; `ready` tells when all are there.

        Parameters
        ----------
        encodings : sequence of str
            How the text of each is read, as the user chose for its study; "" as its file states.
        """
        wanted = tuple((place.key, encoding) for place, encoding in zip(places, encodings, strict=True))
        if wanted == self._wanted and (self._is_there or self._rest.isActive() or self._task is not None):
            return
        self._stop()
        self._wanted, self._places, self._encodings = wanted, tuple(places), tuple(encodings)
        if self._is_there:
            self.ready.emit()
        elif wanted:
            self._rest.start()

    def of(self, place: StackSlice, encoding: str) -> FileElements | None:
        """Return the elements of an image that have been read."""
        return self._known.get((place.key, encoding))

    def forget(self) -> None:
        """Keep nothing."""
        self._stop()
        self._wanted, self._places, self._encodings = (), (), ()
        self._known.clear()

    @property
    def _is_there(self) -> bool:
        return bool(self._wanted) and all(one in self._known for one in self._wanted)

    def _stop(self) -> None:
        self._rest.stop()
        if self._task is not None:
            self._task.cancel()
            self._task = None

    @Slot()
    def _read(self) -> None:
        places = [
            (key, place, encoding)
            for key, place, encoding in zip(self._wanted, self._places, self._encodings, strict=True)
            if key not in self._known
        ]

        def read() -> Generator[tuple[tuple[SliceKey, str], FileElements], None, None]:
            for key, place, encoding in places:
                yield key, self._session.elements_of(place.stack, place.index, encoding)

        about = {place.stack.identity.study_key for _, place, _ in places}
        self._task = self._session.task(read, ENDED, about)
        self._task.yielded.connect(self._take)
        self._task.failed.connect(partial(self._fail, self._task))
        self._task.submit()

    @Slot(object)
    def _take(self, found: tuple[tuple[SliceKey, str], FileElements]) -> None:
        key, elements = found
        self._known.pop(key, None)
        self._known[key] = elements
        while len(self._known) > KEPT:
            del self._known[next(iter(self._known))]
        if self._is_there:
            self._task = None
            self.ready.emit()

    def _fail(self, task: "Task", error: MedviewerError) -> None:
        if task is self._task:
            self._task = None
            self.failed.emit(error)
