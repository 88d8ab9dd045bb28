"""Reads the chosen presentation state and shows the panes as it says."""

from collections.abc import Generator
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot

from medviewer.dicom.model import ObjectReference
from medviewer.gui.tasks import Task, Workers
from medviewer.imaging.presentation_state import PresentationState, PresentationStateListing
from medviewer.viewer import state as display_state
from medviewer.viewer.viewer import Viewer
from medviewer.viewer.viewer_state import ViewerState

if TYPE_CHECKING:
    from medviewer.dicom.workers import FileReader


class PresentationStates(QObject):
    """Puts presentation states on the focused pane and those linked to it."""

    failed = Signal(object)
    chosen = Signal()

    def __init__(
        self, viewer: Viewer, workers: Workers, source: "FileReader", parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._viewer, self._workers, self._source = viewer, workers, source
        self._task: Task | None = None
        self._asked: tuple[ObjectReference[PresentationStateListing], int, str] | None = (
            None  # for which pane and stack
        )

    def choose(self, reference: ObjectReference[PresentationStateListing] | None) -> None:
        """Read and apply a state to the focused and linked panes; None: as stored."""
        if self._task is not None:
            self._task.cancel()
        pane = self._viewer.state.display.focused
        if pane is None:
            return
        if reference is None:
            self._put(self._viewer.state.display.focus, None)
            return
        self._asked = (reference, self._viewer.state.display.focus, pane.stack.key)
        self._task = Task(partial(_read, self._source, reference), self._workers, "decode")
        self._task.yielded.connect(self._on_read)
        self._task.failed.connect(self.failed)
        self._task.submit()

    def _put(self, number: int, presentation: PresentationState | None) -> None:
        state = self._viewer.state
        self._viewer.show(display_state.set_presentation(state.display, state.together(number), presentation))
        self.chosen.emit()

    @Slot(object)
    def _on_read(self, presentation: PresentationState) -> None:
        assert self._asked is not None  # nothing else is read
        reference, number, key = self._asked
        pane = self._viewer.state.display.panes[number]
        # guard(pane.stack.key != key): a presentation state that comes late goes to no other stack
        if pane is None or pane.stack.key != key:
            return  # another stack was chosen meanwhile
        self._viewer.change(presentations_read={**_read_in_use(self._viewer.state), presentation: reference})
        self._put(number, presentation)


def _read_in_use(state: ViewerState) -> dict[PresentationState, ObjectReference[PresentationStateListing]]:
    """Return the read presentation states of a pane or a returning stack."""
    display = state.display
    looks = (*display.panes, *display.looks.values())
    used = {one.presentation for one in looks if one is not None}
    return {one: reference for one, reference in state.presentations_read.items() if one in used}


def _read(
    source: "FileReader", reference: ObjectReference[PresentationStateListing]
) -> Generator[PresentationState, None, None]:
    state: PresentationState = source.read_object(reference)
    yield state
