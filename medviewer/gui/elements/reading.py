"""Reads the elements of images, and makes tables of them."""

from collections.abc import Generator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, Signal, Slot

from medviewer.dicom.elements import FileElements
from medviewer.dicom.model import StoredStack
from medviewer.errors import MedviewerError
from medviewer.imaging.source import ImageSource, SliceKey
from medviewer.translation import language
from medviewer.viewer.elements import HeaderTable, header_table

if TYPE_CHECKING:
    from medviewer.gui.session import ViewerSession
    from medviewer.gui.tasks import Task

REST_MS: Final = 60
"""Nothing is read of slices that fly past."""

BUSY_MS: Final = 200
"""What takes less is not worth a word."""

KEPT: Final = 8
KEPT_ELEMENTS: Final = 60_000
MADE_AT_ONCE: Final = 1_000
"""Elements whose rows are made in the window's thread, in some 20 ms."""

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


@dataclass(frozen=True, slots=True)
class Wanted:
    """The images of a table, and how it is written."""

    places: tuple[StackSlice, ...]
    encodings: tuple[str, ...]
    hides: bool
    language: str

    @property
    def keys(self) -> list[tuple[SliceKey, str]]:
        """The slices with the encodings of their text."""
        return [(place.key, encoding) for place, encoding in zip(self.places, self.encodings, strict=True)]


class ElementReading(QObject):
    """Gives the table of an image, or of two, made in a thread."""

    ready = Signal()
    failed = Signal(object)  # MedviewerError
    busy_changed = Signal(bool)

    def __init__(self, session: "ViewerSession", parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._known: dict[tuple[SliceKey, str], FileElements] = {}  # the one used last at the end
        self._wanted: Wanted | None = None
        self._table: HeaderTable | None = None  # of what is wanted
        self._task: Task | None = None
        self._is_busy = False
        self._rest = session.workers.timer(REST_MS, self._work)
        self._say_soon = session.workers.timer(BUSY_MS, self._say_busy)

    def want(self, places: Sequence[StackSlice], encodings: Sequence[str], *, hides: bool) -> None:
        """Ask for the table of images; `ready` tells when it is there.

        Parameters
        ----------
        encodings : sequence of str
            How the text of each is read, as the user chose for its study; "" as its file states.
        hides : bool
            Whether the identity is hidden.
        """
        wanted = Wanted(tuple(places), tuple(encodings), hides, language())
        is_coming = self._rest.isActive() or self._task is not None
        if wanted == self._wanted and (self._table is not None or is_coming):
            return
        self._stop()
        self._wanted = wanted if places else None
        known = [self._known[key] for key in wanted.keys if key in self._known]
        if not places:
            return
        if len(known) < len(places):
            self._say_soon.start()
            self._rest.start()
        elif sum(len(one.elements) for one in known) <= MADE_AT_ONCE:
            self._table = header_table(known, hides=hides)
            self.ready.emit()
        else:
            self._say_soon.start()
            self._work()

    def table(self, places: Sequence[StackSlice], *, hides: bool) -> HeaderTable | None:
        """Return the table, where it is of these images."""
        wanted = self._wanted
        # guard(hides != wanted.hides): no name is shown from before the identity was hidden
        if wanted is None or tuple(places) != wanted.places or hides != wanted.hides:
            return None
        return self._table

    def forget(self) -> None:
        """Keep nothing."""
        self._stop()
        self._wanted = None
        self._known.clear()

    def _stop(self) -> None:
        self._rest.stop()
        if self._task is not None:
            self._task.cancel()
        self._table = None
        self._end_work()

    def _end_work(self) -> None:
        self._task = None
        self._say_soon.stop()
        if self._is_busy:
            self._is_busy = False
            self.busy_changed.emit(False)

    @Slot()
    def _say_busy(self) -> None:
        self._is_busy = True
        self.busy_changed.emit(True)

    @Slot()
    def _work(self) -> None:
        wanted = self._wanted
        if wanted is None:
            return
        known = dict(self._known)

        def work() -> Generator[tuple[tuple[SliceKey, str], FileElements] | HeaderTable, None, None]:
            for key, place, encoding in zip(wanted.keys, wanted.places, wanted.encodings, strict=True):
                if key not in known:
                    known[key] = self._session.elements_of(place.stack, place.index, encoding)
                    yield key, known[key]
            yield header_table([known[key] for key in wanted.keys], hides=wanted.hides)

        about = {place.stack.identity.study_key for place in wanted.places}
        self._task = self._session.task(work, ENDED, about)
        self._task.yielded.connect(self._take)
        self._task.failed.connect(partial(self._fail, self._task))
        self._task.submit()

    @Slot(object)
    def _take(self, found: tuple[tuple[SliceKey, str], FileElements] | HeaderTable) -> None:
        if isinstance(found, HeaderTable):
            self._table = found
            self._end_work()
            self.ready.emit()
            return
        key, elements = found
        self._known.pop(key, None)
        self._known[key] = elements
        kept = sum(len(one.elements) for one in self._known.values())
        while len(self._known) > KEPT or (kept > KEPT_ELEMENTS and len(self._known) > 2):
            oldest = next(iter(self._known))
            kept -= len(self._known.pop(oldest).elements)

    def _fail(self, task: "Task", error: MedviewerError) -> None:
        if task is self._task:
            self._end_work()
            self.failed.emit(error)
