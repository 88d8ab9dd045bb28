"""Processing of the next slices, in pauses.

A scroll step then finds it.
"""

from collections.abc import Callable, Generator, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot

from medviewer.gui.display.processing import ProcessingRequest, compute
from medviewer.gui.tasks import Task, Workers

if TYPE_CHECKING:
    from medviewer.imaging.processing import RecentResults

PAUSE_MS = 40
"""So long nothing was scrolled: before that the time is the shown slice's."""

LAST = 2  # priority in the filter lane: after what the panes show, its full variant too


def compute_ahead(
    requests: Sequence[ProcessingRequest], recent: "RecentResults"
) -> Generator[None, None, None]:
    """Store the fast variants of requests in `recent`.

    Yields where it can be given up.
    """
    for request in requests:
        for _ in compute(request, at_rest=False, recent=recent):
            yield None


class ProcessingAhead(QObject):
    """Processes slices ahead, stopping when the panes change.

    Parameters
    ----------
    next_requests : callable
        Returns what is missing of the next slice that is not ready, [] where nothing more is to be computed.
    recent : callable
        Returns where results go; called in the window's thread.
    """

    computed = Signal()  # a slice is ready

    def __init__(
        self,
        workers: Workers,
        next_requests: Callable[[], Sequence[ProcessingRequest]],
        recent: Callable[[], "RecentResults"],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._workers = workers
        self._next_requests = next_requests
        self._recent = recent
        self._task: Task | None = None
        self._tried: Sequence[ProcessingRequest] = ()  # last; those that fail stay missing
        self._is_out_of_work = False
        self._pause = workers.timer(PAUSE_MS, self._go_on)

    def wait(self) -> None:
        """Leave the time to the panes, which show something else.

        Go on when that rests.
        """
        self.stop()
        self._pause.start()

    def look_again(self) -> None:
        """Look for requests again where there were none.

        A frame has come that they may be about.
        """
        if self._is_out_of_work:
            self._is_out_of_work = False
            self._pause.start()

    def stop(self) -> None:
        """Compute nothing more until `wait` is called."""
        self._pause.stop()
        self._is_out_of_work, self._tried = False, ()
        if self._task is not None:
            self._task.cancel()
            self._task = None

    @Slot()
    def _go_on(self) -> None:
        requests = self._next_requests()
        self._is_out_of_work = all(any(map(one.is_answered_by, self._tried)) for one in requests)
        if self._is_out_of_work:
            return
        self._tried = requests
        recent = self._recent()
        task = self._task = Task(
            lambda: compute_ahead(requests, recent), self._workers, "filter", priority=LAST
        )
        task.finished.connect(self._on_finished)
        task.submit()

    @Slot()
    def _on_finished(self) -> None:
        if self.sender() is self._task:
            self._task = None
            self.computed.emit()
            self._go_on()
