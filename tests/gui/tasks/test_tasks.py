"""How tasks run, end, fail and are canceled."""

import threading
import weakref
from collections.abc import Generator, Iterator
from functools import partial
from typing import Any

import pytest
from PySide6.QtCore import QThread
from pytestqt.qtbot import QtBot

from medviewer.errors import MedviewerError, MissingFileError
from medviewer.gui.tasks.tasks import Pause, Task, Workers


@pytest.fixture
def workers(qapp: object) -> Iterator[Workers]:
    workers = Workers()
    yield workers
    assert workers.shutdown()
    workers.deleteLater()


class Heard:
    """Remembers in which order signals came."""

    def __init__(self, task: Task) -> None:
        self.said: list[tuple[str, Any]] = []
        task.yielded.connect(self.yielded)
        task.failed.connect(self.failed)
        task.crashed.connect(self.crashed)
        task.finished.connect(self.finished)

    def yielded(self, item: object) -> None:
        self.said.append(("yielded", item))

    def failed(self, error: object) -> None:
        self.said.append(("failed", error))

    def crashed(self, text: str) -> None:
        self.said.append(("crashed", text))

    def finished(self) -> None:
        self.said.append(("finished", QThread.currentThread().isMainThread()))


def count(to: int) -> Generator[int, None, None]:
    yield from range(to)


def test_items_come_in_order_and_finished_last_in_the_windows_thread(qtbot: QtBot, workers: Workers) -> None:
    task = Task(lambda: count(50), workers, "a")
    heard = Heard(task)
    with qtbot.waitSignal(task.finished):
        task.submit()
    assert heard.said == [*[("yielded", n) for n in range(50)], ("finished", True)]


def test_the_generator_runs_in_another_thread(qtbot: QtBot, workers: Workers) -> None:
    def where() -> Generator[int, None, None]:
        yield threading.get_ident()

    task = Task(where, workers, "a")
    heard = Heard(task)
    with qtbot.waitSignal(task.finished):
        task.submit()
    assert heard.said[0][1] != threading.get_ident()


def test_an_expected_error_arrives_as_it_is(qtbot: QtBot, workers: Workers) -> None:
    def fail() -> Generator[int, None, None]:
        yield 1
        raise MissingFileError(path="a.dcm", detail="gone")

    task = Task(fail, workers, "a")
    heard = Heard(task)
    with qtbot.waitSignal(task.finished):
        task.submit()
    assert [kind for kind, _ in heard.said] == ["yielded", "failed", "finished"]
    assert isinstance(heard.said[1][1], MedviewerError)


def test_a_crash_is_described_without_what_its_message_quotes(qtbot: QtBot, workers: Workers) -> None:
    def crash() -> Generator[int, None, None]:
        yield 1
        raise ValueError("Doe^Jane")

    task = Task(crash, workers, "a")
    heard = Heard(task)
    with qtbot.waitSignals([task.finished, workers.crashed]):
        task.submit()
    assert [kind for kind, _ in heard.said] == ["yielded", "crashed", "finished"]
    assert "ValueError" in heard.said[1][1]
    assert "in crash" in heard.said[1][1]
    assert "Doe" not in heard.said[1][1]


def test_a_lane_goes_on_after_a_crash(qtbot: QtBot, workers: Workers) -> None:
    def crash() -> Generator[int, None, None]:
        yield 1
        raise ValueError

    Task(crash, workers, "a").submit()
    task = Task(lambda: count(1), workers, "a")
    with qtbot.waitSignal(task.yielded):
        task.submit()


class Gate:
    """A generator that waits at its first item, and notes its closing."""

    def __init__(self) -> None:
        self.reached, self.opened, self.closed = threading.Event(), threading.Event(), threading.Event()
        self.steps = 0

    def run(self) -> Generator[int, None, None]:
        try:
            while True:
                self.reached.set()
                self.opened.wait(10)
                self.steps += 1
                yield self.steps
        finally:
            self.closed.set()


LONG = 60.0


@pytest.mark.parametrize(("end", "items"), [("go_on", [1, 2]), ("cancel", [])])
def test_a_rest_lasts_until_the_task_is_told_to_go_on_or_cancelled(
    end: str, items: list[int], qtbot: QtBot, workers: Workers
) -> None:
    rested = threading.Event()

    def work() -> Generator[object, None, None]:
        yield 1
        yield Pause(LONG)
        rested.set()
        yield 2

    task = Task(work, workers, "a")
    heard = Heard(task)
    with qtbot.waitSignal(task.yielded):
        task.submit()
    assert not rested.is_set()
    with qtbot.waitSignal(task.finished):
        getattr(task, end)()
    assert [item for kind, item in heard.said if kind == "yielded"] == (items or [1])
    assert rested.is_set() == bool(items)


