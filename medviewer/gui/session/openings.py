"""Openings of files and samples, up to their first image."""

from collections.abc import Iterable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot

from medviewer import lazy_imports
from medviewer.dicom.model import Library, StoredStack
from medviewer.gui.session.scans import ScanPaths, ScanQueue, scan_demo, scan_samples
from medviewer.gui.tasks import Workers
from medviewer.imaging.processing import FIRST_SHOWN, ORIGINAL
from medviewer.viewer import compare, layouts, state as display_state
from medviewer.viewer.commands import go_on_restoring, show_again
from medviewer.viewer.layouts import FOUR, mammography_stacks
from medviewer.viewer.opening import Opening, first_to_show
from medviewer.viewer.viewer import Viewer

if TYPE_CHECKING:
    from medviewer.dicom.library import ScanProgress
    from medviewer.dicom.workers import FileReader
    from medviewer.viewer.layouts import HangingRule


class Openings(QObject):
    """Opens files and samples beside the open ones, and shows the first image.

    Parameters
    ----------
    scan : callable
        (paths, file_reader) -> generator of ScanProgress; called in a worker's thread.
    """

    library_changed = Signal(object)  # Library
    started = Signal()
    progressed = Signal(int, object)  # files seen, files in all or None
    finished = Signal()

    def __init__(
        self,
        viewer: Viewer,
        workers: Workers,
        file_reader: "FileReader",
        scan: ScanPaths,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._viewer, self._file_reader, self._scan = viewer, file_reader, scan
        self._first_shown_key = ""  # of the stack that was shown as soon as it was found
        self.queue = ScanQueue(workers, self)
        self.queue.started.connect(self._on_started)
        self.queue.progressed.connect(self._on_progress)
        self.queue.stopped.connect(self.take_library)
        self.queue.finished.connect(self._on_finished)

    @property
    def library(self) -> Library:
        """All open studies, and the unreadable files."""
        return self.queue.library

    def open_paths(self, paths: Sequence[Path], text_encoding: str, *, shows: bool) -> None:
        """Open files and folders, as `ViewerSession.open_paths`."""
        paths = tuple(Path(path) for path in paths)
        if not text_encoding:  # else it is open already
            self._note(Opening(paths))
        self.queue.open(partial(self._scan, paths, self._file_reader, text_encoding), paths, shows=shows)

    def open_demo(self, *, shows: bool) -> None:
        """Open the demonstration study, a computed phantom."""
        lazy_imports.load("numpy")  # the study is computed in a thread
        self._note(Opening(built_in="demo"))
        self.queue.open(partial(scan_demo, self._file_reader), shows=shows)

    def open_samples(self, *, shows: bool) -> None:
        """Open the sample files that pydicom brings along."""
        self._note(Opening(built_in="samples"))
        self.queue.open(partial(scan_samples, self._file_reader), shows=shows)

    def _note(self, opening: Opening) -> None:
        opened = self._viewer.state.opened
        if opening not in opened:
            self._viewer.change(opened=(*opened, opening))

    @Slot()
    def take_library(self) -> None:
        """Put the library of all open files into the state."""
        viewer, library = self._viewer, self.library
        closed = viewer.state.closed_studies
        if closed:
            closed -= {study.identity.study_instance_uid for study in library.studies}
        viewer.change(
            display=display_state.replace_stacks(viewer.state.display, library.stacks),
            library=library,
            closed_studies=closed,
        )
        self.library_changed.emit(library)

    @Slot(bool)
    def _on_started(self, shows: bool) -> None:
        viewer = self._viewer
        viewer.change(
            display=display_state.open_data(viewer.state.display), awaits_first_image=shows, is_scanning=True
        )
        self.started.emit()

    @Slot(object, bool)
    def _on_progress(self, progress: "ScanProgress", changed: bool) -> None:
        if changed:
            self.take_library()
            self._viewer.show_awaited()
            self._go_on_restoring()
            stacks = self.queue.found_stacks()
            if self._viewer.state.awaits_first_image and stacks:
                first = first_to_show(stacks)
                self._viewer.show_stack(first)
                self._first_shown_key = first.key
        self.progressed.emit(progress.files_seen, progress.files_total)

    @Slot()
    def _on_finished(self) -> None:
        # guard(awaits_first_image=self._viewer.state.awaits_first_image):
        #     what is found later, in a restored session, is not shown as the first image
        self._viewer.change(
            is_scanning=self.queue.is_scanning,
            awaits_first_image=self._viewer.state.awaits_first_image and self.queue.is_scanning,
        )
        self._viewer.show_awaited()
        self._hang_views()
        show_again(self._viewer)
        self._go_on_restoring()
        self.finished.emit()

    def _hang_views(self) -> None:
        """Hang related views side by side unless the user chose otherwise."""
        first, self._first_shown_key = self._first_shown_key, ""
        state = before = self._viewer.state.display
        untouched = [
            pane.stack
            for pane, processing in zip(state.panes, FIRST_SHOWN, strict=False)
            if pane is not None and pane.stack.key == first and pane.processing == processing
        ]
        if len(untouched) < len(FIRST_SHOWN):
            return
        study = self.queue.study_of(untouched[0])
        self._viewer.rule_file.refresh()  # another window, or a person, may have written into it
        if self._hang_by(self._viewer.rule_file.rules, study):
            return
        for number, stack in enumerate(mammography_stacks(study)):
            state = display_state.show_stack(state, {number: ORIGINAL}, stack, 0)
        if state is not before:
            self._viewer.show_and_fetch(state, layout=FOUR)
        else:
            self._hang_by(layouts.BUILT_IN, study)

    def _hang_by(self, rules: "Iterable[HangingRule]", study: Sequence[StoredStack]) -> bool:
        """Hang a study by the first rule that fits; return whether one did."""
        found = layouts.first_that_hangs(rules, study)
        if found is not None:
            rule, hung = found
            display = compare.hung_display(self._viewer.state.display, rule, hung)
            self._viewer.show_and_fetch(display, layout=rule.layout, maximized=None)
        return found is not None

    def _go_on_restoring(self) -> None:
        go_on_restoring(self._viewer, is_whole=self.queue.is_idle)
