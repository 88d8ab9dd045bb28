"""Scans of files and folders in a worker, merged into one library."""

import time
from collections import deque
from collections.abc import Callable, Generator, Hashable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import QObject, Signal, Slot

from medviewer.dicom import demo, library
from medviewer.dicom.model import Library, StoredStack
from medviewer.errors import MedviewerError
from medviewer.gui.tasks import Pause, Task, Workers
from medviewer.imaging.source import ImageSource
from medviewer.viewer.notice import Notice
from medviewer.viewer.opening import (
    STOPPED,
    marked_as_stopped,
    merge_libraries,
    paths_of,
    result_message,
    without_paths,
)

if TYPE_CHECKING:
    from medviewer.dicom.library import ScanProgress

Scan = Callable[[], "Generator[ScanProgress, None, None]"]
ScanPaths = Callable[..., "Generator[ScanProgress, None, None]"]  # as `scan_paths`

FIRST_IMAGE_SECONDS: Final = 0.3
PATIENCE_SECONDS: Final = 2.0
"""So long an image that was found waits for a few files to be read; a slow medium is not waited for."""

NO_IMAGES: Final = "opening without pictures"
"""What a notice is about that nothing was found; it is over with the next pictures."""


class ScanQueue(QObject):
    """Queue of scans that merges their results.

    A second one waits for the first.
    """

    started = Signal(bool)  # whether the first image that it finds is to be shown
    progressed = Signal(object, bool)  # ScanProgress; whether the library is another one than before
    finished = Signal()
    stopped = Signal()  # before its end: what was found may be incomplete, and the library says so
    told = Signal(object)  # Notice
    ended = Signal(object)  # the cause of a notice that is over

    def __init__(self, workers: Workers, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._workers = workers
        self._before: Library = Library()
        self._waiting: deque[tuple[Scan, Sequence[Path], bool]] = deque()
        self._task: Task | None = None
        self._paths: Sequence[Path] = ()  # that the running scan was asked for
        self._found: Library | None = None  # by the scan; None where it came to no end of its own
        self._troubles: dict[Hashable, set[Path]] = {}  # cause of a notice -> the files that were refused
        self.library = Library()

    @property
    def is_scanning(self) -> bool:
        """Whether a scan is running."""
        return self._task is not None

    @property
    def is_idle(self) -> bool:
        """Whether no scan is running and none waits."""
        return self._task is None and not self._waiting

    def open(self, scan: Scan, paths: Sequence[Path] = (), *, shows: bool = True) -> None:
        """Scan and add the files found, after the scans in the queue.

        Parameters
        ----------
        paths : sequence of Path
            What the user asked for, to be named where nothing is found.
        shows : bool
            The first image that is found is to be shown; not so where open files are read again.
        """
        self._waiting.append((scan, paths, shows))
        if self._task is None:
            self._start_next()

    def _start_next(self) -> None:
        scan, self._paths, shows = self._waiting.popleft()
        self._before, self._found = self.library, Library()
        self._task = Task(partial(_first_image_first, scan) if shows else scan, self._workers, "scan")
        self._task.yielded.connect(self._on_progress)
        self._task.failed.connect(self._on_failed)
        self._task.crashed.connect(self._on_crashed)
        self._task.finished.connect(self._on_finished)
        self._task.submit()
        self.started.emit(shows)

    @Slot()
    def go_on(self) -> None:
        """Read the rest of the files.

        The first image is on the screen, as far as it can be.
        """
        if self._task is not None:
            self._task.go_on()

    def study_of(self, source: ImageSource) -> list[StoredStack]:
        """Return all stacks of the study that a source is of."""
        study = source.identity.study_key
        return [stack for stack in self.library.stacks if stack.identity.study_key == study]

    def found_stacks(self) -> list[StoredStack]:
        """Return the stacks found by the scan, those open before included."""
        found = () if self._found is None else self._found.stacks
        firsts = {stack.frames[0].path for stack in found}
        return [one for one in self.library.stacks if any(frame.path in firsts for frame in one.frames)]

    def cancel(self) -> None:
        """End the scan at its next yield, and those that wait.

        What was found stays.
        """
        self._waiting.clear()
        if self._task is not None:
            self._task.cancel()

    def close(self, stacks: Sequence[StoredStack] | None = None) -> None:
        """Forget stacks, and end a scan that has found some of their study.

        None: everything.
        """
        if stacks is None:
            self.cancel()
            self.library, self._before, self._found = Library(), Library(), None
            return
        gone = {frame.path for stack in stacks for frame in stack.frames}
        studies = {stack.identity.study_key for stack in stacks}
        found = self._found if self._task is not None else None
        if found is not None and any(stack.identity.study_key in studies for stack in found.stacks):
            assert self._task is not None
            self._task.cancel()
        self.library, self._before = without_paths(self.library, gone), without_paths(self._before, gone)

    @Slot(object)
    def _on_progress(self, progress: "ScanProgress") -> None:
        changed = progress.library is not self._found
        self._found = progress.library
        if changed:
            self.library = merge_libraries([self._before, progress.library])
        self.progressed.emit(progress, changed)

    @Slot(object)
    def _on_failed(self, error: MedviewerError) -> None:
        self._found = None
        self.told.emit(Notice(error.message(), error.hint_message(), cause=NO_IMAGES))

    @Slot(str)
    def _on_crashed(self, _description: str) -> None:
        self._found = None

    @Slot()
    def _on_finished(self) -> None:
        task = self._task
        if task is None or self.sender() is not task:
            return
        self._task, found = None, self._found
        if task.cancelled and found is not None:
            self.library = marked_as_stopped(self.library, paths_of(found))
            self.stopped.emit()
        self.finished.emit()
        if found is not None:
            self._tell(found, stopped=task.cancelled)
        if self._waiting and self._task is None:
            self._start_next()

    def _tell(self, found: Library, *, stopped: bool) -> None:
        """Report the result of a scan.

        Take back what was said of earlier ones where it is no longer so.
        """
        refused = {entry.path for entry in self.library.refused}
        cause: Hashable = ("opening", *self._paths)
        over = [before for before, files in self._troubles.items() if not files & refused]
        for before in {cause, *over}:
            self._troubles.pop(before, None)
            self.ended.emit(before)
        if found.stacks:
            self.ended.emit(NO_IMAGES)
        said = (STOPPED, "warning") if stopped else result_message(self._paths, found)
        if said is None:
            return
        sentence, severity = said
        if not found.stacks:
            cause = NO_IMAGES
        elif not stopped:
            self._troubles[cause] = {entry.path for entry in found.refused}
        about = frozenset(stack.identity.study_key for stack in found.stacks)
        self.told.emit(Notice(sentence, severity=severity, cause=cause, about=about))


def _first_image_first(scan: Scan) -> Generator[Any, None, None]:
    """Pause after the first image was found.

    All the others are not to cross its way to the screen. Of a few files all are read before, so that the
    study and its middle slice are known; where that takes long, the image that was found first is shown, and
    stays.
    """
    scanning, found_first, until, nothing = scan(), None, 0.0, Library()
    for progress in scanning:
        if found_first is None and progress.library.stacks:
            found_first, until = progress, time.monotonic() + PATIENCE_SECONDS
        if found_first is None:
            yield progress
        elif progress.is_small and not progress.finished and time.monotonic() < until:
            yield replace(progress, library=nothing)
        else:
            shown = progress if progress.finished else found_first
            yield shown
            yield Pause(FIRST_IMAGE_SECONDS)
            if shown is not progress:
                yield progress
            break
    yield from scanning


def scan_paths(
    paths: Sequence[Path], sandbox: Any, text_encoding: str = ""
) -> "Generator[ScanProgress, None, None]":
    """Scan files and folders.

    `text_encoding` is a key of TEXT_ENCODINGS, "" as the files state.
    """
    yield from library.scan(paths, sandbox, text_encoding)


def scan_demo(sandbox: Any) -> "Generator[ScanProgress, None, None]":
    """Make the demonstration study where it is not there yet, and scan it."""
    nothing = Library()
    if not demo.is_complete(demo.demo_folder()):
        for written, _ in enumerate(demo.written_demo_study(), start=1):
            yield library.ScanProgress(nothing, written, demo.DEMO_SLICES, finished=False)
    yield from scan_paths([demo.demo_folder()], sandbox)


def scan_samples(sandbox: Any) -> "Generator[ScanProgress, None, None]":
    """Scan the sample files inside pydicom's wheel."""
    yield from scan_paths(demo.sample_files(), sandbox)
