"""The one QObject that widgets follow.

It relays the viewer's state as signals and runs what takes time. Widgets change the `viewer` and listen to
these signals; they never talk to each other. All decisions about what may be painted are the pure reducers'
of `viewer.state`.
"""

from collections.abc import Callable, Collection, Generator, Hashable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal, Slot

from medviewer.dicom.model import Library, ObjectReference, StoredStack, Study
from medviewer.errors import MedviewerError
from medviewer.gui.display import Cine, Display
from medviewer.gui.session.annotations import AnnotationSaver
from medviewer.gui.session.blink import Blink
from medviewer.gui.session.classification import SliceClassifications
from medviewer.gui.session.classifier_queue import LoadClassifier, load_installed
from medviewer.gui.session.exports import Exports
from medviewer.gui.session.notices import Notices
from medviewer.gui.session.openings import Openings
from medviewer.gui.session.presentation_states import PresentationStates
from medviewer.gui.session.ranges import LANE as RANGE_LANE, RangeRegions
from medviewer.gui.session.scans import ScanPaths, scan_paths
from medviewer.gui.session.series_run import SeriesRun
from medviewer.gui.session.verdict_keeper import VerdictKeeper
from medviewer.gui.tasks import Task, Workers
from medviewer.imaging.presentation_state import PresentationStateListing
from medviewer.imaging.source import ImageSource, Slice
from medviewer.process import give_back_memory
from medviewer.translation import Message
from medviewer.viewer import state as display_state
from medviewer.viewer.state import DisplayState, PaneState, stack_owner, zoom_scope
from medviewer.viewer.viewer import Viewer
from medviewer.viewer.viewer_state import ViewerState

if TYPE_CHECKING:
    from medviewer.dicom.elements import FileElements
    from medviewer.dicom.workers import FileReader, FrameCache
    from medviewer.imaging.processing import Processed

PRESENTATION = "presentation state"  # the cause of a message

GIVE_BACK_MS = 1_000
"""So long after closing, when nothing holds the images any more, their memory goes back to the system."""


