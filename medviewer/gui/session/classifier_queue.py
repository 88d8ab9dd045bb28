"""Classifying a frame in the one inference thread.

The model is loaded there when it is first needed.
"""

from collections.abc import Callable, Generator
from dataclasses import dataclass, replace
from functools import partial
from typing import Protocol

from PySide6.QtCore import QObject, Signal, Slot

from medviewer.errors import MedviewerError
from medviewer.gui.tasks import Task, Workers
from medviewer.imaging.frame import Frame
from medviewer.inference import classification
from medviewer.inference.result import ModelHashes, ModelResult
from medviewer.viewer.state import Token

SLOW_MS = 10_000
LOGGING_NOTICE = "logging"  # cause of a message
LOW_PRIORITY = 1  # of a series in the lane; a slice that is asked about by itself has 0


class FrameClassifier(Protocol):
    """Interface of a classifier; `inference.classification.Classifier` is one."""

    @property
    def model_sha256(self) -> str:
        """Hash of the model's weights."""

    @property
    def preprocessing_sha256(self) -> str:
        """Hash of the preprocessing."""

    @property
    def device(self) -> str:
        """Device of the model, in words."""

    def classify(self, frame: Frame, override: bool = False, answered: bool = False) -> ModelResult:
        """Return the model's result.

        The result's key is made from the pixels that were read.
        """

    def explained(self, frame: Frame, result: ModelResult) -> ModelResult:
        """Return a result of the frame with its heat map.

        Under the key of the pixels that were read.
        """

    def with_stability(self, frame: Frame, result: ModelResult) -> ModelResult:
        """Return a result of the frame with its stability.

        Under the key of the pixels that were read.
        """


@dataclass(frozen=True, slots=True, eq=False)
class PendingRequest:
    """A frame to classify as soon as the model is loaded.

    Parameters
    ----------
    override : bool
        Classify it although a gate refuses it.
    answered : bool
        The model's question was answered yes.
    explained : ModelResult or None
        The answer whose heat map is wanted; None: the answer itself is.
    """

    frame: Frame
    override: bool
    answered: bool
    explained: ModelResult | None = None


LoadClassifier = Callable[[str, str], FrameClassifier]
"""(name of a model, device) -> classifier"""


NoteRun = Callable[[ModelResult], None]
"""Writes a line for a result into the log; in the inference thread."""


def load_installed(model: str, device: str) -> FrameClassifier:
    """Load a classifier from its pack; called in the inference thread."""
    classifier: FrameClassifier = classification.load_classifier(model, device)
    return classifier


@dataclass(frozen=True, slots=True, eq=False)
class LoadedClassifier:
    """A classifier that is ready."""

    model: str
    classifier: FrameClassifier


@dataclass(frozen=True, slots=True, eq=False)
class DeliveredResult:
    """A result with the token under which it was asked for."""

    token: Token
    result: ModelResult
    is_answer: bool = True
    """It was asked for by itself; else it is an answer that was there, with more beside it."""


@dataclass(frozen=True, slots=True, eq=False)
class LoggedRun:
    """The end of a run, and why it could not be logged, if so."""

    trouble: MedviewerError | None


def load(load_classifier: LoadClassifier, model: str, device: str) -> Generator[LoadedClassifier, None, None]:
    """Yield the classifier."""
    yield LoadedClassifier(model, load_classifier(model, device))


def classify_frame(
    classifier: FrameClassifier, frame: Frame, token: Token, note: NoteRun, *, override: bool, answered: bool
) -> Generator[DeliveredResult | LoggedRun, None, None]:
    """Yield the result of a copy of the frame, then log the run.

    The copy is the worker's own, and its hash is taken anew: should the frame's memory have been used for
    another image meanwhile, the result's key tells.
    """
    # guard(-> frame): the classifier reads a copy of its own
    own = replace(frame, stored=frame.stored.copy())
    result, trouble = classifier.classify(own, override=override, answered=answered), None
    try:
        yield DeliveredResult(token, result)
    finally:  # a run that is no longer wanted has run all the same
        try:
            note(result)
        except MedviewerError as error:
            trouble = error
    yield LoggedRun(trouble)


