"""The slices of a whole series, classified one after the other in batches."""

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import islice
from typing import TYPE_CHECKING, Final

from medviewer.errors import MedviewerError
from medviewer.imaging.frame import Frame
from medviewer.inference.prediction import Outcome

if TYPE_CHECKING:
    from medviewer.inference.classifier import Classifier, Prepared

BATCH: Final = 16  # slices; while the networks compute on them the next ones are prepared

Read = Frame | MedviewerError
Waiting = tuple[Read, "Future[Prepared] | None"]


def classify_series(
    classifier: "Classifier", frames: Iterable[Read], answered: bool = False
) -> Iterator[tuple[Read, Outcome | MedviewerError]]:
    """Yield each frame with its outcome, in order; the next ones are prepared while the network computes.

    Parameters
    ----------
    frames : iterable
        Frames, or the errors of those that could not be read, which are passed on.
    answered : bool
        As `Classifier.classify` has it.
    """
    with ThreadPoolExecutor(1, "prepare") as ahead:
        waiting: deque[list[Waiting]] = deque()
        rest = iter(frames)
        while part := tuple(islice(rest, BATCH)):
            waiting.append([(read, _prepared(classifier, read, answered, ahead)) for read in part])
            if len(waiting) > 1:
                yield from _answered(classifier, waiting.popleft())
        while waiting:
            yield from _answered(classifier, waiting.popleft())


def _prepared(
    classifier: "Classifier", read: Read, answered: bool, ahead: ThreadPoolExecutor
) -> "Future[Prepared] | None":
    if isinstance(read, MedviewerError):
        return None
    return ahead.submit(classifier.prepare, read, answered=answered)


def _answered(
    classifier: "Classifier", waiting: "Sequence[Waiting]"
) -> Iterator[tuple[Read, Outcome | MedviewerError]]:
    outcomes = iter(classifier.answers([future.result() for _, future in waiting if future is not None]))
    for read, _ in waiting:
        yield read, read if isinstance(read, MedviewerError) else next(outcomes)
