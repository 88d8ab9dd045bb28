"""Workers without threads.

What happens when is decided by a seeded chance, in virtual time.
"""

import heapq
import itertools
from collections.abc import Callable, Generator
from functools import partial
from random import Random
from typing import Any

from medviewer.gui.tasks.tasks import Job, Pause, Report, Task, Workers

LONGEST_MS = 200.0


class VirtualTimer:
    """A single-shot timer that rings when virtual time has come so far."""

    def __init__(
        self, workers: "VirtualWorkers", milliseconds: float, on_timeout: Callable[[], None]
    ) -> None:
        self._workers, self._milliseconds, self._on_timeout = workers, milliseconds, on_timeout
        self._round = 0
        self._is_active = False

    def isActive(self) -> bool:  # Qt's name
        return self._is_active

    def start(self, milliseconds: float | None = None) -> None:
        self._round += 1
        self._is_active = True
        if milliseconds is not None:
            self._milliseconds = milliseconds
        self._workers.at(self._milliseconds, self._ring, self._round)

    def stop(self) -> None:
        self._round += 1
        self._is_active = False

    def _ring(self, started: int) -> None:
        if started == self._round:
            self._is_active = False
            self._on_timeout()


class VirtualWorkers(Workers):
    """Lanes that run one job after another in virtual time.

    Each step and each delivery has a delay of its own.

    The work of a step is done when its time comes, so an image can be overwritten before it is read; the
    report arrives later still. Reports of one lane keep their order, as queued signals do.
    """

    def __init__(self, seed: int = 0, longest_ms: float = LONGEST_MS) -> None:
        super().__init__()
        self.random = Random(seed)
        self._longest_ms = longest_ms
        self.now = 0.0
        self._events: list[tuple[float, int, Callable[..., None], tuple[Any, ...]]] = []
        self._order = itertools.count()
        self._waiting: dict[str, list[tuple[int, int, Task]]] = {}
        self._running: dict[str, Generator[Report, None, None]] = {}
        self._jobs: dict[Generator[Report, None, None], Job] = {}
        self._last_arrival: dict[str, float] = {}
        self._held: set[str] = set()
        self._unfinished: set[int] = set()

    def at(self, milliseconds: float, call: Callable[..., None], *values: Any) -> float:
        """Call something so much later; return when."""
        time = self.now + milliseconds
        heapq.heappush(self._events, (time, next(self._order), call, values))
        return time

    def advance(self, milliseconds: float) -> None:
        """Let virtual time pass."""
        end = self.now + milliseconds
        while self._events and self._events[0][0] <= end:
            self.now, _, call, values = heapq.heappop(self._events)
            call(*values)
        self.now = end

    def settle(self) -> None:
        """Let time pass until nothing happens any more."""
        while self._events:
            self.advance(self._events[0][0] - self.now)

    def now_ms(self) -> float:
        return self.now

    def timer(self, milliseconds: int, on_timeout: Callable[[], None]) -> Any:
        return VirtualTimer(self, milliseconds, on_timeout)

    @property
    def running(self) -> int:
        """Number of unfinished tasks."""
        return len(self._unfinished)

    def submit(self, task: Task) -> None:
        self._unfinished.add(task.job.number)
        task.finished.connect(partial(self._unfinished.discard, task.job.number))
        super().submit(task)

    def hold(self, lane: str) -> None:
        """Let a lane's next task hang until the lane is left or released."""
        self._held.add(lane)

    def release(self) -> None:
        """Let the lanes that hang go on."""
        held, self._held = self._held, set()
        for lane in sorted(held):
            self.at(0.0, self._begin, lane)

    def abandon(self, lane: str) -> None:
        self._held.discard(lane)
        self._waiting.pop(lane, None)
        self._running.pop(lane, None)
        super().abandon(lane)

    def shutdown(self, seconds: float = 0.0) -> bool:
        ended = super().shutdown(seconds)
        self._events.clear()
        return ended

    def _enqueue(self, task: Task) -> None:
        heapq.heappush(self._waiting.setdefault(task.lane, []), (task.priority, next(self._order), task))
        self.at(self._delay(), self._begin, task.lane)

    def _begin(self, lane: str) -> None:
        if lane in self._held or lane in self._running or not self._waiting.get(lane):
            return
        task = heapq.heappop(self._waiting[lane])[2]
        self._running[lane] = steps = task.job.steps()
        self._jobs[steps] = task.job
        self._step(lane, steps)

    def _step(self, lane: str, steps: Generator[Report, None, None]) -> None:
        if self._running.get(lane) is not steps:  # the lane was abandoned
            return
        report = next(steps, None)
        if report is None:
            del self._running[lane], self._jobs[steps]
            self._begin(lane)
            return
        if isinstance(report.content, Pause):
            self._rest(lane, steps, self.now + 1000 * report.content.seconds)
            return
        earliest = self._last_arrival.get(lane, 0.0)
        arrival = max(earliest, self.now + self._delay())
        self._last_arrival[lane] = self.at(arrival - self.now, self._deliver, report)
        self.at(self._delay(), self._step, lane, steps)

    def _rest(self, lane: str, steps: Generator[Report, None, None], until: float) -> None:
        if self._jobs[steps].may_go_on.is_set() or self.now >= until:
            self._step(lane, steps)
        else:
            self.at(1.0, self._rest, lane, steps, until)

    def _delay(self) -> float:
        longest = self._longest_ms
        return self.random.choice((0.0, 0.0, min(1.0, longest), self.random.uniform(0.0, longest)))
