"""The slices of a whole series, classified one after the other in batches."""

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import islice
from typing import TYPE_CHECKING, Final, TypeAlias

from medviewer.errors import MedviewerError
from medviewer.imaging.frame import Frame
from medviewer.inference.result import ModelResult

if TYPE_CHECKING:
    from medviewer.inference.classification.classifier import Classifier, Prepared

BATCH: Final = 16  # slices; while the networks compute on them the next ones are prepared

Read = Frame | MedviewerError
Waiting: TypeAlias = "Future[Prepared] | MedviewerError"


def classify_series(
    classifier: "Classifier", frames: Iterable[Read], answered: bool = False
) -> Iterator[ModelResult | MedviewerError]:
    """Yield the result of each frame, in order.

    The next ones are prepared while the network computes.

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
            waiting.append([_prepared(classifier, read, answered, ahead) for read in part])
            if len(waiting) > 1:
                yield from _answered(classifier, waiting.popleft())
        while waiting:
            yield from _answered(classifier, waiting.popleft())


def _prepared(classifier: "Classifier", read: Read, answered: bool, ahead: ThreadPoolExecutor) -> Waiting:
    if isinstance(read, MedviewerError):
        return read
    return ahead.submit(classifier.prepare, read, answered=answered)


def _answered(classifier: "Classifier", waiting: Sequence[Waiting]) -> Iterator[ModelResult | MedviewerError]:
    prepared = [one.result() for one in waiting if not isinstance(one, MedviewerError)]
    results = iter(classifier.answers(prepared))
    for one in waiting:
        yield one if isinstance(one, MedviewerError) else next(results)
