"""Keeps each verdict of the reader soon after it was given or taken back."""

from collections import deque
from collections.abc import Generator
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, Signal

from medviewer.errors import MedviewerError
from medviewer.gui.tasks import Task, Workers
from medviewer.inference import verdicts as kept_verdicts
from medviewer.inference.result import ResultKey
from medviewer.inference.verdicts import Verdict, question_of
from medviewer.viewer import state as display_state, verdicts
from medviewer.viewer.series_answer import answer_on_series
from medviewer.viewer.state import DisplayState
from medviewer.viewer.viewer import Viewer
from medviewer.viewer.viewer_state import ViewerState

if TYPE_CHECKING:
    from medviewer.inference.verdicts import EarlierVerdicts, SaidVerdict

LANE: Final = "verdicts"
KEEPING: Final = "keeping verdicts"
"""The cause of the message that one could not be kept."""


class VerdictKeeper(QObject):
    """Follows the viewer's state and writes the reader's verdicts."""

    failed = Signal(object, object)  # MedviewerError, cause
    kept = Signal(object)  # the cause

    def __init__(self, viewer: Viewer, workers: Workers, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._viewer, self._workers = viewer, workers
        self._unwritten: deque[tuple[SaidVerdict, str]] = deque()
        self._is_unread = True  # what was said before, of what is opened
        viewer.follow(self._follow)

    def shutdown(self) -> None:
        """Write the remaining verdicts before the program ends."""
        for _ in self._write():
            pass

    def _follow(self, before: ViewerState, after: ViewerState) -> None:
        old, new = before.display, after.display
        if self._is_unread and after.library.stacks and after.library is not before.library:
            self._is_unread = False
            self._read()
        if new.verdicts is old.verdicts and new.series_verdicts is old.series_verdicts:
            return
        said = [*_changed_on_slices(old, new), *_changed_on_series(old, new, after)]
        if not said or not self._viewer.memory.remember:
            return
        self._viewer.heed_other_windows()
        self._is_unread = True  # a study that is closed and opened again has forgotten its own
        self._unwritten += [(one, verdicts.now()) for one in said]
        task = Task(self._write, self._workers, LANE)
        task.yielded.connect(self._on_written)
        task.submit()

    def _read(self) -> None:
        """Read the verdicts that were kept, those of earlier sessions too."""
        if not self._viewer.memory.remember:
            return
        task = Task(self._earlier, self._workers, LANE)
        task.yielded.connect(self._take_earlier)
        task.failed.connect(self._on_unread)
        task.submit()

    def _earlier(self) -> "Generator[EarlierVerdicts | None, None, None]":
        yield self._viewer.memory.earlier_verdicts()

    def _take_earlier(self, found: "EarlierVerdicts | None") -> None:
        if found is not None and self._viewer.memory.remember:
            self._viewer.show(display_state.set_earlier(self._viewer.state.display, found))

    def _on_unread(self, error: MedviewerError) -> None:
        self.failed.emit(error, KEEPING)

    def _write(self) -> Generator[object, None, None]:
        """Write the waiting verdicts, and yield the fate of each; in any thread."""
        while self._unwritten:
            said, at = self._unwritten.popleft()
            try:
                is_kept, trouble = self._viewer.memory.note_verdict(said, at), None
            except MedviewerError as error:
                is_kept, trouble = False, error
            yield said.result.key, is_kept, trouble

    def _on_written(self, written: tuple[ResultKey, bool, MedviewerError | None]) -> None:
        key, is_kept, trouble = written
        lost = self._viewer.state.lost_verdicts
        if is_kept == (key in lost):
            self._viewer.change(lost_verdicts=lost - {key} if is_kept else lost | {key})
        if trouble is not None:
            self.failed.emit(trouble, KEEPING)
        elif is_kept:
            self.kept.emit(KEEPING)


def _changed_on_slices(old: DisplayState, new: DisplayState) -> "list[SaidVerdict]":
    found = []
    for key, history in new.verdicts.items():
        before = old.verdicts.get(key)
        if before is history:
            continue
        said = None if before is None else before.present
        result = new.results.get(key)
        question = None if result is None else question_of(result)
        if result is not None and question is not None and _differs(said, history.present):
            found.append(kept_verdicts.SaidVerdict(result, question, history.present))
    return found


def _changed_on_series(old: DisplayState, new: DisplayState, after: ViewerState) -> "list[SaidVerdict]":
    found = []
    for of, history in new.series_verdicts.items():
        before = old.series_verdicts.get(of)
        if before is history:
            continue
        answer = answer_on_series(after)
        # guard(test): a verdict on a series is kept with the answer that it is about
        if answer is None or answer.of != of:
            continue
        if _differs(None if before is None else before.present, history.present):
            found.append(kept_verdicts.SaidVerdict(answer.sample, answer.question, history.present, of))
    return found


def _differs(before: Verdict | None, after: Verdict) -> bool:
    """Return whether there is something to be kept.

    An answer that was shown without a verdict is nothing.
    """
    if before is None:
        return after.is_said
    return (before.reading, before.stance) != (after.reading, after.stance)
