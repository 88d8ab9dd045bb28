"""Work for several workers in batches.

Answered in order, each batch as large as is quickly done.
"""

from collections import deque
from collections.abc import Callable, Generator, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import chain, islice
from typing import Final, TypeVar

from medviewer import limits
from medviewer.dicom.workers.patience import DiedError, TooSlowError

BATCH_SECONDS: Final = 0.05  # of frames: whoever needs one at once hardly waits for those that are under way

MOST_AHEAD: Final = 3  # batches, so that neither of two workers waits while frames are taken in order

Asked = TypeVar("Asked")
Outcome = TypeVar("Outcome")


class Pace:
    """Size of frame batches and number of batches requested ahead.

    As many frames as are read within BATCH_SECONDS. Of frames of which few go into memory one batch is
    asked for before its turn has come, as of the first, of which nothing is known.
    """

    def __init__(self) -> None:
        self.frames = 1
        self.ahead = 1

    def note(self, asked: int, answered: int, largest_bytes: int, seconds: float) -> None:
        """Record a batch: its answered frames, their size and its duration."""
        if answered < asked:
            self.frames = answered
        elif seconds < BATCH_SECONDS / 2:
            self.frames = 2 * asked
        self.frames = max(
            1, min(self.frames, limits.BATCH_FRAMES, limits.BATCH_BYTES // max(1, largest_bytes))
        )
        self.ahead = max(1, min(MOST_AHEAD, limits.CACHE_BYTES // max(1, largest_bytes)))

    def batches(self, waiting: Iterator[Asked]) -> Iterator[Sequence[Asked]]:
        """Yield batches at the present pace."""
        while batch := list(islice(waiting, self.frames)):
            yield batch


def in_order(
    batches: Iterator[Sequence[Asked]],
    ask: Callable[[Sequence[Asked]], list[Outcome]],
    failure: Callable[[Asked, Exception], Outcome],
    *,
    under_way: Callable[[], int],
    workers: int,
) -> Generator[list[tuple[Asked, Outcome]], None, None]:
    """Yield requests with their answers in order, some at a time.

    Parameters
    ----------
    ask : callable
        Returns the answers to the first of a batch, at least one; called in threads, which end with this.
        What it leaves is asked again.
    failure : callable
        The answer for the one that ended a worker. Of a batch that did so, each is asked alone.
    under_way : callable
        Returns how many batches are to be asked for before their turn has come, at least one.
    """
    waiting_answers: deque[tuple[Sequence[Asked], Future[list[Outcome]]]] = deque()
    first = list(islice(batches, 2))
    threads = ThreadPoolExecutor(workers) if len(first) > 1 else None  # which take longer than a short answer
    batches = chain(first, batches)

    def submitted(batch: Sequence[Asked]) -> tuple[Sequence[Asked], Future[list[Outcome]]]:
        return batch, _asked_here(ask, batch) if threads is None else threads.submit(ask, batch)

    def fill() -> None:
        for batch in islice(batches, max(0, under_way() - len(waiting_answers))):
            waiting_answers.append(submitted(batch))

    try:
        fill()
        while waiting_answers:
            batch, future = waiting_answers.popleft()
            try:
                answers = future.result()
            except (DiedError, TooSlowError) as error:
                if len(batch) > 1:  # one of them did it: take them one by one
                    waiting_answers.extendleft([submitted([one]) for one in batch][::-1])
                    continue
                answers = [failure(batch[0], error)]
            rest = batch[len(answers) :]
            if rest:
                waiting_answers.appendleft(submitted(rest))
            fill()
            yield list(zip(batch, answers, strict=False))
    finally:
        if threads is not None:
            threads.shutdown(cancel_futures=True)


def _asked_here(
    ask: Callable[[Sequence[Asked]], list[Outcome]], batch: Sequence[Asked]
) -> Future[list[Outcome]]:
    """Ask in this thread."""
    future: Future[list[Outcome]] = Future()
    try:
        future.set_result(ask(batch))
    except (DiedError, TooSlowError) as error:
        future.set_exception(error)
    return future
