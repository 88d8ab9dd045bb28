"""Presentation states offered for a pane, and reading the chosen one."""

from collections.abc import Generator
from functools import partial
from weakref import WeakKeyDictionary

from PySide6.QtCore import QObject, Signal, Slot

from medviewer.dicom.model import Library, PresentationStateReference
from medviewer.gui.session.display import Display
from medviewer.gui.session.frame_loader import FrameSource
from medviewer.gui.session.tasks import Task, Workers
from medviewer.imaging.presentation_state import PresentationState
from medviewer.plain_text import side_by_side
from medviewer.translation import translate
from medviewer.viewer import state as ds
from medviewer.viewer.texts import date_text


def state_title(reference: PresentationStateReference, *, with_creator: bool = True) -> str:
    """Return a state's label or description, its date and who made it.

    "DEMO (2026-11-20, Doe)".

    Parameters
    ----------
    with_creator : bool
        False where names are hidden; a description, which people typed, is then left out, too.
    """
    free = reference.description if with_creator else ""
    name = reference.label or free or translate("without a name")
    creator = reference.creator if with_creator else ""
    details = side_by_side((date_text(reference.creation_date), creator), ", ")
    return side_by_side((name, f"({details})" if details else ""), " ")


class PresentationStates(QObject):
    """Puts presentation states on the focused pane and those linked to it."""

    failed = Signal(object)
    chosen = Signal()

    def __init__(
        self, display: Display, workers: Workers, source: FrameSource, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._display, self._workers, self._source = display, workers, source
        self._task: Task | None = None
        self._asked: tuple[PresentationStateReference, int, str] | None = None  # for which pane and stack
        self._read: WeakKeyDictionary[PresentationState, PresentationStateReference] = WeakKeyDictionary()

    def offered(self, library: Library) -> list[PresentationStateReference]:
        """Return the states that are about any slice of the focused pane's stack."""
        pane = self._display.state.focused
        if pane is None or not library.presentation_states:
            return []
        frames: dict[str, list[int]] = {}
        for header in pane.stack.headers:
            frames.setdefault(header.key.instance_uid, []).append(header.key.frame_number)
        return [
            state
            for state in library.presentation_states
            if any(
                one.names(one.sop_instance_uid, number)
                for one in state.references
                for number in frames.get(one.sop_instance_uid, ())
            )
        ]

    def is_chosen(self, reference: PresentationStateReference | None) -> bool:
        """Return whether the focused pane shows its image as a state says.

        None: as in its file.
        """
        pane = self._display.state.focused
        shown = pane.presentation if pane is not None else None
        if reference is None or shown is None:
            return reference is None and shown is None
        read = self._read.get(shown)
        return read is not None and read.path == reference.path  # its texts may be read anew

    def choose(self, reference: PresentationStateReference | None) -> None:
        """Read and apply a state to the focused and linked panes; None: as stored."""
        if self._task is not None:
            self._task.cancel()
        pane = self._display.state.focused
        if pane is None:
            return
        if reference is None:
            self._put(self._display.state.focus, None)
            return
        self._asked = (reference, self._display.state.focus, pane.stack.key)
        self._task = Task(partial(_read, self._source, reference), self._workers, "decode")
        self._task.yielded.connect(self._on_read)
        self._task.failed.connect(self.failed)
        self._task.submit()

    def _put(self, number: int, presentation: PresentationState | None) -> None:
        together = self._display.together(number)
        self._display.swap(ds.set_presentation(self._display.state, together, presentation))
        self.chosen.emit()

    @Slot(object)
    def _on_read(self, presentation: PresentationState) -> None:
        assert self._asked is not None  # nothing else is read
        reference, number, key = self._asked
        pane = self._display.state.panes[number]
        # guard(pane.stack.key != key): a presentation state that comes late goes to no other stack
        if pane is None or pane.stack.key != key:
            return  # another stack was chosen meanwhile
        self._read[presentation] = reference
        self._put(number, presentation)


def _read(
    source: FrameSource, reference: PresentationStateReference
) -> Generator[PresentationState, None, None]:
    yield source.read_presentation_state(reference)