class ViewerSession(QObject):
    """Session of open studies and their display.

    Parameters
    ----------
    file_reader : FileReader
        Closed with the session.
    workers : Workers, optional
        The threads that tasks run on; a test may give workers in virtual time.
    load_classifier : callable, optional
        (model, device) -> classifier; called in the inference thread.
    scan : callable, optional
        (paths, file_reader) -> generator of ScanProgress; called in a worker's thread.
    device : str
        Where models are to compute: "auto", "cpu" or "cuda".
    """

    viewer_changed = Signal(object, object)  # ViewerState before and after, after all that tells of panes
    state_changed = Signal(object)  # DisplayState
    pane_changed = Signal(int)  # its PaneState or what processed() gives
    library_changed = Signal(object)  # Library
    scan_started = Signal()
    scan_progress = Signal(int, object)  # files seen, files in all or None
    scan_finished = Signal()
    settings_changed = Signal(object)  # processing -> parameters
    model_changed = Signal(str, str)  # name, device ("" until loaded)
    classifying_changed = Signal(bool)
    thumbnail_ready = Signal(str, object)  # stack key, (side, side) uint8
    busy_changed = Signal(int, bool)  # pane
    came_ahead = Signal()  # what `next_slice` returns may be ready
    linked_changed = Signal(bool)
    identity_hidden_changed = Signal(bool)
    keyboard_returned = Signal()  # it is to act on the active pane again
    crashed = Signal(str)  # a description without data

    def __init__(
        self,
        file_reader: "FileReader",
        *,
        workers: Workers | None = None,
        load_classifier: LoadClassifier = load_installed,
        scan: ScanPaths = scan_paths,
        device: str = "auto",
        cache: "FrameCache | None" = None,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._file_reader = file_reader
        self.workers = workers if workers is not None else Workers(self)
        self.notices = Notices(self.workers, self)
        self.viewer = Viewer()
        self.viewer.session = self
        self._openings = Openings(self.viewer, self.workers, file_reader, scan, self)
        self._display = Display(self.viewer, file_reader.read_frame, self.workers, self, cache=cache)
        self.cine = Cine(self.viewer, self._display, self.workers, self)
        self._presentations = PresentationStates(self.viewer, self.workers, file_reader, self)
        self._annotations = AnnotationSaver(self.viewer, self.workers, self)
        self._blink = Blink(self.viewer, self.workers, self)
        self._ranges = RangeRegions(self.viewer, file_reader.read_frame, self.workers, self)
        self._classification = SliceClassifications(
            self.viewer, self.notices, self.workers, load_classifier, device, self
        )
        self._series = SeriesRun(
            self.viewer, self.notices, self.workers, file_reader.read_frame, self._classification.queue, self
        )
        self._verdicts = VerdictKeeper(self.viewer, self.workers, self)
        self.exports = Exports(
            self.viewer,
            self.notices,
            self.cine,
            make_task=self.task,
            make_timer=self.workers.timer,
            settings_of=self.settings_of,
            read_stored=file_reader.read_frame,
            parent=self,
        )
        self._give_back_soon = self.workers.timer(GIVE_BACK_MS, self._give_back_memory)
        self._connect()

    def _connect(self) -> None:
        self.workers.crashed.connect(self.crashed)
        self._openings.library_changed.connect(self.library_changed)
        self._openings.started.connect(self.scan_started)
        self._openings.started.connect(
            self.return_keyboard
        )  # not with the first image: something may be typed
        self._openings.progressed.connect(self.scan_progress)
        self._openings.finished.connect(self.scan_finished)
        self._openings.queue.told.connect(self.notices.tell)
        self._openings.queue.ended.connect(self.notices.end)
        self._display.state_changed.connect(self.state_changed)
        self._display.pane_changed.connect(self.pane_changed)
        self._display.busy_changed.connect(self.busy_changed)
        self._display.settled.connect(self._openings.queue.go_on)
        self._display.failed.connect(self._on_display_failed)
        self._annotations.told.connect(self.notices.tell)
        self._annotations.failed.connect(self.notices.tell_error)
        self._annotations.saved.connect(self.notices.end)
        self._annotations.not_unsaved.connect(self.notices.end)
        self._verdicts.failed.connect(self.notices.tell_error)
        self._verdicts.kept.connect(self.notices.end)
        self._ranges.told.connect(self.notices.tell)
        self._ranges.failed.connect(self.notices.tell_error)
        self._ranges.ended.connect(self.notices.end)
        self._display.ended.connect(self.notices.end)
        self._display.came_ahead.connect(self.came_ahead)
        self._presentations.failed.connect(self._on_state_failed)
        self._presentations.chosen.connect(self._on_state_chosen)
        self._display.loader.thumbnail_ready.connect(self.thumbnail_ready)
        self._classification.queue.loaded.connect(self._series.go_on)
        self._classification.queue.failed.connect(self._series.end_unloaded)
        self._classification.model_changed.connect(self._series.end_failure)
        self._classification.model_changed.connect(self.model_changed)
        self._classification.busy_changed.connect(self.classifying_changed)
        self.viewer.follow(self._follow)

    def _follow(self, before: ViewerState, after: ViewerState) -> None:
        """Relay a change of the state, after the display has told of its panes."""
        self.viewer_changed.emit(before, after)
        if after.linked != before.linked:
            self.linked_changed.emit(after.linked)
        if after.identity_hidden != before.identity_hidden:
            self.identity_hidden_changed.emit(after.identity_hidden)

    # what is there

    @property
    def state(self) -> DisplayState:
        """All that the panes paint."""
        return self.viewer.state.display

    @property
    def library(self) -> Library:
        """All open studies, and the unreadable files."""
        return self.viewer.state.library

    @property
    def focused(self) -> PaneState | None:
        """The pane that commands act on."""
        return self.state.focused

    @property
    def is_scanning(self) -> bool:
        """Whether files are still being found."""
        return self._openings.queue.is_scanning

    @property
    def is_classifying(self) -> bool:
        """Whether a model is being loaded or computes."""
        return self._classification.queue.is_busy

    @property
    def settings(self) -> Mapping[str, Mapping[str, object]]:
        """Parameters that differ from their defaults, for the focused pane.

        Replaced, not changed.
        """
        return self._display.settings

    def settings_of(self, pane: PaneState) -> Mapping[str, Mapping[str, object]]:
        """Return the parameters by which a pane's image is processed."""
        return self._display.settings_of(pane)

    @property
    def model(self) -> str:
        """The name of the chosen model."""
        return self.viewer.state.model

    @property
    def device(self) -> str:
        """Device of the model, in words; empty until it is loaded."""
        return self._classification.queue.device

    @property
    def hide_identity(self) -> bool:
        """Whether patients' names, IDs and dates are left out on the screen."""
        return self.viewer.state.identity_hidden

    def processed(self, pane: int) -> "Processed | None":
        """Return the processed frame of a pane.

        None while it is on its way.
        """
        return self._display.processed(pane)

    def refusal(self, pane: int) -> MedviewerError | None:
        """Return why the pane's processing is not done to its frame.

        None where nothing keeps it.
        """
        return self._display.refusal(pane)

    def busy(self, pane: int) -> bool:
        """Return whether something is on its way into the pane."""
        return self._display.is_busy(pane)

    # opening and closing

    def open_paths(self, paths: Sequence[Path], text_encoding: str = "", *, shows: bool = True) -> None:
        """Open files and folders beside the open ones.

        `shows` the first image as soon as it is found.
        """
        self._openings.open_paths(paths, text_encoding, shows=shows)

    def open_demo(self, *, shows: bool = True) -> None:
        """Open the demonstration study, a computed phantom.

        `shows` as for `open_paths`.
        """
        self._openings.open_demo(shows=shows)

    def open_samples(self, *, shows: bool = True) -> None:
        """Open the sample files that pydicom brings along.

        `shows` as for `open_paths`.
        """
        self._openings.open_samples(shows=shows)

    def close_study(self, study: Study | None = None) -> None:
        """Close a study; None: that of the focused pane."""
        if study is not None:
            sources: list[ImageSource] = [stack for series in study.series for stack in series.stacks]
        else:
            sources = [self.focused.stack] if self.focused is not None else []
        if not sources:
            return
        stacks = self._openings.queue.study_of(sources[0])
        closed = [*stacks, *self._shown_of(sources[0])]
        self._openings.queue.close(stacks)
        self._classification.queue.take_asked()
        self._display.clear_frames()
        places = set(map(zoom_scope, closed))
        uid = sources[0].identity.study_instance_uid
        self.viewer.show_and_fetch(
            display_state.close_stacks(self.state, closed),
            library=self._openings.library,
            zooms={key: zoom for key, zoom in self.viewer.state.zooms.items() if key[0] not in places},
            closed_studies=self.viewer.state.closed_studies | {uid},
            located=None,
            links=self.viewer.state.links.without(frozenset(map(stack_owner, closed))),
        )
        self._annotations.close({source.identity.study_instance_uid for source in closed})
        self.notices.close({source.identity.study_key for source in closed})
        self._series.end_closed()
        self._give_back_soon.start()
        self.library_changed.emit(self.library)

    def _shown_of(self, source: ImageSource) -> list[ImageSource]:
        """Return a source and those of its study on the panes."""
        study = source.identity.study_key
        panes = (pane for pane in self.state.panes if pane is not None)
        return [source, *(pane.stack for pane in panes if pane.identity.study_key == study)]

    def close_all(self) -> None:
        """Close everything that is open."""
        self._openings.queue.close()
        self._series.cancel()
        self._classification.queue.cancel()
        self._display.clear_frames()
        self.viewer.change(
            display=display_state.close_all(self.state),
            library=self._openings.library,
            zooms={},
            opened=(),
            closed_studies=frozenset(),
            located=None,
            links=self.viewer.state.links.without_offsets(),
        )
        self._annotations.close()
        self.notices.close()
        self._give_back_soon.start()
        self.library_changed.emit(self.library)

    def _give_back_memory(self) -> None:
        self.task(_memory_given_back, "memory").submit()

    def save_drawings(self) -> Message:
        """Save drawings and key images that are not saved yet.

        Return why some would be lost, or NOTHING.
        """
        return self._annotations.save_now()

    def shutdown(self) -> bool:
        """End all work, for good; return whether all threads ended in time."""
        self._display.clear_views()
        self._series.cancel()
        self._classification.queue.cancel()
        self._annotations.shutdown()
        self._file_reader.close()
        has_ended = self.workers.shutdown()
        self._verdicts.shutdown()
        return has_ended

    # showing

    def next_slice(self, pane: int) -> "tuple[PaneState, Processed] | None":
        """Return a pane's state and result at the next slice, or None.

        None where not all of it is in memory.
        """
        return self._display.next_slice(pane)

    @Slot(object)
    def want_thumbnail(self, stack: ImageSource) -> None:
        """Make the small picture of a stack when nothing else is read.

        It comes with `thumbnail_ready`.
        """
        self._display.loader.want_thumbnail(stack)

    def choose_presentation(self, reference: ObjectReference[PresentationStateListing] | None) -> None:
        """Apply a presentation state to the focused and linked panes.

        None: as in the file.
        """
        self._presentations.choose(reference)

    def blink(self) -> None:
        """Let two panes alternate in one place, or stop."""
        self._blink.toggle()

    def play(self) -> None:
        """Play the stack of the focused pane, or stop."""
        self.cine.toggle()

    def change_speed(self, steps: int) -> None:
        """Play faster by some steps, or slower."""
        self.cine.change_speed(steps)

    @Slot()
    def return_keyboard(self) -> None:
        """Return the keyboard focus to the active pane.

        Something was chosen, or a field was left.
        """
        self.keyboard_returned.emit()

    def set_parameter(self, processing: str, name: str, value: object) -> None:
        """Change a parameter of a processing.

        A value that is not allowed is named in a message.
        """
        try:
            self._display.set_parameter(processing, name, value)
        except MedviewerError as error:
            about = {self.focused.identity.study_key} if self.focused is not None else ()
            self.notices.tell_error(error, (processing, name), about)
            return
        self.notices.end((processing, name))
        self.settings_changed.emit(self.settings)

    def reset_parameters(self, processing: str) -> None:
        """Give all parameters of a processing their first values."""
        for name in self._display.reset_parameters(processing):
            self.notices.end((processing, name))
        self.settings_changed.emit(self.settings)

    def elements_of(self, stack: ImageSource, index: int, text_encoding: str = "") -> "FileElements":
        """Return the elements of a slice's header; called in a worker thread.

        Raises
        ------
        UnreadableFile
            They cannot be read, with the reason.
        """
        assert isinstance(stack, StoredStack)  # others have no file
        return self._file_reader.read_elements(stack.frames[index], text_encoding)

    # classifying and exporting

    def use_model(self, name: str, device: str = "auto") -> None:
        """Choose the model for all later results.

        The old one's leave the screen at once.
        """
        self._series.cancel()
        self._classification.use_model(name, device)

    def follow_model(self, name: str) -> None:
        """Let the fitting model answer for a series.

        It is loaded when it is asked.
        """
        self._classification.follow_model(name)

    def classify(
        self, override: bool = False, asked: PaneState | None = None, answered: bool = False
    ) -> None:
        """Classify the focused pane's slice, or as asked, as `Session.classify`."""
        pane = self.focused if asked is None else asked
        self._classification.classify(pane, override=override, answered=answered)

    def explain(self, asked: PaneState) -> None:
        """Make the heat map of the answer that a pane shows."""
        self._classification.explain(asked)

    def classify_series(self, stack: ImageSource | None = None, answered: bool = False) -> None:
        """Classify the slices of a stack that have no result yet.

        By default of the focused one; `answered`: yes. A slice that is asked about by itself meanwhile
        comes next.
        """
        if stack is None and self.focused is not None:
            stack = self.focused.stack
        if stack is not None:
            self._series.start(stack, self._classification.device, answered=answered)

    def classify_all_series(self, wanted: Sequence[tuple[ImageSource, bool]]) -> None:
        """Classify the slices of several stacks, one after another.

        With each stack goes whether the reader said yes to what is asked about it.
        """
        self._series.start_all(wanted, self._classification.device)

    def measure_range(self, pane: int, place: tuple[int, int], *, through: bool) -> None:
        """Measure the region of the threshold's range around (row, column)."""
        shown = self.state.panes[pane]
        if shown is not None:
            self._ranges.measure(pane, place, self.settings_of(shown), through=through)

    def cancel(self) -> None:
        """End a blinking, saving, measurement or classification, else the opening."""
        if self._blink.is_on:
            self._blink.stop()
        elif self.exports.cancel():
            return
        elif self._ranges.is_busy:
            self._ranges.cancel()
            self.notices.end(RANGE_LANE)
        elif self.is_classifying:
            self._series.cancel()
            self._classification.queue.cancel()
        elif self._series.is_busy:
            self._series.cancel()
        else:
            self.cancel_opening()

    def cancel_opening(self) -> None:
        """End a scan, and those that wait.

        What was found so far stays, and is said to be in part.
        """
        self._openings.queue.cancel()

    def task(
        self,
        make_generator: Callable[[], Generator[Any, None, None]],
        lane: str,
        about: Collection[Hashable] = (),
    ) -> Task:
        """Return a task for other work of the window.

        Connect its signals, then submit it.

        Parameters
        ----------
        about : collection
            Keys of the open studies with whose closing a message of its failure leaves.
        """
        task = Task(make_generator, self.workers, lane)
        task.failed.connect(partial(self.notices.tell_error, cause=("task", lane), about=about))
        task.yielded.connect(partial(self._on_done, lane))
        return task

    def _on_done(self, lane: str, _result: object) -> None:
        self.notices.end(("task", lane))

    @Slot(object)
    def show_error(self, error: MedviewerError) -> None:
        """Show an error and its hint over the panes."""
        self.notices.tell_error(error)

    # what tasks bring

    @Slot(object, object)
    def _on_display_failed(self, error: MedviewerError, cause: object) -> None:
        """Report a frame that cannot be read or processed."""
        if isinstance(cause, Slice):
            about = {cause.source.identity.study_key}
        else:
            about = {pane.identity.study_key for pane in self.state.panes if pane is not None}
        self.notices.tell_error(error, cause, about)

    @Slot(object)
    def _on_state_failed(self, error: MedviewerError) -> None:
        about = {self.focused.identity.study_key} if self.focused is not None else ()
        self.notices.tell_error(error, PRESENTATION, about)

    @Slot()
    def _on_state_chosen(self) -> None:
        self.notices.end(PRESENTATION)


def _memory_given_back() -> Generator[None, None, None]:
    """Give freed memory back; called in a worker's thread."""
    give_back_memory()
    yield None