def explain_frame(
    classifier: FrameClassifier, frame: Frame, token: Token, result: ModelResult
) -> Generator[DeliveredResult, None, None]:
    """Yield a result with the heat map of a copy of the frame.

    Under the key of the pixels that were read.
    """
    # guard(-> frame): a heat map is made from a copy of its own
    own = replace(frame, stored=frame.stored.copy())
    yield DeliveredResult(token, classifier.explained(own, result), is_answer=False)


def stability_of_frame(
    classifier: FrameClassifier, frame: Frame, token: Token, result: ModelResult
) -> Generator[DeliveredResult, None, None]:
    """Yield a result with the stability of a copy of the frame.

    Under the key of the pixels that were read.
    """
    # guard(-> frame): the changes of a picture are made to a copy of it
    own = replace(frame, stored=frame.stored.copy())
    yield DeliveredResult(token, classifier.with_stability(own, result), is_answer=False)


class ClassifierQueue(QObject):
    """Loads a model and classifies frames, one at a time.

    Of the waiting requests the latest wins.
    """

    loaded = Signal(object)
    received = Signal(object)
    logged = Signal(object)  # LoggedRun
    failed = Signal(object)
    slow = Signal()
    busy_changed = Signal(bool)
    tried_changed = Signal(object)  # the key of the result whose stability is being found, or None

    def __init__(
        self,
        workers: Workers,
        load_classifier: LoadClassifier,
        note_run: NoteRun,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._note_run = note_run
        self._workers = workers
        self._load_classifier = load_classifier
        self._classifier: FrameClassifier | None = None
        self._tasks: list[Task] = []
        self._loading: Task | None = None  # brings the model that is wanted; a canceled one brings none
        self._asked: PendingRequest | None = None  # to classify as soon as the model is loaded
        self._stability_task: Task | None = None  # finds a stability behind all else
        self._hangs = False
        self._slow_timer = workers.timer(SLOW_MS, self._on_slow)

    @property
    def is_ready(self) -> bool:
        """Whether a model is loaded."""
        return self._classifier is not None

    @property
    def is_busy(self) -> bool:
        """Whether something is being loaded or classified."""
        return bool(self._tasks)

    @property
    def device(self) -> str:
        """Device of the loaded model; empty before."""
        return "" if self._classifier is None else self._classifier.device

    @property
    def hashes(self) -> ModelHashes | None:
        """Hashes of the loaded model for a ResultKey."""
        if self._classifier is None:
            return None
        return ModelHashes(self._classifier.preprocessing_sha256, self._classifier.model_sha256)

    def load(self, model: str, device: str) -> None:
        """Load a model; `loaded` or `failed` follows."""
        self.cancel()
        self._classifier = None
        load_classifier = self._load_classifier
        task = Task(lambda: load(load_classifier, model, device), self._workers, "classify")
        task.yielded.connect(self._on_loaded)
        self._loading = task
        self._start(task)

    def unload(self) -> None:
        """Drop the model; another one is loaded when it is asked."""
        self.cancel()
        self._classifier = None

    def ask(self, asked: PendingRequest, model: str, device: str) -> None:
        """Load a model for a frame.

        It is kept for `take_asked` when `loaded` comes.
        """
        if self._loading is None:
            self.load(model, device)
        self._asked = asked

    def take_asked(self) -> PendingRequest | None:
        """Return and clear the frame to classify after loading, with its options."""
        asked, self._asked = self._asked, None
        return asked

    def classify(self, frame: Frame, token: Token, *, override: bool, answered: bool) -> None:
        """Classify a frame with the loaded model; `received` or `failed` follows."""
        classifier = self._classifier
        if classifier is None:
            return
        self._cancel_stability()
        for waiting in self._tasks:
            waiting.withdraw()
        task = Task(
            lambda: classify_frame(
                classifier, frame, token, self._note_run, override=override, answered=answered
            ),
            self._workers,
            "classify",
        )
        task.yielded.connect(self._on_yielded)
        self._start(task)

    def explain(self, frame: Frame, token: Token, result: ModelResult) -> None:
        """Make the heat map of a result; `received` or `failed` follows."""
        classifier = self._classifier
        if classifier is None:
            return
        for waiting in self._tasks:
            waiting.withdraw()
        task = Task(lambda: explain_frame(classifier, frame, token, result), self._workers, "classify")
        task.yielded.connect(self.received)
        self._start(task)

    def find_stability(self, frame: Frame, token: Token, result: ModelResult) -> None:
        """Find the stability of a result behind all else; `received` follows."""
        classifier = self._classifier
        if classifier is None:
            return
        self._cancel_stability()
        task = Task(
            lambda: stability_of_frame(classifier, frame, token, result),
            self._workers,
            "classify",
            priority=LOW_PRIORITY,
        )
        task.yielded.connect(self.received)
        task.failed.connect(self.failed)
        task.finished.connect(partial(self._on_stability_end, task))
        self._stability_task = task
        task.submit()
        self.tried_changed.emit(result.key)

    def _cancel_stability(self) -> None:
        if self._stability_task is not None:
            self._stability_task.cancel()
            self._stability_task = None
            self.tried_changed.emit(None)

    def _on_stability_end(self, task: Task) -> None:
        if task is self._stability_task:
            self._stability_task = None
            self.tried_changed.emit(None)

    def low_priority_task(self, frame: Frame, token: Token, *, answered: bool = False) -> Task | None:
        """Return a task that classifies a frame when nothing else is asked.

        None where no model is loaded. Connect its signals, then submit it.
        """
        classifier = self._classifier
        if classifier is None:
            return None
        return Task(
            lambda: classify_frame(
                classifier, frame, token, self._note_run, override=False, answered=answered
            ),
            self._workers,
            "classify",
            priority=LOW_PRIORITY,
        )

    def cancel(self) -> None:
        """Want no result any more.

        A model that hangs is left to itself and loaded again when needed.
        """
        self._asked = self._loading = None
        self._cancel_stability()
        for task in self._tasks:
            task.cancel()
        if self._hangs:
            self._hangs = False
            self._classifier = None
            self._workers.abandon("classify")

    def _start(self, task: Task) -> None:
        was_busy = self.is_busy
        self._tasks.append(task)
        task.failed.connect(self._on_failed)
        task.finished.connect(self._on_finished)
        task.submit()
        self._slow_timer.start()
        if not was_busy:
            self.busy_changed.emit(True)

    @Slot(object)
    def _on_yielded(self, item: DeliveredResult | LoggedRun) -> None:
        if isinstance(item, LoggedRun):
            self.logged.emit(item)
            return
        self._forget(self.sender())  # the card is drawn once: with its answer, and no longer at work
        self.received.emit(item)
        self._end_if_idle()

    @Slot(object)
    def _on_loaded(self, loaded: LoadedClassifier) -> None:
        self._classifier = loaded.classifier
        self.loaded.emit(loaded)

    @Slot(object)
    def _on_failed(self, error: MedviewerError) -> None:
        self._asked = None
        self.failed.emit(error)

    @Slot()
    def _on_finished(self) -> None:
        if self._forget(self.sender()):
            self._end_if_idle()

    def _forget(self, ended: QObject) -> bool:
        """Count on a task no longer; return whether it was counted on."""
        left = [task for task in self._tasks if task is not ended]
        was_there = len(left) < len(self._tasks)
        self._tasks = left
        if self._loading not in left:
            self._loading = None
        return was_there

    def _end_if_idle(self) -> None:
        if not self._tasks:
            self._hangs = False
            self._slow_timer.stop()
            self.busy_changed.emit(False)

    @Slot()
    def _on_slow(self) -> None:
        self._hangs = True
        self.slow.emit()
