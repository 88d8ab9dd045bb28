"""Asking a model about every slice of a series, or of several.

Slices are read and asked one after another behind everything else: a slice that is asked about by itself
comes next, and nothing that has its answer is asked again.
"""

from collections import deque
from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, Slot

from medviewer.errors import MedviewerError
from medviewer.gui.display import read_slices
from medviewer.gui.session.classifier_queue import (
    LOGGING_NOTICE,
    ClassifierQueue,
    DeliveredResult,
    LoggedRun,
)
from medviewer.gui.session.notices import Notices
from medviewer.gui.tasks import Task, Workers
from medviewer.imaging.frame import Frame
from medviewer.imaging.source import ImageSource, ReadStored, Slice, slice_of
from medviewer.translation import Message, message
from medviewer.viewer import models, state as display_state
from medviewer.viewer.notice import Notice
from medviewer.viewer.state import DisplayState, Token, was_asked
from medviewer.viewer.viewer import Viewer
from medviewer.viewer.viewer_state import SeriesProgress

if TYPE_CHECKING:
    from medviewer.gui.display import LoadedSlice

READ_LANE: Final = "series"
SERIES_NOTICE: Final = "series run"
"""The cause of the message that a run failed."""
ALL_NOTICE: Final = "run through all series"
"""The cause of the message how far a run through several series is."""

AHEAD: Final = 3
"""Slices that are read or wait for the model at a time; more would only fill the memory."""


class SeriesRun(QObject):
    """Asks the model about the slices of one stack after another.

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
        self._waiting: deque[tuple[ImageSource, bool]] = deque()
        self._number = self._count_of_series = 1
        self._left_out = 0
        self._is_taken = True

    @property
    def is_busy(self) -> bool:
        """Whether a series is being asked about."""
        return self._stack is not None

    def start(self, stack: ImageSource, device: str, *, answered: bool = False) -> None:
        """Ask about the slices of a stack that have no result of the chosen model.

        The model is loaded first where it is not; what was begun before ends. `answered`: the reader said
        yes to what is asked about the stack.
        """
        self.start_all(((stack, answered),), device)

    def start_all(self, wanted: Sequence[tuple[ImageSource, bool]], device: str) -> None:
        """Ask about several stacks, one after another.

        Those that the model is not made for, or of which the reader has to say yes to a question first, are
        left out, which the message at the end says.
        """
        self.cancel()
        if not wanted:
            return
        self._waiting = deque(wanted)
        self._number, self._count_of_series, self._left_out = 0, len(wanted), 0
        self._take_next()
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
            self._go_to_next()
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
        self._waiting.clear()
        self._notices.end(ALL_NOTICE)
        self.end_failure()
        if self._viewer.state.series_run is not None:
            self._viewer.change(series_run=None)

    @Slot()
    def end_unloaded(self) -> None:
        """End a run that waits for a model which could not be loaded."""
        if self._stack is not None and not self._of:
            self.cancel()

    @Slot()
    def end_failure(self) -> None:
        """Take back why a run failed, once another one can answer."""
        self._notices.end(SERIES_NOTICE)

    def end_closed(self) -> None:
        """End the run through a stack that is open no more."""
        stack, still = self._stack, {one.key for one in self._viewer.state.library.stacks}
        self._waiting = deque(wanted for wanted in self._waiting if wanted[0].key in still)
        if stack is None or stack.key in still:
            return
        if not self._waiting:
            self.cancel()
        elif self._of:
            self._go_to_next()
        else:  # the model is on its way
            self._take_next()

    def _take_next(self) -> None:
        """Make the next stack that waits the one that is asked about."""
        for task in self._tasks:
            task.cancel()
        self._left, self._tasks, self._done, self._of = deque(), [], 0, 0
        self._stack, self._answered = self._waiting.popleft()
        self._number += 1
        self._is_taken = self._count_of_series == 1
        self._tell()
        if self._count_of_series > 1:
            stop = (message("Cancel"), self.cancel)
            said = message(
                "Asking series {number} of {count}.", number=self._number, count=self._count_of_series
            )
            notice = Notice(said, severity="info", cause=ALL_NOTICE, stays=True, actions=(stop,))
            if self._number == 1:
                self._notices.tell(notice)
            else:
                self._notices.tell_again(notice)

    def _go_to_next(self) -> None:
        """Go on with the next stack, or end with a message."""
        if self._waiting:
            self._take_next()
            self.go_on()
            return
        count, left_out, has_asked = self._count_of_series, self._left_out, self._of > 0
        self.cancel()
        if count > 1:
            self._notices.tell(Notice(_summary(count, left_out), severity="info"))
        elif not has_asked:
            self._notices.tell(Notice(message("Every slice of the series has its answer."), severity="info"))

    def _tell(self, **changes: DisplayState) -> None:
        assert self._stack is not None
        run = SeriesProgress(self._stack.key, self._done, self._of, self._number, self._count_of_series)
        self._viewer.change(series_run=run, **changes)

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
            # guard(statement): a slice that cannot be read keeps no series without an answer
            self._count(display_state.note_unread(self._viewer.state.display, wanted.key))
            return
        if not self._is_taken:
            name, answered = self._viewer.state.model, self._answered
            if not models.takes_series(decoded.frame, name, answered=answered):
                self._left_out += 1
                self._go_to_next()
                return
            self._is_taken = True
        self._ask(wanted, decoded.frame)

    def _ask(self, wanted: Slice, frame: Frame) -> None:
        display = self._viewer.state.display
        token = Token(
            display.epoch,
            display_state.result_key(frame, display.model),
            wanted.source.identity.study_key,
            wanted.key,
        )
        task = self._queue.low_priority_task(frame, token, answered=self._answered)
        if task is None:  # the model has gone
            self.cancel()
            return
        task.yielded.connect(self._take_item)
        self._begin(task)

    @Slot(object)
    def _take_item(self, item: DeliveredResult | LoggedRun) -> None:
        if isinstance(item, LoggedRun):
            self._notices.tell_or_end(item.trouble, LOGGING_NOTICE)
            return
        display, _ = display_state.receive(self._viewer.state.display, item.token, item.result)
        self._count(display)

    def _count(self, display: DisplayState) -> None:
        """Show a state of the panes in which one slice more has its answer."""
        if self._stack is None:
            self._viewer.show(display)
            return
        self._done += 1
        self._tell(display=display)

    @Slot(object)
    def _on_failed(self, error: MedviewerError) -> None:
        about = () if self._stack is None else (self._stack.identity.study_key,)
        self.cancel()
        self._notices.tell_error(error, SERIES_NOTICE, about)

    def _on_finished(self, task: Task) -> None:
        if task not in self._tasks:
            return
        self._tasks.remove(task)
        self._feed()
        if not self._tasks and self._of:
            self._go_to_next()


def _summary(count: int, left_out: int) -> Message:
    """Return the message after a run through several series."""
    if not left_out:
        return message("All {count} series were asked.", count=count)
    return message(
        "{asked} of {count} series were asked. The model is not made for the others, or asks a question "
        "about them first.",
        asked=count - left_out,
        count=count,
    )
