"""Asking a model about every slice of a series.

Slices are read and asked one after another behind everything else: a slice that is asked about by itself
comes next, and nothing that has its answer is asked again.
"""

from collections import deque
from functools import partial
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, Slot

from medviewer.errors import MedviewerError
from medviewer.gui.display import read_slices
from medviewer.gui.session.classifier_queue import LOGGING_NOTICE, ClassifierQueue, DeliveredResult
from medviewer.gui.session.notices import Notices
from medviewer.gui.tasks import Task, Workers
from medviewer.imaging.frame import Frame
from medviewer.imaging.source import ImageSource, ReadStored, Slice, slice_of
from medviewer.translation import message
from medviewer.viewer import state as display_state
from medviewer.viewer.notice import Notice
from medviewer.viewer.state import Token, was_asked
from medviewer.viewer.viewer import Viewer
from medviewer.viewer.viewer_state import SeriesProgress

if TYPE_CHECKING:
    from medviewer.gui.display import LoadedSlice

READ_LANE: Final = "series"
SERIES_NOTICE: Final = "series run"
"""The cause of the message that a run failed."""

AHEAD: Final = 3
"""Slices that are read or wait for the model at a time; more would only fill the memory."""


class SeriesRun(QObject):
    """Asks the model about the slices of one stack at a time.

    Parameters
    ----------
    read_stored : callable
        Reads the original of a slice, in a worker's thread.
    """

    def __init__(
        self,
        viewer: Viewer,
        notices: Notices,
        workers: Workers,
        read_stored: ReadStored,
        queue: ClassifierQueue,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._viewer, self._notices, self._workers = viewer, notices, workers
        self._read_stored, self._queue = read_stored, queue
        self._stack: ImageSource | None = None
        self._left: deque[Slice] = deque()
        self._tasks: list[Task] = []
        self._done = self._of = 0
        self._answered = False

    @property
    def is_busy(self) -> bool:
        """Whether a series is being asked about."""
        return self._stack is not None

    def start(self, stack: ImageSource, device: str, *, answered: bool = False) -> None:
        """Ask about the slices of a stack that have no result of the chosen model.

        The model is loaded first where it is not; what was begun before ends. `answered`: the reader said
        yes to what is asked about the stack.
        """
        self.cancel()
        self._stack, self._answered = stack, answered
        self._tell()
        if self._queue.is_ready:
            self.go_on()
        elif not self._queue.is_busy:
            self._queue.load(self._viewer.state.model, device)

    @Slot()
    def go_on(self) -> None:
        """Begin with the model that is loaded now, where a series waits for one."""
        stack = self._stack
        if stack is None or self._of:
            return
        display = self._viewer.state.display
        keys = enumerate(map(stack.slice_key, range(len(stack))))
        missing = [place for place, key in keys if not was_asked(display, key)]
        if not missing:
            self._notices.tell(Notice(message("Every slice of the series has its answer."), severity="info"))
            self.cancel()
            return
        self._notices.end(SERIES_NOTICE)
        self._left = deque(slice_of(stack, place) for place in missing)
        self._of = len(missing)
        self._tell()
        self._feed()

    @Slot()
    def cancel(self) -> None:
        """Ask about no further slice.

        Those with an answer keep it.
        """
        for task in self._tasks:
            task.cancel()
        self._left, self._tasks, self._stack = deque(), [], None
        self._done = self._of = 0
        if self._viewer.state.series_run is not None:
            self._viewer.change(series_run=None)

    def end_closed(self) -> None:
        """End the run where its stack is open no more."""
        stack = self._stack
        if stack is not None and not any(one.key == stack.key for one in self._viewer.state.library.stacks):
            self.cancel()

    def _tell(self) -> None:
        assert self._stack is not None
        self._viewer.change(series_run=SeriesProgress(self._stack.key, self._done, self._of))

    def _feed(self) -> None:
        while self._left and len(self._tasks) < AHEAD:
            wanted = self._left.popleft()
            read_slice = partial(Slice.read, read_stored=self._read_stored)
            task = Task(partial(read_slices, read_slice, (wanted,), 0), self._workers, READ_LANE)
            task.yielded.connect(partial(self._take_frame, task, wanted))
            self._begin(task)

    def _begin(self, task: Task) -> None:
        task.failed.connect(self._on_failed)
        task.finished.connect(partial(self._on_finished, task))
        self._tasks.append(task)
        task.submit()

    def _take_frame(self, task: Task, wanted: Slice, decoded: "LoadedSlice | None") -> None:
        if decoded is None or task not in self._tasks:  # it goes on, or nothing of it is wanted any more
            return
        if decoded.frame is None:
            self._count()
            return
        self._ask(wanted, decoded.frame)

    def _ask(self, wanted: Slice, frame: Frame) -> None:
        display = self._viewer.state.display
        token = Token(
            display.epoch,
            display_state.result_key(frame, display.model),
            wanted.source.identity.study_key,
            wanted.key,
        )
        task = self._queue.later(frame, token, answered=self._answered)
        if task is None:  # the model has gone
            self.cancel()
            return
        task.yielded.connect(self._take_result)
        self._begin(task)

    @Slot(object)
    def _take_result(self, delivered: DeliveredResult) -> None:
        state, _ = display_state.receive(self._viewer.state.display, delivered.token, delivered.result)
        self._viewer.show(state)
        self._notices.tell_or_end(delivered.trouble, LOGGING_NOTICE)
        self._count()

    def _count(self) -> None:
        if self._stack is not None:
            self._done += 1
            self._tell()

    @Slot(object)
    def _on_failed(self, error: MedviewerError) -> None:
        about = () if self._stack is None else (self._stack.identity.study_key,)
        self._notices.tell_error(error, SERIES_NOTICE, about)
        self.cancel()

    def _on_finished(self, task: Task) -> None:
        if task not in self._tasks:
            return
        self._tasks.remove(task)
        self._feed()
        if not self._tasks and self._of:
            self.cancel()
