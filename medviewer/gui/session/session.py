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

from medviewer.dicom.model import Library, PresentationStateReference, Study
from medviewer.errors import MedviewerError, ModelError
from medviewer.gui.display import Cine, Display
from medviewer.gui.session.annotations import AnnotationSaver
from medviewer.gui.session.classification import (
    Classification,
    LoadClassifier,
    Loaded,
    Result,
    load_installed,
)
from medviewer.gui.session.notices import Notices
from medviewer.gui.session.presentation_states import PresentationStates
from medviewer.gui.session.scans import (
    ScanPaths,
    ScanQueue,
    first_to_show,
    scan_demo,
    scan_paths,
    scan_samples,
)
from medviewer.gui.tasks import Task, Workers
from medviewer.imaging.processing import FIRST_SHOWN, ORIGINAL
from medviewer.imaging.source import ImageSource, Slice
from medviewer.translation import message
from medviewer.viewer import state as ds
from medviewer.viewer.commands import go_on_restoring, show_again
from medviewer.viewer.layouts import FOUR, mammography_stacks
from medviewer.viewer.notice import Notice
from medviewer.viewer.opening import Opening
from medviewer.viewer.state import DisplayState, PaneState, Reception, Token, zoom_scope
from medviewer.viewer.viewer import Viewer
from medviewer.viewer.viewer_state import ViewerState

if TYPE_CHECKING:
    from medviewer.dicom.decoder import FileReader
    from medviewer.dicom.library import ScanProgress
    from medviewer.imaging.processing import Processed

CLASSIFYING, SLOW, PRESENTATION = "classifying", "slow", "presentation state"  # causes of messages
DEFAULT_MODEL = "head-ct-haemorrhage"


