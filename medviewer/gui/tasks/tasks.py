"""One mechanism for everything that takes time.

A generator of the core, run on a worker's thread. A task is made and watched in the window's thread. What
its generator yields comes back in order as `yielded`, save a `Pause`, for which the thread waits; a
MedviewerError as `failed`; anything else as `crashed`, described without its message, which may quote a
patient's data; `finished` always comes last. Canceling closes the generator at its next yield, and nothing
of a canceled task is delivered any more but `finished`.
"""

import itertools
import queue
import threading
import time
from collections.abc import Callable, Generator, Iterable
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import Any

from PySide6.QtCore import QObject, Qt, QTimer, Signal, Slot

from medviewer import diagnostics
from medviewer.errors import MedviewerError

MakeGenerator = Callable[[], Generator[Any, None, None]]

SHUTDOWN_SECONDS = 2.0


class Kind(Enum):
    """Kind of a report of a worker thread."""

    YIELDED = auto()
    FAILED = auto()
    CRASHED = auto()
    FINISHED = auto()


@dataclass(frozen=True, slots=True)
class Pause:
    """Pause of a generator until its task continues, with a limit."""

    seconds: float


@dataclass(frozen=True, slots=True)
class Report:
    """One message from a worker's thread about one job."""

    number: int
    kind: Kind
    content: object = None


@dataclass(slots=True, eq=False)
class Job:
    """The part of a task that the worker's thread holds.

    No QObject, so that none dies in that thread.
    """

    number: int
    make_generator: MakeGenerator
    started: bool = False  # these are set by one thread and read by the other; nobody waits for them
    cancelled: bool = False
    ends_early: bool = False
    may_go_on: threading.Event = field(default_factory=threading.Event)

    def steps(self) -> Generator[Report, None, None]:
        """Run the generator and yield its reports, `FINISHED` last."""
        self.started = True
        try:
            if not self.cancelled:
                yield from self._items()
        except MedviewerError as error:
            yield Report(self.number, Kind.FAILED, error)
        except Exception as error:  # the border: what is no MedviewerError is a crash
            diagnostics.record_crash(error)
            yield Report(self.number, Kind.CRASHED, diagnostics.describe(error))
        yield Report(self.number, Kind.FINISHED)

    def _items(self) -> Generator[Report, None, None]:
        generator = self.make_generator()
        try:
            for item in generator:
                if self.cancelled:
                    return
                yield Report(self.number, Kind.YIELDED, item)
                if self.ends_early or self.cancelled:
                    return
        finally:
            generator.close()


class _TaskThread:
    """One thread that runs jobs one after another, the most urgent first."""

    def __init__(self, name: str, report: Callable[[Report], None]) -> None:
        self._jobs: queue.PriorityQueue[tuple[int, int, Job | None]] = queue.PriorityQueue()
        self._order = itertools.count()
        self._report = report
        self.thread = threading.Thread(target=self._run, name=f"medviewer {name}", daemon=True)
        self.thread.start()

    def put(self, job: Job | None, priority: int) -> None:
        self._jobs.put((priority, next(self._order), job))

    def _run(self) -> None:
        while self._run_next():  # which leaves nothing of a job behind while it waits
            pass

    def _run_next(self) -> bool:
        """Run the next job; return whether there was one."""
        job = self._jobs.get()[2]
        if job is None:
            return False
        for report in job.steps():
            if isinstance(report.content, Pause):
                job.may_go_on.wait(report.content.seconds)
            elif report.kind is not Kind.YIELDED or report.content is not None:
                self._report(report)
        return True


