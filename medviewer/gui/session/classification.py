"""Classification of slices: requests, and results received into the state."""

from collections.abc import Callable, Hashable
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot

from medviewer.errors import MedviewerError, ModelError
from medviewer.gui.session.classifier_queue import (
    LOGGING_NOTICE,
    ClassifierQueue,
    DeliveredResult,
    LoadClassifier,
    LoadedClassifier,
    LoggedRun,
    PendingRequest,
)
from medviewer.gui.session.notices import Notices
from medviewer.gui.tasks import Workers
from medviewer.imaging.source import SliceKey
from medviewer.inference import pack
from medviewer.inference.protection import LockedModelError
from medviewer.inference.result import ModelHashes, ResultKey
from medviewer.inference.tasks import scored
from medviewer.translation import message
from medviewer.viewer import state as display_state
from medviewer.viewer.notice import Notice
from medviewer.viewer.state import PaneState, Reception, Token
from medviewer.viewer.viewer import Viewer

if TYPE_CHECKING:
    from medviewer.inference.pack import InstalledModel

CLASSIFYING_NOTICE, SLOW_NOTICE = "classifying", "slow"  # causes of messages


class SliceClassifications(QObject):
    """Classifies the slices that are asked about.

    Parameters
    ----------
    load_classifier : callable
        (model, device) -> classifier; called in the inference thread.
    device : str
        Where models are to compute: "auto", "cpu" or "cuda".
    """

    model_changed = Signal(str, str)  # name, device ("" until loaded)
    busy_changed = Signal(bool)

    def __init__(
        self,
        viewer: Viewer,
        notices: Notices,
        workers: Workers,
        load_classifier: LoadClassifier,
        device: str,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._viewer, self._notices, self._device = viewer, notices, device
        self._waiting: Callable[[], None] | None = None  # asks again once the model was unlocked
        self._models: tuple[InstalledModel, ...] = ()  # of which the hashes are
        self._hashes: dict[str, ModelHashes] = {}
        self._study: Hashable = None  # of the slice that was last asked about
        self._slice: SliceKey | None = None
        self.queue = ClassifierQueue(workers, load_classifier, viewer.memory.note_run, self)
        self.queue.loaded.connect(self._on_loaded)
        self.queue.received.connect(self._on_received)
        self.queue.logged.connect(self._on_logged)
        self.queue.failed.connect(self._on_failed)
        self.queue.slow.connect(self._on_slow)
        self.queue.busy_changed.connect(self._on_busy)
        self.queue.tried_changed.connect(self._on_tried)
        viewer.change(model=pack.DEFAULT_MODEL)

    def use_model(self, name: str, device: str) -> None:
        """Choose the model for all later results.

        The old one's leave the screen at once.
        """
        self._device = device
        viewer = self._viewer
        # guard(display=viewer.state.display): choosing another model takes results off at once
        viewer.change(
            display=display_state.change_model(viewer.state.display, None), model=name, question=None
        )
        self._notices.end(CLASSIFYING_NOTICE)
        self.queue.load(name, device)
        self.model_changed.emit(name, "")

    def follow_model(self, name: str) -> None:
        """Take the model that fits the series, without loading it yet.

        Its earlier results come back at once where it was loaded before.
        """
        viewer = self._viewer
        if name == viewer.state.model:
            return
        # guard(-> display_state.change_model(viewer.state.display, viewer.state.display.model)):
        #     the results of the model before leave the screen
        display = display_state.change_model(viewer.state.display, self._hashes_of(name))
        # at once, so that nobody sees the answers of one model under the name of another
        viewer.change(display=display, model=name, question=None)
        self._notices.end(CLASSIFYING_NOTICE)
        self.queue.unload()
        self.model_changed.emit(name, "")

    def _hashes_of(self, name: str) -> ModelHashes | None:
        """Return the hashes of a model as it was loaded.

        None where it was not, and after any model was changed.
        """
        if self._viewer.state.models is not self._models:
            self._models, self._hashes = self._viewer.state.models, {}
        return self._hashes.get(name)

    def classify(self, pane: PaneState | None, *, override: bool, answered: bool) -> None:
        """Classify a pane's slice; where it has none, a message says so."""
        if pane is None or pane.frame is None:
            self._notices.tell(Notice(message("There is no picture to classify yet."), severity="info"))
            return
        self._notices.end(CLASSIFYING_NOTICE)
        self._study, self._slice = pane.identity.study_key, pane.slice_key
        if self.queue.is_ready:
            self.queue.classify(pane.frame, pane.token, override=override, answered=answered)
            return
        self._waiting = partial(self.classify, pane, override=override, answered=answered)
        wanted = PendingRequest(pane.frame, override, answered)
        self.queue.ask(wanted, self._viewer.state.model, self._device)

    def explain(self, pane: PaneState) -> None:
        """Make the heat map of the answer that a pane shows."""
        frame, result = pane.frame, pane.result
        if frame is None or result is None:
            return
        self._notices.end(CLASSIFYING_NOTICE)
        self._study, self._slice = pane.identity.study_key, pane.slice_key
        if self.queue.is_ready:
            self.queue.explain(frame, pane.token, result)
            return
        self._waiting = partial(self.explain, pane)
        wanted = PendingRequest(frame, override=False, answered=True, explained=result)
        self.queue.ask(wanted, self._viewer.state.model, self._device)

    @property
    def device(self) -> str:
        """The device that is wanted for the chosen model."""
        return self._device

    @Slot(object)
    def _on_loaded(self, loaded: LoadedClassifier) -> None:
        self._viewer.show(display_state.change_model(self._viewer.state.display, self.queue.hashes))
        if self._hashes_of(loaded.model) is None and self.queue.hashes is not None:
            self._hashes[loaded.model] = self.queue.hashes
        self._notices.end(CLASSIFYING_NOTICE)
        self.model_changed.emit(loaded.model, self.queue.device)
        asked, self._waiting = self.queue.take_asked(), None
        if asked is not None:
            display = self._viewer.state.display
            token = Token(
                display.epoch, display_state.result_key(asked.frame, display.model), self._study, self._slice
            )
            if asked.explained is not None:
                self.queue.explain(asked.frame, token, asked.explained)
                return
            self.queue.classify(asked.frame, token, override=asked.override, answered=asked.answered)

    @Slot(object)
    def _on_received(self, delivered: DeliveredResult) -> None:
        state, reception = display_state.receive(
            self._viewer.state.display, delivered.token, delivered.result
        )
        self._viewer.show(state)
        self._notices.end(CLASSIFYING_NOTICE)
        if delivered.is_answer and reception is Reception.PAINTED:
            self._find_stability(delivered)
        if reception is Reception.DROPPED and delivered.token.epoch >= state.valid_since:
            said = message("A result was thrown away: it was about another picture.")
            self._notices.tell(Notice(said, cause=CLASSIFYING_NOTICE, about=frozenset({self._study})))

    @Slot(object)
    def _on_logged(self, run: LoggedRun) -> None:
        self._notices.tell_or_end(run.trouble, LOGGING_NOTICE)

    def _find_stability(self, delivered: DeliveredResult) -> None:
        """Try small changes of the picture that an answer on the screen is about."""
        if delivered.result.stability is not None or scored(delivered.result) is None:
            return
        panes = (pane for pane in self._viewer.state.display.panes if pane is not None)
        frame = next((pane.frame for pane in panes if pane.token == delivered.token), None)
        stored = self._viewer.state.display.results.get(delivered.result.key)
        if frame is not None and stored is not None and stored.stability is None:
            self.queue.find_stability(frame, delivered.token, stored)

    @Slot()
    def _on_slow(self) -> None:
        said, hint = message("The classifier takes longer than usual."), message("Esc stops it.")
        self._notices.tell(Notice(said, hint, "warning", SLOW_NOTICE))

    @Slot(bool)
    def _on_busy(self, busy: bool) -> None:
        if not busy:
            self._notices.end(SLOW_NOTICE)
        self._viewer.change(is_classifying=busy)
        self.busy_changed.emit(busy)

    @Slot(object)
    def _on_tried(self, key: ResultKey | None) -> None:
        self._viewer.change(tried=key)

    @Slot(object)
    def _on_failed(self, error: MedviewerError) -> None:
        waiting, self._waiting = self._waiting, None
        if isinstance(error, LockedModelError) and waiting is not None:
            self._viewer.ui.unlock_model(self._viewer.state.model, waiting)
            return
        about = () if isinstance(error, ModelError) else {self._study}
        self._notices.tell_error(error, CLASSIFYING_NOTICE, about)
