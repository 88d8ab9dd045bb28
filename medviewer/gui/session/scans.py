"""Opening files and folders.

Scans them in a worker and keeps the library of all that is open.
"""

from collections import deque
from collections.abc import Callable, Generator, Hashable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import QObject, Signal, Slot

from medviewer.dicom import demo
from medviewer.dicom.model import Library, SkippedFile, StoredStack, Study
from medviewer.errors import MedviewerError
from medviewer.gui.tasks import Pause, Task, Workers
from medviewer.imaging.source import ImageSource
from medviewer.paths import shown_name
from medviewer.translation import Message, message
from medviewer.viewer.notice import Notice

if TYPE_CHECKING:
    from medviewer.dicom.library import ScanProgress

Scan = Callable[[], "Generator[ScanProgress, None, None]"]
ScanPaths = Callable[..., "Generator[ScanProgress, None, None]"]  # as `scan_paths`

FIRST_IMAGE_SECONDS: Final = 0.3
NO_IMAGES: Final = "opening without pictures"
"""What a notice is about that nothing was found; it is over with the next pictures."""

STOPPED: Final = message("Opening was stopped: slices may be missing.")


def merge_libraries(libraries: Sequence[Library]) -> Library:
    """Merge libraries that were opened one after another.

    A file opened again stands in it once. A stack gives way to a new one only where all its files were
    found again; otherwise it stays, and the files that were found again are left out of what is new.
    Studies are joined where study and patient agree; the same name with another patient ID stays apart.
    Keys of stacks become unique: a copy of a series from another folder gets a key of its own.
    """
    merged = Library()
    for library in libraries:
        merged = _without(merged, _paths(library))
        merged = _merge_two(merged, _without_frames(library, _paths(merged)))
    return merged


def _merge_two(old: Library, new: Library) -> Library:
    taken = {stack.key for stack in old.stacks}
    studies = list(old.studies)
    for study in new.studies:
        study = _with_unique_keys(study, taken)
        for number, before in enumerate(studies):
            if _key(before) == _key(study):
                studies[number] = replace(before, series=before.series + study.series)
                break
        else:
            studies.append(study)
    return Library(
        studies=tuple(studies),
        other=old.other + new.other,
        refused=old.refused + new.refused,
        ignored=old.ignored + new.ignored,
        presentation_states=old.presentation_states + new.presentation_states,
    )


def _key(study: Study) -> tuple[str, tuple[str, str, str]]:
    # guard(-> study.identity.study_instance_uid, ("", "", "")): studies are joined for one patient only
    return study.identity.study_instance_uid, study.identity.patient_key


def _with_unique_keys(study: Study, taken: set[str]) -> Study:
    def unique(stack: StoredStack) -> StoredStack:
        key, number = stack.key, 2
        # guard(test): a copy of a series gets a key of its own
        while key in taken:
            key, number = f"{stack.key} #{number}", number + 1
        return stack if key == stack.key else replace(stack, key=key)

    return replace(
        study,
        series=tuple(
            replace(series, stacks=tuple(unique(stack) for stack in series.stacks)) for series in study.series
        ),
    )


def _paths(library: Library) -> set[Path]:
    paths = {frame.path for stack in library.stacks for frame in stack.frames}
    for group in (library.other, library.refused, library.ignored):
        paths |= {entry.path for entry in group}
    return paths


def _without(library: Library, paths: set[Path]) -> Library:
    """Remove the entries at these paths.

    A stack goes where all its files do, so that none is left in part.
    """

    def kept(stacks: tuple[StoredStack, ...]) -> tuple[StoredStack, ...]:
        return tuple(s for s in stacks if not all(frame.path in paths for frame in s.frames))

    return _with_stacks(_without_entries(library, paths), kept)


def _without_frames(library: Library, paths: set[Path]) -> Library:
    """Drop all that stands at these paths, of stacks the frames."""
    if not paths:
        return library

    def kept(stacks: tuple[StoredStack, ...]) -> tuple[StoredStack, ...]:
        rest = [
            (stack, tuple(frame for frame in stack.frames if frame.path not in paths)) for stack in stacks
        ]
        return tuple(
            stack if len(frames) == len(stack.frames) else replace(stack, frames=frames)
            for stack, frames in rest
            if frames
        )

    return _with_stacks(_without_entries(library, paths), kept)