def test_a_rest_ends_by_itself(qtbot: QtBot, workers: Workers) -> None:
    def work() -> Generator[object, None, None]:
        yield Pause(0.001)
        yield 2

    task = Task(work, workers, "a")
    heard = Heard(task)
    with qtbot.waitSignal(task.finished):
        task.submit()
    assert heard.said == [("yielded", 2), ("finished", True)]


def test_cancelling_closes_the_generator_at_its_next_yield_and_delivers_nothing_more(
    qtbot: QtBot, workers: Workers
) -> None:
    gate = Gate()
    task = Task(gate.run, workers, "a")
    heard = Heard(task)
    task.submit()
    assert gate.reached.wait(10)
    task.cancel()
    with qtbot.waitSignal(task.finished):
        gate.opened.set()
    assert gate.closed.is_set()
    assert gate.steps == 1
    assert [kind for kind, _ in heard.said] == ["finished"]


def test_withdrawing_spares_what_is_being_worked_on(qtbot: QtBot, workers: Workers) -> None:
    gate = Gate()
    running, waiting = Task(gate.run, workers, "a"), Task(lambda: count(3), workers, "a")
    heard = Heard(waiting)
    running.submit()
    waiting.submit()
    assert gate.reached.wait(10)
    running.withdraw()
    waiting.withdraw()
    assert (running.cancelled, waiting.cancelled) == (False, True)
    with qtbot.waitSignals([running.yielded, waiting.finished]):
        gate.opened.set()
    assert gate.steps == 1
    assert gate.closed.is_set()
    assert [kind for kind, _ in heard.said] == ["finished"]


def test_the_most_urgent_task_of_a_lane_goes_first(qtbot: QtBot, workers: Workers) -> None:
    gate = Gate()
    order: list[str] = []

    def note(name: str) -> Generator[int, None, None]:
        order.append(name)
        yield 0

    first = Task(gate.run, workers, "a")
    first.submit()
    assert gate.reached.wait(10)
    later = Task(lambda: note("later"), workers, "a", priority=2)
    urgent = Task(lambda: note("urgent"), workers, "a", priority=0)
    later.submit()
    urgent.submit()
    first.cancel()
    with qtbot.waitSignal(later.finished):
        gate.opened.set()
    assert order == ["urgent", "later"]


def test_a_lane_that_hangs_can_be_left_behind(qtbot: QtBot, workers: Workers) -> None:
    gate = Gate()
    hanging = Task(gate.run, workers, "a")
    hanging.submit()
    assert gate.reached.wait(10)
    with qtbot.waitSignal(hanging.finished):
        workers.abandon("a")
    task = Task(lambda: count(1), workers, "a")
    with qtbot.waitSignal(task.yielded):
        task.submit()
    gate.opened.set()
    assert gate.closed.wait(10)


def test_shutting_down_does_not_wait_for_ever(qapp: object) -> None:
    workers, gate = Workers(), Gate()
    Task(gate.run, workers, "a").submit()
    assert gate.reached.wait(10)
    assert not workers.shutdown(seconds=0.05)
    gate.opened.set()
    assert gate.closed.wait(10)


def test_after_the_shutdown_nothing_begins(qapp: object) -> None:
    workers = Workers()
    assert workers.shutdown()
    task = Task(lambda: count(1), workers, "a")
    task.submit()
    assert task.cancelled


def test_what_was_already_under_way_when_a_task_was_cancelled_is_not_delivered(
    qtbot: QtBot, workers: Workers
) -> None:
    sent = threading.Event()

    def send() -> Generator[int, None, None]:
        yield 1
        sent.set()

    task = Task(send, workers, "a")
    heard = Heard(task)
    task.submit()
    assert sent.wait(10)
    task.cancel()
    with qtbot.waitSignal(task.finished):
        pass
    assert [kind for kind, _ in heard.said] == ["finished"]


class Pixels:
    """Stands for an image."""


def test_a_thread_that_waits_holds_nothing_of_its_last_job(qtbot: QtBot, workers: Workers) -> None:
    pixels = Pixels()
    seen = weakref.ref(pixels)

    def made(pixels: Pixels) -> Generator[None, None, None]:
        yield None

    task = Task(partial(made, pixels), workers, "filter")
    with qtbot.waitSignal(task.finished):
        task.submit()
    del pixels, task
    qtbot.waitUntil(lambda: seen() is None)