class ViewerSession(QObject):
    """Session of open studies and their display.

    Parameters
    ----------
    sandbox : FileReader
        Closed with the session.
    workers : Workers, optional
        The threads that tasks run on; a test may give workers in virtual time.
    load_classifier : callable, optional
        (model, device) -> classifier; called in the inference thread.
    scan : callable, optional
        (paths, sandbox) -> generator of ScanProgress; called in a worker's thread.
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
    came_ahead = Signal()  # what `coming` returns may be ready
    linked_changed = Signal(bool)
    identity_hidden_changed = Signal(bool)
    keyboard_returned = Signal()  # it is to act on the active pane again
    crashed = Signal(str)  # a description without data

    def __init__(
        self,
        sandbox: "FileReader",
        *,
        workers: Workers | None = None,
        load_classifier: LoadClassifier = load_installed,
        scan: ScanPaths = scan_paths,
        device: str = "auto",
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._sandbox, self._scan = sandbox, scan
        self.workers = workers if workers is not None else Workers(self)
        self.notices = Notices(self.workers, self)
        self.viewer = Viewer()
        self.viewer.work = self
        self.viewer.change(model=DEFAULT_MODEL)
        self._put_first = ""  # the key of the stack that was shown as soon as it was found
        self._device = device
        self._classified: Hashable = None  # the study of the slice that was last asked about
        self._openings = ScanQueue(self.workers, self)
        self._display = Display(self.viewer, sandbox.read_frame, self.workers, self)
        self.cine = Cine(self.viewer, self._display, self.workers, self)
        self._presentations = PresentationStates(self.viewer, self.workers, sandbox, self)
        self._annotations = AnnotationSaver(self.viewer, self.workers, self)
        self._classification = Classification(self.workers, load_classifier, self)
        self._connect()

    def _connect(self) -> None:
        self.workers.crashed.connect(self.crashed)
        self._openings.progressed.connect(self._on_scan_progress)
        self._openings.started.connect(self._on_scan_started)
        self._openings.stopped.connect(self._take_library)
        self._openings.finished.connect(self._on_scan_ended)
        self._openings.finished.connect(self._hang_views)
        self._openings.finished.connect(self._show_again)
        self._openings.finished.connect(self._go_on_restoring)
        self._openings.finished.connect(self.scan_finished)
        self._openings.told.connect(self.notices.tell)
        self._openings.ended.connect(self.notices.end)
        self._display.state_changed.connect(self.state_changed)
        self._display.pane_changed.connect(self.pane_changed)
        self._display.busy_changed.connect(self.busy_changed)
        self._display.settled.connect(self._openings.go_on)
        self._display.failed.connect(self._on_display_failed)
        self._annotations.told.connect(self.notices.tell)
        self._annotations.failed.connect(self.notices.tell_error)
        self._annotations.saved.connect(self.notices.end)
        self._display.ended.connect(self.notices.end)
        self._display.came_ahead.connect(self.came_ahead)
        self._presentations.failed.connect(self._on_state_failed)
        self._presentations.chosen.connect(self._on_state_chosen)
        self._display.loader.thumbnail_ready.connect(self.thumbnail_ready)
        self._classification.loaded.connect(self._on_model_loaded)
        self._classification.received.connect(self._on_result)
        self._classification.failed.connect(self._on_classifying_failed)
        self._classification.slow.connect(self._on_slow)
        self._classification.busy_changed.connect(self._on_classifying)
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
    def has_frame(self) -> bool:
        """Whether the focused pane shows an image."""
        return self.focused is not None and self.focused.frame is not None

    @property
    def is_scanning(self) -> bool:
        """Whether files are still being found."""
        return self._openings.is_scanning

    @property
    def is_classifying(self) -> bool:
        """Whether a model is being loaded or computes."""
        return self._classification.is_busy

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
        return self._classification.device

    @property
    def cache_bytes(self) -> int:
        """Memory of decoded frames, in bytes."""
        return self._display.loader.cache_bytes

    @property
    def linked(self) -> bool:
        """Whether the panes of one stack scroll and window together."""
        return self.viewer.state.linked

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
        paths = tuple(Path(path) for path in paths)
        if not text_encoding:  # else it is open already
            self._note_opening(Opening(paths))
        self._openings.open(partial(self._scan, paths, self._sandbox, text_encoding), paths, shows=shows)

    def open_demo(self, *, shows: bool = True) -> None:
        """Open the demonstration study, a computed phantom.

        `shows` as for `open_paths`.
        """
        self._note_opening(Opening(sample="demo"))
        self._openings.open(partial(scan_demo, self._sandbox), shows=shows)

    def open_samples(self, *, shows: bool = True) -> None:
        """Open the sample files that pydicom brings along.

        `shows` as for `open_paths`.
        """
        self._note_opening(Opening(sample="samples"))
        self._openings.open(partial(scan_samples, self._sandbox), shows=shows)

    def _note_opening(self, opening: Opening) -> None:
        opened = self.viewer.state.opened
        if opening not in opened:
            self.viewer.change(opened=(*opened, opening))

    def close_study(self, study: Study | None = None) -> None:
        """Close a study; None: that of the focused pane."""
        if study is not None:
            sources: list[ImageSource] = [stack for series in study.series for stack in series.stacks]
        else:
            sources = [self.focused.stack] if self.focused is not None else []
        if not sources:
            return
        stacks = self._openings.study_of(sources[0])
        closed = [*stacks, sources[0]]
        self._openings.close(stacks)
        self._classification.take_asked()
        self._display.clear_frames()
        places = set(map(zoom_scope, closed))
        uid = sources[0].identity.study_instance_uid
        self.viewer.show_and_fetch(
            ds.close_stacks(self.state, closed),
            library=self._openings.library,
            zooms={key: zoom for key, zoom in self.viewer.state.zooms.items() if key[0] not in places},
            closed_studies=self.viewer.state.closed_studies | {uid},
        )
        self._annotations.close({source.identity.study_instance_uid for source in closed})
        self.notices.close({source.identity.study_key for source in closed})
        self.library_changed.emit(self.library)

    def close_all(self) -> None:
        """Close everything that is open."""
        self._openings.close()
        self._classification.cancel()
        self._display.clear_frames()
        self.viewer.change(
            display=ds.close_all(self.state),
            library=self._openings.library,
            zooms={},
            opened=(),
            closed_studies=frozenset(),
        )
        self._annotations.close()
        self.notices.close()
        self.library_changed.emit(self.library)

    def shutdown(self) -> bool:
        """End all work, for good; return whether all threads ended in time."""
        self._display.clear_views()
        self._classification.cancel()
        self._annotations.shutdown()
        self._sandbox.close()
        return self.workers.shutdown()

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

    def choose_presentation(self, reference: PresentationStateReference | None) -> None:
        """Apply a presentation state to the focused and linked panes.

        None: as in the file.
        """
        self._presentations.choose(reference)

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
            self.notices.tell_error(error, (processing, name))
            return
        self.notices.end((processing, name))
        self.settings_changed.emit(self.settings)

    def reset_parameters(self, processing: str) -> None:
        """Give all parameters of a processing their first values."""
        for name in self._display.reset_parameters(processing):
            self.notices.end((processing, name))
        self.settings_changed.emit(self.settings)

    # classifying and exporting

    def use_model(self, name: str, device: str = "auto") -> None:
        """Choose the model for all later results.

        The old one's leave the screen at once.
        """
        self._device = device
        # guard(statement): choosing another model takes results off at once
        self.viewer.show(ds.change_model(self.state, None))
        self.viewer.change(model=name)
        self.notices.end(CLASSIFYING)
        self._classification.load(name, device)
        self.model_changed.emit(name, "")

    def classify(self, anyway: bool = False, asked: PaneState | None = None, answered: bool = False) -> None:
        """Classify the focused pane's slice, or as asked.

        `anyway`: although refused; `answered`: yes.
        """
        pane = self.focused if asked is None else asked
        if pane is None or pane.frame is None:
            self.notices.tell(Notice(message("There is no picture to classify yet."), severity="info"))
            return
        self.notices.end(CLASSIFYING)
        self._classified = pane.identity.study_key
        if self._classification.is_ready:
            self._classification.classify(pane.frame, pane.token, anyway=anyway, answered=answered)
            return
        self._classification.ask((pane.frame, anyway, answered), self.model, self._device)

    def cancel(self) -> None:
        """End the classification under way; where there is none, the opening."""
        if self.is_classifying:
            self._classification.cancel()
        else:
            self.cancel_opening()

    def cancel_opening(self) -> None:
        """End a scan, and those that wait.

        What was found so far stays, and is said to be in part.
        """
        self._openings.cancel()

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

    @Slot(bool)
    def _on_scan_started(self, shows: bool) -> None:
        self.viewer.change(display=ds.open_data(self.state), awaits_first_image=shows, is_scanning=True)
        self.scan_started.emit()
        self.return_keyboard()  # and not with the first image: by then something may be typed

    @Slot()
    def _on_scan_ended(self) -> None:
        self.viewer.change(is_scanning=self._openings.is_scanning)

    @Slot()
    def _take_library(self) -> None:
        library = self._openings.library
        closed = self.viewer.state.closed_studies
        if closed:
            closed -= {study.identity.study_instance_uid for study in library.studies}
        self.viewer.change(
            display=ds.replace_stacks(self.state, library.stacks), library=library, closed_studies=closed
        )
        self.library_changed.emit(self.library)

    @Slot(object, bool)
    def _on_scan_progress(self, progress: "ScanProgress", changed: bool) -> None:
        if changed:
            self._take_library()
            self._go_on_restoring()
            stacks = self._openings.found_stacks()
            if self.viewer.state.awaits_first_image and stacks:
                first = first_to_show(stacks)
                self.viewer.show_stack(first)
                self._put_first = first.key
        self.scan_progress.emit(progress.files_seen, progress.files_total)

    @Slot()
    def _hang_views(self) -> None:
        """Hang related views side by side unless the user chose otherwise."""
        first, self._put_first = self._put_first, ""
        untouched = [
            pane.stack
            for pane, processing in zip(self.state.panes, FIRST_SHOWN, strict=False)
            if pane is not None and pane.stack.key == first and pane.processing == processing
        ]
        if len(untouched) < len(FIRST_SHOWN):
            return
        state = self.state
        for number, stack in enumerate(mammography_stacks(self._openings.study_of(untouched[0]))):
            state = ds.show_stack(state, {number: ORIGINAL}, stack, 0)
        if state is not self.state:
            self.viewer.show_and_fetch(state, layout=FOUR)

    @Slot()
    def _go_on_restoring(self) -> None:
        go_on_restoring(self.viewer, is_whole=self._openings.is_idle)

    @Slot()
    def _show_again(self) -> None:
        show_again(self.viewer)

    @Slot(object)
    def _on_model_loaded(self, loaded: Loaded) -> None:
        self.viewer.show(ds.change_model(self.state, self._classification.hashes))
        self.model_changed.emit(loaded.model, self.device)
        asked = self._classification.take_asked()
        if asked is not None:
            frame, anyway, answered = asked
            token = Token(self.state.epoch, ds.result_key(frame, self.state.model))
            self._classification.classify(frame, token, anyway=anyway, answered=answered)

    @Slot(object)
    def _on_result(self, result: Result) -> None:
        state, reception = ds.receive(self.state, result.token, result.outcome)
        self.viewer.show(state)
        self.notices.end(CLASSIFYING)
        if reception is Reception.DROPPED and result.token.epoch >= state.valid_since:
            said = message("A result was thrown away: it was about another picture.")
            self.notices.tell(Notice(said, cause=CLASSIFYING, about=frozenset({self._classified})))

    @Slot()
    def _on_slow(self) -> None:
        said, hint = message("The classifier takes longer than usual."), message("Esc stops it.")
        self.notices.tell(Notice(said, hint, "warning", SLOW))

    @Slot(bool)
    def _on_classifying(self, busy: bool) -> None:
        if not busy:
            self.notices.end(SLOW)
        self.viewer.change(is_classifying=busy)
        self.classifying_changed.emit(busy)

    @Slot(object)
    def _on_classifying_failed(self, error: MedviewerError) -> None:
        about = () if isinstance(error, ModelError) else {self._classified}
        self.notices.tell_error(error, CLASSIFYING, about)

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
