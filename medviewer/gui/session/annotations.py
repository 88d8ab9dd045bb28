"""Loads annotations with their study, and saves each edit soon after it."""

import logging
from collections.abc import Collection, Generator
from functools import partial
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, Signal, Slot

from medviewer.errors import MedviewerError, UnsavedDrawingsError, WriteError
from medviewer.gui.tasks import Task, Workers
from medviewer.translation import NOTHING, Message, mark, message
from medviewer.viewer import annotations, memory
from medviewer.viewer.notice import Notice
from medviewer.viewer.viewer import Viewer
from medviewer.viewer.viewer_state import ViewerState

if TYPE_CHECKING:  # the first image does not wait for what reads them
    from medviewer.imaging.annotation import Annotations
    from medviewer.viewer.annotations import AnnotationStore, InFile

LANE: Final = "annotations"
LOAD_MS: Final = 50  # behind the first image of a study
SAVE_MS: Final = 500  # behind an edit: those of one drag are written once

NOT_KEPT: Final = message("Drawings are not kept: they are gone when the study is closed.")

BUSY: Final = mark("another window is writing")

_log = logging.getLogger(__name__)


class AnnotationSaver(QObject):
    """Reads the annotations of newly shown studies, and writes edited ones.

    It follows the viewer's state.
    """

    told = Signal(object)  # Notice
    failed = Signal(object, object)  # MedviewerError, cause
    saved = Signal(object)  # the cause of what was told of a study whose edits are in its file now
    not_unsaved = Signal(object)  # the same of a study whose unsaved edits were taken back, or are not kept

    def __init__(self, viewer: Viewer, workers: Workers, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._viewer, self._workers = viewer, workers
        self._stores: dict[str, AnnotationStore] = {}  # by Study Instance UID
        self._saving: set[str] = set()
        self._closed: set[str] = set()  # studies that leave when they are saved
        self._is_load_due = self._is_loss_told = False
        self._keeps = viewer.keeps_annotations
        self._load_soon = workers.timer(LOAD_MS, self._load)
        self._save_soon = workers.timer(SAVE_MS, self._save)
        viewer.follow(self._follow)

    def close(self, study_uids: Collection[str] | None = None) -> None:
        """Save unsaved annotations of closed studies, and forget the others.

        Parameters
        ----------
        study_uids : collection of str or None
            None: all.
        """
        self._closed |= set(self._stores) if study_uids is None else set(study_uids) & set(self._stores)
        self._save()
        self._forget_saved()

    def shutdown(self) -> None:
        """Save unsaved annotations for the last time, and forget all."""
        self.save_now(is_last=True)
        self._stores.clear()

    def save_now(self, *, is_last: bool = False) -> Message:
        """Save unsaved annotations while the window waits.

        Parameters
        ----------
        is_last : bool
            Nobody can be asked any more: other windows that write are waited for longer.

        Returns
        -------
        Message
            Why some of them would be lost, or NOTHING.
        """
        lost = NOTHING
        if not self._stores:
            return lost
        seconds = memory.ENDING_SECONDS if is_last else memory.LAST_SECONDS
        for study, store in list(self._stores.items()):
            save = partial(store.save_now, take=partial(self._take, study), is_last=is_last)
            try:
                is_saved = not self._is_unsaved(study) or save(self._present(study), seconds)
                reason = BUSY
            except WriteError as error:
                is_saved, reason = False, error.facts["reason"]
            if not is_saved:
                lost = UnsavedDrawingsError(reason=reason).message()
                _log.warning("the last annotations of a study are not saved")
        return lost

    def _follow(self, before: ViewerState, after: ViewerState) -> None:
        if self._keeps is not self._viewer.keeps_annotations:
            self._switch()
        if after.display is not before.display:
            shown = _studies_shown(after)
            self._closed -= shown
            if not self._is_load_due and not shown <= self._stores.keys():
                self._is_load_due = True
                self._load_soon.start()
        if after.annotations is not before.annotations:
            edited = [s for s, one in after.annotations.items() if one is not before.annotations.get(s)]
            if edited and not self._viewer.keeps_annotations:
                self._tell_not_kept()
            for study in edited:
                if not self._is_unsaved(study):  # what could not be saved was taken back
                    self.not_unsaved.emit(_cause(study))
            # only after an edit: on a full disk it would be tried again for ever
            if any(self._is_unsaved(study) for study in edited):
                self._save_soon.start()

    def _switch(self) -> None:
        """Begin or end keeping annotations."""
        self._keeps = self._viewer.keeps_annotations
        for study in self._stores:
            self.not_unsaved.emit(_cause(study))
        self._stores.clear()  # their files may be gone
        if self._keeps:
            self._is_load_due = True
            self._load_soon.start()
            self._save_soon.start()

    @Slot()
    def _load(self) -> None:
        self._is_load_due = False
        # guard(not self._viewer.keeps_annotations -> False): no annotation is read while none is kept
        if not self._viewer.keeps_annotations:
            return
        for study in sorted(_studies_shown(self._viewer.state) - self._stores.keys()):
            store = self._store(study)
            if store.has_stored:  # nothing is stored of most studies
                task = self._task(store.load())
                task.yielded.connect(partial(self._take, study))
                task.submit()

    @Slot()
    def _save(self) -> None:
        if self._keeps:
            self._viewer.heed_other_windows()
        for study in filter(self._is_unsaved, self._viewer.state.annotations):
            if study in self._saving:
                continue
            self._saving.add(study)
            task = self._task(self._store(study).save(self._present(study)))
            task.yielded.connect(partial(self._on_saved, study))
            task.failed.connect(partial(self._on_failed, study))
            task.finished.connect(partial(self._on_save_ended, study))
            task.submit()

    def _task(self, steps: "Generator[InFile, None, None]") -> Task:
        """Return the task that runs steps prepared in this thread."""
        return Task(lambda: steps, self._workers, LANE)

    def _store(self, study: str) -> "AnnotationStore":
        if study not in self._stores:
            self._stores[study] = annotations.AnnotationStore(study, self._may_write)
        return self._stores[study]

    def _may_write(self) -> bool:
        """Return whether annotations are kept now; called in a worker's thread."""
        return self._viewer.keeps_annotations and not self._viewer.memory.is_off_elsewhere()

    def _present(self, study: str) -> "Annotations":
        history = self._viewer.state.annotations.get(study)
        if history is None:
            return ()
        # guard(test): no key image is kept while memory is off
        if not self._viewer.memory.remember:
            return annotations.without_key_images(history.present)
        return history.present

    def _tell_not_kept(self) -> None:
        """Say once that annotations are lost with their study."""
        if not self._is_loss_told:
            self._is_loss_told = True
            hint = message("File > Preferences has the switch.")
            self.told.emit(Notice(NOT_KEPT, hint, "warning"))

    def _is_unsaved(self, study: str) -> bool:
        # guard(test): no annotation is written while none is kept
        if not self._viewer.keeps_annotations:
            return False
        return not self._store(study).is_saved(self._present(study))

    def _on_saved(self, study: str, found: "InFile") -> None:
        self._take(study, found)
        if found.is_busy:
            self._save_soon.start()
        elif not self._is_unsaved(study):
            self.saved.emit(_cause(study))

    def _take(self, study: str, found: "InFile") -> None:
        store = self._stores.get(study)
        if store is None:
            return  # it was closed meanwhile
        state = self._viewer.state
        before = annotations.history_of(state, study)
        after = store.take(found, before)
        if after != before:
            annotations.put_histories(self._viewer, {**state.annotations, study: after})
        if found.note:
            cause = _cause(study) if self._is_unsaved(study) else None  # it leaves when all is saved
            self.told.emit(Notice(found.note, severity="warning", cause=cause))

    def _on_failed(self, study: str, error: MedviewerError) -> None:
        """Show the error of a save.

        It is tried again with the next edit, and when the study or the program is closed.
        """
        if isinstance(error, WriteError):  # of which the reader knows neither file nor bytes
            error = UnsavedDrawingsError(reason=error.facts["reason"])
        self.failed.emit(error, _cause(study))

    def _on_save_ended(self, study: str) -> None:
        self._saving.discard(study)
        self._forget_saved()

    def _forget_saved(self) -> None:
        """Forget closed studies whose annotations are saved.

        Unsaved ones stay in memory.
        """
        leaving = {study for study in self._closed if not self._is_unsaved(study)}
        self._closed -= leaving
        for study in leaving:
            del self._stores[study]
        state = self._viewer.state
        kept = {study: one for study, one in state.annotations.items() if study not in leaving}
        if kept or state.annotations:
            annotations.put_histories(self._viewer, kept)


def _studies_shown(state: ViewerState) -> set[str]:
    return {pane.identity.study_instance_uid for pane in state.display.panes if pane is not None}


def _cause(study: str) -> tuple[str, str]:
    return LANE, study