class Task(QObject):
    """A generator that runs on a worker's thread.

    Its signals come in the window's thread.

    Parameters
    ----------
    make_generator : callable
        Called in the worker's thread; takes its values before, none from the window.
    workers : Workers
        Whose thread runs it.
    lane : str
        Tasks of one lane run one after another: "scan", "decode", "filter", "classify", "export" ...
    priority : int
        Within the lane, the smallest first.
    """

    yielded = Signal(object)
    failed = Signal(object)
    crashed = Signal(str)
    finished = Signal()

    def __init__(
        self,
        make_generator: MakeGenerator,
        workers: "Workers",
        lane: str,
        *,
        priority: int = 0,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self.lane = lane
        self.priority = priority
        self.job = Job(next(workers.numbers), make_generator)
        self._workers = workers

    @property
    def cancelled(self) -> bool:
        """Whether nothing more of it is wanted."""
        return self.job.cancelled

    def submit(self) -> None:
        """Hand it to its lane; connect the signals before."""
        self._workers.submit(self)

    def cancel(self) -> None:
        """Want nothing more of it: the generator is closed at its next yield."""
        self.job.cancelled = True
        self.go_on()

    def go_on(self) -> None:
        """Resume the task's generator for good."""
        self.job.may_go_on.set()

    def withdraw(self) -> None:
        """Cancel it if it has not begun.

        Otherwise let it end after the item that it is working on.
        """
        if self.job.started:
            self.job.ends_early = True
        else:
            self.job.cancelled = True

    def deliver(self, report: Report) -> None:
        """Turn a report of the worker into a signal, in the window's thread."""
        if report.kind is Kind.FINISHED:
            self.finished.emit()
        # guard(test): a canceled task delivers nothing
        elif self.cancelled:
            return
        elif report.kind is Kind.YIELDED:
            self.yielded.emit(report.content)
        elif report.kind is Kind.FAILED:
            self.failed.emit(report.content)
        else:
            self.crashed.emit(report.content)


class Workers(QObject):
    """The threads of one session, one for each lane, started when first used.

    They are Python's own daemon threads: a model or a codec that hangs can then not keep the program
    from ending, as a QThread would.
    """

    crashed = Signal(str)
    _reported = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.numbers = itertools.count(1)
        self._threads: dict[str, _TaskThread] = {}
        self._tasks: dict[int, Task] = {}
        self._closed = False
        self._reporting = threading.Lock()
        self._reported.connect(self._deliver, Qt.ConnectionType.QueuedConnection)

    def submit(self, task: Task) -> None:
        """Queue a task and keep it alive until it is finished."""
        if self._closed:
            task.cancel()
            return
        self._tasks[task.job.number] = task
        self._enqueue(task)

    def start_threads(self, lanes: Iterable[str]) -> None:
        """Start the threads of lanes before their first tasks.

        The window waits for each thread that it starts.
        """
        for lane in lanes:
            self._thread_of(lane)

    def now_ms(self) -> float:
        """Return the time since some moment, in ms; it never goes back."""
        return 1000 * time.monotonic()

    def timer(self, milliseconds: int, on_timeout: Callable[[], None]) -> QTimer:
        """Return a stopped single-shot timer that calls a bound method."""
        timer = QTimer(self)
        timer.setSingleShot(True)
        timer.setInterval(milliseconds)
        timer.timeout.connect(on_timeout)
        return timer

    def abandon(self, lane: str) -> None:
        """Abandon a lane with a hanging job.

        The next task of the lane gets a new thread.
        """
        abandoned = self._threads.pop(lane, None)
        if abandoned is not None:
            abandoned.put(None, -1)
        for task in [task for task in self._tasks.values() if task.lane == lane]:
            task.cancel()
            self._deliver(Report(task.job.number, Kind.FINISHED))

    def shutdown(self, seconds: float = SHUTDOWN_SECONDS) -> bool:
        """Cancel all tasks and wait for the threads.

        Return whether all ended in time.
        """
        with self._reporting:
            self._closed = True
        for task in self._tasks.values():
            task.cancel()
        for lane in self._threads.values():
            lane.put(None, -1)
        deadline = time.monotonic() + seconds
        for lane in self._threads.values():
            lane.thread.join(max(0.0, deadline - time.monotonic()))
        ended = not any(lane.thread.is_alive() for lane in self._threads.values())
        self._threads.clear()
        self._tasks.clear()
        return ended

    def _enqueue(self, task: Task) -> None:
        self._thread_of(task.lane).put(task.job, task.priority)

    def _thread_of(self, lane: str) -> _TaskThread:
        if lane not in self._threads:
            self._threads[lane] = _TaskThread(lane, self._report)
        return self._threads[lane]

    def _report(self, report: Report) -> None:
        """Send a report to the window's thread; called in a worker's."""
        with self._reporting:
            # a thread that was left to itself may outlive this object, which must not be touched then
            if not self._closed:
                self._reported.emit(report)

    @Slot(object)
    def _deliver(self, report: Report) -> None:
        task = self._tasks.get(report.number)
        if task is None:
            return
        if report.kind is Kind.FINISHED:
            del self._tasks[report.number]
        task.deliver(report)
        if report.kind is Kind.CRASHED and not task.cancelled:
            self.crashed.emit(report.content)