def _without_entries(library: Library, paths: set[Path]) -> Library:
    return replace(
        library,
        other=tuple(entry for entry in library.other if entry.path not in paths),
        refused=tuple(entry for entry in library.refused if entry.path not in paths),
        ignored=tuple(entry for entry in library.ignored if entry.path not in paths),
        presentation_states=tuple(entry for entry in library.presentation_states if entry.path not in paths),
    )


def _with_stacks(
    library: Library, change: Callable[[tuple[StoredStack, ...]], tuple[StoredStack, ...]]
) -> Library:
    """Change the stacks of each series; drop empty series."""
    studies = []
    for study in library.studies:
        changed = tuple(replace(series, stacks=change(series.stacks)) for series in study.series)
        if left := tuple(series for series in changed if series.stacks):
            studies.append(replace(study, series=left))
    return replace(library, studies=tuple(studies))


def _marked_as_stopped(library: Library, paths: set[Path]) -> Library:
    """Warn on stacks with these files that the scan was stopped."""

    def marked(stack: StoredStack) -> StoredStack:
        if STOPPED in stack.warnings or not any(frame.path in paths for frame in stack.frames):
            return stack
        return replace(stack, warnings=(STOPPED, *stack.warnings))

    return _with_stacks(library, lambda stacks: tuple(map(marked, stacks)))


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
        self.library, self._before = _without(self.library, gone), _without(self._before, gone)

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
            self.library = _marked_as_stopped(self.library, _paths(found))
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
        said = (STOPPED, "warning") if stopped else outcome_message(self._paths, found)
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

    All the others are not to cross its way to the screen.
    """
    scanning = scan()
    for progress in scanning:
        yield progress
        if progress.library.stacks:
            yield Pause(FIRST_IMAGE_SECONDS)
            break
    yield from scanning


def scan_paths(
    paths: Sequence[Path], sandbox: Any, text_encoding: str = ""
) -> "Generator[ScanProgress, None, None]":
    """Scan files and folders.

    `text_encoding` is a key of TEXT_ENCODINGS, "" as the files state.
    """
    from medviewer.dicom.library import scan

    yield from scan(paths, sandbox, text_encoding)


def scan_demo(sandbox: Any) -> "Generator[ScanProgress, None, None]":
    """Make the demonstration study where it is not there yet, and scan it."""
    from medviewer.dicom.library import ScanProgress

    nothing = Library()
    if not demo.is_complete(demo.demo_folder()):
        for written, _ in enumerate(demo.written_demo_study(), start=1):
            yield ScanProgress(nothing, written, demo.DEMO_SLICES, finished=False)
    yield from scan_paths([demo.demo_folder()], sandbox)


def scan_samples(sandbox: Any) -> "Generator[ScanProgress, None, None]":
    """Scan the sample files inside pydicom's wheel."""
    yield from scan_paths(demo.sample_files(), sandbox)


def outcome_message(paths: Sequence[Path], found: Library) -> tuple[Message, str] | None:
    """Return the message after a scan, as a sentence and a severity.

    None where all is well. One file that cannot be shown is named with its reason; of many the browser
    keeps the list.
    """
    bad = found.refused + found.ignored
    if found.stacks:
        if not found.refused:
            return None
        if len(found.refused) == 1:
            return _named(found.refused[0]), "warning"
        count = len(found.refused)
        return message("{count} files could not be read; the list names them.", count=count), "warning"
    if len(bad) == 1 and not found.other:
        return _named(bad[0]), "error"
    if found.other:
        entry = found.other[0]
        name, what = shown_name(entry.path), entry.description_message
        return message("{name} holds no picture: {what}.", name=name, what=what), "warning"
    name = paths[0].name if paths else ""
    if bad:
        sentence = message(
            "No pictures were found in {name}: {count} files could not be read.", name=name, count=len(bad)
        )
        return sentence, "error"
    return message("No pictures were found in {name}: it holds no files.", name=name), "error"


def _named(entry: SkippedFile) -> Message:
    return message("{name} cannot be shown: {reason}.", name=shown_name(entry.path), reason=entry.reason)


def first_to_show(stacks: Sequence[StoredStack]) -> StoredStack:
    """Return the first stack that is neither localizer nor segmentation.

    Where there is none, the first.
    """
    for stack in stacks:
        if not stack.frames[0].attributes.is_localizer and not stack.identity.is_segmentation:
            return stack
    return stacks[0]
