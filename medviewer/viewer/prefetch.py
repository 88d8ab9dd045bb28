"""Which frames are read before anyone asks for them: a list that the window changes and readers work off."""

import threading
from collections import deque
from collections.abc import Generator, Iterable

from medviewer.dicom.model import FrameReference


class ReadingAhead:
    """Frames to read, the next one first; shared by the window's thread and those of the readers.

    A reader takes one frame at a time, so that a new list holds at once and none of it is read twice.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._next: deque[FrameReference] = deque()
        self._under_way: set[FrameReference] = set()

    @property
    def is_done(self) -> bool:
        """Whether no frame is left to be taken."""
        return not self._next

    def request(self, references: Iterable[FrameReference]) -> None:
        """Replace the list; what is being read already is left out."""
        with self._lock:
            self._next = deque(one for one in references if one not in self._under_way)

    def is_under_way(self, reference: FrameReference) -> bool:
        """Whether a reader has taken the frame and it has not arrived yet."""
        return reference in self._under_way

    def arrived(self, reference: FrameReference) -> None:
        """Note that a frame, or its error, is here."""
        with self._lock:
            self._under_way.discard(reference)

    def taken(self) -> Generator[FrameReference, None, None]:
        """Yield frame after frame to one reader, in its own thread, until the list is empty."""
        while True:
            with self._lock:
                if not self._next:
                    return
                reference = self._next.popleft()
                self._under_way.add(reference)
            yield reference
